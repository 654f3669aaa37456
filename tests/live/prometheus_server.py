"""A Prometheus of the test's own (Debian's, on loopback), filled by remote write and asked over one connection."""
import http.client
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "crash"))
from debian import unpacked  # noqa: E402
from outside import wait_until  # noqa: E402

STALE_BITS = bytes.fromhex("020000000000f07f")  # 0x7ff0000000000002, little end first
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def varint(number):
    number &= (1 << 64) - 1
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def field(number, content):
    return varint(number << 3 | 2) + varint(len(content)) + content


def write_request(series):
    """prompb.WriteRequest of [(labels, [(milliseconds, number or "stale")])]."""
    out = []
    for labels, points in series:
        one = b"".join(field(1, field(1, name.encode()) + field(2, value.encode()))
                       for name, value in sorted(labels.items()))
        one += b"".join(field(2, b"\x09" + (STALE_BITS if value == "stale" else struct.pack("<d", value)) + b"\x10" +
                              varint(at)) for at, value in points)
        out.append(field(1, one))
    return b"".join(out)


def snappy(data):
    """A Snappy block that compresses nothing: literals only."""
    out = [varint(len(data))]
    for begin in range(0, len(data), 1 << 16):
        part = data[begin:begin + (1 << 16)]
        out += [b"\xf4", struct.pack("<H", len(part) - 1), part]
    return b"".join(out)


class Prometheus:
    def __init__(self, config="{}"):
        package = unpacked("prometheus", "usr/bin/prometheus", "prometheus")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="sluice-live-prometheus-"))
        (self.folder / "config.yml").write_text(config)
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            self.port = one.getsockname()[1]
        with open(self.folder / "said", "wb") as said:
            self.process = subprocess.Popen(
                [package / "usr/bin/prometheus", f"--config.file={self.folder}/config.yml",
                 f"--storage.tsdb.path={self.folder}/data", f"--web.listen-address=127.0.0.1:{self.port}",
                 f"--web.console.templates={self.folder}", f"--web.console.libraries={self.folder}",
                 "--web.enable-remote-write-receiver"],
                env={"PATH": os.environ["PATH"]}, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        wait_until(self.ready, "Prometheus is ready")

    def call(self, method, path, body=None, headers=None):
        self.connection.request(method, path, body, headers or {})
        answer = self.connection.getresponse()
        return answer.status, answer.read()

    def ready(self):
        if self.process.poll() is not None:
            raise AssertionError((self.folder / "said").read_text()[-2000:])
        try:
            return self.call("GET", "/-/ready")[0] == 200
        except OSError:
            self.connection.close()
            return False

    def write(self, series):
        status, said = self.call("POST", "/api/v1/write", snappy(write_request(series)),
                                 {"Content-Encoding": "snappy", "Content-Type": "application/x-protobuf",
                                  "X-Prometheus-Remote-Write-Version": "0.1.0"})
        assert status == 204, (status, said)

    def query(self, query, time):
        """The body of the answer to an instant query; `time` as RFC 3339, which no float rounds."""
        return self.call("POST", "/api/v1/query", urllib.parse.urlencode({"query": query, "time": time}), FORM)[1]

    def stop(self):
        self.connection.close()
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
