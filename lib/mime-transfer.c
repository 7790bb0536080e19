/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Transfer encodings of mime: base64, quoted-printable, and what stands encoded inside text. */
#include "encoded.h"
#include "mime.h"

/* A digit's value, -1 for what is no base64 digit (RFC 4648 section 4). */
static const int16_t base64_value[256] = {
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 62, -1, -1, -1, 63,
    52, 53, 54, 55, 56, 57, 58, 59, 60, 61, -1, -1, -1, -1, -1, -1, -1, 0,  1,  2,  3,  4,  5,  6,
    7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, -1, -1, -1, -1, -1,
    -1, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48,
    49, 50, 51, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1};

/* Does REST, behind the padding, hold more base64, and not a footer that somebody added in clear?
 */
static bool base64_goes_on(struct span rest)
{
    for (size_t i = 0; i < rest.length; i++) {
        char octet = rest.octets[i];

        if (base64_value[(unsigned char)octet] < 0 && octet != '=' && octet != '\n' &&
            octet != '\r' && octet != ' ' && octet != '\t')
            return false;
    }
    return true;
}

/*
 * Decodes base64 into OUT (room for three quarters of the input and 3 octets), or only counts when
 * OUT is NULL; stops when LIMIT octets are there or more. Returns the count.
 */
static size_t base64_run(char *out, struct span encoded, size_t limit)
{
    const unsigned char *in = (const unsigned char *)encoded.octets;
    const unsigned char *end = in + encoded.length;
    size_t count = 0;
    uint32_t bits = 0;
    unsigned digits = 0;
    bool checked = false;

    while (in < end && count < limit) {
        int value = base64_value[*in];

        if (digits == 0 && end - in >= 4) {
            int second = base64_value[in[1]];
            int third = base64_value[in[2]];
            int fourth = base64_value[in[3]];

            if ((value | second | third | fourth) >= 0) {
                if (out != NULL) {
                    out[count] = (char)(value << 2 | second >> 4);
                    out[count + 1] = (char)(second << 4 | third >> 2);
                    out[count + 2] = (char)(third << 6 | fourth);
                }
                count += 3;
                in += 4;
                continue;
            }
        }
        if (value >= 0) {
            bits = bits << 6 | (uint32_t)value;
            digits++;
        } else if (*in != '=') {
            in++;
            continue;
        }
        if (digits == 4 || (*in == '=' && digits > 1)) {
            if (out != NULL) {
                uint32_t whole = bits << (6 * (4 - digits));

                out[count] = (char)(whole >> 16 & 0xff);
                out[count + 1] = (char)(whole >> 8 & 0xff);
                out[count + 2] = (char)(whole & 0xff);
            }
            count += digits - 1;
        }
        if (digits == 4 || *in == '=') {
            digits = 0;
            bits = 0;
        }
        if (*in == '=' && !checked) {
            checked = true;
            if (!base64_goes_on((struct span){(const char *)in, (size_t)(end - in)}))
                return count;
        }
        in++;
    }
    if (in == end && digits > 1) {
        if (out != NULL) {
            uint32_t whole = bits << (6 * (4 - digits));

            out[count] = (char)(whole >> 16 & 0xff);
            if (digits == 3)
                out[count + 1] = (char)(whole >> 8 & 0xff);
        }
        count += digits - 1;
    }
    return count;
}

bool mime_base64_decode(struct buf *out, struct span encoded, size_t limit)
{
    size_t most = encoded.length / 4 * 3 + 3;
    size_t wanted = limit < most ? limit + 1 : most; /* one octet too many shows that it is cut */
    size_t count = base64_run(buf_reserve(out, wanted + 3), encoded, wanted);

    out->length += count < limit ? count : limit;
    out->octets[out->length] = '\0';
    return count <= limit;
}

static int hex_digit(char octet)
{
    if (octet >= '0' && octet <= '9')
        return octet - '0';
    octet |= 0x20;
    return octet >= 'a' && octet <= 'f' ? octet - 'a' + 10 : -1;
}

/* Appends to OUT, or only counts when OUT is NULL. */
static void put(struct buf *out, size_t *count, const char *octets, size_t length)
{
    if (out != NULL)
        buf_add(out, octets, length);
    *count += length;
}

/* One line without its end and the blanks before that; see mime_quoted_printable_decode. */
static void quoted_printable_line(struct buf *out, size_t *count, struct span line)
{
    while (line.length > 0) {
        const char *mark = memchr(line.octets, '=', line.length);
        size_t plain = mark == NULL ? line.length : (size_t)(mark - line.octets);
        int high;
        int low;

        put(out, count, line.octets, plain);
        line.octets += plain;
        line.length -= plain;
        if (line.length == 0)
            break;
        high = line.length > 2 ? hex_digit(line.octets[1]) : -1;
        low = line.length > 2 ? hex_digit(line.octets[2]) : -1;
        if (high >= 0 && low >= 0) {
            char octet = (char)(high * 16 + low);

            put(out, count, &octet, 1);
            line.octets += 3;
            line.length -= 3;
        } else {
            put(out, count, "=", 1);
            line.octets++;
            line.length--;
        }
    }
}

/* Decodes, or only counts when OUT is NULL; stops behind the line that reaches LIMIT. */
static size_t quoted_printable_run(struct buf *out, struct span encoded, size_t limit)
{
    size_t count = 0;

    while (encoded.length > 0 && count < limit) {
        struct span line = span_line(&encoded);
        struct span text = span_chomp(line);
        struct span end = {text.octets + text.length, line.length - text.length};

        while (text.length > 0 &&
               (text.octets[text.length - 1] == ' ' || text.octets[text.length - 1] == '\t' ||
                text.octets[text.length - 1] == '\r'))
            text.length--;
        if (text.length > 0 && text.octets[text.length - 1] == '=') {
            text.length--;
            end.length = 0;
        }
        quoted_printable_line(out, &count, text);
        put(out, &count, end.octets, end.length);
    }
    return count;
}

bool mime_quoted_printable_decode(struct buf *out, struct span encoded, size_t limit)
{
    size_t start = out->length;
    size_t count;

    if (limit < SIZE_MAX)
        limit++;
    count = quoted_printable_run(out, encoded, limit);
    if (count < limit)
        return true;
    out->length = start + limit - 1;
    out->octets[out->length] = '\0';
    return false;
}

static enum encoded_kind encoded_kind_of(enum mime_encoding encoding)
{
    return encoding == MIME_YENC ? ENCODED_YENC : ENCODED_UU;
}

bool mime_decode(struct buf *out, const struct mime_part *part, size_t limit)
{
    size_t wanted = limit < SIZE_MAX ? limit + 1 : limit;
    size_t start = out->length;

    switch (part->encoding) {
    case MIME_BASE64:
        return mime_base64_decode(out, part->body, limit);
    case MIME_QUOTED_PRINTABLE:
        return mime_quoted_printable_decode(out, part->body, limit);
    case MIME_UUENCODE:
    case MIME_YENC:
        if (encoded_decode(out, encoded_kind_of(part->encoding), part->body, wanted) <= limit)
            return true;
        out->length = start + limit;
        out->octets[out->length] = '\0';
        return false;
    default:
        buf_add(out, part->body.octets, part->body.length < limit ? part->body.length : limit);
        return part->body.length <= limit;
    }
}

size_t mime_size(struct mime_part *part)
{
    if (part->size != SIZE_MAX)
        return part->size;
    if (part->encoding == MIME_BASE64)
        part->size = base64_run(NULL, part->body, SIZE_MAX);
    else if (part->encoding == MIME_QUOTED_PRINTABLE)
        part->size = quoted_printable_run(NULL, part->body, SIZE_MAX);
    else if (part->encoding == MIME_UUENCODE || part->encoding == MIME_YENC)
        part->size = encoded_decode(NULL, encoded_kind_of(part->encoding), part->body, SIZE_MAX);
    else
        part->size = part->body.length;
    return part->size;
}
