/* SPDX-License-Identifier: GPL-3.0-or-later */
/* password: secrets from where others cannot read them: a file of ours, or what a command prints.
 */
#ifndef POSTROOM_PASSWORD_H
#define POSTROOM_PASSWORD_H

#include "buf.h"

/* Octets of the longest password that is taken. */
#define PASSWORD_MAX 4096

/*
 * Appends the first line of PATH, without its end, to OUT. EX_CONFIG when the file cannot be read,
 * when its group or others may read or write it, or when that line is empty, too long, or has
 * control characters.
 */
int password_from_file(const char *path, struct buf *out);

/*
 * The same with the first line that COMMAND, run by /bin/sh with ENVIRONMENT, prints. EX_TEMPFAIL
 * when it does not exit 0: whoever keeps the secret may be asked again.
 */
int password_from_command(const char *command, char *const *environment, struct buf *out);

#endif
