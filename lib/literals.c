/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "literals.h"

#include <ctype.h>

#include "fold.h"
#include "utf8.h"

/* Groups inside each other; PCRE2 itself allows 250. */
#define DEPTH_MAX 250

/* What is known of a piece of a pattern: a set of which one must occur, or nothing (count 0). */
struct required {
    struct span *items;
    size_t count;
    size_t shortest; /* octets of the shortest item */
};

/* What one atom is to the run of characters that is being gathered. */
enum atom {
    ATOM_LITERAL,    /* exactly these folded characters */
    ATOM_ZERO_WIDTH, /* matches between characters: the run goes on */
    ATOM_OTHER       /* anything: the run ends */
};

struct reader {
    struct arena *arena;
    const char *at;
    const char *end;
    bool given_up; /* something that is not understood was met */
    int depth;
    struct buf folded; /* of the atom that was read last */
};

static struct required read_alternatives(struct reader *reader);

static int peek(const struct reader *reader, size_t ahead)
{
    return (size_t)(reader->end - reader->at) > ahead ? (unsigned char)reader->at[ahead] : -1;
}

static bool take(struct reader *reader, char octet)
{
    if (peek(reader, 0) != (unsigned char)octet)
        return false;
    reader->at++;
    return true;
}

/* Goes behind the next CLOSING; gives up when there is none. */
static void skip_past(struct reader *reader, char closing)
{
    const char *found = memchr(reader->at, closing, (size_t)(reader->end - reader->at));

    if (found == NULL)
        reader->given_up = true;
    else
        reader->at = found + 1;
}

/*
 * Reads one character. It counts as literal when its folded form is plain ASCII: for such
 * characters every other case that PCRE2 knows folds to the same (a test holds this), and no
 * character beside them changes what they become.
 */
static enum atom read_character(struct reader *reader)
{
    uint32_t character;
    size_t length = utf8_read(reader->at, (size_t)(reader->end - reader->at), &character);

    if (length == 0) {
        reader->given_up = true;
        return ATOM_OTHER;
    }
    buf_clear(&reader->folded);
    if (character == ' ')
        buf_char(&reader->folded, ' ');
    else
        fold_plain(&reader->folded, (struct span){reader->at, length});
    reader->at += length;
    if (reader->folded.length == 0)
        return ATOM_OTHER;
    for (size_t i = 0; i < reader->folded.length; i++)
        if ((unsigned char)reader->folded.octets[i] >= 0x7f)
            return ATOM_OTHER;
    return ATOM_LITERAL;
}

/* Behind `\g` or `\k`: a name or number in some brackets, or a bare number. */
static void skip_reference(struct reader *reader)
{
    if (take(reader, '{'))
        skip_past(reader, '}');
    else if (take(reader, '<'))
        skip_past(reader, '>');
    else if (take(reader, '\''))
        skip_past(reader, '\'');
    else
        while (isdigit(peek(reader, 0)) || peek(reader, 0) == '-' || peek(reader, 0) == '+')
            reader->at++;
}

/* Reads what stands behind a backslash. */
static enum atom read_escape(struct reader *reader)
{
    int octet = peek(reader, 0);

    if (octet < 0 || octet >= 0x80 || !isalnum(octet))
        return read_character(reader);
    reader->at++;
    if (isdigit(octet)) {
        while (isdigit(peek(reader, 0)))
            reader->at++;
        return ATOM_OTHER;
    }
    switch (octet) {
    case 'b':
    case 'B':
    case 'A':
    case 'z':
    case 'Z':
    case 'G':
        return ATOM_ZERO_WIDTH;
    case 'p':
    case 'P':
    case 'N':
        if (take(reader, '{'))
            skip_past(reader, '}');
        else if (octet != 'N' && peek(reader, 0) >= 0)
            reader->at++;
        return ATOM_OTHER;
    case 'x':
        if (take(reader, '{'))
            skip_past(reader, '}');
        else
            for (int digits = 0; digits < 2 && isxdigit(peek(reader, 0)); digits++)
                reader->at++;
        return ATOM_OTHER;
    case 'g':
    case 'k':
        skip_reference(reader);
        return ATOM_OTHER;
    default:
        /* \C \Q \E \K \c \o and what a later PCRE2 may bring. */
        if (strchr("dDwWsShHvVRXntrfea", octet) == NULL)
            reader->given_up = true;
        return ATOM_OTHER;
    }
}

/* One member of a class into reader->folded; ATOM_OTHER when it is more than one character. */
static enum atom read_member(struct reader *reader)
{
    enum atom atom;

    if (peek(reader, 0) == '[' &&
        (peek(reader, 1) == ':' || peek(reader, 1) == '.' || peek(reader, 1) == '=')) {
        reader->at += 2;
        skip_past(reader, ']');
        return ATOM_OTHER;
    }
    if (!take(reader, '\\'))
        return read_character(reader);
    atom = read_escape(reader);
    /* In a class \b is a backspace. */
    return atom == ATOM_ZERO_WIDTH ? ATOM_OTHER : atom;
}

/*
 * Reads a class behind its `[`. One whose members all fold to the same, such as [eéèê], is a
 * literal; reader->folded is that.
 */
static enum atom read_class(struct reader *reader)
{
    struct buf common = BUF_INIT;
    bool same = !take(reader, '^');
    bool first = true;

    while (!reader->given_up && (first || peek(reader, 0) != ']')) {
        enum atom atom;

        if (peek(reader, 0) < 0) {
            reader->given_up = true;
            break;
        }
        atom = read_member(reader);
        if (atom != ATOM_LITERAL)
            same = false;
        else if (first)
            buf_span(&common, buf_view(&reader->folded));
        else if (!span_equal(buf_view(&common), buf_view(&reader->folded)))
            same = false;
        first = false;
        /* A range, unless the `-` is the last member. */
        if (peek(reader, 0) == '-' && peek(reader, 1) != ']')
            same = false;
    }
    take(reader, ']');
    buf_clear(&reader->folded);
    buf_span(&reader->folded, buf_view(&common));
    buf_release(&common);
    return same && !reader->given_up ? ATOM_LITERAL : ATOM_OTHER;
}

/* Option letters as in (?i) or (?i-s:. True when a group follows; false at the closing bracket. */
static bool read_options(struct reader *reader)
{
    while (peek(reader, 0) >= 0 && strchr("imsUJn^-", peek(reader, 0)) != NULL)
        reader->at++;
    if (take(reader, ':'))
        return true;
    /* Anything else, (?x) too, changes what the rest means. */
    if (!take(reader, ')'))
        reader->given_up = true;
    return false;
}

/* Reads a group behind its `(`; *REQUIRED becomes what it asks for. */
static enum atom read_group(struct reader *reader, struct required *required)
{
    bool around = false; /* lookahead or lookbehind */

    *required = (struct required){0};
    if (peek(reader, 0) == '*') {
        reader->given_up = true;
        return ATOM_OTHER;
    }
    if (take(reader, '?')) {
        int octet = peek(reader, 0);
        int next = peek(reader, 1);

        if (octet == '#') {
            skip_past(reader, ')');
            return ATOM_ZERO_WIDTH;
        }
        if (octet == '=' || octet == '!' || (octet == '<' && (next == '=' || next == '!'))) {
            reader->at += octet == '<' ? 2 : 1;
            around = true;
        } else if (octet == '|' || octet == '>') {
            reader->at++;
        } else if ((octet == '<' && next != '*') || octet == '\'') {
            reader->at++;
            skip_past(reader, octet == '<' ? '>' : '\'');
        } else if (octet == 'P' && next == '<') {
            skip_past(reader, '>');
        } else if (!read_options(reader)) {
            return ATOM_ZERO_WIDTH;
        }
    }
    if (reader->given_up || ++reader->depth > DEPTH_MAX) {
        reader->given_up = true;
        return ATOM_OTHER;
    }
    *required = read_alternatives(reader);
    reader->depth--;
    if (!take(reader, ')'))
        reader->given_up = true;
    if (around)
        *required = (struct required){0};
    return around ? ATOM_ZERO_WIDTH : ATOM_OTHER;
}

/* Reads a quantifier, if one follows: true, and whether the atom may be absent. */
static bool read_quantifier(struct reader *reader, bool *optional)
{
    int octet = peek(reader, 0);

    *optional = false;
    if (reader->given_up)
        return false;
    if (octet == '*' || octet == '?') {
        *optional = true;
        reader->at++;
    } else if (octet == '+') {
        reader->at++;
    } else if (octet == '{') {
        reader->at++;
        *optional = true;
        /* Other braces are literal or quantify, as the version of PCRE2 has it. */
        reader->given_up = !isdigit(peek(reader, 0));
        for (; isdigit(peek(reader, 0)); reader->at++)
            if (peek(reader, 0) != '0')
                *optional = false;
        if (take(reader, ','))
            while (isdigit(peek(reader, 0)))
                reader->at++;
        if (!take(reader, '}'))
            reader->given_up = true;
    } else {
        return false;
    }
    if (!take(reader, '?'))
        take(reader, '+');
    return true;
}

static struct required better(struct required a, struct required b)
{
    if (a.count == 0 || b.count == 0)
        return a.count == 0 ? b : a;
    if (a.shortest != b.shortest)
        return a.shortest > b.shortest ? a : b;
    return a.count <= b.count ? a : b;
}

/* Ends the run of characters: it becomes a requirement of its own when it is long enough. */
static struct required end_run(struct reader *reader, struct buf *run)
{
    struct required required = {0};
    struct span text = span_trim(buf_view(run));

    if (text.length >= LITERAL_MIN) {
        required.items = arena_alloc(reader->arena, sizeof(*required.items));
        required.items[0] =
            (struct span){arena_copy(reader->arena, text.octets, text.length), text.length};
        required.count = 1;
        required.shortest = text.length;
    }
    buf_clear(run);
    return required;
}

/* Adds the folded atom to the run; blanks beside each other become one, as folding does it. */
static void add_to_run(struct buf *run, struct span folded)
{
    if (span_equal(folded, SPAN(" ")) && run->length > 0 && run->octets[run->length - 1] == ' ')
        return;
    buf_span(run, folded);
}

/* Reads one alternative, up to `|`, `)` or the end. */
static struct required read_branch(struct reader *reader)
{
    struct required best = {0};
    struct buf run = BUF_INIT;

    while (!reader->given_up && peek(reader, 0) >= 0 && peek(reader, 0) != '|' &&
           peek(reader, 0) != ')') {
        struct required inner = {0};
        enum atom atom;
        bool optional;
        bool repeated;

        if (take(reader, '('))
            atom = read_group(reader, &inner);
        else if (take(reader, '['))
            atom = read_class(reader);
        else if (take(reader, '\\'))
            atom = read_escape(reader);
        else if (take(reader, '^') || take(reader, '$'))
            atom = ATOM_ZERO_WIDTH;
        else if (take(reader, '.'))
            atom = ATOM_OTHER;
        else
            atom = read_character(reader);
        repeated = read_quantifier(reader, &optional);
        if (atom == ATOM_ZERO_WIDTH && !repeated)
            continue;
        if (atom == ATOM_LITERAL && !optional)
            add_to_run(&run, buf_view(&reader->folded));
        if (atom != ATOM_LITERAL || repeated)
            best = better(best, end_run(reader, &run));
        if (!optional)
            best = better(best, inner);
    }
    best = better(best, end_run(reader, &run));
    buf_release(&run);
    return best;
}

/* Reads alternatives up to `)` or the end: the union, when each of them asks for something. */
static struct required read_alternatives(struct reader *reader)
{
    struct required all = read_branch(reader);

    while (!reader->given_up && take(reader, '|')) {
        struct required one = read_branch(reader);
        struct span *items;

        if (all.count == 0 || one.count == 0 || all.count + one.count > LITERALS_MAX) {
            all = (struct required){0};
            continue;
        }
        items = arena_array(reader->arena, all.count + one.count, sizeof(*items));
        memcpy(items, all.items, all.count * sizeof(*items));
        memcpy(items + all.count, one.items, one.count * sizeof(*items));
        all.items = items;
        all.count += one.count;
        if (one.shortest < all.shortest)
            all.shortest = one.shortest;
    }
    return all;
}

struct literals literals_of_pattern(struct arena *arena, struct span pattern)
{
    struct reader reader = {.arena = arena,
                            .at = pattern.octets,
                            .end = pattern.octets + pattern.length,
                            .folded = BUF_INIT};
    struct required required = {0};

    if (pattern.length > 0)
        required = read_alternatives(&reader);
    if (reader.given_up || reader.at != reader.end)
        required.count = 0;
    buf_release(&reader.folded);
    return (struct literals){required.items, required.count};
}

/* ---- the scan ------------------------------------------------------------------------------- */

#define BUCKETS 4096u

struct literal {
    struct span text;
    size_t next; /* number plus one of the next literal in the same bucket; 0: none */
    bool found;
};

struct literal_scan {
    struct arena *arena;
    struct literal *items;
    size_t count;
    size_t capacity;
    size_t heads[BUCKETS]; /* number plus one of a bucket's first literal */
};

/* The bucket of what begins with these LITERAL_MIN octets. */
static size_t bucket(const char *octets)
{
    uint32_t key = (uint32_t)(unsigned char)octets[0] | (uint32_t)(unsigned char)octets[1] << 8 |
                   (uint32_t)(unsigned char)octets[2] << 16;

    return (key * 2654435761u) >> 20;
}

struct literal_scan *literal_scan_new(struct arena *arena)
{
    struct literal_scan *scan = arena_alloc(arena, sizeof(*scan));

    scan->arena = arena;
    return scan;
}

size_t literal_scan_add(struct literal_scan *scan, struct span literal)
{
    size_t *head = &scan->heads[bucket(literal.octets)];

    for (size_t number = *head; number != 0; number = scan->items[number - 1].next)
        if (span_equal(scan->items[number - 1].text, literal))
            return number - 1;
    scan->items =
        arena_grow(scan->arena, scan->items, scan->count, &scan->capacity, sizeof(*scan->items));
    scan->items[scan->count] = (struct literal){.text = literal, .next = *head};
    *head = ++scan->count;
    return scan->count - 1;
}

void literal_scan_clear(struct literal_scan *scan)
{
    for (size_t i = 0; i < scan->count; i++)
        scan->items[i].found = false;
}

void literal_scan_text(struct literal_scan *scan, struct span text)
{
    for (size_t at = 0; at + LITERAL_MIN <= text.length; at++) {
        size_t number = scan->heads[bucket(text.octets + at)];

        for (; number != 0; number = scan->items[number - 1].next) {
            struct literal *literal = &scan->items[number - 1];

            if (!literal->found && literal->text.length <= text.length - at &&
                memcmp(literal->text.octets, text.octets + at, literal->text.length) == 0)
                literal->found = true;
        }
    }
}

bool literal_scan_found(const struct literal_scan *scan, size_t number)
{
    return scan->items[number].found;
}
