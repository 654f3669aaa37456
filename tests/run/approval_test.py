"""Approvals signed with a real ssh-keygen, by keys in files and in a real ssh-agent, under `sluicectl run`."""
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "crash"))
from outside import Home, wait_until  # noqa: E402

DONE, FAILED, BAD_INPUT, UNREACHABLE, PERSON = 0, 1, 2, 3, 4

POLICY = """
policy: 1
title: Example Ltd
allowed-signers: keys
people:
  lena: {roles: [release-lead, sre], principals: lena@example.org}
  ada: {roles: [product-owner], principals: ada@example.org}
  bob: {roles: [sre], principals: bob@example.org}
rules:
  - {type: major, environment: production, roles: [product-owner, sre], accept: [signed, ATTESTED], valid-for: 4h}
break-glass: {roles: [release-lead], approve-within: 1h}
commands: {abort: [the-lead]}
lead: [release-lead]
"""


def plan_of(steps):
    return json.dumps({"sluice": 1, "id": "signed", "roles": ["product-owner", "sre"],
                       "release": {"type": "major", "environment": "production"},
                       "phases": [{"id": "all", "steps": steps}]})


STEPS = [{"id": "go", "approve": {"roles": ["product-owner"]}},
         {"id": "deploy", "run": ["sh", "-c", "echo \"$1\" >> deployed", "deploy", "now"]},
         {"id": "say", "attest": "It works", "owner": "sre"}]


class SignedApprovals(unittest.TestCase):
    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.remove)
        self.folder = self.home.folder
        keys = []
        for name in ("lena", "ada", "bob", "eve"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(self.folder / name)],
                           check=True)
            if name != "eve":
                keys.append(f"{name}@example.org " + (self.folder / f"{name}.pub").read_text())
        (self.folder / "keys").write_text("".join(keys))
        self.write_policy("signed")
        (self.folder / "plan.yaml").write_text(plan_of(STEPS))

    def write_policy(self, accepts):
        (self.folder / "policy.yaml").write_text(POLICY.replace("signed, ATTESTED", accepts))

    def start(self, *more):
        run = self.home.begin("run", "plan.yaml", "--policy", "policy.yaml", "--operator", "lena", "--session",
                              self.home.session, "--no-input", *more)
        self.addCleanup(run.kill)
        wait_until(lambda: self.home.readable() and self.status("go") == "awaiting a person", "the approval is awaited")
        return run

    def state(self):
        code, text = self.home.call("state", self.home.session, "--json")
        self.assertEqual(code, DONE, text)
        return json.loads(text)

    def status(self, step):
        return self.state()["steps"][step]["status"]

    def do(self, *words, by="lena"):
        return self.home.call("do", self.home.session, *words, "--operator", by)

    def ask(self, step="go", name="request"):
        code, text = self.do({"say": "attest"}.get(step, "approve"), step, "--request", "-o", name)
        self.assertEqual(code, DONE, text)
        return json.loads((self.folder / name).read_text())

    def sign(self, who, *more, request="request", answer="answer", key=None):
        return self.home.call("approve", request, "--key", key or who, "-o", answer, "--yes", *more)

    def good_answer(self, who, role, step="go"):
        self.ask(step)
        code, text = self.sign(who, "--role", role)
        self.assertEqual(code, DONE, text)

    def hand_in(self, step="go", answer="answer"):
        return self.do({"say": "attest"}.get(step, "approve"), step, "--signed", answer)

    def refused(self, words, step="go", answer="answer"):
        code, text = self.hand_in(step, answer)
        self.assertEqual(code, BAD_INPUT, text)
        self.assertIn(words, text)

    def test_two_sign_and_the_release_goes_on(self):
        run = self.start()
        request = self.ask()
        self.assertEqual(request["roles"], ["product-owner", "sre"])
        self.assertEqual(request["runs"][0]["does"].splitlines()[0][:10], "run: sh -c")
        code, shown = self.sign("ada", "--role", "product-owner", "--reason", "customers wait")
        self.assertEqual(code, DONE, shown)
        for part in ("deploy", "echo", request["covers"], request["plan_digest"], request["root"], request["nonce"],
                     request["session"], "product-owner, sre"):
            self.assertIn(part, shown)
        code, text = self.hand_in()
        self.assertEqual(code, DONE, text)
        self.refused("ada has answered this request already")

        # By an agent, and as text in a chat.
        agent = subprocess.run(["ssh-agent", "-s"], check=True, stdout=subprocess.PIPE, text=True).stdout
        variables = dict(re.findall(r"(SSH_\w+)=([^;]+);", agent))
        self.addCleanup(os.kill, int(variables["SSH_AGENT_PID"]), signal.SIGTERM)
        subprocess.run(["ssh-add", "-q", str(self.folder / "bob")], check=True, env={**os.environ, **variables})
        (self.folder / "bob").unlink()
        code, text = self.sign("bob", "--role", "sre", "--evidence", "http://board/7")
        self.assertEqual((code, "an approval takes no evidence" in text), (BAD_INPUT, True), text)
        code, chat = self.do("approve", "go", "--request")
        self.assertEqual(code, DONE, chat)
        (self.folder / "chat").write_text("10:42 lena: please sign\n" + chat + "10:43 bob: a moment\n")
        code, text = self.sign("bob", "--role", "sre", request="chat", key="bob.pub")
        self.assertEqual(code, BAD_INPUT, "without its agent the key is not there")
        self.home.environment.update(variables)
        code, text = self.sign("bob", "--role", "sre", request="chat", key="bob.pub")
        self.assertEqual(code, DONE, text)
        code, text = self.hand_in()
        self.assertEqual(code, DONE, text)

        wait_until(lambda: self.status("say") == "awaiting a person", "the statement is awaited")
        self.assertEqual((self.folder / "deployed").read_text(), "now\n")
        code, text = self.do("attest", "say", "--role", "sre", by="bob")
        self.assertEqual(code, BAD_INPUT)
        self.assertIn("this statement is signed", text)
        self.ask("say")
        # The only role that is asked for.
        code, text = self.sign("bob", "--evidence", "http://board/7", key="bob.pub")
        self.assertEqual(code, DONE, text)
        code, text = self.do("attest", "say", "--signed", "answer", "--evidence", "http://board/8")
        self.assertEqual((code, "this evidence is not what bob signed" in text), (BAD_INPUT, True), text)
        code, text = self.hand_in("say")
        self.assertEqual(code, DONE, text)
        self.assertEqual(run.wait(30), DONE, self.home.said())

        print_of = {name: subprocess.run(["ssh-keygen", "-lf", str(self.folder / f"{name}.pub")], check=True,
                                         stdout=subprocess.PIPE, text=True).stdout.split()[1] for name in ("ada", "bob")}
        _, log = self.home.call("log", self.home.session)
        self.assertIn(f"Approved go as product-owner (1 of 2), signed {print_of['ada']}: customers wait", log)
        self.assertIn(f"Approved go as sre (2 of 2), signed {print_of['bob']}", log)
        self.assertIn(f"Attested say as sre, signed {print_of['bob']}: http://board/7", log)
        self.assertIn("go is raised from 1 of product-owner to 2 of product-owner, sre", log)
        _, state = self.home.call("state", self.home.session)
        self.assertIn(f"bob as sre, signed {print_of['bob']}, expires ", state)
        self.assertIn("policy: policy.yaml (", state)
        self.assertEqual(self.home.call("verify", self.home.session)[0], DONE)
        self.verify_by_hand()

    def verify_by_hand(self):
        """What is in the log is all that it takes: ssh-keygen alone agrees."""
        bound = next(event["data"] for event in self.home.events() if event["type"] == "policy-bound")
        (self.folder / "pinned").write_text(bound["signers"])
        proofs = [event["data"]["proof"] for event in self.home.events() if event["data"].get("proof")]
        self.assertEqual(len(proofs), 3)
        for proof in proofs:
            (self.folder / "proof").write_text(proof["signature"])
            for text, code in ((proof["statement"], 0), (proof["statement"].replace("yes", "no "), 255)):
                ran = subprocess.run(["ssh-keygen", "-Y", "verify", "-f", str(self.folder / "pinned"), "-I",
                                      proof["principal"], "-n", "approval@sluice", "-s", str(self.folder / "proof")],
                                     input=text.encode(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
                self.assertEqual(ran.returncode, code, ran)

    def test_what_was_tampered_with_is_refused(self):
        self.start()
        before = self.state()["steps"]["go"]["approvals"]

        def altered(change):
            answer = json.loads((self.folder / "answer").read_text())
            statement = json.loads(answer["statement"])
            change(answer, statement)
            if "statement" in answer and answer["statement"] != "":
                answer["statement"] = json.dumps(statement, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            (self.folder / "altered").write_text(json.dumps(answer))

        self.good_answer("bob", "sre")
        table = [
            ("the root", lambda a, s: s["request"].update(root="0" * 64), "the root of the log is not as it was"),
            ("the size", lambda a, s: s["request"].update(size=1), "the size of the log is not as it was"),
            ("the step", lambda a, s: s["request"].update(step="say"), "the answer is for the step 'say'"),
            ("the session", lambda a, s: s["request"].update(session="other"), "the answer is for the session other"),
            ("the nonce", lambda a, s: s["request"].update(nonce="0" * 32), "this session never asked for it"),
            ("the end", lambda a, s: s["request"].update(expires="9" * 18), "when it expires is not as it was"),
            ("what runs", lambda a, s: s["request"]["runs"][0].update(does="run: true"),
             "what it shows is not what its digest is of"),
            ("the role", lambda a, s: s.update(role="product-owner"), "bob does not hold the role 'product-owner'"),
            ("the answer", lambda a, s: s.update(answer="no", reason="never"), "the signature is not good"),
            ("the reason", lambda a, s: s.update(reason="because"), "the signature is not good"),
            ("another member", lambda a, s: s.update(more="x"), "not in the one form that is signed"),
            ("no signature", lambda a, s: a.update(signature="none"), "this is not an SSH signature"),
        ]
        for name, change, words in table:
            with self.subTest(name):
                altered(change)
                self.refused(words, answer="altered")
        with self.subTest("a signature of another statement"):
            answer = json.loads((self.folder / "answer").read_text())
            self.ask(name="second")
            self.assertEqual(self.sign("bob", "--role", "sre", request="second", answer="other")[0], DONE)
            other = json.loads((self.folder / "other").read_text())
            other["signature"] = answer["signature"]
            (self.folder / "altered").write_text(json.dumps(other))
            self.refused("the signature is not good", answer="altered")
        with self.subTest("a key of nobody"):
            self.assertEqual(self.sign("eve", "--role", "sre")[0], DONE)
            self.refused("is nobody's")
        with self.subTest("signed for something else"):
            statement = json.loads((self.folder / "other").read_text())["statement"]
            made = subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-n", "git", "-f", str(self.folder / "bob")],
                                  input=statement.encode(), stdout=subprocess.PIPE, check=True).stdout.decode()
            (self.folder / "altered").write_text(
                json.dumps({"answer": 1, "statement": statement, "signature": made}))
            self.refused("the signature is not good", answer="altered")
        with self.subTest("the initiator"):
            self.assertEqual(self.sign("lena", "--role", "sre", request="second")[0], DONE)
            self.refused("lena opened this session and may not approve")
        with self.subTest("half of it"):
            (self.folder / "altered").write_text((self.folder / "answer").read_text()[:200])
            self.refused("this is no answer", answer="altered")
        with self.subTest("a request altered on its way is not signed"):
            request = self.ask(name="third")
            request["runs"][0]["does"] = "run: true"
            (self.folder / "third").write_text(json.dumps(request))
            code, text = self.sign("bob", "--role", "sre", request="third")
            self.assertEqual(code, BAD_INPUT)
            self.assertIn("what it shows is not what its digest is of", text)
        self.assertEqual(self.state()["steps"]["go"]["approvals"], before)

    def test_a_security_key_signs(self):
        """ssh-keygen as with hardware; the key itself is one in software (security_key.cpp)."""
        key = self.folder / "hardware"
        self.home.environment["SSH_SK_PROVIDER"] = os.environ["SLUICE_SECURITY_KEY"]
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519-sk", "-N", "", "-C", "bob", "-f", str(key)], check=True,
                       env=self.home.environment)
        kept = [line for line in (self.folder / "keys").read_text().splitlines(True) if not line.startswith("bob")]
        kept.append("bob@example.org " + pathlib.Path(f"{key}.pub").read_text())
        (self.folder / "keys").write_text("".join(kept))
        self.start()
        self.ask()
        code, text = self.sign("bob", "--role", "sre", key="hardware")
        self.assertEqual(code, DONE, text)
        self.assertIn("ED25519-SK", text)  # ssh-keygen asks for the touch, in sight
        code, text = self.hand_in()
        self.assertEqual(code, DONE, text)
        print_of = subprocess.run(["ssh-keygen", "-lf", f"{key}.pub"], check=True, stdout=subprocess.PIPE,
                                  text=True).stdout.split()[1]
        self.assertIn(f"Approved go as sre (1 of 2), signed {print_of}", self.home.call("log", self.home.session)[1])
        # The key of before is nobody's any more, and what the hardware signed says nothing else.
        self.good_answer("bob", "sre")
        self.refused("is nobody's")
        self.ask(name="third")
        self.assertEqual(self.sign("bob", "--role", "sre", request="third", key="hardware")[0], DONE)
        answer = json.loads((self.folder / "answer").read_text())
        answer["statement"] = answer["statement"].replace('"answer":"yes"', '"answer":"no"')
        (self.folder / "altered").write_text(json.dumps(answer))
        code, text = self.hand_in(answer="altered")
        self.assertEqual(code, BAD_INPUT, text)

    def test_an_answer_of_another_session_is_refused(self):
        self.start()
        self.good_answer("bob", "sre")
        first = self.home.session
        self.home.session = self.folder / "second.sluice"
        self.start()
        self.refused("the answer is for the session")
        self.home.session = first
        self.assertEqual(self.hand_in()[0], DONE)

    def test_a_policy_that_takes_only_signatures(self):
        self.start()
        code, text = self.do("approve", "go", "--role", "product-owner", by="ada")
        self.assertEqual(code, BAD_INPUT)
        self.assertIn("the policy counts only signed approvals", text)
        code, text = self.do("approve", "go", "--for", "bob", "--role", "sre", "--reason", "by phone")
        self.assertEqual(code, BAD_INPUT)
        self.assertIn("the policy does not count what the lead attests", text)
        code, text = self.do("skip", "go", "--reason", "late")
        self.assertIn("the policy demands this approval", text)
        code, text = self.do("abort", "--reason", "no", by="bob")
        self.assertIn("the policy lets the-lead give 'abort', not bob", text)
        code, text = self.do("confirm", "go", "--role", "dba", by="bob")
        self.assertIn("bob does not hold the role 'dba'", text)
        code, text = self.do("note", "hello", by="engine")
        self.assertIn("does not say who gives it", text)

    def test_attested_break_glass_and_hand_over(self):
        self.write_policy("signed, attested")
        run = self.start()
        code, text = self.do("approve", "go", "--for", "bob", "--reason", "by phone")
        self.assertEqual(code, DONE, text)
        code, text = self.do("break-glass", "go", "--reason", "the site is down", by="bob")
        self.assertIn("bob may not break the glass", text)
        code, text = self.do("break-glass", "go", "--reason", "the site is down")
        self.assertEqual(code, DONE, text)
        wait_until(lambda: self.status("say") == "awaiting a person", "it goes on")
        self.good_answer("bob", "sre", "say")
        self.assertEqual(self.hand_in("say")[0], DONE)
        _, log = self.home.call("log", self.home.session)
        self.assertIn("Approved go as sre (1 of 2), ATTESTED by lena: by phone", log)
        self.assertIn("BREAK-GLASS: go without approval: the site is down", log)
        _, state = self.home.call("state", self.home.session)
        self.assertIn("BREAK-GLASS by lena: the site is down; approval due by", state)
        self.assertIsNone(run.poll())  # an approval is owed
        self.good_answer("ada", "product-owner")
        self.assertEqual(self.hand_in()[0], DONE)
        self.assertEqual(run.wait(30), DONE, self.home.said())
        self.assertIn("go is approved after break-glass: 2 of 2 approved", self.home.call("log", self.home.session)[1])

    def test_a_roster_without_a_policy(self):
        run = self.home.begin("run", "plan.yaml", "--operator", "lena:release-lead", "--operator", "ada:product-owner",
                              "--session", self.home.session, "--no-input")
        self.addCleanup(run.kill)
        wait_until(lambda: self.home.readable() and self.status("go") == "awaiting a person", "the approval is awaited")
        self.assertIn("policy: no policy", self.home.call("state", self.home.session)[1])
        code, text = self.do("approve", "go", "--role", "product-owner", by="bob")
        self.assertIn("bob does not hold the role 'product-owner'", text)
        self.assertIn("adb is not on the bridge", self.do("hand-over", "adb")[1])
        self.assertEqual(self.do("hand-over", "ada", "--reason", "night")[0], DONE)
        self.assertIn("lena does not lead this session", self.do("join", "bob", "sre")[1])
        self.assertEqual(self.do("join", "bob", "sre", by="ada")[0], DONE)
        self.assertEqual(self.do("approve", "go", by="ada")[0], DONE)
        wait_until(lambda: self.status("say") == "awaiting a person", "it goes on")
        self.assertEqual(self.do("attest", "say", by="bob")[0], DONE)
        self.assertEqual(run.wait(30), DONE, self.home.said())
        log = self.home.call("log", self.home.session)[1]
        self.assertIn("The lead went to ada: night", log)
        self.assertIn("bob joined the bridge as sre", log)
        self.assertIn("Attested say as sre, not signed", log)

    def test_which_policy_holds(self):
        broken = self.folder / "broken.yaml"
        broken.write_text("policy: 1\npeople: {ada: {roles: [sre]}}\nrules: [{role: [sre]}]\n")
        self.home.environment["SLUICE_POLICY"] = str(broken)
        code, text = self.home.call("run", "plan.yaml", "--operator", "lena", "--session", self.home.session)
        self.assertEqual(code, BAD_INPUT)
        self.assertIn("broken.yaml:3:10: error: the key 'role' is not known in a policy-rule (did you mean 'roles'?)", text)
        self.assertFalse(self.home.session.exists())
        self.home.environment["SLUICE_POLICY"] = str(self.folder / "nowhere.yaml")
        self.assertEqual(self.home.call("run", "plan.yaml", "--session", self.home.session)[0], UNREACHABLE)
        del self.home.environment["SLUICE_POLICY"]
        own = self.folder / ".config/sluice"
        own.mkdir(parents=True)
        (own / "policy.yaml").write_text((self.folder / "policy.yaml").read_text())
        (own / "keys").write_text((self.folder / "keys").read_text())
        code, text = self.home.call("run", "plan.yaml", "--operator", "ada", "--session", self.home.session)
        self.assertEqual(code, BAD_INPUT)
        self.assertIn("ada may not lead this session", text)
        (self.folder / "plan.yaml").write_text(plan_of(STEPS[1:]))
        code, text = self.home.call("run", "plan.yaml", "--operator", "lena", "--session", self.home.session)
        self.assertEqual(code, BAD_INPUT)
        self.assertIn("the plan has no approve step that every way through it passes", text)
        self.assertFalse(self.home.session.exists())

    def test_validate_tells_what_the_policy_makes_of_a_plan(self):
        code, text = self.home.call("validate", "plan.yaml", "--policy", "policy.yaml")
        self.assertEqual(code, DONE, text)
        self.assertIn("by the policy, go is raised from 1 of product-owner to 2 of product-owner, sre", text)
        self.assertIn("go approves deploy", text)
        self.assertEqual(self.home.call("validate", "--policy", "policy.yaml")[0], DONE)
        self.assertEqual(self.home.call("validate")[0], BAD_INPUT)
        (self.folder / "plan.yaml").write_text(plan_of(STEPS[1:]))
        self.assertEqual(self.home.call("validate", "plan.yaml", "--policy", "policy.yaml")[0], BAD_INPUT)

    def test_a_killed_session_knows_its_policy_and_its_requests(self):
        run = self.start()
        self.good_answer("ada", "product-owner")
        run.kill()
        run.wait()
        (self.folder / "policy.yaml").unlink()
        (self.folder / "keys").unlink()
        again = self.home.begin("resume", self.home.session, "--operator", "lena", "--no-input")
        self.addCleanup(again.kill)
        wait_until(lambda: self.hand_in()[0] == DONE, "the answer is taken")
        self.good_answer("bob", "sre")
        self.assertEqual(self.hand_in()[0], DONE)
        wait_until(lambda: self.status("deploy") == "passed", "it goes on")


if __name__ == "__main__":
    unittest.main()
