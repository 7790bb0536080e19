/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* memrchr */
#include "ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "diag.h"
#include "file.h"

#define DIGITS ((size_t)64)

/* What every line begins with, and what stands before its `hash` and its `prev`. */
#define LINE_BEGIN SPAN("{\"time\":\"")
#define BEFORE_HASH SPAN(",\"hash\":\"")
#define BEFORE_PREV SPAN(",\"prev\":\"")
#define BEFORE_SEQ SPAN(",\"seq\":")

/* Octets that are written, and read, at a time. */
#define WRITE_SIZE ((size_t)1024 * 1024)
#define READ_SIZE ((size_t)1024 * 1024)

/* The end of the file is looked for in steps of this size. */
#define TAIL_SIZE ((size_t)16 * 1024)

/* Lines that a crash may have left half-made at the end of the file. */
#define TORN_LINES_MAX 10000

/* ---- lines ---------------------------------------------------------------------------------- */

static bool is_digest(const char *octets)
{
    for (size_t i = 0; i < DIGITS; i++)
        if (!((octets[i] >= '0' && octets[i] <= '9') || (octets[i] >= 'a' && octets[i] <= 'f')))
            return false;
    return true;
}

/* Takes NUMBER off the end of *TEXT. A seq has at most 18 digits, and none of them leads as 0. */
static bool take_number(struct span *text, int64_t *number)
{
    size_t start = text->length;

    while (start > 0 && text->octets[start - 1] >= '0' && text->octets[start - 1] <= '9')
        start--;
    if (start == text->length || text->length - start > 18 || text->octets[start] == '0')
        return false;
    *number = 0;
    for (size_t i = start; i < text->length; i++)
        *number = *number * 10 + (text->octets[i] - '0');
    text->length = start;
    return true;
}

/* Takes WHAT off the end of *TEXT. */
static bool take(struct span *text, struct span what)
{
    if (text->length < what.length ||
        memcmp(text->octets + text->length - what.length, what.octets, what.length) != 0)
        return false;
    text->length -= what.length;
    return true;
}

static bool take_digest(struct span *text, struct span *digest)
{
    if (text->length < DIGITS || !is_digest(text->octets + text->length - DIGITS))
        return false;
    text->length -= DIGITS;
    *digest = (struct span){text->octets + text->length, DIGITS};
    return true;
}

bool ledger_read_line(struct span line, struct ledger_line *out)
{
    struct span rest = line;

    if (!take(&rest, SPAN("\"}\n")) || !take_digest(&rest, &out->hash) || !take(&rest, BEFORE_HASH))
        return false;
    out->hashed = rest;
    return take(&rest, SPAN("\"")) && take_digest(&rest, &out->prev) && take(&rest, BEFORE_PREV) &&
           take_number(&rest, &out->seq) && take(&rest, BEFORE_SEQ) &&
           span_begins(rest, LINE_BEGIN);
}

/* ---- reading and checking ------------------------------------------------------------------- */

int ledger_open(struct ledger_reader *reader, const char *path)
{
    struct stat status;

    *reader = (struct ledger_reader){.path = path, .fd = open(path, O_RDONLY | O_CLOEXEC)};
    if (reader->fd < 0)
        return diag_errno(EX_NOINPUT, path, "cannot open the audit log");
    if (fstat(reader->fd, &status) == 0 && S_ISDIR(status.st_mode)) {
        ledger_close(reader);
        return diag(EX_NOINPUT, path, "is a folder, not the file of an audit log");
    }
    return 0;
}

void ledger_close(struct ledger_reader *reader)
{
    if (reader->fd >= 0)
        close(reader->fd);
    reader->fd = -1;
    buf_release(&reader->part);
}

/* Brings more of the file into memory, behind what is left there. */
static int read_more(struct ledger_reader *reader)
{
    size_t left = reader->part.length - reader->next;
    ssize_t length;

    if (reader->next > 0 && left > 0)
        memmove(reader->part.octets, reader->part.octets + reader->next, left);
    reader->part.length = left;
    reader->next = 0;
    do
        length = read(reader->fd, buf_reserve(&reader->part, READ_SIZE), READ_SIZE);
    while (length < 0 && errno == EINTR);
    if (length < 0)
        return diag_errno(EX_IOERR, reader->path, "cannot read the audit log");
    reader->part.length += (size_t)length;
    reader->ended = length == 0;
    return 0;
}

struct span ledger_next(struct ledger_reader *reader, int *code)
{
    size_t seen = 0;

    *code = 0;
    for (;;) {
        struct span rest = {NULL, reader->part.length - reader->next};
        const char *end = NULL;

        if (rest.length > 0) {
            rest.octets = reader->part.octets + reader->next;
            end = memchr(rest.octets + seen, '\n', rest.length - seen);
        }
        if (end != NULL)
            rest.length = (size_t)(end - rest.octets) + 1;
        else if (!reader->ended && rest.length < LEDGER_LINE_MAX) {
            seen = rest.length;
            *code = read_more(reader);
            if (*code != 0)
                return (struct span){NULL, 0};
            continue;
        }
        if (rest.length > LEDGER_LINE_MAX)
            rest.length = LEDGER_LINE_MAX;
        reader->next += rest.length;
        return rest;
    }
}

const char *ledger_check_line(struct ledger_check *check, struct span line)
{
    unsigned char digest[crypto_hash_sha256_BYTES];
    char hash[DIGITS + 1];
    struct ledger_line parts;

    if (line.length == 0 || line.octets[line.length - 1] != '\n')
        return line.length >= LEDGER_LINE_MAX ? "is too long for a line of the audit log"
                                              : "is torn: it has no line end";
    if (!ledger_read_line(line, &parts))
        return "is no line of an audit log";
    crypto_hash_sha256(digest, (const unsigned char *)parts.hashed.octets, parts.hashed.length);
    sodium_bin2hex(hash, sizeof(hash), digest, sizeof(digest));
    if (memcmp(hash, parts.hash.octets, DIGITS) != 0)
        return "was altered: its hash is not that of its text";
    if (check->lines > 0) {
        if (parts.seq != check->last_seq + 1)
            return "is not the next of the chain: its seq is not one more than that of the line "
                   "before";
        if (memcmp(parts.prev.octets, check->last_hash, DIGITS) != 0)
            return "does not go on the chain: its prev is not the hash of the line before";
    } else {
        if (parts.seq == 1 && strspn(parts.prev.octets, "0") != DIGITS)
            return "does not begin a chain: its seq is 1, but its prev is not all zeros";
        check->first_seq = parts.seq;
        memcpy(check->first_prev, parts.prev.octets, DIGITS);
    }
    check->lines++;
    check->last_seq = parts.seq;
    memcpy(check->last_hash, parts.hash.octets, DIGITS);
    return NULL;
}

bool ledger_verify(const char *path, struct ledger_check *check, struct ledger_fault *fault,
                   int *code)
{
    struct ledger_reader reader;
    struct span line;

    memset(check, 0, sizeof(*check));
    *fault = (struct ledger_fault){0, NULL};
    *code = ledger_open(&reader, path);
    if (*code != 0)
        return false;
    while (line = ledger_next(&reader, code), line.length > 0) {
        fault->what = ledger_check_line(check, line);
        if (fault->what != NULL) {
            fault->line = check->lines + 1;
            break;
        }
    }
    ledger_close(&reader);
    return *code == 0 && fault->what == NULL;
}

/* ---- the end of the file -------------------------------------------------------------------- */

/* A file that is open for appending, and its last line. */
struct ledger {
    const char *path;
    int fd;          /* own; -1: there is no such file yet */
    off_t length;    /* of its whole, good lines */
    struct buf line; /* own: the last of them with its LF; empty: there is none */
    int64_t seq;     /* its seq, or 0 */
};

/* Reads the octets of FD from START to END behind BUF. */
static int read_between(int fd, const char *path, off_t start, off_t end, struct buf *out)
{
    while (start < end) {
        size_t want = (size_t)(end - start);
        ssize_t length = pread(fd, buf_reserve(out, want), want, start);

        if (length < 0 && errno == EINTR)
            continue;
        if (length < 0)
            return diag_errno(EX_IOERR, path, "cannot read the end of the audit log");
        if (length == 0)
            return diag(EX_IOERR, path, "cannot read the end of the audit log: it became shorter");
        out->length += (size_t)length;
        start += length;
    }
    return 0;
}

/*
 * Puts the last line of the first LENGTH octets into LEDGER, with its LF or torn. Reads backwards
 * in growing steps: a usual line is found in the first.
 */
static int read_last_line(struct ledger *ledger, off_t length)
{
    size_t step = TAIL_SIZE;

    for (;;) {
        off_t start = length > (off_t)step ? length - (off_t)step : 0;
        const char *end;
        int code;

        buf_clear(&ledger->line);
        code = read_between(ledger->fd, ledger->path, start, length, &ledger->line);
        if (code != 0 || ledger->line.length == 0)
            return code;
        /* The LF before the last line; its own may be the last octet. */
        end = memrchr(ledger->line.octets, '\n', ledger->line.length - 1);
        if (end != NULL || start == 0) {
            size_t skip = end != NULL ? (size_t)(end - ledger->line.octets) + 1 : 0;

            memmove(ledger->line.octets, ledger->line.octets + skip, ledger->line.length - skip);
            ledger->line.length -= skip;
            return 0;
        }
        if (step > LEDGER_LINE_MAX)
            return diag(EX_TEMPFAIL, ledger->path,
                        "does not end in a line of an audit log, nothing was written: is it the "
                        "right file? `audit verify` looks closer");
        step *= 8;
    }
}

/*
 * Whether LINE is what a crash leaves of lines of ours: the beginning of one, or blocks that never
 * reached the disk and read as NULs. Nothing else is ever cut: it is somebody else's text.
 */
static bool is_torn(struct span line)
{
    struct span begin = LINE_BEGIN;

    if (line.length < begin.length)
        begin.length = line.length;
    return line.octets[0] == '\0' || span_begins(line, begin);
}

/* Finds the last good line of an open file and cuts what a crash left behind it. */
static int find_end(struct ledger *ledger)
{
    struct stat status;
    off_t end;

    if (fstat(ledger->fd, &status) != 0)
        return diag_errno(EX_IOERR, ledger->path, "cannot look at the audit log");
    if (!S_ISREG(status.st_mode))
        return diag(EX_TEMPFAIL, ledger->path, "is no plain file: name another for the audit log");
    end = status.st_size;
    ledger->seq = 0;
    for (int lines = 0;; lines++) {
        struct ledger_line parts;
        struct span line;
        int code = read_last_line(ledger, end);

        if (code != 0)
            return code;
        line = buf_view(&ledger->line);
        if (line.length == 0 ||
            (ledger_read_line(line, &parts) && memchr(line.octets, '\0', line.length) == NULL)) {
            ledger->seq = line.length == 0 ? 0 : parts.seq;
            break;
        }
        if (lines >= TORN_LINES_MAX || !is_torn(line))
            return diag(EX_TEMPFAIL, ledger->path,
                        "its last line is not one of an audit log, nothing was written: is it the "
                        "right file? `audit verify` looks closer");
        end -= (off_t)line.length;
    }
    ledger->length = end;
    if (end == status.st_size)
        return 0;
    if (ftruncate(ledger->fd, end) != 0)
        return diag_errno(EX_IOERR, ledger->path, "cannot cut its torn last line");
    diag_note("%s: its torn last line (%lld octets) was cut and is written again", ledger->path,
              (long long)(status.st_size - end));
    return 0;
}

int ledger_stored_line(struct store *store, int64_t seq, struct buf *line)
{
    struct store_statement *statement =
        store_prepare(store, "SELECT line FROM event WHERE origin = ?1 AND seq = ?2");
    int step;

    store_bind_string(statement, 1, store_host(store));
    store_bind_integer(statement, 2, seq);
    step = store_step(statement);
    if (step < 0)
        return EX_TEMPFAIL;
    if (step > 0) {
        buf_span(line, store_text(statement, 0));
        buf_char(line, '\n');
        store_reset(statement);
    }
    return 0;
}

/* The file's last line must be the store's: else one of them was changed behind our back. */
static int compare_end(struct store *store, const struct ledger *ledger)
{
    struct buf line = BUF_INIT;
    int code;

    if (ledger->seq == 0)
        return 0;
    code = ledger_stored_line(store, ledger->seq, &line);
    if (code == 0 && line.length == 0)
        code = diag(EX_TEMPFAIL, ledger->path,
                    "its last line has seq %lld, which the store %s does not have, nothing was "
                    "written: another store's file, or the store was restored from an older "
                    "backup; `audit verify` looks closer",
                    (long long)ledger->seq, store_folder(store));
    else if (code == 0 && !span_equal(buf_view(&line), buf_view(&ledger->line)))
        code = diag(EX_TEMPFAIL, ledger->path,
                    "its last line, seq %lld, is not what the store %s has, nothing was written: "
                    "the file was altered or is another store's; `audit verify` looks closer",
                    (long long)ledger->seq, store_folder(store));
    buf_release(&line);
    return code;
}

/* Opens PATH and finds its end; a file that is not there has none. */
static int open_end(struct ledger *ledger, const char *path)
{
    ledger->path = path;
    ledger->seq = 0;
    ledger->length = 0;
    buf_clear(&ledger->line);
    ledger->fd = open(path, O_RDWR | O_APPEND | O_CLOEXEC);
    if (ledger->fd < 0 && errno == ENOENT)
        return 0;
    if (ledger->fd < 0)
        return diag_errno(EX_TEMPFAIL, path, "cannot open the audit log for writing");
    return find_end(ledger);
}

static void close_end(struct ledger *ledger)
{
    if (ledger->fd >= 0)
        close(ledger->fd);
    ledger->fd = -1;
    buf_release(&ledger->line);
}

/* PATH with SUFFIX behind it, to be freed. */
static char *with_suffix(const char *path, const char *suffix)
{
    size_t size = strlen(path) + strlen(suffix) + 1;
    char *name = memory_take(size);

    snprintf(name, size, "%s%s", path, suffix);
    return name;
}

/* An empty or new file goes on from the one that was rotated away, if there is one. */
static int continue_rotated(struct store *store, struct ledger *ledger)
{
    struct ledger rotated = {.fd = -1};
    char *path = with_suffix(ledger->path, ".1");
    int code = open_end(&rotated, path);

    if (code == 0)
        code = compare_end(store, &rotated);
    ledger->seq = rotated.seq;
    close_end(&rotated);
    free(path);
    return code;
}

/* ---- appending ------------------------------------------------------------------------------ */

/* A new file, its name durable in its folder. */
static int create(struct ledger *ledger)
{
    const char *slash = strrchr(ledger->path, '/');
    char *folder;
    int code;

    ledger->fd = open(ledger->path, O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC, 0660);
    if (ledger->fd < 0)
        return diag_errno(EX_TEMPFAIL, ledger->path, "cannot make the audit log");
    /* Programs of several users of one group append to it, whatever the umask. */
    if (fchmod(ledger->fd, 0660) != 0)
        return diag_errno(EX_IOERR, ledger->path, "cannot set the mode of the audit log");
    if (slash == NULL)
        return file_sync_folder(".");
    folder = with_suffix(ledger->path, "");
    folder[slash == ledger->path ? 1 : slash - ledger->path] = '\0';
    code = file_sync_folder(folder);
    free(folder);
    return code;
}

static int write_lines(struct ledger *ledger, struct buf *lines)
{
    int code = file_write_all(ledger->fd, ledger->path, lines->octets, lines->length);

    buf_clear(lines);
    return code;
}

/* Writes the rows above the file's last seq, at most one batch; *MORE: there may be others. */
static int append_batch(struct store *store, struct ledger *ledger, struct buf *lines, bool *more)
{
    struct store_statement *statement =
        store_prepare(store, "SELECT seq, line FROM event WHERE origin = ?1 AND seq > ?2"
                             " ORDER BY seq LIMIT 1000");
    int code = 0;
    int step;

    *more = false;
    store_bind_string(statement, 1, store_host(store));
    store_bind_integer(statement, 2, ledger->seq);
    while (code == 0 && (step = store_step(statement)) != 0) {
        if (step < 0)
            return EX_TEMPFAIL;
        if (store_integer(statement, 0) != ledger->seq + 1)
            code = diag(EX_TEMPFAIL, ledger->path,
                        "the store has no event of seq %lld, which is the next: restore it from a "
                        "backup",
                        (long long)ledger->seq + 1);
        else if (ledger->fd < 0)
            code = create(ledger);
        if (code == 0) {
            buf_span(lines, store_text(statement, 1));
            buf_char(lines, '\n');
            ledger->seq++;
            *more = true;
            if (lines->length >= WRITE_SIZE)
                code = write_lines(ledger, lines);
        }
        if (code != 0)
            store_reset(statement);
    }
    return code != 0 || lines->length == 0 ? code : write_lines(ledger, lines);
}

/* Writes all rows above the file's last seq and makes them durable. */
static int append_rows(struct store *store, struct ledger *ledger)
{
    struct buf lines = BUF_INIT;
    int64_t before = ledger->seq;
    bool more = true;
    int code = 0;

    while (code == 0 && more)
        code = append_batch(store, ledger, &lines, &more);
    buf_release(&lines);
    if (code == 0 && ledger->seq > before && fsync(ledger->fd) != 0)
        code = diag_errno(errno == ENOSPC || errno == EDQUOT ? EX_TEMPFAIL : EX_IOERR, ledger->path,
                          "cannot make the audit log durable");
    /* What is not known to be on the disk is written again the next time. */
    if (code != 0 && ledger->fd >= 0 && ftruncate(ledger->fd, ledger->length) != 0)
        diag_errno(code, ledger->path, "cannot cut what was written in vain");
    return code;
}

/* With the lock held. *LAST becomes the file's last seq. */
static int append_locked(struct store *store, const char *path, int64_t *last)
{
    struct ledger ledger = {.fd = -1};
    int code = open_end(&ledger, path);

    if (code == 0 && ledger.seq == 0)
        code = continue_rotated(store, &ledger);
    else if (code == 0)
        code = compare_end(store, &ledger);
    if (code == 0)
        code = append_rows(store, &ledger);
    *last = ledger.seq;
    close_end(&ledger);
    return code;
}

int64_t ledger_stored_seq(struct store *store)
{
    struct store_statement *statement =
        store_prepare(store, "SELECT seq FROM chain WHERE origin = ?1");
    int64_t seq;
    int step;

    store_bind_string(statement, 1, store_host(store));
    step = store_step(statement);
    if (step <= 0)
        return step;
    seq = store_integer(statement, 0);
    store_reset(statement);
    return seq;
}

int ledger_append(struct store *store, const char *path)
{
    char *name = with_suffix(path, ".lock");
    int64_t written = 0;
    int64_t wanted = 0;
    int code;

    do {
        int64_t missed = wanted;
        int lock;

        code = file_lock(name, false, &lock);
        if (code != 0 || lock < 0)
            break;
        code = append_locked(store, path, &written);
        close(lock);
        if (code == 0 && written < missed)
            code = diag(EX_TEMPFAIL, path,
                        "the store has no event of seq %lld, which it gave away: restore it from a "
                        "backup",
                        (long long)written + 1);
        /* Who committed while we held the lock went away: what he has is ours to write. */
        wanted = code == 0 ? ledger_stored_seq(store) : 0;
        if (wanted < 0)
            code = EX_TEMPFAIL;
    } while (code == 0 && wanted > written);
    free(name);
    return code;
}

void ledger_catch_up(struct store *store, const char *path)
{
    if (path != NULL)
        (void)ledger_append(store, path);
}
