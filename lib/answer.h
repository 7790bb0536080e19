/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * answer: what one message is answered with: whom we write as, the template and its language, the
 * time that is promised, the mail. Reads the message, its triage and the configuration, never the
 * store or the clock. Whether there is an answer at all is asked elsewhere (guard), the form of the
 * mail is made elsewhere (reply).
 */
#ifndef POSTROOM_ANSWER_H
#define POSTROOM_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "config.h"
#include "hours.h"
#include "house.h"
#include "message.h"
#include "reply.h"
#include "template.h"

/* An answer in the making. All is borrowed; the caller gives what stands above the blank line. */
struct answer {
    struct message *message;          /* that is answered */
    const char *case_id;              /* NULL: no case, and no answer can be written */
    const char *key;                  /* of the outbox row; NULL without a case */
    const char *recipient;            /* usable address (guard_recipient), or NULL */
    const struct config_brand *brand; /* whom we write as (answer_brand), or NULL */

    const struct template *template; /* by answer_choose_template; NULL until then */
    const char *template_id;         /* "acknowledge.fr", with the template */
    int64_t promise;                 /* by answer_find_promise, UTC seconds; 0 until then */
};

/*
 * The brand of MESSAGE (`triage.brand`); in a house with one brand that one, when none was found.
 * NULL when it is not known.
 */
const struct config_brand *answer_brand(const struct config *config, struct message *message);

/*
 * Sets the template of ANSWER, which has a brand, and its id, from TEMPLATES: a complaint's, that
 * of closing time (HOURS of the route's queue, when the message came), else the plain one, in the
 * language that fits best. Both stay NULL when there is none. 0 or a sysexits code, having reported
 * the failure.
 */
int answer_choose_template(struct answer *answer, const struct config *config, struct hours *hours,
                           struct reply_templates *templates);

/*
 * Sets the promise of ANSWER: the deadline of the first reply, else of the case. False when the
 * route has none that is later than the message.
 */
bool answer_find_promise(struct answer *answer);

/*
 * Appends the mail to MAIL and the promised time (RFC 3339, in the brand's time zone) to MOMENT.
 * ANSWER is complete: case, recipient, brand, template and promise are there. KEY gives the ids.
 * 0 or EX_CONFIG, having reported.
 */
int answer_write(const struct answer *answer, const struct house_key *key, struct buf *mail,
                 struct buf *moment);

#endif
