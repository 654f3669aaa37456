"""What `sluicectl new` writes: valid, and rehearsed to its end as it stands, there and back."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "crash"))
from outside import Home  # noqa: E402

DONE, FAILED = 0, 1
VALUES = {"blue-green": ["version=v1.2.4", "previous=v1.2.3"], "checklist": ["version=v1.2.4"],
          "programs": ["target=shop.example.com"]}


class Templates(unittest.TestCase):
    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.remove)

    def rehearse(self, name, *more):
        sets = [word for value in VALUES[name] for word in ("--set", value)]
        return self.home.call("rehearse", f"{name}.yaml", *sets, "--assume-yes", *more)

    def test_each_is_rehearsed_to_its_end(self):
        listed = [line.split()[0] for line in self.home.call("new")[1].splitlines()]
        self.assertEqual(sorted(listed), sorted(VALUES))
        for name in listed:
            with self.subTest(name):
                self.assertEqual(self.home.call("new", name, "-o", f"{name}.yaml")[0], DONE)
                code, said = self.home.call("validate", f"{name}.yaml")
                self.assertEqual((code, "warning" in said), (DONE, False), said)
                code, said = self.rehearse(name)
                self.assertEqual(code, DONE, said)
                self.assertNotIn("OVERDUE", said)

    def test_blue_green_rolls_back_by_itself(self):
        self.home.call("new", "blue-green", "-o", "blue-green.yaml")
        code, said = self.rehearse("blue-green", "--fault", "split:green>=25 errors 8% on green")
        self.assertEqual(code, FAILED, said)
        self.assertRegex(said, r"ROLLING BACK: to-blue: error_ratio \d.* is > 5%")
        self.assertIn("rolled-back: ", said)


if __name__ == "__main__":
    unittest.main(verbosity=2)
