"""A real Kafka broker (KRaft, one node, SASL/PLAIN, ACLs) on loopback, in a folder that goes away.

Its programs come from the Maven repository once and stay in a cache outside the tree; nothing of them ships."""
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time
import unittest

VERSION = "4.0.0"
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "sluice-live" / "kafka"
POM = f"""<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>sluice</groupId><artifactId>live-kafka</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>{VERSION}</version></dependency>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-tools</artifactId><version>{VERSION}</version></dependency>
  </dependencies>
</project>
"""
USERS = {"admin": "admin-secret", "sluice": "sluice-secret", "guest": "guest-secret"}
TOOLS = {
    "kafka-topics.sh": "org.apache.kafka.tools.TopicCommand",
    "kafka-configs.sh": "kafka.admin.ConfigCommand",
    "kafka-consumer-groups.sh": "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand",
    "kafka-console-producer.sh": "org.apache.kafka.tools.ConsoleProducer",
    "kafka-console-consumer.sh": "org.apache.kafka.tools.consumer.ConsoleConsumer",
    "kafka-acls.sh": "org.apache.kafka.tools.AclCommand",
    "kafka-get-offsets.sh": "org.apache.kafka.tools.GetOffsetShell",
    "kafka-delete-records.sh": "org.apache.kafka.tools.DeleteRecordsCommand",
    "kafka-producer-perf-test.sh": "org.apache.kafka.tools.ProducerPerformance",
}


def programs():
    """The folder of the jars. Skips the test where they are not there and nobody asked to fetch them."""
    library = CACHE / "lib"
    if any(library.glob("kafka_2.13-*.jar")):
        return library
    if not os.environ.get("SLUICE_LIVE") or not shutil.which("mvn") or not shutil.which("java"):
        raise unittest.SkipTest("no Kafka: SLUICE_LIVE=1 fetches it (wants java 17 and mvn)")
    CACHE.mkdir(parents=True, exist_ok=True)
    (CACHE / "pom.xml").write_text(POM)
    got = subprocess.run(["mvn", "-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=lib"], cwd=CACHE, text=True,
                         capture_output=True, check=False, timeout=600)
    if got.returncode != 0:
        shutil.rmtree(library, ignore_errors=True)
        raise unittest.SkipTest("no Kafka: mvn could not fetch it: " + got.stdout.strip()[:300])
    return library


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def jaas(user, users=False):
    own = f'username="{user}" password="{USERS[user]}"'
    others = "".join(f' user_{name}="{password}"' for name, password in USERS.items()) if users else ""
    return f"org.apache.kafka.common.security.plain.PlainLoginModule required {own}{others};"


class Broker:
    def __init__(self):
        if not shutil.which("java"):
            raise unittest.SkipTest("no Kafka: there is no java")
        self.library = programs()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="sluice-live-kafka-"))
        self.port, controller = free_port(), free_port()
        self.bootstrap = f"127.0.0.1:{self.port}"
        settings = self.folder / "server.properties"
        settings.write_text("\n".join(f"{name}={value}" for name, value in {
            "process.roles": "broker,controller", "node.id": 1,
            "controller.quorum.voters": f"1@127.0.0.1:{controller}",
            "listeners": f"SASL_PLAINTEXT://127.0.0.1:{self.port},CONTROLLER://127.0.0.1:{controller}",
            "advertised.listeners": f"SASL_PLAINTEXT://127.0.0.1:{self.port}",
            "listener.security.protocol.map": "SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
            "controller.listener.names": "CONTROLLER", "inter.broker.listener.name": "SASL_PLAINTEXT",
            "sasl.enabled.mechanisms": "PLAIN", "sasl.mechanism.inter.broker.protocol": "PLAIN",
            "listener.name.sasl_plaintext.plain.sasl.jaas.config": jaas("admin", users=True),
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": "User:admin;User:ANONYMOUS", "log.dirs": self.folder / "data",
            "offsets.topic.replication.factor": 1, "offsets.topic.num.partitions": 3,
            "transaction.state.log.replication.factor": 1, "transaction.state.log.min.isr": 1,
            "group.initial.rebalance.delay.ms": 0}.items()) + "\n")
        for user in USERS:
            (self.folder / f"{user}.properties").write_text(
                f"security.protocol=SASL_PLAINTEXT\nsasl.mechanism=PLAIN\nsasl.jaas.config={jaas(user)}\n")
        shutil.copy(self.folder / "admin.properties", self.folder / "client.properties")
        self.tools = self.folder / "tools"
        self.tools.mkdir()
        for name, program in TOOLS.items():
            tool = self.tools / name
            tool.write_text(f"#!/bin/sh\nexec java -Xmx128m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp '{self.library}/*' {program} \"$@\"\n")
            tool.chmod(0o755)
        cluster = self.java("kafka.tools.StorageTool", "random-uuid").strip().splitlines()[-1]
        self.java("kafka.tools.StorageTool", "format", "-t", cluster, "-c", settings)
        self.log = open(self.folder / "broker.log", "wb")
        self.process = subprocess.Popen(["java", "-Xmx384m", "-XX:+UseSerialGC", "-cp", f"{self.library}/*", "kafka.Kafka",
                                         str(settings)], stdout=self.log, stderr=self.log, cwd=self.folder)
        end = time.monotonic() + 60
        while True:
            done = self.tool("kafka-topics.sh", "--list", check=False)
            if done.returncode == 0:
                break
            if time.monotonic() > end or self.process.poll() is not None:
                self.stop()
                raise AssertionError("the broker did not come up: " + done.stderr)

    def java(self, program, *words):
        return subprocess.run(["java", "-Xmx128m", "-cp", f"{self.library}/*", program, *map(str, words)], text=True,
                              capture_output=True, check=True, timeout=60).stdout

    def tool(self, name, *words, user="admin", check=True, stdin=None):
        """One of Kafka's own tools, as an oracle."""
        config = {"kafka-console-producer.sh": "--producer.config",
                  "kafka-console-consumer.sh": "--consumer.config"}.get(name, "--command-config")
        done = subprocess.run([self.tools / name, "--bootstrap-server", self.bootstrap, config,
                               self.folder / f"{user}.properties", *map(str, words)], text=True, capture_output=True,
                              input=stdin, timeout=60, check=False)
        if check and done.returncode != 0:
            raise AssertionError(f"{name}: {done.stdout}{done.stderr}")
        return done

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)
