/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fetched.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "buf.h"
#include "diag.h"
#include "file.h"

#define IMAP "imap://ann@mail.example/INBOX"
#define POP "pop://ann@mail.example/"

static char folder[] = "/tmp/test-fetched.XXXXXX";
static char state_folder[64];
static char path[512];

static int set_up(void **state)
{
    (void)state;
    strcpy(folder + sizeof(folder) - 7, "XXXXXX");
    if (mkdtemp(folder) == NULL)
        return -1;
    (void)snprintf(state_folder, sizeof(state_folder), "%s/state/deep", folder);
    path[0] = '\0';
    return 0;
}

static int tear_down(void **state)
{
    char command[128];

    (void)state;
    (void)snprintf(command, sizeof(command), "rm -rf '%s'", folder);
    return system(command);
}

static struct fetched *open_it(const char *name)
{
    struct fetched *record = NULL;

    assert_int_equal(fetched_open(state_folder, 0700, name, false, &record), 0);
    return record;
}

/* The record's file, of which there is one. */
static const char *find_file(void)
{
    DIR *entries = opendir(state_folder);
    const struct dirent *entry;

    assert_non_null(entries);
    while ((entry = readdir(entries)) != NULL)
        if (entry->d_name[0] != '.' && strstr(entry->d_name, ".lock") == NULL)
            (void)snprintf(path, sizeof(path), "%s/%s", state_folder, entry->d_name);
    closedir(entries);
    return path;
}

static void append(struct span text)
{
    FILE *file = fopen(find_file(), "a");

    assert_non_null(file);
    assert_int_equal(fwrite(text.octets, 1, text.length, file), text.length);
    assert_int_equal(fclose(file), 0);
}

static void has(const char *expected)
{
    struct buf text = BUF_INIT;

    assert_int_equal(file_read(find_file(), &text, 1000000), 0);
    assert_string_equal(buf_cstring(&text), expected);
    buf_release(&text);
}

static void test_imap(void **state)
{
    static const char *const there[] = {"3", "5", "9", "10"};
    struct fetched *record = open_it(IMAP);

    (void)state;
    has("postroom mail-fetch 1\nmailbox " IMAP "\n");
    assert_int_equal(fetched_renew(record, 7), 0);
    assert_int_equal(fetched_upto(record), 0);
    assert_int_equal(fetched_mark(record, "3", FETCHED_DONE), 0);
    assert_int_equal(fetched_mark(record, "5", FETCHED_FAILED), 0);
    assert_int_equal(fetched_mark(record, "9", FETCHED_LARGE), 0);
    assert_int_equal(fetched_mark(record, "5", FETCHED_REMOVE), 0);
    fetched_close(record);
    has("postroom mail-fetch 1\nmailbox " IMAP
        "\nvalidity 7\ndone 3\nfailed 5\nlarge 9\nremove 5\n");
    record = open_it(IMAP);
    assert_int_equal(fetched_renew(record, 7), 0);
    assert_int_equal(fetched_look(record, "3"), FETCHED_DONE);
    assert_int_equal(fetched_look(record, "5"), FETCHED_REMOVE);
    assert_int_equal(fetched_look(record, "9"), FETCHED_LARGE);
    assert_int_equal(fetched_look(record, "10"), FETCHED_NEW);
    assert_int_equal(fetched_look(record, "2"), FETCHED_NEW);
    assert_int_equal(fetched_tidy(record, there, 4, 3), 0);
    assert_int_equal(fetched_upto(record), 3);
    assert_int_equal(fetched_look(record, "2"), FETCHED_DONE);
    assert_int_equal(fetched_look(record, "3"), FETCHED_DONE);
    assert_int_equal(fetched_look(record, "5"), FETCHED_REMOVE);
    /* Another numbering: nothing holds any more. */
    assert_int_equal(fetched_renew(record, 8), 0);
    assert_int_equal(fetched_look(record, "2"), FETCHED_NEW);
    assert_int_equal(fetched_look(record, "5"), FETCHED_NEW);
    fetched_close(record);
    has("postroom mail-fetch 1\nmailbox " IMAP "\nvalidity 8\n");
}

/* A thousand messages become one line, those that are open stay. */
static void test_tidy(void **state)
{
    static const char *const there[] = {"1001", "999", "1000"};
    struct fetched *record = open_it(IMAP);
    char id[16];

    (void)state;
    assert_int_equal(fetched_renew(record, 7), 0);
    for (int i = 1; i <= 1000; i++) {
        (void)snprintf(id, sizeof(id), "%d", i);
        assert_int_equal(fetched_mark(record, id, i == 999 ? FETCHED_FAILED : FETCHED_DONE), 0);
    }
    fetched_close(record);
    record = open_it(IMAP);
    assert_int_equal(fetched_tidy(record, there, 3, 998), 0);
    has("postroom mail-fetch 1\nmailbox " IMAP "\nvalidity 7\nupto 998\ndone 1000\nfailed 999\n");
    assert_int_equal(fetched_mark(record, "1001", FETCHED_DONE), 0);
    fetched_close(record);
    record = open_it(IMAP);
    assert_int_equal(fetched_upto(record), 998);
    assert_int_equal(fetched_look(record, "17"), FETCHED_DONE);
    assert_int_equal(fetched_look(record, "999"), FETCHED_FAILED);
    assert_int_equal(fetched_look(record, "1001"), FETCHED_DONE);
    fetched_close(record);
}

/* POP's names may look like numbers; they are not in order. */
static void test_pop(void **state)
{
    static const char *const there[] = {"b", "7"};
    struct fetched *record = open_it(POP);

    (void)state;
    assert_int_equal(fetched_renew(record, 0), 0);
    assert_int_equal(fetched_mark(record, "7", FETCHED_DONE), 0);
    assert_int_equal(fetched_mark(record, "a", FETCHED_DONE), 0);
    fetched_close(record);
    record = open_it(POP);
    assert_int_equal(fetched_look(record, "a"), FETCHED_DONE);
    assert_int_equal(fetched_look(record, "6"), FETCHED_NEW);
    assert_int_equal(fetched_tidy(record, there, 2, 0), 0);
    assert_int_equal(fetched_look(record, "a"), FETCHED_NEW);
    assert_int_equal(fetched_look(record, "7"), FETCHED_DONE);
    fetched_close(record);
}

static void test_torn(void **state)
{
    struct fetched *record = open_it(IMAP);

    (void)state;
    assert_int_equal(fetched_renew(record, 7), 0);
    assert_int_equal(fetched_mark(record, "1", FETCHED_DONE), 0);
    fetched_close(record);
    append(SPAN("done 12"));
    record = open_it(IMAP);
    assert_int_equal(fetched_look(record, "1"), FETCHED_DONE);
    assert_int_equal(fetched_look(record, "12"), FETCHED_NEW);
    assert_int_equal(fetched_mark(record, "2", FETCHED_DONE), 0);
    fetched_close(record);
    has("postroom mail-fetch 1\nmailbox " IMAP "\nvalidity 7\ndone 1\ndone 2\n");
    /* Blocks that never came to disk. */
    append(SPAN("\0\0\0\0\0\0\n\0\0"));
    record = open_it(IMAP);
    fetched_close(record);
    has("postroom mail-fetch 1\nmailbox " IMAP "\nvalidity 7\ndone 1\ndone 2\n");
}

static void test_refused(void **state)
{
    static const char *const bad[] = {"done\n", "eaten 7\n",         "done \n",
                                      "\n",     "upto 4294967296\n", "validity x\n"};
    struct fetched *record;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct stat status;
        off_t length;

        fetched_close(open_it(IMAP));
        assert_int_equal(stat(find_file(), &status), 0);
        length = status.st_size;
        append(span_of(bad[i]));
        assert_int_equal(fetched_open(state_folder, 0700, IMAP, false, &record), EX_CONFIG);
        fetched_close(record);
        assert_int_equal(truncate(path, length), 0);
    }
}

static void test_lock(void **state)
{
    struct fetched *first = open_it(IMAP);
    struct fetched *other = open_it(POP);
    struct fetched *second;

    (void)state;
    assert_int_equal(fetched_open(state_folder, 0700, IMAP, false, &second), EX_TEMPFAIL);
    fetched_close(second);
    /* To look is always allowed. */
    assert_int_equal(fetched_open(state_folder, 0700, IMAP, true, &second), 0);
    assert_int_equal(fetched_look(second, "1"), FETCHED_NEW);
    fetched_close(second);
    fetched_close(other);
    fetched_close(first);
    fetched_close(open_it(IMAP));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_imap, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_tidy, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_pop, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_torn, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_lock, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
