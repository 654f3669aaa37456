"""`sluicectl lag` against three real brokers, with Kafka's own tool for consumer groups as the oracle: quiet, running,
and when brokers, topics, rights and members fail it."""
import json
import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "crash"))
from kafka_cluster import Cluster  # noqa: E402
from outside import PATIENCE, Home, wait_until  # noqa: E402

DONE, UNREACHABLE = 0, 3
COMMITS = ((3, 1), (3,), (1, 2))  # the brokers that keep each third of the groups' commits, the coordinator first


def group_of(third, name):
    """A name that Kafka keeps in this partition of its commits: by Java's hash of it."""
    for n in range(1000):
        code = 0
        for letter in f"{name}-{n}":
            code = (code * 31 + ord(letter)) & 0xFFFFFFFF
        if (code & 0x7FFFFFFF) % len(COMMITS) == third:
            return f"{name}-{n}"
    raise AssertionError("no such name")


class KafkaLag(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster(COMMITS)
        cls.addClassCleanup(cls.cluster.stop)

    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.remove)

    def lag(self, *groups, user="admin", wanted=DONE, topics=()):
        """(group, topic, partition) → (committed, end, lag); the whole report is in `report`."""
        words = [word for group in groups for word in ("--group", group)]
        words += [word for topic in topics for word in ("--topic", topic)]
        code, said = self.home.call("lag", "--config", self.cluster.folder / f"{user}.properties", "--json", *words)
        self.assertEqual(code, wanted, said)
        self.report = json.loads(said)
        self.rows = {(group["group"], row["topic"], row["partition"]): row
                     for group in self.report["groups"] for row in group["partitions"]}
        return {place: (row["committed"], row["end"], row["lag"]) for place, row in self.rows.items()}

    def states(self):
        return {group["group"]: group["group_state"] for group in self.report["groups"]}

    def table(self, group):
        return self.home.call("lag", "--config", self.cluster.folder / "admin.properties", "--group", group)[1]

    def test_equal_when_quiet(self):
        """Groups at every coordinator, topics led by every broker: behind, at the end, of two topics, in part only."""
        for topic, partitions in (("live.quiet", ("1,2", "2,3", "3,1", "1,3", "2,1")), ("live.quiet2", ("3,2",))):
            self.cluster.call("create", topic, *partitions)
            for p in range(len(partitions)):
                self.cluster.call("produce", topic, p, 10 + p)
        names = [group_of(third, name) for name in ("behind", "level") for third in range(3)]
        for name in names:
            self.cluster.call("commit", name, 0, 1, "live.quiet", 5, 3 if "behind" in name else 10)
        self.cluster.call("commit", names[0], 0, 1, "live.quiet2", 1, 10)
        self.cluster.call("commit", names[1], 0, 1, "live.quiet", 2, 7)
        ours = self.lag(*names)
        self.assertEqual(ours, self.cluster.lag(*names))
        self.assertEqual(len(ours), 6 * 5 + 1)
        self.assertEqual(self.states(), dict.fromkeys(names, "Empty"))
        every = self.lag()
        self.assertEqual(every, self.cluster.lag())
        self.assertLessEqual(ours.items(), every.items())

    def test_between_two_readings_of_kafkas_own_tool_while_all_runs(self):
        self.cluster.call("create", "live.flow", "1,2", "2,3", "3,1")
        names = [group_of(third, "flow") for third in (0, 2)]
        for name in names:
            self.cluster.call("flow", "live.flow", 3, name)
        try:
            wait_until(lambda: len(self.cluster.lag(*names)) == 6, "commits of both groups")
            before = first = self.cluster.lag(*names)
            for reading in range(8):
                ours = self.lag(*names)
                after = self.cluster.lag(*names)
                self.assertEqual(ours.keys(), after.keys())
                for place, (committed, end, behind) in ours.items():
                    with self.subTest(place, reading=reading):
                        self.assertTrue(before[place][0] <= committed <= after[place][0], (before, ours, after))
                        self.assertTrue(before[place][1] <= end <= after[place][1], (before, ours, after))
                        self.assertEqual(behind, end - committed)
                before = after
            self.assertTrue(all(after[place][n] > first[place][n] for place in first for n in (0, 1)), "it did not run")
            self.assertEqual(self.states(), dict.fromkeys(names, "Stable"))
        finally:
            self.cluster.call("stop")
        self.assertEqual(self.lag(*names), self.cluster.lag(*names))

    def test_what_is_denied_or_gone_does_not_lose_the_rest(self):
        names = [group_of(third, "torn") for third in range(3)]
        for topic in ("live.seen", "live.hidden", "live.gone"):
            self.cluster.call("create", topic, "1,2", "2,3", "3,1")
            self.cluster.call("produce", topic, 1, 4)
            for name in names:
                self.cluster.call("commit", name, 0, 1, topic, 3, 0)
        for name in names[:2]:
            self.cluster.tool("kafka-acls.sh", "--add", "--allow-principal", "User:guest", "--operation", "Describe",
                              "--group", name)
        for topic in ("live.seen", "live.gone"):
            self.cluster.tool("kafka-acls.sh", "--add", "--allow-principal", "User:guest", "--operation", "Describe",
                              "--topic", topic)
        self.cluster.call("delete", "live.gone")
        seen = {(name, "live.seen", p): (0, 4 if p == 1 else 0, 4 if p == 1 else 0) for name in names for p in range(3)}
        # Each broker hears of it when it does: for a while one may know the topic still, and the commits may be there.
        self.eventually(lambda: self.check_without_the_topic(names, seen))
        self.eventually(lambda: self.check_with_few_rights(names, seen))

    def check_without_the_topic(self, names, seen):
        ours = self.lag(*names)
        self.assertLessEqual(seen.items(), ours.items())
        for (_, topic, _), (_, end, behind) in ours.items():
            self.assertTrue(topic != "live.gone" or (end, behind) == (None, None), ours)

    def check_with_few_rights(self, names, seen):
        """Who may not see one group and one topic is told of both, and has the others."""
        ours = self.lag(*names, user="guest", topics=("live.seen", "live.hidden", "live.gone"))
        self.assertEqual(ours, {place: row for place, row in seen.items() if place[0] != names[2]})
        self.assertEqual(self.report["failures"], [f"group {names[2]}: Broker: Group authorization failed",
                                                   "topic live.hidden: Broker: Topic authorization failed"])
        self.assertIn("live.gone", self.report["missing_topics"])

    def eventually(self, check):
        """What brokers agree on by and by: the last mistake is told if they never do."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return check()
            except AssertionError:
                if time.monotonic() > end:
                    raise

    def test_a_hung_transaction_stands_between_the_end_and_what_is_stable(self):
        self.cluster.call("create", "live.hung", "2,3", "1,2")
        for p in (0, 1):
            self.cluster.call("produce", "live.hung", p, 3)
        name = group_of(2, "hung")
        self.cluster.call("commit", name, 0, 1, "live.hung", 2, 1)
        self.cluster.call("hang", "live.hung", 0, 5)
        try:
            self.assertEqual(self.lag(name), {(name, "live.hung", 0): (1, 8, 7), (name, "live.hung", 1): (1, 3, 2)})
            self.assertEqual(self.cluster.lag(name), self.lag(name))
            self.assertEqual([row["last_stable"] for row in self.rows.values()], [3, 3])
            self.assertIn("5 behind an open transaction, stable up to 3", self.table(name))
        finally:
            self.cluster.call("stop")

    def test_a_rebalance_is_told(self):
        self.cluster.call("create", "live.moves", "1,2")
        self.cluster.call("produce", "live.moves", 0, 3)
        name = group_of(2, "moves")
        self.cluster.call("commit", name, 0, 1, "live.moves", 1, 1)
        self.cluster.call("rebalance", name, "live.moves")
        try:
            def rebalancing():
                self.assertEqual(self.lag(name), {(name, "live.moves", 0): (1, 3, 2)})
                return self.states()[name] == "PreparingRebalance"
            wait_until(rebalancing, "the rebalance", 20)
            self.assertIn("the group is rebalancing", self.table(name))
        finally:
            self.cluster.call("stop")

    def test_one_broker_of_three_is_lost(self):
        """First it only hangs, then it is gone: what is kept elsewhere goes on, and what is not is told as such."""
        self.cluster.call("create", "live.kept", "1,2", "2,1", "3,1")
        self.cluster.call("create", "live.lost", "3", "1")
        for topic, p in (("live.kept", 0), ("live.kept", 1), ("live.kept", 2), ("live.lost", 0), ("live.lost", 1)):
            self.cluster.call("produce", topic, p, 6)
        moving, lost, staying = names = [group_of(third, "broken") for third in range(3)]
        for name in names:
            self.cluster.call("commit", name, 0, 1, "live.kept", 3, 2)
            self.cluster.call("commit", name, 0, 1, "live.lost", 2, 2)
        whole = self.lag(*names)
        self.assertEqual(whole, self.cluster.lag(*names))
        rest = {place: row for place, row in whole.items() if place[1:] not in (("live.kept", 2), ("live.lost", 0))}

        def of(rows, *groups):
            return {place: row for place, row in rows.items() if place[0] in groups}

        self.cluster.freeze_broker(3)
        begun = time.monotonic()
        ours = self.lag(*names)
        self.assertLess(time.monotonic() - begun, 30)
        self.assertLessEqual(of(rest, staying).items(), ours.items(), self.report["failures"])
        self.assertIn(f"group {lost}: the broker did not answer", self.report["failures"])
        self.cluster.kill_broker(3)
        try:
            def moved():
                return of(whole, moving, staying).items() - {((name, "live.lost", 0), whole[name, "live.lost", 0])
                                                             for name in (moving, staying)} <= self.lag(*names).items()
            wait_until(moved, "other leaders and another coordinator")
            self.assertIn(f"group {lost}: the broker did not answer", self.report["failures"])
            for name in (moving, staying):
                row = self.rows[name, "live.lost", 0]
                self.assertEqual((row["committed"], row["end"], row["lag"], row["note"]),
                                 (2, None, None, "the partition has no leader"))
            self.assertEqual({group["group"]: (group["partial"], group["lag"]) for group in self.report["groups"]},
                             {name: (True, 4 * 4) for name in (moving, staying)})
            self.assertIn(f"group {lost}", self.table(lost))
            listed = self.lag()  # without names: the brokers that are left list their groups
            self.assertLessEqual(of(rest, moving, staying).items(), listed.items())
            self.lag(lost, wanted=UNREACHABLE)
        finally:
            self.cluster.start_broker(3)
        wait_until(lambda: self.lag(*names) == whole, "the broker's return")
        self.assertEqual(self.report["failures"], [])


if __name__ == "__main__":
    unittest.main()
