/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE
#include "header.h"

#include <stdlib.h>

#include <utf8proc.h>

#include "charset.h"
#include "diag.h"
#include "utf8.h"

#define NAME_MAX_OCTETS 998 /* RFC 5322 section 2.1.1: no line is longer, so no name is */
#define WORD_MAX 4096       /* longest text of an encoded word; RFC 2047 allows 75 octets in all */
#define FIRST_MARK 0x300    /* below it every text is in normal form C */
#define MARKS_MAX 30 /* on one letter, as in Unicode's stream-safe format; more cost too much */

static bool is_blank(char octet)
{
    return octet == ' ' || octet == '\t';
}

/* Blanks and the line ends that a raw value still holds. */
static bool is_space(char octet)
{
    return is_blank(octet) || octet == '\r' || octet == '\n';
}

/* Is LINE empty but for its line end (LF, CR LF, and CR CR LF as some gateways make it)? */
static bool line_is_empty(struct span line)
{
    size_t i = 0;

    while (i < line.length && line.octets[i] == '\r')
        i++;
    return i == line.length || line.octets[i] == '\n';
}

static bool line_is_blank(struct span line)
{
    for (size_t i = 0; i < line.length; i++) {
        if (!is_space(line.octets[i]))
            return false;
    }
    return true;
}

/*
 * Does LINE begin a field? *NAME is the length of the field's name, *COLON the place of the colon.
 * RFC 5322 sections 2.2 and 4.5 (blanks before the colon). A line that begins with two hyphens is
 * a delimiter of a multipart, never a field.
 */
static bool line_is_field(struct span line, size_t *name, size_t *colon)
{
    size_t i = 0;

    while (i < line.length && i <= NAME_MAX_OCTETS && line.octets[i] > ' ' &&
           line.octets[i] < 127 && line.octets[i] != ':')
        i++;
    if (i == 0 || i > NAME_MAX_OCTETS || span_begins(line, SPAN("--")))
        return false;
    *name = i;
    while (i < line.length && is_blank(line.octets[i]))
        i++;
    *colon = i;
    return i < line.length && line.octets[i] == ':';
}

/*
 * Does the header go on with the line that REST begins with: a field, a continuation that is more
 * than blanks, or the empty line that ends it?
 */
static bool goes_on(struct span rest)
{
    struct span line = span_line(&rest);
    size_t name;
    size_t colon;

    if (line_is_blank(line))
        return line.length > 0 && line_is_empty(line);
    return is_blank(line.octets[0]) || line_is_field(line, &name, &colon);
}

bool header_next(struct span *rest, struct header_field *field)
{
    struct span at = *rest;
    struct span line;
    size_t name;
    size_t colon;

    for (;;) {
        struct span next;

        line = span_line(&at);
        if (line.length == 0 || line_is_empty(line))
            return false;
        if (line_is_field(line, &name, &colon))
            break;
        /* A stray line: gone over only when a field follows, else the body has begun. */
        next = at;
        next = span_line(&next);
        if (span_begins(line, SPAN("--")) || !line_is_field(next, &name, &colon))
            return false;
    }
    field->name = (struct span){line.octets, name};
    field->whole = line;
    while (at.length > 0 && is_blank(at.octets[0])) {
        struct span after = at;
        struct span more = span_line(&after);

        /* A line of blanks alone separates header and body, unless the header goes on below it. */
        if (line_is_blank(more) && !goes_on(after))
            break;
        field->whole.length += more.length;
        at = after;
    }
    field->value = (struct span){line.octets + colon + 1, field->whole.length - colon - 1};
    field->value = span_chomp(field->value);
    *rest = at;
    return true;
}

void header_read(struct arena *arena, struct span octets, const struct limits *limits,
                 struct header *header, struct span *body, unsigned *limits_hit)
{
    struct header_field field;
    struct span rest = octets;
    struct span line;
    size_t capacity = 0;
    size_t name;
    size_t colon;

    *header = (struct header){.octets = {octets.octets, 0}};
    *body = octets;
    if (span_begins(rest, SPAN("From ")) || span_begins(rest, SPAN(">From "))) {
        struct span after = rest;

        if (!line_is_field(span_line(&after), &name, &colon))
            rest = after;
    }
    header->octets.octets = rest.octets;
    line = rest;
    line = span_line(&line);
    /* A fold without a field is a stray line, which header_next passes over before a field. */
    if (line.length > 0 && is_blank(line.octets[0]) && !line_is_blank(line)) {
        struct span after = {line.octets + line.length, rest.length - line.length};

        line = span_line(&after);
    }
    if (!line_is_empty(line) && !line_is_field(line, &name, &colon)) {
        *body = rest;
        return;
    }
    while (header_next(&rest, &field)) {
        if (header->count == limits->fields) {
            *limits_hit |= 1U << LIMIT_fields;
            continue;
        }
        if (field.value.length > limits->field_size) {
            field.value.length = limits->field_size;
            *limits_hit |= 1U << LIMIT_field_size;
        }
        header->fields =
            arena_grow(arena, header->fields, header->count, &capacity, sizeof(*header->fields));
        header->fields[header->count++] = field;
    }
    header->octets.length = (size_t)(rest.octets - header->octets.octets);
    line = rest;
    if (line_is_blank(span_line(&line)))
        rest = line;
    *body = rest;
}

const struct header_field *header_find(const struct header *header, const char *name,
                                       const struct header_field *after)
{
    struct span wanted = span_of(name);

    for (size_t i = after == NULL ? 0 : (size_t)(after - header->fields) + 1; i < header->count;
         i++) {
        if (header->fields[i].name.length == wanted.length &&
            span_equal_nocase(header->fields[i].name, wanted))
            return &header->fields[i];
    }
    return NULL;
}

const struct header_field *header_last(const struct header *header, const char *name)
{
    struct span wanted = span_of(name);

    for (size_t i = header->count; i-- > 0;) {
        if (header->fields[i].name.length == wanted.length &&
            span_equal_nocase(header->fields[i].name, wanted))
            return &header->fields[i];
    }
    return NULL;
}

void header_raw(struct buf *out, struct span value)
{
    while (value.length > 0) {
        const char *nul = memchr(value.octets, '\0', value.length);
        size_t length = nul == NULL ? value.length : (size_t)(nul - value.octets);
        struct span piece = {value.octets, length};

        if (utf8_valid(piece))
            buf_span(out, piece);
        else
            buf_repair(out, piece);
        if (nul != NULL)
            length++;
        value.octets += length;
        value.length -= length;
    }
}

/* --- Text form ---------------------------------------------------------------------------------
 */

/* One encoded word: =?charset*language?B or Q?text?= */
struct encoded_word {
    struct span charset;
    char encoding; /* 'b' or 'q' */
    struct span text;
    size_t length; /* of the whole word */
};

/* Reads the encoded word that TEXT begins with. Blanks inside are forgiven in Q words. */
static bool encoded_word_read(struct span text, struct encoded_word *word)
{
    const char *end = text.octets + text.length;
    const char *at = text.octets + 2;
    const char *star;
    const char *close;

    if (!span_begins(text, SPAN("=?")))
        return false;
    while (at<end && * at> ' ' && *at < 127 && *at != '?')
        at++;
    if (at + 4 > end || *at != '?' || at[2] != '?')
        return false;
    word->charset = (struct span){text.octets + 2, (size_t)(at - text.octets) - 2};
    star = memchr(word->charset.octets, '*', word->charset.length);
    if (star != NULL) /* the language of RFC 2231 section 5 */
        word->charset.length = (size_t)(star - word->charset.octets);
    word->encoding = (char)(at[1] | 0x20);
    if (word->encoding != 'b' && word->encoding != 'q')
        return false;
    at += 3;
    close = memmem(at, (size_t)(end - at) < WORD_MAX ? (size_t)(end - at) : WORD_MAX, "?=", 2);
    if (close == NULL)
        return false;
    word->text = (struct span){at, (size_t)(close - at)};
    word->length = (size_t)(close + 2 - text.octets);
    return true;
}

static int hex_digit(char octet)
{
    if (octet >= '0' && octet <= '9')
        return octet - '0';
    octet |= 0x20;
    return octet >= 'a' && octet <= 'f' ? octet - 'a' + 10 : -1;
}

void header_unescape(struct buf *out, struct span text, char mark, bool underscore_is_blank)
{
    for (size_t i = 0; i < text.length; i++) {
        char octet = text.octets[i];

        if (octet == mark && text.length - i > 2) {
            int high = hex_digit(text.octets[i + 1]);
            int low = hex_digit(text.octets[i + 2]);

            if (high >= 0 && low >= 0) {
                octet = (char)(high * 16 + low);
                i += 2;
            }
        } else if (octet == '_' && underscore_is_blank) {
            octet = ' ';
        }
        buf_char(out, octet);
    }
}

/* Appends the octets of base64 TEXT; what is no base64 digit is passed over. */
static void unbase64(struct buf *out, struct span text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint32_t bits = 0;
    unsigned count = 0;

    for (size_t i = 0; i < text.length; i++) {
        const char *digit = memchr(digits, text.octets[i], sizeof(digits) - 1);

        if (digit == NULL)
            continue;
        bits = bits << 6 | (uint32_t)(digit - digits);
        count += 6;
        if (count >= 8) {
            count -= 8;
            buf_char(out, (char)(bits >> count & 0xff));
        }
    }
}

/*
 * Appends TEXT with its encoded words decoded: neighbours of one character set are joined before
 * their octets become characters, since many programs cut a character in two (RFC 2047 section 5
 * forbids it).
 */
static void words_append(struct buf *out, struct span text)
{
    struct buf octets = BUF_INIT;

    while (text.length > 0) {
        const char *mark = memmem(text.octets, text.length, "=?", 2);
        struct encoded_word word;
        struct span charset;
        size_t plain = mark == NULL ? text.length : (size_t)(mark - text.octets);

        buf_add(out, text.octets, plain);
        text.octets += plain;
        text.length -= plain;
        if (text.length == 0)
            break;
        if (!encoded_word_read(text, &word)) {
            buf_add(out, text.octets, 2);
            text.octets += 2;
            text.length -= 2;
            continue;
        }
        charset = word.charset;
        buf_clear(&octets);
        for (;;) {
            struct span after;

            if (word.encoding == 'b')
                unbase64(&octets, word.text);
            else
                header_unescape(&octets, word.text, '=', true);
            text.octets += word.length;
            text.length -= word.length;
            after = text;
            while (after.length > 0 && is_blank(after.octets[0])) {
                after.octets++;
                after.length--;
            }
            if (!encoded_word_read(after, &word))
                break;
            text = after; /* blanks between encoded words are no text */
            if (!span_equal_nocase(word.charset, charset)) {
                (void)charset_decode(out, buf_view(&octets), charset);
                buf_clear(&octets);
                charset = word.charset;
            }
        }
        (void)charset_decode(out, buf_view(&octets), charset);
    }
    buf_release(&octets);
}

/* Replaces OUT from START on by the same with its encoded words decoded (RFC 2047). */
static void words_decode(struct buf *out, size_t start)
{
    struct buf copy = BUF_INIT;

    buf_add(&copy, out->octets + start, out->length - start);
    out->length = start;
    words_append(out, buf_view(&copy));
    buf_release(&copy);
}

/* Has TEXT characters that normal form C may write otherwise, and no letter with countless marks?
 */
static bool needs_composing(struct span text)
{
    bool needed = false;
    size_t marks = 0;
    size_t at = utf8_ascii(text.octets, text.length);

    while (at < text.length) {
        uint32_t point = 0;
        size_t length = utf8_read(text.octets + at, text.length - at, &point);

        if (length == 0)
            return false;
        needed = needed || point >= FIRST_MARK;
        if (point < FIRST_MARK ||
            utf8proc_get_property((utf8proc_int32_t)point)->combining_class == 0)
            marks = 0;
        else if (++marks > MARKS_MAX)
            return false;
        at += length;
    }
    return needed;
}

void header_compose(struct buf *out, size_t start)
{
    utf8proc_uint8_t *composed = NULL;
    utf8proc_ssize_t length;
    struct span text;

    if (out->length == start)
        return;
    text = (struct span){out->octets + start, out->length - start};
    if (!needs_composing(text))
        return;
    length = utf8proc_map((const utf8proc_uint8_t *)text.octets, (utf8proc_ssize_t)text.length,
                          &composed, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    if (length == UTF8PROC_ERROR_NOMEM)
        diag_out_of_memory();
    if (length >= 0) {
        out->length = start;
        buf_add(out, (const char *)composed, (size_t)length);
    }
    free(composed);
}

void header_clean(struct buf *out, size_t start)
{
    size_t kept = start;

    for (size_t i = start; i < out->length; i++) {
        char octet = out->octets[i];

        if (octet == '\t' || octet == '\n')
            octet = ' ';
        else if ((octet >= 0 && octet < ' ') || octet == 127)
            continue;
        out->octets[kept++] = octet;
    }
    out->length = kept;
    if (out->octets != NULL)
        out->octets[kept] = '\0';
}

void header_unfold(struct buf *out, struct span value)
{
    size_t start = out->length;

    while (value.length > 0 && is_space(value.octets[0])) {
        value.octets++;
        value.length--;
    }
    /* A fold is a line end and a blank; without the line ends the blank is what stays. */
    while (value.length > 0) {
        const char *end = memchr(value.octets, '\n', value.length);
        size_t length = end == NULL ? value.length : (size_t)(end - value.octets);

        buf_add(out, value.octets, length);
        length += end != NULL;
        value.octets += length;
        value.length -= length;
    }
    if (out->length > start &&
        !utf8_valid((struct span){out->octets + start, out->length - start})) {
        struct buf copy = BUF_INIT;

        buf_add(&copy, out->octets + start, out->length - start);
        out->length = start;
        charset_guess(out, buf_view(&copy));
        buf_release(&copy);
    }
    header_clean(out, start);
}

void header_text(struct buf *out, struct span value)
{
    size_t start = out->length;

    header_unfold(out, value);
    if (out->length > start && memmem(out->octets + start, out->length - start, "=?", 2) != NULL) {
        words_decode(out, start);
        header_clean(out, start);
    }
    header_compose(out, start);
}

struct span header_text_keep(struct arena *arena, struct span value)
{
    struct buf text = BUF_INIT;
    struct span kept;

    header_text(&text, value);
    kept = (struct span){arena_copy(arena, buf_cstring(&text), text.length), text.length};
    buf_release(&text);
    return kept;
}

struct span header_last_text(struct arena *arena, const struct header *header, const char *name)
{
    const struct header_field *field = header_last(header, name);

    return field == NULL ? (struct span){NULL, 0} : header_text_keep(arena, field->value);
}

bool header_date(struct span value, struct date *date)
{
    return date_parse_mail(value, date);
}
