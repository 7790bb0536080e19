/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rtf: rich text (RTF 1.9) as plain text, and the HTML that Outlook wraps in it ([MS-OXRTFEX]).
 *
 * One pass without recursion; groups deeper than a bound share the innermost kept state. Any octets
 * give some text: nothing here fails.
 */
#ifndef POSTROOM_RTF_H
#define POSTROOM_RTF_H

#include "buf.h"

/* OCTETS begin as RTF does. */
bool rtf_is(struct span octets);

/*
 * Appends what RTF says, at most about LIMIT octets, as valid UTF-8 with LF line ends: paragraphs
 * and lines, cells and tabs as blanks, quotes and dashes as themselves; fonts, colours, styles,
 * pictures, headers, hidden text and unknown destinations are left out.
 *
 * Returns whether that is HTML source (`\fromhtml`): the tags are then as Outlook kept them, and
 * the result is for html_to_text.
 */
bool rtf_to_text(struct buf *out, struct span rtf, size_t limit);

#endif
