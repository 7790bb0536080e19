/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "properties.h"

#include "diag.h"
#include "json.h"

/* Always written: without them no later program knows which message it is, and when it came. */
static const char *const kept_properties[] = {"blobId", "size", "receivedAt", "triage", "raw"};

static const char *const choosable_properties[] = {
    "blobId",   "size",       "messageId",   "inReplyTo",    "references",    "sender",
    "from",     "to",         "cc",          "bcc",          "replyTo",       "subject",
    "sentAt",   "receivedAt", "headers",     "preview",      "bodyStructure", "bodyValues",
    "textBody", "htmlBody",   "attachments", "hasAttachment"};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

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

int properties_check(struct span list)
{
    while (list.length > 0) {
        struct span name = take_name(&list);

        if (name.length > 0 && !is_named(name, choosable_properties, COUNT(choosable_properties)))
            return diag(EX_USAGE, NULL,
                        "--properties: no property is called %.*s: see triage-json(5)",
                        (int)name.length, name.octets);
    }
    return 0;
}

static bool is_chosen(struct span name, struct span list)
{
    while (list.length > 0)
        if (span_equal(take_name(&list), name))
            return true;
    return is_named(name, kept_properties, COUNT(kept_properties));
}

int properties_select(struct message *message, struct span list)
{
    struct json_index index;
    struct json_error error;
    struct buf line = BUF_INIT;

    if (!json_scan(message->line, &message->arena, &index, &error))
        return diag(EX_SOFTWARE, message_where(message), "the Email object is no JSON: %s",
                    error.reason);
    buf_char(&line, '{');
    for (size_t i = 0; i < index.count; i++) {
        if (!is_chosen(index.members[i].name, list))
            continue;
        if (line.length > 1)
            buf_char(&line, ',');
        buf_char(&line, '"');
        buf_span(&line, index.members[i].name);
        buf_string(&line, "\":");
        buf_span(&line, index.members[i].value);
    }
    buf_char(&line, '}');
    message->line =
        (struct span){arena_copy(&message->arena, line.octets, line.length), line.length};
    message->line_indexed = false;
    buf_release(&line);
    return 0;
}
