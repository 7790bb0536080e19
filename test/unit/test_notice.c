/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "notice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* PROSE, from MAILER-DAEMON@x.example to help@b.example, as "action status recipients id". */
static void expect(const char *prose, const char *expected)
{
    static const struct limits limits = LIMITS_DEFAULT;
    struct notice_facts facts = {.sender = "MAILER-DAEMON@X.example",
                                 .written_to = "help@b.example"};
    struct arena arena = ARENA_INIT;
    struct report report = {.action = ACTION_UNKNOWN};
    struct buf out = BUF_INIT;
    struct notice notice;

    notice_split(span_of(prose), &notice);
    notice_read(&arena, mime_parse(&arena, SPAN("Subject: x\n\ny\n"), &limits), &notice, &facts,
                &report);
    buf_format(&out, "%s %s", report_action_name(report.action),
               report.status != NULL ? report.status : "-");
    for (size_t i = 0; i < report.recipient_count; i++)
        buf_format(&out, " %s", report.recipients[i].address);
    buf_format(&out, " id=%s", report.returned != NULL ? report.returned : "-");
    if (strcmp(buf_cstring(&out), expected) != 0)
        fail_msg("%s gave %s, not %s", prose, buf_cstring(&out), expected);
    buf_release(&out);
    arena_release(&arena);
}

static void test_places(void **state)
{
    (void)state;
    expect("Hi. This is the qmail-send program.\n\n<a@x.example>:\nSorry, no mailbox here "
           "(#5.1.1)\n\n--- Below this line is a copy of the message.\n\nReturn-Path: "
           "<help@b.example>\nMessage-ID: <1@b.example>\nTo: other@x.example\n\n<late@x.example>\n",
           "failed 5.1.1 a@x.example id=1@b.example");
    expect("A message that you sent could not be delivered.\n\n  a@x.example\n    SMTP error from "
           "remote: 550 5.7.1 rejected\n\n------ This is a copy of the message ------\n\n"
           "Subject: 4.4.4 <c@x.example>\n",
           "failed 5.7.1 a@x.example id=-");
    expect("<a@x.example>, <b@x.example>\n<a@X.example>\n",
           "failed - a@x.example b@x.example id=-");
    expect("   * a@x.example\n   * b@x.example\n", "failed - a@x.example b@x.example id=-");
    /* the front of a line is better than a label, a label better than a sentence */
    expect("Your message to list@x.example came back:\n\na@x.example ... unknown host\n",
           "failed - a@x.example id=-");
    expect("Unknown user: a@x.example\nRCPT TO generated: 553 5.3.0 <a@x.example>... no\n",
           "failed 5.3.0 a@x.example id=-");
    expect("The account of 'a@x.example' is disabled.", "failed - a@x.example id=-");
    /* what it was made from is whom we wrote to */
    expect("<b@y.example>\n    (expanded from: <a@x.example>)\n",
           "failed - b@y.example a@x.example id=-");
    /* those who help, and the two parties, did not fail */
    expect("For help, write to\n<postmaster@x.example>\n\n<a@x.example>: no\n",
           "failed - a@x.example id=-");
    expect("Mail from help@b.example\n<help@b.example>\n<a@x.example>\n",
           "failed - a@x.example id=-");
    expect("  To: b@x.example\n  Subject: x\n\ndid not reach:\n\na@x.example on Monday\n",
           "failed - a@x.example id=-");
    expect("The following recipients do not accept mail from help@b.example:\n\tann\n\tbob\n",
           "failed - ann@x.example bob@x.example id=-");
    expect("write to a@x.example if you must", "failed - id=-");
    expect("Exim 4.96.2, version 5.10.1, 192.4.5.6, 5.1.1.1, v4.1.1, 4.1.1a", "failed - id=-");
    expect("a < b > c <@> <> <x", "failed - id=-");
    /* found by the fuzzer: two addresses that share octets */
    expect("a@bb@c.example d@e.example@", "failed - a@bb id=-");
    expect("@@@@@ a@ @b a@b@c.example", "failed - id=-");
    expect("", "failed - id=-");
}

/* A description of the mail is not the mail; one recipient of the returned mail is the one. */
static void test_copies(void **state)
{
    (void)state;
    expect("This relates to\n\n  Message-ID: <1@b.example>\n  To: z@x.example\n\nThe original "
           "message was received today.\n\n<a@x.example>: no\n",
           "failed - a@x.example id=-");
    expect(
        "It failed.\n\nOriginal message follows.\n\nTo: a@x.example\nMessage-ID: <1@b.example>\n",
        "failed - a@x.example id=1@b.example");
    expect("It failed.\n\nReceived: by x\nTo: help@b.example\nMessage-ID: <1@b>\n",
           "failed - id=1@b");
    expect("It failed.\n\nReceived: by x\nTo: a@x.example, b@x.example\nMessage-ID: <1@b>\n",
           "failed - id=1@b");
}

/* Ten thousand addresses, and lines of nothing but marks, cost what their length does. */
static void test_bounds(void **state)
{
    struct buf text = BUF_INIT;
    struct notice notice;
    struct report report = {.action = ACTION_UNKNOWN};
    struct arena arena = ARENA_INIT;
    static const struct limits limits = LIMITS_DEFAULT;
    static const struct notice_facts facts = {.sender = NULL};

    (void)state;
    for (int i = 0; i < 10000; i++)
        buf_format(&text, "<a%d@x.example>\n@@@@@@@@@@@@@@@@@@@@@@@@@@@\n", i);
    notice_split(buf_view(&text), &notice);
    notice_read(&arena, mime_parse(&arena, SPAN("a: b\n\n"), &limits), &notice, &facts, &report);
    assert_int_equal(report.recipient_count, REPORT_RECIPIENTS_MAX);
    buf_release(&text);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_copies),
        cmocka_unit_test(test_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
