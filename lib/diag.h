/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * diag: error text and exit codes.
 *
 * One problem is one line on standard error, written with one write(2):
 *
 *     program: where: what is wrong and what to do
 *
 * Control characters, text-direction characters and invalid UTF-8 in it are shown as `?`, so that
 * hostile mail cannot move the cursor or fake a line; a line is at most DIAG_LINE_MAX octets.
 *
 * The convention of the whole library: a function that can fail returns an `int` that is 0 or a
 * code of <sysexits.h>, and has then reported the problem itself, once, where the path or name is
 * known. Its caller passes the code on and says nothing more. The functions that differ say so.
 */
#ifndef POSTROOM_DIAG_H
#define POSTROOM_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdnoreturn.h>
#include <sysexits.h>

/* Longest line that is written to standard error, in octets, its newline included. */
#define DIAG_LINE_MAX 1024

/* Sets the program's name for messages. NAME is kept, not copied. */
void diag_set_program(const char *name);

/* The name that diag_set_program set; "postroom" before that. */
const char *diag_program(void);

/*
 * Reports one problem and returns CODE, so that a caller can write `return diag(EX_CONFIG, …)`.
 * WHERE is a file, option, table or message ("input.mbox, message 3"); NULL leaves it out.
 * errno is kept.
 */
int diag(int code, const char *where, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same, with strerror(errno) in brackets at the end. */
int diag_errno(int code, const char *where, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A line that is no problem (progress, a summary). Cleaned and bounded the same way. */
void diag_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Ends the process at once with EX_TEMPFAIL after "out of memory". An allocation that fails is
 * treated like a kill: nothing half-made is written, the store rolls back, a rerun goes on.
 */
noreturn void diag_out_of_memory(void);

/*
 * The worse of two exit codes in the order that cli.md promises for streams:
 * 75, 74, 78, 70, 65, 64, 0. Either may be 0.
 */
int diag_worse(int a, int b);

/*
 * Copies TEXT, LENGTH octets, into OUT (SIZE octets, always terminated) with everything replaced by
 * `?` that could disturb a terminal or a log. Returns the octets written without the terminator.
 */
size_t diag_clean(char *out, size_t size, const char *text, size_t length);

#endif
