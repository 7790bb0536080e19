/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any octets can be quoted and unquoted, read as a message in our form, and be a message's own:
 * what block_write made of them is read again as what it was.
 */
#include <stdlib.h>

#include "block.h"
#include "diag.h"
#include "json.h"

/* abort() so that a promise that is broken counts as a crash, also without assertions. */
static void must(bool promise)
{
    if (!promise)
        abort();
}

static const struct config config = {.limits = LIMITS_DEFAULT};

static void check_quoting(struct span octets)
{
    struct buf quoted = BUF_INIT;
    struct buf back = BUF_INIT;

    block_quote(&quoted, octets);
    block_unquote(&back, buf_view(&quoted));
    must(span_equal(buf_view(&back), octets));
    buf_release(&quoted);
    buf_release(&back);
}

/* MESSAGE has octets: written and read it is the same. */
static void check_law(struct message *message)
{
    struct message read;
    struct buf text = BUF_INIT;
    struct buf before = BUF_INIT;
    struct buf after = BUF_INIT;

    must(block_write(message, &text) == 0);
    must(text.length <= message->above.length + BLOCK_MAX + message->octets.length * 12 + 10);
    message_init(&read, &config);
    must(block_read(&read, buf_view(&text)));
    must(span_equal(read.octets, message->octets));
    must(strcmp(read.blob_id, message->blob_id) == 0 && !read.altered);
    must(span_equal(read.above, message->above));
    message_set(message, "text", NULL);
    message_set(message, "entities", NULL);
    message_write_triage(message, &before);
    message_write_triage(&read, &after);
    must(span_equal(buf_view(&before), buf_view(&after)));
    message_release(&read);
    buf_release(&text);
    buf_release(&before);
    buf_release(&after);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span octets = {(const char *)data, size};
    struct message message;

    check_quoting(octets);

    /* as a stranger's message */
    message_init(&message, &config);
    message_set_octets(&message, octets);
    check_law(&message);
    message_clear(&message);

    /* as a message in our form, whoever wrote it; its time is what the block said, or unknown */
    if (block_read(&message, octets)) {
        must(message.has_octets && message.has_triage && message.blob_id[0] != '\0');
        message_triage(&message, "kind");
        check_law(&message);
    }
    message_clear(&message);

    /* as a `triage` on some message */
    if (message_read_triage(&message, octets)) {
        struct buf triage = BUF_INIT;
        struct json_index index;
        struct json_error error;

        message_set(&message, "receivedAt", NULL); /* reserved in a block */
        message_set_octets(&message, SPAN("Subject: x\n\nbody\n"));
        message_write_triage(&message, &triage);
        must(json_scan(buf_view(&triage), &message.arena, &index, &error));
        check_law(&message);
        buf_release(&triage);
    }
    message_release(&message);
    return 0;
}
