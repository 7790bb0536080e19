/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "findings.h"

#include "control.h"
#include "diag.h"
#include "mime.h"

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

void findings_kind(struct message *message, const struct kind *kind)
{
    json_object *object = needed(json_object_new_object());

    add_string(object, "value", kind->value);
    add_string(object, "why", kind->why);
    add_string(object, "status", kind->status);
    if (kind->recipient_count > 0) {
        json_object *list = needed(json_object_new_array());

        for (size_t i = 0; i < kind->recipient_count; i++)
            json_object_array_add(list, needed(json_object_new_string(kind->recipients[i])));
        json_object_object_add(object, "recipients", list);
    }
    add_string(object, "returned", kind->returned);
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
    message_set(
        message, "text",
        needed(json_object_new_string_len(text.length > 0 ? text.octets : "", (int)text.length)));
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
