"""kill -9 at each effect: before the send, after the apply and before the reply, after the reply and before the commit.

After `resume`, what is convergent, keyed or can be read back has happened exactly once; what can't has happened at most
once and stands in doubt, with exit 4.
"""
import json
import os
import shutil
import signal
import subprocess
import unittest

from outside import BIN, HERE, Home, Range, kubeconfig, wait_until, write_plan
from proxy import Proxy

DONE, IN_DOUBT = 0, 4
RUNS = ("verified", "plain")
# What the convergent steps write, when nothing goes wrong.
WRITES = {
    "PATCH /apis/apps/v1/namespaces/production/deployments/blue": 1,
    "PATCH /api/v1/namespaces/production/configmaps/settings": 1,
    "PATCH /apis/apps/v1/namespaces/production/deployments/blue/scale": 1,
    "POST /apis/networking.k8s.io/v1/namespaces/production/ingresses": 1,
    "PATCH /apis/networking.k8s.io/v1/namespaces/production/ingresses/edge-canary": 1,
}


def kill_at_next_commit(pid):
    """Kills it as it begins to write to the log: what it has learned by then is lost."""
    tracer = subprocess.Popen(["strace", "-p", str(pid), "-e", "trace=pwrite64",
                               "-e", "inject=pwrite64:signal=KILL:when=1", "-o", "/dev/null"],
                              stderr=subprocess.PIPE, text=True)
    for line in tracer.stderr:
        if "attached" in line:
            return tracer
    raise AssertionError("strace can't attach")


class Bench(unittest.TestCase):
    """A range, proxies before it, and the program between being begun and being killed."""

    def setUp(self):
        self.home = Home()
        self.range = Range(write_plan(self.home, "http://127.0.0.1:1"), self.home)
        self.proxies = [Proxy(self.range.addresses[name], self.trap) for name in ("kubernetes", "services")]
        (self.home.folder / "kubeconfig").write_text(kubeconfig(self.proxies[0].url, self.range.addresses["token"]))
        self.plan = write_plan(self.home, self.proxies[1].url + "/production/blue")
        for step in RUNS:
            (self.home.folder / (step + ".go")).touch()
        self.wanted = self.program = self.tracer = None
        self.count = 0

    def tearDown(self):
        for proxy in self.proxies:
            proxy.close()
        self.range.close()
        if self.tracer:
            self.tracer.wait()
            self.tracer.stderr.close()
        self.home.remove()

    def trap(self, stage, request):
        """`wanted`: (step, which of its writes, where)."""
        if not self.wanted or stage != self.wanted[2] or f"/{self.wanted[0]}/" not in request:
            return True
        self.count += 1
        if self.count != self.wanted[1]:
            return True
        if stage == "replied":
            self.tracer = kill_at_next_commit(self.program.pid)
            return True
        self.program.kill()
        self.program.wait()
        return False

    def run_plan(self, binary=None, before=()):
        self.program = self.home.begin("run", self.plan, "--session", self.home.session, binary=binary, before=before)
        return self.program

    def ends_killed(self):
        code = self.program.wait(60)
        self.assertEqual(code, -signal.SIGKILL, self.home.said())
        self.wanted = None

    def resume(self):
        return self.home.call("resume", self.home.session)

    def ends(self, code, expected, said):
        self.assertEqual(code, expected, said + self.home.said())
        verified, text = self.home.call("verify", self.home.session)
        self.assertEqual(verified, 0, text)
        if expected == DONE:
            self.assertEqual(self.home.left_over(), [])

    def all_happened_once(self, last=1):
        writes = self.range.writes()
        self.assertEqual({what: n for what, n in writes.items() if not what.endswith("/streams")}, WRITES)
        self.assertEqual(self.range.streams("keyed"), 1)
        self.assertEqual([self.home.lines(step) for step in RUNS], [1, 1])
        self.assertEqual(self.range.streams("opaque"), last)


class Killed(Bench):
    # --- nothing goes wrong: what the others are compared with ---

    def test_without_a_kill_all_happens_once(self):
        code = self.run_plan().wait(60)
        self.ends(code, DONE, "")
        self.all_happened_once()

    # --- requests ---

    def request_killed(self, step, write, stage):
        self.wanted = (step, write, stage)
        self.run_plan()
        self.ends_killed()
        code, said = self.resume()
        if step != "opaque":
            self.ends(code, DONE, said)
            self.all_happened_once()
            return
        self.ends(code, IN_DOUBT, said)
        self.all_happened_once(last=0 if stage == "before" else 1)
        # It stays in doubt, and is not repeated, however often somebody resumes.
        self.assertEqual(self.resume()[0], IN_DOUBT)
        self.all_happened_once(last=0 if stage == "before" else 1)

    def keyed_and_the_server_away(self):
        """Sent again in vain says nothing of the first time: it stays in doubt, and is not called failed."""
        self.wanted = ("keyed", 1, "applied")
        self.run_plan()
        self.ends_killed()
        self.proxies[1].close()
        code, said = self.resume()
        self.ends(code, IN_DOUBT, said)
        self.assertEqual(self.range.streams("keyed"), 1)

    def convergent_and_read_back_at_the_second_resume(self):
        """Nobody could read it at the first one; it does not stay in doubt for that."""
        self.wanted = ("scale", 1, "applied")
        self.run_plan()
        self.ends_killed()
        self.proxies[0].close()
        code, said = self.resume()
        self.ends(code, IN_DOUBT, said)
        self.proxies[0] = Proxy(self.range.addresses["kubernetes"], self.trap)
        (self.home.folder / "kubeconfig").write_text(kubeconfig(self.proxies[0].url, self.range.addresses["token"]))
        code, said = self.resume()
        self.ends(code, DONE, said)
        self.all_happened_once()

    # --- programs ---

    def begun(self, step):
        """Runs the plan until `step` is at work, and stays so."""
        (self.home.folder / (step + ".go")).unlink()
        self.run_plan()
        wait_until(lambda: self.home.lines(step) == 1, step + " begins")

    def let_go(self, step):
        (self.home.folder / (step + ".go")).touch()

    def record(self, step):
        return next(self.home.folder.glob(f"session.sluice.records/*.{step}.1"))

    def killed_before_exec(self, step, which=None):
        # A program reaches the wrapper in a nameless file, which is made for nothing else; the second is of `verify`.
        which = which or {"verified": 1, "plain": 3}[step]
        self.run_plan(before=["strace", "-f", "-o", "/dev/null", "-e", "trace=memfd_create", "-e",
                              f"inject=memfd_create:signal=KILL:when={which}"])
        self.ends_killed()
        self.assertEqual([self.home.lines(name) for name in RUNS], {1: [0, 0], 2: [1, 0], 3: [1, 0]}[which])
        code, said = self.resume()
        self.ends(code, DONE, said)
        self.all_happened_once()

    def killed_before_its_verify(self, step):
        self.killed_before_exec(step, 2)

    def killed_before_the_record(self, step):
        """The same, one moment earlier: not even the directory of its record is there."""
        self.run_plan(before=["strace", "-f", "-o", "/dev/null", "-e", "trace=memfd_create", "-e",
                              "inject=memfd_create:signal=KILL:when=3"])
        self.ends_killed()
        self.record(step).rmdir()
        code, said = self.resume()
        self.ends(code, DONE, said)
        self.all_happened_once()

    def killed_while_the_wrapper_begins(self, step):
        """The wrapper is spawned, and slower than `resume`: it must find out that it is too late."""
        folder = self.home.folder / "bin"
        folder.mkdir()
        shutil.copy(BIN / "sluicectl", folder)
        late = folder / "sluice-exec"
        late.write_text(f'#!/bin/sh\nPATH=/usr/bin:/bin\nif grep -q "{step}.go" "$1" && [ ! -e {folder}/late ]; then\n'
                        f'  touch {folder}/late; kill -9 $PPID\n'
                        f'  while [ ! -e {folder}/now ]; do sleep 0.05; done\nfi\n{BIN}/sluice-exec "$1"\n'
                        f'touch {folder}/ended\n')
        late.chmod(0o755)
        self.run_plan(binary=folder / "sluicectl")
        self.ends_killed()
        code, said = self.resume()
        (folder / "now").touch()
        wait_until((folder / "ended").exists, "the late wrapper ends")
        self.ends(code, DONE, said)
        self.all_happened_once()

    def killed_at_work(self, step):
        self.begun(step)
        self.program.kill()
        self.ends_killed()
        again = self.home.begin("resume", self.home.session)
        wait_until(lambda: any(e.get("type") == "session-resumed" for e in self.home.events()), "it resumes")
        self.let_go(step)
        self.ends(again.wait(60), DONE, "")
        self.all_happened_once()
        self.output_is_whole(step)

    def ended_while_nobody_looked(self, step):
        self.begun(step)
        self.program.kill()
        self.ends_killed()
        self.let_go(step)
        wait_until((self.record(step) / "exit.json").exists, "it ends")
        code, said = self.resume()
        self.ends(code, DONE, said)
        self.all_happened_once()
        self.output_is_whole(step)

    def killed_after_its_exit(self, step):
        self.begun(step)
        self.tracer = kill_at_next_commit(self.program.pid)
        self.let_go(step)
        self.ends_killed()
        code, said = self.resume()
        self.ends(code, DONE, said)
        self.all_happened_once()
        self.output_is_whole(step)

    def killed_with_its_wrapper(self, step):
        self.begun(step)
        self.program.kill()
        self.ends_killed()
        record = json.loads((self.record(step) / "started.json").read_text())
        for pid in (record["pid"], record["child"]):
            os.kill(pid, signal.SIGKILL)
        code, said = self.resume()
        self.assertEqual(self.home.lines(step), 1)
        self.ends(code, DONE if step == "verified" else IN_DOUBT, said)

    def output_is_whole(self, step):
        settled = [e["data"] for e in self.home.events() if e["type"] == "settled"]
        mine = [(one["succeeded"], one["output_length"]) for one in settled if f"/{step}/" in one["operation"]]
        self.assertEqual(mine, [(True, len("worked\n"))])


def table():
    for step, write in (("annotate", 1), ("patch", 1), ("scale", 1), ("shift", 1), ("shift", 2), ("keyed", 1), ("opaque", 1)):
        for stage, name in (("before", "before_the_send"), ("applied", "before_the_reply"),
                            ("replied", "before_the_commit")):
            which = "" if write == 1 else "_of_its_second_write"
            if (step, write, stage) != ("shift", 1, "replied"):  # nothing is committed between the two
                yield f"{step}_{name}{which}", lambda self, s=step, n=write, at=stage: self.request_killed(s, n, at)
    for step in RUNS:
        for what in (Killed.killed_before_exec, Killed.killed_while_the_wrapper_begins, Killed.killed_at_work,
                     Killed.ended_while_nobody_looked, Killed.killed_after_its_exit, Killed.killed_with_its_wrapper):
            yield f"{step}_{what.__name__}", lambda self, s=step, w=what: w(self, s)
    yield "verified_killed_before_its_verify", lambda self: self.killed_before_its_verify("verified")
    yield "plain_killed_before_the_record", lambda self: self.killed_before_the_record("plain")
    yield "keyed_and_the_server_away", Killed.keyed_and_the_server_away
    yield "convergent_and_read_back_at_the_second_resume", Killed.convergent_and_read_back_at_the_second_resume


for title, body in table():
    setattr(Killed, "test_" + title, body)

if __name__ == "__main__":
    unittest.main(verbosity=2)
