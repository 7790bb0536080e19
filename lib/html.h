/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * html: an HTML body part as plain text.
 *
 * The parser is libxml2's HTML push parser with our own SAX handlers: no tree, no network, no
 * entities from outside, the charset of <meta> ignored (the text is UTF-8 already). Nothing of
 * libxml2 is touched before the first call, so programs that meet no HTML do not pay for it.
 */
#ifndef POSTROOM_HTML_H
#define POSTROOM_HTML_H

#include "buf.h"
#include "limits.h"

/*
 * Appends HTML, which must be valid UTF-8, to OUT as UTF-8 text with LF line ends.
 *
 * White space is collapsed as a browser does, except inside <pre>; head, script, style and
 * comments go; blocks and <br> make lines, paragraphs a blank line, list items "- " lines, table
 * cells a blank; links keep their text only. What a mail program marks as quoted
 * (<blockquote>, class gmail_quote, moz-cite-prefix's block, id divRplyFwdMsg and what follows it
 * in Outlook's mail …) comes out as lines that begin with "> ", one mark a level (at most 20), so
 * that `text` sees it. At most one blank line in a row; no blank lines at the ends; the text ends
 * in one LF unless it is empty.
 *
 * Bounds: only the first limits->html octets are read, and of one tag at most 64 KB and
 * limits->html_attributes attributes. When something was left out for that, the bit of LIMIT_html
 * or LIMIT_html_attributes is set in *LIMITS_HIT (which may be NULL). Linear in the input's
 * length. No errors: any octets give some text.
 */
void html_to_text(struct buf *out, struct span html, const struct limits *limits,
                  unsigned *limits_hit);

#endif
