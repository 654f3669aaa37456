"""Compiles every file of a configured build as its commands say, and makes nothing: -fsyntax-only, warnings as there.

What costs most of a build without precompiled headers is making code and linking it; who only wants to know whether a
file compiles without a warning need not wait for that. A file is looked at again when it, a header that it includes, or
its command has changed.

usage: look.py BUILD_FOLDER SOURCE_FOLDER JOBS [FILE…]      exit 1: something does not compile
FILE: relative to SOURCE_FOLDER; without any, all are looked at.
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

build, source, jobs = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve(), int(sys.argv[3])
wanted = {str(source / name) for name in sys.argv[4:]}
stamps = build / "look"
WITH_VALUE = {"-o", "-MF", "-MT", "-MQ"}


def arguments(command):
    """Those of the compiler, without what makes files and without what stands before it (a compiler cache)."""
    words = shlex.split(command)
    begin = next(i for i, word in enumerate(words) if re.search(r"(\+\+|cc|clang)(-\d+)?$", word) and "ccache" not in word)
    kept, skip = [], False
    for word in words[begin:]:
        if skip or word in WITH_VALUE:
            skip = not skip
        elif word not in ("-c", "-MD"):
            kept.append(word)
    return kept


def fresh(stamp):
    """True if nothing that it read is newer."""
    try:
        made = stamp.stat().st_mtime_ns
        names = stamp.read_text().replace("\\\n", " ").split(":", 1)[1].split()
        return all(os.stat(name).st_mtime_ns <= made for name in names)
    except (OSError, IndexError):
        return False


def look(entry):
    command = arguments(entry["command"])
    stamp = stamps / (hashlib.sha256("\0".join(command).encode()).hexdigest()[:24] + ".d")
    if fresh(stamp):
        return None
    half = stamp.with_suffix(".new")
    ran = subprocess.run([*command, "-fsyntax-only", "-MD", "-MF", str(half), "-MT", "it"], cwd=entry["directory"],
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if ran.returncode == 0:
        half.rename(stamp)
    return entry["file"], ran.returncode, ran.stdout


def main():
    stamps.mkdir(exist_ok=True)
    entries = [entry for entry in json.loads((build / "compile_commands.json").read_text())
               if pathlib.Path(entry["file"]).is_relative_to(source)
               and not pathlib.Path(entry["file"]).is_relative_to(build)
               and (not wanted or entry["file"] in wanted)]
    looked = failed = 0
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for result in pool.map(look, entries):
            if result is None:
                continue
            looked += 1
            name, code, said = result
            if code != 0 or said:
                print(f"{name}:\n{said}", flush=True)
            failed += code != 0
    print(f"  {looked} files looked at, {len(entries) - looked} unchanged since the last time, {failed} with mistakes")
    return 1 if failed else 0


sys.exit(main())
