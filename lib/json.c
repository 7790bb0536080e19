/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json.h"

#include <sodium.h>
#include <stdlib.h>

#include "diag.h"
#include "utf8.h"

/* One object or array that is open. */
struct level {
    bool is_object;
    size_t names;    /* of an object: how many are in the set */
    size_t first;    /* place of its first slot in the set of names */
    size_t capacity; /* slots, a power of two, or 0 */
};

/* A name of an open object, resolved. */
struct slot {
    const char *octets; /* NULL: free */
    size_t length;
    uint64_t hash;
};

struct scanner {
    struct span text;
    size_t at;
    struct arena *arena;
    struct json_index *index;
    struct json_error *error;
    struct level levels[JSON_DEPTH_MAX];
    size_t depth;
    struct slot *slots; /* own: the sets of all open objects, one behind the other */
    size_t slot_count;
    size_t slot_capacity;
};

static bool wrong(struct scanner *scanner, const char *reason)
{
    scanner->error->offset = scanner->at;
    scanner->error->reason = reason;
    return false;
}

static int peek(const struct scanner *scanner)
{
    return scanner->at < scanner->text.length ? (unsigned char)scanner->text.octets[scanner->at]
                                              : -1;
}

static void skip_blanks(struct scanner *scanner)
{
    while (scanner->at < scanner->text.length) {
        char octet = scanner->text.octets[scanner->at];

        if (octet != ' ' && octet != '\t' && octet != '\n' && octet != '\r')
            break;
        scanner->at++;
    }
}

static int hex_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    return -1;
}

/* Four hexadecimal digits behind `\u`; `at` stands on the first. */
static bool scan_unit(struct scanner *scanner, uint32_t *unit)
{
    *unit = 0;
    for (int i = 0; i < 4; i++) {
        int value =
            scanner->at < scanner->text.length ? hex_value(scanner->text.octets[scanner->at]) : -1;

        if (value < 0)
            return wrong(scanner, "a \\u escape without four hexadecimal digits");
        *unit = *unit << 4 | (uint32_t)value;
        scanner->at++;
    }
    return true;
}

/* One escape; `at` stands behind the backslash. What it stands for is appended to OUT, if any. */
static bool scan_escape(struct scanner *scanner, struct buf *out)
{
    static const char letters[] = "\"\\/bfnrt";
    static const char values[] = "\"\\/\b\f\n\r\t";
    int octet = peek(scanner);
    const char *letter = octet > 0 ? strchr(letters, octet) : NULL;
    uint32_t character;
    uint32_t low;

    if (letter != NULL) {
        scanner->at++;
        if (out != NULL)
            buf_char(out, values[letter - letters]);
        return true;
    }
    if (octet != 'u')
        return wrong(scanner, "an unknown escape in a string");
    scanner->at++;
    if (!scan_unit(scanner, &character))
        return false;
    if (character >= 0xdc00 && character <= 0xdfff)
        return wrong(scanner, "a lone surrogate in a string");
    if (character >= 0xd800 && character <= 0xdbff) {
        if (scanner->text.length - scanner->at < 6 || scanner->text.octets[scanner->at] != '\\' ||
            scanner->text.octets[scanner->at + 1] != 'u')
            return wrong(scanner, "a lone surrogate in a string");
        scanner->at += 2;
        if (!scan_unit(scanner, &low))
            return false;
        if (low < 0xdc00 || low > 0xdfff)
            return wrong(scanner, "a lone surrogate in a string");
        character = 0x10000 + ((character - 0xd800) << 10) + (low - 0xdc00);
    }
    if (out != NULL)
        buf_character(out, character);
    return true;
}

/* How many octets at TEXT are plain: ASCII without controls, quotation mark and backslash. */
static size_t plain_run(const char *text, size_t length)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    const uint64_t highs = UINT64_C(0x8080808080808080);
    size_t at = 0;

    while (length - at >= 8) {
        uint64_t word;
        uint64_t quote;
        uint64_t slash;

        memcpy(&word, text + at, sizeof(word));
        quote = word ^ ones * '"';
        slash = word ^ ones * '\\';
        /* The usual test for a zero octet, and for one below 0x20; a false alarm is only slower. */
        if (((word | (word - ones * 0x20) | (quote - ones) | (slash - ones)) & highs) != 0)
            break;
        at += 8;
    }
    while (at < length && (unsigned char)text[at] >= 0x20 && (unsigned char)text[at] < 0x80 &&
           text[at] != '"' && text[at] != '\\')
        at++;
    return at;
}

/* A string; `at` stands on its quotation mark. *HAS_ESCAPES says whether it must be resolved. */
static bool scan_string(struct scanner *scanner, bool *has_escapes, struct buf *resolved)
{
    *has_escapes = false;
    scanner->at++;
    for (;;) {
        const char *rest = scanner->text.octets + scanner->at;
        size_t left = scanner->text.length - scanner->at;
        size_t step = plain_run(rest, left);
        uint32_t character;

        if (resolved != NULL)
            buf_add(resolved, rest, step);
        scanner->at += step;
        rest += step;
        left -= step;
        if (left == 0)
            return wrong(scanner, "a string without end");
        if (*rest == '"') {
            scanner->at++;
            return true;
        }
        if (*rest == '\\') {
            *has_escapes = true;
            scanner->at++;
            if (!scan_escape(scanner, resolved))
                return false;
            continue;
        }
        if ((unsigned char)*rest < 0x20)
            return wrong(scanner, "a control character in a string");
        step = utf8_read(rest, left, &character);
        if (step == 0)
            return wrong(scanner, "invalid UTF-8");
        if (resolved != NULL)
            buf_add(resolved, rest, step);
        scanner->at += step;
    }
}

static bool scan_digits(struct scanner *scanner)
{
    size_t start = scanner->at;

    while (peek(scanner) >= '0' && peek(scanner) <= '9')
        scanner->at++;
    return scanner->at > start || wrong(scanner, "a number without digits");
}

static bool scan_number(struct scanner *scanner)
{
    if (peek(scanner) == '-')
        scanner->at++;
    if (peek(scanner) == '0')
        scanner->at++;
    else if (!scan_digits(scanner))
        return false;
    if (peek(scanner) == '.') {
        scanner->at++;
        if (!scan_digits(scanner))
            return false;
    }
    if (peek(scanner) == 'e' || peek(scanner) == 'E') {
        scanner->at++;
        if (peek(scanner) == '+' || peek(scanner) == '-')
            scanner->at++;
        if (!scan_digits(scanner))
            return false;
    }
    return true;
}

static bool scan_literal(struct scanner *scanner)
{
    static const char *const literals[] = {"true", "false", "null"};
    struct span rest = {scanner->text.octets + scanner->at, scanner->text.length - scanner->at};

    for (size_t i = 0; i < sizeof(literals) / sizeof(literals[0]); i++) {
        if (span_begins(rest, span_of(literals[i]))) {
            scanner->at += strlen(literals[i]);
            return true;
        }
    }
    return wrong(scanner, "a value was expected");
}

/* ---- double names ---------------------------------------------------------------------------- */

/* Keyed anew in each process: nobody can send names that all fall into one slot. */
static uint64_t hash_of(struct span name)
{
    static unsigned char key[crypto_shorthash_KEYBYTES];
    static bool has_key;
    unsigned char octets[crypto_shorthash_BYTES];
    uint64_t hash;

    if (!has_key) {
        crypto_shorthash_keygen(key);
        has_key = true;
    }
    crypto_shorthash(octets, (const unsigned char *)name.octets, name.length, key);
    memcpy(&hash, octets, sizeof(hash));
    return hash;
}

/* Puts NAME into a set of CAPACITY slots. False when it is there. */
static bool put(struct slot *slots, size_t capacity, struct span name, uint64_t hash)
{
    for (size_t i = hash & (capacity - 1);; i = (i + 1) & (capacity - 1)) {
        if (slots[i].octets == NULL) {
            slots[i] = (struct slot){name.octets, name.length, hash};
            return true;
        }
        if (slots[i].hash == hash &&
            span_equal((struct span){slots[i].octets, slots[i].length}, name))
            return false;
    }
}

/* Makes the innermost object's set CAPACITY slots large; it is the last one, so it can grow. */
static void resize_set(struct scanner *scanner, struct level *level, size_t capacity)
{
    size_t needed = level->first + capacity;
    struct slot *old = NULL;

    if (level->capacity != 0) {
        old = memory_take(level->capacity * sizeof(*old));
        memcpy(old, scanner->slots + level->first, level->capacity * sizeof(*old));
    }
    if (needed > scanner->slot_capacity) {
        scanner->slot_capacity = needed * 2;
        scanner->slots =
            memory_resize(scanner->slots, scanner->slot_capacity * sizeof(*scanner->slots));
    }
    memset(scanner->slots + level->first, 0, capacity * sizeof(*scanner->slots));
    for (size_t i = 0; old != NULL && i < level->capacity; i++)
        if (old[i].octets != NULL)
            put(scanner->slots + level->first, capacity,
                (struct span){old[i].octets, old[i].length}, old[i].hash);
    free(old);
    level->capacity = capacity;
    scanner->slot_count = needed;
}

static bool add_name(struct scanner *scanner, struct span name)
{
    struct level *level = &scanner->levels[scanner->depth - 1];

    if (level->capacity == 0) {
        level->first = scanner->slot_count;
        resize_set(scanner, level, 8);
    } else if (level->names * 4 >= level->capacity * 3) {
        resize_set(scanner, level, level->capacity * 2);
    }
    level->names++;
    return put(scanner->slots + level->first, level->capacity, name, hash_of(name)) ||
           wrong(scanner, "a name that stands twice in an object");
}

/* ---- the scan -------------------------------------------------------------------------------- */

/* A name and its colon. At the outermost level the member is noted. */
static bool scan_name(struct scanner *scanner)
{
    size_t start = scanner->at;
    bool has_escapes;
    struct span name;

    if (peek(scanner) != '"')
        return wrong(scanner, "a member's name was expected");
    if (!scan_string(scanner, &has_escapes, NULL))
        return false;
    name = (struct span){scanner->text.octets + start + 1, scanner->at - start - 2};
    if (has_escapes) {
        struct buf resolved = BUF_INIT;
        size_t end = scanner->at;

        scanner->at = start;
        scan_string(scanner, &has_escapes, &resolved);
        scanner->at = end;
        name = (struct span){arena_copy(scanner->arena, resolved.octets, resolved.length),
                             resolved.length};
        buf_release(&resolved);
    }
    if (!add_name(scanner, name))
        return false;
    if (scanner->depth == 1) {
        struct json_index *index = scanner->index;

        index->members = arena_grow(scanner->arena, index->members, index->count, &index->capacity,
                                    sizeof(*index->members));
        index->members[index->count++] = (struct json_member){
            .name = {scanner->text.octets + start + 1, scanner->at - start - 2}, .key = name};
    }
    skip_blanks(scanner);
    if (peek(scanner) != ':')
        return wrong(scanner, "a colon was expected");
    scanner->at++;
    skip_blanks(scanner);
    if (scanner->depth == 1)
        scanner->index->members[scanner->index->count - 1].value.octets =
            scanner->text.octets + scanner->at;
    return true;
}

static bool open_level(struct scanner *scanner, bool is_object)
{
    if (scanner->depth == JSON_DEPTH_MAX)
        return wrong(scanner, "too many objects and arrays inside each other");
    scanner->levels[scanner->depth++] = (struct level){.is_object = is_object};
    scanner->at++;
    skip_blanks(scanner);
    return true;
}

static void close_level(struct scanner *scanner)
{
    struct level *level = &scanner->levels[--scanner->depth];

    if (level->capacity != 0)
        scanner->slot_count = level->first;
    scanner->at++;
}

/* The end of a value of the outermost object is the end of its member. */
static void note_end(struct scanner *scanner)
{
    if (scanner->depth == 1 && scanner->index->count > 0) {
        struct span *value = &scanner->index->members[scanner->index->count - 1].value;

        value->length = (size_t)(scanner->text.octets + scanner->at - value->octets);
    }
}

/*
 * Behind a value: closes what ends here, and stands on the next value (or behind everything, when
 * depth is 0).
 */
static bool scan_between(struct scanner *scanner)
{
    for (;;) {
        bool is_object;
        int octet;

        note_end(scanner);
        skip_blanks(scanner);
        if (scanner->depth == 0)
            return true;
        is_object = scanner->levels[scanner->depth - 1].is_object;
        octet = peek(scanner);
        if (octet == (is_object ? '}' : ']')) {
            close_level(scanner);
            continue;
        }
        if (octet != ',')
            return wrong(scanner,
                         octet < 0 ? "it ends too early" : "a comma or an end was expected");
        scanner->at++;
        skip_blanks(scanner);
        return !is_object || scan_name(scanner);
    }
}

static bool scan_value(struct scanner *scanner)
{
    bool has_escapes;

    switch (peek(scanner)) {
    case '"':
        return scan_string(scanner, &has_escapes, NULL) && scan_between(scanner);
    case '{':
        if (!open_level(scanner, true))
            return false;
        if (peek(scanner) != '}')
            return scan_name(scanner);
        close_level(scanner);
        return scan_between(scanner);
    case '[':
        if (!open_level(scanner, false))
            return false;
        if (peek(scanner) != ']')
            return true;
        close_level(scanner);
        return scan_between(scanner);
    case -1:
        return wrong(scanner, "it ends too early");
    case '-':
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9':
        return scan_number(scanner) && scan_between(scanner);
    default:
        return scan_literal(scanner) && scan_between(scanner);
    }
}

bool json_scan(struct span line, struct arena *arena, struct json_index *index,
               struct json_error *error)
{
    struct scanner scanner = {.text = line, .arena = arena, .index = index, .error = error};
    bool good;

    *index = (struct json_index){NULL, 0, 0};
    skip_blanks(&scanner);
    if (peek(&scanner) != '{')
        return wrong(&scanner, "it is no JSON object");
    do
        good = scan_value(&scanner);
    while (good && scanner.depth > 0);
    if (good && scanner.at != line.length)
        good = wrong(&scanner, "octets behind the object");
    free(scanner.slots);
    return good;
}

const struct json_member *json_index_find(const struct json_index *index, const char *name)
{
    for (size_t i = 0; i < index->count; i++)
        if (span_equal(index->members[i].key, span_of(name)))
            return &index->members[i];
    return NULL;
}

/* ---- json-c ---------------------------------------------------------------------------------- */

json_object *json_read(struct span value)
{
    /* Kept for the whole process: making one costs more than most values. */
    static struct json_tokener *tokener;
    json_object *object;

    if (tokener == NULL) {
        tokener = json_tokener_new_ex(JSON_DEPTH_MAX + 1);
        if (tokener == NULL)
            diag_out_of_memory();
        json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
    }
    if (value.length > INT32_MAX)
        return NULL;
    json_tokener_reset(tokener);
    object = json_tokener_parse_ex(tokener, value.octets, (int)value.length);
    /* A number at the very end could go on: the tokener wants to see what ends it. */
    if (object == NULL && json_tokener_get_error(tokener) == json_tokener_continue)
        object = json_tokener_parse_ex(tokener, "\n", 1);
    return object;
}

void json_write(struct buf *out, json_object *object)
{
    size_t length;
    const char *text = json_object_to_json_string_length(
        object, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &length);

    if (text == NULL)
        diag_out_of_memory();
    buf_add(out, text, length);
}

/* Writes to TO, which has room for six octets, what stands for OCTET in a string. */
static char *escape(char *to, unsigned char octet)
{
    static const char digits[] = "0123456789abcdef";
    static const char letters[] = "btnvfr";

    *to++ = '\\';
    if (octet == '"' || octet == '\\') {
        *to++ = (char)octet;
    } else if (octet >= '\b' && octet <= '\r' && octet != '\v') {
        *to++ = letters[octet - '\b'];
    } else {
        memcpy(to, "u00", 3);
        to[3] = digits[octet >> 4];
        to[4] = digits[octet & 15];
        to += 5;
    }
    return to;
}

void json_write_string(struct buf *out, struct span text)
{
    size_t at = 0;

    buf_char(out, '"');
    while (at < text.length) {
        const char *from = text.octets + at;
        size_t run = plain_run(from, text.length - at);
        char *to = buf_reserve(out, run + 6);
        char *const begin = to;

        if (run > 0)
            memcpy(to, from, run);
        to += run;
        at += run;
        from += run;
        if (at < text.length && (unsigned char)*from < 0x80) {
            to = escape(to, (unsigned char)*from);
            at++;
        } else if (at < text.length) {
            uint32_t character;
            size_t step = utf8_read(from, text.length - at, &character);

            memcpy(to, step == 0 ? "\xef\xbf\xbd" : from, step == 0 ? 3 : step);
            to += step == 0 ? 3 : step;
            at += step == 0 ? 1 : step;
        }
        out->length += (size_t)(to - begin);
    }
    buf_char(out, '"');
}

json_object *json_member(json_object *object, const char *name)
{
    json_object *value;

    if (object == NULL || !json_object_is_type(object, json_type_object) ||
        !json_object_object_get_ex(object, name, &value))
        return NULL;
    return value;
}

const char *json_string(json_object *object, const char *name)
{
    json_object *value = json_member(object, name);

    return value != NULL && json_object_is_type(value, json_type_string)
               ? json_object_get_string(value)
               : NULL;
}

struct span json_string_span(json_object *object, const char *name)
{
    json_object *value = json_member(object, name);

    if (value == NULL || !json_object_is_type(value, json_type_string))
        return (struct span){NULL, 0};
    return (struct span){json_object_get_string(value), (size_t)json_object_get_string_len(value)};
}

bool json_true(json_object *object, const char *name)
{
    json_object *value = json_member(object, name);

    return value != NULL && json_object_is_type(value, json_type_boolean) &&
           json_object_get_boolean(value);
}

int64_t json_int(json_object *object, const char *name, int64_t otherwise)
{
    json_object *value = json_member(object, name);

    return value != NULL && json_object_is_type(value, json_type_int) ? json_object_get_int64(value)
                                                                      : otherwise;
}

size_t json_length(json_object *array)
{
    return json_object_is_type(array, json_type_array) ? json_object_array_length(array) : 0;
}
