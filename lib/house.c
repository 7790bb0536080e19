/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "house.h"

#include <sodium.h>
#include <sys/stat.h>

#include "diag.h"
#include "file.h"

static const char crockford[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void digest_sha256(unsigned char out[32], struct span octets)
{
    crypto_hash_sha256(out, (const unsigned char *)(octets.octets != NULL ? octets.octets : ""),
                       octets.length);
}

static void write_digest(char out[BLOB_ID_SIZE], const unsigned char hash[32])
{
    memcpy(out, "sha256-", 7);
    sodium_bin2hex(out + 7, BLOB_ID_SIZE - 7, hash, 32);
}

void blob_id(char out[BLOB_ID_SIZE], struct span octets)
{
    unsigned char hash[32];

    digest_sha256(hash, octets);
    write_digest(out, hash);
}

/* ---- content --------------------------------------------------------------------------------- */

/* LINE begins a field that a delivery adds. */
static bool is_trace_field(struct span line)
{
    static const char *const names[] = {"Return-Path",   "Received",    "Delivered-To",
                                        "X-Original-To", "Envelope-To", "Delivery-Date",
                                        "Status",        "X-Status"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct span name = span_of(names[i]);
        size_t at = name.length;

        if (!span_begins_nocase(line, name))
            continue;
        while (at < line.length && (line.octets[at] == ' ' || line.octets[at] == '\t'))
            at++;
        if (at < line.length && line.octets[at] == ':')
            return true;
    }
    return false;
}

/* Hashes OCTETS with CR LF as LF. */
static void hash_lines(crypto_hash_sha256_state *state, struct span octets)
{
    while (octets.length > 0) {
        const char *end = memchr(octets.octets, '\r', octets.length);
        size_t length = end != NULL ? (size_t)(end - octets.octets) : octets.length;
        size_t skip = length;

        if (end != NULL) {
            bool line_end = length + 1 < octets.length && end[1] == '\n';

            skip++;
            if (!line_end)
                length++; /* a bare CR is content */
        }
        crypto_hash_sha256_update(state, (const unsigned char *)octets.octets, length);
        octets.octets += skip;
        octets.length -= skip;
    }
}

void copy_digest(char out[BLOB_ID_SIZE], struct span octets)
{
    crypto_hash_sha256_state state;
    unsigned char hash[32];
    struct span rest = octets;
    bool skipping = false;

    crypto_hash_sha256_init(&state);
    while (rest.length > 0) {
        struct span before = rest;
        struct span line = span_line(&rest);

        if (span_chomp(line).length == 0) {
            rest = before; /* the empty line and the body */
            break;
        }
        if (line.octets[0] != ' ' && line.octets[0] != '\t')
            skipping = is_trace_field(line);
        if (!skipping)
            hash_lines(&state, line);
    }
    hash_lines(&state, rest);
    crypto_hash_sha256_final(&state, hash);
    write_digest(out, hash);
}

/* ---- the key --------------------------------------------------------------------------------- */

int house_key_load(const char *path, struct house_key *key)
{
    struct stat status;
    struct buf text = BUF_INIT;
    struct span digits;
    size_t length = 0;
    int code;

    if (stat(path, &status) != 0)
        return diag_errno(EX_CONFIG, path, "cannot find the house key: postroom-init makes one");
    if ((status.st_mode & 027) != 0)
        return diag(EX_CONFIG, path, "others can use the house key: chmod g-w,o-rwx %s", path);
    code = file_read(path, &text, 4096);
    if (code != 0) {
        buf_release(&text);
        return EX_CONFIG;
    }
    digits = span_trim(buf_view(&text));
    if (digits.length != 64 ||
        sodium_hex2bin(key->octets, sizeof(key->octets), digits.octets, 64, NULL, &length, NULL) !=
            0 ||
        length != sizeof(key->octets))
        code = diag(EX_CONFIG, path, "is no house key: it must be 64 hexadecimal digits");
    if (text.octets != NULL)
        sodium_memzero(text.octets, text.length);
    buf_release(&text);
    return code;
}

/* ---- Crockford base32 ------------------------------------------------------------------------ */

/* COUNT characters of 5 bits each from the front of OCTETS. */
static void write_base32(char *out, const unsigned char *octets, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t bit = i * 5;
        unsigned pair = (unsigned)octets[bit / 8] << 8 | octets[bit / 8 + 1];

        out[i] = crockford[pair >> (11 - bit % 8) & 31];
    }
    out[count] = '\0';
}

/* The value of a character; any case, O as 0, I and L as 1. -1 when it has none. */
static int base32_value(char character)
{
    const char *found;

    if (character >= 'a' && character <= 'z')
        character = (char)(character - ('a' - 'A'));
    if (character == 'O')
        character = '0';
    if (character == 'I' || character == 'L')
        character = '1';
    found = character != '\0' ? strchr(crockford, character) : NULL;
    return found != NULL ? (int)(found - crockford) : -1;
}

/* COUNT characters of TEXT in their one spelling, terminated. */
static bool read_base32(char *out, const char *text, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int value = base32_value(text[i]);

        if (value < 0)
            return false;
        out[i] = crockford[value];
    }
    out[count] = '\0';
    return true;
}

/* VALUE times x in GF(32), with x^5 + x^2 + 1. */
static unsigned times_x(unsigned value)
{
    value <<= 1;
    return (value & 32) != 0 ? value ^ 37U : value;
}

/*
 * The check value: the sum over the places of value times x^(place + 1). The weights differ from
 * each other and from the check character's own (1), so one wrong character and a swap of two
 * different neighbours always change the sum.
 */
static unsigned check_value(const char *id)
{
    unsigned sum = 0;

    /* Horner from the last place, so that the first has x^1. */
    for (size_t i = CASE_ID_SIZE - 2; i-- > 0;)
        sum = times_x(sum ^ (unsigned)base32_value(id[i]));
    return sum;
}

static void keyed_hash(unsigned char *out, size_t size, const struct house_key *key,
                       const char *purpose, struct span a, struct span b)
{
    crypto_generichash_state state;
    static const unsigned char separator = 0;

    crypto_generichash_init(&state, key->octets, sizeof(key->octets), size);
    crypto_generichash_update(&state, (const unsigned char *)purpose, strlen(purpose) + 1);
    crypto_generichash_update(&state, (const unsigned char *)a.octets, a.length);
    crypto_generichash_update(&state, &separator, 1);
    crypto_generichash_update(&state, (const unsigned char *)b.octets, b.length);
    crypto_generichash_final(&state, out, size);
}

void case_id(char out[CASE_ID_SIZE], const struct house_key *key, const char *blob, unsigned retry)
{
    unsigned char hash[16];
    struct buf counter = BUF_INIT;

    buf_format(&counter, "%u", retry);
    keyed_hash(hash, sizeof(hash), key, "case", span_of(blob), buf_view(&counter));
    buf_release(&counter);
    write_base32(out, hash, CASE_ID_SIZE - 2);
    out[CASE_ID_SIZE - 2] = crockford[check_value(out)];
    out[CASE_ID_SIZE - 1] = '\0';
}

bool case_id_read(char out[CASE_ID_SIZE], struct span text)
{
    return text.length == CASE_ID_SIZE - 1 && read_base32(out, text.octets, CASE_ID_SIZE - 1) &&
           out[CASE_ID_SIZE - 2] == crockford[check_value(out)];
}

/* ---- reply keys and marks -------------------------------------------------------------------- */

/* ADDRESS without blanks around it, ASCII letters in lower case. */
static void fold_address(struct buf *out, struct span address)
{
    size_t start = out->length;

    buf_span(out, span_trim(address));
    for (size_t i = start; i < out->length; i++)
        if (out->octets[i] >= 'A' && out->octets[i] <= 'Z')
            out->octets[i] = (char)(out->octets[i] + ('a' - 'A'));
}

void reply_key(char out[REPLY_KEY_SIZE], const struct house_key *key, const char *id,
               struct span addressee)
{
    unsigned char hash[16];
    struct buf folded = BUF_INIT;

    fold_address(&folded, addressee);
    keyed_hash(hash, sizeof(hash), key, "reply", span_of(id), buf_view(&folded));
    buf_release(&folded);
    write_base32(out, hash, REPLY_KEY_SIZE - 1);
}

bool reply_key_equal(const char *a, const char *b)
{
    return strlen(a) == REPLY_KEY_SIZE - 1 && strlen(b) == REPLY_KEY_SIZE - 1 &&
           sodium_memcmp(a, b, REPLY_KEY_SIZE - 1) == 0;
}

void house_message_id(struct buf *out, const struct house_key *key, const char *id,
                      const char *outbox_key, struct span addressee, const char *domain)
{
    unsigned char hash[32];
    char short_hash[9];
    char secret[REPLY_KEY_SIZE];

    digest_sha256(hash, span_of(outbox_key));
    write_base32(short_hash, hash, 8);
    reply_key(secret, key, id, addressee);
    buf_format(out, "%s.%s.%s@%s", id, short_hash, secret, domain);
}

void house_reply_address(struct buf *out, const struct house_key *key, const char *id,
                         struct span addressee, const char *address)
{
    char secret[REPLY_KEY_SIZE];
    const char *at = strrchr(address, '@');

    reply_key(secret, key, id, addressee);
    if (at == NULL)
        at = address + strlen(address);
    buf_format(out, "%.*s+%s.%s%s", (int)(at - address), address, id, secret, at);
}

/* Reads `CASE.KEY` or `CASE.HASH.KEY` from LOCAL. */
static bool read_mark(struct span local, bool has_hash, struct house_mark *mark)
{
    const size_t id = CASE_ID_SIZE - 1;
    const size_t secret = REPLY_KEY_SIZE - 1;
    const size_t hash = has_hash ? 9 : 0;

    memset(mark, 0, sizeof(*mark));
    if (local.length != id + 1 + hash + secret || local.octets[id] != '.' ||
        (has_hash && local.octets[id + hash] != '.'))
        return false;
    return case_id_read(mark->case_id, (struct span){local.octets, id}) &&
           (!has_hash || read_base32(mark->hash, local.octets + id + 1, 8)) &&
           read_base32(mark->key, local.octets + id + 1 + hash, secret);
}

bool house_message_id_read(struct span message_id, struct house_mark *mark)
{
    const char *at;

    message_id = span_trim(message_id);
    if (message_id.length > 2 && message_id.octets[0] == '<' &&
        message_id.octets[message_id.length - 1] == '>') {
        message_id.octets++;
        message_id.length -= 2;
    }
    at = message_id.length != 0 ? memchr(message_id.octets, '@', message_id.length) : NULL;
    return at != NULL &&
           read_mark((struct span){message_id.octets, (size_t)(at - message_id.octets)}, true,
                     mark);
}

bool house_reply_address_read(struct span address, struct house_mark *mark)
{
    const char *at = address.length != 0 ? memchr(address.octets, '@', address.length) : NULL;
    const char *plus = NULL;

    if (at == NULL)
        return false;
    for (const char *octet = address.octets; octet < at; octet++)
        if (*octet == '+')
            plus = octet;
    return plus != NULL && read_mark((struct span){plus + 1, (size_t)(at - plus - 1)}, false, mark);
}

bool house_subject_tag(struct span text, char out[CASE_ID_SIZE])
{
    const size_t size = CASE_ID_SIZE - 1;

    for (size_t at = 0; at + size + 3 <= text.length; at++)
        if (text.octets[at] == '[' && text.octets[at + 1] == '#' &&
            text.octets[at + 2 + size] == ']' &&
            case_id_read(out, (struct span){text.octets + at + 2, size}))
            return true;
    return false;
}
