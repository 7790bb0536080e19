/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE
#include "armour.h"

static const char signed_begin[] = "-----BEGIN PGP SIGNED MESSAGE-----";
static const char signature_begin[] = "-----BEGIN PGP SIGNATURE-----";
static const char signature_end[] = "-----END PGP SIGNATURE-----";

/* LINE is the armour header line MARK, blanks at its end apart. */
static bool is_mark(struct span line, const char *mark)
{
    while (line.length > 0 && strchr(" \t\r\n", line.octets[line.length - 1]) != NULL)
        line.length--;
    return span_equal(line, span_of(mark));
}

/* Is LINE a field of the armour (`Hash: SHA256`)? */
static bool is_field(struct span line)
{
    const char *colon = line.length == 0 ? NULL : memchr(line.octets, ':', line.length);

    return colon != NULL && memchr(line.octets, ' ', (size_t)(colon - line.octets)) == NULL;
}

/* Is LINE one of a signature's: a field or base64? */
static bool is_signature_line(struct span line)
{
    if (is_field(line))
        return true;
    if (line.length > 76)
        return false;
    for (size_t i = 0; i < line.length; i++) {
        char octet = line.octets[i];

        if (!((octet >= 'A' && octet <= 'Z') || (octet >= 'a' && octet <= 'z') ||
              (octet >= '0' && octet <= '9') || octet == '+' || octet == '/' || octet == '='))
            return false;
    }
    return true;
}

/* Takes the fields and the empty line under the first mark off the front of *REST. */
static void skip_fields(struct span *rest)
{
    for (;;) {
        struct span after = *rest;
        struct span line = span_trim(span_line(&after));

        if (after.length == rest->length || (line.length > 0 && !is_field(line)))
            return;
        *rest = after;
        if (line.length == 0)
            return;
    }
}

static void skip_signature(struct span *rest)
{
    size_t empty = 0; /* lines; there is one, behind the fields */

    while (rest->length > 0) {
        struct span after = *rest;
        struct span line = span_trim(span_line(&after));

        if (is_mark(line, signature_end)) {
            *rest = after;
            return;
        }
        empty += line.length == 0;
        if (empty > 1 || !is_signature_line(line))
            return;
        *rest = after;
    }
}

bool armour_strip(struct buf *out, struct span text)
{
    bool inside = false;
    bool found = false;
    size_t start = out->length;

    if (text.length == 0 ||
        memmem(text.octets, text.length, signed_begin, sizeof(signed_begin) - 1) == NULL)
        return false;
    while (text.length > 0) {
        struct span line = span_line(&text);

        if (!inside && is_mark(line, signed_begin)) {
            inside = found = true;
            skip_fields(&text);
        } else if (inside && is_mark(line, signature_begin)) {
            inside = false;
            skip_signature(&text);
        } else {
            if (inside && span_begins(line, SPAN("- "))) {
                line.octets += 2;
                line.length -= 2;
            }
            buf_span(out, line);
        }
    }
    if (!found) {
        out->length = start;
        out->octets[start] = '\0';
    }
    return found;
}
