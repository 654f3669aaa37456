"""The kinds `kafka` and `probe: kafka` against a real broker; its own tools say what has come of it."""
import datetime
import json
import os
import pathlib
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "crash"))
from kafka_broker import Broker  # noqa: E402
from outside import BIN, Home, wait_until  # noqa: E402

DONE, FAILED, UNREACHABLE, PERSON = 0, 1, 3, 4


class Kafka(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.broker = Broker()
        cls.addClassCleanup(cls.broker.stop)
        for words in (["--operation", "All", "--topic", "live.", "--resource-pattern-type", "prefixed"],
                      ["--operation", "All", "--group", "*"], ["--operation", "Describe", "--cluster"]):
            cls.broker.tool("kafka-acls.sh", "--add", "--allow-principal", "User:sluice", *words)

    def setUp(self):
        self.home = Home()
        self.home.environment["KAFKA_PASSWORD"] = "sluice-secret"

    def tearDown(self):
        self.home.remove()

    def topic(self, name, *messages, partitions=1):
        """Made by Kafka's own tools; messages one a second, so that an instant lies between them."""
        self.broker.tool("kafka-topics.sh", "--create", "--topic", name, "--partitions", partitions,
                         "--replication-factor", 1)
        for text in messages:
            self.broker.tool("kafka-console-producer.sh", "--topic", name, stdin=text + "\n")

    def plan(self, *steps, rest="", user="sluice"):
        text = ("sluice: 1\nid: live\nconnections:\n  events: {kafka: {bootstrap: '%s', security: {protocol: sasl_plaintext,"
                " mechanism: plain, username: %s, password: 'env:KAFKA_PASSWORD'}}}\nphases:\n  - id: one\n    steps:\n"
                % (self.broker.bootstrap, user))
        self.home.environment["KAFKA_PASSWORD"] = user + "-secret"
        text += "".join(f"      - {{id: {name}, {step}, on: events}}\n" for name, step in steps) + rest
        (self.home.folder / "plan.yaml").write_text(text)

    def run_plan(self, session="s.sluice", wanted=DONE):
        code, said = self.home.call("run", "plan.yaml", "--session", session)
        self.assertEqual(code, wanted, said)
        self.assertNotIn("sluice-secret", said)
        return said

    def events(self, session="s.sluice"):
        code, said = self.home.call("log", session, "--json")
        self.assertEqual(code, DONE, said)
        self.assertNotIn("sluice-secret", said)
        return [json.loads(line) for line in said.splitlines()]

    def stands(self, group):
        """Committed offsets of a group, by topic and partition, as Kafka's own tool tells them."""
        said = self.broker.tool("kafka-consumer-groups.sh", "--describe", "--group", group, check=False).stdout
        rows = [line.split() for line in said.splitlines() if line.startswith(group + " ")]
        return {f"{row[1]}/{row[2]}": row[3] for row in rows if row[3] != "-"}

    def lag(self, *words, user="admin"):
        return self.home.call("lag", "--bootstrap", self.broker.bootstrap, "--config",
                              self.broker.folder / f"{user}.properties", "--json", *words)

    def lag_by_kafka(self, *groups):
        """(group, topic, partition) → (committed, end, lag), as Kafka's own tool tells them; all groups without names."""
        words = [word for group in groups for word in ("--group", group)] or ["--all-groups"]
        said = self.broker.tool("kafka-consumer-groups.sh", "--describe", *words, check=False).stdout
        rows = [line.split() for line in said.splitlines() if line and not line.startswith(("GROUP", "Consumer group"))]
        return {tuple(row[:3]): tuple(row[3:6]) for row in rows if len(row) >= 6 and row[2].isdigit()}

    @staticmethod
    def lag_by_us(said):
        shown = lambda value: "-" if value is None else str(value)
        return {(group["group"], row["topic"], str(row["partition"])):
                tuple(shown(row[key]) for key in ("committed", "end", "lag"))
                for group in json.loads(said)["groups"] for row in group["partitions"]}

    def own_settings(self, topic):
        said = self.broker.tool("kafka-configs.sh", "--describe", "--entity-type", "topics", "--entity-name", topic).stdout
        return dict(line.split()[0].split("=", 1) for line in said.splitlines() if line.startswith("  "))

    def test_all_four_and_the_looks(self):
        self.topic("live.orders", "a", "b", "c")
        self.plan(
            ("brokers", "probe: {kafka: {brokers: true}}, expect: {number: '== 1', json: {/controller: 1}}"),
            ("made", "kafka: {create-topic: {name: live.moves, partitions: 4, replication: 1,"
                     " config: {cleanup.policy: compact}}}"),
            ("again", "kafka: {create-topic: {name: live.moves, partitions: 4, replication: 1}}"),
            ("kept", "kafka: {set-config: {topic: live.moves, config: {retention.ms: 3600000}}}"),
            ("sent", "kafka: {produce: {topic: live.moves, key: k, json: {to: db-b}, headers: {by: lead}}}"),
            ("moves", "probe: {kafka: {topic: live.moves}}, expect: {json: {/partitions: 4, /replication: 1,"
                      " /leaderless: 0, /under-replicated: 0, /messages: 1, /config/retention.ms: '3600000',"
                      " /config/cleanup.policy: compact}}"),
            ("first", "kafka: {set-offsets: {group: billing, topics: live.orders, to: earliest}}"),
            ("lag", "probe: {kafka: {group: billing, topics: [live.orders]}}, expect: {number: '== 3'}"),
            ("second", "kafka: {set-offsets: {group: billing, topics: live.orders, to: 2}}"),
            ("less", "probe: {kafka: {group: billing}}, expect: {number: '== 1', json: {/uncommitted: 0}}"))
        self.run_plan()
        self.assertEqual(self.stands("billing"), {"live.orders/0": "2"})
        self.assertEqual(self.own_settings("live.moves"), {"cleanup.policy": "compact", "retention.ms": "3600000"})
        read = self.broker.tool("kafka-console-consumer.sh", "--topic", "live.moves", "--from-beginning", "--max-messages",
                                "1", "--timeout-ms", "20000", "--property", "print.key=true", "--property",
                                "print.headers=true").stdout
        self.assertRegex(read, r'by:lead,sluice-operation:\S+/sent/1\tk\t\{"to":"db-b"\}')
        intents = [e["data"] for e in self.events() if e["type"] == "intent"]
        self.assertIn("it is there already", {one["step"]: one["summary"] for one in intents}["again"])

    def test_an_instant_and_the_way_back(self):
        """What stood before stands again: a commit, no commit, a setting, none."""
        self.topic("live.days", "old")
        # Kafka counts in milliseconds: what is sent from here on is of a later one, since a tool has to start first.
        between = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
        self.broker.tool("kafka-console-producer.sh", "--topic", "live.days", stdin="new\nnewer\n")
        self.broker.tool("kafka-configs.sh", "--alter", "--entity-type", "topics", "--entity-name", "live.days",
                         "--add-config", "retention.ms=777000000,min.insync.replicas=1")
        self.broker.tool("kafka-consumer-groups.sh", "--group", "known", "--topic", "live.days", "--reset-offsets",
                         "--to-latest", "--execute")
        reset = ("kafka: {set-offsets: {group: %s, topics: live.days, to: %s}}, outputs: {%s: {json: /before}},"
                 " undo: {kafka: {set-offsets: {group: %s, topics: live.days, to: '${%s}'}}}")
        self.plan(
            ("known", reset % ("known", between, "a", "known", "a")),
            ("fresh", reset % ("fresh", "earliest", "b", "fresh", "b")),
            ("kept", "kafka: {set-config: {topic: live.days, config: {retention.ms: 1000000, segment.ms: 100000}}},"
                     " outputs: {r: {json: /before/retention.ms}, s: {json: /before/segment.ms}},"
                     " undo: {kafka: {set-config: {topic: live.days, config: {retention.ms: '${r}', segment.ms: '${s}'}}}}"),
            ("stop", "probe: {kafka: {topic: live.days}}, expect: {json: {/partitions: 99}}"),
            rest="rollback: {options: {undo: {}}}\n")
        with self.home.begin("run", "plan.yaml", "--session", "s.sluice", "--no-input") as program:
            try:
                wait_until(lambda: (self.home.folder / "s.sluice").exists() and any(
                    e["type"] == "triage-opened" for e in self.quiet_events()), "triage")
                self.assertEqual(self.stands("known"), {"live.days/0": "1"})
                self.assertEqual(self.stands("fresh"), {"live.days/0": "0"})
                self.assertEqual(self.own_settings("live.days"), {"retention.ms": "1000000", "segment.ms": "100000",
                                                                  "min.insync.replicas": "1"})
                code, said = self.home.call("do", "s.sluice", "roll-back", "--reason", "drill")
                self.assertEqual(code, DONE, said)
                self.assertEqual(program.wait(60), FAILED, self.home.said())
            finally:
                program.kill()
        self.assertEqual(self.stands("known"), {"live.days/0": "3"})
        self.assertEqual(self.stands("fresh"), {})
        self.assertEqual(self.own_settings("live.days"), {"retention.ms": "777000000", "min.insync.replicas": "1"})

    def quiet_events(self):
        code, said = self.home.call("log", "s.sluice", "--json")
        return [json.loads(line) for line in said.splitlines()] if code == DONE else []

    def test_killed_behind_its_intent(self):
        """Whether the commit reached the broker or not: it is read back, done once, and what stood before is not lost."""
        self.topic("live.kill", "a", "b")
        self.broker.tool("kafka-consumer-groups.sh", "--group", "killed", "--topic", "live.kill", "--reset-offsets",
                         "--to-offset", "1", "--execute")
        self.plan(("reset", "kafka: {set-offsets: {group: killed, topics: live.kill, to: latest}},"
                            " outputs: {stood: {json: /before}}"),
                  ("pause", "probe: {kafka: {brokers: true}}, title: 'It stood at ${stood}'"))
        with self.home.begin("run", "plan.yaml", "--session", "s.sluice", "--no-input") as program:
            try:
                wait_until(lambda: any(e["type"] == "intent" for e in self.quiet_events()), "intent")
            finally:
                program.kill()
        code, said = self.home.call("resume", "s.sluice")
        self.assertEqual(code, DONE, said)
        self.assertEqual(self.stands("killed"), {"live.kill/0": "2"})
        titles = [e["data"]["title"] for e in self.events() if e["type"] == "step-started" and e["data"]["step"] == "pause"]
        self.assertEqual(titles, ['It stood at {"live.kill":{"0":1}}'])

    def test_killed_while_it_is_verified(self):
        """The answer was there and is lost with the program; `verify` sees that it happened, and the intent what stood."""
        self.topic("live.late", "a", "b")
        self.broker.tool("kafka-consumer-groups.sh", "--group", "late", "--topic", "live.late", "--reset-offsets",
                         "--to-offset", "1", "--execute")
        self.plan(("reset", "kafka: {set-offsets: {group: late, topics: live.late, to: latest}},"
                            " outputs: {stood: {json: /before}},"
                            " verify: {kafka: {topic: live.signal}, every: 500ms, until: 60s}"),
                  ("pause", "probe: {kafka: {brokers: true}}, title: 'It stood at ${stood}'"))
        with self.home.begin("run", "plan.yaml", "--session", "s.sluice", "--no-input") as program:
            try:
                wait_until(lambda: self.stands("late") == {"live.late/0": "2"}, "the commit")
                time.sleep(1)  # nothing tells that the answer was heard: that is what is lost
            finally:
                program.kill()
        self.assertEqual([e for e in self.quiet_events() if e["type"] == "step-finished"], [])
        self.topic("live.signal")
        code, said = self.home.call("resume", "s.sluice")
        self.assertEqual(code, DONE, said)
        titles = [e["data"]["title"] for e in self.events() if e["type"] == "step-started" and e["data"]["step"] == "pause"]
        self.assertEqual(titles, ['It stood at {"live.late":{"0":1}}'])

    def test_latest_goes_beyond_an_open_transaction(self):
        """The last stable offset stands still before it; `latest` is the log's end, and a commit there is no lag."""
        self.topic("live.open", "a", "b")
        with subprocess.Popen([self.broker.tools / "kafka-producer-perf-test.sh", "--topic", "live.open", "--num-records",
                               "1000", "--record-size", "10", "--throughput", "5", "--transactional-id", "t",
                               "--transaction-duration-ms", "50000", "--producer-props",
                               f"bootstrap.servers={self.broker.bootstrap}", "--producer.config",
                               str(self.broker.folder / "admin.properties")], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL) as producer:
            try:
                wait_until(lambda: self.end("live.open") > 4, "messages of the transaction")
            finally:
                producer.kill() # the brokers keep it open until its time is over
        end = self.end("live.open")
        self.plan(("reset", "kafka: {set-offsets: {group: ahead, topics: live.open, to: latest}}"),
                  ("lag", "probe: {kafka: {group: ahead, topics: live.open}}, expect: {number: '== 0'}"))
        self.run_plan()
        self.assertEqual(self.stands("ahead"), {"live.open/0": str(end)})

    def test_lag_is_what_kafkas_own_tool_tells(self):
        """Of all groups, quiet: those that are behind, at the end, and of more than one topic."""
        self.topic("live.lag", "a", "b", "c", partitions=3)
        self.topic("live.lag2", "a", "b")
        for group, topic, to in (("behind", "live.lag", "--to-earliest"), ("at-the-end", "live.lag", "--to-latest"),
                                 ("behind", "live.lag2", "--to-earliest"), ("at-the-end", "live.lag2", "--to-latest")):
            self.broker.tool("kafka-consumer-groups.sh", "--group", group, "--topic", topic, "--reset-offsets", to,
                             "--execute")
        code, said = self.lag("--group", "behind", "--group", "at-the-end")
        self.assertEqual(code, DONE, said)
        ours = self.lag_by_us(said)
        self.assertEqual(ours, self.lag_by_kafka("behind", "at-the-end"))
        self.assertEqual(len(ours), 8)
        self.assertEqual({group["group"]: group["lag"] for group in json.loads(said)["groups"]},
                         {"behind": 5, "at-the-end": 0})
        code, said = self.lag()
        self.assertEqual(code, DONE, said)
        # A member that never committed shows there, and a group's commits to a topic that is gone here.
        known = lambda rows: {place: figures for place, figures in rows.items() if "-" not in figures}
        self.assertEqual(known(self.lag_by_us(said)), known(self.lag_by_kafka()))
        self.assertLessEqual(set(ours), set(self.lag_by_us(said)))

    def test_settings_and_logins_are_measured(self):
        """Against a broker: the mock knows neither DescribeConfigs nor SASL."""
        self.topic("live.kept", "a")
        self.broker.tool("kafka-configs.sh", "--alter", "--entity-type", "topics", "--entity-name", "live.kept",
                         "--add-config", "retention.ms=777000000")
        self.broker.tool("kafka-acls.sh", "--add", "--allow-principal", "User:sluice", "--operation", "DescribeConfigs",
                         "--cluster")
        self.plan(("kept", "probe: {metric: kept, must: '== 777000000'}"),
                  ("workers", "probe: {metric: workers, must: '> 0'}"),
                  ("open", "probe: {metric: open, must: '== 1'}"),
                  ("soon", "probe: {metric: took, must: '< 5s'}"),
                  rest="metrics:\n"
                       "  kept: {from: events, configs: {topic: live.kept, key: retention.ms}, unit: count}\n"
                       "  workers: {from: events, configs: {broker: 1, key: num.io.threads}, unit: count}\n"
                       "  open: {from: events, sasl: {value: up}, unit: bool}\n"
                       "  took: {from: events, sasl: {value: latency}, unit: s}\n")
        self.without_on()
        self.run_plan()

    def test_a_login_that_is_refused_is_0_and_text_is_no_number(self):
        self.topic("live.text", "a")
        self.plan(("shut", "probe: {metric: open, must: '== 0'}"),
                  rest="metrics:\n  open: {from: events, sasl: {value: up}, unit: bool}\n")
        self.without_on()
        self.home.environment["KAFKA_PASSWORD"] = "not-the-secret"
        self.run_plan()
        self.plan(("text", "probe: {metric: text, must: '== 0'}"),
                  rest="metrics:\n  text: {from: events, configs: {topic: live.text, key: compression.type}, unit: count}\n")
        self.without_on()
        self.assertIn("compression.type of topic live.text is 'producer', which is no number",
                      self.run_plan("t.sluice", wanted=PERSON))

    def without_on(self):
        """A probe of a metric names no connection: the metric does."""
        file = self.home.folder / "plan.yaml"
        file.write_text(file.read_text().replace(", on: events}", "}"))

    def test_lag_survives_a_topic_that_is_gone_and_what_is_denied(self):
        self.topic("live.stays", "a", "b")
        self.topic("live.goes", "a")
        for topic in ("live.stays", "live.goes"):
            self.broker.tool("kafka-consumer-groups.sh", "--group", "torn", "--topic", topic, "--reset-offsets",
                             "--to-earliest", "--execute")
        self.broker.tool("kafka-topics.sh", "--delete", "--topic", "live.goes")
        code, said = self.lag("--group", "torn", "--topic", "live.stays", "--topic", "live.goes")
        self.assertEqual(code, DONE, said)
        self.assertEqual(json.loads(said)["missing_topics"], ["live.goes"])
        self.assertEqual(self.lag_by_us(said), {("torn", "live.stays", "0"): ("0", "2", "2")})
        code, said = self.lag("--group", "torn")
        self.assertEqual(code, DONE, said)
        self.assertEqual(self.lag_by_us(said)[("torn", "live.stays", "0")], ("0", "2", "2"))
        code, said = self.lag("--group", "torn", user="guest")
        self.assertEqual(code, UNREACHABLE, said)
        self.assertIn("group torn: Broker: Group authorization failed", said)
        # The group is allowed, and the topic is not.
        self.broker.tool("kafka-acls.sh", "--add", "--allow-principal", "User:guest", "--operation", "Describe", "--group",
                         "torn")
        code, said = self.lag("--group", "torn", "--topic", "live.stays", user="guest")
        self.assertEqual(code, UNREACHABLE, said)
        self.assertIn("topic live.stays: Broker: Topic authorization failed", said)

    def test_lag_tells_an_open_transaction(self):
        self.topic("live.hung", "a", "b")
        self.broker.tool("kafka-consumer-groups.sh", "--group", "hanging", "--topic", "live.hung", "--reset-offsets",
                         "--to-earliest", "--execute")
        with subprocess.Popen([self.broker.tools / "kafka-producer-perf-test.sh", "--topic", "live.hung", "--num-records",
                               "1000", "--record-size", "10", "--throughput", "5", "--transactional-id", "hung",
                               "--transaction-duration-ms", "50000", "--producer-props",
                               f"bootstrap.servers={self.broker.bootstrap}", "--producer.config",
                               str(self.broker.folder / "admin.properties")], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL) as producer:
            try:
                wait_until(lambda: self.end("live.hung") > 4, "messages of the transaction")
            finally:
                producer.kill()
        code, said = self.lag("--group", "hanging")
        self.assertEqual(code, DONE, said)
        row, = json.loads(said)["groups"][0]["partitions"]
        self.assertEqual((row["committed"], row["end"], row["last_stable"]), (0, self.end("live.hung"), 2))
        self.assertEqual(self.lag_by_us(said), self.lag_by_kafka("hanging"))

    def end(self, topic, partition=0):
        said = self.broker.tool("kafka-get-offsets.sh", "--topic", topic, "--partitions", partition, "--time",
                                "latest").stdout
        return int(said.strip().rsplit(":", 1)[1])

    def test_what_the_log_has_lost_is_told(self):
        self.topic("live.short", "a", "b", "c")
        (self.broker.folder / "gone.json").write_text(
            '{"partitions": [{"topic": "live.short", "partition": 0, "offset": 2}], "version": 1}')
        self.broker.tool("kafka-delete-records.sh", "--offset-json-file", self.broker.folder / "gone.json")
        self.plan(("reset", "kafka: {set-offsets: {group: short, topics: live.short, to: '{\"live.short\":{\"0\":1}}'}}"))
        self.run_plan()
        self.assertEqual(self.stands("short"), {"live.short/0": "2"})
        self.assertIn("1 message is gone from the log",
                      [e["data"]["summary"] for e in self.events() if e["type"] == "intent"][0])
        self.plan(("reset", "kafka: {set-offsets: {group: short, topics: live.short, to: 4}}"))
        said = self.run_plan("t.sluice", wanted=PERSON)
        self.assertIn("live.short/0 has no offset 4: it goes from 2 to 3", said)

    def test_commits_are_forgotten_before_others_are_made(self):
        """A right that only forgetting needs is not there: all stays as it was, nothing is half done."""
        self.topic("live.part", "a", partitions=2)
        self.broker.tool("kafka-consumer-groups.sh", "--group", "partly", "--topic", "live.part", "--reset-offsets",
                         "--to-earliest", "--execute")
        for words in (["--operation", "Read", "--topic", "live.part"], ["--operation", "Read", "--group", "partly"]):
            self.broker.tool("kafka-acls.sh", "--add", "--allow-principal", "User:guest", *words)
        before = self.stands("partly")
        self.assertEqual(before, {"live.part/0": "0", "live.part/1": "0"})
        ends = {p: self.end("live.part", p) for p in (0, 1)}
        full = 0 if ends[0] > 0 else 1
        wanted = json.dumps({"live.part": {str(full): 1, str(1 - full): None}})
        self.plan(("reset", "kafka: {set-offsets: {group: partly, topics: live.part, to: '%s'}}" % wanted), user="guest")
        self.assertIn("let this user have the ACL", self.run_plan(wanted=PERSON))
        self.assertEqual(self.stands("partly"), before)

    def test_a_group_without_a_commit_passes_nothing(self):
        self.topic("live.unread", "a")
        for n, look in enumerate(("{group: nobody}", "{group: nobody, topics: live.unread}")):
            with self.subTest(look):
                self.plan(("lag", "probe: {kafka: %s}, expect: {number: '== 0'}" % look))
                said = self.run_plan(f"{n}.sluice", wanted=PERSON)
                self.assertIn("group nobody has committed nothing", said)
        self.plan(("lag", "probe: {kafka: {group: nobody, topics: live.unread}}, expect: {json: {/uncommitted: 1}}"))
        self.run_plan("u.sluice")

    def test_a_compacted_topic_takes_no_message_without_a_key(self):
        self.topic("live.keys")
        self.broker.tool("kafka-configs.sh", "--alter", "--entity-type", "topics", "--entity-name", "live.keys",
                         "--add-config", "cleanup.policy=compact")
        self.plan(("sent", "kafka: {produce: {topic: live.keys, text: x}}"))
        self.assertIn("a compacted topic takes no message without a key", self.run_plan(wanted=PERSON))

    def test_a_group_with_members_is_refused(self):
        self.topic("live.read", "a")
        with subprocess.Popen([self.broker.tools / "kafka-console-consumer.sh", "--bootstrap-server", self.broker.bootstrap,
                               "--consumer.config", self.broker.folder / "admin.properties", "--topic", "live.read",
                               "--group", "readers", "--from-beginning"], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL) as consumer:
            try:
                self.assertEqual(consumer.stdout.readline(), b"a\n")
                self.plan(("reset", "kafka: {set-offsets: {group: readers, topics: live.read, to: earliest}}"))
                said = self.run_plan(wanted=PERSON)
            finally:
                consumer.kill()
        self.assertIn("it has members, and its offsets are theirs (stop its consumers", said)

    def test_an_acl_that_denies(self):
        self.topic("live.closed", "a")
        self.plan(("denied", "probe: {kafka: {topic: live.closed}}, expect: {refused: true}"),
                  ("group", "probe: {kafka: {group: billing, topics: live.closed}}, expect: {refused: true}"),
                  ("sent", "kafka: {produce: {topic: live.closed, text: x}}"), user="guest")
        said = self.run_plan(wanted=PERSON)
        self.assertIn("refused, as wanted: topic live.closed", said)
        self.assertIn("let this user have the ACL", said)
        self.assertEqual([e["data"]["step"] for e in self.events() if e["type"] == "intent"], [])
        code, said = self.home.call("preflight", "plan.yaml")
        self.assertEqual(code, UNREACHABLE, said)
        self.assertIn("Topic authorization failed", said)

    def test_preflight_asks_for_rights_and_figures(self):
        self.topic("live.pre", "a")
        creation = ("made", "kafka: {create-topic: {name: live.pre2, partitions: 1, replication: 1}}")
        config = ("kept", "kafka: {set-config: {topic: live.pre, config: {retention.ms: 1000}}}")
        self.plan(creation, config, ("sent", "kafka: {produce: {topic: live.pre2, text: x}}"))
        code, said = self.home.call("preflight", "plan.yaml")
        self.assertEqual(code, DONE, said)
        self.assertEqual(self.own_settings("live.pre"), {})
        self.assertNotIn("live.pre2", self.broker.tool("kafka-topics.sh", "--list").stdout)
        for step, why in (
                (("many", "kafka: {create-topic: {name: live.many, partitions: 1, replication: 3}}"), "live.many"),
                (("none", "kafka: {set-config: {topic: live.pre, config: {retention.ms: soon}}}"), "retention.ms"),
                (("there", "kafka: {create-topic: {name: live.pre, partitions: 2, replication: 1}}"),
                 "topic live.pre is there with 1 partitions and replication 1, not 2 and 1"),
                (("gone", "kafka: {set-offsets: {group: g, topics: live.gone, to: latest}}"), "the brokers don't know it"),
                (("other", "kafka: {create-topic: {name: elsewhere, partitions: 1, replication: 1}}"), "authorization")):
            with self.subTest(step[0]):
                self.plan(step)
                code, said = self.home.call("preflight", "plan.yaml")
                self.assertNotEqual(code, DONE, said)
                self.assertIn(why, said)

    def test_what_a_person_types_instead_does_the_same(self):
        self.topic("live.hand", "a", partitions=2)
        self.plan(("look", "probe: {kafka: {topic: live.hand}}"), rest="""rollback:
  options:
    back:
      default: true
      steps:
        - {id: made, kafka: {create-topic: {name: live.hand2, partitions: 2, replication: 1, config: {cleanup.policy: compact}}}, on: events}
        - {id: kept, kafka: {set-config: {topic: live.hand2, config: {retention.ms: 5000000, cleanup.policy: 'compact,delete'}}}, on: events}
        - {id: sent, kafka: {produce: {topic: live.hand2, key: k, json: {a: "it's"}, headers: {h: v}}}, on: events}
        - {id: at, kafka: {set-offsets: {group: hands, topics: live.hand, to: 2026-01-06T02:00:00Z}}, on: events}
        - {id: given, kafka: {set-offsets: {group: handed, topics: live.hand, to: '{"live.hand":{"0":0,"1":null}}'}}, on: events}
        - {id: seen, probe: {kafka: {group: hands, topics: live.hand}}, on: events}
""")
        self.run_plan()
        sheet = (self.home.folder / "s.sluice.sheet.txt").read_text()
        commands = [line.strip() for line in sheet.splitlines() if line.strip().startswith(("kafka-", "printf "))]
        self.assertEqual(len(commands), 7, sheet)
        environment = dict(os.environ, PATH=f"{self.broker.tools}:{os.environ['PATH']}")
        self.broker.tool("kafka-consumer-groups.sh", "--group", "handed", "--topic", "live.hand", "--reset-offsets",
                         "--to-latest", "--execute")
        for command in commands:
            done = subprocess.run(["sh", "-c", command], env=environment, cwd=self.broker.folder, text=True,
                                  capture_output=True, timeout=60, check=False)
            self.assertEqual(done.returncode, 0, command + "\n" + done.stdout + done.stderr)
        self.assertEqual(self.own_settings("live.hand2"), {"retention.ms": "5000000", "cleanup.policy": "compact,delete"})
        self.assertEqual(self.stands("hands"), {"live.hand/0": "0", "live.hand/1": "0"})
        self.assertEqual(self.stands("handed"), {"live.hand/0": "0"})
        read = self.broker.tool("kafka-console-consumer.sh", "--topic", "live.hand2", "--from-beginning", "--max-messages",
                                "1", "--timeout-ms", "20000", "--property", "print.key=true", "--property",
                                "print.headers=true").stdout
        self.assertIn("h:v\tk\t{\"a\":\"it's\"}", read)


if __name__ == "__main__":
    unittest.main()
