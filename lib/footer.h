/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * footer: what programs, mailing lists and lawyers add to a mail.
 */
#ifndef POSTROOM_FOOTER_H
#define POSTROOM_FOOTER_H

#include "letter.h"

/*
 * Marks footers, legal notices and what stands below the line "-- " among the new lines from START
 * up to END, in which quotes and attributions are marked.
 */
void footer_mark(struct letter *letter, size_t start, size_t end);

#endif
