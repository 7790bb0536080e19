/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "control.h"

#include <string.h>

#define LINES_MAX 32

static bool is_blank(char octet)
{
    return octet == ' ' || octet == '\t';
}

/* LINE is a control line with a verb. */
static bool is_control(struct span line)
{
    return span_begins_nocase(line, SPAN("Triage:")) &&
           span_trim((struct span){line.octets + 7, line.length - 7}).length > 0;
}

/* TEXT without the blank lines in front. */
static struct span skip_blank_lines(struct span text)
{
    for (;;) {
        struct span after = text;
        struct span line = span_line(&after);

        if (line.length == 0 || span_trim(line).length > 0)
            return text;
        text = after;
    }
}

/* Reads one control line, joined, into *OUT. */
static void read_line(struct arena *arena, struct span line, struct control_line *out)
{
    char *verb;
    size_t length = 0;

    line = span_trim((struct span){line.octets + 7, line.length - 7});
    while (length < line.length && !is_blank(line.octets[length]))
        length++;
    verb = arena_copy(arena, line.octets, length);
    for (size_t i = 0; i < length; i++)
        if (verb[i] >= 'A' && verb[i] <= 'Z')
            verb[i] = (char)(verb[i] + ('a' - 'A'));
    out->verb = (struct span){verb, length};
    out->argument = span_trim((struct span){line.octets + length, line.length - length});
}

size_t control_take(struct arena *arena, struct span *text, struct control_line **lines)
{
    struct span rest = skip_blank_lines(*text);
    struct buf joined = BUF_INIT;
    size_t capacity = 0;
    size_t count = 0;

    *lines = NULL;
    while (count < LINES_MAX) {
        struct span after = rest;
        struct span line = span_chomp(span_line(&after));

        if (!is_control(line))
            break;
        buf_clear(&joined);
        buf_span(&joined, line);
        while (after.length > 0 && is_blank(after.octets[0])) {
            struct span next = after;
            struct span more = span_trim(span_line(&next));

            if (more.length == 0)
                break;
            buf_char(&joined, ' ');
            buf_span(&joined, more);
            after = next;
        }
        *lines = arena_grow(arena, *lines, count, &capacity, sizeof(**lines));
        read_line(arena,
                  (struct span){arena_copy(arena, joined.octets, joined.length), joined.length},
                  &(*lines)[count++]);
        rest = after;
    }
    buf_release(&joined);
    if (count > 0)
        *text = skip_blank_lines(rest);
    return count;
}
