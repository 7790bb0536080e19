/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any octets are a message: parse, decode and write them, and hold what mime.h and email.h promise.
 */
#include <stdlib.h>

#include "address.h"
#include "charset.h"
#include "email.h"
#include "utf8.h"

/* abort() so that a promise that is broken counts as a crash, also without assertions. */
static void must(bool promise)
{
    if (!promise)
        abort();
}

static void check_part(struct mime *mime, struct mime_part *part)
{
    struct buf decoded = BUF_INIT;
    struct buf start = BUF_INIT;
    const struct mime_text *text = mime_text(mime, part);

    must(part->type.length > 0 && utf8_valid(part->type));
    must(part->body.octets + part->body.length == part->octets.octets + part->octets.length);
    must(part->depth <= mime->limits.depth);
    must(mime_decode(&decoded, part, SIZE_MAX));
    must(decoded.length == mime_size(part));
    must(mime_decode(&start, part, 7) == (decoded.length <= 7));
    must(start.length == (decoded.length < 7 ? decoded.length : 7));
    must(start.length == 0 || memcmp(start.octets, decoded.octets, start.length) == 0);
    must(utf8_valid(text->text) && text->text.length <= mime->limits.text);
    buf_release(&start);
    buf_release(&decoded);
}

/* The fields that header_read kept are the first ones that header_next sees. */
static void check_header(const struct header *header, const struct limits *limits)
{
    struct span rest = header->octets;
    struct header_field field;
    size_t count = 0;

    while (header_next(&rest, &field)) {
        if (count < header->count)
            must(span_equal(field.whole, header->fields[count].whole));
        count++;
    }
    must(header->count == (count < limits->fields ? count : limits->fields));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct limits limits = LIMITS_DEFAULT;
    struct arena arena = ARENA_INIT;
    struct buf out = BUF_INIT;
    struct span octets = {(const char *)data, size};
    const struct email_facts facts = {SPAN("sha256-0"), size, 1795420800, {NULL, 0}};
    struct mime *mime;
    size_t parts = 0;
    bool is_html;

    limits.parts = 50;
    limits.depth = 10;
    limits.fields = 40;
    limits.field_size = 2000;
    limits.text = 3000;
    limits.decoded = 20000;
    mime = mime_parse(&arena, octets, &limits);
    for (struct mime_part *part = mime->root; part != NULL; part = mime_next(part, true)) {
        check_part(mime, part);
        check_header(&part->header, &limits);
        parts++;
    }
    must(parts == mime->parts && parts <= limits.parts);
    must(utf8_valid(email_best_text(mime, &is_html)));
    email_write(&out, mime, &facts);
    must(utf8_valid(buf_view(&out)));
    for (size_t i = 0; i < out.length; i++)
        must((unsigned char)out.octets[i] >= ' ');
    must(out.octets[0] == '{' && out.octets[out.length - 1] == '}');
    buf_release(&out);
    arena_release(&arena);
    charset_release();
    return 0;
}
