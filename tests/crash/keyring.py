"""A real GNOME Keyring on a D-Bus of its own, in the home of a test: the machine's, or Debian's package unpacked."""
import os
import pathlib
import shutil
import signal
import subprocess
import unittest

from debian import unpacked
from outside import BIN, PATIENCE, wait_until

PROGRAM = "gnome-keyring-daemon"
NAME = "org.freedesktop.secrets"


def program():
    """(its path, the folder with its libraries or none); skips the test where there is none."""
    if not shutil.which("dbus-daemon"):
        raise unittest.SkipTest("no dbus-daemon")
    installed = shutil.which(PROGRAM)
    if installed:
        return installed, None
    folder = unpacked("keyring", "usr/bin/" + PROGRAM, "gnome-keyring", "libgck-1-0", "libgcr-base-3-1")
    return folder / "usr/bin" / PROGRAM, next(folder.glob("usr/lib/*/libgck-1.so.0")).parent


class Keyring:
    """Nothing of it is on the bus until `start`."""

    def __init__(self, home):
        self.path, self.libraries = program()
        self.home = home
        self.daemon = None
        home.environment["XDG_DATA_HOME"] = str(home.folder / ".local/share")
        bus = subprocess.run(["dbus-daemon", "--session", "--fork", "--print-address=1", "--print-pid=1"], env=home.environment,
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True).stdout.split()
        home.environment["DBUS_SESSION_BUS_ADDRESS"], self.bus = bus[0], int(bus[1])

    def start(self, unlocked=True):
        words = [self.path, "--foreground", "--components=secrets", *(["--unlock"] if unlocked else [])]
        where = {"LD_LIBRARY_PATH": str(self.libraries)} if self.libraries else {}
        self.daemon = subprocess.Popen(words, env=self.home.environment | where, stdin=subprocess.PIPE,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with self.daemon.stdin as password:
            password.write(b"password-of-the-keyring" if unlocked else b"")
        wait_until(self.is_there, "the keyring is on the bus")

    def is_there(self):
        asked = subprocess.run(["dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/",
                                "org.freedesktop.DBus.NameHasOwner", "string:" + NAME], env=self.home.environment,
                               stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        return "boolean true" in asked.stdout

    def store(self, reference, value):
        """(exit code, what was said)"""
        ran = subprocess.run([str(BIN / "sluicectl"), "secrets", "--store", reference], env=self.home.environment,
                             input=value + "\n", text=True, capture_output=True, timeout=PATIENCE, check=False)
        return ran.returncode, ran.stdout + ran.stderr

    def stop(self):
        if self.daemon:
            self.daemon.terminate()
            self.daemon.wait(20)
            self.daemon = None

    def close(self):
        self.stop()
        os.kill(self.bus, signal.SIGTERM)
