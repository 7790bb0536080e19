/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "charset.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <strings.h>

#include "charset-guess.h"
#include "utf8.h"

#define LABEL_MAX                                                                                  \
    40 /* longest label that is looked at; IANA's longest has 45, none in use over 20 */
#define CACHE_SIZE 12     /* descriptors kept open */
#define WESTERN_LOOK 4096 /* octets that are looked at before a Western label is doubted */
#define WESTERN_LEAST 12  /* octets above 127 without which it never is */
#define WESTERN_GAIN 15   /* tenths of nats for each of them that another set must gain */

/* How a label is read. */
enum charset_kind {
    CHARSET_NONE,    /* no label */
    CHARSET_UNKNOWN, /* a label that nobody knows */
    CHARSET_ASCII,
    CHARSET_UTF8,
    CHARSET_WESTERN, /* windows-1252 */
    CHARSET_JIS,     /* ISO-2022-JP and its relatives */
    CHARSET_ICONV
};

struct alias {
    const char *label; /* lower case, letters and digits only */
    const char *name;  /* for iconv; NULL for the kinds that need none */
    enum charset_kind kind;
};

/*
 * Sorted by label. The supersets are those that mail programs of the region really write; the same
 * choice as in the WHATWG Encoding Standard, except that GB2312 goes straight to GB18030.
 */
static const struct alias aliases[] = {
    {"ansix341968", NULL, CHARSET_ASCII},
    {"ascii", NULL, CHARSET_ASCII},
    {"big5", "BIG5-HKSCS", CHARSET_ICONV},
    {"chinese", "GB18030", CHARSET_ICONV},
    {"cp1252", NULL, CHARSET_WESTERN},
    {"cp50220", "EUC-JP-MS", CHARSET_JIS},
    {"cp50221", "EUC-JP-MS", CHARSET_JIS},
    {"cp65001", NULL, CHARSET_UTF8},
    {"cp819", NULL, CHARSET_WESTERN},
    {"cp936", "GB18030", CHARSET_ICONV},
    {"csgb2312", "GB18030", CHARSET_ICONV},
    {"csiso2022jp", "EUC-JP-MS", CHARSET_JIS},
    {"csksc56011987", "CP949", CHARSET_ICONV},
    {"csshiftjis", "CP932", CHARSET_ICONV},
    {"euccn", "GB18030", CHARSET_ICONV},
    {"eucjp", "EUC-JP-MS", CHARSET_ICONV},
    {"euckr", "CP949", CHARSET_ICONV},
    {"gb2312", "GB18030", CHARSET_ICONV},
    {"gb231280", "GB18030", CHARSET_ICONV},
    {"gbk", "GB18030", CHARSET_ICONV},
    {"ibm819", NULL, CHARSET_WESTERN},
    {"iso2022jp", "EUC-JP-MS", CHARSET_JIS},
    {"iso2022jp1", "EUC-JP-MS", CHARSET_JIS},
    {"iso2022jpms", "EUC-JP-MS", CHARSET_JIS},
    {"iso646us", NULL, CHARSET_ASCII},
    {"iso88591", NULL, CHARSET_WESTERN},
    {"iso885911", "CP874", CHARSET_ICONV},
    {"iso885911987", NULL, CHARSET_WESTERN},
    {"iso88596i", "ISO-8859-6", CHARSET_ICONV},
    {"iso88598i", "ISO-8859-8", CHARSET_ICONV},
    {"iso88599", "CP1254", CHARSET_ICONV},
    {"korean", "CP949", CHARSET_ICONV},
    {"ksc5601", "CP949", CHARSET_ICONV},
    {"ksc56011987", "CP949", CHARSET_ICONV},
    {"ksc56011989", "CP949", CHARSET_ICONV},
    {"latin1", NULL, CHARSET_WESTERN},
    {"latin5", "CP1254", CHARSET_ICONV},
    {"mskanji", "CP932", CHARSET_ICONV},
    {"shiftjis", "CP932", CHARSET_ICONV},
    {"sjis", "CP932", CHARSET_ICONV},
    {"tis620", "CP874", CHARSET_ICONV},
    {"unicode11utf7", "UTF-7", CHARSET_ICONV},
    {"unicode11utf8", NULL, CHARSET_UTF8},
    {"us", NULL, CHARSET_ASCII},
    {"usascii", NULL, CHARSET_ASCII},
    {"utf8", NULL, CHARSET_UTF8},
    {"utf8mb4", NULL, CHARSET_UTF8},
    {"windows1252", NULL, CHARSET_WESTERN},
    {"windows31j", "CP932", CHARSET_ICONV},
    {"windows874", "CP874", CHARSET_ICONV},
    {"windows932", "CP932", CHARSET_ICONV},
    {"windows936", "GB18030", CHARSET_ICONV},
    {"windows949", "CP949", CHARSET_ICONV},
    {"xeucjp", "EUC-JP-MS", CHARSET_ICONV},
    {"xgbk", "GB18030", CHARSET_ICONV},
    {"xmacroman", "MACINTOSH", CHARSET_ICONV},
    {"xsjis", "CP932", CHARSET_ICONV},
};

/* Names that iconv knows for its own use; no mail may choose them. */
static const char *const forbidden[] = {"char", "internal", "wchart"};

/* windows-1252, 0x80 to 0x9f; 0 is undefined. */
static const uint16_t western[32] = {
    0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178,
};

struct descriptor {
    iconv_t handle;
    unsigned last_use;
    bool known;               /* iconv knows the name, and the handle is open */
    char name[LABEL_MAX + 1]; /* as given to iconv_open; empty: free */
};

static struct descriptor cache[CACHE_SIZE];
static unsigned cache_clock;

/* LABEL in lower case with letters and digits only; false when it has none or is far too long. */
static bool label_fold(struct span label, char folded[LABEL_MAX + 1])
{
    size_t length = 0;

    if (label.length > LABEL_MAX)
        return false;
    for (size_t i = 0; i < label.length; i++) {
        unsigned char octet = (unsigned char)label.octets[i];

        if (octet >= 'A' && octet <= 'Z')
            folded[length++] = (char)(octet + 32);
        else if ((octet >= 'a' && octet <= 'z') || (octet >= '0' && octet <= '9'))
            folded[length++] = (char)octet;
    }
    folded[length] = '\0';
    return length > 0;
}

static int alias_compare(const void *key, const void *item)
{
    const struct alias *alias = item;

    return strcmp(key, alias->label);
}

static const struct alias *alias_find(struct span label)
{
    char folded[LABEL_MAX + 1];

    if (!label_fold(label, folded))
        return NULL;
    return bsearch(folded, aliases, sizeof(aliases) / sizeof(*aliases), sizeof(*aliases),
                   alias_compare);
}

/* The kept descriptor for NAME, opened when it is not there yet. */
static struct descriptor *descriptor_find(const char *name)
{
    struct descriptor *oldest = &cache[0];

    cache_clock++;
    for (size_t i = 0; i < CACHE_SIZE; i++) {
        if (cache[i].name[0] != '\0' && strcasecmp(cache[i].name, name) == 0) {
            cache[i].last_use = cache_clock;
            return &cache[i];
        }
        if (cache[i].last_use < oldest->last_use)
            oldest = &cache[i];
    }
    if (oldest->known)
        (void)iconv_close(oldest->handle);
    memcpy(oldest->name, name, strlen(name) + 1);
    oldest->handle = iconv_open("UTF-8", name);
    oldest->known = oldest->handle != (iconv_t)-1;
    oldest->last_use = cache_clock;
    return oldest;
}

void charset_release(void)
{
    for (size_t i = 0; i < CACHE_SIZE; i++) {
        if (cache[i].known)
            (void)iconv_close(cache[i].handle);
        cache[i].known = false;
        cache[i].name[0] = '\0';
        cache[i].last_use = 0;
    }
}

/* How LABEL is read; for CHARSET_ICONV also the open descriptor. */
static enum charset_kind label_read(struct span label, struct descriptor **descriptor)
{
    const struct alias *alias;
    char name[LABEL_MAX + 1];
    char folded[LABEL_MAX + 1];

    label = span_trim(label);
    if (label.length == 0)
        return CHARSET_NONE;
    alias = alias_find(label);
    if (alias != NULL) {
        if (alias->name != NULL) {
            *descriptor = descriptor_find(alias->name);
            if (!(*descriptor)->known)
                return CHARSET_UNKNOWN;
        }
        return alias->kind;
    }
    if (!label_fold(label, folded))
        return CHARSET_UNKNOWN;
    for (size_t i = 0; i < sizeof(forbidden) / sizeof(*forbidden); i++) {
        if (strcmp(folded, forbidden[i]) == 0)
            return CHARSET_UNKNOWN;
    }
    /* No slash may reach iconv_open: it would be read as a suffix such as //TRANSLIT. */
    for (size_t i = 0; i < label.length; i++) {
        unsigned char octet = (unsigned char)label.octets[i];

        if (octet <= ' ' || octet > '~' || octet == '/' || octet == ',')
            return CHARSET_UNKNOWN;
    }
    memcpy(name, label.octets, label.length);
    name[label.length] = '\0';
    *descriptor = descriptor_find(name);
    return (*descriptor)->known ? CHARSET_ICONV : CHARSET_UNKNOWN;
}

bool charset_is_plain(struct span label)
{
    static const char *const families[] = {"iso-8859-", "windows-125", "koi8-"};
    struct descriptor *descriptor = NULL;

    if (span_equal_nocase(label, SPAN("utf-8")))
        return true;
    for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++) {
        if (span_begins_nocase(label, span_of(families[i])))
            return alias_find(label) == NULL && label_read(label, &descriptor) == CHARSET_ICONV;
    }
    return false;
}

/* Appends windows-1252 text; true when an octet was undefined. */
static bool western_decode(struct buf *out, struct span octets)
{
    bool problem = false;

    for (size_t at = 0; at < octets.length;) {
        size_t run = utf8_ascii(octets.octets + at, octets.length - at);
        uint32_t character;

        buf_add(out, octets.octets + at, run);
        at += run;
        if (at == octets.length)
            break;
        character = (unsigned char)octets.octets[at++];
        if (character < 0xa0)
            character = western[character - 0x80];
        if (character == 0) {
            character = 0xfffd;
            problem = true;
        }
        buf_character(out, character);
    }
    return problem;
}

/*
 * Is OCTETS valid UTF-8 of Western letters, punctuation and emoji only? As windows-1252 each such
 * character would be an A or a with hat, tilde or ring, or an eth, followed by signs: that is in no
 * word of any language.
 */
static bool western_utf8(struct span octets)
{
    size_t at = 0;

    if (!utf8_valid(octets))
        return false;
    while ((at += utf8_ascii(octets.octets + at, octets.length - at)) < octets.length) {
        unsigned char octet = (unsigned char)octets.octets[at++];

        if (octet >= 0xc0 && octet != 0xc2 && octet != 0xc3 && octet != 0xc5 && octet != 0xe2 &&
            octet != 0xf0)
            return false;
    }
    return true;
}

/*
 * Is OCTETS UTF-8, whatever somebody says? In sets of one octet a character (IS_SINGLE) nobody
 * writes three letters that are valid as such; a set of two octets may do that by chance, but not
 * with characters of three octets only.
 */
static bool certainly_utf8(struct span octets, bool is_single)
{
    size_t at = 0;
    size_t characters = 0;

    if (!utf8_valid(octets))
        return false;
    while ((at += utf8_ascii(octets.octets + at, octets.length - at)) < octets.length) {
        uint32_t character;
        size_t length = utf8_read(octets.octets + at, octets.length - at, &character);

        if (!is_single && length < 3)
            return false;
        characters++;
        at += length;
    }
    return characters >= 3;
}

static size_t iconv_decode(struct buf *out, struct span octets, struct descriptor *descriptor);

/* Appends OCTETS in the set NAME, which was guessed. */
static void guess_decode(struct buf *out, struct span octets, const char *name)
{
    struct descriptor *descriptor =
        strcmp(name, "WINDOWS-1252") == 0 ? NULL : descriptor_find(name);

    if (descriptor != NULL && descriptor->known)
        (void)iconv_decode(out, octets, descriptor);
    else
        (void)western_decode(out, octets);
}

void charset_guess(struct buf *out, struct span octets)
{
    if (utf8_valid(octets))
        buf_span(out, octets);
    else
        guess_decode(out, octets, charset_guess_eight_bit(octets).name);
}

/* Is OCTETS, which is not valid, damaged UTF-8: more characters of several octets than others? */
static bool mostly_utf8(struct span octets)
{
    size_t at = 0;
    size_t characters = 0;
    size_t broken = 0;

    while ((at += utf8_ascii(octets.octets + at, octets.length - at)) < octets.length) {
        uint32_t character;
        size_t length = utf8_read(octets.octets + at, octets.length - at, &character);

        characters += length > 1;
        broken += length == 0;
        at += length > 0 ? length : 1;
    }
    return characters >= broken;
}

/* Appends what DESCRIPTOR makes of OCTETS; returns how many places did not fit. */
static size_t iconv_decode(struct buf *out, struct span octets, struct descriptor *descriptor)
{
    char *in = (char *)octets.octets; /* iconv's prototype lacks the const; it only reads */
    size_t left = octets.length;
    size_t problems = 0;
    size_t unit = 1;
    bool flushing = false;

    if (strncasecmp(descriptor->name, "UTF-16", 6) == 0 ||
        strncasecmp(descriptor->name, "UCS-2", 5) == 0)
        unit = 2;
    else if (strncasecmp(descriptor->name, "UTF-32", 6) == 0 ||
             strncasecmp(descriptor->name, "UCS-4", 5) == 0)
        unit = 4;
    (void)iconv(descriptor->handle, NULL, NULL, NULL, NULL);
    for (;;) {
        size_t room = left + left / 2 + 64;
        char *to = buf_reserve(out, room);
        char *const begin = to;
        /* The second kind of call writes what a set with combining characters still holds back. */
        size_t rc =
            iconv(descriptor->handle, flushing ? NULL : &in, flushing ? NULL : &left, &to, &room);
        int error = rc == (size_t)-1 ? errno : 0;

        out->length += (size_t)(to - begin);
        out->octets[out->length] = '\0';
        if (error == E2BIG)
            continue;
        if (error == 0) {
            if (flushing)
                break;
            flushing = true;
            continue;
        }
        problems++;
        buf_character(out, 0xfffd);
        if (flushing)
            break;
        if (error == EINVAL || left <= unit) {
            left = 0;
            flushing = true;
            continue;
        }
        in += unit;
        left -= unit;
    }
    return problems;
}

/*
 * ISO-2022-JP (RFC 1468) as EUC-JP, whose decoder also knows the characters that vendors added and
 * half-width kana: mail is full of both. A line end goes back to ASCII.
 */
static void jis_to_euc(struct buf *out, struct span octets)
{
    static const struct {
        struct span escape;
        char lead; /* before each octet or pair; NUL: none */
        unsigned width;
    } escapes[] = {{{"\x1b(B", 3}, '\0', 0},      {{"\x1b(J", 3}, '\0', 0},
                   {{"\x1b(I", 3}, '\x8e', 1},    {{"\x1b$B", 3}, '\0', 2},
                   {{"\x1b$@", 3}, '\0', 2},      {{"\x1b$(D", 4}, '\x8f', 2},
                   {{"\x1b&@\x1b$B", 6}, '\0', 2}};
    size_t set = 0;

    while (octets.length > 0) {
        size_t used = 1;
        size_t next = set;

        if (octets.octets[0] == '\x1b') {
            for (size_t i = 0; i < sizeof(escapes) / sizeof(*escapes); i++) {
                if (span_begins(octets, escapes[i].escape)) {
                    next = i;
                    used = escapes[i].escape.length;
                }
            }
        }
        if (used > 1) {
            set = next;
        } else if (escapes[set].width == 0 || (unsigned char)octets.octets[0] <= ' ' ||
                   octets.octets[0] == 127 || octets.length < escapes[set].width) {
            buf_char(out, octets.octets[0]);
            if (octets.octets[0] == '\n')
                set = 0;
        } else {
            used = escapes[set].width;
            if (escapes[set].lead != '\0')
                buf_char(out, escapes[set].lead);
            for (size_t i = 0; i < used; i++)
                buf_char(out, (char)(octets.octets[i] | (char)0x80));
        }
        octets.octets += used;
        octets.length -= used;
    }
}

static bool jis_decode(struct buf *out, struct span octets, struct descriptor *descriptor)
{
    struct buf euc = BUF_INIT;
    bool problem;

    if (utf8_ascii(octets.octets, octets.length) < octets.length) {
        charset_guess(out, octets); /* it has seven bits; this is something else */
        return true;
    }
    jis_to_euc(&euc, octets);
    problem = iconv_decode(out, buf_view(&euc), descriptor) > 0;
    buf_release(&euc);
    return problem;
}

/* Has NAME, as iconv knows it, one octet for each character? */
static bool is_single_set(const char *name)
{
    static const char *const others[] = {"GB",    "BIG5",   "CP9",      "EUC", "SHIFT",
                                         "SJIS",  "UHC",    "ISO-2022", "UTF", "UCS",
                                         "JOHAB", "CP1361", "CSISO2",   "HZ"};

    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
        if (strncasecmp(name, others[i], strlen(others[i])) == 0)
            return false;
    }
    return true;
}

static bool is_wide_set(const char *name)
{
    return strncasecmp(name, "UTF-16", 6) == 0 || strncasecmp(name, "UTF-32", 6) == 0 ||
           strncasecmp(name, "UCS-", 4) == 0;
}

/*
 * The label that OCTETS deserve in place of DESCRIPTOR's, a wide set: many an HTML part says
 * UTF-16 and is not, and UTF-16 without a mark may be of either order. NULL: UTF-8 or less.
 */
static struct descriptor *wide_mend(struct span octets, struct descriptor *descriptor)
{
    bool marked = span_begins(octets, SPAN("\xff\xfe")) || span_begins(octets, SPAN("\xfe\xff"));

    if (!marked && memchr(octets.octets, '\0', octets.length) == NULL && utf8_valid(octets))
        return NULL;
    if (!marked && strcasecmp(descriptor->name, "UTF-16") == 0)
        return descriptor_find(charset_guess_utf16(octets));
    return descriptor;
}

/* A label that iconv knows. Keeps the label unless the octets speak against it. */
static bool labelled_decode(struct buf *out, struct span octets, struct descriptor *descriptor)
{
    size_t start = out->length;
    size_t problems;
    size_t high = 0;
    struct span made;

    if (is_wide_set(descriptor->name))
        descriptor = wide_mend(octets, descriptor);
    if (descriptor == NULL || (!is_wide_set(descriptor->name) &&
                               certainly_utf8(octets, is_single_set(descriptor->name)))) {
        buf_span(out, octets);
        return true;
    }
    problems = iconv_decode(out, octets, descriptor);
    made = (struct span){out->octets + start, out->length - start};
    if (!utf8_valid(made)) {
        struct buf repaired = BUF_INIT;

        buf_repair(&repaired, made);
        out->length = start;
        buf_span(out, buf_view(&repaired));
        buf_release(&repaired);
        problems++;
    }
    if (problems == 0)
        return false;
    for (size_t i = 0; i < octets.length; i++)
        high += (unsigned char)octets.octets[i] >> 7;
    if (high > 0 && utf8_valid(octets)) {
        out->length = start;
        buf_span(out, octets);
    } else if (high > 0 && problems > high / 4) {
        out->length = start;
        charset_guess(out, octets);
    }
    return true;
}

/*
 * Text that is said to be Western is something else when another set fits it far better: that is
 * the label that programs write which know no other.
 */
static bool western_mend(struct buf *out, struct span octets)
{
    struct charset_guess guess;
    struct span start = octets;
    size_t high = 0;

    if (start.length > WESTERN_LOOK)
        start.length = WESTERN_LOOK;
    /* Languages that are written so have a letter beyond ASCII now and then, not most of them. */
    for (size_t i = 0; i < start.length; i++)
        high += (unsigned char)start.octets[i] >> 7;
    if (high < WESTERN_LEAST || high < start.length / 4)
        return western_decode(out, octets);
    guess = charset_guess_eight_bit(octets);
    if (guess.gain < WESTERN_GAIN * guess.seen)
        return western_decode(out, octets);
    guess_decode(out, octets, guess.name);
    return true;
}

/* Octets without a label that is of any use. */
static bool unlabelled_decode(struct buf *out, struct span octets, enum charset_kind kind)
{
    const char *marked = charset_guess_marked(octets);

    if (marked != NULL) {
        struct span label = span_of(marked);

        (void)charset_decode(out, octets, label);
        return true;
    }
    if (utf8_valid(octets)) {
        buf_span(out, octets);
        return kind == CHARSET_UNKNOWN ||
               (kind == CHARSET_ASCII && utf8_ascii(octets.octets, octets.length) < octets.length);
    }
    charset_guess(out, octets);
    return true;
}

/*
 * The set that a byte order mark names against a label of KIND; NULL when there is none. In UTF-16
 * some octet is NUL; without that the mark may be two letters.
 */
static const char *mark_find(struct span octets, enum charset_kind kind,
                             const struct descriptor *descriptor)
{
    if (kind == CHARSET_NONE || kind == CHARSET_UTF8 ||
        (kind == CHARSET_ICONV && is_wide_set(descriptor->name)))
        return NULL; /* they look themselves, or believe the mark anyway */
    if (span_begins(octets, SPAN("\xef\xbb\xbf")) && utf8_valid(octets))
        return "UTF-8";
    if ((span_begins(octets, SPAN("\xff\xfe")) || span_begins(octets, SPAN("\xfe\xff"))) &&
        memchr(octets.octets, '\0', octets.length) != NULL)
        return "UTF-16";
    return NULL;
}

bool charset_decode(struct buf *out, struct span octets, struct span label)
{
    struct descriptor *descriptor = NULL;
    enum charset_kind kind = label_read(label, &descriptor);
    const char *mark;

    if (octets.length == 0)
        return kind == CHARSET_UNKNOWN;
    mark = mark_find(octets, kind, descriptor);
    if (mark != NULL) {
        kind = label_read(span_of(mark), &descriptor);
        if (kind == CHARSET_ICONV)
            (void)labelled_decode(out, octets, descriptor);
        else
            buf_span(out, octets);
        return true;
    }
    switch (kind) {
    case CHARSET_ICONV:
        return labelled_decode(out, octets, descriptor);
    case CHARSET_JIS:
        return jis_decode(out, octets, descriptor);
    case CHARSET_WESTERN:
        if (utf8_ascii(octets.octets, octets.length) == octets.length) {
            buf_span(out, octets);
            return false;
        }
        if (!western_utf8(octets) && !certainly_utf8(octets, true))
            return western_mend(out, octets);
        buf_span(out, octets);
        return true;
    case CHARSET_UTF8:
        if (utf8_valid(octets)) {
            buf_span(out, octets);
            return false;
        }
        if (!mostly_utf8(octets))
            return unlabelled_decode(out, octets, kind);
        buf_repair(out, octets);
        return true;
    default:
        return unlabelled_decode(out, octets, kind);
    }
}
