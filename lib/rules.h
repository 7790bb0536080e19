/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rules: the conditions of the configuration's rules, held against messages.
 *
 * Patterns are PCRE2, in UTF mode with Unicode properties, without regard to case unless the
 * condition says otherwise; `^` and `$` are the ends of the whole text unless the pattern begins
 * with (?m). Word lists are held against text without case and accents (fold_plain), each word or
 * phrase as a whole; case="yes" means nothing to them.
 *
 * What is matched is in normal form C with LF line ends, and at most RULES_TEXT_MAX octets of it:
 * a pattern such as `\s+x` costs the square of the length, which no match limit counts.
 *
 * Nothing costs at start: patterns are compiled when they are first tried, and most are never
 * tried, since a scan for the words that they require comes first (literals.h). JIT code is made
 * for a pattern that is tried often. The answer depends on none of this: a pattern is given up
 * (RULE_UNDECIDED) only when both engines of PCRE2 reach the limit `pattern-steps`.
 */
#ifndef POSTROOM_RULES_H
#define POSTROOM_RULES_H

#include "config.h"
#include "message.h"

/* Octets of a text or subject that are held against the rules; what follows is not looked at. */
#define RULES_TEXT_MAX ((size_t)64 * 1024)

struct rules;

enum rule_answer {
    RULE_NO,
    RULE_HIT,
    RULE_UNDECIDED /* a pattern that the answer hangs on reached the limit `pattern-steps` */
};

/* Makes *RULES for CONFIG, which must outlive it. Compiles nothing yet. Always 0. */
int rules_open(const struct config *config, struct rules **rules);

/* Frees it. NULL is allowed. */
void rules_close(struct rules *rules);

/*
 * Compiles every condition of CONFIG. EX_CONFIG: each pattern that PCRE2 refuses and each word list
 * without a word was reported with file, line and column.
 */
int rules_check(const struct config *config);

/*
 * Whether rule NUMBER (its place in config->rules) has a condition that no word of its pattern can
 * spare: it is tried on every message. For people who look for what a rule set costs.
 */
bool rules_always_tried(struct rules *rules, size_t number);

/* Takes MESSAGE as the one that rules_try looks at; it must not change before the last try. */
void rules_begin(struct rules *rules, struct message *message);

/* Subject or text of the present message was longer than RULES_TEXT_MAX. */
bool rules_cut(const struct rules *rules);

/*
 * Holds the condition of rule NUMBER against the message, without its period. *ANSWER is set. With
 * WHY not NULL a few words for people are appended: what hit, or what was missing. EX_CONFIG: a
 * pattern was refused by PCRE2 (reported with its place).
 */
int rules_try(struct rules *rules, size_t number, enum rule_answer *answer, struct buf *why);

/* Whether the scan for required words is used, as it is at first. For tests that compare. */
void rules_use_scan(struct rules *rules, bool use);

#endif
