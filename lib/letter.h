/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * letter: the lines of a body, what they are called and how deep they are quoted. `earlier` finds
 * the heads of earlier messages in them, `signature` and `footer` the frame of a letter; `text`
 * brings them together and owns the interface for others.
 */
#ifndef POSTROOM_LETTER_H
#define POSTROOM_LETTER_H

#include "arena.h"
#include "buf.h"

/* What a line of a body belongs to. */
enum text_zone {
    TEXT_NEW,         /* the sender's own words */
    TEXT_GREETING,    /* "Bonjour," */
    TEXT_QUOTE,       /* an earlier message, or what stands under one */
    TEXT_ATTRIBUTION, /* "Le … a écrit :", a block of header lines, "-----Original Message-----" */
    TEXT_CLOSING,     /* "Cordialement," */
    TEXT_SIGNATURE,   /* name, telephone, "-- ", "Sent from my iPhone" */
    TEXT_DISCLAIMER, /* legal footers, virus scanners' and mailing lists' footers */
    TEXT_FORWARDED   /* the text of a message that was passed on with no or few own words */
};

struct text_line {
    struct span line; /* in the body, without its line end */
    enum text_zone zone;
    const char *why; /* static text: what made it so; never NULL */
};

/* What the passes need to know of a line. */
struct letter_line {
    struct span key; /* folded by fold_plain, without quote marks, at most 400 octets of the line */
    struct span core; /* the line itself, without quote marks and blanks at the ends */
    size_t depth;     /* quote marks */
    bool whole;       /* KEY is the whole line */
};

struct letter {
    struct text_line *lines;  /* in the arena, as is all here */
    struct letter_line *rows; /* of the same lines */
    size_t count;
    size_t depth; /* quote marks of the message that is looked at: over 0 in a quoted forward */
};

/* Splits TEXT, valid UTF-8, into LETTER's lines, all of them TEXT_NEW. */
void letter_read(struct arena *arena, struct span text, struct letter *letter);

/* LINE has nothing but white space. */
bool letter_is_blank(const struct letter *letter, size_t line);

/* The line is not blank and TEXT_NEW. */
bool letter_is_new(const struct letter *letter, size_t line);

/* The line has more quote marks than the message that is looked at. */
bool letter_is_quoted(const struct letter *letter, size_t line);

/* Nothing but the characters of rules, at least LEAST of them. */
bool letter_is_rule(struct span core, size_t least);

/* The next line from LINE on that is not blank; END when there is none before it. */
size_t letter_next(const struct letter *letter, size_t line, size_t end);

/* Gives the lines from FROM up to TO their zone. WHY is static text. */
void letter_mark(struct letter *letter, size_t from, size_t to, enum text_zone zone,
                 const char *why);

/* TEXT without blanks and invisible characters at its ends. */
struct span letter_trim(struct span text);

#endif
