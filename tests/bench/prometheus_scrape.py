"""What a Prometheus (Debian's, on loopback) takes to scrape the given texts once a second, for bench_scrape.

Usage: prometheus_scrape.py SECONDS TEXT…; prints processor milliseconds a scrape and how many there were. Its process
does more than ours: it fetches by HTTP and keeps a log of what it writes.
"""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "live"))
from exporter import Exporter, processor_ms  # noqa: E402
from prometheus_server import Prometheus  # noqa: E402
from scraped_shop import config  # noqa: E402

WARM = 8  # scrapes until its series are known


def until_answered(exporter, count, patience):
    if not exporter.until_answered(count, patience):
        raise SystemExit("no Prometheus to compare with: it does not scrape")


def main(seconds, *files):
    exporter = Exporter([pathlib.Path(file).read_bytes() for file in files])
    try:
        prometheus = Prometheus(config(exporter.port))
    except unittest.SkipTest as why:
        raise SystemExit(f"no Prometheus to compare with: {why}") from why
    try:
        until_answered(exporter, WARM, 60)
        scrapes, had = exporter.answered, processor_ms(prometheus.process)
        until_answered(exporter, scrapes + int(seconds), int(seconds) * 3)
        print((processor_ms(prometheus.process) - had) / (exporter.answered - scrapes), exporter.answered - scrapes)
    finally:
        prometheus.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
