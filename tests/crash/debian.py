"""Servers from Debian's packages: unpacked once into a cache outside the tree and never installed, so that no service
starts and nothing of the machine changes."""
import os
import pathlib
import shutil
import subprocess
import unittest

CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "sluice-live"


def unpacked(what, program, *packages):
    """The folder that holds them, with `program` (relative to it) in it; fetched only when SLUICE_LIVE asks for it."""
    folder = CACHE / what
    if (folder / program).exists():
        return folder
    if not os.environ.get("SLUICE_LIVE") or not shutil.which("apt-get"):
        raise unittest.SkipTest(f"no {what}: SLUICE_LIVE=1 fetches it")
    folder.mkdir(parents=True, exist_ok=True)
    got = subprocess.run(["apt-get", "download", "-q", *packages], cwd=folder, text=True, check=False,
                         capture_output=True, timeout=300)
    if got.returncode != 0:
        raise unittest.SkipTest(f"no {what}: apt-get could not fetch it: {got.stderr.strip()[:300]}")
    for package in folder.glob("*.deb"):
        subprocess.run(["dpkg-deb", "-x", package, folder], check=True)
    return folder
