"""`sluicectl preflight` and `sluice --war-room` as somebody types them."""
import http.server
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "crash"))
from outside import BIN, Home, wait_until  # noqa: E402

DONE, BAD_INPUT, UNREACHABLE = 0, 2, 3
TUESDAY, MONDAY = "2026-01-06T02:00:00Z", "2026-01-05T02:00:00Z"


class Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.heard.append((self.path, self.headers["X-Token"]))
        body = json.dumps({"status": "success", "data": {"resultType": "scalar", "result": [1, "1"]}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def closed_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Preflight(unittest.TestCase):
    def setUp(self):
        self.home = Home()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self.server.heard = []
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def tearDown(self):
        self.server.shutdown()
        self.server.server_close()
        self.home.remove()

    def preflight(self, *words, shop=None, prom=None, planned="1h"):
        plan = {
            "sluice": 1, "id": "shop", "variables": {"version": {"type": "semver", "ask": True}},
            "calendar": {"allow": [{"days": ["tue"], "from": "02:00", "to": "04:00", "zone": "UTC"}]},
            "connections": {
                "shop": {"http": {"url": shop or self.url, "headers": {"X-Token": "env:APP_TOKEN"}}},
                "prom": {"prometheus": {"url": prom or self.url}},
            },
            "phases": [{"id": "all", "window": True, "planned": planned, "steps": [
                {"id": "look", "title": "Look at ${version}", "probe": {"http": "/health"}, "on": "shop",
                 "expect": {"status": 200}}]}],
        }
        (self.home.folder / "plan.yaml").write_text(json.dumps(plan))
        return self.home.call("preflight", "plan.yaml", *words)

    def test_nothing_stands_in_the_way(self):
        code, said = self.preflight("--set", "version=v1.2.3", "--at", TUESDAY)
        self.assertEqual(code, DONE, said)
        self.assertIn("✓ connection shop", said)
        self.assertIn("✓ connection prom", said)
        self.assertIn("✓ window: open", said)
        self.assertIn(("/", self.home.environment["APP_TOKEN"]), self.server.heard)
        self.assertNotIn(self.home.environment["APP_TOKEN"], said)

    def test_each_thing_in_the_way_has_its_remedy(self):
        code, said = self.preflight("--at", MONDAY, prom=f"http://127.0.0.1:{closed_port()}")
        self.assertEqual(code, UNREACHABLE, said)
        lines = said.splitlines()
        for wrong in ["✕ variable version", "✕ window", "✕ connection prom"]:
            at = next((i for i, line in enumerate(lines) if line.startswith(wrong)), None)
            self.assertIsNotNone(at, wrong + " in " + said)
            self.assertTrue(lines[at + 1].startswith("    "), said)
        self.assertIn("2026-01-06T02:00:00", said)  # when it opens
        self.assertIn("✓ connection shop", said)
        self.assertIn("3 things stand in the way", said)

    def test_a_phase_that_fits_no_window_is_told_with_its_place(self):
        code, said = self.preflight("--set", "version=v1.2.3", "--at", TUESDAY, planned="3h")
        self.assertEqual(code, UNREACHABLE, said)
        told = [line for line in said.splitlines() if line.startswith("✕ window")]
        self.assertEqual(len(told), 1, said)
        self.assertRegex(told[0], r"plan\.yaml:1:\d+: the phase 'all' would wait for ever: 3h is planned in it, and the "
                                  r"longest window within 400 days is 2h$")

    def test_a_secret_that_is_not_there_is_named_and_not_asked_with(self):
        del self.home.environment["APP_TOKEN"]
        code, said = self.preflight("--set", "version=v1.2.3", "--at", TUESDAY)
        self.assertEqual(code, UNREACHABLE, said)
        self.assertIn("env:APP_TOKEN", said)
        self.assertNotIn("/", [path for path, _ in self.server.heard])

    def test_the_policy_says_who_may_and_what_it_asks(self):
        policy = self.home.folder / "rules.yaml"
        policy.write_text(json.dumps({
            "policy": 1, "people": {"lena": {"roles": ["sre"]}, "ada": {"roles": ["owner"]}}, "lead": ["sre"],
            "rules": [{"environment": "", "roles": ["owner"]}]}))
        words = ("--set", "version=v1.2.3", "--at", TUESDAY, "--policy", policy)
        code, said = self.preflight(*words, "--operator", "lena")
        self.assertEqual(code, DONE, said)
        self.assertIn("✓ people: lena may lead as sre", said)
        code, said = self.preflight(*words, "--operator", "ada")
        self.assertEqual(code, UNREACHABLE, said)
        self.assertIn("✕ people: ada: ada may not lead this session", said)
        code, said = self.preflight(*words, "--operator", "engine")
        self.assertEqual(code, UNREACHABLE, said)
        self.assertIn("another name for the person", said)
        policy.write_text("policy: 1\nnonsense: 1\n")
        code, said = self.preflight(*words, "--operator", "lena")
        self.assertEqual(code, UNREACHABLE, said)
        self.assertIn("rules.yaml:2", said)

    def test_bad_input_is_told_apart(self):
        self.assertEqual(self.home.call("preflight", "no-such-plan.yaml")[0], BAD_INPUT)
        code, said = self.preflight("--at", "tomorrow")
        self.assertEqual(code, BAD_INPUT, said)
        self.assertIn("2026-01-06T02:00:00Z", said)


class WarRoom(unittest.TestCase):
    def setUp(self):
        self.home = Home()
        self.home.environment["QT_QPA_PLATFORM"] = "offscreen"

    def tearDown(self):
        self.home.remove()

    def sluice(self, *words):
        ran = subprocess.run([str(BIN / "sluice"), *map(str, words)], cwd=self.home.folder, env=self.home.environment,
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                             timeout=60, check=False)
        return ran.returncode, ran.stdout

    def test_what_can_not_be_shown_is_refused_in_words(self):
        for words, code, told in [
                (["desk.example.com:7700"], BAD_INPUT, "over the network"),
                (["https://desk.example.com/s"], BAD_INPUT, "over the network"),
                (["no-such.sluice"], BAD_INPUT, "no such session"),
        ]:
            with self.subTest(words):
                self.assertEqual(self.sluice("--war-room", *words)[0], code)
                self.assertIn(told, self.sluice("--war-room", *words)[1])
        (self.home.folder / "text.sluice").write_text("no session")
        code, said = self.sluice("--war-room", "text.sluice")
        self.assertEqual(code, BAD_INPUT, said)
        code, said = self.sluice("--war-room", "text.sluice", "--screen", "9")
        self.assertEqual(code, BAD_INPUT, said)
        self.assertIn("there are: 1 (", said)
        self.assertEqual(self.sluice("--screen", "1")[0], BAD_INPUT)

    def test_a_picture_of_what_is_not_there_is_refused_in_words(self):
        (self.home.folder / "asks.yaml").write_text(
            'sluice: 1\nid: asks\nvariables: {version: {type: semver, default: v1.2.3}}\n'
            'phases: [{id: all, steps: [{id: go, confirm: "Go on with ${version}"}]}]\n')
        session = self.home.session
        self.assertEqual(self.home.call("rehearse", "asks.yaml", "--assume-yes", "--session", session)[0], DONE)
        for words, told in [
                (["--snapshot", "a.png", "--view", "plan", session], "this is a session, no plan"),
                (["--snapshot", "a.png", "--view", "plan", "nowhere.yaml"], "there is no such plan"),
                (["--snapshot", "a.png", "asks.yaml"], "not a session file"),
                (["--snapshot", "a.png", "--at", "T+09:00:00", session], "does not hold that moment"),
                (["--snapshot", "a.png", "--step", "nowhere", session], "the plan has no such step"),
                (["--snapshot", "a.png", "--chart", "nothing/blue", session], "the session has no such metric"),
                (["--snapshot", "a.png", "--view", "lag", "--chart", "lag", session], "this picture has no charts"),
                (["--chart", "lag"], "of which session?"),
                (["--war-room", session, "--chart", "nothing/blue"], "the session has no such metric"),
                (["--rehearse", session], "error"),
                (["--rehearse", "asks.yaml", "--set", "version=new"], "version"),
                (["--rehearse", "asks.yaml", "--fault", "rubbish"], "--fault"),
                (["--rehearse", "asks.yaml", "--fault", "step:nowhere errors 5%"], "no step 'nowhere'"),
                (["--rehearse", "asks.yaml", "--session", session], "there is a file of that name"),
        ]:
            with self.subTest(words):
                code, said = self.sluice(*words)
                self.assertEqual(code, BAD_INPUT, said)
                self.assertIn(told, said)
                self.assertFalse((self.home.folder / "a.png").exists())
        code, said = self.sluice("--snapshot", "a.png", "--step", "go", "--text", session)
        self.assertIn("Go on with v1.2.3", said)
        self.assertEqual((code, (self.home.folder / "a.png").exists()), (DONE, True), said)
        self.assertNotIn("propagateSizeHints", said)

    def test_a_picture_of_the_past_is_a_replay_unless_the_cockpit_of_then_is_asked_for(self):
        (self.home.folder / "asks.yaml").write_text(
            'sluice: 1\nid: asks\nphases: [{id: all, steps: [{id: go, confirm: "Go on"}]}]\n')
        session = self.home.session
        self.assertEqual(self.home.call("rehearse", "asks.yaml", "--assume-yes", "--session", session)[0], DONE)
        acts = "button: Confirm"
        for words, replay in [(["--at", "T+00:00:02"], True), ([], True), (["--view", "replay"], True),
                              (["--at", "T+00:00:02", "--view", "cockpit"], False)]:
            with self.subTest(words):
                code, said = self.sluice("--snapshot", "-", "--text", *words, session)
                self.assertEqual(code, DONE, said)
                self.assertEqual(["REPLAY" in said, acts in said], [replay, not replay], said)

    def test_one_of_two_screens_is_chosen_by_its_name(self):
        screen = {"y": 0, "width": 1280, "height": 800, "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
        (self.home.folder / "screens.json").write_text(
            json.dumps({"screens": [{"name": "eDP-1", "x": 0, **screen}, {"name": "HDMI-1", "x": 1280, **screen}]}))
        self.home.environment["QT_QPA_PLATFORM"] = f"offscreen:configfile={self.home.folder}/screens.json"
        self.session()
        code, said = self.sluice("--war-room", self.home.session, "--screen", "DP-9")
        self.assertEqual(code, BAD_INPUT, said)
        self.assertIn("(HDMI-1)", said)
        self.assertIn("(eDP-1)", said)
        wall = self.home.begin("--war-room", self.home.session, "--screen", "hdmi-1", binary=BIN / "sluice")
        with self.assertRaises(subprocess.TimeoutExpired):
            wall.wait(2)
        wall.kill()
        wall.wait()

    def session(self):
        """One that is over."""
        plan = {"sluice": 1, "id": "over", "phases": [{"id": "all", "steps": [{"id": "do", "run": ["true"]}]}]}
        (self.home.folder / "over.yaml").write_text(json.dumps(plan))
        self.assertEqual(self.home.call("run", "over.yaml", "--session", self.home.session)[0], DONE)

    def test_it_follows_a_run_of_another_program_and_leaves_it_alone(self):
        plan = {"sluice": 1, "id": "wall", "phases": [{"id": "all", "steps": [{"id": "ask", "confirm": "Go on"}]}]}
        (self.home.folder / "plan.yaml").write_text(json.dumps(plan))
        owner = self.home.begin("run", "plan.yaml", "--session", self.home.session, "--no-input")
        wait_until(self.home.readable, "it runs")
        wall = self.home.begin("--war-room", self.home.session, binary=BIN / "sluice")
        with self.assertRaises(subprocess.TimeoutExpired):
            wall.wait(2)
        os.kill(wall.pid, signal.SIGTERM)
        wall.wait(60)
        code, said = self.home.call("do", self.home.session, "confirm", "ask")
        self.assertEqual(code, DONE, said)
        self.assertEqual(owner.wait(60), DONE, self.home.said())
        self.assertEqual(self.home.left_over(), [])


if __name__ == "__main__":
    unittest.main()
