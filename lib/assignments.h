/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * assignments: which queue has a case. The only module that writes the table `assignment`; only
 * `escalate` and its commands link it.
 *
 * A row begins with the first routed mail of a case and changes when a mail moves the case or an
 * agent's control line does. It is all that a route depends on beside the message itself.
 */
#ifndef POSTROOM_ASSIGNMENTS_H
#define POSTROOM_ASSIGNMENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "store.h"

/* A deadline that there is none of. */
#define ASSIGNMENT_NEVER INT64_MIN

struct assignment {
    const char *queue;       /* id; never NULL in the store */
    int level;               /* of the mail that brought the case there; 0: it had none */
    bool pinned;             /* by an agent: later mail goes there whatever its own level */
    bool sensitive;          /* a mail of the case was: what follows stays in the house too */
    const char *assignee;    /* address of the person it is assigned to, or NULL */
    int64_t due;             /* UTC seconds, or ASSIGNMENT_NEVER */
    int64_t first_reply_due; /* the same; ASSIGNMENT_NEVER too once the case was answered */
    int64_t since;           /* time of the mail that made it so, UTC seconds */
};

/*
 * Reads the assignment of CASE_ID into *ASSIGNMENT, its strings in ARENA. *FOUND is false, and
 * *ASSIGNMENT has no queue and no deadlines, when the case has none. 0 or EX_TEMPFAIL.
 */
int assignment_get(struct store *store, struct arena *arena, const char *case_id,
                   struct assignment *assignment, bool *found);

/* Writes the assignment of CASE_ID in place of an earlier one. 0 or EX_TEMPFAIL. */
int assignment_set(struct store *store, const char *case_id, const struct assignment *assignment);

#endif
