/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matching.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include <cmocka.h>

#define NOON INT64_C(1795431600)
#define HOUR INT64_C(3600)
#define ANN "ann@client.example"
#define EVE "eve@other.example"
#define SARA "sara@desk.example"

/*
 * Four cases of Ann, each with a message `NUMBER@client.example`, subject "subject NUMBER", the
 * last one changed last; and one of Bob's.
 */
enum { CASES = 5, BOBS = 4 };

struct place {
    char folder[64];
    struct config config;
    struct store *store;
    struct message message;
    char ids[CASES][CASE_ID_SIZE];
};

static const struct house_key key = {{7}};
static const struct writer ann = {.address = ANN, .customer = "C-ANN", .is_believed = true};
static const struct writer eve = {.address = EVE, .customer = "C-EVE", .is_believed = true};
static const struct writer sara = {.address = SARA, .is_agent = true, .is_believed = true};
static const struct writer unproven = {.address = ANN, .customer = "C-ANN"};
static const struct writer unproven_agent = {.address = SARA, .is_agent = true};
static const struct writer nobody = {.is_believed = true};

static int make_cases(struct place *place)
{
    int code = store_begin(place->store);

    for (int i = 0; code == 0 && i < CASES; i++) {
        char name[32];
        char subject[32];
        struct case_row row = {.customer = i == BOBS ? "C-BOB" : "C-ANN",
                               .subject = subject,
                               .state = "open",
                               .opened_at = NOON + i,
                               .changed_at = NOON + i};

        snprintf(name, sizeof(name), "%d@client.example", i);
        snprintf(subject, sizeof(subject), "subject %d", i);
        code = case_new_id(place->store, &key, name, place->ids[i]);
        memcpy(row.id, place->ids[i], CASE_ID_SIZE);
        if (code == 0)
            code = case_put(place->store, &row);
        if (code == 0)
            code = case_add_message_id(place->store, name, name, row.id);
        if (code == 0)
            code = party_add(place->store, row.id, i == BOBS ? "bob@client.example" : ANN);
    }
    return code;
}

static int set_up(void **state)
{
    struct place *place = calloc(1, sizeof(*place));

    if (place == NULL)
        return -1;
    strcpy(place->folder, "/tmp/postroom-matching-XXXXXX");
    if (mkdtemp(place->folder) == NULL)
        return -1;
    place->config = (struct config){.path = "test",
                                    .folder = place->folder,
                                    .host = "test",
                                    .busy = 5,
                                    .case_window = HOUR,
                                    .limits = LIMITS_DEFAULT};
    message_init(&place->message, &place->config);
    *state = place;
    return store_open(&place->config, &place->store) != 0 ? -1 : make_cases(place);
}

static int tear_down(void **state)
{
    struct place *place = *state;
    static const char *const names[] = {"postroom.db", "postroom.db-wal", "postroom.db-shm"};

    store_rollback(place->store);
    store_close(place->store);
    message_release(&place->message);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char path[128];

        snprintf(path, sizeof(path), "%s/%s", place->folder, names[i]);
        unlink(path);
    }
    rmdir(place->folder);
    free(place);
    return 0;
}

/* Makes place->message the Email object LINE, as of noon, with this `triage`. */
static void read_message(struct place *place, const char *line, const char *triage)
{
    struct message *message = &place->message;

    message_clear(message);
    message->line = (struct span){arena_string(&message->arena, line), strlen(line)};
    message->has_line = true;
    message->received_at = NOON;
    message->has_received_at = true;
    assert_true(message_read_triage(message, span_of(arena_string(&message->arena, triage))));
}

/* A text that lives until the next call. */
static const char *format(const char *pattern, ...) __attribute__((format(printf, 1, 2)));
static const char *format(const char *pattern, ...)
{
    static char text[1024];
    va_list list;

    va_start(list, pattern);
    vsnprintf(text, sizeof(text), pattern, list);
    va_end(list);
    return text;
}

/*
 * WRITER's message LINE joins case NUMBER (none: -1) by BY, or points to case LINKED without being
 * allowed to join (-1: to none).
 */
static void expect(struct place *place, const struct writer *writer, const char *line, int number,
                   const char *by, int linked)
{
    struct match match;

    read_message(place, line, "{}");
    assert_int_equal(match_case(place->store, &key, &place->message, writer, &match), 0);
    assert_int_equal(match.found, number >= 0);
    if (number >= 0) {
        assert_string_equal(match.row.id, place->ids[number]);
        assert_string_equal(match.by, by);
        assert_null(match.linked);
    } else if (linked >= 0) {
        assert_non_null(match.linked);
        assert_string_equal(match.linked, place->ids[linked]);
    } else {
        assert_null(match.linked);
    }
    assert_false(match.ours);
}

/* The key for ADDRESS in case NUMBER. */
static const char *key_for(struct place *place, int number, const char *address)
{
    static char text[REPLY_KEY_SIZE];

    reply_key(text, &key, place->ids[number], span_of(address));
    return text;
}

/* ---- the order of proofs -----------------------------------------------------------------------
 */

/* A message that bears all four, each for another case: the strongest that is left decides. */
static void test_order(void **state)
{
    struct place *place = *state;

    expect(place, &ann,
           format("{\"subject\":\"[#%s] subject 3\",\"references\":[\"2@client.example\"],"
                  "\"to\":[{\"email\":\"a+%s.%s@house.example\"}]}",
                  place->ids[1], place->ids[0], key_for(place, 0, ANN)),
           0, "reply-key", -1);
    expect(place, &ann,
           format("{\"subject\":\"[#%s] subject 3\",\"references\":[\"2@client.example\"]}",
                  place->ids[1]),
           1, "id", -1);
    expect(place, &ann, "{\"subject\":\"Re: Subject 3\",\"references\":[\"2@client.example\"]}", 2,
           "references", -1);
    expect(place, &ann, "{\"subject\":\"Re: Subject 3\",\"references\":[\"unknown@x\"]}", 3,
           "subject", -1);
    expect(place, &ann, "{\"subject\":\"Subject 9\"}", -1, NULL, -1);
    expect(place, &ann, "{}", -1, NULL, -1);
}

/* A proven key goes before an id, wherever either stands. */
static void test_key_before_id(void **state)
{
    struct place *place = *state;
    char mark[64];

    snprintf(mark, sizeof(mark), "%s.01234567.%s", place->ids[2], key_for(place, 2, ANN));
    expect(place, &ann,
           format("{\"to\":[{\"email\":\"a+%s.000000000000@house.example\"}],\"references\":"
                  "[\"%s@house.example\",\"1@client.example\"]}",
                  place->ids[0], mark),
           2, "reply-key", -1);
}

/* In-Reply-To first, then References from the nearest. */
static void test_nearest_reference(void **state)
{
    struct place *place = *state;

    expect(place, &ann, "{\"references\":[\"0@client.example\",\"1@client.example\",\"x@y\"]}", 1,
           "references", -1);
    expect(place, &ann,
           "{\"references\":[\"0@client.example\",\"1@client.example\"],\"inReplyTo\":"
           "[\"2@client.example\"]}",
           2, "references", -1);
    expect(place, &ann, "{\"references\":[7,null,{},\"0@client.example\",[]],\"inReplyTo\":{}}", 0,
           "references", -1);
}

/* ---- who may join ------------------------------------------------------------------------------
 */

static void test_strangers(void **state)
{
    struct place *place = *state;
    char line[64];

    snprintf(line, sizeof(line), "{\"subject\":\"[#%s]\"}", place->ids[1]);
    expect(place, &eve, line, -1, NULL, 1);
    expect(place, &nobody, line, -1, NULL, 1);
    expect(place, &unproven, line, -1, NULL, 1);
    expect(place, &unproven_agent, line, -1, NULL, 1);
    expect(place, &ann, line, 1, "id", -1);
    expect(place, &sara, line, 1, "id", -1);
    expect(place, &eve, "{\"references\":[\"2@client.example\"]}", -1, NULL, 2);
    expect(place, &sara, "{\"references\":[\"2@client.example\"]}", 2, "references", -1);
    /* The first that was pointed to is linked. */
    expect(place, &eve,
           format("{\"subject\":\"[#%s]\",\"references\":[\"2@client.example\"]}", place->ids[1]),
           -1, NULL, 1);
}

/* A way that is barred does not bar the next one, but an own subject was not meant then. */
static void test_barred_and_next(void **state)
{
    struct place *place = *state;

    expect(place, &ann,
           format("{\"subject\":\"[#%s] subject 0\",\"references\":[\"1@client.example\"]}",
                  place->ids[BOBS]),
           1, "references", -1);
    expect(place, &ann, format("{\"subject\":\"[#%s] subject 0\"}", place->ids[BOBS]), -1, NULL,
           BOBS);
}

static void test_reply_keys(void **state)
{
    struct place *place = *state;
    char ours[128];
    char line[512];

    snprintf(ours, sizeof(ours), "a+%s.%s@house.example", place->ids[0], key_for(place, 0, EVE));
    snprintf(line, sizeof(line), "{\"to\":[{\"email\":\"x@y\"},{\"email\":\"%s\"}]}", ours);
    /* The key is Eve's: she joins without being a party; to Ann it only shows the id. */
    expect(place, &eve, line, 0, "reply-key", -1);
    expect(place, &ann, line, 0, "id", -1);
    expect(place, &nobody, line, -1, NULL, 0);
    snprintf(line, sizeof(line), "{\"cc\":[{\"email\":\"%s\"}]}", ours);
    expect(place, &eve, line, 0, "reply-key", -1);
    /* Proof of its own kind: no other is asked for. */
    snprintf(line, sizeof(line), "{\"to\":[{\"email\":\"a+%s.%s@house.example\"}]}", place->ids[0],
             key_for(place, 0, ANN));
    expect(place, &unproven, line, 0, "reply-key", -1);
    /* The key of another case. */
    snprintf(line, sizeof(line), "{\"to\":[{\"email\":\"a+%s.%s@house.example\"}]}", place->ids[1],
             key_for(place, 0, EVE));
    expect(place, &eve, line, -1, NULL, 1);
}

/* The envelope's recipient counts as To does. */
static void test_envelope(void **state)
{
    struct place *place = *state;
    struct match match;

    read_message(place, "{}",
                 format("{\"envelope\":{\"rcptTo\":\"a+%s.%s@house.example\"}}", place->ids[3],
                        key_for(place, 3, ANN)));
    assert_int_equal(match_case(place->store, &key, &place->message, &ann, &match), 0);
    assert_true(match.found);
    assert_string_equal(match.row.id, place->ids[3]);
    assert_string_equal(match.by, "reply-key");
}

/* A key that fits a case that was never there, or an id like it. */
static void test_no_such_case(void **state)
{
    struct place *place = *state;
    char id[CASE_ID_SIZE];
    char secret[REPLY_KEY_SIZE];

    case_id(id, &key, "some other blob", 0);
    reply_key(secret, &key, id, span_of(ANN));
    expect(place, &ann,
           format("{\"subject\":\"[#%s] x\",\"to\":[{\"email\":\"a+%s.%s@h\"}]}", id, id, secret),
           -1, NULL, -1);
}

/* More marks than are looked at: an end is made, and what was read first counts. */
static void test_many_marks(void **state)
{
    struct place *place = *state;
    struct buf line = BUF_INIT;

    buf_format(&line, "{\"to\":[{\"email\":\"a+%s.000000000000@h\"}", place->ids[2]);
    for (int i = 0; i < 100; i++)
        buf_format(&line, ",{\"email\":\"a+%s.000000000000@h\"}", place->ids[1]);
    buf_string(&line, "]}");
    expect(place, &ann, buf_cstring(&line), 2, "id", -1);
    expect(place, &eve, buf_cstring(&line), -1, NULL, 2);
    buf_release(&line);
}

/* ---- subject -----------------------------------------------------------------------------------
 */

static void test_subject(void **state)
{
    struct place *place = *state;
    struct match match;

    expect(place, &ann, "{\"subject\":\"RE: SUBJECT 1\"}", 1, "subject", -1);
    expect(place, &eve, "{\"subject\":\"Re: Subject 1\"}", -1, NULL, -1);
    expect(place, &sara, "{\"subject\":\"Re: Subject 1\"}", -1, NULL, -1);
    expect(place, &unproven, "{\"subject\":\"Re: Subject 1\"}", -1, NULL, -1);
    expect(place, &ann, "{\"subject\":\"Re:\"}", -1, NULL, -1);
    for (int late = 0; late < 2; late++) {
        read_message(place, "{\"subject\":\"subject 1\"}", "{}");
        place->message.received_at = NOON + 1 + HOUR + late;
        assert_int_equal(match_case(place->store, &key, &place->message, &ann, &match), 0);
        assert_int_equal(match.found, late == 0);
    }
}

/* ---- bounces -----------------------------------------------------------------------------------
 */

/* A bounce of RETURNED to RECIPIENT joins case NUMBER (-1: none); OURS: it is proven. */
static void expect_bounce(struct place *place, const char *returned, const char *recipient,
                          int number, bool ours)
{
    struct match match;

    read_message(place, "{\"subject\":\"Undelivered: subject 1\"}",
                 format("{\"kind\":{\"value\":\"bounce\",\"recipients\":[\"x@y\",\"%s\"],"
                        "\"returned\":\"%s\"}}",
                        recipient, returned));
    assert_int_equal(match_bounce(place->store, &key, &place->message, &match), 0);
    assert_int_equal(match.found, number >= 0);
    if (number >= 0)
        assert_string_equal(match.row.id, place->ids[number]);
    assert_string_equal(match.by, "bounce");
    assert_int_equal(match.ours, ours);
    assert_null(match.linked);
}

static void test_bounces(void **state)
{
    struct place *place = *state;
    struct match match;
    char mark[96];

    snprintf(mark, sizeof(mark), "%s.01234567.%s@h", place->ids[1], key_for(place, 1, EVE));
    expect_bounce(place, mark, "Eve@Other.Example", 1, true);
    expect_bounce(place, mark, ANN, -1, false);
    /* Sent to a party, failed where that passes mail on to. */
    snprintf(mark, sizeof(mark), "%s.01234567.%s@h", place->ids[1], key_for(place, 1, ANN));
    expect_bounce(place, mark, EVE, 1, true);
    snprintf(mark, sizeof(mark), "%s.01234567.%s@h", place->ids[1], key_for(place, 2, ANN));
    expect_bounce(place, mark, ANN, -1, false);
    expect_bounce(place, "2@client.example", ANN, 2, false);
    expect_bounce(place, "9@client.example", ANN, -1, false);

    read_message(place, "{}", "{\"kind\":{\"value\":\"bounce\",\"recipients\":[7,null,{}]}}");
    assert_int_equal(match_bounce(place->store, &key, &place->message, &match), 0);
    assert_false(match.found);
    snprintf(mark, sizeof(mark), "%s.01234567.%s@h", place->ids[1], key_for(place, 1, ANN));
    read_message(place, "{}",
                 format("{\"kind\":{\"recipients\":[7,null,{}],\"returned\":\"%s\"}}", mark));
    assert_int_equal(match_bounce(place->store, &key, &place->message, &match), 0);
    assert_true(match.ours);
}

/* A store that fails is no "not found". */
static void test_failure(void **state)
{
    struct place *place = *state;
    struct match match;

    assert_int_equal(store_run(store_prepare(place->store, "DROP TABLE party")), 0);
    read_message(place, "{\"references\":[\"1@client.example\"]}",
                 format("{\"kind\":{\"returned\":\"%s.01234567.%s@h\"}}", place->ids[1],
                        key_for(place, 2, ANN)));
    assert_int_equal(match_case(place->store, &key, &place->message, &ann, &match), EX_TEMPFAIL);
    assert_int_equal(match_bounce(place->store, &key, &place->message, &match), EX_TEMPFAIL);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_order),     TEST(test_key_before_id),   TEST(test_nearest_reference),
        TEST(test_strangers), TEST(test_barred_and_next), TEST(test_reply_keys),
        TEST(test_envelope),  TEST(test_no_such_case),    TEST(test_many_marks),
        TEST(test_subject),   TEST(test_bounces),         TEST(test_failure),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
