/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fetched: which messages of a mailbox on another machine were taken already.
 *
 * One text file a mailbox, in a folder, named by protocol, host and a digest of the mailbox's name;
 * beside it a lock, held while the record is open. Lines are appended as things happen, and now and
 * then the file is written anew with those that still matter:
 *
 *     postroom mail-fetch 1
 *     mailbox imap://ann@mail.example/INBOX
 *     validity 1700000000       UIDVALIDITY of the folder; all below is void under another
 *     upto 4711                 every UID up to this one was taken, or is gone
 *     done 4713                 taken: the command exited 0
 *     failed 4712               tried: it did not
 *     large 4714                over the limit, and said so
 *     remove 4715               taken, and to be removed from the server
 *
 * Of several lines on one message the last counts. A torn last line is cut. `done` and `remove` are
 * on disk before fetched_mark returns.
 */
#ifndef POSTROOM_FETCHED_H
#define POSTROOM_FETCHED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"

/* What is known of a message. */
enum fetched_state {
    FETCHED_NEW, /* nothing */
    FETCHED_FAILED,
    FETCHED_LARGE,
    FETCHED_REMOVE,
    FETCHED_DONE
};

struct fetched;

/*
 * Opens the record of the mailbox NAME (struct mailbox_url) in FOLDER, which is made when it is not
 * there, with MODE. EX_TEMPFAIL when another process has it open or it cannot be read or made,
 * EX_CONFIG when the file is no such record. READ_ONLY: without lock, and nothing is made; only
 * fetched_look may be used, and fetched_renew, which then tells and writes nothing.
 */
int fetched_open(const char *folder, unsigned mode, const char *name, bool read_only,
                 struct fetched **record);

/* Closes and unlocks. NULL is allowed. */
void fetched_close(struct fetched *record);

/*
 * Tells the record the folder's UIDVALIDITY. When it is not the one recorded, all that was known is
 * forgotten; that there was another is said on standard error. 0 or EX_TEMPFAIL. This and
 * fetched_tidy come before the first fetched_mark.
 */
int fetched_renew(struct fetched *record, uint32_t validity);

/* The UID up to which every message was taken or is gone; 0 at first. */
uint32_t fetched_upto(const struct fetched *record);

/*
 * What was known of the message ID when the record was opened or last tidied. (What is marked
 * meanwhile shows after that.)
 */
enum fetched_state fetched_look(const struct fetched *record, const char *id);

/* Records that the message ID is now in STATE. 0 or EX_TEMPFAIL. */
int fetched_mark(struct fetched *record, const char *id, enum fetched_state state);

/*
 * Tells the record that the COUNT messages IDS are all there are on the server above the UID UPTO,
 * which it takes over. What is known of others is forgotten, and the file is written anew when most
 * of its lines say nothing any more. 0 or EX_TEMPFAIL.
 */
int fetched_tidy(struct fetched *record, const char *const *ids, size_t count, uint32_t upto);

#endif
