/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fingerprint: how well words fit into languages, by the letters that follow each other.
 *
 * The figures are libexttextcat's: for each language the 400 commonest sequences of one to five
 * letters, with counts. They are read folded (fold_plain), so that text without accents fits as
 * well, and compared by probability, where that library compares ranks: on a few words the rank of
 * a sequence says little.
 */
#ifndef POSTROOM_FINGERPRINT_H
#define POSTROOM_FINGERPRINT_H

#include "buf.h"

#define FINGERPRINTS_MAX 16

struct fingerprints;

/*
 * Reads the fingerprints of COUNT (at most FINGERPRINTS_MAX) tags; "pt-BR" is read as "pt". One
 * that is not installed fits nothing. Never NULL.
 */
struct fingerprints *fingerprints_open(const char *const *tags, size_t count);

/* Frees; NULL is allowed. */
void fingerprints_close(struct fingerprints *fingerprints);

/*
 * Adds to each of SCORES (as many as there were tags) how well the folded WORD fits: a logarithm of
 * its probability, comparable among the languages only; sequences that no language has count
 * nowhere. Adds to each of LISTED how many of WORD's sequences of two and three letters that
 * language's list has. Returns how many of these WORD has.
 */
size_t fingerprints_score(const struct fingerprints *fingerprints, struct span word, double *scores,
                          size_t *listed);

#endif
