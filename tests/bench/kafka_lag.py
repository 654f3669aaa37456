"""Groups of 50 partitions each on three real brokers: `sluicectl lag` beside kafka-consumer-groups.sh, for bench_lag.

Usage: kafka_lag.py SLUICECTL GROUPS; prints milliseconds of the clock and of the processor: of Kafka's tool, of the same
in a process that is warm (the clock only), and of sluicectl, the median of five."""
import json
import pathlib
import resource
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "live"))
from kafka_broker import TOOLS  # noqa: E402
from kafka_cluster import Cluster  # noqa: E402

PARTITIONS = 50
RUNS = 5
COMMITS = [(1 + n % 3, 1 + (n + 1) % 3) for n in range(6)]


def timed(words, out):
    """(ms of the clock, ms of the processor)"""
    had, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    with open(out, "wb") as file:
        subprocess.run(list(map(str, words)), stdout=file, stderr=subprocess.DEVNULL, check=True, timeout=600)
    took, has = time.monotonic() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    return took * 1000, (has.ru_utime + has.ru_stime - had.ru_utime - had.ru_stime) * 1000


def lines_of(text):
    rows = [line.split() for line in text.splitlines()]
    return {(row[0], row[1], int(row[2])): tuple(map(int, row[3:6])) for row in rows if len(row) >= 6 and row[2].isdigit()}


def main(sluicectl, groups):
    try:
        cluster = Cluster(COMMITS, heap="512m")
    except unittest.SkipTest as why:
        raise SystemExit(f"no Kafka to compare with: {why}") from why
    try:
        cluster.call("create", "bench.lag", *(f"{1 + p % 3},{1 + (p + 1) % 3}" for p in range(PARTITIONS)))
        for p in range(PARTITIONS):
            cluster.call("produce", "bench.lag", p, 20 + p)
        cluster.call("commit", "bench-", 0, groups, "bench.lag", PARTITIONS, 7)
        admin, out = cluster.folder / "admin.properties", cluster.folder / "said"
        ours = sorted(timed([sluicectl, "lag", "--config", admin, "--json"], out) for _ in range(RUNS))[RUNS // 2]
        report = json.loads(out.read_text())
        rows = {(group["group"], row["topic"], row["partition"]): (row["committed"], row["end"], row["lag"])
                for group in report["groups"] for row in group["partitions"]}
        tool = timed(["java", "-cp", f"{cluster.library}/*", TOOLS["kafka-consumer-groups.sh"],
                      "--bootstrap-server", cluster.bootstrap, "--command-config", admin, "--describe", "--all-groups"], out)
        if rows != lines_of(out.read_text()) or len(rows) != groups * PARTITIONS:
            raise SystemExit(f"sluicectl says other than Kafka's tool, or not all: {len(rows)} rows")
        begun = time.monotonic()
        cluster.lag()
        print(*tool, (time.monotonic() - begun) * 1000, *ours)
    finally:
        cluster.stop()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
