/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "assignments.h"

#include "diag.h"

static int64_t read_deadline(struct store_statement *statement, int column)
{
    return store_is_null(statement, column) ? ASSIGNMENT_NEVER : store_integer(statement, column);
}

static void bind_deadline(struct store_statement *statement, int number, int64_t deadline)
{
    if (deadline == ASSIGNMENT_NEVER)
        store_bind_null(statement, number);
    else
        store_bind_integer(statement, number, deadline);
}

int assignment_get(struct store *store, struct arena *arena, const char *case_id,
                   struct assignment *assignment, bool *found)
{
    static const char sql[] = "SELECT queue, level, pinned, assignee, due, first_reply_due, since,"
                              " sensitive FROM assignment WHERE case_id = ?1";
    struct store_statement *statement = store_prepare(store, sql);
    struct span text;
    int step;

    *assignment = (struct assignment){
        .due = ASSIGNMENT_NEVER, .first_reply_due = ASSIGNMENT_NEVER, .since = INT64_MIN};
    store_bind_string(statement, 1, case_id);
    step = store_step(statement);
    *found = step > 0;
    if (step <= 0)
        return step == 0 ? 0 : EX_TEMPFAIL;
    text = store_text(statement, 0);
    assignment->queue = arena_copy(arena, text.octets, text.length);
    assignment->level = (int)store_integer(statement, 1);
    assignment->pinned = store_integer(statement, 2) != 0;
    if (!store_is_null(statement, 3)) {
        text = store_text(statement, 3);
        assignment->assignee = arena_copy(arena, text.octets, text.length);
    }
    assignment->due = read_deadline(statement, 4);
    assignment->first_reply_due = read_deadline(statement, 5);
    assignment->since = store_integer(statement, 6);
    assignment->sensitive = store_integer(statement, 7) != 0;
    store_reset(statement);
    return 0;
}

int assignment_set(struct store *store, const char *case_id, const struct assignment *assignment)
{
    static const char sql[] =
        "INSERT INTO assignment"
        " (case_id, queue, level, pinned, assignee, due, first_reply_due, since, sensitive)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
        " ON CONFLICT (case_id) DO UPDATE SET queue = ?2, level = ?3, pinned = ?4, assignee = ?5,"
        " due = ?6, first_reply_due = ?7, since = ?8, sensitive = ?9";
    struct store_statement *statement = store_prepare(store, sql);

    store_bind_string(statement, 1, case_id);
    store_bind_string(statement, 2, assignment->queue);
    store_bind_integer(statement, 3, assignment->level);
    store_bind_integer(statement, 4, assignment->pinned ? 1 : 0);
    store_bind_string(statement, 5, assignment->assignee);
    bind_deadline(statement, 6, assignment->due);
    bind_deadline(statement, 7, assignment->first_reply_due);
    store_bind_integer(statement, 8, assignment->since);
    store_bind_integer(statement, 9, assignment->sensitive ? 1 : 0);
    return store_run(statement);
}
