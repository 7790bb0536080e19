#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures our parser against those of others: run.py [--shipped] [--judgements=FILE] [SUITE ...]

Suites are read from $POSTROOM_DATA (../shared/data beside the source tree when unset), what is not
there from data/ beside this file; --shipped takes only the latter. Prints each difference with its
judgement, then a table: suite, right, all, figure. Exit 1 when a difference is not judged in
judgements.tsv, when one that is judged there is none any more, or when a message has a fault that
no other parser is needed to see: text that is not UTF-8, lost octets, an Email object that says
something else than the parser.

The suites `mime4j`, `mimekit-mbox` and `cpython` are the measure; `SUITE-cpython` compares messages
that come without expectation with CPython for information. Programs beside this file that print
the same four columns as their last lines are run too.
"""
import argparse
import base64
import glob
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile

import neutral
import readers

HERE = os.path.dirname(os.path.abspath(__file__))
SHIPPED = os.path.join(HERE, "data")
MEASURE = ("mime4j", "mimekit-mbox", "cpython")
OTHERS = ("reply-text", "bounce-recipients", "kinds", "language")
MIMEKIT_FORMS = (("unix", b"\n"), ("dos", b"\r\n"))


def data_folder():
    return os.environ.get("POSTROOM_DATA") or os.path.normpath(
        os.path.join(HERE, "../../../shared/data"))


class Report:
    """What came of the suites: rows of the table, differences, faults."""

    def __init__(self):
        self.rows = []
        self.differences = {} # (suite, name) to what differs
        self.names = set()    # (suite, name) of all cases
        self.faults = []
        self.notes = []

    def case(self, suite, name, difference):
        self.names.add((suite, name))
        if difference:
            self.differences[suite, name] = difference
        return not difference

    def row(self, suite, right, count):
        if count:
            self.rows.append((suite, right, count, f"{right / count:.3f}"))


def difference(ours, theirs):
    """The first part in which two neutral lists differ, in words; "" when they agree."""
    for place in range(max(len(ours), len(theirs))):
        pair = [listed[place] if place < len(listed) else None for listed in (ours, theirs)]
        if pair[0] != pair[1]:
            said = ["no part" if part is None else
                    f"{part[0] or '-'} {part[1]} {(part[2] or 'parts')[:8]}" for part in pair]
            return f"ours {said[0]}; theirs {said[1]}"
    return ""


def compare(report, suite, files, expectation, lines):
    """Scores FILES, (name, path) each, against what EXPECTATION(path) reads."""
    ours = neutral.read_ours([path for _, path in files])
    right = 0
    for name, path in files:
        report.faults += [f"{suite}: {name}: {fault}" for fault in ours[path].faults]
        theirs = neutral.neutral(expectation(path), lines)
        right += report.case(suite, name, difference(ours[path].neutral(lines), theirs))
    report.row(suite, right, len(files))


def by_cpython(path):
    with open(path, "rb") as file:
        return readers.cpython(file.read())


def named(folder, pattern):
    """The files below FOLDER, as (name, path)."""
    paths = sorted(glob.glob(os.path.join(folder, pattern), recursive=True))
    return [(os.path.relpath(path, folder), path) for path in paths if os.path.isfile(path)]


def unpack_mime4j(folder, work):
    """The folder in which mime4j's messages stand one by one."""
    packed = os.path.join(folder, "testmsgs.tar.gz")
    if not os.path.exists(packed):
        return folder
    with tarfile.open(packed) as tar:
        tar.extractall(os.path.join(work, "mime4j"))
    return os.path.join(work, "mime4j")


def mime4j(report, folder, work):
    folder = unpack_mime4j(folder, work)
    files = [(os.path.basename(name).removesuffix(".msg"), path)
             for name, path in named(folder, "*/*.msg")]
    compare(report, "mime4j", files, readers.mime4j, True)


def cpython(report, folder, _):
    compare(report, "cpython", named(folder, "*.txt"), by_cpython, False)


def split(path, *options):
    """The messages of the mailbox PATH as mail-parse parts them."""
    run = subprocess.run([neutral.tool("mail-parse"), "--from=mbox", "--to=json", *options, path],
                         check=True, stdout=subprocess.PIPE)
    return [base64.b64decode(json.loads(line)["raw"]) for line in run.stdout.splitlines()]


def mime4j_mbox(report, folder, _):
    """Splitting alone: each message as it stands, the empty line before the next From_ line apart."""
    for name, path in named(folder, "*[a-z]"):
        ours = split(path)
        right = 0
        theirs = sorted(glob.glob(path + "-*"))
        for i, expected in enumerate(theirs):
            with open(expected, "rb") as file:
                same = i < len(ours) and ours[i] + b"\n" == file.read()
            right += report.case("mime4j-mbox", f"{name}/{i}",
                                 "" if same and len(ours) == len(theirs) else "split elsewhere")
        report.row("mime4j-mbox", right, len(theirs))


def can_split_by_length():
    run = subprocess.run([neutral.tool("mail-parse"), "--help"], check=False,
                         stdout=subprocess.PIPE)
    return b"--mbox" in run.stdout


def mimekit_case(report, work, suite, name, expected, ours):
    """One message: EXPECTED its octets and tree, OURS the octets that we took for it."""
    octets, tree = expected
    if ours.rstrip(b"\r\n") != octets.rstrip(b"\r\n"):
        return report.case(suite, name, "split elsewhere")
    path = os.path.join(work, "message")
    with open(path, "wb") as file:
        file.write(ours)
    read = neutral.read_ours([path])[path]
    report.faults += [f"{suite}: {name}: {fault}" for fault in read.faults]
    return report.case(suite, name, difference(read.neutral(False), neutral.neutral(tree, False)))


def mimekit_mbox(report, folder, work):
    """Each mailbox as it is and with CR LF: splitting, and the tree of each message.

    MimeKit takes no `>` off lines that begin with `>From `: that is cl2.
    """
    suite = "mimekit-mbox"
    right = count = 0
    splits = can_split_by_length()
    if not splits:
        report.notes.append(f"{suite}: parted by their offsets: this mail-parse has no --mbox")
    for name, path in named(folder, "*.mbox.txt"):
        name = name.removesuffix(".mbox.txt")
        for form, end in MIMEKIT_FORMS:
            offsets = path.removesuffix(".mbox.txt") + f".{form}-offsets.json"
            if not os.path.exists(offsets):
                continue
            with open(path, "rb") as file:
                octets = file.read().replace(b"\n", end)
            mailbox = os.path.join(work, "mailbox")
            with open(mailbox, "wb") as file:
                file.write(octets)
            expected = [(octets[begin:stop], tree)
                        for begin, stop, tree in readers.mimekit(offsets, octets)]
            ours = split(mailbox, "--mbox=cl2") if splits else [octets for octets, _ in expected]
            ours += [b""] * (len(expected) - len(ours))
            for i, message in enumerate(expected):
                right += mimekit_case(report, work, suite, f"{name}.{form}/{i}", message, ours[i])
                count += 1
    report.row(suite, right, count)


def robust(report, suite, files):
    """Messages without expectation: no fault; and what CPython says, for information."""
    ours = neutral.read_ours([path for _, path in files])
    for name, path in files:
        report.faults += [f"{suite}: {name}: {fault}" for fault in ours[path].faults]
    right = sum(not ours[path].faults for _, path in files)
    report.row(suite, right, len(files))
    right = sum(report.case(f"{suite}-cpython", name,
                            difference(ours[path].neutral(False),
                                       neutral.neutral(by_cpython(path), False)))
                for name, path in files)
    report.row(f"{suite}-cpython", right, len(files))


def mikel_mail(report, folder, _):
    robust(report, "mikel-mail", named(folder, "*/*.eml"))


def mimekit_messages(report, folder, _):
    robust(report, "mimekit-messages", named(folder, "*.txt") + named(folder, "*.eml"))


# Suite, its folder, how it is run.
SUITES = (
    ("mime4j", "mime4j", mime4j),
    ("mime4j-mbox", "mime-suites/mime4j-mbox", mime4j_mbox),
    ("mimekit-mbox", "mime-suites/mimekit/mbox", mimekit_mbox),
    ("mimekit-messages", "mime-suites/mimekit/messages", mimekit_messages),
    ("cpython", "mime-suites/cpython-email", cpython),
    ("mikel-mail", "mime-suites/mikel-mail", mikel_mail),
)


def others(report, wanted):
    """The programs of the other suites, which print their own rows."""
    for name in OTHERS:
        program = os.path.join(HERE, name)
        if not os.path.exists(program) or (wanted and name not in wanted):
            continue
        run = subprocess.run([program], check=False, stdout=subprocess.PIPE, text=True)
        if run.returncode != 0:
            report.faults.append(f"{name}: exit {run.returncode}")
        found = re.findall(r"^([^\t\n]+)\t(\d+)\t(\d+)\t([\d.]+)$", run.stdout, re.M)
        report.rows += [(suite, int(right), int(count), figure)
                        for suite, right, count, figure in found]


def read_judgements(path):
    """judgements.tsv: (suite, name) to (ours, theirs or taste; why)."""
    judged = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                suite, name, verdict, why = line.rstrip("\n").split("\t", 3)
                if verdict not in ("ours", "theirs", "taste"):
                    sys.exit(f"conformance: {path}: {name}: {verdict!r} is no judgement")
                judged[suite, name] = (verdict, why)
    return judged


def judge(report, judged):
    """Prints the differences. Returns how many things are wrong."""
    wrong = list(report.faults)
    for (suite, name), differs in report.differences.items():
        verdict, why = judged.get((suite, name), ("", ""))
        if not verdict:
            wrong.append(f"{suite}: {name}: not judged: {differs}")
        else:
            print(f"{suite}: {name}: {verdict}: {why} ({differs})")
    for suite, name in judged:
        if (suite, name) in report.names and (suite, name) not in report.differences:
            wrong.append(f"{suite}: {name}: judged, but there is no difference any more")
    sys.stdout.flush()
    for line in report.notes + wrong:
        print(f"conformance: {line}", file=sys.stderr)
    return len(wrong)


def table(report):
    print()
    rows = list(report.rows)
    measured = [row for row in rows if row[0] in MEASURE]
    if len(measured) > 1:
        right, count = sum(row[1] for row in measured), sum(row[2] for row in measured)
        rows.append(("together: " + ", ".join(row[0] for row in measured), right, count,
                     f"{right / count:.3f}"))
    for suite, right, count, figure in rows:
        print(f"{suite}\t{right}\t{count}\t{figure}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--shipped", action="store_true")
    parser.add_argument("--judgements", default=os.path.join(HERE, "judgements.tsv"))
    parser.add_argument("suite", nargs="*")
    options = parser.parse_args()
    shared = data_folder()
    report = Report()
    with tempfile.TemporaryDirectory() as work:
        for suite, place, run in SUITES:
            if options.suite and suite not in options.suite:
                continue
            folder = os.path.join(shared, place)
            if options.shipped or not os.path.isdir(folder):
                folder = os.path.join(SHIPPED, place)
                if not options.shipped:
                    report.notes.append(f"{suite}: only what is shipped: no {shared}/{place}")
            run(report, folder, work)
    if not options.shipped:
        others(report, options.suite)
    wrong = judge(report, read_judgements(options.judgements))
    table(report)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
