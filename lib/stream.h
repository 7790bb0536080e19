/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stream: messages in and out, in the forms of architecture.md ("A stream of messages").
 *
 *     json     NDJSON, one Email object a line
 *     mbox     a mailbox of any form of mbox.h; written as mboxrd
 *     rfc822   one message; a leading From_ line is envelope
 *     folder   a Maildir or MH folder named as operand: each file is one message, read only
 */
#ifndef POSTROOM_STREAM_H
#define POSTROOM_STREAM_H

#include <stdbool.h>
#include <stddef.h>

#include "config.h"
#include "mbox.h"
#include "message.h"
#include "sink.h"

enum stream_form { STREAM_UNKNOWN, STREAM_JSON, STREAM_MBOX, STREAM_RFC822, STREAM_FOLDER };

/* What stream_next found. */
enum stream_event {
    STREAM_MESSAGE,  /* one message was read */
    STREAM_REJECTED, /* one piece of input is no message: see stream_rejected */
    STREAM_IDLE,     /* nothing came within the time given */
    STREAM_END,      /* the input is at its end */
    STREAM_STOPPED,  /* a signal asked to stop */
    STREAM_FAILED    /* reading failed, reported: stream_code */
};

/* Input that is no message. The spans live until the next call of stream_next. */
struct stream_reject {
    const char *input;
    uint64_t number; /* of the line, from 1 */
    struct span octets;
    const char *reason; /* in words */
    bool cut;           /* the input ended in the middle of it */
};

struct stream_in;

struct stream_options {
    const struct config *config;
    const char *const *operands; /* NULL-terminated; empty: standard input */
    size_t operand_count;
    enum stream_form from;    /* STREAM_UNKNOWN: look at the input */
    enum mbox_form mbox;      /* how mailboxes are read */
    bool mbox_given;          /* somebody said so: a From_ line without a date is enough */
    bool border;              /* believe no block and no `triage`: derive everything from octets */
    const volatile int *stop; /* set by a signal handler; may be NULL */
};

/* The form that a word of --from or --to names; STREAM_UNKNOWN when it names none. */
enum stream_form stream_form_of(const char *word);

/* A new input. EX_IOERR, reported, when an operand cannot be opened. */
int stream_open(const struct stream_options *options, struct stream_in **in);

/* Closes and frees. NULL is allowed. */
void stream_close(struct stream_in *in);

/*
 * Reads the next message into MESSAGE (cleared before), waiting at most WAIT milliseconds for input
 * (negative: as long as it takes).
 */
enum stream_event stream_next(struct stream_in *in, struct message *message, int wait);

/* What was rejected, after STREAM_REJECTED. */
const struct stream_reject *stream_rejected(const struct stream_in *in);

/* The code of the failure, after STREAM_FAILED. */
int stream_code(const struct stream_in *in);

/*
 * The form in which the output is to be written when nothing was said: that of the only input;
 * STREAM_JSON for folders and several operands; STREAM_UNKNOWN as long as nothing was read.
 */
enum stream_form stream_natural_form(const struct stream_in *in);

/* A single non-empty input was recognised (or given) as one message. */
bool stream_is_single(const struct stream_in *in);

/* Octets read so far. */
uint64_t stream_octets_read(const struct stream_in *in);

/*
 * Writes MESSAGE to SINK in FORM (STREAM_JSON, _MBOX or _RFC822). EX_DATAERR, reported and with
 * nothing written, when the form needs octets that are not known; else the sink's code.
 */
int stream_write(struct message *message, enum stream_form form, struct sink *sink);

#endif
