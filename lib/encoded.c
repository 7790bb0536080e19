/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE
#include "encoded.h"

#define UU_LINE_MAX 45 /* octets in a full line */
#define UU_SURPLUS 2   /* some encoders put a check sum or a blank behind a line */

/* --- Lines of uuencode --------------------------------------------------------------------------
 */

/* How many octets the chomped LINE of uuencode says it holds; -1 when it is no such line. */
static int uu_line_count(struct span line)
{
    int count;
    size_t digits;

    if (line.length == 0)
        return 0;
    for (size_t i = 0; i < line.length; i++) {
        if (line.octets[i] < ' ' || line.octets[i] > '`')
            return -1;
    }
    count = (line.octets[0] - ' ') & 63;
    digits = (size_t)(count + 2) / 3 * 4;
    /* Blanks at the end, which are zeros, get lost on the way; digits do not appear from nowhere.
     */
    if (line.length - 1 > digits + UU_SURPLUS || (line.length < 3 && count > 0) ||
        line.length - 1 < digits / 2)
        return -1;
    return count;
}

static bool is_end_line(struct span line)
{
    return span_equal(span_trim(line), SPAN("end"));
}

/*
 * Takes the lines of data off the front of *REST: up to the line `end`, or to the first line that
 * is none. One damaged line is passed over when a full one stands under it.
 */
static bool uu_data(struct span *rest, struct span *data)
{
    const char *begin = rest->octets;
    const char *last = begin; /* behind the last line that surely is data */
    bool found = false;

    while (rest->length > 0) {
        struct span before = *rest;
        struct span line = span_chomp(span_line(rest));
        int count = uu_line_count(line);

        if (is_end_line(line)) {
            *data = (struct span){begin, (size_t)(line.octets - begin)};
            return true;
        }
        if (count > 0) {
            found = true;
            last = rest->octets;
            continue;
        }
        if (count < 0) {
            struct span after = *rest;

            if (!found || uu_line_count(span_chomp(span_line(&after))) != UU_LINE_MAX) {
                *rest = before;
                break;
            }
        }
    }
    *data = (struct span){begin, (size_t)(last - begin)};
    rest->length += (size_t)(rest->octets - last);
    rest->octets = last;
    return found;
}

static void put_octet(struct buf *out, size_t *count, size_t limit, unsigned octet)
{
    if (*count >= limit)
        return;
    if (out != NULL)
        buf_char(out, (char)(octet & 0xff));
    ++*count;
}

/* One line; digits that got lost at its end are zeros. */
static void uu_decode_line(struct buf *out, size_t *count, size_t limit, struct span line, int left)
{
    for (size_t at = 1; left > 0; at += 4, left -= 3) {
        unsigned bits = 0;

        for (size_t i = at; i < at + 4; i++)
            bits = bits << 6 | (i < line.length ? (unsigned)(line.octets[i] - ' ') & 63 : 0);
        put_octet(out, count, limit, bits >> 16);
        if (left > 1)
            put_octet(out, count, limit, bits >> 8);
        if (left > 2)
            put_octet(out, count, limit, bits);
    }
}

static size_t uu_decode(struct buf *out, struct span data, size_t limit)
{
    size_t count = 0;

    while (data.length > 0 && count < limit) {
        struct span line = span_chomp(span_line(&data));
        int octets = uu_line_count(line);

        if (octets > 0)
            uu_decode_line(out, &count, limit, line, octets);
    }
    return count;
}

static size_t yenc_decode(struct buf *out, struct span data, size_t limit)
{
    size_t count = 0;

    while (data.length > 0 && count < limit) {
        struct span line = span_chomp(span_line(&data));

        if (span_begins(line, SPAN("=ybegin ")) || span_begins(line, SPAN("=ypart ")) ||
            span_begins(line, SPAN("=yend")))
            continue;
        for (size_t i = 0; i < line.length; i++) {
            unsigned octet = (unsigned char)line.octets[i];

            if (octet == '=' && i + 1 < line.length)
                octet = (unsigned char)line.octets[++i] - 64U;
            put_octet(out, &count, limit, octet - 42U);
        }
    }
    return count;
}

size_t encoded_decode(struct buf *out, enum encoded_kind kind, struct span data, size_t limit)
{
    return kind == ENCODED_YENC ? yenc_decode(out, data, limit) : uu_decode(out, data, limit);
}

/* --- Beginnings ---------------------------------------------------------------------------------
 */

/* Reads `begin 644 NAME`, or `begin-base64 644 NAME`. */
static bool uu_begin(struct span line, struct encoded_file *file)
{
    bool base64 = span_begins(line, SPAN("begin-base64 "));
    size_t at = base64 ? 13 : 6;
    size_t digits = 0;

    if (!base64 && !span_begins(line, SPAN("begin ")))
        return false;
    while (at < line.length && line.octets[at] == ' ')
        at++;
    for (; at < line.length && line.octets[at] >= '0' && line.octets[at] <= '7'; at++)
        digits++;
    if (digits < 3 || digits > 4 || (at < line.length && line.octets[at] != ' '))
        return false;
    file->kind = base64 ? ENCODED_BASE64 : ENCODED_UU;
    file->name = span_trim((struct span){line.octets + at, line.length - at});
    return true;
}

/* Reads `=ybegin line=128 size=12 name=NAME`. */
static bool yenc_begin(struct span line, struct encoded_file *file)
{
    const char *name;

    if (!span_begins(line, SPAN("=ybegin ")) ||
        memmem(line.octets, line.length, " line=", 6) == NULL)
        return false;
    name = memmem(line.octets, line.length, " name=", 6);
    if (name == NULL)
        return false;
    name += 6;
    file->kind = ENCODED_YENC;
    file->name = span_trim((struct span){name, (size_t)(line.octets + line.length - name)});
    return true;
}

/* Takes lines up to the one that begins with STOP, or to the end, off the front of *REST. */
static struct span data_until(struct span *rest, struct span stop)
{
    const char *begin = rest->octets;

    while (rest->length > 0) {
        struct span line = span_line(rest);

        if (span_begins(line, stop))
            return (struct span){begin, (size_t)(line.octets - begin)};
    }
    return (struct span){begin, (size_t)(rest->octets - begin)};
}

/* Lines of base64, up to `====` or to the first line that holds anything else. */
static struct span base64_data(struct span *rest)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
    const char *begin = rest->octets;

    while (rest->length > 0) {
        struct span before = *rest;
        struct span line = span_trim(span_line(rest));
        size_t good = 0;

        if (span_equal(line, SPAN("====")))
            return (struct span){begin, (size_t)(before.octets - begin)};
        while (good < line.length && line.octets[good] != '\0' &&
               strchr(digits, line.octets[good]) != NULL)
            good++;
        if (line.length == 0 || good < line.length) {
            *rest = before;
            break;
        }
    }
    return (struct span){begin, (size_t)(rest->octets - begin)};
}

/* The lines under the beginning LINE; false when there are none. */
static bool take_data(struct span *rest, struct encoded_file *file)
{
    switch (file->kind) {
    case ENCODED_UU:
        return uu_data(rest, &file->data);
    case ENCODED_BASE64:
        file->data = base64_data(rest);
        break;
    default:
        file->data = data_until(rest, SPAN("=yend"));
    }
    return file->data.length > 0;
}

/* The next line from AT on, up to END, that begins as a file may; NULL when there is none. */
static const char *beginning_find(const char *begin, const char *at, const char *end)
{
    while (at < end) {
        const char *next;

        if (at == begin || at[-1] == '\n') {
            struct span line = {at, (size_t)(end - at)};

            if (span_begins(line, SPAN("begin")) || span_begins(line, SPAN("=ybegin ")))
                return at;
        }
        next = memchr(at, '\n', (size_t)(end - at));
        if (next == NULL)
            return NULL;
        at = next + 1;
    }
    return NULL;
}

bool encoded_next(struct span *rest, struct encoded_file *file)
{
    const char *begin = rest->octets;
    const char *end = begin + rest->length;
    const char *at = begin;

    if (rest->length == 0 || memmem(begin, rest->length, "begin", 5) == NULL)
        return false; /* nearly all text */
    while ((at = beginning_find(begin, at, end)) != NULL) {
        struct span below = {at, (size_t)(end - at)};
        struct span line = span_chomp(span_line(&below));
        const char *under = below.octets;

        if ((uu_begin(line, file) || yenc_begin(line, file)) && take_data(&below, file)) {
            file->whole = (struct span){at, (size_t)(below.octets - at)};
            *rest = below;
            return true;
        }
        at = under;
    }
    return false;
}
