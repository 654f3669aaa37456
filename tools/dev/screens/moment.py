"""Prints when something was so in a session that was recorded: SLUICECTL SESSION EVENT STEP [SECONDS LATER].

EVENT is the type of an event, STEP the step that it is of ('-' for any). Plans and their times change; what the
pictures are to show does not.
"""
import datetime
import json
import subprocess
import sys


def main(program, session, event, step, later="0"):
    log = subprocess.run([program, "log", session, "--json"], check=True, capture_output=True, text=True).stdout
    for line in log.splitlines():
        one = json.loads(line)
        data = one["data"]
        about = data.get("step") or data.get("operation", "//").split("/")[1]
        if one["type"] == event and step in ("-", about):
            milliseconds = -(-int(one["time"]) // 1_000_000) + round(float(later) * 1000)  # not before it was so
            at = datetime.datetime(1970, 1, 1) + datetime.timedelta(milliseconds=milliseconds)
            print(at.isoformat(timespec="milliseconds") + "Z")
            return
    sys.exit(f"{session} has no {event} of {step}")


main(*sys.argv[1:])
