/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any octets are what may be packed in a part: TNEF, compressed RTF, RTF, a signature, a text with
 * files in it, flowed, armoured or a calendar. Read them as each, and as a message that holds them;
 * hold what the headers promise.
 */
#include <stdlib.h>

#include "armour.h"
#include "charset.h"
#include "email.h"
#include "encoded.h"
#include "flowed.h"
#include "invitation.h"
#include "rtf.h"
#include "signed.h"
#include "tnef.h"
#include "unpack.h"
#include "utf8.h"

/* abort() so that a promise that is broken counts as a crash, also without assertions. */
static void must(bool promise)
{
    if (!promise)
        abort();
}

static bool lies_in(struct span inner, struct span outer)
{
    return inner.length == 0 || (inner.octets >= outer.octets &&
                                 inner.octets + inner.length <= outer.octets + outer.length);
}

static void check_tnef(struct arena *arena, struct span octets)
{
    struct buf out = BUF_INIT;
    struct tnef tnef;

    must(tnef_read(arena, octets, 20, &tnef) == tnef_is(octets));
    must(tnef.count <= 20);
    for (size_t i = 0; i < tnef.count; i++) {
        must(lies_in(tnef.files[i].data, octets));
        must(lies_in(tnef.files[i].name.octets, octets));
        must(tnef.files[i].name.charset != NULL);
    }
    must(lies_in(tnef.rtf, octets));
    (void)tnef_rtf(&out, octets, 5000);
    must(out.length <= 5000);
    buf_release(&out);
}

static void check_texts(struct span octets)
{
    struct buf text = BUF_INIT;
    struct buf out = BUF_INIT;

    (void)rtf_to_text(&text, octets, 3000);
    must(utf8_valid(buf_view(&text)));
    buf_clear(&text);
    (void)charset_decode(&text, octets, SPAN(""));
    must(utf8_valid(buf_view(&text)));
    flowed_to_text(&out, buf_view(&text), octets.length % 2 == 0);
    must(utf8_valid(buf_view(&out)));
    buf_clear(&out);
    (void)armour_strip(&out, buf_view(&text));
    must(utf8_valid(buf_view(&out)) && out.length <= text.length);
    buf_clear(&out);
    (void)invitation_to_text(&out, buf_view(&text));
    must(utf8_valid(buf_view(&out)));
    buf_release(&text);
    buf_release(&out);
}

static void check_encoded(struct span octets)
{
    struct span rest = octets;
    struct encoded_file file;
    struct buf out = BUF_INIT;

    while (encoded_next(&rest, &file)) {
        must(lies_in(file.whole, octets) && lies_in(file.data, file.whole));
        must(lies_in(file.name, file.whole) && file.whole.length > 0);
        buf_clear(&out);
        if (file.kind != ENCODED_BASE64)
            must(encoded_decode(&out, file.kind, file.data, 100) == out.length);
        must(out.length <= 100);
    }
    buf_release(&out);
}

/* OCTETS as a part of TYPE: every part that comes of it can be decoded, and the object written. */
static void check_message(const char *type, struct span octets)
{
    const struct email_facts facts = {SPAN("sha256-0"), octets.length, 1795420800, {NULL, 0}};
    struct limits limits = LIMITS_DEFAULT;
    struct arena arena = ARENA_INIT;
    struct buf mail = BUF_INIT;
    struct buf out = BUF_INIT;
    struct mime *mime;
    bool is_html;

    limits.parts = 30;
    limits.depth = 8;
    limits.text = 2000;
    limits.decoded = 20000;
    limits.html = 5000;
    buf_format(&mail, "Content-Type: %s\n\n", type);
    buf_span(&mail, octets);
    mime = mime_parse(&arena, buf_view(&mail), &limits);
    must(utf8_valid(email_best_text(mime, &is_html)));
    for (struct mime_part *part = mime->root; part != NULL; part = unpack_next(part)) {
        buf_clear(&out);
        must(mime_decode(&out, part, SIZE_MAX));
        must(out.length == mime_size(part));
        must(utf8_valid(part->type) && part->depth <= limits.depth + 1);
    }
    must(mime->parts <= limits.parts && mime->decoded <= limits.decoded);
    buf_clear(&out);
    email_write(&out, mime, &facts);
    must(utf8_valid(buf_view(&out)));
    buf_release(&mail);
    buf_release(&out);
    arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    static const char *const types[] = {"application/ms-tnef", "application/pkcs7-mime",
                                        "text/plain; format=flowed", "application/rtf",
                                        "text/calendar"};
    struct arena arena = ARENA_INIT;
    struct span octets = {(const char *)data, size};
    struct span content = {NULL, 0};

    check_tnef(&arena, octets);
    (void)signed_content(&arena, octets, &content);
    must(content.length <= size);
    check_texts(octets);
    check_encoded(octets);
    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
        check_message(types[i], octets);
    arena_release(&arena);
    return 0;
}
