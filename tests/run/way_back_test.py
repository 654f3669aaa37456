"""What the programs say and do about ways back: proposed ones, one that is kept open, the point of no return; and
decisions, which lead to them."""
import json
import pathlib
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "crash"))
from outside import Home, wait_until  # noqa: E402

DONE, FAILED, BAD_INPUT, UNREACHABLE, PERSON = 0, 1, 2, 3, 4
BACK = {"options": {"back": {"title": "Back", "steps": [{"id": "gone", "run": ["rm", "-f", "made"],
                                                         "rehearse": {"takes": "5s"}}]}}}
NOBODY = "no program has this file open here"


class WayBack(unittest.TestCase):
    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.remove)

    def plan(self, *steps, rollback=None, **more):
        (self.home.folder / "plan.yaml").write_text(json.dumps(
            {"sluice": 1, "id": "back", "phases": [{"id": "all", "steps": steps}], "rollback": {**BACK, **(rollback or {})},
             **more}))

    def begin(self, *words, **more):
        program = self.home.begin(*words, **more)
        self.addCleanup(lambda: (program.kill(), program.wait()))
        return program

    def state(self):
        return self.home.call("state", self.home.session)[1]

    def told(self, kind):
        return [event["data"] for event in self.home.events() if event["type"] == kind]

    def test_a_rehearsal_waits_for_the_way_back_that_is_proposed(self):
        wrong = {"id": "wrong", "run": ["x"], "rehearse": {"exit": 1, "takes": "1m"}}
        for then, code in {"roll-back": FAILED, "go-on": PERSON, "pause": PERSON}.items():
            with self.subTest(then):
                self.plan(wrong, variables={"bad": {"type": "boolean", "default": True}},
                          rollback={"triggers": [{"id": "bad", "is": "${bad}", "mode": "propose", "grace": "30m",
                                                  "then": then}]})
                self.home.session = self.home.folder / f"{then}.sluice"
                ended, said = self.home.call("rehearse", "plan.yaml", "--assume-yes", "--session", self.home.session)
                self.assertEqual(ended, code, said)
                self.assertEqual(len(self.told("triage-opened")), 1, said)
                self.assertEqual([one["outcome"] for one in self.told("session-closed")],
                                 ["rolled-back"] if code == FAILED else [], said)

    def test_a_person_passes_the_point_of_no_return_by_the_answer(self):
        self.plan({"id": "drop", "confirm": "It is dropped", "point-of-no-return": True}, {"id": "last", "confirm": "Well"})
        self.begin("run", "plan.yaml", "--session", self.home.session, "--no-input")
        wait_until(lambda: "once this is answered, nothing takes it back" in self.home.said(), "it is asked")
        sheet = pathlib.Path(f"{self.home.session}.sheet.txt")
        wait_until(lambda: sheet.exists() and "awaiting a person" in sheet.read_text(), "the sheet is up to date")
        self.assertNotIn("POINT OF NO RETURN", sheet.read_text())
        self.assertNotIn("PAST THE POINT OF NO RETURN", self.state())
        self.assertNotIn("from here on nothing takes this back", self.home.said())
        code, said = self.home.call("do", self.home.session, "confirm", "drop")
        self.assertEqual(code, DONE, said)
        wait_until(lambda: "from here on nothing takes this back" in self.home.said(), "it is told")
        self.assertIn("PAST THE POINT OF NO RETURN since drop", self.state())
        wait_until(lambda: "POINT OF NO RETURN" in sheet.read_text(), "the sheet tells it")


if __name__ == "__main__":
    unittest.main()
