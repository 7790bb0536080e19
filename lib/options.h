/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * options: command lines, from one table that also makes --help and the check of the man page.
 *
 * Long options take their argument behind `=` or as the next word and are not abbreviated; short
 * ones as custom has it (-fFILE, -f FILE). Options and operands may be mixed; `--` ends options.
 */
#ifndef POSTROOM_OPTIONS_H
#define POSTROOM_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"

/* One option. */
struct filter_option {
    const char *name;     /* long name without dashes; NULL ends the table */
    char letter;          /* short form, or 0 */
    const char *argument; /* name of its argument for --help, or NULL: takes none */
    const char *help;     /* one line */
};

/* An option as it was given. */
struct option_given {
    const struct filter_option *option;
    const char *value; /* "" for an option without argument */
};

struct filter_values {
    struct option_given *given;
    size_t given_count;
    const char **operands; /* NULL-terminated */
    size_t operand_count;
};

/*
 * Reads the command line by TABLES (COUNT tables, in which a name may stand in several with the
 * same meaning) into *VALUES, in ARENA. EX_USAGE, reported, for an unknown option, a missing or a
 * superfluous argument.
 */
int options_parse(struct arena *arena, const struct filter_option *const *tables, size_t count,
                  int argc, char **argv, struct filter_values *values);

/* The argument of option NAME as given last, "" when it takes none, NULL when it was not given. */
const char *options_value(const struct filter_values *values, const char *name);

/* Writes `usage: …` and the options to standard output: the answer to --help. */
int options_help(const char *program, const char *operands, const char *summary,
                 const struct filter_option *const *tables, size_t count);

/* Writes "PROGRAM (Postroom) VERSION": the answer to --version. */
int options_version(const char *program);

#endif
