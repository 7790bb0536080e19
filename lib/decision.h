/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * decision: a filter's answer for a delivery, kept in the store, so that the same delivery (a
 * requeue, a restart) gets the same answer and does no harm twice.
 *
 * The answer is the members that the filter writes and the errors it added. It belongs to the
 * digest of the members that the filter reads: with another digest it decides anew.
 */
#ifndef POSTROOM_DECISION_H
#define POSTROOM_DECISION_H

#include "filter.h"
#include "message.h"

/*
 * Lets the filter of RUN decide on MESSAGE, or gives it the stored answer. Inside the group's
 * transaction when the run has a store. 0 or what the filter or store returned.
 */
int decision_apply(struct filter_run *run, struct message *message);

#endif
