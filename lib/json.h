/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json: Email objects to and from text.
 *
 * A line is scanned once (json_scan): the whole grammar of RFC 8259, UTF-8, double names, depth;
 * and the places of its outermost members are noted. What a filter wants of it is then read by
 * json-c (json_read), which alone would let too much through; the rest is copied untouched.
 */
#ifndef POSTROOM_JSON_H
#define POSTROOM_JSON_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "buf.h"

/*
 * Objects and arrays inside each other, at most: twice the MIME depth that limits allow by default
 * (each part is an object in an array) and room to spare.
 */
#define JSON_DEPTH_MAX 256

/* A member of the outermost object. */
struct json_member {
    struct span name;  /* between the quotation marks, as written */
    struct span key;   /* what the name stands for: `name` itself unless that has escapes */
    struct span value; /* from its first octet to its last */
};

struct json_index {
    struct json_member *members; /* in the arena */
    size_t count;
    size_t capacity;
};

struct json_error {
    size_t offset;      /* of the octet that is wrong, from 0 */
    const char *reason; /* static text */
};

/*
 * Checks that LINE is one JSON object and notes its members in INDEX (emptied first; in ARENA).
 * False, with *ERROR, for anything else: bad grammar or UTF-8, a lone surrogate, a name that stands
 * twice in an object, more than JSON_DEPTH_MAX levels, octets behind the object. Linear in LINE; no
 * recursion. Names are compared as they read, escapes resolved.
 */
bool json_scan(struct span line, struct arena *arena, struct json_index *index,
               struct json_error *error);

/* The member whose key is NAME, or NULL. */
const struct json_member *json_index_find(const struct json_index *index, const char *name);

/*
 * The value that VALUE, a part of text that json_scan accepted, stands for; to be given back with
 * json_object_put. NULL for `null` (which json-c writes as NULL), and for more than 2 GiB. Names
 * end at a NUL (\u0000), since json-c keeps them as C strings.
 */
json_object *json_read(struct span value);

/* Appends OBJECT as text: no blanks, no escaped slashes, members in their order. */
void json_write(struct buf *out, json_object *object);

/*
 * Appends TEXT as a JSON string with its quotation marks. Invalid UTF-8 becomes U+FFFD; only what
 * RFC 8259 section 7 demands is escaped.
 */
void json_write_string(struct buf *out, struct span text);

/* The member of OBJECT called NAME, borrowed; NULL when absent, null, or OBJECT is no object. */
json_object *json_member(json_object *object, const char *name);

/* The same as a C string, a span, a truth, a number; NULL, empty, false, OTHERWISE for other types.
 */
const char *json_string(json_object *object, const char *name);
struct span json_string_span(json_object *object, const char *name);
bool json_true(json_object *object, const char *name);
int64_t json_int(json_object *object, const char *name, int64_t otherwise);

/* How many items ARRAY has; 0 when it is NULL or no array, where json-c would end the process. */
size_t json_length(json_object *array);

#endif
