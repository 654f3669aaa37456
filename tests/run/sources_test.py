"""What `sluicectl sources` says of a session: what was asked and answered, how old it is, what is wrong since when."""
import json
import pathlib
import shutil
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "crash"))
from outside import Home, wait_until  # noqa: E402

DONE, BAD_INPUT = 0, 2
ROOT = HERE.parent.parent
SECOND = 1_000_000_000

REHEARSED = """
sluice: 1
id: held
variables: {version: {default: v1}}
connections:
  shop: {http: {url: 'https://shop.example.com', headers: {Authorization: 'env:APP_TOKEN'}}}
  unasked: {http: {url: 'https://unasked.example.com'}}
metrics:
  health:
    title: Health
    from: shop
    health: {path: '/health?for=${version}', expect: {json: {/status: healthy}}}
    unit: bool
  share: {title: Share, derived: 'health / health', unit: ratio}
rehearse: {world: range.yaml}
phases:
  - id: all
    steps:
      - id: bake
        title: Bake
        hold: {for: 2m, deadline: 10m, on-breach: pause}
        gates: [{metric: health, must: '== 1'}]
"""

RUN = """
sluice: 1
id: away
connections:
  shop: {http: {url: 'http://127.0.0.1:1'}}
metrics:
  health: {from: shop, health: {path: /health}, unit: bool, interval: 1s}
phases:
  - {id: all, steps: [{id: ask, confirm: Go on}]}
"""


class Sources(unittest.TestCase):
    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.remove)

    def write(self, plan):
        shutil.copy(ROOT / "plans/examples/range.yaml", self.home.folder)
        (self.home.folder / "plan.yaml").write_text(plan)

    def rehearse(self, plan):
        self.write(plan)
        code, said = self.home.call("rehearse", "plan.yaml", "--assume-yes", "--session", self.home.session,
                                    "--fault", "T+1m pods crash for 30s")
        self.assertEqual(code, DONE, said)

    def sources(self, *more):
        code, said = self.home.call("sources", self.home.session, *more)
        self.assertEqual(code, DONE, said)
        return said

    def metrics(self, *more):
        told = json.loads(self.sources("--json", *more))
        return told, {metric["name"]: metric for source in told["sources"] for metric in source["metrics"]}

    def test_each_metric_is_told_as_it_was_at_the_moment(self):
        self.rehearse(REHEARSED)
        told, well = self.metrics("--at", "T+00:00:47")
        self.assertEqual([source["name"] for source in told["sources"]], ["shop", ""])
        self.assertEqual([well[name]["state"] for name in ("health", "share")], ["well", "well"])
        self.assertEqual(well["health"]["asked"][0], {"what": "path", "text": "/health?for=v1"})
        start = int(told["at"]) - 47 * SECOND
        self.assertEqual(int(well["health"]["received_at"]), start + 45 * SECOND)
        self.assertEqual([one["value"] for one in well["health"]["answers"]], ["1"])
        self.assertEqual([(one["kind"], one["id"], one["state"]) for one in well["health"]["dependents"]],
                         [("gate", "bake/health", "pass"), ("metric", "share", "")])

        # While the pods are away the answer is 0, and 0 / 0 is no number: the one is an answer, the other is none.
        told, bad = self.metrics("--at", "T+00:01:12")
        self.assertEqual([source["name"] for source in told["sources"]], ["", "shop"])
        self.assertEqual((bad["health"]["state"], bad["health"]["answers"][0]["value"]), ("well", "0"))
        self.assertEqual((bad["share"]["state"], bad["share"]["answers"][0]["value"]), ("no-data", None))
        self.assertEqual(int(bad["share"]["since"]), start + 60 * SECOND)
        self.assertEqual(int(bad["share"]["last_value_at"]), start + 55 * SECOND)
        self.assertEqual(self.metrics()[1]["share"]["state"], "well")

    def test_the_text_says_it_line_by_line_and_no_secret(self):
        self.rehearse(REHEARSED)
        said = self.sources("--at", "T+00:01:12")
        self.assertRegex(said, r"^sources of held-\S+ at \S+:01:12\.000Z: 1 of 2 metrics in trouble\n"
                               r"a rehearsal: .+\nderived from the others\n"
                               r"  \? share, Share: no data since \S+:01:00\.000Z \(12s\): it comes to no number\n")
        self.assertIn("\nshop  HTTP  https://shop.example.com\n  ✓ health, Health: well\n"
                      "    path        /health?for=v1\n    wanted      status 200 to 299\n"
                      "                /status is healthy\n    every       5s, data older than 30s is no data\n", said)
        self.assertIn("\n    answer      0, true 2.0s ago: status 503, wanted 2xx\n"
                      "    gate        bake/health == 1 (Bake): fail", said)
        for text in (said, self.sources("--json")):
            self.assertNotIn("APP_TOKEN", text)
            self.assertNotIn("token-of-the-application", text)

    def test_a_plan_that_measures_nothing_and_moments_that_are_not_there(self):
        self.rehearse(RUN.split("connections:")[0] + "phases:\n  - {id: all, steps: [{id: ask, confirm: Go on}]}\n")
        self.assertIn(": its plan measures nothing\n", self.sources())
        for at, why in (("T+09:00:00", "the session ended before, at "),
                        ("2020-01-01T00:00:00Z", "the session began later, at "),
                        ("soon", "'soon' is not a time")):
            code, said = self.home.call("sources", self.home.session, "--at", at)
            self.assertEqual(code, BAD_INPUT, said)
            self.assertIn(why, said)
        code, said = self.home.call("sources", self.home.folder / "none.sluice")
        self.assertEqual((code, "there is no such session file" in said), (BAD_INPUT, True), said)

    def test_a_source_that_is_away_is_told_while_the_session_runs_and_after_it_was_killed(self):
        self.write(RUN)
        program = self.home.begin("run", "plan.yaml", "--session", self.home.session, "--no-input")
        self.addCleanup(program.wait)
        self.addCleanup(program.kill)
        wait_until(lambda: self.home.readable() and self.home.events(), "the session is begun")
        wait_until(lambda: self.metrics()[1]["health"]["state"] == "source-error", "the source is told to be away")
        told, metrics = self.metrics()
        self.assertFalse(told["nobody_looks_on"])
        self.assertTrue(metrics["health"]["why"])
        self.assertIsNone(metrics["health"]["last_value_at"])
        since = metrics["health"]["since"]
        wait_until(lambda: self.metrics()[1]["health"]["received_at"] != metrics["health"]["received_at"],
                   "it is asked again")
        self.assertEqual(self.metrics()[1]["health"]["since"], since)
        self.assertRegex(self.sources(), r"\n  ! health: source error since \S+Z \(\S+s\): .+\n"
                                         r"(?:    .+\n)+    last value  none yet\n")
        program.kill()
        program.wait()
        self.assertTrue(self.metrics()[0]["nobody_looks_on"])
        self.assertIn("NOBODY LOOKS ON HERE: ", self.sources())


if __name__ == "__main__":
    unittest.main()
