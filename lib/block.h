/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * block: the Triage-* fields on top of a message in RFC 5322 form (formats.md, "The block").
 *
 * The block is the first run of Triage-* fields that ends in Triage-Blob. Strangers' fields of
 * that name (below it, in the message's own header) are quoted with `Untrusted-` when a message is
 * written and unquoted when it is read, so no recipe ever takes them for ours.
 */
#ifndef POSTROOM_BLOCK_H
#define POSTROOM_BLOCK_H

#include "buf.h"
#include "message.h"

/*
 * The block is cut to this many octets: reasons first, then suggestions, then whatever is largest;
 * an error says so.
 */
#define BLOCK_MAX ((size_t)32 * 1024)

/* Appends OCTETS with every stranger's Triage field of the header quoted once more. */
void block_quote(struct buf *out, struct span octets);

/* Appends OCTETS with every quoted Triage field of the header unquoted once. */
void block_unquote(struct buf *out, struct span octets);

/*
 * Takes TEXT, what stands under a From_ line, as a message in our own form: sets octets, blob_id,
 * above, received_at and triage from the block; marks an alteration with an error (`altered`).
 * Without a block all of TEXT is octets as a stranger sent them, and the answer is false: such a
 * message has no triage. TEXT must live as long as the message.
 */
bool block_read(struct message *message, struct span text);

/*
 * Appends the message in RFC 5322 form: what stood above, block, quoted octets; line ends of the
 * block are the message's own. EX_DATAERR (reported) when the octets are not known.
 */
int block_write(struct message *message, struct buf *out);

/*
 * The same up to the end of the header section; *BODY is what follows unchanged, octets of the
 * message that a large one need not have in memory twice.
 */
int block_write_head(struct message *message, struct buf *out, struct span *body);

/*
 * The same for a queue outside the house: only the view fields Triage-Case, -Level, -Category,
 * -Language, -Route, -Redacted and -Suggestion; no state, no reasons, nothing that stood above.
 */
int block_write_outside(struct message *message, struct buf *out);

#endif
