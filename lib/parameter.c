/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE
#include "parameter.h"

#include "charset.h"
#include "header.h"

#define PARAMETERS_MAX 64

static bool is_blank(char octet)
{
    return octet == ' ' || octet == '\t';
}

/* A parameter as it stands: quotes and their backslashes taken off, nothing decoded. */
struct raw_parameter {
    struct span name;
    struct span value;
};

/* Passes over blanks and comments (RFC 5322 section 3.2.2, nested). */
static const char *comments_skip(const char *at, const char *end)
{
    unsigned depth = 0;

    while (at < end && (depth > 0 || is_blank(*at) || *at == '(')) {
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

static bool is_token(char octet)
{
    return octet > ' ' && octet < 127 && strchr("()<>@,;:\\\"/[]?=", octet) == NULL;
}

/* Does AT begin `name=`? Then a `;` was forgotten before it. */
static bool begins_parameter(const char *at, const char *end)
{
    const char *begin = at;

    while (at < end && is_token(*at))
        at++;
    return at > begin && at < end && *at == '=';
}

/* Takes the value of a parameter off the front of *AT, without its quotes. */
static struct span parameter_value(struct arena *arena, const char **at, const char *end)
{
    const char *begin = *at;
    const char *stop;

    if (begin < end && *begin == '"') {
        struct buf plain = BUF_INIT;
        const char *i = begin + 1;

        while (i < end && *i != '"') {
            /* Only before a quote or itself: programs of Windows write plain paths. */
            if (*i == '\\' && i + 1 < end && (i[1] == '"' || i[1] == '\\'))
                i++;
            buf_char(&plain, *i++);
        }
        if (i < end) {
            struct span kept = {arena_copy(arena, buf_cstring(&plain), plain.length), plain.length};

            buf_release(&plain);
            *at = i + 1;
            return kept;
        }
        buf_release(&plain);
        begin++; /* never closed: up to the next `;` */
    }
    stop = begin;
    while (stop < end && *stop != ';') {
        if (is_blank(*stop)) {
            const char *next = stop;

            while (next < end && is_blank(*next))
                next++;
            if (next == end || *next == '(' || begins_parameter(next, end))
                break;
            stop = next;
        } else {
            stop++;
        }
    }
    *at = stop;
    return (struct span){arena_copy(arena, begin, (size_t)(stop - begin)), (size_t)(stop - begin)};
}

static void lower(char *octets, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (octets[i] >= 'A' && octets[i] <= 'Z')
            octets[i] = (char)(octets[i] + 32);
    }
}

/* VALUE decoded as people write it: encoded words inside are decoded too. */
static struct span parameter_text(struct arena *arena, struct span value)
{
    if (value.length > 0 && memmem(value.octets, value.length, "=?", 2) != NULL)
        return header_text_keep(arena, value);
    return value;
}

/* The place of the `*` in the name of a parameter of RFC 2231, or the name's length. */
static size_t base_length(struct span name)
{
    const char *star = memchr(name.octets, '*', name.length);

    return star == NULL ? name.length : (size_t)(star - name.octets);
}

/* Is ITEM a piece of the continued or extended parameter BASE? */
static bool is_piece(const struct raw_parameter *item, struct span base)
{
    return item->name.length > base.length && base_length(item->name) == base.length &&
           span_begins(item->name, base);
}

/* The number of the piece NAME of a parameter whose base has LENGTH octets; 0 for `name*`. */
static unsigned piece_number(struct span name, size_t length)
{
    unsigned number = 0;

    for (size_t i = length + 1; i < name.length && name.octets[i] >= '0' && name.octets[i] <= '9' &&
                                number < PARAMETERS_MAX;
         i++)
        number = number * 10 + (unsigned)(name.octets[i] - '0');
    return number;
}

/* Is the piece encoded, as the mark at the end of its name says? */
static bool is_extended(const struct raw_parameter *piece)
{
    return piece->name.octets[piece->name.length - 1] == '*';
}

/* Collects the pieces of BASE, in the order of their numbers. Returns how many there are. */
static size_t pieces_collect(struct span base, const struct raw_parameter *items, size_t count,
                             const struct raw_parameter **pieces)
{
    size_t found = 0;

    for (size_t i = 0; i < count; i++) {
        size_t place = found;

        if (!is_piece(&items[i], base))
            continue;
        while (place > 0 && piece_number(pieces[place - 1]->name, base.length) >
                                piece_number(items[i].name, base.length)) {
            pieces[place] = pieces[place - 1];
            place--;
        }
        pieces[place] = &items[i];
        found++;
    }
    return found;
}

/* Takes charset'language' off the front of the first piece's VALUE; false when it is not there. */
static bool charset_take(struct span *value, struct span *charset)
{
    const char *end = value->octets + value->length;
    const char *first = value->length == 0 ? NULL : memchr(value->octets, '\'', value->length);
    const char *second = first == NULL ? NULL : memchr(first + 1, '\'', (size_t)(end - first) - 1);

    if (second == NULL)
        return false;
    *charset = (struct span){value->octets, (size_t)(first - value->octets)};
    *value = (struct span){second + 1, (size_t)(end - second) - 1};
    return true;
}

/*
 * The value of the parameter BASE that is cut in pieces, or encoded, or both (RFC 2231). Missing
 * pieces and a missing character set are forgiven.
 */
static struct span pieces_read(struct arena *arena, struct span base,
                               const struct raw_parameter *items, size_t count)
{
    const struct raw_parameter *pieces[PARAMETERS_MAX];
    size_t found = pieces_collect(base, items, count, pieces);
    struct buf octets = BUF_INIT;
    struct buf text = BUF_INIT;
    struct span charset = {NULL, 0};
    struct span kept;

    for (size_t i = 0; i < found; i++) {
        struct span value = pieces[i]->value;

        if (!is_extended(pieces[i])) {
            buf_span(&octets, value);
            continue;
        }
        if (i == 0)
            (void)charset_take(&value, &charset);
        header_unescape(&octets, value, '%', false);
    }
    (void)charset_decode(&text, buf_view(&octets), charset);
    header_clean(&text, 0);
    kept = (struct span){arena_copy(arena, buf_cstring(&text), text.length), text.length};
    buf_release(&text);
    buf_release(&octets);
    return kept;
}

/*
 * Takes what stands before the parameters off the front of *AT; lower case. A media type ends with
 * its second token, whatever stands there (RFC 2045 section 5.1).
 */
static struct span main_value(struct arena *arena, const char **at, const char *end)
{
    struct buf value = BUF_INIT;
    struct span kept;
    const char *i = *at;
    bool subtype = false; /* a slash has come */

    while (i < end && *i != ';') {
        if (is_blank(*i) || *i == '(') {
            i = comments_skip(i, end);
            if (value.length > 0 &&
                (begins_parameter(i, end) || (subtype && value.octets[value.length - 1] != '/')))
                break;
            continue;
        }
        if (subtype && !is_token(*i) && *i != '/') {
            while (i < end && *i != ';' && !is_blank(*i))
                i++;
            break;
        }
        subtype |= *i == '/';
        buf_char(&value, *i++);
    }
    *at = i;
    kept.octets = arena_copy(arena, buf_cstring(&value), value.length);
    kept.length = value.length;
    lower((char *)kept.octets, kept.length);
    buf_release(&value);
    return kept;
}

/* Turns the raw parameters into decoded ones, one a name; the extended form of two wins. */
static void parameters_decode(struct arena *arena, const struct raw_parameter *raw, size_t count,
                              struct parameters *parameters)
{
    parameters->items = arena_array(arena, count, sizeof(*parameters->items));
    for (size_t i = 0; i < count; i++) {
        struct span base = {raw[i].name.octets, base_length(raw[i].name)};
        struct parameter *known = NULL;
        struct span value;

        if (base.length == 0)
            continue;
        for (size_t j = 0; j < parameters->count && known == NULL; j++) {
            if (span_equal(parameters->items[j].name, base))
                known = &parameters->items[j];
        }
        if (known == NULL && base.length == raw[i].name.length) {
            bool extended = false;

            for (size_t j = i + 1; j < count && !extended; j++)
                extended = is_piece(&raw[j], base);
            if (extended)
                continue;
            /* A boundary is compared with the octets of the body, so it stays as it is. */
            value = span_equal(base, SPAN("boundary")) ? raw[i].value
                                                       : parameter_text(arena, raw[i].value);
        } else if (known == NULL) {
            value = parameter_text(arena, pieces_read(arena, base, raw, count));
        } else {
            continue;
        }
        parameters->items[parameters->count++] = (struct parameter){base, value};
    }
}

void header_parameters(struct arena *arena, struct span value, struct parameters *parameters)
{
    struct raw_parameter raw[PARAMETERS_MAX];
    struct buf text = BUF_INIT;
    const char *at;
    const char *end;
    size_t count = 0;

    header_unfold(&text, value);
    at = buf_cstring(&text);
    end = at + text.length;
    *parameters = (struct parameters){{NULL, 0}, NULL, 0};
    parameters->value = main_value(arena, &at, end);
    while (count < PARAMETERS_MAX) {
        const char *begin;
        const char *stop;
        char *name;

        while (at < end && (*at == ';' || is_blank(*at) || *at == '('))
            at = *at == ';' ? at + 1 : comments_skip(at, end);
        if (at == end)
            break;
        for (begin = at; at < end && *at != '=' && *at != ';';)
            at++;
        if (at == end || *at == ';')
            continue;
        for (stop = begin; stop < at && !is_blank(*stop) && *stop != '(';)
            stop++;
        name = arena_copy(arena, begin, (size_t)(stop - begin));
        lower(name, (size_t)(stop - begin));
        at = comments_skip(at + 1, end);
        raw[count].name = (struct span){name, (size_t)(stop - begin)};
        raw[count].value = parameter_value(arena, &at, end);
        count++;
        /* What stands between a closing quote and the next `;` is nothing. */
        if (at < end && *at != ';' && !is_blank(*at) && *at != '(') {
            const char *next = memchr(at, ';', (size_t)(end - at));

            at = next == NULL ? end : next;
        }
    }
    buf_release(&text);
    parameters_decode(arena, raw, count, parameters);
}

struct span parameter_find(const struct parameters *parameters, const char *name)
{
    for (size_t i = 0; i < parameters->count; i++) {
        if (span_equal(parameters->items[i].name, span_of(name)))
            return parameters->items[i].value;
    }
    return (struct span){NULL, 0};
}
