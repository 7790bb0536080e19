/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * invitation: a calendar part (text/calendar, RFC 5545 and RFC 5546) as one line of text for people
 * and rules: what, when, where, who.
 */
#ifndef POSTROOM_INVITATION_H
#define POSTROOM_INVITATION_H

#include "buf.h"

/*
 * Appends a line about the first event or task of CALENDAR (UTF-8, LF), with its LF:
 *
 *     Invitation: Roof survey; 2026-11-24 09:00-10:00 (Europe/Paris); Site office; Jeanne Petit
 *
 * The first word is of METHOD and, for a reply, of PARTSTAT: Invitation, Accepted, Declined,
 * Tentative, Delegated, Reply, Cancelled, Counter-proposal, else Event. Times are those of the wall
 * clock in the zone that is named: nothing is converted, so that the line depends on CALENDAR
 * alone. Appends nothing, and returns false, when there is no event. Linear; no recursion.
 */
bool invitation_to_text(struct buf *out, struct span calendar);

#endif
