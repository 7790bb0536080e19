/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * imap-token: what an IMAP server says (RFC 3501 section 4), token by token, straight from the
 * connection: no line is ever whole in memory, and the octets of a message go on as they come.
 * Only imap.c uses this.
 */
#ifndef POSTROOM_IMAP_TOKEN_H
#define POSTROOM_IMAP_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "remote.h"

/* Longest atom, quoted string or text of a status, in octets. Usual ones have fewer than 100. */
#define IMAP_TOKEN_MAX 65536

enum imap_token {
    IMAP_END,     /* of the line */
    IMAP_ATOM,    /* in `text` */
    IMAP_QUOTED,  /* in `text`, without its quotes */
    IMAP_LITERAL, /* `literal` octets follow, which have to be taken */
    IMAP_OPEN,    /* ( */
    IMAP_CLOSE,   /* ) */
    IMAP_FAILED   /* no token, which the caller reports, or a connection that was lost */
};

struct imap_reader {
    struct wire *wire;
    struct buf text; /* own */
    uint64_t literal;
};

/* Reads the next token. */
enum imap_token imap_token_next(struct imap_reader *reader);

/*
 * Takes the octets of a literal and hands them to SINK, unless it is NULL. 0, or the connection's
 * code; a code of SINK becomes that.
 */
int imap_token_literal(struct imap_reader *reader, remote_sink *sink, void *data);

/* Takes the rest of a value that begins with TOKEN, lists in lists too. False: there is none. */
bool imap_token_skip(struct imap_reader *reader, enum imap_token token);

/* Takes the rest of a line. False when it has no end. */
bool imap_token_skip_line(struct imap_reader *reader);

/* `text` as a number; false when it is none, or more than MOST. */
bool imap_token_number(const struct imap_reader *reader, uint64_t most, uint64_t *value);

#endif
