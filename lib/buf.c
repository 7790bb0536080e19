/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "arena.h"
#include "diag.h"
#include "utf8.h"

/* From so many octets on it is cheaper to keep memory than to copy what it holds. */
#define COPY_MAX ((size_t)32 * 1024)
#define KEEP_MAX ((size_t)4 * 1024 * 1024)

void buf_init(struct buf *buf)
{
    *buf = (struct buf)BUF_INIT;
}

void buf_clear(struct buf *buf)
{
    if (buf->capacity > KEEP_MAX)
        buf_release(buf);
    buf->length = 0;
    if (buf->octets != NULL)
        buf->octets[0] = '\0';
}

void buf_release(struct buf *buf)
{
    free(buf->octets);
    buf_init(buf);
}

char *buf_reserve(struct buf *buf, size_t more)
{
    size_t capacity = buf->capacity;

    if (more >= SIZE_MAX / 2 - buf->length)
        diag_out_of_memory();
    if (buf->length + more >= capacity) {
        if (capacity == 0)
            capacity = 256;
        while (capacity <= buf->length + more)
            capacity *= 2;
        buf->octets = memory_resize(buf->octets, capacity);
        buf->capacity = capacity;
        buf->octets[buf->length] = '\0';
    }
    return buf->octets + buf->length;
}

void buf_add(struct buf *buf, const char *octets, size_t length)
{
    char *to = buf_reserve(buf, length);

    if (length != 0)
        memcpy(to, octets, length);
    to[length] = '\0';
    buf->length += length;
}

void buf_span(struct buf *buf, struct span span)
{
    buf_add(buf, span.octets, span.length);
}

void buf_string(struct buf *buf, const char *string)
{
    buf_add(buf, string, strlen(string));
}

void buf_format(struct buf *buf, const char *format, ...)
{
    va_list arguments;
    int length;
    char *to;

    va_start(arguments, format);
    length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0)
        diag_out_of_memory();
    to = buf_reserve(buf, (size_t)length);
    va_start(arguments, format);
    vsnprintf(to, (size_t)length + 1, format, arguments);
    va_end(arguments);
    buf->length += (size_t)length;
}

struct span buf_view(const struct buf *buf)
{
    return (struct span){buf->octets, buf->length};
}

struct span buf_keep(struct buf *buf, struct arena *arena)
{
    struct span kept = {buf->octets, buf->length};

    if (buf->length < COPY_MAX) {
        kept.octets = arena_copy(arena, buf->octets, buf->length);
        buf_release(buf);
        return kept;
    }
    arena_adopt(arena, buf->octets, buf->capacity);
    buf_init(buf);
    return kept;
}

const char *buf_cstring(const struct buf *buf)
{
    return buf->octets != NULL ? buf->octets : "";
}

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void buf_base64(struct buf *buf, struct span span)
{
    const unsigned char *in = (const unsigned char *)span.octets;
    size_t length = (span.length + 2) / 3 * 4;
    char *out = buf_reserve(buf, length);
    size_t at = 0;

    for (; span.length - at >= 3; at += 3) {
        uint32_t quantum = (uint32_t)in[at] << 16 | (uint32_t)in[at + 1] << 8 | in[at + 2];

        *out++ = base64_digits[quantum >> 18];
        *out++ = base64_digits[quantum >> 12 & 63];
        *out++ = base64_digits[quantum >> 6 & 63];
        *out++ = base64_digits[quantum & 63];
    }
    if (at < span.length) {
        bool two = span.length - at == 2;
        uint32_t quantum = (uint32_t)in[at] << 16 | (two ? (uint32_t)in[at + 1] << 8 : 0);

        *out++ = base64_digits[quantum >> 18];
        *out++ = base64_digits[quantum >> 12 & 63];
        *out++ = two ? base64_digits[quantum >> 6 & 63] : '=';
        *out++ = '=';
    }
    *out = '\0';
    buf->length += length;
}

static const signed char base64_values[256] = {
    ['A'] = 1,  ['B'] = 2,  ['C'] = 3,  ['D'] = 4,  ['E'] = 5,  ['F'] = 6,  ['G'] = 7,  ['H'] = 8,
    ['I'] = 9,  ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16,
    ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24,
    ['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32,
    ['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40,
    ['o'] = 41, ['p'] = 42, ['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48,
    ['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
    ['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['+'] = 63, ['/'] = 64};

/* The value of a base64 digit, or -1. The table holds value + 1 so that 0 means no digit. */
static int base64_value(char digit)
{
    return base64_values[(unsigned char)digit] - 1;
}

bool base64_read(char *to, struct span text, size_t *length)
{
    size_t padding = 0;
    size_t whole;

    *length = 0;
    if (text.length % 4 != 0)
        return false;
    if (text.length == 0)
        return true;
    if (text.octets[text.length - 1] == '=')
        padding = text.octets[text.length - 2] == '=' ? 2 : 1;
    whole = text.length - (padding != 0 ? 4 : 0);
    for (size_t at = 0; at < whole; at += 4) {
        int a = base64_value(text.octets[at]);
        int b = base64_value(text.octets[at + 1]);
        int c = base64_value(text.octets[at + 2]);
        int d = base64_value(text.octets[at + 3]);

        if ((a | b | c | d) < 0)
            return false;
        *to++ = (char)(a << 2 | b >> 4);
        *to++ = (char)((b & 15) << 4 | c >> 2);
        *to++ = (char)((c & 3) << 6 | d);
    }
    if (padding != 0) {
        int a = base64_value(text.octets[whole]);
        int b = base64_value(text.octets[whole + 1]);
        int c = padding == 1 ? base64_value(text.octets[whole + 2]) : 0;

        /* Canonical: the bits that no octet needs are zero (RFC 4648 section 3.5). */
        if ((a | b | c) < 0 || (padding == 2 ? (b & 15) != 0 : (c & 3) != 0))
            return false;
        *to++ = (char)(a << 2 | b >> 4);
        if (padding == 1)
            *to = (char)((b & 15) << 4 | c >> 2);
    }
    *length = text.length / 4 * 3 - padding;
    return true;
}

bool buf_unbase64(struct buf *buf, struct span text)
{
    char *to = buf_reserve(buf, text.length / 4 * 3);
    size_t length;
    bool read = base64_read(to, text, &length);

    /* Half-decoded octets ran over the NUL. */
    to[length] = '\0';
    buf->length += length;
    return read;
}

void buf_hex(struct buf *buf, const void *octets, size_t length)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *in = octets;
    char *out = buf_reserve(buf, length * 2);

    for (size_t i = 0; i < length; i++) {
        *out++ = digits[in[i] >> 4];
        *out++ = digits[in[i] & 15];
    }
    *out = '\0';
    buf->length += length * 2;
}

void buf_repair(struct buf *out, struct span text)
{
    for (size_t at = 0; at < text.length;) {
        uint32_t character;
        size_t step = utf8_ascii(text.octets + at, text.length - at);

        if (step == 0)
            step = utf8_read(text.octets + at, text.length - at, &character);
        if (step == 0) {
            buf_string(out, "\xef\xbf\xbd");
            at++;
            continue;
        }
        buf_add(out, text.octets + at, step);
        at += step;
    }
}

void buf_character(struct buf *out, uint32_t character)
{
    char octets[4];
    size_t length;

    if (character > 0x10ffff || (character >= 0xd800 && character <= 0xdfff))
        character = 0xfffd;
    if (character < 0x80) {
        octets[0] = (char)character;
        length = 1;
    } else if (character < 0x800) {
        octets[0] = (char)(0xc0 | character >> 6);
        octets[1] = (char)(0x80 | (character & 0x3f));
        length = 2;
    } else if (character < 0x10000) {
        octets[0] = (char)(0xe0 | character >> 12);
        octets[1] = (char)(0x80 | (character >> 6 & 0x3f));
        octets[2] = (char)(0x80 | (character & 0x3f));
        length = 3;
    } else {
        octets[0] = (char)(0xf0 | character >> 18);
        octets[1] = (char)(0x80 | (character >> 12 & 0x3f));
        octets[2] = (char)(0x80 | (character >> 6 & 0x3f));
        octets[3] = (char)(0x80 | (character & 0x3f));
        length = 4;
    }
    buf_add(out, octets, length);
}
