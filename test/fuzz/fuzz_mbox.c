/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any octets are a mailbox: it falls into the same messages wherever it is cut, and what was read
 * is written and read as itself.
 */
#include <stdlib.h>

#include "mbox.h"

/* abort() so that a promise that is broken counts as a crash, also without assertions. */
static void must(bool promise)
{
    if (!promise)
        abort();
}

static void check_message(struct span octets)
{
    struct message message;
    struct buf text = BUF_INIT;
    struct buf written = BUF_INIT;
    struct buf again = BUF_INIT;
    struct span from_line;
    size_t scanned = 0;
    size_t length = 0;

    message_init(&message, NULL);
    mbox_read(&message.arena, octets, &message.from_line, &text);
    must(message.from_line.length + text.length <= octets.length);
    mbox_write(&written, &message, buf_view(&text));
    must(mbox_message_end(buf_view(&written), &scanned, true, &length));
    must(length == written.length);
    mbox_read(&message.arena, buf_view(&written), &from_line, &again);
    must(mbox_is_from_line(from_line));
    if (text.length == 0 || text.octets[text.length - 1] != '\n')
        buf_char(&text, '\n');
    must(span_equal(buf_view(&text), buf_view(&again)));
    message_release(&message);
    buf_release(&text);
    buf_release(&written);
    buf_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span rest = {(const char *)data, size};
    /* The first octet says in how large pieces the octets come. */
    size_t piece = size > 0 ? (size_t)data[0] + 1 : 1;

    while (rest.length > 0) {
        size_t scanned = 0;
        size_t length = 0;
        size_t in_pieces = 0;
        size_t known = 0;
        bool found = false;

        must(mbox_message_end(rest, &scanned, true, &length));
        must(length > 0 && length <= rest.length);
        scanned = 0;
        while (!found) {
            known = rest.length - known > piece ? known + piece : rest.length;
            found = mbox_message_end((struct span){rest.octets, known}, &scanned,
                                     known == rest.length, &in_pieces);
            must(found || known < rest.length);
            must(scanned <= known);
        }
        must(in_pieces == length);
        check_message((struct span){rest.octets, length});
        rest.octets += length;
        rest.length -= length;
    }
    return 0;
}
