/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * report: reports about our own mail in machine-readable parts: delivery status notifications (RFC
 * 3464, RFC 6533), receipts (RFC 8098), complaints (RFC 5965); and the mail that they return.
 * `notice` reads the prose of servers that write none of these.
 *
 * What is read here is what a stranger claims. That it concerns mail of ours is proved elsewhere,
 * by the reply key in the returned Message-ID or address. Every list is bounded: a report with
 * 100,000 recipients costs no more than one with REPORT_RECIPIENTS_MAX.
 */
#ifndef POSTROOM_REPORT_H
#define POSTROOM_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"
#include "buf.h"
#include "mime.h"

#define REPORT_RECIPIENTS_MAX 100 /* recipients of one report */
#define REPORT_RETURNED_MAX 20    /* addresses of the returned mail */
#define REPORT_DIAGNOSTIC_MAX 300 /* octets of one diagnostic */

/* What became of the mail for one recipient (RFC 3464 section 2.3.3); later ones weigh more. */
enum report_action {
    ACTION_UNKNOWN,
    ACTION_DELIVERED,
    ACTION_RELAYED,
    ACTION_EXPANDED,
    ACTION_DELAYED,
    ACTION_FAILED
};

/* The word that RFC 3464 has for it; NULL for ACTION_UNKNOWN. */
const char *report_action_name(enum report_action action);

/* One recipient. Strings are UTF-8; NULL when not told. */
struct report_recipient {
    const char *address;
    const char *status;     /* enhanced status code (RFC 3463) */
    const char *diagnostic; /* what the server said, one line */
    enum report_action action;
};

/* Addresses, each once. */
struct report_addresses {
    const char **items;
    size_t count;
    size_t capacity;
};

/* What a report says. Strings are UTF-8; NULL when not told. */
struct report {
    enum report_action action; /* the worst: failed, else delayed, else what there is */
    const char *status;        /* of the first recipient of that action */
    const char *diagnostic;    /* the same */

    /* Whom the mail did not reach; when it reached all, or in a receipt or complaint, who got it.
       The address that the sender used, as far as told, not what it was expanded to. */
    struct report_recipient *recipients;
    size_t recipient_count;
    size_t recipient_capacity;

    const char *returned;                  /* Message-ID of the mail, without angle brackets */
    struct report_addresses returned_to;   /* who it was for */
    struct report_addresses returned_from; /* its Return-Path, Reply-To and From */
};

/* Reads the machine-readable parts of MIME whose type is TYPE ("message/delivery-status" …), and
   the returned message. */
void report_read(struct arena *arena, struct mime *mime, const char *type, struct report *report);

/* Reads the returned message in MIME's parts: all members `returned…` of REPORT. */
void report_read_returned(struct arena *arena, struct mime *mime, struct report *report);

/* Reads the header section of a returned message; what is known already stays. */
void report_read_header(struct arena *arena, const struct header *header, struct report *report);

/*
 * Adds one recipient, whose address may have `rfc822;`, angle brackets and a comment. What is no
 * address, and what is there already, is left out. Returns the new entry or NULL.
 */
struct report_recipient *report_add_recipient(struct arena *arena, struct report *report,
                                              struct span address);

/* A diagnostic as one line of at most REPORT_DIAGNOSTIC_MAX octets in ARENA; NULL for an empty
   TEXT. */
const char *report_line(struct arena *arena, struct span text);

/* The first status code 2.x.x, 4.x.x or 5.x.x, without 2.x.x when FAILURES, that stands in TEXT as
   such; octets NULL when none does. */
struct span report_status(struct span text, bool failures);

/* TEXT shows an SMTP reply code of failure (421, 550 …; RFC 5321 section 4.2.3) in front of words:
   where; NULL when it does not. */
const char *report_reply_code(struct span text);

#endif
