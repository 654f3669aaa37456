"""kill -9 at every N-th write to the files of a session, from its making to its closing; then `resume`.

SLUICE_SWEEP=1 takes every single write; the default is a sample.
"""
import os
import signal
import unittest

import kill_test

DONE, IN_DOUBT = 0, 4
STRIDE = int(os.environ.get("SLUICE_SWEEP", "13"))
MOST = 1000


class Sweep(kill_test.Bench):
    def killed_at(self, call, n, begin):
        """False when the program ended before its n-th call."""
        code = begin(["strace", "-f", "-o", "/dev/null", "-e", "trace=" + call, "-e",
                      f"inject={call}:signal=KILL:when={n}"]).wait(60)
        if code == 0:
            return False
        self.assertEqual(code, -signal.SIGKILL, self.home.said())
        code, said = self.resume()
        if code not in (DONE, IN_DOUBT):
            # It was killed while it made the file: then nothing has begun.
            self.assertEqual(dict(self.range.writes()), {}, said)
            self.assertNotIn("corrupt", said)
            return True
        self.ends(code, code, said)
        self.all_happened_once(last=self.range.streams("opaque") if code == IN_DOUBT else 1)
        self.assertLessEqual(self.range.streams("opaque"), 1)
        return True

    def begin_run(self, tracer):
        return self.run_plan(before=tracer)

    def begin_resume(self, tracer):
        """It was killed before, in the middle of a shift."""
        self.wanted = ("shift", 2, "applied")
        self.run_plan()
        self.ends_killed()
        return self.home.begin("resume", self.home.session, before=tracer)

    def sweep(self, call, begin, stride=STRIDE):
        for n in range(1, MOST, stride):
            with self.subTest(call, n=n):
                try:
                    if not self.killed_at(call, n, lambda tracer: begin(self, tracer)):
                        self.assertGreater(n, stride)
                        return
                finally:
                    self.tearDown()
                    self.setUp()

    def test_before_a_write(self):
        self.sweep("pwrite64", Sweep.begin_run)

    def test_between_a_write_and_its_sync(self):
        self.sweep("fdatasync", Sweep.begin_run)

    def test_before_a_file_goes_away(self):
        self.sweep("unlink", Sweep.begin_run, stride=1)

    def test_before_a_write_of_resume(self):
        self.sweep("pwrite64", Sweep.begin_resume)


if __name__ == "__main__":
    unittest.main(verbosity=2)
