/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text of a message as people read it: see email_best_text. */
#include "armour.h"
#include "email.h"
#include "flowed.h"
#include "invitation.h"
#include "rtf.h"
#include "unpack.h"

static bool is_blank_text(struct span text)
{
    return span_trim(text).length == 0;
}

/* What BUF holds, kept in MIME's arena. */
static struct span keep(const struct mime *mime, const struct buf *buf)
{
    return (struct span){arena_copy(mime->arena, buf_cstring(buf), buf->length), buf->length};
}

static bool parameter_is(const struct mime_part *part, const char *name, struct span value)
{
    return span_equal_nocase(span_trim(parameter_find(&part->content, name)), value);
}

/* PART, which is text/plain, as people read it. */
static struct span plain_text(struct mime *mime, struct mime_part *part)
{
    struct span text;
    struct buf made = BUF_INIT;

    if (part->remainder.octets != NULL) {
        struct mime_text remainder;

        mime_text_of(mime, part, part->remainder, &remainder);
        text = remainder.text;
    } else {
        text = mime_text(mime, part)->text;
    }
    if (parameter_is(part, "format", SPAN("flowed"))) {
        flowed_to_text(&made, text, parameter_is(part, "delsp", SPAN("yes")));
        text = keep(mime, &made);
        buf_clear(&made);
    }
    if (armour_strip(&made, text))
        text = keep(mime, &made);
    buf_release(&made);
    return text;
}

static struct span text_of(struct mime *mime, struct mime_part *part)
{
    return mime_is(part, "text/plain") ? plain_text(mime, part) : mime_text(mime, part)->text;
}

/* The texts of all parts of type TYPE in PARTS, joined, when one is more than blanks; else empty.
 */
static struct span texts_join(struct mime *mime, struct mime_part **parts, size_t count,
                              const char *type)
{
    struct buf joined = BUF_INIT;
    struct span only = {"", 0};
    size_t found = 0;

    for (size_t i = 0; i < count; i++) {
        struct span text;

        if (!mime_is(parts[i], type))
            continue;
        text = text_of(mime, parts[i]);
        if (is_blank_text(text))
            continue;
        only = text;
        if (found++ > 0)
            buf_char(&joined, '\n');
        buf_span(&joined, text);
    }
    if (found > 1)
        only = keep(mime, &joined);
    buf_release(&joined);
    return only;
}

static bool is_rtf_type(const struct mime_part *part)
{
    return mime_is(part, "text/rtf") || mime_is(part, "application/rtf") ||
           mime_is(part, "application/x-rtf") || mime_is(part, "text/richtext");
}

/* PART when it is RTF, or a calendar, as text; empty when it is neither. */
static struct span other_text(struct mime *mime, struct mime_part *part, bool calendar,
                              bool *is_html)
{
    struct buf made = BUF_INIT;
    struct span text = {"", 0};

    *is_html = false;
    if (calendar && (mime_is(part, "text/calendar") || mime_is(part, "application/ics"))) {
        (void)invitation_to_text(&made, mime_text(mime, part)->text);
    } else if (!calendar && is_rtf_type(part) &&
               (part == mime->root || !span_equal(part->disposition, SPAN("attachment")))) {
        struct buf rtf = BUF_INIT;
        size_t most = mime->limits.html < SIZE_MAX / 8 ? mime->limits.html * 8 : SIZE_MAX;

        if (!mime_decode(&rtf, part, most))
            mime->limits_hit |= 1U << LIMIT_html;
        if (rtf_is(buf_view(&rtf)))
            *is_html = rtf_to_text(&made, buf_view(&rtf), mime->limits.html);
        if (made.length >= mime->limits.html)
            mime->limits_hit |= 1U << LIMIT_html;
        buf_release(&rtf);
    }
    if (made.length > 0)
        text = keep(mime, &made);
    buf_release(&made);
    return text;
}

/* The first part in RTF, else the first calendar, that has any text. */
static struct span others_find(struct mime *mime, bool *is_html)
{
    for (int calendar = 0; calendar < 2; calendar++) {
        for (struct mime_part *part = mime->root; part != NULL; part = unpack_next(part)) {
            struct span text = other_text(mime, part, calendar == 1, is_html);

            if (!is_blank_text(text))
                return text;
        }
    }
    return (struct span){"", 0};
}

struct span email_text_of(struct mime *mime, const struct email_parts *parts, bool *is_html)
{
    struct span text = texts_join(mime, parts->text, parts->text_count, "text/plain");

    *is_html = false;
    if (text.length > 0)
        return text;
    text = texts_join(mime, parts->html, parts->html_count, "text/html");
    *is_html = text.length > 0;
    if (text.length > 0)
        return text;
    text = others_find(mime, is_html);
    if (text.length > 0 || !mime_is(mime->root, "text/"))
        return text;
    /* A message that is one text, marked as an attachment or of another type of text. */
    *is_html = mime_is(mime->root, "text/html");
    return text_of(mime, mime->root);
}

struct span email_best_text(struct mime *mime, bool *is_html)
{
    struct email_parts parts;

    email_parts(mime, &parts);
    return email_text_of(mime, &parts, is_html);
}
