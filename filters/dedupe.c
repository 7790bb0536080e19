/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dedupe: the same mail, the same case, the same customer. Sets `case` and `duplicate`.
 */
#include <stdlib.h>

#include "date.h"
#include "diag.h"
#include "filters.h"
#include "fold.h"
#include "matching.h"

/* Texts of fewer words say too little alone ("ok, merci"): the subject must be the same too. */
#define SHORT_TEXT_WORDS 8

/* What is known of one message while it is decided. */
struct work {
    struct store *store;
    const struct house_key *key;
    struct message *message;
    const char *kind;
    struct writer writer;
    struct delivery delivery;
    bool known; /* this delivery was decided before */
    struct delivery before;
    const char *duplicate; /* how it repeats an earlier one, or NULL */
    struct earlier earlier;
    bool reused_id;
    bool ours; /* a bounce of mail that we sent, proven */
};

static int open_dedupe(struct filter_run *run)
{
    struct house_key *key = memory_take(sizeof(*key));
    int code = house_key_load(run->config->key, key);

    run->data = key;
    if (code != 0) {
        free(key);
        run->data = NULL;
    }
    return code;
}

static int close_dedupe(struct filter_run *run)
{
    free(run->data);
    return 0;
}

static bool is_kind(const struct work *work, const char *kind)
{
    return strcmp(work->kind, kind) == 0;
}

/* Digest of the folded new text, "" when there is none. */
static const char *text_digest(struct message *message)
{
    json_object *text = message_triage(message, "text");
    struct buf folded = BUF_INIT;
    char *digest;
    size_t words = 1;

    if (text == NULL || !json_object_is_type(text, json_type_string))
        return "";
    fold_text(&folded, (struct span){json_object_get_string(text),
                                     (size_t)json_object_get_string_len(text)});
    if (folded.length == 0) {
        buf_release(&folded);
        return "";
    }
    for (size_t i = 0; i < folded.length && words < SHORT_TEXT_WORDS; i++)
        words += folded.octets[i] == ' ';
    if (words < SHORT_TEXT_WORDS) {
        buf_char(&folded, '\n');
        subject_normalise(&folded, message_subject(message));
    }
    digest = arena_alloc(&message->arena, BLOB_ID_SIZE);
    blob_id(digest, buf_view(&folded));
    buf_release(&folded);
    return digest;
}

static const char *content_digest(struct message *message)
{
    struct span octets;
    char *digest = arena_alloc(&message->arena, BLOB_ID_SIZE);

    if (!message_octets(message, &octets))
        return message->blob_id; /* --no-raw: only the very same octets are a copy */
    copy_digest(digest, octets);
    return digest;
}

static const char *first_message_id(struct message *message)
{
    json_object *ids = message_property(message, "messageId");
    json_object *first = json_length(ids) > 0 ? json_object_array_get_idx(ids, 0) : NULL;

    return first != NULL && json_object_is_type(first, json_type_string)
               ? json_object_get_string(first)
               : NULL;
}

/*
 * A brand that is strict believes a sender only when the receiving server vouches for the domain of
 * his From: any stranger's own domain passes SPF or DKIM.
 */
static bool is_believed(const struct filter_run *run, struct message *message)
{
    json_object *id = message_triage(message, "brand");
    const struct config_brand *brand =
        id != NULL ? config_brand(run->config, json_object_get_string(id)) : NULL;

    return brand == NULL || !brand->strict ||
           json_true(message_triage(message, "trust"), "aligned");
}

static int find_out(struct filter_run *run, struct work *work)
{
    struct message *message = work->message;
    int code = 0;

    work->kind = message_kind(message);
    work->writer.address = message_address(message, "from");
    work->writer.is_agent = is_kind(work, "agent");
    work->writer.is_believed = is_believed(run, message);
    if (is_kind(work, "customer") && work->writer.address != NULL)
        code = customer_of(work->store, &message->arena, work->key, work->writer.address,
                           message->received_at, &work->writer.customer);
    work->delivery = (struct delivery){.key = message_delivery(message),
                                       .blob_id = message->blob_id,
                                       .content = content_digest(message),
                                       .message_id = first_message_id(message),
                                       .text = text_digest(message),
                                       .customer = work->writer.customer,
                                       .kind = work->kind,
                                       .received_at = message->received_at};
    if (code == 0)
        code = delivery_get(work->store, &message->arena, work->delivery.key, &work->known,
                            &work->before);
    return code;
}

/* The case of the earlier message is one of another brand's desk: nobody there sees this one. */
static int is_other_brand(struct work *work, bool *other)
{
    json_object *brand = message_triage(work->message, "brand");
    const char *own = brand != NULL ? json_object_get_string(brand) : "";
    struct case_row row;
    bool found;
    int code = case_get(work->store, &work->message->arena, work->earlier.case_id, &found, &row);

    *other = code == 0 && found && strcmp(row.brand != NULL ? row.brand : "", own) != 0;
    return code;
}

/* Is it an earlier message again? The order is that of formats.md. */
static int find_duplicate(struct work *work)
{
    struct arena *arena = &work->message->arena;
    const struct delivery *own = &work->delivery;
    bool found = false;
    int code = delivery_copy(work->store, arena, own->key, own->content, &found, &work->earlier);

    if (found)
        work->duplicate = "copy";
    if (code == 0 && !found && own->message_id != NULL) {
        code = delivery_same_id(work->store, arena, own->key, own->message_id, own->text, &found,
                                &work->earlier);
        if (found)
            work->duplicate = "message-id";
        else if (code == 0)
            code = delivery_id_reused(work->store, own->key, own->message_id, own->content,
                                      &work->reused_id);
    }
    if (code == 0 && !found && own->customer != NULL && own->text[0] != '\0') {
        code = delivery_same_text(work->store, arena, own->key, own->customer, own->text,
                                  own->received_at - work->message->config->duplicate_window,
                                  &found, &work->earlier);
        if (code == 0 && found) {
            bool other;

            code = is_other_brand(work, &other);
            found = !other;
        }
        if (found)
            work->duplicate = "text";
    }
    return code;
}

static json_object *new_object(void)
{
    json_object *object = json_object_new_object();

    if (object == NULL)
        diag_out_of_memory();
    return object;
}

static void set_duplicate(struct work *work)
{
    json_object *object;
    struct buf time = BUF_INIT;

    if (work->duplicate == NULL) {
        message_set(work->message, "duplicate", NULL);
        return;
    }
    object = new_object();
    date_write_utc(&time, work->earlier.received_at);
    json_object_object_add(object, "of", json_object_new_string(work->earlier.blob_id));
    json_object_object_add(object, "by", json_object_new_string(work->duplicate));
    json_object_object_add(object, "firstSeenAt", json_object_new_string(buf_cstring(&time)));
    message_set(work->message, "duplicate", object);
    buf_release(&time);
}

static void set_case(struct work *work, const struct case_row *row, const char *change,
                     const char *by, int64_t follow_up)
{
    json_object *object = new_object();

    json_object_object_add(object, "id", json_object_new_string(row->id));
    json_object_object_add(object, "change", json_object_new_string(change));
    json_object_object_add(object, "by", json_object_new_string(by));
    if (follow_up > 0)
        json_object_object_add(object, "followUp", json_object_new_int64(follow_up));
    if (row->customer != NULL)
        json_object_object_add(object, "customer", json_object_new_string(row->customer));
    json_object_object_add(object, "state", json_object_new_string(row->state));
    if (row->linked != NULL && strcmp(change, "opened") == 0)
        json_object_object_add(object, "linked", json_object_new_string(row->linked));
    if (work->reused_id)
        json_object_object_add(object, "reusedMessageId", json_object_new_boolean(true));
    if (work->ours)
        json_object_object_add(object, "ours", json_object_new_boolean(true));
    message_set(work->message, "case", object);
}

/* The last verb of an agent's control lines that is ours to obey, or NULL. */
static const char *control_verb(struct message *message)
{
    json_object *list = message_triage(message, "control");
    const char *found = NULL;

    for (size_t i = 0; i < json_length(list); i++) {
        const char *verb = json_string(json_object_array_get_idx(list, i), "verb");

        if (verb != NULL && (strcmp(verb, "close") == 0 || strcmp(verb, "reopen") == 0))
            found = verb;
    }
    return found;
}

/* What a message that joins does to the case; returns `change`. */
static const char *join(struct work *work, struct case_row *row, int64_t *follow_up)
{
    bool was_closed = strcmp(row->state, "closed") == 0;
    const char *verb;

    if (work->duplicate != NULL)
        return "joined"; /* the first one did what there was to do, an agent's too */
    if (work->writer.is_agent) {
        verb = control_verb(work->message);
        row->state = verb == NULL ? "answered" : strcmp(verb, "close") == 0 ? "closed" : "open";
        return verb == NULL ? "answered" : strcmp(verb, "close") == 0 ? "closed" : "reopened";
    }
    if (!is_kind(work, "customer") || message_triage_true(work->message, "courtesy"))
        return "joined"; /* reopens nothing, is no follow-up */
    row->follow_ups++;
    *follow_up = row->follow_ups;
    row->state = "open";
    return was_closed ? "reopened" : "joined";
}

static int join_case(struct work *work, struct case_row *row, const char *by)
{
    int64_t follow_up = 0;
    const char *change = join(work, row, &follow_up);
    int code;

    if (work->message->received_at > row->changed_at)
        row->changed_at = work->message->received_at;
    code = case_put(work->store, row);
    work->delivery.case_id = arena_string(&work->message->arena, row->id);
    set_case(work, row, change, by, follow_up);
    return code;
}

static int open_case(struct work *work, const char *linked)
{
    struct message *message = work->message;
    json_object *brand = message_triage(message, "brand");
    struct buf subject = BUF_INIT;
    struct case_row row = {.brand = brand != NULL ? json_object_get_string(brand) : NULL,
                           .customer = work->writer.customer,
                           .state = "open",
                           .opened_at = message->received_at,
                           .changed_at = message->received_at,
                           .linked = linked};
    int code = case_new_id(work->store, work->key, message->blob_id, row.id);

    subject_normalise(&subject, message_subject(message));
    row.subject = buf_cstring(&subject);
    if (code == 0)
        code = case_put(work->store, &row);
    if (code == 0 && work->writer.address != NULL)
        code = party_add(work->store, row.id, work->writer.address);
    work->delivery.case_id = arena_string(&message->arena, row.id);
    set_case(work, &row, "opened", linked != NULL ? "linked" : "new", 0);
    buf_release(&subject);
    return code;
}

/* The case of an earlier message, or of this delivery before a rule was mended. */
static int join_known(struct work *work, const char *id, const char *by, bool *joined)
{
    struct case_row row;
    int code;

    *joined = false;
    if (id == NULL)
        return 0;
    code = case_get(work->store, &work->message->arena, id, joined, &row);
    return code == 0 && *joined ? join_case(work, &row, by) : code;
}

static int find_case(struct work *work)
{
    struct match match;
    bool joined = false;
    int code = 0;

    message_set(work->message, "case", NULL);
    if (is_kind(work, "spam") || is_kind(work, "bulk"))
        return 0;
    if (work->duplicate != NULL)
        code = join_known(work, work->earlier.case_id, work->duplicate, &joined);
    if (code != 0 || joined || (work->duplicate != NULL && strcmp(work->duplicate, "text") != 0))
        return code;
    if (is_kind(work, "bounce") || is_kind(work, "feedback-report"))
        code = match_bounce(work->store, work->key, work->message, &match);
    else
        code = match_case(work->store, work->key, work->message, &work->writer, &match);
    if (code != 0)
        return code;
    work->ours = match.ours;
    if (match.found)
        return join_case(work, &match.row, match.by);
    return is_kind(work, "customer") ? open_case(work, match.linked) : 0;
}

/*
 * A delivery that was decided before and is decided anew (a rule was mended) stays in its case, and
 * counts nothing twice.
 */
static int decide_again(struct filter_run *run, struct work *work)
{
    struct buf answer = BUF_INIT;
    int code;

    if (store_decided(work->store, work->delivery.key, run->filter->name, NULL, &answer, &code)) {
        json_object *object = json_read(buf_view(&answer));
        json_object *value = json_member(object, "case");

        message_set(work->message, "case", value != NULL ? json_object_get(value) : NULL);
        value = json_member(object, "duplicate");
        message_set(work->message, "duplicate", value != NULL ? json_object_get(value) : NULL);
        json_object_put(object);
    } else if (code == 0 && work->before.case_id != NULL) {
        /* The decision has expired, the case has not. */
        struct case_row row;
        bool found;

        code = case_get(work->store, &work->message->arena, work->before.case_id, &found, &row);
        if (code == 0 && found)
            set_case(work, &row, "joined", "delivery", 0);
    }
    buf_release(&answer);
    return code;
}

static int decide(struct filter_run *run, struct message *message)
{
    struct work work = {.store = run->store, .key = run->data, .message = message};
    int code = find_out(run, &work);

    if (code != 0)
        return code;
    if (work.known && strcmp(work.before.kind, work.kind) == 0)
        return decide_again(run, &work);
    code = find_duplicate(&work);
    if (code == 0) {
        set_duplicate(&work);
        code = find_case(&work);
    }
    if (code == 0)
        code = delivery_put(work.store, &work.delivery);
    if (code == 0 && work.delivery.case_id != NULL && work.delivery.message_id != NULL)
        code = case_add_message_id(work.store, work.delivery.message_id, message->blob_id,
                                   work.delivery.case_id);
    return code;
}

static const char *const reads[] = {"envelope", "brand",   "kind", "courtesy",
                                    "trust",    "control", NULL};
static const char *const writes[] = {"case", "duplicate", NULL};

const struct filter dedupe = {.name = "dedupe",
                              .summary = "find the same mail, the same case, the same customer",
                              .flags = FILTER_STORE,
                              .reads = reads,
                              .writes = writes,
                              .open = open_dedupe,
                              .decide = decide,
                              .close = close_dedupe};
