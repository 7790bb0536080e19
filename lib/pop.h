/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pop: the protocol POP3 for `remote`. */
#ifndef POSTROOM_POP_H
#define POSTROOM_POP_H

#include "remote.h"

/* The functions of `remote` for POP3. */
const struct remote_protocol *pop_protocol(void);

#endif
