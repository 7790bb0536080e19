/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * date: points in time and lengths of time, as mail, JSON and the configuration write them.
 *
 * A point in time is a count of seconds since 1970-01-01T00:00:00Z (leap seconds are not counted).
 * Years 0 to 9999 can be read and written. Nothing here looks at the host's locale or time zone.
 */
#ifndef POSTROOM_DATE_H
#define POSTROOM_DATE_H

#include "buf.h"

#include <stdbool.h>
#include <stdint.h>

/* A point in time as somebody's clock on the wall showed it. */
struct date {
    int64_t seconds;    /* since 1970-01-01T00:00:00Z, whatever the offset */
    int offset_minutes; /* the wall clock is this much ahead of UTC: 60 for +01:00 */
    bool known_offset;  /* false: the text named no (usable) zone; the time was taken as UTC */
};

/* The same point in time, in parts that people read. */
struct date_parts {
    int year;    /* 0 to 9999 */
    int month;   /* 1 to 12 */
    int day;     /* 1 to 31 */
    int weekday; /* 0 is Monday, 6 is Sunday */
    int hour, minute, second;
};

/*
 * Reads the value of a Date field, or what stands behind the `;` of a Received field: RFC 5322
 * sections 3.3 and 4.3 (comments, obsolete zones, two-digit years), and what real mail holds
 * instead: no or a wrong weekday, no comma, no seconds, fractions, month before day, full month
 * names, ctime and RFC 850 forms, ISO 8601, AM and PM, `+1`, `+01:00`, `GMT+0100`, names of
 * European zones, month names in French, German and Spanish. An unknown zone is taken as
 * UTC of unknown offset, as RFC 5322 4.3 asks. False, with OUT unchanged, when there is no year,
 * month, day or hour, or no such day; numeric dates with the year last (03/04/2026) are refused,
 * since nobody can know which is the month.
 */
bool date_parse_mail(struct span text, struct date *out);

/* Reads exactly one date-time of RFC 3339 section 5.6; `-00:00` is an unknown offset. */
bool date_parse_rfc3339(struct span text, struct date *out);

/*
 * Reads the ctime-like date that ends a From_ line (`From ADDRESS Tue Nov 24 09:00:00 2026`), with
 * or without seconds, zone before or behind the year, and `remote from HOST` behind it. The line
 * may end in LF or CR LF, begin with `>`, and have no address. False, with OUT unchanged, when LINE
 * does not begin with `From ` or has no such date: then it is no From_ line.
 */
bool date_parse_from_line(struct span line, struct date *out);

/* Appends `2026-11-24T08:00:00Z`. Times outside the years 0 to 9999 become the nearest inside. */
void date_write_utc(struct buf *out, int64_t seconds);

/* Appends `2026-11-24T09:00:00+01:00`; `Z` for a known offset of 0, `-00:00` for an unknown one. */
void date_write_offset(struct buf *out, struct date date);

/* Appends `Tue, 24 Nov 2026 09:00:00 +0100` (RFC 5322 section 3.3); `-0000` for unknown. */
void date_write_mail(struct buf *out, struct date date);

/* Appends `Tue Nov 24 08:00:00 2026`, in UTC: the date of a From_ line as we write it. */
void date_write_from_line(struct buf *out, int64_t seconds);

/* DATE in parts, on its own wall clock. */
struct date_parts date_split(struct date date);

/*
 * Days between 1970-01-01 and the given day of the Gregorian calendar (negative before); MONTH is
 * 1 to 12, DAY may lie outside the month.
 */
int64_t date_days(int year, int month, int day);

/*
 * The one clock of the house: $POSTROOM_NOW (RFC 3339) when it is set and not empty, else time(2).
 * An unusable $POSTROOM_NOW is reported: EX_USAGE.
 */
int clock_now(int64_t *seconds);

/*
 * Reads a length of time of ISO 8601 in weeks (`P2W`) or in days, hours, minutes and seconds
 * (`P1D`, `PT4H`, `PT30M`, `P1DT2H`): capitals, whole numbers of at most 9 digits, a day is 24
 * hours. Years and months are refused: their length is not known. False, with *SECONDS unchanged,
 * for anything else.
 */
bool duration_parse(struct span text, int64_t *seconds);

#endif
