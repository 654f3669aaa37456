"""What a Prometheus (Debian's, on loopback) takes to scrape the given texts once a second, for bench_scrape.

Usage: prometheus_scrape.py SECONDS TEXT…; prints processor milliseconds a scrape and how many there were. Its process
does more than ours: it fetches by HTTP and keeps a log of what it writes.
"""
import http.server
import os
import pathlib
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "live"))
from prometheus_server import Prometheus  # noqa: E402
from scraped_shop import config  # noqa: E402

WARM = 8  # scrapes until its series are known


def processor_ms(process):
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


class Texts(http.server.BaseHTTPRequestHandler):
    texts = []
    answered = 0

    def do_GET(self):
        text = Texts.texts[Texts.answered % len(Texts.texts)]
        Texts.answered += 1
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


def until_answered(count, patience):
    end = time.monotonic() + patience
    while Texts.answered < count:
        if time.monotonic() > end:
            raise SystemExit("no Prometheus to compare with: it does not scrape")
        time.sleep(0.05)


def main(seconds, *files):
    Texts.texts = [pathlib.Path(file).read_bytes() for file in files]
    server = http.server.HTTPServer(("127.0.0.1", 0), Texts)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        prometheus = Prometheus(config(server.server_address[1]))
    except unittest.SkipTest as why:
        raise SystemExit(f"no Prometheus to compare with: {why}") from why
    try:
        until_answered(WARM, 60)
        scrapes, had = Texts.answered, processor_ms(prometheus.process)
        until_answered(scrapes + int(seconds), int(seconds) * 3)
        print((processor_ms(prometheus.process) - had) / (Texts.answered - scrapes), Texts.answered - scrapes)
    finally:
        prometheus.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
