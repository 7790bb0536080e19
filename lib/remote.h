/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * remote: a mailbox on another machine, read by IMAP4rev1 (RFC 3501, imap.c) or POP3 (RFC 1939,
 * pop.c) over a `wire`. Only mail-fetch links this.
 *
 * Both protocols are our own: libmailutils 3.15 never looks at a server's certificate, takes a POP
 * message for whole when the connection was cut in its midst, and does not read the UIDVALIDITY
 * (design/decisions.md).
 *
 * All functions report what went wrong and answer 0 or
 *   EX_NOINPUT      there is no such folder
 *   EX_UNAVAILABLE  the server cannot do what is needed: TLS, names of messages
 *   EX_TEMPFAIL     it is away, busy, or the connection was lost
 *   EX_PROTOCOL     what it says is no IMAP or POP
 *   EX_NOPERM       it does not take the password, or its certificate is not to be trusted
 *   EX_CONFIG       the file of certificates cannot be used
 */
#ifndef POSTROOM_REMOTE_H
#define POSTROOM_REMOTE_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "mailbox-url.h"
#include "wire.h"

/* Whether TLS is begun on a connection that begins in clear. */
enum remote_tls {
    REMOTE_TLS_TRY,      /* if the server can; without it, the password goes to loopback only */
    REMOTE_TLS_REQUIRED, /* always */
    REMOTE_TLS_NEVER     /* never: the password goes over the network in clear */
};

struct remote_login {
    const char *password; /* UTF-8 without control characters */
    enum remote_tls tls;
    const char *ca_file; /* NULL: whom the system trusts */
    int timeout;         /* seconds for each wait */
};

/* One message there. */
struct remote_mail {
    uint32_t number; /* IMAP: its UID. POP: its number in this session */
    const char *id;  /* its name, the same in every session: the UID in digits, or the UIDL */
    uint64_t size;   /* octets, as the server says; 0 before remote_sizes */
    int64_t time;    /* when the server received it, UTC seconds; INT64_MIN when it does not say */
};

/* Takes the octets of a message, piece by piece, as the server sends them. 0 or an exit code. */
typedef int remote_sink(void *data, struct span octets);

/* What became of remote_fetch. */
enum remote_got {
    REMOTE_WHOLE,   /* the sink has all of it */
    REMOTE_GONE,    /* it is not there any more; the sink got nothing */
    REMOTE_REFUSED, /* the server does not give it, which was reported; the next may come */
    REMOTE_LARGE    /* it has more octets than asked for; forget what the sink got */
};

struct remote;

/* The two protocols; the members are the functions below. */
struct remote_protocol {
    int (*log_in)(struct remote *remote);
    int (*choose)(struct remote *remote, bool writable);
    int (*list)(struct remote *remote, uint32_t first);
    int (*sizes)(struct remote *remote, struct remote_mail *const *mails, size_t count);
    int (*fetch)(struct remote *remote, const struct remote_mail *mail, uint64_t most,
                 remote_sink *sink, void *data, enum remote_got *got);
    int (*remove)(struct remote *remote, struct remote_mail *const *mails, size_t count);
    int (*log_out)(struct remote *remote);
    void (*close)(struct remote *remote);
};

struct remote {
    const struct remote_protocol *protocol;
    const struct mailbox_url *url;
    const struct remote_login *login;
    struct wire *wire;         /* own */
    struct arena arena;        /* own: of what follows */
    struct remote_mail *mails; /* after remote_list: in ascending order of `number` */
    size_t count;
    size_t capacity;
    uint32_t validity; /* after remote_choose: UIDVALIDITY of the folder; POP: 0 */
    void *state;       /* the protocol's, in `arena` */
};

/*
 * Connects, begins TLS as LOGIN says, and logs in. PROTOCOL is that of the URL (imap.h, pop.h); URL
 * and LOGIN must live as long as REMOTE. To be closed also after a failure.
 */
int remote_open(struct remote *remote, const struct remote_protocol *protocol,
                const struct mailbox_url *url, const struct remote_login *login);

/* Opens the folder of the URL; WRITABLE only when messages are to be removed. */
int remote_choose(struct remote *remote, bool writable);

/* Lists the messages there in `mails`: IMAP those of UID FIRST and above (0: none), POP all. */
int remote_list(struct remote *remote, uint32_t first);

/* Finds size and time of the COUNT MAILS, which are in the order of `mails`. */
int remote_sizes(struct remote *remote, struct remote_mail *const *mails, size_t count);

/*
 * Fetches MAIL, of at most MOST octets, without any mark on it (IMAP). When this returns 0 with
 * REMOTE_WHOLE the server has said that this was all; a connection that is cut before is never
 * taken for the end of a message. A code of SINK ends the connection and is returned.
 */
int remote_fetch(struct remote *remote, const struct remote_mail *mail, uint64_t most,
                 remote_sink *sink, void *data, enum remote_got *got);

/*
 * Removes MAILS from the server, these and no others. POP removes them at remote_log_out, and only
 * if that is answered well.
 */
int remote_remove(struct remote *remote, struct remote_mail *const *mails, size_t count);

/* Ends the session. */
int remote_log_out(struct remote *remote);

/* Frees all, connected or not. */
void remote_close(struct remote *remote);

/* ---- for the protocols ---------------------------------------------------------------------- */

/*
 * Before the password goes out: begins TLS if it has to, with BEGIN, which asks the server for it.
 * OFFERED: the server can.
 */
int remote_protect(struct remote *remote, bool offered, int (*begin)(struct remote *remote));

/* Adds a message to `mails`. */
struct remote_mail *remote_add(struct remote *remote, uint32_t number, const char *id);

/* Reports what is no IMAP or POP and ends the connection; returns the connection's code. */
int remote_nonsense(struct remote *remote, const char *what);

/* Appends what SASL's PLAIN (RFC 4616) sends, in base64. */
void remote_plain(struct buf *out, const struct remote *remote);

#endif
