/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fold.h"

#include <utf8proc.h>

/*
 * Marks on one letter that are kept. Unicode's stream-safe format allows 30; without a bound, the
 * canonical ordering of a megabyte of marks would take hours.
 */
#define MARKS_MAX 30

#define FOLD_OPTIONS ((utf8proc_option_t)(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD))

struct folder {
    struct buf *out;
    size_t start;      /* where our text begins in OUT */
    struct buf points; /* code points of a run that is not ASCII, decomposed: int32_t each */
    size_t marks;      /* marks since the last letter of the run */
    bool blank;        /* white space was met since the last letter */
    bool plain;
};

/* Letters without decomposition and typographic marks, and what they are on a simple keyboard. */
static const char *plain_of(utf8proc_int32_t point)
{
    switch (point) {
    case 0xE6:
        return "ae";
    case 0x153:
        return "oe";
    case 0xF8:
        return "o";
    case 0x142:
        return "l";
    case 0x111:
    case 0xF0:
        return "d";
    case 0xFE:
        return "th";
    case 0x131:
        return "i";
    case 0x60:
    case 0xB4:
    case 0x2BC:
    case 0x2018:
    case 0x2019:
    case 0x201B:
    case 0x2032:
        return "'";
    case 0xAB:
    case 0xBB:
    case 0x201C:
    case 0x201D:
    case 0x201E:
        return "\"";
    case 0x2010:
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x2014:
    case 0x2015:
    case 0x2212:
        return "-";
    case 0x2026:
        return "...";
    default:
        return NULL;
    }
}

static bool is_space(utf8proc_int32_t point)
{
    return (point >= 0x80 && point <= 0xA0) || point == 0x1680 ||
           (point >= 0x2000 && point <= 0x200A) || point == 0x2028 || point == 0x2029 ||
           point == 0x202F || point == 0x205F || point == 0x3000;
}

static bool is_ignorable(utf8proc_int32_t point)
{
    return point == 0xAD || point == 0x34F || point == 0x61C || point == 0x180E ||
           (point >= 0x180B && point <= 0x180D) || (point >= 0x200B && point <= 0x200F) ||
           (point >= 0x202A && point <= 0x202E) || (point >= 0x2060 && point <= 0x206F) ||
           (point >= 0xFE00 && point <= 0xFE0F) || point == 0xFEFF ||
           (point >= 0xE0000 && point <= 0xE0FFF);
}

static bool is_accent(utf8proc_int32_t point)
{
    return (point >= 0x300 && point <= 0x36F) || (point >= 0x1AB0 && point <= 0x1AFF) ||
           (point >= 0x1DC0 && point <= 0x1DFF) || (point >= 0x20D0 && point <= 0x20FF) ||
           (point >= 0xFE20 && point <= 0xFE2F);
}

/* Puts the pending blank out; called before each letter. */
static void put_blank(struct folder *folder)
{
    if (folder->blank && folder->out->length > folder->start) {
        buf_char(folder->out, ' ');
    }
    folder->blank = false;
}

/* Appends one decomposed code point to the run, in canonical order. */
static void run_add(struct folder *folder, utf8proc_int32_t point)
{
    utf8proc_propval_t class = utf8proc_get_property(point)->combining_class;
    if (class == 0) {
        folder->marks = 0;
    } else if (folder->marks == MARKS_MAX) {
        return;
    } else {
        folder->marks++;
    }
    struct buf *points = &folder->points;
    memcpy(buf_reserve(points, sizeof point), &point, sizeof point);
    points->length += sizeof point;
    size_t at = points->length / sizeof point - 1;
    while (class != 0 && at > 0) {
        utf8proc_int32_t before;
        char *place = points->octets + (at - 1) * sizeof before;
        memcpy(&before, place, sizeof before);
        if (utf8proc_get_property(before)->combining_class <= class) {
            break;
        }
        memcpy(place + sizeof before, &before, sizeof before);
        memcpy(place, &point, sizeof point);
        at--;
    }
}

static void run_point(struct folder *folder, utf8proc_int32_t point)
{
    utf8proc_int32_t parts[32];
    int boundary = 0;
    utf8proc_ssize_t count = utf8proc_decompose_char(point, parts, 32, FOLD_OPTIONS, &boundary);
    if (count <= 0 || count > 32) {
        parts[0] = 0xFFFD;
        count = 1;
    }
    for (utf8proc_ssize_t i = 0; i < count; i++) {
        if (!folder->plain || !is_accent(parts[i])) {
            run_add(folder, parts[i]);
        }
    }
}

/* Composes the run and puts it out. */
static void run_end(struct folder *folder)
{
    struct buf *points = &folder->points;
    if (points->length == 0) {
        return;
    }
    put_blank(folder);
    utf8proc_int32_t *list = (utf8proc_int32_t *)(void *)points->octets;
    utf8proc_ssize_t count = utf8proc_normalize_utf32(
        list, (utf8proc_ssize_t)(points->length / sizeof *list), FOLD_OPTIONS);
    for (utf8proc_ssize_t i = 0; i < count; i++) {
        const char *simple = folder->plain ? plain_of(list[i]) : NULL;
        if (simple != NULL) {
            buf_string(folder->out, simple);
            continue;
        }
        char *place = buf_reserve(folder->out, 4);
        folder->out->length += (size_t)utf8proc_encode_char(list[i], (utf8proc_uint8_t *)place);
    }
    buf_clear(points);
    folder->marks = 0;
}

/*
 * One code point that is not ASCII. The octet of ASCII before a run goes into the run, since a
 * mark may compose with it (also `<` and `=`, and across an invisible character).
 */
static void wide_point(struct folder *folder, utf8proc_int32_t point)
{
    if (is_space(point)) {
        run_end(folder);
        folder->blank = true;
        return;
    }
    struct buf *out = folder->out;
    if (folder->points.length == 0 && !folder->blank && out->length > folder->start &&
        (unsigned char)out->octets[out->length - 1] < 0x80) {
        out->length--;
        run_add(folder, (unsigned char)out->octets[out->length]);
    }
    if (!is_ignorable(point)) {
        run_point(folder, point);
    }
}

/*
 * Appends the run of ASCII at the beginning of TEXT, with one blank for each white space. Returns
 * its length. For most text this is all the work.
 */
static size_t fold_ascii(struct folder *folder, struct span text)
{
    char *begin = buf_reserve(folder->out, text.length + 1);
    char *to = begin;
    bool blank = folder->blank;
    bool first = folder->out->length == folder->start; /* no blank goes in front */
    size_t at = 0;

    for (; at < text.length; at++) {
        unsigned char octet = (unsigned char)text.octets[at];

        if (octet >= 0x80) {
            break;
        }
        if (octet <= ' ' || octet == 0x7F) {
            blank = true;
            continue;
        }
        if (blank && !first) {
            *to++ = ' ';
        }
        blank = false;
        first = false;
        if (octet >= 'A' && octet <= 'Z') {
            octet |= 0x20;
        } else if (octet == '`' && folder->plain) {
            octet = '\'';
        }
        *to++ = (char)octet;
    }
    folder->out->length += (size_t)(to - begin);
    folder->blank = blank;
    return at;
}

static void fold(struct buf *out, struct span text, bool plain)
{
    struct folder folder = {.out = out, .start = out->length, .points = BUF_INIT, .plain = plain};
    buf_reserve(out, text.length + 1);
    size_t at = 0;
    while (at < text.length) {
        unsigned char octet = (unsigned char)text.octets[at];
        if (octet >= 0x80) {
            utf8proc_int32_t point;
            utf8proc_ssize_t used = utf8proc_iterate((const utf8proc_uint8_t *)text.octets + at,
                                                     (utf8proc_ssize_t)(text.length - at), &point);
            if (used <= 0) {
                used = 1;
                point = 0xFFFD;
            }
            at += (size_t)used;
            wide_point(&folder, point);
            continue;
        }
        run_end(&folder);
        at += fold_ascii(&folder, (struct span){text.octets + at, text.length - at});
    }
    run_end(&folder);
    *buf_reserve(out, 1) = '\0'; /* the NUL that every buf has behind it */
    buf_release(&folder.points);
}

void fold_text(struct buf *out, struct span text)
{
    fold(out, text, false);
}

void fold_plain(struct buf *out, struct span text)
{
    fold(out, text, true);
}

/* Folded prefixes of replies and forwards. A number in brackets or after ^ may follow. */
static const char *const subject_prefixes[] = {
    "re",   "ré",   "réf",  "ref",  "fw",   "fwd",     "tr",
    "aw",   "wg",   "rv",   "sv",   "vs",   "vb",      "vl",
    "antw", "rif",  "r",    "i",    "res",  "enc",     "doorst",
    "rép",  "rep",  "odp",  "pd",   "ynt",  "ilt",     "resp",
    "回复", "转发", "答复", "回覆", "轉寄", "antwort", "nouveau message re",
};

/* Length of the reply prefix at the start of folded SUBJECT with its colon, 0 when none. */
static size_t prefix_length(struct span subject)
{
    for (size_t i = 0; i < sizeof subject_prefixes / sizeof *subject_prefixes; i++) {
        struct span prefix = span_of(subject_prefixes[i]);
        if (!span_begins(subject, prefix)) {
            continue;
        }
        size_t at = prefix.length;
        if (at < subject.length && memchr("[(^", subject.octets[at], 3) != NULL) {
            at++;
        }
        while (at < subject.length && at < prefix.length + 6 &&
               ((subject.octets[at] >= '0' && subject.octets[at] <= '9') ||
                subject.octets[at] == ']' || subject.octets[at] == ')')) {
            at++;
        }
        if (at < subject.length && subject.octets[at] == ' ') {
            at++;
        }
        struct span rest = {subject.octets + at, subject.length - at};
        if (span_begins(rest, SPAN(":"))) {
            return at + 1;
        }
        if (span_begins(rest, SPAN("："))) {
            return at + sizeof "：" - 1;
        }
    }
    return 0;
}

/* Appends folded SUBJECT with a blank for each `[#…]`; a mark is at most 64 octets long. */
static void drop_marks(struct buf *out, struct span subject)
{
    for (size_t i = 0; i < subject.length; i++) {
        char octet = subject.octets[i];
        if (octet == ' ' && (out->length == 0 || out->octets[out->length - 1] == ' ')) {
            continue;
        }
        buf_char(out, octet);
        if (octet != ']') {
            continue;
        }
        size_t open = out->length - 1;
        while (open > 0 && out->length - open < 64 && out->octets[open - 1] != '[' &&
               out->octets[open - 1] != ']') {
            open--;
        }
        if (open > 0 && out->octets[open - 1] == '[' && out->octets[open] == '#') {
            out->length = open - 1;
            if (out->length > 0 && out->octets[out->length - 1] != ' ') {
                buf_char(out, ' ');
            }
        }
    }
}

void subject_normalise(struct buf *out, struct span subject)
{
    struct buf folded = BUF_INIT;
    struct buf clean = BUF_INIT;
    fold_text(&folded, subject);
    drop_marks(&clean, buf_view(&folded));
    struct span rest = span_trim(buf_view(&clean));
    size_t length;
    while ((length = prefix_length(rest)) > 0) {
        rest = span_trim((struct span){rest.octets + length, rest.length - length});
    }
    buf_span(out, rest);
    buf_release(&folded);
    buf_release(&clean);
}
