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
    if (report->action == ACTION_DELAYED)
        buf_string(out, "delayed ");
    buf_string(out, report->status != NULL ? report->status : "-");
    for (size_t i = 0; i < report->recipient_count; i++)
        buf_format(out, " %s", report->recipients[i].address);
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
           "5.2.2 A@x.example id=2@b.example");
    /* of several recipients the first that failed gives the status */
    expect(TOP "Final-Recipient: rfc822;a@x.example\nAction: delivered\nStatus: 2.0.0\n\n"
               "Final-Recipient: rfc822;b@x.example\nAction: delayed\nStatus: 4.4.1\n\n\n"
               "Final-Recipient: rfc822;c@x.example\nAction: failed\nStatus: 5.0.0\n\n"
               "Final-Recipient: rfc822;d@x.example\nAction: failed\nStatus: 5.7.1\n",
           "", "5.0.0 b@x.example c@x.example d@x.example id=-");
    expect(TOP "Final-Recipient: rfc822;a@x.example\nAction: relayed\nStatus: 2.1.9\n", "",
           "2.1.9 a@x.example id=-");
    expect(TOP "Final-Recipient: rfc822;a@x.example\nAction: failed\n", "", "- a@x.example id=-");
    /* without an action the class of the code tells it */
    expect(TOP "Final-Recipient: rfc822;a@x.example\nStatus: 4.2.2\n", "",
           "delayed 4.2.2 a@x.example id=-");
    expect(TOP "Final-Recipient: rfc822;a@x.example\nStatus: 5.2.2\n", "",
           "5.2.2 a@x.example id=-");
    expect("X-Original-Message-ID: <3@b.example>\n\nStatus: nonsense\n", "", "- id=3@b.example");
    expect("", "", "- id=-");
    expect("no fields here at all\n", "", "- id=-");
    expect("Final-Recipient: rfc822;\nFinal-Recipient: rfc822; <>\nFinal-Recipient: x y\n", "",
           "- id=-");
}

/* What is told of each recipient, and of the returned mail. */
static void test_details(void **state)
{
    static const struct limits limits = LIMITS_DEFAULT;
    struct arena arena = ARENA_INIT;
    struct report report;

    (void)state;
    report_read(
        &arena,
        mime_parse(&arena,
                   SPAN("Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: "
                        "message/delivery-status\n\nReporting-MTA: dns; x\n\n"
                        "Final-Recipient: rfc822;\"a@x.example\"\nAction: delayed\n"
                        "Diagnostic-Code: smtp; 421\n\t4.4.2  try\tlater\n\n"
                        "Final-Recipient: x-local; <b@x.example> (Bob)\nAction: failed (x)\n"
                        "Diagnostic-Code: X-Unix; 67\n--b\nContent-Type: message/rfc822\n\n"
                        "Return-Path: <help+k@b.example>\nFrom: Help <help@b.example>\n"
                        "To: a@x.example, Bob <b@x.example>\nMessage-ID: <1@b.example>\n\n"
                        "Hi\n--b--\n"),
                   &limits),
        "message/delivery-status", &report);
    assert_int_equal(report.action, ACTION_FAILED);
    assert_string_equal(report_action_name(report.action), "failed");
    assert_string_equal(report.diagnostic, "67");
    assert_int_equal(report.recipient_count, 2);
    assert_string_equal(report.recipients[0].address, "a@x.example");
    assert_string_equal(report.recipients[0].status, "4.4.2");
    assert_string_equal(report.recipients[0].diagnostic, "421 4.4.2 try later");
    assert_int_equal(report.recipients[0].action, ACTION_DELAYED);
    assert_string_equal(report.recipients[1].address, "b@x.example");
    assert_null(report.recipients[1].status);
    assert_string_equal(report.returned, "1@b.example");
    assert_int_equal(report.returned_from.count, 2);
    assert_string_equal(report.returned_from.items[0], "help+k@b.example");
    assert_int_equal(report.returned_to.count, 2);
    assert_string_equal(report.returned_to.items[1], "b@x.example");
    arena_release(&arena);
}

static void test_codes(void **state)
{
    (void)state;
    assert_non_null(report_reply_code(SPAN("550 no such user")));
    assert_non_null(report_reply_code(SPAN("said: 552-5.2.2 full")));
    assert_non_null(report_reply_code(SPAN("(421 try later)")));
    assert_null(report_reply_code(SPAN("order 12 550 items")));
    assert_null(report_reply_code(SPAN("1.550 euros")));
    assert_null(report_reply_code(SPAN("1550 euros")));
    assert_null(report_reply_code(SPAN("580 x")));
    assert_null(report_reply_code(SPAN("550")));
    assert_null(report_reply_code(SPAN("")));
    assert_true(span_equal(report_status(SPAN("x 5.2.2."), true), SPAN("5.2.2")));
    assert_true(report_status(SPAN("5.2.2222"), true).octets == NULL);
    assert_true(report_status(SPAN("5.9.2"), true).octets == NULL);
    assert_true(report_status(SPAN("2.1.5"), true).octets == NULL);
}

static void test_bounds(void **state)
{
    struct arena arena = ARENA_INIT;
    struct report report = {.action = ACTION_UNKNOWN};

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
        cmocka_unit_test(test_details),
        cmocka_unit_test(test_codes),
        cmocka_unit_test(test_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
