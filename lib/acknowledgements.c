/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "acknowledgements.h"

#include "diag.h"

/* Appends ADDRESS with ASCII letters in lower case: how the table `cap` knows it. */
static void fold(struct buf *out, const char *address)
{
    for (; *address != '\0'; address++)
        buf_char(out,
                 *address >= 'A' && *address <= 'Z' ? (char)(*address + ('a' - 'A')) : *address);
}

int acknowledgement_by_another(struct store *store, const char *case_id, const char *delivery,
                               bool *yes)
{
    struct store_statement *statement =
        store_prepare(store, "SELECT delivery FROM acknowledgement WHERE case_id = ?1");
    int step;

    *yes = false;
    store_bind_string(statement, 1, case_id);
    step = store_step(statement);
    if (step <= 0)
        return step == 0 ? 0 : EX_TEMPFAIL;
    *yes = !span_equal(store_text(statement, 0), span_of(delivery));
    store_reset(statement);
    return 0;
}

int acknowledgement_count(struct store *store, const char *address, const char *delivery,
                          int64_t since, int64_t until, int64_t *count)
{
    struct store_statement *statement =
        store_prepare(store, "SELECT COUNT(*) FROM cap WHERE address = ?1 AND time > ?2"
                             " AND time <= ?3 AND delivery <> ?4");
    struct buf folded = BUF_INIT;
    int step;

    *count = 0;
    fold(&folded, address);
    store_bind_text(statement, 1, buf_view(&folded));
    store_bind_integer(statement, 2, since);
    store_bind_integer(statement, 3, until);
    store_bind_string(statement, 4, delivery);
    step = store_step(statement);
    if (step == 1) {
        *count = store_integer(statement, 0);
        store_reset(statement);
    }
    buf_release(&folded);
    return step == 1 ? 0 : EX_TEMPFAIL;
}

int acknowledgement_add(struct store *store, const struct acknowledgement *acknowledgement)
{
    struct store_statement *statement;
    struct buf folded = BUF_INIT;
    int code;

    statement = store_prepare(
        store, "INSERT INTO acknowledgement (case_id, delivery, template, promised_by, time)"
               " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (case_id) DO UPDATE SET delivery = ?2,"
               " template = ?3, promised_by = ?4, time = ?5");
    store_bind_string(statement, 1, acknowledgement->case_id);
    store_bind_string(statement, 2, acknowledgement->delivery);
    store_bind_string(statement, 3, acknowledgement->template);
    if (acknowledgement->promised_by == 0)
        store_bind_null(statement, 4);
    else
        store_bind_integer(statement, 4, acknowledgement->promised_by);
    store_bind_integer(statement, 5, acknowledgement->time);
    code = store_run(statement);
    if (code != 0)
        return code;
    statement = store_prepare(store, "INSERT INTO cap (address, delivery, time)"
                                     " VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING");
    fold(&folded, acknowledgement->address);
    store_bind_text(statement, 1, buf_view(&folded));
    store_bind_string(statement, 2, acknowledgement->delivery);
    store_bind_integer(statement, 3, acknowledgement->time);
    code = store_run(statement);
    buf_release(&folded);
    return code;
}

int acknowledgement_forget(struct store *store, const char *case_id, const char *delivery)
{
    struct store_statement *statement =
        store_prepare(store, "DELETE FROM acknowledgement WHERE case_id = ?1 AND delivery = ?2");
    int code;

    store_bind_string(statement, 1, case_id);
    store_bind_string(statement, 2, delivery);
    code = store_run(statement);
    if (code != 0)
        return code;
    /* The address may be another one by now; the delivery is enough to find it. */
    statement = store_prepare(store, "DELETE FROM cap WHERE delivery = ?1");
    store_bind_string(statement, 1, delivery);
    return store_run(statement);
}
