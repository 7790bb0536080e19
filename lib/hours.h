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

#endif
