"""Every request that writes and every program follows an fdatasync of the log that holds its intent.

With `synchronous` NORMAL or OFF the same check fails: it can tell.
"""
import unittest

from order import CALLS, check
from outside import BIN, Home, Range, kubeconfig, write_plan

RUNS = ("verified", "plain")
EFFECTS = ["annotate", "patch", "scale", "shift", "shift", "keyed", "verified", "plain", "opaque"]


class Order(unittest.TestCase):
    def setUp(self):
        self.home = Home()
        self.range = Range(write_plan(self.home, "http://127.0.0.1:1"), self.home)
        addresses = self.range.addresses
        (self.home.folder / "kubeconfig").write_text(kubeconfig(addresses["kubernetes"], addresses["token"]))
        self.plan = write_plan(self.home, addresses["services"] + "/production/blue")
        for step in RUNS:
            (self.home.folder / (step + ".go")).touch()

    def tearDown(self):
        self.range.close()
        self.home.remove()

    def traced(self, binary, *words):
        trace = self.home.folder / "trace"
        tracer = ["strace", "-f", "-y", "-s", "16384", "-o", str(trace), "-e", "trace=" + ",".join(CALLS)]
        code = self.home.begin(*words, binary=binary, before=tracer).wait(120)
        self.assertEqual(code, 0, self.home.said())
        programs = {f'work.sh", "{self.home.folder}/{step}"': step for step in RUNS}
        with open(trace, encoding="latin-1") as lines:
            return check(lines, f"{self.home.session}-wal", programs)

    def test_every_effect_follows_the_sync_of_its_intent(self):
        effects, too_early = self.traced(BIN / "sluicectl", "run", self.plan, "--session", self.home.session)
        self.assertEqual(effects, EFFECTS)
        self.assertEqual(too_early, [])

    def test_the_control_program_passes_too_when_it_is_safe(self):
        effects, too_early = self.traced(BIN / "unsafe_run", "full", self.plan, self.home.session)
        self.assertEqual((effects, too_early), (EFFECTS, []))

    def test_synchronous_normal_is_found(self):
        effects, too_early = self.traced(BIN / "unsafe_run", "normal", self.plan, self.home.session)
        self.assertEqual((effects, too_early), (EFFECTS, EFFECTS))

    def test_synchronous_off_is_found(self):
        effects, too_early = self.traced(BIN / "unsafe_run", "off", self.plan, self.home.session)
        self.assertEqual((effects, too_early), (EFFECTS, EFFECTS))


if __name__ == "__main__":
    unittest.main(verbosity=2)
