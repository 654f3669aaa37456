"""What `sluicectl state` says of a run: what will not come, what is late, what a severity answers, who looks on."""
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "crash"))
from outside import Home, wait_until  # noqa: E402

DONE, FAILED, BAD_INPUT, UNREACHABLE = 0, 1, 2, 3

LEAVES_OUT = """
sluice: 1
id: out
variables: {slow: {type: boolean, default: false}}
variants: {quick: {omit: [soak]}}
phases:
  - id: all
    steps:
      - {id: ask, confirm: Go on}
      - {id: soak, wait: 3h}
      - {id: maybe, group: [{id: part, wait: 5h}], when: {is: '${slow}'}}
      - {id: gone, run: ['true'], point-of-no-return: true}
      - {id: last, confirm: "Is it well?"}
rollback: {within: 1h after ask, options: {undo: {steps: [{id: back, run: ['true']}]}}}
"""

LATE = """
sluice: 1
id: late
roles: [release-lead, sre]
severity:
  low: {}
  high: {title: Users can't work, response: 'Call ${whom}', propose: undo}
variables: {whom: {default: the owner}}
phases:
  - id: all
    steps:
      - {id: first, run: ['true']}
      - {id: ask, confirm: Go on, due: first + 1s, escalate: {after: 1s, to: sre}}
  - {id: after, follow-up: true, steps: [{id: well, confirm: "Is it well?"}]}
rollback: {within: 1h after ask, options: {undo: {title: Take it back, planned: 7m, steps: [{id: back, run: ['true']}]}}}
"""


class State(unittest.TestCase):
    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.remove)

    def begin(self, plan, *more):
        (self.home.folder / "plan.yaml").write_text(plan)
        program = self.home.begin("run", "plan.yaml", "--session", self.home.session, "--no-input", *more)
        self.addCleanup(program.wait)
        self.addCleanup(program.kill)
        return program

    def awaits(self, step):
        wait_until(lambda: self.home.readable() and any(
            e["type"] == "step-started" and e["data"]["step"] == step for e in self.home.events()), f"{step} is asked")

    def do(self, *words):
        code, said = self.home.call("do", self.home.session, *words)
        self.assertEqual(code, DONE, said)

    def state(self, *more):
        code, said = self.home.call("state", self.home.session, *more)
        self.assertEqual(code, DONE, said)
        return said

    def test_what_does_not_apply_is_not_told_as_still_to_come(self):
        program = self.begin(LEAVES_OUT, "--variant", "quick")
        self.awaits("ask")
        said = self.state()
        self.assertIn("the end hangs on: ask, gone, last\n", said)
        self.assertRegex(said, r"  soak +does not apply +the variant 'quick' leaves it out\n")
        for step in ("maybe", "part"):
            self.assertRegex(said, rf"  {step} +does not apply +\${{slow}} is false\n")
        self.assertRegex(said, r"  last +to come ")
        self.assertIn("a rollback fits until ", said)
        self.do("confirm", "ask")
        self.awaits("last")
        said = self.state()
        self.assertIn("PAST THE POINT OF NO RETURN since gone\n", said)
        for told in ("a rollback fits until ", "rollback window until "):
            self.assertNotIn(told, said)
        self.do("confirm", "last")
        self.assertEqual(program.wait(60), DONE, self.home.said())
        self.assertNotIn("a rollback fits until ", self.state())
        code, said = self.home.call("show", "plan.yaml", "--variant", "quick")
        self.assertEqual((code, "does not apply: the variant 'quick' leaves it out" in said), (DONE, True), said)

    def test_the_way_back_counts_from_the_place_of_a_step_that_does_not_apply(self):
        self.begin(LEAVES_OUT.replace("1h after ask", "1h after maybe").replace(", point-of-no-return: true", ""),
                   "--variant", "quick")
        self.awaits("ask")
        self.assertNotIn("rollback window ", self.state())
        self.do("confirm", "ask")
        self.awaits("last")
        self.assertRegex(self.state(),
                         r"\nrollback window until \S+Z, 1h after the place of maybe, which does not apply\n")
        self.do("confirm", "last")
        wait_until(lambda: "released" in {e["type"] for e in self.home.events()}, "all is done")
        self.assertIn("; the way back stays open until ", self.state())

    def test_what_is_late_and_what_a_severity_answers_is_told(self):
        self.begin(LATE)
        self.awaits("ask")
        wait_until(lambda: {"step-overdue", "escalated"} <= {e["type"] for e in self.home.events()}, "it is late")
        said = self.state()
        self.assertRegex(said, r"  ask +awaiting a person +\n      OVERDUE since \S+Z\n"
                               r"      escalated to sre: it has waited since \S+Z\n")
        self.assertRegex(said, r"\nway back undo, Take it back: armed: .+, planned 7m\n")
        self.assertNotIn("severity", said)
        self.do("severity", "high", "--reason", "nobody gets in")
        said = self.state()
        self.assertRegex(said, r"\nseverity high since \S+Z, Users can't work\n  what to do: Call the owner\n"
                               r"  proposed: roll back by undo, Take it back\n")
        self.do("confirm", "ask")
        self.awaits("well")
        self.assertNotIn("OVERDUE", self.state())

    def test_a_session_that_was_left_says_that_nobody_looks_on(self):
        program = self.begin(LATE, "--until-released")
        self.awaits("ask")
        self.assertNotIn("NOBODY LOOKS ON", self.state())
        self.do("confirm", "ask")
        self.assertEqual(program.wait(60), DONE, self.home.said())
        said = self.state()
        self.assertIn("NOBODY LOOKS ON HERE: ", said)
        self.assertIn("'sluicectl resume' goes on\n", said)
        self.assertIn(" (run), not finished at ", said)
        self.assertTrue(json.loads(self.state("--json"))["nobody_looks_on"])
        at = self.state("--at", "T+00:00:00")  # as it was
        self.assertNotIn("NOBODY LOOKS ON", at)
        self.assertIn(" (run), running at ", at)


if __name__ == "__main__":
    unittest.main()
