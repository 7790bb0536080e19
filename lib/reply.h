/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reply: the mail that an automatic answer is, and the templates that it is made from.
 *
 * A mail is a function of its facts, byte for byte: no clock, no random boundary. Lines end in LF,
 * as sendmail and Maildirs want it; everything is ASCII (encoded words, quoted-printable), lines
 * have at most 76 octets, but for identifiers that cannot be folded. Nothing that a stranger wrote
 * reaches a header field with a line end or control character in it.
 */
#ifndef POSTROOM_REPLY_H
#define POSTROOM_REPLY_H

#include <stdint.h>

#include "arena.h"
#include "buf.h"
#include "config.h"
#include "house.h"
#include "template.h"

/* What an answer is made of. */
struct reply {
    const struct config_brand *brand;
    const struct house_key *key;
    const char *case_id;
    const char *outbox_key;       /* gives the Message-ID */
    const char *recipient;        /* usable address (guard_recipient) */
    const char *template;         /* "acknowledge.fr": value of the mark */
    int64_t time;                 /* of the message that is answered, UTC seconds */
    struct span message_id;       /* of that message, without angle brackets; may be empty */
    const struct span *ancestors; /* its References, the same way */
    size_t ancestor_count;
    struct span text; /* rendered template: see reply_split */
};

/*
 * Appends the mail. The subject is the line `Subject: …` that `text` begins with, the body what
 * stands behind the empty line. 0, or EX_CONFIG when `text` does not begin so or the brand's time
 * zone is not known.
 */
int reply_write(struct buf *out, const struct reply *reply);

/*
 * TEXT as one line that may go into a header field or a greeting: valid UTF-8, controls and
 * text-direction characters out, blanks of all kinds as one blank, none at the ends, cut to MOST
 * characters (with an ellipsis then). In ARENA.
 */
struct span reply_line(struct arena *arena, struct span text, size_t most);

/*
 * TEXT names a place in the web (`://`, `www.`): what a stranger wrote is not repeated then, or
 * people could send advertising through us, to whatever address they put into From.
 */
bool reply_advertises(struct span text);

/*
 * Appends TEXT (one line, UTF-8) as the value of a header field: as it is when it is plain ASCII,
 * else as encoded words (RFC 2047), folded so that no line has more than 76 octets. COLUMN octets
 * stand on the line already. reply_phrase writes a display name: quoted when it needs quotes.
 */
void reply_unstructured(struct buf *out, struct span text, size_t column);
void reply_phrase(struct buf *out, struct span name, size_t column);

/* Appends TEXT as quoted-printable (RFC 2045 section 6.7), line ends LF; `From ` and `.` at the
 * beginning of a line are encoded too. */
void reply_quoted_printable(struct buf *out, struct span text);

/* The templates of a folder, FOLDER/NAME.LANGUAGE.mustache, read when first asked for. */
struct reply_templates;

/* Opens the templates of FOLDER (NULL: there are none). Reads nothing yet. Never NULL. */
struct reply_templates *reply_templates_open(const char *folder);

/* Frees. NULL is allowed. */
void reply_templates_close(struct reply_templates *templates);

/*
 * The template NAME in LANGUAGE (a tag, or its primary subtag when the tag itself has none) into
 * *TEMPLATE, NULL when there is no such file; *ID becomes "NAME.LANGUAGE" as found. 0, or EX_CONFIG
 * (reported): it cannot be read or parsed.
 */
int reply_template(struct reply_templates *templates, const char *name, const char *language,
                   const struct template **template, const char **id);

#endif
