/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * charset-guess: which character set octets without a usable label are in, by how well they fit
 * the letters of the languages that are written in each.
 *
 * For `charset` alone. A text of a few words is enough when it has a few letters that tell sets
 * apart; when nothing speaks against it the answer is windows-1252.
 */
#ifndef POSTROOM_CHARSET_GUESS_H
#define POSTROOM_CHARSET_GUESS_H

#include <stdbool.h>

#include "span.h"

struct charset_guess {
    const char *name; /* for iconv */
    size_t seen;      /* octets above 127 that were looked at */
    size_t gain;      /* tenths of nats by which NAME fits better than windows-1252 */
};

/* Guesses the set of OCTETS, which hold octets above 127 and are no valid UTF-8. */
struct charset_guess charset_guess_eight_bit(struct span octets);

/*
 * The set that octets name by themselves: `UTF-16LE` and its kin by byte order mark or by the
 * place of NULs, `ISO-2022-JP` and `ISO-2022-KR` by their escapes. NULL for all else.
 */
const char *charset_guess_marked(struct span octets);

/* The byte order of OCTETS in UTF-16 without a mark; big-endian when nothing tells (RFC 2781). */
const char *charset_guess_utf16(struct span octets);

#endif
