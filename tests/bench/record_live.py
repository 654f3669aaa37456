"""Series scraped once a second and recorded by `sluicectl run`, beside a Prometheus (Debian's) that scrapes and records
the same at the same time, for bench_record.

Usage: record_live.py SLUICECTL SECONDS TEXT…; prints of each, ours first, the processor's milliseconds, of how many
scrapes, and the bytes on disk; of Prometheus zeros where there is none. The exporter is this process."""
import http.server
import os
import pathlib
import re
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "live"))
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


class Exporter:
    def __init__(self, texts):
        self.answered = 0
        exporter = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                text = texts[exporter.answered % len(texts)]
                exporter.answered += 1
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def processor_ms(process):
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


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
            end = time.monotonic() + 2 * int(seconds) + 60
            while process.poll() is None:
                if time.monotonic() > end:
                    process.send_signal(signal.SIGKILL)
                time.sleep(0.2)
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


if __name__ == "__main__":
    main(*sys.argv[1:])
