/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * faults: preloaded into a program, makes one call of one kind fail.
 *
 *     LD_PRELOAD=faults.so FAULT=write:3:ENOSPC program …
 *
 * The third write(2) fails with ENOSPC; with SHORT for an error it writes half and succeeds. Kinds:
 * open read pread write pwrite fsync rename close truncate unlink mkdir lock. What the dynamic
 * loader does before main does not count. With
 * FAULT_COUNT=FILE the numbers of calls are appended to FILE at the end, so that a test knows how
 * many there are to fail.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

enum kind {
    OPEN,
    READ,
    PREAD,
    WRITE,
    PWRITE,
    FSYNC,
    RENAME,
    CLOSE,
    TRUNCATE,
    UNLINK,
    MKDIR,
    LOCK,
    KINDS
};

static const char *const names[KINDS] = {"open",   "read",  "pread",    "write",  "pwrite", "fsync",
                                         "rename", "close", "truncate", "unlink", "mkdir",  "lock"};
/* What a short write is called in place of an error. */
#define SHORT_WRITE (-1)

static long calls[KINDS];
static int faulty = -1;
static long which;
static int error;

__attribute__((constructor)) static void begin(void)
{
    const char *fault = getenv("FAULT");
    char kind[16];
    char word[16] = "EIO";

    if (fault == NULL || sscanf(fault, "%15[a-z]:%ld:%15s", kind, &which, word) < 2)
        return;
    error = strcmp(word, "ENOSPC") == 0  ? ENOSPC
            : strcmp(word, "EINTR") == 0 ? EINTR
            : strcmp(word, "SHORT") == 0 ? SHORT_WRITE
                                         : EIO;
    for (int i = 0; i < KINDS; i++)
        if (strcmp(kind, names[i]) == 0)
            faulty = i;
}

__attribute__((destructor)) static void end(void)
{
    const char *path = getenv("FAULT_COUNT");
    FILE *file = path != NULL ? fopen(path, "a") : NULL;

    if (file == NULL)
        return;
    for (int i = 0; i < KINDS; i++)
        fprintf(file, "%s %ld\n", names[i], calls[i]);
    fclose(file);
}

/* Counts a call; true when it is the one that fails. */
static bool fails(enum kind kind)
{
    calls[kind]++;
    if ((int)kind != faulty || calls[kind] != which)
        return false;
    errno = error;
    return true;
}

#define REAL(name, ...)                                                                            \
    static __typeof__(name) *real;                                                                 \
    if (real == NULL)                                                                              \
        *(void **)&real = dlsym(RTLD_NEXT, #name);                                                 \
    return real(__VA_ARGS__)

ssize_t read(int fd, void *buffer, size_t size)
{
    if (fails(READ))
        return -1;
    REAL(read, fd, buffer, size);
}

ssize_t pread(int fd, void *buffer, size_t size, off_t offset)
{
    if (fails(PREAD))
        return -1;
    REAL(pread, fd, buffer, size, offset);
}

ssize_t pread64(int fd, void *buffer, size_t size, off64_t offset)
{
    if (fails(PREAD))
        return -1;
    REAL(pread64, fd, buffer, size, offset);
}

ssize_t write(int fd, const void *buffer, size_t size)
{
    /* Standard error stays whole: the test wants to see what is said. */
    if (fd != STDERR_FILENO && fails(WRITE)) {
        if (error != SHORT_WRITE)
            return -1;
        size = (size + 1) / 2;
    }
    REAL(write, fd, buffer, size);
}

ssize_t pwrite64(int fd, const void *buffer, size_t size, off64_t offset)
{
    if (fails(PWRITE))
        return -1;
    REAL(pwrite64, fd, buffer, size, offset);
}

ssize_t pwrite(int fd, const void *buffer, size_t size, off_t offset)
{
    if (fails(PWRITE))
        return -1;
    REAL(pwrite, fd, buffer, size, offset);
}

int fsync(int fd)
{
    if (fails(FSYNC))
        return -1;
    REAL(fsync, fd);
}

int fdatasync(int fd)
{
    if (fails(FSYNC))
        return -1;
    REAL(fdatasync, fd);
}

int rename(const char *from, const char *to)
{
    if (fails(RENAME))
        return -1;
    REAL(rename, from, to);
}

int ftruncate(int fd, off_t length)
{
    if (fails(TRUNCATE))
        return -1;
    REAL(ftruncate, fd, length);
}

int ftruncate64(int fd, off64_t length)
{
    if (fails(TRUNCATE))
        return -1;
    REAL(ftruncate64, fd, length);
}

int unlink(const char *path)
{
    if (fails(UNLINK))
        return -1;
    REAL(unlink, path);
}

int mkdir(const char *path, mode_t mode)
{
    if (fails(MKDIR))
        return -1;
    REAL(mkdir, path, mode);
}

int flock(int fd, int operation)
{
    if (fails(LOCK))
        return -1;
    REAL(flock, fd, operation);
}

int open(const char *path, int flags, ...)
{
    va_list arguments;
    mode_t mode;

    va_start(arguments, flags);
    mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    if (fails(OPEN))
        return -1;
    REAL(open, path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    va_list arguments;
    mode_t mode;

    va_start(arguments, flags);
    mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    if (fails(OPEN))
        return -1;
    REAL(open64, path, flags, mode);
}

int close(int fd)
{
    static int (*real)(int);

    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "close");
    if (fails(CLOSE)) {
        int saved = errno;

        real(fd); /* a close that fails has closed all the same */
        errno = saved;
        return -1;
    }
    return real(fd);
}
