"""Random series and PromQL expressions over them, for prometheus_test.py: all that our evaluator understands."""
import collections
import math
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from promql_syntax import REFUSED, SYNTAX  # noqa: E402

START = 1_767_225_600_000  # milliseconds; all points lie within 55 minutes, which the head of a new Prometheus takes
SPAN = 55 * 60_000
STALE = "stale"

Series = collections.namedtuple("Series", "labels points")  # points: [(milliseconds, number or STALE)]
Case = collections.namedtuple("Case", "world query at words")  # words: what was drawn for it


class World:
    """Some counters, gauges and histograms whose names begin with the world's own prefix."""

    def __init__(self, rng, number):
        self.rng = rng
        self.number = number
        self.prefix = f"w{number}_"
        self.step = rng.choice([5_000, 10_000, 15_000, 15_000, 30_000, 60_000])
        self.series = []
        versions = rng.sample(["v1", "v2", "v2.1", "vé", ""], rng.randint(1, 3))
        pods = rng.sample(["a", "b", "c", "d-1"], rng.randint(1, 3))
        self.buckets(versions)
        for version in versions:
            for pod in pods:
                self.add("requests_total", self.counter(), version=version, pod=pod, code="200")
                if rng.random() < 0.5:
                    self.add("requests_total", self.counter(), version=version, pod=pod, code="500")
                if rng.random() < 0.6:
                    self.add("errors_total", self.counter(), version=version, pod=pod)
        for host in rng.sample(["h1", "h2", "h 3", 'h"4\\', "日本"], rng.randint(1, 4)):
            self.add("temp", self.gauge(), host=host, version=rng.choice(versions))
        self.add("one", [(self.moment(), self.odd_value())])
        rng.shuffle(self.series)
        self.values = {label: sorted({one.labels[label] for one in self.series if label in one.labels}) or values
                       for label, values in VALUES.items()}

    def add(self, name, points, **labels):
        kept = {key: value for key, value in labels.items() if value}
        if points:
            self.series.append(Series({"__name__": self.prefix + name, **kept}, points))

    def moment(self):
        return START + self.rng.randrange(SPAN)

    def times(self):
        """Of the polls: a regular step, now and then late, with a beginning, an end and gaps."""
        rng = self.rng
        late = rng.random() < 0.4
        at = START + rng.randrange(self.step)
        end = START + SPAN
        if rng.random() < 0.3:
            at += rng.randrange(SPAN // 2)
        if rng.random() < 0.3:
            end -= rng.randrange(SPAN // 2)
        gaps = [(begin, begin + rng.randrange(12) * self.step) for begin in (self.moment(), self.moment())]
        found, marks = [], []
        while at < end:
            inside = any(begin <= at < until for begin, until in gaps)
            if not inside:
                found.append(at + (rng.randrange(self.step // 2) if late else 0))
            elif found and found[-1] not in marks and rng.random() < 0.3:
                marks.append(at)
                found.append(at)
            at += self.step
        if found and rng.random() < 0.2:
            marks.append(end + self.step)
            found.append(end + self.step)
        return found, set(marks)

    def odd_value(self):
        rng = self.rng
        return rng.choice([0.0, -0.0, math.nan, math.inf, -math.inf, 1e300, -1e300, 1e-300, 1e-7, 2.0 ** 53, 1e21,
                           rng.uniform(-100, 100), rng.uniform(-1e-6, 1e-6), float(rng.randrange(1000))])

    def points(self, value):
        times, marks = self.times()
        return [(at, STALE if at in marks else value()) for at in times]

    def gauge(self):
        rng = self.rng
        odd = rng.choice([0, 0, 0.02, 0.3])
        middle = rng.choice([0, 1, 50, 1e9])
        return self.points(lambda: self.odd_value() if rng.random() < odd else rng.gauss(middle, 3))

    def counter(self, grow=None):
        rng = self.rng
        if rng.random() < 0.1:
            return self.gauge()  # rate() takes what it gets
        resets = rng.choice([0, 0, 0.03, 0.2])
        odd = rng.choice([0, 0, 0, 0.01])
        whole = rng.random() < 0.6
        size = rng.choice([1, 30, 1000, 1e12])
        now = rng.choice([0, 0, rng.uniform(0, 1e6), float(rng.randrange(100))])

        def next_value():
            nonlocal now
            if rng.random() < odd:
                return self.odd_value()
            now = 0.0 if rng.random() < resets else now + (grow or size) * rng.random()
            if rng.random() < 0.05 * resets:
                now = rng.uniform(0, now)
            return float(math.floor(now)) if whole else now
        return self.points(next_value)

    def buckets(self, versions):
        rng = self.rng
        for version in versions:
            bounds = rng.choice([["0.1", "0.5", "1", "+Inf"], ["0.005", "0.01", "0.025", "0.05", "0.1", "1e1", "+Inf"],
                                 ["-1", "0", "1", "+Inf"], ["1", "1.0", "2", "+Inf"], ["1", "2"], ["+Inf"],
                                 ["0", "5", "Inf"], ["0.25", "fast", "", "1e400", "+Inf"]])
            alike = rng.random() < 0.7  # all scraped together, each holds those below it
            times, marks = self.times()
            total = [[0.0] * len(bounds) for _ in times]
            running = [0.0] * len(bounds)
            for row in total:
                more = 0.0
                for i in range(len(bounds)):
                    more += float(rng.randrange(8))
                    running[i] += more
                    row[i] = running[i]
                if rng.random() < 0.02:
                    running = [0.0] * len(bounds)
            for i, bound in enumerate(bounds):
                if alike:
                    points = [(at, STALE if at in marks else row[i]) for at, row in zip(times, total)]
                else:
                    points = self.counter(float(i + 1))
                self.add("lat_bucket", points, version=version, le=bound)
                if rng.random() < 0.1:
                    self.add("wait_bucket", points, version=version, le=bound)


SUFFIXES = ["requests_total", "errors_total", "temp", "lat_bucket", "wait_bucket", "one"]
LABELS_OF = {"requests_total": ["version", "pod", "code"], "errors_total": ["version", "pod"],
             "temp": ["host", "version"], "lat_bucket": ["version", "version", "le"]}
LABELS = ["version", "pod", "code", "host", "le", "nosuch"]
VALUES = {"version": ["v1", "v2", "v2.1", "vé"], "pod": ["a", "b", "c", "d-1"], "code": ["200", "500"],
          "host": ["h1", "h2", "h 3", 'h"4\\', "日本"], "le": ["0.1", "1", "+Inf"], "nosuch": ["x"]}
PATTERNS = {"version": ["v.", "v[12]", "v1|v2", "v2.*", "v2\\..", ".+", ".*", "", "(?:v1)?", "v\\w", "v[a-ü]", "^v1$",
                        "[[:alpha:]]\\d", "v1{1,2}", "v.*?", "v\\S+", "(v|w)(1|2)", "v[^\\d]", "^v", "1$", "\\bv1"],
            "pod": ["a|b", "[a-c]", ".", "d.+", "d-\\d"], "code": ["2..", "5\\d\\d", "[25]0{2}", "4.."],
            "host": ["h.", "h\\d", "h .", "..", ".*\\\\", "日.", "h[^1]"], "le": ["0\\..+", "\\+Inf|1", "[0-9.]+"],
            "nosuch": ["x|", ".*", ".+", "|y"]}
RANGES = ["1500ms", "7s", "30s", "1m", "90s", "2m30s", "2m30s", *["5m"] * 4, *["10m"] * 3, "20m", "20m", "1h"]
NUMBERS = ["0", "1", "2", "-1", "0.5", ".25", "3.", "1e3", "1E-7", "2.5e+10", "0x1F", "010", "089", "100", "1e21",
           "Inf", "-Inf", "NaN", "+3", "inf", "9007199254740993", "1e-320", "1e308", "0.1", "60"]
SHARES = ["0.5", "0.9", "0.95", "0.99", "0", "1", "-0.1", "1.1", "NaN", "0.3333333333333333", "1e-9"]
ARITHMETIC = ["+", "-", "*", "/", "%", "^"]
COMPARISONS = ["==", "!=", "<", "<=", ">", ">="]
Scraped = collections.namedtuple("Scraped", "prefix values")  # as much of a World as an expression needs


def quoted(text, rng):
    if "`" not in text and rng.random() < 0.2:
        return f"`{text}`"
    mark = rng.choice("\"\"'")
    return mark + text.replace("\\", "\\\\").replace(mark, "\\" + mark) + mark


class Drawing:
    """Draws one expression over one world; `words` gathers what is in it."""

    def __init__(self, rng, world):
        self.rng = rng
        self.world = world
        self.words = set()

    def chance(self, share):
        return self.rng.random() < share

    def word(self, *choices):
        chosen = self.rng.choice(choices)
        self.words.add(chosen)
        return chosen

    def keyword(self, text):
        return text.upper() if self.chance(0.05) else text

    def labels(self):
        names = [self.rng.choice(LABELS[:5] + ["version", "pod", "__name__", "nosuch"]) for _ in
                 range(self.rng.randint(0, 3))]
        return "(" + ", ".join(names) + (", " if names and self.chance(0.05) else "") + ")"

    def matcher(self, suffix):
        label = self.rng.choice(LABELS if self.chance(0.15) else LABELS_OF.get(suffix, LABELS))
        kind = self.word("=", "!=", "=~", "!~")
        if kind in ("=", "!="):
            value = self.rng.choice(self.world.values[label] * 2 + ["", "nothing"])
        else:
            value = self.rng.choice(PATTERNS[label])
        return f"{label}{kind}{quoted(value, self.rng)}"

    def selector(self, suffix=None):
        rng = self.rng
        suffix = suffix or rng.choice(SUFFIXES * 2 + ["requests_total", "lat_bucket", "temp"] * 4 + ["nosuch"])
        name = self.world.prefix + suffix
        matchers = [self.matcher(suffix) for _ in range(rng.choice([0, 0, 0, 0, 0, 1, 1, 2]))]
        if self.chance(0.08):
            self.words.add("selector by __name__")
            kind, value = rng.choice([("=", name), ("=~", name), ("=~", f"{self.world.prefix}(requests|errors)_total"),
                                      ("=~", f"{self.world.prefix}.*")])
            matchers.insert(rng.randint(0, len(matchers)), f"__name__{kind}{quoted(value, rng)}")
            name = ""
        inner = ",".join(matchers) + ("," if matchers and self.chance(0.1) else "")
        return name + ("{" + inner + "}" if inner or not name or self.chance(0.05) else "")

    def offset(self):
        if not self.chance(0.12):
            return ""
        self.words.add("offset")
        return f" {self.keyword('offset')} {self.rng.choice(['30s', '1m', '5m', '7500ms', '-20s', '-3m', '10m'])}"

    def matrix(self, suffix=None):
        suffix = suffix or self.rng.choice(["requests_total"] * 8 + ["lat_bucket"] * 2 + SUFFIXES)
        blank = " " if self.chance(0.05) else ""
        text = f"{self.selector(suffix)}[{blank}{self.rng.choice(RANGES)}{blank}]{self.offset()}"
        return f"({text})" if self.chance(0.03) else text

    def rate(self, suffix=None):
        return f"{self.word('rate', 'rate', 'increase')}({self.matrix(suffix)})"

    def aggregate(self, of):
        kind = self.keyword(self.word("sum", "sum", "avg", "min", "max", "count"))
        grouping = ""
        if self.chance(0.75):
            grouping = f"{self.keyword(self.word('by', 'by', 'without'))} {self.labels()}"
        return f"{kind} {grouping} ({of})" if self.chance(0.5) else f"{kind}({of}) {grouping}"

    def quantile(self, depth):
        self.words.add("histogram_quantile")
        rng = self.rng
        share = rng.choice(SHARES) if self.chance(0.9) else self.scalar(depth - 1)
        base = self.rate("lat_bucket") if self.chance(0.6) else self.selector("lat_bucket") + self.offset()
        if self.chance(0.5):
            base = f"sum by ({rng.choice(['le', 'le, version', 'version, le', 'le, pod', 'version'])}) ({base})"
            self.words |= {"sum", "by"}
        elif self.chance(0.1):
            base = self.vector(depth - 1)
        elif self.chance(0.1):
            base = f"{{__name__=~'{self.world.prefix}.*_bucket'}}"
        return f"histogram_quantile({share}, {base})"

    def scalar(self, depth):
        pick = self.rng.random()
        if depth <= 0 or pick < 0.5:
            return self.rng.choice(NUMBERS)
        if pick < 0.6:
            self.words.add("time")
            return "time()"
        if pick < 0.75:
            self.words.add("scalar")
            return f"scalar({self.vector(depth - 1)})"
        if pick < 0.8:
            return f"-{self.scalar(depth - 1)}" if self.chance(0.5) else f"-({self.scalar(depth - 1)})"
        if pick < 0.85:
            return f"({self.scalar(depth - 1)})"
        left, right = self.scalar(depth - 1), self.scalar(depth - 1)
        if self.chance(0.25):
            self.words.add("bool")
            return f"({left} {self.word(*COMPARISONS)} bool {right})"
        return f"{left} {self.word(*ARITHMETIC)} {right}"

    def matching(self):
        if self.chance(0.4):
            return ""
        return f"{self.keyword(self.word('on', 'on', 'ignoring'))} {self.labels()} "

    def paired(self, depth):
        """Two vectors that have a chance to match."""
        pick = self.rng.random()
        if pick < 0.4:
            return self.selector("errors_total"), "on (version, pod) ", self.selector("requests_total")
        if pick < 0.6:
            same = self.rng.choice(["version", "version, pod", "host", "code"])
            other = self.vector(depth - 1)
            return f"sum by ({same}) ({self.rate()})", self.matching(), f"sum by ({same}) ({other})"
        if pick < 0.75:
            one = self.selector()
            return one, "", one
        return self.vector(depth - 1), self.matching(), self.vector(depth - 1)

    def binary(self, depth):
        pick = self.rng.random()
        if pick < 0.45:
            sides = [self.vector(depth - 1), self.scalar(depth - 1)]
            self.rng.shuffle(sides)
            left, right = sides
            match = ""
        else:
            left, match, right = self.paired(depth)
            self.words |= {word for word in ("on", "ignoring") if match.lower().startswith(word)}
        if pick > 0.75:
            op = self.keyword(self.word("and", "or", "unless"))
        elif self.chance(0.5):
            op = self.word(*ARITHMETIC)
        else:
            op = self.word(*COMPARISONS)
            if self.chance(0.4):
                self.words.add("bool")
                op += " " + self.keyword("bool")
        text = f"{left} {op} {match}{right}"
        return f"({text})" if self.chance(0.5) else text

    def vector(self, depth):
        rng = self.rng
        if depth <= 0:
            return self.rate() if self.chance(0.3) else self.selector() + self.offset()
        pick = rng.random()
        if pick < 0.12:
            return self.selector() + self.offset()
        if pick < 0.27:
            return self.rate()
        if pick < 0.45:
            return self.aggregate(self.vector(depth - 1))
        if pick < 0.57:
            return self.quantile(depth)
        if pick < 0.64:
            self.words.add("timestamp")
            return f"timestamp({self.vector(depth - 1 if self.chance(0.4) else 0)})"
        if pick < 0.67:
            self.words.add("vector")
            return f"vector({self.scalar(depth - 1)})"
        if pick < 0.70:
            self.words.add("abs")
            return f"abs({self.vector(depth - 1)})"
        if pick < 0.74:
            self.words.add("absent")
            return f"absent({self.selector() if self.chance(0.7) else self.vector(depth - 1)})"
        if pick < 0.77:
            self.words.add("-")
            return f"-{self.vector(depth - 1)}"
        if pick < 0.80:
            return f"({self.vector(depth - 1)})"
        return self.binary(depth)

    def broken(self):
        """One token of a good expression taken out, doubled or swapped with the next."""
        self.words = {"one token off"}
        tokens = re.findall(r"\s+|\"(?:\\.|[^\"])*\"|'(?:\\.|[^'])*'|`[^`]*`|[\w:.]+|[=!<>]=|[=!]~|.",
                            self.vector(self.rng.randint(0, 2)))
        self.words = {"one token off"}
        at = self.rng.randrange(len(tokens))
        pick = self.rng.random()
        if pick < 0.5:
            del tokens[at]
        elif pick < 0.75:
            tokens.insert(at, tokens[at])
        else:
            tokens.insert(at, tokens.pop(self.rng.randrange(len(tokens))))
        return "".join(tokens)

    def refused(self):
        self.words = {"not understood"}
        shape = self.rng.choice(REFUSED)
        text = self.filled(shape)
        self.words = {"not understood"}
        return text

    def filled(self, shape):
        made = {"v": self.vector(1), "w": self.vector(0), "s": self.world.prefix + "requests_total"}
        return re.sub(r"\{([vws])\}", lambda found: made[found[1]], shape)

    def syntax(self):
        text = self.filled(self.rng.choice(SYNTAX))
        self.words = {"syntax"}
        return text

    def expression(self):
        pick = self.rng.random()
        if pick < 0.04:
            return self.broken()
        if pick < 0.05:
            return self.refused()
        if pick < 0.10:
            return self.syntax()
        if pick < 0.13:
            self.words.add("range vector")
            return self.matrix()
        if pick < 0.17:
            return self.scalar(3)
        text = self.vector(self.rng.choice([0, 1, 2, 2, 3, 3]))
        return text + " # said twice" if self.chance(0.02) else text


def instant(rng, world):
    """Any millisecond, or one at which a point is just in or just out of some range."""
    if rng.random() < 0.3:
        return world.moment()
    at = rng.choice(rng.choice(world.series).points)[0]
    if rng.random() < 0.5:
        at += rng.choice([0, 0, 300_000, 60_000, 600_000, 30_000, 7_000])
    return at + rng.choice([0, 0, 0, 1, -1, rng.randrange(20_000)])


def draw(rng, count, per_world=100):
    """Worlds, and that many cases over them."""
    worlds, cases = [], []
    while len(cases) < count:
        world = World(rng, len(worlds))
        worlds.append(world)
        for _ in range(min(per_world, count - len(cases))):
            drawing = Drawing(rng, world)
            query = drawing.expression()
            cases.append(Case(world.number, query, instant(rng, world), frozenset(drawing.words)))
    return worlds, cases
