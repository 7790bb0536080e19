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

#include "acknowledgements.h"

#define NOON INT64_C(1795431600)
#define DAY INT64_C(86400)

struct place {
    char folder[64];
    struct config config;
    struct store *store;
};

static int set_up(void **state)
{
    struct place *place = calloc(1, sizeof(*place));

    if (place == NULL)
        return -1;
    strcpy(place->folder, "/tmp/postroom-acknowledged-XXXXXX");
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
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char path[128];

        snprintf(path, sizeof(path), "%s/%s", place->folder, names[i]);
        unlink(path);
    }
    rmdir(place->folder);
    free(place);
    return 0;
}

static void add(struct place *place, const char *case_id, const char *delivery, const char *address,
                int64_t time)
{
    const struct acknowledgement acknowledgement = {.case_id = case_id,
                                                    .delivery = delivery,
                                                    .address = address,
                                                    .template = "acknowledge.fr",
                                                    .promised_by = time + DAY,
                                                    .time = time};

    assert_int_equal(acknowledgement_add(place->store, &acknowledgement), 0);
}

static bool by_another(struct place *place, const char *case_id, const char *delivery)
{
    bool yes = false;

    assert_int_equal(acknowledgement_by_another(place->store, case_id, delivery, &yes), 0);
    return yes;
}

/* Of the day before UNTIL, without "mine". */
static int64_t count(struct place *place, const char *address, int64_t until)
{
    int64_t number = -1;

    assert_int_equal(
        acknowledgement_count(place->store, address, "mine", until - DAY, until, &number), 0);
    return number;
}

static void test_once_a_case(void **state)
{
    struct place *place = *state;

    assert_false(by_another(place, "CASE1", "first"));
    add(place, "CASE1", "first", "alice@kmail.example", NOON);
    assert_false(by_another(place, "CASE1", "first"));
    assert_true(by_another(place, "CASE1", "second"));
    assert_false(by_another(place, "CASE2", "second"));
    /* Decided anew for the same delivery: one row, counted once. */
    add(place, "CASE1", "first", "alice@kmail.example", NOON);
    assert_int_equal(count(place, "alice@kmail.example", NOON), 1);
}

static void test_window(void **state)
{
    struct place *place = *state;

    add(place, "CASE1", "a", "alice@kmail.example", NOON);
    add(place, "CASE2", "b", "Alice@KMail.example", NOON + 10);
    add(place, "CASE3", "mine", "alice@kmail.example", NOON + 20);
    add(place, "CASE4", "c", "bob@kmail.example", NOON);
    assert_int_equal(count(place, "ALICE@kmail.example", NOON - 1), 0);
    assert_int_equal(count(place, "alice@kmail.example", NOON), 1);
    assert_int_equal(count(place, "alice@kmail.example", NOON + 20), 2);
    assert_int_equal(count(place, "alice@kmail.example", NOON + DAY - 1), 2);
    assert_int_equal(count(place, "alice@kmail.example", NOON + DAY), 1);
    assert_int_equal(count(place, "alice@kmail.example", NOON + DAY + 10), 0);
    assert_int_equal(count(place, "bob@kmail.example", NOON + 20), 1);
}

static void test_forget(void **state)
{
    struct place *place = *state;

    add(place, "CASE1", "first", "alice@kmail.example", NOON);
    /* Somebody else's acknowledgement stays. */
    assert_int_equal(acknowledgement_forget(place->store, "CASE1", "second"), 0);
    assert_true(by_another(place, "CASE1", "second"));
    assert_int_equal(acknowledgement_forget(place->store, "CASE1", "first"), 0);
    assert_false(by_another(place, "CASE1", "second"));
    assert_int_equal(count(place, "alice@kmail.example", NOON), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_once_a_case, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_window, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_forget, set_up, tear_down),
    };

    return cmocka_run_group_tests_name("acknowledgements", tests, NULL, NULL);
}
