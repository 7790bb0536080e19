/* SPDX-License-Identifier: GPL-3.0-or-later */
/* imap: the protocol IMAP4rev1 for `remote`. */
#ifndef POSTROOM_IMAP_H
#define POSTROOM_IMAP_H

#include "remote.h"

/* The functions of `remote` for IMAP4rev1. */
const struct remote_protocol *imap_protocol(void);

#endif
