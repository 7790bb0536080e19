/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE
#include "address.h"

#include "header.h"
#include "utf8.h"

static bool is_blank(char octet)
{
    return octet == ' ' || octet == '\t';
}

/* Blanks and the line ends that a raw value still holds. */
static bool is_space(char octet)
{
    return is_blank(octet) || octet == '\r' || octet == '\n';
}

static struct span blanks_trim(struct span text)
{
    while (text.length > 0 && is_blank(text.octets[0])) {
        text.octets++;
        text.length--;
    }
    while (text.length > 0 && is_blank(text.octets[text.length - 1]))
        text.length--;
    return text;
}

static bool holds(struct span text, char octet)
{
    return text.length > 0 && memchr(text.octets, octet, text.length) != NULL;
}

/* What is at hand while a list is read. The buffers are used again for each piece. */
struct reader {
    struct arena *arena;
    struct address_list *list;
    struct address_groups *groups; /* NULL: nobody asked */
    struct buf plain;              /* the piece without comments and the name of its group */
    struct buf comment;            /* the last comment in it */
    struct buf group;              /* the name of the group that it opens; empty: none */
    struct buf email;
    struct buf phrase;
    struct span waiting; /* a piece without an address, not yet used */
    bool in_group;       /* a group was opened and did not end yet */
    bool broken;         /* something was opened and never closed */
};

/* Appends the phrase TEXT without its quotes and the backslashes inside them. */
static void phrase_add(struct buf *out, struct span text)
{
    bool quoted = false;

    for (size_t i = 0; i < text.length; i++) {
        if (text.octets[i] == '"') {
            quoted = !quoted;
            continue;
        }
        if (text.octets[i] == '\\' && quoted && i + 1 < text.length)
            i++;
        else if (is_blank(text.octets[i]) && i > 0 && is_blank(text.octets[i - 1]) && !quoted)
            continue;
        buf_char(out, text.octets[i]);
    }
}

/* The display name NAME, which may hold encoded words, in text form; octets NULL when empty. */
static struct span name_keep(struct arena *arena, struct span name)
{
    struct buf text = BUF_INIT;

    name = blanks_trim(name);
    if (name.length == 0)
        return (struct span){NULL, 0};
    if (memmem(name.octets, name.length, "=?", 2) != NULL)
        return header_text_keep(arena, name);
    buf_span(&text, name);
    header_compose(&text, 0);
    name = (struct span){arena_copy(arena, text.octets, text.length), text.length};
    buf_release(&text);
    return name;
}

/* Begins the group NAME, or, with no octets, the addresses that stand in none. */
static void group_begin(struct reader *reader, struct span name)
{
    struct address_groups *groups = reader->groups;

    if (groups == NULL)
        return;
    groups->items = arena_grow(reader->arena, groups->items, groups->count, &groups->capacity,
                               sizeof(*groups->items));
    groups->items[groups->count++] = (struct address_group){name, reader->list->count, 0};
}

/* Counts the address that is about to be added to the list in its group. */
static void group_count(struct reader *reader)
{
    struct address_groups *groups = reader->groups;

    if (groups == NULL)
        return;
    if (!reader->in_group &&
        (groups->count == 0 || groups->items[groups->count - 1].name.octets != NULL))
        group_begin(reader, (struct span){NULL, 0});
    groups->items[groups->count - 1].count++;
}

/* Appends an address to the list. NAME is a display name that may hold encoded words. */
static void address_add(struct reader *reader, struct span name, struct span email)
{
    struct address_list *list = reader->list;
    struct mail_address *item;

    group_count(reader);
    list->items =
        arena_grow(reader->arena, list->items, list->count, &list->capacity, sizeof(*list->items));
    item = &list->items[list->count++];
    item->email =
        (struct span){arena_copy(reader->arena, email.octets, email.length), email.length};
    item->name = name_keep(reader->arena, name);
}

/*
 * The length of the piece that TEXT begins with: up to a `,` or `;` outside quotes and brackets.
 * When one of these is never closed, this piece and all that follow end at the next comma of any
 * kind, which keeps the scan linear.
 */
static size_t piece_length(struct reader *reader, struct span text)
{
    const char *comma;
    bool quoted = false;
    bool angle = false;
    unsigned comment = 0;

    for (size_t i = 0; i < text.length && !reader->broken; i++) {
        char octet = text.octets[i];

        if (octet == '\\' && (quoted || comment > 0))
            i++;
        else if (octet == '"' && comment == 0)
            quoted = !quoted;
        else if (!quoted && octet == '(')
            comment++;
        else if (!quoted && octet == ')' && comment > 0)
            comment--;
        else if (!quoted && comment == 0 && (octet == '<' || octet == '>'))
            angle = octet == '<';
        else if (!quoted && comment == 0 && !angle && (octet == ',' || octet == ';'))
            return i;
    }
    if (!reader->broken && !quoted && !angle && comment == 0)
        return text.length;
    reader->broken = true;
    comma = memchr(text.octets, ',', text.length);
    return comma == NULL ? text.length : (size_t)(comma - text.octets);
}

/*
 * Puts PIECE into reader->plain without comments and group name, the last comment into
 * reader->comment, the name of the group into reader->group. Returns the place of the first `<` in
 * plain, SIZE_MAX when there is none.
 */
static size_t piece_strip(struct reader *reader, struct span piece)
{
    size_t angle = SIZE_MAX;
    unsigned depth = 0;
    bool quoted = false;
    bool sign = false; /* an `@` outside comments */

    buf_clear(&reader->plain);
    buf_clear(&reader->comment);
    buf_clear(&reader->group);
    for (size_t i = 0; i < piece.length; i++) {
        char octet = piece.octets[i];

        /* Quotes and brackets that do not close have no meaning. */
        if (reader->broken && strchr("\"()", octet) != NULL)
            octet = ' ';
        if (octet == '\\' && (quoted || depth > 0) && i + 1 < piece.length) {
            if (depth == 0)
                buf_char(&reader->plain, octet);
            buf_char(depth > 0 ? &reader->comment : &reader->plain, piece.octets[++i]);
            continue;
        }
        if (!quoted && octet == '(') {
            if (depth++ == 0) {
                buf_clear(&reader->comment);
                buf_char(&reader->plain, ' ');
                continue;
            }
        } else if (!quoted && octet == ')' && depth > 0) {
            if (--depth == 0)
                continue;
        }
        if (depth > 0) {
            buf_char(&reader->comment, octet);
            continue;
        }
        if (octet == '"')
            quoted = !quoted;
        else if (!quoted && octet == '<' && angle == SIZE_MAX)
            angle = reader->plain.length;
        else if (!quoted && octet == ':' && angle == SIZE_MAX && !sign) {
            /* The name of a group, or `mailto:`. */
            if (!span_equal_nocase(blanks_trim(buf_view(&reader->plain)), SPAN("mailto"))) {
                buf_clear(&reader->group);
                buf_span(&reader->group, buf_view(&reader->plain));
            }
            buf_clear(&reader->plain);
            continue;
        }
        sign = sign || octet == '@';
        buf_char(&reader->plain, octet);
    }
    return angle;
}

/* Puts TEXT into reader->email without the blanks outside quotes. */
static void email_squeeze(struct reader *reader, struct span text)
{
    bool quoted = false;

    buf_clear(&reader->email);
    for (size_t i = 0; i < text.length; i++) {
        if (text.octets[i] == '"')
            quoted = !quoted;
        if (quoted || !is_blank(text.octets[i]))
            buf_char(&reader->email, text.octets[i]);
    }
}

/* Does TEXT, an address, have blanks only where RFC 5322 allows them? */
static bool blanks_are_lawful(struct span text)
{
    bool quoted = false;

    for (size_t i = 0; i < text.length; i++) {
        size_t next = i;

        if (text.octets[i] == '"')
            quoted = !quoted;
        if (quoted || !is_blank(text.octets[i]))
            continue;
        while (next < text.length && is_blank(text.octets[next]))
            next++;
        if (strchr("@.", text.octets[i - 1]) == NULL && strchr("@.", text.octets[next]) == NULL)
            return false;
        i = next - 1;
    }
    return true;
}

/* The first word of TEXT with an `@`; length 0 when there is none. */
static struct span word_with_sign(struct span text)
{
    static const char ends[] = " \t\"'()<>[],;:";
    const char *end = text.octets + text.length;
    const char *sign = text.length == 0 ? NULL : memchr(text.octets, '@', text.length);
    const char *from = sign;
    const char *to = sign;

    if (sign == NULL)
        return (struct span){NULL, 0};
    while (from > text.octets && strchr(ends, from[-1]) == NULL)
        from--;
    while (to < end && strchr(ends, *to) == NULL)
        to++;
    return (struct span){from, from < sign && to > sign + 1 ? (size_t)(to - from) : 0};
}

/* Has TEXT, outside quotes and the brackets of a domain literal, what no address can hold? */
static bool is_no_address(struct span text)
{
    bool quoted = false;
    bool literal = false;

    for (size_t i = 0; i < text.length; i++) {
        if (text.octets[i] == '"')
            quoted = !quoted;
        else if (text.octets[i] == '[')
            literal = true;
        else if (!quoted && !literal && strchr(",:;<>()", text.octets[i]) != NULL)
            return true;
    }
    return false;
}

/* Adds a piece that waited for its address: a single word is a local user (`root`). */
static void waiting_end(struct reader *reader)
{
    struct span text = reader->waiting;

    reader->waiting.length = 0;
    if (text.length == 0 || holds(text, ' ') || holds(text, '"') || holds(text, '<') ||
        holds(text, '('))
        return;
    address_add(reader, (struct span){NULL, 0}, text);
}

/* `phrase <address>`; ANGLE is the place of the bracket in reader->plain. */
static void angle_read(struct reader *reader, size_t angle)
{
    struct span plain = buf_view(&reader->plain);
    struct span before = {plain.octets, angle};
    struct span inside = {plain.octets + angle + 1, plain.length - angle - 1};
    const char *close = inside.length == 0 ? NULL : memchr(inside.octets, '>', inside.length);

    if (close != NULL)
        inside.length = (size_t)(close - inside.octets);
    inside = blanks_trim(inside);
    if (inside.length > 0 && inside.octets[0] == '@') { /* a route, RFC 5322 section 4.4 */
        const char *colon = memchr(inside.octets, ':', inside.length);

        if (colon != NULL) {
            inside.length -= (size_t)(colon + 1 - inside.octets);
            inside.octets = colon + 1;
            inside = blanks_trim(inside);
        }
    }
    /* Two words are no address; made one, they could be somebody's. */
    if (blanks_are_lawful(inside)) {
        email_squeeze(reader, inside);
    } else {
        buf_clear(&reader->email);
        buf_span(&reader->email, inside);
    }
    if (is_no_address(buf_view(&reader->email))) {
        buf_clear(&reader->email);
        buf_span(&reader->email, word_with_sign(inside));
    } else if (reader->email.length == 0) { /* `a@b.example <>` */
        buf_span(&reader->email, word_with_sign(before));
        before.length = 0;
    }
    if (reader->email.length == 0)
        return;
    buf_clear(&reader->phrase);
    if (reader->waiting.length > 0) { /* `Dupont, Jean <j@d.example>` */
        phrase_add(&reader->phrase, reader->waiting);
        buf_string(&reader->phrase, ", ");
        reader->waiting.length = 0;
    }
    phrase_add(&reader->phrase, blanks_trim(before));
    if (reader->phrase.length == 0)
        buf_span(&reader->phrase, buf_view(&reader->comment));
    address_add(reader, buf_view(&reader->phrase), buf_view(&reader->email));
}

/* Begins the group whose name was met, when it has one. */
static void group_read(struct reader *reader)
{
    struct span name;

    buf_clear(&reader->phrase);
    phrase_add(&reader->phrase, blanks_trim(buf_view(&reader->group)));
    name = name_keep(reader->arena, buf_view(&reader->phrase));
    if (name.octets == NULL)
        return;
    waiting_end(reader);
    group_begin(reader, name);
    reader->in_group = true;
}

static void piece_read(struct reader *reader, struct span piece)
{
    size_t angle = piece_strip(reader, piece);
    struct span plain = blanks_trim(buf_view(&reader->plain));
    struct span email;

    if (reader->group.length > 0)
        group_read(reader);
    if (angle != SIZE_MAX) {
        angle_read(reader, angle);
        return;
    }
    if (plain.length == 0)
        return;
    waiting_end(reader);
    if (!holds(plain, '@')) {
        reader->waiting =
            (struct span){arena_copy(reader->arena, plain.octets, plain.length), plain.length};
        return;
    }
    if (blanks_are_lawful(plain)) {
        email_squeeze(reader, plain);
        email = buf_view(&reader->email);
    } else {
        email = word_with_sign(plain);
    }
    if (is_no_address(email))
        email = word_with_sign(plain);
    if (email.length > 0)
        address_add(reader, buf_view(&reader->comment), email);
}

static void list_read(struct reader *reader, struct span value)
{
    struct buf unfolded = BUF_INIT;
    struct span text;

    header_unfold(&unfolded, value);
    text = buf_view(&unfolded);
    while (text.length > 0) {
        size_t length = piece_length(reader, text);

        piece_read(reader, (struct span){text.octets, length});
        if (length < text.length && text.octets[length] == ';') {
            waiting_end(reader);
            reader->in_group = false;
        }
        length += length < text.length;
        text.octets += length;
        text.length -= length;
    }
    waiting_end(reader);
    buf_release(&reader->plain);
    buf_release(&reader->comment);
    buf_release(&reader->group);
    buf_release(&reader->email);
    buf_release(&reader->phrase);
    buf_release(&unfolded);
}

void header_addresses(struct arena *arena, struct span value, struct address_list *list)
{
    struct reader reader = {.arena = arena, .list = list};

    list_read(&reader, value);
}

void header_groups(struct arena *arena, struct span value, struct address_groups *groups)
{
    struct reader reader = {.arena = arena, .list = &groups->list, .groups = groups};

    list_read(&reader, value);
}

/* --- Message identifiers -----------------------------------------------------------------------
 */

/* Appends to the array of identifiers *IDS the octets FROM to TO without blanks and line ends. */
static void id_add(struct arena *arena, struct span **ids, size_t *count, size_t *capacity,
                   struct span id)
{
    struct buf clean = BUF_INIT;

    for (size_t i = 0; i < id.length; i++) {
        if ((unsigned char)id.octets[i] > ' ' && id.octets[i] != 127)
            buf_char(&clean, id.octets[i]);
    }
    if (clean.length > 0) {
        struct buf valid = BUF_INIT;

        buf_repair(&valid, buf_view(&clean));
        *ids = arena_grow(arena, *ids, *count, capacity, sizeof(**ids));
        (*ids)[(*count)++] =
            (struct span){arena_copy(arena, buf_cstring(&valid), valid.length), valid.length};
        buf_release(&valid);
    }
    buf_release(&clean);
}

struct span *header_message_ids(struct arena *arena, struct span value, size_t *count)
{
    struct span *ids = NULL;
    size_t capacity = 0;
    const char *end = value.octets + value.length;
    const char *open = value.length == 0 ? NULL : memchr(value.octets, '<', value.length);

    *count = 0;
    while (open != NULL) {
        const char *close = memchr(open, '>', (size_t)(end - open));
        const char *again;

        if (close == NULL)
            break;
        again = memrchr(open, '<', (size_t)(close - open));
        id_add(arena, &ids, count, &capacity,
               (struct span){again + 1, (size_t)(close - again) - 1});
        open = memchr(close, '<', (size_t)(end - close));
    }
    if (*count > 0)
        return ids;
    /* No brackets at all: a word with an `@`. */
    for (const char *at = value.octets; at < end;) {
        const char *begin;

        while (at < end && (is_space(*at) || strchr(",;\"<>", *at) != NULL))
            at++;
        for (begin = at; at < end && !is_space(*at) && strchr(",;\"<>", *at) == NULL;)
            at++;
        if (memchr(begin, '@', (size_t)(at - begin)) != NULL)
            id_add(arena, &ids, count, &capacity, (struct span){begin, (size_t)(at - begin)});
    }
    return ids;
}

/* --- URLs --------------------------------------------------------------------------------------
 */

/* Passes over blanks, line ends and comments. */
static const char *space_skip(const char *at, const char *end)
{
    unsigned depth = 0;

    while (at < end && (depth > 0 || is_space(*at) || *at == '(')) {
        if (*at == '\\' && depth > 0 && at + 1 < end)
            at++;
        else if (*at == '(')
            depth++;
        else if (*at == ')')
            depth--;
        at++;
    }
    return at;
}

struct span *header_urls(struct arena *arena, struct span value, size_t *count)
{
    struct span *urls = NULL;
    size_t capacity = 0;
    const char *end = value.octets + value.length;
    const char *at = value.octets;

    *count = 0;
    while (at < end) {
        const char *close;

        at = space_skip(at, end);
        if (at < end && *at == ',') { /* an empty element */
            at++;
            continue;
        }
        close = at < end && *at == '<' ? memchr(at, '>', (size_t)(end - at)) : NULL;
        if (close == NULL)
            break;
        id_add(arena, &urls, count, &capacity, (struct span){at + 1, (size_t)(close - at) - 1});
        at = space_skip(close + 1, end);
        if (at < end && *at != ',')
            break;
    }
    return urls;
}
