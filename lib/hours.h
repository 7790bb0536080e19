/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hours: the calendars of the configuration, ready for use. */
#ifndef POSTROOM_HOURS_H
#define POSTROOM_HOURS_H

#include "arena.h"
#include "calendar.h"
#include "config.h"

/*
 * Opens the calendar that FROM describes, in ARENA. NULL after a failure, which calendar_open
 * reported and put into *CODE.
 */
struct calendar *hours_open(struct arena *arena, const struct config_calendar *from, int *code);

/* The calendars of one configuration, each opened when somebody first asks for it. */
struct hours;

/* None of CONFIG's calendars is opened yet. Lives in ARENA; CONFIG must outlive it. */
struct hours *hours_new(struct arena *arena, const struct config *config);

/*
 * The calendar that FROM, one of the configuration's or NULL, describes: *CALENDAR, which is NULL
 * for NULL and after a failure. 0 or what calendar_open reported.
 */
int hours_of(struct hours *hours, const struct config_calendar *from,
             const struct calendar **calendar);

#endif
