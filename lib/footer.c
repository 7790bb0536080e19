/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "footer.h"

#include "phrases.h"
#include "words.h"

#define SIGNATURE_LINES 14 /* lines below a "--" that lost its blank */

/* A program's line, not a sentence about one: "Sent from my phone it does not open". */
static bool is_program_footer(const struct letter_line *row)
{
    static const char sentence[] =
        "it|is|was|not|does|i|but|when|je|est|ne|pas|que|mais|ich|ist|nicht|aber|no|es|pero|"
        "sono|non|ma|nao|mas|ik|niet|maar|nie|jest|ale|nu|este|dar";
    struct span inside = words_bare(row->key);
    if (!row->whole || inside.length > 140 || phrases_begin(PHRASES_DEVICES, inside) == 0) {
        return false;
    }
    size_t at = 0;
    while (at < inside.length && inside.octets[at] != ',' &&
           !(inside.octets[at] == '.' && at + 1 < inside.length && inside.octets[at + 1] == ' ')) {
        at++;
    }
    struct span rest = words_skip(inside, at);
    return !words_in((struct span){inside.octets, at}, sentence) &&
           (words_count(rest) == 0 || words_in(rest, phrases(PHRASES_EXCUSES)) ||
            memchr(rest.octets, ':', rest.length) != NULL);
}

/* What mail programs write into the text for a part that is elsewhere. */
static bool is_attachment_note(const struct letter_line *row)
{
    struct span core = row->core;
    if (!row->whole || core.length < 3) {
        return false;
    }
    if (span_begins(core, SPAN("<<")) && words_end(core, ">>")) {
        return memchr(core.octets, '.', core.length) != NULL;
    }
    bool brackets = (core.octets[0] == '(' && words_end(core, ")")) ||
                    (core.octets[0] == '[' && words_end(core, "]")) ||
                    (core.octets[0] == '<' && words_end(core, ">"));
    return brackets && phrases_begin(PHRASES_ATTACHED, words_bare(row->key)) > 0;
}

/* The first line of a paragraph that a program, a list or a lawyer adds. */
static bool is_notice(const struct letter *letter, size_t line, size_t end)
{
    static const enum phrases topics[] = {PHRASES_SECRET, PHRASES_ADDRESSEE, PHRASES_MISTAKE,
                                          PHRASES_LIABLE};
    struct span key = words_bare(letter->rows[line].key);
    if (phrases_begin(PHRASES_FOOTERS, key) > 0) {
        return true;
    }
    if (phrases_begin(PHRASES_NOTICES, key) == 0) {
        return false;
    }
    if (words_in(key, phrases(PHRASES_SCANNERS))) {
        return true;
    }
    size_t found = 0;
    for (size_t t = 0; t < sizeof topics / sizeof *topics; t++) {
        for (size_t i = line; i < end && i < line + 8 && !letter_is_blank(letter, i); i++) {
            if (words_in(letter->rows[i].key, phrases(topics[t]))) {
                found++;
                break;
            }
        }
    }
    return found >= 2;
}

/* A rule under which a mailing list introduces itself. */
static bool is_list_footer(const struct letter *letter, size_t line, size_t end)
{
    if (!letter_is_rule(letter->rows[line].core, 15)) {
        return false;
    }
    size_t seen = 0;
    for (size_t i = line + 1; i < end && seen < 4; i++) {
        if (!letter_is_blank(letter, i)) {
            seen++;
            if (words_in(letter->rows[i].key, phrases(PHRASES_LISTS))) {
                return true;
            }
        }
    }
    return false;
}

/* The end of the run of new lines that begins at LINE. */
static size_t run_end(const struct letter *letter, size_t line, size_t end)
{
    while (line < end && letter->lines[line].zone == TEXT_NEW) {
        line++;
    }
    return line;
}

/* "-- ": a signature to the end of the run, unless much more follows than a signature has. */
static bool is_delimiter(const struct letter *letter, size_t line, size_t end)
{
    struct span raw = letter->lines[line].line;
    if (!span_equal(letter->rows[line].core, SPAN("--"))) {
        return false;
    }
    size_t lines = 0;
    for (size_t i = line + 1; i < end && lines <= SIGNATURE_LINES; i++) {
        if (letter->lines[i].zone != TEXT_NEW) {
            break;
        }
        lines += !letter_is_blank(letter, i);
    }
    return words_end(raw, "-- ") || lines <= SIGNATURE_LINES;
}

/* A legal notice or a list's footer in the signature from FROM up to TO. */
static void mark_notice_below(struct letter *letter, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        if (!letter_is_blank(letter, i) &&
            (is_notice(letter, i, to) || is_list_footer(letter, i, to))) {
            letter_mark(letter, i, to, TEXT_DISCLAIMER, "a notice below the line \"-- \"");
            return;
        }
    }
}

/* LINE may begin something new: it does not go on with the sentence of a full line above it. Most
 * lines of a mail do, and need no further look. */
static bool begins_sentence(const struct letter *letter, size_t line, size_t start)
{
    struct span core = letter->rows[line].core;
    if (line == start || !letter_is_new(letter, line - 1) || !words_is_letter(core.octets[0])) {
        return true;
    }
    struct span above = letter->rows[line - 1].core;
    char last = above.octets[above.length - 1];
    if (above.length < 56 || !(last == ',' || (last >= 'a' && last <= 'z'))) {
        return true;
    }
    /* An address at the end of a line ends a sentence too. */
    size_t word = above.length;
    while (word > 0 && above.octets[word - 1] != ' ' &&
           strchr("@/.", above.octets[word - 1]) == NULL) {
        word--;
    }
    return word == 0 || above.octets[word - 1] != ' ';
}

void footer_mark(struct letter *letter, size_t start, size_t end)
{
    bool words = false;
    for (size_t i = start; i < end; i++) {
        if (!letter_is_new(letter, i)) {
            continue;
        }
        if (!begins_sentence(letter, i, start)) {
            words = true;
            continue;
        }
        size_t to = i + 1;
        const struct letter_line *row = &letter->rows[i];
        if (is_delimiter(letter, i, end)) {
            to = run_end(letter, i, end);
            letter_mark(letter, i, to, TEXT_SIGNATURE, "below the line \"-- \"");
            mark_notice_below(letter, i + 1, to);
        } else if (is_program_footer(row)) {
            letter_mark(letter, i, to, TEXT_SIGNATURE, "a mail program's footer");
        } else if (is_attachment_note(row)) {
            letter_mark(letter, i, to, TEXT_SIGNATURE, "a note about an attachment");
        } else if (words && is_list_footer(letter, i, end)) {
            to = run_end(letter, i, end);
            letter_mark(letter, i, to, TEXT_DISCLAIMER, "a mailing list's footer");
        } else if (words && is_notice(letter, i, end)) {
            size_t rule = i;
            while (rule > start && letter_is_blank(letter, rule - 1)) {
                rule--;
            }
            to = run_end(letter, i, end);
            bool ruled = rule > start && letter_is_rule(letter->rows[rule - 1].core, 2);
            letter_mark(letter, ruled ? rule - 1 : i, to, TEXT_DISCLAIMER,
                        "a legal notice or a scanner's footer");
        } else {
            words = true;
            continue;
        }
    }
    /* A line between two footers is one. */
    size_t last = end;
    for (size_t i = start; i < end; i++) {
        bool footer = letter->lines[i].zone == TEXT_SIGNATURE && !letter_is_blank(letter, i);
        if (footer && last < i) {
            size_t between = letter_next(letter, last + 1, i);
            if (between < i && letter_next(letter, between + 1, i) == i &&
                letter_is_new(letter, between) && words_count(letter->rows[between].key) <= 5) {
                letter_mark(letter, between, between + 1, TEXT_SIGNATURE,
                            "between two programs' footers");
            }
        }
        last = footer ? i : last;
    }
}
