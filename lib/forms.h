/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * forms: header fields as properties of the Email object: `header:Name`, with a form and with all
 * instances when asked (RFC 8621 sections 4.1.2 and 4.1.3).
 */
#ifndef POSTROOM_FORMS_H
#define POSTROOM_FORMS_H

#include "arena.h"
#include "buf.h"
#include "header.h"

enum form {
    FORM_RAW,
    FORM_TEXT,
    FORM_ADDRESSES,
    FORM_GROUPED_ADDRESSES,
    FORM_MESSAGE_IDS,
    FORM_DATE,
    FORM_URLS
};

/* `header:Name:asForm:all`, taken apart. */
struct form_property {
    struct span name;  /* all of it, as it was asked for */
    struct span field; /* a span of the name */
    enum form form;
    bool all; /* an array of all instances, else the last one */
};

/*
 * Takes NAME, which begins with `header:`, apart. NULL, or a static text that says what is wrong
 * with it: a form that there is not, or that the RFC does not allow for this field.
 */
const char *form_read(struct span name, struct form_property *property);

/*
 * Appends the value that PROPERTY has in HEADER as JSON. The last instance, or null when there is
 * none; with `all` an array of the instances in their order, which may be empty. An instance that
 * cannot be read in the forms MessageIds, Date and URLs is null, in the forms of addresses what can
 * be read of it. Octets that were never encoded are read in header->charset when it explains them.
 */
void form_write(struct buf *out, struct arena *arena, const struct header *header,
                const struct form_property *property);

#endif
