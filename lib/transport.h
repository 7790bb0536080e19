/* SPDX-License-Identifier: GPL-3.0-or-later */
/* transport: one mail to one destination: Maildir, sendmail, a command. Only `deliver` links this.
 */
#ifndef POSTROOM_TRANSPORT_H
#define POSTROOM_TRANSPORT_H

#include "buf.h"
#include "config.h"

/* What became of an attempt. */
enum transport_result {
    TRANSPORT_SENT,
    TRANSPORT_LATER,  /* the destination is away: try again */
    TRANSPORT_REFUSED /* it will never be taken */
};

struct transport_mail {
    enum config_transport transport;
    const char *target;    /* as in struct config_queue */
    const char *sendmail;  /* command of CONFIG_SENDMAIL */
    const char *key;       /* outbox key: names the file in a Maildir */
    int64_t time;          /* UTC seconds: comes first in that name, for readers that sort by it */
    const char *mail_from; /* envelope sender, "" is the null path */
    const char *recipient; /* envelope recipient */
    struct span octets;
};

/*
 * Sends MAIL. What went wrong is appended to ERROR, in one line (the functions below may also have
 * reported it). Programs get the mail on standard input and SENDER, RECIPIENT and POSTROOM_KEY in
 * their environment, and are ended after TRANSPORT_SECONDS.
 */
#define TRANSPORT_SECONDS 300
enum transport_result transport_send(const struct transport_mail *mail, struct buf *error);

#endif
