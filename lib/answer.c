/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "answer.h"

#include "calendar.h"
#include "promise.h"

/* Characters of a customer's name and subject that we repeat. */
#define NAME_MAX_CHARACTERS 60
#define SUBJECT_MAX_CHARACTERS 100

/* ---- the choice ------------------------------------------------------------------------------ */

/* A house with one brand needs no address to know it. */
const struct config_brand *answer_brand(const struct config *config, struct message *message)
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
static int was_closed(const struct answer *answer, const struct config *config, struct hours *hours,
                      bool *closed)
{
    const char *id = message_triage_string(answer->message, "route", "queue");
    const struct config_queue *queue = id != NULL ? config_queue(config, id) : NULL;
    const struct calendar *calendar = NULL;
    int code = queue != NULL ? hours_of(hours, queue->calendar, &calendar) : 0;

    *closed = calendar != NULL && !calendar_is_open(calendar, answer->message->received_at);
    return code;
}

/*
 * The template: the fitting one, else the plain one, in the message's language; else in the
 * brand's; else in the house's. To be understood comes before to be exact.
 */
int answer_choose_template(struct answer *answer, const struct config *config, struct hours *hours,
                           struct reply_templates *templates)
{
    const char *category = message_triage_string(answer->message, "category", "id");
    const char *const languages[] = {message_triage_string(answer->message, "language", "tag"),
                                     answer->brand->language,
                                     config->language_count > 0 ? config->languages[0] : NULL};
    const char *names[] = {"acknowledge", "acknowledge"};
    bool closed;
    int code = was_closed(answer, config, hours, &closed);

    if (category != NULL && strcmp(category, "complaint") == 0)
        names[0] = "acknowledge-complaint";
    else if (closed)
        names[0] = "acknowledge-closed";
    for (size_t i = 0; i < sizeof(languages) / sizeof(languages[0]); i++)
        for (size_t j = 0; code == 0 && answer->template == NULL && j < 2; j++)
            code = reply_template(templates, names[j], languages[i], &answer->template,
                                  &answer->template_id);
    return code;
}

bool answer_find_promise(struct answer *answer)
{
    static const char *const members[] = {"firstReplyDue", "due"};
    struct date date;

    for (size_t i = 0; i < 2; i++) {
        const char *text = message_triage_string(answer->message, "route", members[i]);

        if (text != NULL && date_parse_rfc3339(span_of(text), &date) &&
            date.seconds > answer->message->received_at) {
            answer->promise = date.seconds;
            return true;
        }
    }
    return false;
}

/* ---- the mail -------------------------------------------------------------------------------- */

static void add_text(json_object *object, const char *name, struct span text)
{
    json_object_object_add(object, name, json_object_new_string_len(text.octets, (int)text.length));
}

/* The name of whom we write to, when it looks like one. */
static struct span customer_name(const struct answer *answer)
{
    json_object *from = message_property(answer->message, "from");
    struct span name;

    for (size_t i = 0; i < json_length(from); i++) {
        json_object *one = json_object_array_get_idx(from, i);

        if (!span_equal(json_string_span(one, "email"), span_of(answer->recipient)))
            continue;
        name = json_string_span(one, "name");
        if (memchr(name.length > 0 ? name.octets : "", '@', name.length) != NULL ||
            reply_advertises(name))
            break;
        return reply_line(&answer->message->arena, name, NAME_MAX_CHARACTERS);
    }
    return (struct span){"", 0};
}

static int write_promise(const struct answer *answer, struct buf *words, struct buf *moment)
{
    const char *language = strrchr(answer->template_id, '.') + 1;
    struct date local;
    int code = zone_local(answer->brand->zone, answer->promise, &local);

    if (code != 0)
        return code;
    promise_words(words, language, local, answer->brand->zone);
    date_write_offset(moment, local);
    return 0;
}

/* What the template may use. */
static json_object *template_data(const struct answer *answer, struct span promise)
{
    struct span subject = message_subject(answer->message);
    json_object *data = json_object_new_object();
    json_object *object = json_object_new_object();

    json_object_object_add(object, "id", json_object_new_string(answer->case_id));
    json_object_object_add(data, "case", object);
    object = json_object_new_object();
    add_text(object, "name",
             reply_line(&answer->message->arena, span_of(answer->brand->name), SIZE_MAX));
    add_text(object, "from", span_of(answer->brand->from));
    json_object_object_add(data, "brand", object);
    object = json_object_new_object();
    add_text(object, "name", customer_name(answer));
    json_object_object_add(data, "customer", object);
    object = json_object_new_object();
    add_text(object, "text", promise);
    json_object_object_add(data, "promise", object);
    if (reply_advertises(subject))
        subject.length = 0;
    add_text(data, "subject", reply_line(&answer->message->arena, subject, SUBJECT_MAX_CHARACTERS));
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
static int write_mail(const struct answer *answer, const struct house_key *key, struct span promise,
                      struct buf *out)
{
    struct message *message = answer->message;
    json_object *ids = message_property(message, "messageId");
    json_object *references = message_property(message, "references");
    size_t count = json_length(references);
    struct span *ancestors = arena_array(&message->arena, count, sizeof(*ancestors));
    struct span message_id = {"", 0};
    json_object *data = template_data(answer, promise);
    struct buf text = BUF_INIT;
    int code = template_render(&text, answer->template, data, NULL);

    json_object_put(data);
    if (json_length(ids) > 0)
        message_id = id_at(ids, 0);
    for (size_t i = 0; i < count; i++)
        ancestors[i] = id_at(references, i);
    if (code == 0)
        code = reply_write(out, &(struct reply){.brand = answer->brand,
                                                .key = key,
                                                .case_id = answer->case_id,
                                                .outbox_key = answer->key,
                                                .recipient = answer->recipient,
                                                .template = answer->template_id,
                                                .time = message->received_at,
                                                .message_id = message_id,
                                                .ancestors = ancestors,
                                                .ancestor_count = count,
                                                .text = buf_view(&text)});
    buf_release(&text);
    return code;
}

int answer_write(const struct answer *answer, const struct house_key *key, struct buf *mail,
                 struct buf *moment)
{
    struct buf words = BUF_INIT;
    int code = write_promise(answer, &words, moment);

    if (code == 0)
        code = write_mail(answer, key, buf_view(&words), mail);
    buf_release(&words);
    return code;
}
