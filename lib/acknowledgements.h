/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * acknowledgements: which case was acknowledged, and how many automatic mails an address got. The
 * only module that writes the tables `acknowledgement` and `cap`; only `autoreply` and its commands
 * link it.
 *
 * A case is acknowledged once. All times are message times (UTC seconds), so that an archive gives
 * the same answers whenever it is replayed.
 */
#ifndef POSTROOM_ACKNOWLEDGEMENTS_H
#define POSTROOM_ACKNOWLEDGEMENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "store.h"

struct acknowledgement {
    const char *case_id;
    const char *delivery; /* delivery key of the message that is answered */
    const char *address;  /* of the recipient; counted without regard to the case of letters */
    const char *template; /* "acknowledge.fr" */
    int64_t promised_by;  /* UTC seconds; 0: no promise */
    int64_t time;         /* of the message */
};

/*
 * *YES: the case CASE_ID was acknowledged for another delivery than DELIVERY. 0 or EX_TEMPFAIL.
 */
int acknowledgement_by_another(struct store *store, const char *case_id, const char *delivery,
                               bool *yes);

/*
 * *COUNT: automatic mails that ADDRESS got for messages after SINCE and up to UNTIL, the one for
 * DELIVERY not counted. 0 or EX_TEMPFAIL.
 */
int acknowledgement_count(struct store *store, const char *address, const char *delivery,
                          int64_t since, int64_t until, int64_t *count);

/* Notes an acknowledgement, in place of one for the same delivery. 0 or EX_TEMPFAIL. */
int acknowledgement_add(struct store *store, const struct acknowledgement *acknowledgement);

/*
 * Forgets the acknowledgement of CASE_ID for DELIVERY and takes it off the count of its address:
 * the mail was taken back before it left. 0 or EX_TEMPFAIL.
 */
int acknowledgement_forget(struct store *store, const char *case_id, const char *delivery);

#endif
