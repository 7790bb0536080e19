/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "event.h"

#include <sodium.h>

#include "date.h"
#include "diag.h"
#include "json.h"
#include "ledger.h"

#define DIGITS (2 * crypto_hash_sha256_BYTES)

static void sha256_hex(char out[DIGITS + 1], struct span octets)
{
    unsigned char digest[crypto_hash_sha256_BYTES];

    crypto_hash_sha256(digest, (const unsigned char *)octets.octets, octets.length);
    sodium_bin2hex(out, DIGITS + 1, digest, sizeof(digest));
}

/* One thing that tells events apart, and the NUL that ends it. */
static void hash_part(crypto_hash_sha256_state *state, struct span part)
{
    static const unsigned char end[1] = {0};

    crypto_hash_sha256_update(state, (const unsigned char *)part.octets, part.length);
    crypto_hash_sha256_update(state, end, sizeof(end));
}

static void event_key(char out[DIGITS + 1], const struct event *event)
{
    crypto_hash_sha256_state state;
    unsigned char digest[crypto_hash_sha256_BYTES];

    crypto_hash_sha256_init(&state);
    hash_part(&state, span_of(event->name));
    hash_part(&state, span_of(event->about));
    hash_part(&state, span_of(event->case_id));
    hash_part(&state, event->details);
    crypto_hash_sha256_final(&state, digest);
    sodium_bin2hex(out, DIGITS + 1, digest, sizeof(digest));
}

static void write_member(struct buf *line, const char *name, const char *value)
{
    if (value == NULL)
        return;
    buf_format(line, ",\"%s\":", name);
    json_write_string(line, span_of(value));
}

/* The line without LF, as place SEQ of the chain behind a line of hash PREV; HASH is its own. */
static void write_line(struct buf *line, const struct event *event, int64_t seq, struct span prev,
                       char hash[DIGITS + 1])
{
    buf_string(line, "{\"time\":\"");
    date_write_utc(line, event->time);
    buf_char(line, '"');
    write_member(line, "case", event->case_id);
    write_member(line, "event", event->name);
    write_member(line, "blobId", event->blob_id);
    write_member(line, "actor", event->actor);
    write_member(line, "program", event->program);
    if (event->details.length > 0) {
        buf_char(line, ',');
        buf_span(line, event->details);
    }
    buf_format(line, ",\"seq\":%lld,\"prev\":\"", (long long)seq);
    buf_span(line, prev);
    buf_char(line, '"');
    sha256_hex(hash, buf_view(line));
    buf_format(line, ",\"hash\":\"%s\"}", hash);
}

/* Whether the event KEY is there already; negative after a failure. */
static int known(struct store *store, const char *key)
{
    struct store_statement *statement = store_prepare(store, "SELECT 1 FROM event WHERE key = ?1");
    int step;

    store_bind_string(statement, 1, key);
    step = store_step(statement);
    if (step > 0)
        store_reset(statement);
    return step;
}

/* The last place of this host's chain: 0 and ZEROS before the first event. */
static int chain_end(struct store *store, int64_t *seq, char hash[DIGITS + 1])
{
    struct store_statement *statement =
        store_prepare(store, "SELECT seq, hash FROM chain WHERE origin = ?1");
    int step;
    struct span text;

    *seq = 0;
    memset(hash, '0', DIGITS);
    hash[DIGITS] = '\0';
    store_bind_string(statement, 1, store_host(store));
    step = store_step(statement);
    if (step <= 0)
        return step == 0 ? 0 : EX_TEMPFAIL;
    *seq = store_integer(statement, 0);
    text = store_text(statement, 1);
    if (text.length == DIGITS)
        memcpy(hash, text.octets, DIGITS);
    store_reset(statement);
    if (text.length != DIGITS)
        return diag(EX_TEMPFAIL, store_folder(store),
                    "the store's end of the audit log is damaged: restore a backup");
    return 0;
}

static int insert(struct store *store, const char *key, int64_t seq, struct span line,
                  const char *hash)
{
    struct store_statement *event =
        store_prepare(store, "INSERT INTO event (key, origin, seq, line) VALUES (?1, ?2, ?3, ?4)");
    struct store_statement *chain =
        store_prepare(store, "INSERT INTO chain (origin, seq, hash) VALUES (?1, ?2, ?3)"
                             " ON CONFLICT (origin) DO UPDATE SET"
                             " seq = excluded.seq, hash = excluded.hash");
    int code;

    store_bind_string(event, 1, key);
    store_bind_string(event, 2, store_host(store));
    store_bind_integer(event, 3, seq);
    store_bind_text(event, 4, line);
    code = store_run(event);
    if (code != 0)
        return code;
    store_bind_string(chain, 1, store_host(store));
    store_bind_integer(chain, 2, seq);
    store_bind_string(chain, 3, hash);
    return store_run(chain);
}

int event_add(struct store *store, const struct event *event, bool *added)
{
    struct buf line = BUF_INIT;
    char key[DIGITS + 1];
    char prev[DIGITS + 1];
    char hash[DIGITS + 1];
    int64_t seq;
    int code;

    if (added != NULL)
        *added = false;
    event_key(key, event);
    switch (known(store, key)) {
    case 0:
        break;
    case 1:
        return 0;
    default:
        return EX_TEMPFAIL;
    }
    code = chain_end(store, &seq, prev);
    if (code != 0)
        return code;
    seq++;
    write_line(&line, event, seq, (struct span){prev, DIGITS}, hash);
    /* A line that cannot stand in the file would stop it for good. */
    if (line.length >= LEDGER_LINE_MAX || memchr(line.octets, '\n', line.length) != NULL)
        code = diag(EX_SOFTWARE, store_folder(store),
                    "an event `%s` of `%s` is no line of the audit log: this is a bug", event->name,
                    event->program);
    else
        code = insert(store, key, seq, buf_view(&line), hash);
    buf_release(&line);
    if (code == 0 && added != NULL)
        *added = true;
    return code;
}
