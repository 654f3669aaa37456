"""What a session says of itself to a terminal: how far holds are, and a checkpoint to keep."""
import json
import pathlib
import shutil
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "crash"))
from outside import Home  # noqa: E402

DONE, FAILED, BAD_INPUT, UNREACHABLE = 0, 1, 2, 3
ROOT = HERE.parent.parent
PLAN = """
sluice: 1
id: held
connections:
  shop: {http: {url: 'https://shop.example.com'}}
metrics:
  health: {from: shop, health: {path: /health, expect: {json: {/status: healthy}}}, unit: bool}
rehearse: {world: range.yaml}
phases:
  - id: all
    steps:
      - {id: bake, hold: {for: 2m, deadline: 10m, on-breach: pause}, gates: [{metric: health, must: '== 1'}]}
"""
SECOND = 1_000_000_000


class Session(unittest.TestCase):
    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.remove)
        shutil.copy(ROOT / "plans/examples/range.yaml", self.home.folder)
        (self.home.folder / "held.yaml").write_text(PLAN)
        code, said = self.home.call("rehearse", "held.yaml", "--assume-yes", "--session", self.home.session, "--fault",
                                    "T+1m pods crash for 30s")
        self.assertEqual(code, DONE, said)

    def state(self, at):
        return json.loads(self.home.call("state", self.home.session, "--at", at, "--json")[1])

    def test_state_tells_how_far_a_hold_is(self):
        start = int(self.state("T+00:00:00")["at"])
        hold = self.state("T+00:00:47")["holds"]["bake"]  # between two heartbeats it counts on
        self.assertEqual((hold["running"], int(hold["of"]), int(hold["deadline"])),
                         (True, 120 * SECOND, start + 600 * SECOND))
        self.assertEqual((int(hold["held"]), hold["stands_still_since"]), (47 * SECOND, ""))
        _, said = self.home.call("state", self.home.session, "--at", "T+00:00:47")
        self.assertIn("held 00:00:47 of 00:02:00; deadline ", said)
        self.assertIn("(in 00:09:13)", said)

        hold = self.state("T+00:01:20")["holds"]["bake"]
        self.assertFalse(hold["running"])
        self.assertEqual(hold["held"], self.state("T+00:01:25")["holds"]["bake"]["held"])
        self.assertTrue(hold["why"])
        self.assertGreater(int(hold["stands_still_since"]), start + 59 * SECOND)
        _, said = self.home.call("state", self.home.session, "--at", "T+00:01:20")
        self.assertRegex(said, r"held 00:01:0\d of 00:02:00, stands still for 00:00:\d\d: .+; deadline ")

        self.assertEqual(json.loads(self.home.call("state", self.home.session, "--json")[1])["holds"], {})

    def test_a_checkpoint_can_be_kept_and_convicts(self):
        code, note = self.home.call("log", self.home.session, "--checkpoint")
        self.assertEqual(code, DONE, note)
        self.assertEqual(note.splitlines()[0], "sluice/session/" + self.home.events()[0]["data"]["session"])
        self.assertEqual(int(note.splitlines()[1]), len(self.home.events()))
        kept = self.home.folder / "kept.txt"
        kept.write_text(note)
        code, said = self.home.call("verify", self.home.session, "--checkpoint", "kept.txt")
        self.assertEqual((code, said.splitlines()[0]), (DONE, f"authentic: {len(self.home.events())} events"))
        theirs = subprocess.run([sys.executable, str(ROOT / "tools/verify_session.py"), "--checkpoint", str(kept),
                                 str(self.home.session)], stdout=subprocess.PIPE, check=False)
        self.assertEqual(theirs.returncode, 0, theirs.stdout)

        # The same plan with another outcome under the same id: consistent in itself, and not what was signed.
        other = self.home.folder / "other.sluice"
        self.home.call("rehearse", "held.yaml", "--assume-yes", "--session", other)
        self.assertEqual(self.home.call("verify", other)[0], DONE)
        self.assertEqual(self.home.call("verify", other, "--checkpoint", "kept.txt")[0], FAILED)

    def test_no_checkpoint_is_given_out_of_what_was_altered(self):
        import sqlite3
        with sqlite3.connect(self.home.session) as database:
            database.execute("DELETE FROM event WHERE seq = 3")
        code, said = self.home.call("log", self.home.session, "--checkpoint")
        self.assertEqual(code, FAILED, said)
        self.assertIn("no checkpoint is given out", said)
        self.assertNotIn("sluice/session/held", said)
        code, said = self.home.call("log", self.home.session, "--checkpoint", "--json")
        self.assertEqual(code, BAD_INPUT, said)

    def test_a_session_of_the_first_version_is_shown_and_not_gone_on_with(self):
        old = self.home.folder / "old.sluice"
        shutil.copy(ROOT / "tests/session/old/version-1.sluice", old)
        self.assertIn("Session closed: done", self.home.call("log", old)[1])
        self.assertEqual(self.home.call("verify", old)[0], DONE)
        self.assertEqual(self.home.call("export", old, "-o", "copy.sluice")[0], DONE)
        self.assertEqual(self.home.call("verify", "copy.sluice")[0], DONE)
        self.assertIn("health", self.home.call("query", old)[1])
        self.assertIn("held 00:00:15 of 00:00:20", self.home.call("state", old, "--at", "T+00:00:50")[1])


if __name__ == "__main__":
    unittest.main()
