/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * file: durable and complete input and output, folders, locks, Maildirs.
 *
 * Durable means: the file synced, renamed into place, the folder synced. Errors name the operation
 * and the path. A full disk (ENOSPC, EDQUOT) is EX_TEMPFAIL, any other failed write EX_IOERR.
 */
#ifndef POSTROOM_FILE_H
#define POSTROOM_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "buf.h"

/*
 * Appends the whole of PATH to OUT. EX_IOERR when it cannot be opened or read, EX_DATAERR when it
 * has more than LIMIT octets.
 */
int file_read(const char *path, struct buf *out, size_t limit);

/*
 * Writes all LENGTH octets to FD; short writes and interruptions are taken care of. WHERE names it
 * in messages. A closed pipe (EPIPE) gives EX_IOERR with errno EPIPE and no message: the caller
 * decides whether that is worth one.
 */
int file_write_all(int fd, const char *where, const char *octets, size_t length);

/*
 * Makes CONTENT the content of PATH, whatever was there: a temporary file beside it with exactly
 * MODE, synced, renamed, the folder synced. Either the old or the new content is there at any time.
 */
int file_replace(const char *path, struct span content, mode_t mode);

/* Syncs a folder, so that names made in it last. */
int file_sync_folder(const char *folder);

/* Makes PATH and what lacks above it, each with exactly MODE; what is there is left as it is. */
int file_make_folder(const char *path, mode_t mode);

/*
 * Opens PATH (made with 0660) and locks it for this process until *FD is closed. When another one
 * holds it: waits if WAIT, else returns 0 with *FD -1. EX_TEMPFAIL when it cannot be opened.
 */
int file_lock(const char *path, bool wait, int *fd);

/* Makes a Maildir with its tmp, new and cur (0700); what is there is left as it is. */
int maildir_make(const char *path);

/*
 * Delivers CONTENT into MAILDIR as new/NAME, durably: written and synced in tmp, linked into place,
 * the folder synced. When NAME is in new or cur already (there perhaps with flags) nothing is done:
 * a repeat is harmless.
 */
int maildir_deliver(const char *maildir, const char *name, struct span content);

/* The messages of a Maildir, by name, or of an MH folder, by number. Zeroed at first. */
struct maildir_list {
    char **paths; /* own, each own */
    size_t count;
    size_t capacity;
};

/*
 * Lists new and cur of the folder PATH, sorted by file name (without flags); files whose name
 * begins with a dot are left out. Nothing is moved or flagged. EX_IOERR when PATH is no Maildir.
 */
int maildir_list(const char *path, struct maildir_list *list);

/*
 * The messages of the folder PATH, whatever it is: a Maildir when it has new and cur; else an MH
 * folder when it has .mh_sequences or a file whose name is a number: these files, by number
 * (`,12`, which was deleted, folders and everything else are left out). Only read. EX_IOERR when it
 * is neither.
 */
int folder_list(const char *path, struct maildir_list *list);

/* Frees the list; it is empty and usable afterwards. */
void maildir_list_release(struct maildir_list *list);

#endif
