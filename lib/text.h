/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text: what the sender wrote this time.
 *
 * Pure functions of a body that is valid UTF-8 (LF or CRLF line ends), without configuration and
 * without clock; linear in its length; they cannot fail.
 */
#ifndef POSTROOM_TEXT_H
#define POSTROOM_TEXT_H

#include "arena.h"
#include "letter.h" /* enum text_zone, struct text_line */

/*
 * Gives every line of BODY its zone: an array in ARENA at *LINES, whose number is returned. The
 * zones are final: text_new keeps the lines of TEXT_NEW, TEXT_GREETING, TEXT_CLOSING and
 * TEXT_FORWARDED.
 */
size_t text_zones(struct arena *arena, struct span body, struct text_line **lines);

/* The zone's name in lower case ("quote"), for people. */
const char *text_zone_name(enum text_zone zone);

/*
 * The sender's own text of BODY, in ARENA: the lines kept, with LF, in order, trimmed, without
 * runs of blank lines over two. Quotes between which the sender answered stay out, his answers stay
 * in, in order. A forwarded message under little own text is kept. When nothing would be left, the
 * whole BODY trimmed is returned and *ALL_QUOTED (which may be NULL) is true, else false; an empty
 * body gives the empty span and false.
 */
struct span text_new(struct arena *arena, struct span body, bool *all_quoted);

#endif
