/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void show(const struct report *report, struct buf *out)
{
    buf_string(out, report->status != NULL ? report->status : "-");
    for (size_t i = 0; i < report->recipient_count; i++)
        buf_format(out, " %s", report->recipients[i]);
    buf_format(out, " id=%s", report->returned != NULL ? report->returned : "-");
}

static void compare(const char *text, const struct report *report, const char *expected)
{
    struct buf out = BUF_INIT;

    show(report, &out);
    if (strcmp(buf_cstring(&out), expected) != 0)
        fail_msg("%s gave %s, not %s", text, buf_cstring(&out), expected);
    buf_release(&out);
}

/* A notification whose second part holds BLOCKS, and whose third part is REST. */
static void expect(const char *blocks, const char *rest, const char *expected)
{
    static const struct limits limits = LIMITS_DEFAULT;
    struct arena arena = ARENA_INIT;
    struct buf text = BUF_INIT;
    struct report report;

    buf_format(&text,
               "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
               "--b\n\nHello\n--b\nContent-Type: message/delivery-status\n\n%s\n--b\n%s\n--b--\n",
               blocks, rest);
    report_read(&arena, mime_parse(&arena, buf_view(&text), &limits), "message/delivery-status",
                &report);
    compare(blocks, &report, expected);
    buf_release(&text);
    arena_release(&arena);
}

#define TOP "Reporting-MTA: dns; mx.example\n\n"

static void test_blocks(void **state)
{
    (void)state;
    expect(TOP
           "Final-Recipient: rfc822; a@x.example\nAction: failed\nStatus: 5.1.1 (no such user)\n",
           "Content-Type: text/rfc822-headers\n\nMessage-ID: <1@b.example>\n",
           "5.1.1 a@x.example id=1@b.example");
    /* the address that was written to comes before the one it was passed on to */
    expect(TOP "Final-Recipient: rfc822; b@y.example\nOriginal-Recipient: rfc822;A@x.example\n"
               "Action: failed\nStatus: 5.2.2\n",
           "Content-Type: message/rfc822\n\nMessage-ID: <2@b.example>\n\nHi",
           "5.2.2 A@x.example b@y.example id=2@b.example");
    /* of several recipients the first that failed gives the status */
    expect(TOP "Final-Recipient: rfc822;a@x.example\nAction: delivered\nStatus: 2.0.0\n\n"
               "Final-Recipient: rfc822;b@x.example\nAction: delayed\nStatus: 4.4.1\n\n\n"
               "Final-Recipient: rfc822;c@x.example\nAction: failed\nStatus: 5.0.0\n\n"
               "Final-Recipient: rfc822;d@x.example\nAction: failed\nStatus: 5.7.1\n",
           "", "5.0.0 b@x.example c@x.example d@x.example id=-");
    expect(TOP "Final-Recipient: rfc822;a@x.example\nAction: relayed\nStatus: 2.1.9\n", "",
           "2.1.9 a@x.example id=-");
    expect(TOP "Final-Recipient: rfc822;a@x.example\nAction: failed\n", "", "- a@x.example id=-");
    expect("X-Original-Message-ID: <3@b.example>\n\nStatus: nonsense\n", "", "- id=3@b.example");
    expect("", "", "- id=-");
    expect("no fields here at all\n", "", "- id=-");
    expect("Final-Recipient: rfc822;\nFinal-Recipient: rfc822; <>\nFinal-Recipient: x y\n", "",
           "- id=-");
}

static void test_prose(void **state)
{
    static const struct limits limits = LIMITS_DEFAULT;
    static const char *const cases[][2] = {
        {"Hi. This is the qmail-send program.\n\n<a@x.example>:\nSorry, no mailbox here "
         "(#5.1.1)\n\n"
         "--- Below this line is a copy of the message.\n\nReturn-Path: <help@b.example>\n"
         "Message-ID: <1@b.example>\nTo: other@x.example\n\n<late@x.example>\n",
         "5.1.1 a@x.example id=1@b.example"},
        {"A message that you sent could not be delivered.\n\n  a@x.example\n    SMTP error from "
         "remote: 550 5.7.1 rejected\n\n------ This is a copy of the message ------\n\n"
         "Subject: 4.4.4 <c@x.example>\n",
         "5.7.1 a@x.example id=-"},
        {"<a@x.example>, <b@x.example>\n<a@X.example>\n", "- a@x.example b@x.example id=-"},
        {"write to a@x.example if you must", "- id=-"},
        {"Exim 4.96.2, version 5.10.1, 192.4.5.6, 5.1.1.1, v4.1.1, 4.1.1a", "- id=-"},
        {"the code is 4.2.2, not 5.1.1", "4.2.2 id=-"},
        {"a < b > c <@> <> <x", "- id=-"},
        {"", "- id=-"},
    };
    struct arena arena = ARENA_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct report report;

        report_read_prose(&arena, mime_parse(&arena, SPAN("Subject: x\n\ny\n"), &limits),
                          span_of(cases[i][0]), &report);
        compare(cases[i][0], &report, cases[i][1]);
    }
    arena_release(&arena);
}

static void test_codes(void **state)
{
    (void)state;
    assert_true(report_has_reply_code(SPAN("550 no such user")));
    assert_true(report_has_reply_code(SPAN("said: 552-5.2.2 full")));
    assert_true(report_has_reply_code(SPAN("(421 try later)")));
    assert_false(report_has_reply_code(SPAN("order 12 550 items")));
    assert_false(report_has_reply_code(SPAN("1.550 euros")));
    assert_false(report_has_reply_code(SPAN("1550 euros")));
    assert_false(report_has_reply_code(SPAN("580 x")));
    assert_false(report_has_reply_code(SPAN("550")));
    assert_false(report_has_reply_code(SPAN("")));
    assert_true(span_equal(report_status(SPAN("x 5.2.2.")), SPAN("5.2.2")));
    assert_true(report_status(SPAN("5.2.2222")).octets == NULL);
    assert_true(report_status(SPAN("5.9.2")).octets == NULL);
    assert_true(report_status(SPAN("2.1.5")).octets == NULL);
}

static void test_bounds(void **state)
{
    struct arena arena = ARENA_INIT;
    struct report report = {NULL, NULL, 0, 0, NULL};

    (void)state;
    for (int i = 0; i < 150; i++)
        report_add_recipient(&arena, &report, span_of(arena_format(&arena, "a%d@x.example", i)));
    assert_int_equal(report.recipient_count, 100);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_prose),
        cmocka_unit_test(test_codes),
        cmocka_unit_test(test_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
