/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unpack.h"

#include "charset.h"
#include "encoded.h"
#include "rtf.h"
#include "signed.h"
#include "tnef.h"

#define NAME_MAX_OCTETS 1000 /* of a file name that is decoded */
#define TYPE_MAX 100

/* TEXT, coded in LABEL, as one line of UTF-8 in MIME's arena; octets NULL when it is empty. */
static struct span keep_line(struct mime *mime, struct span text, const char *label)
{
    struct buf line = BUF_INIT;
    struct span kept = {NULL, 0};

    if (text.length > NAME_MAX_OCTETS)
        text.length = NAME_MAX_OCTETS;
    if (text.length > 0) {
        (void)charset_decode(&line, text, span_of(label));
        header_clean(&line, 0);
    }
    if (line.length > 0)
        kept = (struct span){arena_copy(mime->arena, line.octets, line.length), line.length};
    buf_release(&line);
    return kept;
}

/* --- TNEF ---------------------------------------------------------------------------------------
 */

/* TEXT in lower case when it is a media type, else application/octet-stream. */
static struct span media_type(struct mime *mime, struct span text)
{
    size_t slashes = 0;
    char *type;

    if (text.length == 0 || text.length > TYPE_MAX)
        return SPAN("application/octet-stream");
    type = arena_copy(mime->arena, text.octets, text.length);
    for (size_t i = 0; i < text.length; i++) {
        char octet = text.octets[i];

        slashes += octet == '/';
        if (octet <= ' ' || octet > '~' || strchr("()<>@,;:\\\"[]?=", octet) != NULL)
            return SPAN("application/octet-stream");
        if (octet >= 'A' && octet <= 'Z')
            type[i] = (char)(octet + 32);
    }
    if (slashes != 1 || type[0] == '/' || type[text.length - 1] == '/')
        return SPAN("application/octet-stream");
    return (struct span){type, text.length};
}

static void add_body(struct mime *mime, struct mime_part *container, struct span text,
                     const char *type, const char *charset)
{
    struct mime_part *part;

    if (text.length == 0)
        return;
    part = mime_inside(mime, container, 't', text);
    if (part == NULL)
        return;
    part->is_body = true;
    part->type = span_of(type);
    part->charset = span_of(charset);
}

/* The message's text in RTF: as the HTML it was made from, or as plain text. */
static void add_rtf(struct mime *mime, struct mime_part *container, struct span compressed)
{
    struct buf rtf = BUF_INIT;
    struct buf text = BUF_INIT;
    size_t left = mime->limits.decoded - mime->decoded;
    size_t most = mime->limits.html < SIZE_MAX / 8 ? mime->limits.html * 8 : SIZE_MAX;
    bool is_html;

    if (tnef_rtf(&rtf, compressed, left < most ? left : most)) {
        mime->decoded += rtf.length;
        is_html = rtf_to_text(&text, buf_view(&rtf), mime->limits.html);
        if (rtf.length >= (left < most ? left : most) || text.length >= mime->limits.html)
            mime->limits_hit |= 1U << LIMIT_html;
        add_body(
            mime, container,
            (struct span){arena_copy(mime->arena, buf_cstring(&text), text.length), text.length},
            is_html ? "text/html" : "text/plain", "utf-8");
    }
    buf_release(&text);
    buf_release(&rtf);
}

static bool is_tnef_type(const struct mime_part *part)
{
    return mime_is(part, "application/ms-tnef") || mime_is(part, "application/vnd.ms-tnef");
}

/* The first octets of PART's body. */
static struct span peek(const struct mime_part *part, struct buf *start)
{
    buf_clear(start);
    (void)mime_decode(start, part, 8);
    return buf_view(start);
}

static void unpack_tnef(struct mime *mime, struct mime_part *part)
{
    struct tnef tnef;
    struct span octets;

    if (part->depth + 1 >= mime->limits.depth) {
        mime->limits_hit |= 1U << LIMIT_depth;
        return;
    }
    if (!mime_open(mime, part, &octets) ||
        !tnef_read(mime->arena, octets, mime->limits.parts, &tnef))
        return;
    for (size_t i = 0; i < tnef.count; i++) {
        const struct tnef_file *file = &tnef.files[i];
        struct mime_part *inside =
            mime_inside(mime, part, 't', file->data.length > 0 ? file->data : SPAN(""));

        if (inside == NULL)
            return;
        inside->name = keep_line(mime, file->name.octets, file->name.charset);
        inside->cid = keep_line(mime, file->cid, "utf-8");
        inside->disposition = SPAN("attachment");
        inside->type =
            file->is_message ? SPAN("application/ms-tnef") : media_type(mime, file->type);
    }
    /* Behind the files, so that their numbers do not depend on it. An attached message's is not
     * what the sender wrote. */
    if (part->mark == 't')
        return;
    if (tnef.html.octets.length > 0)
        add_body(mime, part, tnef.html.octets, "text/html", tnef.html.charset);
    else if (tnef.rtf.length > 0)
        add_rtf(mime, part, tnef.rtf);
    else
        add_body(mime, part, tnef.plain.octets, "text/plain", tnef.plain.charset);
}

/* --- Files in text ------------------------------------------------------------------------------
 */

/* Adds the file; its name is what stands behind the last slash. */
static void add_file(struct mime *mime, struct mime_part *container,
                     const struct encoded_file *file)
{
    static const enum mime_encoding encodings[] = {
        [ENCODED_UU] = MIME_UUENCODE, [ENCODED_BASE64] = MIME_BASE64, [ENCODED_YENC] = MIME_YENC};
    struct mime_part *part = mime_inside(mime, container, 'u', file->data);

    if (part == NULL)
        return;
    part->encoding = encodings[file->kind];
    part->disposition = SPAN("attachment");
    part->name =
        keep_line(mime, file->name,
                  container->charset.length > 0 ? arena_copy(mime->arena, container->charset.octets,
                                                             container->charset.length)
                                                : NULL);
}

/* Takes the files out of OCTETS, which live as long as MIME. */
static void cut_files(struct mime *mime, struct mime_part *part, struct span octets)
{
    struct buf remainder = BUF_INIT;
    struct span rest = octets;
    const char *from = octets.octets;
    struct encoded_file file;
    size_t most = mime->limits.text < SIZE_MAX / 8 ? mime->limits.text * 4 + 64 : SIZE_MAX;

    while (encoded_next(&rest, &file)) {
        if (remainder.length < most)
            buf_add(&remainder, from, (size_t)(file.whole.octets - from));
        add_file(mime, part, &file);
        from = rest.octets;
    }
    if (from != octets.octets) {
        if (remainder.length < most)
            buf_span(&remainder, rest);
        part->remainder = (struct span){
            arena_copy(mime->arena, buf_cstring(&remainder), remainder.length), remainder.length};
    }
    buf_release(&remainder);
}

/*
 * A text that was transfer-encoded is read through mime_text first, which is needed anyway; it is
 * decoded a second time, whole, only when a file begins in it.
 */
static void unpack_text(struct mime *mime, struct mime_part *part)
{
    struct encoded_file file;
    struct span octets = part->body;

    if (part->encoding != MIME_IDENTITY && part->encoding != MIME_UNKNOWN) {
        struct span text = mime_text(mime, part)->text;

        if (!encoded_next(&text, &file) || !mime_open(mime, part, &octets))
            return;
    }
    cut_files(mime, part, octets);
}

/* --- Signed -------------------------------------------------------------------------------------
 */

/* Does PART's type, or its name when the type says nothing, promise an opaque signature? */
static bool may_be_signed(const struct mime_part *part)
{
    struct span name = part->name;

    if (mime_is(part, "application/pkcs7-mime") || mime_is(part, "application/x-pkcs7-mime")) {
        struct span kind = parameter_find(&part->content, "smime-type");

        return kind.length == 0 || span_equal_nocase(kind, SPAN("signed-data"));
    }
    return mime_is(part, "application/octet-stream") && name.length > 4 &&
           span_equal_nocase((struct span){name.octets + name.length - 4, 4}, SPAN(".p7m"));
}

static void unpack_signed(struct mime *mime, struct mime_part *part)
{
    struct span octets;
    struct span content;

    if (!mime_open(mime, part, &octets) || !signed_content(mime->arena, octets, &content))
        return;
    if (content.octets < octets.octets || content.octets > octets.octets + octets.length)
        mime->decoded += content.length <= mime->limits.decoded - mime->decoded
                             ? content.length
                             : mime->limits.decoded - mime->decoded;
    if (mime_entity(mime, part, 's', content) != NULL)
        mime->is_signed = true;
}

/* --- All ----------------------------------------------------------------------------------------
 */

static void unpack_part(struct mime *mime, struct mime_part *part)
{
    struct buf start = BUF_INIT;

    if (part->child != NULL || mime_is_multipart(part))
        return;
    if (mime_is(part, "text/plain")) {
        if (!span_equal(part->disposition, SPAN("attachment")) && !part->is_body)
            unpack_text(mime, part);
    } else if (is_tnef_type(part) ||
               (mime_is(part, "application/octet-stream") && tnef_is(peek(part, &start)))) {
        unpack_tnef(mime, part);
    } else if (may_be_signed(part)) {
        unpack_signed(mime, part);
    }
    buf_release(&start);
}

struct mime_part *unpack_next(const struct mime_part *part)
{
    if (part->inside != NULL)
        return part->inside;
    if (part->child != NULL && mime_is_multipart(part))
        return part->child;
    while (part != NULL && part->next == NULL)
        part = part->container != NULL ? part->container : part->parent;
    return part == NULL ? NULL : part->next;
}

void unpack(struct mime *mime)
{
    if (mime->unpacked)
        return;
    mime->unpacked = true;
    for (struct mime_part *part = mime->root; part != NULL; part = unpack_next(part))
        unpack_part(mime, part);
}
