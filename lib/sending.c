/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sending.h"

#include <unistd.h>

#include "date.h"
#include "diag.h"
#include "event.h"
#include "file.h"
#include "json.h"
#include "ledger.h"
#include "outbox.h"
#include "transport.h"

/* Rows taken in one transaction, when a repeat of their transport is harmless. */
#define BATCH_MAX 128
/* The first pause after a failure, and the longest, in seconds. It doubles each time. */
#define PAUSE_FIRST 60
#define PAUSE_MAX 3600
/* A row that failed this often is given up: with the pauses above about two days. */
#define ATTEMPTS_MAX 50

/* A row taken for sending. */
struct taken {
    const char *key;
    const char *kind;
    const char *blob_id;
    const char *case_id;
    const char *queue;
    const char *template;
    const char *mail_from;
    const char *recipient;
    int64_t message_time;
    int64_t promised_by;
    int64_t attempts;
    enum transport_result result;
    const char *error;    /* why not sent */
    const char *given_up; /* reason for giving it up without trying, or NULL */
    bool ended;           /* its octets are not needed any more */
};

struct sender {
    struct store *store;
    const struct config *config;
    struct arena arena; /* of one batch */
    struct taken rows[BATCH_MAX];
    size_t count;
    int64_t now;
};

/* ---- taking a message --------------------------------------------------------------------------
 */

static int release_rows(struct store *store, const char *delivery)
{
    struct store_statement *statement =
        store_prepare(store, "UPDATE outbox SET state = 'released'"
                             " WHERE delivery = ?1 AND state = 'prepared'");

    store_bind_string(statement, 1, delivery);
    return store_run(statement);
}

int sending_take(struct store *store, struct message *message, const struct config_queue *queue,
                 struct span content)
{
    const char *delivery = message_delivery(message);
    int code = 0;

    if (queue != NULL) {
        const struct outbox_row row = {
            .key = arena_format(&message->arena, "route:%s:%s", delivery, queue->id),
            .kind = "route",
            .state = "released",
            .delivery = delivery,
            .blob_id = message->blob_id,
            .case_id = message_triage_string(message, "case", "id"),
            .queue = queue->id,
            .mail_from = message_return_path(message) != NULL ? message_return_path(message) : "",
            .recipient = message_recipient(message),
            .message_time = message->received_at,
            .octets = content};

        code = outbox_insert(store, &row, NULL);
    }
    return code != 0 ? code : release_rows(store, delivery);
}

/* ---- taking rows -------------------------------------------------------------------------------
 */

static const char *column(struct sender *sender, struct store_statement *statement, int number)
{
    struct span text = store_text(statement, number);

    return store_is_null(statement, number) ? NULL
                                            : arena_copy(&sender->arena, text.octets, text.length);
}

/* Where a row goes: its queue, or for a reply what the configuration says of replies. */
static struct transport_mail destination(const struct sender *sender, const struct taken *row)
{
    const struct config *config = sender->config;
    const struct config_queue *queue = row->queue != NULL ? config_queue(config, row->queue) : NULL;
    struct transport_mail mail = {.sendmail = config->sendmail,
                                  .key = row->key,
                                  .time = row->message_time,
                                  .mail_from = row->mail_from,
                                  .recipient = row->recipient};

    if (row->queue != NULL && queue == NULL)
        queue = config->special.in_house; /* the queue left the configuration since */
    if (queue != NULL) {
        mail.transport = queue->transport;
        mail.target = queue->target;
    } else {
        mail.transport = config->replies.transport;
        mail.target = config->replies.target;
    }
    return mail;
}

/* A reply that nobody should get any more. */
static const char *too_late(const struct sender *sender, const struct taken *row)
{
    if (strcmp(row->kind, "route") == 0)
        return NULL;
    if (sender->now - row->message_time > sender->config->replies.oldest)
        return "too-old";
    if (row->promised_by != 0 && row->promised_by < sender->now && strcmp(row->kind, "ack") == 0)
        return "promise-passed";
    return NULL;
}

/*
 * Rows of this host that are `sending` were left by a sender that died: we hold its lock. A repeat
 * into a Maildir is no second delivery; for the rest it may be.
 */
static int recover(struct sender *sender)
{
    struct store_statement *statement =
        store_prepare(sender->store, "SELECT key, kind, queue FROM outbox"
                                     " WHERE state = 'sending' AND host = ?1");
    struct store_statement *update;
    int step = 0;
    int code;

    store_bind_string(statement, 1, store_host(sender->store));
    sender->count = 0;
    while (sender->count < BATCH_MAX && (step = store_step(statement)) == 1)
        sender->rows[sender->count++] = (struct taken){.key = column(sender, statement, 0),
                                                       .kind = column(sender, statement, 1),
                                                       .queue = column(sender, statement, 2)};
    store_reset(statement);
    code = step < 0 ? EX_TEMPFAIL : 0;
    for (size_t i = 0; code == 0 && i < sender->count; i++) {
        bool harmless = destination(sender, &sender->rows[i]).transport == CONFIG_MAILDIR;

        update = store_prepare(sender->store,
                               "UPDATE outbox SET state = 'released', uncertain = uncertain + ?2"
                               " WHERE key = ?1");
        store_bind_string(update, 1, sender->rows[i].key);
        store_bind_integer(update, 2, harmless ? 0 : 1);
        code = store_run(update);
    }
    return code;
}

/* Reads the rows that are due, oldest message first. */
static int read_due(struct sender *sender)
{
    struct store_statement *statement = store_prepare(
        sender->store,
        "SELECT key, kind, blob_id, case_id, queue, template, mail_from, recipient, message_time,"
        " promised_by, attempts FROM outbox WHERE state = 'released' AND not_before <= ?1"
        " ORDER BY message_time, key LIMIT 128");
    int step;

    sender->count = 0;
    store_bind_integer(statement, 1, sender->now);
    while ((step = store_step(statement)) == 1) {
        struct taken row = {.key = column(sender, statement, 0),
                            .kind = column(sender, statement, 1),
                            .blob_id = column(sender, statement, 2),
                            .case_id = column(sender, statement, 3),
                            .queue = column(sender, statement, 4),
                            .template = column(sender, statement, 5),
                            .mail_from = column(sender, statement, 6),
                            .recipient = column(sender, statement, 7),
                            .message_time = store_integer(statement, 8),
                            .promised_by = store_integer(statement, 9),
                            .attempts = store_integer(statement, 10)};
        bool harmless;

        row.given_up = too_late(sender, &row);
        harmless = row.given_up != NULL || destination(sender, &row).transport == CONFIG_MAILDIR;
        /* Other transports one by one, so that a death leaves one row uncertain, not many. */
        if (!harmless && sender->count > 0)
            break;
        sender->rows[sender->count++] = row;
        if (!harmless || sender->count == BATCH_MAX)
            break;
    }
    store_reset(statement);
    return step < 0 ? EX_TEMPFAIL : 0;
}

static int mark_sending(struct sender *sender)
{
    int code = 0;

    for (size_t i = 0; code == 0 && i < sender->count; i++) {
        struct store_statement *statement =
            store_prepare(sender->store, "UPDATE outbox SET state = 'sending', host = ?2"
                                         " WHERE key = ?1");

        store_bind_string(statement, 1, sender->rows[i].key);
        store_bind_string(statement, 2, store_host(sender->store));
        code = store_run(statement);
    }
    return code;
}

/* Takes the next batch: recovered and due rows, committed as `sending`. */
static int take(struct sender *sender)
{
    int code;

    arena_clear(&sender->arena);
    code = clock_now(&sender->now);
    if (code == 0)
        code = store_begin(sender->store);
    if (code != 0)
        return code;
    code = recover(sender);
    if (code == 0)
        code = read_due(sender);
    if (code == 0)
        code = mark_sending(sender);
    if (code == 0)
        return store_commit(sender->store);
    store_rollback(sender->store);
    return code;
}

/* ---- sending and marking -----------------------------------------------------------------------
 */

static void send_row(struct sender *sender, struct taken *row)
{
    struct buf octets = BUF_INIT;
    struct buf error = BUF_INIT;
    int code;

    if (row->given_up != NULL)
        return;
    if (outbox_octets(sender->store, row->key, &octets, &code)) {
        struct transport_mail mail = destination(sender, row);

        mail.octets = buf_view(&octets);
        row->result = transport_send(&mail, &error);
    } else {
        row->result = TRANSPORT_LATER;
        buf_string(&error, "its octets cannot be read from the outbox");
    }
    row->error = arena_copy(&sender->arena, buf_cstring(&error), error.length);
    if (row->result != TRANSPORT_SENT)
        diag(0, row->key, "not sent: %s: %s", row->error,
             row->result == TRANSPORT_LATER ? "it stays in the outbox and is tried again"
                                            : "given up");
    buf_release(&octets);
    buf_release(&error);
}

static void add_detail(struct buf *details, const char *name, const char *value)
{
    if (value == NULL)
        return;
    if (details->length > 0)
        buf_char(details, ',');
    buf_format(details, "\"%s\":", name);
    json_write_string(details, span_of(value));
}

/* The event of an act: what left, or why it did not. */
static int record(struct sender *sender, const struct taken *row, const char *why)
{
    bool is_route = strcmp(row->kind, "route") == 0;
    bool is_answer = strcmp(row->kind, "answer") == 0;
    struct buf details = BUF_INIT;
    struct buf promise = BUF_INIT;
    struct event event = {.time = sender->now,
                          .about = row->key,
                          .case_id = row->case_id,
                          .blob_id = row->blob_id,
                          .program = "deliver"};
    int code;

    add_detail(&details, "kind", row->kind);
    add_detail(&details, "queue", row->queue);
    add_detail(&details, "template", row->template);
    if (why == NULL && row->promised_by != 0) {
        date_write_utc(&promise, row->promised_by);
        add_detail(&details, "promisedBy", buf_cstring(&promise));
    }
    add_detail(&details, "why", why);
    event.name = why != NULL ? "given-up"
                 : is_route  ? "delivered"
                 : is_answer ? "answered"
                             : "acknowledged";
    event.details = buf_view(&details);
    code = event_add(sender->store, &event, NULL);
    buf_release(&details);
    buf_release(&promise);
    return code;
}

/* The state a row comes to rest in. Its octets are not kept longer than needed. */
static int finish(struct sender *sender, struct taken *row, const char *state)
{
    struct store_statement *statement = store_prepare(
        sender->store,
        "UPDATE outbox SET state = ?2, octets = NULL, last_error = ?3 WHERE key = ?1");

    store_bind_string(statement, 1, row->key);
    store_bind_string(statement, 2, state);
    store_bind_string(statement, 3,
                      row->given_up != NULL           ? row->given_up
                      : row->result == TRANSPORT_SENT ? NULL
                                                      : row->error);
    row->ended = true;
    return store_run(statement);
}

static int put_back(struct sender *sender, const struct taken *row)
{
    int64_t pause = PAUSE_FIRST;
    struct store_statement *statement = store_prepare(
        sender->store, "UPDATE outbox SET state = 'released', attempts = attempts + 1,"
                       " not_before = ?2, last_error = ?3 WHERE key = ?1");

    for (int64_t i = 0; i < row->attempts && pause < PAUSE_MAX; i++)
        pause *= 2;
    store_bind_string(statement, 1, row->key);
    store_bind_integer(statement, 2, sender->now + (pause < PAUSE_MAX ? pause : PAUSE_MAX));
    store_bind_string(statement, 3, row->error);
    return store_run(statement);
}

static int mark_row(struct sender *sender, struct taken *row)
{
    const char *why = row->given_up;
    int code;

    if (why == NULL && row->result == TRANSPORT_REFUSED)
        why = "refused";
    if (why == NULL && row->result == TRANSPORT_LATER && row->attempts + 1 >= ATTEMPTS_MAX)
        why = "attempts";
    if (why == NULL && row->result == TRANSPORT_LATER)
        return put_back(sender, row);
    /* A routed mail is the customer's: it is never thrown away, its octets stay in the outbox. */
    if (why != NULL && strcmp(row->kind, "route") == 0)
        return put_back(sender, row);
    code = finish(sender, row, why == NULL ? "sent" : "given-up");
    return code != 0 ? code : record(sender, row, why);
}

static int mark(struct sender *sender)
{
    int code = clock_now(&sender->now);

    if (code == 0)
        code = store_begin(sender->store);
    if (code != 0)
        return code;
    for (size_t i = 0; code == 0 && i < sender->count; i++)
        code = mark_row(sender, &sender->rows[i]);
    if (code == 0)
        code = store_commit(sender->store);
    else
        store_rollback(sender->store);
    /* A row that is tried again still needs its file. */
    for (size_t i = 0; code == 0 && i < sender->count; i++)
        if (sender->rows[i].ended)
            unlink(outbox_file(sender->store, &sender->arena, sender->rows[i].key));
    return code;
}

/* A row is due: looked at without the lock, so that no row is left between two senders. */
static int due(struct sender *sender, bool *is_due)
{
    struct store_statement *statement = store_prepare(
        sender->store, "SELECT 1 FROM outbox WHERE (state = 'released' AND"
                       " not_before <= ?1) OR (state = 'sending' AND host = ?2) LIMIT 1");
    int code = clock_now(&sender->now);
    int step;

    store_bind_integer(statement, 1, sender->now);
    store_bind_string(statement, 2, store_host(sender->store));
    step = store_step(statement);
    *is_due = step == 1;
    store_reset(statement);
    return code != 0 ? code : step < 0 ? EX_TEMPFAIL : 0;
}

static int send_all(struct sender *sender)
{
    int code;

    do {
        code = take(sender);
        if (code != 0 || sender->count == 0)
            break;
        for (size_t i = 0; i < sender->count; i++)
            send_row(sender, &sender->rows[i]);
        code = mark(sender);
        if (code == 0)
            ledger_catch_up(sender->store, sender->config->ledger);
    } while (code == 0);
    return code;
}

int sending_run(struct store *store, const struct config *config)
{
    struct sender sender = {.store = store, .config = config};
    struct buf path = BUF_INIT;
    bool more = true;
    int code;

    buf_format(&path, "%s/sending.lock", store_folder(store));
    code = due(&sender, &more);
    while (code == 0 && more) {
        int lock;

        code = file_lock(buf_cstring(&path), false, &lock);
        if (code != 0 || lock < 0)
            break;
        code = send_all(&sender);
        close(lock);
        /* Somebody may have left rows to us after our last look. */
        if (code == 0)
            code = due(&sender, &more);
    }
    buf_release(&path);
    arena_release(&sender.arena);
    return code;
}

/* ---- cron and lists ----------------------------------------------------------------------------
 */

int sending_expire(struct store *store, const struct config *config)
{
    struct sender sender = {.store = store, .config = config};
    struct store_statement *statement;
    int code = clock_now(&sender.now);
    int step = 0;

    if (code == 0)
        code = store_begin(store);
    if (code != 0)
        return code;
    do {
        sender.count = 0;
        statement = store_prepare(store, "SELECT key, kind, blob_id, case_id, template FROM outbox"
                                         " WHERE state = 'prepared' AND written_at < ?1 LIMIT 128");
        store_bind_integer(statement, 1, sender.now - config->prepared_expire);
        while (sender.count < BATCH_MAX && (step = store_step(statement)) == 1)
            sender.rows[sender.count++] = (struct taken){.key = column(&sender, statement, 0),
                                                         .kind = column(&sender, statement, 1),
                                                         .blob_id = column(&sender, statement, 2),
                                                         .case_id = column(&sender, statement, 3),
                                                         .template = column(&sender, statement, 4),
                                                         .given_up = "expired"};
        store_reset(statement);
        if (step < 0)
            code = EX_TEMPFAIL;
        for (size_t i = 0; code == 0 && i < sender.count; i++) {
            code = finish(&sender, &sender.rows[i], "given-up");
            if (code == 0)
                code = record(&sender, &sender.rows[i], "expired");
        }
    } while (code == 0 && sender.count == BATCH_MAX);
    if (code == 0)
        code = store_commit(store);
    else
        store_rollback(store);
    arena_release(&sender.arena);
    if (code == 0)
        ledger_catch_up(store, config->ledger);
    return code;
}

int sending_list(struct store *store, bool all)
{
    struct store_statement *statement = store_prepare(
        store,
        "SELECT state, kind, message_time, case_id, queue, template, attempts, uncertain,"
        " last_error, key FROM outbox WHERE ?1 OR state IN ('prepared', 'released', 'sending')"
        " ORDER BY message_time, key");
    struct buf text = BUF_INIT;
    int step;
    int code = 0;

    store_bind_integer(statement, 1, all);
    buf_string(&text,
               "state\tkind\ttime\tcase\tqueue\ttemplate\tattempts\tuncertain\terror\tkey\n");
    while (code == 0 && (step = store_step(statement)) != 0) {
        if (step < 0) {
            code = EX_TEMPFAIL;
            break;
        }
        for (int i = 0; i < 10; i++) {
            if (i > 0)
                buf_char(&text, '\t');
            if (i == 2)
                date_write_utc(&text, store_integer(statement, i));
            else if (store_is_null(statement, i))
                buf_char(&text, '-');
            else
                buf_span(&text, store_text(statement, i));
        }
        buf_char(&text, '\n');
        if (text.length > 65536) {
            code = file_write_all(STDOUT_FILENO, "standard output", text.octets, text.length);
            buf_clear(&text);
        }
    }
    store_reset(statement);
    if (code == 0)
        code = file_write_all(STDOUT_FILENO, "standard output", buf_cstring(&text), text.length);
    buf_release(&text);
    return code;
}
