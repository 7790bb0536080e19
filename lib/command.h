/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * command: what every command shares: options, configuration, store, output, exit code.
 *
 * A command is a value. Its program, run as `audit verify` (or, for tools, by its own name), is
 *
 *     int main(int argc, char **argv) { return command_main(&verify, argc, argv); }
 *
 * Beside its own options each takes --config, --help and --version.
 */
#ifndef POSTROOM_COMMAND_H
#define POSTROOM_COMMAND_H

#include <stddef.h>

#include "arena.h"
#include "buf.h"
#include "config.h"
#include "options.h"
#include "store.h"

struct command_run;

struct command {
    const char *name;                    /* "audit verify": what messages begin with */
    const char *operands;                /* for --help: "CASE|MESSAGE-ID"; "" when it takes none */
    const char *summary;                 /* one line for --help */
    const struct filter_option *options; /* its own; may be NULL */
    size_t least;                        /* number of operands */
    size_t most;
    /* Does the work. Returns the exit code, having reported. */
    int (*run)(struct command_run *run);
};

/* One run of a command. */
struct command_run {
    const struct command *command;
    struct arena arena; /* own: for the command too */
    struct filter_values values;
    struct buf out;        /* own: standard output to come; see command_flush */
    struct config *config; /* own; NULL before command_config */
    struct store *store;   /* own; NULL before command_store */
};

/* Runs COMMAND as a program; returns the exit code for main. */
int command_main(const struct command *command, int argc, char **argv);

/* The argument of option NAME as given last, "" for one without argument, NULL when not given. */
const char *command_value(const struct command_run *run, const char *name);

/* Operand NUMBER, from 0; NULL when there are not so many. */
const char *command_operand(const struct command_run *run, size_t number);

/* Loads the configuration (--config, or the usual places), once. 0 or EX_CONFIG. */
int command_config(struct command_run *run);

/* Loads the configuration and opens its store, once. 0, EX_CONFIG or EX_TEMPFAIL. */
int command_store(struct command_run *run);

/*
 * Writes `out` to standard output and empties it; command_main does it at the end, a command with
 * much to say now and then. A closed pipe is EX_IOERR and says nothing.
 */
int command_flush(struct command_run *run);

#endif
