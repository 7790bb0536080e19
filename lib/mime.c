/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE
#include "mime.h"

#include "charset.h"
#include "utf8.h"

#define DEPTH_MAX 500    /* limits->depth counts up to here: what walks the tree may keep a stack */
#define META_MAX 2048    /* how far into an HTML part a <meta charset> is looked for */
#define NO_SIZE SIZE_MAX /* mime_part.size: not counted yet */

/* A digit's value, -1 for what is no base64 digit (RFC 4648 section 4). */
static const int16_t base64_value[256] = {
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 62, -1, -1, -1, 63,
    52, 53, 54, 55, 56, 57, 58, 59, 60, 61, -1, -1, -1, -1, -1, -1, -1, 0,  1,  2,  3,  4,  5,  6,
    7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, -1, -1, -1, -1, -1,
    -1, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48,
    49, 50, 51, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1};

/* --- Transfer encodings ------------------------------------------------------------------------
 */

/* Does REST, behind the padding, hold more base64, and not a footer that somebody added in clear?
 */
static bool base64_goes_on(struct span rest)
{
    for (size_t i = 0; i < rest.length; i++) {
        char octet = rest.octets[i];

        if (base64_value[(unsigned char)octet] < 0 && octet != '=' && octet != '\n' &&
            octet != '\r' && octet != ' ' && octet != '\t')
            return false;
    }
    return true;
}

/*
 * Decodes base64 into OUT (room for three quarters of the input and 3 octets), or only counts when
 * OUT is NULL; stops when LIMIT octets are there or more. Returns the count.
 */
static size_t base64_run(char *out, struct span encoded, size_t limit)
{
    const unsigned char *in = (const unsigned char *)encoded.octets;
    const unsigned char *end = in + encoded.length;
    size_t count = 0;
    uint32_t bits = 0;
    unsigned digits = 0;
    bool checked = false;

    while (in < end && count < limit) {
        int value = base64_value[*in];

        if (digits == 0 && end - in >= 4) {
            int second = base64_value[in[1]];
            int third = base64_value[in[2]];
            int fourth = base64_value[in[3]];

            if ((value | second | third | fourth) >= 0) {
                if (out != NULL) {
                    out[count] = (char)(value << 2 | second >> 4);
                    out[count + 1] = (char)(second << 4 | third >> 2);
                    out[count + 2] = (char)(third << 6 | fourth);
                }
                count += 3;
                in += 4;
                continue;
            }
        }
        if (value >= 0) {
            bits = bits << 6 | (uint32_t)value;
            digits++;
        } else if (*in != '=') {
            in++;
            continue;
        }
        if (digits == 4 || (*in == '=' && digits > 1)) {
            if (out != NULL) {
                uint32_t whole = bits << (6 * (4 - digits));

                out[count] = (char)(whole >> 16 & 0xff);
                out[count + 1] = (char)(whole >> 8 & 0xff);
                out[count + 2] = (char)(whole & 0xff);
            }
            count += digits - 1;
        }
        if (digits == 4 || *in == '=') {
            digits = 0;
            bits = 0;
        }
        if (*in == '=' && !checked) {
            checked = true;
            if (!base64_goes_on((struct span){(const char *)in, (size_t)(end - in)}))
                return count;
        }
        in++;
    }
    if (in == end && digits > 1) {
        if (out != NULL) {
            uint32_t whole = bits << (6 * (4 - digits));

            out[count] = (char)(whole >> 16 & 0xff);
            if (digits == 3)
                out[count + 1] = (char)(whole >> 8 & 0xff);
        }
        count += digits - 1;
    }
    return count;
}

bool mime_base64_decode(struct buf *out, struct span encoded, size_t limit)
{
    size_t most = encoded.length / 4 * 3 + 3;
    size_t wanted = limit < most ? limit + 1 : most; /* one octet too many shows that it is cut */
    size_t count = base64_run(buf_reserve(out, wanted + 3), encoded, wanted);

    out->length += count < limit ? count : limit;
    out->octets[out->length] = '\0';
    return count <= limit;
}

static int hex_digit(char octet)
{
    if (octet >= '0' && octet <= '9')
        return octet - '0';
    octet |= 0x20;
    return octet >= 'a' && octet <= 'f' ? octet - 'a' + 10 : -1;
}

/* Appends to OUT, or only counts when OUT is NULL. */
static void put(struct buf *out, size_t *count, const char *octets, size_t length)
{
    if (out != NULL)
        buf_add(out, octets, length);
    *count += length;
}

/* One line without its end and the blanks before that; see mime_quoted_printable_decode. */
static void quoted_printable_line(struct buf *out, size_t *count, struct span line)
{
    while (line.length > 0) {
        const char *mark = memchr(line.octets, '=', line.length);
        size_t plain = mark == NULL ? line.length : (size_t)(mark - line.octets);
        int high;
        int low;

        put(out, count, line.octets, plain);
        line.octets += plain;
        line.length -= plain;
        if (line.length == 0)
            break;
        high = line.length > 2 ? hex_digit(line.octets[1]) : -1;
        low = line.length > 2 ? hex_digit(line.octets[2]) : -1;
        if (high >= 0 && low >= 0) {
            char octet = (char)(high * 16 + low);

            put(out, count, &octet, 1);
            line.octets += 3;
            line.length -= 3;
        } else {
            put(out, count, "=", 1);
            line.octets++;
            line.length--;
        }
    }
}

/* Decodes, or only counts when OUT is NULL; stops behind the line that reaches LIMIT. */
static size_t quoted_printable_run(struct buf *out, struct span encoded, size_t limit)
{
    size_t count = 0;

    while (encoded.length > 0 && count < limit) {
        struct span line = span_line(&encoded);
        struct span text = span_chomp(line);
        struct span end = {text.octets + text.length, line.length - text.length};

        while (text.length > 0 &&
               (text.octets[text.length - 1] == ' ' || text.octets[text.length - 1] == '\t' ||
                text.octets[text.length - 1] == '\r'))
            text.length--;
        if (text.length > 0 && text.octets[text.length - 1] == '=') {
            text.length--;
            end.length = 0;
        }
        quoted_printable_line(out, &count, text);
        put(out, &count, end.octets, end.length);
    }
    return count;
}

bool mime_quoted_printable_decode(struct buf *out, struct span encoded, size_t limit)
{
    size_t start = out->length;
    size_t count;

    if (limit < SIZE_MAX)
        limit++;
    count = quoted_printable_run(out, encoded, limit);
    if (count < limit)
        return true;
    out->length = start + limit - 1;
    out->octets[out->length] = '\0';
    return false;
}

bool mime_decode(struct buf *out, const struct mime_part *part, size_t limit)
{
    if (part->encoding == MIME_BASE64)
        return mime_base64_decode(out, part->body, limit);
    if (part->encoding == MIME_QUOTED_PRINTABLE)
        return mime_quoted_printable_decode(out, part->body, limit);
    buf_add(out, part->body.octets, part->body.length < limit ? part->body.length : limit);
    return part->body.length <= limit;
}

size_t mime_size(struct mime_part *part)
{
    if (part->size != NO_SIZE)
        return part->size;
    if (part->encoding == MIME_BASE64)
        part->size = base64_run(NULL, part->body, SIZE_MAX);
    else if (part->encoding == MIME_QUOTED_PRINTABLE)
        part->size = quoted_printable_run(NULL, part->body, SIZE_MAX);
    else
        part->size = part->body.length;
    return part->size;
}

/* --- One part ----------------------------------------------------------------------------------
 */

bool mime_is_multipart(const struct mime_part *part)
{
    return span_begins(part->type, SPAN("multipart/"));
}

bool mime_is(const struct mime_part *part, const char *type)
{
    struct span wanted = span_of(type);

    if (wanted.length > 0 && wanted.octets[wanted.length - 1] == '/')
        return span_begins(part->type, wanted);
    return span_equal(part->type, wanted);
}

static bool is_message_type(const struct mime_part *part)
{
    return mime_is(part, "message/rfc822") || mime_is(part, "message/global");
}

/* Is TYPE of the form type/subtype? */
static bool type_is_valid(struct span type)
{
    const char *slash = type.length == 0 ? NULL : memchr(type.octets, '/', type.length);

    return slash != NULL && slash > type.octets && slash + 1 < type.octets + type.length &&
           memchr(slash + 1, '/', (size_t)(type.octets + type.length - slash) - 1) == NULL;
}

/* Reads Content-Transfer-Encoding; misspellings that many programs write are known. */
static enum mime_encoding encoding_read(struct arena *arena, const struct header *header)
{
    static const char *const plain[] = {"", "7bit", "8bit", "binary", "7-bit", "8-bit"};
    const struct header_field *field = header_find(header, "Content-Transfer-Encoding", NULL);
    struct parameters parameters;
    struct span value;

    if (field == NULL)
        return MIME_IDENTITY;
    value = span_trim(field->value);
    if (value.length == 4 && (span_equal(value, SPAN("7bit")) || span_equal(value, SPAN("8bit"))))
        return MIME_IDENTITY;
    header_parameters(arena, value, &parameters);
    value = parameters.value;
    if (value.length > 1 && value.octets[0] == '"' && value.octets[value.length - 1] == '"')
        value = (struct span){value.octets + 1, value.length - 2};
    if (span_equal(value, SPAN("base64")))
        return MIME_BASE64;
    if (span_equal(value, SPAN("quoted-printable")) || span_equal(value, SPAN("quotedprintable")))
        return MIME_QUOTED_PRINTABLE;
    for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++) {
        if (span_equal(value, span_of(plain[i])))
            return MIME_IDENTITY;
    }
    return MIME_UNKNOWN;
}

/* Fills in what the part's header fields say about its body. */
static void content_read(struct mime *mime, struct mime_part *part)
{
    const struct header_field *field = header_find(&part->header, "Content-Type", NULL);
    const struct mime_part *parent = part->parent;

    if (field != NULL)
        header_parameters(mime->arena, field->value, &part->content);
    if (type_is_valid(part->content.value))
        part->type = part->content.value;
    else if (field == NULL && parent != NULL && mime_is(parent, "multipart/digest"))
        part->type = SPAN("message/rfc822"); /* RFC 2046 section 5.1.5 */
    else
        part->type = SPAN("text/plain"); /* RFC 2045 section 5.2 */
    if (mime_is(part, "text/"))
        part->charset = parameter_find(&part->content, "charset");
    if (part->charset.length == 0)
        part->charset.octets = NULL;
    field = header_find(&part->header, "Content-Disposition", NULL);
    if (field != NULL) {
        struct parameters disposition;

        header_parameters(mime->arena, field->value, &disposition);
        if (disposition.value.length > 0)
            part->disposition = disposition.value;
        part->name = parameter_find(&disposition, "filename");
    }
    if (part->name.octets == NULL)
        part->name = parameter_find(&part->content, "name");
    if (!mime_is_multipart(part))
        part->encoding = encoding_read(mime->arena, &part->header);
}

/*
 * Makes the part that OCTETS begin with, the next child of PARENT; its end is not known yet. NULL
 * when there are too many parts.
 */
static struct mime_part *part_begin(struct mime *mime, struct mime_part *parent, struct span octets,
                                    bool is_message)
{
    struct mime_part *part;

    if (mime->parts >= mime->limits.parts && parent != NULL) {
        mime->limits_hit |= 1U << LIMIT_parts;
        return NULL;
    }
    mime->parts++;
    part = arena_alloc(mime->arena, sizeof(*part));
    part->parent = parent;
    part->is_message = is_message;
    part->octets = octets;
    part->size = NO_SIZE;
    part->number = 1;
    if (parent != NULL) {
        part->depth = parent->depth + 1;
        if (parent->last == NULL) {
            parent->child = part;
        } else {
            parent->last->next = part;
            part->number = parent->last->number + 1;
        }
        parent->last = part;
    }
    header_read(mime->arena, octets, &mime->limits, &part->header, &part->body, &mime->limits_hit);
    content_read(mime, part);
    return part;
}

static void part_end(struct mime_part *part, const char *end)
{
    if (end < part->body.octets)
        end = part->body.octets;
    part->body.length = (size_t)(end - part->body.octets);
    part->octets.length = (size_t)(end - part->octets.octets);
}

/* --- Splitting ---------------------------------------------------------------------------------
 */

/* A multipart whose closing delimiter was not met yet. */
struct open_multipart {
    struct mime_part *part;
    struct span boundary;
};

struct splitter {
    struct mime *mime;
    struct mime_part *current;   /* innermost part that has begun and not ended */
    struct open_multipart *open; /* outermost first; room for the depth limit */
    size_t open_count;
    const char *end; /* of the octets */
};

/*
 * Begins the part at AT below PARENT and, when it is a message in clear, the part inside it, and so
 * on. False when there are too many parts.
 */
static bool splitter_begin(struct splitter *splitter, struct mime_part *parent, const char *at,
                           bool is_message)
{
    struct mime *mime = splitter->mime;

    for (;;) {
        struct mime_part *part =
            part_begin(mime, parent, (struct span){at, (size_t)(splitter->end - at)}, is_message);
        struct span boundary;
        bool descends;

        if (part == NULL)
            return false;
        splitter->current = part;
        boundary = mime_is_multipart(part) ? parameter_find(&part->content, "boundary")
                                           : (struct span){NULL, 0};
        while (boundary.length > 0 && boundary.octets[boundary.length - 1] == ' ')
            boundary.length--; /* RFC 2046 section 5.1.1: none ends in a blank */
        descends = is_message_type(part) && part->encoding != MIME_BASE64 &&
                   part->encoding != MIME_QUOTED_PRINTABLE;
        if (boundary.length == 0 && !descends)
            return true;
        if (part->depth + 1 >= mime->limits.depth) {
            mime->limits_hit |= 1U << LIMIT_depth;
            return true;
        }
        if (!descends) {
            splitter->open[splitter->open_count++] = (struct open_multipart){part, boundary};
            return true;
        }
        parent = part;
        at = part->body.octets;
        is_message = true;
    }
}

/* Ends all parts from the innermost up to, without, STOP. */
static void splitter_end(struct splitter *splitter, const struct mime_part *stop, const char *end)
{
    while (splitter->current != NULL && splitter->current != stop) {
        part_end(splitter->current, end);
        splitter->current = splitter->current->parent;
    }
}

/* The first line from AT on, in octets that begin at BEGIN, that begins with two hyphens; or NULL.
 */
static const char *hyphens_find(const char *begin, const char *at, const char *end)
{
    while (at < end && (at = memchr(at, '-', (size_t)(end - at))) != NULL) {
        if ((at == begin || at[-1] == '\n') && end - at > 1 && at[1] == '-')
            return at;
        while (at < end && *at == '-')
            at++;
    }
    return NULL;
}

/*
 * Which open multipart LINE (from its hyphens on, blanks at its end taken off) is a delimiter of:
 * its place on the stack and in *CLOSES whether the closing one; open_count when of none. The
 * innermost counts: a delimiter of an outer one also ends the inner ones (RFC 2046 section 5.1.2).
 */
static size_t delimiter_level(const struct splitter *splitter, struct span line, bool *closes)
{
    line.octets += 2;
    line.length -= 2;
    for (size_t level = splitter->open_count; level-- > 0;) {
        struct span boundary = splitter->open[level].boundary;

        if (line.length != boundary.length && line.length != boundary.length + 2)
            continue;
        if (memcmp(line.octets, boundary.octets, boundary.length) != 0)
            continue;
        *closes = line.length > boundary.length;
        if (!*closes || memcmp(line.octets + boundary.length, "--", 2) == 0)
            return level;
    }
    return splitter->open_count;
}

/* Splits OCTETS, the message below PARENT (NULL: the whole message), in one pass. */
static void message_split(struct mime *mime, struct span octets, struct mime_part *parent,
                          struct open_multipart *open)
{
    struct splitter splitter = {mime, NULL, open, 0, octets.octets + octets.length};
    const char *at;
    bool more = splitter_begin(&splitter, parent, octets.octets, true);

    if (splitter.current == NULL)
        return;
    if (parent == NULL) {
        mime->root = splitter.current;
        while (mime->root->parent != NULL)
            mime->root = mime->root->parent;
    }
    at = splitter.current->body.octets;
    while (more && splitter.open_count > 0 &&
           (at = hyphens_find(octets.octets, at, splitter.end)) != NULL) {
        const char *next = memchr(at, '\n', (size_t)(splitter.end - at));
        const char *end = at;
        struct span line;
        size_t level;
        bool closes = false;

        next = next == NULL ? splitter.end : next + 1;
        line = (struct span){at, (size_t)(next - at)};
        while (line.length > 2 && strchr("\r\n \t", line.octets[line.length - 1]) != NULL)
            line.length--;
        level = delimiter_level(&splitter, line, &closes);
        at = next;
        if (level == splitter.open_count)
            continue;
        /* The line end before a delimiter belongs to it. */
        if (end > octets.octets)
            end--;
        if (end > octets.octets && *end == '\n' && end[-1] == '\r')
            end--;
        splitter_end(&splitter, open[level].part, end);
        splitter.open_count = closes ? level : level + 1;
        if (!closes) {
            more = splitter_begin(&splitter, open[level].part, at, false);
            at = splitter.current->body.octets;
        }
    }
    splitter_end(&splitter, parent, splitter.end);
}

/* Opens the encoded inner message PART; it stays closed when that would cost too much. */
static void message_open(struct mime *mime, struct mime_part *part, struct open_multipart *open)
{
    struct buf decoded = BUF_INIT;

    if (part->depth + 1 >= mime->limits.depth) {
        mime->limits_hit |= 1U << LIMIT_depth;
        return;
    }
    if (mime_decode(&decoded, part, mime->limits.decoded - mime->decoded)) {
        struct span octets = {arena_copy(mime->arena, buf_cstring(&decoded), decoded.length),
                              decoded.length};

        mime->decoded += decoded.length;
        message_split(mime, octets, part, open);
    } else {
        mime->limits_hit |= 1U << LIMIT_decoded;
    }
    buf_release(&decoded);
}

/* A message of bare CRs, as Macintosh programs left them, with LF for each; else OCTETS. */
static struct span line_ends_mend(struct arena *arena, struct span octets)
{
    char *copy;

    if (octets.length == 0 || memchr(octets.octets, '\n', octets.length) != NULL ||
        memchr(octets.octets, '\r', octets.length) == NULL)
        return octets;
    copy = arena_copy(arena, octets.octets, octets.length);
    for (size_t i = 0; i < octets.length; i++) {
        if (copy[i] == '\r')
            copy[i] = '\n';
    }
    return (struct span){copy, octets.length};
}

/* Empty lines before a header section are passed over, when it begins as only mail does. */
static struct span empty_lines_skip(struct span octets)
{
    static const char *const names[] = {"Received",     "Return-Path", "From",       "To",
                                        "Date",         "Subject",     "Message-ID", "Delivered-To",
                                        "MIME-Version", "Content-Type"};
    struct span rest = octets;
    struct span mended;
    struct header_field field;

    while (rest.length > 0 && (rest.octets[0] == '\n' || rest.octets[0] == '\r')) {
        rest.octets++;
        rest.length--;
    }
    mended = rest;
    if (rest.length == octets.length || !header_next(&rest, &field) ||
        field.whole.octets != mended.octets)
        return octets;
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if (span_equal_nocase(field.name, span_of(names[i])))
            return mended;
    }
    return octets;
}

struct mime *mime_parse(struct arena *arena, struct span octets, const struct limits *limits)
{
    struct mime *mime = arena_alloc(arena, sizeof(*mime));
    struct open_multipart *open;

    mime->arena = arena;
    mime->limits = *limits;
    if (mime->limits.depth > DEPTH_MAX)
        mime->limits.depth = DEPTH_MAX;
    if (octets.octets == NULL)
        octets = SPAN("");
    mime->octets = octets;
    if (octets.length > limits->message) {
        octets.length = limits->message;
        mime->limits_hit |= 1U << LIMIT_message;
    }
    octets = empty_lines_skip(line_ends_mend(arena, octets));
    open = arena_array(arena, mime->limits.depth + 1, sizeof(*open));
    message_split(mime, octets, NULL, open);
    for (struct mime_part *part = mime->root; part != NULL; part = mime_next(part, true)) {
        if (part->child != NULL)
            continue;
        if (mime_is_multipart(part))
            part->type = SPAN("text/plain"); /* no delimiter in it: show it rather than lose it */
        else if (is_message_type(part) &&
                 (part->encoding == MIME_BASE64 || part->encoding == MIME_QUOTED_PRINTABLE))
            message_open(mime, part, open);
    }
    return mime;
}

struct mime_part *mime_next(const struct mime_part *part, bool into_messages)
{
    if (part->child != NULL && (into_messages || mime_is_multipart(part)))
        return part->child;
    while (part != NULL && part->next == NULL)
        part = part->parent;
    return part == NULL ? NULL : part->next;
}

void mime_part_id(struct buf *out, const struct mime_part *part)
{
    unsigned numbers[DEPTH_MAX + 1];
    size_t count = 0;

    for (; part != NULL; part = part->parent) {
        /* The outermost multipart of a message has no number of its own. */
        if (!(part->is_message && mime_is_multipart(part)))
            numbers[count++] = part->number;
    }
    while (count-- > 0)
        buf_format(out, count > 0 ? "%u." : "%u", numbers[count]);
}

/* --- Text --------------------------------------------------------------------------------------
 */

/* The character set that an HTML part names in itself; empty when it does not. */
static struct span meta_charset(struct span html)
{
    const char *found;
    const char *begin;
    const char *end = html.octets + (html.length < META_MAX ? html.length : META_MAX);

    if (html.length == 0)
        return html;
    found = span_find_nocase((struct span){html.octets, (size_t)(end - html.octets)}, "charset=");
    if (found == NULL)
        return (struct span){NULL, 0};
    begin = found + 8;
    while (begin < end && (*begin == '"' || *begin == '\'' || *begin == ' '))
        begin++;
    found = begin;
    while (found<end && * found> ' ' && *found < 127 && strchr("\"'<>/;", *found) == NULL)
        found++;
    return (struct span){begin, (size_t)(found - begin)};
}

/* Makes the line ends of TEXT LF: CR LF, CR CR LF, and CR where there is no LF at all. */
static void line_ends_unify(struct buf *text)
{
    const char *first = text->length == 0 ? NULL : memchr(text->octets, '\r', text->length);
    size_t kept;

    if (first == NULL)
        return;
    kept = (size_t)(first - text->octets);
    if (memchr(text->octets, '\n', text->length) == NULL) {
        for (size_t i = kept; i < text->length; i++) {
            if (text->octets[i] == '\r')
                text->octets[i] = '\n';
        }
        return;
    }
    for (size_t i = kept; i < text->length; i++) {
        size_t next = i;

        while (next < text->length && text->octets[next] == '\r')
            next++;
        if (next < text->length && text->octets[next] == '\n')
            i = next;
        while (i < next)
            text->octets[kept++] = text->octets[i++];
        if (i < text->length)
            text->octets[kept++] = text->octets[i];
    }
    text->length = kept;
    text->octets[kept] = '\0';
}

const struct mime_text *mime_text(struct mime *mime, struct mime_part *part)
{
    struct buf octets = BUF_INIT;
    struct buf text = BUF_INIT;
    struct mime_text *result;
    struct span label = part->charset;
    struct span view;
    /* Every character set of four octets or fewer a character makes at least limits.text octets. */
    size_t most = mime->limits.text < SIZE_MAX / 8 ? mime->limits.text * 4 + 64 : SIZE_MAX;

    if (part->text != NULL)
        return part->text;
    part->text = result = arena_alloc(mime->arena, sizeof(*result));
    result->is_encoding_problem = part->encoding == MIME_UNKNOWN;
    result->is_truncated = !mime_decode(&octets, part, most);
    if (label.length == 0 && mime_is(part, "text/html"))
        label = meta_charset(buf_view(&octets));
    if (charset_decode(&text, buf_view(&octets), label))
        result->is_encoding_problem = true;
    buf_release(&octets);
    line_ends_unify(&text);
    view = buf_view(&text);
    if (span_begins(view, SPAN("\xef\xbb\xbf"))) {
        view.octets += 3;
        view.length -= 3;
    }
    if (view.length > mime->limits.text) {
        view.length = utf8_cut(view, mime->limits.text);
        result->is_truncated = true;
    }
    if (result->is_truncated)
        mime->limits_hit |= 1U << LIMIT_text;
    result->text = (struct span){
        arena_copy(mime->arena, view.length == 0 ? "" : view.octets, view.length), view.length};
    buf_release(&text);
    return result;
}
