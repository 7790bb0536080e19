/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * envelope: what the mail server knew and the message only hints at: who sent it, to which of our
 * addresses, and when it arrived (formats.md, member `envelope`, property `receivedAt`).
 *
 * Pure functions of the message's header, of what the caller hands over and of the configuration.
 * They look at all fields, above the limits too: a limit cuts the object, not the decision.
 */
#ifndef POSTROOM_ENVELOPE_H
#define POSTROOM_ENVELOPE_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "buf.h"
#include "config.h"

/* Addresses are UTF-8 without angle brackets, as written. NULL is unknown. */
struct envelope {
    const char *mail_from; /* "" is the null path */
    const char *rcpt_to;   /* never "" */
};

/*
 * Reads one envelope address, with or without angle brackets: a C string in ARENA; "" for the null
 * path in any of its spellings (nothing, `<>`, `#@[]`, a lone MAILER-DAEMON); NULL when TEXT cannot
 * be an address (controls or blanks in it, invalid UTF-8, over 1,000 octets).
 */
const char *envelope_address(struct arena *arena, struct span text);

/*
 * The envelope that fields and From_ line show: topmost Return-Path, topmost Delivered-To or
 * X-Original-To, else, for the sender, the address of the From_ line (which may be empty). HEADER
 * is the header section.
 */
void envelope_read(struct arena *arena, struct span header, struct span from_line,
                   struct envelope *envelope);

/* What else may tell when a message arrived. */
struct envelope_time_facts {
    struct span header;    /* the header section */
    struct span from_line; /* the From_ line, or empty */
    const char *file;      /* path of the message's own file in a folder, or NULL */
    int64_t file_time;     /* its modification time; INT64_MIN when unknown */
    int64_t now;           /* the clock */
};

/*
 * When the message arrived, UTC seconds: date of the newest Received field written `by` a trusted
 * host (of the topmost one when none is configured); else From_ line; else the seconds in a Maildir
 * name; each unless it is before 1990 or over a day ahead of the clock; else Date, when it is not
 * ahead of the clock; else the file's time; else the clock.
 */
int64_t envelope_time(const struct config *config, const struct envelope_time_facts *facts);

/*
 * The host behind `by` in the VALUE of a Received field (RFC 5321 section 4.4), comments passed
 * over; a span of VALUE, empty when there is none.
 */
struct span envelope_received_by(struct span value);

/* The host of a Received field's VALUE is one of CONFIG's trusted hosts. */
bool envelope_trusts(const struct config *config, struct span value);

#endif
