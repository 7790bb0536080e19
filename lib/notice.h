/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * notice: what the prose of a mail server says that writes no machine-readable report: whom the
 * mail did not reach, why, for good or for now, and which mail it was.
 *
 * Servers put the address that failed at the beginning of a line, behind a label ("Unknown user:",
 * "addressed to"), or into a sentence that says what went wrong; the best of these places counts.
 * What stands below the line that announces the returned message is our own mail: its addresses
 * did not fail.
 */
#ifndef POSTROOM_NOTICE_H
#define POSTROOM_NOTICE_H

#include "arena.h"
#include "buf.h"
#include "mime.h"
#include "report.h"

/* PROSE (valid UTF-8) in two. */
struct notice {
    struct span told; /* the server's words */
    struct span copy; /* the returned message or its header as text; empty when there is none */
};

/* Finds the line in PROSE that announces the returned message, or with which it begins. */
void notice_split(struct span prose, struct notice *notice);

/*
 * Reads the words of NOTICE, and the returned message in it or in MIME's parts, into REPORT, which
 * may hold what machine-readable parts said: that stays. SENDER is the address of From or NULL,
 * WRITTEN_TO that of To: neither failed. IS_DELAY says that the words announce a delay.
 */
struct notice_facts {
    const char *sender;
    const char *written_to;
    struct span subject; /* some name the address there */
    bool is_delay;
};
void notice_read(struct arena *arena, struct mime *mime, const struct notice *notice,
                 const struct notice_facts *facts, struct report *report);

#endif
