/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reject: input that is no message is named on standard error and kept, so that nothing is lost.
 */
#ifndef POSTROOM_REJECT_H
#define POSTROOM_REJECT_H

#include "buf.h"
#include "store.h"
#include "stream.h"

struct rejected {
    struct buf octets; /* own */
    char digest[72];   /* "sha256-…" of the octets */
    bool cut;          /* the input ended in the middle of it */
};

/* What one group rejected. Zeroed at first. */
struct reject_list {
    struct rejected *items; /* own */
    size_t count;
    size_t capacity;
};

/* Names REJECTED on standard error (line, octets, digest, reason) and copies it into LIST. */
void reject_add(struct reject_list *list, const struct stream_reject *rejected);

/*
 * Keeps the octets: appended to FILE, each with a line end; without FILE as a file of its own
 * (0600) in `rejected/` of FOLDER, named by its digest; without FOLDER on standard error, as
 * base64 (a line each), since the octets could disturb a terminal. EX_IOERR or EX_TEMPFAIL,
 * reported.
 */
int reject_keep(const struct reject_list *list, const char *file, const char *folder);

/*
 * Records an event `rejected` for each, in STORE's transaction; without a store nothing. What was
 * cut off by the end of the input is no event: the program before was killed, and its rerun brings
 * the whole.
 */
int reject_record(const struct reject_list *list, struct store *store);

/* Empties LIST; frees it. */
void reject_clear(struct reject_list *list);
void reject_release(struct reject_list *list);

#endif
