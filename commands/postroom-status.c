/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * postroom-status: how the store, the ledger and the outbox are, for people and for monitoring.
 *
 * Exit codes: 0 all is well; 65 the ledger is damaged; 75 the store cannot be used, or something
 * that should have left lies in the outbox for longer than --late.
 */
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "command.h"
#include "date.h"
#include "diag.h"
#include "ledger.h"

/* A row that could have left this many seconds ago is late. */
#define LATE 3600

static const struct filter_option options[] = {
    {"late", 0, "DURATION", "when mail in the outbox is late (PT1H)"}, {NULL, 0, NULL, NULL}};

static void row(struct command_run *run, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void row(struct command_run *run, const char *name, const char *format, ...)
{
    va_list arguments;
    char text[512];

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    buf_format(&run->out, "%-22s %s\n", name, text);
}

/* The only number that a statement gives; 0 without a row, negative after a failure. */
static int64_t number(struct command_run *run, const char *sql)
{
    struct store_statement *statement = store_prepare(run->store, sql);
    int step = store_step(statement);
    int64_t value = step == 1 ? store_integer(statement, 0) : step;

    store_reset(statement);
    return value;
}

static int show_store(struct command_run *run)
{
    static const struct {
        const char *name;
        const char *sql;
    } counts[] = {{"deliveries", "SELECT count(*) FROM delivery"},
                  {"cases", "SELECT count(*) FROM cases"},
                  {"cases open", "SELECT count(*) FROM cases WHERE state = 'open'"},
                  {"customers", "SELECT count(*) FROM customer"},
                  {"stored decisions", "SELECT count(*) FROM decision"},
                  {"events", "SELECT count(*) FROM event"}};

    row(run, "store", "%s", store_folder(run->store));
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        int64_t count = number(run, counts[i].sql);

        if (count < 0)
            return EX_TEMPFAIL;
        row(run, counts[i].name, "%lld", (long long)count);
    }
    return 0;
}

static int show_outbox(struct command_run *run, int64_t now, int64_t late)
{
    struct store_statement *statement = store_prepare(
        run->store, "SELECT state, count(*), sum(uncertain) FROM outbox GROUP BY state"
                    " ORDER BY state");
    int64_t oldest;
    int step;

    while ((step = store_step(statement)) == 1) {
        struct span state = store_text(statement, 0);

        row(run, "outbox", "%lld %.*s, %lld uncertain", (long long)store_integer(statement, 1),
            (int)state.length, state.octets, (long long)store_integer(statement, 2));
    }
    if (step < 0)
        return EX_TEMPFAIL;
    statement =
        store_prepare(run->store, "SELECT last_error FROM outbox WHERE last_error IS NOT NULL"
                                  " AND state = 'released' ORDER BY not_before DESC LIMIT 1");
    if (store_step(statement) == 1) {
        struct span error = store_text(statement, 0);

        row(run, "last error", "%.*s", (int)error.length, error.octets);
        store_reset(statement);
    }
    oldest = number(run, "SELECT min(max(written_at, not_before - 3600)) FROM outbox"
                         " WHERE state IN ('released', 'sending')");
    if (oldest < 0)
        return EX_TEMPFAIL;
    if (oldest == 0)
        return 0;
    row(run, "oldest in the outbox", "%lld s", (long long)(now - oldest));
    if (now - oldest <= late)
        return 0;
    return diag(EX_TEMPFAIL, "outbox",
                "mail that should have left lies there for %lld s: see deliver --list, and run "
                "deliver --due from cron",
                (long long)(now - oldest));
}

static int show_ledger(struct command_run *run)
{
    const char *path = run->config->ledger;
    struct ledger_check check;
    struct ledger_fault fault;
    int code;

    if (path == NULL || access(path, F_OK) != 0) {
        row(run, "ledger", "none yet");
        return 0;
    }
    if (ledger_verify(path, &check, &fault, &code)) {
        int64_t stored = ledger_stored_seq(run->store);

        row(run, "ledger", "%s: %llu lines, last seq %lld", path, (unsigned long long)check.lines,
            (long long)check.last_seq);
        if (stored <= check.last_seq)
            return 0;
        return diag(EX_TEMPFAIL, path,
                    "lacks the last %lld events that are in the store: look why it cannot be "
                    "written; the next run catches up",
                    (long long)(stored - check.last_seq));
    }
    if (code != 0)
        return EX_TEMPFAIL;
    return diag(EX_DATAERR, path, "line %llu: %s: run audit verify", (unsigned long long)fault.line,
                fault.what);
}

static int run_status(struct command_run *run)
{
    const char *given = command_value(run, "late");
    int64_t late = LATE;
    int64_t now;
    int code;
    int ledger;

    if (given != NULL && !duration_parse(span_of(given), &late))
        return diag(EX_USAGE, NULL, "--late=%s: give a duration of ISO 8601, like PT1H", given);
    code = clock_now(&now);
    if (code == 0)
        code = command_store(run);
    if (code == 0)
        code = show_store(run);
    if (code != 0)
        return code;
    ledger = show_ledger(run);
    return diag_worse(show_outbox(run, now, late), ledger);
}

static const struct command status = {.name = "postroom-status",
                                      .operands = "",
                                      .summary = "show how store, ledger and outbox are",
                                      .options = options,
                                      .run = run_status};

int main(int argc, char **argv)
{
    return command_main(&status, argc, argv);
}
