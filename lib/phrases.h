/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * phrases: what the frame of a letter is made of, in the languages that customers write.
 *
 * Lists for words.h: folded by fold_plain, words between bars. In phrases.c each list has one line
 * a language, so that adding a language is adding its lines. English, French, German, Spanish,
 * Italian, Portuguese, Dutch, Polish and Romanian are complete; what other languages have is for
 * the heads that mail programs write round quotes.
 */
#ifndef POSTROOM_PHRASES_H
#define POSTROOM_PHRASES_H

/* Heads of earlier messages: for `earlier`. */
extern const char phrases_wrote[];     /* "wrote", in an attribution */
extern const char phrases_starters[];  /* with which an attribution begins: "on", "le" */
extern const char phrases_people[];    /* "your": a sentence about what somebody wrote */
extern const char phrases_original[];  /* "original message" */
extern const char phrases_forwarded[]; /* "forwarded message", between rules */
extern const char phrases_begin[];     /* "begin forwarded message", without rules */
extern const char phrases_passed_by[]; /* "forwarded by", before a name */
extern const char phrases_pointers[];  /* "see below": says nothing of its own */

/* Names of header fields, each between blanks; an underscore is a blank in the name. */
extern const char phrases_from[];
extern const char phrases_sent[];
extern const char phrases_to[];
extern const char phrases_subject[];

/* The frame of a letter: for `signature`. */
extern const char phrases_greetings[];
extern const char phrases_closings[];
extern const char phrases_formulas[]; /* closings that go on as a long sentence */
extern const char phrases_thanks[];   /* close a letter too, but may be all there is */
extern const char phrases_sentence[]; /* words that no name holds */
extern const char phrases_roles[];    /* "director": the second line of a signature */
extern const char phrases_streets[];  /* "street": a postal address */
extern const char phrases_contact[];  /* "phone": stands before a number */
extern const char phrases_numbers[];  /* "order", "contract": the house can look it up */
extern const char phrases_changes[];  /* "new address": the customer tells us something */
extern const char phrases_postscript[];

/* What programs, lists and lawyers add: for `footer`. */
extern const char phrases_devices[];  /* "sent from my", with which a line begins */
extern const char phrases_excuses[];  /* "excuse my brevity", behind it */
extern const char phrases_attached[]; /* "see attached file", in brackets */
extern const char phrases_footers[];  /* with which a paragraph begins that is a footer */
extern const char phrases_scanners[]; /* in a line that begins a footer, wherever it stands */
extern const char phrases_notices[];  /* with which a legal notice begins */
extern const char phrases_secret[];   /* topics of legal notices: two of these four and it is */
extern const char phrases_addressee[];
extern const char phrases_mistake[];
extern const char phrases_liable[];
extern const char phrases_lists[]; /* mailing lists */

#endif
