/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outbox.h"

#include "date.h"
#include "diag.h"
#include "file.h"
#include "house.h"

const char *outbox_file(struct store *store, struct arena *arena, const char *key)
{
    char digest[BLOB_ID_SIZE];

    blob_id(digest, span_of(key));
    return arena_format(arena, "%s/outbox/%s", store_folder(store), digest);
}

void outbox_mail_name(struct buf *out, const char *key, int64_t time)
{
    unsigned char hash[32];

    digest_sha256(hash, span_of(key));
    buf_format(out, "%lld.", (long long)time);
    buf_hex(out, hash, 16);
    buf_string(out, ".postroom");
}

/* Keeps a large mail in its file. Written before the row is committed, so a row never lacks it. */
static int write_file(struct store *store, const struct outbox_row *row)
{
    struct arena arena = ARENA_INIT;
    int code = file_make_folder(arena_format(&arena, "%s/outbox", store_folder(store)), 0770);

    if (code == 0)
        code = file_replace(outbox_file(store, &arena, row->key), row->octets, 0660);
    arena_release(&arena);
    return code;
}

/* Row KEY is on its way or gone: its octets are not needed again. */
static int is_taken(struct store *store, const char *key, bool *taken)
{
    struct store_statement *statement = store_prepare(
        store, "SELECT 1 FROM outbox WHERE key = ?1 AND state IN ('sending', 'sent')");
    int step;

    store_bind_string(statement, 1, key);
    step = store_step(statement);
    *taken = step == 1;
    store_reset(statement);
    return step < 0 ? EX_TEMPFAIL : 0;
}

int outbox_insert(struct store *store, const struct outbox_row *row, bool *fresh)
{
    bool in_file = row->octets.length > OUTBOX_INLINE_MAX;
    bool taken = false;
    int64_t now;
    int code = clock_now(&now);
    struct store_statement *statement;

    if (code == 0 && in_file) {
        code = is_taken(store, row->key, &taken);
        if (code == 0 && !taken)
            code = write_file(store, row);
    }
    if (fresh != NULL)
        *fresh = false;
    if (code != 0 || taken)
        return code;
    statement = store_prepare(
        store,
        "INSERT INTO outbox (key, kind, state, host, delivery, blob_id, case_id, queue, template,"
        " mail_from, recipient, not_before, message_time, promised_by, written_at, octets, in_file)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)"
        " ON CONFLICT (key) DO UPDATE SET octets = excluded.octets, in_file = excluded.in_file,"
        " promised_by = excluded.promised_by, template = excluded.template,"
        " state = CASE WHEN outbox.state = 'given-up' THEN excluded.state ELSE outbox.state END"
        " WHERE outbox.state IN ('prepared', 'released', 'given-up')");
    store_bind_string(statement, 1, row->key);
    store_bind_string(statement, 2, row->kind);
    store_bind_string(statement, 3, row->state);
    store_bind_string(statement, 4, store_host(store));
    store_bind_string(statement, 5, row->delivery);
    store_bind_string(statement, 6, row->blob_id);
    store_bind_string(statement, 7, row->case_id);
    store_bind_string(statement, 8, row->queue);
    store_bind_string(statement, 9, row->template);
    store_bind_string(statement, 10, row->mail_from);
    store_bind_string(statement, 11, row->recipient);
    store_bind_integer(statement, 12, row->not_before);
    store_bind_integer(statement, 13, row->message_time);
    store_bind_integer(statement, 14, row->promised_by);
    store_bind_integer(statement, 15, now);
    if (in_file)
        store_bind_null(statement, 16);
    else
        store_bind_blob(statement, 16, row->octets);
    store_bind_integer(statement, 17, in_file);
    code = store_run(statement);
    if (fresh != NULL)
        *fresh = code == 0 && store_changes(store) > 0;
    return code;
}

int outbox_withdraw(struct store *store, const char *key)
{
    struct store_statement *statement =
        store_prepare(store, "UPDATE outbox SET state = 'given-up', last_error = 'decided anew'"
                             " WHERE key = ?1 AND state = 'prepared'");

    store_bind_string(statement, 1, key);
    return store_run(statement);
}

bool outbox_octets(struct store *store, const char *key, struct buf *out, int *code)
{
    struct store_statement *statement =
        store_prepare(store, "SELECT octets, in_file FROM outbox WHERE key = ?1");
    bool in_file;
    int step;

    store_bind_string(statement, 1, key);
    step = store_step(statement);
    *code = step < 0 ? EX_TEMPFAIL : 0;
    if (step != 1)
        return false;
    in_file = store_integer(statement, 1) != 0;
    if (!in_file)
        buf_span(out, store_text(statement, 0));
    store_reset(statement);
    if (in_file) {
        struct arena arena = ARENA_INIT;

        if (file_read(outbox_file(store, &arena, key), out, SIZE_MAX) != 0)
            *code = EX_IOERR;
        arena_release(&arena);
    }
    return *code == 0;
}
