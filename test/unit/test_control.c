/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "control.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Control lines of TEXT as `verb=argument;…`, and what is left behind a `|`. */
static void expect(const char *text, const char *expected)
{
    struct arena arena = ARENA_INIT;
    struct buf out = BUF_INIT;
    struct control_line *lines;
    struct span rest = span_of(text);
    size_t count = control_take(&arena, &rest, &lines);

    for (size_t i = 0; i < count; i++) {
        buf_span(&out, lines[i].verb);
        buf_char(&out, '=');
        buf_span(&out, lines[i].argument);
        buf_char(&out, ';');
    }
    buf_char(&out, '|');
    buf_span(&out, rest);
    if (strcmp(buf_cstring(&out), expected) != 0)
        fail_msg("%s gave %s", text, buf_cstring(&out));
    buf_release(&out);
    arena_release(&arena);
}

static void test_lines(void **state)
{
    (void)state;
    expect("Triage: escalate 3\nTriage: close\n\nBonjour,\n", "escalate=3;close=;|Bonjour,\n");
    expect("triage:ESCALATE   3  \r\n\r\nBonjour", "escalate=3;|Bonjour");
    expect("\n  \nTriage: note a lawyer: he says\n\nHi", "note=a lawyer: he says;|Hi");
    /* what a mail program wrapped */
    expect("Triage: note one\n two\n\tthree\nTriage: close\n\n\nHi",
           "note=one two three;close=;|Hi");
    /* the blank line was forgotten */
    expect("Triage: close\nHi\nTriage: note no\n", "close=;|Hi\nTriage: note no\n");
    expect("Triage: close", "close=;|");
}

static void test_none(void **state)
{
    (void)state;
    expect("", "|");
    expect("Hi\nTriage: close\n", "|Hi\nTriage: close\n");
    expect("\n\nHi", "|\n\nHi");
    expect("Triage:\n\nHi", "|Triage:\n\nHi");
    expect("Triage : close\n", "|Triage : close\n");
    expect("> Triage: close\n", "|> Triage: close\n");
    expect("Triage-Level: 1\n", "|Triage-Level: 1\n");
}

static void test_bound(void **state)
{
    struct arena arena = ARENA_INIT;
    struct buf text = BUF_INIT;
    struct control_line *lines;
    struct span rest;

    (void)state;
    for (int i = 0; i < 40; i++)
        buf_format(&text, "Triage: note %d\n", i);
    rest = buf_view(&text);
    assert_int_equal(control_take(&arena, &rest, &lines), 32);
    assert_true(span_begins(rest, SPAN("Triage: note 32\n")));
    buf_release(&text);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_none),
        cmocka_unit_test(test_bound),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
