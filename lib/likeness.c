/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE
#include "likeness.h"

#include <string.h>

#include <utf8proc.h>

#include "fold.h"
#include "utf8.h"

#define WHOLE_MIN 4    /* letters of the shortest name that is looked for */
#define BEGINS_MIN 6   /* … also where a longer word begins with it */
#define ANYWHERE_MIN 8 /* … also inside a word */

/* Characters that look like a letter, or two, of the Latin alphabet, folded. */
static const struct {
    uint32_t point;
    char letter;
} alike[] = {
    {'0', 'o'},   {'1', 'l'},   {'3', 'e'},   {'5', 's'},   {'i', 'l'},   {'$', 's'},
    {'@', 'a'},   {'|', 'l'},   {'!', 'l'},   {0x251, 'a'}, {0x261, 'g'}, {0x269, 'l'},
    {0x28F, 'y'}, {0x3B1, 'a'}, {0x3B5, 'e'}, {0x3B7, 'n'}, {0x3B9, 'l'}, {0x3BA, 'k'},
    {0x3BD, 'v'}, {0x3BF, 'o'}, {0x3C1, 'p'}, {0x3C4, 't'}, {0x3C5, 'u'}, {0x3C7, 'x'},
    {0x3B2, 'b'}, {0x3B3, 'y'}, {0x3B6, 'z'}, {0x3BC, 'm'}, {0x3C9, 'w'}, {0x3F2, 'c'},
    {0x430, 'a'}, {0x432, 'b'}, {0x433, 'r'}, {0x435, 'e'}, {0x43A, 'k'}, {0x43C, 'm'},
    {0x43D, 'h'}, {0x43E, 'o'}, {0x43F, 'n'}, {0x440, 'p'}, {0x441, 'c'}, {0x442, 't'},
    {0x443, 'y'}, {0x445, 'x'}, {0x448, 'w'}, {0x44C, 'b'}, {0x451, 'e'}, {0x455, 's'},
    {0x456, 'l'}, {0x457, 'l'}, {0x458, 'j'}, {0x461, 'w'}, {0x475, 'v'}, {0x4AF, 'y'},
    {0x4BB, 'h'}, {0x4CF, 'l'}, {0x501, 'd'}, {0x51B, 'q'}, {0x51D, 'w'}, {0x561, 'w'},
    {0x570, 'h'}, {0x578, 'n'}, {0x57D, 'u'}, {0x585, 'o'}, {0x581, 'g'}, {0x584, 'f'},
};

/* What POINT, folded, looks like; 0 when it is no letter and looks like none. */
static uint32_t letter_of(uint32_t point)
{
    utf8proc_category_t category;

    for (size_t i = 0; i < sizeof(alike) / sizeof(*alike); i++)
        if (alike[i].point == point)
            return (unsigned char)alike[i].letter;
    category = utf8proc_category((utf8proc_int32_t)point);
    return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) ||
                   category == UTF8PROC_CATEGORY_ND
               ? point
               : 0;
}

/* Appends the letter POINT; STARTS says that a word begins with it. */
static void put_letter(struct likeness *likeness, uint32_t point, bool starts)
{
    struct buf *letters = &likeness->letters;
    utf8proc_uint8_t octets[4];
    utf8proc_ssize_t length = utf8proc_encode_char((utf8proc_int32_t)point, octets);
    char before = letters->length > 0 ? letters->octets[letters->length - 1] : '\0';

    /* Two letters that look like one. */
    if (!starts && ((point == 'n' && before == 'r') || (point == 'v' && before == 'v'))) {
        letters->octets[letters->length - 1] = point == 'n' ? 'm' : 'w';
        return;
    }
    buf_add(letters, (const char *)octets, (size_t)length);
    buf_char(&likeness->starts, starts ? '1' : '0');
    for (utf8proc_ssize_t i = 1; i < length; i++)
        buf_char(&likeness->starts, '0');
}

void likeness_make(struct likeness *likeness, struct span name)
{
    const int options = UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD;
    struct buf folded = BUF_INIT;
    bool starts = true;
    size_t at = 0;

    *likeness = (struct likeness){BUF_INIT, BUF_INIT};
    fold_plain(&folded, name);
    while (at < folded.length) {
        utf8proc_int32_t parts[32];
        utf8proc_ssize_t count;
        uint32_t point = 0;
        size_t length = utf8_read(folded.octets + at, folded.length - at, &point);
        int boundary = 0;
        bool found = false;

        if (length == 0)
            break;
        at += length;
        /* Full-width, circled, mathematical and other variants of a letter are the letter. */
        count = utf8proc_decompose_char((utf8proc_int32_t)point, parts, 32,
                                        (utf8proc_option_t)options, &boundary);
        for (utf8proc_ssize_t i = 0; i < count && i < 32; i++) {
            uint32_t letter = letter_of((uint32_t)parts[i]);

            if (letter == 0)
                continue;
            put_letter(likeness, letter, starts);
            starts = false;
            found = true;
        }
        if (!found)
            starts = true;
    }
    buf_release(&folded);
}

void likeness_release(struct likeness *likeness)
{
    buf_release(&likeness->letters);
    buf_release(&likeness->starts);
}

bool likeness_shows(const struct likeness *likeness, struct span wanted)
{
    struct span name = buf_view(&likeness->letters);
    const char *starts = buf_cstring(&likeness->starts);
    struct likeness other;
    size_t length;
    bool found = false;

    likeness_make(&other, wanted);
    length = other.letters.length;
    for (size_t at = 0; !found && length >= WHOLE_MIN && at + length <= name.length; at++) {
        const char *place =
            memmem(name.octets + at, name.length - at, other.letters.octets, length);
        bool begins;
        bool ends;

        if (place == NULL)
            break;
        at = (size_t)(place - name.octets);
        begins = starts[at] == '1';
        ends = at + length == name.length || starts[at + length] == '1';
        found = length >= ANYWHERE_MIN || (begins && (ends || length >= BEGINS_MIN));
    }
    likeness_release(&other);
    return found;
}
