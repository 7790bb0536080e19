/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * buf: growing bytes.
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

#include "arena.h"
#include "span.h"

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
void buf_format(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

static inline void buf_char(struct buf *buf, char octet)
{
    char *to = buf->capacity - buf->length > 1 ? buf->octets + buf->length : buf_reserve(buf, 1);

    to[0] = octet;
    to[1] = '\0';
    buf->length++;
}

/* What BUF holds, as a span that lives until BUF changes. */
struct span buf_view(const struct buf *buf);

/*
 * What BUF holds, as a span that lives as long as ARENA; BUF is released. Large memory changes its
 * owner and is not copied. `octets` is never NULL, and a NUL stands behind the last one.
 */
struct span buf_keep(struct buf *buf, struct arena *arena);

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

/*
 * The same into memory: TO has room for three octets for each four of TEXT; *LENGTH is how many
 * there are. For text so large that it should not be in memory twice.
 */
bool base64_read(char *to, struct span text, size_t *length);

/* Appends lower-case hexadecimal digits. */
void buf_hex(struct buf *buf, const void *octets, size_t length);

/* Appends TEXT with every octet that is not part of a valid character replaced by U+FFFD. */
void buf_repair(struct buf *out, struct span text);

/* Appends one character; what is no Unicode scalar value becomes U+FFFD. */
void buf_character(struct buf *out, uint32_t character);

#endif
