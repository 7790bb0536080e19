/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * language: which of the configuration's languages a text is in.
 *
 * libexttextcat's n-gram fingerprints, of the wanted languages only, and beside them votes of
 * common words for fr en de es it pt nl, which decide short texts written without accents.
 */
#ifndef POSTROOM_LANGUAGE_H
#define POSTROOM_LANGUAGE_H

#include "buf.h"

struct language; /* the languages to choose from */

struct language_guess {
    char tag[8];       /* BCP 47: one of the wanted, or "und" */
    double confidence; /* 0 to 1, two decimals; 0 with "und" */
    char second[8];    /* next best, "" when there is none */
};

/*
 * Languages to choose from: COUNT (at most 16) BCP 47 tags of at most 7 octets ("fr", "pt-BR" is
 * read as "pt" and answered as written). Costs nothing: the fingerprints are read at the first
 * guess. TAGS are copied. Never NULL. A tag without installed fingerprint is decided by its common
 * words only.
 */
struct language *language_open(const char *const *tags, size_t count);

/*
 * The language of TEXT (valid UTF-8) into *GUESS. Text of less than 3 words or 15 letters, or that
 * resembles none of the languages, is "und". Only the first 4,096 octets are looked at, addresses,
 * URLs and numbers left out. Deterministic; on a tie the language named first wins.
 */
void language_guess(struct language *language, struct span text, struct language_guess *guess);

/* Frees; NULL is allowed. */
void language_close(struct language *language);

#endif
