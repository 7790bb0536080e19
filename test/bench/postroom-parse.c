/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * postroom-parse MBOX: what our library needs for the job of gmime-parse.c. Each header field of
 * each part is decoded, the addresses of From, To, Cc and Reply-To are parsed, each text part is
 * decoded to UTF-8, each other part is decoded and counted. No Email object is made.
 */
#define _GNU_SOURCE /* memmem */
#include <stdio.h>

#include "address.h"
#include "diag.h"
#include "file.h"
#include "mime.h"

static size_t messages, fields, header_octets, addresses, texts, text_octets, others, other_octets;

static void read_headers(const struct header *header, struct buf *text)
{
    for (size_t i = 0; i < header->count; i++) {
        buf_clear(text);
        header_text(text, header->fields[i].value);
        fields++;
        header_octets += text->length;
    }
}

static void read_addresses(const struct mime *mime)
{
    static const char *const names[] = {"From", "To", "Cc", "Reply-To"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const struct header_field *field = header_last(&mime->root->header, names[i]);
        struct address_list list = {NULL, 0, 0};

        if (field != NULL)
            header_addresses(mime->arena, field->value, &list);
        addresses += list.count;
    }
}

static void read_message(struct arena *arena, struct span octets, struct buf *text)
{
    static const struct limits limits = LIMITS_DEFAULT;
    struct mime *mime = mime_parse(arena, octets, &limits);

    messages++;
    read_addresses(mime);
    for (struct mime_part *part = mime->root; part != NULL; part = mime_next(part, true)) {
        read_headers(&part->header, text);
        if (part->child != NULL)
            continue;
        if (mime_is(part, "text/")) {
            texts++;
            text_octets += mime_text(mime, part)->text.length;
        } else {
            others++;
            other_octets += mime_size(part);
        }
    }
}

/* Takes the next message of a mailbox, without its From_ line, off the front of *REST. */
static struct span next_message(struct span *rest)
{
    struct span message;
    const char *next;

    span_line(rest);
    message = *rest;
    next = rest->length > 0 ? memmem(rest->octets, rest->length, "\nFrom ", 6) : NULL;
    if (next != NULL)
        message.length = (size_t)(next - rest->octets) + 1;
    rest->octets += message.length;
    rest->length -= message.length;
    return message;
}

int main(int argc, char **argv)
{
    struct arena arena = ARENA_INIT;
    struct buf mailbox = BUF_INIT;
    struct buf text = BUF_INIT;
    struct span rest;

    diag_set_program("postroom-parse");
    if (argc != 2)
        return diag(EX_USAGE, NULL, "name a mailbox");
    if (file_read(argv[1], &mailbox, SIZE_MAX) != 0)
        return EX_IOERR;
    rest = buf_view(&mailbox);
    while (rest.length > 0) {
        read_message(&arena, next_message(&rest), &text);
        arena_clear(&arena);
    }
    printf("%zu messages, %zu fields of %zu octets, %zu addresses, %zu texts of %zu octets, "
           "%zu others of %zu octets\n",
           messages, fields, header_octets, addresses, texts, text_octets, others, other_octets);
    arena_release(&arena);
    buf_release(&mailbox);
    buf_release(&text);
    return 0;
}
