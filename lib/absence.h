/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * absence: automatic replies that no header field gives away: by their subject and wording, in
 * English, French, German, Spanish, Italian, Portuguese, Dutch, Polish and Romanian.
 *
 * An answer that a machine wrote says several of: I am away; I answer when I am back; in urgent
 * cases ask somebody else; nobody reads this; this is an automatic reply; and it wants nothing. A
 * customer who writes about an absence wants something, speaks of his order, or tells what was.
 * The one is weighed against the other; when in doubt a customer wrote, since a customer whose mail
 * is taken for a machine's is one who is never answered.
 */
#ifndef POSTROOM_ABSENCE_H
#define POSTROOM_ABSENCE_H

#include <stdbool.h>

#include "arena.h"
#include "buf.h"

struct absence_facts {
    struct span subject; /* text form */
    struct span text;    /* what the sender wrote this time */
    bool null_path;      /* the return path is null */
    bool is_reply;       /* it has In-Reply-To or References */
    bool is_agent;       /* one of our own people: only a program's subject makes it one */
    bool asks_silence;   /* it has X-Auto-Response-Suppress, as Exchange's own mail has */
};

struct absence {
    const char *why;   /* "subject=out-of-office", "wording=away+return"; NULL: a person wrote */
    double confidence; /* of being an automatic reply, 0 to 1 */
};

/* From this confidence on a message is called an automatic reply. */
#define ABSENCE_CONFIDENCE 0.7

/* Phrases made ready. */
struct absence_reader;

/* Makes them ready in ARENA, for many messages. */
struct absence_reader *absence_open(struct arena *arena);

/* Weighs one message. `why` lives in ARENA. */
void absence_find(struct absence_reader *reader, struct arena *arena,
                  const struct absence_facts *facts, struct absence *absence);

#endif
