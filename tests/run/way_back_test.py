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
NOBODY = "no program has this file open"


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

    def test_what_was_rolled_back_by_another_option_is_not_said_to_be_done(self):
        self.plan({"id": "wrong", "run": ["x"], "rehearse": {"exit": 1}},
                  variables={"bad": {"type": "boolean", "default": True}},
                  rollback={"triggers": [{"id": "bad", "is": "${bad}", "mode": "act"}]})
        ended, said = self.home.call("rehearse", "plan.yaml", "--assume-yes", "--session", self.home.session)
        self.assertEqual(ended, FAILED, said)
        for words, code, answer in (((), DONE, "rolled-back by back"), (("back",), DONE, "rolled-back by back"),
                                    (("other",), BAD_INPUT, "was rolled back by 'back', not by 'other'")):
            with self.subTest(words):
                self.assertEqual(self.home.call("roll-back", self.home.session, *words)[0], code)
                self.assertIn(answer, self.home.call("roll-back", self.home.session, *words)[1])

    def test_one_that_nobody_runs_while_it_is_kept_open(self):
        self.plan({"id": "make", "run": ["touch", "made"]}, rollback={"within": "2h after make"})
        program = self.begin("run", "plan.yaml", "--session", self.home.session, stdin=subprocess.PIPE)
        wait_until(lambda: self.home.readable() and "the way back stays open until" in self.state(), "it is kept open")
        self.assertNotIn(NOBODY, self.state())
        for times in (1, 2, 3):  # neither paused nor aborted nor ended by them
            program.send_signal(signal.SIGINT)
            wait_until(lambda times=times: self.home.said().count("all is done, and the way back stays open") == times,
                       "Ctrl-C is answered")
        self.assertEqual((self.told("paused"), self.told("aborted"), program.poll()), ([], [], None))
        program.send_signal(signal.SIGTERM)
        self.assertEqual(program.wait(60), PERSON, self.home.said())
        program.stdin.close()
        self.assertIn(NOBODY, self.state())
        self.assertIn("the way back stays open until", self.state())
        program = self.begin("resume", self.home.session, "--no-input")
        wait_until(lambda: self.told("session-resumed"), "it is taken up")
        self.assertNotIn(NOBODY, self.state())
        program.send_signal(signal.SIGINT)
        wait_until(lambda: self.home.said().count("all is done, and the way back stays open") == 4, "Ctrl-C is answered")
        code, said = self.home.call("do", self.home.session, "close", "--reason", "all is well")
        self.assertEqual(code, DONE, said)
        self.assertEqual(program.wait(60), DONE, self.home.said())
        self.assertNotIn(NOBODY, self.state())

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

    def test_a_choice_may_be_called_as_a_command_or_a_step_is(self):
        for word in ("stop", "pause", "mend"):
            with self.subTest(word):
                self.home.session = self.home.folder / f"{word}.sluice"
                steps = [{"id": "mend", "run": ["touch", "mended"]}]
                self.plan({"id": "way", "decide": {"text": "What now?", "choices": [
                    {"id": "other", "steps": [{"id": "o", "confirm": "Other"}]}, {"id": word, "steps": steps}]}})
                program = self.begin("run", "plan.yaml", "--session", self.home.session, stdin=subprocess.PIPE)
                wait_until(lambda word=word: f"  {word}: " in self.home.said(), "it is asked")
                program.stdin.write(f"{word}\n".encode())
                program.stdin.flush()
                self.assertEqual(program.wait(60), DONE, self.home.said())
                program.stdin.close()
                self.assertEqual([one["choice"] for one in self.told("decided")], [word])
                self.assertEqual(self.told("paused"), [])

    def test_a_choice_that_is_called_stop_is_given_from_elsewhere_too(self):
        self.plan({"id": "way", "decide": {"text": "What now?", "choices": [
            {"id": "go-on", "steps": [{"id": "o", "confirm": "Other"}]},
            {"id": "stop", "steps": [{"id": "s", "run": ["touch", "stopped"]}]}]}})
        program = self.begin("run", "plan.yaml", "--session", self.home.session, "--no-input")
        wait_until(lambda: self.home.readable() and self.told("step-started"), "it is asked")
        code, said = self.home.call("do", self.home.session, "decide", "way", "stop")
        self.assertEqual(code, DONE, said)
        self.assertEqual(program.wait(60), DONE, self.home.said())
        self.assertTrue((self.home.folder / "stopped").exists())


if __name__ == "__main__":
    unittest.main()
