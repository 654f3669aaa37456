"""Canary secrets through every path of a run, then a search of all that it left behind.

Paths: headers of actions, probes and connections, environment of programs, Kafka's password, a cluster's environment
values, from the environment, files, Vault (over TLS) and, where the machine has one or its package is at hand, a real keychain.
"""
import base64
import http.server
import json
import os
import pathlib
import resource
import secrets
import shutil
import signal
import socketserver
import ssl
import subprocess
import sys
import threading
import time
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "crash"))
from keyring import Keyring  # noqa: E402
from outside import BIN, Home, Range, kubeconfig, wait_until  # noqa: E402

DONE, FAILED, BAD_INPUT, UNREACHABLE, PERSON = 0, 1, 2, 3, 4
WORLD = pathlib.Path(__file__).resolve().parent.parent / "crash" / "world.yaml"

# Tells what it got in every form, in two parts, and to the standard error; and fails.
TELLS = r"""
import base64, json, os, sys, time, urllib.parse
open("proof", "a").write(json.dumps({name: os.environ[name] for name in sorted(os.environ) if name.startswith("CANARY")}) + "\n")
for name, value in os.environ.items():
    if name.startswith("CANARY"):
        raw = value.encode()
        for form in (value, urllib.parse.quote(value, safe=""), json.dumps(value), json.dumps(json.dumps(value)), raw.hex(), raw.hex().upper(),
                     base64.b64encode(raw).decode(), base64.b64encode(b"u:" + raw).decode(), base64.b64encode(b"x" + raw).decode(),
                     base64.urlsafe_b64encode(raw).decode()):
            print(name, "is", form, flush=True)
            print(name, "is", form, file=sys.stderr, flush=True)
        sys.stdout.write(value[:7]); sys.stdout.flush(); time.sleep(0.2); print(value[7:], flush=True)
if "STAYS" in os.environ:
    open("told", "w").close()
    open("go-on").read()  # a pipe: until somebody has looked
"""


def canary(name):
    """Characters that every encoding changes; printable, since it must fit a header."""
    return f'{name}"/=&+\\{secrets.token_hex(6)}%Zk~'


def forms(value):
    raw = value.encode()
    made = {"raw": raw, "percent-encoded": urllib.parse.quote(value, safe="").encode(),
            "JSON-escaped": json.dumps(value)[1:-1].encode(), "twice JSON-escaped": json.dumps(json.dumps(value)[1:-1])[1:-1].encode(),
            "hex": raw.hex().encode(), "HEX": raw.hex().upper().encode()}
    for before in range(3):
        # What depends on the secret alone.
        text = base64.b64encode(b"x" * before + raw)
        made[f"base64 after {before}"] = text[(before * 8 + 5) // 6:(before + len(raw)) * 8 // 6]
        made[f"base64url after {before}"] = made[f"base64 after {before}"].replace(b"+", b"-").replace(b"/", b"_")
    return made


class Quiet(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reply(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Echo", self.headers.get("X-Canary", self.headers.get("Authorization", "-")))
        self.end_headers()
        self.wfile.write(body)


class Echo(Quiet):
    """Says what it was sent in every form, and fails where it is asked to."""

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        heard = {name: value for name, value in self.headers.items() if name in ("Authorization", "X-Canary", "X-Connection")}
        self.server.heard.append(heard)
        coded = {name + "-coded": base64.b64encode(value.encode()).decode() for name, value in heard.items()}
        self.reply(500 if self.path == "/fails" else 200, json.dumps({"heard": heard, **coded}).encode())

    do_GET = do_POST = answer


class FakeVault(Quiet):
    def do_GET(self):
        if self.headers.get("X-Vault-Token") != self.server.token or self.headers.get("X-Vault-Namespace") != "team":
            self.reply(403, json.dumps({"errors": ["permission denied"]}).encode())
        elif self.path == "/v1/sys/internal/ui/mounts/kv/app":
            self.reply(200, b'{"data": {"path": "kv/", "type": "kv", "options": {"version": "2"}}}')
        elif self.path == "/v1/kv/data/app":
            self.reply(200, json.dumps({"data": {"data": {"password": self.server.secret}, "metadata": {"version": 1}}}).encode())
        else:
            self.reply(404, b'{"errors": []}')


class Kafka(socketserver.BaseRequestHandler):
    """Enough of a broker to be told a password: ApiVersions, SaslHandshake, then what comes is kept and refused."""

    def handle(self):
        self.request.settimeout(20)
        try:
            while True:
                size = int.from_bytes(self.exactly(4), "big")
                message = self.exactly(size)
                key, version = int.from_bytes(message[0:2], "big"), int.from_bytes(message[2:4], "big")
                correlation = message[4:8]
                if key == 18 and version == 0:
                    apis = b"".join(api.to_bytes(2, "big") + b"\0\0" + top.to_bytes(2, "big") for api, top in ((18, 0), (17, 1), (36, 0), (3, 1)))
                    self.send(correlation + b"\0\0" + (4).to_bytes(4, "big") + apis)
                elif key == 18:
                    self.send(correlation + b"\0\x23" + b"\0\0\0\0")  # UNSUPPORTED_VERSION: asks again with 0
                elif key == 17:
                    self.send(correlation + b"\0\0" + b"\0\0\0\1" + b"\0\5PLAIN")
                else:
                    self.server.heard.append(message)
                    return
        except OSError:
            pass

    def exactly(self, size):
        got = b""
        while len(got) < size:
            more = self.request.recv(size - len(got))
            if not more:
                raise OSError("ended")
            got += more
        return got

    def send(self, body):
        self.request.sendall(len(body).to_bytes(4, "big") + body)


def certificate(folder, name):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout",
                    str(folder / f"{name}.key"), "-out", str(folder / f"{name}.pem"), "-days", "2", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=DNS:localhost"], check=True, stderr=subprocess.DEVNULL)


class Canaries(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.remove)
        self.outside = pathlib.Path(self.home.folder.parent, self.home.folder.name + "-outside")  # what is ours, not the run's
        self.outside.mkdir(mode=0o700)
        self.addCleanup(shutil.rmtree, self.outside, ignore_errors=True)

    def serve(self, handler, tls=None):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        server.heard = []
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(str(tls) + ".pem", str(tls) + ".key")
            server.socket = context.wrap_socket(server.socket, server_side=True)
        self.begin(server)
        return server

    def begin(self, server):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)

    def prepare(self):
        """The outside, the canaries, and a plan that uses them all."""
        value = {name: canary(name) for name in ("env", "file", "variable", "connection", "kafka", "cluster", "vault", "vaulttoken")}
        certificate(self.outside, "vault")
        vault = self.serve(FakeVault, self.outside / "vault")
        vault.secret = value["vault"]
        vault.token = value["vaulttoken"] = "hvs." + secrets.token_hex(12)
        self.home.environment |= {
            "C_ENV": value["env"], "C_VARIABLE": value["variable"], "C_KAFKA": value["kafka"], "C_CLUSTER": value["cluster"],
            "C_CONNECTION": value["connection"], "VAULT_ADDR": f"https://localhost:{vault.server_port}", "VAULT_NAMESPACE": "team",
            "VAULT_CACERT": str(self.outside / "vault.pem")}
        (self.home.folder / ".vault-token").write_text(vault.token + "\n")
        (self.outside / "token").write_text(value["file"] + "\n")
        os.chmod(self.outside / "token", 0o600)
        echo = self.serve(Echo)
        broker = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Kafka)
        broker.daemon_threads, broker.heard = True, []
        self.begin(broker)
        environment = {"CANARY_ENV": "env:C_ENV", "CANARY_FILE": f"file:{self.outside}/token", "CANARY_VAULT": "vault:kv/app#password",
                       "CANARY_VARIABLE": "${given}"}
        try:
            keyring = Keyring(self.home)
            self.addCleanup(keyring.close)
            keyring.start()
            value["keychain"] = canary("keychain")
            self.assertEqual(keyring.store("keychain:sluice/canary", value["keychain"])[0], DONE)
            environment["CANARY_KEYCHAIN"] = "keychain:sluice/canary"
        except unittest.SkipTest:
            print("no GNOME Keyring here: the keychain is left out", file=sys.stderr)
        header = {"Authorization": "Bearer vault:kv/app#password", "X-Canary": "${given}"}
        (self.home.folder / "tells.py").write_text(TELLS)
        tells = [sys.executable, "tells.py"]
        output = {"said": {"json": "/heard/Authorization"}}
        plan = {
            "sluice": 1, "id": "canary", "variables": {"given": {"type": "secret"}},
            "connections": {
                "app": {"http": {"url": f"http://127.0.0.1:{echo.server_port}", "headers": {"X-Connection": "env:C_CONNECTION"}}},
                "cluster": {"kubernetes": {"context": "crash"}},
                "prom": {"prometheus": {"url": f"http://127.0.0.1:{echo.server_port}", "headers": {"X-Canary": "env:C_ENV"}}},
                "events": {"kafka": {"bootstrap": "127.0.0.1:%d" % broker.server_address[1],
                                     "security": {"protocol": "sasl_plaintext", "mechanism": "plain", "username": "sluice",
                                                  "password": "env:C_KAFKA"}}}},
            "arms": {"blue": {"workload": "production/blue", "service": "production/blue", "match": "v1.2.3"},
                     "green": {"workload": "production/green", "service": "production/green", "match": "v1.2.4"}},
            "metrics": {"up": {"from": "app", "health": {"path": "/health", "expect": {"json": {"/never": "there"}}}, "unit": "bool"},
                        "asked": {"from": "prom", "query": "up", "unit": "count"},
                        "lag": {"from": "events", "lag": {"groups": ["g"], "topics": ["t"]}, "reduce": "sum", "unit": "messages"}},
            "rehearse": {"world": "world.yaml"},
            "phases": [{"id": "all", "title": "All", "steps": [
                {"id": "ask", "probe": {"http": {"path": "/a", "headers": header}}, "on": "app", "outputs": output},
                {"id": "tell", "http": {"path": "/b", "method": "POST", "headers": header, "json": {"said": "${said}"}}, "on": "app",
                 "outputs": {"again": {"json": "/heard/X-Canary"}}},
                {"id": "set", "kubernetes": {"set-env": "deployment/green", "namespace": "production", "body": {"KEY": "env:C_CLUSTER"}},
                 "on": "cluster"},
                {"id": "look", "probe": {"kubernetes": {"get": "deployment/green", "namespace": "production"}}, "on": "cluster",
                 "outputs": {"key": {"json": "/spec/template/spec/containers/0/env/0/value"}, "whole": {"json": "/spec/template/spec"}}},
                {"id": "save", "kubernetes": {"save": "deployment/green", "namespace": "production"}, "on": "cluster"},
                {"id": "probe", "probe": {"run": tells}, "environment": environment, "outputs": {"printed": {"extract": "CANARY_ENV is (.*)"}}, "rehearse": {}},
                {"id": "tells", "run": tells, "environment": environment | {"STAYS": "yes"}, "rehearse": {}},
                {"id": "talks", "run": [sys.executable, "-c", "print('''${said} ${again} ${printed}''')"], "rehearse": {}},
                {"id": "fails", "http": {"path": "/fails", "method": "POST", "headers": header}, "on": "app", "expect": {"text": "never"}}]}]}
        (self.home.folder / "plan.yaml").write_text(json.dumps(plan))
        (self.home.folder / "world.yaml").write_bytes(WORLD.read_bytes())
        production = Range(self.home.folder / "plan.yaml", self.home, "--set", "given=env:C_VARIABLE")
        self.addCleanup(production.close)
        (self.home.folder / "kubeconfig").write_text(kubeconfig(production.addresses["kubernetes"], production.addresses["token"]))
        return value, echo, broker

    def search(self, value, texts):
        """Where a canary is, in any form."""
        return [(name, form, where) for name, secret in value.items() for form, written in forms(secret).items()
                for where, content in texts.items() if written in content]

    def left_behind(self):
        return {str(file): file.read_bytes() for file in self.home.folder.rglob("*")
                if file.is_file() and file.name not in ("proof", ".vault-token", "plan.yaml") and ".local" not in file.parts}

    def test_canaries_are_nowhere(self):
        value, echo, broker = self.prepare()
        program = self.home.begin("run", "plan.yaml", "--set", "given=env:C_VARIABLE", "--session", self.home.session, "--no-input")
        self.addCleanup(lambda: program.poll() is None and (program.kill(), program.wait()))
        texts = {}
        pipe = self.home.folder / "go-on"
        os.mkfifo(pipe)

        def go_on():
            try:
                os.close(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))
            except OSError:
                pass  # nobody waits

        self.addCleanup(go_on)

        def running():
            return list(self.home.folder.glob("session.sluice.records/*tells*/started.json"))

        def kept():
            return any(b" is " in content for name, content in self.left_behind().items() if ".records/" in name)

        def fails():
            return any(e["type"] == "triage-opened" and e["data"]["step"] == "fails" for e in self.home.events())

        wait_until(lambda: (self.home.folder / "told").exists() and kept() or program.poll() is not None, "the program tells")
        self.assertIsNone(program.poll(), self.home.said())
        record = json.loads(running()[0].read_text())
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                texts[f"{process}/cmdline"] = (process / "cmdline").read_bytes()
            except OSError:
                pass
        texts["the wrapper's environment"] = pathlib.Path(f"/proc/{record['pid']}/environ").read_bytes()
        texts |= {"while it runs, " + name: content for name, content in self.left_behind().items()}
        self.assertIn(str(self.home.session) + "-wal", " ".join(texts))
        go_on()
        wait_until(lambda: program.poll() is not None or fails(), "it comes to its last step")
        for words in (["log"], ["log", "--json"], ["state"], ["state", "--json"], ["query"], ["verify"]):
            texts[" ".join(words)] = self.home.call(words[0], self.home.session, *words[1:])[1].encode()
        self.home.call("export", self.home.session, "-o", "copy.sluice")
        code, said = self.home.call("do", self.home.session, "abort", "--reason", "enough")
        self.assertEqual(code, DONE, said)
        self.assertEqual(program.wait(60), FAILED, self.home.said())

        # All of them arrived.
        proofs = [json.loads(line) for line in (self.home.folder / "proof").read_text().splitlines()]
        self.assertEqual(len(proofs), 2)
        for proof in proofs:
            self.assertEqual({name.removeprefix("CANARY_").lower(): got for name, got in proof.items()},
                             {name: value[name] for name in value if name in ("env", "file", "vault", "variable", "keychain")})
        self.assertIn({"Authorization": "Bearer " + value["vault"], "X-Canary": value["variable"], "X-Connection": value["connection"]}, echo.heard)
        self.assertTrue(any(heard.get("X-Canary") == value["env"] for heard in echo.heard))  # Prometheus
        self.assertTrue(any(value["kafka"].encode() in message for message in broker.heard))

        # And none of them stayed.
        texts |= self.left_behind()
        self.assertGreater(sum(b"redacted" in content for content in texts.values()), 3)
        self.assertEqual(self.search(value, texts), [])
        plan = (self.home.folder / "plan.yaml").read_bytes()
        self.assertEqual(self.search(value, {"plan": plan}), [])

    def test_a_crash_leaves_no_core_file(self):
        self.home.environment["C_ENV"] = canary("env")
        step = {"id": "long", "run": ["sh", "-c", "ulimit -c > limit; sleep 60"], "environment": {"T": "env:C_ENV"}, "rehearse": {}}
        (self.home.folder / "plan.yaml").write_text(json.dumps({"sluice": 1, "id": "p", "phases": [{"id": "all", "steps": [step]}]}))
        with open(self.home.folder / "said", "ab") as said:
            program = subprocess.Popen([str(BIN / "sluicectl"), "run", "plan.yaml", "--session", str(self.home.session), "--no-input"],
                                       cwd=self.home.folder, env=self.home.environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said,
                                       preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2))
        wait_until(lambda: (self.home.folder / "limit").exists() and (self.home.folder / "limit").read_text(), "it runs")
        self.assertEqual((self.home.folder / "limit").read_text().strip(), "0")
        record = json.loads(next(self.home.folder.glob("session.sluice.records/*/started.json")).read_text())
        program.send_signal(signal.SIGABRT)
        self.assertEqual(program.wait(60), -signal.SIGABRT)
        os.kill(record["pid"], signal.SIGTERM)
        self.assertEqual([str(file) for file in self.home.folder.rglob("core*")], [])

    def test_what_can_t_be_had_stops_the_start_and_nothing_else_is_done(self):
        self.home.environment |= {"VAULT_ADDR": "http://127.0.0.1:1", "VAULT_TOKEN": "hvs.canary", "C_GOOD": canary("good")}
        steps = [{"id": "a", "run": ["touch", "begun"], "rehearse": {}, "environment": {"A": "env:C_NONE", "B": "vault:kv/app#x", "C": "env:C_GOOD"}}]
        (self.home.folder / "plan.yaml").write_text(json.dumps({"sluice": 1, "id": "p", "phases": [{"id": "all", "steps": steps}]}))
        code, said = self.home.call("run", "plan.yaml", "--session", self.home.session)
        self.assertEqual(code, UNREACHABLE, said)
        self.assertIn("env:C_NONE (step a, A): the environment variable is not set", said)
        self.assertIn("vault:kv/app#x (step a, B)", said)
        self.assertFalse(self.home.session.exists() or (self.home.folder / "begun").exists())
        code, said = self.home.call("secrets", "plan.yaml")
        self.assertEqual(code, UNREACHABLE, said)
        self.assertIn("✓ env:C_GOOD (step a, C)", said)
        self.assertIn("✕ env:C_NONE (step a, A)", said)
        self.assertNotIn(self.home.environment["C_GOOD"], said)
        code, said = self.home.call("rehearse", "plan.yaml", "--assume-yes", "--session", "rehearsed.sluice")  # needs none of them
        self.assertEqual(code, DONE, said)

    def test_a_resumed_session_reads_its_secrets_again(self):
        self.home.environment["C_ENV"] = canary("first")
        script = 'printf "%s\\n" "$T" | tee -a proof'
        step = {"run": ["sh", "-c", script], "rehearse": {}, "environment": {"T": "env:C_ENV"}}
        plan = {"sluice": 1, "id": "p", "phases": [{"id": "all", "steps": [{"id": "ask", "confirm": "Go on"}, {"id": "a", **step}]}]}
        (self.home.folder / "plan.yaml").write_text(json.dumps(plan))
        program = self.home.begin("run", "plan.yaml", "--session", self.home.session, "--no-input")
        self.addCleanup(lambda: program.poll() is None and (program.kill(), program.wait()))
        wait_until(self.home.readable, "it has begun")
        program.kill()
        program.wait()
        self.home.environment["C_ENV"] = canary("second")
        program = self.home.begin("resume", self.home.session, "--no-input")
        wait_until(self.confirmed, "it takes commands")
        self.assertEqual(program.wait(60), DONE, self.home.said())
        self.assertEqual((self.home.folder / "proof").read_text(), self.home.environment["C_ENV"] + "\n")
        self.assertEqual(self.search({"second": self.home.environment["C_ENV"]}, self.left_behind()), [])

    def confirmed(self):
        """Until it is done. On a busy machine a reply can come too late for who waited; then the next try is refused, since
        it has happened, or finds the session closed."""
        code, _ = self.home.call("do", self.home.session, "confirm", "ask")
        return code == DONE or any(e["type"] == "confirmed" for e in self.home.events())

    def test_a_secret_that_can_t_be_had_stops_no_resume(self):
        self.home.environment["C_ENV"] = canary("env")
        steps = [{"id": "ask", "confirm": "Go on"}, {"id": "free", "run": ["touch", "free"], "rehearse": {}},
                 {"id": "a", "run": ["touch", "needs"], "rehearse": {}, "environment": {"T": "env:C_ENV"}}]
        (self.home.folder / "plan.yaml").write_text(json.dumps({"sluice": 1, "id": "p", "phases": [{"id": "all", "steps": steps}]}))
        program = self.home.begin("run", "plan.yaml", "--session", self.home.session, "--no-input")
        self.addCleanup(lambda: program.poll() is None and (program.kill(), program.wait()))
        wait_until(self.home.readable, "it has begun")
        program.kill()
        program.wait()
        del self.home.environment["C_ENV"]
        again = self.home.begin("resume", self.home.session, "--no-input")
        self.addCleanup(lambda: again.poll() is None and (again.kill(), again.wait()))
        wait_until(self.confirmed, "it takes commands")
        wait_until(lambda: any(e["type"] == "triage-opened" and e["data"]["step"] == "a" for e in self.home.events()), "the step fails")
        self.assertTrue((self.home.folder / "free").exists())
        self.assertFalse((self.home.folder / "needs").exists())
        self.assertIn("env:C_ENV (step a, T): the environment variable is not set", self.home.said())
        self.assertEqual(self.home.call("do", self.home.session, "abort", "--reason", "enough")[0], DONE)
        self.assertEqual(again.wait(60), FAILED, self.home.said())


if __name__ == "__main__":
    unittest.main(verbosity=2)
