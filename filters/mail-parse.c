/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mail-parse: octets → Email objects, and what can be said of a message without looking anything
 * up: the members `envelope brand kind language text courtesy trust control` (formats.md).
 *
 * It stands at the border: it believes octets and its own options, never a block or a `triage` that
 * came along. It keeps nothing: the same octets, envelope and configuration give the same object.
 */
#include <stdlib.h>

#include "address.h"
#include "control.h"
#include "date.h"
#include "diag.h"
#include "email.h"
#include "envelope.h"
#include "filters.h"
#include "header.h"
#include "html.h"
#include "kind.h"
#include "language.h"
#include "mime.h"
#include "text.h"
#include "trust.h"
#include "utf8.h"

#define PROGRAM "mail-parse" /* in errors also when `triage` runs it: the bytes are the same */
#define SUBJECT_WORDS_MIN 3  /* a subject of fewer words says nothing about the language */

struct parser {
    struct kind_reader *kinds;  /* own */
    struct language *languages; /* own */
    bool inside;
    bool explain;
};

static const struct filter_option options[] = {
    {"inside", 0, NULL, "the input is our own output: believe its block and its triage"},
    {"sender", 0, "ADDRESS", "envelope sender; empty for the null path"},
    {"recipient", 0, "ADDRESS", "envelope recipient"},
    {"no-raw", 0, NULL, "leave the octets (raw) out of the output"},
    {"properties", 0, "LIST", "write only these properties of the Email object"},
    {"explain", 0, NULL, "say on standard error what each line of the body was taken for"},
    {NULL, 0, NULL, NULL}};

/* ---- --properties ------------------------------------------------------------------------------
 */

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

static int check_properties(struct span list)
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

/* Leaves only the properties of LIST in the message's line. */
static int select_properties(struct message *message, struct span list)
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

/* ---- envelope, time, brand ---------------------------------------------------------------------
 */

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

/*
 * Who sent it to whom, as options, environment (what Postfix's local(8), qmail and Dovecot set, so
 * only for a single message) and message say. An option that holds no usable address is no error:
 * an MTA hands over what a stranger typed.
 */
static void find_envelope(struct filter_run *run, struct message *message, struct span header,
                          struct envelope *envelope)
{
    struct arena *arena = &message->arena;
    const char *form = filter_value(run, "from");
    bool single = form != NULL && strcmp(form, "rfc822") == 0;
    const char *sender = filter_value(run, "sender");
    const char *recipient = filter_value(run, "recipient");
    const char *address;

    envelope_read(arena, header, message->from_line, envelope);
    if (sender == NULL && single)
        sender = getenv("SENDER");
    if (sender != NULL)
        envelope->mail_from = envelope_address(arena, span_of(sender));
    if ((recipient == NULL || recipient[0] == '\0') && single)
        recipient = getenv("RECIPIENT");
    address = recipient != NULL ? envelope_address(arena, span_of(recipient)) : NULL;
    if (address != NULL && address[0] != '\0')
        envelope->rcpt_to = address;
}

static void set_envelope(struct message *message, const struct envelope *envelope)
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

static int set_time(struct message *message, struct span header)
{
    struct envelope_time_facts facts = {.header = header,
                                        .from_line = message->from_line,
                                        .file = message->file,
                                        .file_time = message->file_time};
    int code = clock_now(&facts.now);

    if (code != 0)
        return code;
    message->received_at = envelope_time(message->config, &facts);
    message->has_received_at = true;
    return 0;
}

/* The brand of the first address of the fields NAME that has one. */
static const struct config_brand *brand_in_field(struct message *message, const char *name)
{
    const struct header *header = &message->mime->root->header;
    const struct header_field *field = NULL;

    while ((field = header_find(header, name, field)) != NULL) {
        struct address_list list = {NULL, 0, 0};

        header_addresses(&message->arena, field->value, &list);
        for (size_t i = 0; i < list.count; i++) {
            const struct config_brand *brand = config_brand_of(
                message->config, arena_copy(&message->arena, list.items[i].email.octets,
                                            list.items[i].email.length));

            if (brand != NULL)
                return brand;
        }
    }
    return NULL;
}

static const struct config_brand *find_brand(struct message *message,
                                             const struct envelope *envelope)
{
    const struct config_brand *brand = NULL;

    if (envelope->rcpt_to != NULL)
        brand = config_brand_of(message->config, envelope->rcpt_to);
    if (brand == NULL)
        brand = brand_in_field(message, "To");
    if (brand == NULL)
        brand = brand_in_field(message, "Cc");
    return brand;
}

/* ---- kind, trust -------------------------------------------------------------------------------
 */

static void set_kind(struct message *message, const struct kind *kind)
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

static void set_trust(struct message *message, const struct trust *trust)
{
    json_object *object;

    if (trust_is_empty(trust))
        return;
    object = needed(json_object_new_object());
    add_string(object, "spf", trust->spf);
    add_string(object, "dkim", trust->dkim);
    add_string(object, "dmarc", trust->dmarc);
    if (trust->aligned)
        json_object_object_add(object, "aligned", needed(json_object_new_boolean(true)));
    if (trust->reply_to_differs || trust->display_name) {
        json_object *warnings = needed(json_object_new_array());

        if (trust->reply_to_differs)
            json_object_array_add(warnings, needed(json_object_new_string("reply-to-differs")));
        if (trust->display_name)
            json_object_array_add(warnings, needed(json_object_new_string("display-name")));
        json_object_object_add(object, "warnings", warnings);
    }
    message_set(message, "trust", object);
}

/* The first address of From; NULL when there is none. */
static const struct mail_address *find_from(struct message *message)
{
    const struct header_field *field = header_last(&message->mime->root->header, "From");
    struct address_list *list = arena_alloc(&message->arena, sizeof(*list));

    if (field != NULL)
        header_addresses(&message->arena, field->value, list);
    return list->count > 0 ? &list->items[0] : NULL;
}

/* Kind and trust. *IS_AGENT and *IS_CUSTOMER tell what the text is to be looked at for. */
static int find_kind(struct filter_run *run, struct message *message,
                     const struct envelope *envelope, const struct config_brand *brand,
                     struct trust *trust, struct kind *kind)
{
    struct parser *parser = run->data;
    const struct mail_address *from = find_from(message);
    struct kind_facts facts = {
        .arena = &message->arena, .mime = message->mime, .return_path = envelope->mail_from};

    trust_read(&message->arena, message->config, message->mime->root->header.octets,
               &message->mime->root->header, from, trust);
    if (from != NULL) {
        facts.from = arena_copy(&message->arena, from->email.octets, from->email.length);
        facts.agent = config_agent_of(message->config, facts.from);
        if (brand != NULL && brand->strict && !trust->aligned)
            facts.agent = NULL;
    }
    return kind_find(parser->kinds, &facts, kind);
}

/* ---- text --------------------------------------------------------------------------------------
 */

static void set_text(struct message *message, struct span text)
{
    message_set(
        message, "text",
        needed(json_object_new_string_len(text.length > 0 ? text.octets : "", (int)text.length)));
    message->text_pending = false;
}

/* Takes an agent's control lines off TEXT and keeps them. */
static void set_control(struct message *message, struct span *text)
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

static size_t count_words(struct span text, size_t enough)
{
    size_t words = 0;
    bool inside = false;

    for (size_t i = 0; i < text.length && words < enough; i++) {
        bool blank = (unsigned char)text.octets[i] <= ' ';

        words += !blank && !inside;
        inside = !blank;
    }
    return words;
}

/*
 * The language of TEXT. When that is too short to tell, the subject helps; it does not stand alone:
 * it may be ours, or somebody else's.
 */
static void find_language(struct parser *parser, struct message *message, struct span text,
                          struct language_guess *guess)
{
    struct buf both = BUF_INIT;
    struct span subject;

    language_guess(parser->languages, text, guess);
    if (strcmp(guess->tag, "und") != 0 || text.length == 0)
        return;
    subject = header_last_text(&message->arena, &message->mime->root->header, "Subject");
    if (count_words(subject, SUBJECT_WORDS_MIN) < SUBJECT_WORDS_MIN)
        return;
    buf_span(&both, subject);
    buf_char(&both, '\n');
    buf_span(&both, text);
    language_guess(parser->languages, buf_view(&both), guess);
    buf_release(&both);
}

static void set_language(struct message *message, const struct language_guess *guess)
{
    json_object *object = needed(json_object_new_object());

    add_string(object, "tag", guess->tag);
    json_object_object_add(object, "confidence", needed(message_number(guess->confidence)));
    if (guess->second[0] != '\0')
        add_string(object, "second", guess->second);
    message_set(message, "language", object);
}

/* --explain: every line of the body with its zone and the reason, on standard error. */
static void explain(struct message *message)
{
    struct buf plain = BUF_INIT;
    struct text_line *lines;
    struct span body;
    size_t count;
    bool is_html = false;

    body = email_best_text(message->mime, &is_html);
    if (is_html) {
        html_to_text(&plain, body, &message->config->limits, NULL);
        body = buf_view(&plain);
    }
    count = text_zones(&message->arena, body, &lines);
    diag_note("%s: %zu lines of %s", message_where(message), count,
              is_html ? "HTML as text" : "plain text");
    for (size_t i = 0; i < count; i++)
        diag_note(
            "%s: %s: %.*s", text_zone_name(lines[i].zone), lines[i].why,
            (int)(lines[i].line.length < DIAG_LINE_MAX ? lines[i].line.length : DIAG_LINE_MAX),
            lines[i].line.length > 0 ? lines[i].line.octets : "");
    buf_release(&plain);
}

/* ---- the filter --------------------------------------------------------------------------------
 */

/* Limits that were hit show as errors. MESSAGE's mask is complete by now. */
static void set_limits(struct message *message)
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
            message_error(message, PROGRAM,
                          arena_format(&message->arena, "limit-%s", limit_name((enum limit)limit)),
                          arena_format(&message->arena, "%s: over the limit of %zu", whats[limit],
                                       values[limit]));
}

/* Our own output comes back: what it says is kept; only what a block cannot hold is made anew. */
static int complete_believed(struct message *message)
{
    if (message->text_pending && message_mime(message) != NULL) {
        struct span text = message_derive_text(message);
        struct control_line *lines;

        if (strcmp(message_kind(message), "agent") == 0)
            control_take(&message->arena, &text, &lines);
        set_text(message, text);
    }
    return 0;
}

static int parse(struct filter_run *run, struct message *message)
{
    struct parser *parser = run->data;
    struct envelope envelope;
    const struct config_brand *brand;
    struct trust trust;
    struct kind kind;
    struct span header;
    struct span text;
    struct language_guess guess;
    int code;

    if (message_mime(message) == NULL) {
        message_error(message, PROGRAM, "no-octets", "the object has no usable raw");
        return 0;
    }
    header = message->mime->root->header.octets;
    find_envelope(run, message, header, &envelope);
    code = set_time(message, header);
    if (code != 0)
        return code;
    brand = find_brand(message, &envelope);
    code = find_kind(run, message, &envelope, brand, &trust, &kind);
    if (code != 0)
        return code;
    text = message_derive_text(message);
    message_line(message);

    set_envelope(message, &envelope);
    if (brand != NULL)
        message_set(message, "brand", needed(json_object_new_string(brand->id)));
    set_kind(message, &kind);
    set_trust(message, &trust);
    if (strcmp(kind.value, "agent") == 0)
        set_control(message, &text);
    find_language(parser, message, text, &guess);
    set_language(message, &guess);
    set_text(message, text);
    if (strcmp(kind.value, "customer") == 0 && text_courtesy(text, guess.tag))
        message_set(message, "courtesy", needed(json_object_new_boolean(true)));
    set_limits(message);
    return 0;
}

static int decide(struct filter_run *run, struct message *message)
{
    struct parser *parser = run->data;
    const char *properties = filter_value(run, "properties");
    bool believed = parser->inside && message_triage(message, "kind") != NULL;
    int code = believed ? complete_believed(message) : parse(run, message);

    if (code == 0 && parser->explain && message->mime != NULL)
        explain(message);
    if (code == 0 && properties != NULL) {
        message_line(message);
        code = select_properties(message, span_of(properties));
    }
    message->no_raw = message->no_raw || filter_value(run, "no-raw") != NULL;
    return code;
}

static int open_parser(struct filter_run *run)
{
    const char *properties = filter_value(run, "properties");
    int code = properties != NULL ? check_properties(span_of(properties)) : 0;
    struct parser *parser;

    if (code != 0)
        return code;
    parser = memory_take(sizeof(*parser));
    parser->kinds = kind_open(run->config);
    parser->languages = language_open(run->config->languages, run->config->language_count);
    parser->inside = filter_value(run, "inside") != NULL;
    parser->explain = filter_value(run, "explain") != NULL;
    run->data = parser;
    return 0;
}

static int close_parser(struct filter_run *run)
{
    struct parser *parser = run->data;

    if (parser != NULL) {
        kind_close(parser->kinds);
        language_close(parser->languages);
        free(parser);
        run->data = NULL;
    }
    return 0;
}

static const char *const written[] = {"envelope", "brand", "kind",    "language", "text",
                                      "courtesy", "trust", "control", NULL};

const struct filter mail_parse = {.name = "mail-parse",
                                  .summary = "turn mail into Email objects and say what each is",
                                  .options = options,
                                  .flags = FILTER_BORDER,
                                  .writes = written,
                                  .open = open_parser,
                                  .decide = decide,
                                  .close = close_parser};
