"""The plans that use every kind of step and every attribute: rehearsed clean, rolled back, and by their variant."""
import json
import subprocess
import unittest

from in_home import BAD_INPUT, DONE, FAILED, PERSON, PLANS, InHome


class Complete(InHome):
    def rehearse(self, plan, session, *more):
        return self.call("rehearse", PLANS / f"{plan}.yaml", "--session", self.home / session, "--assume-yes", *more)

    def test_clean(self):
        for plan in ("service", "procedure"):
            with self.subTest(plan):
                code, said = self.rehearse(plan, f"{plan}.sluice")
                self.assertEqual(code, DONE, said)
                outcomes = self.finished(f"{plan}.sluice")
                self.assertEqual({step: one for step, one in outcomes.items() if one != "passed"}, {}, said)
        self.assertEqual([e["type"] for e in self.events("service.sluice")].count("released"), 1)

    def test_rolled_back(self):
        code, said = self.rehearse("service", "s.sluice", "--fault", "split:green>=25 errors 8%")
        self.assertEqual(code, FAILED, said)
        outcomes = self.finished("s.sluice")
        self.assertEqual(outcomes["to-blue/all-blue"], "passed", said)
        self.assertEqual(outcomes["to-blue/old-basket"], "passed", said)
        code, said = self.rehearse("procedure", "p.sluice", "--fault", "step:settled lag 40000")
        self.assertEqual(code, FAILED, said)
        outcomes = self.finished("p.sluice")
        self.assertEqual(outcomes["restore/back"], "passed", said)
        self.assertEqual(outcomes["unlock"], "passed", "clean-up runs after a rollback too")
        declared = [e["data"] for e in self.events("p.sluice") if e["type"] == "severity-declared"]
        self.assertEqual([one["level"] for one in declared], ["major"])

    def test_an_alert_that_pages_goes_back(self):
        code, said = self.rehearse("service", "a.sluice", "--fault", 'step:bake alert CartsLost{severity="page"}')
        self.assertEqual(code, FAILED, said)
        fired = [e["data"] for e in self.events("a.sluice")
                 if e["type"] == "trigger-changed" and e["data"]["state"] == "fired"]
        self.assertEqual([(one["trigger"], one["samples"][0]["metric"]) for one in fired], [("paged", "paged")], said)
        self.assertEqual(self.finished("a.sluice")["to-blue/all-blue"], "passed", said)
        code, said = self.rehearse("service", "b.sluice", "--fault", 'step:bake alert CartsSlow{severity="ticket"}')
        self.assertEqual(code, DONE, said)

    def test_a_metric_can_be_looked_at_first(self):
        (self.home / "plan.yaml").write_text(
            "sluice: 1\nid: first\nconnections: {prom: {prometheus: {url: 'http://prom:9090'}}}\n"
            "metrics: {up: {from: prom, query: 'vector(1)', unit: count, freshness: 'vector(0)'}}\n"
            "phases: [{id: one, steps: [{id: a, probe: {metric: up, must: '== 1'}}]}]\n")
        code, said = self.call("rehearse", self.home / "plan.yaml", "--session", self.home / "f.sluice")
        self.assertEqual(code, DONE, said)

    def test_what_is_scraped_counts_only_while_it_can_be_scraped(self):
        (self.home / "own.yaml").write_text(
            "sluice: 1\nid: own\nconnections:\n  cluster: {kubernetes: {context: c}}\n"
            "  web: {scrape: {url: 'http://web.shop:8080/stats', via: {service-proxy: {on: cluster}}}}\n"
            "metrics: {asked: {from: web, query: 'sum(rate(nova_http_requests_total[1m]))', unit: per-second}}\n"
            "phases: [{id: one, steps: [{id: look, hold: {for: 1m, deadline: 10m},"
            " gates: [{metric: asked, must: '>= 0'}]}]}]\n")
        for fault, at_least in ((), 60), (("--fault", "step:look no data for 2m"), 180):
            with self.subTest(fault):
                session = f"own{at_least}.sluice"
                code, said = self.call("rehearse", self.home / "own.yaml", "--session", self.home / session, *fault)
                self.assertEqual(code, DONE, said)
                events = self.events(session)
                log = json.dumps(events)
                self.assertEqual("HTTP status 503" in log, bool(fault), said)
                took = int(events[-1]["time"]) - int(events[0]["time"])
                self.assertGreaterEqual(took, at_least * 10**9, said)
                self.assertLess(took, (at_least + 60) * 10**9, said)

    def test_a_number_of_an_answer_or_a_source_error(self):
        for row, (number, code, told) in enumerate((
                ("{path: /health, value: status}", DONE, None),
                ("{path: /health, value: latency}", DONE, None),
                ("{path: /queue, json: /depth}", DONE, "rehearse: {value: 12}"),
                ("{path: /health, json: /status}", PERSON, "'healthy' stands at /status, which is no number"),
                ("{path: /queue, json: /depth}", PERSON, "HTTP status 404"))):
            with self.subTest(number, told=told):
                acted = told is not None and told.startswith("rehearse")
                unit, must = ("s", "< 1s") if "latency" in number else ("count", "<= 200")
                (self.home / "number.yaml").write_text(
                    "sluice: 1\nid: number\nconnections:\n  cluster: {kubernetes: {context: c}}\n"
                    "  web: {http: {url: 'http://web.shop:8080', via: {service-proxy: {on: cluster}}}}\n"
                    f"metrics: {{n: {{from: web, http: {number}, unit: {unit}{', ' + told if acted else ''}}}}}\n"
                    "phases: [{id: one, steps: [{id: look, hold: {for: 1m, deadline: 2m},"
                    f" gates: [{{metric: n, must: '{must}'}}]}}]}}]\n")
                session = f"number{row}.sluice"
                got, said = self.call("rehearse", self.home / "number.yaml", "--session", self.home / session,
                                      "--assume-yes")
                session_log = json.dumps(self.events(session), ensure_ascii=False)
                self.assertEqual(got, code, said)
                self.assertEqual("source-error" in session_log, code == PERSON, said)
                if told and not acted:
                    self.assertIn(told, session_log)

    def test_lines_in_logs_hold_a_gate_back(self):
        (self.home / "logs.yaml").write_text(
            "sluice: 1\nid: logs\nconnections: {cluster: {kubernetes: {context: c}}}\n"
            "metrics: {failing: {from: cluster, logs: {workload: shop/web, pattern: ' ERROR '}, unit: per-second}}\n"
            "phases: [{id: one, steps: [{id: look, hold: {for: 1m, deadline: 20m},"
            " gates: [{metric: failing, must: '== 0'}]}]}]\n")
        # A window of 1m before the first value; the last line of errors at 2m30s, and one behind it.
        for fault, at_least in ((), 120), (("--fault", "step:look errors 5% for 3m"), 270):
            with self.subTest(fault):
                session = f"logs{at_least}.sluice"
                code, said = self.call("rehearse", self.home / "logs.yaml", "--session", self.home / session, *fault)
                self.assertEqual(code, DONE, said)
                events = self.events(session)
                log = json.dumps(events)
                self.assertIn("less than 1m of the logs has been seen", log, said)
                self.assertNotIn("source-error", log, said)
                took = int(events[-1]["time"]) - int(events[0]["time"])
                self.assertGreaterEqual(took, at_least * 10**9, said)
                self.assertLess(took, (at_least + 120) * 10**9, said)

    def test_a_drill_goes_back_by_itself(self):
        """Conditions on values are triggers too, also where no metric is read."""
        for plan, settings, trigger, last in (
                ("service", ["drill=at-25"], "drill-at-25", "to-25"),
                ("service", ["drill=at-100"], "drill-at-100", "to-100"),
                ("service", ["drill=at-25", "careful=false"], "drill-at-100", "to-100"),
                ("procedure", ["drill=true"], "drill", "settled")):
            with self.subTest(plan, settings=settings):
                session = f"{plan}-{'-'.join(settings)}.sluice"
                code, said = self.rehearse(plan, session, *(f"--set={one}" for one in settings))
                self.assertEqual(code, FAILED, said)
                events = self.events(session)
                self.assertEqual([e["data"]["trigger"] for e in events
                                  if e["type"] == "trigger-changed" and e["data"]["state"] == "fired"], [trigger])
                outcomes = self.finished(session)
                self.assertEqual((outcomes[last], outcomes.get("retire"), outcomes.get("tell")), ("passed", None, None))
                self.assertEqual(events[-1]["data"]["outcome"], "rolled-back")
        code, said = self.rehearse("procedure", "spare.sluice", "--set=target=spare-1")
        self.assertEqual(code, DONE, said)  # it only proposes, and nobody takes it up

    def test_all_is_taken_back_last_first(self):
        code, said = self.until("phase-finished", ["roll-back", "undo", "--reason", "not today"],
                                "rehearse", PLANS / "service.yaml", "--session", self.home / "s.sluice")
        self.assertEqual(code, FAILED, said)
        undone = [step for step in self.finished("s.sluice") if step.startswith("undo/")]
        self.assertEqual(undone, [f"undo/{step}" for step in (
            "order", "terms", "banner", "new-basket", "mailer-image", "prices", "room", "deploy")], said)
        self.assertEqual({self.finished("s.sluice")[step] for step in undone}, {"passed"}, said)
        code, said = self.until("triage-opened", ["roll-back", "--reason", "too slow"],
                                "rehearse", PLANS / "procedure.yaml", "--session", self.home / "p.sluice", "--assume-yes",
                                "--fault", "step:settled lag 7000")
        self.assertEqual(code, FAILED, said)
        undone = {step: one for step, one in self.finished("p.sluice").items() if step.startswith("undo/")}
        self.assertEqual(undone, {f"undo/{step}": "passed" for step in (
            "audit-ahead", "keep-longer", "pool", "copy", "lock", "unseal")}, said)

    def test_what_is_asked_only_of_some(self):
        code, said = self.rehearse("procedure", "e.sluice", "--set=reason=emergency")
        self.assertEqual(code, BAD_INPUT, said)
        self.assertIn("the variable 'incident' has no value", said)
        code, said = self.rehearse("procedure", "e.sluice", "--set=reason=emergency", "--set=incident=INC-7")
        self.assertEqual(code, DONE, said)
        self.assertEqual(self.finished("e.sluice")["for-incident"], "passed")
        self.assertEqual(self.events("e.sluice")[0]["data"]["variables"]["incident"], "INC-7")

    def test_who_waits_long_for_the_window_reads_a_backup_again(self):
        code, said = self.rehearse("procedure", "w.sluice", "--start", "2026-01-01T00:00:00Z")
        self.assertEqual(code, DONE, said)
        events = self.events("w.sluice")
        self.assertEqual([e["data"]["step"] for e in events if e["type"] == "step-expired"], ["restored"])
        self.assertEqual([e["data"]["step"] for e in events if e["type"] == "confirmed"].count("restored"), 2)

    def test_one_seed_gives_one_log(self):
        for plan in ("service", "procedure"):
            with self.subTest(plan):
                for session in ("one.sluice", "two.sluice"):
                    code, said = self.rehearse(plan, f"{plan}-{session}", "--seed", "7")
                    self.assertEqual(code, DONE, said)
                self.assertEqual(self.events(f"{plan}-one.sluice"), self.events(f"{plan}-two.sluice"))

    def test_the_variant(self):
        code, said = self.rehearse("service", "v.sluice", "--variant", "urgent")
        self.assertEqual(code, DONE, said)
        left_out = {e["data"]["step"] for e in self.events("v.sluice") if e["type"] == "step-not-applicable"}
        self.assertEqual(left_out - {"only-a-drill", "breaking"}, {"certificate", "bake"})
        self.assertEqual(self.events("v.sluice")[0]["data"]["variant"], "urgent")
        code, said = self.rehearse("service", "w.sluice", "--variant", "slow")
        self.assertEqual(code, BAD_INPUT, said)
        self.assertIn("one of: urgent", said)

    def test_a_changed_file_is_refused(self):
        """It changes between the start and its use."""
        (self.home / "script.sh").write_text("echo good\n")
        (self.home / "plan.yaml").write_text(
            "sluice: 1\nid: pins\nphases: [{id: one, steps: [{id: change, run: [sh, -c, 'echo bad > script.sh']},"
            " {id: use, run: [sh, script.sh], files: script.sh}]}]\n")
        code, said = self.call("run", self.home / "plan.yaml", "--session", self.home / "pins.sluice")
        self.assertEqual(code, PERSON, said)  # a person must decide
        self.assertIn("'script.sh' is not what it was at the start", said)
        self.assertEqual([e["data"]["step"] for e in self.events("pins.sluice") if e["type"] == "intent"], ["change"])

    def test_the_session_that_is_asked_for(self):
        (self.home / "plan.yaml").write_text(
            "sluice: 1\nid: asks\nrequires-session: {outcome: done, mode: rehearse, within: 1h}\n"
            "phases: [{id: one, steps: [{id: a, run: ['true'], rehearse: {}}]}]\n")
        code, said = self.call("run", self.home / "plan.yaml", "--session", self.home / "x.sluice")
        self.assertEqual(code, BAD_INPUT, said)
        self.assertIn("the plan wants the evidence of a session of 'asks'", said)
        code, said = self.call("rehearse", self.home / "plan.yaml")
        self.assertEqual(code, DONE, said)
        code, said = self.call("run", self.home / "plan.yaml", "--session", self.home / "x.sluice")
        self.assertEqual(code, DONE, said)
        evidence = self.events("x.sluice")[0]["data"]["evidence"]
        self.assertEqual((evidence["outcome"], evidence["mode"], evidence["same_plan"]), ("done", "rehearse", True))

    def test_what_would_wait_for_ever(self):
        late = self.home / "late.yaml"
        late.write_text(
            "sluice: 1\nid: late\ncalendar: {allow: [{from: '00:00', to: '23:00'}]}\n"
            "phases: [{id: long, window: true, planned: 24h, steps: [{id: a, run: ['true'], rehearse: {}}]}]\n")
        told = ("late.yaml:4:10: {}: the phase 'long' would wait for ever: 1d is planned in it, and the longest window "
                "within 400 days is 23h")
        for verb in ("validate", "rehearse"):
            code, said = self.call(verb, late)
            self.assertEqual(code, BAD_INPUT, said)
            self.assertIn(told.format("error"), said)
        code, said = self.until("phase-waiting", ["override", "long", "--reason", "tonight"],
                                "run", late, "--session", self.home / "l.sluice")
        self.assertEqual(code, DONE, said)  # a person may know better
        self.assertIn(told.format("warning"), said)
        (self.home / "gone.yaml").write_text(
            "sluice: 1\nid: gone\ncalendar: {allow: [{dates: [2026-01-06], from: '02:00', to: '04:00'}]}\nphases:\n"
            "  - {id: first, window: true, steps: [{id: a, run: [x], timeout: 4h, rehearse: {takes: 3h}}]}\n"
            "  - {id: second, window: true, steps: [{id: b, confirm: B}]}\n")
        code, said = self.call("rehearse", self.home / "gone.yaml", "--assume-yes", "--session", self.home / "g.sluice")
        self.assertEqual(code, PERSON, said)
        self.assertIn("phase second: nothing goes on by itself any more: it waits: outside of: ", said)
        self.assertEqual(self.finished("g.sluice"), {"a": "passed"})

    def test_commits_are_recorded(self):
        repository = self.home / "repository"
        repository.mkdir()
        for command in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "First"], ["tag", "v1"],
                        ["commit", "-q", "--allow-empty", "-m", "Second"], ["tag", "v2"]):
            subprocess.run(["git", "-c", "user.name=A B", "-c", "user.email=a@example.com", *command], cwd=repository, check=True)
        (self.home / "plan.yaml").write_text(
            "sluice: 1\nid: commits\nrelease: {repository: {path: '~/repository', from: v1, to: v2}}\n"
            "phases: [{id: one, steps: [{id: a, run: ['true']}]}]\n")
        code, said = self.call("run", self.home / "plan.yaml", "--session", self.home / "c.sluice")
        self.assertEqual(code, DONE, said)
        commits = self.events("c.sluice")[0]["data"]["repository"]["commits"]
        self.assertEqual([(one["author"], one["subject"]) for one in commits], [("A B", "Second")])

    def test_follow_up_work_is_left_and_resumed(self):
        (self.home / "plan.yaml").write_text(
            "sluice: 1\nid: follow\nphases: [{id: one, steps: [{id: a, run: ['true']}]},"
            " {id: after, follow-up: true, steps: [{id: w, wait: 1s}]}]\n")
        session = self.home / "f.sluice"
        code, said = self.call("run", self.home / "plan.yaml", "--session", session, "--until-released")
        self.assertEqual(code, DONE, said)
        self.assertNotIn("session-closed", [e["type"] for e in self.events("f.sluice")])
        code, said = self.call("state", session)
        self.assertIn("following up", said)
        code, said = self.call("resume", session)
        self.assertEqual(code, DONE, said)
        self.assertEqual(self.events("f.sluice")[-1]["type"], "session-closed")

    def test_who_leaves_when_it_is_released_does_not_stay_where_it_is(self):
        (self.home / "plan.yaml").write_text(
            "sluice: 1\nid: follow\nphases: [{id: one, steps: [{id: a, run: ['true']}]},"
            " {id: after, follow-up: true, steps: [{id: w, confirm: All is quiet}]}]\n"
            "rollback: {options: {back: {default: true, steps: [{id: b, confirm: Back}]}}}\n")
        session = self.home / "f.sluice"
        for verb in (("run", self.home / "plan.yaml", "--session", session), ("resume", session)):
            code, said = self.call(*verb, "--until-released", "--no-input")
            self.assertEqual(code, DONE, said)
            self.assertNotIn("Empty filename", said)  # what Qt says where it was asked about no file
            self.assertNotIn("session-closed", [e["type"] for e in self.events("f.sluice")])
            code, said = self.call("state", session)  # while a person is awaited
            self.assertEqual(code, DONE, said)
            self.assertRegex(said, r"  w +awaiting a person")
        sheet = self.home / "f.sluice.sheet.txt"
        self.assertEqual(sheet.stat().st_mode & 0o777, 0o600)

    def test_templates(self):
        code, said = self.call("new")
        self.assertEqual(code, DONE, said)
        names = [line.split()[0] for line in said.splitlines()]
        self.assertEqual(names, ["blue-green", "checklist", "programs"])
        for name in names:
            code, said = self.call("new", name, "-o", self.home / f"{name}.yaml")
            self.assertEqual(code, DONE, said)
            code, said = self.call("validate", self.home / f"{name}.yaml")
            self.assertEqual(code, DONE, said)
        code, said = self.call("new", "programs", "-o", self.home / "programs.yaml")
        self.assertEqual(code, BAD_INPUT, said)  # somebody's work is not overwritten
        code, said = self.call("new", "nothing")
        self.assertEqual(code, BAD_INPUT, said)


if __name__ == "__main__":
    unittest.main()
