/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tnef: Outlook's own form of a message, `winmail.dat` ([MS-OXTNEF]), and the compressed RTF in it
 * ([MS-OXRTFCP]).
 *
 * Read by our own code: a chain of records with a length each, of which few matter. All lengths are
 * checked against what is there; what lies ends the reading, and what was read before it counts.
 * Linear; spans into the octets; check sums are not looked at, as in other readers.
 */
#ifndef POSTROOM_TNEF_H
#define POSTROOM_TNEF_H

#include "arena.h"
#include "buf.h"

/* A piece of text and how it is coded. */
struct tnef_text {
    struct span octets; /* NULL: there is none */
    const char *charset;
};

/* One attached file. */
struct tnef_file {
    struct tnef_text name; /* the long one when there is one */
    struct span type;      /* `image/png`, as written; empty when not told */
    struct span cid;       /* Content-ID without brackets, as written */
    struct span data;
    bool is_message; /* DATA is TNEF again: an attached message */
};

struct tnef {
    struct tnef_file *files;
    size_t count;
    struct tnef_text plain; /* the body, in whichever forms are there */
    struct tnef_text html;
    struct span rtf; /* compressed; see tnef_rtf */
};

/* OCTETS begin as TNEF does. */
bool tnef_is(struct span octets);

/* Reads OCTETS; at most FILES_MAX files. False when they are no TNEF at all. */
bool tnef_read(struct arena *arena, struct span octets, size_t files_max, struct tnef *tnef);

/*
 * Appends what COMPRESSED RTF stands for, at most LIMIT octets. False when it is no such thing;
 * when it breaks off, what came before it counts.
 */
bool tnef_rtf(struct buf *out, struct span compressed, size_t limit);

#endif
