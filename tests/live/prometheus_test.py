"""Our PromQL against Prometheus itself (Debian's 2.42, on loopback): random series, 10,000 random expressions.

Every answer must be the same to the last digit, but for the differences listed in LISTED. SLUICE_SEED repeats a run,
SLUICE_CASES sets how many."""
import collections
import datetime
import json
import math
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import promql_cases  # noqa: E402
import scraped_shop  # noqa: E402
from prometheus_server import Prometheus  # noqa: E402
from outside import BIN, wait_until  # noqa: E402

SEED = int(os.environ.get("SLUICE_SEED", 2026))
CASES = int(os.environ.get("SLUICE_CASES", 10_000))
SCRAPES = 12
SHOWN = 5  # failing cases told in full


def rfc3339(milliseconds):
    second = datetime.datetime.fromtimestamp(milliseconds // 1000, datetime.timezone.utc)
    return f"{second:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03}Z"


def parsed(body):
    return json.loads(body, parse_float=str)  # numbers stay as they are spelled


def kind_of(answer):
    return answer["errorType"] if answer["status"] == "error" else answer["data"]["resultType"]


def comparable(case, answer):
    """What must be equal: the kind of an error; of a result all labels, and times and values as they are spelled.

    The order, too, but for histogram_quantile, whose results Prometheus takes from a Go map: each time in another order.
    """
    if answer["status"] == "error":
        return ("error", answer["errorType"])
    data = answer["data"]
    if data["resultType"] in ("scalar", "string"):
        return (data["resultType"], str(data["result"]))
    values = "value" if data["resultType"] == "vector" else "values"
    rows = [(sorted(one["metric"].items()), str(one[values])) for one in data["result"]]
    return (data["resultType"], sorted(rows) if "histogram_quantile" in case.query else rows)


def nearly(mine, theirs, share):
    """Whether two vectors or scalars differ in nothing but numbers, and in those by at most that share."""
    if kind_of(mine) != kind_of(theirs) or kind_of(mine) not in ("vector", "scalar"):
        return False
    sides = []
    for answer in (mine, theirs):
        result = answer["data"]["result"]
        rows = [({}, result)] if kind_of(answer) == "scalar" else [(one["metric"], one["value"]) for one in result]
        sides.append({tuple(sorted(labels.items())): float(value[1]) for labels, value in rows})
    ours, others = sides
    return ours.keys() == others.keys() and all(
        repr(one) == repr(other) or abs(one - other) <= share * max(abs(one), abs(other))
        for one, other in ((ours[key], others[key]) for key in ours))


FRACTIONAL_EXPONENT = re.compile(r"\^(?!\s*[-+]?(?:[0-9]+|0?\.5)(?![\w.]))")

# (what, whether a case is one): differences that are meant to be. Nothing else may differ.
LISTED = [
    # The evaluator knows what release gates use. It refuses the rest by name, and never guesses.
    ("not understood by us, so refused",
     lambda case, mine, theirs: case.words == {"not understood"} and kind_of(mine) == "bad_data"),
    # Go's exp and log are its own, and its exp rounds otherwise on a processor with FMA: Prometheus' own last digit
    # depends on the machine. Whole exponents, 0.5 and -0.5 must be the same.
    ("a power with a fractional exponent, in the last digits",
     lambda case, mine, theirs: FRACTIONAL_EXPONENT.search(case.query) and nearly(mine, theirs, 1e-12)),
    # Go's log takes a subnormal base for a normal one on amd64: to Prometheus ln(1e-320) is -709, not -737.
    ("a power of a subnormal number with a fractional exponent",
     lambda case, mine, theirs: FRACTIONAL_EXPONENT.search(case.query) and "1e-320" in case.query and
     nearly(mine, theirs, math.inf)),
    # It is added in the order of that map.
    ("a sum over histogram_quantile, in the last digits",
     lambda case, mine, theirs: {"histogram_quantile"} < case.words & {"histogram_quantile", "sum", "avg"} and
     nearly(mine, theirs, 1e-12)),
]


def ours_of(cases, **file):
    """Our answers, by the evaluator that `sluicectl evaluate` and the range use."""
    file["cases"] = [{"query": case.query, "at": case.at} for case in cases]
    with tempfile.NamedTemporaryFile("w", suffix=".json") as out:
        json.dump(file, out)
        out.flush()
        ran = subprocess.run([BIN / "promql_answers", out.name], check=False, capture_output=True, timeout=120)
    assert ran.returncode == 0, ran.stderr.decode()
    lines = ran.stdout.splitlines()
    assert len(lines) == len(cases)
    return lines


class AgainstPrometheus(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        print(f"\nSLUICE_SEED={SEED} SLUICE_CASES={CASES}", flush=True)

    def started(self, *arguments):
        server = Prometheus(*arguments)
        self.addCleanup(server.stop)
        return server

    def compare(self, server, cases, series_of, **file):
        begin = time.monotonic()
        ours = ours_of(cases, **file)
        middle = time.monotonic()
        drawn, filled, listed, different = (collections.Counter() for _ in range(4))
        shown = []
        for case, our_body in zip(cases, ours):
            their_body = server.query(case.query, rfc3339(case.at))
            mine, theirs = parsed(our_body), parsed(their_body)
            drawn.update(case.words)
            empty = theirs["status"] == "success" and not theirs["data"]["result"]
            filled[kind_of(theirs) + (" (empty)" if empty else "")] += 1
            if comparable(case, mine) == comparable(case, theirs):
                continue
            reason = next((name for name, is_it in LISTED if is_it(case, mine, theirs)), None)
            if reason:
                listed[reason] += 1
                continue
            different.update(case.words)
            different["cases"] += 1
            shown.append((case, our_body, their_body))
        print(f"{len(cases)} cases; ours {middle - begin:.1f} s, theirs {time.monotonic() - middle:.1f} s\n"
              f"drawn: {dict(drawn.most_common())}\ntheir answers: {dict(filled.most_common())}\n"
              f"listed differences: {dict(listed.most_common())}", flush=True)
        self.assertGreater(filled["vector"], len(cases) / 6, "too few cases find anything")
        if different:
            for case, our_body, their_body in sorted(shown, key=lambda one: len(one[0].query))[:SHOWN]:
                print(f"\nquery:  {case.query}\nat:     {case.at} ({rfc3339(case.at)})\nours:   {our_body.decode()}\n"
                      f"theirs: {their_body.decode()}\nseries:")
                for labels, points in series_of(case):
                    print(f"  {labels} {points}")
            self.fail(f"{different['cases']} answers differ: {dict(different.most_common())}; SLUICE_SEED={SEED}")

    def test_random_expressions_over_random_series(self):
        worlds, cases = promql_cases.draw(random.Random(SEED), CASES)
        server = self.started()
        for world in worlds:
            server.write(world.series)

        def near(case):
            """The series that the query names, around the instant."""
            names = set(re.findall(r"w\d+_\w+", case.query))
            return [(labels, [point for point in points if case.at - 4_000_000 <= point[0] <= case.at + 600_000])
                    for labels, points in worlds[case.world].series
                    if labels["__name__"] in names or "__name__" in case.query]

        text = [{"labels": labels, "points": [(at, value if value == "stale" else repr(value)) for at, value in points]}
                for world in worlds for labels, points in world.series]
        self.compare(server, cases, near, series=text)

    def test_what_is_scraped_is_kept_as_prometheus_keeps_it(self):
        rng = random.Random(SEED)
        shop = scraped_shop.Shop(random.Random(SEED + 1))
        self.addCleanup(shop.stop)
        server = self.started(scraped_shop.config(shop.port))
        ups = []

        def enough():
            ups[:] = []
            for one in parsed(server.query("up[10m]", rfc3339(int(time.time() * 1000))))["data"]["result"]:
                ups.extend((round(float(at) * 1000), value) for at, value in one["values"])
            return len(ups) >= SCRAPES

        wait_until(enough, "Prometheus has scraped")
        scrapes = [(at, text) for (at, _), text in zip(ups, shop.said)][:SCRAPES]
        first, last = scrapes[0][0], scrapes[-1][0]
        world = promql_cases.Scraped(scraped_shop.PREFIX, promql_cases.VALUES)
        cases = []
        while len(cases) < CASES // 10:
            drawing = promql_cases.Drawing(rng, world)
            query = drawing.expression()
            if rng.random() < 0.1:
                query = rng.choice(["up", "up[1m]", "sum(up)", "rate(up[5s])", "timestamp(up)"])
            at = rng.choice(scrapes)[0] + rng.choice([0, 1, -1, rng.randrange(1000)])
            if not re.search("offset\\s*-", query, re.IGNORECASE):  # what comes after the last scrape is not ours
                cases.append(promql_cases.Case(None, query, min(at, last + 500), frozenset(drawing.words)))
        told = "".join(value if text is not None else "-" for (_, value), (_, text) in zip(ups, scrapes))
        print(f"{len(scrapes)} scrapes in {(last - first) / 1000} s: {told} (up; - for another status than 200)")
        self.compare(server, cases, lambda _: scrapes, series=[], target=scraped_shop.LABELS, scrapes=scrapes)


if __name__ == "__main__":
    unittest.main()
