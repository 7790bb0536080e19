/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "diag.h"
#include "event.h"
#include "file.h"
#include "ledger.h"

static char folder[64];
static char path[96];
static struct config config = {.folder = folder, .host = "mx1", .busy = 20};
static struct store *store;

static int set_up(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/test-ledger-XXXXXX");
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(path, sizeof(path), "%s/audit.log", folder);
    return store_open(&config, &store);
}

static int tear_down(void **state)
{
    char command[128];

    (void)state;
    store_close(store);
    snprintf(command, sizeof(command), "rm -r %s", folder);
    return system(command);
}

/* ---- helpers -------------------------------------------------------------------------------- */

static void add_events(int from, int count)
{
    assert_int_equal(store_begin(store), 0);
    for (int i = from; i < from + count; i++) {
        char details[64];
        struct event event = {.time = 1795507200 + i,
                              .name = "classified",
                              .about = "sha256-abc",
                              .case_id = "4F7K2Q9XTB",
                              .blob_id = "sha256-abc",
                              .program = "classify"};

        snprintf(details, sizeof(details), "\"category\":\"billing\",\"level\":%d", i);
        event.details = span_of(details);
        assert_int_equal(event_add(store, &event, NULL), 0);
    }
    assert_int_equal(store_commit(store), 0);
}

static struct buf read_file(const char *name)
{
    struct buf content = BUF_INIT;
    FILE *file = fopen(name, "re");
    size_t length;

    assert_non_null(file);
    while ((length = fread(buf_reserve(&content, 65536), 1, 65536, file)) > 0)
        content.length += length;
    fclose(file);
    buf_char(&content, '\0');
    content.length--;
    return content;
}

static void write_file(const char *name, struct span content)
{
    FILE *file = fopen(name, "we");

    assert_non_null(file);
    assert_int_equal(fwrite(content.octets, 1, content.length, file), content.length);
    assert_int_equal(fclose(file), 0);
}

static bool exists(const char *name)
{
    struct stat status;

    return stat(name, &status) == 0;
}

/* The file holds all lines up to seq LAST and nothing is wrong with it. */
static void assert_whole(int64_t last)
{
    struct ledger_check check;
    struct ledger_fault fault;
    int code;

    if (!ledger_verify(path, &check, &fault, &code))
        fail_msg("line %llu %s", (unsigned long long)fault.line, fault.what);
    assert_int_equal(check.last_seq, last);
    assert_int_equal(check.lines, last);
    assert_int_equal(check.first_seq, 1);
}

/* The file PATH is found wrong in LINE. */
static void assert_fault(const char *name, uint64_t line)
{
    struct ledger_check check;
    struct ledger_fault fault;
    int code;

    assert_false(ledger_verify(name, &check, &fault, &code));
    assert_int_equal(code, 0);
    assert_non_null(fault.what);
    assert_int_equal(fault.line, line);
}

static void assert_same(const struct buf *a, const struct buf *b)
{
    assert_int_equal(a->length, b->length);
    assert_memory_equal(a->octets, b->octets, a->length);
}

/* ---- appending ------------------------------------------------------------------------------ */

static void test_nothing_to_write_makes_no_file(void **state)
{
    (void)state;
    assert_int_equal(ledger_append(store, path), 0);
    assert_false(exists(path));
}

static void test_appends_what_is_new(void **state)
{
    struct buf first;
    struct buf second;
    struct stat status;
    mode_t mask = umask(0077);

    (void)state;
    add_events(0, 3);
    assert_int_equal(ledger_append(store, path), 0);
    umask(mask);
    assert_whole(3);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0660);
    first = read_file(path);
    assert_int_equal(ledger_append(store, path), 0);
    second = read_file(path);
    assert_same(&first, &second);
    buf_release(&second);
    add_events(3, 2);
    assert_int_equal(ledger_append(store, path), 0);
    assert_whole(5);
    second = read_file(path);
    assert_true(span_begins(buf_view(&second), buf_view(&first)));
    buf_release(&first);
    buf_release(&second);
}

/* More than one batch of rows, more than one block of the reader. */
static void test_long_file(void **state)
{
    (void)state;
    add_events(0, 7001);
    assert_int_equal(ledger_append(store, path), 0);
    assert_whole(7001);
}

/* Killed while the last lines were written, after any octet: the same file comes of it. */
static void test_torn_tail_is_mended(void **state)
{
    struct buf whole;

    (void)state;
    add_events(0, 3);
    assert_int_equal(ledger_append(store, path), 0);
    whole = read_file(path);
    for (size_t length = 0; length < whole.length; length++) {
        struct buf mended;

        assert_int_equal(truncate(path, (off_t)length), 0);
        assert_int_equal(ledger_append(store, path), 0);
        mended = read_file(path);
        assert_same(&whole, &mended);
        buf_release(&mended);
    }
    buf_release(&whole);
}

/* Blocks that were never written read as NULs after a power failure. */
static void test_nul_tail_is_mended(void **state)
{
    struct buf whole;
    struct buf mended;
    struct buf hurt = BUF_INIT;

    (void)state;
    add_events(0, 4);
    assert_int_equal(ledger_append(store, path), 0);
    whole = read_file(path);
    for (int kind = 0; kind < 3; kind++) {
        size_t from = whole.length / 2;

        buf_clear(&hurt);
        buf_span(&hurt, buf_view(&whole));
        /* From the middle of a line: to the end; but for the last LF; twice the length. */
        memset(hurt.octets + from, 0, hurt.length - from - (kind == 1 ? 1 : 0));
        if (kind == 2) {
            memset(buf_reserve(&hurt, 20000), 0, 20000);
            hurt.length += 20000;
        }
        write_file(path, buf_view(&hurt));
        assert_int_equal(ledger_append(store, path), 0);
        mended = read_file(path);
        assert_same(&whole, &mended);
        buf_release(&mended);
    }
    buf_release(&whole);
    buf_release(&hurt);
}

/* A changed last line is reported and left as evidence. */
static void test_altered_end_stops(void **state)
{
    struct buf content;
    struct buf after;
    char *level;

    (void)state;
    add_events(0, 3);
    assert_int_equal(ledger_append(store, path), 0);
    content = read_file(path);
    level = strstr(content.octets, "\"level\":2");
    assert_non_null(level);
    level[strlen("\"level\":")] = '7';
    write_file(path, buf_view(&content));
    add_events(3, 1);
    assert_int_equal(ledger_append(store, path), EX_TEMPFAIL);
    after = read_file(path);
    assert_same(&content, &after);
    buf_release(&content);
    buf_release(&after);
    assert_fault(path, 3);
}

/* The store was set back to an older state than the file's. */
static void test_file_ahead_of_store_stops(void **state)
{
    char moved[128];
    struct buf before;
    struct buf after;

    (void)state;
    add_events(0, 5);
    assert_int_equal(ledger_append(store, path), 0);
    store_close(store);
    snprintf(moved, sizeof(moved), "%s/postroom.db", folder);
    assert_int_equal(unlink(moved), 0);
    assert_int_equal(store_open(&config, &store), 0);
    add_events(0, 3);
    before = read_file(path);
    assert_int_equal(ledger_append(store, path), EX_TEMPFAIL);
    after = read_file(path);
    assert_same(&before, &after);
    buf_release(&before);
    buf_release(&after);
}

/* A wrong file name costs nobody his text. */
static void test_strangers_file_is_left_alone(void **state)
{
    static const char *const texts[] = {
        "root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\n",
        "no line end",
        "\n",
        "{\"a\":1}\n",
        "{\"a\":1}\nsome words",
    };

    (void)state;
    add_events(0, 3);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct buf after;

        write_file(path, span_of(texts[i]));
        assert_int_equal(ledger_append(store, path), EX_TEMPFAIL);
        after = read_file(path);
        assert_string_equal(buf_cstring(&after), texts[i]);
        buf_release(&after);
    }
}

/* Many megabytes without a line end are not read to their beginning. */
static void test_endless_line_is_left_alone(void **state)
{
    struct stat status;

    (void)state;
    add_events(0, 1);
    write_file(path, SPAN("x"));
    assert_int_equal(truncate(path, 64 * 1024 * 1024), 0);
    assert_int_equal(ledger_append(store, path), EX_TEMPFAIL);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_size, 64 * 1024 * 1024);
}

static void test_missing_file_is_written_anew(void **state)
{
    struct buf before;
    struct buf after;

    (void)state;
    add_events(0, 5);
    assert_int_equal(ledger_append(store, path), 0);
    before = read_file(path);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(ledger_append(store, path), 0);
    after = read_file(path);
    assert_same(&before, &after);
    buf_release(&before);
    buf_release(&after);
}

/* logrotate, with `create` (an empty file is there) and without, also in the middle of a line. */
static void test_rotated_file_goes_on(void **state)
{
    struct ledger_check old;
    struct ledger_check new;
    struct ledger_fault fault;
    char rotated[128];
    struct stat status;
    int code;

    (void)state;
    snprintf(rotated, sizeof(rotated), "%s.1", path);
    add_events(0, 4);
    assert_int_equal(ledger_append(store, path), 0);
    for (int create = 0; create < 2; create++) {
        assert_int_equal(rename(path, rotated), 0);
        if (create)
            write_file(path, SPAN(""));
        /* Nothing new: the new file stays away, or empty. */
        assert_int_equal(ledger_append(store, path), 0);
        assert_int_equal(stat(path, &status), create ? 0 : -1);
        assert_int_equal(stat(rotated, &status), 0);
        assert_int_equal(truncate(rotated, status.st_size - 5), 0);
        add_events(10 * create + 4, 3);
        assert_int_equal(ledger_append(store, path), 0);
        assert_true(ledger_verify(rotated, &old, &fault, &code));
        assert_true(ledger_verify(path, &new, &fault, &code));
        assert_int_equal(new.first_seq, old.last_seq + 1);
        assert_string_equal(new.first_prev, old.last_hash);
        assert_int_equal(new.last_seq, 7 + 3 * create);
    }
}

static void test_rotated_file_of_another_store_stops(void **state)
{
    char rotated[128];

    (void)state;
    snprintf(rotated, sizeof(rotated), "%s.1", path);
    add_events(0, 4);
    assert_int_equal(ledger_append(store, rotated), 0);
    store_close(store);
    config.host = "mx2";
    assert_int_equal(store_open(&config, &store), 0);
    config.host = "mx1";
    add_events(20, 3);
    assert_int_equal(ledger_append(store, path), EX_TEMPFAIL);
    assert_false(exists(path));
}

static void test_held_lock_is_not_waited_for(void **state)
{
    char name[128];
    int lock;

    (void)state;
    snprintf(name, sizeof(name), "%s.lock", path);
    assert_int_equal(file_lock(name, true, &lock), 0);
    add_events(0, 3);
    assert_int_equal(ledger_append(store, path), 0);
    assert_false(exists(path));
    close(lock);
    assert_int_equal(ledger_append(store, path), 0);
    assert_whole(3);
}

static void test_unwritable_place_is_reported(void **state)
{
    char name[128];

    (void)state;
    add_events(0, 1);
    snprintf(name, sizeof(name), "%s/missing/audit.log", folder);
    assert_int_not_equal(ledger_append(store, name), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_not_equal(ledger_append(store, path), 0);
}

/* A write that fails in the middle leaves the file as it was; the next call catches up. */
static void test_failed_write_is_taken_back(void **state)
{
    struct rlimit usual;
    struct rlimit little;
    struct buf before;
    struct buf after;

    (void)state;
    add_events(0, 3);
    assert_int_equal(ledger_append(store, path), 0);
    before = read_file(path);
    add_events(3, 50);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &usual), 0);
    little = usual;
    little.rlim_cur = before.length + 1000;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
    assert_int_equal(ledger_append(store, path), EX_IOERR);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &usual), 0);
    after = read_file(path);
    assert_same(&before, &after);
    assert_int_equal(ledger_append(store, path), 0);
    assert_whole(53);
    buf_release(&before);
    buf_release(&after);
}

/* Who finds the lock held goes away; the holder sees his rows. So no last call is needed. */
static void test_no_row_is_left_behind(void **state)
{
    enum { PROCESSES = 4, ROUNDS = 25 };
    pid_t children[PROCESSES];

    (void)state;
    store_close(store);
    store = NULL;
    for (int process = 0; process < PROCESSES; process++) {
        children[process] = fork();
        if (children[process] != 0)
            continue;
        if (store_open(&config, &store) != 0)
            _exit(1);
        for (int round = 0; round < ROUNDS; round++) {
            add_events(process * 1000 + round * 3, 3);
            if (ledger_append(store, path) != 0)
                _exit(1);
        }
        store_close(store);
        _exit(0);
    }
    for (int process = 0; process < PROCESSES; process++) {
        int status;

        assert_int_equal(waitpid(children[process], &status, 0), children[process]);
        assert_int_equal(status, 0);
    }
    assert_int_equal(store_open(&config, &store), 0);
    assert_whole(PROCESSES * ROUNDS * 3);
}

/* ---- verifying ------------------------------------------------------------------------------ */

/* Checks CONTENT from OFFSET on, behind CHECK; the number of the first bad line, 0 when all holds.
 */
static uint64_t first_bad(struct ledger_check check, struct span content)
{
    while (content.length > 0) {
        struct span line = span_line(&content);

        if (ledger_check_line(&check, line) != NULL)
            return check.lines + 1;
    }
    return 0;
}

/* Every octet of 200 lines, three ways: the line it stands in is named (a joined pair's first). */
static void test_every_flipped_octet_is_found(void **state)
{
    static const char masks[] = {0x01, 0x20, (char)0x80};
    struct ledger_check check;
    struct buf content;
    size_t start = 0;

    (void)state;
    memset(&check, 0, sizeof(check));
    add_events(0, 200);
    assert_int_equal(ledger_append(store, path), 0);
    content = read_file(path);
    for (uint64_t number = 1; start < content.length; number++) {
        char *lf = memchr(content.octets + start, '\n', content.length - start);
        size_t end;
        struct span rest = {content.octets + start, content.length - start};

        assert_non_null(lf);
        end = (size_t)(lf - content.octets) + 1;
        for (size_t place = start; place < end; place++) {
            for (size_t i = 0; i < sizeof(masks); i++) {
                content.octets[place] = (char)(content.octets[place] ^ masks[i]);
                if (first_bad(check, rest) != number)
                    fail_msg("octet %zu of line %d, mask %d", place - start, (int)number, masks[i]);
                content.octets[place] = (char)(content.octets[place] ^ masks[i]);
            }
            /* As an LF, it makes two lines of one. */
            if (place + 1 < end) {
                char octet = content.octets[place];

                content.octets[place] = '\n';
                assert_int_equal(first_bad(check, rest), number);
                content.octets[place] = octet;
            }
        }
        assert_null(ledger_check_line(&check, (struct span){content.octets + start, end - start}));
        start = end;
    }
    assert_int_equal(check.lines, 200);
    /* The same through the file, for some. */
    for (size_t place = 0; place < content.length; place += 97) {
        uint64_t number = 1;

        for (size_t i = 0; i < place; i++)
            number += content.octets[i] == '\n';
        content.octets[place] ^= 1;
        write_file(path, buf_view(&content));
        assert_fault(path, number);
        content.octets[place] ^= 1;
    }
    buf_release(&content);
}

static void test_missing_and_swapped_lines_are_found(void **state)
{
    struct buf content;
    struct buf hurt = BUF_INIT;
    struct span rest;
    struct span lines[5];

    (void)state;
    add_events(0, 5);
    assert_int_equal(ledger_append(store, path), 0);
    content = read_file(path);
    rest = buf_view(&content);
    for (int i = 0; i < 5; i++)
        lines[i] = span_line(&rest);
    /* Without the third. */
    for (int i = 0; i < 5; i++)
        if (i != 2)
            buf_span(&hurt, lines[i]);
    write_file(path, buf_view(&hurt));
    assert_fault(path, 3);
    /* The second twice. */
    buf_clear(&hurt);
    for (int i = 0; i < 5; i++) {
        buf_span(&hurt, lines[i]);
        if (i == 1)
            buf_span(&hurt, lines[i]);
    }
    write_file(path, buf_view(&hurt));
    assert_fault(path, 3);
    /* Third and fourth swapped. */
    buf_clear(&hurt);
    buf_span(&hurt, lines[0]);
    buf_span(&hurt, lines[1]);
    buf_span(&hurt, lines[3]);
    buf_span(&hurt, lines[2]);
    write_file(path, buf_view(&hurt));
    assert_fault(path, 3);
    /* A torn end. */
    buf_clear(&hurt);
    buf_add(&hurt, content.octets, content.length - 1);
    write_file(path, buf_view(&hurt));
    assert_fault(path, 5);
    /* An empty line. */
    buf_clear(&hurt);
    buf_span(&hurt, lines[0]);
    buf_char(&hurt, '\n');
    write_file(path, buf_view(&hurt));
    assert_fault(path, 2);
    buf_release(&content);
    buf_release(&hurt);
}

/* Somebody writes the second line anew, hash and all: the third does not go on from it. */
static void test_forged_line_is_found(void **state)
{
    struct buf content;
    struct buf forged = BUF_INIT;
    struct span rest;
    struct span line;
    struct ledger_line parts;

    (void)state;
    add_events(0, 2);
    add_events(7, 1);
    assert_int_equal(ledger_append(store, path), 0);
    content = read_file(path);
    rest = buf_view(&content);
    line = span_line(&rest);
    assert_true(ledger_read_line(line, &parts));
    buf_span(&forged, line);
    /* A second store tells another story of the same length; its second line has another prev, so
     * take a story with the same first line. */
    store_close(store);
    config.host = "mx2";
    assert_int_equal(store_open(&config, &store), 0);
    config.host = "mx1";
    {
        struct store_statement *statement =
            store_prepare(store, "INSERT INTO chain (origin, seq, hash) VALUES ('mx2', 1, ?1)");

        store_bind_text(statement, 1, parts.hash);
        assert_int_equal(store_begin(store), 0);
        assert_int_equal(store_run(statement), 0);
        assert_int_equal(store_commit(store), 0);
    }
    add_events(50, 1);
    {
        struct store_statement *statement =
            store_prepare(store, "SELECT line FROM event WHERE origin = 'mx2' AND seq = 2");

        assert_int_equal(store_step(statement), 1);
        buf_span(&forged, store_text(statement, 0));
        buf_char(&forged, '\n');
        store_reset(statement);
    }
    span_line(&rest);
    buf_span(&forged, rest);
    write_file(path, buf_view(&forged));
    assert_fault(path, 3);
    buf_release(&content);
    buf_release(&forged);
}

static void test_form_of_a_line(void **state)
{
#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"
    static const struct {
        const char *line;
        bool good;
    } lines[] = {
        {"{\"time\":\"x\",\"seq\":1,\"prev\":\"" ZEROS "\",\"hash\":\"" ZEROS "\"}\n", true},
        {"{\"time\":\"x\",\"seq\":01,\"prev\":\"" ZEROS "\",\"hash\":\"" ZEROS "\"}\n", false},
        {"{\"time\":\"x\",\"seq\":0,\"prev\":\"" ZEROS "\",\"hash\":\"" ZEROS "\"}\n", false},
        {"{\"time\":\"x\",\"seq\":,\"prev\":\"" ZEROS "\",\"hash\":\"" ZEROS "\"}\n", false},
        {"{\"time\":\"x\",\"seq\":-1,\"prev\":\"" ZEROS "\",\"hash\":\"" ZEROS "\"}\n", false},
        {"{\"time\":\"x\",\"seq\":999999999999999999,\"prev\":\"" ZEROS "\",\"hash\":\"" ZEROS
         "\"}\n",
         true},
        {"{\"time\":\"x\",\"seq\":1000000000000000000,\"prev\":\"" ZEROS "\",\"hash\":\"" ZEROS
         "\"}\n",
         false},
        {"{\"time\":\"x\",\"seq\":1,\"prev\":\"" ZEROS "\",\"hash\":\"" ZEROS "\"}", false},
        {"{\"time\":\"x\",\"seq\":1,\"prev\":\"" ZEROS "\",\"hash\":\"" ZEROS "\"}\r\n", false},
        {"{\"Time\":\"x\",\"seq\":1,\"prev\":\"" ZEROS "\",\"hash\":\"" ZEROS "\"}\n", false},
        {"{\"time\":\"x\",\"seq\":1,\"prev\":\"" ZEROS "0\",\"hash\":\"" ZEROS "\"}\n", false},
        {"{\"time\":\"x\",\"seq\":1,\"prev\":\"A" ZEROS "\",\"hash\":\"" ZEROS "\"}\n", false},
        {"{\"time\":\"\n", false},
        {"\n", false},
        {"", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        struct ledger_line parts;

        if (ledger_read_line(span_of(lines[i].line), &parts) != lines[i].good)
            fail_msg("line %zu", i);
    }
}

static void test_chain_begins_with_zeros(void **state)
{
    struct ledger_check check;
    struct buf content;
    struct span rest;

    (void)state;
    memset(&check, 0, sizeof(check));
    add_events(0, 2);
    assert_int_equal(ledger_append(store, path), 0);
    content = read_file(path);
    rest = buf_view(&content);
    span_line(&rest);
    /* A file may begin in the middle: it was rotated. */
    assert_int_equal(first_bad(check, rest), 0);
    buf_release(&content);
}

static void test_unreadable_file(void **state)
{
    struct ledger_check check;
    struct ledger_fault fault;
    int code;

    (void)state;
    assert_false(ledger_verify(path, &check, &fault, &code));
    assert_int_equal(code, EX_NOINPUT);
    assert_false(ledger_verify(folder, &check, &fault, &code));
    assert_int_equal(code, EX_NOINPUT);
    write_file(path, SPAN(""));
    assert_true(ledger_verify(path, &check, &fault, &code));
    assert_int_equal(check.lines, 0);
    assert_int_equal(code, 0);
}

static void test_too_long_line(void **state)
{
    struct ledger_check check;
    struct ledger_fault fault;
    int code;

    (void)state;
    write_file(path, SPAN("{\"time\":\""));
    assert_int_equal(truncate(path, 30 * 1024 * 1024), 0);
    assert_false(ledger_verify(path, &check, &fault, &code));
    assert_int_equal(code, 0);
    assert_int_equal(fault.line, 1);
    assert_non_null(strstr(fault.what, "too long"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_nothing_to_write_makes_no_file),
        TEST(test_appends_what_is_new),
        TEST(test_long_file),
        TEST(test_torn_tail_is_mended),
        TEST(test_nul_tail_is_mended),
        TEST(test_altered_end_stops),
        TEST(test_file_ahead_of_store_stops),
        TEST(test_strangers_file_is_left_alone),
        TEST(test_endless_line_is_left_alone),
        TEST(test_missing_file_is_written_anew),
        TEST(test_rotated_file_goes_on),
        TEST(test_rotated_file_of_another_store_stops),
        TEST(test_held_lock_is_not_waited_for),
        TEST(test_unwritable_place_is_reported),
        TEST(test_failed_write_is_taken_back),
        TEST(test_no_row_is_left_behind),
        TEST(test_every_flipped_octet_is_found),
        TEST(test_missing_and_swapped_lines_are_found),
        TEST(test_forged_line_is_found),
        TEST(test_form_of_a_line),
        TEST(test_chain_begins_with_zeros),
        TEST(test_unreadable_file),
        TEST(test_too_long_line),
    };

    diag_set_program("test_ledger");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
