/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * control: the control lines of agents (formats.md, "Agents' control lines"):
 *
 *     Triage: escalate 3
 *     Triage: note the customer mentions a lawyer
 *
 * at the very top of an agent's new text, ended by a blank line or by the first other line. A line
 * that begins with a blank goes on with the line above, since mail programs wrap long lines.
 */
#ifndef POSTROOM_CONTROL_H
#define POSTROOM_CONTROL_H

#include "arena.h"
#include "buf.h"

struct control_line {
    struct span verb;     /* lower case, never empty */
    struct span argument; /* trimmed; may be empty */
};

/*
 * Takes the control lines off the front of *TEXT (valid UTF-8): an array in ARENA at *LINES, whose
 * number is returned. *TEXT becomes what is left, without blank lines in front; it stays as it was
 * when there are none. At most 32 lines are read.
 */
size_t control_take(struct arena *arena, struct span *text, struct control_line **lines);

#endif
