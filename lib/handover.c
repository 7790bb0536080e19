/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* mkostemp */
#include "handover.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "buf.h"
#include "date.h"
#include "diag.h"
#include "file.h"

#define FROM "From "
#define FROM_LENGTH (sizeof(FROM) - 1)

static const char where[] = "temporary file";

int handover_open(struct handover *handover, bool mbox)
{
    const char *folder = getenv("TMPDIR");
    struct buf path = BUF_INIT;
    int code = 0;

    handover->mbox = mbox;
    handover->written = handover->good = 0;
    handover->used = 0;
    buf_format(&path, "%s/mail-fetch.XXXXXX",
               folder != NULL && folder[0] != '\0' ? folder : "/tmp");
    handover->fd = mkostemp(path.octets, O_CLOEXEC);
    if (handover->fd < 0)
        code = diag_errno(EX_TEMPFAIL, buf_cstring(&path), "cannot make a temporary file");
    else
        (void)unlink(path.octets);
    buf_release(&path);
    return code;
}

void handover_close(struct handover *handover)
{
    if (handover->fd >= 0)
        close(handover->fd);
    handover->fd = -1;
}

static int flush(struct handover *handover)
{
    int code = handover->used > 0
                   ? file_write_all(handover->fd, where, handover->buffer, handover->used)
                   : 0;

    handover->written += (off_t)handover->used;
    handover->used = 0;
    return code != 0 ? EX_TEMPFAIL : 0;
}

static int put(struct handover *handover, const char *octets, size_t length)
{
    while (length > 0) {
        size_t some = HANDOVER_BUFFER - handover->used;
        int code;

        if (some > length)
            some = length;
        memcpy(handover->buffer + handover->used, octets, some);
        handover->used += some;
        octets += some;
        length -= some;
        code = handover->used == HANDOVER_BUFFER ? flush(handover) : 0;
        if (code != 0)
            return code;
    }
    return 0;
}

int handover_begin(struct handover *handover, const char *sender, int64_t time)
{
    struct buf line = BUF_INIT;
    int code = 0;

    handover->was_return = false;
    handover->line_start = true;
    handover->ended = false; /* an empty message gets its line end as well, as in lib/mbox */
    handover->from = 0;
    if (handover->mbox) {
        /* Without a sender no name stands in for one: MAILER-DAEMON would be the null path. */
        buf_string(&line, FROM);
        if (sender != NULL && sender[0] != '\0' && strpbrk(sender, " \t\r\n") == NULL)
            buf_format(&line, "%s ", sender);
        date_write_from_line(&line, time);
        buf_char(&line, '\n');
        code = put(handover, line.octets, line.length);
        buf_release(&line);
    }
    return code;
}

/* Octets of a line, whose ends are LF by now: in an mbox `>*From ` at its start gets one more `>`.
 */
static int put_quoted(struct handover *handover, const char *octets, size_t length)
{
    size_t at = 0;
    int code = 0;

    while (code == 0 && at < length && handover->line_start && handover->mbox) {
        char octet = octets[at];

        if (octet == FROM[handover->from]) {
            at++;
            if (++handover->from == FROM_LENGTH) {
                code = put(handover, ">" FROM, FROM_LENGTH + 1);
                handover->line_start = false;
                handover->from = 0;
            }
        } else if (octet == '>' && handover->from == 0) {
            at++;
            code = put(handover, ">", 1);
        } else {
            code = put(handover, FROM, handover->from);
            handover->line_start = false;
            handover->from = 0;
        }
    }
    return code == 0 ? put(handover, octets + at, length - at) : code;
}

/* Octets without CR LF, taken apart at LFs. */
static int put_lines(struct handover *handover, struct span octets)
{
    int code = 0;

    if (octets.length > 0)
        handover->ended = octets.octets[octets.length - 1] == '\n';
    if (!handover->mbox)
        return put(handover, octets.octets, octets.length);
    while (code == 0 && octets.length > 0) {
        struct span line = span_line(&octets);

        code = put_quoted(handover, line.octets, line.length);
        if (line.octets[line.length - 1] == '\n')
            handover->line_start = true;
    }
    return code;
}

int handover_add(struct handover *handover, struct span octets)
{
    int code = 0;

    if (handover->was_return && octets.length > 0) {
        handover->was_return = false;
        if (octets.octets[0] != '\n')
            code = put_lines(handover, SPAN("\r"));
    }
    while (code == 0 && octets.length > 0) {
        const char *end = memchr(octets.octets, '\r', octets.length);
        size_t length = end != NULL ? (size_t)(end - octets.octets) : octets.length;

        code = put_lines(handover, (struct span){octets.octets, length});
        octets.octets += length;
        octets.length -= length;
        if (code != 0 || octets.length == 0)
            break;
        /* At a CR: it goes when LF follows, which may come with the next octets. */
        octets.octets++;
        octets.length--;
        if (octets.length == 0)
            handover->was_return = true;
        else if (octets.octets[0] != '\n')
            code = put_lines(handover, SPAN("\r"));
    }
    return code;
}

int handover_end(struct handover *handover)
{
    int code = handover->was_return ? put_lines(handover, SPAN("\r")) : 0;

    handover->was_return = false;
    if (code == 0 && handover->mbox) {
        code = put(handover, FROM, handover->from);
        if (code == 0)
            code = handover->ended ? put(handover, "\n", 1) : put(handover, "\n\n", 2);
    }
    handover->from = 0;
    if (code == 0)
        code = flush(handover);
    if (code == 0)
        handover->good = handover->written;
    return code;
}

int handover_drop(struct handover *handover)
{
    handover->used = 0;
    handover->written = handover->good;
    if (ftruncate(handover->fd, handover->good) != 0 ||
        lseek(handover->fd, handover->good, SEEK_SET) < 0)
        return diag_errno(EX_TEMPFAIL, where, "cannot be cut");
    return 0;
}

off_t handover_size(const struct handover *handover)
{
    return handover->good;
}

int handover_run(struct handover *handover, const char *command, char *const *environment,
                 int *status)
{
    char shell[] = "/bin/sh";
    char option[] = "-c";
    struct buf line = BUF_INIT;
    char *arguments[] = {shell, option, NULL, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t defaults;
    pid_t child;
    int code;

    if (lseek(handover->fd, 0, SEEK_SET) < 0)
        return diag_errno(EX_TEMPFAIL, where, "cannot be read");
    buf_string(&line, command);
    buf_char(&line, '\0');
    arguments[2] = line.octets;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    sigaddset(&defaults, SIGTERM);
    sigaddset(&defaults, SIGINT);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, handover->fd, STDIN_FILENO);
    code = posix_spawn(&child, shell, &actions, &attributes, arguments, environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    buf_release(&line);
    if (code != 0) {
        errno = code;
        return diag_errno(EX_TEMPFAIL, shell, "cannot be started");
    }
    while (waitpid(child, status, 0) < 0)
        if (errno != EINTR)
            return diag_errno(EX_TEMPFAIL, command, "cannot be waited for");
    return 0;
}
