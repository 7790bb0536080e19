# SPDX-License-Identifier: GPL-3.0-or-later
"""The neutral form in which every parser's reading of a message is compared, and our own in it.

A message is a list of parts in the order of the message: (partId, type, digest). partId is RFC
3501's number, which is RFC 8621's partId, "" for an outermost multipart; the digest is SHA-256 of
the decoded body, None for a multipart and for an inner message, whose parts stand in the list
themselves. Where a suite compares lines of text, not octets, the digest of a text part is that of
its body with LF for each CR LF. Readers of expectations make trees of Node; this module numbers them, itself, so that
our numbers are checked too.
"""
import base64
import hashlib
import json
import os
import subprocess
import sys

FILES_AT_ONCE = 200


class Node:
    """A part as somebody reads it: TYPE in lower case, BODY decoded, or the parts below it."""

    def __init__(self, kind, body=b"", parts=None):
        self.type = kind
        self.body = body
        self.parts = parts


def digest(octets):
    return hashlib.sha256(octets).hexdigest()


def neutral(root, lines):
    """The list of parts of the tree ROOT, without recursion: mail nests as deep as it likes."""
    listed = []
    pending = [(root, (), 1, True)]
    while pending:
        node, chain, number, is_message = pending.pop()
        is_multipart = node.type.startswith("multipart/")
        # The outermost multipart of a message has no number of its own.
        if not (is_message and is_multipart):
            chain += (str(number),)
        body = node.body
        if lines and node.type.startswith("text/"):
            body = body.replace(b"\r\n", b"\n")
        listed.append((".".join(chain), node.type, digest(body) if node.parts is None else None))
        pending.extend((part, chain, i, not is_multipart)
                       for i, part in reversed(list(enumerate(node.parts or [], 1))))
    return listed


class Ours:
    """Our reading of one file: its parts, and what is wrong with it whatever others say."""

    def __init__(self):
        self.parts = [] # (partId, depth, type, size, digest, digest of lines)
        self.faults = []

    def neutral(self, lines):
        return [(part[0], part[2], None if part[3] == "-" else part[5 if lines else 4])
                for part in self.parts]


def tool(name):
    build = os.environ.get("BUILD", "build")
    for place in ("bin", "test"):
        path = os.path.join(build, place, name)
        if os.path.exists(path):
            return path
    sys.exit(f"conformance: {name} is not in {build}: run make first")


def read_parts(files):
    """What the tool `parts` says of FILES: path to Ours."""
    found = {}
    text = subprocess.run([tool("parts"), *files], check=True, stdout=subprocess.PIPE).stdout
    for line in text.decode("utf-8", "surrogateescape").split("\n")[:-1]:
        field = line.split("\t")
        if field[0] == "message":
            ours = found[field[1]] = Ours()
            continue
        own, depth, kind, size, octets, lines, _, _, _, text = field[1:]
        ours.parts.append((own, int(depth), kind, size, octets, lines))
        if size.endswith("!"):
            ours.faults.append(f"part {own}: the size is not that of the decoded body")
        if text == "invalid":
            ours.faults.append(f"part {own}: its text is not UTF-8")
    return found


def email_parts(structure):
    """bodyStructure as a list of (partId or "", type, size)."""
    listed = []
    pending = [structure]
    while pending:
        part = pending.pop()
        listed.append((part["partId"] or "", part["type"], part["size"]))
        pending.extend(reversed(part.get("subParts", [])))
    return listed


def check_email(ours, email, octets):
    """Faults of the Email object: it must say what the parts say, and lose no octet."""
    outer = []
    closed = None
    for own, depth, kind, size, _, _ in ours.parts:
        if closed is not None and depth > closed:
            continue
        closed = None if kind.startswith("multipart/") else depth
        outer.append(("" if kind.startswith("multipart/") else own, kind, size))
    listed = email_parts(email["bodyStructure"])
    if [part[:2] for part in listed] != [part[:2] for part in outer]:
        ours.faults.append("bodyStructure has other parts than the parser")
    for (own, _, size), (_, _, counted) in zip(listed, outer):
        if counted not in ("-", str(size)):
            ours.faults.append(f"part {own}: size {size} in the Email object, not {counted}")
    raw = base64.b64decode(email["raw"])
    first, _, rest = octets.partition(b"\n") # a From_ line is envelope, not message
    if raw != octets and not (first.startswith((b"From ", b">From ")) and raw == rest):
        ours.faults.append("raw is not what came in")


def read_ours(files):
    """Our reading of FILES through `parts` and mail-parse: path to Ours."""
    found = {}
    for start in range(0, len(files), FILES_AT_ONCE):
        some = files[start:start + FILES_AT_ONCE]
        found.update(read_parts(some))
        run = subprocess.run([tool("mail-parse"), "--from=rfc822", "--to=json", *some], check=False,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        emails = run.stdout.decode("utf-8").split("\n")[:-1]
        if len(emails) != len(some):
            sys.exit(f"conformance: mail-parse made {len(emails)} objects of {len(some)} files: "
                     + run.stderr.decode("utf-8", "replace"))
        for path, line in zip(some, emails):
            with open(path, "rb") as file:
                check_email(found[path], json.loads(line), file.read())
    return found
