#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times and memory of the programs beside others, on the corpus of real mail: bench.py

Times are CPU time, user and system, of a command and all its children (getrusage), one run each
unless it says otherwise. Memory is the largest resident size of a process, as time(1) sees it.
$POSTROOM_SRC is the top of the source tree, $BUILD where the programs were built (build).
`bench.py TABLE…` makes these tables only: the names are those of the methods of Bench.
"""
import base64
import glob
import math
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile

SOURCE = os.environ.get("POSTROOM_SRC", ".")
BUILD = os.environ.get("BUILD", os.path.join(SOURCE, "build"))
CORPUS = os.path.join(SOURCE, "build", "corpus")
HERE = os.path.join(SOURCE, "test", "bench")
FILTERS = ["mail-parse", "dedupe", "classify", "escalate", "autoreply", "audit"]
CHAIN = "--filters=" + ",".join(FILTERS)
BATCH = 2000  # messages of the batch comparison
TIMES = 100  # repetitions of what is done once a message
TURNS = 5  # runs of the comparison with GMime, by turns; the best counts
GROWTH_OCTETS = 24e6  # how much mail each measurement of growth takes


def cpu():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def run(command, **options):
    """CPU seconds of COMMAND and its children. A string is for sh."""
    options.setdefault("stdin", subprocess.DEVNULL)
    options.setdefault("stdout", subprocess.DEVNULL)
    options.setdefault("check", True)
    before = cpu()
    subprocess.run(command, shell=isinstance(command, str), **options)
    return cpu() - before


def repeated(command, times=TIMES, stdin=None):
    """CPU seconds of one COMMAND, the mean of many."""
    before = cpu()
    for _ in range(times):
        with open(stdin or os.devnull, "rb") as file:
            subprocess.run(command, stdin=file, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL, check=False)
    return (cpu() - before) / times


def peak(command, stdout):
    """Largest resident size of COMMAND, in MB."""
    with tempfile.NamedTemporaryFile("r") as said, open(stdout, "wb") as out:
        subprocess.run(["time", "-o", said.name, "-f", "%M", *command], stdin=subprocess.DEVNULL,
                       stdout=out, check=True)
        return int(said.read().split()[-1]) / 1024


def heading(text):
    print(f"\n{text}\n")


def row(*cells):
    wide = 14 if len(cells) < 5 else 9
    first = 52 if len(cells) < 5 else 24
    print("  " + f"{cells[0]:<{first}}" + "".join(f"{cell:>{wide}}" for cell in cells[1:]))


# ---- mail that grows --------------------------------------------------------------------------

FIELDS = (b"From: Ann Example <ann@example.net>\nTo: help@example.com\nSubject: order\n"
          b"Date: Mon, 23 Nov 2026 06:00:00 +0000\nMIME-Version: 1.0\n")
SENTENCE = b"I wrote to you about order 4711 last week and have had no answer so far, why is that?\n"


def filled(line, size):
    return (line * (size // len(line) + 1))[:size - 1] + b"\n"


def text_body(line, kind=b"text/plain; charset=utf-8"):
    return lambda size: FIELDS + b"Content-Type: " + kind + b"\n\n" + filled(line, size)


def encoded_body(size):
    octets = base64.encodebytes(bytes(range(256)) * (size * 3 // 4 // 256 + 1))[:size]
    return (FIELDS + b"Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64"
            b"\n\n" + octets + b"\n")


def many_parts(count):
    part = b"--b\nContent-Type: text/plain\nContent-Disposition: attachment\n\n" + SENTENCE * 8
    return FIELDS + b"Content-Type: multipart/mixed; boundary=b\n\n" + part * count + b"--b--\n"


def many_fields(count):
    field = b"X-Field: a value as it stands in such fields, of some length\n"
    return field * count + FIELDS + b"\n" + SENTENCE


def many_quotes(count):
    return FIELDS + b"\n" + (b"> Is that so?\n\nYes, it is.\n\n" * count)


GROWTH_BODIES = {
    "text": text_body(SENTENCE),
    "text, one line": text_body(b"word, "),
    "accents": text_body("Où est ma commande ? Je l'ai payée l'été dernier déjà.\n".encode()),
    "HTML": text_body(b"<p>Where is <b>my order</b> 4711?</p>\n", b"text/html; charset=utf-8"),
    "attachment, base64": encoded_body,
}
GROWTH_COUNTS = {"parts": many_parts, "fields": many_fields, "answers in a quote": many_quotes}


class Bench:
    def __init__(self, folder):
        self.folder = folder
        self.mail = self.path("mail")
        self.batch = self.path("batch")
        self.mbox = self.path("corpus.mbox")
        self.batch_mbox = self.path("batch.mbox")
        maker = os.path.join(SOURCE, "test", "tools", "corpus-maildir")
        subprocess.run([maker, CORPUS, self.mail], check=True)
        self.count = len(os.listdir(os.path.join(self.mail, "new")))
        self.some_of(self.mail, self.batch)
        self.write_mbox(self.mail, self.mbox)
        self.write_mbox(self.batch, self.batch_mbox)
        self.site()

    def path(self, name):
        return os.path.join(self.folder, name)

    def site(self):
        shutil.rmtree(self.path("site"), ignore_errors=True)
        run(["postroom-init", self.path("site")])
        os.environ["POSTROOM_CONFIG"] = self.path("site/postroom.xml")

    @staticmethod
    def some_of(maildir, target):
        """BATCH messages, spread over MAILDIR, as another one."""
        names = sorted(os.listdir(os.path.join(maildir, "new")))
        for folder in ("tmp", "new", "cur"):
            os.makedirs(os.path.join(target, folder))
        for i in range(BATCH):
            name = names[i * len(names) // BATCH]
            shutil.copy2(os.path.join(maildir, "new", name), os.path.join(target, "new", name))

    @staticmethod
    def write_mbox(maildir, path):
        from_line = re.compile(rb"^(>*From )", re.MULTILINE)
        with open(path, "wb") as out:
            for name in sorted(glob.glob(os.path.join(maildir, "new", "*"))):
                with open(name, "rb") as file:
                    octets = file.read()
                if octets.startswith(b"From "):
                    octets = octets.split(b"\n", 1)[1]
                octets = from_line.sub(rb">\1", octets)
                out.write(b"From MAILER-DAEMON Mon Nov 23 06:00:00 2026\n" + octets)
                out.write(b"\n" if octets.endswith(b"\n") else b"\n\n")

    # ---- the tables --------------------------------------------------------------------------

    def parsing(self):
        heading(f"Octets to JSON: {self.count} messages, "
                f"{os.path.getsize(self.mbox) / 1e6:.0f} MB as one mbox")
        row("", "CPU s", "ratio")
        ours = run(["mail-parse", "--from=mbox", self.mbox])
        row("mail-parse", f"{ours:.2f}", "1.0")
        python = os.path.join(HERE, "python-email")
        for policy in ("default", "compat32"):
            other = run(["python3", python, policy, self.mbox])
            row(f"python3 email, policy {policy}", f"{other:.2f}", f"{other / ours:.1f}")
            if policy == "default":
                self.judge("mail-parse at least 5 times less than policy.default", other / ours >= 5)
        other = run(f"mlist {self.mail} | mscan -f '%d %f %s' >/dev/null 2>&1")
        row("mblaze: mlist | mscan (header fields only)", f"{other:.2f}", f"{other / ours:.1f}")
        words = self.path("bogofilter")
        os.makedirs(words)
        training = run(f"bogofilter -d {words} -M -s -I {self.batch_mbox}")
        row(f"bogofilter -M -s (learning {BATCH} of them)", f"{training:.2f}",
            f"{training / ours:.1f}")
        other = run(f"bogofilter -d {words} -M -I {self.mbox}", check=False)
        row("bogofilter -M (one score)", f"{other:.2f}", f"{other / ours:.1f}")

    def gmime(self):
        heading(f"Beside GMime, {self.count} messages: CPU s, best of {TURNS} by turns")
        tools = os.path.join(BUILD, "bench")
        peer = [os.path.join(tools, "gmime-parse"), self.mbox]
        if not os.path.exists(peer[0]):
            print("  skipped: libgmime-3.0-dev is not here (make deps-bench)")
            return
        parse = ["mail-parse", "--from=mbox"]
        ways = {
            "gmime-parse: all fields and bodies decoded": peer,
            "postroom-parse: the same with our library":
                [os.path.join(tools, "postroom-parse"), self.mbox],
            "mail-parse, everything on": [*parse, self.mbox],
            "mail-parse --no-raw": [*parse, "--no-raw", self.mbox],
            "mail-parse --no-raw --properties=headers,bodyValues":
                [*parse, "--no-raw", "--properties=headers,bodyValues", self.mbox]}
        best = {}
        for _ in range(TURNS):
            for name, command in ways.items():
                best[name] = min(run(command), best.get(name, math.inf))
        for command in list(ways.values())[:2]:
            said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            print(f"  {os.path.basename(command[0])}: {said.strip()}")
        print()
        row("", "CPU s", "ratio")
        times = list(best.values())
        for name, seconds in best.items():
            row(name, f"{seconds:.3f}", f"{seconds / times[0]:.2f}")
        self.judge("headers and bodies decoded in at most 1.0 times GMime's time",
                   times[1] <= times[0])
        self.judge("everything in at most 2.5 times GMime's time", times[2] <= 2.5 * times[0])

    def growth(self):
        heading("Growth of the time of mail-parse: CPU ms a message, best of 3")
        self.site()
        with open(os.environ["POSTROOM_CONFIG"], encoding="utf-8") as file:
            config = file.read()
        for limit, value in (("parts", 100000), ("text", 1 << 27), ("html", 1 << 27),
                             ("fields", 100000)):
            config = re.sub(rf'(<limits[^>]*\b{limit}=)"\d+"', rf'\g<1>"{value}"', config)
        with open(os.environ["POSTROOM_CONFIG"], "w", encoding="utf-8") as file:
            file.write(config)
        sizes = [1 << 10, 1 << 12, 1 << 14, 1 << 16, 1 << 18, 1 << 20, 1 << 22, 25 << 20]
        counts = [1, 5, 20, 50, 200, 500, 2000, 5000]
        row("octets of the body", *[f"{size >> 10} K" for size in sizes], "exponent")
        for name, make in GROWTH_BODIES.items():
            self.grow(name, make, sizes, 1 << 16)
        print()
        row("how many", *[str(count) for count in counts], "exponent")
        for name, make in GROWTH_COUNTS.items():
            self.grow(name, make, counts, 50)

    def grow(self, name, make, sizes, first):
        """A row of the table: a message of each size, so many of them that all take long enough;
        the exponent of growth from size FIRST on (below it, what each message costs anyway)."""
        times = []
        for size in sizes:
            octets = make(size)
            copies = max(1, int(GROWTH_OCTETS / max(len(octets), 1000)))
            path = self.path("growth.mbox")
            with open(path, "wb") as file:
                for _ in range(copies):
                    file.write(b"From a@example.net Mon Nov 23 06:00:00 2026\n" + octets + b"\n")
            idle = min(run(["mail-parse", "--from=mbox", os.devnull]) for _ in range(3))
            best = min(run(["mail-parse", "--no-raw", "--from=mbox", path]) for _ in range(3))
            times.append((best - idle) / copies)
        points = [(math.log(size), math.log(max(seconds, 1e-9)))
                  for size, seconds in zip(sizes, times) if size >= first]
        x = sum(point[0] for point in points) / len(points)
        y = sum(point[1] for point in points) / len(points)
        slope = (sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a, _ in points))
        row(name, *[f"{seconds * 1000:.3g}" for seconds in times], f"{slope:.2f}")
        self.judge(f"{name}: exponent at most 1.05", slope <= 1.05, quiet=True)

    def batch_chain(self):
        heading(f"A batch of {BATCH} messages")
        row("", "CPU s", "ratio")
        self.site()
        ours = run(["triage-chain", self.batch])
        row("triage-chain, six programs", f"{ours:.2f}", "1.0")
        self.site()
        one = run(["triage", CHAIN, self.batch])
        row("triage, the same in one process", f"{one:.2f}", f"{one / ours:.1f}")
        os.makedirs(self.path("Mail"))
        other = run(f"formail -s procmail HERE={self.folder} {HERE}/four-recipes <{self.batch_mbox}")
        row("formail -s procmail, four recipes with formail", f"{other:.2f}", f"{other / ours:.1f}")
        filed = sum(len(files) for _, _, files in os.walk(self.path("Mail")))
        row(f"  (of which it filed {filed})")
        self.judge("the batch chain at most a third of procmail + formail", other / ours >= 3)

    def one_message(self):
        heading(f"One message, mean of {TIMES}")
        row("", "CPU ms", "ratio")
        self.site()
        message = os.path.join(SOURCE, "test", "sample", "001-facture-non-recue.eml")
        recipe = self.path("rc")
        with open(recipe, "w", encoding="utf-8") as file:
            file.write(f"HOME={self.folder}\nSHELL=/bin/sh\nPATH={os.environ['PATH']}\n"
                       f"POSTROOM_CONFIG={os.environ['POSTROOM_CONFIG']}\n")
            with open(os.path.join(SOURCE, "templates/wiring/procmail-delivering"),
                      encoding="utf-8") as text:
                file.write(text.read())
        ours = repeated(["procmail", recipe], stdin=message)
        row("procmail with the recipe and triage (a requeue)", f"{ours * 1000:.1f}", "1.0")
        # A new message each time is the real thing: other octets, another case.
        new = self.new_messages(recipe, message)
        row("procmail with the recipe and triage (new mail)", f"{new * 1000:.1f}",
            f"{new / ours:.1f}")
        trues = repeated(["sh", "-c", " | ".join(["/bin/true"] * 6)], stdin=message)
        row("six times /bin/true in a pipe", f"{trues * 1000:.1f}", f"{trues / ours:.1f}")
        other = repeated(["procmail", f"HERE={self.folder}", os.path.join(HERE, "four-recipes")],
                         stdin=message)
        row("procmail, four recipes with formail (a requeue)", f"{other * 1000:.1f}",
            f"{other / ours:.1f}")
        os.remove(self.path("msgid.cache"))
        fresh = self.new_messages(f"HERE={self.folder}", message,
                                  os.path.join(HERE, "four-recipes"))
        row("procmail, four recipes with formail (new mail)", f"{fresh * 1000:.1f}",
            f"{fresh / ours:.1f}")

    def new_messages(self, first, message, *more):
        with open(message, "rb") as file:
            octets = file.read()
        before = cpu()
        for i in range(TIMES):
            subprocess.run(["procmail", first, *more], check=True, stdout=subprocess.DEVNULL,
                           input=octets.replace(b"Message-ID: <", b"Message-ID: <%d." % i))
        return (cpu() - before) / TIMES

    def memory(self):
        heading("Largest resident size on the corpus as one mbox")
        row("", "MB")
        worst = 0
        self.site()
        source = self.mbox
        for name in FILTERS + ["deliver"]:
            target = self.path(name + ".ndjson")
            size = peak([name, source], target)
            row(name, f"{size:.1f}")
            worst = max(worst, size)
            if source != self.mbox:
                os.remove(source)
            source = target
        self.site()
        size = peak(["triage", self.mbox], os.devnull)
        row("triage", f"{size:.1f}")
        self.judge("each process under 64 MB", max(worst, size) < 64)

    def starts(self):
        heading(f"What each program links, and its start (mean of {TIMES}, CPU ms)")
        row("", "libraries", "--version", "empty stream")
        self.site()
        row("/bin/true", str(self.libraries("/bin/true")), f"{repeated(['/bin/true']) * 1000:.1f}",
            "-")
        for name in FILTERS + ["deliver", "triage"]:
            row(name, str(self.libraries(shutil.which(name))),
                f"{repeated([name, '--version']) * 1000:.1f}",
                f"{repeated([name, '--from=json']) * 1000:.1f}")

    @staticmethod
    def libraries(program):
        text = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
        return len([line for line in text.splitlines() if "=>" in line])

    failures = 0

    @classmethod
    def judge(cls, what, good, quiet=False):
        if not good or not quiet:
            print(f"  {'holds' if good else 'DOES NOT HOLD'}: {what}")
        cls.failures += not good


TABLES = ["parsing", "gmime", "growth", "batch_chain", "one_message", "memory", "starts"]


def main():
    if not set(sys.argv[1:]) <= set(TABLES):
        sys.exit("bench.py: the tables are " + " ".join(TABLES))
    os.environ["PATH"] = os.path.abspath(os.path.join(BUILD, "bin")) + ":" + os.environ["PATH"]
    os.environ["POSTROOM_NOW"] = "2026-11-22T19:00:00+01:00"
    with tempfile.TemporaryDirectory(prefix="postroom-bench.") as folder:
        bench = Bench(folder)
        for table in sys.argv[1:] or TABLES:
            getattr(bench, table)()
    return 1 if Bench.failures else 0


if __name__ == "__main__":
    sys.exit(main())
