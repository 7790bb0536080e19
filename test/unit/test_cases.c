/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include <cmocka.h>

#define NOON INT64_C(1795431600)
#define ID "4F7K2Q9XTB"

struct place {
    char folder[64];
    struct config config;
    struct store *store;
    struct arena arena;
};

static const struct house_key key = {{7}};

static int set_up(void **state)
{
    struct place *place = calloc(1, sizeof(*place));

    if (place == NULL)
        return -1;
    strcpy(place->folder, "/tmp/postroom-cases-XXXXXX");
    if (mkdtemp(place->folder) == NULL)
        return -1;
    place->config =
        (struct config){.path = "test", .folder = place->folder, .host = "test", .busy = 5};
    *state = place;
    if (store_open(&place->config, &place->store) != 0)
        return -1;
    return store_begin(place->store);
}

static int tear_down(void **state)
{
    struct place *place = *state;
    static const char *const names[] = {"postroom.db", "postroom.db-wal", "postroom.db-shm"};

    store_rollback(place->store);
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

/* ---- deliveries -------------------------------------------------------------------------------
 */

static const struct delivery plain = {.key = "sha256-a service@lumiere.example",
                                      .blob_id = "sha256-a",
                                      .content = "sha256-c",
                                      .message_id = "a@client.example",
                                      .text = "sha256-t",
                                      .customer = "C-ANN",
                                      .case_id = ID,
                                      .kind = "customer",
                                      .received_at = NOON};

/* Puts ROW under another key and at another time. */
static void put(struct place *place, const char *delivery_key, int64_t time, struct delivery row)
{
    row.key = delivery_key;
    row.blob_id = delivery_key;
    row.received_at = time;
    assert_int_equal(delivery_put(place->store, &row), 0);
}

static void test_delivery(void **state)
{
    struct place *place = *state;
    struct delivery row;
    bool found = true;

    assert_int_equal(delivery_get(place->store, &place->arena, plain.key, &found, &row), 0);
    assert_false(found);
    assert_int_equal(delivery_put(place->store, &plain), 0);
    assert_int_equal(delivery_get(place->store, &place->arena, plain.key, &found, &row), 0);
    assert_true(found);
    assert_string_equal(row.key, plain.key);
    assert_string_equal(row.blob_id, plain.blob_id);
    assert_string_equal(row.content, plain.content);
    assert_string_equal(row.message_id, plain.message_id);
    assert_string_equal(row.text, plain.text);
    assert_string_equal(row.customer, plain.customer);
    assert_string_equal(row.case_id, plain.case_id);
    assert_string_equal(row.kind, plain.kind);
    assert_true(row.received_at == NOON);
}

static void test_delivery_replaced_and_empty(void **state)
{
    struct place *place = *state;
    const struct delivery empty = {
        .key = plain.key, .blob_id = "sha256-a", .content = "sha256-c", .text = "", .kind = "spam"};
    struct delivery row;
    bool found;

    assert_int_equal(delivery_put(place->store, &plain), 0);
    assert_int_equal(delivery_put(place->store, &empty), 0);
    assert_int_equal(delivery_get(place->store, &place->arena, plain.key, &found, &row), 0);
    assert_true(found);
    assert_null(row.message_id);
    assert_null(row.customer);
    assert_null(row.case_id);
    assert_string_equal(row.text, "");
    assert_string_equal(row.kind, "spam");
    assert_true(row.received_at == 0);
}

static void test_copy(void **state)
{
    struct place *place = *state;
    struct delivery stray = plain;
    struct earlier earlier;
    bool found = true;

    put(place, "own", NOON, plain);
    assert_int_equal(
        delivery_copy(place->store, &place->arena, "own", "sha256-c", &found, &earlier), 0);
    assert_false(found); /* a delivery is no copy of itself */
    stray.case_id = NULL;
    put(place, "late", NOON + 60, plain);
    put(place, "early", NOON - 60, stray);
    assert_int_equal(
        delivery_copy(place->store, &place->arena, "own", "sha256-c", &found, &earlier), 0);
    assert_true(found);
    assert_string_equal(earlier.key, "early");
    assert_string_equal(earlier.blob_id, "early");
    assert_null(earlier.case_id);
    assert_true(earlier.received_at == NOON - 60);
    assert_int_equal(
        delivery_copy(place->store, &place->arena, "early", "sha256-c", &found, &earlier), 0);
    assert_true(found);
    assert_string_equal(earlier.key, "own");
    assert_string_equal(earlier.case_id, ID);
    assert_int_equal(
        delivery_copy(place->store, &place->arena, "own", "sha256-other", &found, &earlier), 0);
    assert_false(found);
}

static void test_same_id(void **state)
{
    struct place *place = *state;
    struct delivery other = plain;
    struct earlier earlier;
    bool found;
    bool reused = true;

    other.content = "sha256-other";
    put(place, "first", NOON, plain);
    assert_int_equal(delivery_same_id(place->store, &place->arena, "own", "a@client.example",
                                      "sha256-t", &found, &earlier),
                     0);
    assert_true(found);
    assert_string_equal(earlier.key, "first");
    assert_int_equal(delivery_same_id(place->store, &place->arena, "own", "a@client.example",
                                      "sha256-u", &found, &earlier),
                     0);
    assert_false(found);
    assert_int_equal(delivery_same_id(place->store, &place->arena, "own", "b@client.example",
                                      "sha256-t", &found, &earlier),
                     0);
    assert_false(found);
    assert_int_equal(delivery_same_id(place->store, &place->arena, "first", "a@client.example",
                                      "sha256-t", &found, &earlier),
                     0);
    assert_false(found);

    assert_int_equal(
        delivery_id_reused(place->store, "own", "a@client.example", "sha256-c", &reused), 0);
    assert_false(reused); /* equal content is a copy */
    put(place, "own", NOON, other);
    assert_int_equal(
        delivery_id_reused(place->store, "own", "a@client.example", "sha256-other", &reused), 0);
    assert_true(reused);
    assert_int_equal(
        delivery_id_reused(place->store, "own", "b@client.example", "sha256-other", &reused), 0);
    assert_false(reused);
}

static bool same_text(struct place *place, const char *customer, const char *text, int64_t since)
{
    struct earlier earlier;
    bool found;

    assert_int_equal(delivery_same_text(place->store, &place->arena, "own", customer, text, since,
                                        &found, &earlier),
                     0);
    return found;
}

static void test_same_text(void **state)
{
    struct place *place = *state;
    struct delivery other = plain;

    put(place, "own", NOON, plain);
    assert_false(same_text(place, "C-ANN", "sha256-t", 0));
    other.kind = "agent";
    put(place, "agent", NOON, other);
    assert_false(same_text(place, "C-ANN", "sha256-t", 0));
    other.kind = "customer";
    other.case_id = NULL;
    put(place, "stray", NOON, other);
    assert_false(same_text(place, "C-ANN", "sha256-t", 0));
    put(place, "first", NOON, plain);
    assert_true(same_text(place, "C-ANN", "sha256-t", NOON));
    assert_false(same_text(place, "C-ANN", "sha256-t", NOON + 1));
    assert_false(same_text(place, "C-BOB", "sha256-t", NOON));
    assert_false(same_text(place, "C-ANN", "sha256-u", NOON));
}

/* ---- cases ------------------------------------------------------------------------------------
 */

static const struct case_row sample = {.id = ID,
                                       .brand = "lumiere",
                                       .customer = "C-ANN",
                                       .subject = "facture",
                                       .state = "open",
                                       .opened_at = NOON,
                                       .changed_at = NOON + 60,
                                       .follow_ups = 2,
                                       .linked = "6Q5PDSRWVZ"};

static void put_case(struct place *place, const char *id, int64_t changed_at)
{
    struct case_row row = sample;

    strcpy(row.id, id);
    row.opened_at = changed_at;
    row.changed_at = changed_at;
    assert_int_equal(case_put(place->store, &row), 0);
}

static void test_case(void **state)
{
    struct place *place = *state;
    struct case_row row = sample;
    bool found = true;

    assert_int_equal(case_get(place->store, &place->arena, ID, &found, &row), 0);
    assert_false(found);
    assert_int_equal(case_put(place->store, &sample), 0);
    assert_int_equal(case_get(place->store, &place->arena, ID, &found, &row), 0);
    assert_true(found);
    assert_string_equal(row.id, ID);
    assert_string_equal(row.brand, "lumiere");
    assert_string_equal(row.customer, "C-ANN");
    assert_string_equal(row.subject, "facture");
    assert_string_equal(row.state, "open");
    assert_true(row.opened_at == NOON && row.changed_at == NOON + 60 && row.follow_ups == 2);
    assert_string_equal(row.linked, "6Q5PDSRWVZ");

    row = (struct case_row){.id = ID, .subject = "", .state = "closed"};
    assert_int_equal(case_put(place->store, &row), 0);
    assert_int_equal(case_get(place->store, &place->arena, ID, &found, &row), 0);
    assert_true(found);
    assert_null(row.brand);
    assert_null(row.customer);
    assert_null(row.linked);
    assert_string_equal(row.subject, "");
    assert_string_equal(row.state, "closed");
}

/* An id that is taken is not given again, however often a message is to open a case. */
static void test_new_id(void **state)
{
    struct place *place = *state;
    char ids[4][CASE_ID_SIZE];
    char expected[CASE_ID_SIZE];

    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(case_new_id(place->store, &key, "sha256-a", ids[i]), 0);
        case_id(expected, &key, "sha256-a", i);
        assert_string_equal(ids[i], expected);
        put_case(place, ids[i], NOON);
    }
    assert_string_not_equal(ids[0], ids[1]);
}

static void test_by_subject(void **state)
{
    struct place *place = *state;
    struct case_row row;
    bool found = true;

    put_case(place, "OLD", NOON - 100);
    put_case(place, "NEW", NOON);
    put_case(place, "MIDDLE", NOON - 50);
    assert_int_equal(case_by_subject(place->store, &place->arena, "C-ANN", "lumiere", "facture",
                                     NOON, &found, &row),
                     0);
    assert_true(found);
    assert_string_equal(row.id, "NEW");
    assert_int_equal(case_by_subject(place->store, &place->arena, "C-ANN", "lumiere", "facture", 0,
                                     &found, &row),
                     0);
    assert_string_equal(row.id, "NEW");
    assert_int_equal(case_by_subject(place->store, &place->arena, "C-ANN", "lumiere", "facture",
                                     NOON + 1, &found, &row),
                     0);
    assert_false(found);
    assert_int_equal(case_by_subject(place->store, &place->arena, "C-BOB", "lumiere", "facture", 0,
                                     &found, &row),
                     0);
    assert_false(found);
    assert_int_equal(
        case_by_subject(place->store, &place->arena, "C-ANN", "lumiere", "colis", 0, &found, &row),
        0);
    assert_false(found);
    /* Another brand's desk is another matter. */
    assert_int_equal(case_by_subject(place->store, &place->arena, "C-ANN", "brightshop", "facture",
                                     0, &found, &row),
                     0);
    assert_false(found);
}

static void test_by_message_id(void **state)
{
    struct place *place = *state;
    struct case_row row;
    bool found = true;

    put_case(place, "SECOND", NOON);
    put_case(place, "FIRST", NOON - 60);
    assert_int_equal(case_by_message_id(place->store, &place->arena, "a@x", &found, &row), 0);
    assert_false(found);
    assert_int_equal(case_add_message_id(place->store, "a@x", "sha256-b", "SECOND"), 0);
    assert_int_equal(case_by_message_id(place->store, &place->arena, "a@x", &found, &row), 0);
    assert_true(found);
    assert_string_equal(row.id, "SECOND");
    assert_string_equal(row.customer, "C-ANN");
    /* The same message again changes nothing; the same id on another one: the older case. */
    assert_int_equal(case_add_message_id(place->store, "a@x", "sha256-b", "FIRST"), 0);
    assert_int_equal(case_by_message_id(place->store, &place->arena, "a@x", &found, &row), 0);
    assert_string_equal(row.id, "SECOND");
    assert_int_equal(case_add_message_id(place->store, "a@x", "sha256-a", "FIRST"), 0);
    assert_int_equal(case_by_message_id(place->store, &place->arena, "a@x", &found, &row), 0);
    assert_string_equal(row.id, "FIRST");
    /* An id of a case that is away leads nowhere. */
    assert_int_equal(case_add_message_id(place->store, "b@x", "sha256-c", "GONE"), 0);
    assert_int_equal(case_by_message_id(place->store, &place->arena, "b@x", &found, &row), 0);
    assert_false(found);
}

/* ---- parties and customers --------------------------------------------------------------------
 */

static void test_parties(void **state)
{
    struct place *place = *state;
    const char **addresses;
    size_t count = 9;
    bool is = true;

    assert_int_equal(party_list(place->store, &place->arena, ID, &addresses, &count), 0);
    assert_int_equal(count, 0);
    assert_int_equal(party_is(place->store, ID, "ann@client.example", &is), 0);
    assert_false(is);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(party_add(place->store, ID, "bob@client.example"), 0);
        assert_int_equal(party_add(place->store, ID, "ann@client.example"), 0);
    }
    assert_int_equal(party_add(place->store, "6Q5PDSRWVZ", "eve@client.example"), 0);
    assert_int_equal(party_is(place->store, ID, "ann@client.example", &is), 0);
    assert_true(is);
    assert_int_equal(party_is(place->store, ID, "eve@client.example", &is), 0);
    assert_false(is);
    assert_int_equal(party_list(place->store, &place->arena, ID, &addresses, &count), 0);
    assert_int_equal(count, 2);
    assert_string_equal(addresses[0], "ann@client.example");
    assert_string_equal(addresses[1], "bob@client.example");
}

static void test_many_parties(void **state)
{
    struct place *place = *state;
    const char **addresses;
    char address[32];
    size_t count;

    for (int i = 0; i < 100; i++) {
        snprintf(address, sizeof(address), "p%02d@x", i);
        assert_int_equal(party_add(place->store, ID, address), 0);
    }
    assert_int_equal(party_list(place->store, &place->arena, ID, &addresses, &count), 0);
    assert_int_equal(count, 100);
    for (size_t i = 0; i < count; i++) {
        snprintf(address, sizeof(address), "p%02zu@x", i);
        assert_string_equal(addresses[i], address);
    }
}

static void test_customers(void **state)
{
    struct place *place = *state;
    const struct house_key other_key = {{8}};
    struct store_statement *statement;
    const char *ann;
    const char *again;
    const char *bob;

    assert_int_equal(
        customer_of(place->store, &place->arena, &key, "ann@client.example", NOON, &ann), 0);
    assert_int_equal(strlen(ann), 14);
    assert_memory_equal(ann, "C-", 2);
    assert_null(strstr(ann, "ann"));
    assert_int_equal(
        customer_of(place->store, &place->arena, &key, "bob@client.example", NOON + 1, &bob), 0);
    assert_string_not_equal(ann, bob);
    /* Who is known keeps his id, whatever key the house has now. */
    assert_int_equal(customer_of(place->store, &place->arena, &other_key, "ann@client.example",
                                 NOON + 2, &again),
                     0);
    assert_string_equal(again, ann);
    statement = store_prepare(place->store, "SELECT count(*), sum(since) FROM customer");
    assert_int_equal(store_step(statement), 1);
    assert_true(store_integer(statement, 0) == 2);
    assert_true(store_integer(statement, 1) == 2 * NOON + 1);
    store_reset(statement);
}

/* Two addresses of one customer lead to him. */
static void test_second_address(void **state)
{
    struct place *place = *state;
    const char *ann;
    const char *second;

    assert_int_equal(
        customer_of(place->store, &place->arena, &key, "ann@client.example", NOON, &ann), 0);
    assert_int_equal(
        store_run(store_prepare(place->store, "INSERT INTO customer_address (address, customer)"
                                              " SELECT 'ann@work.example', id FROM customer")),
        0);
    assert_int_equal(
        customer_of(place->store, &place->arena, &key, "ann@work.example", NOON, &second), 0);
    assert_string_equal(second, ann);
}

/* ---- a store that fails ------------------------------------------------------------------------
 */

static void run(struct place *place, const char *sql)
{
    assert_int_equal(store_run(store_prepare(place->store, sql)), 0);
}

/* Every function says so and ends; none takes a failure for "not found". */
static void test_failures(void **state)
{
    struct place *place = *state;
    struct arena *arena = &place->arena;
    struct store *store = place->store;
    struct delivery delivery;
    struct earlier earlier;
    struct case_row row;
    const char **addresses;
    const char *id;
    char new_id[CASE_ID_SIZE];
    size_t count;
    bool found;

    run(place, "DROP TABLE delivery");
    run(place, "DROP TABLE cases");
    run(place, "DROP TABLE party");
    run(place, "DROP TABLE message_id");
    run(place, "DROP TABLE customer_address");
    assert_int_equal(delivery_get(store, arena, "k", &found, &delivery), EX_TEMPFAIL);
    assert_int_equal(delivery_put(store, &plain), EX_TEMPFAIL);
    assert_int_equal(delivery_copy(store, arena, "k", "c", &found, &earlier), EX_TEMPFAIL);
    assert_false(found);
    assert_int_equal(delivery_same_id(store, arena, "k", "m", "t", &found, &earlier), EX_TEMPFAIL);
    assert_int_equal(delivery_same_text(store, arena, "k", "c", "t", 0, &found, &earlier),
                     EX_TEMPFAIL);
    assert_int_equal(delivery_id_reused(store, "k", "m", "c", &found), EX_TEMPFAIL);
    assert_int_equal(case_get(store, arena, ID, &found, &row), EX_TEMPFAIL);
    assert_false(found);
    assert_int_equal(case_new_id(store, &key, "sha256-a", new_id), EX_TEMPFAIL);
    assert_int_equal(case_put(store, &sample), EX_TEMPFAIL);
    assert_int_equal(case_by_subject(store, arena, "c", NULL, "s", 0, &found, &row), EX_TEMPFAIL);
    assert_int_equal(case_by_message_id(store, arena, "m", &found, &row), EX_TEMPFAIL);
    assert_int_equal(case_add_message_id(store, "m", "b", ID), EX_TEMPFAIL);
    assert_int_equal(party_add(store, ID, "a"), EX_TEMPFAIL);
    assert_int_equal(party_is(store, ID, "a", &found), EX_TEMPFAIL);
    assert_int_equal(party_list(store, arena, ID, &addresses, &count), EX_TEMPFAIL);
    assert_int_equal(customer_of(store, arena, &key, "a@b", NOON, &id), EX_TEMPFAIL);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_delivery),       TEST(test_delivery_replaced_and_empty),
        TEST(test_copy),           TEST(test_same_id),
        TEST(test_same_text),      TEST(test_case),
        TEST(test_new_id),         TEST(test_by_subject),
        TEST(test_by_message_id),  TEST(test_parties),
        TEST(test_many_parties),   TEST(test_customers),
        TEST(test_second_address), TEST(test_failures),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
