/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * unpack: what stands packed inside the parts of a message and is no part of its MIME structure:
 * the files and the body of TNEF (`winmail.dat`), files uuencoded or in yEnc in the middle of a
 * text, the entity inside an opaque S/MIME signature.
 *
 * Each becomes a mime_part below `inside` of the part that held it (ids "2.t1", "1.u1", "1.s1").
 * Nothing is decoded that nobody asked for, except what has to be open to see what is in it; that
 * counts against limits->decoded, each part against limits->parts, each layer against
 * limits->depth. Inner messages (message/rfc822) stay as they are.
 */
#ifndef POSTROOM_UNPACK_H
#define POSTROOM_UNPACK_H

#include "mime.h"

/* Unpacks MIME once; a second call does nothing. */
void unpack(struct mime *mime);

/*
 * The part after PART, among those of the outermost message and what was unpacked from them; NULL
 * at the end. What was unpacked comes right behind its container.
 */
struct mime_part *unpack_next(const struct mime_part *part);

#endif
