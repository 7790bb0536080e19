/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bounce: does a mail server say that mail did not arrive, in its own words? (Servers that write
 * RFC 3464 are known by their report; see `kind`.)
 *
 * Words alone decide nothing: a customer may send on what a server wrote to him. The sender must be
 * a server's, or the return path null; how much the words must say depends on how sure that is.
 */
#ifndef POSTROOM_BOUNCE_H
#define POSTROOM_BOUNCE_H

#include <stdbool.h>

#include "arena.h"
#include "buf.h"
#include "header.h"
#include "mime.h"

/* How sure it is that a program at a mail server wrote, by From alone. */
enum bounce_sender {
    SENDER_OTHER,
    SENDER_SERVICE,    /* an office or a program: "noreply", "Mail Administrator" */
    SENDER_POSTMASTER, /* "postmaster", also his name before an empty address */
    SENDER_DAEMON      /* "MAILER-DAEMON" and its kin, or no address at all */
};

/* FROM: address or NULL; NAME: From as text, with the display name. */
enum bounce_sender bounce_sender(const char *from, struct span name);

/* The null path, also where a server wrote an address of its own in its place. */
bool bounce_is_null_path(const char *path);

/* What is known beside the words. */
struct bounce_facts {
    enum bounce_sender sender;
    bool null_path;
    bool path_unknown;
    bool to_list;    /* the message came through a mailing list */
    bool answered;   /* its fields say that a machine wrote it */
    bool has_failed; /* it has X-Failed-Recipients */
    bool has_copy;   /* it holds a message or the header of one, as part or as text */
    struct span subject;
};

/* Phrases made ready. */
struct bounce_reader;

/* Makes them ready in ARENA, for many messages. */
struct bounce_reader *bounce_open(struct arena *arena);

/*
 * Could the message be a bounce at all? Most mail is not: its sender is a person's address, its
 * path is not null, no field says that a machine wrote, and its subject is not a notice's.
 */
bool bounce_is_worth_reading(struct bounce_reader *reader, const struct bounce_facts *facts);

/*
 * Why TOLD, a notice's own words, is a bounce: "phrase=qmail", "sender=mailer-daemon",
 * "subject=undelivered", "field=X-Failed-Recipients"; NULL when it is none. *IS_DELAY: the server
 * goes on trying. The text is static or in ARENA.
 */
const char *bounce_find(struct bounce_reader *reader, struct arena *arena,
                        const struct bounce_facts *facts, struct span told, bool *is_delay);

#endif
