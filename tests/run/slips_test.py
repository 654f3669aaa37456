"""What people type wrongly, and what goes wrong beside a session: told at once, in words, and nothing is begun."""
import json
import os
import pathlib
import shutil
import socket
import sys
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "crash"))
from outside import Home, wait_until  # noqa: E402

DONE, FAILED, BAD_INPUT, UNREACHABLE, PERSON = 0, 1, 2, 3, 4
EXAMPLES = HERE.parent.parent / "plans/examples"

BACK = """
sluice: 1
id: back
phases:
  - id: all
    steps:
      - {id: made, run: [touch, made]}
      - {id: ask, confirm: Go on}
rollback:
  options:
    undo: {default: true, steps: [{id: slow, run: [sleep, '60']}]}
"""


ASKS = """
sluice: 1
id: asks
variables: {version: {type: semver, title: Version}}
phases: [{id: all, steps: [{id: go, confirm: "Go on with ${version}"}]}]
"""


class Slips(unittest.TestCase):
    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.remove)
        for plan in EXAMPLES.glob("*.yaml"):
            shutil.copy(plan, self.home.folder)
        (self.home.folder / "asks.yaml").write_text(ASKS)

    def started(self, step):
        return self.home.readable() and any(event["type"] == "step-started" and event["data"]["step"] == step
                                            for event in self.home.events())

    def waiting(self, *words):
        """A rehearsal that waits for its first confirmation."""
        program = self.home.begin("rehearse", "hello.yaml", "--session", self.home.session, "--no-input", *words)
        self.addCleanup(program.wait)
        self.addCleanup(program.kill)
        wait_until(lambda: self.started("ready") and self.home.call("do", self.home.session, "note", "up")[0] == DONE,
                   "it listens")
        return program

    def test_what_is_typed_wrongly_is_refused_before_anything_begins(self):
        rehearse = ("rehearse", "hello.yaml", "--assume-yes", "--session", self.home.session)
        rows = [
            (("rehears",), "there is no verb 'rehears'"),
            ((*rehearse, "--speed", "-1"), "no speed"),
            ((*rehearse, "--speed", "nan"), "no speed"),
            ((*rehearse, "--seed", "-1"), "no whole number"),
            ((*rehearse, "--seed", "99999999999999999999"), "no whole number"),
            ((*rehearse, "--start", "T+00:10:00"), "not a day and time"),
            ((*rehearse, "--start", "9999-01-01T00:00:00Z"), "not a day and time"),
            ((*rehearse, "--fault", "step:nowhere errors 5%"), "the plan has no step 'nowhere'"),
            ((*rehearse, "--set", "whom=you"), "it has who"),
            ((*rehearse, "--range", "127.0.0.1:1", "--speed", "60"), "in real time"),
            ((*rehearse, "--range", "127.0.0.1:1", "--fault", "T+1m errors 5%"), "its own faults"),
            (("validate", "nowhere.yaml"), "there is no such file"),
            (("validate", "."), "this is a folder"),
            ((*rehearse, "--start", ""), "it is empty"),
            (("preflight", "hello.yaml", "--at", ""), "it is empty"),
            (("secrets", "asks.yaml", "--set", "nosuch=1"), "no variable 'nosuch'"),
            (("secrets", "asks.yaml", "--set", "version=bad"), "version"),
            (("log", "hello.yaml"), "not a session file"),
            (("verify", "hello.yaml"), "not a session file"),
            (("state", "nowhere.sluice"), "there is no such session file"),
            (("preflight", "asks.yaml"), "version"),
            (("rehearse", "asks.yaml"), "version"),
            (("range", "hello.yaml", "--listen", "127.0.0.1:99999"), "the port"),
        ]
        for words, told in rows:
            with self.subTest(words):
                code, said = self.home.call(*words)
                self.assertEqual(code, BAD_INPUT, said)
                self.assertIn(told, said)
                self.assertFalse(self.home.session.exists())

    def test_help_is_given_however_it_is_asked_for(self):
        for asked, meant in [(("help",), ("--help",)), (("help", "run"), ("run", "--help")),
                             (("help", "--help"), ("--help",))]:
            code, said = self.home.call(*asked)
            self.assertEqual((code, said), self.home.call(*meant))
            self.assertEqual((code, "Usage: " in said), (DONE, True), said)
        code, said = self.home.call("help", "rehears")
        self.assertEqual((code, "there is no verb 'rehears'" in said), (BAD_INPUT, True), said)

    def test_the_examples_can_be_rehearsed_again_and_again(self):
        for plan in ("hello.yaml", "processes.yaml"):
            for _ in range(2):
                code, said = self.home.call("rehearse", plan, "--assume-yes")
                self.assertEqual(code, DONE, said)

    def test_the_key_that_is_told_at_the_start_authenticates(self):
        _, said = self.home.call("rehearse", "hello.yaml", "--assume-yes", "--session", self.home.session)
        key = next(line.split()[1] for line in said.splitlines() if line.startswith("key: "))
        self.assertIn("Ready started", said)  # what came before anybody listened is told too
        self.assertIn("authentic: ", self.home.call("verify", self.home.session, "--key", key)[1])
        (self.home.folder / "key").write_text(key + "\n")
        self.assertIn("authentic: ", self.home.call("verify", self.home.session, "--key", "key")[1])
        for wrong in (key[:-2], key.replace("+", "-"), "keys"):
            code, said = self.home.call("verify", self.home.session, "--key", wrong)
            self.assertEqual((code, "no key" in said, "'key:'" in said), (BAD_INPUT, True, True), said)
        code, said = self.home.call("verify", self.home.session, "--checkpoint", "key")
        self.assertEqual(code, BAD_INPUT, said)  # and not: the session was altered

    def test_a_closed_session_says_so(self):
        self.home.call("rehearse", "hello.yaml", "--assume-yes", "--session", self.home.session)
        for words in (("do", self.home.session, "pause"), ("roll-back", self.home.session)):
            code, said = self.home.call(*words)
            self.assertEqual((code, "is closed: done" in said), (BAD_INPUT, True), said)
        code, said = self.home.call("state", self.home.session, "--at", "2020-01-01T00:00:00Z")
        self.assertEqual((code, "began later" in said), (BAD_INPUT, True), said)
        code, said = self.home.call("state", self.home.session, "--at", "T+99:00:00")
        self.assertEqual((code, "the session ended before" in said), (BAD_INPUT, True), said)

    def test_a_rehearsal_keeps_real_time_while_its_first_step_waits(self):
        begun = time.monotonic()
        self.waiting()
        time.sleep(1)  # real time is what is looked at
        self.assertEqual(self.home.call("do", self.home.session, "note", "later")[0], DONE)
        passed = int(self.home.events()[-1]["time"]) - int(self.home.events()[0]["time"])
        self.assertLess(passed / 1e9, time.monotonic() - begun + 1)

    def test_a_command_says_what_it_needs_and_which_options_are_not_its_own(self):
        self.waiting()
        for words, said in (
                (("note",), "'note' needs TEXT"), (("decide", "ready"), "'decide' needs STEP CHOICE"),
                (("resolve", "ready"), "'resolve' needs STEP|OPERATION happened|run-again|skip|abort"),
                (("roll-back", "", "canary"), "'roll-back' got an empty word"),
                (("pause", "now"), "'pause' takes no 'now'"), (("roll-back", "a", "b"), "'roll-back' takes no 'b'"),
                (("shift", "edge"), "'shift' needs TRAFFIC ARM=WEIGHT..."),
                (("pause", "--request"), "'pause' takes no --request"),
                (("confirm", "ready", "--for", "x"), "'confirm' takes no --for"),
                (("pause", "--gave", "a=b"), "'pause' takes no --gave"),
                (("skip", "ready", "--gate", "g"), "'skip' takes no --gate"),
                (("skip", "ready", "--break-glass"), "it is of: amend"),
                (("note", "x", "--evidence", "y"), "it is of: confirm, attest"),
                (("resolve", "nothing", "skip", "--reason", "x"), "there is no such operation")):
            code, text = self.home.call("do", self.home.session, *words)
            self.assertIn(code, (FAILED, BAD_INPUT), text)
            self.assertIn(said, text)

    def test_a_malformed_command_does_not_end_the_owner(self):
        program = self.waiting()
        where = next((self.home.folder / "run").rglob("*.sock"))
        for by in ([], "root", {"name": 5}, {"name": "", "role": {}}, {"name": "root", "role": 1}, None):
            with socket.socket(socket.AF_UNIX) as peer:
                peer.connect(str(where))
                body = json.dumps({"do": "pause", "step": 1, "by": by}).encode()
                peer.sendall(len(body).to_bytes(4, "big") + body)
                self.assertIn(b'"error"', peer.recv(4096), by)
        self.assertIsNone(program.poll())
        code, said = self.home.call("do", self.home.session, "pause")
        self.assertEqual((code, "Paused" in said), (DONE, True), said)  # what has come of it, in the log's words

    def test_what_is_no_text_fails_the_step_and_holds_nothing_up(self):
        """An event can hold only text: a step that waited for one that could not be written stood for ever."""
        for words in ("run: [printf, 'a\\377b'], outputs: {o: {extract: .+}}",
                      "probe: {run: [printf, 'a\\377b']}, outputs: {o: {}}",
                      "run: [sh, -c, 'printf \"%0119d\" 0; printf ä'], outputs: {o: {type: boolean}}",
                      "probe: {run: [sh, -c, 'printf \"%0119d\" 0; printf ä']}, expect: {version-at-least: 1.0.0}"):
            with self.subTest(words):
                (self.home.folder / "text.yaml").write_text(
                    f"sluice: 1\nid: text\nphases:\n  - id: all\n    steps:\n      - {{id: odd, {words}}}\n")
                code, said = self.home.call("validate", "text.yaml")
                self.assertEqual(code, DONE, said)
                session = self.home.folder / f"{abs(hash(words))}.sluice"
                program = self.home.begin("run", "text.yaml", "--session", session, "--no-input")
                self.addCleanup(program.wait)
                self.addCleanup(program.kill)
                wait_until(lambda: session.exists() and "odd                          failed" in
                           self.home.call("state", session)[1], "the step has failed")

    def test_nothing_is_done_where_no_command_could_be_heard(self):
        (self.home.folder / "plan.yaml").write_text(BACK)
        self.home.environment["XDG_RUNTIME_DIR"] = "/proc/nowhere"
        code, said = self.home.call("run", "plan.yaml", "--session", self.home.session)
        self.assertEqual(code, UNREACHABLE, said)
        # Nor a record of a program, and none is started before there is one.
        self.assertEqual([file.name for file in self.home.folder.glob("session.sluice*")], [])
        self.assertFalse((self.home.folder / "made").exists())

    def test_who_asked_for_a_rollback_hears_that_the_owner_was_killed(self):
        (self.home.folder / "plan.yaml").write_text(BACK)
        owner = self.home.begin("run", "plan.yaml", "--session", self.home.session, "--no-input")
        wait_until(lambda: self.started("ask"), "it waits for a person")
        asker = self.home.begin("roll-back", self.home.session)
        wait_until(lambda: list(self.home.folder.glob("session.sluice.records/*slow*/started.json")), "it rolls back")
        owner.kill()
        owner.wait()
        self.assertEqual(asker.wait(30), UNREACHABLE, self.home.said())
        self.assertIn("ended before it was closed", self.home.said())
        record = next(self.home.folder.glob("session.sluice.records/*slow*/started.json"))
        os.kill(json.loads(record.read_text())["pid"], 15)

    def test_a_rollback_that_was_asked_for_twice_worked(self):
        (self.home.folder / "plan.yaml").write_text(BACK.replace("run: [sleep, '60']", "run: ['true']"))
        owner = self.home.begin("run", "plan.yaml", "--session", self.home.session, "--no-input")
        wait_until(lambda: self.started("ask"), "it waits for a person")
        for _ in range(2):
            code, said = self.home.call("roll-back", self.home.session)
            self.assertEqual(code, DONE, said)
        self.assertEqual(owner.wait(30), FAILED, self.home.said())

    def test_a_rehearsal_at_work_is_not_called_lost(self):
        self.waiting()
        code, said = self.home.call("resume", self.home.session)
        self.assertEqual((code, "owned by" in said), (BAD_INPUT, True), said)


if __name__ == "__main__":
    unittest.main(verbosity=2)
