/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any valid UTF-8 is HTML: make text of it, find the sender's words in it and in the HTML itself,
 * fold it; hold what html.h, text.h and fold.h promise.
 */
#include <stdlib.h>

#include "fold.h"
#include "html.h"
#include "text-courtesy.h"
#include "text.h"
#include "utf8.h"

/* abort() so that a promise that is broken counts as a crash, also without assertions. */
static void must(bool promise)
{
    if (!promise)
        abort();
}

static void check_text(struct span body)
{
    struct arena arena = ARENA_INIT;
    struct text_line *lines;
    size_t count = text_zones(&arena, body, &lines);
    const char *at = body.octets;
    bool all_quoted = false;
    struct span text = text_new(&arena, body, &all_quoted);

    for (size_t i = 0; i < count; i++) {
        must(lines[i].why != NULL && text_zone_name(lines[i].zone) != NULL);
        must(lines[i].line.octets >= at);
        at = lines[i].line.octets + lines[i].line.length;
    }
    must(count == 0 || at <= body.octets + body.length);
    must(utf8_valid(text) && text.length <= body.length);
    must(text.length > 0 || span_trim(body).length == 0);
    must(!all_quoted || span_equal(text, span_trim(body)));
    (void)text_courtesy(text, NULL);
    arena_release(&arena);
}

static void check_fold(struct span text)
{
    struct buf once = BUF_INIT;
    struct buf twice = BUF_INIT;

    fold_text(&once, text);
    fold_text(&twice, buf_view(&once));
    must(utf8_valid(buf_view(&once)));
    must(span_equal(buf_view(&once), buf_view(&twice)));
    buf_clear(&once);
    buf_clear(&twice);
    fold_plain(&once, text);
    fold_plain(&twice, buf_view(&once));
    must(span_equal(buf_view(&once), buf_view(&twice)));
    buf_clear(&once);
    buf_clear(&twice);
    subject_normalise(&once, text);
    subject_normalise(&twice, buf_view(&once));
    must(span_equal(buf_view(&once), buf_view(&twice)));
    buf_release(&once);
    buf_release(&twice);
}

/* OCTETS with a question mark for every octet that is no UTF-8. */
static void make_valid(struct buf *out, struct span octets)
{
    uint32_t character;

    for (size_t i = 0; i < octets.length;) {
        size_t step = utf8_read(octets.octets + i, octets.length - i, &character);

        buf_add(out, step > 0 ? octets.octets + i : "?", step > 0 ? step : 1);
        i += step > 0 ? step : 1;
    }
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    struct limits limits = LIMITS_DEFAULT;
    struct buf html = BUF_INIT;
    struct buf text = BUF_INIT;
    unsigned hit = 0;

    limits.html_attributes = 20;
    limits.html = 4096;
    make_valid(&html, (struct span){(const char *)data, size});
    html_to_text(&text, buf_view(&html), &limits, &hit);
    must(utf8_valid(buf_view(&text)));
    must(((hit & 1u << LIMIT_html) != 0) == (html.length > limits.html));
    must(text.length == 0 || text.octets[text.length - 1] == '\n');
    check_text(buf_view(&text));
    check_text(buf_view(&html));
    check_fold(buf_view(&html));
    buf_release(&html);
    buf_release(&text);
    return 0;
}
