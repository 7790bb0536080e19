/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fold: text made comparable.
 *
 * All functions take valid UTF-8 and append valid UTF-8 to OUT; all are idempotent (folding what
 * was folded changes nothing), linear in their input, and cannot fail.
 */
#ifndef POSTROOM_FOLD_H
#define POSTROOM_FOLD_H

#include "buf.h"

/*
 * Appends TEXT in Unicode normal form C with full case folding (ß is ss, Σ and ς are σ), every run
 * of white space (line ends and no-break spaces too) as one blank, none at the ends, and without
 * invisible characters (soft hyphen, zero-width space, byte order mark, other default ignorables;
 * control characters count as white space).
 */
void fold_text(struct buf *out, struct span text);

/* The same, and without accents: combining marks go, œ is oe, æ is ae, ø is o, ł is l, ’ is '. */
void fold_plain(struct buf *out, struct span text);

/*
 * Appends what SUBJECT is about, folded like fold_text: reply and forward prefixes of the usual
 * mail programs and languages (Re: RE[2]: Fwd: TR: AW: WG: RV: SV: Antw: RÉ: Réf : …), as many as
 * there are, and our case marks `[#…]` wherever they stand are taken out. May append nothing.
 */
void subject_normalise(struct buf *out, struct span subject);

#endif
