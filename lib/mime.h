/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mime: octets of a message to the tree of its parts (RFC 2045, RFC 2046), and parts to octets and
 * text.
 *
 * Splitting takes one pass in linear time and copies nothing: parts are spans of the message's
 * octets. It never fails: every octet string is a message, if need be one text/plain part without
 * header fields. design/deviations.md says how broken mail is read. Nothing here recurses.
 */
#ifndef POSTROOM_MIME_H
#define POSTROOM_MIME_H

#include "arena.h"
#include "buf.h"
#include "header.h"
#include "limits.h"
#include "parameter.h"

/* Content-Transfer-Encoding; MIME_UNKNOWN is read like MIME_IDENTITY but is an encoding problem. */
enum mime_encoding {
    MIME_IDENTITY,
    MIME_BASE64,
    MIME_QUOTED_PRINTABLE,
    MIME_UUENCODE, /* x-uuencode and kin; and files that stood in a text */
    MIME_YENC,
    MIME_UNKNOWN
};

/* The value of a text part. */
struct mime_text {
    struct span text;         /* valid UTF-8, line ends LF, without byte order mark */
    bool is_encoding_problem; /* RFC 8621 section 4.1.4 */
    bool is_truncated;        /* cut at limits->text octets */
};

/*
 * One part: the message itself (the root), a part of a multipart, or the message inside a
 * message/rfc822 or message/global part. Such a part has one child, which is the root of the inner
 * message. A part that a limit kept closed has no child.
 */
struct mime_part {
    struct mime_part *parent; /* NULL for the root */
    struct mime_part *child;  /* first child */
    struct mime_part *last;   /* last child */
    struct mime_part *next;   /* next sibling */
    unsigned number;          /* place among its siblings, from 1 */
    unsigned depth;           /* how many parts enclose it */
    bool is_message;          /* it is the root of a message: the whole, or an inner one */

    struct header header;
    struct span octets; /* header section and body as they stand (decoded, in a decoded message) */
    struct span body;   /* still transfer-encoded */
    enum mime_encoding encoding;

    struct span type;          /* `text/plain`, lower case, never empty */
    struct parameters content; /* Content-Type with its parameters; value empty when absent */
    struct span charset;       /* as labelled; octets NULL when absent */
    struct span disposition;   /* `inline`, `attachment`, lower case; octets NULL when absent */
    struct span name;          /* file name, decoded; octets NULL when absent */

    /* What `unpack` found inside the octets of a part; no part of the MIME structure. */
    struct mime_part *container; /* the part this one was unpacked from; NULL: it is a MIME part */
    struct mime_part *inside;    /* first part unpacked from this one; its siblings by `next` */
    struct mime_part *inside_last;
    char mark;             /* before its number: `t` TNEF, `u` file in text, `s` signed */
    bool is_body;          /* of TNEF: the message's text, not a file */
    struct span cid;       /* of TNEF: Content-ID; octets NULL when absent */
    struct span remainder; /* a text's octets without the files; octets NULL: had none */

    size_t size;            /* for mime_size; SIZE_MAX: not counted yet */
    struct mime_text *text; /* for mime_text; NULL: not decoded yet */
};

/* A parsed message. It and all it points to live in the arena it was made in, and in OCTETS. */
struct mime {
    struct arena *arena;
    struct limits limits;
    struct span octets;
    struct mime_part *root;
    size_t parts;        /* how many there are, all levels */
    size_t decoded;      /* octets of encoded inner messages and packed parts decoded so far */
    bool unpacked;       /* `unpack` was here */
    bool is_signed;      /* it holds an opaque signature that was opened, and not verified */
    void *scratch;       /* of mime.c */
    unsigned limits_hit; /* mask of `1u << LIMIT_x`; mime_text may add to it */
};

/*
 * Parses OCTETS, which must live as long as the result. A From_ line on top is passed over. Limits
 * fields, field-size, depth, parts, decoded and message cut the tree and set bits in limits_hit.
 */
struct mime *mime_parse(struct arena *arena, struct span octets, const struct limits *limits);

/*
 * The part after PART in the order of the message; NULL at the end. INTO_MESSAGES says whether the
 * parts of inner messages are visited. Start with mime->root.
 */
struct mime_part *mime_next(const struct mime_part *part, bool into_messages);

/* Is PART a multipart; is its type TYPE (lower case, "text/plain", or "text/" for the family)? */
bool mime_is_multipart(const struct mime_part *part);
bool mime_is(const struct mime_part *part, const char *type);

/*
 * Appends the part's number as IMAP writes it (RFC 3501 section 6.4.5): "1", "2.1". This is the
 * partId of the Email object. What was unpacked has the id of its container, a dot, its mark and
 * its number there: "2.t1"; the parts of a multipart that was signed, "1.s1.2".
 */
void mime_part_id(struct buf *out, const struct mime_part *part);

/* Octets of PART's body when decoded; counted once, without storing. */
size_t mime_size(struct mime_part *part);

/*
 * Appends PART's body without its transfer encoding, at most LIMIT octets (SIZE_MAX: all). Returns
 * false when there would have been more.
 */
bool mime_decode(struct buf *out, const struct mime_part *part, size_t limit);

/*
 * PART's body without its transfer encoding, in MIME's octets or arena, counted in `decoded`.
 * False, and the bit of LIMIT_decoded, when the limit leaves no room for it.
 */
bool mime_open(struct mime *mime, struct mime_part *part, struct span *octets);

/*
 * For `unpack`. mime_inside adds a part unpacked from CONTAINER, behind those already there: with
 * OCTETS as its body, to which the caller adds type, name and encoding. mime_entity parses OCTETS
 * as a MIME entity with header fields, and returns its root. Both NULL, and the limit's bit set,
 * when there are too many parts or levels.
 */
struct mime_part *mime_inside(struct mime *mime, struct mime_part *container, char mark,
                              struct span octets);
struct mime_part *mime_entity(struct mime *mime, struct mime_part *container, char mark,
                              struct span octets);

/*
 * PART's body as text, decoded once and kept. For parts of type text/…; any other is read as text
 * all the same. Sets LIMIT_text in mime->limits_hit when it had to cut.
 */
const struct mime_text *mime_text(struct mime *mime, struct mime_part *part);

/*
 * OCTETS, a piece of PART's decoded body, as mime_text would give them: in MIME's arena, cut at
 * limits->text.
 */
void mime_text_of(struct mime *mime, const struct mime_part *part, struct span octets,
                  struct mime_text *text);

/*
 * The decoders, for bodies that are not at hand as parts. They forgive: base64 passes over foreign
 * octets and ends at a clear-text footer behind the padding; quoted-printable keeps a `=` that
 * begins no escape, and drops blanks at line ends (RFC 2045 section 6.7 rule 3). At most LIMIT
 * octets are appended; false when there would have been more.
 */
bool mime_base64_decode(struct buf *out, struct span encoded, size_t limit);
bool mime_quoted_printable_decode(struct buf *out, struct span encoded, size_t limit);

#endif
