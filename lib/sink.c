/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sink.h"

/* Octets that go to `drain` from where they lie; fewer are cheaper to copy than to write alone. */
#define LARGE ((size_t)64 * 1024)
/* Octets that are encoded at once: whole quanta of base64. */
#define PIECE ((size_t)48 * 1024)

void sink_flush(struct sink *sink)
{
    if (sink->drain == NULL || sink->out->length == 0)
        return;
    if (sink->code == 0)
        sink->code = sink->drain(sink->data, buf_view(sink->out));
    buf_clear(sink->out);
}

void sink_span(struct sink *sink, struct span span)
{
    if (sink->drain == NULL || span.length < LARGE) {
        buf_span(sink->out, span);
        return;
    }
    sink_flush(sink);
    if (sink->code == 0)
        sink->code = sink->drain(sink->data, span);
}

void sink_base64(struct sink *sink, struct span span)
{
    while (sink->drain != NULL && span.length > PIECE) {
        buf_base64(sink->out, (struct span){span.octets, PIECE});
        span.octets += PIECE;
        span.length -= PIECE;
        if (sink->out->length >= LARGE)
            sink_flush(sink);
    }
    buf_base64(sink->out, span);
}
