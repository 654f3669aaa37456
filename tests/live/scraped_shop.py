"""A program that Prometheus scrapes, for prometheus_test.py: what it exposes comes, goes, restarts and breaks."""
import http.server
import threading
import time

PREFIX = "shop_"
LABELS = {"job": "shop", "instance": "one", "zone": "z1"}  # what the scraper adds; the shop has a zone of its own, too


def config(port):
    return ("global: {scrape_interval: 1s, scrape_timeout: 900ms}\n"
            "scrape_configs: [{job_name: shop, static_configs: "
            f"[{{targets: ['127.0.0.1:{port}'], labels: {{instance: one, zone: z1}}}}]}}]\n")


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


class Shop:
    def __init__(self, rng):
        self.rng = rng
        self.counts = {}
        self.said = []  # one for each scrape: the text, or None where it failed by its status
        shop = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                text = shop.exposed() if shop.rng.random() < 0.85 else None
                shop.said.append(text)
                self.send_response(200 if text is not None else 500)
                self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
                self.end_headers()
                self.wfile.write((text or "").encode())

            def log_message(self, *_):
                pass

        self.server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})
        self.thread.start()

    def stop(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def line(self, name, value, labels=(), ago=None):
        """Spelled as the format allows. The last line always ends: we ask for that, Prometheus' scraper does not."""
        rng = self.rng
        blank = rng.choice([" ", " ", "  ", "\t"])
        inner = rng.choice([",", ", "]).join(f"{key}={quoted(text)}" for key, text in labels)
        inner += "," if labels and rng.random() < 0.1 else ""
        at = "" if ago is None else f" {int(time.time() * 1000) - ago}"
        return f"{PREFIX}{name}" + ("{" + inner + "}" if inner or rng.random() < 0.1 else "") + f"{blank}{value}{at}\n"

    def count(self, key, most):
        self.counts[key] = self.counts.get(key, 0) + self.rng.randrange(most)
        return self.counts[key]

    def exposed(self):
        rng = self.rng
        if rng.random() < 0.15:
            self.counts.clear()  # restarted
        out = [f"# HELP {PREFIX}requests_total Requests, by \\\\ and \\n.\n# TYPE {PREFIX}requests_total counter\n"]
        for version in ("v1", "v2", "vé"):
            for pod in ("a", "b", ""):
                if rng.random() < 0.85:
                    labels = [("version", version), ("pod", pod), ("code", "200")]
                    rng.shuffle(labels)
                    out.append(self.line("requests_total", self.count((version, pod), 40), labels))
        out += ["\n", "# a comment\n", f"# TYPE {PREFIX}errors_total counter\n",
                self.line("errors_total", self.count("errors", 3), [("version", "v1"), ("pod", "a"), ("job", "own")]),
                self.line("errors_total", self.count("more", 3), [("version", "v2"), ("pod", "b"), ("zone", "own")]),
                f"# TYPE {PREFIX}temp gauge\n"]
        for host in ("h1", 'h"4\\', "日本", "two\nlines"):
            value = rng.choice(["NaN", "+Inf", "-Inf", "-0", "1e3", "1E-7", ".5", "5.", repr(rng.gauss(20, 5))])
            if rng.random() < 0.85:
                out.append(self.line("temp", value, [("host", host), ("version", "v1")]))
        out.append(self.line("temp", 1, [("host", "late")], ago=rng.randrange(3000)))
        out.append(f"# TYPE {PREFIX}lat histogram\n")
        total = 0
        for bound in ("0.1", "0.5", "1", "+Inf"):
            total += self.count(bound, 9)
            out.append(self.line("lat_bucket", total, [("version", "v1"), ("le", bound)]))
        out += [self.line("lat_sum", total / 3, [("version", "v1")]),
                self.line("lat_count", total, [("version", "v1")])]
        if rng.random() < 0.3:
            out += [self.line("one", 1), self.line("one", 2)]  # said twice: the first stands
        if rng.random() < 0.1:
            # All of it is refused, and all series end. The bad line is the first: Prometheus 2.42 forgets to end the
            # series that it had read before it came to a bad line (its cache has them as seen), and we do not.
            out.insert(0, self.line("one", rng.choice(["", "1 2 3", "one", "0x", "1_0"])))
        return "".join(out)
