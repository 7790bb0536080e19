#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the time of a program goes: profile.py PROGRAM [ARGUMENT…]

Runs PROGRAM with its output thrown away under perf(1), where the kernel lets us, else under
valgrind's callgrind, and prints two tables: the functions in which the time was spent, and the
modules of ours (one file of lib/ or filters/ each) on whose behalf it was spent: the time of a
library's function belongs to the module that called it. $BUILD is where the objects are.
"""
import collections
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

BUILD = os.environ.get("BUILD", "build")
ROWS = 30
HZ = "4999"


def modules_of(build):
    """The module of each function, by the objects. Those of one name in two modules are left out
    (static functions): their samples go to the nearest caller whose name is known."""
    modules = {}
    for path in glob.glob(os.path.join(build, "obj", "*", "*.o")):
        module = os.path.splitext(os.path.basename(path))[0]
        symbols = subprocess.run(["nm", path], capture_output=True, text=True, check=True).stdout
        for line in symbols.splitlines():
            words = line.split()
            if len(words) == 3 and words[1] in "tT":
                name = words[2].split(".")[0]
                modules[name] = module if modules.get(name, module) == module else None
    return modules


def perf_works(folder):
    return shutil.which("perf") is not None and subprocess.run(["perf", "record", "-q", "-o", os.path.join(folder, "try"), "true"],
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                          check=False).returncode == 0


def perf_stacks(command, folder):
    """Yields a stack for each sample: (symbol, file), innermost first."""
    data = os.path.join(folder, "data")
    subprocess.run(["perf", "record", "-q", "-F", HZ, "--call-graph", "dwarf,8192", "-o", data,
                    *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    text = subprocess.run(["perf", "script", "-i", data, "-F", "ip,sym,dso"], capture_output=True,
                          text=True, errors="replace", check=True).stdout
    frame = re.compile(r"\s+[0-9a-f]+ (.*) \(([^()]*)\)$")
    stack = []
    for line in text.splitlines() + [""]:
        found = frame.match(line)
        if found:
            symbol = re.sub(r"\s*\(inlined\)|[+]0x[0-9a-f]+$", "", found.group(1)).split(".")[0]
            stack.append((symbol, os.path.basename(found.group(2))))
        elif stack:
            yield stack
            stack = []


def table(title, counts, total):
    print(f"\n{title}\n")
    for name, count in counts.most_common(ROWS):
        if count * 1000 >= total:
            print(f"  {100 * count / total:5.1f} %  {name}")


def by_perf(command, folder):
    modules = modules_of(BUILD)
    functions = collections.Counter()
    owners = collections.Counter()
    total = 0
    for stack in perf_stacks(command, folder):
        total += 1
        symbol, file = stack[0]
        functions[f"{symbol}  ({modules.get(symbol) or file})" if symbol != "[unknown]"
                  else f"({file})"] += 1
        ours = [modules[name] for name, _ in stack if modules.get(name)]
        # What merely holds bytes works for its caller.
        working = [name for name in ours if name not in ("buf", "arena", "span", "utf8")]
        owners[(working or ours or ["(start and end of the process)"])[0]] += 1
    if total == 0:
        sys.exit("profile: perf took no sample")
    print(f"{' '.join(command)}: {total} samples at {HZ} Hz")
    table("Functions: the time in them alone", functions, total)
    table("Modules: with the library functions that they call", owners, total)


def by_callgrind(command, folder):
    out = os.path.join(folder, "callgrind")
    subprocess.run(["valgrind", "-q", "--tool=callgrind", "--callgrind-out-file=" + out, *command],
                   stdout=subprocess.DEVNULL, check=True)
    print(f"{' '.join(command)}: instructions as callgrind counts them (perf may not run here)")
    text = subprocess.run(["callgrind_annotate", "--auto=no", out], capture_output=True, text=True,
                          check=True).stdout
    counts = collections.Counter()
    owners = collections.Counter()
    for line in text.splitlines():
        found = re.match(r"\s*([\d,]+) \([ \d.]+%\)\s+(\S+):(\S+)( \[(.*)\])?$", line)
        if found:
            count = int(found.group(1).replace(",", ""))
            file = os.path.basename(found.group(2))
            if file == "???":
                file = os.path.basename(found.group(5) or "?")
            counts[f"{found.group(3)}  ({file})"] += count
            owners[file] += count
    total = max(1, sum(counts.values()))
    table("Functions: the instructions in them alone", counts, total)
    table("Files: the same by source file or library", owners, total)


def main():
    if len(sys.argv) < 2:
        sys.exit("usage: profile.py PROGRAM [ARGUMENT...]")
    done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        sys.exit(f"profile: {sys.argv[1]} failed: exit code {done.returncode}")
    with tempfile.TemporaryDirectory(prefix="postroom-profile.") as folder:
        if perf_works(folder):
            by_perf(sys.argv[1:], folder)
        elif shutil.which("valgrind") is not None:
            by_callgrind(sys.argv[1:], folder)
        else:
            sys.exit("profile: neither perf nor valgrind is here: install linux-perf or valgrind")
    return 0


if __name__ == "__main__":
    sys.exit(main())
