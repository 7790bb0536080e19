/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any octets are a line: scan them, read and write what was accepted, hold what json.h promises. */
#include <stdlib.h>

#include "json.h"
#include "utf8.h"

/* abort() so that a promise that is broken counts as a crash, also without assertions. */
static void must(bool promise)
{
    if (!promise)
        abort();
}

/* VALUE is a value by itself: json-c reads it, and reads what it writes of it as the same. */
static void check_value(struct span value)
{
    json_object *object = json_read(value);
    struct arena arena = ARENA_INIT;
    struct buf text = BUF_INIT;
    struct json_index index;
    struct json_error error;
    json_object *again;

    if (object == NULL) {
        must(span_equal(value, SPAN("null")));
        return;
    }
    buf_string(&text, "{\"v\":");
    json_write(&text, object);
    buf_char(&text, '}');
    must(json_scan(buf_view(&text), &arena, &index, &error));
    must(index.count == 1 && json_index_find(&index, "v") == index.members);
    again = json_read(index.members[0].value);
    must(json_object_equal(object, again) != 0);
    json_object_put(object);
    json_object_put(again);
    buf_release(&text);
    arena_release(&arena);
}

static void check_index(struct span line, const struct json_index *index)
{
    const char *at = line.octets;

    for (size_t i = 0; i < index->count; i++) {
        const struct json_member *member = &index->members[i];

        must(member->name.octets > at && member->name.octets[-1] == '"');
        must(member->value.octets >= member->name.octets + member->name.length + 2);
        must(member->value.length > 0);
        at = member->value.octets + member->value.length;
        must(at < line.octets + line.length);
        must(utf8_valid(member->key) && member->key.length <= member->name.length);
        for (size_t other = 0; other < i && i < 50; other++)
            must(!span_equal(index->members[other].key, member->key));
        check_value(member->value);
    }
}

/* Octets as a string come back repaired. */
static void check_string(struct span octets)
{
    struct arena arena = ARENA_INIT;
    struct buf line = BUF_INIT;
    struct buf repaired = BUF_INIT;
    struct json_index index;
    struct json_error error;
    json_object *string;

    buf_string(&line, "{\"s\":");
    json_write_string(&line, octets);
    buf_char(&line, '}');
    buf_repair(&repaired, octets);
    must(json_scan(buf_view(&line), &arena, &index, &error));
    string = json_read(index.members[0].value);
    must(span_equal(
        (struct span){json_object_get_string(string), (size_t)json_object_get_string_len(string)},
        buf_view(&repaired)));
    json_object_put(string);
    buf_release(&repaired);
    buf_release(&line);
    arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span line = {(const char *)data, size};
    struct arena arena = ARENA_INIT;
    struct json_index index;
    struct json_error error = {0, NULL};

    if (json_scan(line, &arena, &index, &error)) {
        must(utf8_valid(line));
        check_index(line, &index);
    } else {
        must(error.reason != NULL && error.offset <= size);
    }
    check_string(line);
    arena_release(&arena);
    return 0;
}
