/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cases: deliveries, cases, parties, message ids and customers in the store. Only `dedupe` and its
 * commands link what writes here.
 *
 * All functions work inside a transaction and answer 0 or EX_TEMPFAIL, unless they say otherwise.
 * Strings that are found are copied into the arena given.
 */
#ifndef POSTROOM_CASES_H
#define POSTROOM_CASES_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "buf.h"
#include "house.h"
#include "store.h"

/* One delivery of a message (formats.md, "What becomes of a duplicate"). */
struct delivery {
    const char *key;
    const char *blob_id;
    const char *content;    /* copy_digest of the octets */
    const char *message_id; /* without brackets, or NULL */
    const char *text;       /* digest of the folded new text; "" when there is none */
    const char *customer;   /* id, or NULL */
    const char *case_id;    /* or NULL */
    const char *kind;
    int64_t received_at; /* UTC seconds */
};

/* An earlier delivery that a new one repeats. */
struct earlier {
    const char *key;
    const char *blob_id;
    const char *case_id; /* or NULL */
    int64_t received_at;
};

struct case_row {
    char id[CASE_ID_SIZE];
    const char *brand;    /* or NULL */
    const char *customer; /* id, or NULL */
    const char *subject;  /* normalised */
    const char *state;    /* "open", "answered", "closed" */
    int64_t opened_at;
    int64_t changed_at;
    int64_t follow_ups;
    const char *linked; /* id of the case it was split from, or NULL */
};

/* The stored row of delivery KEY; *FOUND says whether there is one. */
int delivery_get(struct store *store, struct arena *arena, const char *key, bool *found,
                 struct delivery *row);

/* Inserts or replaces the row of a delivery. */
int delivery_put(struct store *store, const struct delivery *row);

/*
 * The first delivery of equal content, of the same Message-ID and text, or of the same text by the
 * same customer since SINCE, other than KEY itself. *FOUND says whether there is one.
 */
int delivery_copy(struct store *store, struct arena *arena, const char *key, const char *content,
                  bool *found, struct earlier *earlier);
int delivery_same_id(struct store *store, struct arena *arena, const char *key,
                     const char *message_id, const char *text, bool *found,
                     struct earlier *earlier);
int delivery_same_text(struct store *store, struct arena *arena, const char *key,
                       const char *customer, const char *text, int64_t since, bool *found,
                       struct earlier *earlier);

/* *REUSED: another delivery of other content and text bears MESSAGE_ID. */
int delivery_id_reused(struct store *store, const char *key, const char *message_id,
                       const char *content, bool *reused);

/* The case ID; *FOUND. */
int case_get(struct store *store, struct arena *arena, const char *id, bool *found,
             struct case_row *row);

/* A new id for a case that BLOB_ID opens, not taken yet. */
int case_new_id(struct store *store, const struct house_key *key, const char *blob_id,
                char id[CASE_ID_SIZE]);

/* Inserts or replaces a case. */
int case_put(struct store *store, const struct case_row *row);

/*
 * The newest case of CUSTOMER with BRAND (NULL: none) and SUBJECT that changed since SINCE; *FOUND.
 */
int case_by_subject(struct store *store, struct arena *arena, const char *customer,
                    const char *brand, const char *subject, int64_t since, bool *found,
                    struct case_row *row);

/* The case that a message with Message-ID MESSAGE_ID belongs to; *FOUND. */
int case_by_message_id(struct store *store, struct arena *arena, const char *message_id,
                       bool *found, struct case_row *row);

/* Notes that MESSAGE_ID of message BLOB_ID belongs to a case. */
int case_add_message_id(struct store *store, const char *message_id, const char *blob_id,
                        const char *case_id);

/* Makes ADDRESS (lower case) a party to a case; *IS: whether it is one. */
int party_add(struct store *store, const char *case_id, const char *address);
int party_is(struct store *store, const char *case_id, const char *address, bool *is);

/* The addresses of all parties of a case: *ADDRESSES in ARENA, *COUNT of them. */
int party_list(struct store *store, struct arena *arena, const char *case_id,
               const char ***addresses, size_t *count);

/*
 * The customer whose address ADDRESS (lower case) is, made when there is none: *ID in ARENA. TIME
 * is when he was first seen. Ids are digests of the first address, keyed with KEY.
 */
int customer_of(struct store *store, struct arena *arena, const struct house_key *key,
                const char *address, int64_t time, const char **id);

#endif
