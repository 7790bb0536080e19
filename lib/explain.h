/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * explain: tells a person how a message was read (--explain of mail-parse).
 */
#ifndef POSTROOM_EXPLAIN_H
#define POSTROOM_EXPLAIN_H

#include "message.h"

/*
 * Says on standard error, through diag_note, which zone each line of the body belongs to, and why.
 * MESSAGE's octets must have been parsed (message_mime).
 */
void explain_zones(struct message *message);

#endif
