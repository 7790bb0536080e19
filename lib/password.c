/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "password.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "diag.h"
#include "utf8.h"

/* Appends the first line of what FD gives; the rest is read too, so that its writer can end. */
static int read_first_line(int fd, const char *where, struct buf *out)
{
    size_t start = out->length;
    size_t all = 0;
    char piece[1024];
    ssize_t got;
    struct span line;

    while ((got = read(fd, piece, sizeof(piece))) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return diag_errno(EX_CONFIG, where, "no password can be read");
        if (all <= PASSWORD_MAX)
            buf_add(out, piece, (size_t)got);
        all += (size_t)got;
    }
    explicit_bzero(piece, sizeof(piece));
    line = (struct span){out->octets + start, out->length - start};
    line = span_chomp(span_line(&line));
    if (line.length == 0)
        return diag(EX_CONFIG, where, "its first line is empty: the password is to stand there");
    if (line.length > PASSWORD_MAX)
        return diag(EX_CONFIG, where, "its first line is too long for a password");
    for (size_t i = 0; i < line.length; i++)
        if ((unsigned char)line.octets[i] < 0x20 || line.octets[i] == 0x7f)
            return diag(EX_CONFIG, where, "its first line has control characters");
    if (!utf8_valid(line))
        return diag(EX_CONFIG, where, "its first line is no UTF-8");
    explicit_bzero(out->octets + start + line.length, out->length - start - line.length);
    out->length = start + line.length;
    return 0;
}

int password_from_file(const char *path, struct buf *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    struct stat status;
    int code;

    if (fd < 0)
        return diag_errno(EX_CONFIG, path, "the password cannot be read");
    if (fstat(fd, &status) != 0)
        code = diag_errno(EX_CONFIG, path, "the password cannot be read");
    else if (S_ISREG(status.st_mode) && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        code =
            diag(EX_CONFIG, path, "others may read or write this password: do `chmod 600` first");
    else
        code = read_first_line(fd, path, out);
    close(fd);
    return code;
}

/* Starts COMMAND with its output going to the pipe ENDS. */
static int start(const char *command, char *const *environment, const int ends[2], pid_t *child)
{
    char shell[] = "/bin/sh";
    char option[] = "-c";
    char *arguments[] = {shell, option, NULL, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    struct buf line = BUF_INIT;
    sigset_t defaults;
    int code;

    buf_string(&line, command);
    buf_char(&line, '\0');
    arguments[2] = line.octets;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    code = posix_spawn(child, shell, &actions, &attributes, arguments, environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    buf_release(&line);
    return code;
}

int password_from_command(const char *command, char *const *environment, struct buf *out)
{
    int ends[2];
    pid_t child;
    int status = 0;
    int code;

    if (pipe(ends) != 0)
        return diag_errno(EX_TEMPFAIL, command, "no pipe");
    (void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    (void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    code = start(command, environment, ends, &child);
    close(ends[1]);
    if (code != 0) {
        errno = code;
        close(ends[0]);
        return diag_errno(EX_TEMPFAIL, command, "cannot be started");
    }
    code = read_first_line(ends[0], command, out);
    close(ends[0]);
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return diag_errno(EX_TEMPFAIL, command, "cannot be waited for");
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        /* What it did not print needs no second word, but the first may have been said. */
        return code != 0 ? EX_TEMPFAIL
                         : diag(EX_TEMPFAIL, command, "gives no password: it did not exit 0");
    return code;
}
