/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * language: which of the configuration's languages a text is in.
 *
 * Three things are added up, as logarithms of how much likelier they are in one language than in
 * the others: words that stand in a vocabulary, letters that only some languages write, and, when
 * these do not decide, the letters that follow each other (libexttextcat's fingerprints, of the
 * wanted languages only). Words and sequences are compared without accents, so that text written
 * without them is found as well.
 */
#ifndef POSTROOM_LANGUAGE_H
#define POSTROOM_LANGUAGE_H

#include "buf.h"

struct language; /* the languages to choose from */

struct language_guess {
    char tag[8];       /* BCP 47: one of the wanted, or "und" */
    double confidence; /* 0 to 1, two decimals; 0 with "und" */
    /* Another wanted language that has words of its own in the text, or that is nearly as likely;
     * "" when there is none. */
    char second[8];
};

/*
 * Languages to choose from: COUNT (at most 16) BCP 47 tags of at most 7 octets ("fr", "pt-BR" is
 * read as "pt" and answered as written). Costs nothing: the fingerprints are read at the first
 * guess that needs them. TAGS are copied. Never NULL. A language without installed fingerprint is
 * decided by its common words only, one without vocabulary by its fingerprint only.
 */
struct language *language_open(const char *const *tags, size_t count);

/*
 * The language of TEXT (valid UTF-8) into *GUESS. Text of less than 3 words or 9 letters is "und",
 * and so is one that looks like another language of ours, or like none. Only the first 4,096 octets
 * are looked at, addresses, URLs, initials and what has a digit left out.
 *
 * The confidence is the probability that the tag is right, lowered when another language has more
 * than a fifth of the words that only one of the two has: the mail is then in two languages, and
 * `second` is the other. Deterministic; on a tie the language named first wins.
 */
void language_guess(struct language *language, struct span text, struct language_guess *guess);

/* Frees; NULL is allowed. */
void language_close(struct language *language);

#endif
