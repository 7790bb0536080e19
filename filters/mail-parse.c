/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mail-parse: octets → Email objects, and what can be said of a message without looking anything
 * up: the members `envelope brand kind language text courtesy trust control` (formats.md).
 *
 * It stands at the border: it believes octets and its own options, never a block or a `triage` that
 * came along. It keeps nothing: the same octets, envelope and configuration give the same object.
 */
#include <stdlib.h>

#include "brand.h"
#include "date.h"
#include "diag.h"
#include "envelope.h"
#include "explain.h"
#include "filters.h"
#include "findings.h"
#include "kind.h"
#include "language.h"
#include "mime.h"
#include "properties.h"
#include "sender.h"
#include "text-courtesy.h"
#include "text.h"
#include "trust.h"

#define PROGRAM "mail-parse" /* in errors also when `triage` runs it: the bytes are the same */

struct parser {
    struct kind_reader *kinds;  /* own */
    struct language *languages; /* own */
    struct arena arena;         /* own: holds the lists below */
    struct properties properties;
    struct email_part_choice parts;
    bool inside;
    bool explain;
};

static const struct filter_option options[] = {
    {"inside", 0, NULL, "the input is our own output: believe its block and its triage"},
    {"sender", 0, "ADDRESS", "envelope sender; empty for the null path"},
    {"recipient", 0, "ADDRESS", "envelope recipient"},
    {"no-raw", 0, NULL, "leave the octets (raw) out of the output"},
    {"properties", 0, "LIST", "write only these properties of the Email object"},
    {"body-properties", 0, "LIST", "write these properties of each body part"},
    {"explain", 0, NULL, "say on standard error what each line of the body was taken for"},
    {NULL, 0, NULL, NULL}};

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

/* Kind and trust. An agent of a strict brand is one only when his domain vouches for him. */
static int find_kind(struct filter_run *run, struct message *message,
                     const struct envelope *envelope, const struct config_brand *brand,
                     struct span text, struct trust *trust, struct kind *kind)
{
    struct parser *parser = run->data;
    const struct mail_address *from = sender_address(message);
    struct kind_facts facts = {.arena = &message->arena,
                               .mime = message->mime,
                               .text = text,
                               .return_path = envelope->mail_from};

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
    brand = brand_find(message, envelope.rcpt_to);
    text = message_derive_text(message);
    code = find_kind(run, message, &envelope, brand, text, &trust, &kind);
    if (code != 0)
        return code;
    message_line(message);
    trust.signature_unverified = message->mime->is_signed;

    findings_envelope(message, &envelope);
    findings_brand(message, brand);
    findings_kind(message, &kind);
    findings_trust(message, &trust);
    if (strcmp(kind.value, "agent") == 0)
        findings_control(message, &text);
    sender_language(parser->languages, message, text, &guess);
    findings_language(message, &guess);
    findings_text(message, text);
    if (strcmp(kind.value, "customer") == 0 && text_courtesy(text, guess.tag))
        findings_courtesy(message);
    findings_limits(message, PROGRAM);
    return 0;
}

static int decide(struct filter_run *run, struct message *message)
{
    struct parser *parser = run->data;
    bool believed = parser->inside && message_triage(message, "kind") != NULL;
    int code = 0;

    if (filter_value(run, "body-properties") != NULL)
        message->part_choice = &parser->parts;
    if (believed)
        message_triage(message, "text"); /* made anew under a block, which does not hold it */
    else
        code = parse(run, message);

    if (code == 0 && parser->explain && message->mime != NULL)
        explain_zones(message);
    message->no_raw = message->no_raw || filter_value(run, "no-raw") != NULL;
    if (code == 0 && filter_value(run, "properties") != NULL) {
        message_line(message);
        code = properties_select(message, &parser->properties);
    } else if (code == 0 && message->no_raw && message->line_has_extras) {
        code = properties_select(message, NULL);
    }
    return code;
}

/* Reads the lists of properties that the options give. */
static int read_lists(struct filter_run *run, struct parser *parser)
{
    const char *properties = filter_value(run, "properties");
    const char *parts = filter_value(run, "body-properties");
    int code = 0;

    if (properties != NULL)
        code = properties_read(&parser->arena, span_of(properties), &parser->properties);
    if (code == 0 && parts != NULL)
        code = properties_read_parts(&parser->arena, span_of(parts), &parser->parts);
    return code;
}

static int close_parser(struct filter_run *run)
{
    struct parser *parser = run->data;

    if (parser != NULL) {
        kind_close(parser->kinds);
        language_close(parser->languages);
        arena_release(&parser->arena);
        free(parser);
        run->data = NULL;
    }
    return 0;
}

static int open_parser(struct filter_run *run)
{
    struct parser *parser = memory_take(sizeof(*parser));
    int code;

    *parser = (struct parser){.kinds = NULL};
    run->data = parser;
    code = read_lists(run, parser);
    if (code != 0) {
        close_parser(run);
        return code;
    }
    parser->kinds = kind_open(run->config);
    parser->languages = language_open(run->config->languages, run->config->language_count);
    parser->inside = filter_value(run, "inside") != NULL;
    parser->explain = filter_value(run, "explain") != NULL;
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
