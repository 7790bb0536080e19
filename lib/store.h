/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * store: what must be remembered, behind one small interface to SQL.
 *
 * SQLite in `postroom.db` of the store's folder: WAL, synchronous=FULL, write transactions by
 * BEGIN IMMEDIATE, a busy store waited for (config->busy seconds). The schema has a version; an
 * older one is brought forward at opening, after a backup (postroom.db.VERSION.backup).
 *
 * Tables and who writes them (design/store.md): `decision` (store_decide), `event` (event.h) and
 * `outbox` (outbox.h) are shared; every other table is written by one module, which only the owning
 * program links.
 */
#ifndef POSTROOM_STORE_H
#define POSTROOM_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "config.h"

struct store;
struct store_statement;

/*
 * Opens the store of CONFIG into *STORE, making it when the folder has none. EX_CONFIG when the
 * configuration names no folder; EX_TEMPFAIL when the store is away, locked too long, damaged,
 * full, or of a newer schema.
 */
int store_open(const struct config *config, struct store **store);

/*
 * The same on a copy, in a temporary folder that store_close removes: for --dry-run. What is
 * written there is never seen by anybody.
 */
int store_open_copy(const struct config *config, struct store **store);

/* Closes; an open transaction is rolled back. NULL is allowed. */
void store_close(struct store *store);

/* The store's folder, absolute, and this host's name. */
const char *store_folder(const struct store *store);
const char *store_host(const struct store *store);

/*
 * A write transaction: begin waits for other writers; commit makes all durable. All answer
 * EX_TEMPFAIL on failure (reported); after a failed commit the transaction is rolled back.
 * store_rollback reports nothing.
 */
int store_begin(struct store *store);
int store_commit(struct store *store);
void store_rollback(struct store *store);

/* True between begin and commit or rollback. */
bool store_in_transaction(const struct store *store);

/*
 * A statement in SQL that SQLite and PostgreSQL share, parameters ?1 ?2 …; prepared once and kept.
 * SQL must be a string that lives as long as the store (a literal). NULL after a failure, reported.
 */
struct store_statement *store_prepare(struct store *store, const char *sql);

/* Binds parameter NUMBER (from 1). Spans must live until the statement was stepped to its end. */
void store_bind_text(struct store_statement *statement, int number, struct span text);
void store_bind_string(struct store_statement *statement, int number, const char *text);
void store_bind_blob(struct store_statement *statement, int number, struct span octets);
void store_bind_integer(struct store_statement *statement, int number, int64_t value);
void store_bind_null(struct store_statement *statement, int number);

/*
 * One step: 1 a row is there, 0 done (the statement is ready for the next use), negative: failure,
 * reported, statement reset.
 */
int store_step(struct store_statement *statement);

/* Ends the use of a statement before its last row. */
void store_reset(struct store_statement *statement);

/* Steps a statement that has no rows. 0 or EX_TEMPFAIL. NULL (a failed prepare) is allowed. */
int store_run(struct store_statement *statement);

/* Columns of the present row, from 0. Spans and strings live until the next step or reset. */
struct span store_text(struct store_statement *statement, int column);
int64_t store_integer(struct store_statement *statement, int column);
bool store_is_null(struct store_statement *statement, int column);

/* Rows that the last store_run changed. */
int64_t store_changes(const struct store *store);

/*
 * The stored decision of FILTER on DELIVERY: true and, in ANSWER (appended), the JSON text, when
 * one is kept and (unless DIGEST is NULL) was made from the same DIGEST. *CODE is 0 or EX_TEMPFAIL.
 */
bool store_decided(struct store *store, const char *delivery, const char *filter,
                   const char *digest, struct buf *answer, int *code);

/* Keeps a decision, in place of an earlier one. TIME is the message's, for expiry. */
int store_decide(struct store *store, const char *delivery, const char *filter, const char *digest,
                 struct span answer, int64_t time);

#endif
