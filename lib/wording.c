/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wording.h"

#include "fold.h"
#include "utf8.h"
#include "words.h"

/* One phrase of a list. */
struct phrase {
    const struct wording_list *list;
    size_t number; /* of its literal: equal phrases share one */
};

struct wording_set {
    struct literal_scan *scan;
    struct phrase *phrases;
    size_t count;
    size_t capacity;
};

struct wording_set *wording_set_new(struct arena *arena, const struct wording_list *lists,
                                    size_t count)
{
    struct wording_set *set = arena_alloc(arena, sizeof(*set));

    set->scan = literal_scan_new(arena);
    for (size_t i = 0; i < count; i++) {
        const char *words = lists[i].words;
        struct span word;

        while (words_next(&words, &word)) {
            set->phrases =
                arena_grow(arena, set->phrases, set->count, &set->capacity, sizeof(*set->phrases));
            set->phrases[set->count++] =
                (struct phrase){&lists[i], literal_scan_add(set->scan, word)};
        }
    }
    return set;
}

void wording_set_find(struct wording_set *set, struct span text, size_t limit,
                      struct wording_hits *hits)
{
    struct buf folded = BUF_INIT;

    *hits = (struct wording_hits){.name = {NULL}};
    text.length = utf8_cut(text, limit);
    buf_char(&folded, ' ');
    fold_plain(&folded, text);
    buf_char(&folded, ' ');
    literal_scan_clear(set->scan);
    literal_scan_text(set->scan, buf_view(&folded));
    for (size_t i = 0; i < set->count; i++) {
        unsigned mark = set->phrases[i].list->mark;

        if (!literal_scan_found(set->scan, set->phrases[i].number))
            continue;
        if (hits->count[mark]++ == 0)
            hits->name[mark] = set->phrases[i].list->name;
    }
    buf_release(&folded);
}
