#!/usr/bin/env python3
"""Verifies a sluice session file by doc/session-format.md; shares no code with sluice.

usage: verify_session.py [--key TEXT|FILE]... [--checkpoint FILE] SESSION.sluice

Prints one JSON object: good, fault, first_bad, bad_between, events, covered, authenticated.
Exit code 0: good, 1: not as it was written, 3: can't be read as a session.
"""
import argparse, base64, hashlib, json, os, pathlib, sqlite3, struct, sys

# --- Ed25519, RFC 8032 section 5.1 ---
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)


def recover_x(y, sign):
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if x2 == 0:
        return None if sign else 0
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * SQRT_M1 % P
    if (x * x - x2) % P:
        return None
    return P - x if x & 1 != sign else x


def add(a, b):  # extended coordinates (X, Y, Z, T)
    s, t = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = t - s, d - c, d + c, t + s
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(n, point):
    result = (0, 1, 1, 0)
    while n:
        if n & 1:
            result = add(result, point)
        point, n = add(point, point), n >> 1
    return result


def decode_point(octets):
    y = int.from_bytes(octets, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    x = recover_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


BASE = decode_point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def ed25519_verify(public, message, signature):
    a = decode_point(public)
    r = decode_point(signature[:32]) if len(signature) == 64 else None
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    left, right = times(s, BASE), add(r, times(h, a))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


# --- the tree, RFC 6962 section 2.1 ---
def root(peaks):
    result = peaks[-1][1]
    for _, left in reversed(peaks[:-1]):
        result = hashlib.sha256(b"\1" + left + result).digest()
    return result


def add_leaf(peaks, body):
    size, digest = 1, hashlib.sha256(b"\0" + body).digest()
    while peaks and peaks[-1][0] == size:
        digest = hashlib.sha256(b"\1" + peaks.pop()[1] + digest).digest()
        size *= 2
    peaks.append((size, digest))


# --- events ---
class Bad(Exception):
    pass


def strict_object(pairs):
    result = dict(pairs)
    if len(result) != len(pairs) or not all(key.isascii() for key in result):
        raise ValueError("a key stands twice or is not ASCII")
    return result


def strict_int(text):
    if abs(int(text)) >= 2**53:
        raise ValueError("an integer past 2^53")
    return int(text)


def no(text):
    raise ValueError(text + " is not allowed")


def check_body(seq, time, body):
    try:
        value = json.loads(body.decode("utf-8"), object_pairs_hook=strict_object, parse_int=strict_int, parse_float=no,
                           parse_constant=no)
        again = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise Bad(f"its body is not canonical JSON: {error}")
    if again != body or not isinstance(value, dict):
        raise Bad("its body is not in canonical form")
    if type(value.get("seq")) is not int or value["seq"] != seq or value.get("time") != str(time):
        raise Bad("seq or time in its body are not those of its columns")
    if not isinstance(value.get("type"), str):
        raise Bad("its body has no type")


# --- keys and checkpoints ---
def read_key(text):
    name, key_id, data = text.strip().split("+", 2)
    data = base64.b64decode(data, validate=True)
    digest = hashlib.sha256(name.encode() + b"\n" + data).digest()
    if len(data) != 33 or data[0] != 1 or digest[:4].hex() != key_id:
        raise ValueError("not a key")
    return name, digest[:4], data[1:]


def read_checkpoint(note, origin, keys):
    """Returns size, root, whether a key given signed it."""
    text, blank, signatures = note.rpartition("\n\n")
    if not blank or not signatures.endswith("\n"):
        raise Bad("it is not a signed note")
    text += "\n"
    lines = text.split("\n")
    if len(lines) != 4 or lines[0] != origin or str(int(lines[1])) != lines[1]:
        raise Bad("it is not a checkpoint of this session")
    by_key = False
    for name, key_id, public in keys:
        for line in signatures.splitlines():
            dash, signer, data = line.split(" ")
            data = base64.b64decode(data, validate=True)
            if dash == "\u2014" and signer == name and data[:4] == key_id:
                if not ed25519_verify(public, text.encode(), data[4:]):
                    raise Bad("its signature does not hold")
                by_key = True
                break
    if keys and not by_key:
        raise Bad("it is not signed by a key that was given")
    return int(lines[1]), base64.b64decode(lines[2], validate=True), by_key


def verify(database, keys, kept):
    result = dict(good=False, fault="", first_bad=None, bad_between=None, events=0, covered=0, authenticated=False)
    session = database.execute("SELECT value FROM meta WHERE name = 'id'").fetchone()[0].decode()
    roots, peaks, stray = [], [], None
    for seq, time, body, stored in database.execute("SELECT seq, time, body, root FROM event ORDER BY seq"):
        result["events"] += 1
        if seq < 1:
            stray = seq
        elif not result["fault"]:
            expected = len(roots) + 1
            try:
                if seq != expected:
                    raise Bad(f"it is missing: {seq} stands in its place")
                check_body(seq, time, body)
                add_leaf(peaks, body)
                if root(peaks) != stored:
                    raise Bad("its body does not give its root")
                roots.append(stored)
            except Bad as bad:
                result.update(fault=f"event {expected}: {bad}", first_bad=expected)
    if stray is not None and not result["fault"]:
        result.update(fault=f"event {len(roots) + 1}: {stray} stands in its place", first_bad=len(roots) + 1)

    notes = [(kept, None, True)] if kept is not None else []
    for size, note in database.execute("SELECT size, note FROM checkpoint ORDER BY id"):
        notes.append((note.decode(), size, False))
    entries = []
    for note, column, outside in notes:
        try:
            size, expected, by_key = read_checkpoint(note, "sluice/session/" + session, keys)
            if column is not None and column != size:
                raise Bad("its size is not that of its column")
            entries.append((size, expected, by_key or outside))
        except (Bad, ValueError) as bad:
            result["fault"] = result["fault"] or f"a checkpoint is not good: {bad}"
    fitting = authentic = 0
    for size, expected, trusted in sorted(entries, key=lambda entry: entry[0]):
        if size > len(roots):
            if not result["fault"]:
                result.update(fault=f"cut off: a checkpoint covers {size} events", first_bad=len(roots) + 1)
        elif expected != (roots[size - 1] if size else hashlib.sha256().digest()):
            if not result["fault"]:
                result.update(fault="events are not those that were signed", bad_between=[authentic + 1, size])
        elif result["bad_between"] is None:
            fitting = max(fitting, size)
            if trusted:
                authentic, result["authenticated"] = max(authentic, size), True
    result["covered"] = authentic if result["authenticated"] else fitting
    if keys and not result["authenticated"] and not result["fault"]:
        result["fault"] = "no checkpoint is signed by the key"
    result["good"] = not result["fault"]
    return result


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--key", action="append", default=[])
    arguments.add_argument("--checkpoint")
    arguments.add_argument("session")
    options = arguments.parse_args()
    try:
        keys = [read_key(open(key).read() if os.path.isfile(key) else key) for key in options.key]
        kept = open(options.checkpoint, encoding="utf-8", newline="").read() if options.checkpoint else None
        database = sqlite3.connect(pathlib.Path(options.session).absolute().as_uri() + "?mode=ro", uri=True)
        database.text_factory = bytes
        if database.execute("PRAGMA application_id").fetchone()[0] != struct.unpack(">I", b"SLUC")[0]:
            raise ValueError("not a session file")
        if database.execute("PRAGMA user_version").fetchone()[0] not in (1, 2):
            raise ValueError("a version that is not known here")
        if database.execute("SELECT count(*) FROM sqlite_schema WHERE type IN ('view', 'trigger')").fetchone()[0]:
            raise ValueError("views or triggers in the file")
        result = verify(database, keys, kept)
    except (OSError, ValueError, TypeError, AttributeError, sqlite3.Error) as error:
        print(json.dumps(dict(good=False, fault=f"can't be read: {error}")))
        return 3
    print(json.dumps(result))
    return 0 if result["good"] else 1


if __name__ == "__main__":
    sys.exit(main())
