/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * address: lists of addresses, of message identifiers and of URLs (RFC 5322 sections 3.4 and 3.6.4,
 * RFC 2369; the forms Addresses, GroupedAddresses, MessageIds and URLs of RFC 8621 section 4.1.2).
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

/* Addresses that stand in one group, or between two: COUNT of the list from FIRST on. */
struct address_group {
    struct span name; /* decoded; octets NULL: these addresses stand in no group */
    size_t first, count;
};

struct address_groups {
    struct address_list list;
    struct address_group *items;
    size_t count;
    size_t capacity; /* for header_groups */
};

/*
 * Addresses form: appends the mailboxes of VALUE to LIST (which begins zeroed), groups flattened. A
 * comment is the name of an address that has none. Forgives what real mail holds: 8-bit names,
 * commas in names without quotes (`Dupont, Jean <j@d.example>`), words around an address, missing
 * brackets and quotes. A lone word without `@` is a local user; what is no address is left out.
 */
void header_addresses(struct arena *arena, struct span value, struct address_list *list);

/*
 * GroupedAddresses form: the same addresses into GROUPS (which begins zeroed), group by group in
 * order; neighbours that stand in none share one without a name. A group without addresses
 * (`undisclosed-recipients:;`) is one too.
 */
void header_groups(struct arena *arena, struct span value, struct address_groups *groups);

/*
 * MessageIds form: the identifiers of VALUE without angle brackets, folding and comments, in order.
 * A lone word with an `@` counts as one though its brackets are missing. *COUNT is 0 when there is
 * none.
 */
struct span *header_message_ids(struct arena *arena, struct span value, size_t *count);

/*
 * URLs form: the URLs of VALUE without angle brackets, comments and the blanks inside, in order, as
 * RFC 2369 section 2 reads them: each between angle brackets, separated by commas; up to the first
 * thing that is neither. *COUNT is 0 when VALUE does not begin with one.
 */
struct span *header_urls(struct arena *arena, struct span value, size_t *count);

#endif
