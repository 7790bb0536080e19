/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * audit: records what became of each message as events of the audit log, once each, and passes the
 * message on.
 *
 * The events are derived from `triage` alone, in the order of triage-ledger(5), so a delivery that
 * comes again gives the same ones, which are there already. They hold names, ids, counts and
 * digests, and nothing that a person wrote.
 */
#include <sodium.h>
#include <stdlib.h>

#include "date.h"
#include "diag.h"
#include "event.h"
#include "filters.h"
#include "ledger.h"

/* Names of ours are short and no addresses; other text in their place stays out of the log. */
#define NAME_MAX_OCTETS 128

struct audit {
    const char *path; /* of the ledger */
    bool pending;     /* the store may have events that the file lacks */
};

/* What the events of one message have in common, and a place for the details of the next. */
struct recorder {
    struct filter_run *run;
    struct message *message;
    const char *case_id; /* or NULL */
    const char *site;    /* of the agent who wrote the message, or NULL */
    struct buf details;
    int code;
};

/* ---- details -------------------------------------------------------------------------------- */

static void detail_name(struct buf *details, const char *name)
{
    buf_format(details, "%s\"%s\":", details->length > 0 ? "," : "", name);
}

static bool is_name(struct span text)
{
    return text.length > 0 && text.length <= NAME_MAX_OCTETS &&
           memchr(text.octets, '@', text.length) == NULL;
}

static void detail_text(struct buf *details, const char *name, const char *value)
{
    if (!is_name(span_of(value)))
        return;
    detail_name(details, name);
    json_write_string(details, span_of(value));
}

static void detail_true(struct buf *details, const char *name, bool value)
{
    if (!value)
        return;
    detail_name(details, name);
    buf_string(details, "true");
}

/* A number or a boolean, as it is written on the message. */
static void detail_value(struct buf *details, const char *name, json_object *value)
{
    if (!json_object_is_type(value, json_type_int) &&
        !json_object_is_type(value, json_type_double) &&
        !json_object_is_type(value, json_type_boolean))
        return;
    detail_name(details, name);
    json_write(details, value);
}

/* The same for member MEMBER of OBJECT (NULL is allowed): names, numbers, booleans. */
static void detail_member(struct buf *details, const char *name, json_object *object,
                          const char *member)
{
    json_object *value;

    if (object == NULL || !json_object_object_get_ex(object, member, &value))
        return;
    if (json_object_is_type(value, json_type_string))
        detail_text(details, name, json_object_get_string(value));
    else
        detail_value(details, name, value);
}

/* An object member of `triage`; NULL when it is absent or something else. */
static json_object *object_of(struct message *message, const char *name)
{
    json_object *object = message_triage(message, name);

    return json_object_is_type(object, json_type_object) ? object : NULL;
}

/* Records an event with the details that were gathered, and makes room for the next ones. */
static void record(struct recorder *recorder, const char *name, const char *program,
                   const char *actor)
{
    struct audit *audit_data = recorder->run->data;
    struct message *message = recorder->message;
    const struct event event = {
        .time = message->received_at,
        .name = name,
        .about = message_delivery(message),
        .case_id = recorder->case_id,
        .blob_id = message->blob_id[0] != '\0' ? message->blob_id : NULL,
        .actor = actor,
        .program = program,
        .details = buf_view(&recorder->details),
    };
    bool added = false;

    if (recorder->code == 0)
        recorder->code = event_add(recorder->run->store, &event, &added);
    audit_data->pending |= added;
    buf_clear(&recorder->details);
}

/* ---- the events, in their order ------------------------------------------------------------- */

static void record_received(struct recorder *recorder)
{
    struct buf *details = &recorder->details;
    struct message *message = recorder->message;
    json_object *brand = message_triage(message, "brand");

    detail_text(details, "kind", message_kind(message));
    detail_member(details, "why", object_of(message, "kind"), "why");
    detail_text(details, "language", message_triage_string(message, "language", "tag"));
    if (json_object_is_type(brand, json_type_string))
        detail_text(details, "brand", json_object_get_string(brand));
    if (message->has_octets) {
        detail_name(details, "size");
        buf_format(details, "%zu", message->octets.length);
    } else {
        detail_value(details, "size", message_property(message, "size"));
    }
    record(recorder, "received", "mail-parse", NULL);
}

static void record_deduplicated(struct recorder *recorder)
{
    json_object *duplicate = object_of(recorder->message, "duplicate");

    if (duplicate == NULL)
        return;
    detail_member(&recorder->details, "of", duplicate, "of");
    detail_member(&recorder->details, "by", duplicate, "by");
    detail_member(&recorder->details, "similarity", duplicate, "similarity");
    record(recorder, "deduplicated", "dedupe", NULL);
}

/* What the message changed in its case, when that is one of CHANGES. */
static void record_change(struct recorder *recorder, const char *const *changes)
{
    json_object *object = object_of(recorder->message, "case");
    const char *change = json_string(object, "change");

    for (size_t i = 0; change != NULL && changes[i] != NULL; i++) {
        if (strcmp(change, changes[i]) != 0)
            continue;
        detail_member(&recorder->details, "by", object, "by");
        detail_member(&recorder->details, "followUp", object, "followUp");
        detail_member(&recorder->details, "linked", object, "linked");
        detail_member(&recorder->details, "reusedMessageId", object, "reusedMessageId");
        record(recorder, changes[i], "dedupe", recorder->site);
    }
}

/* The names of the rules that hit, as an array. */
static void detail_rules(struct buf *details, json_object *reasons)
{
    bool any = false;

    for (size_t i = 0; i < json_length(reasons); i++) {
        const char *rule = json_string(json_object_array_get_idx(reasons, i), "rule");

        if (!is_name(span_of(rule)))
            continue;
        if (!any)
            detail_name(details, "rules");
        buf_char(details, any ? ',' : '[');
        json_write_string(details, span_of(rule));
        any = true;
    }
    if (any)
        buf_char(details, ']');
}

static void record_classified(struct recorder *recorder)
{
    struct buf *details = &recorder->details;
    struct message *message = recorder->message;
    json_object *category = object_of(message, "category");
    json_object *reasons = message_triage(message, "reasons");

    detail_member(details, "category", category, "id");
    detail_member(details, "confidence", category, "confidence");
    detail_value(details, "level", message_triage(message, "level"));
    detail_true(details, "sensitive", message_triage_true(message, "sensitive"));
    detail_rules(details, reasons);
    for (size_t i = 0; i < json_length(reasons); i++)
        detail_member(details, "threshold", json_object_array_get_idx(reasons, i), "threshold");
    if (details->length > 0)
        record(recorder, "classified", "classify", NULL);
}

static void record_routed(struct recorder *recorder)
{
    struct buf *details = &recorder->details;
    json_object *route = object_of(recorder->message, "route");
    const char *when = json_string(route, "deliver");

    if (route == NULL)
        return;
    detail_member(details, "queue", route, "queue");
    detail_member(details, "site", route, "site");
    detail_member(details, "outside", route, "outside");
    detail_member(details, "due", route, "due");
    detail_member(details, "firstReplyDue", route, "firstReplyDue");
    detail_member(details, "why", route, "why");
    record(recorder, "routed", "escalate", NULL);
    if (when != NULL && strcmp(when, "hold") == 0) {
        detail_member(details, "queue", route, "queue");
        detail_member(details, "until", route, "hold");
        record(recorder, "held", "escalate", NULL);
    }
}

/* Agents' notes: that there is one, how long, and its digest; what it says stays on the message. */
static void record_noted(struct recorder *recorder)
{
    json_object *control = message_triage(recorder->message, "control");

    for (size_t i = 0; i < json_length(control); i++) {
        json_object *line = json_object_array_get_idx(control, i);
        const char *verb = json_string(line, "verb");
        struct span note = span_of(json_string(line, "argument"));
        unsigned char digest[crypto_hash_sha256_BYTES];

        if (verb == NULL || strcmp(verb, "note") != 0)
            continue;
        crypto_hash_sha256(digest, (const unsigned char *)(note.length > 0 ? note.octets : ""),
                           note.length);
        detail_name(&recorder->details, "digest");
        buf_string(&recorder->details, "\"sha256-");
        buf_hex(&recorder->details, digest, sizeof(digest));
        buf_format(&recorder->details, "\",\"length\":%zu", note.length);
        record(recorder, "noted", "audit", recorder->site);
    }
}

static void record_bounced(struct recorder *recorder)
{
    detail_member(&recorder->details, "status", object_of(recorder->message, "kind"), "status");
    detail_member(&recorder->details, "ours", object_of(recorder->message, "case"), "ours");
    record(recorder, "bounced", "mail-parse", NULL);
}

static void record_errors(struct recorder *recorder)
{
    json_object *errors = message_triage(recorder->message, "errors");

    for (size_t i = 0; i < json_length(errors); i++) {
        json_object *error = json_object_array_get_idx(errors, i);
        const char *program = json_string(error, "program");

        detail_member(&recorder->details, "code", error, "code");
        record(recorder, "error", is_name(span_of(program)) ? program : audit.name, NULL);
    }
}

static int decide(struct filter_run *run, struct message *message)
{
    static const char *const states[] = {"opened", "joined", "reopened", "closed", NULL};
    static const char *const answers[] = {"answered", NULL};
    struct recorder recorder = {.run = run, .message = message};
    const char *kind = message_kind(message);
    const char *id = message_triage_string(message, "case", "id");

    if (is_name(span_of(id)))
        recorder.case_id = id;
    if (strcmp(kind, "agent") == 0) {
        const char *address = message_address(message, "from");
        const struct config_agent *agent =
            address != NULL ? config_agent_of(run->config, address) : NULL;

        recorder.site = agent != NULL ? agent->site : NULL;
    }
    record_received(&recorder);
    record_deduplicated(&recorder);
    record_change(&recorder, states);
    record_classified(&recorder);
    record_routed(&recorder);
    if (strcmp(kind, "agent") == 0)
        record_noted(&recorder);
    record_change(&recorder, answers);
    if (strcmp(kind, "bounce") == 0)
        record_bounced(&recorder);
    record_errors(&recorder);
    buf_release(&recorder.details);
    return recorder.code;
}

/* ---- around the stream ---------------------------------------------------------------------- */

static int open_audit(struct filter_run *run)
{
    struct audit *data = memory_take(sizeof(*data));
    const char *log = filter_value(run, "log");

    /* A run that was killed may have left rows that are not in the file yet. */
    *data = (struct audit){.path = log != NULL ? log : run->config->ledger, .pending = true};
    run->data = data;
    return 0;
}

/* Copies what was committed into the file. */
static void append(struct filter_run *run)
{
    struct audit *data = run->data;

    /* The rows of a dry run are in a copy of the store, which is dropped. */
    if (!data->pending || filter_value(run, "dry-run") != NULL)
        return;
    data->pending = false;
    ledger_catch_up(run->store, data->path);
}

static int act(struct filter_run *run, struct message *group, size_t count)
{
    (void)group;
    (void)count;
    append(run);
    return 0;
}

static int close_audit(struct filter_run *run)
{
    struct audit *data = run->data;

    if (data == NULL)
        return 0;
    /* Others may have committed since, who found the file's lock held by somebody now dead. */
    data->pending = true;
    append(run);
    free(data);
    run->data = NULL;
    return 0;
}

static const struct filter_option options[] = {
    {"log", 0, "FILE", "append to this ledger, not to that of the configuration"},
    {NULL, 0, NULL, NULL},
};

static const char *const none[] = {NULL};

const struct filter audit = {
    .name = "audit",
    .summary = "record the events of each message in the audit log, once each, and pass it on",
    .options = options,
    .flags = FILTER_EVENTS,
    .reads = none,
    .writes = none,
    .open = open_audit,
    .decide = decide,
    .act = act,
    .close = close_audit,
};
