"""What the tests of this folder share: a home of their own, and the program in it."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "crash"))
from outside import BIN, wait_until  # noqa: E402

PLANS = pathlib.Path(__file__).resolve().parents[2] / "plans" / "examples" / "complete"
DONE, FAILED, BAD_INPUT, PERSON = 0, 1, 2, 4


class InHome(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.home = pathlib.Path(self.folder.name)
        self.environment = dict(os.environ, HOME=self.folder.name, XDG_RUNTIME_DIR=self.folder.name, LC_ALL="C.UTF-8")
        for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "KUBECONFIG"):
            self.environment.pop(name, None)

    def tearDown(self):
        self.folder.cleanup()

    def call(self, *arguments):
        done = subprocess.run([BIN / "sluicectl", *map(str, arguments)], env=self.environment, text=True, timeout=300,
                              stdin=subprocess.DEVNULL, capture_output=True, check=False, cwd=self.home)
        return done.returncode, done.stdout + done.stderr

    def until(self, event, deed, *arguments):
        """Begins something that nobody watches, and does `deed` (words of `do`, or several such, one after the other) once
        there is such an event."""
        session = arguments[arguments.index("--session") + 1]
        with subprocess.Popen([BIN / "sluicectl", *map(str, arguments), "--no-input"], env=self.environment, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              cwd=self.home) as program:
            try:
                def told():
                    return any(one["type"] == event for one in self.events(session, None))

                wait_until(lambda: told() or program.poll() is not None, event)
                self.assertIsNone(program.poll())
                for words in [deed] if isinstance(deed[0], str) else deed:
                    code, said = self.call("do", session, *words)
                    self.assertEqual(code, DONE, said)
                said, _ = program.communicate(timeout=120)
            finally:
                program.kill()
        return program.returncode, said

    def events(self, session, wanted=DONE):
        code, said = self.call("log", self.home / session, "--json")
        if wanted is not None:
            self.assertEqual(code, wanted, said)
        return [json.loads(line) for line in said.splitlines()] if code == DONE else []

    def finished(self, session):
        return {e["data"]["step"]: e["data"]["outcome"] for e in self.events(session) if e["type"] == "step-finished"}
