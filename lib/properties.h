/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * properties: which properties of the Email object a line keeps (--properties of mail-parse).
 */
#ifndef POSTROOM_PROPERTIES_H
#define POSTROOM_PROPERTIES_H

#include "buf.h"
#include "message.h"

/*
 * Checks LIST, names of properties of RFC 8621 section 4.1 separated by commas. 0, or EX_USAGE
 * (reported) when one is none that mail-parse writes. Empty names are passed over.
 */
int properties_check(struct span list);

/*
 * Leaves only the properties of LIST in MESSAGE's line, which must have been made, in their order;
 * blobId, size, receivedAt, triage and raw always stay, since without them no later program knows
 * which message it is and when it came. 0, or EX_SOFTWARE (reported) when the line is no JSON.
 */
int properties_select(struct message *message, struct span list);

#endif
