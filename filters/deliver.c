/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * deliver: the only program that acts on the outside. It takes each message (its route and the
 * replies that were prepared for it become rows of the outbox that may leave), then sends.
 */
#include "block.h"
#include "event.h"
#include "filters.h"
#include "ledger.h"
#include "sending.h"

static const struct filter_option options[] = {
    {"pass", 0, NULL, "pass the stream on: whoever reads it files the mail; send replies only"},
    {"due", 0, NULL, "no stream: send what has fallen due (for cron)"},
    {"list", 0, NULL, "no stream: show what the outbox holds"},
    {"all", 0, NULL, "with --list: also what was sent or given up"},
    {NULL, 0, NULL, NULL}};

static int instead(struct filter_run *run, bool *done)
{
    int code;

    if (filter_value(run, "list") != NULL) {
        *done = true;
        return sending_list(run->store, filter_value(run, "all") != NULL);
    }
    if (filter_value(run, "due") == NULL)
        return 0;
    *done = true;
    code = sending_expire(run->store, run->config);
    return code != 0 ? code : sending_run(run->store, run->config);
}

/* Why MESSAGE must not leave the house, or NULL. escalate saw to it; this is the last look. */
static const char *must_stay(struct message *message, const struct config_queue *queue)
{
    if (message_triage_true(message, "sensitive"))
        return "sensitive";
    if (message_triage_json(message, "errors").length > 2)
        return message_limit_hit(message) ? "limit" : "error";
    if (queue->redact && message_triage_json(message, "redactions").length == 0)
        return "not-redacted";
    if (strcmp(message_kind(message), "spam") == 0)
        return "spam";
    return NULL;
}

static int record_stay(struct filter_run *run, struct message *message, const char *why)
{
    const struct event event = {
        .time = message->received_at,
        .name = "error",
        .about = message_delivery(message),
        .case_id = message_triage_string(message, "case", "id"),
        .blob_id = message->blob_id,
        .program = "deliver",
        .details =
            span_of(arena_format(&message->arena, "\"code\":\"must-stay\",\"why\":\"%s\"", why))};

    return event_add(run->store, &event, NULL);
}

/* The queue that MESSAGE goes to: that of its route, unless it must stay in the house. */
static int choose_queue(struct filter_run *run, struct message *message,
                        const struct config_queue **queue)
{
    const char *id = message_triage_string(message, "route", "queue");
    const char *why;

    *queue = id != NULL ? config_queue(run->config, id) : NULL;
    if (*queue == NULL) {
        *queue = run->config->special.in_house;
        return record_stay(run, message, id != NULL ? "unknown-queue" : "no-route");
    }
    why = (*queue)->outside ? must_stay(message, *queue) : NULL;
    if (why == NULL)
        return 0;
    *queue = run->config->special.in_house;
    return record_stay(run, message, why);
}

static int decide(struct filter_run *run, struct message *message)
{
    const struct config_queue *queue = NULL;
    struct buf content = BUF_INIT;
    int code = 0;

    if (!run->passing) {
        code = choose_queue(run, message, &queue);
        if (code == 0)
            code = queue->outside ? block_write_outside(message, &content)
                                  : block_write(message, &content);
    }
    if (code == 0)
        code = sending_take(run->store, message, queue, buf_view(&content));
    buf_release(&content);
    return code;
}

static int act(struct filter_run *run, struct message *group, size_t count)
{
    int code;

    (void)group;
    (void)count;
    code = sending_run(run->store, run->config);
    ledger_catch_up(run->store, run->config->ledger);
    return code;
}

const struct filter deliver = {.name = "deliver",
                               .summary =
                                   "hand mail to its queues and send what was prepared for it",
                               .options = options,
                               .flags = FILTER_EVENTS | FILTER_SINK,
                               .decide = decide,
                               .instead = instead,
                               .act = act};
