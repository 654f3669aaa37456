"""Reads a trace of `strace -f -y`: was every effect's intent durable before it left the program?"""
import re

CALL = re.compile(r"^\d+ +(\w+)\((.*)$")
RESUMED = re.compile(r"^(\d+) +<\.\.\. (\w+) resumed>")
UNFINISHED = re.compile(r"^(\d+) +(\w+)\((.*) <unfinished \.\.\.>$")
REQUEST = re.compile(r'"(?:PATCH|POST|PUT|DELETE) ')
REQUEST_ID = re.compile(r"x-request-id: ([^#\\]+)#", re.IGNORECASE)
OPERATION = re.compile(r"[\w.-]+/([\w-]+)/\d+")
SENDS = {"write", "writev", "sendto", "sendmsg"}
CALLS = sorted(SENDS | {"pwrite64", "fdatasync", "fsync", "execve"})


def calls(trace):
    """(call, arguments), each where it counts: a sync when it has ended, all else when it has begun."""
    syncing = {}
    for line in trace:
        if match := UNFINISHED.match(line):
            pid, name, arguments = match.groups()
            if name.endswith("sync"):
                syncing[pid] = (name, arguments)
            else:
                yield name, arguments
        elif match := RESUMED.match(line):
            if match[1] in syncing and match[2].endswith("sync") and line.rstrip().endswith("= 0"):
                yield syncing.pop(match[1])
        elif match := CALL.match(line):
            if not match[1].endswith("sync") or match[2].rstrip().endswith("= 0"):
                yield match.groups()


def check(trace, wal, programs):
    """(effects in order, those of them that left before their intent was durable).

    `programs`: {what the exec of a step's program shows: its step}. Effects are told as steps.
    """
    pending, durable = [], ""  # what was written to the log since its last sync, and before it
    effects, too_early = [], []

    def left(step):
        effects.append(step)
        if not re.search(rf"/{step}/\d+", durable) or pending:
            too_early.append(step)

    for name, arguments in calls(trace):
        if name == "pwrite64" and f"<{wal}>" in arguments:
            pending.append(arguments)
        elif name.endswith("sync") and f"<{wal}>" in arguments:
            durable += "".join(pending)
            pending = []
        elif name == "execve":
            for shown, step in programs.items():
                if shown in arguments:
                    left(step)
        elif name in SENDS and "<socket:" in arguments.partition(",")[0] and REQUEST.search(arguments):
            request = REQUEST_ID.search(arguments)
            left(OPERATION.fullmatch(request[1])[1] if request else "a request without an id")
    return effects, too_early
