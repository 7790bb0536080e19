/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * routing: which queue takes a message, and why: the order of escalate(1) as functions of the
 * message, the configuration, and which queue has the case. Nothing here writes to the store.
 */
#ifndef POSTROOM_ROUTING_H
#define POSTROOM_ROUTING_H

#include <stdbool.h>

#include "assignments.h"
#include "config.h"
#include "message.h"

/* The message as routing sees it, and the case it belongs to. */
struct matter {
    struct message *message;
    const char *kind;
    const char *case_id; /* or NULL */
    const char *change;  /* what the message did to the case, "" when unknown */
    const char *category;
    const char *language;
    const char *brand;
    int level;      /* 0: none */
    bool sensitive; /* the message, or an earlier one of its case */
    bool unsure;
    struct assignment assignment;
    bool assigned;                   /* the case has an assignment … */
    const struct config_queue *desk; /* … to this queue, which the configuration still knows */
};

/* What becomes of it. */
struct choice {
    const struct config_queue *queue;
    const char *why;
    bool moves;     /* the case goes along */
    bool deadlines; /* somebody must answer */
};

/*
 * Reads MESSAGE into *MATTER, and from STORE who has its case (not with STORE NULL). Strings are
 * the message's. 0 or EX_TEMPFAIL.
 */
int routing_read(const struct config *config, struct store *store, struct message *message,
                 struct matter *matter);

/*
 * Obeys the control lines `queue`, `escalate` and `assign` of an agent's mail: changes queue,
 * level, pinned, assignee and sensitive of matter->assignment, and the desk; true when there was
 * something to obey. Only an agent in the house sends a case out of it, and so lifts its
 * sensitivity. What cannot be obeyed becomes an error on the message.
 */
bool routing_obey(const struct config *config, struct matter *matter);

/* Chooses queue and reason. Never without a queue; never an outside one for what must not leave. */
struct choice routing_choose(const struct config *config, struct matter *matter);

/* The message follows up on a case that somebody has, and did not open it. */
bool routing_follows_up(const struct matter *matter);

#endif
