/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * autoreply: the acknowledgement of each message, or the reason why it gets none. lib/guard has the
 * reasons in their order, lib/answer writes the mail. Depends on the message and its triage, the
 * configuration, the templates, and on what was acknowledged before (lib/acknowledgements); never
 * on the clock.
 *
 * The mail becomes a row of the outbox, which only `deliver` sends. With --outbox it becomes a file
 * in a Maildir, for sites that send themselves: once, after the decision was committed.
 */
#include <stdlib.h>

#include "acknowledgements.h"
#include "answer.h"
#include "diag.h"
#include "file.h"
#include "filters.h"
#include "guard.h"
#include "hours.h"
#include "outbox.h"
#include "pending.h"
#include "reply.h"

static const struct filter_option options[] = {
    {"outbox", 0, "DIR", "write the mails into this Maildir instead of the store's outbox"},
    {NULL, 0, NULL, NULL}};

/* What the filter keeps between messages. */
struct desk {
    struct arena arena;                /* own */
    struct reply_templates *templates; /* own */
    struct hours *hours;
    struct house_key key;
    const char *outbox;     /* argument of --outbox, or NULL */
    bool rehearsal;         /* --dry-run: nothing is written outside the copy */
    struct pending pending; /* own: mails for --outbox */
};

/* What the guard's questions are about: the answer that would be given. */
struct matter {
    struct filter_run *run;
    struct answer answer;
};

/* ---- open and close -------------------------------------------------------------------------- */

static void release(struct desk *desk)
{
    reply_templates_close(desk->templates);
    pending_release(&desk->pending);
    arena_release(&desk->arena);
    free(desk);
}

static int open_desk(struct filter_run *run)
{
    struct desk *desk = memory_take(sizeof(*desk));
    int code;

    *desk = (struct desk){.outbox = filter_value(run, "outbox"),
                          .rehearsal = filter_value(run, "dry-run") != NULL};
    arena_init(&desk->arena);
    pending_init(&desk->pending);
    desk->hours = hours_new(&desk->arena, run->config);
    desk->templates = reply_templates_open(run->config->replies.folder);
    code = house_key_load(run->config->key, &desk->key);
    if (code == 0 && desk->outbox != NULL && !desk->rehearsal)
        code = maildir_make(desk->outbox);
    if (code != 0) {
        release(desk);
        return code;
    }
    run->data = desk;
    return 0;
}

static int close_desk(struct filter_run *run)
{
    release(run->data);
    return 0;
}

/* ---- what the guard asks --------------------------------------------------------------------- */

static int answer_question(void *context, enum guard_question question, bool *yes)
{
    struct matter *matter = context;
    struct answer *answer = &matter->answer;
    const struct filter_run *run = matter->run;
    const struct config_replies *replies = &run->config->replies;
    const struct desk *desk = run->data;
    int64_t time = answer->message->received_at;
    const char *delivery = message_delivery(answer->message);
    int64_t count = 0;
    int code = 0;

    switch (question) {
    case GUARD_ACKNOWLEDGED:
        return acknowledgement_by_another(run->store, answer->case_id, delivery, yes);
    case GUARD_CAPPED:
        code = acknowledgement_count(run->store, answer->recipient, delivery,
                                     time - replies->cap_window, time, &count);
        *yes = count >= replies->cap_count;
        return code;
    case GUARD_NO_TEMPLATE:
        if (replies->enabled && answer->brand != NULL)
            code = answer_choose_template(answer, run->config, desk->hours, desk->templates);
        *yes = answer->template == NULL;
        return code;
    case GUARD_NO_PROMISE:
        *yes = !answer_find_promise(answer);
        return 0;
    }
    return diag(EX_SOFTWARE, message_where(answer->message), "the guard asks what nobody knows");
}

/* ---- what is kept ---------------------------------------------------------------------------- */

/* Notes the acknowledgement, and puts MAIL where it waits until it may leave. */
static int record(struct filter_run *run, const struct answer *answer, struct span mail)
{
    struct desk *desk = run->data;
    const char *delivery = message_delivery(answer->message);
    int64_t time = answer->message->received_at;
    int code =
        acknowledgement_add(run->store, &(struct acknowledgement){.case_id = answer->case_id,
                                                                  .delivery = delivery,
                                                                  .address = answer->recipient,
                                                                  .template = answer->template_id,
                                                                  .promised_by = answer->promise,
                                                                  .time = time});

    if (code != 0)
        return code;
    if (desk->outbox != NULL) {
        if (!desk->rehearsal)
            pending_add(&desk->pending, answer->key, time, mail);
        return 0;
    }
    return outbox_insert(run->store,
                         &(struct outbox_row){.key = answer->key,
                                              .kind = "ack",
                                              .state = "prepared",
                                              .delivery = delivery,
                                              .blob_id = answer->message->blob_id,
                                              .case_id = answer->case_id,
                                              .template = answer->template_id,
                                              .mail_from = "",
                                              .recipient = answer->recipient,
                                              .message_time = time,
                                              .promised_by = answer->promise,
                                              .octets = mail},
                         NULL);
}

/* An earlier decision may have prepared a mail, which has not left yet. */
static int take_back(struct filter_run *run, const struct answer *answer)
{
    int code;

    if (answer->case_id == NULL)
        return 0;
    code = outbox_withdraw(run->store, answer->key);
    if (code != 0 || store_changes(run->store) == 0)
        return code;
    return acknowledgement_forget(run->store, answer->case_id, message_delivery(answer->message));
}

/* ---- the filter ------------------------------------------------------------------------------ */

static int stay_silent(struct filter_run *run, const struct answer *answer, const char *why)
{
    json_object *member = json_object_new_object();

    json_object_object_add(member, "action", json_object_new_string("none"));
    json_object_object_add(member, "why", json_object_new_string(why));
    message_set(answer->message, "autoreply", member);
    return take_back(run, answer);
}

static int acknowledge(struct filter_run *run, const struct answer *answer)
{
    const struct desk *desk = run->data;
    struct buf mail = BUF_INIT;
    struct buf moment = BUF_INIT;
    json_object *member;
    int code = answer_write(answer, &desk->key, &mail, &moment);

    if (code == 0)
        code = record(run, answer, buf_view(&mail));
    if (code == 0) {
        member = json_object_new_object();
        json_object_object_add(member, "action", json_object_new_string("acknowledge"));
        json_object_object_add(member, "template", json_object_new_string(answer->template_id));
        json_object_object_add(member, "promisedBy", json_object_new_string(buf_cstring(&moment)));
        message_set(answer->message, "autoreply", member);
    }
    buf_release(&mail);
    buf_release(&moment);
    return code;
}

static int decide(struct filter_run *run, struct message *message)
{
    const struct desk *desk = run->data;
    struct matter matter = {.run = run,
                            .answer = {.message = message,
                                       .case_id = message_triage_string(message, "case", "id"),
                                       .recipient = guard_recipient(message),
                                       .brand = answer_brand(run->config, message)}};
    struct answer *answer = &matter.answer;
    const struct guard guard = {
        .config = run->config, .key = &desk->key, .ask = answer_question, .context = &matter};
    const char *why = NULL;
    int code;

    if (answer->case_id != NULL)
        answer->key =
            arena_format(&message->arena, "ack:%s:%s", answer->case_id, message_delivery(message));
    code = guard_check(&guard, message, &why);
    if (code != 0)
        return code;
    return why != NULL ? stay_silent(run, answer, why) : acknowledge(run, answer);
}

/* Writes the mails of --outbox, now that their decisions are committed. */
static int act(struct filter_run *run, struct message *group, size_t count)
{
    struct desk *desk = run->data;

    (void)group;
    (void)count;
    return pending_deliver(&desk->pending, desk->outbox);
}

static const char *const reads[] = {"envelope",   "brand",     "kind",     "language",  "courtesy",
                                    "case",       "duplicate", "category", "sensitive", "route",
                                    "redactions", "errors",    NULL};
static const char *const writes[] = {"autoreply", NULL};

const struct filter autoreply = {
    .name = "autoreply",
    .summary = "acknowledge each customer's message, or say why not",
    .options = options,
    .flags = FILTER_STORE,
    .reads = reads,
    .writes = writes,
    .open = open_desk,
    .decide = decide,
    .act = act,
    .close = close_desk,
};
