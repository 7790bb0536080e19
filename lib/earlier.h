/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * earlier: the heads that mail programs write over an earlier message: attributions ("On …
 * wrote:"), blocks of header lines, "-----Original Message-----", "Begin forwarded message:".
 */
#ifndef POSTROOM_EARLIER_H
#define POSTROOM_EARLIER_H

#include "letter.h"

/* How an earlier message that begins at some line is introduced. */
enum earlier {
    EARLIER_NONE,
    EARLIER_REPLY,    /* by an attribution */
    EARLIER_ORIGINAL, /* by "-----Original Message-----", with or without header lines */
    EARLIER_BLOCK,    /* by header lines */
    EARLIER_FORWARD   /* by words that say that it is passed on */
};

/*
 * What begins at LINE, which is not blank, of the lines before END; *LINES is how many lines
 * introduce it. Looks at a bounded number of lines.
 */
enum earlier earlier_at(const struct letter *letter, size_t line, size_t end, size_t *lines);

/* The line says that an earlier message is passed on: "Begin forwarded message:". */
bool earlier_is_forward(const struct letter_line *row);

/*
 * Lines of the block of header lines that begins at LINE, as mail programs put one over an earlier
 * message; 0 when there is none. Under a rule any three fields do, whatever their language.
 */
size_t earlier_block(const struct letter *letter, size_t line, size_t end);

/*
 * Lotus and others write name and date over the block at LINE: the line from which on all is
 * theirs, START at the earliest. A rule above is theirs too.
 */
size_t earlier_block_start(const struct letter *letter, size_t line, size_t start);

#endif
