/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kind: what sort of mail a message is, from header fields and structure (formats.md, "Kinds and
 * what each does downstream"). Subjects and free wording alone decide nothing here: a customer
 * whose mail is taken for a machine's is a customer who is never answered.
 */
#ifndef POSTROOM_KIND_H
#define POSTROOM_KIND_H

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"
#include "buf.h"
#include "config.h"
#include "mime.h"

/* What is known of a message beside its octets. */
struct kind_facts {
    struct arena *arena; /* takes the results */
    struct mime *mime;
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
    const char *status;      /* bounces: enhanced status code (RFC 3463) of the first recipient that
                                failed, else of the first; NULL when there is none */
    const char **recipients; /* reports: whom our mail did not reach, as far as told */
    size_t recipient_count;
    const char *returned; /* reports: Message-ID of our mail, without angle brackets; or NULL */
};

/* Compiled patterns of the spam fields. */
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
