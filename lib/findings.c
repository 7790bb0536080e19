/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "findings.h"

#include "control.h"
#include "diag.h"
#include "mime.h"

#define DETAILS_MAX 20 /* recipients of whom a report's details are kept */

/* A new JSON object or array, which the process cannot do without. */
static json_object *needed(json_object *object)
{
    if (object == NULL)
        diag_out_of_memory();
    return object;
}

static void add_string(json_object *object, const char *name, const char *text)
{
    if (text != NULL)
        json_object_object_add(object, name, needed(json_object_new_string(text)));
}

/* The line that `from_` holds: without its end, valid UTF-8. */
static json_object *from_line_object(struct span line)
{
    struct buf text = BUF_INIT;
    json_object *object;

    buf_repair(&text, span_chomp(line));
    object = json_object_new_string_len(buf_cstring(&text), (int)text.length);
    buf_release(&text);
    return object;
}

void findings_envelope(struct message *message, const struct envelope *envelope)
{
    json_object *object;

    if (envelope->mail_from == NULL && envelope->rcpt_to == NULL && message->from_line.length == 0)
        return;
    object = needed(json_object_new_object());
    add_string(object, "mailFrom", envelope->mail_from);
    add_string(object, "rcptTo", envelope->rcpt_to);
    if (message->from_line.length > 0)
        json_object_object_add(object, "from_", needed(from_line_object(message->from_line)));
    message_set(message, "envelope", object);
}

void findings_brand(struct message *message, const struct config_brand *brand)
{
    if (brand != NULL)
        message_set(message, "brand", needed(json_object_new_string(brand->id)));
}

static void add_addresses(json_object *object, const char *name,
                          const struct report_addresses *addresses)
{
    json_object *list;

    if (addresses->count == 0)
        return;
    list = needed(json_object_new_array());
    for (size_t i = 0; i < addresses->count; i++)
        json_object_array_add(list, needed(json_object_new_string(addresses->items[i])));
    json_object_object_add(object, name, list);
}

/* Recipients, and of reports about several what became of each of the first. */
static void add_recipients(json_object *object, const struct report *report)
{
    json_object *list;

    if (report->recipient_count == 0)
        return;
    list = needed(json_object_new_array());
    for (size_t i = 0; i < report->recipient_count; i++)
        json_object_array_add(list, needed(json_object_new_string(report->recipients[i].address)));
    json_object_object_add(object, "recipients", list);
    if (report->recipient_count == 1)
        return;
    list = needed(json_object_new_array());
    for (size_t i = 0; i < report->recipient_count && i < DETAILS_MAX; i++) {
        const struct report_recipient *recipient = &report->recipients[i];
        json_object *detail;

        if (recipient->action == ACTION_UNKNOWN && recipient->status == NULL)
            continue;
        detail = needed(json_object_new_object());
        add_string(detail, "recipient", recipient->address);
        add_string(detail, "action", report_action_name(recipient->action));
        add_string(detail, "status", recipient->status);
        add_string(detail, "diagnostic", recipient->diagnostic);
        json_object_array_add(list, detail);
    }
    if (json_object_array_length(list) > 0)
        json_object_object_add(object, "details", list);
    else
        json_object_put(list);
}

void findings_kind(struct message *message, const struct kind *kind)
{
    json_object *object = needed(json_object_new_object());
    const struct report *report = &kind->report;

    add_string(object, "value", kind->value);
    add_string(object, "why", kind->why);
    if (kind->confidence > 0.0)
        json_object_object_add(object, "confidence", needed(message_number(kind->confidence)));
    add_string(object, "action", report_action_name(report->action));
    add_string(object, "status", report->status);
    add_string(object, "diagnostic", report->diagnostic);
    add_recipients(object, report);
    add_string(object, "returned", report->returned);
    add_addresses(object, "returnedTo", &report->returned_to);
    add_addresses(object, "returnedFrom", &report->returned_from);
    message_set(message, "kind", object);
}

void findings_trust(struct message *message, const struct trust *trust)
{
    json_object *object;

    if (trust_is_empty(trust))
        return;
    object = needed(json_object_new_object());
    add_string(object, "spf", trust->spf);
    add_string(object, "dkim", trust->dkim);
    add_string(object, "dmarc", trust->dmarc);
    add_string(object, "arc", trust->arc);
    if (trust->aligned)
        json_object_object_add(object, "aligned", needed(json_object_new_boolean(true)));
    if (trust->reply_to_differs || trust->display_name || trust->signature_unverified) {
        json_object *warnings = needed(json_object_new_array());

        if (trust->reply_to_differs)
            json_object_array_add(warnings, needed(json_object_new_string("reply-to-differs")));
        if (trust->reply_to_domain)
            json_object_array_add(warnings, needed(json_object_new_string("reply-to-domain")));
        if (trust->display_name)
            json_object_array_add(warnings, needed(json_object_new_string("display-name")));
        if (trust->signature_unverified)
            json_object_array_add(warnings, needed(json_object_new_string("signature-unverified")));
        json_object_object_add(object, "warnings", warnings);
    }
    message_set(message, "trust", object);
}

void findings_control(struct message *message, struct span *text)
{
    struct control_line *lines;
    size_t count = control_take(&message->arena, text, &lines);
    json_object *list;

    if (count == 0)
        return;
    list = needed(json_object_new_array());
    for (size_t i = 0; i < count; i++) {
        json_object *line = needed(json_object_new_object());

        json_object_object_add(
            line, "verb",
            needed(json_object_new_string_len(lines[i].verb.octets, (int)lines[i].verb.length)));
        if (lines[i].argument.length > 0)
            json_object_object_add(line, "argument",
                                   needed(json_object_new_string_len(
                                       lines[i].argument.octets, (int)lines[i].argument.length)));
        json_object_array_add(list, line);
    }
    message_set(message, "control", list);
}

void findings_language(struct message *message, const struct language_guess *guess)
{
    json_object *object = needed(json_object_new_object());

    add_string(object, "tag", guess->tag);
    json_object_object_add(object, "confidence", needed(message_number(guess->confidence)));
    if (guess->second[0] != '\0')
        add_string(object, "second", guess->second);
    message_set(message, "language", object);
}

void findings_text(struct message *message, struct span text)
{
    message_set_string(message, "text", text);
    message->text_pending = false;
}

void findings_courtesy(struct message *message)
{
    message_set(message, "courtesy", needed(json_object_new_boolean(true)));
}

void findings_limits(struct message *message, const char *program)
{
#define LIMIT_WHAT(member, name, value, what) what,
#define LIMIT_VALUE(member, name, value, what) limits->member,
    const struct limits *limits = &message->config->limits;
    static const char *const whats[] = {LIMITS(LIMIT_WHAT)};
    const size_t values[] = {LIMITS(LIMIT_VALUE)};
#undef LIMIT_WHAT
#undef LIMIT_VALUE

    message->limits_hit |= message->mime->limits_hit;
    for (unsigned limit = 0; limit < LIMIT_COUNT; limit++)
        if ((message->limits_hit & 1u << limit) != 0)
            message_error(message, program,
                          arena_format(&message->arena, "limit-%s", limit_name((enum limit)limit)),
                          arena_format(&message->arena, "%s: over the limit of %zu", whats[limit],
                                       values[limit]));
}
