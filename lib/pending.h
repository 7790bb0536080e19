/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pending: mails for a Maildir that wait until the decision about them is committed. Only then are
 * they written, so that nothing leaves for what was rolled back.
 */
#ifndef POSTROOM_PENDING_H
#define POSTROOM_PENDING_H

#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "span.h"

struct pending_mail;

struct pending {
    struct arena arena;         /* own: of what follows */
    struct pending_mail *mails; /* in the order in which they were added */
    size_t count;
    size_t capacity;
};

/* Makes PENDING empty; to be done once before the first use. */
void pending_init(struct pending *pending);

/* Adds a copy of MAIL, that of the outbox key KEY for a message of TIME (UTC seconds). */
void pending_add(struct pending *pending, const char *key, int64_t time, struct span mail);

/*
 * Writes the mails into the existing Maildir FOLDER and forgets them all. A file that is there
 * already stays as it is (maildir_deliver). After a failure, which is reported, the rest is left
 * out: 0, EX_TEMPFAIL or EX_IOERR.
 */
int pending_deliver(struct pending *pending, const char *folder);

/* Frees. Mails that still wait are not written. */
void pending_release(struct pending *pending);

#endif
