/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "decision.h"

#include "diag.h"

/* Digest of the members that FILTER reads, as hexadecimal digits. */
static void digest(const struct filter *filter, struct message *message, char out[65])
{
    struct buf text = BUF_INIT;
    unsigned char hash[32];
    struct buf hex = BUF_INIT;

    for (size_t i = 0; filter->reads != NULL && filter->reads[i] != NULL; i++) {
        struct span json = message_triage_json(message, filter->reads[i]);

        buf_format(&text, "%s:%zu:", filter->reads[i], json.length);
        buf_span(&text, json);
    }
    digest_sha256(hash, buf_view(&text));
    buf_hex(&hex, hash, sizeof(hash));
    memcpy(out, buf_cstring(&hex), 65);
    buf_release(&hex);
    buf_release(&text);
}

static size_t error_count(struct message *message)
{
    return json_length(message_triage(message, "errors"));
}

/* The answer as one JSON object: members written, and errors added since there were BEFORE. */
static void write_answer(const struct filter *filter, struct message *message, size_t before,
                         struct buf *out)
{
    size_t after = error_count(message);
    const char *comma = "";

    buf_char(out, '{');
    for (size_t i = 0; filter->writes != NULL && filter->writes[i] != NULL; i++) {
        struct span json = message_triage_json(message, filter->writes[i]);

        if (json.length == 0)
            continue;
        buf_format(out, "%s\"%s\":", comma, filter->writes[i]);
        buf_span(out, json);
        comma = ",";
    }
    if (after > before) {
        json_object *errors = message_triage(message, "errors");

        buf_format(out, "%s\"errors\":[", comma);
        for (size_t i = before; i < after; i++) {
            if (i > before)
                buf_char(out, ',');
            json_write(out, json_object_array_get_idx(errors, i));
        }
        buf_char(out, ']');
    }
    buf_char(out, '}');
}

static void read_errors(struct message *message, json_object *errors)
{
    for (size_t i = 0; i < json_length(errors); i++) {
        json_object *error = json_object_array_get_idx(errors, i);

        message_error(message, json_string(error, "program"), json_string(error, "code"),
                      json_string(error, "message"));
    }
}

/* Puts a stored answer on the message. False when it cannot be read (then it is decided anew). */
static bool read_answer(const struct filter *filter, struct message *message, struct span answer)
{
    json_object *object = json_read(answer);

    if (object == NULL)
        return false;
    for (size_t i = 0; filter->writes != NULL && filter->writes[i] != NULL; i++) {
        json_object *value = json_member(object, filter->writes[i]);

        message_set(message, filter->writes[i], value != NULL ? json_object_get(value) : NULL);
    }
    read_errors(message, json_member(object, "errors"));
    json_object_put(object);
    return true;
}

int decision_apply(struct filter_run *run, struct message *message)
{
    const struct filter *filter = run->filter;
    struct buf answer = BUF_INIT;
    char read_digest[65];
    size_t before;
    int code;

    if (run->store == NULL || (filter->flags & FILTER_STORE) == 0)
        return filter->decide(run, message);
    digest(filter, message, read_digest);
    if (!run->again && store_decided(run->store, message_delivery(message), filter->name,
                                     read_digest, &answer, &code)) {
        bool usable = read_answer(filter, message, buf_view(&answer));

        buf_release(&answer);
        if (usable)
            return 0;
    } else if (!run->again && code != 0) {
        return code;
    }
    buf_clear(&answer);
    before = error_count(message);
    code = filter->decide(run, message);
    if (code == 0) {
        write_answer(filter, message, before, &answer);
        code = store_decide(run->store, message_delivery(message), filter->name, read_digest,
                            buf_view(&answer), message->received_at);
    }
    buf_release(&answer);
    return code;
}
