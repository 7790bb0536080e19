/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vocabulary: common words of ten languages, of six of their neighbours a few, and the letters that
 * only some of them write.
 *
 * The words are those that any text is full of (articles, pronouns, forms of to be and to have) and
 * those that customers write about. They are folded (fold_plain), so that they are found with and
 * without accents; German ones stand there with ä as a and as ae.
 */
#ifndef POSTROOM_VOCABULARY_H
#define POSTROOM_VOCABULARY_H

#include "buf.h"

#define VOCABULARY_LANGUAGES 16
#define VOCABULARY_FULL 10 /* so many have all their common words; those behind them a few */

/* A set of languages: bit I stands for vocabulary_tag(I). */
typedef unsigned vocabulary_mask;

/* The tag of language I, below VOCABULARY_LANGUAGES. */
const char *vocabulary_tag(unsigned i);

/*
 * The languages that have the folded WORD; 0 when none has. A word with an apostrophe that none has
 * as it is counts by its parts: "l'adresse" by "l'" and "adresse". Builds its table at the first
 * call.
 */
vocabulary_mask vocabulary_find(struct span word);

/* The languages that write CHARACTER, which is not ASCII; all of them when it says nothing. */
vocabulary_mask vocabulary_letter(uint32_t character);

#endif
