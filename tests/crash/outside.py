"""What the tests that drive the programs share: a home of their own, a range, sessions."""
import collections
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
BIN = pathlib.Path(os.environ.get("SLUICE_BIN", HERE.parent.parent / "build/release/bin"))
PATIENCE = 60  # seconds until a program counts as hanging


def wait_until(holds, what, patience=PATIENCE):
    end = time.monotonic() + patience
    while not holds():
        if time.monotonic() > end:
            raise AssertionError("in vain: " + what)
        time.sleep(0.01)


def alive(pid):
    """A zombie is not: nobody has heard of its end yet."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class Home:
    """An operator's home in a folder that goes away."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="sluice-crash-"))
        self.session = self.folder / "session.sluice"
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "XDG_RUNTIME_DIR": str(self.folder / "run"),
            "KUBECONFIG": str(self.folder / "kubeconfig"),
            "APP_TOKEN": "token-of-the-application",
            "LC_ALL": "C.UTF-8",
        }
        (self.folder / "run").mkdir(mode=0o700)

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def begin(self, *words, binary=None, before=(), stdin=subprocess.DEVNULL):
        with open(self.folder / "said", "ab") as said:
            return subprocess.Popen([*before, str(binary or BIN / "sluicectl"), *map(str, words)], cwd=self.folder,
                                    env=self.environment, stdin=stdin, stdout=said, stderr=said)

    def call(self, *words):
        """(exit code, what it printed)"""
        ran = subprocess.run([str(BIN / "sluicectl"), *map(str, words)], cwd=self.folder, env=self.environment,
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                             timeout=PATIENCE, check=False)
        return ran.returncode, ran.stdout

    def said(self):
        return (self.folder / "said").read_text(errors="replace")

    def readable(self):
        return self.session.exists() and self.call("log", self.session)[0] == 0

    def events(self):
        code, text = self.call("log", self.session, "--json")
        assert code == 0, text
        return [json.loads(line) for line in text.splitlines()]

    def lines(self, name):
        file = self.folder / name
        return len(file.read_text().splitlines()) if file.exists() else 0

    def left_over(self):
        """What should not lie around once a session has closed."""
        beside = [file.name for file in self.folder.glob("session.sluice-*")]
        return beside + [file.name for file in (self.folder / "run").rglob("*.sock")]


class Range:
    """The simulated production, as a process of its own."""

    def __init__(self, plan, home, *words):
        self._process = subprocess.Popen([str(BIN / "sluicectl"), "range", str(plan), *words], stdin=subprocess.DEVNULL,
                                         stdout=subprocess.PIPE, env=home.environment, text=True)
        line = self._process.stdout.readline()
        assert line.startswith("range: "), "the range did not start"
        self.address = self._control = line.removeprefix("range: ").strip()
        self.addresses = json.loads(self._get("/addresses"))

    def close(self):
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(PATIENCE)
        self._process.stdout.close()

    def _get(self, path):
        with urllib.request.urlopen(self._control + path, timeout=PATIENCE) as answer:
            return answer.read().decode()

    def writes(self):
        """How often each "METHOD path" was carried out."""
        lines = [line.split() for line in self._get("/writes").splitlines()]
        return collections.Counter(f"{line[3]} {line[4].partition('?')[0]}" for line in lines if line[1].startswith("2"))

    def streams(self, title):
        request = urllib.request.Request(self.addresses["services"] + "/production/blue/api/v1/streams",
                                         headers={"Authorization": "Bearer test"})
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return sum(stream["title"] == title for stream in json.load(answer)["streams"])


def kubeconfig(server, token):
    return json.dumps({
        "apiVersion": "v1", "kind": "Config", "current-context": "crash",
        "clusters": [{"name": "c", "cluster": {"server": server}}],
        "users": [{"name": "u", "user": {"token": token}}],
        "contexts": [{"name": "crash", "context": {"cluster": "c", "user": "u"}}],
    })


def write_plan(home, app):
    text = (HERE / "plan.yaml").read_text()
    for name, value in {"@APP@": app, "@FOLDER@": str(home.folder), "@WORK@": str(HERE / "work.sh")}.items():
        text = text.replace(name, value)
    plan = home.folder / "plan.yaml"
    plan.write_text(text)
    shutil.copy(HERE / "world.yaml", home.folder)
    return plan
