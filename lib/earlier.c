/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* memmem */
#include "earlier.h"

#include "phrases.h"
#include "words.h"

#define ATTRIBUTION_LINES 6 /* an attribution is broken over so many lines at most */
#define ATTRIBUTION_MAX 600 /* octets of one, folded */
#define BLOCK_LINES 60      /* header lines of an earlier message stand within so many */

/* TEXT, up to ATTRIBUTION_LINES lines in one, says who wrote what follows it. */
static bool is_attribution(struct span text, bool quote_follows)
{
    struct span end = span_trim(text);
    while (end.length > 0 && strchr("-> ", end.octets[end.length - 1]) != NULL) {
        end.length--;
    }
    bool colon = end.length > 0 && end.octets[end.length - 1] == ':';
    while (end.length > 0 && strchr(": >", end.octets[end.length - 1]) != NULL) {
        end.length--;
    }
    bool address = memchr(end.octets, '@', end.length) != NULL;
    bool time = words_time(end);
    bool verb = false;
    bool last = false; /* the verb is the last word */
    const char *list = phrases(PHRASES_WROTE);
    struct span word;
    while (!last && words_next(&list, &word)) {
        verb = verb || words_find(end, word) != NULL;
        last = verb && end.length >= word.length &&
               memcmp(end.octets + end.length - word.length, word.octets, word.length) == 0;
    }
    /* Nobody's address: "name@host> wrote" is cut to its last word above. */
    if (!verb) {
        return colon && time && words_end(span_trim(text), ">:") && address && end.length <= 250;
    }
    if (!colon && !(last && address && time)) {
        return false;
    }
    if (quote_follows && last && words_count(end) <= 14) {
        return true;
    }
    if (!address && !quote_follows && !words_end(end, "you wrote") &&
        words_in(end, phrases(PHRASES_PEOPLE))) {
        return false;
    }
    struct span start = words_bare(end);
    return (phrases_begin(PHRASES_STARTERS, start) > 0 && (time || address) &&
            words_digits(end) > 0) ||
           (address && (last || time)) || (time && last && words_digits(end) >= 6);
}

/* Lines of the attribution that begins at LINE; 0 when there is none. */
static size_t attribution_at(const struct letter *letter, size_t line, size_t end)
{
    struct span first = letter->rows[line].key;
    if (!letter->rows[line].whole || first.length > 300) {
        return 0;
    }
    bool starts = phrases_begin(PHRASES_STARTERS, first) > 0 && words_digits(first) > 0;
    bool loose = words_time(first) || memchr(first.octets, '@', first.length) != NULL;
    if (!starts && !loose && !words_end(first, ":")) {
        return 0; /* nearly all lines */
    }
    size_t most = starts ? ATTRIBUTION_LINES : loose ? 3 : 1;
    char joined[ATTRIBUTION_MAX];
    size_t length = 0;
    for (size_t i = line; i < end && i < line + most; i++) {
        struct span key = letter->rows[i].key;
        if (letter_is_blank(letter, i)) {
            if (!starts || i > line + 3 || letter_is_blank(letter, i - 1)) {
                return 0;
            }
            continue;
        }
        /* A lone `>` is the end of an address, not a quote. */
        bool closing = letter_is_quoted(letter, i) && key.length <= 12 &&
                       (phrases_begin(PHRASES_WROTE, key) > 0 || span_equal(key, SPAN(":")));
        if (length + key.length + 3 > sizeof joined ||
            (i > line && letter_is_quoted(letter, i) && !closing)) {
            return 0;
        }
        if (closing) {
            joined[length++] = '>';
        }
        if (length > 0) {
            joined[length++] = ' ';
        }
        memcpy(joined + length, key.octets, key.length);
        length += key.length;
        struct span text = {joined, length};
        if (joined[length - 1] == ':' || words_end(text, "----") ||
            words_in(key, phrases(PHRASES_WROTE))) {
            size_t next = letter_next(letter, i + 1, end);
            if (is_attribution(text, next < end && letter_is_quoted(letter, next))) {
                return i + 1 - line;
            }
            /* Only a verb in the middle may have its end on the next line. */
            if (joined[length - 1] == ':' && i > line) {
                return 0;
            }
        }
    }
    return 0;
}

enum { LABEL_FROM = 1, LABEL_SENT = 2, LABEL_TO = 4, LABEL_SUBJECT = 8 };

/* Which header field KEY is, in the languages of the mail programs; 0 when it is none. */
static unsigned label_of(struct span key)
{
    static const struct {
        unsigned kind;
        enum phrases names;
    } labels[] = {{LABEL_FROM, PHRASES_FROM},
                  {LABEL_SENT, PHRASES_SENT},
                  {LABEL_TO, PHRASES_TO},
                  {LABEL_SUBJECT, PHRASES_SUBJECT}};
    key = words_bare(key);
    const char *colon = memchr(key.octets, ':', key.length < 24 ? key.length : 24);
    if (colon == NULL) {
        return 0;
    }
    struct span name = words_bare((struct span){key.octets, (size_t)(colon - key.octets)});
    if (name.length == 0 || name.length > 20) {
        return 0;
    }
    char wanted[24];
    wanted[0] = ' ';
    for (size_t i = 0; i < name.length; i++) {
        wanted[i + 1] = name.octets[i] == ' ' ? '_' : name.octets[i];
    }
    wanted[name.length + 1] = ' ';
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        const char *names = phrases(labels[i].names);
        if (memmem(names, strlen(names), wanted, name.length + 2) != NULL) {
            return labels[i].kind;
        }
    }
    return 0;
}

size_t earlier_block(const struct letter *letter, size_t line, size_t end)
{
    unsigned first = label_of(letter->rows[line].key);
    size_t before = line;
    while (before > 0 && letter_is_blank(letter, before - 1)) {
        before--;
    }
    bool ruled = before > 0 && letter_is_rule(letter->rows[before - 1].core, 20);
    if (first == 0 && !ruled) {
        return 0;
    }
    unsigned kinds = 0;
    size_t labels = 0;
    size_t last = line;
    size_t fields = 0;
    bool run = true;
    size_t gap = 0; /* lines since the last field that are no list of addresses */
    for (size_t i = line; i < end && i < line + BLOCK_LINES && gap < 4; i++) {
        struct span key = letter->rows[i].key;
        unsigned kind = label_of(key);
        bool list = memchr(key.octets, ',', key.length) != NULL &&
                    (memchr(key.octets, '@', key.length) != NULL ||
                     memchr(key.octets, '/', key.length) != NULL);
        gap = kind != 0 ? 0 : gap + !list;
        const char *colon = memchr(key.octets, ':', key.length < 25 ? key.length : 25);
        run = run && colon != NULL;
        fields += run;
        if (kind != 0) {
            kinds |= kind;
            labels++;
            last = i;
        }
    }
    struct span key = letter->rows[line].key;
    if (ruled && fields >= 3 && memchr(key.octets, '@', key.length) != NULL) {
        last = last > line + fields - 1 ? last : line + fields - 1;
    } else if (labels < 3 || (kinds & (LABEL_FROM | LABEL_TO)) == 0 ||
               (kinds & (LABEL_SENT | LABEL_SUBJECT)) == 0) {
        return 0;
    } else if ((kinds & LABEL_FROM) == 0 &&
               (kinds & (LABEL_TO | LABEL_SUBJECT)) != (LABEL_TO | LABEL_SUBJECT)) {
        return 0;
    }
    if (last + 1 < end &&
        memchr(letter->rows[last].key.octets, '@', letter->rows[last].key.length) &&
        memchr(letter->rows[last + 1].key.octets, '@', letter->rows[last + 1].key.length) != NULL) {
        last++; /* the addresses go on */
    }
    return last + 1 - line;
}

/* "-----Original Message-----", the reply line of ticket systems. */
static bool is_separator(const struct letter_line *row)
{
    struct span inside = words_bare(row->key);
    return row->whole && row->key.length < 100 && row->key.length > inside.length + 3 &&
           words_in(inside, phrases(PHRASES_ORIGINAL)) && words_count(inside) <= 8;
}

bool earlier_is_forward(const struct letter_line *row)
{
    struct span inside = words_bare(row->key);
    if (!row->whole || row->key.length > 200) {
        return false;
    }
    if (row->key.length > inside.length + 3 && phrases_begin(PHRASES_FORWARDED, inside) > 0) {
        return true;
    }
    return (words_end(row->key, ":") && phrases_begin(PHRASES_BEGIN, inside) > 0) ||
           (words_digits(inside) >= 6 && phrases_begin(PHRASES_PASSED_BY, inside) > 0);
}

enum earlier earlier_at(const struct letter *letter, size_t line, size_t end, size_t *lines)
{
    const struct letter_line *row = &letter->rows[line];
    bool forward = earlier_is_forward(row);
    if (forward || is_separator(row)) {
        size_t next = line + 1;
        /* Lotus breaks its own line in two. */
        next += forward && next < end && words_end(letter->rows[next].core, "---");
        size_t block = letter_next(letter, next, end);
        size_t length = block < end ? earlier_block(letter, block, end) : 0;
        *lines = (length > 0 ? block + length : next) - line;
        return forward ? EARLIER_FORWARD : EARLIER_ORIGINAL;
    }
    *lines = earlier_block(letter, line, end);
    if (*lines > 0) {
        return EARLIER_BLOCK;
    }
    *lines = attribution_at(letter, line, end);
    return *lines > 0 ? EARLIER_REPLY : EARLIER_NONE;
}

/* NAME or "Sent by: NAME": what Lotus writes over the date. */
static bool is_lotus_name(const struct letter *letter, size_t line)
{
    const struct letter_line *row = &letter->rows[line];
    return row->core.length > 0 && words_count(row->key) <= 12 && !words_end(row->key, ".") &&
           !words_end(row->key, ",");
}

size_t earlier_block_start(const struct letter *letter, size_t line, size_t start)
{
    size_t first = line;
    size_t date = line; /* the last line above, where the date may stand */
    for (size_t blanks = 0; date > start && blanks < 3 && letter_is_blank(letter, date - 1);) {
        date--;
        blanks++;
    }
    if (date > start && words_begin(letter->rows[date - 1].key, "please respond to") > 0) {
        date--;
    }
    const struct letter_line *row = date > start ? &letter->rows[date - 1] : NULL;
    if (row != NULL && words_time(row->key) && words_digits(row->key) >= 6 &&
        words_count(row->key) <= 18 && label_of(letter->rows[line].key) != LABEL_FROM) {
        first = date - 1;
        bool alone = words_count(row->key) <= 6; /* no name on the date's line */
        for (size_t i = 0; i < 2 && alone && first > start && is_lotus_name(letter, first - 1);
             i++) {
            first--;
            alone = words_begin(letter->rows[first].key, "sent by") > 0;
        }
    }
    size_t rule = first;
    while (rule > start && letter_is_blank(letter, rule - 1)) {
        rule--;
    }
    return rule > start && letter_is_rule(letter->rows[rule - 1].core, 3) ? rule - 1 : first;
}
