/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * address: lists of addresses and of message identifiers (RFC 5322 sections 3.4 and 3.6.4; the
 * forms Addresses and MessageIds of RFC 8621 section 4.1.2).
 *
 * The reader of lists is our own: libmailutils 3.15 gives up on a whole field for one bad address,
 * leaks memory then, and completes a bare word with the name of the host it runs on. VALUE is
 * always a raw value as struct header_field has it.
 */
#ifndef POSTROOM_ADDRESS_H
#define POSTROOM_ADDRESS_H

#include "arena.h"
#include "buf.h"

struct mail_address {
    struct span name; /* display name or comment, decoded; octets NULL when there is none */
    struct span
        email; /* as written, without comments; never empty; holds a blank when it is none */
};

struct address_list {
    struct mail_address *items;
    size_t count;
    size_t capacity; /* for header_addresses */
};

/*
 * Addresses form: appends the mailboxes of VALUE to LIST (which begins zeroed), groups flattened. A
 * comment is the name of an address that has none. Forgives what real mail holds: 8-bit names,
 * commas in names without quotes (`Dupont, Jean <j@d.example>`), words around an address, missing
 * brackets and quotes. A lone word without `@` is a local user; what is no address is left out.
 */
void header_addresses(struct arena *arena, struct span value, struct address_list *list);

/*
 * MessageIds form: the identifiers of VALUE without angle brackets, folding and comments, in order.
 * A lone word with an `@` counts as one though its brackets are missing. *COUNT is 0 when there is
 * none.
 */
struct span *header_message_ids(struct arena *arena, struct span value, size_t *count);

#endif
