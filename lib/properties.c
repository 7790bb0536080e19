/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "properties.h"

#include "diag.h"
#include "json.h"
#include "mime.h"

/* Always written: without them no later program knows which message it is, and when it came. */
static const char *const kept_properties[] = {"blobId", "size", "receivedAt", "triage", "raw"};

static const char *const choosable_properties[] = {
    "blobId",   "size",       "messageId",   "inReplyTo",    "references",    "sender",
    "from",     "to",         "cc",          "bcc",          "replyTo",       "subject",
    "sentAt",   "receivedAt", "headers",     "preview",      "bodyStructure", "bodyValues",
    "textBody", "htmlBody",   "attachments", "hasAttachment"};

/* What a server knows of a message that it holds (RFC 8621 section 4.1.1). */
static const char *const server_properties[] = {"id", "threadId", "mailboxIds", "keywords"};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- reading a list ---------------------------------------------------------------------------
 */

static bool is_named(struct span name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (span_equal(name, span_of(names[i])))
            return true;
    return false;
}

/* Takes the next name off the front of *LIST, which is separated by commas. */
static struct span take_name(struct span *list)
{
    const char *comma = memchr(list->octets, ',', list->length);
    size_t length = comma != NULL ? (size_t)(comma - list->octets) : list->length;
    struct span name = span_trim((struct span){list->octets, length});

    length += comma != NULL;
    *list = (struct span){list->octets + length, list->length - length};
    return name;
}

static bool is_header(struct span name)
{
    return span_begins(name, SPAN("header:"));
}

static int unknown(const char *option, struct span name)
{
    return diag(EX_USAGE, NULL, "%s: no property is called %.*s: see triage-json(5)", option,
                (int)name.length, name.octets);
}

/* Adds the property `header:…` NAME, given with OPTION, to HEADERS, unless it is there already. */
static int add_header(struct arena *arena, const char *option, struct span name,
                      struct properties *properties)
{
    struct form_property property;
    const char *wrong = form_read(name, &property);

    if (wrong != NULL)
        return diag(EX_USAGE, NULL, "%s: %.*s: %s", option, (int)name.length, name.octets, wrong);
    for (size_t i = 0; i < properties->header_count; i++)
        if (span_equal(properties->headers[i].name, name))
            return 0;
    properties->headers = arena_grow(arena, properties->headers, properties->header_count,
                                     &properties->header_capacity, sizeof(*properties->headers));
    properties->headers[properties->header_count++] = property;
    return 0;
}

int properties_read(struct arena *arena, struct span list, struct properties *properties)
{
    static const char option[] = "--properties";

    *properties = (struct properties){.names = NULL};
    while (list.length > 0) {
        struct span name = take_name(&list);
        int code = 0;

        if (name.length == 0)
            continue;
        if (is_header(name)) {
            code = add_header(arena, option, name, properties);
        } else if (is_named(name, choosable_properties, COUNT(choosable_properties)) ||
                   is_named(name, server_properties, COUNT(server_properties))) {
            properties->names = arena_grow(arena, properties->names, properties->name_count,
                                           &properties->name_capacity, sizeof(struct span));
            properties->names[properties->name_count++] = name;
        } else {
            code = unknown(option, name);
        }
        if (code != 0)
            return code;
    }
    return 0;
}

int properties_read_parts(struct arena *arena, struct span list, struct email_part_choice *choice)
{
    static const char option[] = "--body-properties";
    struct properties properties = {.names = NULL};

    *choice = (struct email_part_choice){.members = 0};
    while (list.length > 0) {
        struct span name = take_name(&list);
        unsigned member = 0;
        int code = 0;

        if (name.length == 0 || span_equal(name, SPAN("subParts")))
            continue;
        if (is_header(name))
            code = add_header(arena, option, name, &properties);
        else if (email_part_member(name, &member))
            choice->members |= member;
        else
            code = unknown(option, name);
        if (code != 0)
            return code;
    }
    choice->headers = properties.headers;
    choice->header_count = properties.header_count;
    return 0;
}

/* ---- writing what was chosen ------------------------------------------------------------------
 */

static bool is_asked(struct span name, const struct properties *properties)
{
    for (size_t i = 0; i < properties->header_count; i++)
        if (span_equal(properties->headers[i].name, name))
            return true;
    return false;
}

static bool is_chosen(struct span name, const struct properties *properties)
{
    for (size_t i = 0; i < properties->name_count; i++)
        if (span_equal(properties->names[i], name))
            return true;
    return is_named(name, kept_properties, COUNT(kept_properties));
}

/* MESSAGE's header fields into *HEADER; false when neither octets nor line tell them. */
static bool find_header(struct message *message, struct header *header)
{
    json_object *list;
    size_t count;

    if (message_mime(message) != NULL) {
        *header = *email_header(message->mime);
        return true;
    }
    list = message_property(message, "headers");
    count = json_length(list);
    if (list == NULL)
        return false;
    *header =
        (struct header){.fields = arena_array(&message->arena, count + 1, sizeof(*header->fields))};
    for (size_t i = 0; i < count; i++) {
        json_object *field = json_object_array_get_idx(list, i);
        const char *name = json_string(field, "name");
        const char *value = json_string(field, "value");

        if (name != NULL && value != NULL)
            header->fields[header->count++] =
                (struct header_field){.name = span_of(name), .value = span_of(value)};
    }
    return true;
}

/* Begins the member NAME, the text between quotation marks, of the object that LINE begins. */
static void begin_member(struct buf *line, struct span name)
{
    if (line->length > 1)
        buf_char(line, ',');
    buf_char(line, '"');
    buf_span(line, name);
    buf_string(line, "\":");
}

/*
 * Appends what the line that INDEX tells of does not hold: what a server would know, and the
 * properties of the fields of HEADER (NULL: not known).
 */
static void add_asked(struct buf *line, struct message *message, const struct json_index *index,
                      const struct properties *properties, const struct header *header)
{
    for (size_t i = 0; i < COUNT(server_properties); i++) {
        struct span name = span_of(server_properties[i]);

        if (is_chosen(name, properties) && json_index_find(index, server_properties[i]) == NULL) {
            begin_member(line, name);
            buf_string(line, "null");
        }
    }
    for (size_t i = 0; header != NULL && i < properties->header_count; i++) {
        if (line->length > 1)
            buf_char(line, ',');
        json_write_string(line, properties->headers[i].name);
        buf_char(line, ':');
        form_write(line, &message->arena, header, &properties->headers[i]);
    }
}

/* Is the member KEY of a line kept? Without HEADER, properties of fields stay as somebody made
 * them. */
static bool is_kept(struct message *message, struct span key, const struct properties *properties,
                    const struct header *header)
{
    if (message->no_raw && span_equal(key, SPAN("raw")))
        return false;
    return properties == NULL || is_chosen(key, properties) ||
           (header == NULL && is_asked(key, properties));
}

/* Makes LINE that of MESSAGE. */
static int replace_line(struct message *message, struct span line)
{
    struct json_error error;

    message->line =
        (struct span){arena_copy(&message->arena, line.octets, line.length), line.length};
    message->line_indexed = json_scan(message->line, &message->arena, &message->index, &error);
    return message->line_indexed ? 0
                                 : diag(EX_SOFTWARE, message_where(message),
                                        "the Email object is no JSON: %s", error.reason);
}

int properties_select(struct message *message, const struct properties *properties)
{
    struct json_index index;
    struct json_error error;
    struct buf line = BUF_INIT;
    struct span octets;
    struct header fields;
    const struct header *header = NULL;
    bool added = properties == NULL;
    int code;

    if (!json_scan(message->line, &message->arena, &index, &error))
        return diag(EX_SOFTWARE, message_where(message), "the Email object is no JSON: %s",
                    error.reason);
    if (message->no_raw)
        message_octets(message, &octets); /* other forms of output want them */
    if (properties != NULL && properties->header_count > 0 && find_header(message, &fields))
        header = &fields;
    buf_char(&line, '{');
    for (size_t i = 0; i < index.count; i++) {
        struct span key = index.members[i].key;

        if (!is_kept(message, key, properties, header))
            continue;
        if (!added && (span_equal(key, SPAN("triage")) || span_equal(key, SPAN("raw")))) {
            add_asked(&line, message, &index, properties, header);
            added = true;
        }
        begin_member(&line, index.members[i].name);
        buf_span(&line, index.members[i].value);
    }
    if (!added)
        add_asked(&line, message, &index, properties, header);
    buf_char(&line, '}');
    code = replace_line(message, buf_view(&line));
    buf_release(&line);
    return code;
}
