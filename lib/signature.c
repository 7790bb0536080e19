/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* memmem */
#include "signature.h"

#include "footer.h"
#include "phrases.h"
#include "words.h"

#define SIGNATURE_LINES 14 /* lines of a signature that is known by its place only */

enum { CLOSES = 1, THANKS = 2 };

/* What stands behind thanks closes by itself: "Gracias y un saludo", "Merci et bonne journée". */
static bool is_joined_closing(struct span rest)
{
    static const char joints[] = "and|&|et|und|y|e|en|i|si|cu";
    while (rest.length > 0 && strchr(" ,.!-", rest.octets[0]) != NULL) {
        rest = words_skip(rest, 1);
    }
    size_t joint = words_begin(rest, joints);
    if (joint > 0 && joint < rest.length && rest.octets[joint] == ' ') {
        rest = words_skip(rest, joint + 1);
    }
    size_t length = phrases_begin(PHRASES_CLOSINGS, rest);
    return length > 0 && words_count(words_skip(rest, length)) <= 2;
}

/* Whether LINE closes a letter; a name may stand behind the formula. */
static unsigned closing_of(const struct letter *letter, size_t line)
{
    const struct letter_line *row = &letter->rows[line];
    struct span key = row->key;
    if (!row->whole || key.length > 160 || memchr(key.octets, '?', key.length) != NULL) {
        return 0;
    }
    size_t length = phrases_begin(PHRASES_CLOSINGS, key);
    size_t words = words_count(key);
    if (length > 0) {
        size_t more = words - words_count((struct span){key.octets, length});
        return more <= 4 || phrases_begin(PHRASES_FORMULAS, key) > 0 ? CLOSES : 0;
    }
    length = phrases_begin(PHRASES_THANKS, key);
    if (length == 0) {
        return 0;
    }
    struct span rest = words_skip(key, length);
    if (is_joined_closing(rest)) {
        return CLOSES;
    }
    bool mark = rest.length == 0 || strchr(",.!-:; ", rest.octets[0]) != NULL;
    return mark && words_count(rest) <= 3 && !words_in(rest, phrases(PHRASES_SENTENCE)) &&
                   (words_count(rest) == 0 || rest.octets[0] != ' ')
               ? THANKS
               : 0;
}

/* Telephone, address of mail or web: what stands in a signature and seldom alone in a sentence. */
static bool has_contact(const struct letter_line *row)
{
    static const char web[] = "web|website|site|site web|blog|linkedin|twitter|skype|facebook|"
                              "instagram|internet|webseite|sito|pagina";
    struct span key = row->key;
    if (!row->whole || key.length > 120 || words_count(key) > 14) {
        return false;
    }
    size_t digits = words_digits(key);
    bool link =
        memmem(key.octets, key.length, "www.", 4) || memmem(key.octets, key.length, "://", 3);
    bool address = memchr(key.octets, '@', key.length) != NULL;
    if (digits >= 9 && digits * 2 >= key.length - words_count(key)) {
        return true;
    }
    bool named = (digits >= 5 && words_in(key, phrases(PHRASES_CONTACT))) ||
                 (memchr(key.octets, '.', key.length) != NULL && words_begin(key, web) > 0);
    return (link || address || named) && !words_in(key, phrases(PHRASES_SENTENCE));
}

/* A number that the house can look up stays in the text, wherever it stands. */
static bool has_reference(const struct letter_line *row)
{
    return words_digits(row->key) >= 3 && words_in(row->key, phrases(PHRASES_NUMBERS));
}

/* Every word of CORE begins with a capital or is a small word of names. */
static bool is_name_like(const struct letter_line *row, size_t most)
{
    static const char particles[] =
        "de|du|des|la|le|les|van|von|der|den|und|of|and|et|the|y|del|di|da|dos|en|at|"
        "for|zu";
    struct span core = row->core;
    if (!row->whole || core.length > 90 || words_in(row->key, phrases(PHRASES_SENTENCE)) ||
        memchr(core.octets, '?', core.length) != NULL ||
        memchr(core.octets, '!', core.length) != NULL) {
        return false;
    }
    size_t words = 0;
    size_t last = 0; /* octets of the last word */
    size_t i = 0;
    while (i < core.length) {
        if (!words_is_letter(core.octets[i]) && !words_is_digit(core.octets[i])) {
            i++;
            continue;
        }
        size_t start = i;
        while (i < core.length &&
               (words_is_letter(core.octets[i]) || words_is_digit(core.octets[i]))) {
            i++;
        }
        struct span word = {core.octets + start, i - start};
        bool small = word.octets[0] >= 'a' && word.octets[0] <= 'z';
        if (small && words_begin(word, particles) != word.length && word.length > 1) {
            return false;
        }
        words++;
        last = word.length;
    }
    /* "Ditto Credit." is a sentence, "Acme Ltd." a name. */
    bool sentence = words > 1 && last > 4 && words_end(core, ".");
    return !sentence && words <= most && (words > 0 || core.length <= 40);
}

/* A short line that could stand in a signature and is no sentence. */
static bool is_short_line(const struct letter_line *row, size_t most)
{
    struct span core = row->core;
    return row->whole && core.length <= 90 && words_count(row->key) <= most &&
           (core.octets[0] < 'a' || core.octets[0] > 'z') &&
           strchr("?!:;", core.octets[core.length - 1]) == NULL &&
           !words_in(row->key, phrases(PHRASES_SENTENCE));
}

/* "Accounts payable manager", "8 impasse du Moulin": between a name and a telephone number. */
static bool is_role_or_address(const struct letter_line *row)
{
    return (is_short_line(row, 6) && words_in(row->key, phrases(PHRASES_ROLES))) ||
           (is_short_line(row, 10) && words_digits(row->key) > 0 &&
            words_in(row->key, phrases(PHRASES_STREETS)));
}

static bool is_postscript(const struct letter_line *row)
{
    size_t length = phrases_begin(PHRASES_POSTSCRIPT, row->key);
    return length > 0 &&
           (length == row->key.length || strchr(" .:,-", row->key.octets[length]) != NULL);
}

/* May LINE stand in a signature? Not when the customer says that something is new. */
static bool is_signature_line(const struct letter *letter, size_t line)
{
    const struct letter_line *row = &letter->rows[line];
    if (is_postscript(row)) {
        return false;
    }
    bool may = has_contact(row) || is_name_like(row, 8) || letter_is_rule(row->core, 2) ||
               has_reference(row) || is_role_or_address(row);
    return may && !words_in(row->key, phrases(PHRASES_CHANGES)) &&
           phrases_begin(PHRASES_POINTERS, row->key) == 0;
}

/* The rest of a long closing formula that was broken over two lines. */
static bool is_formula_rest(const struct letter *letter, size_t line, size_t start)
{
    const struct letter_line *row = &letter->rows[line];
    return line > start && !letter_is_blank(letter, line - 1) &&
           letter->lines[line - 1].zone != TEXT_QUOTE && letter->rows[line - 1].core.length >= 50 &&
           words_count(row->key) <= 12 && row->core.octets[0] >= 'a' &&
           row->core.octets[0] <= 'z' && closing_of(letter, line - 1) == CLOSES;
}

/* Marks LINE as signature; what the house can look up stays. */
static void mark_signature(struct letter *letter, size_t line, const char *why)
{
    if (has_reference(&letter->rows[line])) {
        letter->lines[line].why = "a reference in the signature";
    } else {
        letter_mark(letter, line, line + 1, TEXT_SIGNATURE, why);
    }
}

/* "Merci" closes only with a short name below it: more is a list, and what he wants. */
static bool is_closed(const struct letter *letter, size_t top, size_t end)
{
    size_t below = letter_next(letter, top + 1, end);
    return closing_of(letter, top) != THANKS || below >= end || closing_of(letter, below) != 0 ||
           has_contact(&letter->rows[below]) || is_name_like(&letter->rows[below], 4);
}

/*
 * The topmost closing of those at the end of the new lines from START to END, with nothing but a
 * signature below it; END when there is none.
 */
static size_t find_closing(const struct letter *letter, size_t start, size_t end)
{
    size_t top = end;
    size_t lines = 0; /* below the line that is looked at */
    bool job = false; /* a line that only fits between a name and a telephone number */
    bool contact = false;
    for (size_t i = end; i-- > start && lines < SIGNATURE_LINES;) {
        const struct letter_line *row = &letter->rows[i];
        if (letter_is_blank(letter, i) || letter->lines[i].zone != TEXT_NEW) {
            continue;
        }
        bool small =
            lines == 0 && row->whole && words_count(row->key) == 1 && row->core.length <= 15;
        if (closing_of(letter, i) != 0 && !(job && !contact)) {
            top = i;
        } else if (has_contact(row)) {
            contact = true;
        } else if (is_signature_line(letter, i)) {
            job = false;
        } else if (row->whole && (small || (contact && !job && is_short_line(row, 6)))) {
            job = !small;
        } else if (!is_formula_rest(letter, i, start)) {
            break;
        }
        lines++;
    }
    return top;
}

/* Marks the closing and what stands below it, at the end of the new lines from START to END. */
static bool mark_closing(struct letter *letter, size_t start, size_t end)
{
    size_t top = find_closing(letter, start, end);
    if (top == end || !is_closed(letter, top, end)) {
        return false;
    }
    for (size_t i = top; i < end; i++) {
        if (letter->lines[i].zone != TEXT_NEW || letter_is_blank(letter, i)) {
            continue;
        }
        if (closing_of(letter, i) != 0 || is_formula_rest(letter, i, top)) {
            letter_mark(letter, i, i + 1, TEXT_CLOSING, "a closing formula");
        } else {
            mark_signature(letter, i, "below a closing formula");
        }
    }
    return true;
}

/*
 * The first line of the paragraph of new lines that ends before END, when every one of its lines
 * may stand in a signature; else END. Counts its telephone numbers and addresses in *CONTACTS.
 */
static size_t signature_paragraph(const struct letter *letter, size_t start, size_t end,
                                  size_t *contacts)
{
    size_t first = end;
    while (first > start && letter_is_new(letter, first - 1)) {
        if (end - first >= SIGNATURE_LINES || !is_signature_line(letter, first - 1)) {
            return end;
        }
        *contacts += has_contact(&letter->rows[--first]);
    }
    return first;
}

/* The first line from LINE on that is no rule and no reference begins with a name. */
static bool begins_with_name(const struct letter *letter, size_t line, size_t end)
{
    while (line < end &&
           (letter_is_blank(letter, line) || letter_is_rule(letter->rows[line].core, 2) ||
            has_reference(&letter->rows[line]))) {
        line++;
    }
    if (line == end) {
        return false;
    }
    struct letter_line name = letter->rows[line];
    size_t length = 0;
    while (length < name.core.length && strchr("<,|(", name.core.octets[length]) == NULL) {
        length++;
    }
    name.core.length = length;
    return is_name_like(&name, 6) && words_count(name.core) > 0;
}

/* The end of the last line before LINE that is not blank. */
static size_t skip_blanks_up(const struct letter *letter, size_t start, size_t line)
{
    while (line > start && letter_is_blank(letter, line - 1)) {
        line--;
    }
    return line;
}

/* The last new line is "-Marie" or "— Marie", below a blank line. */
static bool is_dashed_name(const struct letter *letter, size_t start, size_t line)
{
    struct span core = letter->rows[line].core;
    size_t dash = span_begins(core, SPAN("-"))              ? 1
                  : span_begins(core, SPAN("\xE2\x80\x94")) ? 3
                                                            : 0;
    if (dash == 0 || line <= start || !letter_is_blank(letter, line - 1)) {
        return false;
    }
    core = letter_trim(words_skip(core, dash));
    struct letter_line name = {.core = core, .key = letter->rows[line].key, .whole = true};
    return core.length > 0 && words_is_letter(core.octets[0]) && is_name_like(&name, 3);
}

/*
 * Marks one or two last paragraphs in which telephone numbers and addresses stand below a name.
 * What a line with a colon at its end asks for is no signature.
 */
static void mark_contacts(struct letter *letter, size_t start, size_t end)
{
    while (end > start && !letter_is_new(letter, end - 1)) {
        end--;
    }
    size_t contacts = 0;
    size_t first = signature_paragraph(letter, start, end, &contacts);
    size_t above = skip_blanks_up(letter, start, first);
    size_t further = signature_paragraph(letter, start, above, &contacts);
    if (first < end && further < above && begins_with_name(letter, further, above) &&
        end - further < SIGNATURE_LINES) {
        first = further;
        above = skip_blanks_up(letter, start, first);
    }
    bool asked = above > start && words_end(letter->rows[above - 1].core, ":");
    if (!asked && contacts > 0 && end >= first + 2 && begins_with_name(letter, first, end)) {
        for (size_t i = first; i < end; i++) {
            if (!letter_is_blank(letter, i)) {
                mark_signature(letter, i, "a name with telephone numbers or addresses at the end");
            }
        }
    } else if (end > start && is_dashed_name(letter, start, end - 1)) {
        letter_mark(letter, end - 1, end, TEXT_SIGNATURE, "a name behind a dash at the end");
    }
}

/* A letter that ends in a postscript: where that begins, else END. */
static size_t postscript(const struct letter *letter, size_t start, size_t end)
{
    for (size_t i = end, lines = 0; i-- > start && lines < SIGNATURE_LINES;) {
        if (!letter_is_new(letter, i)) {
            continue;
        }
        if (is_postscript(&letter->rows[i])) {
            return i;
        }
        lines++;
    }
    return end;
}

/* Marks the closing and the signature at the end of the lines from START to END. */
static void mark_end(struct letter *letter, size_t start, size_t end)
{
    size_t last = postscript(letter, start, end);
    if (!mark_closing(letter, start, last)) {
        mark_contacts(letter, start, last);
    }
}

void signature_frame(struct letter *letter, size_t start, size_t end)
{
    footer_mark(letter, start, end);
    size_t first = letter_next(letter, start, end);
    if (first < end && letter_is_new(letter, first)) {
        struct span key = letter->rows[first].key;
        if (phrases_begin(PHRASES_GREETINGS, key) > 0 && words_count(key) <= 6 &&
            !words_end(key, "?") && letter->rows[first].whole &&
            !words_in(key, phrases(PHRASES_SENTENCE))) {
            letter_mark(letter, first, first + 1, TEXT_GREETING, "a greeting");
        }
    }
    /* A signature stands at the end, or over an attribution. */
    size_t run = start;
    size_t last = end; /* behind the last new line: quotes below it have no answers */
    while (last > start && !letter_is_new(letter, last - 1)) {
        last--;
    }
    for (size_t i = start; i <= end; i++) {
        bool border = i == end || letter->lines[i].zone == TEXT_ATTRIBUTION ||
                      (i >= last && letter->lines[i].zone == TEXT_QUOTE);
        if (border) {
            mark_end(letter, run, i);
            run = i;
        } else if (letter->lines[i].zone == TEXT_QUOTE) {
            run = i;
        }
    }
}
