/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mbox: From_ lines and mboxrd quoting.
 *
 * A message begins at a From_ line (`From `, an address or nothing, a ctime-like date) that is the
 * first line or stands behind an empty one, and ends before the next. Lines `>*From ` of the
 * message have one more `>` in the mailbox; the empty line before the next From_ line is not the
 * message's.
 */
#ifndef POSTROOM_MBOX_H
#define POSTROOM_MBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"
#include "buf.h"
#include "message.h"

/* LINE is a From_ line of a mailbox: it has a date. */
bool mbox_is_from_line(struct span line);

/*
 * LINE, the first of a single message, is envelope: it begins with `From ` or `>From ` and is no
 * field of the obsolete form `From :` (RFC 5322 section 4.5).
 */
bool mbox_is_envelope(struct span line);

/*
 * Finds where the message that TEXT begins with ends, its separating line included. *SCANNED is how
 * far an earlier call looked, 0 at first. False: more octets are needed (AT_END is then false).
 */
bool mbox_message_end(struct span text, size_t *scanned, bool at_end, size_t *length);

/*
 * Takes one message of a mailbox apart: *FROM_LINE with its line end, a copy in ARENA (empty when
 * the mailbox does not begin with one), and the unquoted rest, appended to TEXT.
 */
void mbox_read(struct arena *arena, struct span octets, struct span *from_line, struct buf *text);

/*
 * Appends TEXT (block and octets of MESSAGE) as one message of a mailbox: the From_ line it came
 * with, or one made of its return path and time; quoted lines; a line end when the last line has
 * none; an empty line.
 */
void mbox_write(struct buf *out, struct message *message, struct span text);

#endif
