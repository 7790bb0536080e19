/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trust: what our own mail server found out about a message's origin, and what looks like
 * pretence (formats.md, member `trust`).
 *
 * Only Authentication-Results fields (RFC 8601) that bear the configured authserv-id are read, and
 * of these only the newest run, above the next Received field: what a stranger wrote further down
 * under our name is never reached. Of two fields in it the upper, nearer to us, decides what both
 * tell. A server that follows RFC 8601 section 5 removes a stranger's anyway.
 */
#ifndef POSTROOM_TRUST_H
#define POSTROOM_TRUST_H

#include <stdbool.h>

#include "address.h"
#include "arena.h"
#include "buf.h"
#include "config.h"
#include "header.h"

struct trust {
    const char *spf, *dkim,
        *dmarc;      /* result ("pass", "fail", "none" …), lower case; NULL: not told */
    const char *arc; /* the same of ARC (RFC 8617); "unchecked": it bears seals, nobody told */
    bool aligned;    /* spf, dkim or dmarc passed for the domain of From (RFC 7489 section 3.1) */
    bool reply_to_differs;     /* Reply-To leads to another address than From */
    bool reply_to_domain;      /* … and to another domain */
    bool display_name;         /* a stranger's display name shows a brand's name or address */
    bool signature_unverified; /* what is read stood in an S/MIME signature; set by mail-parse */
};

/*
 * Reads TRUST from HEADER_SECTION (all fields) and HEADER (its fields below the limits). FROM is
 * the first address of From, or NULL.
 */
void trust_read(struct arena *arena, const struct config *config, struct span header_section,
                const struct header *header, const struct mail_address *from, struct trust *trust);

/* There is nothing to say. */
bool trust_is_empty(const struct trust *trust);

/*
 * Domain A is domain B, or one is a subdomain of the other (ASCII case ignored). Without a list of
 * public suffixes this is the nearest to relaxed alignment that cannot err for our own domains.
 */
bool trust_same_domain(struct span a, struct span b);

/* What stands behind the last `@` of ADDRESS; empty when there is none. */
struct span trust_domain(struct span address);

#endif
