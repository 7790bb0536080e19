/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * calendar: working hours, holidays and deadlines in a time zone (RFC 5545 for the holidays).
 *
 * Working time is counted in seconds that really pass: on the night when clocks go forward a span
 * from 0:00 to 6:00 has five hours of it. A wall-clock time that such a night leaves out means the
 * moment of the jump; one that comes twice means its first occurrence.
 */
#ifndef POSTROOM_CALENDAR_H
#define POSTROOM_CALENDAR_H

#include "arena.h"
#include "date.h"

#include <stddef.h>
#include <stdint.h>

/* Bits of `weekdays`: 1u << CALENDAR_MONDAY and so on. */
enum calendar_weekday {
    CALENDAR_MONDAY,
    CALENDAR_TUESDAY,
    CALENDAR_WEDNESDAY,
    CALENDAR_THURSDAY,
    CALENDAR_FRIDAY,
    CALENDAR_SATURDAY,
    CALENDAR_SUNDAY
};

/* How far calendar_add looks for working time, in days of the calendar. */
#define CALENDAR_SEARCH_DAYS 1830

/*
 * Opening hours on some weekdays, in minutes since midnight on the wall clock, 0 to 1440. FROM
 * above TO crosses midnight: it belongs to the weekday on which it begins (and a holiday on the
 * next day closes what reaches into it).
 */
struct calendar_span {
    unsigned weekdays; /* mask */
    int from;
    int to;
};

/* What the configuration says. Nothing of it is kept. */
struct calendar_settings {
    const char *name;                  /* the calendar's id, for messages */
    const char *zone;                  /* IANA name: "Europe/Paris" */
    const struct calendar_span *spans; /* several a day are allowed; overlaps count once */
    size_t span_count;
    const char *holidays; /* path of an iCalendar file, or NULL: each VEVENT closes its time */
};

struct calendar;

/*
 * Opens a calendar, or reports EX_CONFIG (EX_IOERR when the holidays cannot be read for another
 * reason than that there is no such file) and gives NULL: no such time zone, a span that is none,
 * no opening hours at all, holidays that are no iCalendar. The code is in *CODE unless that is
 * NULL.
 *
 * Holidays: VEVENT with DATE values (DTEND is the first day after; without DTEND or DURATION one
 * day) or times (UTC, with TZID, or floating: the calendar's zone), RRULE, RDATE and EXDATE.
 * Recurrences are expanded up to the end of 2099, at most 10,000 of one event. STATUS:CANCELLED
 * and TRANSP:TRANSPARENT events close nothing.
 */
struct calendar *calendar_open(struct arena *arena, const struct calendar_settings *settings,
                               int *code);

/*
 * The moment at which WORKING_SECONDS of working time have passed since START: counting begins at
 * the next opening when START is outside, and a due time that falls on closing time stays there.
 * With 0 (or less) it is START itself, or the next opening. Reports EX_CONFIG when the calendar
 * does not have so much working time within CALENDAR_SEARCH_DAYS.
 */
int calendar_add(const struct calendar *calendar, int64_t start, int64_t working_seconds,
                 int64_t *due);

/*
 * Working time between START and END in seconds; 0 when END is not after START. For any START and
 * any D that calendar_add accepts, calendar_working_between(START, calendar_add(START, D)) is D.
 */
int64_t calendar_working_between(const struct calendar *calendar, int64_t start, int64_t end);

/* Whether the calendar is open at UTC (the moment of closing is not open any more). */
bool calendar_is_open(const struct calendar *calendar, int64_t utc);

/* UTC on the wall clock of the calendar's zone. */
struct date calendar_local(const struct calendar *calendar, int64_t utc);

/* The IANA name of the calendar's zone. */
const char *calendar_zone(const struct calendar *calendar);

/*
 * UTC on the wall clock of the time zone ZONE (IANA name). Reports EX_CONFIG when the host knows no
 * such zone. Zones stay in memory once they were read.
 */
int zone_local(const char *zone, int64_t utc, struct date *local);

#endif
