/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "flowed.h"

/* Takes the quote marks, and the blank that was stuffed in, off the front of *LINE. */
static size_t quote_depth(struct span *line)
{
    size_t depth = 0;

    while (depth < line->length && line->octets[depth] == '>')
        depth++;
    line->octets += depth;
    line->length -= depth;
    if (line->length > 0 && line->octets[0] == ' ') {
        line->octets++;
        line->length--;
    }
    return depth;
}

static void begin_line(struct buf *out, size_t depth, struct span line)
{
    for (size_t i = 0; i < depth; i++)
        buf_char(out, '>');
    if (depth > 0 && line.length > 0)
        buf_char(out, ' ');
}

void flowed_to_text(struct buf *out, struct span text, bool delete_space)
{
    size_t open_depth = 0;
    bool open = false; /* the line before flows into this one */

    while (text.length > 0) {
        struct span line = span_chomp(span_line(&text));
        size_t depth = quote_depth(&line);
        bool signature = span_equal(line, SPAN("-- "));
        bool flows = line.length > 0 && line.octets[line.length - 1] == ' ' && !signature;

        if (open && (depth != open_depth || signature)) {
            buf_char(out, '\n');
            open = false;
        }
        if (!open)
            begin_line(out, depth, line);
        if (flows && delete_space)
            line.length--;
        buf_span(out, line);
        open = flows;
        open_depth = depth;
        if (!open)
            buf_char(out, '\n');
    }
    if (open)
        buf_char(out, '\n');
}
