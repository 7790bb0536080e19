/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ledger: the file of the audit log: append-only, hash-chained, verifiable (triage-ledger(5)).
 *
 * The rows of table `event` are the truth, the file is a copy for grep. Whoever committed events
 * calls ledger_append: under the file's lock the rows above the file's last `seq` are appended and
 * synced. A torn last line is cut and written again.
 *
 * A file that was rotated away goes on: a new file begins behind the last line of PATH.1.
 */
#ifndef POSTROOM_LEDGER_H
#define POSTROOM_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "store.h"

/* Octets of `,"hash":"`, 64 digits, `"}` and LF at the end of a line. */
#define LEDGER_HASH_TAIL (sizeof(",\"hash\":\"") - 1 + 64 + 3)

/* Longest line, its LF included. event_add makes no longer one. */
#define LEDGER_LINE_MAX ((size_t)1024 * 1024)

/*
 * Appends what the store has above the last line of the file PATH. Outside a transaction. Does
 * nothing when another process holds the file's lock (PATH.lock) and will see our rows (it looks
 * again after its last row). A file is made, 0660, only when there is something to write.
 *
 * EX_IOERR or EX_TEMPFAIL, reported, when the file cannot be written: nothing is lost, the next
 * call catches up. EX_TEMPFAIL also when the file's last line is not what the store has under its
 * seq (the file was altered, or belongs to another store, or the store was restored from an older
 * backup): then nothing is written until somebody has looked.
 */
int ledger_append(struct store *store, const char *path);

/*
 * The same for programs at work: what goes wrong is reported and holds no mail up. The events are
 * safe in the store, the next call catches up, and postroom-status shows how far the file lags.
 */
void ledger_catch_up(struct store *store, const char *path);

/*
 * What the store has under SEQ of this host: its line, with LF, appended to LINE; nothing when
 * there is no such event. 0 or EX_TEMPFAIL.
 */
int ledger_stored_line(struct store *store, int64_t seq, struct buf *line);

/* The last seq given away on this host, 0 without events; negative after a failure. */
int64_t ledger_stored_seq(struct store *store);

/* ---- reading -------------------------------------------------------------------------------- */

/* The fixed members at the end of a line. Spans point into the line. */
struct ledger_line {
    struct span hashed; /* what `hash` is made from: all before `,"hash":"` */
    struct span prev;   /* 64 digits */
    struct span hash;   /* 64 digits */
    int64_t seq;        /* from 1 */
};

/*
 * Takes LINE, its LF included, apart. False when it has not the form of a line of the ledger. Looks
 * at the beginning and the end only: the rest is held by `hash`.
 */
bool ledger_read_line(struct span line, struct ledger_line *out);

/* A file that is read line by line. */
struct ledger_reader {
    const char *path;
    int fd;          /* own; -1 before ledger_open */
    struct buf part; /* own */
    size_t next;     /* place in `part` of the line to come */
    bool ended;      /* nothing comes from the file any more */
};

/* Opens PATH, which must live as long as READER. EX_NOINPUT, reported, when that fails. */
int ledger_open(struct ledger_reader *reader, const char *path);

/*
 * The next line, its LF included; the last one of a torn file has none, and one that is longer than
 * LEDGER_LINE_MAX comes in pieces without LF. Lives until the next call. Length 0 at the end of the
 * file, or after a failure (EX_IOERR in *CODE, reported).
 */
struct span ledger_next(struct ledger_reader *reader, int *code);

/* Closes. Harmless when nothing was opened. */
void ledger_close(struct ledger_reader *reader);

/* How far a file was checked. All zero before the first line. */
struct ledger_check {
    uint64_t lines;    /* good ones */
    int64_t first_seq; /* more than 1 in a file that goes on from a rotated one */
    char first_prev[65];
    int64_t last_seq;
    char last_hash[65];
};

/*
 * Checks the next LINE of a file: form, hash, seq, prev; a line of seq 1 begins a chain and has a
 * prev of zeros. NULL when it is good, else what is wrong, in words.
 */
const char *ledger_check_line(struct ledger_check *check, struct span line);

/* What ledger_verify found wrong. */
struct ledger_fault {
    uint64_t line;    /* number of the first bad line, from 1 */
    const char *what; /* static text */
};

/*
 * Checks the file PATH from its first to its last line. True when all holds; *CHECK says how far it
 * goes. False and *FAULT otherwise. *CODE is EX_IOERR or EX_NOINPUT when the file could not be read
 * (then the answer is false too), else 0.
 */
bool ledger_verify(const char *path, struct ledger_check *check, struct ledger_fault *fault,
                   int *code);

#endif
