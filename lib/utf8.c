/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "utf8.h"

size_t utf8_read(const char *text, size_t length, uint32_t *character)
{
    const unsigned char *octet = (const unsigned char *)text;
    unsigned char low = 0x80;
    unsigned char high = 0xbf;
    size_t need;
    uint32_t value;

    if (length == 0)
        return 0;
    if (octet[0] < 0x80) {
        *character = octet[0];
        return 1;
    }
    if (octet[0] < 0xc2 || octet[0] > 0xf4)
        return 0;
    /* The second octet's range shuts out overlong forms, surrogates and what is above U+10FFFF. */
    if (octet[0] < 0xe0) {
        need = 2;
        value = octet[0] & 0x1fU;
    } else if (octet[0] < 0xf0) {
        need = 3;
        value = octet[0] & 0x0fU;
        if (octet[0] == 0xe0)
            low = 0xa0;
        if (octet[0] == 0xed)
            high = 0x9f;
    } else {
        need = 4;
        value = octet[0] & 0x07U;
        if (octet[0] == 0xf0)
            low = 0x90;
        if (octet[0] == 0xf4)
            high = 0x8f;
    }
    if (length < need || octet[1] < low || octet[1] > high)
        return 0;
    value = value << 6 | (octet[1] & 0x3fU);
    for (size_t i = 2; i < need; i++) {
        if ((octet[i] & 0xc0U) != 0x80)
            return 0;
        value = value << 6 | (octet[i] & 0x3fU);
    }
    *character = value;
    return need;
}

size_t utf8_ascii(const char *text, size_t length)
{
    size_t at = 0;

    while (length - at >= 8) {
        uint64_t word;

        memcpy(&word, text + at, sizeof(word));
        if ((word & UINT64_C(0x8080808080808080)) != 0)
            break;
        at += 8;
    }
    while (at < length && (unsigned char)text[at] < 0x80)
        at++;
    return at;
}

bool utf8_valid(struct span text)
{
    for (size_t at = 0; at < text.length;) {
        uint32_t character;
        size_t step = utf8_ascii(text.octets + at, text.length - at);

        at += step;
        if (at == text.length)
            break;
        step = utf8_read(text.octets + at, text.length - at, &character);
        if (step == 0)
            return false;
        at += step;
    }
    return true;
}

void utf8_repair(struct buf *out, struct span text)
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

void utf8_write(struct buf *out, uint32_t character)
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

size_t utf8_cut(struct span text, size_t length)
{
    if (length >= text.length)
        return text.length;
    while (length > 0 && ((unsigned char)text.octets[length] & 0xc0U) == 0x80)
        length--;
    return length;
}
