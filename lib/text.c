/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text.h"

#include "earlier.h"
#include "phrases.h"
#include "signature.h"
#include "words.h"

#define OWN_WORDS 20 /* more of the sender's own words and a forwarded message is a quote */
#define FEW_WORDS 6  /* a greeting, "for your information" */

/*
 * A program that wraps quoted lines leaves the rest of one without its mark: a few words in small
 * letters between two quoted lines, the first of which is long and does not end a sentence.
 */
static bool is_wrapped_rest(const struct letter *letter, size_t line, size_t end)
{
    struct span before = letter->rows[line - 1].core;
    struct span core = letter->rows[line].core;
    if (!letter_is_quoted(letter, line - 1) || line + 1 >= end ||
        !letter_is_quoted(letter, line + 1) || before.length == 0 ||
        strchr(".?!:;", before.octets[before.length - 1]) != NULL) {
        return false;
    }
    bool small = core.octets[0] < 'A' || core.octets[0] > 'Z';
    size_t width = letter->lines[line - 1].line.length;
    return (small && before.length >= 60 && words_count(letter->rows[line].key) <= 14) ||
           (width >= 66 && core.length <= 16 && width + core.length >= 76);
}

/* The sender's own words from START to END, greeting and closing left out. */
static size_t own_words(const struct letter *letter, size_t start, size_t end)
{
    size_t words = 0;
    for (size_t i = start; i < end; i++) {
        struct span key = letter->rows[i].key;
        if (letter->lines[i].zone != TEXT_NEW || letter_is_rule(key, 2) ||
            (phrases_begin(PHRASES_POINTERS, key) > 0 && words_count(key) <= 8)) {
            continue;
        }
        words += words_count(key);
    }
    return words;
}

/* Lines that text_new keeps. */
static bool is_kept(enum text_zone zone)
{
    return zone == TEXT_NEW || zone == TEXT_GREETING || zone == TEXT_CLOSING ||
           zone == TEXT_FORWARDED;
}

/* Nothing that would be kept stands from START to END. */
static bool says_nothing(const struct letter *letter, size_t start, size_t end)
{
    for (size_t i = start; i < end; i++) {
        if (is_kept(letter->lines[i].zone) && !letter_is_blank(letter, i)) {
            return false;
        }
    }
    return true;
}

/*
 * Lines of the header fields with which the quoted line LINE begins when nothing but quoted lines
 * follow: so HTML mail comes that was sent on. 0 when it is a quote like others.
 */
static size_t sent_on_quoted(const struct letter *letter, size_t line)
{
    size_t lines = earlier_block(letter, line, letter->count);
    for (size_t i = line; i < letter->count && lines > 0; i++) {
        if (!letter_is_blank(letter, i) && !letter_is_quoted(letter, i)) {
            return 0;
        }
    }
    return lines;
}

/*
 * Marks the message that begins at START. Returns the line at which the text of a forwarded message
 * begins that is to be kept, or the number of lines when there is none.
 */
static size_t mark_message(struct letter *letter, size_t start)
{
    size_t count = letter->count;
    size_t forwarded = count;
    size_t end = count;
    bool quoted = false; /* the first quoted line was met */
    bool said = false;   /* a line that is neither quoted nor a head was met */
    for (size_t i = start; i < end; i++) {
        size_t lines = 0;
        if (letter_is_blank(letter, i)) {
            if (letter_is_quoted(letter, i)) {
                letter_mark(letter, i, i + 1, TEXT_QUOTE, "begins with >");
            }
            continue;
        }
        enum earlier earlier = EARLIER_NONE;
        if (!letter_is_quoted(letter, i) || earlier_is_forward(&letter->rows[i])) {
            earlier = earlier_at(letter, i, count, &lines);
        } else if (!quoted) {
            quoted = true;
            lines = own_words(letter, start, i) <= FEW_WORDS ? sent_on_quoted(letter, i) : 0;
            earlier = lines > 0 ? EARLIER_BLOCK : EARLIER_NONE;
        }
        if (earlier == EARLIER_NONE) {
            if (letter_is_quoted(letter, i)) {
                letter_mark(letter, i, i + 1, TEXT_QUOTE, "begins with >");
            } else if (i > start && is_wrapped_rest(letter, i, count)) {
                letter_mark(letter, i, i + 1, TEXT_QUOTE, "the rest of a wrapped quoted line");
            } else {
                said = true;
            }
            continue;
        }
        size_t first = earlier == EARLIER_BLOCK ? earlier_block_start(letter, i, start) : i;
        size_t next = letter_next(letter, i + lines, count);
        size_t depth = letter->rows[i].depth;
        letter_mark(letter, first, i + lines, TEXT_ATTRIBUTION, "introduces an earlier message");
        bool marked = next < count && letter_is_quoted(letter, next);
        if ((marked && depth <= letter->depth && earlier != EARLIER_FORWARD) ||
            (!marked && earlier == EARLIER_REPLY && !said)) {
            /* Marked by `>`: answers may stand below and between. With nothing above and no mark
             * below, the quote was taken out and the answer stands below its head. */
            i += lines - 1;
            continue;
        }
        end = first;
        signature_frame(letter, start, end);
        size_t own = own_words(letter, start, end);
        size_t most = earlier == EARLIER_FORWARD || start > 0 ? OWN_WORDS : 0;
        bool passed_on = earlier == EARLIER_ORIGINAL ? start > 0 || says_nothing(letter, start, end)
                                                     : earlier != EARLIER_REPLY;
        if (next < count && passed_on && own <= most) {
            forwarded = i + lines;
            letter->depth = depth;
        } else {
            letter_mark(letter, i + lines, count, TEXT_QUOTE,
                        "below the head of an earlier message");
        }
        return forwarded;
    }
    signature_frame(letter, start, count);
    return forwarded;
}

/* Blank lines belong to what stands above them. */
static void join_blanks(struct letter *letter)
{
    for (size_t i = 1; i < letter->count; i++) {
        if (letter_is_blank(letter, i) && letter->lines[i].zone != TEXT_QUOTE) {
            letter_mark(letter, i, i + 1, letter->lines[i - 1].zone, letter->lines[i - 1].why);
        }
    }
}

static const char nothing_left[] = "nothing else would be left";

size_t text_zones(struct arena *arena, struct span body_text, struct text_line **lines)
{
    struct letter letter = {.count = 0};
    letter_read(arena, body_text, &letter);
    size_t start = 0;
    while (start < letter.count) {
        size_t next = mark_message(&letter, start);
        for (size_t i = start; i < next && start > 0; i++) {
            if (is_kept(letter.lines[i].zone)) {
                letter_mark(&letter, i, i + 1, TEXT_FORWARDED,
                            "a forwarded message and few own words");
            }
        }
        start = next;
    }
    bool kept = false;
    for (size_t i = 0; i < letter.count && !kept; i++) {
        kept = is_kept(letter.lines[i].zone) && words_count(letter.rows[i].key) > 0;
    }
    if (!kept) {
        letter_mark(&letter, 0, letter.count, TEXT_NEW, nothing_left);
    }
    join_blanks(&letter);
    *lines = letter.lines;
    return letter.count;
}

const char *text_zone_name(enum text_zone zone)
{
    static const char *const names[] = {"new",     "greeting",  "quote",      "attribution",
                                        "closing", "signature", "disclaimer", "forwarded"};
    return names[zone];
}

/* LINE of a forwarded message without quote marks and blanks at its end. */
static struct span unmarked(const struct text_line *line)
{
    struct span text = line->line;
    if (line->zone == TEXT_FORWARDED) {
        while (span_begins(text, SPAN(">")) || span_begins(text, SPAN(" >"))) {
            text = words_skip(text, text.octets[0] == '>' ? 1 : 2);
            text = words_skip(text, span_begins(text, SPAN(" ")) && !span_begins(text, SPAN(" >")));
        }
    }
    while (text.length > 0 && strchr(" \t\r", text.octets[text.length - 1]) != NULL) {
        text.length--;
    }
    return text;
}

struct span text_new(struct arena *arena, struct span body, bool *all_quoted)
{
    struct text_line *lines;
    size_t count = text_zones(arena, body, &lines);
    bool nothing = count > 0 && lines[0].why == nothing_left;
    struct buf out = BUF_INIT;
    size_t blanks = 0;
    for (size_t i = 0; i < count && !nothing; i++) {
        if (!is_kept(lines[i].zone)) {
            continue;
        }
        struct span text = unmarked(&lines[i]);
        blanks = text.length == 0 ? blanks + 1 : 0;
        if (blanks <= 2) {
            buf_span(&out, text);
            buf_char(&out, '\n');
        }
    }
    struct span trimmed = span_trim(nothing ? body : buf_view(&out));
    struct span result = {NULL, 0};
    if (trimmed.length > 0) {
        result = (struct span){arena_copy(arena, trimmed.octets, trimmed.length), trimmed.length};
    }
    buf_release(&out);
    if (all_quoted != NULL) {
        *all_quoted = nothing && result.length > 0;
    }
    return result;
}
