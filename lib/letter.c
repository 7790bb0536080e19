/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "letter.h"

#include "fold.h"
#include "phrases.h"
#include "words.h"

#define KEY_MAX 400     /* octets of a line that are folded and compared */
#define INITIALS_MAX 4  /* letters of initials before a quote mark */
#define PREFIX_LINES 3  /* so many lines with an unusual mark are quoted by themselves */
#define LINES_MAX 65536 /* lines that are told apart: what is below is one line */

bool letter_is_rule(struct span core, size_t least)
{
    for (size_t i = 0; i < core.length; i++) {
        if (strchr("-_=*~ ", core.octets[i]) == NULL || core.octets[i] == '\0') {
            return false;
        }
    }
    return core.length >= least;
}

/* Octets of the blank or invisible filling character that begins at AT, 0 when it is none. */
static size_t filling(const char *at, size_t left)
{
    if (*at == ' ' || (*at >= '\t' && *at <= '\r')) {
        return 1;
    }
    if (left >= 2 && memcmp(at, "\xC2\xA0", 2) == 0) {
        return 2; /* no-break space */
    }
    bool wide =
        left >= 3 && (memcmp(at, "\xE2\x80\x8B", 3) == 0 || memcmp(at, "\xEF\xBB\xBF", 3) == 0);
    return wide ? 3 : 0; /* zero-width space, byte order mark */
}

struct span letter_trim(struct span line)
{
    size_t length;
    while (line.length > 0 && (length = filling(line.octets, line.length)) > 0) {
        line = words_skip(line, length);
    }
    while (line.length > 0) {
        const char *end = line.octets + line.length;
        length = filling(end - 1, 1);
        for (size_t i = 2; length == 0 && i <= 3 && i <= line.length; i++) {
            length = filling(end - i, i) == i ? i : 0;
        }
        if (length == 0) {
            break;
        }
        line.length -= length;
    }
    return line;
}

/* Folds the start of ROW's line, which is known, into its key. */
static void fold_row(struct arena *arena, struct buf *folded, struct letter_line *row)
{
    struct span start = row->core;
    row->whole = start.length <= KEY_MAX;
    if (!row->whole) {
        start.length = KEY_MAX;
        while (start.length > 0 && ((unsigned char)start.octets[start.length] & 0xC0) == 0x80) {
            start.length--;
        }
    }
    buf_clear(folded);
    fold_plain(folded, start);
    row->key = (struct span){
        arena_copy(arena, folded->octets != NULL ? folded->octets : "", folded->length),
        folded->length};
}

/* Takes the quote marks off the front of ROW's line. */
static void take_marks(struct letter_line *row)
{
    while (row->core.length > 0 && row->core.octets[0] == '>') {
        row->depth++;
        row->core = letter_trim(words_skip(row->core, 1));
    }
}

/*
 * A `>` behind a tab or four blanks, on a line by itself, is a prompt or a comparison in code: such
 * lines are not quoted.
 */
static void unquote_code(struct arena *arena, struct buf *folded, struct letter *letter)
{
    for (size_t i = 0; i < letter->count; i++) {
        struct span line = letter->lines[i].line;
        struct letter_line *row = &letter->rows[i];
        bool alone = row->depth == 1 && (i == 0 || letter->rows[i - 1].depth == 0) &&
                     (i + 1 == letter->count || letter->rows[i + 1].depth == 0);
        if (alone && (span_begins(line, SPAN("\t")) || span_begins(line, SPAN("    "))) &&
            letter_trim(line).octets[0] == '>') {
            row->depth = 0;
            row->core = letter_trim(line);
            fold_row(arena, folded, row);
        }
    }
}

/*
 * Octets of the mark with which some mail programs begin a quoted line instead of `>`: "| ", ": ",
 * or initials ("JD> "). 0 when CORE begins with none. The mark alone on a line has no blank.
 */
static size_t prefix_of(struct span core)
{
    if (core.length == 0) {
        return 0;
    }
    if (core.octets[0] == '|' || core.octets[0] == ':') {
        return core.length == 1 || core.octets[1] == ' ' ? 1 : 0;
    }
    size_t length = 0;
    while (length < core.length && length <= INITIALS_MAX &&
           ((core.octets[length] >= 'A' && core.octets[length] <= 'Z') ||
            (length > 0 && words_is_letter(core.octets[length])))) {
        length++;
    }
    bool initials = length > 0 && length <= INITIALS_MAX && length < core.length &&
                    core.octets[length] == '>' &&
                    (length + 1 == core.length || core.octets[length + 1] == ' ' ||
                     core.octets[length + 1] == '>');
    return initials ? length + 1 : 0;
}

/* The last line before LINE that is not blank ends as an attribution does. */
static bool is_introduced(const struct letter *letter, size_t line)
{
    for (size_t i = line; i > 0 && i + 2 > line; i--) {
        const struct letter_line *row = &letter->rows[i - 1];
        if (row->core.length > 0) {
            return row->whole && words_end(row->key, ":") &&
                   words_in(row->key, phrases(PHRASES_WROTE));
        }
    }
    return false;
}

/* A line of a table, not a quoted one: more of the same bars stand in it. */
static bool is_table(struct span core)
{
    return core.octets[0] == '|' && core.length > 1 &&
           memchr(core.octets + 1, '|', core.length - 1) != NULL;
}

/*
 * Gives the lines that other marks than `>` quote their depth. A run of lines with one mark is
 * quoted when an attribution stands over it, when the same mark was seen before, or when it has
 * three lines and is no table.
 */
static void read_prefixes(struct arena *arena, struct buf *folded, struct letter *letter)
{
    struct span known = {"", 0};
    for (size_t i = 0, to; i < letter->count; i = to) {
        struct span mark = {letter->rows[i].core.octets, prefix_of(letter->rows[i].core)};
        bool table = false;
        to = i;
        while (mark.length > 0 && to < letter->count && span_begins(letter->rows[to].core, mark) &&
               prefix_of(letter->rows[to].core) == mark.length) {
            table = table || is_table(letter->rows[to].core);
            to++;
        }
        bool quoted = mark.length > 0 && (span_equal(mark, known) || is_introduced(letter, i) ||
                                          (!table && to - i >= PREFIX_LINES));
        known = quoted ? mark : known;
        for (size_t k = i; k < to && quoted; k++) {
            struct letter_line *row = &letter->rows[k];
            row->depth++;
            row->core = letter_trim(words_skip(row->core, mark.length));
            take_marks(row);
            fold_row(arena, folded, row);
        }
        to += to == i;
    }
}

void letter_read(struct arena *arena, struct span text, struct letter *letter)
{
    size_t count = 1;
    for (size_t i = 0; i < text.length && count < LINES_MAX; i++) {
        count += text.octets[i] == '\n';
    }
    letter->lines = arena_array(arena, count, sizeof *letter->lines);
    letter->rows = arena_array(arena, count, sizeof *letter->rows);
    struct buf folded = BUF_INIT;
    while (text.length > 0) {
        bool last = letter->count + 1 == LINES_MAX; /* takes all that is left */
        struct span line = span_chomp(last ? text : span_line(&text));
        text.length = last ? 0 : text.length;
        struct letter_line row = {.core = letter_trim(line)};
        take_marks(&row);
        fold_row(arena, &folded, &row);
        letter->lines[letter->count] = (struct text_line){line, TEXT_NEW, "the sender's words"};
        letter->rows[letter->count++] = row;
    }
    unquote_code(arena, &folded, letter);
    read_prefixes(arena, &folded, letter);
    buf_release(&folded);
}

bool letter_is_blank(const struct letter *letter, size_t line)
{
    return letter->rows[line].core.length == 0;
}

bool letter_is_new(const struct letter *letter, size_t line)
{
    return letter->lines[line].zone == TEXT_NEW && !letter_is_blank(letter, line);
}

bool letter_is_quoted(const struct letter *letter, size_t line)
{
    return letter->rows[line].depth > letter->depth;
}

size_t letter_next(const struct letter *letter, size_t line, size_t end)
{
    while (line < end && letter_is_blank(letter, line)) {
        line++;
    }
    return line;
}

void letter_mark(struct letter *letter, size_t from, size_t to, enum text_zone zone,
                 const char *why)
{
    for (size_t i = from; i < to; i++) {
        letter->lines[i].zone = zone;
        letter->lines[i].why = why;
    }
}
