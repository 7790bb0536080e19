/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * autoreply: the acknowledgement of each message, or the reason why it gets none. lib/guard has the
 * reasons in their order, lib/reply makes the mail. Depends on the message and its triage, the
 * configuration, the templates, and on what was acknowledged before (lib/acknowledgements); never
 * on the clock.
 *
 * The mail becomes a row of the outbox, which only `deliver` sends. With --outbox it becomes a file
 * in a Maildir, for sites that send themselves: once, after the decision was committed.
 */
#include <stdlib.h>

#include "acknowledgements.h"
#include "calendar.h"
#include "diag.h"
#include "file.h"
#include "filters.h"
#include "guard.h"
#include "hours.h"
#include "outbox.h"
#include "promise.h"
#include "reply.h"

/* Characters of a customer's name and subject that we repeat. */
#define NAME_MAX_CHARACTERS 60
#define SUBJECT_MAX_CHARACTERS 100

static const struct filter_option options[] = {
    {"outbox", 0, "DIR", "write the mails into this Maildir instead of the store's outbox"},
    {NULL, 0, NULL, NULL}};

/* A mail for --outbox that waits for the commit. */
struct pending {
    const char *name;
    struct span mail;
};

/* What the filter keeps between messages. */
struct desk {
    struct arena arena;                /* own */
    struct reply_templates *templates; /* own */
    struct hours *hours;
    struct house_key key;
    const char *outbox;         /* argument of --outbox, or NULL */
    bool rehearsal;             /* --dry-run: nothing is written outside the copy */
    struct arena pending_arena; /* own: of what follows */
    struct pending *pending;
    size_t pending_count;
    size_t pending_capacity;
};

/* The message that is decided, and what the guard's questions found out about its answer. */
struct matter {
    struct filter_run *run;
    struct message *message;
    const char *case_id;
    const char *recipient;
    const struct config_brand *brand;
    const char *key; /* of the outbox row */
    const struct template *template;
    const char *template_id;
    int64_t promise;
};

/* ---- open and close -------------------------------------------------------------------------- */

static void release(struct desk *desk)
{
    reply_templates_close(desk->templates);
    arena_release(&desk->pending_arena);
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
    arena_init(&desk->pending_arena);
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

/* Whom we write as: the message's brand. A house with one brand needs no address to know it. */
static const struct config_brand *brand_of(const struct config *config, struct message *message)
{
    json_object *member = message_triage(message, "brand");
    const char *id = member != NULL && json_object_is_type(member, json_type_string)
                         ? json_object_get_string(member)
                         : NULL;

    if (id != NULL)
        return config_brand(config, id);
    return config->brand_count == 1 ? &config->brands[0] : NULL;
}

/* Whether nobody worked in the queue's calendar when the message came. */
static int was_closed(struct matter *matter, bool *closed)
{
    const struct config *config = matter->run->config;
    struct desk *desk = matter->run->data;
    const char *id = message_triage_string(matter->message, "route", "queue");
    const struct config_queue *queue = id != NULL ? config_queue(config, id) : NULL;
    const struct calendar *calendar = NULL;
    int code = queue != NULL ? hours_of(desk->hours, queue->calendar, &calendar) : 0;

    *closed = calendar != NULL && !calendar_is_open(calendar, matter->message->received_at);
    return code;
}

/*
 * The template: the fitting one, else the plain one, in the message's language; else in the
 * brand's; else in the house's. To be understood comes before to be exact.
 */
static int choose_template(struct matter *matter)
{
    const struct config *config = matter->run->config;
    struct desk *desk = matter->run->data;
    const char *category = message_triage_string(matter->message, "category", "id");
    const char *const languages[] = {message_triage_string(matter->message, "language", "tag"),
                                     matter->brand->language,
                                     config->language_count > 0 ? config->languages[0] : NULL};
    const char *names[] = {"acknowledge", "acknowledge"};
    bool closed;
    int code = was_closed(matter, &closed);

    if (category != NULL && strcmp(category, "complaint") == 0)
        names[0] = "acknowledge-complaint";
    else if (closed)
        names[0] = "acknowledge-closed";
    for (size_t i = 0; i < sizeof(languages) / sizeof(languages[0]); i++)
        for (size_t j = 0; code == 0 && matter->template == NULL && j < 2; j++)
            code = reply_template(desk->templates, names[j], languages[i], &matter->template,
                                  &matter->template_id);
    return code;
}

/* The deadline that is promised: of the first reply, else of the case. It must be to come. */
static bool find_promise(struct matter *matter)
{
    static const char *const members[] = {"firstReplyDue", "due"};
    struct date date;

    for (size_t i = 0; i < 2; i++) {
        const char *text = message_triage_string(matter->message, "route", members[i]);

        if (text != NULL && date_parse_rfc3339(span_of(text), &date) &&
            date.seconds > matter->message->received_at) {
            matter->promise = date.seconds;
            return true;
        }
    }
    return false;
}

static int answer_question(void *context, enum guard_question question, bool *yes)
{
    struct matter *matter = context;
    const struct config_replies *replies = &matter->run->config->replies;
    int64_t time = matter->message->received_at;
    const char *delivery = message_delivery(matter->message);
    int64_t count = 0;
    int code = 0;

    switch (question) {
    case GUARD_ACKNOWLEDGED:
        return acknowledgement_by_another(matter->run->store, matter->case_id, delivery, yes);
    case GUARD_CAPPED:
        code = acknowledgement_count(matter->run->store, matter->recipient, delivery,
                                     time - replies->cap_window, time, &count);
        *yes = count >= replies->cap_count;
        return code;
    case GUARD_NO_TEMPLATE:
        if (replies->enabled && matter->brand != NULL)
            code = choose_template(matter);
        *yes = matter->template == NULL;
        return code;
    case GUARD_NO_PROMISE:
        *yes = !find_promise(matter);
        return 0;
    }
    return diag(EX_SOFTWARE, message_where(matter->message), "the guard asks what nobody knows");
}

/* ---- the mail -------------------------------------------------------------------------------- */

static void add_text(json_object *object, const char *name, struct span text)
{
    json_object_object_add(object, name, json_object_new_string_len(text.octets, (int)text.length));
}

/* The name of whom we write to, when it looks like one. */
static struct span customer_name(struct matter *matter)
{
    json_object *from = message_property(matter->message, "from");
    struct span name;

    for (size_t i = 0; i < json_length(from); i++) {
        json_object *one = json_object_array_get_idx(from, i);

        if (!span_equal(json_string_span(one, "email"), span_of(matter->recipient)))
            continue;
        name = json_string_span(one, "name");
        if (memchr(name.length > 0 ? name.octets : "", '@', name.length) != NULL ||
            reply_advertises(name))
            break;
        return reply_line(&matter->message->arena, name, NAME_MAX_CHARACTERS);
    }
    return (struct span){"", 0};
}

static int write_promise(struct matter *matter, struct buf *words, struct buf *moment)
{
    const char *language = strrchr(matter->template_id, '.') + 1;
    struct date local;
    int code = zone_local(matter->brand->zone, matter->promise, &local);

    if (code != 0)
        return code;
    promise_words(words, language, local, matter->brand->zone);
    date_write_offset(moment, local);
    return 0;
}

/* What the template may use. */
static json_object *template_data(struct matter *matter, struct span promise)
{
    struct span subject = message_subject(matter->message);
    json_object *data = json_object_new_object();
    json_object *object = json_object_new_object();

    json_object_object_add(object, "id", json_object_new_string(matter->case_id));
    json_object_object_add(data, "case", object);
    object = json_object_new_object();
    add_text(object, "name",
             reply_line(&matter->message->arena, span_of(matter->brand->name), SIZE_MAX));
    add_text(object, "from", span_of(matter->brand->from));
    json_object_object_add(data, "brand", object);
    object = json_object_new_object();
    add_text(object, "name", customer_name(matter));
    json_object_object_add(data, "customer", object);
    object = json_object_new_object();
    add_text(object, "text", promise);
    json_object_object_add(data, "promise", object);
    if (reply_advertises(subject))
        subject.length = 0;
    add_text(data, "subject", reply_line(&matter->message->arena, subject, SUBJECT_MAX_CHARACTERS));
    return data;
}

/* An identifier of a list; empty when it is no text. */
static struct span id_at(json_object *list, size_t number)
{
    json_object *id = json_object_array_get_idx(list, number);

    return id != NULL && json_object_is_type(id, json_type_string)
               ? (struct span){json_object_get_string(id), (size_t)json_object_get_string_len(id)}
               : (struct span){"", 0};
}

/* Appends the mail to OUT; PROMISE are the promised time's words. */
static int write_mail(struct matter *matter, struct span promise, struct buf *out)
{
    struct message *message = matter->message;
    const struct desk *desk = matter->run->data;
    json_object *ids = message_property(message, "messageId");
    json_object *references = message_property(message, "references");
    size_t count = json_length(references);
    struct span *ancestors = arena_array(&message->arena, count, sizeof(*ancestors));
    struct span message_id = {"", 0};
    json_object *data = template_data(matter, promise);
    struct buf text = BUF_INIT;
    int code = template_render(&text, matter->template, data, NULL);

    json_object_put(data);
    if (json_length(ids) > 0)
        message_id = id_at(ids, 0);
    for (size_t i = 0; i < count; i++)
        ancestors[i] = id_at(references, i);
    if (code == 0)
        code = reply_write(out, &(struct reply){.brand = matter->brand,
                                                .key = &desk->key,
                                                .case_id = matter->case_id,
                                                .outbox_key = matter->key,
                                                .recipient = matter->recipient,
                                                .template = matter->template_id,
                                                .time = message->received_at,
                                                .message_id = message_id,
                                                .ancestors = ancestors,
                                                .ancestor_count = count,
                                                .text = buf_view(&text)});
    buf_release(&text);
    return code;
}

/* ---- what is kept ---------------------------------------------------------------------------- */

/* Keeps MAIL for `act`, which writes it when the decision is committed. */
static void keep_for_outbox(struct desk *desk, const struct matter *matter, struct span mail)
{
    struct buf name = BUF_INIT;

    if (desk->rehearsal)
        return;
    outbox_mail_name(&name, matter->key, matter->message->received_at);
    desk->pending = arena_grow(&desk->pending_arena, desk->pending, desk->pending_count,
                               &desk->pending_capacity, sizeof(*desk->pending));
    desk->pending[desk->pending_count++] = (struct pending){
        .name = arena_string(&desk->pending_arena, buf_cstring(&name)),
        .mail = {arena_copy(&desk->pending_arena, mail.octets, mail.length), mail.length}};
    buf_release(&name);
}

static int record(struct matter *matter, struct span mail)
{
    struct message *message = matter->message;
    struct desk *desk = matter->run->data;
    int code = acknowledgement_add(matter->run->store,
                                   &(struct acknowledgement){.case_id = matter->case_id,
                                                             .delivery = message_delivery(message),
                                                             .address = matter->recipient,
                                                             .template = matter->template_id,
                                                             .promised_by = matter->promise,
                                                             .time = message->received_at});

    if (code != 0)
        return code;
    if (desk->outbox != NULL) {
        keep_for_outbox(desk, matter, mail);
        return 0;
    }
    return outbox_insert(matter->run->store,
                         &(struct outbox_row){.key = matter->key,
                                              .kind = "ack",
                                              .state = "prepared",
                                              .delivery = message_delivery(message),
                                              .blob_id = message->blob_id,
                                              .case_id = matter->case_id,
                                              .template = matter->template_id,
                                              .mail_from = "",
                                              .recipient = matter->recipient,
                                              .message_time = message->received_at,
                                              .promised_by = matter->promise,
                                              .octets = mail},
                         NULL);
}

/* An earlier decision may have prepared a mail, which has not left yet. */
static int take_back(struct matter *matter)
{
    int code;

    if (matter->case_id == NULL)
        return 0;
    code = outbox_withdraw(matter->run->store, matter->key);
    if (code != 0 || store_changes(matter->run->store) == 0)
        return code;
    return acknowledgement_forget(matter->run->store, matter->case_id,
                                  message_delivery(matter->message));
}

/* ---- the filter ------------------------------------------------------------------------------ */

static int stay_silent(struct matter *matter, const char *why)
{
    json_object *member = json_object_new_object();

    json_object_object_add(member, "action", json_object_new_string("none"));
    json_object_object_add(member, "why", json_object_new_string(why));
    message_set(matter->message, "autoreply", member);
    return take_back(matter);
}

static int acknowledge(struct matter *matter)
{
    struct buf words = BUF_INIT;
    struct buf moment = BUF_INIT;
    struct buf mail = BUF_INIT;
    json_object *member;
    int code = write_promise(matter, &words, &moment);

    if (code == 0)
        code = write_mail(matter, buf_view(&words), &mail);
    if (code == 0)
        code = record(matter, buf_view(&mail));
    if (code == 0) {
        member = json_object_new_object();
        json_object_object_add(member, "action", json_object_new_string("acknowledge"));
        json_object_object_add(member, "template", json_object_new_string(matter->template_id));
        json_object_object_add(member, "promisedBy", json_object_new_string(buf_cstring(&moment)));
        message_set(matter->message, "autoreply", member);
    }
    buf_release(&words);
    buf_release(&moment);
    buf_release(&mail);
    return code;
}

static int decide(struct filter_run *run, struct message *message)
{
    const struct desk *desk = run->data;
    struct matter matter = {.run = run,
                            .message = message,
                            .case_id = message_triage_string(message, "case", "id"),
                            .recipient = guard_recipient(message),
                            .brand = brand_of(run->config, message)};
    const struct guard guard = {
        .config = run->config, .key = &desk->key, .ask = answer_question, .context = &matter};
    const char *why = NULL;
    int code;

    if (matter.case_id != NULL)
        matter.key =
            arena_format(&message->arena, "ack:%s:%s", matter.case_id, message_delivery(message));
    code = guard_check(&guard, message, &why);
    if (code != 0)
        return code;
    return why != NULL ? stay_silent(&matter, why) : acknowledge(&matter);
}

/* Writes the mails of --outbox. A file that is there already stays as it is. */
static int act(struct filter_run *run, struct message *group, size_t count)
{
    struct desk *desk = run->data;
    int code = 0;

    (void)group;
    (void)count;
    for (size_t i = 0; i < desk->pending_count && code == 0; i++)
        code = maildir_deliver(desk->outbox, desk->pending[i].name, desk->pending[i].mail);
    arena_clear(&desk->pending_arena);
    desk->pending = NULL;
    desk->pending_count = 0;
    desk->pending_capacity = 0;
    return code;
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
