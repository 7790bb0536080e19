/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "arena.h"
#include "diag.h"
#include "file.h"
#include "outbox.h"

#define ARGUMENTS_MAX 32

extern char **environ;

static enum transport_result to_maildir(const struct transport_mail *mail, struct buf *error)
{
    struct buf name = BUF_INIT;
    int code;

    outbox_mail_name(&name, mail->key, mail->time);
    code = maildir_make(mail->target);
    if (code == 0)
        code = maildir_deliver(mail->target, buf_cstring(&name), mail->octets);
    buf_release(&name);
    if (code != 0)
        buf_format(error, "Maildir %s: delivery failed", mail->target);
    return code == 0 ? TRANSPORT_SENT : TRANSPORT_LATER;
}

/* The environment of a transport's program: ours, with what it must know about the mail. */
static char **make_environment(struct arena *arena, const struct transport_mail *mail)
{
    size_t count = 0;
    size_t kept = 0;
    char **environment;

    while (environ[count] != NULL)
        count++;
    environment = arena_array(arena, count + 4, sizeof(*environment));
    for (size_t i = 0; i < count; i++)
        if (strncmp(environ[i], "SENDER=", 7) != 0 && strncmp(environ[i], "RECIPIENT=", 10) != 0)
            environment[kept++] = environ[i];
    environment[kept++] = arena_format(arena, "SENDER=%s", mail->mail_from);
    environment[kept++] =
        arena_format(arena, "RECIPIENT=%s", mail->recipient != NULL ? mail->recipient : "");
    environment[kept++] = arena_format(arena, "POSTROOM_KEY=%s", mail->key);
    return environment;
}

/* sendmail's command line, split at blanks, and what is appended to it. */
static void make_arguments(struct arena *arena, const struct transport_mail *mail, char **arguments)
{
    size_t count = 0;
    char *words;
    char *state;

    if (mail->transport == CONFIG_COMMAND) {
        arguments[0] = arena_string(arena, "/bin/sh");
        arguments[1] = arena_string(arena, "-c");
        arguments[2] = arena_string(arena, mail->target);
        arguments[3] = NULL;
        return;
    }
    words = arena_string(arena, mail->sendmail);
    for (char *word = strtok_r(words, " \t", &state); word != NULL && count < ARGUMENTS_MAX - 6;
         word = strtok_r(NULL, " \t", &state))
        arguments[count++] = word;
    arguments[count++] = arena_string(arena, "-oi");
    arguments[count++] = arena_string(arena, "-f");
    arguments[count++] = arena_string(arena, mail->mail_from[0] != '\0' ? mail->mail_from : "<>");
    arguments[count++] = arena_string(arena, "--");
    arguments[count++] = arena_string(arena, mail->target != NULL ? mail->target : mail->recipient);
    arguments[count] = NULL;
}

static int start(char *const *arguments, char *const *environment, int input, int other_end,
                 pid_t *child)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t defaults;
    int code;

    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    sigaddset(&defaults, SIGTERM);
    sigaddset(&defaults, SIGINT);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    /* A group of its own, so that it can be ended with all it started. */
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    posix_spawn_file_actions_addclose(&actions, input);
    posix_spawn_file_actions_addclose(&actions, other_end);
    /* What it prints is for the log of whoever runs us, never part of a stream. */
    posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
    code = posix_spawn(child, arguments[0], &actions, &attributes, arguments, environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return code;
}

/* Writes the mail to the program; it may end without reading all: its exit code decides. */
static void feed(int fd, struct span octets, time_t deadline)
{
    while (octets.length > 0) {
        struct pollfd poll_fd = {.fd = fd, .events = POLLOUT};
        time_t left = deadline - time(NULL);
        ssize_t written;

        if (left <= 0 || poll(&poll_fd, 1, (int)left * 1000) == 0)
            return;
        written = write(fd, octets.octets, octets.length < 4096 ? octets.length : 4096);
        if (written < 0 && errno != EINTR)
            return;
        if (written > 0) {
            octets.octets += written;
            octets.length -= (size_t)written;
        }
    }
}

/* Waits for CHILD until DEADLINE, then ends it. False when it had to be ended. */
static bool wait_for(pid_t child, time_t deadline, int *status)
{
    const struct timespec pause = {0, 2000000};

    for (;;) {
        pid_t ended = waitpid(child, status, WNOHANG);

        if (ended == child)
            return true;
        if (ended < 0 && errno != EINTR)
            return false;
        if (time(NULL) > deadline) {
            kill(-child, SIGKILL);
            waitpid(child, status, 0);
            return false;
        }
        nanosleep(&pause, NULL);
    }
}

static enum transport_result judge(int status, const char *program, struct buf *error)
{
    int code;

    if (!WIFEXITED(status)) {
        buf_format(error, "%s: ended by signal %d", program, WTERMSIG(status));
        return TRANSPORT_LATER;
    }
    code = WEXITSTATUS(status);
    if (code == 0)
        return TRANSPORT_SENT;
    buf_format(error, "%s: exit code %d", program, code);
    /* A bad address or a bad mail will not get better by itself; all else may. */
    return code == EX_DATAERR || code == EX_NOUSER || code == EX_NOHOST ? TRANSPORT_REFUSED
                                                                        : TRANSPORT_LATER;
}

static enum transport_result to_program(const struct transport_mail *mail, struct buf *error)
{
    struct arena arena = ARENA_INIT;
    char *arguments[ARGUMENTS_MAX];
    enum transport_result result = TRANSPORT_LATER;
    time_t deadline = time(NULL) + TRANSPORT_SECONDS;
    int ends[2];
    pid_t child;
    int status;
    int code;

    make_arguments(&arena, mail, arguments);
    if (pipe(ends) != 0) {
        buf_format(error, "%s: no pipe: %s", arguments[0], strerror(errno));
        arena_release(&arena);
        return TRANSPORT_LATER;
    }
    code = start(arguments, make_environment(&arena, mail), ends[0], ends[1], &child);
    close(ends[0]);
    if (code != 0) {
        buf_format(error, "%s: cannot start: %s", arguments[0], strerror(code));
        close(ends[1]);
    } else {
        feed(ends[1], mail->octets, deadline);
        close(ends[1]);
        if (wait_for(child, deadline, &status))
            result = judge(status, arguments[0], error);
        else
            buf_format(error, "%s: did not end within %d s", arguments[0], TRANSPORT_SECONDS);
    }
    arena_release(&arena);
    return result;
}

enum transport_result transport_send(const struct transport_mail *mail, struct buf *error)
{
    return mail->transport == CONFIG_MAILDIR ? to_maildir(mail, error) : to_program(mail, error);
}
