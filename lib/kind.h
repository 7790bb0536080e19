/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kind: what sort of mail a message is (formats.md, "Kinds and what each does downstream").
 *
 * Fields and structure decide first, and for most mail at once. The words of a mail server count
 * only when its address or the null path is there too (`bounce`); the words of an automatic reply
 * count when no field helps, and then with a confidence (`absence`): a customer whose mail is taken
 * for a machine's is a customer who is never answered.
 */
#ifndef POSTROOM_KIND_H
#define POSTROOM_KIND_H

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"
#include "buf.h"
#include "config.h"
#include "mime.h"
#include "report.h"

/* What is known of a message beside its octets. */
struct kind_facts {
    struct arena *arena; /* takes the results */
    struct mime *mime;
    struct span text;                 /* what the sender wrote this time; empty: unknown */
    const char *return_path;          /* "" is the null path, NULL unknown */
    const char *from;                 /* first address of From, NULL when there is none */
    const struct config_agent *agent; /* the agent that `from` is, when he is to be believed; else
                                         NULL */
};

/* The answer. Spans and strings are static or in the arena of the facts; UTF-8. */
struct kind {
    const char *value; /* "customer", "agent", "bounce", "auto-reply", "feedback-report", "bulk",
                          "spam" */
    const char *why; /* "field=Auto-Submitted", "report-type=delivery-status"; NULL for customers */
    double confidence;    /* of a decision by wording, 0 to 1; 0 when something sure decided */
    struct report report; /* bounces, receipts, complaints; else zeroed */
};

/* Compiled patterns of the spam fields, and phrases. Nothing of it before it is needed. */
struct kind_reader;

/* A reader for CONFIG, which must outlive it. Compiles nothing yet. Never NULL. */
struct kind_reader *kind_open(const struct config *config);

/* Frees. NULL is allowed. */
void kind_close(struct kind_reader *reader);

/*
 * Finds out the kind of a message, in this order: spam, bounce, feedback-report, auto-reply, agent,
 * bulk, customer. 0 or EX_CONFIG (reported: a pattern of the spam fields is refused). When a
 * pattern needs more steps than the limit allows it does not fit, and LIMIT_pattern_steps is set in
 * mime->limits_hit.
 */
int kind_find(struct kind_reader *reader, const struct kind_facts *facts, struct kind *kind);

#endif
