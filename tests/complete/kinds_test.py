"""What kinds and attributes do when a plan runs, one after the other: rehearsed in small plans, or really run."""
import unittest

from in_home import DONE, FAILED, PERSON, PLANS, InHome

HEAD = """sluice: 1
id: kinds
roles: [lead, sre]
connections:
  cluster: {kubernetes: {context: prod}}
  events: {kafka: {bootstrap: 'broker:9092'}}
  guest: {kafka: {bootstrap: 'broker:9092'}}
  chat: {http: {url: 'https://chat.example.com', rehearse: shop/shop-blue}}
channels:
  ops: {on: chat, path: /hooks/ops}
  nobody: {on: chat, path: /nowhere}
rehearse: {world: range.yaml}
"""


class Kinds(InHome):
    def plan(self, rest):
        (self.home / "range.yaml").write_text((PLANS / "range.yaml").read_text())
        (self.home / "plan.yaml").write_text(HEAD + rest)
        return self.home / "plan.yaml"

    def steps(self, list_of_steps, rest=""):
        return self.plan("phases:\n  - id: one\n    steps:\n" +
                         "".join(f"      - {step}\n" for step in list_of_steps) + rest)

    def rehearsed(self, plan, code=DONE, *more):
        got, said = self.call("rehearse", plan, "--session", self.home / "s.sluice", "--assume-yes", *more)
        self.assertEqual(got, code, said)
        return self.events("s.sluice")

    def of(self, events, kind):
        return [event["data"] for event in events if event["type"] == kind]

    def test_what_time_brings(self):
        events = self.rehearsed(self.steps([
            "{id: a, confirm: A}",
            "{id: late, confirm: L, due: a + 2s, escalate: {after: 3s, to: sre, channel: ops}}",
            "{id: lost, confirm: L, escalate: {after: 3s, to: sre, channel: nobody}}",
            "{id: tick, confirm: T, valid-for: 1h}",
            "{id: go, confirm: Go, not-before: a + 90m, needs: [tick]}"]))
        self.assertEqual([one["step"] for one in self.of(events, "step-overdue")], ["late"])
        self.assertEqual([(one["step"], one["to"]) for one in self.of(events, "escalated")],
                         [("late", "sre"), ("lost", "sre")])
        self.assertEqual([(one["step"], one["delivered"]) for one in self.of(events, "told")],
                         [("late", True), ("lost", False)])
        self.assertEqual([one["step"] for one in self.of(events, "step-expired")], ["tick"])

    def test_a_wait_for_the_window(self):
        events = self.rehearsed(self.plan(
            "calendar: {allow: [{days: [wed], from: '08:00', to: '16:00'}]}\n"
            "phases: [{id: one, steps: [{id: win, wait: {window: true}}, {id: b, confirm: B}]}]\n"))
        ended = [e for e in events if e["type"] == "step-finished" and e["data"]["step"] == "win"]
        self.assertEqual(ended[0]["data"]["why"], "the calendar is open")

    def test_a_flag_is_set_and_taken_back(self):
        get = "probe: {kubernetes: {get: configmap/shop-config, namespace: shop}}, on: cluster"
        events = self.rehearsed(self.steps([
            "{id: on, flag: {name: new-basket, to: 'on', config-map: shop/shop-config}, on: cluster,"
            " undo: {flag: {name: new-basket, to: 'off', config-map: shop/shop-config}}}",
            f"{{id: seen, {get}, expect: {{json: {{/data/new-basket: 'on'}}}}, outputs: {{basket: {{json: /data/new-basket}}}}}}",
            "{id: typed, external: 'type ${basket}', on: cluster, outputs: {again: {json: /data/new-basket}},"
            " verify: {kubernetes: {get: configmap/shop-config, namespace: shop}, expect: {json: {/data/new-basket: 'on'}}}}",
            "{id: title, title: 'It was ${again}', confirm: x}",
            ], "rollback: {options: {undo: {}}}\n"))
        self.assertEqual(self.finished("s.sluice")["typed"], "passed")
        self.assertIn("It was on", [one["title"] for one in self.of(events, "step-started")])

    def test_kafka_is_changed_and_put_back(self):
        plan = self.steps([
            "{id: made, kafka: {create-topic: {name: shop.moves, partitions: 2, replication: 3}}, on: events}",
            "{id: kept, kafka: {set-config: {topic: shop.orders, config: {retention.ms: 5000}}}, on: events,"
            " outputs: {kept: {json: /before/retention.ms}},"
            " undo: {kafka: {set-config: {topic: shop.orders, config: {retention.ms: '${kept}'}}}}}",
            "{id: sent, kafka: {produce: {topic: shop.orders, key: k, text: hello}}, on: events}",
            "{id: lag, probe: {kafka: {group: billing, topics: shop.orders}}, on: events, expect: {number: '== 1'}}",
            "{id: ahead, kafka: {set-offsets: {group: billing, topics: shop.orders, to: latest}}, on: events,"
            " outputs: {stood: {json: /before}},"
            " undo: {kafka: {set-offsets: {group: billing, topics: shop.orders, to: '${stood}'}}}}",
            "{id: read, probe: {kafka: {group: billing, topics: shop.orders}}, on: events, expect: {number: '== 0'}}",
            "{id: topic, probe: {kafka: {topic: shop.orders}}, on: events, expect: {json:"
            " {/messages: 1, /partitions: 6, /leaderless: 0, /config/retention.ms: '5000'}}}",
            "{id: other, kafka: {create-topic: {name: nova.events, partitions: 2, replication: 3}}, on: events}"],
            "rollback: {options: {undo: {}}}\n")
        code, said = self.until("triage-opened", ["roll-back", "--reason", "broken"],
                                "rehearse", plan, "--session", self.home / "s.sluice")
        self.assertEqual(code, FAILED, said)
        outcomes = self.finished("s.sluice")
        self.assertIn("topic nova.events is there with 6 partitions and replication 3, not 2 and 3", said)
        self.assertEqual({step: outcomes.get(step) for step in
                          ("made", "kept", "sent", "lag", "ahead", "read", "topic", "undo/ahead", "undo/kept")},
                         dict.fromkeys(("made", "kept", "sent", "lag", "ahead", "read", "topic", "undo/ahead",
                                        "undo/kept"), "passed"), said)
        intents = {one["step"]: one for one in self.of(self.events("s.sluice"), "intent")}
        detail = {step: one["request"]["detail"] for step, one in intents.items()}
        self.assertEqual(detail["undo/kept"]["after"], {"retention.ms": "default"})
        self.assertEqual(sum(detail["ahead"]["after"]["shop.orders"].values()), 1)
        self.assertEqual((detail["undo/ahead"]["before"], detail["undo/ahead"]["after"]),
                         (detail["ahead"]["after"], detail["ahead"]["before"]))
        self.assertEqual(intents["sent"]["effect_class"], "opaque")
        self.assertEqual(intents["ahead"]["targets"], ["events: group billing"])
        self.assertIn("(simulated: members are not checked)", intents["ahead"]["summary"])

    def test_a_compacted_topic_takes_no_message_without_a_key(self):
        code, said = self.call("rehearse", self.steps([
            "{id: made, kafka: {create-topic: {name: shop.moves, partitions: 2, replication: 3,"
            " config: {cleanup.policy: compact}}}, on: events,"
            " verify: {kafka: {topic: shop.moves}, expect: {json: {/partitions: 2}}}}",
            "{id: kept, kafka: {produce: {topic: shop.moves, key: k, text: x}}, on: events}",
            "{id: sent, kafka: {produce: {topic: shop.moves, text: x}}, on: events}"]),
            "--session", self.home / "c.sluice", "--assume-yes")
        self.assertEqual(code, PERSON, said)
        self.assertEqual(self.finished("c.sluice"), {"made": "passed", "kept": "passed"}, said)
        self.assertIn("a compacted topic takes no message without a key", said)

    def test_what_kafka_refuses_is_told_and_can_be_wanted(self):
        code, said = self.call("rehearse", self.steps([
            "{id: mine, probe: {kafka: {topic: shop.orders}}, on: events}",
            "{id: denied, probe: {kafka: {topic: shop.orders}}, on: guest, expect: {refused: true}}",
            "{id: also, probe: {kafka: {group: billing, topics: shop.orders}}, on: guest, expect: {refused: true}}",
            "{id: open, probe: {kafka: {topic: shop.orders}}, on: events, expect: {refused: true}}"]),
            "--session", self.home / "n.sluice", "--assume-yes")
        self.assertEqual(code, PERSON, said)
        self.assertEqual(self.finished("n.sluice"), {"mine": "passed", "denied": "passed", "also": "passed"}, said)
        self.assertIn("refused, as wanted: topic shop.orders: Broker: Topic authorization failed", said)
        self.assertIn("✕  open failed", said)

    def test_undo_and_clean_up(self):
        plan = self.steps([
            "{id: on, flag: {name: new-basket, to: 'on', config-map: shop/shop-config}, on: cluster,"
            " undo: {flag: {name: new-basket, to: 'off', config-map: shop/shop-config}}}",
            "{id: fails, run: [x], rehearse: {exit: 3}}",
            "{id: tidy, run: [tidy], always: true, rehearse: {}}"],
            "rollback: {options: {undo: {}}}\n")
        code, said = self.until("triage-opened", ["roll-back", "--reason", "broken"],
                                "rehearse", plan, "--session", self.home / "s.sluice")
        self.assertEqual(code, FAILED, said)
        outcomes = self.finished("s.sluice")
        self.assertEqual((outcomes["undo/on"], outcomes["tidy"]), ("passed", "passed"), said)
        intents = [one["step"] for one in self.of(self.events("s.sluice"), "intent")]
        self.assertEqual(intents, ["on", "fails", "undo/on", "tidy"])

    def test_an_amendment_while_the_way_back_is_being_proven(self):
        plan = self.steps(["{id: a, confirm: A}", "{id: b, wait: 10s}"],
                          "rollback: {options: {back: {steps: [{id: c, run: [c], rehearse: {},"
                          " ready: {run: [can-c], rehearse: {takes: 5s}}}]}}}\n")
        other = self.home / "other.yaml"
        other.write_text(plan.read_text().replace("wait: 10s", "wait: 11s"))
        code, said = self.until("step-started", [["amend", other, "--reason", "longer"], ["confirm", "a"]],
                                "rehearse", plan, "--session", self.home / "s.sluice")
        self.assertEqual(code, DONE, said)
        self.assertEqual(self.of(self.events("s.sluice"), "rollback-readiness")[-1]["ready"], True)

    def test_messages(self):
        events = self.rehearsed(self.steps([
            "{id: good, notify: {to: ops, text: 'It is ${plan}'}}",
            "{id: bad, notify: {to: [ops, nobody], text: x}}",
            "{id: b, confirm: B}"]))
        self.assertEqual(self.finished("s.sluice"), {"good": "passed", "bad": "skipped", "b": "passed"})
        settled = self.of(events, "settled")
        self.assertEqual(settled[0]["result"], {"failed": {}, "told": ["ops"]})
        self.assertEqual((settled[1]["result"]["told"], list(settled[1]["result"]["failed"])), (["ops"], ["nobody"]))

    def test_a_shell_takes_its_values_by_environment(self):
        (self.home / "plan.yaml").write_text(
            "sluice: 1\nid: sh\nvariables: {evil: {default: '$(touch owned)\"; touch owned; \"'}}\n"
            "phases: [{id: one, steps: [{id: a, shell: 'printf \"%s\" \"$V\" > out | cat', environment: {V: '${evil}'},"
            " undo: {shell: 'rm out'}}, {id: b, run: ['false']},"
            " {id: tidy, shell: 'touch tidied', always: true}]}]\nrollback: {options: {undo: {}}}\n")
        code, said = self.until("triage-opened", ["roll-back", "--reason", "broken"],
                                "run", "plan.yaml", "--session", self.home / "sh.sluice")
        self.assertEqual(code, FAILED, said)
        self.assertFalse((self.home / "out").exists(), said)  # made by a, removed by its undo
        self.assertTrue((self.home / "tidied").exists(), said)
        self.assertFalse((self.home / "owned").exists(), said)

    def test_clean_up_after_an_abort(self):
        plan = self.steps(["{id: fails, run: [x], rehearse: {exit: 3}, retry: {times: 2, every: 1s}}",
                           "{id: tidy, run: [tidy], always: true, rehearse: {}}"])
        code, said = self.until("triage-opened", ["abort", "--reason", "enough"],
                                "rehearse", plan, "--session", self.home / "s.sluice")
        events = self.events("s.sluice")
        self.assertEqual(code, FAILED, said)
        self.assertEqual(self.finished("s.sluice"), {"fails": "stopped", "tidy": "passed"}, said)
        self.assertEqual(len(self.of(events, "retry-planned")), 2)
        self.assertEqual(events[-1]["data"]["outcome"], "aborted")

    def test_a_socket_and_a_name(self):
        """Really looked at: this machine's own name, and a port at which nobody listens."""
        (self.home / "plan.yaml").write_text(
            "sluice: 1\nid: reach\nconnections: {here: {host: {host: localhost, port: 1}}}\n"
            "phases: [{id: one, steps: [{id: name, probe: {dns: {}}, on: here, expect: {number: '>= 1'}},"
            " {id: port, probe: {tcp: {}}, on: here}]}]\n")
        code, said = self.call("run", "plan.yaml", "--session", self.home / "r.sluice")
        self.assertEqual(code, PERSON, said)
        self.assertEqual(self.finished("r.sluice")["name"], "passed")
        self.assertIn("nobody listens there", said)

    def test_sql_by_a_client(self):
        (self.home / "plan.yaml").write_text(
            "sluice: 1\nid: sql\nphases: [{id: one, steps: [{id: rows, probe: {sql: {by: [echo, -n], query: '41'}},"
            " expect: {number: '>= 41'}, outputs: {rows: {type: integer}}}, {id: b, run: [touch, 'rows-${rows}']}]}]\n")
        code, said = self.call("run", self.home / "plan.yaml", "--session", self.home / "q.sluice")
        self.assertEqual(code, DONE, said)
        self.assertTrue((self.home / "rows-41").exists())


if __name__ == "__main__":
    unittest.main()
