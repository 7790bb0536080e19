/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases.h"

#include "diag.h"

/* Column as a string in ARENA; NULL when it is null. */
static const char *string(struct arena *arena, struct store_statement *statement, int column)
{
    struct span text;

    if (store_is_null(statement, column))
        return NULL;
    text = store_text(statement, column);
    return arena_copy(arena, text.octets, text.length);
}

/* Ends a statement of at most one row whose step was STEP. */
static int ended(struct store_statement *statement, int step)
{
    store_reset(statement);
    return step < 0 ? EX_TEMPFAIL : 0;
}

/* ---- deliveries --------------------------------------------------------------------------------
 */

int delivery_get(struct store *store, struct arena *arena, const char *key, bool *found,
                 struct delivery *row)
{
    struct store_statement *statement =
        store_prepare(store, "SELECT blob_id, content, message_id, text, customer, case_id, kind,"
                             " received_at FROM delivery WHERE key = ?1");
    int step;

    store_bind_string(statement, 1, key);
    step = store_step(statement);
    *found = step == 1;
    if (*found)
        *row = (struct delivery){.key = key,
                                 .blob_id = string(arena, statement, 0),
                                 .content = string(arena, statement, 1),
                                 .message_id = string(arena, statement, 2),
                                 .text = string(arena, statement, 3),
                                 .customer = string(arena, statement, 4),
                                 .case_id = string(arena, statement, 5),
                                 .kind = string(arena, statement, 6),
                                 .received_at = store_integer(statement, 7)};
    return ended(statement, step);
}

int delivery_put(struct store *store, const struct delivery *row)
{
    struct store_statement *statement = store_prepare(
        store, "INSERT OR REPLACE INTO delivery (key, blob_id, content, message_id, text, customer,"
               " case_id, kind, received_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");

    store_bind_string(statement, 1, row->key);
    store_bind_string(statement, 2, row->blob_id);
    store_bind_string(statement, 3, row->content);
    store_bind_string(statement, 4, row->message_id);
    store_bind_string(statement, 5, row->text);
    store_bind_string(statement, 6, row->customer);
    store_bind_string(statement, 7, row->case_id);
    store_bind_string(statement, 8, row->kind);
    store_bind_integer(statement, 9, row->received_at);
    return store_run(statement);
}

/* Steps a statement that gives key, blob_id, case_id, received_at of an earlier delivery. */
static int read_earlier(struct arena *arena, struct store_statement *statement, bool *found,
                        struct earlier *earlier)
{
    int step = store_step(statement);

    *found = step == 1;
    if (*found)
        *earlier = (struct earlier){.key = string(arena, statement, 0),
                                    .blob_id = string(arena, statement, 1),
                                    .case_id = string(arena, statement, 2),
                                    .received_at = store_integer(statement, 3)};
    return ended(statement, step);
}

int delivery_copy(struct store *store, struct arena *arena, const char *key, const char *content,
                  bool *found, struct earlier *earlier)
{
    struct store_statement *statement =
        store_prepare(store, "SELECT key, blob_id, case_id, received_at FROM delivery"
                             " WHERE content = ?1 AND key <> ?2 ORDER BY received_at, key LIMIT 1");

    store_bind_string(statement, 1, content);
    store_bind_string(statement, 2, key);
    return read_earlier(arena, statement, found, earlier);
}

int delivery_same_id(struct store *store, struct arena *arena, const char *key,
                     const char *message_id, const char *text, bool *found, struct earlier *earlier)
{
    struct store_statement *statement =
        store_prepare(store, "SELECT key, blob_id, case_id, received_at FROM delivery"
                             " WHERE message_id = ?1 AND text = ?2 AND key <> ?3"
                             " ORDER BY received_at, key LIMIT 1");

    store_bind_string(statement, 1, message_id);
    store_bind_string(statement, 2, text);
    store_bind_string(statement, 3, key);
    return read_earlier(arena, statement, found, earlier);
}

int delivery_same_text(struct store *store, struct arena *arena, const char *key,
                       const char *customer, const char *text, int64_t since, bool *found,
                       struct earlier *earlier)
{
    struct store_statement *statement = store_prepare(
        store, "SELECT key, blob_id, case_id, received_at FROM delivery WHERE customer = ?1"
               " AND text = ?2 AND received_at >= ?3 AND key <> ?4 AND kind = 'customer'"
               " AND case_id IS NOT NULL ORDER BY received_at, key LIMIT 1");

    store_bind_string(statement, 1, customer);
    store_bind_string(statement, 2, text);
    store_bind_integer(statement, 3, since);
    store_bind_string(statement, 4, key);
    return read_earlier(arena, statement, found, earlier);
}

int delivery_id_reused(struct store *store, const char *key, const char *message_id,
                       const char *content, bool *reused)
{
    struct store_statement *statement =
        store_prepare(store, "SELECT 1 FROM delivery WHERE message_id = ?1 AND content <> ?2"
                             " AND key <> ?3 LIMIT 1");
    int step;

    store_bind_string(statement, 1, message_id);
    store_bind_string(statement, 2, content);
    store_bind_string(statement, 3, key);
    step = store_step(statement);
    *reused = step == 1;
    return ended(statement, step);
}

/* ---- cases -------------------------------------------------------------------------------------
 */

/* Steps a statement that gives the columns of a case. */
static int read_case(struct arena *arena, struct store_statement *statement, bool *found,
                     struct case_row *row)
{
    int step = store_step(statement);

    *found = step == 1;
    if (*found) {
        struct span id = store_text(statement, 0);

        *row = (struct case_row){.brand = string(arena, statement, 1),
                                 .customer = string(arena, statement, 2),
                                 .subject = string(arena, statement, 3),
                                 .state = string(arena, statement, 4),
                                 .opened_at = store_integer(statement, 5),
                                 .changed_at = store_integer(statement, 6),
                                 .follow_ups = store_integer(statement, 7),
                                 .linked = string(arena, statement, 8)};
        memcpy(row->id, id.octets, id.length < CASE_ID_SIZE ? id.length : CASE_ID_SIZE - 1);
    }
    return ended(statement, step);
}

int case_get(struct store *store, struct arena *arena, const char *id, bool *found,
             struct case_row *row)
{
    struct store_statement *statement =
        store_prepare(store, "SELECT id, brand, customer, subject, state, opened_at, changed_at,"
                             " follow_ups, linked FROM cases WHERE id = ?1");

    store_bind_string(statement, 1, id);
    return read_case(arena, statement, found, row);
}

int case_new_id(struct store *store, const struct house_key *key, const char *blob_id,
                char id[CASE_ID_SIZE])
{
    struct store_statement *statement = store_prepare(store, "SELECT 1 FROM cases WHERE id = ?1");
    int step = 1;

    for (unsigned retry = 0; step == 1; retry++) {
        case_id(id, key, blob_id, retry);
        store_bind_string(statement, 1, id);
        step = store_step(statement);
        store_reset(statement);
    }
    return step < 0 ? EX_TEMPFAIL : 0;
}

int case_put(struct store *store, const struct case_row *row)
{
    struct store_statement *statement = store_prepare(
        store, "INSERT OR REPLACE INTO cases (id, brand, customer, subject, state, opened_at,"
               " changed_at, follow_ups, linked) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");

    store_bind_string(statement, 1, row->id);
    store_bind_string(statement, 2, row->brand);
    store_bind_string(statement, 3, row->customer);
    store_bind_string(statement, 4, row->subject);
    store_bind_string(statement, 5, row->state);
    store_bind_integer(statement, 6, row->opened_at);
    store_bind_integer(statement, 7, row->changed_at);
    store_bind_integer(statement, 8, row->follow_ups);
    store_bind_string(statement, 9, row->linked);
    return store_run(statement);
}

int case_by_subject(struct store *store, struct arena *arena, const char *customer,
                    const char *brand, const char *subject, int64_t since, bool *found,
                    struct case_row *row)
{
    struct store_statement *statement =
        store_prepare(store, "SELECT id, brand, customer, subject, state, opened_at, changed_at,"
                             " follow_ups, linked FROM cases WHERE customer = ?1 AND subject = ?2"
                             " AND changed_at >= ?3 AND coalesce(brand, '') = ?4"
                             " ORDER BY changed_at DESC, id LIMIT 1");

    store_bind_string(statement, 1, customer);
    store_bind_string(statement, 2, subject);
    store_bind_integer(statement, 3, since);
    store_bind_string(statement, 4, brand != NULL ? brand : "");
    return read_case(arena, statement, found, row);
}

int case_by_message_id(struct store *store, struct arena *arena, const char *message_id,
                       bool *found, struct case_row *row)
{
    struct store_statement *statement =
        store_prepare(store, "SELECT c.id, c.brand, c.customer, c.subject, c.state, c.opened_at,"
                             " c.changed_at, c.follow_ups, c.linked FROM message_id m"
                             " JOIN cases c ON c.id = m.case_id WHERE m.message_id = ?1"
                             " ORDER BY c.opened_at, c.id LIMIT 1");

    store_bind_string(statement, 1, message_id);
    return read_case(arena, statement, found, row);
}

int case_add_message_id(struct store *store, const char *message_id, const char *blob_id,
                        const char *case_id)
{
    struct store_statement *statement =
        store_prepare(store, "INSERT INTO message_id (message_id, blob_id, case_id)"
                             " VALUES (?1, ?2, ?3) ON CONFLICT (message_id, blob_id) DO NOTHING");

    store_bind_string(statement, 1, message_id);
    store_bind_string(statement, 2, blob_id);
    store_bind_string(statement, 3, case_id);
    return store_run(statement);
}

/* ---- parties and customers ---------------------------------------------------------------------
 */

int party_add(struct store *store, const char *case_id, const char *address)
{
    struct store_statement *statement =
        store_prepare(store, "INSERT INTO party (case_id, address) VALUES (?1, ?2)"
                             " ON CONFLICT (case_id, address) DO NOTHING");

    store_bind_string(statement, 1, case_id);
    store_bind_string(statement, 2, address);
    return store_run(statement);
}

int party_is(struct store *store, const char *case_id, const char *address, bool *is)
{
    struct store_statement *statement =
        store_prepare(store, "SELECT 1 FROM party WHERE case_id = ?1 AND address = ?2");
    int step;

    store_bind_string(statement, 1, case_id);
    store_bind_string(statement, 2, address);
    step = store_step(statement);
    *is = step == 1;
    return ended(statement, step);
}

int party_list(struct store *store, struct arena *arena, const char *case_id,
               const char ***addresses, size_t *count)
{
    struct store_statement *statement =
        store_prepare(store, "SELECT address FROM party WHERE case_id = ?1 ORDER BY address");
    size_t capacity = 0;
    int step;

    *addresses = NULL;
    *count = 0;
    store_bind_string(statement, 1, case_id);
    while ((step = store_step(statement)) == 1) {
        *addresses = arena_grow(arena, *addresses, *count, &capacity, sizeof(**addresses));
        (*addresses)[(*count)++] = string(arena, statement, 0);
    }
    return ended(statement, step);
}

static int make_customer(struct store *store, const char *id, const char *address, int64_t time)
{
    struct store_statement *statement =
        store_prepare(store, "INSERT INTO customer (id, since) VALUES (?1, ?2)"
                             " ON CONFLICT (id) DO NOTHING");
    int code;

    store_bind_string(statement, 1, id);
    store_bind_integer(statement, 2, time);
    code = store_run(statement);
    if (code != 0)
        return code;
    statement = store_prepare(store, "INSERT INTO customer_address (address, customer)"
                                     " VALUES (?1, ?2)");
    store_bind_string(statement, 1, address);
    store_bind_string(statement, 2, id);
    return store_run(statement);
}

int customer_of(struct store *store, struct arena *arena, const struct house_key *key,
                const char *address, int64_t time, const char **id)
{
    struct store_statement *statement =
        store_prepare(store, "SELECT customer FROM customer_address WHERE address = ?1");
    char secret[REPLY_KEY_SIZE];
    int step;

    store_bind_string(statement, 1, address);
    step = store_step(statement);
    if (step == 1) {
        *id = string(arena, statement, 0);
        return ended(statement, step);
    }
    if (step < 0)
        return EX_TEMPFAIL;
    /* The same keyed digest as a reply key's, under a name that no case has. */
    reply_key(secret, key, "customer", span_of(address));
    *id = arena_format(arena, "C-%s", secret);
    return make_customer(store, *id, address, time);
}
