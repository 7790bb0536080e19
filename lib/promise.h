/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * promise: a promised point in time in words, as a customer reads it in an answer.
 */
#ifndef POSTROOM_PROMISE_H
#define POSTROOM_PROMISE_H

#include "buf.h"
#include "date.h"

/*
 * Appends LOCAL in words, with the town of its time zone ZONE (IANA name). LANGUAGE is a BCP 47
 * tag, of which the primary subtag counts:
 *
 *     fr   mardi 24 novembre 2026 à 9 h 30 (heure de Paris)      stands behind "le", "avant le"
 *     en   Tuesday 24 November 2026 at 9:30 (Paris time)         stands behind "on", "by"
 *     de   Dienstag, 24. November 2026, 9:30 Uhr (Ortszeit Paris)    stands behind "bis", "am"
 *     es   martes 24 de noviembre de 2026 a las 9:30 (hora de París)   stands behind "el"
 *
 * French full hours are "9 h"; the blanks around that h, and before "Uhr", are U+00A0. Other
 * languages get `2026-11-24 09:30 (Paris)`, which needs no words. Seconds are left out.
 */
void promise_words(struct buf *out, const char *language, struct date local, const char *zone);

#endif
