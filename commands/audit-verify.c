/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * audit verify: checks the hash chain of the audit log and names the first bad line.
 *
 * Without --file the file is the configuration's, with the files that were rotated away before it,
 * and its end is held against the store, so a cut tail and a chain that was written anew show too.
 */
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "diag.h"
#include "ledger.h"

/* Programs that are at work commit first and append then: what the file lacks may just be coming.
 */
#define ATTEMPTS 6
#define ATTEMPT_WAIT 200000000L /* nanoseconds */

/* Numbers of rotated files (PATH.1 is the newest) that are looked for. */
#define ROTATED_MAX 9999

/* The chain as far as it was checked, over several files. */
struct chain {
    struct ledger_check check; /* of the newest file that has lines */
    const char *path;          /* of that file; NULL before the first */
};

static int fault(struct command_run *run, const char *path, uint64_t line, const char *what)
{
    buf_format(&run->out, "%s: line %llu: %s\n", path, (unsigned long long)line, what);
    return EX_DATAERR;
}

/* Checks the file PATH, which has to go on where the one before ended. */
static int check_file(struct command_run *run, struct chain *chain, const char *path)
{
    struct ledger_check check;
    struct ledger_fault found;
    int code;

    if (!ledger_verify(path, &check, &found, &code))
        return code != 0 ? code : fault(run, path, found.line, found.what);
    if (chain->path != NULL && check.lines > 0 &&
        (check.first_seq != chain->check.last_seq + 1 ||
         strcmp(check.first_prev, chain->check.last_hash) != 0))
        return fault(run, path, 1,
                     arena_format(&run->arena,
                                  "does not go on where %s ends: lines between them are missing or "
                                  "were altered",
                                  chain->path));
    buf_format(&run->out, "%s: %llu lines, last seq %lld: all good", path,
               (unsigned long long)check.lines, (long long)check.last_seq);
    if (chain->path == NULL && check.first_seq > 1)
        buf_format(&run->out, "; begins with seq %lld", (long long)check.first_seq);
    buf_char(&run->out, '\n');
    /* An empty file, after a rotation, leaves the end where it was. */
    if (check.lines > 0) {
        chain->check = check;
        chain->path = path;
    }
    return 0;
}

/* The first line of PATH that is not what the store has under its seq; its number, 0 for none. */
static uint64_t first_difference(struct command_run *run, const char *path, int *code)
{
    struct ledger_reader reader;
    struct buf stored = BUF_INIT;
    struct span line;
    uint64_t number = 0;
    bool same = true;

    *code = ledger_open(&reader, path);
    while (*code == 0 && same && (line = ledger_next(&reader, code)).length > 0) {
        struct ledger_line parts;

        number++;
        buf_clear(&stored);
        if (ledger_read_line(line, &parts))
            *code = ledger_stored_line(run->store, parts.seq, &stored);
        same = span_equal(line, buf_view(&stored));
    }
    ledger_close(&reader);
    buf_release(&stored);
    return same ? 0 : number;
}

/*
 * Holds the end of the chain against the store, whose last seq was WANTED before the files were
 * read. *SHORT: nothing is wrong but that lines are missing at the end.
 */
static int check_end(struct command_run *run, const struct chain *chain, int64_t wanted,
                     bool *is_short)
{
    struct buf stored = BUF_INIT;
    struct ledger_line parts;
    const char *path = run->config->ledger;
    int64_t last = chain->check.last_seq;
    uint64_t line;
    int code = last > 0 ? ledger_stored_line(run->store, last, &stored) : 0;
    bool same = last == 0 || (ledger_read_line(buf_view(&stored), &parts) &&
                              memcmp(parts.hash.octets, chain->check.last_hash, 64) == 0);

    buf_release(&stored);
    if (code != 0)
        return code;
    if (!same) {
        line = first_difference(run, chain->path, &code);
        if (code != 0)
            return code;
        return fault(run, chain->path, line > 0 ? line : chain->check.lines,
                     "is not what the store has under its seq: the file was written anew, or is "
                     "another store's, or the store was restored from an older backup");
    }
    if (last >= wanted)
        return 0;
    *is_short = true;
    line = chain->path != NULL && strcmp(chain->path, path) == 0 ? chain->check.lines + 1 : 1;
    return fault(
        run, path, line,
        arena_format(&run->arena,
                     "is missing: the store has lines up to seq %lld, the file up to %lld; "
                     "its tail was cut, or a program was killed before it wrote them "
                     "(then the next run writes them)",
                     (long long)wanted, (long long)last));
}

static const char *rotated_name(struct command_run *run, int number)
{
    return arena_format(&run->arena, "%s.%d", run->config->ledger, number);
}

/* Checks the ledger with all that was rotated away, oldest first. */
static int check_ledger(struct command_run *run, bool *is_short)
{
    const char *path = run->config->ledger;
    struct chain chain = {.path = NULL};
    int64_t wanted = ledger_stored_seq(run->store);
    int rotated = 0;
    int code = 0;

    if (wanted < 0)
        return EX_TEMPFAIL;
    while (rotated < ROTATED_MAX && access(rotated_name(run, rotated + 1), F_OK) == 0)
        rotated++;
    for (int number = rotated; code == 0 && number > 0; number--)
        code = check_file(run, &chain, rotated_name(run, number));
    if (code == 0 && access(path, F_OK) == 0)
        code = check_file(run, &chain, path);
    if (code != 0)
        return code;
    if (chain.path == NULL && wanted == 0 && run->out.length == 0)
        buf_format(&run->out, "%s: nothing was recorded yet: all good\n", path);
    if (rotated == 0 && chain.check.first_seq > 1)
        return fault(run, path, 1,
                     arena_format(&run->arena,
                                  "has seq %lld: the lines before it are neither here nor in %s",
                                  (long long)chain.check.first_seq, rotated_name(run, 1)));
    return check_end(run, &chain, wanted, is_short);
}

static int verify(struct command_run *run)
{
    const char *file = command_value(run, "file");
    struct chain chain = {.path = NULL};
    int code;

    if (file != NULL)
        return check_file(run, &chain, file);
    code = command_store(run);
    if (code != 0)
        return code;
    for (int attempt = 1;; attempt++) {
        static const struct timespec wait = {0, ATTEMPT_WAIT};
        bool is_short = false;

        buf_clear(&run->out);
        code = check_ledger(run, &is_short);
        if (!is_short || attempt == ATTEMPTS)
            return code;
        nanosleep(&wait, NULL);
    }
}

static const struct filter_option options[] = {
    {"file", 0, "FILE", "check this file alone, without configuration and store"},
    {NULL, 0, NULL, NULL},
};

static const struct command command = {
    .name = "audit verify",
    .operands = "",
    .summary = "check the hash chain of the audit log and name the first bad line",
    .options = options,
    .run = verify,
};

int main(int argc, char **argv)
{
    return command_main(&command, argc, argv);
}
