/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any valid UTF-8 is the body of a reply: give its lines their zones, take the sender's words from
 * it, and hold what text.h promises.
 */
#include <stdlib.h>

#include "text-courtesy.h"
#include "text.h"
#include "utf8.h"

/* abort() so that a promise that is broken counts as a crash, also without assertions. */
static void must(bool promise)
{
    if (!promise)
        abort();
}

/* The lines are BODY's, all of them, in order. */
static void check_zones(struct arena *arena, struct span body)
{
    struct text_line *lines;
    size_t count = text_zones(arena, body, &lines);
    const char *at = body.octets;

    for (size_t i = 0; i < count; i++) {
        must(lines[i].why != NULL && text_zone_name(lines[i].zone) != NULL);
        must(lines[i].line.octets >= at);
        at = lines[i].line.octets + lines[i].line.length;
    }
    must(count == 0 || at <= body.octets + body.length);
}

/* The text is made of the body's octets, and a function of them alone. */
static void check_new(struct arena *arena, struct span body)
{
    bool all_quoted = false;
    bool again = false;
    struct span text = text_new(arena, body, &all_quoted);

    must(utf8_valid(text) && text.length <= body.length);
    must(text.length > 0 || span_trim(body).length == 0);
    must(!all_quoted || span_equal(text, span_trim(body)));
    must(span_equal(text, text_new(arena, body, &again)) && all_quoted == again);
    (void)text_courtesy(text, NULL);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    struct arena arena = ARENA_INIT;
    struct span body = {(const char *)data, size};

    if (utf8_valid(body)) {
        check_zones(&arena, body);
        check_new(&arena, body);
    }
    arena_release(&arena);
    return 0;
}
