/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "handover.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "buf.h"

#define FROM_LINE "From a@b.example Tue Nov 24 08:00:00 2026\n"
#define TIME 1795507200

/* What is in the file. */
static void content(struct handover *handover, struct buf *out)
{
    char piece[4096];
    ssize_t got;
    off_t at = 0;

    buf_clear(out);
    while ((got = pread(handover->fd, piece, sizeof(piece), at)) > 0) {
        buf_add(out, piece, (size_t)got);
        at += got;
    }
}

/* Adds TEXT in pieces of STEP octets. */
static void add(struct handover *handover, struct span text, size_t step)
{
    while (text.length > 0) {
        size_t length = step < text.length ? step : text.length;

        assert_int_equal(handover_add(handover, (struct span){text.octets, length}), 0);
        text.octets += length;
        text.length -= length;
    }
}

static void check(bool mbox, struct span text, struct span expected)
{
    static struct handover handover;
    struct buf out = BUF_INIT;

    for (size_t step = 1; step <= text.length + 1; step++) {
        assert_int_equal(handover_open(&handover, mbox), 0);
        assert_int_equal(handover_begin(&handover, "a@b.example", TIME), 0);
        add(&handover, text, step);
        assert_int_equal(handover_end(&handover), 0);
        content(&handover, &out);
        assert_int_equal(out.length, expected.length);
        assert_memory_equal(buf_cstring(&out), expected.octets, expected.length);
        assert_int_equal(handover_size(&handover), expected.length);
        handover_close(&handover);
    }
    buf_release(&out);
}

static void test_line_ends(void **state)
{
    (void)state;
    check(false, SPAN("a\r\nb\rc\nd\r\r\n\r\n\n\re\0\r"), SPAN("a\nb\rc\nd\r\n\n\n\re\0\r"));
    check(false, SPAN(""), SPAN(""));
    check(false, SPAN("\r\n"), SPAN("\n"));
    check(false, SPAN("From me\r\n"), SPAN("From me\n"));
}

static void test_mbox(void **state)
{
    (void)state;
    check(true, SPAN("a: b\r\n\r\nFrom me\r\n>From me\r\nFro\r\n>>Fromage\r\nFrom: x\r\nx From y"),
          SPAN(FROM_LINE "a: b\n\n>From me\n>>From me\nFro\n>>Fromage\nFrom: x\nx From y\n\n"));
    check(true, SPAN("From "), SPAN(FROM_LINE ">From \n\n"));
    check(true, SPAN("Fro"), SPAN(FROM_LINE "Fro\n\n"));
    check(true, SPAN(">>>"), SPAN(FROM_LINE ">>>\n\n"));
    check(true, SPAN("a\n"), SPAN(FROM_LINE "a\n\n"));
    /* A CR before it: that is no start of a line. */
    check(true, SPAN("a\rFrom b\n\rFrom c\n"), SPAN(FROM_LINE "a\rFrom b\n\rFrom c\n\n"));
    check(true, SPAN(""), SPAN(FROM_LINE "\n\n"));
}

/* A message that did not come whole leaves nothing, also when some of it is on disk already. */
static void test_drop(void **state)
{
    static struct handover handover;
    static char large[3 * HANDOVER_BUFFER];
    struct buf out = BUF_INIT;

    (void)state;
    memset(large, 'x', sizeof(large));
    assert_int_equal(handover_open(&handover, true), 0);
    assert_int_equal(handover_begin(&handover, "a@b.example", TIME), 0);
    add(&handover, SPAN("one\r\n"), 2);
    assert_int_equal(handover_end(&handover), 0);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(handover_begin(&handover, NULL, TIME), 0);
        add(&handover, i == 0 ? (struct span){large, sizeof(large)} : SPAN("half\r"), 50000);
        assert_int_equal(handover_drop(&handover), 0);
    }
    assert_int_equal(handover_begin(&handover, "no address", TIME), 0);
    add(&handover, SPAN("two"), 1);
    assert_int_equal(handover_end(&handover), 0);
    content(&handover, &out);
    assert_string_equal(buf_cstring(&out),
                        FROM_LINE "one\n\nFrom Tue Nov 24 08:00:00 2026\ntwo\n\n");
    assert_int_equal(handover_size(&handover), out.length);
    handover_close(&handover);
    buf_release(&out);
}

static void test_run(void **state)
{
    char variable[] = "WORD=given";
    char *environment[] = {variable, NULL};
    static struct handover handover;
    int status = -1;

    (void)state;
    assert_int_equal(handover_open(&handover, false), 0);
    assert_int_equal(handover_begin(&handover, NULL, 0), 0);
    add(&handover, SPAN("a\r\nb\r\n"), 100);
    assert_int_equal(handover_end(&handover), 0);
    /* It reads all, from the beginning, each time. */
    for (int i = 0; i < 2; i++) {
        assert_int_equal(handover_run(&handover,
                                      "[ \"$(/bin/cat)\" = \"$(printf 'a\\nb\\n')\" ] && "
                                      "[ \"$WORD\" = given ] && exit 3",
                                      environment, &status),
                         0);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 3);
    }
    assert_int_equal(handover_run(&handover, "kill -9 $$", environment, &status), 0);
    assert_true(WIFSIGNALED(status));
    handover_close(&handover);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_line_ends),
        cmocka_unit_test(test_mbox),
        cmocka_unit_test(test_drop),
        cmocka_unit_test(test_run),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
