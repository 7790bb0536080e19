/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * likeness: does a name look like another to somebody who reads it in passing? Case, accents,
 * blanks, punctuation and invisible characters are left out; letters of other scripts and digits
 * that look like Latin letters are these (after Unicode's confusables, UTS 39, the common ones).
 */
#ifndef POSTROOM_LIKENESS_H
#define POSTROOM_LIKENESS_H

#include "buf.h"

struct likeness {
    struct buf letters; /* what is left of the name, one octet or more a letter */
    struct buf starts;  /* as long: '1' where a word of the name begins, else '0' */
};

/* What NAME, valid UTF-8, looks like. To be given to likeness_release. */
void likeness_make(struct likeness *likeness, struct span name);
void likeness_release(struct likeness *likeness);

/*
 * The name behind LIKENESS shows WANTED, valid UTF-8: as words of its own, however they are spaced;
 * one of six letters or more also as the beginning of a word, of eight or more anywhere. Names of
 * fewer than four letters are shown by nothing: they are in too many words.
 */
bool likeness_shows(const struct likeness *likeness, struct span wanted);

#endif
