/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * encoded: files that stand in the middle of a text: uuencode (POSIX, also its base64 form) and
 * yEnc 1.3.
 *
 * Spans into the text; nothing is copied and nothing is decoded before somebody asks. Linear; a
 * file without an end ends where its lines do.
 */
#ifndef POSTROOM_ENCODED_H
#define POSTROOM_ENCODED_H

#include "buf.h"

enum encoded_kind { ENCODED_UU, ENCODED_BASE64, ENCODED_YENC };

struct encoded_file {
    enum encoded_kind kind;
    struct span whole; /* from its first line up to, with, its last one */
    struct span data;  /* the lines between */
    struct span name;  /* as written; may be empty */
};

/*
 * Finds the first file in *REST and moves *REST behind it; false when there is none. A line counts
 * as a beginning only when a line of data stands under it.
 */
bool encoded_next(struct span *rest, struct encoded_file *file);

/*
 * Appends to OUT (NULL: only counts) what DATA stands for, and stops when LIMIT octets are there.
 * DATA may have its first and last line with it. Returns the number of octets, which is never over
 * LIMIT. Not for ENCODED_BASE64: that is mime_base64_decode.
 */
size_t encoded_decode(struct buf *out, enum encoded_kind kind, struct span data, size_t limit);

#endif
