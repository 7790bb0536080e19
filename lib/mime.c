/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE
#include "mime.h"

#include "encoded.h"

#define DEPTH_MAX 500    /* limits->depth counts up to here: what walks the tree may keep a stack */
#define NO_SIZE SIZE_MAX /* mime_part.size: not counted yet */
#define DECODE_SPARE 16  /* room that a decoder reserves behind what it writes */

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
    if (span_equal(value, SPAN("x-uuencode")) || span_equal(value, SPAN("x-uue")) ||
        span_equal(value, SPAN("uuencode")))
        return MIME_UUENCODE;
    if (span_equal(value, SPAN("x-yenc")))
        return MIME_YENC;
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

/* A new part without place in the tree; NULL when there are too many. */
static struct mime_part *part_new(struct mime *mime, struct span octets)
{
    struct mime_part *part;

    if (mime->parts >= mime->limits.parts && mime->parts > 0) {
        mime->limits_hit |= 1U << LIMIT_parts;
        return NULL;
    }
    mime->parts++;
    part = arena_alloc(mime->arena, sizeof(*part));
    part->octets = octets;
    part->size = NO_SIZE;
    part->number = 1;
    return part;
}

/*
 * Makes the part that OCTETS begin with, the next child of PARENT; its end is not known yet. NULL
 * when there are too many parts.
 */
static struct mime_part *part_begin(struct mime *mime, struct mime_part *parent, struct span octets,
                                    bool is_message)
{
    struct mime_part *part = part_new(mime, octets);

    if (part == NULL)
        return NULL;
    part->parent = parent;
    part->is_message = is_message;
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

/* Gives PART its place behind what was unpacked from CONTAINER before it. */
static void part_add_inside(struct mime_part *container, char mark, struct mime_part *part)
{
    part->container = container;
    part->mark = mark;
    part->depth = container->depth + 1;
    if (container->inside == NULL) {
        container->inside = part;
    } else {
        container->inside_last->next = part;
        part->number = container->inside_last->number + 1;
    }
    container->inside_last = part;
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

/*
 * A multipart whose closing delimiter was not met yet. No boundary ends in a blank (RFC 2046
 * section 5.1.1). Where one does, the first delimiter says whether its blanks count: programs that
 * write such boundaries write them in the delimiters too, but blanks at line ends get lost on the
 * way.
 */
struct open_multipart {
    struct mime_part *part;
    struct span boundary; /* without blanks at its end */
    size_t blanks;        /* how many stood there */
    enum { BLANKS_UNKNOWN, BLANKS_COUNT, BLANKS_IGNORED } form;
};

struct splitter {
    struct mime *mime;
    struct mime_part *container; /* of the entity's root, when it was unpacked */
    char mark;                   /* likewise */
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
        size_t blanks = 0;
        bool descends;

        if (part == NULL)
            return false;
        if (parent == NULL && splitter->container != NULL)
            part_add_inside(splitter->container, splitter->mark, part);
        splitter->current = part;
        boundary = mime_is_multipart(part) ? parameter_find(&part->content, "boundary")
                                           : (struct span){NULL, 0};
        while (boundary.length > 0 && boundary.octets[boundary.length - 1] == ' ') {
            boundary.length--;
            blanks++;
        }
        descends = is_message_type(part) && part->encoding != MIME_BASE64 &&
                   part->encoding != MIME_QUOTED_PRINTABLE;
        if (boundary.length == 0 && !descends)
            return true;
        if (part->depth + 1 >= mime->limits.depth) {
            mime->limits_hit |= 1U << LIMIT_depth;
            return true;
        }
        if (!descends) {
            splitter->open[splitter->open_count++] =
                (struct open_multipart){part, boundary, blanks, BLANKS_UNKNOWN};
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

/* A line that may be a delimiter, from its hyphens on, and what it was found to be. */
struct delimiter {
    struct span line; /* without hyphens and line end */
    const char *next; /* the line behind it */
    bool closes;
};

static bool is_blank(char octet)
{
    return octet == ' ' || octet == '\t';
}

/*
 * Does DELIMITER begin with the LENGTH octets of BOUNDARY, and may what follows stand there:
 * blanks, the hyphens of a closing one, and if LOOSE more text behind a blank? The note in RFC 2046
 * section 5.1.1 asks for the boundary alone; without the blank, though, it is some longer boundary.
 */
static bool delimiter_begins(struct delimiter *delimiter, const char *boundary, size_t length,
                             bool loose)
{
    struct span rest = delimiter->line;

    if (rest.length < length || memcmp(rest.octets, boundary, length) != 0)
        return false;
    rest.octets += length;
    rest.length -= length;
    while (rest.length > 0 && is_blank(rest.octets[rest.length - 1]))
        rest.length--;
    delimiter->closes = span_begins(rest, SPAN("--"));
    if (delimiter->closes) {
        rest.octets += 2;
        rest.length -= 2;
    }
    return rest.length == 0 || (loose && is_blank(rest.octets[0]));
}

static bool delimiter_of(struct open_multipart *open, struct delimiter *delimiter, bool loose)
{
    const char *boundary = open->boundary.octets;
    size_t length = open->boundary.length;

    if (open->blanks > 0 && open->form != BLANKS_IGNORED &&
        delimiter_begins(delimiter, boundary, length + open->blanks, loose)) {
        open->form = BLANKS_COUNT;
        return true;
    }
    if (open->form == BLANKS_COUNT || !delimiter_begins(delimiter, boundary, length, loose))
        return false;
    open->form = BLANKS_IGNORED;
    return true;
}

/*
 * Which open multipart the line at AT, which begins with two hyphens, is a delimiter of: its place
 * on the stack, open_count when of none. The innermost counts: a delimiter of an outer one also
 * ends the inner ones (RFC 2046 section 5.1.2).
 */
static size_t delimiter_read(const struct splitter *splitter, const char *at,
                             struct delimiter *delimiter)
{
    const char *end = memchr(at, '\n', (size_t)(splitter->end - at));

    delimiter->next = end == NULL ? splitter->end : end + 1;
    delimiter->line = (struct span){at + 2, (size_t)(delimiter->next - at) - 2};
    while (delimiter->line.length > 0 &&
           strchr("\r\n", delimiter->line.octets[delimiter->line.length - 1]) != NULL)
        delimiter->line.length--;
    for (unsigned loose = 0; loose < 2; loose++) {
        for (size_t level = splitter->open_count; level-- > 0;) {
            if (delimiter_of(&splitter->open[level], delimiter, loose))
                return level;
        }
    }
    return splitter->open_count;
}

/* Passes over the delimiters of LEVEL at AT: there is no part between two without even a line. */
static const char *delimiters_skip(const struct splitter *splitter, const char *at, size_t level)
{
    struct delimiter delimiter;

    while (splitter->end - at > 1 && at[0] == '-' && at[1] == '-' &&
           delimiter_read(splitter, at, &delimiter) == level && !delimiter.closes)
        at = delimiter.next;
    return at;
}

/*
 * Gives the multipart PART, in which no delimiter came before END, the only child it can have: what
 * stands there as text, since showing it is better than losing it. False when limits forbid.
 */
static bool preamble_show(struct mime *mime, struct mime_part *part, const char *end)
{
    struct mime_part *child;

    if (part->depth + 1 >= mime->limits.depth || mime->parts >= mime->limits.parts)
        return false;
    mime->parts++;
    child = arena_alloc(mime->arena, sizeof(*child));
    child->parent = part;
    child->depth = part->depth + 1;
    child->number = 1;
    child->size = NO_SIZE;
    child->type = SPAN("text/plain");
    child->encoding = encoding_read(mime->arena, &part->header);
    child->header.octets = (struct span){part->body.octets, 0};
    child->octets = child->body = part->body;
    part_end(child, end);
    part->child = part->last = child;
    return true;
}

/*
 * Splits OCTETS in one pass: the message below PARENT; the whole message when that is NULL; or,
 * when CONTAINER is not, the entity unpacked from that. The outermost part made, or NULL.
 */
static struct mime_part *message_split(struct mime *mime, struct span octets,
                                       struct mime_part *parent, struct mime_part *container,
                                       char mark)
{
    struct open_multipart *open = mime->scratch;
    struct splitter splitter = {.mime = mime,
                                .container = container,
                                .mark = mark,
                                .open = open,
                                .end = octets.octets + octets.length};
    struct mime_part *root;
    const char *at;
    bool more = splitter_begin(&splitter, parent, octets.octets, container == NULL);

    if (splitter.current == NULL)
        return NULL;
    for (root = splitter.current; root->parent != parent;)
        root = root->parent;
    at = splitter.current->body.octets;
    while (more && splitter.open_count > 0 &&
           (at = hyphens_find(octets.octets, at, splitter.end)) != NULL) {
        const char *end = at;
        struct delimiter delimiter;
        size_t level = delimiter_read(&splitter, at, &delimiter);

        at = delimiter.next;
        if (level == splitter.open_count)
            continue;
        /* The line end before a delimiter belongs to it. */
        if (end > octets.octets)
            end--;
        if (end > octets.octets && *end == '\n' && end[-1] == '\r')
            end--;
        splitter_end(&splitter, open[level].part, end);
        splitter.open_count = delimiter.closes ? level : level + 1;
        if (!delimiter.closes) {
            at = delimiters_skip(&splitter, at, level);
            more = splitter_begin(&splitter, open[level].part, at, false);
            at = splitter.current->body.octets;
        } else if (open[level].part->child == NULL) {
            (void)preamble_show(mime, open[level].part, end);
        }
    }
    splitter_end(&splitter, parent, splitter.end);
    return root;
}

bool mime_open(struct mime *mime, struct mime_part *part, struct span *octets)
{
    size_t left = mime->limits.decoded - mime->decoded;
    size_t size = part->body.length;
    struct buf decoded = BUF_INIT;

    /* An upper bound, which is nearly right, saves a pass that counts. */
    if (part->encoding == MIME_BASE64)
        size = size / 4 * 3 + 3;
    if (size > left)
        size = mime_size(part);
    if (size > left) {
        mime->limits_hit |= 1U << LIMIT_decoded;
        return false;
    }
    *octets = part->body;
    if (part->encoding == MIME_IDENTITY || part->encoding == MIME_UNKNOWN)
        return true;
    /* Straight into the arena: a second copy of a large part would be the peak of memory. */
    decoded.capacity = size + DECODE_SPARE;
    decoded.octets = arena_alloc(mime->arena, decoded.capacity);
    (void)mime_decode(&decoded, part, size);
    part->size = decoded.length;
    mime->decoded += decoded.length;
    *octets = buf_view(&decoded);
    return true;
}

/* Opens the encoded inner message PART; it stays closed when that would cost too much. */
static void message_open(struct mime *mime, struct mime_part *part)
{
    struct span octets;

    if (part->depth + 1 >= mime->limits.depth)
        mime->limits_hit |= 1U << LIMIT_depth;
    else if (mime_open(mime, part, &octets))
        (void)message_split(mime, octets, part, NULL, '\0');
}

/* A body that is labelled as uuencoded or yEnc, and is not, is read as it stands. */
static void encoding_check(struct mime_part *part)
{
    struct span body = part->body;
    struct encoded_file file;

    if (!encoded_next(&body, &file))
        part->encoding = MIME_UNKNOWN;
}

/* Finishes the parts from FIRST on: inner messages are opened, empty multiparts shown as text. */
static void parts_finish(struct mime *mime, struct mime_part *first)
{
    for (struct mime_part *part = first; part != NULL; part = mime_next(part, true)) {
        if (part->child != NULL)
            continue;
        if (mime_is_multipart(part)) {
            if (!preamble_show(mime, part, part->body.octets + part->body.length))
                part->type = SPAN("text/plain");
        } else if (is_message_type(part) &&
                   (part->encoding == MIME_BASE64 || part->encoding == MIME_QUOTED_PRINTABLE)) {
            message_open(mime, part);
        } else if (part->encoding == MIME_UUENCODE || part->encoding == MIME_YENC) {
            encoding_check(part);
        }
    }
}

struct mime_part *mime_inside(struct mime *mime, struct mime_part *container, char mark,
                              struct span octets)
{
    struct mime_part *part = part_new(mime, octets);

    if (part == NULL)
        return NULL;
    part->body = octets;
    part->type = SPAN("application/octet-stream");
    part_add_inside(container, mark, part);
    return part;
}

struct mime_part *mime_entity(struct mime *mime, struct mime_part *container, char mark,
                              struct span octets)
{
    struct mime_part *root;

    if (container->depth + 1 >= mime->limits.depth) {
        mime->limits_hit |= 1U << LIMIT_depth;
        return NULL;
    }
    root = message_split(mime, octets, NULL, container, mark);
    parts_finish(mime, root);
    return root;
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

/* Empty lines, or of blanks, before a header section are passed over when it begins as only mail
 * does.
 */
static struct span empty_lines_skip(struct span octets)
{
    static const char *const names[] = {"Received",     "Return-Path", "From",       "To",
                                        "Date",         "Subject",     "Message-ID", "Delivered-To",
                                        "MIME-Version", "Content-Type"};
    struct span rest = octets;
    struct span mended = octets;
    struct header_field field;

    while (rest.length > 0 && span_trim(span_line(&rest)).length == 0)
        mended = rest;
    rest = mended;
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
    mime->scratch = arena_array(arena, mime->limits.depth + 1, sizeof(struct open_multipart));
    mime->root = message_split(mime, octets, NULL, NULL, '\0');
    parts_finish(mime, mime->root);
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
    const struct mime_part *path[DEPTH_MAX + 1];
    size_t count = 0;

    for (; part != NULL; part = part->container != NULL ? part->container : part->parent) {
        /* The outermost multipart of a message has no number of its own. */
        if (!(part->is_message && mime_is_multipart(part)))
            path[count++] = part;
    }
    while (count-- > 0) {
        if (path[count]->mark != '\0')
            buf_char(out, path[count]->mark);
        buf_format(out, count > 0 ? "%u." : "%u", path[count]->number);
    }
}
