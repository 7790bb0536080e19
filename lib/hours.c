/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hours.h"

struct calendar *hours_open(struct arena *arena, const struct config_calendar *from, int *code)
{
    struct calendar_span *spans = arena_array(arena, 2 * from->hours_count, sizeof(*spans));
    struct calendar_settings settings = {
        .name = from->id, .zone = from->zone, .spans = spans, .holidays = from->holidays};

    for (size_t i = 0; i < from->hours_count; i++) {
        const struct config_hours *hours = &from->hours[i];
        struct calendar_span span = {hours->days, hours->from, hours->until};

        /* Round the clock from some hour on: two halves. */
        if (hours->from == hours->until) {
            span.to = 24 * 60;
            spans[settings.span_count++] = span;
            span.weekdays = ((hours->days << 1) | (hours->days >> 6)) & 0x7fU;
            span.from = 0;
            span.to = hours->until;
        }
        spans[settings.span_count++] = span;
    }
    return calendar_open(arena, &settings, code);
}
