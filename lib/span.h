/* SPDX-License-Identifier: GPL-3.0-or-later */
/* span: bytes that somebody else owns. Mail holds NULs, so every byte string here has a length. */
#ifndef POSTROOM_SPAN_H
#define POSTROOM_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Octets that belong to somebody else. `octets` may be NULL when `length` is 0. */
struct span {
    const char *octets;
    size_t length;
};

/* The span of a C string (NULL gives the empty span), and of a literal. */
static inline struct span span_of(const char *string)
{
    return (struct span){string, string != NULL ? strlen(string) : 0};
}

#define SPAN(literal) ((struct span){(literal), sizeof(literal) - 1})

/* Same octets. */
bool span_equal(struct span a, struct span b);

/* Same octets without regard to the case of ASCII letters. */
bool span_equal_nocase(struct span a, struct span b);

/* A begins with B; the second without regard to the case of ASCII letters. */
bool span_begins(struct span a, struct span b);
bool span_begins_nocase(struct span a, struct span b);

/* First place of NEEDLE (C string, not empty) in HAYSTACK, ASCII case ignored; NULL when absent. */
const char *span_find_nocase(struct span haystack, const char *needle);

/* SPAN without blanks, tabs, CR and LF at both ends. */
struct span span_trim(struct span span);

/*
 * Takes the next line off the front of *REST: returns it with its LF (the last line may have none).
 * Returns a span of length 0 at the end.
 */
struct span span_line(struct span *rest);

/* LINE without its CR LF or LF. */
struct span span_chomp(struct span line);

#endif
