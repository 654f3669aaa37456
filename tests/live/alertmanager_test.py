"""Metrics of the kind `alerts`, and a trigger on one, against a real Alertmanager (Debian's, on loopback).

What it reads below /usr/share is shown to it alone, in a mount namespace of its own."""
import datetime
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "crash"))
from debian import unpacked  # noqa: E402
from outside import Home, wait_until  # noqa: E402

DONE, FAILED = 0, 1


SHARED = "usr/share/prometheus/alertmanager"
IN_OWN_SHARE = f'mount -t tmpfs none /usr/share && mkdir -p /{SHARED} && cp -r "$0"/. /{SHARED} && exec "$@"'


def program():
    """The words that start it."""
    folder = unpacked("alertmanager", "usr/bin/prometheus-alertmanager", "prometheus-alertmanager")
    words = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"]), "sh", "-c", IN_OWN_SHARE]
    words.append(str(folder / SHARED))
    if subprocess.run([*words, "true"], check=False, capture_output=True).returncode != 0:
        raise unittest.SkipTest("no Alertmanager: this machine gives no mount namespace")
    return [*words, str(folder / "usr/bin/prometheus-alertmanager")]


class Server:
    def __init__(self):
        command = program()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="sluice-live-alertmanager-"))
        (self.folder / "config.yml").write_text("route: {receiver: nobody}\nreceivers: [{name: nobody}]\n")
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            port = one.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [*command, f"--config.file={self.folder}/config.yml", f"--storage.path={self.folder}/data",
             f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address="],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(self.ready, "Alertmanager is ready")

    def ready(self):
        try:
            with urllib.request.urlopen(self.url + "/-/ready", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def send(self, path, body):
        request = urllib.request.Request(self.url + path, json.dumps(body).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read().decode()

    def fire(self, **labels):
        self.send("/api/v2/alerts", [{"labels": labels}])

    def silence(self, name, value):
        now = datetime.datetime.now(datetime.timezone.utc)
        told = [(now + datetime.timedelta(hours=hours)).isoformat().replace("+00:00", "Z") for hours in (0, 1)]
        self.send("/api/v2/silences", {"matchers": [{"name": name, "value": value, "isRegex": False, "isEqual": True}],
                                       "startsAt": told[0], "endsAt": told[1], "createdBy": "test", "comment": "test"})

    def stop(self):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class Alertmanager(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.stop)
        self.home = Home()
        self.addCleanup(self.home.remove)

    def plan(self, rest):
        (self.home.folder / "plan.yaml").write_text(
            f"sluice: 1\nid: live\nconnections: {{am: {{alertmanager: {{url: '{self.server.url}'}}}}}}\n"
            "arms: {blue: {workload: s/b, service: s/b, match: v1}, green: {workload: s/g, service: s/g, match: v2}}\n"
            "metrics:\n"
            "  paged: {from: am, alerts: {matchers: ['severity=\"page\"', 'team=~\"core|shop\"']}, unit: count, interval: 1s}\n"
            "  by-version: {from: am, alerts: {}, unit: count, by-arm: version, interval: 1s}\n"
            "  all: {derived: '{__name__=\"by-version\",arm=\"blue\"} + {__name__=\"by-version\",arm=\"green\"}', unit: count}\n"
            + rest)

    def counts(self, metric, count):
        """Whether a probe of the metric finds that number."""
        session = self.home.folder / "probe.sluice"
        session.unlink(missing_ok=True)
        self.plan(f"phases: [{{id: one, steps: [{{id: a, probe: {{metric: {metric}, must: '== {count}'}}}}]}}]\n")
        (self.home.folder / "said").unlink(missing_ok=True)
        running = self.home.begin("run", "plan.yaml", "--no-input", "--session", session)
        wait_until(lambda: running.poll() is not None or "a failed: " in self.home.said(), "the probe has looked")
        running.terminate()  # where a person would choose now
        return running.wait(60) == DONE, self.home.said()

    def found(self, metric, count):
        good, said = self.counts(metric, count)
        self.assertTrue(good, said)

    def test_what_fires_is_counted_as_alertmanager_has_it(self):
        self.found("paged", 0)
        self.server.fire(alertname="A", severity="page", team="core", version="v2")
        self.server.fire(alertname="B", severity="ticket", team="core", version="v1")
        self.server.fire(alertname="C", severity="page", team="other")
        self.found("paged", 1)
        self.found("all", 2)
        good, said = self.counts("paged", 2)
        self.assertFalse(good)
        self.assertIn("1, must be == 2", said)
        self.server.fire(alertname="D", severity="page", team="shop")
        self.server.silence("alertname", "A")
        self.found("paged", 1)  # of D; A is silenced
        self.server.stop()
        good, said = self.counts("paged", 1)
        self.assertFalse(good, said)  # who can't be asked has not said that nothing fires

    def test_an_alert_rolls_back(self):
        self.plan("phases: [{id: one, steps: [{id: a, wait: 2m}]}]\nrollback:\n"
                  "  triggers: [{metric: paged, must: '> 0', do: back}]\n"
                  "  options: {back: {steps: [{id: b, run: ['true']}]}}\n")
        running = self.home.begin("run", "plan.yaml", "--no-input", "--session", self.home.session)
        wait_until(self.home.readable, "the session begins")
        self.server.fire(alertname="A", severity="page", team="core")
        self.assertEqual(running.wait(60), FAILED, self.home.said())
        events = self.home.events()
        self.assertEqual(events[-1]["data"]["outcome"], "rolled-back")
        fired = [one["data"] for one in events if one["type"] == "trigger-changed" and one["data"]["state"] == "fired"]
        self.assertEqual([one["trigger"] for one in fired], ["paged"])


if __name__ == "__main__":
    unittest.main()
