/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matching.h"

#include "diag.h"
#include "fold.h"

/* Marks of ours that one mail may bear; more are not looked at. */
#define MARKS_MAX 32

struct marks {
    struct house_mark items[MARKS_MAX];
    size_t count;
};

static void add_mark(struct marks *marks, const struct house_mark *mark)
{
    if (marks->count < MARKS_MAX)
        marks->items[marks->count++] = *mark;
}

/* Reply addresses in a property that lists addresses. */
static void add_addresses(struct marks *marks, json_object *list)
{
    struct house_mark mark;

    for (size_t i = 0; i < json_length(list); i++)
        if (house_reply_address_read(json_string_span(json_object_array_get_idx(list, i), "email"),
                                     &mark))
            add_mark(marks, &mark);
}

/* The strings of a property that lists message ids, newest last; NULL ends the array. */
static const char **message_ids(struct message *message, const char *property)
{
    json_object *list = message_property(message, property);
    size_t count = json_length(list);
    const char **ids = arena_array(&message->arena, count + 1, sizeof(*ids));
    size_t kept = 0;

    for (size_t i = 0; i < count; i++)
        if (json_object_is_type(json_object_array_get_idx(list, i), json_type_string))
            ids[kept++] = json_object_get_string(json_object_array_get_idx(list, i));
    return ids;
}

/* All marks of ours on MESSAGE: envelope, To, Cc, In-Reply-To, References, subject. */
static void collect(struct message *message, struct marks *marks)
{
    static const char *const properties[] = {"inReplyTo", "references"};
    const char *recipient = message_recipient(message);
    struct house_mark mark;

    marks->count = 0;
    if (recipient != NULL && house_reply_address_read(span_of(recipient), &mark))
        add_mark(marks, &mark);
    add_addresses(marks, message_property(message, "to"));
    add_addresses(marks, message_property(message, "cc"));
    for (size_t i = 0; i < 2; i++)
        for (const char **id = message_ids(message, properties[i]); *id != NULL; id++)
            if (house_message_id_read(span_of(*id), &mark))
                add_mark(marks, &mark);
    memset(&mark, 0, sizeof(mark));
    if (house_subject_tag(message_subject(message), mark.case_id))
        add_mark(marks, &mark);
}

/* WRITER may join the case ID. */
static int may_join(struct store *store, const struct writer *writer, const char *id, bool *may)
{
    *may = false;
    if (writer->address == NULL || !writer->is_believed)
        return 0;
    if (writer->is_agent) {
        *may = true;
        return 0;
    }
    return party_is(store, id, writer->address, may);
}

/*
 * match->row is a case that the message points to, if it EXISTS: found when WRITER may join it,
 * else the one that a new case is linked to, if it is the first.
 */
static int settle(struct store *store, struct message *message, const struct writer *writer,
                  bool exists, const char *by, struct match *match)
{
    int code;

    match->by = by;
    if (!exists)
        return 0;
    code = may_join(store, writer, match->row.id, &match->found);
    if (!match->found && match->linked == NULL)
        match->linked = arena_string(&message->arena, match->row.id);
    return code;
}

/* The key on a mark is the one that was sent to the writer. */
static bool is_own_key(const struct house_key *key, const struct house_mark *mark,
                       const char *address)
{
    char expected[REPLY_KEY_SIZE];

    if (mark->key[0] == '\0' || address == NULL)
        return false;
    reply_key(expected, key, mark->case_id, span_of(address));
    return reply_key_equal(expected, mark->key);
}

static int match_marks(struct store *store, const struct house_key *key, struct message *message,
                       const struct writer *writer, struct match *match)
{
    struct marks marks;
    int code = 0;

    collect(message, &marks);
    for (size_t i = 0; code == 0 && !match->found && i < marks.count; i++) {
        if (!is_own_key(key, &marks.items[i], writer->address))
            continue;
        code = case_get(store, &message->arena, marks.items[i].case_id, &match->found, &match->row);
        match->by = "reply-key";
    }
    for (size_t i = 0; code == 0 && !match->found && i < marks.count; i++) {
        bool exists = false;

        code = case_get(store, &message->arena, marks.items[i].case_id, &exists, &match->row);
        if (code == 0)
            code = settle(store, message, writer, exists, "id", match);
    }
    return code;
}

static int match_references(struct store *store, struct message *message,
                            const struct writer *writer, struct match *match)
{
    static const char *const properties[] = {"inReplyTo", "references"};
    int code = 0;

    for (size_t i = 0; i < 2 && code == 0 && !match->found; i++) {
        const char **ids = message_ids(message, properties[i]);
        size_t count = 0;

        while (ids[count] != NULL)
            count++;
        /* The nearest ancestor stands last. */
        while (code == 0 && !match->found && count-- > 0) {
            bool exists = false;

            code = case_by_message_id(store, &message->arena, ids[count], &exists, &match->row);
            if (code == 0)
                code = settle(store, message, writer, exists, "references", match);
        }
    }
    return code;
}

static int match_subject(struct store *store, struct message *message, const struct writer *writer,
                         struct match *match)
{
    struct buf subject = BUF_INIT;
    int64_t since = message->received_at - message->config->case_window;
    json_object *brand = message_triage(message, "brand");
    int code = 0;

    subject_normalise(&subject, message_subject(message));
    if (subject.length > 0)
        code = case_by_subject(store, &message->arena, writer->customer,
                               brand != NULL ? json_object_get_string(brand) : NULL,
                               buf_cstring(&subject), since, &match->found, &match->row);
    match->by = "subject";
    buf_release(&subject);
    return code;
}

int match_case(struct store *store, const struct house_key *key, struct message *message,
               const struct writer *writer, struct match *match)
{
    int code;

    memset(match, 0, sizeof(*match));
    code = match_marks(store, key, message, writer, match);
    if (code == 0 && !match->found)
        code = match_references(store, message, writer, match);
    /* Who pointed to a case of somebody else did not mean his own of the same subject. */
    if (code == 0 && !match->found && match->linked == NULL && writer->customer != NULL &&
        writer->is_believed)
        code = match_subject(store, message, writer, match);
    if (match->found)
        match->linked = NULL;
    return code;
}

/* The mark's key was sent to one of LIST, a member of a bounce that names addresses. */
static bool is_key_of(const struct house_key *key, const struct house_mark *mark, json_object *list)
{
    for (size_t i = 0; i < json_length(list); i++) {
        json_object *address = json_object_array_get_idx(list, i);

        if (json_object_is_type(address, json_type_string) &&
            is_own_key(key, mark, json_object_get_string(address)))
            return true;
    }
    return false;
}

/*
 * The mark's key was sent to one of the addresses that a bounce says failed, or that the returned
 * mail was for, or to a party.
 */
static int is_returned_key(struct store *store, const struct house_key *key,
                           struct message *message, const struct house_mark *mark, bool *is)
{
    json_object *kind = message_triage(message, "kind");
    const char **parties;
    size_t count;
    int code;

    *is = is_key_of(key, mark, json_member(kind, "recipients")) ||
          is_key_of(key, mark, json_member(kind, "returnedTo"));
    if (*is)
        return 0;
    code = party_list(store, &message->arena, mark->case_id, &parties, &count);
    for (size_t i = 0; code == 0 && i < count; i++)
        *is = *is || is_own_key(key, mark, parties[i]);
    return code;
}

/* The mark of a bounce: of the returned Message-ID, else of an address the returned mail is from.
 */
static bool returned_mark(struct message *message, const char *returned, struct house_mark *mark)
{
    json_object *list = json_member(message_triage(message, "kind"), "returnedFrom");

    if (returned != NULL && house_message_id_read(span_of(returned), mark))
        return true;
    for (size_t i = 0; i < json_length(list); i++) {
        json_object *address = json_object_array_get_idx(list, i);

        if (json_object_is_type(address, json_type_string) &&
            house_reply_address_read(span_of(json_object_get_string(address)), mark))
            return true;
    }
    return false;
}

int match_bounce(struct store *store, const struct house_key *key, struct message *message,
                 struct match *match)
{
    const char *returned = message_triage_string(message, "kind", "returned");
    struct house_mark mark;
    int code;

    memset(match, 0, sizeof(*match));
    match->by = "bounce";
    if (!returned_mark(message, returned, &mark))
        return returned != NULL ? case_by_message_id(store, &message->arena, returned,
                                                     &match->found, &match->row)
                                : 0;
    code = is_returned_key(store, key, message, &mark, &match->ours);
    if (code == 0 && match->ours)
        code = case_get(store, &message->arena, mark.case_id, &match->found, &match->row);
    return code;
}
