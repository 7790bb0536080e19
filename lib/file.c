/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "diag.h"

#define CHUNK ((size_t)64 * 1024)

static int write_code(void)
{
    return errno == ENOSPC || errno == EDQUOT ? EX_TEMPFAIL : EX_IOERR;
}

int file_read(const char *path, struct buf *out, size_t limit)
{
    size_t start = out->length;
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    ssize_t got;

    if (fd < 0)
        return diag_errno(EX_IOERR, path, "cannot open");
    /* Room for one octet more than a limited reading can take shows that there is more. */
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0)
        buf_reserve(out, (size_t)status.st_size < limit ? (size_t)status.st_size + 1 : limit + 1);
    for (;;) {
        char *to = buf_reserve(
            out, out->capacity - out->length > 1 ? out->capacity - out->length - 1 : CHUNK);

        to[0] = '\0'; /* so that an empty file is a C string too */
        got = read(fd, to, out->capacity - out->length - 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        out->length += (size_t)got;
        out->octets[out->length] = '\0';
        if (out->length - start > limit) {
            close(fd);
            out->length = start;
            return diag(EX_DATAERR, path, "has more than %zu octets", limit);
        }
    }
    if (got < 0) {
        int code = diag_errno(EX_IOERR, path, "cannot read");

        close(fd);
        return code;
    }
    if (close(fd) != 0)
        return diag_errno(EX_IOERR, path, "cannot close");
    return 0;
}

int file_write_all(int fd, const char *where, const char *octets, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, octets, length);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0 && errno == EAGAIN) {
            /* A neighbour made the pipe or terminal that we share non-blocking: wait ourselves. */
            struct pollfd ready = {.fd = fd, .events = POLLOUT};

            (void)poll(&ready, 1, -1);
            continue;
        }
        if (written < 0 && errno == EPIPE)
            return EX_IOERR;
        if (written < 0)
            return diag_errno(write_code(), where, "cannot write");
        octets += written;
        length -= (size_t)written;
    }
    return 0;
}

/* The folder that PATH is in, as a C string in BUF. */
static const char *folder_of(struct buf *buf, const char *path)
{
    const char *slash = strrchr(path, '/');

    if (slash == NULL)
        buf_string(buf, ".");
    else if (slash == path)
        buf_string(buf, "/");
    else
        buf_add(buf, path, (size_t)(slash - path));
    return buf_cstring(buf);
}

int file_sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int code = 0;

    if (fd < 0)
        return diag_errno(EX_IOERR, folder, "cannot open the folder");
    /* Some file systems cannot sync a folder, and say so with EINVAL. */
    if (fsync(fd) != 0 && errno != EINVAL)
        code = diag_errno(write_code(), folder, "cannot sync the folder");
    if (close(fd) != 0 && code == 0)
        code = diag_errno(EX_IOERR, folder, "cannot close the folder");
    return code;
}

/* Writes CONTENT to FD, syncs and closes it. */
static int write_and_close(int fd, const char *path, struct span content)
{
    int code = file_write_all(fd, path, content.octets, content.length);

    if (code == 0 && fsync(fd) != 0)
        code = diag_errno(write_code(), path, "cannot sync");
    if (close(fd) != 0 && code == 0)
        code = diag_errno(write_code(), path, "cannot close");
    return code;
}

int file_replace(const char *path, struct span content, mode_t mode)
{
    struct buf temporary = BUF_INIT;
    struct buf folder = BUF_INIT;
    int fd;
    int code;

    buf_format(&temporary, "%s.%ld.XXXXXX", path, (long)getpid());
    fd = mkstemp(temporary.octets);
    if (fd < 0) {
        code = diag_errno(write_code(), path, "cannot make a temporary file beside it");
    } else {
        if (fchmod(fd, mode) != 0)
            code = diag_errno(EX_IOERR, path, "cannot set its mode");
        else
            code = 0;
        if (code == 0)
            code = write_and_close(fd, temporary.octets, content);
        else
            close(fd);
        if (code == 0 && rename(temporary.octets, path) != 0)
            code = diag_errno(write_code(), path, "cannot rename a new file into place");
        if (code != 0)
            unlink(temporary.octets);
        else
            code = file_sync_folder(folder_of(&folder, path));
    }
    buf_release(&temporary);
    buf_release(&folder);
    return code;
}

/* One level. */
static int make_one(const char *path, mode_t mode)
{
    struct stat status;

    if (mkdir(path, 0700) == 0) {
        if (chmod(path, mode) != 0)
            return diag_errno(EX_IOERR, path, "cannot set the folder's mode");
        return 0;
    }
    if (errno == EEXIST && stat(path, &status) == 0 && S_ISDIR(status.st_mode))
        return 0;
    return diag_errno(errno == ENOSPC || errno == EDQUOT ? EX_TEMPFAIL : EX_IOERR, path,
                      "cannot make the folder");
}

int file_make_folder(const char *path, mode_t mode)
{
    struct stat status;
    struct buf parent = BUF_INIT;
    int code = 0;

    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
        return 0;
    folder_of(&parent, path);
    if (strcmp(buf_cstring(&parent), path) != 0 && strcmp(buf_cstring(&parent), ".") != 0)
        code = file_make_folder(buf_cstring(&parent), mode);
    if (code == 0)
        code = make_one(path, mode);
    if (code == 0)
        code = file_sync_folder(buf_cstring(&parent));
    buf_release(&parent);
    return code;
}

int file_lock(const char *path, bool wait, int *fd)
{
    mode_t mask = umask(0007);
    int opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0660);
    int locked;

    umask(mask);
    *fd = -1;
    if (opened < 0)
        return diag_errno(EX_TEMPFAIL, path, "cannot open the lock");
    do
        locked = flock(opened, wait ? LOCK_EX : LOCK_EX | LOCK_NB);
    while (locked != 0 && errno == EINTR);
    if (locked != 0) {
        int code = errno == EWOULDBLOCK ? 0 : diag_errno(EX_TEMPFAIL, path, "cannot lock");

        close(opened);
        return code;
    }
    *fd = opened;
    return 0;
}

/* ---- Maildir --------------------------------------------------------------------------------- */

static const char *const maildir_folders[] = {"tmp", "new", "cur"};

int maildir_make(const char *path)
{
    struct buf folder = BUF_INIT;
    int code = file_make_folder(path, 0700);

    for (size_t i = 0; code == 0 && i < 3; i++) {
        buf_clear(&folder);
        buf_format(&folder, "%s/%s", path, maildir_folders[i]);
        code = file_make_folder(buf_cstring(&folder), 0700);
    }
    buf_release(&folder);
    return code;
}

/* A file NAME, flags aside, is in PATH. *CODE is set when the folder cannot be read. */
static bool is_in(const char *path, const char *name, int *code)
{
    DIR *folder = opendir(path);
    size_t length = strlen(name);
    bool found = false;
    struct dirent *entry;

    if (folder == NULL) {
        *code = diag_errno(EX_IOERR, path, "cannot read the folder");
        return false;
    }
    errno = 0;
    while (!found && (entry = readdir(folder)) != NULL)
        found = strncmp(entry->d_name, name, length) == 0 &&
                (entry->d_name[length] == '\0' || entry->d_name[length] == ':');
    if (!found && errno != 0)
        *code = diag_errno(EX_IOERR, path, "cannot read the folder");
    closedir(folder);
    return found;
}

/*
 * Is NAME in the Maildir? The plain name is looked for first; the whole of `cur`, where readers
 * move mail under names with flags, is searched only behind that.
 */
static bool is_delivered(const char *maildir, const char *name, int *code)
{
    struct buf path = BUF_INIT;
    bool found;

    *code = 0;
    buf_format(&path, "%s/new/%s", maildir, name);
    found = access(buf_cstring(&path), F_OK) == 0;
    if (!found) {
        buf_clear(&path);
        buf_format(&path, "%s/cur", maildir);
        found = is_in(buf_cstring(&path), name, code);
    }
    buf_release(&path);
    return found;
}

int maildir_deliver(const char *maildir, const char *name, struct span content)
{
    struct buf temporary = BUF_INIT;
    struct buf target = BUF_INIT;
    struct buf folder = BUF_INIT;
    int code;
    int fd;

    buf_format(&folder, "%s/new", maildir);
    if (is_delivered(maildir, name, &code) || code != 0) {
        /* Who put it there may have been killed before it synced the folder. */
        if (code == 0)
            code = file_sync_folder(buf_cstring(&folder));
        buf_release(&folder);
        return code;
    }
    buf_format(&temporary, "%s/tmp/%s.%ld", maildir, name, (long)getpid());
    buf_format(&target, "%s/new/%s", maildir, name);
    /* A file of this name is a leftover of a process that had our number and died. */
    if (unlink(buf_cstring(&temporary)) != 0 && errno != ENOENT)
        code = diag_errno(EX_IOERR, buf_cstring(&temporary), "cannot remove a leftover");
    fd = code == 0 ? open(buf_cstring(&temporary), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)
                   : -1;
    if (code == 0 && fd < 0)
        code = diag_errno(write_code(), buf_cstring(&temporary), "cannot make the file");
    if (code == 0) {
        code = write_and_close(fd, buf_cstring(&temporary), content);
        if (code == 0 && rename(buf_cstring(&temporary), buf_cstring(&target)) != 0)
            code = diag_errno(write_code(), buf_cstring(&target), "cannot rename into place");
        if (code != 0)
            unlink(buf_cstring(&temporary));
    }
    if (code == 0)
        code = file_sync_folder(buf_cstring(&folder));
    buf_release(&temporary);
    buf_release(&target);
    buf_release(&folder);
    return code;
}

static void add_path(struct maildir_list *list, const char *folder, const char *name)
{
    size_t size = strlen(folder) + strlen(name) + 2;
    char *path = memory_take(size);

    snprintf(path, size, "%s/%s", folder, name);
    if (list->count == list->capacity) {
        list->capacity = list->capacity != 0 ? list->capacity * 2 : 64;
        list->paths = memory_resize(list->paths, list->capacity * sizeof(*list->paths));
    }
    list->paths[list->count++] = path;
}

static int add_folder(struct maildir_list *list, const char *path)
{
    DIR *folder = opendir(path);
    struct dirent *entry;
    int code = 0;

    if (folder == NULL)
        return diag_errno(EX_IOERR, path, "cannot read: name a Maildir, with new and cur");
    while (errno = 0, (entry = readdir(folder)) != NULL)
        if (entry->d_name[0] != '.')
            add_path(list, path, entry->d_name);
    if (errno != 0)
        code = diag_errno(EX_IOERR, path, "cannot read the folder");
    if (closedir(folder) != 0 && code == 0)
        code = diag_errno(EX_IOERR, path, "cannot close the folder");
    return code;
}

static int by_name(const void *a, const void *b)
{
    const char *left = strrchr(*(char *const *)a, '/') + 1;
    const char *right = strrchr(*(char *const *)b, '/') + 1;
    size_t left_length = strcspn(left, ":");
    size_t right_length = strcspn(right, ":");
    int order = memcmp(left, right, left_length < right_length ? left_length : right_length);

    if (order == 0)
        order = (left_length > right_length) - (left_length < right_length);
    return order != 0 ? order : strcmp(left, right);
}

int maildir_list(const char *path, struct maildir_list *list)
{
    struct buf folder = BUF_INIT;
    int code = 0;

    for (size_t i = 1; code == 0 && i < 3; i++) {
        buf_clear(&folder);
        buf_format(&folder, "%s/%s", path, maildir_folders[i]);
        code = add_folder(list, buf_cstring(&folder));
    }
    buf_release(&folder);
    if (list->count > 1)
        qsort(list->paths, list->count, sizeof(*list->paths), by_name);
    return code;
}

/* Without leading zeros the longer number is the larger; the same number twice goes by its name. */
static int by_number(const void *a, const void *b)
{
    const char *left = strrchr(*(char *const *)a, '/') + 1;
    const char *right = strrchr(*(char *const *)b, '/') + 1;
    const char *left_digits = left + strspn(left, "0");
    const char *right_digits = right + strspn(right, "0");
    size_t left_length = strlen(left_digits);
    size_t right_length = strlen(right_digits);
    int order = (left_length > right_length) - (left_length < right_length);

    if (order == 0)
        order = strcmp(left_digits, right_digits);
    return order != 0 ? order : strcmp(left, right);
}

/* The last path of LIST is a file: a folder in a folder may have a number for its name. */
static bool last_is_file(const struct maildir_list *list)
{
    struct stat status;

    return stat(list->paths[list->count - 1], &status) == 0 && S_ISREG(status.st_mode);
}

static int mh_list(const char *path, struct maildir_list *list)
{
    DIR *folder = opendir(path);
    struct dirent *entry;
    bool is_mh = false;
    int code = 0;

    if (folder == NULL)
        return diag_errno(EX_IOERR, path, "cannot read the folder");
    while (errno = 0, (entry = readdir(folder)) != NULL) {
        const char *name = entry->d_name;

        is_mh = is_mh || strcmp(name, ".mh_sequences") == 0;
        if (name[strspn(name, "0123456789")] != '\0')
            continue;
        add_path(list, path, name);
        if (!last_is_file(list))
            free(list->paths[--list->count]);
    }
    if (errno != 0)
        code = diag_errno(EX_IOERR, path, "cannot read the folder");
    if (closedir(folder) != 0 && code == 0)
        code = diag_errno(EX_IOERR, path, "cannot close the folder");
    if (code == 0 && !is_mh && list->count == 0)
        code = diag(EX_IOERR, path,
                    "neither a Maildir (with new and cur) nor an MH folder (with numbered files): "
                    "name one or a file");
    if (list->count > 1)
        qsort(list->paths, list->count, sizeof(*list->paths), by_number);
    return code;
}

int folder_list(const char *path, struct maildir_list *list)
{
    struct buf folder = BUF_INIT;
    bool is_maildir = true;

    for (size_t i = 1; i < 3; i++) {
        struct stat status;

        buf_clear(&folder);
        buf_format(&folder, "%s/%s", path, maildir_folders[i]);
        is_maildir =
            is_maildir && stat(buf_cstring(&folder), &status) == 0 && S_ISDIR(status.st_mode);
    }
    buf_release(&folder);
    return is_maildir ? maildir_list(path, list) : mh_list(path, list);
}

void maildir_list_release(struct maildir_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->paths[i]);
    free(list->paths);
    *list = (struct maildir_list){NULL, 0, 0};
}
