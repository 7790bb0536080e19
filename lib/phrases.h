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

#include "span.h"

enum phrases {
    /* Heads of earlier messages: for `earlier`. */
    PHRASES_WROTE,     /* "wrote", in an attribution */
    PHRASES_STARTERS,  /* with which an attribution begins: "on", "le" */
    PHRASES_PEOPLE,    /* "your": a sentence about what somebody wrote */
    PHRASES_ORIGINAL,  /* "original message" */
    PHRASES_FORWARDED, /* "forwarded message", between rules */
    PHRASES_BEGIN,     /* "begin forwarded message", without rules */
    PHRASES_PASSED_BY, /* "forwarded by", before a name */
    PHRASES_POINTERS,  /* "see below": says nothing of its own */

    /* Names of header fields, each between blanks; an underscore is a blank in the name. */
    PHRASES_FROM,
    PHRASES_SENT,
    PHRASES_TO,
    PHRASES_SUBJECT,

    /* The frame of a letter: for `signature`. */
    PHRASES_GREETINGS,
    PHRASES_CLOSINGS,
    PHRASES_FORMULAS, /* closings that go on as a long sentence */
    PHRASES_THANKS,   /* close a letter too, but may be all there is */
    PHRASES_SENTENCE, /* words that no name holds */
    PHRASES_ROLES,    /* "director": the second line of a signature */
    PHRASES_STREETS,  /* "street": a postal address */
    PHRASES_CONTACT,  /* "phone": stands before a number */
    PHRASES_NUMBERS,  /* "order", "contract": the house can look it up */
    PHRASES_CHANGES,  /* "new address": the customer tells us something */
    PHRASES_POSTSCRIPT,

    /* What programs, lists and lawyers add: for `footer`. */
    PHRASES_DEVICES,  /* "sent from my", with which a line begins */
    PHRASES_EXCUSES,  /* "excuse my brevity", behind it */
    PHRASES_ATTACHED, /* "see attached file", in brackets */
    PHRASES_FOOTERS,  /* with which a paragraph begins that is a footer */
    PHRASES_SCANNERS, /* in a line that begins a footer, wherever it stands */
    PHRASES_NOTICES,  /* with which a legal notice begins */
    PHRASES_SECRET,   /* topics of legal notices: two of these four and it is */
    PHRASES_ADDRESSEE,
    PHRASES_MISTAKE,
    PHRASES_LIABLE,
    PHRASES_LISTS, /* mailing lists */
};

/* The list WHICH: a constant. */
const char *phrases(enum phrases which);

/*
 * What words_begin(TEXT, phrases(WHICH)) gives, faster: each line of a mail is compared with many
 * lists, of which only the words with its first letter are looked at.
 */
size_t phrases_begin(enum phrases which, struct span text);

#endif
