/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "assignments.h"

struct place {
    char folder[64];
    struct config config;
    struct store *store;
    struct arena arena;
};

static int set_up(void **state)
{
    struct place *place = calloc(1, sizeof(*place));

    if (place == NULL)
        return -1;
    strcpy(place->folder, "/tmp/postroom-assignments-XXXXXX");
    if (mkdtemp(place->folder) == NULL)
        return -1;
    place->config =
        (struct config){.path = "test", .folder = place->folder, .host = "test", .busy = 5};
    *state = place;
    return store_open(&place->config, &place->store);
}

static int tear_down(void **state)
{
    struct place *place = *state;
    static const char *const names[] = {"postroom.db", "postroom.db-wal", "postroom.db-shm"};

    store_close(place->store);
    arena_release(&place->arena);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char path[128];

        snprintf(path, sizeof(path), "%s/%s", place->folder, names[i]);
        unlink(path);
    }
    rmdir(place->folder);
    free(place);
    return 0;
}

static void test_unknown_case(void **state)
{
    struct place *place = *state;
    struct assignment assignment;
    bool found = true;

    assert_int_equal(assignment_get(place->store, &place->arena, "4F7K2Q9XTB", &assignment, &found),
                     0);
    assert_false(found);
    assert_null(assignment.queue);
    assert_true(assignment.due == ASSIGNMENT_NEVER);
    assert_true(assignment.first_reply_due == ASSIGNMENT_NEVER);
}

static void test_set_and_replace(void **state)
{
    struct place *place = *state;
    struct assignment assignment = {.queue = "rabat-l1",
                                    .level = 1,
                                    .due = 1795545000,
                                    .first_reply_due = 1795435200,
                                    .since = 1795420800};
    struct assignment other = {
        .queue = "team-l2", .due = ASSIGNMENT_NEVER, .first_reply_due = ASSIGNMENT_NEVER};
    struct assignment read;
    bool found;

    assert_int_equal(store_begin(place->store), 0);
    assert_int_equal(assignment_set(place->store, "4F7K2Q9XTB", &assignment), 0);
    assert_int_equal(assignment_set(place->store, "4F7K2Q9XTC", &other), 0);
    assert_int_equal(store_commit(place->store), 0);
    assert_int_equal(assignment_get(place->store, &place->arena, "4F7K2Q9XTB", &read, &found), 0);
    assert_true(found);
    assert_string_equal(read.queue, "rabat-l1");
    assert_int_equal(read.level, 1);
    assert_false(read.pinned);
    assert_null(read.assignee);
    assert_true(read.due == 1795545000 && read.first_reply_due == 1795435200 &&
                read.since == 1795420800);

    read.queue = "experts-l3";
    read.level = 3;
    read.pinned = true;
    read.assignee = "j.caron@agents.lumiere.example";
    read.first_reply_due = ASSIGNMENT_NEVER;
    read.since++;
    assert_int_equal(assignment_set(place->store, "4F7K2Q9XTB", &read), 0);
    assert_int_equal(assignment_get(place->store, &place->arena, "4F7K2Q9XTB", &read, &found), 0);
    assert_string_equal(read.queue, "experts-l3");
    assert_int_equal(read.level, 3);
    assert_true(read.pinned);
    assert_string_equal(read.assignee, "j.caron@agents.lumiere.example");
    assert_true(read.due == 1795545000 && read.first_reply_due == ASSIGNMENT_NEVER &&
                read.since == 1795420801);

    /* The neighbour is untouched. */
    assert_int_equal(assignment_get(place->store, &place->arena, "4F7K2Q9XTC", &read, &found), 0);
    assert_string_equal(read.queue, "team-l2");
    assert_true(read.due == ASSIGNMENT_NEVER);
}

static void test_rolled_back(void **state)
{
    struct place *place = *state;
    struct assignment assignment = {.queue = "rabat-l1"};
    bool found;

    assert_int_equal(store_begin(place->store), 0);
    assert_int_equal(assignment_set(place->store, "4F7K2Q9XTB", &assignment), 0);
    store_rollback(place->store);
    assert_int_equal(assignment_get(place->store, &place->arena, "4F7K2Q9XTB", &assignment, &found),
                     0);
    assert_false(found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_unknown_case, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_set_and_replace, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_rolled_back, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
