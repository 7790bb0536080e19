/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * signature: the frame of a letter: greeting, closing formula, and who signs.
 *
 * A signature is known by its place (below a closing formula, or at the end), by telephone numbers
 * and addresses, and by words for what people do. In doubt a line stays: a customer's words are
 * worth more than a signature. References that the house can look up stay too.
 */
#ifndef POSTROOM_SIGNATURE_H
#define POSTROOM_SIGNATURE_H

#include "letter.h"

/* Marks greeting, closings, signatures and footers of the lines from START up to END, in which
 * quotes and attributions are marked. */
void signature_frame(struct letter *letter, size_t start, size_t end);

#endif
