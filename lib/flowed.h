/* SPDX-License-Identifier: GPL-3.0-or-later */
/* flowed: text/plain; format=flowed (RFC 3676) with its paragraphs as one line each. */
#ifndef POSTROOM_FLOWED_H
#define POSTROOM_FLOWED_H

#include "buf.h"

/*
 * Appends TEXT (UTF-8, LF): lines that flow are joined, DELETE_SPACE (DelSp=yes) takes the blank
 * off between them, stuffed blanks go, and quoted lines begin with as many `>` as before and a
 * blank. `-- ` never flows; a line of another quote depth ends a paragraph.
 */
void flowed_to_text(struct buf *out, struct span text, bool delete_space);

#endif
