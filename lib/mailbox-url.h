/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mailbox-url: imap://, imaps://, pop:// and pops:// URLs, as mail-fetch takes them.
 *
 *     imap[s]://USER@HOST[:PORT]/[FOLDER]      RFC 5092, without parameters; no FOLDER is INBOX
 *     pop[s]://USER@HOST[:PORT][/]             RFC 2384, without parameters
 *
 * USER and FOLDER are percent-encoded UTF-8; blanks and characters beyond ASCII may also stand as
 * they are. HOST may be an address, of IPv6 in square brackets. A password is refused, since a
 * command line is there for everybody to read.
 */
#ifndef POSTROOM_MAILBOX_URL_H
#define POSTROOM_MAILBOX_URL_H

#include <stdbool.h>

#include "arena.h"
#include "buf.h"

struct mailbox_url {
    bool pop;           /* POP3, else IMAP */
    bool tls;           /* TLS from the first octet on (imaps, pops) */
    const char *user;   /* UTF-8, not empty */
    const char *host;   /* lower case, without brackets */
    const char *port;   /* digits; the usual one when the URL names none */
    const char *folder; /* UTF-8, without control characters; "INBOX" in that case; POP: "" */
    /*
     * One spelling of the mailbox for all its URLs, percent-encoded: what is recorded and shown.
     * imap and imaps on their usual ports are the same mailbox and so the same name.
     */
    const char *name;
};

/* Reads TEXT into *URL, in ARENA. EX_USAGE, reported, when it is no such URL. */
int mailbox_url_read(struct arena *arena, const char *text, struct mailbox_url *url);

/* Appends FOLDER, valid UTF-8, in the modified UTF-7 of IMAP (RFC 3501 section 5.1.3). */
void mailbox_url_utf7(struct buf *out, struct span folder);

#endif
