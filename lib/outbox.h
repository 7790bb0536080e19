/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * outbox: the one table of all that leaves (formats.md, "The outbox").
 *
 *     prepared → released → sending → sent
 *          └────────┴──────────┴────→ given-up
 *
 * A filter writes a row `prepared`; only `deliver` moves it on (sending.h), when it has seen the
 * row's own message. A filter that decides anew gives up its own prepared row.
 */
#ifndef POSTROOM_OUTBOX_H
#define POSTROOM_OUTBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "store.h"

/* Larger mails are kept as a file in `outbox/` of the store's folder, named by the key's hash. */
#define OUTBOX_INLINE_MAX ((size_t)64 * 1024)

struct outbox_row {
    const char *key;      /* route:DELIVERY:QUEUE, ack:CASE:DELIVERY, … */
    const char *kind;     /* "route", "ack", "late", "answer", "incident" */
    const char *state;    /* "prepared" for filters; "released" for deliver and cron commands */
    const char *delivery; /* delivery key of the message it belongs to */
    const char *blob_id;
    const char *case_id;   /* or NULL */
    const char *queue;     /* destination queue of a route; NULL: goes to `recipient` by sendmail */
    const char *template;  /* of a reply, or NULL */
    const char *mail_from; /* envelope sender, "" is the null path */
    const char *recipient; /* envelope recipient; NULL for a route */
    int64_t not_before;    /* UTC seconds; 0: at once */
    int64_t message_time;  /* receivedAt of the message, UTC seconds */
    int64_t promised_by;   /* UTC seconds; 0: no promise */
    struct span octets;    /* the mail as it will leave */
};

/*
 * Inserts ROW. A row of the same key that was not sent takes the new content (and state
 * `prepared` stays `released` if it was); a row that is `sending` or `sent` stays as it is and
 * *FRESH (may be NULL) is false. Inside a transaction. 0, EX_TEMPFAIL or EX_IOERR.
 */
int outbox_insert(struct store *store, const struct outbox_row *row, bool *fresh);

/* Gives up the prepared row KEY, if there is one: the filter that wrote it decided anew. */
int outbox_withdraw(struct store *store, const char *key);

/*
 * The octets of row KEY appended to OUT, from the row or its file. False when there is no such
 * row. *CODE: 0, EX_TEMPFAIL or EX_IOERR.
 */
bool outbox_octets(struct store *store, const char *key, struct buf *out, int *code);

/*
 * Appends the name that the mail of row KEY has in a Maildir: TIME (of the message, UTC seconds)
 * first, for readers that sort by name, then KEY's hash. Nothing else is in it, so a repeat is
 * found.
 */
void outbox_mail_name(struct buf *out, const char *key, int64_t time);

/* The path of the file that keeps a large mail, in ARENA. */
const char *outbox_file(struct store *store, struct arena *arena, const char *key);

#endif
