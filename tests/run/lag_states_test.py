"""What a session's lag metric says of its groups: brokers that tell their states, and brokers that keep them."""
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "crash"))
from outside import Home, wait_until  # noqa: E402
from telling_broker import LIST_GROUPS, OFFSET_FETCH, TellingBroker  # noqa: E402

PLAN = """
sluice: 1
id: states
connections: {events: {kafka: {bootstrap: '%s'}}}
metrics:
  lag: {from: events, lag: {groups: [analytics], topics: [orders]}, unit: messages, interval: 1s, reduce: sum}
phases:
  - id: all
    steps:
      - {id: go, confirm: 'Go on?'}
"""
REBALANCING = "group analytics is rebalancing"


class LagStates(unittest.TestCase):
    def begin(self, state):
        self.broker = TellingBroker(state)
        self.addCleanup(self.broker.close)
        self.home = Home()
        self.addCleanup(self.home.remove)
        (self.home.folder / "plan.yaml").write_text(PLAN % self.broker.address)
        program = self.home.begin("run", "plan.yaml", "--session", self.home.session, "--no-input")
        self.addCleanup(self.end, program)
        wait_until(lambda: self.home.readable() and self.home.events(), "the session")

    def end(self, program):
        self.home.call("do", self.home.session, "abort", "--reason", "enough")
        program.wait(20)

    def metric(self):
        code, said = self.home.call("sources", self.home.session, "--json")
        self.assertEqual(code, 0, said)
        return json.loads(said)["sources"][0]["metrics"][0]

    def test_a_rebalance_is_told_and_the_lag_counts(self):
        self.begin("PreparingRebalance")
        wait_until(lambda: self.metric()["state"] == "degraded", "the rebalance")
        metric = self.metric()
        answer, = metric["answers"]
        self.assertEqual((metric["why"], answer["value"], answer["detail"]), (REBALANCING, "6", REBALANCING))
        # Recorded by partition every ten seconds: most often with the first answer.
        wait_until(lambda: "the group is rebalancing" in self.home.call("lag", "--session", self.home.session)[1],
                   "the record of it")

    def test_a_broker_that_does_not_answer_for_its_groups_costs_no_reading(self):
        self.begin(None)
        wait_until(lambda: self.broker.asked[OFFSET_FETCH] >= 4, "some answers")
        self.assertGreater(self.broker.asked[LIST_GROUPS], 0)
        metric = self.metric()
        answer, = metric["answers"]
        self.assertEqual((metric["state"], answer["value"], answer["detail"]), ("well", "6", ""))
        self.assertNotIn("source-error", json.dumps(self.home.events()))


if __name__ == "__main__":
    unittest.main()
