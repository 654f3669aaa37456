"""Series scraped once a second and recorded by `sluicectl run`, beside a Prometheus (Debian's) that scrapes and records
the same at the same time, for bench_record.

Usage: record_live.py SLUICECTL SECONDS TEXT…; prints of each, ours first, the processor's milliseconds, of how many
scrapes, and the bytes on disk; of Prometheus zeros where there is none. The exporter is this process.

Or record_live.py --serve PLAN SECONDS TEXT…, for bench_record_screen: writes the plan, says so by a line, answers
scrapes until its input ends, and prints how many there were."""
import os
import pathlib
import re
import resource
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "live"))
from exporter import Exporter, processor_ms  # noqa: E402
from prometheus_server import Prometheus  # noqa: E402
from scraped_shop import config  # noqa: E402

PLAN = """sluice: 1
id: record
title: Series that are recorded
connections:
  shop: {{scrape: {{url: 'http://127.0.0.1:{port}/metrics', interval: 1s}}}}
metrics:
{metrics}
phases:
  - id: main
    steps:
      - {{id: watch, hold: {{for: {seconds}s}}, gates: [{{metric: {first}, must: '>= 0'}}]}}
"""


def plan(text, port, seconds):
    """One metric a name, each of which keeps all of its series."""
    names = sorted({re.split("[{ ]", line)[0] for line in text.decode().splitlines() if not line.startswith("#")})
    metrics = [f"  {name}: {{from: shop, query: {name}, reduce: each, interval: 1s, unit: count}}" for name in names]
    return PLAN.format(port=port, seconds=seconds, metrics="\n".join(metrics), first=names[0])


def size(folder):
    return sum(file.stat().st_size for file in pathlib.Path(folder).rglob("*") if file.is_file())


def main(sluicectl, seconds, *files):
    texts = [pathlib.Path(file).read_bytes() for file in files]
    ours, theirs = Exporter(texts), Exporter(texts)
    with tempfile.TemporaryDirectory(prefix="sluice-bench-record-") as folder:
        folder = pathlib.Path(folder)
        (folder / "plan.yaml").write_text(plan(texts[0], ours.port, seconds))
        try:
            prometheus = Prometheus(config(theirs.port))
        except unittest.SkipTest as why:
            print(f"no Prometheus to compare with: {why}", file=sys.stderr)
            prometheus = None
        places = {name: str(folder / name) for name in ("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")}
        session = folder / "session.sluice"
        try:
            other = (processor_ms(prometheus.process), theirs.answered) if prometheus else (0, 0)
            process = subprocess.Popen([sluicectl, "run", folder / "plan.yaml", "--session", session, "--no-input",
                                        "--operator", "bench", "--quiet"], env={**os.environ, **places},
                                       stdin=subprocess.DEVNULL, stdout=sys.stderr, stderr=sys.stderr)
            try:
                process.wait(2 * int(seconds) + 60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if prometheus:
                other = (processor_ms(prometheus.process) - other[0], theirs.answered - other[1])
            used = resource.getrusage(resource.RUSAGE_CHILDREN)
            if process.returncode != 0 or ours.answered < int(seconds) // 2:
                raise SystemExit(f"the run ended with {process.returncode} after {ours.answered} scrapes")
            print((used.ru_utime + used.ru_stime) * 1000, ours.answered, session.stat().st_size,
                  *other, size(prometheus.folder) if prometheus else 0)
        finally:
            if prometheus:
                prometheus.stop()


def serve(file, seconds, *files):
    texts = [pathlib.Path(text).read_bytes() for text in files]
    exporter = Exporter(texts)
    pathlib.Path(file).write_text(plan(texts[0], exporter.port, seconds))
    print("ready", flush=True)
    sys.stdin.read()
    print(exporter.answered)


if __name__ == "__main__":
    serve(*sys.argv[2:]) if sys.argv[1] == "--serve" else main(*sys.argv[1:])
