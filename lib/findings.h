/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * findings: what mail-parse found out, as members of `triage` (formats.md). Only mail-parse, their
 * one writer, uses this. Strings are valid UTF-8; they are copied.
 */
#ifndef POSTROOM_FINDINGS_H
#define POSTROOM_FINDINGS_H

#include "buf.h"
#include "config.h"
#include "envelope.h"
#include "kind.h"
#include "language.h"
#include "message.h"
#include "trust.h"

/* Sets `envelope` to ENVELOPE and MESSAGE's From_ line; leaves it alone when nothing is known. */
void findings_envelope(struct message *message, const struct envelope *envelope);

/* Sets `brand` to BRAND's id; leaves it alone when BRAND is NULL. */
void findings_brand(struct message *message, const struct config_brand *brand);

/* Sets `kind`. */
void findings_kind(struct message *message, const struct kind *kind);

/* Sets `trust`; leaves it alone when there is nothing to say. */
void findings_trust(struct message *message, const struct trust *trust);

/* Takes an agent's control lines off the front of *TEXT; sets `control` when there are any. */
void findings_control(struct message *message, struct span *text);

/* Sets `language`. */
void findings_language(struct message *message, const struct language_guess *guess);

/* Sets `text`, which is then no longer to be made from the octets. */
void findings_text(struct message *message, struct span text);

/* Sets `courtesy`. */
void findings_courtesy(struct message *message);

/*
 * Adds an error `limit-NAME` of PROGRAM for each limit that was hit. The octets must have been
 * parsed and the line made: only then are all limits known.
 */
void findings_limits(struct message *message, const char *program);

#endif
