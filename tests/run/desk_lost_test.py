"""What is left when the desk, or the program on it, is lost: a second copy, the break-glass sheet, taking over."""
import contextlib
import json
import os
import pathlib
import shlex
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "crash"))
from outside import Home, wait_until  # noqa: E402

DONE, FAILED, BAD_INPUT, UNREACHABLE, PERSON = 0, 1, 2, 3, 4

PLAN = """
sluice: 1
id: small
phases:
  - id: all
    steps:
      - {id: make, run: [touch, made]}
      - {id: ask, confirm: Go on}
      - {id: last, run: [touch, last]}
rollback:
  options:
    back:
      title: Take it away
      steps:
        - {id: gone, run: [rm, -f, made]}
        - {id: told, run: [touch, "it is gone"]}
"""


class DeskLost(unittest.TestCase):
    def setUp(self):
        self.home = Home()
        (self.home.folder / "plan.yaml").write_text(PLAN)
        self.other = self.home.folder / "other"
        self.other.mkdir()
        self.copy = self.other / "session.sluice"

    def tearDown(self):
        self.home.remove()

    def begin(self, *more):
        program = self.home.begin("run", "plan.yaml", "--session", self.home.session, "--no-input", *more)
        wait_until(lambda: self.home.readable() and self.awaits("ask"), "it asks")
        return program

    def awaits(self, step):
        return any(e["type"] == "step-started" and e["data"]["step"] == step for e in self.home.events())

    def do(self, *words):
        code, said = self.home.call("do", self.home.session, *words)
        self.assertEqual(code, DONE, said)

    def same_as_copy(self):
        rows = []
        for file in (self.home.session, self.copy):
            if not file.exists():
                return False
            try:
                with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as opened:
                    rows.append([opened.execute(f"select * from {t} order by 1").fetchall()
                                 for t in ("event", "checkpoint", "output", "series", "tick", "gap")])
            except sqlite3.OperationalError:  # just being written, or not made yet
                return False
        return rows[0] == rows[1]

    def test_a_copy_is_kept_and_whole_at_the_end(self):
        program = self.begin("--copy", self.other)
        wait_until(self.same_as_copy, "the copy follows")
        changed = [e["data"] for e in self.home.events() if e["type"] == "copy-changed"]
        self.assertEqual([(one["place"], one["state"]) for one in changed], [(str(self.copy), "kept")])
        self.do("confirm", "ask")
        self.assertEqual(program.wait(60), DONE, self.home.said())
        self.assertTrue(self.same_as_copy())
        self.assertIn(f"copy: {self.copy}\n", self.home.said())
        code, said = self.home.call("verify", self.copy)
        self.assertEqual(code, DONE, said)
        self.assertEqual(self.home.left_over(), [])

    def test_the_copy_goes_on_when_the_desk_is_lost(self):
        program = self.begin("--copy", self.other)
        wait_until(self.same_as_copy, "the copy follows")
        program.kill()
        program.wait()
        for file in self.home.folder.glob("session.sluice*"):
            shutil.rmtree(file) if file.is_dir() else file.unlink()
        code, said = self.home.call("roll-back", self.copy)
        self.assertEqual(code, DONE, said)
        self.assertFalse((self.home.folder / "made").exists())

    def test_a_copy_that_is_gone_on_with_is_the_session_and_no_copy_of_itself(self):
        program = self.begin("--copy", "other")  # the place is told as a whole path: who takes it up stands elsewhere
        wait_until(self.same_as_copy, "the copy follows")
        program.kill()
        program.wait()
        for file in self.home.folder.glob("session.sluice*"):
            shutil.rmtree(file) if file.is_dir() else file.unlink()
        self.home.session = self.copy
        for again in ("..", "other/../other", self.copy):
            where = self.other if again == ".." else again
            code, said = self.home.call("resume", self.copy, "--no-input", "--copy", where)
            self.assertEqual((code, "that is the session itself" in said), (BAD_INPUT, True), said)
        program = self.home.begin("resume", self.copy, "--no-input")
        wait_until(lambda: any(e["type"] == "session-resumed" for e in self.home.events()), "it is taken up")
        self.assertNotIn("second copy", self.home.call("state", self.copy)[1])
        self.do("confirm", "ask")
        self.assertEqual(program.wait(60), DONE, self.home.said())
        said = self.home.said()
        self.assertIn("NO SECOND COPY is kept any more", said)
        self.assertNotIn("NOT COMPLETE", said)
        told = [(e["data"]["place"], e["data"]["state"]) for e in self.home.events() if e["type"] == "copy-changed"]
        self.assertEqual(told, [(str(self.copy), "kept"), ("", "none")])

    def counted(self):
        effects = self.home.folder / "effects"
        return effects.read_text().count("one") if effects.exists() else 0

    def begin_at_work(self, *more):
        """A program is at work, and has had its effect."""
        (self.home.folder / "plan.yaml").write_text(
            "sluice: 1\nid: small\nphases: [{id: all, steps: [{id: make, run: "
            "[sh, -c, 'echo one >> effects; exec sleep 1000']}, {id: ask, confirm: Go on}]}]\n")
        program = self.home.begin("run", "plan.yaml", "--session", self.home.session, "--no-input", "--copy", self.other,
                                  *more)
        self.addCleanup(subprocess.run, ["pkill", "-f", str(self.home.folder)], check=False)
        wait_until(lambda: self.counted() == 1 and self.same_as_copy(), "it is at work")
        return program

    def test_what_was_at_work_when_the_desk_was_lost_is_in_doubt_and_not_done_again(self):
        program = self.begin_at_work()
        program.kill()
        program.wait()
        shutil.rmtree(f"{self.home.session}.records")  # it is not on the other desk
        resumed = self.home.begin("resume", self.copy, "--no-input")
        self.addCleanup(resumed.wait)
        self.addCleanup(resumed.kill)
        wait_until(lambda: "in doubt" in self.home.call("state", self.copy)[1], "it is in doubt")
        self.assertIn("(resolve make happened|run-again|skip|abort --reason …)", self.home.call("state", self.copy)[1])  # and how it is settled
        self.assertEqual(self.counted(), 1)
        resumed.kill()  # and taken up once more
        resumed.wait()
        again = self.home.begin("resume", self.copy, "--no-input")
        self.addCleanup(again.wait)
        self.addCleanup(again.kill)
        wait_until(lambda: self.home.call("state", self.copy)[1].count("in doubt") >= 1, "it is in doubt still")
        self.assertEqual(self.counted(), 1)

    def test_nobody_goes_on_with_a_copy_while_the_session_has_an_owner(self):
        program = self.begin_at_work()
        for verb in ("resume", "roll-back"):
            code, said = self.home.call(verb, self.copy)
            self.assertEqual(code, BAD_INPUT, said)
            self.assertIn(f"the session is owned by pid {program.pid}, as {self.home.session}", said)
        self.assertEqual(self.counted(), 1)

    def elsewhere(self, *words):
        """As another desk that sees the folder does: a login of its own, whose runtime directory is another one."""
        run = self.home.folder / "run-elsewhere"
        run.mkdir(mode=0o700, exist_ok=True)
        mine, self.home.environment = self.home.environment, {**self.home.environment, "XDG_RUNTIME_DIR": str(run)}
        try:
            return self.home.call(*words) if words[0] != "begin" else self.home.begin(*words[1:])
        finally:
            self.home.environment = mine

    def test_no_desk_that_sees_the_copy_goes_on_with_it_while_the_session_has_an_owner(self):
        program = self.begin_at_work()
        owner = f"owned by pid {program.pid}, as {self.home.session} on {socket.gethostname()}"
        for words in (("resume", self.copy), ("roll-back", self.copy), ("resume", self.copy, "--take-over")):
            code, said = self.elsewhere(*words)
            self.assertEqual((code, owner in said), (BAD_INPUT, True), said)
        self.assertIsNone(program.poll())
        program.kill()
        program.wait()
        shutil.rmtree(f"{self.home.session}.records")
        resumed = self.elsewhere("begin", "resume", self.copy, "--no-input")
        self.addCleanup(resumed.wait)
        self.addCleanup(resumed.kill)
        wait_until(lambda: "in doubt" in self.home.call("state", self.copy)[1], "the copy goes on once it has none")
        code, said = self.home.call("resume", self.home.session)
        self.assertEqual((code, f"owned by pid {resumed.pid}" in said), (BAD_INPUT, True), said)
        self.assertEqual(self.counted(), 1)

    def test_an_owner_whose_copy_somebody_else_wrote_begins_nothing_more(self):
        program = self.begin("--copy", self.other)
        wait_until(self.same_as_copy, "the copy follows")
        with contextlib.closing(sqlite3.connect(self.copy)) as copy, copy:
            copy.execute("insert into event(seq, time, body, root) "
                         "select seq + 1, time, body, root from event order by seq desc limit 1")
        wait_until(lambda: [e for e in self.home.events() if e["type"] == "paused"], "it pauses")
        paused = next(e["data"] for e in self.home.events() if e["type"] == "paused")
        self.assertEqual((paused["by"]["name"], paused["reason"].partition(":")[0]),
                         ("engine", "somebody else goes on from the second copy"))
        self.do("confirm", "ask")
        # What a confirmation leads to stands in the log with it, in one batch.
        wait_until(lambda: [e for e in self.home.events() if e["type"] == "confirmed"], "it is confirmed")
        self.assertFalse(self.awaits("last"))
        self.assertFalse((self.home.folder / "last").exists())
        self.do("continue")
        self.assertEqual(program.wait(60), DONE, self.home.said())
        self.assertTrue((self.home.folder / "last").exists())
        self.assertIn("NOT COMPLETE", self.home.said())
        self.assertEqual(len([e for e in self.home.events() if e["type"] == "paused"]), 1)

    def test_who_takes_up_a_session_whose_copy_was_written_begins_nothing(self):
        self.takes_up_what_was_written_elsewhere()

    def test_nor_does_who_keeps_the_copy_at_another_place_from_then_on(self):
        (self.home.folder / "third").mkdir()
        self.takes_up_what_was_written_elsewhere("--copy", self.home.folder / "third")

    def takes_up_what_was_written_elsewhere(self, *words):
        (self.home.folder / "plan.yaml").write_text(PLAN.replace("{id: ask, confirm: Go on}", "{id: rest, wait: 2s}"))
        program = self.home.begin("run", "plan.yaml", "--session", self.home.session, "--no-input", "--copy", self.other)
        wait_until(lambda: self.home.readable() and self.awaits("rest") and self.same_as_copy(), "it waits")
        program.kill()
        program.wait()
        begun = next(e["time"] for e in self.home.events()
                     if e["type"] == "step-started" and e["data"]["step"] == "rest")
        with contextlib.closing(sqlite3.connect(self.copy)) as copy, copy:
            copy.execute("insert into event(seq, time, body, root) "
                         "select seq + 1, time, body, root from event order by seq desc limit 1")
        wait_until(lambda: time.time_ns() > int(begun) + 2_000_000_000, "the wait is over")
        resumed = self.home.begin("resume", self.home.session, "--no-input", *words)
        self.addCleanup(resumed.wait)
        self.addCleanup(resumed.kill)
        wait_until(lambda: [e for e in self.home.events() if e["type"] == "paused"], "it pauses")
        types = [e["type"] for e in self.home.events()]
        at = types.index("session-resumed")
        self.assertEqual(types[at:at + 3], ["session-resumed", "copy-changed", "paused"])
        self.assertFalse(self.awaits("last"))
        self.do("continue")
        self.assertEqual(resumed.wait(60), DONE, self.home.said())
        self.assertTrue((self.home.folder / "last").exists())

    def test_a_place_that_can_not_be_locked_is_told(self):
        (self.other / "session.sluice.lock").mkdir()
        program = self.begin("--copy", self.other)
        wait_until(self.same_as_copy, "the copy follows")
        changed = next(e["data"] for e in self.home.events() if e["type"] == "copy-changed")
        self.assertEqual((changed["state"], changed["why"].partition(",")[0]), ("kept", "the place can't be locked"))
        self.do("confirm", "ask")
        self.assertEqual(program.wait(60), DONE, self.home.said())

    def test_an_abort_ends_the_program_at_work(self):
        program = self.begin_at_work()
        self.do("abort", "--reason", "it hangs")
        self.assertEqual(program.wait(60), FAILED, self.home.said())
        self.assertEqual(self.home.events()[-1]["data"]["outcome"], "aborted")

    def test_a_way_back_ends_the_program_at_work_first(self):
        (self.home.folder / "plan.yaml").write_text("""
sluice: 1
id: small
phases: [{id: all, steps: [{id: make, run: [sh, -c, 'echo one >> effects; sleep 4; echo NEW > prod'],
                            undo: {run: [sh, -c, 'echo OLD > prod']}}]}]
rollback: {options: {undo: {title: Undo}}}
""")
        program = self.home.begin("run", "plan.yaml", "--session", self.home.session, "--no-input")
        wait_until(lambda: self.counted() == 1, "it is at work")
        self.do("roll-back", "--reason", "wrong version")
        self.assertEqual(program.wait(60), FAILED, self.home.said())
        self.assertEqual((self.home.folder / "prod").read_text(), "OLD\n")
        types = [(e["type"], e["data"].get("operation", "").split("/")[-2:-1]) for e in self.home.events()]
        self.assertLess(types.index(("settled", ["make"])), types.index(("intent", ["make"]), 8))

    def test_the_copy_is_kept_on_by_who_takes_the_session_up(self):
        program = self.begin("--copy", self.other)
        wait_until(self.same_as_copy, "the copy follows")
        self.assertNotIn("NOT RUNNING", self.home.call("state", self.home.session)[1])
        program.kill()
        program.wait()
        self.assertIn("NOT RUNNING", self.home.call("state", self.home.session)[1])
        self.assertTrue(json.loads(self.home.call("state", self.home.session, "--json")[1])["owner_killed"])
        self.assertNotIn("NOT RUNNING", self.home.call("state", self.copy)[1])  # of a copy nobody knows
        program = self.home.begin("resume", self.home.session, "--no-input")
        self.addCleanup(program.wait)
        self.addCleanup(program.kill)
        wait_until(lambda: any(e["type"] == "session-resumed" for e in self.home.events()), "it is taken up")
        wait_until(self.same_as_copy, "the copy follows again")
        self.do("confirm", "ask")
        self.assertEqual(program.wait(60), DONE, self.home.said())
        self.assertTrue(self.same_as_copy())

    def test_a_place_that_is_none_is_refused_before_anything_begins(self):
        for place, told in [(self.home.folder / "unmounted", "there is no such folder"),
                            (self.home.folder / "unmounted" / "a.sluice", "there is no folder to put it in"),
                            (self.home.session, "that is the session itself"),
                            (self.home.folder, "that is the session itself")]:
            code, said = self.home.call("run", "plan.yaml", "--session", self.home.session, "--no-input",
                                        "--copy", place)
            self.assertEqual((code, told in said), (BAD_INPUT, True), said)
            self.assertFalse(self.home.session.exists() or place != self.home.folder and place.exists())

    def test_a_lost_place_is_told_and_holds_nothing_up(self):
        program = self.begin("--copy", self.other)
        wait_until(self.same_as_copy, "the copy follows")
        self.copy.write_bytes(b"somebody else's")
        self.do("note", "the place was lost")
        wait_until(lambda: [e for e in self.home.events() if e["type"] == "copy-changed" and e["data"]["state"] == "behind"],
                   "it is told")
        self.do("confirm", "ask")
        self.assertEqual(program.wait(60), DONE, self.home.said())
        self.assertIn("NOT COMPLETE", self.home.said())
        self.assertEqual(self.copy.read_bytes(), b"somebody else's")

    def test_the_sheet_works_without_this_program(self):
        program = self.begin("--copy", self.other)
        for beside in (self.home.session, self.copy):
            sheet = pathlib.Path(f"{beside}.sheet.txt")
            wait_until(lambda: sheet.exists() and "awaiting a person" in sheet.read_text(), "the sheet is up to date")
            self.assertTrue(pathlib.Path(f"{beside}.sheet.html").read_text().startswith("<!doctype html>"))
        program.kill()
        program.wait()
        text = sheet.read_text()
        self.assertIn("Way back: Take it away (what the button does)", text)
        self.assertIn(f"sluicectl resume {self.copy}", text)
        way = text.partition("Way back")[2].partition("To go on")[0]
        commands = [line[4:] for line in way.splitlines() if line.startswith("    ")]
        there = shlex.quote(str(self.home.folder))
        self.assertEqual(commands, [f"(cd {there} && rm -f made)", f"(cd {there} && touch 'it is gone')"])
        self.assertIn(f"{self.home.folder}/plan.yaml, ", text)
        for command in commands:
            subprocess.run(["sh", "-c", command], cwd="/", check=True)
        self.assertFalse((self.home.folder / "made").exists())
        self.assertTrue((self.home.folder / "it is gone").exists())
        code, said = self.home.call("sheet", self.home.session)
        self.assertEqual(code, DONE, said)
        self.assertIn("rm -f made", said)
        code, said = self.home.call("sheet", self.home.session.name)  # named from beside it, typed from anywhere
        self.assertIn(f"roll-back --take-over {shlex.quote(str(self.home.session))}\n", said)
        code, said = self.home.call("sheet", self.home.session, "-o", self.home.folder / "sheet.pdf")
        self.assertEqual((code, "a sheet is text or HTML" in said), (BAD_INPUT, True), said)
        self.assertFalse((self.home.folder / "sheet.pdf").exists())

    def test_the_sheet_finds_a_secret_and_stops_without_it(self):
        plan = PLAN.replace("{id: gone, run: [rm, -f, made]}",
                            "{id: gone, run: [sh, -c, 'echo \"$P\" > told'], folder: sub, "
                            "environment: {P: 'file:token'}}")
        (self.home.folder / "plan.yaml").write_text(plan)
        (self.home.folder / "sub").mkdir()
        token = self.home.folder / "token"
        token.write_text("a secret\n")
        token.chmod(0o600)
        program = self.begin()
        sheet = pathlib.Path(f"{self.home.session}.sheet.txt")
        wait_until(lambda: sheet.exists() and "awaiting a person" in sheet.read_text(), "the sheet is up to date")
        program.kill()
        program.wait()
        self.assertNotIn("a secret", sheet.read_text())
        command = next(line[4:] for line in sheet.read_text().splitlines() if "secret1" in line)
        subprocess.run(["sh", "-c", command], cwd="/", check=True)
        told = self.home.folder / "sub" / "told"
        self.assertEqual(told.read_text(), "a secret\n")
        told.unlink()
        token.unlink()
        self.assertNotEqual(subprocess.run(["sh", "-c", command], cwd="/", check=False, stderr=subprocess.DEVNULL).returncode, 0)
        self.assertFalse(told.exists())

    def test_a_hung_owner_is_ended_and_taken_over_from(self):
        program = self.begin()
        os.kill(program.pid, signal.SIGSTOP)
        code, said = self.home.call("roll-back", self.home.session, "--take-over")
        self.assertEqual(code, DONE, said)
        self.assertIn(f"taken over from pid {program.pid}", said)
        self.assertEqual(program.wait(10), -signal.SIGKILL)
        self.assertFalse((self.home.folder / "made").exists())
        resumed = next(e["data"] for e in self.home.events() if e["type"] == "session-resumed")
        self.assertEqual(resumed["taken_over_from"], f"pid {program.pid}")

    def test_an_owner_that_answers_is_not_taken_over_from(self):
        program = self.begin()
        code, said = self.home.call("resume", self.home.session, "--take-over")
        self.assertEqual(code, BAD_INPUT, said)
        self.assertIn("answers; it is not taken over", said)
        self.assertIsNone(program.poll())
        self.do("abort", "--reason", "enough")
        self.assertEqual(program.wait(60), FAILED)

    def test_who_amends_is_told_before_what_holds_begin_anew(self):
        plan = """
sluice: 1
id: small
connections: {prom: {prometheus: {url: 'http://prometheus:9090'}}}
metrics: {up: {from: prom, query: 'vector(1)', unit: count, freshness: 'vector(0)'}}
phases: [{id: all, steps: [{id: bake, hold: {for: 30m}, gates: [{metric: up, must: '> 0'}]}, {id: ask, confirm: Go on}]}]
"""
        (self.home.folder / "plan.yaml").write_text(plan)
        (self.home.folder / "new.yaml").write_text(plan.replace("Go on", "Really go on"))
        program = self.home.begin("rehearse", "plan.yaml", "--session", self.home.session, "--speed", "60")
        wait_until(lambda: self.home.readable() and any(e["type"] == "hold-heartbeat" for e in self.home.events()), "it holds")
        self.do("pause", "--reason", "a look")
        told = "the hold bake begins anew: the "
        (self.home.folder / "late.yaml").write_text(plan.replace("for: 30m", "for: 40m"))
        code, said = self.home.call("do", self.home.session, "amend", "late.yaml", "--reason", "longer")
        self.assertEqual((code, told in said), (BAD_INPUT, False), said)  # refused, so that nothing begins anew
        code, said = self.home.call("do", self.home.session, "amend", "new.yaml", "--reason", "clearer")
        self.assertEqual(code, DONE, said)
        self.assertIn(told, said)
        self.assertIn(" of 30m that it has held do not count any more", said)
        self.assertLess(said.index(told), said.index("PLAN AMENDED"))
        (self.home.folder / "new.yaml").write_text(plan.replace("Go on", "Go"))
        code, said = self.home.call("do", self.home.session, "amend", "new.yaml", "--reason", "clearer still")
        self.assertEqual((code, told in said), (DONE, False), said)  # it has held nothing since
        self.do("abort", "--reason", "enough")
        self.assertEqual(program.wait(60), FAILED, self.home.said())

    def test_the_plan_is_amended_while_it_runs(self):
        program = self.begin()
        new = PLAN.replace("- {id: last, run: [touch, last]}", "- {id: better, run: [touch, better]}")
        (self.home.folder / "new.yaml").write_text(new)
        code, said = self.home.call("do", self.home.session, "amend", "new.yaml")
        self.assertEqual(code, BAD_INPUT, said)
        self.assertIn("this needs a reason", said)
        (self.home.folder / "wrong.yaml").write_text(new.replace("touch, made", "touch, other"))
        code, said = self.home.call("do", self.home.session, "amend", "wrong.yaml", "--reason", "x")
        self.assertEqual(code, BAD_INPUT, said)
        self.assertIn("step make changed: it is passed already", said)
        figures = "connections: {prom: {prometheus: {url: 'http://127.0.0.1:9'}}}\n" \
            "metrics: {errors: {unit: ratio, from: prom, query: 'sum(rate(up[5m])'}}\nphases:"
        (self.home.folder / "wrong.yaml").write_text(new.replace("phases:", figures, 1))
        code, said = self.home.call("do", self.home.session, "amend", "wrong.yaml", "--reason", "x")
        self.assertEqual(code, BAD_INPUT, said)
        self.assertIn("metric errors, query: the data's age can't be derived", said)
        self.do("amend", "new.yaml", "--reason", "the other one is better")
        self.do("confirm", "ask")
        self.assertEqual(program.wait(60), DONE, self.home.said())
        self.assertTrue((self.home.folder / "better").exists())
        self.assertFalse((self.home.folder / "last").exists())
        amended = next(e["data"] for e in self.home.events() if e["type"] == "plan-amended")
        self.assertIn("+      - {id: better, run: [touch, better]}", amended["diff"])
        self.assertIn("PLAN AMENDED: step better added, step last removed", self.home.call("log", self.home.session)[1])
        code, said = self.home.call("verify", self.home.session)
        self.assertEqual(code, DONE, said)


if __name__ == "__main__":
    unittest.main()
