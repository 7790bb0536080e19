/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * email: the Email object of RFC 8621 section 4.1 as JSON text (formats.md, "The Email object").
 */
#ifndef POSTROOM_EMAIL_H
#define POSTROOM_EMAIL_H

#include "buf.h"
#include "mime.h"

/* What the octets do not say. */
struct email_facts {
    struct span blob_id; /* `sha256-…` of the octets as first received */
    size_t size;         /* octets as first received */
    int64_t received_at; /* seconds since 1970, UTC */
    struct span text;    /* plain text for the preview; octets NULL: taken from a text/plain part */
};

/* The lists textBody, htmlBody and attachments (RFC 8621 section 4.1.4). */
struct email_parts {
    struct mime_part **text, **html, **attachments;
    size_t text_count, html_count, attachment_count;
};

/* Sorts the parts of MIME's outermost message into *PARTS, whose arrays live in MIME's arena. */
void email_parts(const struct mime *mime, struct email_parts *parts);

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

/*
 * The text from which the sender's words are taken: all text/plain parts of textBody in order, when
 * one of them is more than blanks; else the HTML parts, and *IS_HTML is true (html_to_text makes
 * text of them). Empty when there is neither. Valid UTF-8, in MIME's octets or arena.
 */
struct span email_best_text(struct mime *mime, bool *is_html);

#endif
