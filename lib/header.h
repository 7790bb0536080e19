/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * header: the fields of a message or body part, and their raw, text and date forms (RFC 5322,
 * RFC 2047; the forms are those of RFC 8621 section 4.1.2). `address` and `parameter` read the
 * values that have a grammar.
 *
 * All our own, in linear time: it survives NULs, 100,000 fields and fields of megabytes, and reads
 * encoded words that RFC 2047 forbids as far as they go. (libmailutils 3.15 drops those without an
 * error, leaks on unknown character sets, and costs its loading at each start.) All results but raw
 * spans are valid UTF-8.
 */
#ifndef POSTROOM_HEADER_H
#define POSTROOM_HEADER_H

#include "arena.h"
#include "buf.h"
#include "date.h"
#include "limits.h"

/* One field. All spans point into the octets that were read. */
struct header_field {
    struct span name;  /* as written, without blanks before the colon */
    struct span value; /* raw: from behind the colon up to, without, the last line end; folded */
    struct span whole; /* all octets of the field with its line end; never cut by a limit */
};

struct header {
    struct span octets; /* the header section without the empty line that ends it */
    struct header_field *fields;
    size_t count;
    struct span charset; /* that 8-bit text in it may be in; empty: nothing says so */
};

/*
 * Takes the next field off the front of *REST, without any limit and without memory: the guard
 * looks at all fields with this. A line that is no field is skipped when a field follows it. False
 * when the header section has ended; *REST then begins with the empty line, with the first line
 * that cannot belong to a header section, or is empty.
 */
bool header_next(struct span *rest, struct header_field *field);

/*
 * Reads the header section that OCTETS begin with. One line `From ` or `>From ` on top is passed
 * over. *BODY is what follows the empty line; it begins with the offending line when the empty line
 * is missing, and is all of OCTETS when there is no header section. Fields above limits->fields are
 * left out, a value is cut at limits->field_size octets; the bits of limits that were hit are added
 * to *LIMITS_HIT. Also reads the blocks of message/delivery-status, one a call.
 */
void header_read(struct arena *arena, struct span octets, const struct limits *limits,
                 struct header *header, struct span *body, unsigned *limits_hit);

/* The last field called NAME (the instance that RFC 8621 asks for); NULL when there is none. */
const struct header_field *header_last(const struct header *header, const char *name);

/*
 * The first field called NAME behind AFTER, or the first of all when AFTER is NULL; NULL when there
 * is none. For all instances: for (f = header_find(h, n, NULL); f; f = header_find(h, n, f)).
 */
const struct header_field *header_find(const struct header *header, const char *name,
                                       const struct header_field *after);

/* Raw form: VALUE as valid UTF-8, NULs dropped, still folded and encoded. */
void header_raw(struct buf *out, struct span value);

/*
 * Text form: VALUE unfolded, blanks in front dropped, encoded words decoded, octets that were never
 * encoded guessed (UTF-8, else windows-1252), control characters dropped, in normal form C.
 */
void header_text(struct buf *out, struct span value);

/* The text form of the last field called NAME as a span in ARENA; empty when there is none. */
struct span header_last_text(struct arena *arena, const struct header *header, const char *name);

/*
 * The steps of the above for the modules that read values with a grammar. header_unfold appends
 * VALUE as one line of valid UTF-8 without blanks in front and without controls, still encoded;
 * header_text_keep is the text form in ARENA; header_clean drops the controls of OUT from octet
 * START on (tabs and line ends become blanks); header_compose brings what OUT, valid UTF-8, has
 * from octet START on into normal form C (left as it is when a letter bears more than 30 marks,
 * whose ordering would cost too much); header_unescape appends TEXT with each escape (MARK and two
 * hexadecimal digits) as its octet, which may be any.
 */
void header_unfold(struct buf *out, struct span value);
struct span header_text_keep(struct arena *arena, struct span value);
void header_clean(struct buf *out, size_t start);
void header_compose(struct buf *out, size_t start);
void header_unescape(struct buf *out, struct span text, char mark, bool underscore_is_blank);

/* Date form; false when VALUE is no date. */
bool header_date(struct span value, struct date *date);

#endif
