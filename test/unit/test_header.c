/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "charset.h"
#include "header.h"
#include "utf8.h"

static const struct limits defaults = LIMITS_DEFAULT;

/* OCTETS must read as WANTED: `name:value|` for each field, then `body`. */
static void splits(struct span octets, const char *wanted)
{
    struct arena arena = ARENA_INIT;
    struct buf found = BUF_INIT;
    struct header header;
    struct span body;
    unsigned hit = 0;

    header_read(&arena, octets, &defaults, &header, &body, &hit);
    for (size_t i = 0; i < header.count; i++) {
        buf_span(&found, header.fields[i].name);
        buf_char(&found, ':');
        buf_span(&found, header.fields[i].value);
        buf_char(&found, '|');
    }
    buf_span(&found, body);
    assert_string_equal(buf_cstring(&found), wanted);
    assert_int_equal(hit, 0);
    buf_release(&found);
    arena_release(&arena);
}

static void lawful_sections(void **state)
{
    (void)state;
    splits(SPAN("A: b\nC: d\n\nbody"), "A: b|C: d|body");
    splits(SPAN("A: b\r\nC: d\r\n\r\nbody\r\n"), "A: b|C: d|body\r\n");
    splits(SPAN("A: b\r\n\tc\r\n d\r\nE:\r\n\r\n"), "A: b\r\n\tc\r\n d|E:|");
    splits(SPAN("A : b\n\n\nbody"), "A: b|\nbody");
    splits(SPAN("\nA: b\n"), "A: b\n");
    splits(SPAN("A: b\n"), "A: b|");
    splits(SPAN("A: b"), "A: b|");
    splits(SPAN(""), "");
    splits(SPAN("From a@b Tue Nov 24 09:00:00 2026\nA: b\n\nbody"), "A: b|body");
    splits(SPAN(">From a@b Tue Nov 24 09:00:00 2026\nA: b\n\nbody"), "A: b|body");
    splits(SPAN("From : a@b\n\nbody"), "From: a@b|body");
}

static void broken_sections(void **state)
{
    (void)state;
    splits(SPAN("hello\nNote: x\n"), "hello\nNote: x\n");
    splits(SPAN("A: b\nhello you\nbody"), "A: b|hello you\nbody");
    splits(SPAN("A: b\nwrongly folded\nC: d\n\nbody"), "A: b|C: d|body");
    splits(SPAN("A: b\r\r\n\r\r\nbody"), "A: b\r|body");
    splits(SPAN("A: b\n \nbody"), "A: b|body");
    splits(SPAN("A: b\n \nC: d\n\nbody"), "A: b\n |C: d|body");
    splits(SPAN("A: b\n \n\nbody"), "A: b\n |body");
    splits(SPAN("A: b\n \n \nbody"), "A: b| \nbody");
    splits(SPAN("A: b\n \n c\n\nbody"), "A: b\n \n c|body");
    splits(SPAN("A: b\n--boundary\nC: d\n"), "A: b|--boundary\nC: d\n");
    splits(SPAN("--a: b\nC: d\n"), "--a: b\nC: d\n");
    splits(SPAN(": no name\nA: b\n\n"), ": no name\nA: b\n\n");
    splits(SPAN(" begins with a fold\n\nbody"), " begins with a fold\n\nbody");
    splits(SPAN("\tbegins with a fold\nA: b\n\nbody"), "A: b|body");
    splits(SPAN(" two\n folds\nA: b\n\nbody"), " two\n folds\nA: b\n\nbody");
}

static void limits_cut(void **state)
{
    struct limits limits = LIMITS_DEFAULT;
    struct arena arena = ARENA_INIT;
    struct buf octets = BUF_INIT;
    struct header header;
    struct span body;
    unsigned hit = 0;

    (void)state;
    limits.fields = 10;
    limits.field_size = 5;
    for (int i = 0; i < 100000; i++)
        buf_string(&octets, "A: b\n");
    buf_string(&octets, "Auto-Submitted: auto-replied\n\nbody");
    header_read(&arena, buf_view(&octets), &limits, &header, &body, &hit);
    assert_int_equal(header.count, 10);
    assert_int_equal(hit, 1U << LIMIT_fields);
    assert_true(span_equal(body, SPAN("body")));
    assert_int_equal(header.octets.length, octets.length - 5);
    hit = 0;
    header_read(&arena, SPAN("A: 123\r\n 456\r\n\r\n"), &limits, &header, &body, &hit);
    assert_true(span_equal(header.fields[0].value, SPAN(" 123\r")));
    assert_true(span_equal(header.fields[0].whole, SPAN("A: 123\r\n 456\r\n")));
    assert_int_equal(hit, 1U << LIMIT_field_size);
    buf_release(&octets);
    arena_release(&arena);
}

static void looking_up(void **state)
{
    struct arena arena = ARENA_INIT;
    const struct header_field *field;
    struct header header;
    struct span body;
    unsigned hit = 0;
    size_t count = 0;

    (void)state;
    header_read(&arena, SPAN("Received: 1\nSUBJECT: a\nreceived: 2\nsubject: b\n"), &defaults,
                &header, &body, &hit);
    assert_true(span_equal(header_last(&header, "Subject")->value, SPAN(" b")));
    assert_true(span_equal(header_find(&header, "Subject", NULL)->value, SPAN(" a")));
    assert_null(header_last(&header, "Subjec"));
    for (field = header_find(&header, "Received", NULL); field != NULL;
         field = header_find(&header, "Received", field))
        count++;
    assert_int_equal(count, 2);
    assert_true(span_equal(header_last_text(&arena, &header, "Subject"), SPAN("b")));
    assert_null(header_last_text(&arena, &header, "To").octets);
    arena_release(&arena);
}

static void text_is(struct span value, const char *wanted)
{
    struct buf out = BUF_INIT;

    buf_char(&out, '>');
    header_text(&out, value);
    assert_true(utf8_valid(buf_view(&out)));
    assert_int_equal(out.length, strlen(wanted) + 1);
    assert_string_equal(buf_cstring(&out) + 1, wanted);
    buf_release(&out);
}

static void texts(void **state)
{
    (void)state;
    text_is(SPAN(" Hello"), "Hello");
    text_is(SPAN(" Hello\r\n\tyou\r\n  there "), "Hello you  there ");
    text_is(SPAN(""), "");
    text_is(SPAN(" caf\xe9"), "café");
    text_is(SPAN(" caf\xc3\xa9"), "café");
    text_is(SPAN("a\0b\x01\x7f"), "ab");
    text_is(SPAN("=?iso-8859-15?Q?5_=A4?="), "5 €");
    text_is(SPAN("=?utf-8?B?w6k=?=\r\n =?utf-8?B?w6k=?= x"), "éé x");
    text_is(SPAN("a =?utf-8?q?b?= c"), "a b c");
    text_is(SPAN("=?utf-8*fr?Q?abc?="), "abc");
}

/* RFC 2047 forbids all of it, and real mail holds it. */
static void broken_encoded_words(void **state)
{
    (void)state;
    text_is(SPAN("=?utf-8?B?ww==?= =?utf-8?B?qQ==?="), "é");
    text_is(SPAN("=?utf-8?Q?caf=E9?="), "café");
    text_is(SPAN("=?us-ascii?Q?caf=E9?="), "café");
    text_is(SPAN("=?iso-8859-1?Q?5_=80?="), "5 €");
    text_is(SPAN("=?gb2312?B?xOO6ww==?="), "你好");
    text_is(SPAN("=?klingon?Q?caf=E9?="), "café");
    text_is(SPAN("=?utf-8?Q?a b?="), "a b");
    text_is(SPAN("=?utf-8?Q?100=?="), "100=");
    text_is(SPAN("=?utf-8?B?YWJj!?="), "abc");
    text_is(SPAN("=?utf-8?B?YWI?="), "ab");
    text_is(SPAN("=?utf-8?Q?"
                 "?="),
            "");
    text_is(SPAN("what=?"), "what=?");
    text_is(SPAN("=?a?b"), "=?a?b");
    text_is(SPAN("=?utf-8?X?abc?="), "=?utf-8?X?abc?=");
    text_is(SPAN("x=?utf-8?Q?=C3=A9?=y"), "xéy");
    text_is(SPAN("=?utf-8?Q?a=0Ab=00c?="), "a bc");
    text_is(SPAN("=?utf-8?B?YQBi?= c"), "ab c");
    text_is(SPAN("=?iso-8859-2?Q?=B3?= =?utf-8?Q?=C3=B3?="), "łó");
}

/* RFC 8621 section 4.1.2.2 asks for normal form C. */
static void composed(void **state)
{
    struct buf value = BUF_INIT;

    (void)state;
    text_is(SPAN(" Cafe\xcc\x81 \xc3\xa9"), "Café é");
    text_is(SPAN("=?utf-8?Q?Cafe=CC=81?="), "Café");
    text_is(SPAN("=?utf-8?Q?e?= =?utf-8?B?zIE=?="), "é");
    text_is(SPAN("\xe2\x84\xab"), "Å"); /* the sign for angstroms is the letter */
    text_is(SPAN("\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab"), "한");
    text_is(SPAN("q\xcc\x87\xcc\xa3"), "q\xcc\xa3\xcc\x87"); /* marks in canonical order */
    /* A letter with countless marks stays as it is: their ordering costs the square. */
    buf_char(&value, 'e');
    for (int i = 0; i < 20000; i++)
        buf_string(&value, i % 2 == 0 ? "\xcc\x81" : "\xcc\xa3");
    text_is(buf_view(&value), buf_cstring(&value));
    buf_release(&value);
}

static void raw_values(void **state)
{
    struct buf out = BUF_INIT;

    (void)state;
    header_raw(&out, SPAN(" a\0b\r\n \xe9 \xc3\xa9"));
    assert_string_equal(buf_cstring(&out), " ab\r\n \xef\xbf\xbd é");
    buf_release(&out);
}

static void long_values_end(void **state)
{
    static const char *const pieces[] = {
        "=?a?q?", "=?", "=?utf-8?q?a?= ", "=?utf-8?B?YQ==?=", " \n", "\r"};
    (void)state;
    for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
        struct buf value = BUF_INIT;
        struct buf out = BUF_INIT;

        for (int j = 0; j < 50000; j++)
            buf_string(&value, pieces[i]);
        header_text(&out, buf_view(&value));
        assert_true(utf8_valid(buf_view(&out)));
        buf_release(&out);
        buf_release(&value);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lawful_sections), cmocka_unit_test(broken_sections),
        cmocka_unit_test(limits_cut),      cmocka_unit_test(looking_up),
        cmocka_unit_test(texts),           cmocka_unit_test(broken_encoded_words),
        cmocka_unit_test(composed),        cmocka_unit_test(raw_values),
        cmocka_unit_test(long_values_end),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    charset_release();
    return failed;
}
