/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of `absence`, folded as phrases are. Only absence.c uses this. */
#ifndef POSTROOM_ABSENCE_WORDS_H
#define POSTROOM_ABSENCE_WORDS_H

#include "wording.h"

/* What a phrase of the text says. */
enum absence_mark {
    /* what machines say */
    ABSENCE_AWAY,      /* I am away, now or soon; our office is closed */
    ABSENCE_RETURN,    /* I answer when I am back */
    ABSENCE_CONTACT,   /* ask somebody else meanwhile */
    ABSENCE_MAIL,      /* your message: thanks for it, or what becomes of it */
    ABSENCE_MACHINE,   /* this is an automatic reply */
    ABSENCE_GENERATED, /* this was generated, do not answer: also order confirmations say so */
    ABSENCE_GONE,      /* has left the firm */
    ABSENCE_UNREAD,    /* nobody reads this address */
    ABSENCE_RECEIVED,  /* your mail was received, somebody will answer */
    ABSENCE_CHALLENGE, /* prove that you are human */
    /* what people say */
    ABSENCE_MATTER, /* my order, please send me, I would like */
    ABSENCE_PAST,   /* I was away */
    ABSENCE_ABOUT,  /* about an automatic reply that he got */
    ABSENCE_FORWARD /* the head of a forwarded message */
};

/* The phrases of the text; *COUNT is how many lists they are. */
const struct wording_list *absence_phrases(size_t *count);

/* Lists as `words` reads them. */
enum absence_list {
    ABSENCE_SUBJECT_TERMS, /* a program's term for its subject */
    ABSENCE_SUBJECT_WORDS, /* a word for it that people also write */
    ABSENCE_BARE_TERMS     /* an automatic reply by its name alone, as a heading */
};

/* The words of LIST. */
const char *absence_list_words(enum absence_list list);

#endif
