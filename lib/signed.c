/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signed.h"

#include <stdint.h>

#include "buf.h"

#define NESTING_MAX 16 /* of what is passed over, and of the pieces of an octet string */

enum tag {
    TAG_END = 0x00,
    TAG_INTEGER = 0x02,
    TAG_OCTETS = 0x04,
    TAG_OID = 0x06,
    TAG_OCTETS_PIECES = 0x24,
    TAG_SEQUENCE = 0x30,
    TAG_SET = 0x31,
    TAG_EXPLICIT_0 = 0xa0
};

static const char oid_signed_data[] = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";

/* One element's tag and length. */
struct element {
    unsigned tag;
    bool indefinite;
    struct span body; /* up to the end of what is there when indefinite */
};

static bool is_constructed(unsigned tag)
{
    return (tag & 0x20) != 0;
}

/* Takes tag and length off the front of *REST; false when they are none, or lie. */
static bool element_begin(struct span *rest, struct element *element)
{
    const unsigned char *at = (const unsigned char *)rest->octets;
    size_t used = 2;
    size_t length;

    if (rest->length < 2 || (at[0] & 0x1f) == 0x1f)
        return false;
    element->tag = at[0];
    element->indefinite = at[1] == 0x80;
    length = at[1];
    if (length > 0x80) {
        size_t octets = length & 0x7f;

        if (octets > 4 || rest->length < 2 + octets)
            return false;
        length = 0;
        for (size_t i = 0; i < octets; i++)
            length = length << 8 | at[2 + i];
        used += octets;
    }
    rest->octets += used;
    rest->length -= used;
    if (element->indefinite && !is_constructed(element->tag))
        return false;
    if (element->indefinite)
        length = rest->length;
    if (length > rest->length)
        return false;
    element->body = (struct span){rest->octets, length};
    return true;
}

static void advance(struct span *rest, size_t length)
{
    rest->octets += length;
    rest->length -= length;
}

/* Takes one whole element of TAG, with all in it, off the front of *REST. */
static bool element_skip(struct span *rest, unsigned tag)
{
    struct element element;
    size_t open = 0; /* elements of indefinite length that have not ended */
    bool first = true;

    do {
        if (!element_begin(rest, &element) || (first && element.tag != tag))
            return false;
        first = false;
        if (element.indefinite) {
            if (++open > NESTING_MAX)
                return false;
        } else if (element.tag == TAG_END) {
            if (open == 0 || element.body.length > 0)
                return false;
            open--;
        } else {
            advance(rest, element.body.length);
        }
    } while (open > 0);
    return true;
}

/* Goes into an element of TAG: *REST becomes its inside. */
static bool element_enter(struct span *rest, unsigned tag)
{
    struct element element;

    if (!element_begin(rest, &element) || element.tag != tag)
        return false;
    *rest = element.body;
    return true;
}

/*
 * Joins the pieces of the octet string ELEMENT, which may be in pieces themselves. Their order is
 * all that counts, so the lengths of what holds them are only looked at for the end of the whole.
 */
static bool pieces_join(struct buf *out, struct element element)
{
    struct span rest = element.body;
    size_t open = element.indefinite ? 1 : 0;
    bool outer_indefinite = element.indefinite;

    while (rest.length > 0) {
        if (!element_begin(&rest, &element))
            return false;
        switch (element.tag) {
        case TAG_OCTETS:
            buf_span(out, element.body);
            advance(&rest, element.body.length);
            break;
        case TAG_OCTETS_PIECES:
            if (element.indefinite && ++open > NESTING_MAX)
                return false;
            break;
        case TAG_END:
            if (element.body.length > 0 || open == 0)
                return false;
            if (--open == 0 && outer_indefinite)
                return true;
            break;
        default:
            return false;
        }
    }
    return open == 0;
}

bool signed_content(struct arena *arena, struct span octets, struct span *content)
{
    struct span rest = octets;
    struct element element;
    struct buf joined = BUF_INIT;
    bool whole;

    /* ContentInfo, its type, SignedData, version and digests, EncapsulatedContentInfo. */
    if (!element_enter(&rest, TAG_SEQUENCE) || !element_begin(&rest, &element) ||
        element.tag != TAG_OID ||
        !span_equal(element.body, (struct span){oid_signed_data, sizeof(oid_signed_data) - 1}))
        return false;
    advance(&rest, element.body.length);
    if (!element_enter(&rest, TAG_EXPLICIT_0) || !element_enter(&rest, TAG_SEQUENCE) ||
        !element_skip(&rest, TAG_INTEGER) || !element_skip(&rest, TAG_SET) ||
        !element_enter(&rest, TAG_SEQUENCE) || !element_skip(&rest, TAG_OID) ||
        !element_enter(&rest, TAG_EXPLICIT_0) || !element_begin(&rest, &element))
        return false;
    if (element.tag == TAG_OCTETS) {
        *content = element.body;
        return true;
    }
    if (element.tag != TAG_OCTETS_PIECES)
        return false;
    whole = pieces_join(&joined, element);
    if (whole)
        *content =
            (struct span){arena_copy(arena, buf_cstring(&joined), joined.length), joined.length};
    buf_release(&joined);
    return whole;
}
