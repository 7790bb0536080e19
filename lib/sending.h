/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sending: how outbox rows leave. Only `deliver` links this.
 *
 * One sender a host, under the lock `sending.lock` of the store's folder: take rows (commit them as
 * `sending`), send, mark (commit `sent`). Who gets the lock and finds a row that is `sending` knows
 * that its sender died: it is sent once more under the same name or Message-ID. For a Maildir that
 * is harmless; for the other transports it is counted as `uncertain`.
 */
#ifndef POSTROOM_SENDING_H
#define POSTROOM_SENDING_H

#include <stdbool.h>

#include "config.h"
#include "message.h"
#include "store.h"

/*
 * Takes MESSAGE: writes its route row to QUEUE with CONTENT, unless QUEUE is NULL, and releases the
 * rows that filters prepared for it. Inside a transaction.
 */
int sending_take(struct store *store, struct message *message, const struct config_queue *queue,
                 struct span content);

/*
 * Sends every released row that is due, until none is left; returns at once when another process of
 * this host is sending: it looks again after its last row. What fails is kept for later, with its
 * error; that is no error of this call. EX_TEMPFAIL when the store fails.
 */
int sending_run(struct store *store, const struct config *config);

/* Gives up prepared rows that nobody released within config->prepared_expire, with an event each.
 */
int sending_expire(struct store *store, const struct config *config);

/* Writes the outbox to standard output, a line a row that was not sent; ALL: every row. */
int sending_list(struct store *store, bool all);

#endif
