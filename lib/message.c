/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "message.h"

#include <stdio.h>

#include "control.h"
#include "date.h"
#include "diag.h"
#include "email.h"
#include "html.h"
#include "mime.h"
#include "text.h"

/* The members of `triage` in the order of formats.md: the order in which they are written. */
static const char *const known_members[] = {
    "envelope",  "brand",   "kind",       "language",  "text",      "entities",   "courtesy",
    "trust",     "control", "case",       "duplicate", "incident",  "category",   "level",
    "sensitive", "reasons", "suggestion", "route",     "autoreply", "redactions", "errors"};

/* What is reserved for the Email object as text: at least, and for a large message at most. */
#define LINE_LEAST ((size_t)4 * 1024)
#define LINE_MOST ((size_t)256 * 1024)
/* Octets of a string member that is kept parsed from the start. */
#define STRING_KEPT ((size_t)64 * 1024)

#define KNOWN_COUNT (sizeof(known_members) / sizeof(known_members[0]))

void message_init(struct message *message, const struct config *config)
{
    memset(message, 0, sizeof(*message));
    message->config = config;
    message->file_time = INT64_MIN;
    message->input = "standard input";
}

/* Frees what is not the arena's. */
static void drop_objects(struct message *message)
{
    for (size_t i = 0; i < message->member_count; i++)
        json_object_put(message->members[i].parsed);
    for (size_t i = 0; i < message->property_count; i++)
        json_object_put(message->properties[i]);
}

void message_clear(struct message *message)
{
    struct arena arena;

    drop_objects(message);
    arena_clear(&message->arena);
    arena = message->arena;
    message_init(message, message->config);
    message->arena = arena;
}

void message_release(struct message *message)
{
    drop_objects(message);
    arena_release(&message->arena);
    message_init(message, message->config);
}

const char *message_where(struct message *message)
{
    return message->file != NULL ? message->file
                                 : arena_format(&message->arena, "%s, message %llu", message->input,
                                                (unsigned long long)message->number);
}

/* ---- octets and Email object ------------------------------------------------------------------
 */

static void index_line(struct message *message)
{
    struct json_error error;

    if (message->line_indexed)
        return;
    message_line(message);
    /* Our own writer made it; if it were wrong, every property would be absent. */
    message->line_indexed = json_scan(message->line, &message->arena, &message->index, &error);
    if (!message->line_indexed)
        diag(EX_SOFTWARE, message_where(message), "the Email object is no JSON: %s at octet %zu",
             error.reason, error.offset);
}

bool message_octets(struct message *message, struct span *octets)
{
    if (!message->has_octets && message->has_line && message->line_indexed) {
        const struct json_member *raw = json_index_find(&message->index, "raw");

        if (raw != NULL && raw->value.length >= 2 && raw->value.octets[0] == '"') {
            struct span digits = {raw->value.octets + 1, raw->value.length - 2};
            char *to = arena_array(&message->arena, digits.length / 4 * 3 + 1, 1);
            size_t length;

            if (base64_read(to, digits, &length)) {
                message->octets = (struct span){to, length};
                message->has_octets = true;
            }
        }
    }
    *octets = message->octets;
    return message->has_octets;
}

static struct mime *parsed(struct message *message)
{
    struct span octets;

    if (message->mime == NULL && message_octets(message, &octets))
        message->mime = mime_parse(&message->arena, octets, &message->config->limits);
    return message->mime;
}

const struct mime *message_mime(struct message *message)
{
    return parsed(message);
}

struct span message_line(struct message *message)
{
    struct buf line = BUF_INIT;
    struct email_facts facts;
    struct mime *mime;

    if (message->has_line)
        return message->line;
    mime = parsed(message);
    if (mime == NULL)
        return message->line;
    facts = (struct email_facts){.blob_id = span_of(message->blob_id),
                                 .size = message->octets.length,
                                 .received_at = message->has_received_at ? message->received_at
                                                                         : EMAIL_NO_TIME,
                                 .text = message_derive_text(message)};
    /* Most of it is text as it came: so that the buffer grows seldom. */
    buf_reserve(&line, LINE_LEAST + (message->octets.length < LINE_MOST ? message->octets.length
                                                                        : LINE_MOST));
    email_write_chosen(&line, mime, &facts, message->part_choice);
    message->limits_hit |= mime->limits_hit;
    message->line = buf_keep(&line, &message->arena);
    message->has_line = true;
    return message->line;
}

/* Keeps OBJECT until the message is cleared. */
static json_object *keep(struct message *message, json_object *object)
{
    message->properties = arena_grow(&message->arena, message->properties, message->property_count,
                                     &message->property_capacity, sizeof(json_object *));
    message->properties[message->property_count++] = object;
    return object;
}

json_object *message_property(struct message *message, const char *name)
{
    const struct json_member *member;

    index_line(message);
    if (!message->line_indexed)
        return NULL;
    member = json_index_find(&message->index, name);
    if (member == NULL || member->value.octets[0] == 'n')
        return NULL;
    return keep(message, json_read(member->value));
}

const char *message_address(struct message *message, const char *property)
{
    json_object *list = message_property(message, property);
    const char *email = NULL;
    char *lower;

    for (size_t i = 0; email == NULL && i < json_length(list); i++)
        email = json_string(json_object_array_get_idx(list, i), "email");
    if (email == NULL)
        return NULL;
    lower = arena_string(&message->arena, email);
    for (char *at = lower; *at != '\0'; at++)
        if (*at >= 'A' && *at <= 'Z')
            *at = (char)(*at + ('a' - 'A'));
    return lower;
}

struct span message_subject(struct message *message)
{
    json_object *subject = message_property(message, "subject");

    if (subject == NULL || !json_object_is_type(subject, json_type_string))
        return (struct span){"", 0};
    return (struct span){json_object_get_string(subject),
                         (size_t)json_object_get_string_len(subject)};
}

struct span message_derive_text(struct message *message)
{
    struct mime *mime = parsed(message);
    struct buf plain = BUF_INIT;
    struct span body;
    struct span text;
    bool is_html = false;

    if (mime == NULL)
        return (struct span){"", 0};
    if (message->derived_text.octets != NULL)
        return message->derived_text;
    body = email_best_text(mime, &is_html);
    if (is_html) {
        html_to_text(&plain, body, &message->config->limits, &message->limits_hit);
        body = buf_keep(&plain, &message->arena);
    }
    body = email_lines_cut(mime, body);
    message->limits_hit |= mime->limits_hit;
    text = text_new(&message->arena, body, NULL);
    if (text.octets == NULL)
        text.octets = "";
    message->derived_text = text;
    return text;
}

/* ---- triage -----------------------------------------------------------------------------------
 */

static struct triage_member *find(struct message *message, struct span name)
{
    for (size_t i = 0; i < message->member_count; i++)
        if (span_equal(message->members[i].name, name))
            return &message->members[i];
    return NULL;
}

/* Place of NAME in the order of writing; unknown members come last. */
static size_t rank(struct span name)
{
    for (size_t i = 0; i < KNOWN_COUNT; i++)
        if (span_equal(name, span_of(known_members[i])))
            return i;
    return KNOWN_COUNT;
}

/* A new member behind all that come before it, and behind its equals. */
static struct triage_member *insert(struct message *message, struct span name)
{
    size_t at = message->member_count;
    size_t own = rank(name);

    message->members = arena_grow(&message->arena, message->members, message->member_count,
                                  &message->member_capacity, sizeof(*message->members));
    while (at > 0 && rank(message->members[at - 1].name) > own) {
        message->members[at] = message->members[at - 1];
        at--;
    }
    message->members[at] = (struct triage_member){.name = name};
    message->member_count++;
    message->has_triage = true;
    return &message->members[at];
}

static void set(struct message *message, struct span name, struct span json, json_object *parsed)
{
    struct triage_member *member = find(message, name);

    if (member == NULL)
        member = insert(message, name);
    json_object_put(member->parsed);
    member->json = json;
    member->parsed = parsed;
    if (span_equal(name, SPAN("envelope")))
        message->delivery = NULL; /* the recipient is part of the key */
}

static void remove_member(struct message *message, const char *name)
{
    struct triage_member *member = find(message, span_of(name));
    size_t at;

    if (member == NULL)
        return;
    json_object_put(member->parsed);
    at = (size_t)(member - message->members);
    message->member_count--;
    memmove(member, member + 1, (message->member_count - at) * sizeof(*member));
}

/*
 * `text` does not travel in a block: it is made anew from the octets below, as mail-parse made it;
 * an agent's control lines are not part of it.
 */
static void complete_text(struct message *message)
{
    struct control_line *lines;
    struct span text;

    if (!message->text_pending)
        return;
    message->text_pending = false;
    text = message_derive_text(message);
    if (strcmp(message_kind(message), "agent") == 0)
        control_take(&message->arena, &text, &lines);
    message_set_string(message, "text", text);
}

json_object *message_triage(struct message *message, const char *name)
{
    struct triage_member *member;

    if (strcmp(name, "text") == 0)
        complete_text(message);
    member = find(message, span_of(name));
    if (member == NULL)
        return NULL;
    if (member->parsed == NULL)
        member->parsed = json_read(member->json);
    return member->parsed;
}

const char *message_triage_string(struct message *message, const char *member, const char *name)
{
    return json_string(message_triage(message, member), name);
}

bool message_triage_true(struct message *message, const char *name)
{
    return span_equal(message_triage_json(message, name), SPAN("true"));
}

struct span message_triage_json(struct message *message, const char *name)
{
    struct triage_member *member = find(message, span_of(name));

    return member != NULL ? member->json : (struct span){NULL, 0};
}

void message_set(struct message *message, const char *name, json_object *value)
{
    struct buf json = BUF_INIT;

    if (value == NULL) {
        remove_member(message, name);
        return;
    }
    json_write(&json, value);
    set(message, span_of(arena_string(&message->arena, name)), buf_keep(&json, &message->arena),
        value);
}

void message_set_string(struct message *message, const char *name, struct span text)
{
    struct buf json = BUF_INIT;
    json_object *parsed = NULL;

    json_write_string(&json, text);
    /* A copy is cheaper than to read the JSON again, but of a long text perhaps nobody asks one. */
    if (text.length <= STRING_KEPT)
        parsed = json_object_new_string_len(text.length > 0 ? text.octets : "", (int)text.length);
    set(message, span_of(arena_string(&message->arena, name)), buf_keep(&json, &message->arena),
        parsed);
}

void message_set_json(struct message *message, const char *name, struct span json)
{
    set(message, span_of(arena_string(&message->arena, name)),
        (struct span){arena_copy(&message->arena, json.octets, json.length), json.length}, NULL);
}

void message_error(struct message *message, const char *program, const char *code, const char *text)
{
    json_object *errors = message_triage(message, "errors");
    json_object *error;
    json_object *copy = json_object_new_array();

    if (program == NULL || code == NULL || copy == NULL) {
        json_object_put(copy);
        return;
    }
    for (size_t i = 0; i < json_length(errors); i++) {
        json_object *old = json_object_array_get_idx(errors, i);
        const char *old_program = json_string(old, "program");
        const char *old_code = json_string(old, "code");

        if (old_program != NULL && old_code != NULL && strcmp(old_program, program) == 0 &&
            strcmp(old_code, code) == 0) {
            json_object_put(copy);
            return;
        }
        json_object_array_add(copy, json_object_get(old));
    }
    error = json_object_new_object();
    if (error == NULL)
        diag_out_of_memory();
    json_object_object_add(error, "program", json_object_new_string(program));
    json_object_object_add(error, "code", json_object_new_string(code));
    json_object_object_add(error, "message", json_object_new_string(text != NULL ? text : ""));
    json_object_array_add(copy, error);
    message_set(message, "errors", copy);
}

bool message_limit_hit(struct message *message)
{
    json_object *errors = message_triage(message, "errors");

    for (size_t i = 0; i < json_length(errors); i++) {
        const char *code = json_string(json_object_array_get_idx(errors, i), "code");

        if (code != NULL && strncmp(code, "limit-", 6) == 0)
            return true;
    }
    return false;
}

bool message_read_triage(struct message *message, struct span value)
{
    struct json_index index;
    struct json_error error;

    if (value.length == 0 || value.octets[0] != '{' ||
        !json_scan(value, &message->arena, &index, &error))
        return false;
    for (size_t i = 0; i < message->member_count; i++)
        json_object_put(message->members[i].parsed);
    message->member_count = 0;
    message->has_triage = true;
    for (size_t i = 0; i < index.count; i++) {
        const struct json_member *member = &index.members[i];

        /*
         * A name of ours that was written with escapes is still the name of ours. The scan found
         * no name twice, so none is looked for.
         */
        insert(message, rank(member->key) < KNOWN_COUNT ? member->key : member->name)->json =
            member->value;
    }
    message->delivery = NULL;
    return true;
}

void message_write_triage(struct message *message, struct buf *out)
{
    buf_char(out, '{');
    for (size_t i = 0; i < message->member_count; i++) {
        if (i > 0)
            buf_char(out, ',');
        buf_char(out, '"');
        buf_span(out, message->members[i].name);
        buf_string(out, "\":");
        buf_span(out, message->members[i].json);
    }
    buf_char(out, '}');
}

/* ---- what a delivery is ------------------------------------------------------------------------
 */

const char *message_recipient(struct message *message)
{
    return message_triage_string(message, "envelope", "rcptTo");
}

const char *message_return_path(struct message *message)
{
    return message_triage_string(message, "envelope", "mailFrom");
}

const char *message_delivery(struct message *message)
{
    const char *recipient;
    char *key;

    if (message->delivery != NULL)
        return message->delivery;
    recipient = message_recipient(message);
    key = recipient != NULL ? arena_format(&message->arena, "%s %s", message->blob_id, recipient)
                            : arena_string(&message->arena, message->blob_id);
    for (char *at = key; *at != '\0'; at++)
        if (*at >= 'A' && *at <= 'Z')
            *at = (char)(*at + ('a' - 'A'));
    message->delivery = key;
    return key;
}

const char *message_kind(struct message *message)
{
    const char *kind = message_triage_string(message, "kind", "value");

    return kind != NULL ? kind : "customer";
}

bool message_is_blob_id(struct span text)
{
    const struct span prefix = SPAN("sha256-");

    if (!span_begins(text, prefix) || text.length == prefix.length ||
        text.length > prefix.length + 64)
        return false;
    for (size_t i = prefix.length; i < text.length; i++)
        if (text.octets[i] == '\0' || strchr("0123456789abcdef", text.octets[i]) == NULL)
            return false;
    return true;
}

void message_set_octets(struct message *message, struct span octets)
{
    message->octets = octets;
    message->has_octets = true;
    blob_id(message->blob_id, octets);
}

json_object *message_number(double value)
{
    char text[32];
    json_object *number;

    snprintf(text, sizeof(text), "%.2f", value);
    number = json_object_new_double_s(value, text);
    if (number == NULL)
        diag_out_of_memory();
    return number;
}
