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

struct hours {
    struct arena *arena;
    const struct config *config;
    struct calendar **calendars; /* as in the configuration; NULL until somebody asks */
};

struct hours *hours_new(struct arena *arena, const struct config *config)
{
    struct hours *hours = arena_alloc(arena, sizeof(*hours));

    *hours = (struct hours){
        .arena = arena,
        .config = config,
        .calendars = arena_array(arena, config->calendar_count, sizeof(struct calendar *))};
    return hours;
}

int hours_of(struct hours *hours, const struct config_calendar *from,
             const struct calendar **calendar)
{
    struct calendar **place;
    int code = 0;

    *calendar = NULL;
    if (from == NULL)
        return 0;
    place = &hours->calendars[from - hours->config->calendars];
    if (*place == NULL)
        *place = hours_open(hours->arena, from, &code);
    *calendar = *place;
    return code;
}
