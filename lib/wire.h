/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wire: a connection to a mail server, in clear or under TLS, with a limit on every wait.
 *
 * TLS is GnuTLS. The certificate must be valid, made by somebody whom the system (or the given
 * file) trusts, and for the host that was meant; there is no way round that. Nothing else in the
 * house links GnuTLS: loading it takes longer than most filters run.
 *
 * A connection that failed stays so: the failure was reported once, and every further call answers
 * its code without a word.
 */
#ifndef POSTROOM_WIRE_H
#define POSTROOM_WIRE_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

struct wire;

/*
 * Connects to HOST, all of its addresses tried in turn, and waits at most TIMEOUT seconds for each
 * connection, and later for each octet sent or received. EX_TEMPFAIL when nobody answers.
 */
int wire_open(const char *host, const char *port, int timeout, struct wire **wire);

/* A connection that is there already, for tests: takes FD. */
struct wire *wire_adopt(int fd, const char *name, int timeout);

/* Closes, without waiting. NULL is allowed. */
void wire_close(struct wire *wire);

/* "host:port", for messages. */
const char *wire_name(const struct wire *wire);

/* What goes over it stays on this machine. */
bool wire_is_loopback(const struct wire *wire);

/* TLS is on. */
bool wire_is_secret(const struct wire *wire);

/*
 * Begins TLS with the server of name HOST, trusting the certificates in CA_FILE (NULL: those the
 * system trusts). EX_CONFIG for an unusable CA_FILE, EX_NOPERM for a certificate that is not to be
 * trusted, EX_PROTOCOL when no TLS comes about or when the server said something before that
 * nobody asked for (an attacker in the middle may have), EX_TEMPFAIL when the connection is lost.
 */
int wire_start_tls(struct wire *wire, const char *host, const char *ca_file);

/* Sends all of it. EX_TEMPFAIL when the connection is lost. */
int wire_write(struct wire *wire, struct span octets);

/* The next octet, taken or only looked at; negative when the connection failed. */
int wire_next(struct wire *wire);
int wire_peek(struct wire *wire);

/*
 * Takes what has come already, waiting only when that is nothing: at least one octet, at most MOST,
 * and nothing behind the first LF when BY_LINE. The span lives until the next call. Empty when the
 * connection failed.
 */
struct span wire_piece(struct wire *wire, size_t most, bool by_line);

/*
 * Appends a line without its CR LF or LF. EX_PROTOCOL when it has more than LIMIT octets,
 * EX_TEMPFAIL when the connection is lost.
 */
int wire_line(struct wire *wire, struct buf *line, size_t limit);

/* Why it failed; 0 while it works. */
int wire_code(const struct wire *wire);

/* Marks the connection failed with CODE, which the caller reported. Returns CODE. */
int wire_fail(struct wire *wire, int code);

/*
 * For a signal handler: every wait on any connection ends with EX_TEMPFAIL from now on. And whether
 * it was called.
 */
void wire_interrupt(void);
bool wire_interrupted(void);

#endif
