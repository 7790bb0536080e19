#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares our parser with CPython's and GMime's on mail that nobody wrote.

    mutants.py [--seed=N] [--count=N] [--shipped] [--keep=FOLDER] [--whole=FOLDER]

Takes the messages of the suites (see run.py; --shipped as there) and breaks each in one to three
ways: delimiters that are cut, doubled, lengthened, moved, header sections without end, changed line
ends, cut files, strange octets, and so on. The same --seed=N gives the same --count=N mutants, which
--keep=FOLDER keeps. Prints in how many ways those were broken that agree with neither, then how many
agree with whom. --whole takes the messages below FOLDER as they are. GMime is left out when
build/test/gmime-parts is not there. Exit 1 when a message has a fault that shows without another
parser (see neutral.py).

For information and for finding bugs: what others make of broken mail is no law.
"""
import argparse
import collections
import glob
import os
import random
import re
import subprocess
import sys
import tempfile

import neutral
import readers
import run

LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)?")


def lines_of(octets):
    return [line for line in LINE.findall(octets) if line]


def delimiters(lines):
    return [i for i, line in enumerate(lines) if line.startswith(b"--") and len(line) > 6]


def pick(choice, lines, places):
    return choice.choice(places) if places else choice.randrange(len(lines))


def drop_line(choice, lines):
    del lines[pick(choice, lines, [])]


def drop_delimiter(choice, lines):
    del lines[pick(choice, lines, delimiters(lines))]


def double_delimiter(choice, lines):
    place = pick(choice, lines, delimiters(lines))
    lines.insert(place, lines[place])


def lengthen_delimiter(choice, lines):
    place = pick(choice, lines, delimiters(lines))
    text = lines[place].rstrip(b"\r\n")
    tail = choice.choice([b"x", b" ", b"\t", b"--", b"-", b" x"])
    lines[place] = text + tail + lines[place][len(text):]


def shorten_delimiter(choice, lines):
    place = pick(choice, lines, delimiters(lines))
    text = lines[place].rstrip(b"\r\n")
    lines[place] = text[:-choice.randint(1, 2)] + lines[place][len(text):]


def move_delimiter(choice, lines):
    line = lines.pop(pick(choice, lines, delimiters(lines)))
    lines.insert(choice.randint(0, len(lines)), line)


def copy_delimiter(choice, lines):
    line = lines[pick(choice, lines, delimiters(lines))]
    lines.insert(choice.randint(0, len(lines)), line)


def drop_empty(choice, lines):
    del lines[pick(choice, lines, [i for i, line in enumerate(lines) if not line.strip()])]


def add_empty(choice, lines):
    lines.insert(choice.randint(0, len(lines)), choice.choice([b"\n", b"\r\n", b" \n"]))


def cut_file(choice, lines):
    place = choice.randrange(len(lines))
    del lines[place + 1:]
    lines[place] = lines[place][:choice.randint(0, len(lines[place]))]


def change_line_end(choice, lines):
    place = choice.randrange(len(lines))
    lines[place] = lines[place].rstrip(b"\r\n") + choice.choice([b"\n", b"\r\n", b"\r", b"\r\r\n"])


def change_line_ends(choice, lines):
    end = choice.choice([b"\n", b"\r\n"])
    lines[:] = [line.rstrip(b"\r\n") + end for line in lines]


def change_octet(choice, lines):
    place = choice.randrange(len(lines))
    line = bytearray(lines[place])
    line[choice.randrange(len(line))] = choice.choice(b"=-\"; \t:()\\<>?*'\x00\xe9Az09")
    lines[place] = bytes(line)


def swap_lines(choice, lines):
    one, two = choice.randrange(len(lines)), choice.randrange(len(lines))
    lines[one], lines[two] = lines[two], lines[one]


def add_stray(choice, lines):
    lines.insert(choice.randint(0, min(30, len(lines))), b"no field at all\n")


def unfold(choice, lines):
    place = pick(choice, lines, [i for i, line in enumerate(lines) if line[:1] in b" \t"])
    lines[place] = lines[place].lstrip(b" \t") or b"\n"


def change_encoding(choice, lines):
    place = pick(choice, lines, [i for i, line in enumerate(lines)
                                 if line.lower().startswith(b"content-transfer-encoding")])
    value = choice.choice([b"base64", b"quoted-printable", b"7bit", b"x-unknown"])
    lines[place] = b"Content-Transfer-Encoding: " + value + b"\n"


def change_type(choice, lines):
    place = pick(choice, lines, [i for i, line in enumerate(lines)
                                 if line.lower().startswith(b"content-type")])
    value = choice.choice([b"message/rfc822", b"text/html", b"multipart/digest", b"text", b"",
                           b"multipart/mixed; boundary=", b"application/x; name*0=a; name*1=b"])
    lines[place] = b"Content-Type: " + value + b"\n"


def nest(choice, lines):
    lines[:0] = [b"Content-Type: message/rfc822\n", b"\n"]


def soft_break(choice, lines):
    place = choice.randrange(len(lines))
    lines[place] = lines[place].rstrip(b"\r\n") + choice.choice([b"=\n", b"= \n", b"=", b"=3\n"])


WAYS = (drop_line, drop_delimiter, double_delimiter, lengthen_delimiter, shorten_delimiter,
        move_delimiter, copy_delimiter, drop_empty, add_empty, cut_file, change_line_end,
        change_line_ends, change_octet, swap_lines, add_stray, unfold, change_encoding, change_type,
        nest, soft_break)


def mutate(choice, octets):
    lines = lines_of(octets)
    ways = []
    for way in choice.choices(WAYS, k=choice.randint(1, 3)):
        if lines:
            way(choice, lines)
            ways.append(way.__name__)
    return b"".join(lines), ways


def seeds(work, shipped):
    """The messages that mutants are made of."""
    shared = run.data_folder()
    if shipped or not os.path.isdir(os.path.join(shared, "mime4j")):
        shared = run.SHIPPED
    found = sorted(glob.glob(os.path.join(shared, "mime-suites/cpython-email/*.txt")) +
                   glob.glob(os.path.join(shared, "mime-suites/mikel-mail/*/*.eml")) +
                   glob.glob(os.path.join(shared, "mime-suites/mimekit/messages/*")) +
                   glob.glob(os.path.join(run.unpack_mime4j(os.path.join(shared, "mime4j"), work),
                                          "*/*.msg")))
    return [path for path in found if os.path.getsize(path) < 20000]


def read_gmime(files):
    """GMime's trees: path to list of (type, digest of lines); None when it is not there."""
    found = {}
    if not os.path.exists(os.path.join(os.environ.get("BUILD", "build"), "test/gmime-parts")):
        return None
    for start in range(0, len(files), neutral.FILES_AT_ONCE):
        some = files[start:start + neutral.FILES_AT_ONCE]
        text = subprocess.run([neutral.tool("gmime-parts"), *some], check=True,
                              stdout=subprocess.PIPE).stdout.decode("utf-8", "replace")
        for line in text.split("\n")[:-1]:
            field = line.split("\t")
            if field[0] == "message":
                listed = found[field[1]] = []
            else:
                listed.append((field[2], None if field[3] == "-" else field[4]))
    return found


def read_cpython(path):
    """CPython's tree as such a list."""
    try:
        return [part[1:] for part in neutral.neutral(run.by_cpython(path), True)]
    except (ValueError, LookupError, AttributeError, TypeError) as error:
        return [(type(error).__name__, None)] # it gives up on some


def without_envelope(octets):
    """Of two From_ lines mail-parse takes one off, and the parser the next: mutants have none."""
    while octets.startswith((b"From ", b">From ")):
        octets = octets.partition(b"\n")[2]
    return octets


def make(choice, count, sources, folder):
    """Makes COUNT mutants in FOLDER: path to the ways in which each was broken."""
    made = {}
    os.makedirs(folder, exist_ok=True)
    while len(made) < count:
        source = choice.choice(sources)
        with open(source, "rb") as file:
            octets, ways = mutate(choice, without_envelope(file.read()))
        if octets and not octets.startswith((b"From ", b">From ")):
            path = os.path.join(folder, f"{len(made):05}-{os.path.basename(source)}")
            made[path] = ways
            with open(path, "wb") as file:
                file.write(octets)
    return made


def compare(made, ours, keep):
    """Counts who agrees with whom: our kinds of agreement, and ways of those where nobody does."""
    gmime = read_gmime(list(made))
    counts = collections.Counter()
    alone = collections.Counter()
    for path, ways in made.items():
        mine = [part[1:] for part in ours[path].neutral(True)]
        others = [read_cpython(path)] + ([gmime[path]] if gmime else [])
        same = [mine == other for other in others]
        trees = [[part[0] for part in mine] == [part[0] for part in other] for other in others]
        counts["trees"] += all(trees)
        counts["all"] += all(same)
        counts["CPython"] += same[0]
        counts["GMime"] += same[-1] if gmime else 0
        counts["some"] += any(same)
        if not any(same) and len(others) > 1:
            agree = others[0] == others[1]
            counts["against"] += agree
            alone.update((way, agree) for way in ways)
            if agree and keep:
                print(f"both against us: {os.path.basename(path)}: {' '.join(ways)}")
    for (way, agree), count in sorted(alone.items()):
        print(f"unlike both: {way}: {'they agree' if agree else 'nobody agrees'}: {count}")
    return counts, bool(gmime)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--shipped", action="store_true")
    parser.add_argument("--keep")
    parser.add_argument("--whole")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        if options.whole:
            made = {path: ["whole"] for _, path in run.named(options.whole, "**/*")}
        else:
            made = make(random.Random(options.seed), options.count, seeds(work, options.shipped),
                        options.keep or os.path.join(work, "mutants"))
        ours = neutral.read_ours(list(made))
        faults = [f"{os.path.basename(path)}: {fault}" for path in made
                  for fault in ours[path].faults]
        counts, gmime = compare(made, ours, options.keep)
    for fault in faults:
        print(f"mutants: {fault}", file=sys.stderr)
    rows = [("without fault", len(made) - len({fault.partition(":")[0] for fault in faults})),
            ("like CPython", counts["CPython"])]
    if gmime:
        rows += [("like GMime", counts["GMime"]), ("like one of them", counts["some"]),
                 ("like both", counts["all"]), ("parts and types like both", counts["trees"]),
                 ("unlike both, who agree", counts["against"])]
    print()
    for name, count in rows:
        print(f"{'messages' if options.whole else 'mutants'} {name}\t{count}\t{len(made)}\t{count / len(made):.3f}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
