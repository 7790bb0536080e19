/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "diag.h"
#include "file.h"
#include "outbox.h"
#include "pending.h"

#define TIME 1795431600

static char folder[] = "/tmp/test-pending-XXXXXX";

static int set_up(void **state)
{
    (void)state;
    return mkdtemp(folder) != NULL ? maildir_make(folder) : -1;
}

static int tear_down(void **state)
{
    char command[64];

    (void)state;
    snprintf(command, sizeof(command), "rm -r %s", folder);
    return system(command);
}

static size_t files(void)
{
    struct maildir_list list = {0};
    size_t count;

    assert_int_equal(maildir_list(folder, &list), 0);
    count = list.count;
    maildir_list_release(&list);
    return count;
}

/* The file of the mail KEY has this content. */
static void expect_file(const char *key, struct span content)
{
    struct buf path = BUF_INIT;
    struct buf octets = BUF_INIT;

    buf_format(&path, "%s/new/", folder);
    outbox_mail_name(&path, key, TIME);
    assert_int_equal(file_read(buf_cstring(&path), &octets, 1000), 0);
    assert_true(span_equal(buf_view(&octets), content));
    buf_release(&path);
    buf_release(&octets);
}

static void test_written_when_asked_and_once(void **state)
{
    struct pending pending;
    char first[] = "first\n";

    (void)state;
    pending_init(&pending);
    assert_int_equal(pending_deliver(&pending, folder), 0);
    pending_add(&pending, "ack:A:1", TIME, span_of(first));
    first[0] = 'F'; /* it was copied */
    pending_add(&pending, "ack:B:2", TIME, SPAN("a\0b"));
    assert_int_equal(files(), 0);
    assert_int_equal(pending_deliver(&pending, folder), 0);
    assert_int_equal(files(), 2);
    expect_file("ack:A:1", SPAN("first\n"));
    expect_file("ack:B:2", SPAN("a\0b"));

    /* the next group: the first two are forgotten, what is there stays */
    pending_add(&pending, "ack:A:1", TIME, SPAN("other\n"));
    pending_add(&pending, "ack:C:3", TIME, SPAN("third\n"));
    assert_int_equal(pending.count, 2);
    assert_int_equal(pending_deliver(&pending, folder), 0);
    assert_int_equal(files(), 3);
    expect_file("ack:A:1", SPAN("first\n"));
    expect_file("ack:C:3", SPAN("third\n"));
    pending_release(&pending);
}

static void test_never_written_when_released(void **state)
{
    struct pending pending;
    size_t before = files();

    (void)state;
    pending_init(&pending);
    pending_add(&pending, "ack:D:4", TIME, SPAN("rolled back\n"));
    pending_release(&pending);
    assert_int_equal(files(), before);
}

static void test_failure_is_passed_on(void **state)
{
    struct pending pending;
    int own_stderr = dup(STDERR_FILENO);
    int code;

    (void)state;
    assert_non_null(freopen("/dev/null", "w", stderr)); /* what is reported is not shown */
    pending_init(&pending);
    pending_add(&pending, "ack:E:5", TIME, SPAN("mail\n"));
    code = pending_deliver(&pending, "/nowhere");
    dup2(own_stderr, STDERR_FILENO);
    close(own_stderr);
    assert_int_equal(code, EX_IOERR);
    assert_int_equal(pending.count, 0);
    pending_release(&pending);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_written_when_asked_and_once),
        cmocka_unit_test(test_never_written_when_released),
        cmocka_unit_test(test_failure_is_passed_on),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
