/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * house: the identifiers that this house gives: digests, case ids, reply keys, Message-IDs
 * (formats.md, "Cases").
 */
#ifndef POSTROOM_HOUSE_H
#define POSTROOM_HOUSE_H

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"
#include "buf.h"

/* SHA-256 of OCTETS. */
void digest_sha256(unsigned char out[32], struct span octets);

/* "sha256-" and 64 hexadecimal digits, terminated: the blobId of OCTETS. */
#define BLOB_ID_SIZE 72
void blob_id(char out[BLOB_ID_SIZE], struct span octets);

/*
 * Digest, in the same form, of the content of a message: its octets without the fields that a
 * delivery adds (Return-Path, Received, Delivered-To, X-Original-To, Envelope-To, Delivery-Date,
 * Status, X-Status), line ends as LF. Equal digests are copies.
 */
void copy_digest(char out[BLOB_ID_SIZE], struct span octets);

/* The secret of the house. Whoever has it can make reply keys. */
struct house_key {
    unsigned char octets[32];
};

/*
 * Reads the key from PATH: 64 hexadecimal digits and perhaps a line end. EX_CONFIG when the file is
 * missing, has anything else, or others than the owner can write or others than his group read it.
 */
int house_key_load(const char *path, struct house_key *key);

/* A case id: 9 characters of Crockford base32 and a check character, terminated. */
#define CASE_ID_SIZE 11

/*
 * The id for a case that BLOB_ID opens: 45 bits of BLAKE2b, keyed with KEY, over BLOB_ID and RETRY,
 * which counts from 0 when the id is taken. The check character is a sum over GF(32) that changes
 * with every single wrong character and every swap of two neighbours.
 */
void case_id(char out[CASE_ID_SIZE], const struct house_key *key, const char *blob_id,
             unsigned retry);

/* Reads TEXT (10 characters; any case, O as 0, I and L as 1) as a case id; false when it is none.
 */
bool case_id_read(char out[CASE_ID_SIZE], struct span text);

/* A reply key: 60 bits as 12 characters of Crockford base32, terminated. */
#define REPLY_KEY_SIZE 13

/*
 * The reply key for ADDRESSEE (an address; case of ASCII letters ignored) in the case CASE_ID:
 * BLAKE2b keyed with KEY over both.
 */
void reply_key(char out[REPLY_KEY_SIZE], const struct house_key *key, const char *case_id,
               struct span addressee);

/* Compares two reply keys, as read, in constant time. */
bool reply_key_equal(const char *a, const char *b);

/* What our Message-IDs and reply addresses hold. */
struct house_mark {
    char case_id[CASE_ID_SIZE];
    char hash[9]; /* "" in a reply address */
    char key[REPLY_KEY_SIZE];
};

/*
 * Appends the Message-ID, without angle brackets, of the mail that composes outbox row OUTBOX_KEY:
 * `CASE.HASH.KEY@DOMAIN`. The same row always gives the same id.
 */
void house_message_id(struct buf *out, const struct house_key *key, const char *case_id,
                      const char *outbox_key, struct span addressee, const char *domain);

/* Appends the reply address `NAME+CASE.KEY@DOMAIN` of ADDRESS ("name@domain"). */
void house_reply_address(struct buf *out, const struct house_key *key, const char *case_id,
                         struct span addressee, const char *address);

/* Reads a Message-ID (with or without angle brackets) of ours. The key is not yet proven. */
bool house_message_id_read(struct span message_id, struct house_mark *mark);

/* Reads a reply address of ours. The key is not yet proven. */
bool house_reply_address_read(struct span address, struct house_mark *mark);

/* Finds the first `[#CASE]` with a right check character in TEXT; false when there is none. */
bool house_subject_tag(struct span text, char out[CASE_ID_SIZE]);

#endif
