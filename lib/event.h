/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * event: the rows of the audit log, in the transaction of what they tell.
 *
 * An event is one JSON object, keys in this order (triage-ledger(5)):
 *
 *     {"time":…,"case":…,"event":…,"blobId":…,"actor":…,"program":…, details…,
 *      "seq":…,"prev":…,"hash":…}
 *
 * `case`, `blobId` and `actor` are left out when they are not known. `seq`, `prev` and `hash` are
 * given here, under the chain row of this host. No personal data: ids, digests, names of queues,
 * rules and templates, counts, times.
 */
#ifndef POSTROOM_EVENT_H
#define POSTROOM_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "store.h"

struct event {
    int64_t time; /* UTC seconds: the message's time for a stream's events, the clock for acts */
    const char *name;    /* "received" … (formats.md, "Events and the ledger") */
    const char *about;   /* delivery key, outbox key, command id or digest of rejected octets */
    const char *case_id; /* or NULL */
    const char *blob_id; /* or NULL */
    const char *actor;   /* site or person's id, no address; or NULL */
    const char *program; /* "dedupe" */
    struct span details; /* JSON members without braces, `"kind":"agent","size":7`; or empty */
};

/*
 * Adds EVENT once: an event of the same name, about the same thing, with the same details and case
 * is there already when *ADDED (may be NULL) is false. Inside a transaction. 0 or EX_TEMPFAIL;
 * EX_SOFTWARE for details that cannot stand in a line of the ledger (a line feed, or longer than
 * LEDGER_LINE_MAX).
 */
int event_add(struct store *store, const struct event *event, bool *added);

#endif
