/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * filter: what every program of the chain shares: options, the stream loop, groups, stored
 * decisions, error policy, exit codes, progress.
 *
 * A filter is a value. Its program is
 *
 *     int main(int argc, char **argv) { return filter_main(&classify, argc, argv); }
 *
 * and `triage` runs several of them in one process with the same bytes as result.
 */
#ifndef POSTROOM_FILTER_H
#define POSTROOM_FILTER_H

#include <stdbool.h>
#include <stddef.h>

#include "config.h"
#include "message.h"
#include "options.h"
#include "store.h"

/* What a filter needs from the loop. */
enum filter_flags {
    FILTER_STORE = 1,  /* decides with the store: its decisions are kept (`reads`, `writes`) */
    FILTER_EVENTS = 2, /* uses the store without keeping decisions */
    FILTER_BORDER = 4, /* believes no block and no `triage`; decides before the transaction */
    FILTER_SINK = 8,   /* writes nothing, unless --pass or --to=rfc822 says otherwise */
    FILTER_STORE_OPTIONAL = 16 /* with FILTER_STORE: works without one when an option says so */
};

/* Where a filter runs. One for each filter of a process. */
struct filter_run {
    const struct filter *filter;
    const struct config *config;
    struct store *store; /* NULL unless the filter asked for it */
    void *data;          /* the filter's own, between open and close */
    bool passing;        /* deliver: the stream goes on and somebody else files the mail */
    bool again;          /* --again: stored decisions are not used */
    const struct filter_values *values; /* options as given */
};

struct filter {
    const char *name;
    const char *summary;                 /* one line for --help */
    const struct filter_option *options; /* its own, beside the common ones; may be NULL */
    unsigned flags;
    const char *const *reads;  /* members whose digest a decision belongs to; NULL ends */
    const char *const *writes; /* members that it writes; NULL ends */
    /* All return 0 or a sysexits code, having reported. Any may be NULL but decide. */
    int (*open)(struct filter_run *run);
    /* Runs in place of the stream when the options ask for something else: *DONE is set then. */
    int (*instead)(struct filter_run *run, bool *done);
    /* Touches only the message and the store, inside the group's transaction. */
    int (*decide)(struct filter_run *run, struct message *message);
    /* Runs after the commit, outside any transaction. */
    int (*act)(struct filter_run *run, struct message *group, size_t count);
    int (*close)(struct filter_run *run);
};

/* Runs FILTER as a program; returns the exit code for main. */
int filter_main(const struct filter *filter, int argc, char **argv);

/* Runs several as one program called NAME, in this order; --filters=LIST chooses among them. */
int filter_chain_main(const char *name, const char *summary, const struct filter *const *filters,
                      size_t count, int argc, char **argv);

/* The argument of option NAME as given last, "" for one without argument, NULL when not given. */
const char *filter_value(const struct filter_run *run, const char *name);

#endif
