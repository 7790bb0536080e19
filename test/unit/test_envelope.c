/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "envelope.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "date.h"

static void same(const char *what, const char *got, const char *expected)
{
    if ((got == NULL) != (expected == NULL) || (got != NULL && strcmp(got, expected) != 0))
        fail_msg("%s gave %s, not %s", what, got != NULL ? got : "NULL",
                 expected != NULL ? expected : "NULL");
}

static void test_address(void **state)
{
    static const char *const cases[][2] = {
        {"ann@x.example", "ann@x.example"},
        {"  <Ann.B@x.example>\r\n", "Ann.B@x.example"},
        {"<>", ""},
        {"", ""},
        {"#@[]", ""},
        {"<MAILER-DAEMON>", ""},
        {"root", "root"},
        {"ann b@x.example", NULL},
        {"ann\t@x.example", NULL},
        {"ann\x01@x.example", NULL},
        {"<ann@x.example", NULL},
        {"ann@x.example> <eve@y.example", NULL},
        {"j\xc3\xbcrgen@x.example", "j\xc3\xbcrgen@x.example"},
        {"j\xfcrgen@x.example", NULL},
    };
    struct arena arena = ARENA_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        same(cases[i][0], envelope_address(&arena, span_of(cases[i][0])), cases[i][1]);
    assert_null(envelope_address(&arena, (struct span){"a\0b@x.example", 13}));
    arena_release(&arena);
}

static void test_address_too_long(void **state)
{
    struct arena arena = ARENA_INIT;
    char text[1002];

    (void)state;
    memset(text, 'a', sizeof(text));
    assert_non_null(envelope_address(&arena, (struct span){text, 1000}));
    assert_null(envelope_address(&arena, (struct span){text, 1001}));
    arena_release(&arena);
}

static void test_fields(void **state)
{
    static const struct {
        const char *header, *from_line, *mail_from, *rcpt_to;
    } cases[] = {
        {"Return-Path: <a@x.example>\nDelivered-To: h@b.example\n", "", "a@x.example",
         "h@b.example"},
        {"return-path:<>\r\nX-Original-To: one@b.example\r\nDelivered-To: two@b.example\r\n", "",
         "", "one@b.example"},
        {"Delivered-To: two@b.example\nX-Original-To: one@b.example\n", "", NULL, "two@b.example"},
        /* a field further down was written before the mail came to us */
        {"Return-Path: <a@x.example>\nSubject: x\nReturn-Path: <b@x.example>\n", "", "a@x.example",
         NULL},
        /* one that cannot be read is unknown, and does not make an older one count */
        {"Return-Path: a b c\nReturn-Path: <b@x.example>\n", "", NULL, NULL},
        {"Delivered-To: <>\n", "", NULL, NULL},
        {"Subject: x\n", "From a@x.example Tue Nov 24 09:00:00 2026\n", "a@x.example", NULL},
        {"Subject: x\n", "From bob Tue Nov 24 09:00:00 2026\n", "bob", NULL},
        {"Subject: x\n", "From MAILER-DAEMON Tue Nov 24 09:00:00 2026\n", "", NULL},
        {"Subject: x\n", "From Tue Nov 24 09:00:00 2026\n", NULL, NULL},
        {"Subject: x\n", "From  Tue Nov 24 09:00:00 2026\n", NULL, NULL},
        {"Subject: x\n", "From \"a b\"@x.example Tue Nov 24 09:00:00 2026\n", NULL, NULL},
        {"Subject: x\n", ">From a@x.example Tue Nov 24 09:00:00 2026\r\n", "a@x.example", NULL},
        {"Return-Path: <>\n", "From a@x.example Tue Nov 24 09:00:00 2026\n", "", NULL},
        {"Subject: x\n", "", NULL, NULL},
    };
    struct arena arena = ARENA_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct envelope envelope;

        envelope_read(&arena, span_of(cases[i].header), span_of(cases[i].from_line), &envelope);
        same(cases[i].header, envelope.mail_from, cases[i].mail_from);
        same(cases[i].header, envelope.rcpt_to, cases[i].rcpt_to);
    }
    arena_release(&arena);
}

static void test_received_by(void **state)
{
    static const char *const cases[][2] = {
        {" from a.example (a.example [192.0.2.1])\n\tby mx.b.example (Postfix) with ESMTP; x",
         "mx.b.example"},
        {" from a (by evil.example) by mx.b.example; x", "mx.b.example"},
        {" from a (x \\) by e (nested) ) by mx.b.example; x", "mx.b.example"},
        {" from a (never closed by mx.b.example; x", "mx.b.example"},
        {" by mx.b.example; x", "mx.b.example"},
        {" BY mx.b.example;x", "mx.b.example"},
        {" by mx.b.example(x); x", "mx.b.example"},
        {" from by.example; x", ""},
        {" (qmail 4473 invoked for bounce); 23 Nov 2026 10:08:19 -0000", ""},
        {" from a by", ""},
        {"", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct span host = envelope_received_by(span_of(cases[i][0]));

        if (!span_equal(host, span_of(cases[i][1])))
            fail_msg("%s gave %.*s", cases[i][0], (int)host.length, host.octets);
    }
}

static int64_t at(const char *text)
{
    struct date date;

    assert_true(date_parse_rfc3339(span_of(text), &date));
    return date.seconds;
}

#define NOW "2026-11-24T12:00:00Z"

/* The time of a message with HEADER; every other source says something else. */
static void expect_time(const struct config *config, const char *header, const char *from_line,
                        const char *file, int64_t file_time, const char *expected)
{
    struct envelope_time_facts facts = {span_of(header), span_of(from_line), file, file_time,
                                        at(NOW)};
    struct buf out = BUF_INIT;

    date_write_utc(&out, envelope_time(config, &facts));
    same(header, buf_cstring(&out), expected);
    buf_release(&out);
}

#define RECEIVED(host, date) "Received: from x by " host " with SMTP id 1; " date "\n"
#define EIGHT "Tue, 24 Nov 2026 08:00:00 +0000"
#define SEVEN "Tue, 24 Nov 2026 07:00:00 +0000"
#define SIX "Date: Tue, 24 Nov 2026 06:00:00 +0000\n"
#define FROM "From a@x.example Tue Nov 24 05:00:00 2026\n"

static void test_time(void **state)
{
    static const struct config none = {.folder = NULL};

    (void)state;
    expect_time(&none, RECEIVED("a", EIGHT) RECEIVED("b", SEVEN) SIX, FROM, NULL, 1000,
                "2026-11-24T08:00:00Z");
    /* only the newest field counts: an older one may be forged */
    expect_time(&none, RECEIVED("a", "no date") RECEIVED("b", SEVEN) SIX, FROM, NULL, 1000,
                "2026-11-24T05:00:00Z");
    expect_time(&none, RECEIVED("a", "Fri, 24 Nov 1989 08:00:00 +0000") SIX, FROM, NULL, 1000,
                "2026-11-24T05:00:00Z");
    expect_time(&none, RECEIVED("a", "Thu, 26 Nov 2026 08:00:00 +0000") SIX, FROM, NULL, 1000,
                "2026-11-24T05:00:00Z");
    expect_time(&none, RECEIVED("a", "Wed, 25 Nov 2026 11:00:00 +0000") SIX, FROM, NULL, 1000,
                "2026-11-25T11:00:00Z");
    expect_time(&none, SIX, FROM, NULL, 1000, "2026-11-24T05:00:00Z");
    expect_time(&none, SIX, "", "/m/cur/1795420800.M1P2.host:2,S", 1000, "2026-11-23T08:00:00Z");
    expect_time(&none, SIX, "", "/m/12/notes.eml", 1000, "2026-11-24T06:00:00Z");
    expect_time(&none, SIX, "", "/m/12345", 1000, "2026-11-24T06:00:00Z");
    /* no clock showed these when mail came: ours writes the first when it does not know */
    expect_time(&none, SIX, "From a@x.example Thu Jan  1 00:00:00 1970\n", NULL, 1000,
                "2026-11-24T06:00:00Z");
    expect_time(&none, SIX, "From a@x.example Thu Nov 26 00:00:00 2026\n", NULL, 1000,
                "2026-11-24T06:00:00Z");
    expect_time(&none, SIX, "", "/m/cur/123456789.M1P2.host:2,S", 1000, "2026-11-24T06:00:00Z");
    expect_time(&none, SIX, "", "/m/cur/17954208000.M1P2.host", 1000, "2026-11-24T06:00:00Z");
    /* ahead of the clock */
    expect_time(&none, "Date: Tue, 24 Nov 2026 12:00:01 +0000\n", "", "/m/x", 1000,
                "1970-01-01T00:16:40Z");
    expect_time(&none, "Subject: x\n", "", NULL, INT64_MIN, NOW);
}

static void test_time_trusted(void **state)
{
    static const char *const hosts[] = {"MX.b.example"};
    static const struct config config = {.trusted_hosts = hosts, .trusted_host_count = 1};

    (void)state;
    expect_time(&config, RECEIVED("new.example", EIGHT) RECEIVED("mx.b.example", SEVEN) SIX, FROM,
                NULL, 1000, "2026-11-24T07:00:00Z");
    expect_time(&config, RECEIVED("mx.b.example", EIGHT) RECEIVED("mx.b.example", SEVEN) SIX, FROM,
                NULL, 1000, "2026-11-24T08:00:00Z");
    /* an older field in our name may be forged: it does not stand in for the newest */
    expect_time(&config, RECEIVED("mx.b.example", "soon") RECEIVED("mx.b.example", SEVEN) SIX, FROM,
                NULL, 1000, "2026-11-24T05:00:00Z");
    expect_time(&config, "Received: by mx.b.example\n" RECEIVED("mx.b.example", SEVEN) SIX, "",
                NULL, 1000, "2026-11-24T06:00:00Z");
    expect_time(&config,
                RECEIVED("mx.b.example", "Fri, 27 Nov 2026 08:00:00 +0000")
                    RECEIVED("mx.b.example", SEVEN) SIX,
                FROM, NULL, 1000, "2026-11-24T05:00:00Z");
    /* our name in a comment, in `from`, or as part of another is not our host */
    expect_time(&config, RECEIVED("x (by mx.b.example)", EIGHT) SIX, FROM, NULL, 1000,
                "2026-11-24T05:00:00Z");
    expect_time(&config, RECEIVED("mx.b.example.evil.example", EIGHT) SIX, FROM, NULL, 1000,
                "2026-11-24T05:00:00Z");
    expect_time(&config, RECEIVED("new.example", EIGHT) SIX, FROM, NULL, 1000,
                "2026-11-24T05:00:00Z");
    assert_true(envelope_trusts(&config, SPAN(" from x by mx.b.example; y")));
    assert_false(envelope_trusts(&config, SPAN(" from mx.b.example by x; y")));
    assert_false(envelope_trusts(&config, SPAN("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_address), cmocka_unit_test(test_address_too_long),
        cmocka_unit_test(test_fields),  cmocka_unit_test(test_received_by),
        cmocka_unit_test(test_time),    cmocka_unit_test(test_time_trusted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
