/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "email.h"

#include "address.h"
#include "date.h"
#include "forms.h"
#include "header.h"
#include "json.h"
#include "unpack.h"
#include "utf8.h"

#define PREVIEW_CHARACTERS 256 /* RFC 8621 section 4.1.4 */

/* --- JSON --------------------------------------------------------------------------------------
 */

static void write_string_or_null(struct buf *out, struct span text)
{
    if (text.octets == NULL)
        buf_string(out, "null");
    else
        json_write_string(out, text);
}

/* Appends `,"NAME":`. */
static void write_name(struct buf *out, const char *name)
{
    buf_add(out, ",\"", 2);
    buf_string(out, name);
    buf_add(out, "\":", 2);
}

static void write_number(struct buf *out, size_t number)
{
    char digits[24];
    size_t at = sizeof(digits);

    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    buf_add(out, digits + at, sizeof(digits) - at);
}

/* --- Header fields -----------------------------------------------------------------------------
 */

/* The properties that RFC 8621 section 4.1.3 defines as forms of fields, in our order. */
static const struct {
    const char *name;
    const char *field;
    enum form form;
} conveniences[] = {
    {"messageId", "Message-ID", FORM_MESSAGE_IDS},
    {"inReplyTo", "In-Reply-To", FORM_MESSAGE_IDS},
    {"references", "References", FORM_MESSAGE_IDS},
    {"sender", "Sender", FORM_ADDRESSES},
    {"from", "From", FORM_ADDRESSES},
    {"to", "To", FORM_ADDRESSES},
    {"cc", "Cc", FORM_ADDRESSES},
    {"bcc", "Bcc", FORM_ADDRESSES},
    {"replyTo", "Reply-To", FORM_ADDRESSES},
    {"subject", "Subject", FORM_TEXT},
    {"sentAt", "Date", FORM_DATE},
};

/* The value of the property `headers`. */
static void write_headers(struct buf *out, const struct header *header)
{
    struct buf raw = BUF_INIT;

    buf_char(out, '[');
    for (size_t i = 0; i < header->count; i++) {
        buf_string(out, i == 0 ? "{\"name\":" : ",{\"name\":");
        json_write_string(out, header->fields[i].name);
        buf_string(out, ",\"value\":");
        buf_clear(&raw);
        header_raw(&raw, header->fields[i].value);
        json_write_string(out, buf_view(&raw));
        buf_char(out, '}');
    }
    buf_char(out, ']');
    buf_release(&raw);
}

/* --- Parts -------------------------------------------------------------------------------------
 */

/* Content-Language as a list of tags (RFC 3282), or null. */
static void write_languages(struct buf *out, const struct mime *mime, const struct header *header)
{
    struct span rest = header_last_text(mime->arena, header, "Content-Language");
    size_t count = 0;

    while (rest.length > 0) {
        const char *comma = memchr(rest.octets, ',', rest.length);
        size_t length = comma == NULL ? rest.length : (size_t)(comma - rest.octets);
        struct span tag = span_trim((struct span){rest.octets, length});

        if (tag.length > 0) {
            buf_char(out, count++ == 0 ? '[' : ',');
            json_write_string(out, tag);
        }
        length += comma != NULL;
        rest.octets += length;
        rest.length -= length;
    }
    buf_string(out, count == 0 ? "null" : "]");
}

/* What the parts do not say themselves: the message's blobId, and what is wanted of each. */
struct part_facts {
    struct span blob_id;
    const struct email_part_choice *choice; /* NULL: what RFC 8621 section 4.2 has by default */
};

static const char *const part_members[] = {"partId", "blobId",   "size",    "headers",
                                           "name",   "type",     "charset", "disposition",
                                           "cid",    "language", "location"};

#define PART_HEADERS 3 /* the only one of them that is not there by default */

bool email_part_member(struct span name, unsigned *member)
{
    for (unsigned i = 0; i < sizeof(part_members) / sizeof(*part_members); i++) {
        if (span_equal(name, span_of(part_members[i]))) {
            *member = 1U << i;
            return true;
        }
    }
    return false;
}

/* The partId of PART, between PREFIX and a quotation mark; null for a multipart. */
static void write_part_id(struct buf *out, const struct mime_part *part, struct span prefix)
{
    if (mime_is_multipart(part)) {
        buf_string(out, "null");
        return;
    }
    buf_char(out, '"');
    buf_span(out, prefix);
    if (prefix.length > 0)
        buf_char(out, '/');
    mime_part_id(out, part);
    buf_char(out, '"');
}

static void write_charset(struct buf *out, const struct mime_part *part)
{
    if (part->charset.octets == NULL && mime_is(part, "text/"))
        buf_string(out, "\"us-ascii\""); /* RFC 8621: the implicit one of RFC 2045 section 5.2 */
    else
        write_string_or_null(out, part->charset);
}

static void write_cid(struct buf *out, const struct mime *mime, const struct mime_part *part)
{
    const struct header_field *field = header_last(&part->header, "Content-ID");
    struct span cid = {NULL, 0};

    if (field != NULL) {
        size_t count;
        struct span *ids = header_message_ids(mime->arena, field->value, &count);

        cid = count > 0 ? ids[0] : span_trim(header_text_keep(mime->arena, field->value));
    }
    write_string_or_null(out, field != NULL ? cid : part->cid);
}

/* Appends the value of the member of PART whose place in part_members is MEMBER. */
static void write_part_member(struct buf *out, const struct mime *mime, struct mime_part *part,
                              const struct part_facts *facts, unsigned member)
{
    switch (member) {
    case 0:
        write_part_id(out, part, (struct span){NULL, 0});
        break;
    case 1:
        write_part_id(out, part, facts->blob_id);
        break;
    case 2:
        write_number(out, mime_size(part));
        break;
    case PART_HEADERS:
        write_headers(out, &part->header);
        break;
    case 4:
        write_string_or_null(out, part->name);
        break;
    case 5:
        json_write_string(out, part->type);
        break;
    case 6:
        write_charset(out, part);
        break;
    case 7:
        write_string_or_null(out, part->disposition);
        break;
    case 8:
        write_cid(out, mime, part);
        break;
    case 9:
        write_languages(out, mime, &part->header);
        break;
    default:
        write_string_or_null(out, header_last_text(mime->arena, &part->header, "Content-Location"));
    }
}

/* The members of PART, without the closing brace. */
static void write_part(struct buf *out, const struct mime *mime, struct mime_part *part,
                       const struct part_facts *facts)
{
    const struct email_part_choice *choice = facts->choice;
    unsigned wanted = choice != NULL ? choice->members : ~(1U << PART_HEADERS);
    const char *before = "{";

    for (unsigned i = 0; i < sizeof(part_members) / sizeof(*part_members); i++) {
        if ((wanted & 1U << i) == 0)
            continue;
        buf_string(out, before);
        buf_char(out, '"');
        buf_string(out, part_members[i]);
        buf_string(out, "\":");
        write_part_member(out, mime, part, facts, i);
        before = ",";
    }
    for (size_t i = 0; choice != NULL && i < choice->header_count; i++) {
        buf_string(out, before);
        json_write_string(out, choice->headers[i].name);
        buf_char(out, ':');
        form_write(out, mime->arena, &part->header, &choice->headers[i]);
        before = ",";
    }
    if (before[0] == '{')
        buf_char(out, '{');
}

/* bodyStructure: PART and all below it that belongs to the outermost message; without recursion. */
static void write_structure(struct buf *out, const struct mime *mime, struct mime_part *part,
                            const struct part_facts *facts)
{
    for (;;) {
        write_part(out, mime, part, facts);
        if (mime_is_multipart(part)) {
            if (out->octets[out->length - 1] != '{')
                buf_char(out, ',');
            buf_string(out, "\"subParts\":[");
            if (part->child != NULL) {
                part = part->child;
                continue;
            }
            buf_char(out, ']');
        }
        buf_char(out, '}');
        while (part->next == NULL && part->parent != NULL) {
            part = part->parent;
            buf_string(out, "]}");
        }
        if (part->next == NULL)
            return;
        buf_char(out, ',');
        part = part->next;
    }
}

static void write_part_list(struct buf *out, const struct mime *mime, const char *name,
                            struct mime_part **parts, size_t count, const struct part_facts *facts)
{
    write_name(out, name);
    buf_char(out, '[');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_char(out, ',');
        write_part(out, mime, parts[i], facts);
        buf_char(out, '}');
    }
    buf_char(out, ']');
}

static bool is_listed(struct mime_part *const *parts, size_t count, const struct mime_part *part)
{
    for (size_t i = 0; i < count; i++) {
        if (parts[i] == part)
            return true;
    }
    return false;
}

static void write_body_value(struct buf *out, struct mime *mime, struct mime_part *part,
                             bool *first)
{
    const struct mime_text *text;

    if (!mime_is(part, "text/"))
        return;
    text = mime_text(mime, part);
    buf_string(out, *first ? "\"" : ",\"");
    *first = false;
    mime_part_id(out, part);
    buf_string(out, "\":{\"value\":");
    json_write_string(out, text->text);
    buf_string(out, text->is_encoding_problem ? ",\"isEncodingProblem\":true"
                                              : ",\"isEncodingProblem\":false");
    buf_string(out, text->is_truncated ? ",\"isTruncated\":true}" : ",\"isTruncated\":false}");
}

static void write_body_values(struct buf *out, struct mime *mime, const struct email_parts *parts)
{
    bool first = true;

    write_name(out, "bodyValues");
    buf_char(out, '{');
    for (size_t i = 0; i < parts->text_count; i++)
        write_body_value(out, mime, parts->text[i], &first);
    for (size_t i = 0; i < parts->html_count; i++) {
        if (!is_listed(parts->text, parts->text_count, parts->html[i]))
            write_body_value(out, mime, parts->html[i], &first);
    }
    buf_char(out, '}');
}

/* --- The three lists ---------------------------------------------------------------------------
 */

struct part_list {
    struct mime_part **items;
    size_t count;
    size_t capacity;
};

struct sorting {
    struct mime *mime;
    struct part_list text, html, attachments;
};

static void list_add(struct sorting *sorting, struct part_list *list, struct mime_part *part)
{
    list->items = arena_grow(sorting->mime->arena, list->items, list->count, &list->capacity,
                             sizeof(struct mime_part *));
    list->items[list->count++] = part;
}

static bool is_inline_media(const struct mime_part *part)
{
    return mime_is(part, "image/") || mime_is(part, "audio/") || mime_is(part, "video/");
}

static bool is_inline(const struct mime_part *part, bool in_related)
{
    if (span_equal(part->disposition, SPAN("attachment")))
        return false;
    if (!mime_is(part, "text/plain") && !mime_is(part, "text/html") && !is_inline_media(part))
        return false;
    return part->number == 1 ||
           (!in_related && (is_inline_media(part) || part->name.octets == NULL));
}

/* One leaf below a multipart of the given kinds; see sort_parts. */
static void sort_leaf(struct sorting *sorting, struct mime_part *part, bool alternative,
                      bool in_alternative, bool in_related, bool *text, bool *html)
{
    if (!is_inline(part, in_related)) {
        list_add(sorting, &sorting->attachments, part);
        return;
    }
    if (alternative) {
        if (mime_is(part, "text/plain") && *text)
            list_add(sorting, &sorting->text, part);
        else if (mime_is(part, "text/html") && *html)
            list_add(sorting, &sorting->html, part);
        else
            list_add(sorting, &sorting->attachments, part);
        return;
    }
    if (in_alternative) {
        if (mime_is(part, "text/plain"))
            *html = false;
        if (mime_is(part, "text/html"))
            *text = false;
    }
    if (*text)
        list_add(sorting, &sorting->text, part);
    if (*html)
        list_add(sorting, &sorting->html, part);
    if ((!*text || !*html) && is_inline_media(part))
        list_add(sorting, &sorting->attachments, part);
}

/* The files from FIRST on, and those that are packed in them; levels are bounded by `unpack`. */
static void list_files(struct sorting *sorting, struct mime_part *first)
{
    for (struct mime_part *part = first; part != NULL; part = part->next) {
        if (!part->is_body)
            list_add(sorting, &sorting->attachments, part);
        list_files(sorting, part->inside);
    }
}

/*
 * The algorithm of RFC 8621 section 4.1.4 ("parseStructure") for FIRST and its siblings, which
 * stand in MULTIPART (NULL: the message itself). TEXT and HTML say whether the parts may still go
 * into these lists. The recursion is bounded by the depth limit of mime_parse.
 */
static void sort_parts(struct sorting *sorting, struct mime_part *first,
                       const struct mime_part *multipart, bool in_alternative, bool text, bool html)
{
    bool alternative = multipart != NULL && mime_is(multipart, "multipart/alternative");
    bool in_related = multipart != NULL && mime_is(multipart, "multipart/related");
    bool had_text = text;
    bool had_html = html;
    size_t text_count = sorting->text.count;
    size_t html_count = sorting->html.count;
    size_t text_end;
    size_t html_end;

    for (struct mime_part *part = first; part != NULL; part = part->next) {
        if (mime_is_multipart(part))
            sort_parts(sorting, part->child, part,
                       in_alternative || mime_is(part, "multipart/alternative"), text, html);
        else
            sort_leaf(sorting, part, alternative, in_alternative, in_related, &text, &html);
        if (part->inside != NULL && part->inside->mark == 's')
            sort_parts(sorting, part->inside, NULL, in_alternative, text, html);
        else
            list_files(sorting, part->inside);
    }
    if (!alternative || !had_text || !had_html)
        return;
    text_end = sorting->text.count;
    html_end = sorting->html.count;
    if (text_end == text_count) {
        for (size_t i = html_count; i < html_end; i++)
            list_add(sorting, &sorting->text, sorting->html.items[i]);
    }
    if (html_end == html_count) {
        for (size_t i = text_count; i < text_end; i++)
            list_add(sorting, &sorting->html, sorting->text.items[i]);
    }
}

/* Has one of the first COUNT parts that are text any text? */
static bool has_text(struct mime *mime, const struct part_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        if (mime_is(list->items[i], "text/") &&
            span_trim(mime_text(mime, list->items[i])->text).length > 0)
            return true;
    }
    return false;
}

/* The body of the first TNEF part, when it is the only text there is. */
static void list_tnef_body(struct sorting *sorting)
{
    struct mime *mime = sorting->mime;
    struct mime_part *part = mime->root;

    while (part != NULL && !part->is_body)
        part = unpack_next(part);
    if (part == NULL || has_text(mime, &sorting->text) || has_text(mime, &sorting->html))
        return;
    list_add(sorting, &sorting->text, part);
    list_add(sorting, &sorting->html, part);
}

void email_parts(struct mime *mime, struct email_parts *parts)
{
    struct sorting sorting = {mime, {NULL, 0, 0}, {NULL, 0, 0}, {NULL, 0, 0}};

    unpack(mime);
    sort_parts(&sorting, mime->root, NULL, false, true, true);
    list_tnef_body(&sorting);
    *parts =
        (struct email_parts){sorting.text.items, sorting.html.items, sorting.attachments.items,
                             sorting.text.count, sorting.html.count, sorting.attachments.count};
}

/* Is PART a file: not shown inline, and not just the wrapping of others? */
static bool is_file(const struct mime_part *part)
{
    return !span_equal(part->disposition, SPAN("inline")) && part->inside == NULL;
}

struct span email_lines_cut(struct mime *mime, struct span text)
{
    size_t limit = mime->limits.line;
    struct span rest = text;
    struct buf kept = BUF_INIT;
    const char *from = text.octets; /* what was not copied yet begins here */

    while (rest.length > 0) {
        struct span line = span_chomp(span_line(&rest));

        if (line.length <= limit)
            continue;
        line.length = utf8_cut(line, limit);
        buf_add(&kept, from, (size_t)(line.octets - from) + line.length);
        from = rest.length > 0 ? rest.octets - 1 : text.octets + text.length;
        mime->limits_hit |= 1U << LIMIT_line;
    }
    if (kept.length == 0)
        return text;
    buf_add(&kept, from, (size_t)(text.octets + text.length - from));
    text = (struct span){arena_copy(mime->arena, kept.octets, kept.length), kept.length};
    buf_release(&kept);
    return text;
}

/* The first characters of TEXT with each run of blanks and controls as one blank. */
static void write_preview(struct buf *out, struct span text)
{
    struct buf preview = BUF_INIT;
    size_t characters = 0;
    bool gap = false;

    for (size_t i = 0; i < text.length; i++) {
        unsigned char octet = (unsigned char)text.octets[i];

        if (octet <= ' ' || octet == 127) {
            gap = preview.length > 0;
            continue;
        }
        if ((octet & 0xc0) != 0x80) {
            characters += gap ? 2 : 1;
            if (characters > PREVIEW_CHARACTERS)
                break;
            if (gap)
                buf_char(&preview, ' ');
            gap = false;
        }
        buf_char(&preview, (char)octet);
    }
    write_name(out, "preview");
    json_write_string(out, buf_view(&preview));
    buf_release(&preview);
}

/* --- The object --------------------------------------------------------------------------------
 */

const struct header *email_header(struct mime *mime)
{
    struct header *header = &mime->root->header;

    for (const struct mime_part *part = mime->root; part != NULL && header->charset.length == 0;
         part = mime_next(part, false))
        if (part->charset.octets != NULL)
            header->charset = part->charset;
    return header;
}

static void write_header_members(struct buf *out, struct mime *mime,
                                 const struct email_facts *facts)
{
    const struct header *header = email_header(mime);

    for (size_t i = 0; i < sizeof(conveniences) / sizeof(*conveniences); i++) {
        const struct form_property property = {.field = span_of(conveniences[i].field),
                                               .form = conveniences[i].form};

        write_name(out, conveniences[i].name);
        form_write(out, mime->arena, header, &property);
    }
    if (facts->received_at != EMAIL_NO_TIME) {
        write_name(out, "receivedAt");
        buf_char(out, '"');
        date_write_utc(out, facts->received_at);
        buf_char(out, '"');
    }
    write_name(out, "headers");
    write_headers(out, header);
}

void email_write(struct buf *out, struct mime *mime, const struct email_facts *facts)
{
    email_write_chosen(out, mime, facts, NULL);
}

void email_write_chosen(struct buf *out, struct mime *mime, const struct email_facts *facts,
                        const struct email_part_choice *choice)
{
    const struct part_facts part_facts = {facts->blob_id, choice};
    struct email_parts parts;
    bool has_attachment = false;
    bool is_html = false;
    struct span text = facts->text;

    email_parts(mime, &parts);
    buf_string(out, "{\"blobId\":");
    json_write_string(out, facts->blob_id);
    write_name(out, "size");
    write_number(out, facts->size);
    write_header_members(out, mime, facts);
    write_name(out, "bodyStructure");
    write_structure(out, mime, mime->root, &part_facts);
    write_body_values(out, mime, &parts);
    write_part_list(out, mime, "textBody", parts.text, parts.text_count, &part_facts);
    write_part_list(out, mime, "htmlBody", parts.html, parts.html_count, &part_facts);
    write_part_list(out, mime, "attachments", parts.attachments, parts.attachment_count,
                    &part_facts);
    for (size_t i = 0; i < parts.attachment_count && !has_attachment; i++)
        has_attachment = is_file(parts.attachments[i]);
    write_name(out, "hasAttachment");
    buf_string(out, has_attachment ? "true" : "false");
    if (text.octets == NULL) {
        text = email_text_of(mime, &parts, &is_html);
        if (is_html)
            text.length = 0;
    }
    write_preview(out, text);
    buf_char(out, '}');
}
