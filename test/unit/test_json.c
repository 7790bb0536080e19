/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "utf8.h"

static uint32_t random_state = 20261124;

/* A number below LIMIT. */
static size_t below(size_t limit)
{
    random_state = random_state * 1664525 + 1013904223;
    return (random_state >> 8) % limit;
}

static struct arena arena = ARENA_INIT;
static struct json_index json_index;
static struct json_error json_error;

static bool scan(struct span line)
{
    arena_clear(&arena);
    json_error = (struct json_error){0, NULL};
    return json_scan(line, &arena, &json_index, &json_error);
}

static int tear_down(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

/* ---- the grammar ------------------------------------------------------------------------------
 */

static void test_accepts(void **state)
{
    const struct span texts[] = {
        SPAN("{}"),
        SPAN(" \t\r\n{ \n} \r\t"),
        SPAN("{\"a\":1}"),
        SPAN("{\"a\":1}\r\n"),
        SPAN("{\"\":\"\"}"),
        SPAN("{\"a\":{},\"b\":[],\"c\":null,\"d\":true,\"e\":false}"),
        SPAN("{\"a\" : [ 1 , [ ] , { } , [ [ ] ] ] , \"b\" : { \"a\" : { \"a\" : 0 } } }"),
        SPAN("{\"n\":[0,-0,1,-1,10,0.0,0.98,-0.5,1e5,1E5,1e+5,1e-5,0e0,1.5E+10,1e400,-1e-400]}"),
        SPAN("{\"n\":123456789012345678901234567890}"),
        SPAN("{\"s\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\\uFFFF\\u0000\"}"),
        SPAN("{\"s\":\"\\ud83d\\udcee\\uD83D\\uDCEE\"}"),
        SPAN("{\"s\":\"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x93\xae "
             "\xf4\x8f\xbf\xbf\x7f\xe2\x80\xa8\"}"),
        SPAN("{\"caf\xc3\xa9\":1,\"cafe\":2}"),
        SPAN("{\"a\":1,\"A\":2,\"a \":3,\"\":4,\"a\\u0000\":5}"),
        SPAN("{\"a\":{\"a\":1},\"b\":{\"a\":1},\"c\":[{\"a\":1},{\"a\":1}]}"),
        SPAN("{\"12345678901234567890\\u00e9\":\"12345678901234567890\\n12345678901234567890\"}"),
    };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (!scan(texts[i]))
            fail_msg("%s: %s at %zu", texts[i].octets, json_error.reason, json_error.offset);
    }
}

/* Each with the place that the error must name. */
static void test_refuses(void **state)
{
    const struct {
        struct span text;
        size_t offset;
    } cases[] = {
        {{NULL, 0}, 0},
        {SPAN(""), 0},
        {SPAN("  "), 2},
        {SPAN("[]"), 0},
        {SPAN("null"), 0},
        {SPAN("\"a\""), 0},
        {SPAN("\xef\xbb\xbf{}"), 0},
        {SPAN("{"), 1},
        {SPAN("{}}"), 2},
        {SPAN("{}{}"), 2},
        {SPAN("{} x"), 3},
        {SPAN("{}\0"), 2},
        {SPAN("{\"a\""), 4},
        {SPAN("{\"a\":"), 5},
        {SPAN("{\"a\":1"), 6},
        {SPAN("{\"a\":1,"), 7},
        {SPAN("{\"a\":1,}"), 7},
        {SPAN("{,\"a\":1}"), 1},
        {SPAN("{\"a\":1 \"b\":2}"), 7},
        {SPAN("{\"a\",1}"), 4},
        {SPAN("{\"a\":1]"), 6},
        {SPAN("{\"a\":[1}"), 7},
        {SPAN("{\"a\":[1,]}"), 8},
        {SPAN("{\"a\":[,1]}"), 6},
        {SPAN("{\"a\":[1 2]}"), 8},
        {SPAN("{\"a\":[1:2]}"), 7},
        {SPAN("{\"a\":[\"b\":2]}"), 9},
        {SPAN("{a:1}"), 1},
        {SPAN("{1:1}"), 1},
        {SPAN("{'a':1}"), 1},
        {SPAN("{\"a\":'b'}"), 5},
        {SPAN("{\"a\":nul}"), 5},
        {SPAN("{\"a\":nulll}"), 9},
        {SPAN("{\"a\":True}"), 5},
        {SPAN("{\"a\":NaN}"), 5},
        {SPAN("{\"a\":Infinity}"), 5},
        {SPAN("{\"a\":-Infinity}"), 6},
        {SPAN("{\"a\":+1}"), 5},
        {SPAN("{\"a\":01}"), 6},
        {SPAN("{\"a\":-}"), 6},
        {SPAN("{\"a\":-01}"), 7},
        {SPAN("{\"a\":.5}"), 5},
        {SPAN("{\"a\":1.}"), 7},
        {SPAN("{\"a\":1.e5}"), 7},
        {SPAN("{\"a\":1e}"), 7},
        {SPAN("{\"a\":1e+}"), 8},
        {SPAN("{\"a\":0x10}"), 6},
        {SPAN("{\"a\":1,/* */\"b\":2}"), 7},
        {SPAN("{\"a\f\":1}"), 3},
        {SPAN("{\f\"a\":1}"), 1},
        {SPAN("{\"a\":\"\n\"}"), 6},
        {SPAN("{\"a\":\"b\tc\"}"), 7},
        {SPAN("{\"a\":\"b\0c\"}"), 7},
        {SPAN("{\"a\":\"12345678901234567890\x1f\"}"), 26},
        {SPAN("{\"a\":\"b}"), 8},
        {SPAN("{\"a\":\"b\\"), 8},
        {SPAN("{\"a\":\"b\\\"}"), 10},
        {SPAN("{\"a\":\"\\x41\"}"), 7},
        {SPAN("{\"a\":\"\\'\"}"), 7},
        {SPAN("{\"a\":\"\\\0\"}"), 7},
        {SPAN("{\"a\":\"\\u12\"}"), 10},
        {SPAN("{\"a\":\"\\u12g4\"}"), 10},
        {SPAN("{\"a\":\"\\U0041\"}"), 7},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (scan(cases[i].text))
            fail_msg("accepted: %s", cases[i].text.octets);
        assert_non_null(json_error.reason);
        if (json_error.offset != cases[i].offset)
            fail_msg("%s: %s at %zu, not %zu", cases[i].text.octets, json_error.reason,
                     json_error.offset, cases[i].offset);
    }
}

static void assert_refused(struct span text, const char *reason)
{
    assert_false(scan(text));
    assert_string_equal(json_error.reason, reason);
}

static void test_lone_surrogates(void **state)
{
    static const char reason[] = "a lone surrogate in a string";

    (void)state;
    assert_refused(SPAN("{\"a\":\"\\ud800\"}"), reason);
    assert_refused(SPAN("{\"a\":\"\\udfff\"}"), reason);
    assert_refused(SPAN("{\"a\":\"\\udcee\\ud83d\"}"), reason);
    assert_refused(SPAN("{\"a\":\"\\ud83dxxxxxx\"}"), reason);
    assert_refused(SPAN("{\"a\":\"\\ud83d\\n     \"}"), reason);
    assert_refused(SPAN("{\"a\":\"\\ud83d\\u0041\"}"), reason);
    assert_refused(SPAN("{\"a\":\"\\ud83d\\ud83d\"}"), reason);
    assert_refused(SPAN("{\"\\ud800\":1}"), reason);
    assert_refused(SPAN("{\"a\":\"\\ud83d\\udc"), reason);
    assert_refused(SPAN("{\"a\":\"\\ud83d\\udcxx\"}"),
                   "a \\u escape without four hexadecimal digits");
}

static void test_invalid_utf8(void **state)
{
    static const char *const wrongs[] = {
        "\x80",
        "\xbf",
        "\xc0\x80",
        "\xc1\xbf",
        "\xc3",
        "\xe2\x82",
        "\xe0\x9f\xbf",
        "\xf0\x8f\xbf\xbf",
        "\xed\xa0\x80",
        "\xed\xbf\xbf",
        "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80",
        "\xff",
        "\xfe",
        "\xc3(",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(wrongs) / sizeof(wrongs[0]); i++) {
        for (int padding = 0; padding < 9; padding++) {
            char text[64];

            snprintf(text, sizeof(text), "{\"a\":\"%.*s%s\"}", padding, "12345678", wrongs[i]);
            assert_refused(span_of(text), "invalid UTF-8");
            assert_int_equal(json_error.offset, 6 + padding);
            snprintf(text, sizeof(text), "{\"%.*s%s\":1}", padding, "12345678", wrongs[i]);
            assert_refused(span_of(text), "invalid UTF-8");
        }
    }
}

static void test_double_names(void **state)
{
    static const char reason[] = "a name that stands twice in an object";
    struct buf text = BUF_INIT;

    (void)state;
    assert_refused(SPAN("{\"a\":1,\"a\":1}"), reason);
    assert_refused(SPAN("{\"a\":1,\"b\":2,\"c\":{\"d\":1,\"e\":[],\"d\":2}}"), reason);
    assert_refused(SPAN("{\"a\":[{\"b\":1},{\"b\":1,\"b\":1}]}"), reason);
    assert_refused(SPAN("{\"\":1,\"\":1}"), reason);
    /* However it is written, a name is the same name. */
    assert_refused(SPAN("{\"triage\":1,\"tri\\u0061ge\":2}"), reason);
    assert_refused(SPAN("{\"a/b\":1,\"a\\/b\":2}"), reason);
    assert_refused(SPAN("{\"\\u00e9\":1,\"\xc3\xa9\":2}"), reason);
    assert_refused(SPAN("{\"\\ud83d\\udcee\":1,\"\xf0\x9f\x93\xae\":2}"), reason);
    assert_refused(SPAN("{\"x\":{\"\\u0041\":1,\"A\":2}}"), reason);
    /* The set of an object goes on behind objects inside it, also when they are larger. */
    assert_refused(SPAN("{\"a\":{\"b\":1,\"c\":2,\"d\":3,\"e\":4,\"f\":5,\"g\":6,\"h\":7,\"i\":8},"
                        "\"b\":{},\"c\":{\"a\":1},\"a\":2}"),
                   reason);
    /* In large objects, for each of their names. */
    for (int wanted = 0; wanted < 100; wanted++) {
        buf_clear(&text);
        buf_char(&text, '{');
        for (int i = 0; i < 100; i++)
            buf_format(&text, "\"name%d\":{\"name%d\":1},", i, i + 1);
        buf_format(&text, "\"name%d\":1}", wanted);
        assert_refused(buf_view(&text), reason);
    }
    buf_release(&text);
}

/* ---- depth and size ---------------------------------------------------------------------------
 */

/* An object with DEPTH levels, arrays and objects in turns. */
static void write_deep(struct buf *out, size_t depth)
{
    buf_clear(out);
    for (size_t i = 0; i < depth; i++)
        buf_string(out, i % 2 == 0 ? "{\"a\":" : "[");
    buf_string(out, "1");
    for (size_t i = depth; i-- > 0;)
        buf_string(out, i % 2 == 0 ? "}" : "]");
}

static void test_depth(void **state)
{
    struct buf text = BUF_INIT;
    json_object *whole;

    (void)state;
    write_deep(&text, JSON_DEPTH_MAX);
    assert_true(scan(buf_view(&text)));
    /* What the scan lets through json-c reads, at any depth. */
    whole = json_read(buf_view(&text));
    assert_non_null(whole);
    json_object_put(whole);
    write_deep(&text, JSON_DEPTH_MAX + 1);
    assert_refused(buf_view(&text), "too many objects and arrays inside each other");
    assert_int_equal(json_error.offset, JSON_DEPTH_MAX / 2 * 6);
    write_deep(&text, 10000);
    assert_refused(buf_view(&text), "too many objects and arrays inside each other");
    /* Beside each other there may be any number. */
    buf_clear(&text);
    buf_string(&text, "{\"a\":[0");
    for (int i = 0; i < 10000; i++)
        buf_string(&text, ",[{}]");
    buf_string(&text, "]}");
    assert_true(scan(buf_view(&text)));
    buf_release(&text);
}

static double cpu_seconds(void)
{
    return (double)clock() / CLOCKS_PER_SEC;
}

static uint32_t fnv(uint32_t hash, const char *octets, size_t length)
{
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)octets[i]) * 16777619U;
    return hash;
}

#define WORD 6

static void spell(uint32_t number, char word[WORD])
{
    number *= 2654435761U; /* odd: other numbers stay other numbers */
    for (int i = 0; i < WORD; i++)
        word[i] = (char)(']' + (number >> (5 * i) & 31));
}

/*
 * Two words that take the hash FNV-1a from START to one place: what anybody can compute who wants
 * to make a table of names slow.
 */
static uint32_t collide(uint32_t start, char a[WORD], char b[WORD])
{
    enum { SLOTS = 1 << 18 };
    static uint32_t seen[SLOTS]; /* the number of a word */

    memset(seen, 0, sizeof(seen));
    for (uint32_t number = 1;; number++) {
        uint32_t hash;
        uint32_t *slot;

        spell(number, a);
        hash = fnv(start, a, WORD);
        slot = &seen[hash % SLOTS];
        if (*slot != 0) {
            spell(*slot, b);
            if (fnv(start, b, WORD) == hash && memcmp(a, b, WORD) != 0)
                return hash;
        }
        *slot = number;
    }
}

/* Names of one object take linear time, also when somebody chose them to collide. */
static void test_many_names(void **state)
{
    enum { STAGES = 15 };
    static char words[STAGES][2][WORD];
    struct buf plain = BUF_INIT;
    struct buf hostile = BUF_INIT;
    uint32_t hash = 2166136261U;
    double plain_time;
    double hostile_time;

    (void)state;
    for (int stage = 0; stage < STAGES; stage++)
        hash = collide(hash, words[stage][0], words[stage][1]);
    buf_char(&plain, '{');
    buf_char(&hostile, '{');
    for (unsigned i = 0; i < 1U << STAGES; i++) {
        buf_format(&plain, "%s\"%090u\":0", i != 0 ? "," : "", i);
        buf_string(&hostile, i != 0 ? ",\"" : "\"");
        for (int stage = 0; stage < STAGES; stage++)
            buf_add(&hostile, words[stage][i >> stage & 1], WORD);
        buf_string(&hostile, "\":0");
    }
    buf_char(&plain, '}');
    buf_char(&hostile, '}');
    plain_time = cpu_seconds();
    assert_true(scan(buf_view(&plain)));
    plain_time = cpu_seconds() - plain_time;
    assert_int_equal(json_index.count, 1U << STAGES);
    hostile_time = cpu_seconds();
    assert_true(scan(buf_view(&hostile)));
    hostile_time = cpu_seconds() - hostile_time;
    assert_int_equal(json_index.count, 1U << STAGES);
    assert_true(hostile_time < 10 * plain_time + 0.2);
    buf_release(&plain);
    buf_release(&hostile);
}

/* ---- the index --------------------------------------------------------------------------------
 */

static void assert_member(size_t i, const char *name, const char *key, const char *value)
{
    const struct json_member *member = &json_index.members[i];

    assert_true(span_equal(member->name, span_of(name)));
    assert_true(span_equal(member->key, span_of(key)));
    assert_true(span_equal(member->value, span_of(value)));
}

static void test_index(void **state)
{
    const struct span text =
        SPAN(" { \"a\" : 1 ,\"b\":[ 1, {\"x\":2} ] , \"\\u0063\\/\" :\t{ } ,\"d\":\"e\\\"\" , "
             "\"e\": -0.5e1 ,\"f\":null} \n");

    (void)state;
    assert_true(scan(text));
    assert_int_equal(json_index.count, 6);
    assert_member(0, "a", "a", "1");
    assert_member(1, "b", "b", "[ 1, {\"x\":2} ]");
    assert_member(2, "\\u0063\\/", "c/", "{ }");
    assert_member(3, "d", "d", "\"e\\\"\"");
    assert_member(4, "e", "e", "-0.5e1");
    assert_member(5, "f", "f", "null");
    /* Names and values lie in the line, in order. */
    for (size_t i = 0; i < json_index.count; i++) {
        const struct json_member *member = &json_index.members[i];

        assert_true(member->name.octets > text.octets);
        assert_int_equal(member->name.octets[-1], '"');
        assert_true(member->value.octets > member->name.octets + member->name.length);
        assert_true(member->value.octets + member->value.length < text.octets + text.length);
    }
    assert_ptr_equal(json_index_find(&json_index, "d"), &json_index.members[3]);
    assert_null(json_index_find(&json_index, "x"));
    assert_null(json_index_find(&json_index, ""));
}

/* A member is found by what its name stands for: no spelling hides it. */
static void test_index_finds_any_spelling(void **state)
{
    (void)state;
    assert_true(scan(SPAN("{\"x\":0,\"tri\\u0061ge\":{\"kind\":{}},\"\\u0072aw\":\"\"}")));
    assert_ptr_equal(json_index_find(&json_index, "triage"), &json_index.members[1]);
    assert_ptr_equal(json_index_find(&json_index, "raw"), &json_index.members[2]);
    assert_null(json_index_find(&json_index, "tri\\u0061ge"));
    assert_true(scan(SPAN("{}")));
    assert_int_equal(json_index.count, 0);
    assert_null(json_index_find(&json_index, "triage"));
}

/* ---- against json-c ---------------------------------------------------------------------------
 */

static void write_blanks(struct buf *out)
{
    while (below(6) == 0)
        buf_char(out, " \t\r\n"[below(4)]);
}

static void write_random_text(struct buf *out)
{
    static const char *const pieces[] = {
        "a",
        "b",
        "triage",
        "0123456789abcdef",
        "\\n",
        "\\\"",
        "\\\\",
        "\\/",
        "\\u00e9",
        "\\ud83d\\udcee",
        "\xc3\xa9",
        "\xe2\x82\xac",
        "\xf0\x9f\x93\xae",
        "\x7f",
        "\\u001f",
        " ",
    };

    for (size_t count = below(5); count > 0; count--)
        buf_string(out, pieces[below(sizeof(pieces) / sizeof(pieces[0]))]);
}

static void write_random_string(struct buf *out)
{
    buf_char(out, '"');
    write_random_text(out);
    buf_char(out, '"');
}

static void write_random_value(struct buf *out, int depth);

static void write_random_object(struct buf *out, int depth)
{
    size_t count = below(5);

    buf_char(out, '{');
    write_blanks(out);
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            buf_char(out, ',');
            write_blanks(out);
        }
        /* A number in front keeps names apart. */
        buf_format(out, "\"%zu", i);
        write_random_text(out);
        buf_char(out, '"');
        write_blanks(out);
        buf_char(out, ':');
        write_blanks(out);
        write_random_value(out, depth + 1);
        write_blanks(out);
    }
    buf_char(out, '}');
}

static void write_random_value(struct buf *out, int depth)
{
    static const char *const scalars[] = {
        "0", "-1", "0.98", "1e5", "-0.25E-2", "true", "null", "false", "12345678901234", "1E+2"};

    switch (depth > 5 ? below(2) : below(5)) {
    case 0:
        buf_string(out, scalars[below(sizeof(scalars) / sizeof(scalars[0]))]);
        break;
    case 1:
    case 2:
        write_random_string(out);
        break;
    case 3:
        buf_char(out, '[');
        write_blanks(out);
        for (size_t count = below(5), i = 0; i < count; i++) {
            if (i > 0)
                buf_char(out, ',');
            write_blanks(out);
            write_random_value(out, depth + 1);
            write_blanks(out);
        }
        buf_char(out, ']');
        break;
    default:
        write_random_object(out, depth);
    }
}

/* Every member that was noted is read by json-c, and what json-c writes of it is read again. */
static void check_members(void)
{
    struct buf text = BUF_INIT;
    struct json_index index = json_index;

    for (size_t i = 0; i < index.count; i++) {
        const struct span value = index.members[i].value;
        json_object *object = json_read(value);
        json_object *again;
        struct arena own = ARENA_INIT;
        struct json_index inner;
        struct json_error error;

        if (object == NULL) {
            assert_true(span_equal(value, SPAN("null")));
            continue;
        }
        buf_clear(&text);
        buf_string(&text, "{\"v\":");
        json_write(&text, object);
        buf_char(&text, '}');
        assert_true(json_scan(buf_view(&text), &own, &inner, &error));
        again = json_read(inner.members[0].value);
        assert_true(json_object_equal(object, again));
        json_object_put(object);
        json_object_put(again);
        arena_release(&own);
    }
    buf_release(&text);
}

static void test_valid_documents(void **state)
{
    struct buf text = BUF_INIT;

    (void)state;
    for (int i = 0; i < 3000; i++) {
        json_object *whole;

        buf_clear(&text);
        write_blanks(&text);
        write_random_object(&text, 0);
        write_blanks(&text);
        if (!scan(buf_view(&text)))
            fail_msg("%s: %s at %zu", buf_cstring(&text), json_error.reason, json_error.offset);
        check_members();
        whole = json_read(buf_view(&text));
        assert_int_equal(json_object_object_length(whole), json_index.count);
        json_object_put(whole);
    }
    buf_release(&text);
}

/* Damaged documents: whatever the scan still accepts, json-c accepts and reads to the end. */
static void test_damaged_documents(void **state)
{
    static const char letters[] = "{}[]\",:\\u0d8 \n\t01e.-+ntf/'\x80\xc3\xff";
    struct buf text = BUF_INIT;
    size_t accepted = 0;
    size_t refused = 0;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        size_t at;

        buf_clear(&text);
        write_random_object(&text, 0);
        for (size_t damages = 1 + below(3); damages > 0; damages--) {
            at = below(text.length);
            switch (below(4)) {
            case 0:
                text.octets[at] = letters[below(sizeof(letters))];
                break;
            case 1:
                text.octets[at] = (char)below(256);
                break;
            case 2: /* one octet less */
                memmove(text.octets + at, text.octets + at + 1, text.length - at);
                if (text.length > 1)
                    text.length--;
                break;
            default: /* one octet more */
                buf_char(&text, '\0');
                memmove(text.octets + at + 1, text.octets + at, text.length - at - 1);
                text.octets[at] = letters[below(sizeof(letters))];
            }
        }
        if (scan(buf_view(&text))) {
            accepted++;
            assert_true(utf8_valid(buf_view(&text)));
            check_members();
        } else {
            refused++;
            assert_true(json_error.offset <= text.length);
        }
    }
    assert_true(accepted > 1000);
    assert_true(refused > 1000);
    buf_release(&text);
}

/* No part of a document is one: a line that was cut is always seen. */
static void test_cut_documents(void **state)
{
    struct buf text = BUF_INIT;

    (void)state;
    for (int i = 0; i < 200; i++) {
        buf_clear(&text);
        write_random_object(&text, 0);
        for (size_t length = 0; length < text.length; length++) {
            /* In memory of its own, so that reading behind its end would be seen. */
            char *copy = memory_take(length);

            memcpy(copy, text.octets, length);
            assert_false(scan((struct span){copy, length}));
            assert_true(json_error.offset <= length);
            free(copy);
        }
    }
    buf_release(&text);
}

/* ---- writing ----------------------------------------------------------------------------------
 */

static void assert_written(struct span text, const char *json)
{
    struct buf out = BUF_INIT;

    json_write_string(&out, text);
    assert_string_equal(buf_cstring(&out), json);
    buf_release(&out);
}

static void test_write_string(void **state)
{
    (void)state;
    assert_written((struct span){NULL, 0}, "\"\"");
    assert_written(SPAN("plain text, longer than eight octets"),
                   "\"plain text, longer than eight octets\"");
    assert_written(SPAN("\"\\/"), "\"\\\"\\\\/\"");
    assert_written(SPAN("\b\t\n\v\f\r\x1f\x7f"), "\"\\b\\t\\n\\u000b\\f\\r\\u001f\x7f\"");
    assert_written(SPAN("a\0b"), "\"a\\u0000b\"");
    assert_written(SPAN("\xc3\xa9\xe2\x80\xa8\xf0\x9f\x93\xae"),
                   "\"\xc3\xa9\xe2\x80\xa8\xf0\x9f\x93\xae\"");
    assert_written(SPAN("a\xffz\xc3"), "\"a\xef\xbf\xbdz\xef\xbf\xbd\"");
    assert_written(SPAN("\xed\xa0\x80"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
}

/* Any octets come back as they were, repaired; the text is what json-c writes of them. */
static void test_write_string_round_trip(void **state)
{
    struct buf written = BUF_INIT;
    struct buf other = BUF_INIT;
    struct buf repaired = BUF_INIT;

    (void)state;
    for (int i = 0; i < 5000; i++) {
        char octets[40];
        struct span text = {octets, below(sizeof(octets))};
        json_object *string;

        for (size_t at = 0; at < text.length; at++)
            octets[at] = below(3) == 0 ? (char)below(256) : (char)(' ' + below(95));
        buf_clear(&written);
        buf_clear(&other);
        buf_clear(&repaired);
        buf_string(&written, "{\"s\":");
        json_write_string(&written, text);
        buf_char(&written, '}');
        buf_repair(&repaired, text);
        assert_true(scan(buf_view(&written)));
        string = json_read(json_index.members[0].value);
        assert_int_equal(json_object_get_string_len(string), repaired.length);
        assert_memory_equal(json_object_get_string(string), buf_cstring(&repaired),
                            repaired.length);
        json_write(&other, string);
        assert_true(span_equal(buf_view(&other), json_index.members[0].value));
        json_object_put(string);
    }
    buf_release(&written);
    buf_release(&other);
    buf_release(&repaired);
}

/* Members keep their order, numbers their digits, slashes are not escaped. */
static void test_write_keeps(void **state)
{
    const struct span text = SPAN(
        "{\"z\":0.98,\"a\":[1.50,1e400,-0.0,12345678901234567890,{}],\"m\":\"a/b\xe2\x80\xa8\","
        "\"n\":null,\"t\":true,\"e\":[]}");
    struct buf out = BUF_INIT;
    json_object *object = json_read(text);

    (void)state;
    assert_true(scan(text));
    json_write(&out, object);
    assert_true(span_equal(buf_view(&out), text));
    json_object_put(object);
    buf_clear(&out);
    json_write(&out, NULL);
    assert_string_equal(buf_cstring(&out), "null");
    buf_release(&out);
}

/* ---- reading ----------------------------------------------------------------------------------
 */

static void test_read(void **state)
{
    json_object *object;

    (void)state;
    object = json_read(SPAN("42"));
    assert_int_equal(json_object_get_int64(object), 42);
    json_object_put(object);
    object = json_read(SPAN("-0.5"));
    assert_true(json_object_is_type(object, json_type_double));
    json_object_put(object);
    object = json_read(SPAN("true"));
    assert_true(json_object_get_boolean(object));
    json_object_put(object);
    object = json_read(SPAN("\"a\\u0000b\""));
    assert_int_equal(json_object_get_string_len(object), 3);
    json_object_put(object);
    assert_null(json_read(SPAN("null")));
    /* A failure does not spoil what is read next. */
    assert_null(json_read(SPAN("{\"a\":")));
    assert_null(json_read(SPAN("[1,,]")));
    assert_null(json_read(SPAN("")));
    object = json_read(SPAN("[1]"));
    assert_int_equal(json_object_array_length(object), 1);
    json_object_put(object);
}

static void test_helpers(void **state)
{
    json_object *object =
        json_read(SPAN("{\"s\":\"text\",\"z\":\"a\\u0000b\",\"t\":true,\"f\":false,"
                       "\"i\":-5,\"d\":1.5,\"n\":null,\"o\":{\"s\":\"in\"}}"));
    json_object *array = json_read(SPAN("[1]"));

    (void)state;
    assert_string_equal(json_string(object, "s"), "text");
    assert_null(json_string(object, "i"));
    assert_null(json_string(object, "n"));
    assert_null(json_string(object, "absent"));
    assert_null(json_string(array, "s"));
    assert_null(json_string(NULL, "s"));
    assert_string_equal(json_string(json_member(object, "o"), "s"), "in");
    assert_true(span_equal(json_string_span(object, "z"), SPAN("a\0b")));
    assert_null(json_string_span(object, "i").octets);
    assert_int_equal(json_string_span(NULL, "s").length, 0);
    assert_true(json_true(object, "t"));
    assert_false(json_true(object, "f"));
    assert_false(json_true(object, "i"));
    assert_false(json_true(object, "absent"));
    assert_int_equal(json_int(object, "i", 7), -5);
    assert_int_equal(json_int(object, "d", 7), 7);
    assert_int_equal(json_int(object, "s", 7), 7);
    assert_int_equal(json_int(NULL, "i", 7), 7);
    assert_non_null(json_member(object, "o"));
    assert_null(json_member(object, "n"));
    assert_null(json_member(array, "o"));
    assert_int_equal(json_length(array), 1);
    assert_int_equal(json_length(object), 0);
    assert_int_equal(json_length(json_member(object, "s")), 0);
    assert_int_equal(json_length(NULL), 0);
    json_object_put(object);
    json_object_put(array);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accepts),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_lone_surrogates),
        cmocka_unit_test(test_invalid_utf8),
        cmocka_unit_test(test_double_names),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_many_names),
        cmocka_unit_test(test_index),
        cmocka_unit_test(test_index_finds_any_spelling),
        cmocka_unit_test(test_valid_documents),
        cmocka_unit_test(test_damaged_documents),
        cmocka_unit_test(test_cut_documents),
        cmocka_unit_test(test_write_string),
        cmocka_unit_test(test_write_string_round_trip),
        cmocka_unit_test(test_write_keeps),
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_helpers),
    };

    return cmocka_run_group_tests(tests, NULL, tear_down);
}
