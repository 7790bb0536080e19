/* SPDX-License-Identifier: GPL-3.0-or-later */
/* utf8: reading, checking and repairing UTF-8 (RFC 3629: no surrogates, no overlong forms). */
#ifndef POSTROOM_UTF8_H
#define POSTROOM_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "span.h"

/*
 * Reads one character of at most LENGTH octets at TEXT into *CHARACTER. Returns the octets it
 * takes, 0 when there is no valid character (or LENGTH is 0).
 */
size_t utf8_read(const char *text, size_t length, uint32_t *character);

/* How many octets from TEXT on, of at most LENGTH, are ASCII. Looks at eight octets at a time. */
size_t utf8_ascii(const char *text, size_t length);

/* The whole span is valid UTF-8. Linear, and fast over ASCII. */
bool utf8_valid(struct span text);

/*
 * The longest start of TEXT that is at most LENGTH octets and does not cut a character. TEXT is
 * valid UTF-8.
 */
size_t utf8_cut(struct span text, size_t length);

#endif
