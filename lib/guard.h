/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * guard: who must never get an automatic answer (RFC 3834 section 2), and whom an answer goes to.
 *
 * One ordered table of reasons; the first that applies is the reason of the silence. What others
 * might loop with comes first (return path, marks, fields, addresses), then what the message is,
 * then what was decided of it, at last what the store says. Header fields are looked at in all
 * octets of the header section, however many there are; only without octets (--no-raw) in the
 * property `headers`.
 *
 *     null-return-path        the envelope sender is the null path (an unknown one is not)
 *     own-mark                our own automatic mail came back: see below
 *     auto-submitted          Auto-Submitted says anything but `no` (RFC 3834 section 5)
 *     list                    a List-… field (RFC 2369, RFC 2919), Precedence: list
 *     bulk                    Precedence: bulk or junk
 *     auto-response-suppress  X-Auto-Response-Suppress (All, AutoReply, OOF) and kin
 *     daemon-sender           mailer-daemon, postmaster, no-reply, owner-…, …-request, …-bounces
 *     no-sender               no address that an answer could go to
 *     kind-…                  bounce, auto-reply, feedback-report, bulk, spam, agent
 *     not-customer            any other kind but customer
 *     sensitive               a human writes first
 *     courtesy                thanks that need no answer
 *     limit, error            a limit was hit; another error stands on the message
 *     duplicate               the first of its kind was answered
 *     no-case                 no case, so no number to give
 *     acknowledged            this case was acknowledged for another message
 *     closed                  the case is closed, and this message did not open it again
 *     cap                     too many automatic mails to this address lately
 *     no-template             replies are off, or none fits; nobody to write as
 *     no-promise              the route has no deadline that is still to come
 *
 * A mail is our own when From has an address of one of our brands (or, without From, the envelope
 * sender is one), when it has the field GUARD_MARK, or when its Message-ID has our form and its
 * reply key is proven for somebody it went to. References prove nothing here: whoever answers our
 * mail quotes its Message-ID there, and he is a customer.
 *
 * The answer goes to the first usable address in From. RFC 3834 section 4 wants personal responders
 * to write to the return path, and lets services write to From or Reply-To: the return path of
 * customers' mail is often that of a provider or a form, and a Reply-To could point our mail at
 * somebody else, so it is never used. Without From the answer goes to the return path.
 */
#ifndef POSTROOM_GUARD_H
#define POSTROOM_GUARD_H

#include <stdbool.h>
#include <stddef.h>

#include "config.h"
#include "house.h"
#include "message.h"

/* The field that marks our automatic mail; its value names the template. */
#define GUARD_MARK "X-Postroom-Reply"

/* What the guard cannot know from the message, asked in this order and only if need be. */
enum guard_question {
    GUARD_ACKNOWLEDGED, /* the case was acknowledged for another delivery */
    GUARD_CAPPED,       /* the recipient got as many automatic mails as he may */
    GUARD_NO_TEMPLATE,  /* there is no template, or nobody to write as */
    GUARD_NO_PROMISE    /* there is no time to promise */
};

struct guard {
    const struct config *config;
    const struct house_key *key; /* NULL: no Message-ID can be proven ours */
    /* Answers QUESTION in *YES. 0 or a sysexits code, having reported. */
    int (*ask)(void *context, enum guard_question question, bool *yes);
    void *context; /* for `ask` */
};

/*
 * Looks at MESSAGE: *WHY becomes the name of the first reason to be silent (static), or NULL when
 * it may be answered. 0, or what `ask` returned.
 */
int guard_check(const struct guard *guard, struct message *message, const char **why);

/*
 * The address that an answer to MESSAGE goes to, as it was written, in its arena; NULL when there
 * is none. Usable is: ASCII, no quoted or empty local part, none that begins with a hyphen (a
 * program could take it for an option), a domain of at least two labels, at most 254 octets.
 */
const char *guard_recipient(struct message *message);

/* The reasons in their order, NUMBER from 0; NULL behind the last. */
const char *guard_reason(size_t number);

#endif
