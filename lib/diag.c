/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "diag.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "utf8.h"

static const char *program = "postroom";

void diag_set_program(const char *name)
{
    program = name;
}

const char *diag_program(void)
{
    return program;
}

/* Characters that move, hide or reorder text on a terminal: C0, DEL, C1, bidirectional controls. */
static bool disturbs(uint32_t character)
{
    return character < 0x20 || (character >= 0x7f && character < 0xa0) || character == 0x61c ||
           (character >= 0x200b && character <= 0x200f) ||
           (character >= 0x2028 && character <= 0x202e) ||
           (character >= 0x2060 && character <= 0x206f) || character == 0xfeff;
}

size_t diag_clean(char *out, size_t size, const char *text, size_t length)
{
    size_t written = 0;

    for (size_t at = 0; at < length;) {
        uint32_t character;
        size_t step = utf8_read(text + at, length - at, &character);

        if (step == 0 || disturbs(character)) {
            if (written + 1 >= size)
                break;
            out[written++] = '?';
            at += step != 0 ? step : 1;
            continue;
        }
        if (written + step >= size)
            break;
        memcpy(out + written, text + at, step);
        written += step;
        at += step;
    }
    out[written] = '\0';
    return written;
}

/* One line in one write, so that lines of several programs on one terminal do not mix. */
static void write_line(const char *text, size_t length)
{
    char line[DIAG_LINE_MAX];
    size_t end = diag_clean(line, sizeof(line) - 1, text, length);
    ssize_t written;

    line[end++] = '\n';
    do
        written = write(STDERR_FILENO, line, end);
    while (written < 0 && errno == EINTR);
    /* Nothing can be told to anybody when standard error itself fails. */
}

static void say(const char *where, const char *format, va_list arguments, int error)
{
    /* Room for what diag_clean may drop or shorten; what is longer is cut. */
    char text[4 * DIAG_LINE_MAX];
    size_t size = sizeof(text);
    int length;
    size_t at;

    length = where != NULL ? snprintf(text, size, "%s: %s: ", program, where)
                           : snprintf(text, size, "%s: ", program);
    at = length < 0 ? 0 : ((size_t)length < size ? (size_t)length : size - 1);
    length = vsnprintf(text + at, size - at, format, arguments);
    if (length > 0)
        at += (size_t)length < size - at ? (size_t)length : size - at - 1;
    if (error != 0) {
        length = snprintf(text + at, size - at, " (%s)", strerror(error));
        if (length > 0)
            at += (size_t)length < size - at ? (size_t)length : size - at - 1;
    }
    write_line(text, at);
}

int diag(int code, const char *where, const char *format, ...)
{
    int saved = errno;
    va_list arguments;

    va_start(arguments, format);
    say(where, format, arguments, 0);
    va_end(arguments);
    errno = saved;
    return code;
}

int diag_errno(int code, const char *where, const char *format, ...)
{
    int saved = errno;
    va_list arguments;

    va_start(arguments, format);
    say(where, format, arguments, saved);
    va_end(arguments);
    errno = saved;
    return code;
}

void diag_note(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    say(NULL, format, arguments, 0);
    va_end(arguments);
}

void diag_out_of_memory(void)
{
    diag(EX_TEMPFAIL, NULL, "out of memory: nothing more was written; run it again");
    _exit(EX_TEMPFAIL);
}

int diag_worse(int a, int b)
{
    static const int order[] = {EX_TEMPFAIL, EX_IOERR,   EX_CONFIG,
                                EX_SOFTWARE, EX_DATAERR, EX_USAGE};

    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
        if (a == order[i] || b == order[i])
            return order[i];
    return a != 0 ? a : b;
}
