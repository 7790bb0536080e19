/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * buf: growing bytes, and spans: bytes that somebody else owns.
 *
 * Mail holds NULs, so every byte string here has a length. A buf also keeps one NUL behind its
 * last octet, for the C functions that want one; the NUL is not counted. Growing never fails: the
 * process ends when there is no memory (diag_out_of_memory).
 */
#ifndef POSTROOM_BUF_H
#define POSTROOM_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
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

/* A growing byte string. `octets` is owned; NULL as long as nothing was put in. */
struct buf {
    char *octets;
    size_t length;
    size_t capacity;
};

#define BUF_INIT                                                                                   \
    {                                                                                              \
        NULL, 0, 0                                                                                 \
    }

/* Makes BUF empty without freeing. */
void buf_init(struct buf *buf);

/* Length 0; the memory is kept, unless it is over 4 MiB. */
void buf_clear(struct buf *buf);

/* Frees the memory; BUF is empty and usable afterwards. */
void buf_release(struct buf *buf);

/* Makes room for MORE octets and returns where they go; the caller then adds to `length`. */
char *buf_reserve(struct buf *buf, size_t more);

/* Appends. buf_string takes a C string, buf_char one octet. */
void buf_add(struct buf *buf, const char *octets, size_t length);
void buf_span(struct buf *buf, struct span span);
void buf_string(struct buf *buf, const char *string);
void buf_char(struct buf *buf, char octet);
void buf_format(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What BUF holds, as a span that lives until BUF changes. */
struct span buf_view(const struct buf *buf);

/* What BUF holds as a C string, never NULL; lives until BUF changes. */
const char *buf_cstring(const struct buf *buf);

/* Appends SPAN as base64 (RFC 4648 section 4) without line breaks. */
void buf_base64(struct buf *buf, struct span span);

/*
 * Appends the octets that base64 text stands for, as strictly as RFC 4648 section 4 asks: false,
 * with BUF unchanged, for anything but whole quanta with canonical padding. (Mail bodies are
 * decoded by `mime`, which forgives.)
 */
bool buf_unbase64(struct buf *buf, struct span text);

/* Appends lower-case hexadecimal digits. */
void buf_hex(struct buf *buf, const void *octets, size_t length);

#endif
