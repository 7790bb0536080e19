/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * report: reports about our own mail: delivery status notifications (RFC 3464), receipts (RFC
 * 8098), complaints (RFC 5965), and the prose of mail servers that know none of these.
 *
 * What is read here is what a stranger claims. That it concerns mail of ours is proved elsewhere,
 * by the reply key in the returned Message-ID.
 */
#ifndef POSTROOM_REPORT_H
#define POSTROOM_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"
#include "buf.h"
#include "mime.h"

/* What a report says. Strings are UTF-8. */
struct report {
    const char *status;      /* enhanced status code (RFC 3463) of the first recipient that failed,
                                else of the first delayed, else of the first; NULL when not told */
    const char **recipients; /* whom the mail did not reach (of a receipt or complaint: who got it),
                                original address before final one; each once, at most 100 */
    size_t recipient_count;
    size_t recipient_capacity;
    const char *returned; /* Message-ID of the mail, without angle brackets; NULL when not told */
};

/* Reads the machine-readable parts of MIME whose type is TYPE ("message/delivery-status" …). */
void report_read(struct arena *arena, struct mime *mime, const char *type, struct report *report);

/*
 * Reads PROSE (valid UTF-8), the text of a mail server without report format: addresses in angle
 * brackets or alone on a line, a status code, the Message-ID of the mail that is quoted below.
 */
void report_read_prose(struct arena *arena, struct mime *mime, struct span prose,
                       struct report *report);

/* Adds one address, with or without `rfc822;` and angle brackets. What is no address is left out.
 */
void report_add_recipient(struct arena *arena, struct report *report, struct span address);

/* The first status code 4.x.x or 5.x.x that stands in TEXT as such; octets NULL when none does. */
struct span report_status(struct span text);

/* TEXT shows an SMTP reply code of failure (421, 550 …; RFC 5321 section 4.2.3) in front of words.
 */
bool report_has_reply_code(struct span text);

#endif
