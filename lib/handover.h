/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * handover: messages for a command's standard input. They are collected in a temporary file without
 * a name, in $TMPDIR or /tmp, so a command never sees part of a message, and a large one is not in
 * memory.
 *
 * Servers send CR LF at the end of each line; here that becomes LF, as mail systems hand mail to
 * programs, so the same message has the same blobId whichever way it came. Every other octet, lone
 * CRs and LFs too, stays as it is.
 */
#ifndef POSTROOM_HANDOVER_H
#define POSTROOM_HANDOVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "span.h"

#define HANDOVER_BUFFER ((size_t)64 * 1024)

/* To be opened before use; all members are this module's. */
struct handover {
    int fd;        /* own; -1: closed */
    bool mbox;     /* several messages as mboxrd; else one, as it is */
    off_t written; /* octets in the file */
    off_t good;    /* those of whole messages */
    size_t used;   /* of `buffer` */
    bool was_return;
    bool line_start; /* nothing but `>` was written since the last LF */
    bool ended;      /* the last octet was LF, or there was none */
    size_t from;     /* octets of "From " seen at a line's start, and held back */
    char buffer[HANDOVER_BUFFER];
};

/* Makes the file. EX_TEMPFAIL when that is not to be had. */
int handover_open(struct handover *handover, bool mbox);

/* Closes. */
void handover_close(struct handover *handover);

/*
 * Begins a message. In an mbox it gets a From_ line of SENDER ("" or NULL: unknown) and TIME, UTC
 * seconds.
 */
int handover_begin(struct handover *handover, const char *sender, int64_t time);

/* Adds octets of the message, of any length. EX_TEMPFAIL when there is no space. */
int handover_add(struct handover *handover, struct span octets);

/* The message is whole. */
int handover_end(struct handover *handover);

/* Drops what was added since the last handover_end. */
int handover_drop(struct handover *handover);

/* How many octets of whole messages there are. */
off_t handover_size(const struct handover *handover);

/*
 * Runs COMMAND by /bin/sh with the whole messages on its standard input and ENVIRONMENT
 * (NULL-terminated), and waits until it ends. *STATUS is what wait(2) says. Its output is ours.
 * EX_TEMPFAIL when it cannot be started.
 */
int handover_run(struct handover *handover, const char *command, char *const *environment,
                 int *status);

#endif
