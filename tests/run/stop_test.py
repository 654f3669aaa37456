"""Programs that hang are ended by a person: that of a step, of a probe, of a read-back."""
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "crash"))
from outside import Home, alive, wait_until  # noqa: E402

DONE, FAILED, BAD_INPUT = 0, 1, 2
HANGS = ["sh", "-c", "echo $$ >> pids; exec sleep 300"]


class Stop(unittest.TestCase):
    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.remove)

    def pids(self):
        try:
            return (self.home.folder / "pids").read_text().split()
        except OSError:
            return []

    def told(self, kind):
        return [event["data"] for event in self.home.events() if event["type"] == kind]

    def stopped(self, step):
        """Begins, waits until the program hangs, stops it, and gives the program that runs the plan."""
        (self.home.folder / "plan.yaml").write_text(json.dumps(
            {"sluice": 1, "id": "hangs", "phases": [{"id": "all", "steps": [{"id": "slow", **step}]}]}))
        program = self.home.begin("run", "plan.yaml", "--session", self.home.session, "--no-input")
        wait_until(self.pids, "it hangs")
        code, said = self.home.call("do", self.home.session, "stop", "slow", "--reason", "it hangs")
        self.assertEqual(code, DONE, said)
        wait_until(lambda: self.told("triage-opened"), "a person is asked")
        self.assertIn("stopped by", self.told("triage-opened")[0]["why"])
        wait_until(lambda: not [pid for pid in self.pids() if alive(pid)], "it is ended")
        return program

    def aborted(self, program):
        self.home.call("do", self.home.session, "abort", "--reason", "enough")
        self.assertEqual(program.wait(60), FAILED, self.home.said())
        self.assertEqual([pid for pid in self.pids() if alive(pid)], [])

    def test_of_a_step(self):
        self.aborted(self.stopped({"run": HANGS, "retry": {"times": 5, "every": "1s"}}))
        self.assertEqual(len(self.pids()), 1)  # not tried again by itself

    def test_what_runs_is_told_with_its_pid(self):
        (self.home.folder / "plan.yaml").write_text(json.dumps(
            {"sluice": 1, "id": "hangs", "phases": [{"id": "all", "steps": [
                {"id": "quick", "run": ["true"]}, {"id": "slow", "run": HANGS}]}]}))
        program = self.home.begin("run", "plan.yaml", "--session", self.home.session, "--no-input")
        wait_until(lambda: self.home.readable() and self.told("observed"), "it has run for a while")
        pid = self.pids()[0]
        self.assertEqual([(one["operation"].split("/")[1], str(one["what"]["pid"])) for one in self.told("observed")],
                         [("slow", pid)])  # of what ends at once there is nothing to look for
        code, said = self.home.call("state", self.home.session)
        self.assertEqual(code, DONE, said)
        self.assertRegex(said, rf"\n  slow +running +\n    has run for \d\d:\d\d:\d\d, pid {pid}\n")
        program.kill()  # who takes it up finds the same one
        program.wait()
        program = self.home.begin("resume", self.home.session, "--no-input")
        wait_until(lambda: self.told("session-resumed"), "it is taken up")
        self.assertRegex(self.home.call("state", self.home.session)[1], rf" has run for \S+, pid {pid}\n")
        self.home.call("do", self.home.session, "stop", "slow", "--reason", "it hangs")
        wait_until(lambda: self.told("triage-opened"), "a person is asked")
        self.assertNotIn("has run for", self.home.call("state", self.home.session)[1])
        self.assertEqual(len(self.told("observed")), 1)
        self.aborted(program)

    def test_of_a_probe(self):
        self.aborted(self.stopped({"probe": {"run": HANGS}, "until": "10m"}))

    def test_of_a_read_back(self):
        program = self.stopped({"run": ["true"], "verify": {"run": HANGS, "until": "10m"}})
        self.assertEqual([one["succeeded"] for one in self.told("settled")], [False])
        self.aborted(program)

    def test_a_probe_that_an_abort_gives_up_ends_too(self):
        (self.home.folder / "plan.yaml").write_text(json.dumps(
            {"sluice": 1, "id": "hangs",
             "phases": [{"id": "all", "steps": [{"id": "slow", "probe": {"run": HANGS}, "until": "10m"}]}]}))
        program = self.home.begin("run", "plan.yaml", "--session", self.home.session, "--no-input")
        wait_until(self.pids, "it hangs")
        self.home.call("do", self.home.session, "abort", "--reason", "enough")
        self.assertEqual(program.wait(60), FAILED, self.home.said())
        wait_until(lambda: not [pid for pid in self.pids() if alive(pid)], "it is ended")


if __name__ == "__main__":
    unittest.main()
