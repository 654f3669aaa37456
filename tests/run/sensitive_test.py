"""Of a sensitive step nothing is kept but its exit and how much it said: not in the file, not on the terminal."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "crash"))
from outside import Home  # noqa: E402

BAD_INPUT, PERSON = 2, 4
SAID = '{"pw": "abc42def"}'
PLAN = """
sluice: 1
id: small
phases:
  - id: all
    steps:
      - {id: good, run: [cat, word], sensitive: true, expect: {json: {/pw: {matches: '^a'}}}}
      - {id: looked, probe: {run: [cat, word]}, sensitive: true, expect: {text: pw}}
      - {id: unlike, run: [cat, word], sensitive: true, expect: {json: {/pw: other}}}
"""
UNLIKE = "it did not give what is expected (what it gave is not kept: the step is sensitive)"


class Sensitive(unittest.TestCase):
    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.remove)
        (self.home.folder / "word").write_text(SAID)

    def nothing_is_kept(self, plan, why):
        (self.home.folder / "plan.yaml").write_text(plan)
        code, said = self.home.call("run", "plan.yaml", "--session", self.home.session)
        self.assertEqual(code, PERSON, said)
        self.assertIn(why, said)
        self.assertNotIn("abc42", said)
        for file in self.home.folder.rglob("session.sluice*"):
            for one in [file] if file.is_file() else file.rglob("*"):
                self.assertNotIn(b"abc42", one.read_bytes(), one)
        settled = [e["data"] for e in self.home.events() if e["type"] == "settled"]
        self.assertEqual((settled[0]["result"], settled[0]["output_length"], settled[0]["output_digest"]),
                         ({"exit": 0}, len(SAID), ""))

    def test_of_a_program(self):
        self.nothing_is_kept(PLAN, UNLIKE)

    def test_of_a_look(self):
        self.nothing_is_kept(PLAN.replace("unlike, run: [cat, word]", "unlike, probe: {run: [cat, word]}"), UNLIKE)

    def test_but_the_exit(self):
        self.nothing_is_kept(PLAN.replace("unlike, run: [cat, word]", "unlike, run: [sh, -c, 'cat word; exit 3']"),
                             "exit 3, wanted 0")

    def test_a_plan_that_would_keep_it_is_refused(self):
        (self.home.folder / "plan.yaml").write_text(PLAN.replace("expect: {text: pw}", "outputs: {word: {}}"))
        code, said = self.home.call("validate", "plan.yaml")
        self.assertEqual(code, BAD_INPUT, said)
        self.assertIn("what a sensitive step gives is not kept, so it has no outputs", said)


if __name__ == "__main__":
    unittest.main()
