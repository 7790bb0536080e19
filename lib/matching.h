/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * matching: which case a message belongs to, and why (formats.md, "Cases").
 *
 * The proofs are tried in one order: reply key, id, references, subject and customer. What leads to
 * a case but comes from somebody who is no party to it does not join: it opens a linked case.
 */
#ifndef POSTROOM_MATCHING_H
#define POSTROOM_MATCHING_H

#include <stdbool.h>

#include "cases.h"
#include "message.h"

struct match {
    bool found;
    struct case_row row; /* the case it joins */
    const char *by;      /* "reply-key", "id", "references", "subject" */
    const char *linked;  /* a case that it pointed to and must not join, or NULL */
    bool ours;           /* a bounce: a reply key proves that we sent what came back */
};

/* Who writes. */
struct writer {
    const char *address;  /* of From, lower case; NULL when there is none */
    const char *customer; /* id, or NULL for everybody but customers */
    bool is_agent;
    bool is_believed; /* the brand does not ask for proof, or `trust` gives it */
};

/* Finds the case of a mail that people or their programs wrote. 0 or EX_TEMPFAIL. */
int match_case(struct store *store, const struct house_key *key, struct message *message,
               const struct writer *writer, struct match *match);

/*
 * Finds the case of a bounce: its returned Message-ID bears a reply key of one of its failed
 * recipients (then it is ours), or is that of a message of a case. MATCH->by is "bounce".
 */
int match_bounce(struct store *store, const struct house_key *key, struct message *message,
                 struct match *match);

#endif
