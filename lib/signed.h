/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * signed: what an opaque S/MIME signature (RFC 8551 section 3.5.2) has inside.
 *
 * A walk through the few layers of BER around the content; nothing is verified, and no certificate
 * is looked at. Definite and indefinite lengths, whole and piecemeal octet strings.
 */
#ifndef POSTROOM_SIGNED_H
#define POSTROOM_SIGNED_H

#include "arena.h"
#include "span.h"

/*
 * Finds the content of the SignedData (RFC 5652 section 5) that OCTETS are: a span into them when
 * it stands there in one piece, else a copy in ARENA. False for everything else: enveloped data,
 * certificates only, a detached signature, lengths that lie.
 */
bool signed_content(struct arena *arena, struct span octets, struct span *content);

#endif
