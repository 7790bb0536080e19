/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "arena.h"
#include "diag.h"

/* Prepared statements are found again by the address of their SQL. */
#define STATEMENTS_MAX 96
#define STORE_FILE "/postroom.db"

struct store_statement {
    struct store *store;
    const char *sql;
    sqlite3_stmt *handle; /* own */
};

struct store {
    sqlite3 *database; /* own */
    char *folder;      /* own */
    char *path;        /* own */
    char *host;        /* own */
    bool in_transaction;
    bool is_copy; /* `folder` is temporary and goes with the store */
    struct store_statement statements[STATEMENTS_MAX];
    size_t statement_count;
};

/*
 * The schema, one entry a version: migrations[n] brings version n to n + 1. Entries that were
 * released are never changed. Who writes which table: design/store.md.
 */
static const char *const migrations[] = {
    /* shared */
    "CREATE TABLE decision (delivery TEXT NOT NULL, filter TEXT NOT NULL, digest TEXT NOT NULL,"
    " answer TEXT NOT NULL, time INTEGER NOT NULL, PRIMARY KEY (delivery, filter)) WITHOUT ROWID;"
    "CREATE TABLE event (key TEXT NOT NULL PRIMARY KEY, origin TEXT NOT NULL,"
    " seq INTEGER NOT NULL, line TEXT NOT NULL);"
    "CREATE UNIQUE INDEX event_seq ON event (origin, seq);"
    "CREATE TABLE chain (origin TEXT NOT NULL PRIMARY KEY, seq INTEGER NOT NULL,"
    " hash TEXT NOT NULL);"
    "CREATE TABLE outbox (key TEXT NOT NULL PRIMARY KEY, kind TEXT NOT NULL, state TEXT NOT NULL,"
    " host TEXT NOT NULL, delivery TEXT NOT NULL, blob_id TEXT NOT NULL, case_id TEXT, queue TEXT,"
    " template TEXT, mail_from TEXT NOT NULL, recipient TEXT, not_before INTEGER NOT NULL,"
    " message_time INTEGER NOT NULL, promised_by INTEGER NOT NULL, written_at INTEGER NOT NULL,"
    " attempts INTEGER NOT NULL DEFAULT 0, uncertain INTEGER NOT NULL DEFAULT 0, last_error TEXT,"
    " octets BLOB, in_file INTEGER NOT NULL DEFAULT 0);"
    "CREATE INDEX outbox_delivery ON outbox (delivery);"
    "CREATE INDEX outbox_state ON outbox (state, not_before);"
    /* dedupe */
    "CREATE TABLE delivery (key TEXT NOT NULL PRIMARY KEY, blob_id TEXT NOT NULL,"
    " content TEXT NOT NULL, message_id TEXT, text TEXT NOT NULL, customer TEXT, case_id TEXT,"
    " kind TEXT NOT NULL, received_at INTEGER NOT NULL);"
    "CREATE INDEX delivery_content ON delivery (content, received_at);"
    "CREATE INDEX delivery_message_id ON delivery (message_id);"
    "CREATE INDEX delivery_text ON delivery (customer, text, received_at);"
    "CREATE TABLE customer (id TEXT NOT NULL PRIMARY KEY, since INTEGER NOT NULL);"
    "CREATE TABLE customer_address (address TEXT NOT NULL PRIMARY KEY, customer TEXT NOT NULL);"
    "CREATE INDEX customer_address_customer ON customer_address (customer);"
    "CREATE TABLE cases (id TEXT NOT NULL PRIMARY KEY, brand TEXT, customer TEXT,"
    " subject TEXT NOT NULL, state TEXT NOT NULL, opened_at INTEGER NOT NULL,"
    " changed_at INTEGER NOT NULL, follow_ups INTEGER NOT NULL DEFAULT 0, linked TEXT);"
    "CREATE INDEX cases_subject ON cases (customer, subject, changed_at);"
    "CREATE TABLE party (case_id TEXT NOT NULL, address TEXT NOT NULL,"
    " PRIMARY KEY (case_id, address)) WITHOUT ROWID;"
    "CREATE TABLE message_id (message_id TEXT NOT NULL, blob_id TEXT NOT NULL,"
    " case_id TEXT NOT NULL, PRIMARY KEY (message_id, blob_id)) WITHOUT ROWID;"
    /* escalate */
    "CREATE TABLE assignment (case_id TEXT NOT NULL PRIMARY KEY, queue TEXT NOT NULL,"
    " level INTEGER NOT NULL, pinned INTEGER NOT NULL, assignee TEXT, due INTEGER,"
    " first_reply_due INTEGER, since INTEGER NOT NULL);"
    /* autoreply */
    "CREATE TABLE acknowledgement (case_id TEXT NOT NULL PRIMARY KEY, delivery TEXT NOT NULL,"
    " template TEXT NOT NULL, promised_by INTEGER, time INTEGER NOT NULL);"
    "CREATE TABLE cap (address TEXT NOT NULL, delivery TEXT NOT NULL, time INTEGER NOT NULL,"
    " PRIMARY KEY (address, delivery)) WITHOUT ROWID;"
    "CREATE INDEX cap_time ON cap (address, time);",
    /* 2: a case stays sensitive */
    "ALTER TABLE assignment ADD COLUMN sensitive INTEGER NOT NULL DEFAULT 0;",
};

#define SCHEMA_VERSION ((int)(sizeof(migrations) / sizeof(migrations[0])))

/* Reports SQLite's error. Everything that goes wrong with the store is temporary to a mail system.
 */
static int failed(struct store *store, const char *doing)
{
    int code = sqlite3_extended_errcode(store->database);
    const char *advice;

    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        advice = "another program holds it for long: look at postroom-status, and run it again";
        break;
    case SQLITE_FULL:
        advice = "make room on its disk, and run it again";
        break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        advice = "the file is damaged: restore a backup";
        break;
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
        advice = "make the folder and its files writable for this user";
        break;
    default:
        advice = "nothing was recorded; run it again";
    }
    return diag(EX_TEMPFAIL, store->path, "cannot %s: %s (%d): %s", doing,
                sqlite3_errmsg(store->database), code, advice);
}

static int execute(struct store *store, const char *sql, const char *doing)
{
    if (sqlite3_exec(store->database, sql, NULL, NULL, NULL) != SQLITE_OK)
        return failed(store, doing);
    return 0;
}

/* The schema's version; negative after a failure. */
static int version(struct store *store)
{
    sqlite3_stmt *handle;
    int value = -1;

    if (sqlite3_prepare_v2(store->database, "PRAGMA user_version", -1, &handle, NULL) !=
        SQLITE_OK) {
        failed(store, "read the schema's version");
        return -1;
    }
    if (sqlite3_step(handle) == SQLITE_ROW)
        value = sqlite3_column_int(handle, 0);
    else
        failed(store, "read the schema's version");
    sqlite3_finalize(handle);
    return value;
}

/* Copies the whole store into the file PATH. */
static int copy_database(struct store *store, const char *path)
{
    sqlite3 *copy = NULL;
    sqlite3_backup *backup;
    int code = SQLITE_ERROR;

    if (sqlite3_open(path, &copy) == SQLITE_OK) {
        backup = sqlite3_backup_init(copy, "main", store->database, "main");
        if (backup != NULL) {
            sqlite3_backup_step(backup, -1);
            code = sqlite3_backup_finish(backup);
        }
    }
    if (code != SQLITE_OK)
        diag(EX_TEMPFAIL, path, "cannot copy the store: %s", sqlite3_errmsg(copy));
    sqlite3_close(copy);
    return code == SQLITE_OK ? 0 : EX_TEMPFAIL;
}

/* A copy of the whole store beside it, taken before its schema is changed. */
static int back_up(struct store *store, int from)
{
    char *path = sqlite3_mprintf("%s.%d.backup", store->path, from);
    int code;

    if (path == NULL)
        diag_out_of_memory();
    code = copy_database(store, path);
    sqlite3_free(path);
    return code;
}

static int migrate(struct store *store)
{
    int code;
    int from = version(store);

    if (from == SCHEMA_VERSION)
        return 0;
    if (from < 0)
        return EX_TEMPFAIL;
    if (from > SCHEMA_VERSION)
        return diag(EX_TEMPFAIL, store->path,
                    "schema version %d is newer than this program's %d: install the newer programs",
                    from, SCHEMA_VERSION);
    if (from > 0 && (code = back_up(store, from)) != 0)
        return code;
    /* Somebody else may be migrating too: who gets the lock looks again. */
    code = store_begin(store);
    if (code != 0)
        return code;
    from = version(store);
    for (int step = from; code == 0 && step >= 0 && step < SCHEMA_VERSION; step++) {
        char mark[64];

        code = execute(store, migrations[step], "bring the schema forward");
        snprintf(mark, sizeof(mark), "PRAGMA user_version = %d", step + 1);
        if (code == 0)
            code = execute(store, mark, "set the schema's version");
    }
    if (code == 0 && from >= 0)
        return store_commit(store);
    store_rollback(store);
    return EX_TEMPFAIL;
}

static char *copy_string(const char *string)
{
    size_t size = strlen(string) + 1;

    return memcpy(memory_take(size), string, size);
}

/*
 * Makes the file with the mode that programs of several users of one group need; SQLite would make
 * it 0644, and gives its other files the mode of this one.
 */
static int make_file(const struct store *store)
{
    int fd = open(store->path, O_RDWR | O_CREAT | O_CLOEXEC, 0660);

    if (fd < 0)
        return diag_errno(EX_TEMPFAIL, store->path,
                          "cannot open the store: make the folder and its files writable for this "
                          "user");
    if (close(fd) != 0)
        return diag_errno(EX_TEMPFAIL, store->path, "cannot close the store");
    return 0;
}

/*
 * Settings of a connection. The change to WAL, when several programs meet on a new store, does not
 * wait by SQLite's own busy handler: it is tried again for as long.
 */
static int configure(struct store *store, int64_t busy)
{
    const struct timespec pause = {0, 5000000};
    time_t deadline = time(NULL) + (time_t)busy;
    int code = sqlite3_busy_timeout(store->database, (int)(busy * 1000));

    while (code == SQLITE_OK) {
        code = sqlite3_exec(store->database,
                            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                            "PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY",
                            NULL, NULL, NULL);
        if (code != SQLITE_BUSY || time(NULL) > deadline)
            break;
        nanosleep(&pause, NULL);
        code = SQLITE_OK;
    }
    return code;
}

static int open_database(struct store *store, const struct config *config)
{
    mode_t mask = umask(0007);
    int code = make_file(store);

    if (code != 0) {
        umask(mask);
        return code;
    }
    code = sqlite3_open_v2(store->path, &store->database,
                           SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (code == SQLITE_OK)
        code = configure(store, config->busy);
    if (code == SQLITE_OK && sqlite3_db_readonly(store->database, "main") == 1) {
        umask(mask);
        return diag(EX_TEMPFAIL, store->path,
                    "is not writable: make the folder and its files writable for this user");
    }
    code = code != SQLITE_OK ? failed(store, "open the store") : migrate(store);
    umask(mask);
    return code;
}

/* A store in FOLDER that nothing is open of yet. */
static struct store *new_store(const struct config *config, const char *folder)
{
    struct store *store = memory_take(sizeof(*store));
    size_t size = strlen(folder) + sizeof(STORE_FILE);

    memset(store, 0, sizeof(*store));
    store->folder = copy_string(folder);
    store->host = copy_string(config->host);
    store->path = memory_take(size);
    snprintf(store->path, size, "%s" STORE_FILE, folder);
    return store;
}

int store_open(const struct config *config, struct store **result)
{
    struct store *store;
    int code;

    if (config->folder == NULL)
        return diag(EX_CONFIG, config->path != NULL ? config->path : "configuration",
                    "names no store: make a set-up with postroom-init, and name its file with "
                    "--config or $POSTROOM_CONFIG");
    store = new_store(config, config->folder);
    code = open_database(store, config);
    if (code != 0) {
        store_close(store);
        return code;
    }
    *result = store;
    return 0;
}

int store_open_copy(const struct config *config, struct store **result)
{
    const char *parent = getenv("TMPDIR");
    struct store *original = NULL;
    struct store *copy;
    char *folder;
    int code = store_open(config, &original);

    if (code != 0)
        return code;
    folder = sqlite3_mprintf("%s/postroom.XXXXXX", parent != NULL ? parent : "/tmp");
    if (folder == NULL)
        diag_out_of_memory();
    if (mkdtemp(folder) == NULL) {
        code = diag_errno(EX_TEMPFAIL, folder, "cannot make a folder for a copy of the store");
    } else {
        copy = new_store(config, folder);
        copy->is_copy = true;
        code = copy_database(original, copy->path);
        if (code == 0)
            code = open_database(copy, config);
        if (code == 0)
            *result = copy;
        else
            store_close(copy);
    }
    sqlite3_free(folder);
    store_close(original);
    return code;
}

/* Removes the files of a temporary store; what is left of them does no harm. */
static void remove_copy(const struct store *store)
{
    static const char *const suffixes[] = {"", "-wal", "-shm"};

    for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
        char *path = sqlite3_mprintf("%s%s", store->path, suffixes[i]);

        if (path != NULL)
            unlink(path);
        sqlite3_free(path);
    }
    rmdir(store->folder);
}

void store_close(struct store *store)
{
    if (store == NULL)
        return;
    if (store->in_transaction)
        store_rollback(store);
    for (size_t i = 0; i < store->statement_count; i++)
        sqlite3_finalize(store->statements[i].handle);
    sqlite3_close(store->database);
    if (store->is_copy)
        remove_copy(store);
    free(store->folder);
    free(store->path);
    free(store->host);
    free(store);
}

const char *store_folder(const struct store *store)
{
    return store->folder;
}

const char *store_host(const struct store *store)
{
    return store->host;
}

int store_begin(struct store *store)
{
    int code = execute(store, "BEGIN IMMEDIATE", "begin a transaction");

    store->in_transaction = code == 0;
    return code;
}

int store_commit(struct store *store)
{
    if (execute(store, "COMMIT", "commit") != 0) {
        store_rollback(store);
        return EX_TEMPFAIL;
    }
    store->in_transaction = false;
    return 0;
}

void store_rollback(struct store *store)
{
    for (size_t i = 0; i < store->statement_count; i++)
        sqlite3_reset(store->statements[i].handle);
    sqlite3_exec(store->database, "ROLLBACK", NULL, NULL, NULL);
    store->in_transaction = false;
}

bool store_in_transaction(const struct store *store)
{
    return store->in_transaction;
}

struct store_statement *store_prepare(struct store *store, const char *sql)
{
    struct store_statement *statement;

    for (size_t i = 0; i < store->statement_count; i++)
        if (store->statements[i].sql == sql)
            return &store->statements[i];
    if (store->statement_count == STATEMENTS_MAX) {
        diag(EX_SOFTWARE, store->path, "too many statements: this is a bug");
        return NULL;
    }
    statement = &store->statements[store->statement_count];
    if (sqlite3_prepare_v3(store->database, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement->handle,
                           NULL) != SQLITE_OK) {
        failed(store, "prepare a statement");
        return NULL;
    }
    statement->store = store;
    statement->sql = sql;
    store->statement_count++;
    return statement;
}

/* A failed bind (no memory, over SQLite's limit) shows in the step: the parameter stays NULL. */
static void bound(struct store_statement *statement, int code)
{
    if (code == SQLITE_NOMEM)
        diag_out_of_memory();
    if (code != SQLITE_OK)
        failed(statement->store, "bind a value");
}

void store_bind_text(struct store_statement *statement, int number, struct span text)
{
    if (statement != NULL)
        bound(statement,
              sqlite3_bind_text64(statement->handle, number, text.octets != NULL ? text.octets : "",
                                  text.length, SQLITE_STATIC, SQLITE_UTF8));
}

void store_bind_string(struct store_statement *statement, int number, const char *text)
{
    if (text == NULL)
        store_bind_null(statement, number);
    else
        store_bind_text(statement, number, span_of(text));
}

void store_bind_blob(struct store_statement *statement, int number, struct span octets)
{
    if (statement != NULL)
        bound(statement, sqlite3_bind_blob64(statement->handle, number,
                                             octets.octets != NULL ? octets.octets : "",
                                             octets.length, SQLITE_STATIC));
}

void store_bind_integer(struct store_statement *statement, int number, int64_t value)
{
    if (statement != NULL)
        bound(statement, sqlite3_bind_int64(statement->handle, number, value));
}

void store_bind_null(struct store_statement *statement, int number)
{
    if (statement != NULL)
        bound(statement, sqlite3_bind_null(statement->handle, number));
}

int store_step(struct store_statement *statement)
{
    int code;

    if (statement == NULL)
        return -1;
    code = sqlite3_step(statement->handle);
    if (code == SQLITE_ROW)
        return 1;
    if (code != SQLITE_DONE)
        failed(statement->store, "use the store");
    store_reset(statement);
    return code == SQLITE_DONE ? 0 : -1;
}

void store_reset(struct store_statement *statement)
{
    if (statement == NULL)
        return;
    sqlite3_reset(statement->handle);
    sqlite3_clear_bindings(statement->handle);
}

int store_run(struct store_statement *statement)
{
    int step;

    do
        step = store_step(statement);
    while (step > 0);
    return step == 0 ? 0 : EX_TEMPFAIL;
}

struct span store_text(struct store_statement *statement, int column)
{
    const void *octets = sqlite3_column_blob(statement->handle, column);

    return (struct span){octets, (size_t)sqlite3_column_bytes(statement->handle, column)};
}

int64_t store_integer(struct store_statement *statement, int column)
{
    return sqlite3_column_int64(statement->handle, column);
}

bool store_is_null(struct store_statement *statement, int column)
{
    return sqlite3_column_type(statement->handle, column) == SQLITE_NULL;
}

int64_t store_changes(const struct store *store)
{
    return sqlite3_changes64(store->database);
}

bool store_decided(struct store *store, const char *delivery, const char *filter,
                   const char *digest, struct buf *answer, int *code)
{
    struct store_statement *statement = store_prepare(
        store, "SELECT digest, answer FROM decision WHERE delivery = ?1 AND filter = ?2");
    bool found = false;
    int step;

    store_bind_string(statement, 1, delivery);
    store_bind_string(statement, 2, filter);
    step = store_step(statement);
    *code = step < 0 ? EX_TEMPFAIL : 0;
    if (step == 1) {
        found = digest == NULL || span_equal(store_text(statement, 0), span_of(digest));
        if (found)
            buf_span(answer, store_text(statement, 1));
        store_reset(statement);
    }
    return found;
}

int store_decide(struct store *store, const char *delivery, const char *filter, const char *digest,
                 struct span answer, int64_t time)
{
    struct store_statement *statement = store_prepare(
        store, "INSERT INTO decision (delivery, filter, digest, answer, time)"
               " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (delivery, filter) DO UPDATE SET"
               " digest = excluded.digest, answer = excluded.answer, time = excluded.time");

    store_bind_string(statement, 1, delivery);
    store_bind_string(statement, 2, filter);
    store_bind_string(statement, 3, digest);
    store_bind_text(statement, 4, answer);
    store_bind_integer(statement, 5, time);
    return store_run(statement);
}
