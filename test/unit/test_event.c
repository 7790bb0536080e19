/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <json-c/json.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "diag.h"
#include "event.h"
#include "ledger.h"

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

static char folder[64];
static struct config config = {.folder = folder, .host = "mx1", .busy = 5};
static struct store *store;

static int set_up(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/test-event-XXXXXX");
    if (mkdtemp(folder) == NULL)
        return -1;
    config.host = "mx1";
    return store_open(&config, &store);
}

static int tear_down(void **state)
{
    static const char *const names[] = {"postroom.db", "postroom.db-wal", "postroom.db-shm"};
    char path[128];

    (void)state;
    store_close(store);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
        unlink(path);
    }
    return rmdir(folder);
}

/* 2026-11-24T08:00:00Z */
#define NOW 1795507200

static struct event example(void)
{
    return (struct event){
        .time = NOW,
        .name = "received",
        .about = "sha256-abc customer@example.org",
        .case_id = "4F7K2Q9XTB",
        .blob_id = "sha256-abc",
        .program = "mail-parse",
        .details = SPAN("\"kind\":\"customer\",\"size\":17"),
    };
}

/* Adds one in a transaction of its own. */
static bool add(const struct event *event)
{
    bool added = false;

    assert_int_equal(store_begin(store), 0);
    assert_int_equal(event_add(store, event, &added), 0);
    assert_int_equal(store_commit(store), 0);
    return added;
}

/* The line of SEQ of this host, "" when there is none. */
static struct buf line_of(int64_t seq)
{
    struct buf line = BUF_INIT;
    struct store_statement *statement =
        store_prepare(store, "SELECT line FROM event WHERE origin = ?1 AND seq = ?2");

    store_bind_string(statement, 1, store_host(store));
    store_bind_integer(statement, 2, seq);
    if (store_step(statement) > 0) {
        buf_span(&line, store_text(statement, 0));
        store_reset(statement);
    }
    return line;
}

static void test_line_is_exact(void **state)
{
    struct event event = example();
    struct buf line;
    const char *begin = "{\"time\":\"2026-11-24T08:00:00Z\",\"case\":\"4F7K2Q9XTB\","
                        "\"event\":\"received\",\"blobId\":\"sha256-abc\","
                        "\"program\":\"mail-parse\",\"kind\":\"customer\",\"size\":17,"
                        "\"seq\":1,\"prev\":\"" ZEROS "\"";
    unsigned char digest[32];
    char hash[65];

    (void)state;
    assert_true(add(&event));
    line = line_of(1);
    assert_true(span_begins(buf_view(&line), span_of(begin)));
    crypto_hash_sha256(digest, (const unsigned char *)begin, strlen(begin));
    sodium_bin2hex(hash, sizeof(hash), digest, sizeof(digest));
    assert_int_equal(line.length, strlen(begin) + strlen(",\"hash\":\"") + 64 + 2);
    assert_memory_equal(line.octets + strlen(begin), ",\"hash\":\"", 9);
    assert_memory_equal(line.octets + strlen(begin) + 9, hash, 64);
    assert_string_equal(buf_cstring(&line) + line.length - 2, "\"}");
    buf_release(&line);
}

static void test_unknown_members_are_left_out(void **state)
{
    struct event event = {.time = 0, .name = "rejected", .about = "x", .program = "triage"};
    struct buf line;

    (void)state;
    assert_true(add(&event));
    line = line_of(1);
    assert_true(span_begins(buf_view(&line),
                            SPAN("{\"time\":\"1970-01-01T00:00:00Z\",\"event\":\"rejected\","
                                 "\"program\":\"triage\",\"seq\":1,\"prev\":\"")));
    buf_release(&line);
}

static void test_same_event_once(void **state)
{
    struct event event = example();
    struct buf line;

    (void)state;
    assert_true(add(&event));
    assert_false(add(&event));
    /* Time, program and actor don't make it another one. */
    event.time++;
    event.program = "other";
    event.actor = "site";
    assert_false(add(&event));
    line = line_of(2);
    assert_int_equal(line.length, 0);
}

static void test_every_part_of_the_key_counts(void **state)
{
    struct event event = example();

    (void)state;
    assert_true(add(&event));
    event.name = "routed";
    assert_true(add(&event));
    event.about = "sha256-abc other@example.org";
    assert_true(add(&event));
    event.case_id = NULL;
    assert_true(add(&event));
    event.details = SPAN("\"kind\":\"customer\",\"size\":18");
    assert_true(add(&event));
    event.details = (struct span){NULL, 0};
    assert_true(add(&event));
    assert_false(add(&event));
}

/* A part that ends where another begins: not the same key. */
static void test_parts_do_not_run_together(void **state)
{
    struct event event = {.time = NOW, .name = "ab", .about = "c", .program = "p"};

    (void)state;
    assert_true(add(&event));
    event.name = "a";
    event.about = "bc";
    assert_true(add(&event));
}

static void test_lines_are_a_chain(void **state)
{
    struct ledger_check check;

    (void)state;
    memset(&check, 0, sizeof(check));
    for (int i = 0; i < 300; i++) {
        struct event event = example();
        char details[64];

        snprintf(details, sizeof(details), "\"level\":%d", i);
        event.details = span_of(details);
        assert_true(add(&event));
    }
    for (int64_t seq = 1; seq <= 300; seq++) {
        struct buf line = line_of(seq);
        const char *what;

        buf_char(&line, '\n');
        what = ledger_check_line(&check, buf_view(&line));
        assert_null(what);
        buf_release(&line);
    }
    assert_int_equal(check.last_seq, 300);
}

static void test_rollback_takes_it_back(void **state)
{
    struct event event = example();
    struct buf line;
    bool added;

    (void)state;
    assert_int_equal(store_begin(store), 0);
    assert_int_equal(event_add(store, &event, &added), 0);
    assert_true(added);
    store_rollback(store);
    line = line_of(1);
    assert_int_equal(line.length, 0);
    assert_true(add(&event));
    line = line_of(1);
    assert_true(line.length > 0);
    buf_release(&line);
}

static void test_each_host_has_its_chain(void **state)
{
    struct event event = example();
    struct buf line;

    (void)state;
    assert_true(add(&event));
    store_close(store);
    config.host = "mx2";
    assert_int_equal(store_open(&config, &store), 0);
    /* The event is known, whoever recorded it. */
    assert_false(add(&event));
    event.name = "routed";
    assert_true(add(&event));
    line = line_of(1);
    assert_non_null(strstr(buf_cstring(&line), "\"seq\":1,\"prev\":\"" ZEROS "\""));
    buf_release(&line);
}

static void test_text_is_escaped(void **state)
{
    struct event event = example();
    struct buf line;
    json_object *object;

    (void)state;
    event.actor = "a\"b\\c\nd\x01";
    assert_true(add(&event));
    line = line_of(1);
    assert_null(memchr(line.octets, '\n', line.length));
    object = json_tokener_parse(buf_cstring(&line));
    assert_non_null(object);
    assert_string_equal(json_object_get_string(json_object_object_get(object, "actor")),
                        "a\"b\\c\nd\x01");
    json_object_put(object);
    buf_release(&line);
}

/* What would break the file is refused, and nothing is recorded. */
static void test_no_line_is_refused(void **state)
{
    struct event event = example();
    struct buf details = BUF_INIT;
    struct buf line;

    (void)state;
    assert_int_equal(store_begin(store), 0);
    event.details = SPAN("\"kind\":\n\"customer\"");
    assert_int_equal(event_add(store, &event, NULL), EX_SOFTWARE);
    buf_string(&details, "\"x\":\"");
    memset(buf_reserve(&details, LEDGER_LINE_MAX), 'x', LEDGER_LINE_MAX);
    details.length += LEDGER_LINE_MAX;
    buf_char(&details, '"');
    event.details = buf_view(&details);
    assert_int_equal(event_add(store, &event, NULL), EX_SOFTWARE);
    assert_int_equal(store_commit(store), 0);
    line = line_of(1);
    assert_int_equal(line.length, 0);
    buf_release(&details);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_line_is_exact, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_unknown_members_are_left_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_same_event_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_every_part_of_the_key_counts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_parts_do_not_run_together, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_lines_are_a_chain, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_rollback_takes_it_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_each_host_has_its_chain, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_text_is_escaped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_line_is_refused, set_up, tear_down),
    };

    diag_set_program("test_event");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
