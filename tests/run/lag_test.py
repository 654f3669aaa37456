"""What `sluicectl lag` says of a cluster: the range's brokers, brokers that are away, files that users have."""
import json
import pathlib
import signal
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "crash"))
from outside import Home, Range, wait_until  # noqa: E402

DONE, BAD_INPUT, UNREACHABLE = 0, 2, 3

PLAN = """
sluice: 1
id: lag
connections: {events: {kafka: {bootstrap: 'broker:9092'}}}
phases:
  - id: all
    steps:
      - {id: look, probe: {kafka: {group: billing, topics: [orders]}}, on: events}
"""


class Lag(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.around = Home()
        cls.addClassCleanup(cls.around.remove)
        plan = cls.around.folder / "plan.yaml"
        plan.write_text(PLAN)
        cls.range = Range(plan, cls.around)
        cls.addClassCleanup(cls.range.close)
        cls.brokers = cls.range.addresses["kafka"]

    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.remove)

    def lag(self, *words):
        return self.home.call("lag", "--bootstrap", self.brokers, *words)

    def read(self, *words, group="analytics", topic="nova.events"):
        code, said = self.lag("--group", group, "--topic", topic, "--json", *words)
        self.assertEqual(code, DONE, said)
        return [json.loads(line) for line in said.splitlines()]

    def test_lag_is_the_end_minus_the_commit(self):
        wait_until(lambda: self.read()[0]["groups"][0]["lag"], "a lag that the range makes")
        reading, = self.read()
        group, = reading["groups"]
        self.assertEqual(group["group"], "analytics")
        self.assertEqual([row["partition"] for row in group["partitions"]], list(range(6)))
        for row in group["partitions"]:
            self.assertEqual(row["lag"], row["end"] - row["committed"])
            self.assertEqual(row["last_stable"], row["end"])
            self.assertEqual(row["note"], "")
        self.assertEqual(group["lag"], sum(row["lag"] for row in group["partitions"]))
        self.assertFalse(group["partial"])
        self.assertIsNone(group["produced_per_second"])  # one reading has no rates
        self.assertEqual((reading["missing_topics"], reading["failures"]), ([], []))

    def test_a_table_for_people(self):
        code, said = self.lag("--group", "analytics", "--group", "nobody", "--topic", "nova.events")
        self.assertEqual(code, DONE, said)
        lines = [line.split() for line in said.splitlines()]
        self.assertEqual(lines[0], ["GROUP", "TOPIC", "PARTITION", "COMMITTED", "END", "LAG", "NOTE"])
        self.assertEqual(lines[1][:3], ["analytics", "nova.events", "0"])
        self.assertEqual(lines[7][:2], ["analytics", "all"])
        self.assertEqual(lines[8][:4] + lines[8][5:], ["nobody", "nova.events", "0", "-", "-", "no", "commit"])
        self.assertEqual(lines[14], ["nobody", "all", "-", "6", "partitions", "without", "a", "commit"])

    def test_no_commit_is_never_zero(self):
        group, = self.read(group="nobody")[0]["groups"]
        self.assertIsNone(group["lag"])
        self.assertEqual(group["without_commit"], 6)
        self.assertEqual({(row["committed"], row["lag"], row["note"]) for row in group["partitions"]},
                         {(None, None, "no commit")})

    def test_who_is_named_twice_counts_once(self):
        group, = self.read("--group", "nobody", "--topic", "nova.events", group="nobody")[0]["groups"]
        self.assertEqual(len(group["partitions"]), 6)

    def test_watched_it_has_rates(self):
        readings = self.read("--watch", "1s", "--readings", "3")
        self.assertEqual(len(readings), 3)
        self.assertEqual(sorted({reading["at"] for reading in readings}), [reading["at"] for reading in readings])
        first, last = readings[0]["groups"][0], readings[-1]["groups"][0]
        self.assertIsNone(first["produced_per_second"])
        self.assertGreaterEqual(last["produced_per_second"], 0)
        self.assertGreaterEqual(last["consumed_per_second"], 0)
        made = sum(row["end"] for row in last["partitions"]) - sum(row["end"] for row in first["partitions"])
        self.assertEqual(made > 0, last["produced_per_second"] > 0)

    def test_ctrl_c_is_the_usual_end_of_watching(self):
        with self.home.begin("lag", "--bootstrap", self.brokers, "--group", "analytics", "--topic", "nova.events",
                             "--watch", "1s") as program:
            wait_until(lambda: self.home.said().count("IN/S") >= 2, "two readings")
            program.send_signal(signal.SIGINT)
            self.assertEqual(program.wait(20), DONE, self.home.said())

    def test_brokers_that_list_no_groups_want_them_named(self):
        code, said = self.lag()
        self.assertEqual(code, BAD_INPUT, said)
        self.assertIn("name the groups: --group NAME", said)

    def test_nobody_there(self):
        for words in (["--group", "g", "--topic", "t"], ["--group", "g"], []):
            with self.subTest(words):
                code, said = self.home.call("lag", "--bootstrap", "127.0.0.1:1", *words)
                self.assertEqual(code, UNREACHABLE, said)
                self.assertIn("the broker did not answer", said)

    def file(self, text):
        (self.home.folder / "client.properties").write_text(text)
        return self.home.call("lag", "--config", "client.properties", "--group", "analytics", "--topic", "nova.events")

    def test_a_file_as_users_have_it(self):
        code, said = self.file(f"# ours\nbootstrap.servers = {self.brokers.replace(',', ', ')}\n"
                               "group.id=shop\nkey.deserializer=org.example.X\nsecurity.protocol=PLAINTEXT\nmine=1\n")
        self.assertEqual(code, DONE, said)
        self.assertIn("warning: client.properties:6: the key 'mine' is not known here and left out", said)
        self.assertNotIn("group.id", said)
        self.assertIn("analytics  nova.events", said)

    def test_what_can_not_be_honoured_is_told_by_line_and_no_secret_with_it(self):
        secret = "hunter2-of-nobody"
        login = "org.apache.kafka.common.security.scram.ScramLoginModule required"
        for text, told in (
                ("bootstrap.servers=b:1\nssl.truststore.location=t.jks\nssl.truststore.password=%s" % secret,
                 "client.properties:2: only a trust store of PEM can be read here"),
                ("security.protocol=SASL_SSL\nsasl.mechanism=GSSAPI", "client.properties:2: Kerberos is not supported"),
                ("security.protocol=SASL_SSL\nsasl.mechanism=PLAIN\nsasl.jaas.config=%s username=\"u\" password=\"%s"
                 % (login, secret), "client.properties:3: quotes or a comment don't end"),
                ("sasl.pasword=%s" % secret, "client.properties:1: the key 'sasl.pasword' is not known here"),
                ("sasl.password=%s\\u12" % secret, "client.properties:1: \\u wants four hexadecimal digits"),
                ("client.id=x", "no broker is named"),
                ("security.protocol=SSL\nbootstrap.servers=b:1\nssl.ca.location=none.pem", "ssl.ca.location")):
            with self.subTest(told):
                code, said = self.file(text)
                self.assertEqual(code, BAD_INPUT, said)
                self.assertIn(told, said)
                self.assertNotIn(secret, said)

    def test_bad_input(self):
        for words, told in ((["--group", "g"], "no broker is named"),
                            (["--bootstrap", "b:x", "--group", "g"], "a port is 1 to 65535"),
                            (["--bootstrap", "b:1", "--watch", "5"], "not a time of one second or more"),
                            (["--bootstrap", "b:1", "--watch", "10ms"], "not a time of one second or more"),
                            (["--bootstrap", "b:1", "--readings", "3"], "add --watch 5s"),
                            (["--bootstrap", "b:1", "--once", "--watch", "5s"], "excludes"),
                            (["--bootstrap", "b:1", "--group", ""], "it is empty"),
                            (["--config", "none.properties"], "none.properties")):
            with self.subTest(words):
                code, said = self.home.call("lag", *words)
                self.assertEqual(code, BAD_INPUT, said)
                self.assertIn(told, said)


if __name__ == "__main__":
    unittest.main()
