/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * brand: which of our brands a message was written to.
 */
#ifndef POSTROOM_BRAND_H
#define POSTROOM_BRAND_H

#include "config.h"
#include "message.h"

/*
 * The brand of RECIPIENT, the envelope's (NULL when unknown); else that of the first address in To,
 * else in Cc, that belongs to one. NULL when there is none. MESSAGE's octets must have been parsed
 * (message_mime). Belongs to the configuration.
 */
const struct config_brand *brand_find(struct message *message, const char *recipient);

#endif
