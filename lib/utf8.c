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

size_t utf8_cut(struct span text, size_t length)
{
    if (length >= text.length)
        return text.length;
    while (length > 0 && ((unsigned char)text.octets[length] & 0xc0U) == 0x80)
        length--;
    return length;
}
