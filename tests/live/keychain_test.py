"""Secrets by `keychain:` against a real GNOME Keyring (the machine's, or Debian's)."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "crash"))
from keyring import Keyring  # noqa: E402
from outside import Home  # noqa: E402

DONE, UNREACHABLE = 0, 3
SECRET = "canary & 'geheim' über alles"
GIVEN = "password=keychain:kafka/admin"
PLAN = """sluice: 1
id: live
variables: {password: {type: secret}}
phases:
  - id: one
    steps: [{id: a, run: [sh, -c, 'echo "it is $PASSWORD"; printf %s "$PASSWORD" > found'], environment: {PASSWORD: '${password}'}}]
"""


class Keychain(unittest.TestCase):
    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.remove)
        self.keyring = Keyring(self.home)
        self.addCleanup(self.keyring.close)
        (self.home.folder / "plan.yaml").write_text(PLAN)

    def secrets(self, given=GIVEN):
        return self.home.call("secrets", "plan.yaml", "--set", given)

    def test_what_is_stored_is_what_a_step_gets(self):
        self.keyring.start()
        self.assertEqual(self.keyring.store("keychain:kafka/admin", SECRET), (DONE, "stored: keychain:kafka/admin\n"))
        code, said = self.secrets()
        self.assertEqual(code, DONE, said)
        self.assertIn("✓ keychain:kafka/admin", said)
        code, said = self.home.call("run", "plan.yaml", "--no-input", "--session", self.home.session, "--set", GIVEN)
        self.assertEqual(code, DONE, said)
        self.assertEqual((self.home.folder / "found").read_text(), SECRET)
        logged = self.home.call("log", self.home.session, "--json")[1]
        self.assertIn("it is ", logged)
        self.assertNotIn("geheim", logged + said)

    def test_what_is_not_there_is_told_with_its_remedy(self):
        self.keyring.start()
        code, said = self.secrets()
        self.assertEqual(code, UNREACHABLE, said)
        self.assertIn("the keychain has no such entry", said)
        self.assertIn("sluicectl secrets --store 'keychain:kafka/admin'", said)

    def test_one_that_nobody_unlocks_ends_with_a_reason(self):
        self.keyring.start()
        self.keyring.store("keychain:kafka/admin", SECRET)
        self.keyring.stop()
        self.keyring.start(unlocked=False)  # and nobody is there to type its password
        code, said = self.secrets()
        self.assertEqual(code, UNREACHABLE, said)
        self.assertIn("the keychain is locked, and nobody has unlocked it", said)

    def test_a_desk_without_one_is_told_so(self):
        code, said = self.secrets()
        self.assertEqual(code, UNREACHABLE, said)
        self.assertIn("no keychain runs on this desk", said)


if __name__ == "__main__":
    unittest.main()
