/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct config config = {.limits = LIMITS_DEFAULT};
static struct message message;

static int set_up(void **state)
{
    (void)state;
    message_init(&message, &config);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    message_release(&message);
    return 0;
}

static void same(const char *what, struct span got, const char *expected)
{
    if (!span_equal(got, span_of(expected)))
        fail_msg("%s is %.*s, not %s", what, (int)got.length, got.octets, expected);
}

static void same_triage(const char *expected)
{
    struct buf out = BUF_INIT;

    message_write_triage(&message, &out);
    same("triage", buf_view(&out), expected);
    buf_release(&out);
}

/* ---- triage --------------------------------------------------------------------------------- */

/* The order of triage-json(5), whatever the order of writing; unknown members last, as they came.
 */
static void test_order(void **state)
{
    static const char *const names[] = {
        "envelope",  "brand",   "kind",       "language",  "text",      "entities",   "courtesy",
        "trust",     "control", "case",       "duplicate", "incident",  "category",   "level",
        "sensitive", "reasons", "suggestion", "route",     "autoreply", "redactions", "errors"};
    const size_t count = sizeof(names) / sizeof(names[0]);
    struct buf expected = BUF_INIT;

    (void)state;
    message_set_json(&message, "zebra", SPAN("1"));
    for (size_t i = 0; i < count; i++) {
        const char *name = names[(i * 8 + 5) % count]; /* 8 and 21 have no common divisor */

        message_set_json(&message, name, SPAN("[]"));
        if (i == 3)
            message_set_json(&message, "ant", SPAN("2"));
    }
    for (size_t i = 0; i < count; i++)
        buf_format(&expected, "%s\"%s\":[]", i > 0 ? "," : "{", names[i]);
    buf_string(&expected, ",\"zebra\":1,\"ant\":2}");
    same_triage(buf_cstring(&expected));
    buf_release(&expected);
}

static void test_set(void **state)
{
    (void)state;
    assert_false(message.has_triage);
    assert_null(message_triage(&message, "level"));
    assert_int_equal(message_triage_json(&message, "level").length, 0);
    message_set(&message, "level", json_object_new_int(2));
    assert_true(message.has_triage);
    assert_int_equal(json_object_get_int(message_triage(&message, "level")), 2);
    same("level", message_triage_json(&message, "level"), "2");
    message_set(&message, "level", json_object_new_int(3));
    same_triage("{\"level\":3}");
    message_set_json(&message, "level", SPAN("1"));
    assert_int_equal(json_object_get_int(message_triage(&message, "level")), 1);
    message_set(&message, "sensitive", json_object_new_boolean(true));
    message_set(&message, "level", NULL);
    message_set(&message, "route", NULL);
    same_triage("{\"sensitive\":true}");
    assert_true(message_triage_true(&message, "sensitive"));
    message_set(&message, "sensitive", json_object_new_string("true"));
    assert_false(message_triage_true(&message, "sensitive"));
    assert_false(message_triage_true(&message, "courtesy"));
}

static void test_read(void **state)
{
    (void)state;
    assert_true(message_read_triage(
        &message,
        SPAN("{ \"new\" : { \"a\" : [1, 2] } , \"level\":1,\"kind\":{\"value\":\"spam\"}}")));
    /* values stay as they were spelled */
    same_triage("{\"kind\":{\"value\":\"spam\"},\"level\":1,\"new\":{ \"a\" : [1, 2] }}");
    assert_string_equal(message_triage_string(&message, "kind", "value"), "spam");
    assert_null(message_triage_string(&message, "kind", "why"));
    assert_null(message_triage_string(&message, "level", "value"));
    assert_null(message_triage_string(&message, "nothing", "value"));
    assert_string_equal(message_kind(&message), "spam");
    /* what is read takes the place of what was there */
    assert_true(message_read_triage(&message, SPAN("{}")));
    same_triage("{}");
    assert_string_equal(message_kind(&message), "customer");
    assert_true(message.has_triage);
    assert_false(message_read_triage(&message, SPAN("[]")));
    assert_false(message_read_triage(&message, SPAN("null")));
    assert_false(message_read_triage(&message, SPAN("{\"a\":1,\"a\":2}")));
    assert_false(message_read_triage(&message, SPAN("")));
}

/* A name of ours in another spelling is ours: it must not be written beside it. */
static void test_escaped_name(void **state)
{
    (void)state;
    assert_true(message_read_triage(&message, SPAN("{\"l\\u0065vel\":1,\"z\\u0065bra\":2}")));
    message_set(&message, "level", json_object_new_int(3));
    same_triage("{\"level\":3,\"z\\u0065bra\":2}");
}

static void test_errors(void **state)
{
    (void)state;
    assert_false(message_limit_hit(&message));
    message_error(&message, "mail-parse", "charset", "unknown");
    assert_false(message_limit_hit(&message));
    message_error(&message, "mail-parse", "limit-depth", "too deep");
    message_error(&message, "mail-parse", "charset", "said once is enough");
    message_error(&message, "classify", "charset", NULL);
    assert_true(message_limit_hit(&message));
    same_triage("{\"errors\":[{\"program\":\"mail-parse\",\"code\":\"charset\",\"message\":"
                "\"unknown\"},{\"program\":\"mail-parse\",\"code\":\"limit-depth\",\"message\":"
                "\"too deep\"},{\"program\":\"classify\",\"code\":\"charset\",\"message\":\"\"}]}");
}

/* Members of wrong types, which a stranger may write, are as if absent. */
static void test_wrong_types(void **state)
{
    static const char *const values[] = {
        "5",   "\"x\"", "true",   "null",           "{}",    "{\"code\":1}", "[]",
        "[1]", "[[]]",  "[null]", "[{\"code\":5}]", "-0.5e3"};
    static const char *const names[] = {"envelope", "kind", "errors", "level", "sensitive"};

    (void)state;
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        for (size_t j = 0; j < sizeof(names) / sizeof(names[0]); j++)
            message_set_json(&message, names[j], span_of(values[i]));
        assert_string_equal(message_kind(&message), "customer");
        assert_null(message_recipient(&message));
        assert_null(message_return_path(&message));
        assert_false(message_limit_hit(&message));
        assert_string_equal(message_delivery(&message), "");
        message_error(&message, "p", "limit-x", "y");
        assert_true(message_limit_hit(&message));
        message_clear(&message);
    }
}

static void test_number(void **state)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {{0.98, "0.98"}, {1, "1.00"}, {0, "0.00"}, {0.999, "1.00"}, {0.001, "0.00"}};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        message_set(&message, "x", message_number(cases[i].value));
        same("number", message_triage_json(&message, "x"), cases[i].text);
    }
}

/* ---- deliveries ----------------------------------------------------------------------------- */

#define HELLO "sha256-5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"

static void test_delivery(void **state)
{
    (void)state;
    message_set_octets(&message, SPAN("hello\n"));
    assert_string_equal(message.blob_id, HELLO);
    assert_string_equal(message_delivery(&message), HELLO);
    message_set_json(&message, "envelope",
                     SPAN("{\"mailFrom\":\"\",\"rcptTo\":\"Help@X.example\"}"));
    assert_string_equal(message_delivery(&message), HELLO " help@x.example");
    assert_string_equal(message_return_path(&message), "");
    /* null and absent are unknown, which is not the null path */
    message_set_json(&message, "envelope", SPAN("{\"mailFrom\":null}"));
    assert_string_equal(message_delivery(&message), HELLO);
    assert_null(message_return_path(&message));
}

static void test_blob_id(void **state)
{
    (void)state;
    assert_true(message_is_blob_id(SPAN(HELLO)));
    assert_true(message_is_blob_id(SPAN("sha256-0")));
    assert_false(message_is_blob_id(SPAN("sha256-")));
    assert_false(message_is_blob_id(SPAN(HELLO "0")));
    assert_false(message_is_blob_id(SPAN("sha256-0A")));
    assert_false(message_is_blob_id(SPAN("sha256-0\0")));
    assert_false(message_is_blob_id(SPAN("sha256-0; size=1")));
    assert_false(message_is_blob_id(SPAN("md5-0")));
    assert_false(message_is_blob_id((struct span){NULL, 0}));
}

/* ---- octets and properties ------------------------------------------------------------------ */

static const char mail[] = "From: Ann B <Ann.B@X.example>, c@x.example\n"
                           "Subject: =?utf-8?q?caf=C3=A9?=\n"
                           "To: nobody\n"
                           "\n"
                           "My lamp is broken.\n";

static void test_properties(void **state)
{
    (void)state;
    message_set_octets(&message, SPAN(mail));
    assert_string_equal(message_address(&message, "from"), "ann.b@x.example");
    assert_null(message_address(&message, "cc"));
    assert_null(message_address(&message, "subject"));
    same("subject", message_subject(&message), "caf\xc3\xa9");
    assert_null(message_property(&message, "messageId"));
    assert_null(message_property(&message, "nothing"));
    assert_true(json_object_is_type(message_property(&message, "headers"), json_type_array));
    same("text", message_derive_text(&message), "My lamp is broken.");
}

static void test_no_octets(void **state)
{
    struct span octets;

    (void)state;
    assert_false(message_octets(&message, &octets));
    assert_null(message_mime(&message));
    assert_int_equal(message_derive_text(&message).length, 0);
    assert_string_equal(message_delivery(&message), "");
}

static bool raw_octets(const char *line, struct span *octets)
{
    struct json_error error;

    message_clear(&message);
    message.line = span_of(line);
    message.has_line = true;
    message.line_has_extras = true;
    message.line_indexed = json_scan(message.line, &message.arena, &message.index, &error);
    assert_true(message.line_indexed);
    return message_octets(&message, octets);
}

/* The octets of a line are its `raw`, or unknown. */
static void test_raw(void **state)
{
    static const char *const bad[] = {"{}",
                                      "{\"raw\":null}",
                                      "{\"raw\":5}",
                                      "{\"raw\":\"a\"}",
                                      "{\"raw\":\"aGk\"}",
                                      "{\"raw\":\"aGk= \"}",
                                      "{\"raw\":\"a\\u0047k=\"}",
                                      "{\"raw\":[\"aGk=\"]}"};
    struct span octets;

    (void)state;
    assert_true(raw_octets("{\"subject\":\"other\",\"raw\":\"aGk=\"}", &octets));
    same("raw", octets, "hi");
    same("subject", message_subject(&message), "other");
    assert_true(raw_octets("{\"raw\":\"\"}", &octets));
    assert_int_equal(octets.length, 0);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        if (raw_octets(bad[i], &octets))
            fail_msg("octets of %s", bad[i]);
}

static void test_where(void **state)
{
    (void)state;
    message.input = "in.mbox";
    message.number = 3;
    assert_string_equal(message_where(&message), "in.mbox, message 3");
    message.file = "Maildir/new/1";
    assert_string_equal(message_where(&message), "Maildir/new/1");
    /* a cleared message knows nothing of the one before */
    message_set_octets(&message, SPAN("x"));
    message_set(&message, "level", json_object_new_int(1));
    message_clear(&message);
    assert_string_equal(message_where(&message), "standard input, message 0");
    assert_string_equal(message.blob_id, "");
    assert_false(message.has_octets || message.has_triage || message.has_line);
    same_triage("{}");
    assert_ptr_equal(message.config, &config);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_order),   TEST(test_set),         TEST(test_read),      TEST(test_escaped_name),
        TEST(test_errors),  TEST(test_wrong_types), TEST(test_number),    TEST(test_delivery),
        TEST(test_blob_id), TEST(test_properties),  TEST(test_no_octets), TEST(test_raw),
        TEST(test_where),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
