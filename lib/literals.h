/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * literals: which patterns need not be tried on a text.
 *
 * Most patterns of a rule set match few mails, and cannot match where none of their words stands.
 * literals_of_pattern reads such words out of a PCRE2 pattern; a literal_scan finds in one pass
 * which of all rules' literals stand in a text. Both sides are folded with fold_plain, so case,
 * accents and line ends do not matter. The answer may be "try it" too often, never too seldom.
 */
#ifndef POSTROOM_LITERALS_H
#define POSTROOM_LITERALS_H

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"
#include "buf.h"

/* Shorter literals stand nearly everywhere and save nothing. */
#define LITERAL_MIN 3

/* More alternatives than this in one pattern: it is always tried. */
#define LITERALS_MAX 64

/* Folded literals. Every match of a pattern holds at least one of them. */
struct literals {
    struct span *items;
    size_t count; /* 0: nothing is known, the pattern must always be tried */
};

/*
 * The literals of PATTERN (UTF-8, PCRE2 syntax without PCRE2_EXTENDED or PCRE2_LITERAL), in ARENA.
 * What it does not understand (recursion, conditions, verbs, \Q…\E, extended syntax) gives none.
 */
struct literals literals_of_pattern(struct arena *arena, struct span pattern);

/* Many literals, to be found in one pass over a text. */
struct literal_scan;

/* An empty set. Lives in ARENA, which holds the literals too. */
struct literal_scan *literal_scan_new(struct arena *arena);

/* Adds LITERAL (folded, at least LITERAL_MIN octets); returns its number. Equal ones share it. */
size_t literal_scan_add(struct literal_scan *scan, struct span literal);

/* Forgets what was found. */
void literal_scan_clear(struct literal_scan *scan);

/* Finds all literals in TEXT, which fold_plain made. May be called for several texts. */
void literal_scan_text(struct literal_scan *scan, struct span text);

/* Whether the literal of this number was found since the last clear. */
bool literal_scan_found(const struct literal_scan *scan, size_t number);

#endif
