"""Real programs under `sluicectl run`: exits, time-outs, much output, a secret."""
import base64
import http.server
import json
import os
import pathlib
import re
import sqlite3
import sys
import threading
import time
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "crash"))
from outside import Home, Range, alive, wait_until  # noqa: E402

DONE, FAILED, BAD_INPUT, UNREACHABLE, PERSON = 0, 1, 2, 3, 4
SECRET = 'hunter"2/=&geheim'

# Tells its secret in every form, the last time in two parts.
TELLS = """printf %s "$TOKEN" > proof
printf '%s\\n' "$TOKEN"
cat forms
printf %.5s "$TOKEN"
sleep 0.3
printf %s "${TOKEN#?????}"
exit 7
"""


REHEARSED = """
sluice: 1
id: rehearsed
connections: {cluster: {kubernetes: {context: prod}}}
arms:
  blue: {workload: production/blue, service: production/blue, match: v1.2.3}
  green: {workload: production/green, service: production/green, match: v1.2.4}
rehearse: {world: world.yaml}
phases:
  - id: all
    steps:
      - {id: more, scale: {workload: production/blue, replicas: 4}, on: cluster}
      - {id: ask, confirm: Go on}
      - {id: made, run: [make, it], rehearse: {output: made}}
      - {id: less, scale: {workload: production/blue, replicas: 3}, on: cluster}
"""


def plan_of(steps):
    """Plans are YAML, and JSON is YAML."""
    return json.dumps({"sluice": 1, "id": "programs", "phases": [{"id": "all", "steps": steps}]})


class Echo(http.server.BaseHTTPRequestHandler):
    """Says what it was sent, in its answer too."""

    def answer(self):
        heard = self.headers["Authorization"]
        self.server.heard.append(heard)
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = json.dumps({"heard": heard}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


class Run(unittest.TestCase):
    def setUp(self):
        self.home = Home()

    def tearDown(self):
        self.home.remove()

    def run_plan(self, *steps, session=None):
        (self.home.folder / "plan.yaml").write_text(plan_of(steps))
        return self.home.call("run", "plan.yaml", "--session", session or self.home.session)

    def settled(self, step):
        return [e["data"] for e in self.home.events() if e["type"] == "settled" and f"/{step}/" in e["data"]["operation"]]

    def test_the_exit_that_is_wanted_passes(self):
        code, said = self.run_plan({"id": "three", "run": ["sh", "-c", "exit 3"], "expect": {"exit": 3}},
                                   {"id": "zero", "run": ["true"]})
        self.assertEqual(code, DONE, said)
        self.assertEqual([one["result"] for one in self.settled("three") + self.settled("zero")], [{"exit": 3}, {"exit": 0}])
        self.assertEqual(self.home.left_over(), [])

    def test_what_goes_wrong_waits_for_a_person(self):
        for title, argv in {"another exit": ["false"], "a signal": ["sh", "-c", "kill -SEGV $$"],
                            "no such program": ["no-such-program-anywhere"]}.items():
            with self.subTest(title):
                home, self.home = self.home, Home()
                code, said = self.run_plan({"id": "wrong", "run": argv}, {"id": "after", "run": ["touch", "after"]})
                self.assertEqual(code, PERSON, said)
                self.assertEqual([one["succeeded"] for one in self.settled("wrong")], [False])
                self.assertFalse((self.home.folder / "after").exists())
                self.home.remove()
                self.home = home

    def with_metric(self, metric, *steps):
        (self.home.folder / "plan.yaml").write_text(json.dumps(
            {"sluice": 1, "id": "programs", "metrics": {"n": {"unit": "count", "interval": "1s", **metric}},
             "phases": [{"id": "all", "steps": steps}]}))
        return self.home.call("run", "plan.yaml", "--session", self.home.session)

    def test_a_program_tells_a_metric_s_number(self):
        script = 'test "$TOKEN" = "$(cat token)" && echo "depth: $(cat depth)"; echo "$TOKEN"'
        (self.home.folder / "depth").write_text("412\n")
        (self.home.folder / "token").write_text("token-of-the-application\n")
        code, said = self.with_metric({"run": ["sh", "-c", script], "environment": {"TOKEN": "env:APP_TOKEN"},
                                       "extract": "depth: ([0-9]+)"},
                                      {"id": "look", "hold": {"for": "2s", "deadline": "30s"},
                                       "gates": [{"metric": "n", "must": "== 412"}]})
        self.assertEqual(code, DONE, said)
        self.assertNotIn(b"token-of-the-application", self.home.session.read_bytes())
        code, said = self.home.call("query", self.home.session, "n")
        self.assertIn("412", said)
        self.assertEqual([file.name for file in self.home.folder.rglob("poll.*")], [])

    def test_a_program_that_fails_is_a_source_error_with_its_last_line(self):
        code, said = self.with_metric({"run": ["sh", "-c", 'echo 0; echo "no such table: $TOKEN" >&2; exit 3'],
                                       "environment": {"TOKEN": "env:APP_TOKEN"}},
                                      {"id": "look", "hold": {"for": "1s", "deadline": "3s"},
                                       "gates": [{"metric": "n", "must": "== 0"}]})
        self.assertEqual(code, PERSON, said)
        log = json.dumps(self.home.events(), ensure_ascii=False)
        self.assertIn("exit 3: no such table: ‹redacted›", log)
        self.assertNotIn("token-of-the-application", log)

    def test_a_program_of_a_metric_ends_with_the_release(self):
        code, said = self.with_metric({"run": ["sh", "-c", "echo $$ > pid; sleep 300"], "timeout": "2m"},
                                      {"id": "begun", "run": ["sh", "-c", "until test -s pid; do sleep 0.1; done"]})
        self.assertEqual(code, DONE, said)
        pid = (self.home.folder / "pid").read_text().strip()
        wait_until(lambda: not alive(pid), "the program ends")
        self.assertEqual([file.name for file in self.home.folder.rglob("poll.*")], [])

    def test_an_abort_is_a_failed_release(self):
        (self.home.folder / "plan.yaml").write_text(plan_of([{"id": "wrong", "run": ["false"]}]))
        program = self.home.begin("run", "plan.yaml", "--session", self.home.session, "--no-input")
        wait_until(lambda: self.home.readable() and self.settled("wrong"), "it fails")
        code, said = self.home.call("do", self.home.session, "abort", "--reason", "enough")
        self.assertEqual(code, DONE, said)
        self.assertEqual(program.wait(60), FAILED, self.home.said())

    def test_bad_input_and_an_unwritable_session_are_told_apart(self):
        code, said = self.run_plan({"id": "nothing"})
        self.assertEqual(code, BAD_INPUT, said)
        code, said = self.run_plan({"id": "zero", "run": ["true"]}, session="no/such/folder/s.sluice")
        self.assertEqual(code, UNREACHABLE, said)

    def test_a_session_has_one_owner(self):
        (self.home.folder / "plan.yaml").write_text(plan_of([{"id": "long", "run": ["sleep", "60"]}]))
        program = self.home.begin("run", "plan.yaml", "--session", self.home.session)
        wait_until(lambda: list(self.home.folder.glob("session.sluice.records/*/started.json")), "it runs")
        code, said = self.home.call("resume", self.home.session)
        self.assertEqual(code, BAD_INPUT, said)
        self.assertIn("owned by", said)
        record = next(self.home.folder.glob("session.sluice.records/*/started.json"))
        program.kill()
        program.wait()
        os.kill(json.loads(record.read_text())["pid"], 15)

    def recovered(self, output):
        """A program is killed with its wrapper after its work is done; `verify` then says that it happened."""
        make = {"id": "make", "run": ["sh", "-c", "echo made id-7; echo id-7 > made; sleep 60"],
                "verify": {"run": ["cat", "made"], "expect": {"exit": 0}}, "outputs": {"made": output}}
        (self.home.folder / "plan.yaml").write_text(plan_of([make, {"id": "use", "run": ["touch", "used-${made}"]}]))
        program = self.home.begin("run", "plan.yaml", "--session", self.home.session)
        wait_until(lambda: (self.home.folder / "made").exists(), "it works")
        program.kill()
        program.wait()
        record = json.loads(next(self.home.folder.glob("session.sluice.records/*/started.json")).read_text())
        for pid in (record["pid"], record["child"]):
            os.kill(pid, 9)
        return self.home.call("resume", self.home.session)

    def test_outputs_of_a_program_that_was_read_back_come_from_there(self):
        code, said = self.recovered({"extract": "id-[0-9]+"})
        self.assertEqual(code, DONE, said)
        self.assertTrue((self.home.folder / "used-id-7").exists())

    def test_outputs_that_are_lost_are_told(self):
        code, said = self.recovered({"pattern": "made id-[0-9]+"})  # the whole text: what `verify` prints is another
        self.assertEqual(code, PERSON, said)
        self.assertEqual([(one["succeeded"], one["how"]) for one in self.settled("make")], [(True, "verified")])
        intent = next(e["data"] for e in self.home.events() if e["type"] == "intent")
        self.assertEqual((intent["effect_class"], intent["request"]["class"]), ("probeable", "probeable"))
        self.assertIn("it happened, but its answer is lost, and with it 'made'", said)
        self.assertIn("happened made=VALUE REASON", said)
        program = self.home.begin("resume", self.home.session, "--no-input")
        self.addCleanup(program.wait)
        self.addCleanup(program.kill)

        def happened(*gave):
            return self.home.call("do", self.home.session, "resolve", intent["operation"], "happened", "--reason",
                                  "it is there", *gave)
        wait_until(lambda: self.home.call("do", self.home.session, "note", "up")[0] == DONE, "it listens")
        self.assertIn("its answer is lost (resolve make happened --reason …; happened with --gave made=…)",
                      self.home.call("state", self.home.session)[1])
        for gave, why in (((), "say what it gave with --gave NAME=VALUE"), (("--gave", "made"), "write NAME=VALUE"),
                          (("--gave", "done=x"), "the step gives no 'done'"),
                          (("--gave", "made=x"), "which does not match 'made id-[0-9]+'")):
            code, said = happened(*gave)
            self.assertNotEqual(code, DONE)
            self.assertIn(why, said)
        code, said = happened("--gave", "made=made id-7")
        self.assertEqual(code, DONE, said)
        self.assertEqual(program.wait(), DONE)
        self.assertTrue((self.home.folder / "used-made id-7").exists())
        taken = next(e["data"] for e in self.home.events() if e["type"] == "output-taken")
        self.assertNotEqual(taken["by"]["name"], "")

    def test_a_time_out_ends_the_whole_group(self):
        # A child, one that ignores SIGTERM, and one that left for a session of its own.
        script = ("sleep 300 & echo $! >> pids; (trap '' TERM; sleep 300; sleep 300) & echo $! >> pids; "
                  "setsid sh -c 'echo $$ >> pids; sleep 300' & echo $$ >> pids; echo begun; wait")
        began = time.monotonic()
        code, said = self.run_plan({"id": "slow", "run": ["sh", "-c", script], "timeout": "1s"})
        self.assertEqual(code, PERSON, said)
        self.assertLess(time.monotonic() - began, 30)
        pids = (self.home.folder / "pids").read_text().split()
        self.assertEqual(len(pids), 4)
        self.assertEqual([pid for pid in pids if alive(pid)], [])
        self.assertIn("longer than 1 s", self.settled("slow")[0]["why"])
        self.assertIn("begun", self.output())

    def test_100_megabytes_of_output_are_counted_and_bounded(self):
        code, said = self.run_plan({"id": "much", "run": ["sh", "-c", "yes 0123456789abcde | head -c 104857600; echo the end"]})
        self.assertEqual(code, DONE, said)
        self.assertLess(self.home.session.stat().st_size, 16 << 20)
        self.assertEqual(list(self.home.folder.rglob("output")), [])  # the wrapper's, once its end is in the session
        told = self.settled("much")[0]["output_length"]
        left_out = re.search(r"\n\[… (\d+) bytes left out …\]\n", self.output())
        self.assertEqual(told - len(left_out[0].encode()) + int(left_out[1]), 104857600 + len("the end\n"))

    def output(self):
        """All that is kept of what the programs printed."""
        with sqlite3.connect(f"file:{self.home.session}?mode=ro", uri=True) as file:
            return b"".join(row[0] for row in file.execute("select bytes from output order by rowid")).decode(errors="replace")

    def test_a_secret_appears_nowhere(self):
        self.home.environment["SERVICE_TOKEN"] = SECRET
        forms = {
            "raw": SECRET.encode(),
            "base64": base64.b64encode(SECRET.encode()).rstrip(b"="),
            "percent-encoded": urllib.parse.quote(SECRET, safe="").encode(),
            "JSON-escaped": json.dumps(SECRET).encode()[1:-1],
        }
        (self.home.folder / "forms").write_bytes(b"\n".join(forms.values()))
        (self.home.folder / "tells.sh").write_text(TELLS)
        code, said = self.run_plan({"id": "tells", "run": ["sh", "tells.sh"], "environment": {"TOKEN": "env:SERVICE_TOKEN"}})
        self.assertEqual(code, PERSON, said)
        self.assertEqual((self.home.folder / "proof").read_text(), SECRET)  # it had it
        for made_here in ("proof", "forms"):
            (self.home.folder / made_here).unlink()
        self.home.call("export", self.home.session, "-o", "copy.sluice")
        files = {str(file): file.read_bytes() for file in self.home.folder.rglob("*") if file.is_file()}
        files["the terminal"] = said.encode()
        self.assertTrue(any(b"redacted" in content for content in files.values()))
        for form, secret in forms.items():
            found = [name for name, content in files.items() if secret in content]
            self.assertEqual(found, [], form)

    def test_a_secret_variable_reaches_the_wire_and_nothing_else(self):
        self.home.environment["SERVICE_TOKEN"] = SECRET
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)
        server.heard = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        header = {"Authorization": "Bearer ${token}"}
        plan = {
            "sluice": 1, "id": "calls", "variables": {"token": {"type": "secret"}},
            "connections": {"app": {"http": {"url": "http://127.0.0.1:%d" % server.server_port}}},
            "phases": [{"id": "all", "steps": [
                {"id": "ask", "probe": {"http": {"path": "/a", "headers": header}}, "on": "app", "expect": {"status": 200}, "outputs": {"said": {"json": "/heard"}}},
                {"id": "tell", "http": {"path": "/b", "method": "POST", "headers": header}, "on": "app", "expect": {"status": 200}},
                {"id": "prove", "run": ["sh", "-c", "printf %s \"$TOKEN\" > proof"], "environment": {"TOKEN": "${token}"}}]}]}
        (self.home.folder / "plan.yaml").write_text(json.dumps(plan))
        code, said = self.home.call("run", "plan.yaml", "--set", "token=env:SERVICE_TOKEN", "--session", self.home.session)
        server.shutdown()
        server.server_close()
        self.assertEqual(code, DONE, said)
        self.assertEqual(server.heard, ["Bearer " + SECRET] * 2)
        self.assertEqual((self.home.folder / "proof").read_text(), SECRET)
        (self.home.folder / "proof").unlink()
        files = {str(file): file.read_bytes() for file in self.home.folder.rglob("*") if file.is_file()}
        files["the terminal"] = said.encode()
        for secret in (SECRET.encode(), json.dumps(SECRET).encode()[1:-1], json.dumps(json.dumps(SECRET)).encode()[3:-3]):
            self.assertEqual([name for name, content in files.items() if secret in content], [])

    def test_a_rehearsal_against_a_range_of_its_own_is_resumed(self):
        nova = pathlib.Path(__file__).resolve().parent.parent / "crash"
        plan = self.home.folder / "plan.yaml"
        plan.write_text(REHEARSED)
        (self.home.folder / "world.yaml").write_bytes((nova / "world.yaml").read_bytes())
        production = Range(plan, self.home)
        self.addCleanup(production.close)
        program = self.home.begin("rehearse", "plan.yaml", "--range", production.address, "--session", self.home.session,
                                  "--no-input")
        wait_until(lambda: self.home.readable() and any(e["type"] == "step-started" and e["data"]["step"] == "ask"
                                                        for e in self.home.events()), "it waits for a person")
        program.kill()
        program.wait()
        code, said = self.home.call("resume", self.home.session)
        self.assertEqual(code, UNREACHABLE, said)  # its production is not named
        self.assertIn("--range", said)
        (self.home.folder / "elsewhere").mkdir()
        plan.rename(self.home.folder / "elsewhere" / "plan.yaml")
        code, said = self.home.call("resume", self.home.session, "--range", production.address, "--plan",
                                    "elsewhere/plan.yaml", "--assume-yes")
        self.assertEqual(code, DONE, said)
        self.assertEqual(production.writes(), {"PATCH /apis/apps/v1/namespaces/production/deployments/blue/scale": 2})

    def test_no_secret_is_in_the_arguments_of_a_process(self):
        self.home.environment["SERVICE_TOKEN"] = SECRET
        (self.home.folder / "plan.yaml").write_text(plan_of(
            [{"id": "long", "run": ["sh", "-c", "echo up; sleep 3"], "environment": {"TOKEN": "env:SERVICE_TOKEN"}}]))
        program = self.home.begin("run", "plan.yaml", "--session", self.home.session)
        wait_until(lambda: list(self.home.folder.glob("session.sluice.records/*/started.json")), "it runs")
        lines = [file.read_bytes() for file in pathlib.Path("/proc").glob("[0-9]*/cmdline") if os.access(file, os.R_OK)]
        self.assertEqual([line for line in lines if SECRET.encode() in line], [])
        self.assertEqual(program.wait(60), DONE, self.home.said())


if __name__ == "__main__":
    unittest.main(verbosity=2)
