/* SPDX-License-Identifier: GPL-3.0-or-later */
/* armour: what PGP wraps around a text that it signed in clear (RFC 4880 section 7). */
#ifndef POSTROOM_ARMOUR_H
#define POSTROOM_ARMOUR_H

#include "buf.h"

/*
 * Appends TEXT (UTF-8, LF) with the armour of clear-signed messages taken off: the lines around
 * the text, the Hash fields, the signature, and the dashes before dashes. Encrypted and quoted
 * blocks stay as they are; a signature that never ends goes up to the first line that is none.
 * Nothing is verified. Returns false, and appends nothing, when there is no such message in TEXT.
 */
bool armour_strip(struct buf *out, struct span text);

#endif
