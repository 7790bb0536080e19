/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * email: the Email object of RFC 8621 section 4.1 as JSON text (formats.md, "The Email object").
 */
#ifndef POSTROOM_EMAIL_H
#define POSTROOM_EMAIL_H

#include "buf.h"
#include "forms.h"
#include "mime.h"

#define EMAIL_NO_TIME INT64_MIN /* nobody knows when it arrived */

/* What the octets do not say. */
struct email_facts {
    struct span blob_id; /* `sha256-…` of the octets as first received */
    size_t size;         /* octets as first received */
    int64_t received_at; /* seconds since 1970, UTC; EMAIL_NO_TIME: the member is absent */
    struct span text;    /* plain text for the preview; octets NULL: taken from a text/plain part */
};

/* Which members body parts are written with; subParts are always there. */
struct email_part_choice {
    unsigned members; /* mask of what email_part_member gives */
    const struct form_property *headers;
    size_t header_count;
};

/* The bit of the member NAME of body parts; false when they have none of this name. */
bool email_part_member(struct span name, unsigned *member);

/* The lists textBody, htmlBody and attachments (RFC 8621 section 4.1.4). */
struct email_parts {
    struct mime_part **text, **html, **attachments;
    size_t text_count, html_count, attachment_count;
};

/*
 * Sorts the parts of MIME's outermost message into *PARTS, whose arrays live in MIME's arena.
 *
 * First the RFC's own algorithm; then what `unpack` found: files behind the part that held them in
 * `attachments`, signed content as if it stood in the place of its container (which stays in
 * `attachments`), and the body of TNEF in `text` or `html` when no other part has any text.
 */
void email_parts(struct mime *mime, struct email_parts *parts);

/* email_best_text when the lists are at hand. */
struct span email_text_of(struct mime *mime, const struct email_parts *parts, bool *is_html);

/*
 * Appends the Email object of MIME, one JSON object without newline: `{"blobId":…,"preview":"…"}`.
 * Whoever adds members (`triage`, `raw`) takes the last octet off, adds `,"triage":…` and `}`.
 *
 * Members in this order: blobId size messageId inReplyTo references sender from to cc bcc replyTo
 * subject sentAt receivedAt headers bodyStructure bodyValues textBody htmlBody attachments
 * hasAttachment preview. An absent header field is null. A part has partId (null for a multipart,
 * else its IMAP number: "1", "2.1"), blobId (null for a multipart, else the message's blobId, "/"
 * and partId: hashing each attachment would cost more than all the rest), size (decoded octets),
 * name, type, charset, disposition, cid, language, location, and in bodyStructure subParts for
 * multiparts. A message/rfc822 part is a leaf, as RFC 8621 has it.
 *
 * The text is valid UTF-8 and a function of octets, facts and limits alone.
 * Limits that are hit are added to mime->limits_hit.
 */
void email_write(struct buf *out, struct mime *mime, const struct email_facts *facts);

/* The same with the members of CHOICE in body parts, in the order above; NULL: those above. */
void email_write_chosen(struct buf *out, struct mime *mime, const struct email_facts *facts,
                        const struct email_part_choice *choice);

/*
 * The header of MIME's outermost message with the character set that its 8-bit text is likely in:
 * that of the first text part that names one.
 */
const struct header *email_header(struct mime *mime);

/*
 * The text from which the sender's words are taken: all text/plain parts of textBody in order, when
 * one of them is more than blanks; else the HTML parts, and *IS_HTML is true (html_to_text makes
 * text of them); else a part in RTF; else a line about a calendar part. Empty when there is none.
 * Valid UTF-8, in MIME's octets or arena. Plain text comes as people read it: paragraphs of
 * format=flowed joined, files that stood in it taken out, the armour of a clear signature off.
 */
struct span email_best_text(struct mime *mime, bool *is_html);

/*
 * TEXT, valid UTF-8, with what its lines have above limits->line octets left out, in MIME's arena;
 * TEXT itself when there is no such line. What looks at text line by line then costs what it
 * should.
 */
struct span email_lines_cut(struct mime *mime, struct span text);

#endif
