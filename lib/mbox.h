/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mbox: mailboxes in one file, of the four forms that are about.
 *
 * A message begins at a From_ line that is the first line or stands behind an empty one, and ends
 * before the next. A From_ line is `From `, an address or nothing, and a ctime-like date. Where the
 * mailbox's first has no date (`From -`, `From `, `From ADDRESS`), others may lack it too, when a
 * header field follows. The empty line before the next From_ line is not the message's.
 *
 * What differs is how a line of the message is kept apart that looks like a From_ line:
 *
 *     rd      lines `>*From ` of the message have one more `>` in the mailbox
 *     o       lines `From ` have a `>`; what was `>From ` cannot be told from them
 *     cl      as o, and a field Content-Length says how long the body is in the mailbox
 *     cl2     nothing is quoted, and Content-Length says how long the body is
 *
 * A Content-Length is believed only when a From_ line or the end of the input stands where it says,
 * perhaps behind an empty line; several that differ, signs, and more than 64 MiB are not believed.
 * What is not believed ends at the next From_ line; in cl and cl2 that needs no empty line before
 * it when a header field follows.
 */
#ifndef POSTROOM_MBOX_H
#define POSTROOM_MBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"
#include "buf.h"
#include "message.h"
#include "sink.h"

/* LINE is a From_ line of a mailbox: it has a date. */
bool mbox_is_from_line(struct span line);

/* LINE is a From_ line that has no date: nothing, a dash or one address stands behind `From `. */
bool mbox_is_bare_from_line(struct span line);

/*
 * LINE, the first of a single message, is envelope: it begins with `From ` or `>From ` and is no
 * field of the obsolete form `From :` (RFC 5322 section 4.5).
 */
bool mbox_is_envelope(struct span line);

enum mbox_form { MBOX_RD, MBOX_O, MBOX_CL, MBOX_CL2 };

/* The form that a word names (rd, o, cl, cl2) into *FORM; false when it names none. */
bool mbox_form_of(const char *word, enum mbox_form *form);

/* Reading one mailbox. Zeroed but for the form at first; the rest is the module's own. */
struct mbox_reader {
    enum mbox_form form;
    bool begun;         /* the first line is known */
    bool bare;          /* it is a From_ line without a date */
    size_t scanned;     /* of the message: start of the first line that is not looked at */
    bool asked;         /* of the message: its Content-Length was looked at */
    int lengths;        /* of the message: how many fields Content-Length, -1: none is believed */
    size_t body_length; /* what they say */
    size_t body;        /* of the message: where its body begins, 0 when not known */
};

/* Where the message that octets begin with ends. */
struct mbox_piece {
    size_t length;  /* with the empty line that separates */
    size_t content; /* without */
};

/*
 * Finds where the message that TEXT begins with ends. False: more octets are needed (AT_END is then
 * false); the next call has the same octets and more. It does not matter where they come in pieces.
 */
bool mbox_message_end(struct mbox_reader *reader, struct span text, bool at_end,
                      struct mbox_piece *piece);

/*
 * Takes one message of a mailbox apart: *FROM_LINE with its line end, a copy in ARENA (empty when
 * the mailbox does not begin with one), and the unquoted rest, appended to TEXT.
 */
void mbox_read(struct arena *arena, enum mbox_form form, struct span content,
               struct span *from_line, struct buf *text);

/*
 * Appends TEXT (block and octets of MESSAGE) as one message of a mailbox of form rd: the From_ line
 * it came with, or one made of its return path and time; quoted lines; a line end when the last
 * line has none; an empty line.
 */
void mbox_write(struct buf *out, struct message *message, struct span text);

/* The same for a text in two pieces, of which the first ends in a line end, to a sink. */
void mbox_sink(struct sink *sink, struct message *message, struct span head, struct span body);

#endif
