/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * words: looking for words in folded text.
 *
 * Text and words are as fold_plain makes them: lower case, without accents, one blank between
 * words. A list of words is one string, words between bars: "sent from|get outlook for". It must be
 * a constant of the program: what words_in and words_begin made of it is kept by its address. They
 * go through the text once, however long the list. Not for several threads.
 */
#ifndef POSTROOM_WORDS_H
#define POSTROOM_WORDS_H

#include "buf.h"

/* A letter: of ASCII, or any octet of a character beyond it. */
static inline bool words_is_letter(char octet)
{
    return (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z') || (octet & 0x80) != 0;
}

static inline bool words_is_digit(char octet)
{
    return octet >= '0' && octet <= '9';
}

/* TEXT without its first OCTETS. */
static inline struct span words_skip(struct span text, size_t octets)
{
    return (struct span){text.octets + octets, text.length - octets};
}

/* Takes the next word off the front of *LIST; false at the end. */
bool words_next(const char **list, struct span *word);

/* The first place of WORD in TEXT as a whole word, a stem when it ends in `*`; NULL without one. */
const char *words_find(struct span text, struct span word);

/* One of the list WORDS stands in TEXT. */
bool words_in(struct span text, const char *words);

/* Octets of the longest of the list WORDS with which TEXT begins; 0 when none. No stems. */
size_t words_begin(struct span text, const char *words);

/* TEXT ends in END, which need not be a word. */
bool words_end(struct span text, const char *end);

/* Words, and digits, of TEXT. */
size_t words_count(struct span text);
size_t words_digits(struct span text);

/* A time of day stands in TEXT: "9:05", "17.48", "19h30". */
bool words_time(struct span text);

/* TEXT without rules, stars, brackets and blanks at its ends. */
struct span words_bare(struct span text);

#endif
