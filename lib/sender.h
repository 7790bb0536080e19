/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sender: who wrote a message, and in which language. MESSAGE's octets must have been parsed
 * (message_mime).
 */
#ifndef POSTROOM_SENDER_H
#define POSTROOM_SENDER_H

#include "address.h"
#include "language.h"
#include "message.h"

/* The first address of From, in MESSAGE's arena; NULL when there is none. */
const struct mail_address *sender_address(struct message *message);

/*
 * The language of TEXT, what the sender wrote this time, into *GUESS: one of LANGUAGES or "und".
 * When TEXT is too short to tell, a subject of three words or more helps; it does not stand alone:
 * it may be ours, or somebody else's.
 */
void sender_language(struct language *languages, struct message *message, struct span text,
                     struct language_guess *guess);

#endif
