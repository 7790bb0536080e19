/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "diag.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "buf.h"
#include "utf8.h"

/* ---- what standard error gets -----------------------------------------------------------------
 */

static int own_stderr;
static char caught[3 * DIAG_LINE_MAX];

/* From here on standard error goes to a pipe. */
static int catch (void)
{
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    own_stderr = dup(STDERR_FILENO);
    assert_true(own_stderr >= 0);
    assert_int_equal(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
    close(ends[1]);
    return ends[0];
}

/* Gives standard error back; what was written is in `caught`, its length is returned. */
static size_t caught_on(int end)
{
    size_t length = 0;
    ssize_t got;

    assert_int_equal(dup2(own_stderr, STDERR_FILENO), STDERR_FILENO);
    close(own_stderr);
    while ((got = read(end, caught + length, sizeof(caught) - 1 - length)) > 0)
        length += (size_t)got;
    caught[length] = '\0';
    close(end);
    return length;
}

static int set_up(void **state)
{
    (void)state;
    diag_set_program("classify");
    return 0;
}

static void test_one_line(void **state)
{
    int end = catch ();

    (void)state;
    errno = ENOENT;
    assert_int_equal(diag(EX_CONFIG, "postroom.xml:7", "queue %s is not defined", "x"), EX_CONFIG);
    assert_int_equal(errno, ENOENT);
    caught_on(end);
    assert_string_equal(caught, "classify: postroom.xml:7: queue x is not defined\n");
}

static void test_without_where(void **state)
{
    int end = catch ();

    (void)state;
    assert_int_equal(diag(EX_USAGE, NULL, "unknown option"), EX_USAGE);
    caught_on(end);
    assert_string_equal(caught, "classify: unknown option\n");
}

static void test_errno(void **state)
{
    int end = catch ();

    (void)state;
    errno = EACCES;
    assert_int_equal(diag_errno(EX_IOERR, "mail", "cannot %s", "open"), EX_IOERR);
    assert_int_equal(errno, EACCES);
    caught_on(end);
    assert_string_equal(caught, "classify: mail: cannot open (Permission denied)\n");
}

static void test_note(void **state)
{
    int end = catch ();

    (void)state;
    diag_note("%d messages\nforged: line", 12);
    caught_on(end);
    assert_string_equal(caught, "classify: 12 messages?forged: line\n");
}

static void test_program(void **state)
{
    (void)state;
    assert_string_equal(diag_program(), "classify");
}

/* Whatever mail puts into a message: one line, bounded, valid UTF-8. */
static void test_hostile_texts(void **state)
{
    static char text[3000];
    uint32_t random = 7;

    (void)state;
    for (int round = 0; round < 200; round++) {
        size_t length;
        int end;

        for (size_t i = 0; i + 1 < sizeof(text); i++) {
            random = random * 1664525 + 1013904223;
            text[i] = (char)((random >> 16 & 255) | 1);
        }
        text[(size_t)(random >> 8) % sizeof(text)] = '\0';
        text[sizeof(text) - 1] = '\0';
        end = catch ();
        if (round % 2 == 0)
            diag(EX_DATAERR, text, "%s", text);
        else
            diag(EX_DATAERR, NULL, "%s", text);
        length = caught_on(end);
        assert_true(length <= DIAG_LINE_MAX);
        assert_ptr_equal(strchr(caught, '\n'), caught + length - 1);
        assert_true(utf8_valid((struct span){caught, length}));
        assert_int_equal(strncmp(caught, "classify: ", 10), 0);
    }
}

/* A line that is too long is cut between characters, not inside one. */
static void test_long_line(void **state)
{
    struct buf text = BUF_INIT;
    size_t length;
    int end;

    (void)state;
    for (int i = 0; i < 5000; i++)
        buf_string(&text, "\xe2\x82\xac");
    end = catch ();
    diag(EX_DATAERR, NULL, "%s", buf_cstring(&text));
    length = caught_on(end);
    buf_release(&text);
    assert_true(length <= DIAG_LINE_MAX && length > DIAG_LINE_MAX - 4);
    assert_int_equal(caught[length - 1], '\n');
    assert_true(utf8_valid((struct span){caught, length}));
}

static void test_stderr_closed(void **state)
{
    int own = dup(STDERR_FILENO);

    (void)state;
    close(STDERR_FILENO);
    errno = EINTR;
    assert_int_equal(diag(EX_SOFTWARE, "x", "y"), EX_SOFTWARE);
    assert_int_equal(errno, EINTR);
    assert_int_equal(dup2(own, STDERR_FILENO), STDERR_FILENO);
    close(own);
}

/* ---- cleaning ---------------------------------------------------------------------------------
 */

static void test_clean(void **state)
{
    const struct {
        struct span text;
        const char *clean;
    } cases[] = {
        {SPAN("plain caf\xc3\xa9 \xf0\x9f\x93\xae"), "plain caf\xc3\xa9 \xf0\x9f\x93\xae"},
        {SPAN("a\0b\x1b[2Jc\r\n\td\x7f"), "a?b?[2Jc???d?"},
        {SPAN("\xc2\x85\xc2\x9b"), "??"}, /* C1 controls */
        {SPAN("\xe2\x80\xae"
              "gpj\xe2\x80\xac"),
         "?gpj?"},                                           /* RLO, PDF */
        {SPAN("\xe2\x81\xa6x\xe2\x81\xa9\xd8\x9c"), "?x??"}, /* LRI, PDI, ALM */
        {SPAN("\xe2\x80\xa8\xe2\x80\xa9"), "??"},            /* line separators */
        {SPAN("a\xe2\x80\x8b"
              "b\xef\xbb\xbf"),
         "a?b?"},                       /* zero-width space, BOM */
        {SPAN("\xff\xc3"), "??"},       /* invalid */
        {SPAN("\xed\xa0\x80"), "???"},  /* a surrogate */
        {SPAN("\xc2\xa0"), "\xc2\xa0"}, /* a no-break space is a blank */
        {SPAN(""), ""},
    };
    char out[64];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        size_t length = diag_clean(out, sizeof(out), cases[i].text.octets, cases[i].text.length);

        assert_string_equal(out, cases[i].clean);
        assert_int_equal(length, strlen(out));
    }
}

static void test_clean_is_bounded(void **state)
{
    static const char text[] = "ab\xe2\x82\xac"
                               "cd";
    char out[16];

    (void)state;
    for (size_t size = 1; size < sizeof(out); size++) {
        memset(out, 'x', sizeof(out));
        assert_true(diag_clean(out, size, text, sizeof(text) - 1) < size);
        assert_non_null(memchr(out, '\0', size));
        assert_true(utf8_valid(span_of(out)));
        for (size_t i = size; i < sizeof(out); i++)
            assert_int_equal(out[i], 'x');
    }
}

/* ---- codes ------------------------------------------------------------------------------------
 */

static void test_worse(void **state)
{
    static const int order[] = {75, 74, 78, 70, 65, 64, 0};
    const size_t count = sizeof(order) / sizeof(order[0]);

    (void)state;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < count; j++)
            assert_int_equal(diag_worse(order[i], order[j]), order[i < j ? i : j]);
    /* A code that the order does not name still beats success. */
    assert_int_equal(diag_worse(0, EX_NOINPUT), EX_NOINPUT);
    assert_int_equal(diag_worse(EX_NOINPUT, 0), EX_NOINPUT);
    assert_int_equal(diag_worse(EX_NOINPUT, EX_USAGE), EX_USAGE);
}

static void test_out_of_memory(void **state)
{
    int end = catch ();
    pid_t child = fork();
    int status;

    (void)state;
    if (child == 0)
        diag_out_of_memory();
    caught_on(end);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), EX_TEMPFAIL);
    assert_non_null(strstr(caught, "classify: out of memory"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_line),  cmocka_unit_test(test_without_where),
        cmocka_unit_test(test_errno),     cmocka_unit_test(test_note),
        cmocka_unit_test(test_program),   cmocka_unit_test(test_hostile_texts),
        cmocka_unit_test(test_long_line), cmocka_unit_test(test_stderr_closed),
        cmocka_unit_test(test_clean),     cmocka_unit_test(test_clean_is_bounded),
        cmocka_unit_test(test_worse),     cmocka_unit_test(test_out_of_memory),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
