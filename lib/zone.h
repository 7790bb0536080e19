/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * zone: time zones of the IANA database as the host has it (TZif, RFC 8536).
 *
 * Read directly: one file of 3 KB costs about 30 microseconds, where libical's way through
 * VTIMEZONE costs 3 to 30 milliseconds a zone, and libc knows one zone a process. Offsets are whole
 * minutes, as in RFC 3339; the seconds of local mean times before 1911 or so are cut off.
 */
#ifndef POSTROOM_ZONE_H
#define POSTROOM_ZONE_H

#include <stdint.h>

struct zone;

/*
 * The zone of the IANA name NAME ("Europe/Paris"), from $TZDIR or /usr/share/zoneinfo; NULL when
 * there is none or its file is damaged (nothing is reported: the caller knows where the name came
 * from). A zone stays in memory for the life of the process; the same name gives the same pointer.
 */
const struct zone *zone_find(const char *name);

/* How many minutes the wall clock of ZONE is ahead of UTC at the moment UTC. */
int zone_offset(const struct zone *zone, int64_t utc);

/*
 * The moment at which the wall clock of ZONE shows WALL, a count of seconds as if the zone were
 * UTC. A time that comes twice means the first; one that is left out means the moment of the jump.
 * The larger WALL, the later (or equal) the moment.
 */
int64_t zone_moment(const struct zone *zone, int64_t wall);

#endif
