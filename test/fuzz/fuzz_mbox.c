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

static void check_message(enum mbox_form form, struct span octets)
{
    struct message message;
    struct buf text = BUF_INIT;
    struct buf written = BUF_INIT;
    struct buf again = BUF_INIT;
    struct span from_line;
    struct mbox_reader reader = {.form = MBOX_RD};
    struct mbox_piece piece;

    message_init(&message, NULL);
    mbox_read(&message.arena, form, octets, &message.from_line, &text);
    must(message.from_line.length + text.length <= octets.length);
    mbox_write(&written, &message, buf_view(&text));
    must(mbox_message_end(&reader, buf_view(&written), true, &piece));
    must(piece.length == written.length);
    mbox_read(&message.arena, MBOX_RD, (struct span){written.octets, piece.content}, &from_line,
              &again);
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
    /* The first octet says in how large pieces the octets come, and what form they have. */
    size_t piece = size > 0 ? (size_t)data[0] + 1 : 1;
    enum mbox_form form = size > 0 ? (enum mbox_form)(data[0] % 4) : MBOX_RD;
    struct mbox_reader whole = {.form = form};
    struct mbox_reader parts = {.form = form};

    while (rest.length > 0) {
        struct mbox_piece expected;
        struct mbox_piece got;
        size_t known = 0;
        bool found = false;

        must(mbox_message_end(&whole, rest, true, &expected));
        must(expected.length > 0 && expected.length <= rest.length);
        must(expected.content <= expected.length);
        while (!found) {
            known = rest.length - known > piece ? known + piece : rest.length;
            found = mbox_message_end(&parts, (struct span){rest.octets, known},
                                     known == rest.length, &got);
            must(found || known < rest.length);
        }
        must(got.length == expected.length && got.content == expected.content);
        check_message(form, (struct span){rest.octets, expected.content});
        rest.octets += expected.length;
        rest.length -= expected.length;
    }
    return 0;
}
