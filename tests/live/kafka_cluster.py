"""Three real Kafka brokers (KRaft, each also a controller; SASL/PLAIN, ACLs) on loopback, and one process with Kafka's
own tools beside them (KafkaTools.java), in a folder that goes away."""
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

from kafka_broker import TOOLS, USERS, free_port, jaas, programs

HERE = pathlib.Path(__file__).resolve().parent
NODES = (1, 2, 3)
PATIENCE = 90  # seconds
END = "\x04"


class Cluster:
    """`offsets` gives the replicas of each partition of the topic of the commits, by which a group has its coordinator."""

    def __init__(self, offsets=((1, 2, 3),), heap="256m"):
        if not shutil.which("java") or not shutil.which("javac"):
            raise unittest.SkipTest("no Kafka cluster: there is no java, or no javac")
        self.library = programs()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="sluice-live-kafka-"))
        self.heap, self.offsets, self.processes, self.tools = heap, offsets, {}, None
        self.log = open(self.folder / "cluster.log", "ab")
        self.ports = {node: (free_port(), free_port()) for node in NODES}
        self.bootstrap = ",".join(f"127.0.0.1:{self.ports[node][0]}" for node in NODES)
        for user in USERS:
            (self.folder / f"{user}.properties").write_text(
                f"bootstrap.servers={self.bootstrap}\nsecurity.protocol=SASL_PLAINTEXT\nsasl.mechanism=PLAIN\n"
                f"sasl.jaas.config={jaas(user)}\n")
        try:
            self.begin()
        except BaseException:
            self.stop()
            raise

    def begin(self):
        self.tools = subprocess.Popen(["java", "-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp",
                                       f"{self.library}/*", HERE / "KafkaTools.java", self.folder / "admin.properties"],
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True)
        cluster = "c2x1aWNlLWxpdmUta2Fma2E"
        for node in NODES:
            file = self.folder / f"{node}.properties"
            file.write_text("\n".join(f"{name}={value}" for name, value in self.settings(node).items()) + "\n")
            self.call("kafka.tools.StorageTool", "format", "-t", cluster, "-c", file)
        for node in NODES:
            self.start_broker(node)
        end = time.monotonic() + PATIENCE
        while self.call("create", "__consumer_offsets", *(",".join(map(str, one)) for one in self.offsets), check=False):
            if time.monotonic() > end:
                raise AssertionError("the brokers did not come up: " + self.said)

    def settings(self, node):
        broker, controller = self.ports[node]
        return {
            "process.roles": "broker,controller", "node.id": node,
            "controller.quorum.voters": ",".join(f"{one}@127.0.0.1:{self.ports[one][1]}" for one in NODES),
            "listeners": f"SASL_PLAINTEXT://127.0.0.1:{broker},CONTROLLER://127.0.0.1:{controller}",
            "advertised.listeners": f"SASL_PLAINTEXT://127.0.0.1:{broker}",
            "listener.security.protocol.map": "SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
            "controller.listener.names": "CONTROLLER", "inter.broker.listener.name": "SASL_PLAINTEXT",
            "sasl.enabled.mechanisms": "PLAIN", "sasl.mechanism.inter.broker.protocol": "PLAIN",
            "listener.name.sasl_plaintext.plain.sasl.jaas.config": jaas("admin", users=True),
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": "User:admin;User:ANONYMOUS", "log.dirs": self.folder / f"data-{node}",
            "auto.create.topics.enable": "false", "offsets.topic.num.partitions": len(self.offsets),
            "transaction.state.log.replication.factor": 3, "transaction.state.log.min.isr": 1,
            "transaction.state.log.num.partitions": 1, "group.initial.rebalance.delay.ms": 0,
            "broker.session.timeout.ms": 5000, "broker.heartbeat.interval.ms": 500,
            "log.index.size.max.bytes": 65536}  # they are made in full size for each partition

    def start_broker(self, node):
        self.processes[node] = subprocess.Popen(
            ["java", f"-Xmx{self.heap}", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", f"{self.library}/*",
             "kafka.Kafka", self.folder / f"{node}.properties"], stdout=self.log, stderr=self.log, cwd=self.folder)

    def kill_broker(self, node):
        process = self.processes.pop(node)
        process.kill()
        process.wait()

    def freeze_broker(self, node, frozen=True):
        """Its connections stay open and nothing answers on them."""
        self.processes[node].send_signal(signal.SIGSTOP if frozen else signal.SIGCONT)

    def call(self, *words, check=True):
        """A command of KafkaTools.java; its exit code. What it printed is in `said`."""
        self.tools.stdin.write("\t".join(map(str, words)) + "\n")
        self.tools.stdin.flush()
        lines = []
        for line in self.tools.stdout:
            if line.startswith(END):
                self.said = "".join(lines)
                code = int(line[1:])
                if check and code != 0:
                    raise AssertionError(f"{words[0]}: {self.said}")
                return code
            lines.append(line)
        raise AssertionError("the process of Kafka's tools is gone")

    def tool(self, name, *words, check=True):
        """One of Kafka's own tools, as an oracle: what it prints."""
        self.call(TOOLS[name], "--bootstrap-server", self.bootstrap, "--command-config", self.folder / "admin.properties",
                  *words, check=check)
        return self.said

    def lag(self, *groups):
        """(group, topic, partition) → (committed, end, lag), as kafka-consumer-groups.sh has it; all groups without names."""
        words = [word for group in groups for word in ("--group", group)] or ["--all-groups"]
        rows = [line.split() for line in self.tool("kafka-consumer-groups.sh", "--describe", *words).splitlines()]
        return {(row[0], row[1], int(row[2])): tuple(None if cell == "-" else int(cell) for cell in row[3:6])
                for row in rows if len(row) >= 6 and row[2].isdigit()}

    def stop(self):
        for process in [*self.processes.values(), *([self.tools] if self.tools else [])]:
            process.kill()
            process.wait()
        if self.tools:
            self.tools.stdin.close()
            self.tools.stdout.close()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)
