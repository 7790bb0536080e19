/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * properties: which properties of the Email object and of its body parts a line has (--properties
 * and --body-properties of mail-parse).
 */
#ifndef POSTROOM_PROPERTIES_H
#define POSTROOM_PROPERTIES_H

#include "buf.h"
#include "email.h"
#include "message.h"

/* A list of properties of the Email object, taken apart. */
struct properties {
    struct span *names; /* of those without `header:` */
    size_t name_count;
    size_t name_capacity;
    struct form_property *headers;
    size_t header_count;
    size_t header_capacity;
};

/*
 * Reads LIST, names of properties of RFC 8621 section 4.1 separated by commas, into *PROPERTIES, in
 * ARENA; spans point into LIST. 0, or EX_USAGE (reported) when one is no property, or a form that
 * its field may not have. Empty names are passed over, repeated ones count once.
 */
int properties_read(struct arena *arena, struct span list, struct properties *properties);

/* The same for LIST, properties of body parts (RFC 8621 section 4.1.4), into *CHOICE. */
int properties_read_parts(struct arena *arena, struct span list, struct email_part_choice *choice);

/*
 * Leaves only PROPERTIES in MESSAGE's line, which must have been made, in their order, with those
 * of header fields behind them; blobId, size, receivedAt, triage and raw always stay, since without
 * them no later program knows which message it is and when it came. Fields are read from the octets
 * or else from the line's `headers`; without either, those properties are absent. What only a
 * server could say (id, threadId, mailboxIds, keywords) is null, as in Email/parse. PROPERTIES
 * NULL: all stay. `raw` goes when message->no_raw says so. 0, or EX_SOFTWARE (reported) when the
 * line is no JSON.
 */
int properties_select(struct message *message, const struct properties *properties);

#endif
