/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes TNEF, for the tests that read it. */
#ifndef POSTROOM_TEST_TNEF_MAKE_H
#define POSTROOM_TEST_TNEF_MAKE_H

#include "buf.h"

static inline void make_number(struct buf *out, uint32_t number, int octets)
{
    for (int i = 0; i < octets; i++)
        buf_char(out, (char)(number >> (8 * i) & 0xff));
}

static inline void make_begin(struct buf *out)
{
    make_number(out, 0x223e9f78, 4);
    make_number(out, 1, 2);
}

static inline void make_record(struct buf *out, uint32_t id, struct span data)
{
    buf_char(out, (char)((id & 0xffff) >= 0x9002 && (id & 0xffff) != 0x9003 ? 2 : 1));
    make_number(out, id, 4);
    make_number(out, (uint32_t)data.length, 4);
    buf_span(out, data);
    make_number(out, 0, 2);
}

/* A property of any size (0x1e, 0x1f, 0x0d, 0x102). */
static inline void make_property(struct buf *out, unsigned type, unsigned id, struct span value)
{
    make_number(out, type, 2);
    make_number(out, id, 2);
    make_number(out, 1, 4);
    make_number(out, (uint32_t)value.length, 4);
    buf_span(out, value);
    for (size_t i = value.length; i % 4 != 0; i++)
        buf_char(out, '\0');
}

static inline void make_long(struct buf *out, unsigned id, uint32_t value)
{
    make_number(out, 3, 2);
    make_number(out, id, 2);
    make_number(out, value, 4);
}

/* A file with a short name and, unless LONG_NAME is NULL, properties: UTF-16 of ASCII. */
static inline void make_file(struct buf *out, const char *name, const char *long_name,
                             struct span data)
{
    struct buf properties = BUF_INIT;
    struct buf wide = BUF_INIT;

    make_record(out, 0x00069002, SPAN("\1\0\0\0\0\0\0\0\0\0\0\0\0\0"));
    make_record(out, 0x0006800f, data);
    make_record(out, 0x00018010, (struct span){name, strlen(name) + 1});
    if (long_name != NULL) {
        for (size_t i = 0; i <= strlen(long_name); i++)
            make_number(&wide, (unsigned char)long_name[i], 2);
        make_number(&properties, 2, 4);
        make_property(&properties, 0x1f, 0x3707, buf_view(&wide));
        make_property(&properties, 0x1e, 0x370e, SPAN("Image/PNG\0"));
        make_record(out, 0x00069005, buf_view(&properties));
    }
    buf_release(&properties);
    buf_release(&wide);
}

/* The record of a message's properties with one of them. */
static inline void make_message_property(struct buf *out, unsigned type, unsigned id,
                                         struct span value)
{
    struct buf properties = BUF_INIT;

    make_number(&properties, 1, 4);
    make_property(&properties, type, id, value);
    make_record(out, 0x00069003, buf_view(&properties));
    buf_release(&properties);
}

/* RTF in the frame of compressed RTF, without compression. */
static inline void make_rtf(struct buf *out, const char *rtf)
{
    make_number(out, (uint32_t)strlen(rtf) + 12, 4);
    make_number(out, (uint32_t)strlen(rtf), 4);
    buf_string(out, "MELA");
    make_number(out, 0, 4);
    buf_string(out, rtf);
}

#endif
