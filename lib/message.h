/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * message: what all filters hand on: octets, envelope, Email object, triage.
 *
 * A message is known by its octets, by its line (one Email object as JSON text), or by both; what
 * is missing is made from the other when somebody asks. The filters read through JSON only
 * (message_triage, message_property), so they see the same data whether a message came as octets
 * from a neighbour in the same process or as a line through a pipe, and write the same bytes.
 *
 * `triage` is kept as an ordered list of members, each the JSON text that will be written: the
 * known members in the order of formats.md, then the unknown ones as they came, untouched.
 */
#ifndef POSTROOM_MESSAGE_H
#define POSTROOM_MESSAGE_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "buf.h"
#include "config.h"
#include "house.h"
#include "json.h"

struct email_part_choice;
struct mime;

/* One member of `triage`. */
struct triage_member {
    struct span name;    /* as it stands between its quotation marks */
    struct span json;    /* its value as text */
    json_object *parsed; /* own: `json` parsed, or NULL as long as nobody asked */
};

struct message {
    struct arena arena; /* own: all spans below that point into no input buffer */
    const struct config *config;

    const char *input; /* file name for diagnostics, "standard input" */
    uint64_t number;   /* in that input, from 1 */
    const char *file;  /* path of the message's own file in a folder, else NULL */
    int64_t file_time; /* the file's modification time, UTC seconds; INT64_MIN when unknown */

    struct span from_line; /* From_ line above the message with its line end, or empty */
    struct span above;     /* fields that were added above our block since; not the message's */
    struct span octets;    /* as received; see message_octets */
    bool has_octets;
    struct span line; /* the Email object as text; see message_line */
    bool has_line;
    bool line_has_extras;    /* `line` was read, and may hold `triage` and `raw` */
    struct json_index index; /* of `line`, when line_indexed */
    bool line_indexed;
    bool altered; /* size or digest of the block did not fit what stands below it */
    bool no_raw;  /* `raw` is not written */

    char blob_id[72];    /* "sha256-…"; "" until known */
    int64_t received_at; /* UTC seconds */
    bool has_received_at;

    struct triage_member *members;
    size_t member_count;
    size_t member_capacity;
    bool has_triage; /* `triage` is written even when it is empty */

    struct span derived_text; /* see message_derive_text; octets NULL until then */
    bool text_pending;        /* read with a block: `text` is to be made from the octets */

    /* Members of the body parts of a line that is made of the octets; NULL: the usual ones. */
    const struct email_part_choice *part_choice;

    struct mime *mime;        /* parsed octets, once somebody asked */
    unsigned limits_hit;      /* mask of enum limit, complete once the line was made */
    json_object **properties; /* own: what message_property parsed, to be freed */
    size_t property_count;
    size_t property_capacity;
    const char *delivery; /* see message_delivery */
};

/* Makes MESSAGE empty, for CONFIG; to be done once before the first use. */
void message_init(struct message *message, const struct config *config);

/* Forgets the message and frees what it holds; ready for the next one. */
void message_clear(struct message *message);

/* Frees everything. */
void message_release(struct message *message);

/*
 * "input.mbox, message 3": where the message came from, for diag. In the message's arena.
 */
const char *message_where(struct message *message);

/* ---- octets and Email object ---------------------------------------------------------------- */

/*
 * The octets as received (RFC 5322 form without From_ line and block). Decoded from `raw` when only
 * the line is there. False when the line has no usable `raw`.
 */
bool message_octets(struct message *message, struct span *octets);

/* The parsed octets, or NULL without octets. Belongs to the message. */
const struct mime *message_mime(struct message *message);

/*
 * The Email object as text, without `triage` and `raw` unless it was read so (line_has_extras):
 * derived from the octets when no line was read. blob_id must be set then; without received_at the
 * line has no receivedAt.
 */
struct span message_line(struct message *message);

/*
 * A property of the Email object ("subject", "from", "headers"; RFC 8621 section 4.1), parsed, or
 * NULL when it is absent or null. Borrowed from the message, not to be changed.
 */
json_object *message_property(struct message *message, const char *name);

/* The address, lower-cased, of the first mailbox of a property ("from", "replyTo"), or NULL. */
const char *message_address(struct message *message, const char *property);

/* The decoded subject; empty when there is none. */
struct span message_subject(struct message *message);

/*
 * What the sender wrote this time, made from the octets by `html` and `text` (the member
 * `triage.text`, which travels in lines and is made anew from octets). Empty without octets.
 */
struct span message_derive_text(struct message *message);

/* ---- triage ---------------------------------------------------------------------------------- */

/*
 * The value of a member of `triage`, parsed, or NULL when absent. Borrowed, not to be changed.
 * `text` is derived from the octets when the message came with a block, which does not hold it.
 */
json_object *message_triage(struct message *message, const char *name);

/* A string inside a member: message_triage_string(m, "kind", "value"). NULL when absent. */
const char *message_triage_string(struct message *message, const char *member, const char *name);

/* A member that is a boolean: its value; false when absent. */
bool message_triage_true(struct message *message, const char *name);

/* The text of a member as it will be written; empty when absent. */
struct span message_triage_json(struct message *message, const char *name);

/* Sets a member; takes VALUE. NULL removes the member. */
void message_set(struct message *message, const char *name, json_object *value);

/* Sets a member to a string of valid UTF-8, which is copied: faster than message_set for text. */
void message_set_string(struct message *message, const char *name, struct span text);

/* Sets a member to a JSON text, which is copied. */
void message_set_json(struct message *message, const char *name, struct span json);

/*
 * Adds {program, code, message} to `errors`, unless the same program and code stand there already.
 * TEXT is for people. Codes: `limit-NAME`, `altered`, … (lower case, hyphens).
 */
void message_error(struct message *message, const char *program, const char *code,
                   const char *text);

/* An error of code `limit-…` stands on the message. */
bool message_limit_hit(struct message *message);

/*
 * Reads the members of a `triage` object, VALUE, into MESSAGE, replacing what is there. VALUE was
 * accepted by json_scan. False when it is no object.
 */
bool message_read_triage(struct message *message, struct span value);

/* Appends the `triage` object as text. */
void message_write_triage(struct message *message, struct buf *out);

/* ---- what a delivery is ---------------------------------------------------------------------- */

/*
 * The delivery key (formats.md): blobId, and behind a blank the envelope recipient, lower-cased,
 * when it is known. In the message's arena.
 */
const char *message_delivery(struct message *message);

/* `envelope.rcptTo` and `envelope.mailFrom`; NULL is unknown, "" the null path. */
const char *message_recipient(struct message *message);
const char *message_return_path(struct message *message);

/* `kind.value`, "customer" when absent. */
const char *message_kind(struct message *message);

/* TEXT can be a blobId: `sha256-` and at most 64 hexadecimal digits. */
bool message_is_blob_id(struct span text);

/* Sets octets, blobId included. OCTETS must live as long as the message (its arena). */
void message_set_octets(struct message *message, struct span octets);

/* Confidences and scores as JSON, always with two decimals. */
json_object *message_number(double value);

#endif
