/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "arena.h"

/* ---- a folder for each test, and what standard error gets -------------------------------------
 */

static char top[64];
static char own_folder[4096];
static int own_stderr;

static int set_up(void **state)
{
    (void)state;
    umask(022);
    snprintf(top, sizeof(top), "/tmp/test-file-XXXXXX");
    if (getcwd(own_folder, sizeof(own_folder)) == NULL || mkdtemp(top) == NULL || chdir(top) != 0)
        return -1;
    /* What is reported is looked at, not shown. */
    own_stderr = dup(STDERR_FILENO);
    return freopen("messages", "w+", stderr) != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
    char command[128];

    (void)state;
    umask(022);
    fflush(stderr);
    if (dup2(own_stderr, STDERR_FILENO) < 0)
        return -1;
    close(own_stderr);
    snprintf(command, sizeof(command), "rm -rf %s", top);
    return chdir(own_folder) == 0 && system(command) == 0 ? 0 : -1;
}

/* The messages since the last call must be LINES lines that name WHAT. */
static void assert_reported(size_t lines, const char *what)
{
    char text[4096];
    ssize_t length;
    size_t count = 0;

    lseek(STDERR_FILENO, 0, SEEK_SET);
    length = read(STDERR_FILENO, text, sizeof(text) - 1);
    assert_true(length >= 0);
    text[length] = '\0';
    for (ssize_t i = 0; i < length; i++)
        count += text[i] == '\n';
    if (count != lines || (what != NULL && strstr(text, what) == NULL))
        fail_msg("not %zu lines about %s: %s", lines, what, text);
    assert_int_equal(ftruncate(STDERR_FILENO, 0), 0);
    lseek(STDERR_FILENO, 0, SEEK_SET);
}

static void make_file(const char *path, const char *content)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_true(fputs(content, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void assert_content(const char *path, struct span content)
{
    struct buf buf = BUF_INIT;

    assert_int_equal(file_read(path, &buf, SIZE_MAX), 0);
    assert_true(span_equal(buf_view(&buf), content));
    buf_release(&buf);
}

static mode_t mode_of(const char *path)
{
    struct stat status;

    assert_int_equal(stat(path, &status), 0);
    return status.st_mode & 07777;
}

static size_t entries_of(const char *path)
{
    DIR *folder = opendir(path);
    struct dirent *entry;
    size_t count = 0;

    assert_non_null(folder);
    while ((entry = readdir(folder)) != NULL)
        count += entry->d_name[0] != '.';
    closedir(folder);
    return count;
}

/* Writes of more than SIZE octets fail with EFBIG from here on. */
static void limit_files(rlim_t size)
{
    struct rlimit limit;

    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = size;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* ---- reading ----------------------------------------------------------------------------------
 */

static void test_read(void **state)
{
    static char large[300000];
    struct buf buf = BUF_INIT;

    (void)state;
    memset(large, 'x', sizeof(large) - 1);
    make_file("large", large);
    make_file("empty", "");
    assert_int_equal(file_read("empty", &buf, 0), 0);
    assert_int_equal(buf.length, 0);
    assert_string_equal(buf_cstring(&buf), "");
    buf_string(&buf, "before ");
    assert_int_equal(file_read("large", &buf, sizeof(large) - 1), 0);
    assert_int_equal(buf.length, 7 + sizeof(large) - 1);
    assert_memory_equal(buf.octets, "before xxx", 10);
    assert_int_equal(strlen(buf.octets), buf.length);
    assert_reported(0, NULL);
    buf_release(&buf);
}

/* Pipes and /proc say nothing about their size. */
static void test_read_unknown_size(void **state)
{
    struct buf buf = BUF_INIT;

    (void)state;
    assert_int_equal(file_read("/proc/self/stat", &buf, SIZE_MAX), 0);
    assert_true(buf.length > 20);
    buf_release(&buf);
}

static void test_read_limit(void **state)
{
    struct buf buf = BUF_INIT;
    struct stat status;
    int fd = open("sparse", O_RDWR | O_CREAT, 0600);

    (void)state;
    make_file("ten", "0123456789");
    buf_string(&buf, "kept");
    assert_int_equal(file_read("ten", &buf, 9), EX_DATAERR);
    assert_int_equal(buf.length, 4);
    assert_reported(1, "ten: has more than 9 octets");
    assert_int_equal(file_read("ten", &buf, 10), 0);
    assert_string_equal(buf_cstring(&buf), "kept0123456789");
    /* The limit limits memory too. */
    assert_int_equal(ftruncate(fd, (off_t)1 << 40), 0);
    assert_int_equal(fstat(fd, &status), 0);
    close(fd);
    assert_int_equal(file_read("sparse", &buf, 1000), EX_DATAERR);
    assert_true(buf.capacity < 1 << 20);
    assert_reported(1, "sparse");
    buf_release(&buf);
}

static void test_read_fails(void **state)
{
    struct buf buf = BUF_INIT;

    (void)state;
    assert_int_equal(file_read("absent", &buf, SIZE_MAX), EX_IOERR);
    assert_reported(1, "absent: cannot open (No such file");
    assert_int_equal(file_read(".", &buf, SIZE_MAX), EX_IOERR);
    assert_reported(1, "Is a directory");
    assert_int_equal(buf.length, 0);
    buf_release(&buf);
}

/* ---- writing ----------------------------------------------------------------------------------
 */

static void test_write_all(void **state)
{
    int fd = open("out", O_RDWR | O_CREAT, 0600);

    (void)state;
    assert_int_equal(file_write_all(fd, "out", "a\0b", 3), 0);
    assert_int_equal(file_write_all(fd, "out", NULL, 0), 0);
    close(fd);
    assert_content("out", SPAN("a\0b"));
    assert_int_equal(file_write_all(fd, "out", "x", 1), EX_IOERR);
    assert_reported(1, "out: cannot write (Bad file");
}

static void test_write_full(void **state)
{
    int fd = open("/dev/full", O_WRONLY);

    (void)state;
    assert_int_equal(file_write_all(fd, "the disk", "x", 1), EX_TEMPFAIL);
    assert_reported(1, "the disk: cannot write (No space");
    close(fd);
}

/* A reader who went away is no problem that this function reports. */
static void test_write_closed_pipe(void **state)
{
    int ends[2];

    (void)state;
    signal(SIGPIPE, SIG_IGN);
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    errno = 0;
    assert_int_equal(file_write_all(ends[1], "pipe", "x", 1), EX_IOERR);
    assert_int_equal(errno, EPIPE);
    assert_reported(0, NULL);
    close(ends[1]);
}

static void interrupt(int number)
{
    (void)number;
}

/*
 * What goes through a pipe to a slow reader who checks it arrives whole, with FLAGS set on the pipe
 * and interrupted by TICKS.
 */
static void write_to_slow_reader(int flags, const struct itimerval *ticks)
{
    const struct itimerval no_ticks = {{0, 0}, {0, 0}};
    enum { LENGTH = 1000000 };
    static char octets[LENGTH];
    int ends[2];
    int status;
    pid_t reader;

    for (size_t i = 0; i < LENGTH; i++)
        octets[i] = (char)(i * 7 + i / 251);
    assert_int_equal(pipe(ends), 0);
    reader = fork();
    assert_true(reader >= 0);
    if (reader == 0) {
        size_t at = 0;
        char chunk[10000];
        ssize_t got;

        close(ends[1]);
        while ((got = read(ends[0], chunk, sizeof(chunk))) > 0) {
            const struct timespec nap = {0, 500000};

            if (at + (size_t)got > LENGTH || memcmp(chunk, octets + at, (size_t)got) != 0)
                _exit(1);
            at += (size_t)got;
            nanosleep(&nap, NULL);
        }
        _exit(at == LENGTH ? 0 : 2);
    }
    close(ends[0]);
    assert_int_equal(fcntl(ends[1], F_SETFL, flags), 0);
    assert_int_equal(setitimer(ITIMER_REAL, ticks, NULL), 0);
    assert_int_equal(file_write_all(ends[1], "pipe", octets, LENGTH), 0);
    assert_int_equal(setitimer(ITIMER_REAL, &no_ticks, NULL), 0);
    close(ends[1]);
    assert_int_equal(waitpid(reader, &status, 0), reader);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_reported(0, NULL);
}

static void test_write_interrupted(void **state)
{
    const struct sigaction action = {.sa_handler = interrupt};
    const struct itimerval ticks = {{0, 1000}, {0, 1000}};

    (void)state;
    assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
    write_to_slow_reader(0, &ticks);
}

/* Some programs make the pipe that we write to non-blocking. */
static void test_write_nonblocking(void **state)
{
    const struct itimerval ticks = {{0, 0}, {0, 0}};

    (void)state;
    write_to_slow_reader(O_NONBLOCK, &ticks);
}

/* ---- replacing --------------------------------------------------------------------------------
 */

static void test_replace(void **state)
{
    (void)state;
    umask(077);
    assert_int_equal(file_replace("file", SPAN("first"), 0640), 0);
    assert_content("file", SPAN("first"));
    assert_int_equal(mode_of("file"), 0640);
    assert_int_equal(file_replace("./file", SPAN("a\0b"), 0600), 0);
    assert_content("file", SPAN("a\0b"));
    assert_int_equal(mode_of("file"), 0600);
    assert_int_equal(file_replace("file", (struct span){NULL, 0}, 0600), 0);
    assert_content("file", SPAN(""));
    /* Nothing is left beside it (`messages` is the test's own). */
    assert_int_equal(entries_of("."), 2);
    assert_reported(0, NULL);
}

/* Who reads the old file goes on reading the old file. */
static void test_replace_is_whole(void **state)
{
    char octets[8] = "";
    int fd;

    (void)state;
    make_file("file", "old");
    fd = open("file", O_RDONLY);
    assert_int_equal(file_replace("file", SPAN("newer"), 0600), 0);
    assert_int_equal(read(fd, octets, sizeof(octets)), 3);
    assert_string_equal(octets, "old");
    close(fd);
}

static void test_replace_fails(void **state)
{
    static char large[100000];

    (void)state;
    assert_int_equal(file_replace("absent/file", SPAN("x"), 0600), EX_IOERR);
    assert_reported(1, "absent/file: cannot make");
    assert_int_equal(mkdir("folder", 0700), 0);
    assert_int_equal(file_replace("folder", SPAN("x"), 0600), EX_IOERR);
    assert_reported(1, "folder: cannot rename");
    make_file("file", "old");
    limit_files(50000);
    assert_int_equal(file_replace("file", (struct span){large, sizeof(large)}, 0600), EX_IOERR);
    limit_files(RLIM_INFINITY);
    assert_reported(1, "File too large");
    assert_content("file", SPAN("old"));
    /* file, folder, messages: no temporary file was left. */
    assert_int_equal(entries_of("."), 3);
}

/* ---- folders ----------------------------------------------------------------------------------
 */

static void test_make_folder(void **state)
{
    (void)state;
    umask(077);
    assert_int_equal(file_make_folder("a/b//c", 0770), 0);
    assert_int_equal(mode_of("a"), 0770);
    assert_int_equal(mode_of("a/b"), 0770);
    assert_int_equal(mode_of("a/b/c"), 0770);
    assert_int_equal(file_make_folder("a/b/c", 0700), 0);
    assert_int_equal(mode_of("a/b/c"), 0770);
    assert_int_equal(file_make_folder("a/d/", 0750), 0);
    assert_int_equal(mode_of("a/d"), 0750);
    assert_int_equal(mode_of("a"), 0770);
    assert_int_equal(file_make_folder("/", 0700), 0);
    assert_int_equal(file_make_folder(".", 0700), 0);
    assert_reported(0, NULL);
    make_file("file", "");
    assert_int_equal(file_make_folder("file", 0700), EX_IOERR);
    assert_reported(1, "file: cannot make the folder");
    assert_int_equal(file_make_folder("file/below", 0700), EX_IOERR);
    assert_reported(1, "file");
}

static void test_sync_folder(void **state)
{
    (void)state;
    assert_int_equal(file_sync_folder("."), 0);
    assert_int_equal(file_sync_folder("absent"), EX_IOERR);
    assert_reported(1, "absent");
}

/* ---- locks ------------------------------------------------------------------------------------
 */

/* What a process of its own gets: 0 the lock, 1 it is held, 2 an error. */
static int try_lock(bool wait)
{
    int status;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        int fd;
        int code = file_lock("lock", wait, &fd);

        _exit(code != 0 ? 2 : (fd < 0 ? 1 : 0));
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void test_lock(void **state)
{
    int fd;

    (void)state;
    umask(077);
    assert_int_equal(file_lock("lock", false, &fd), 0);
    assert_true(fd >= 0);
    assert_int_equal(mode_of("lock"), 0660);
    assert_int_equal(umask(022), 077);
    assert_int_equal(try_lock(false), 1);
    close(fd);
    assert_int_equal(try_lock(false), 0);
    assert_int_equal(try_lock(true), 0);
    assert_reported(0, NULL);
    assert_int_equal(file_lock("absent/lock", false, &fd), EX_TEMPFAIL);
    assert_int_equal(fd, -1);
    assert_reported(1, "absent/lock: cannot open the lock");
}

/* A lock dies with its owner, and who waits for it gets it then. */
static void test_lock_wait(void **state)
{
    int ready[2];
    int fd;
    char octet;
    pid_t child;

    (void)state;
    assert_int_equal(pipe(ready), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        const struct timespec nap = {0, 50000000};

        if (file_lock("lock", true, &fd) != 0 || write(ready[1], "x", 1) != 1)
            _exit(1);
        nanosleep(&nap, NULL);
        _exit(0);
    }
    assert_int_equal(read(ready[0], &octet, 1), 1);
    assert_int_equal(file_lock("lock", false, &fd), 0);
    assert_int_equal(fd, -1);
    assert_int_equal(file_lock("lock", true, &fd), 0);
    assert_true(fd >= 0);
    close(fd);
    close(ready[0]);
    close(ready[1]);
    assert_int_equal(waitpid(child, NULL, 0), child);
}

/* ---- Maildir ----------------------------------------------------------------------------------
 */

static void test_maildir_make(void **state)
{
    (void)state;
    umask(0);
    assert_int_equal(maildir_make("queues/rabat-l1"), 0);
    assert_int_equal(mode_of("queues/rabat-l1"), 0700);
    assert_int_equal(mode_of("queues/rabat-l1/tmp"), 0700);
    assert_int_equal(mode_of("queues/rabat-l1/new"), 0700);
    assert_int_equal(mode_of("queues/rabat-l1/cur"), 0700);
    assert_int_equal(chmod("queues/rabat-l1/cur", 0750), 0);
    assert_int_equal(maildir_make("queues/rabat-l1"), 0);
    assert_int_equal(mode_of("queues/rabat-l1/cur"), 0750);
}

static void test_maildir_deliver(void **state)
{
    struct stat first;
    struct stat second;

    (void)state;
    assert_int_equal(maildir_make("box"), 0);
    assert_int_equal(maildir_deliver("box", "name", SPAN("a\0b\n")), 0);
    assert_content("box/new/name", SPAN("a\0b\n"));
    assert_int_equal(mode_of("box/new/name"), 0600);
    assert_int_equal(entries_of("box/tmp"), 0);
    assert_int_equal(stat("box/new/name", &first), 0);
    /* A repeat touches nothing. */
    assert_int_equal(maildir_deliver("box", "name", SPAN("other")), 0);
    assert_int_equal(stat("box/new/name", &second), 0);
    assert_int_equal(first.st_ino, second.st_ino);
    assert_content("box/new/name", SPAN("a\0b\n"));
    assert_int_equal(entries_of("box/new"), 1);
    assert_reported(0, NULL);
}

/* Mail that somebody has read already is not delivered once more. */
static void test_maildir_deliver_read(void **state)
{
    static const char *const names[] = {"box/cur/name", "box/cur/name:2,", "box/cur/name:2,RS"};

    (void)state;
    assert_int_equal(maildir_make("box"), 0);
    for (size_t i = 0; i < 3; i++) {
        make_file(names[i], "read");
        assert_int_equal(maildir_deliver("box", "name", SPAN("x")), 0);
        assert_int_equal(entries_of("box/new"), 0);
        assert_int_equal(entries_of("box/tmp"), 0);
        assert_int_equal(unlink(names[i]), 0);
    }
    /* These are others. */
    make_file("box/cur/name2:2,S", "");
    make_file("box/cur/nam:2,S", "");
    make_file("box/new/name.2", "");
    assert_int_equal(maildir_deliver("box", "name", SPAN("x")), 0);
    assert_content("box/new/name", SPAN("x"));
    assert_int_equal(entries_of("box/new"), 2);
}

/* What a process that was killed left behind does no harm. */
static void test_maildir_leftover(void **state)
{
    char leftover[64];

    (void)state;
    assert_int_equal(maildir_make("box"), 0);
    snprintf(leftover, sizeof(leftover), "box/tmp/name.%ld", (long)getpid());
    make_file(leftover, "half a mai");
    assert_int_equal(maildir_deliver("box", "name", SPAN("a whole mail")), 0);
    assert_content("box/new/name", SPAN("a whole mail"));
    assert_int_equal(entries_of("box/tmp"), 0);
}

static void test_maildir_deliver_fails(void **state)
{
    static char large[100000];

    (void)state;
    assert_int_equal(maildir_deliver("absent", "name", SPAN("x")), EX_IOERR);
    assert_reported(1, "absent");
    assert_int_equal(maildir_make("box"), 0);
    limit_files(50000);
    assert_int_equal(maildir_deliver("box", "name", (struct span){large, sizeof(large)}), EX_IOERR);
    limit_files(RLIM_INFINITY);
    assert_reported(1, "box/tmp/name");
    assert_int_equal(entries_of("box/new"), 0);
    assert_int_equal(entries_of("box/tmp"), 0);
    assert_int_equal(maildir_deliver("box", "name", (struct span){large, sizeof(large)}), 0);
    assert_int_equal(entries_of("box/new"), 1);
}

/* Several processes that deliver the same mail leave it there once, whole. */
static void test_maildir_deliver_at_once(void **state)
{
    enum { PROCESSES = 8, MAILS = 20 };
    struct maildir_list list = {NULL, 0, 0};

    (void)state;
    assert_int_equal(maildir_make("box"), 0);
    for (int i = 0; i < PROCESSES; i++) {
        pid_t child = fork();

        assert_true(child >= 0);
        if (child == 0) {
            for (int mail = 0; mail < MAILS; mail++) {
                char name[16];

                snprintf(name, sizeof(name), "mail%02d", mail);
                if (maildir_deliver("box", name, span_of(name)) != 0)
                    _exit(1);
            }
            _exit(0);
        }
    }
    for (int i = 0; i < PROCESSES; i++) {
        int status;

        assert_true(wait(&status) > 0);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
    }
    assert_int_equal(maildir_list("box", &list), 0);
    assert_int_equal(list.count, MAILS);
    for (size_t i = 0; i < list.count; i++)
        assert_content(list.paths[i], span_of(strrchr(list.paths[i], '/') + 1));
    assert_int_equal(entries_of("box/tmp"), 0);
    maildir_list_release(&list);
}

static void test_maildir_list(void **state)
{
    static const char *const sorted[] = {"box/new/1",      "box/cur/10:2,S", "box/new/2",
                                         "box/cur/2.a:2,", "box/cur/3",      "box/new/3:2,F"};
    struct maildir_list list = {NULL, 0, 0};

    (void)state;
    assert_int_equal(maildir_make("box"), 0);
    assert_int_equal(maildir_list("box", &list), 0);
    assert_int_equal(list.count, 0);
    for (size_t i = 6; i-- > 0;)
        make_file(sorted[i], "");
    make_file("box/tmp/0", "not yet delivered");
    make_file("box/new/.nfs0001", "");
    make_file("box/cur/.hidden", "");
    assert_int_equal(maildir_list("box", &list), 0);
    assert_int_equal(list.count, 6);
    for (size_t i = 0; i < list.count; i++)
        assert_string_equal(list.paths[i], sorted[i]);
    maildir_list_release(&list);
    assert_null(list.paths);
    assert_int_equal(list.count, 0);
    /* It was only read. */
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(access(sorted[i], F_OK), 0);
    maildir_list_release(&list);
}

static void test_maildir_list_many(void **state)
{
    struct maildir_list list = {NULL, 0, 0};

    (void)state;
    assert_int_equal(maildir_make("box"), 0);
    for (int i = 0; i < 500; i++) {
        char path[64];

        snprintf(path, sizeof(path), "box/%s/%03d%s", i % 3 != 0 ? "new" : "cur", i * 7 % 500,
                 i % 3 != 0 ? "" : ":2,S");
        make_file(path, "");
    }
    assert_int_equal(maildir_list("box", &list), 0);
    assert_int_equal(list.count, 500);
    for (size_t i = 0; i < list.count; i++)
        assert_int_equal(atoi(strrchr(list.paths[i], '/') + 1), i);
    maildir_list_release(&list);
}

/* An MH folder by number; a Maildir stays one; neither of them is an error. */
static void test_folder_list(void **state)
{
    static const char *const files[] = {
        "mh/10", "mh/9",  "mh/007", "mh/7",  "mh/99999999999999999999",
        "mh/,3", "mh/#3", "mh/3x",  "mh/x3", "mh/.4"};
    static const char *const expected[] = {"mh/007", "mh/7", "mh/9", "mh/10",
                                           "mh/99999999999999999999"};
    struct maildir_list list = {NULL, 0, 0};

    (void)state;
    assert_int_equal(file_make_folder("mh/12", 0700), 0);
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        assert_int_equal(file_replace(files[i], SPAN("x"), 0600), 0);
    assert_int_equal(folder_list("mh", &list), 0);
    assert_int_equal(list.count, 5);
    for (size_t i = 0; i < 5; i++)
        assert_string_equal(list.paths[i], expected[i]);
    maildir_list_release(&list);
    assert_int_equal(file_make_folder("mh/new", 0700), 0);
    assert_int_equal(folder_list("mh", &list), 0);
    assert_int_equal(list.count, 5);
    maildir_list_release(&list);
    assert_int_equal(file_make_folder("mh/cur", 0700), 0);
    assert_int_equal(folder_list("mh", &list), 0);
    assert_int_equal(list.count, 0);
    maildir_list_release(&list);

    assert_int_equal(file_make_folder("none", 0700), 0);
    assert_int_equal(file_replace("none/message", SPAN("x"), 0600), 0);
    assert_int_equal(folder_list("none", &list), EX_IOERR);
    assert_int_equal(list.count, 0);
    assert_int_equal(file_replace("none/.mh_sequences", SPAN(""), 0600), 0);
    assert_int_equal(folder_list("none", &list), 0);
    assert_int_equal(list.count, 0);
    assert_int_equal(folder_list("absent", &list), EX_IOERR);
    maildir_list_release(&list);
}

static void test_maildir_list_fails(void **state)
{
    struct maildir_list list = {NULL, 0, 0};

    (void)state;
    assert_int_equal(maildir_list(".", &list), EX_IOERR);
    assert_reported(1, "name a Maildir");
    maildir_list_release(&list);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_read),
        TEST(test_read_unknown_size),
        TEST(test_read_limit),
        TEST(test_read_fails),
        TEST(test_write_all),
        TEST(test_write_full),
        TEST(test_write_closed_pipe),
        TEST(test_write_interrupted),
        TEST(test_write_nonblocking),
        TEST(test_replace),
        TEST(test_replace_is_whole),
        TEST(test_replace_fails),
        TEST(test_make_folder),
        TEST(test_sync_folder),
        TEST(test_lock),
        TEST(test_lock_wait),
        TEST(test_maildir_make),
        TEST(test_maildir_deliver),
        TEST(test_maildir_deliver_read),
        TEST(test_maildir_leftover),
        TEST(test_maildir_deliver_fails),
        TEST(test_maildir_deliver_at_once),
        TEST(test_maildir_list),
        TEST(test_maildir_list_many),
        TEST(test_maildir_list_fails),
        TEST(test_folder_list),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
