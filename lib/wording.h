/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wording: which of many fixed turns of phrase stand in a text, in one pass.
 *
 * Phrases are written as fold_plain makes them: lower case, without accents. A blank at an end
 * asks for the limit of a word; between words there is one blank.
 */
#ifndef POSTROOM_WORDING_H
#define POSTROOM_WORDING_H

#include "arena.h"
#include "literals.h"

/* What a phrase counts for is a number below this. */
#define WORDING_MARKS 32

/* Phrases that say one thing. */
struct wording_list {
    unsigned mark;     /* what they say */
    const char *name;  /* for reasons; or NULL */
    const char *words; /* phrases of at least LITERAL_MIN octets, between bars */
};

/* Lists of phrases made ready. */
struct wording_set;

/* Makes COUNT LISTS, which must outlive it, ready in ARENA. */
struct wording_set *wording_set_new(struct arena *arena, const struct wording_list *lists,
                                    size_t count);

/* What a text says. */
struct wording_hits {
    unsigned count[WORDING_MARKS];   /* different phrases of each mark */
    const char *name[WORDING_MARKS]; /* of the first list of that mark that had one */
};

/* Finds the phrases of SET in TEXT (valid UTF-8, not folded), at most its first LIMIT octets. */
void wording_set_find(struct wording_set *set, struct span text, size_t limit,
                      struct wording_hits *hits);

#endif
