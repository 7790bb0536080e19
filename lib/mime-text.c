/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text of mime's parts: character sets and line ends. */
#define _GNU_SOURCE
#include "charset.h"
#include "mime.h"
#include "utf8.h"

#define META_MAX 2048 /* how far into an HTML part a <meta charset> is looked for */

/* The character set that an HTML part names in itself; empty when it does not. */
static struct span meta_charset(struct span html)
{
    const char *found;
    const char *begin;
    const char *end;

    if (html.length == 0)
        return html;
    end = html.octets + (html.length < META_MAX ? html.length : META_MAX);
    found = span_find_nocase((struct span){html.octets, (size_t)(end - html.octets)}, "charset=");
    if (found == NULL)
        return (struct span){NULL, 0};
    begin = found + 8;
    while (begin < end && (*begin == '"' || *begin == '\'' || *begin == ' '))
        begin++;
    found = begin;
    while (found<end && * found> ' ' && *found < 127 && strchr("\"'<>/;", *found) == NULL)
        found++;
    return (struct span){begin, (size_t)(found - begin)};
}

/* Makes the line ends of TEXT LF: CR LF, CR CR LF, and CR where there is no LF at all. */
static void line_ends_unify(struct buf *text)
{
    const char *first = text->length == 0 ? NULL : memchr(text->octets, '\r', text->length);
    size_t kept;

    if (first == NULL)
        return;
    kept = (size_t)(first - text->octets);
    if (memchr(text->octets, '\n', text->length) == NULL) {
        for (size_t i = kept; i < text->length; i++) {
            if (text->octets[i] == '\r')
                text->octets[i] = '\n';
        }
        return;
    }
    for (size_t i = kept; i < text->length; i++) {
        size_t next = i;

        while (next < text->length && text->octets[next] == '\r')
            next++;
        if (next < text->length && text->octets[next] == '\n')
            i = next;
        while (i < next)
            text->octets[kept++] = text->octets[i++];
        if (i < text->length)
            text->octets[kept++] = text->octets[i];
    }
    text->length = kept;
    text->octets[kept] = '\0';
}

/* RESULT from OCTETS; see mime_text. is_truncated and is_encoding_problem are only ever set. */
static void text_make(struct mime *mime, const struct mime_part *part, struct span octets,
                      struct mime_text *result)
{
    struct buf text = BUF_INIT;
    struct span label = part->charset;
    struct span view;

    if (label.length == 0 && mime_is(part, "text/html"))
        label = meta_charset(octets);
    if (charset_decode(&text, octets, label))
        result->is_encoding_problem = true;
    line_ends_unify(&text);
    view = buf_keep(&text, mime->arena);
    if (span_begins(view, SPAN("\xef\xbb\xbf"))) {
        view.octets += 3;
        view.length -= 3;
    }
    if (view.length > mime->limits.text) {
        view.length = utf8_cut(view, mime->limits.text);
        result->is_truncated = true;
    }
    if (result->is_truncated)
        mime->limits_hit |= 1U << LIMIT_text;
    result->text = view;
}

/* Every character set of four octets or fewer a character makes at least limits.text of these. */
static size_t octets_most(const struct mime *mime)
{
    return mime->limits.text < SIZE_MAX / 8 ? mime->limits.text * 4 + 64 : SIZE_MAX;
}

const struct mime_text *mime_text(struct mime *mime, struct mime_part *part)
{
    bool is_encoded = part->encoding != MIME_IDENTITY && part->encoding != MIME_UNKNOWN;
    size_t most = octets_most(mime);
    struct buf decoded = BUF_INIT;
    struct span octets = part->body;
    struct mime_text *result;

    if (part->text != NULL)
        return part->text;
    part->text = result = arena_alloc(mime->arena, sizeof(*result));
    result->is_encoding_problem = part->encoding == MIME_UNKNOWN;
    if (is_encoded) {
        result->is_truncated = !mime_decode(&decoded, part, most);
        octets = buf_view(&decoded);
    } else if (octets.length > most) {
        result->is_truncated = true;
        octets.length = most;
    }
    text_make(mime, part, octets, result);
    buf_release(&decoded);
    return result;
}

void mime_text_of(struct mime *mime, const struct mime_part *part, struct span octets,
                  struct mime_text *text)
{
    size_t most = octets_most(mime);

    *text = (struct mime_text){.is_truncated = octets.length > most};
    if (octets.length > most)
        octets.length = most;
    text_make(mime, part, octets, text);
}
