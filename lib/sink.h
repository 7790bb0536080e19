/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sink: a buf that is emptied as it fills, so that a large message goes out without being held in
 * memory once more in the form that it is written in.
 *
 * Small things gather in `out`; what is large goes to `drain` from where it lies. Without a `drain`
 * all of it gathers.
 */
#ifndef POSTROOM_SINK_H
#define POSTROOM_SINK_H

#include "buf.h"

/* Takes octets that are ready. Returns 0 or an exit code, having reported the problem. */
typedef int (*sink_drain)(void *data, struct span octets);

struct sink {
    struct buf *out;  /* what was not drained yet; may be appended to directly */
    sink_drain drain; /* NULL: nothing is drained */
    void *data;       /* for drain */
    int code;         /* of the first drain that failed; from then on nothing is drained */
};

/* Appends SPAN; a large one is not copied when there is a drain. */
void sink_span(struct sink *sink, struct span span);

/* Appends SPAN as base64 without line breaks. */
void sink_base64(struct sink *sink, struct span span);

/* Drains what has gathered, if there is a drain. */
void sink_flush(struct sink *sink);

#endif
