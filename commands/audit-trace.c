/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * audit trace: the path of one e-mail or of one case: when, what, by which program, with what
 * details, and how long each step took; as text or as JSON.
 */
#define _GNU_SOURCE /* memmem */
#include <stdlib.h>

#include "command.h"
#include "date.h"
#include "diag.h"
#include "house.h"
#include "json.h"

/* Digits of a blobId that are shown in a case's trace: enough to tell its messages apart. */
#define BLOB_ID_SHOWN (sizeof("sha256-") - 1 + 12)

/* One event of the trace. */
struct step {
    int64_t time;
    size_t place;      /* in the order of the store, which decides among equal times */
    struct span line;  /* in the arena */
    json_object *json; /* own */
};

struct trace {
    struct command_run *run;
    const char *case_id;   /* asked for, or NULL: the blobIds were */
    const char **blob_ids; /* of the messages, in the order in which they came */
    size_t blob_id_count;
    size_t blob_id_capacity;
    struct step *steps;
    size_t count;
    size_t capacity;
};

static void add_blob_id(struct trace *trace, const char *id)
{
    struct arena *arena = &trace->run->arena;

    for (size_t i = 0; i < trace->blob_id_count; i++)
        if (strcmp(trace->blob_ids[i], id) == 0)
            return;
    trace->blob_ids = arena_grow(arena, trace->blob_ids, trace->blob_id_count,
                                 &trace->blob_id_capacity, sizeof(*trace->blob_ids));
    trace->blob_ids[trace->blob_id_count++] = arena_string(arena, id);
}

/* ---- what was asked for --------------------------------------------------------------------- */

/* The messages that bear a Message-ID, given without its angle brackets. */
static int find_message_id(struct trace *trace, struct span message_id)
{
    struct arena *arena = &trace->run->arena;
    struct store_statement *statement =
        store_prepare(trace->run->store, "SELECT blob_id FROM message_id"
                                         " WHERE message_id = ?1 OR message_id = ?2");
    int step;

    store_bind_text(statement, 1, message_id);
    store_bind_string(statement, 2,
                      arena_format(arena, "<%.*s>", (int)message_id.length, message_id.octets));
    while ((step = store_step(statement)) > 0) {
        struct span found = store_text(statement, 0);

        add_blob_id(trace, arena_copy(arena, found.octets, found.length));
    }
    return step == 0 ? 0 : EX_TEMPFAIL;
}

/* Takes OPERAND as a blobId, a Message-ID or a case id, this also as it stands in a subject. */
static int find_operand(struct trace *trace, const char *operand)
{
    char *id = arena_alloc(&trace->run->arena, CASE_ID_SIZE);
    struct span text = span_trim(span_of(operand));

    if (span_begins(text, SPAN("sha256-"))) {
        add_blob_id(trace, operand);
        return 0;
    }
    while (text.length > 0 && strchr("[#<", text.octets[0]) != NULL) {
        text.octets++;
        text.length--;
    }
    while (text.length > 0 && strchr("]>", text.octets[text.length - 1]) != NULL)
        text.length--;
    if (case_id_read(id, text)) {
        trace->case_id = id;
        return 0;
    }
    if (memchr(text.octets, '@', text.length) == NULL)
        return diag(EX_NOINPUT, operand,
                    "is no case id (a character is wrong or missing), no blobId and no Message-ID");
    return find_message_id(trace, text);
}

/* ---- its events ----------------------------------------------------------------------------- */

static bool has_member(struct span line, const char *name, const char *value)
{
    struct buf text = BUF_INIT;
    bool found;

    buf_format(&text, "\"%s\":\"%s\"", name, value);
    found = memmem(line.octets, line.length, text.octets, text.length) != NULL;
    buf_release(&text);
    return found;
}

static bool belongs(const struct trace *trace, struct span line)
{
    if (trace->case_id != NULL)
        return has_member(line, "case", trace->case_id);
    for (size_t i = 0; i < trace->blob_id_count; i++)
        if (has_member(line, "blobId", trace->blob_ids[i]))
            return true;
    return false;
}

static int add_step(struct trace *trace, struct span line)
{
    struct arena *arena = &trace->run->arena;
    const char *copy = arena_copy(arena, line.octets, line.length);
    struct step step = {.place = trace->count, .line = {copy, line.length}};
    const char *message;
    struct date date;

    step.json = json_read(step.line);
    if (step.json == NULL || !date_parse_rfc3339(json_string_span(step.json, "time"), &date)) {
        json_object_put(step.json);
        return diag(EX_TEMPFAIL, store_folder(trace->run->store),
                    "an event in the store is damaged: see `audit verify`, restore a backup");
    }
    step.time = date.seconds;
    trace->steps =
        arena_grow(arena, trace->steps, trace->count, &trace->capacity, sizeof(*trace->steps));
    trace->steps[trace->count++] = step;
    message = json_string(step.json, "blobId");
    if (message != NULL)
        add_blob_id(trace, message);
    return 0;
}

static int by_time(const void *left, const void *right)
{
    const struct step *a = left;
    const struct step *b = right;

    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    return a->place < b->place ? -1 : a->place > b->place;
}

/* All rows are looked at: they have no index by case, and are read at a hundred megabytes a second.
 */
static int find_steps(struct trace *trace)
{
    struct store_statement *statement =
        store_prepare(trace->run->store, "SELECT line FROM event ORDER BY origin, seq");
    int code = 0;
    int step = 0;

    while (code == 0 && (step = store_step(statement)) > 0)
        if (belongs(trace, store_text(statement, 0)))
            code = add_step(trace, store_text(statement, 0));
    if (code != 0)
        store_reset(statement);
    else if (step < 0)
        code = EX_TEMPFAIL;
    if (trace->count > 0)
        qsort(trace->steps, trace->count, sizeof(*trace->steps), by_time);
    return code;
}

/* ---- output --------------------------------------------------------------------------------- */

/* A length of time in its two largest units: 4m10s, 3h05m, 2d7h. */
static void write_duration(struct buf *out, int64_t seconds)
{
    long long count = (long long)seconds;

    if (count < 60)
        buf_format(out, "%llds", count);
    else if (count < 3600)
        buf_format(out, "%lldm%02llds", count / 60, count % 60);
    else if (count < 86400)
        buf_format(out, "%lldh%02lldm", count / 3600, count % 3600 / 60);
    else
        buf_format(out, "%lldd%lldh", count / 86400, count % 86400 / 3600);
}

static void write_scalar(struct buf *out, json_object *value)
{
    if (json_object_is_type(value, json_type_string)) {
        const char *text = json_object_get_string(value);
        size_t length = (size_t)json_object_get_string_len(value);
        char *clean = buf_reserve(out, length + 1);

        out->length += diag_clean(clean, length + 1, text, length);
    } else {
        json_write(out, value);
    }
}

/* VALUE as one word: arrays with commas, in quotation marks when it holds blanks. */
static void write_value(struct buf *out, json_object *value)
{
    struct buf text = BUF_INIT;
    const char *mark;

    if (json_object_is_type(value, json_type_array)) {
        for (size_t i = 0; i < json_object_array_length(value); i++) {
            if (i > 0)
                buf_char(&text, ',');
            write_scalar(&text, json_object_array_get_idx(value, i));
        }
    } else {
        write_scalar(&text, value);
    }
    if (text.length > BLOB_ID_SHOWN && span_begins(buf_view(&text), SPAN("sha256-")))
        text.length = BLOB_ID_SHOWN;
    mark = text.length == 0 || memchr(text.octets, ' ', text.length) != NULL ? "\"" : "";
    buf_string(out, mark);
    buf_span(out, buf_view(&text));
    buf_string(out, mark);
    buf_release(&text);
}

/* Members that have a column of their own, or that nobody reads. */
static bool is_detail(const char *name)
{
    static const char *const others[] = {"time",    "case", "event", "blobId", "actor",
                                         "program", "seq",  "prev",  "hash"};

    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (strcmp(name, others[i]) == 0)
            return false;
    return true;
}

/* `name=value` of each detail; a digest in its short form. */
static void write_details(struct buf *out, json_object *event)
{
    json_object_object_foreach(event, name, value)
    {
        if (!is_detail(name))
            continue;
        buf_format(out, " %s=", name);
        write_value(out, value);
    }
}

/* What the trace is of, how many events it has, and how long it all took. */
static void write_heading(struct trace *trace)
{
    struct buf *out = &trace->run->out;
    int64_t seconds = trace->steps[trace->count - 1].time - trace->steps[0].time;

    if (trace->case_id != NULL)
        buf_format(out, "case %s: %zu message%s", trace->case_id, trace->blob_id_count,
                   trace->blob_id_count == 1 ? "" : "s");
    else if (trace->blob_id_count == 1)
        buf_format(out, "message %s", trace->blob_ids[0]);
    else
        buf_format(out, "%zu messages", trace->blob_id_count);
    buf_format(out, "%s %zu event%s", trace->case_id != NULL ? "," : ":", trace->count,
               trace->count == 1 ? "" : "s");
    if (seconds > 0) {
        buf_string(out, " in ");
        write_duration(out, seconds);
    }
    buf_char(out, '\n');
}

static void write_text(struct trace *trace)
{
    struct buf *out = &trace->run->out;

    write_heading(trace);
    for (size_t i = 0; i < trace->count; i++) {
        const struct step *step = &trace->steps[i];
        const char *name = json_string(step->json, "event");
        const char *program = json_string(step->json, "program");
        const char *actor = json_string(step->json, "actor");
        const char *message = json_string(step->json, "blobId");
        const char *of_case = json_string(step->json, "case");
        struct buf after = BUF_INIT;

        if (i > 0 && step->time > step[-1].time) {
            buf_char(&after, '+');
            write_duration(&after, step->time - step[-1].time);
        }
        date_write_utc(out, step->time);
        buf_format(out, " %7s  %-14s %-10s", buf_cstring(&after), name != NULL ? name : "",
                   program != NULL ? program : "");
        if (trace->case_id != NULL || trace->blob_id_count > 1)
            buf_format(out, " %-*.*s", (int)BLOB_ID_SHOWN, (int)BLOB_ID_SHOWN,
                       message != NULL ? message : "");
        if (trace->case_id == NULL && of_case != NULL)
            buf_format(out, " case=%s", of_case);
        if (actor != NULL)
            buf_format(out, " actor=%s", actor);
        write_details(out, step->json);
        while (out->octets[out->length - 1] == ' ')
            out->length--;
        buf_char(out, '\n');
        buf_release(&after);
    }
}

/* {"case":…,"blobIds":[…],"seconds":N,"events":[{…,"after":N}…]} */
static void write_json(struct trace *trace)
{
    struct buf *out = &trace->run->out;
    const struct step *steps = trace->steps;

    buf_char(out, '{');
    if (trace->case_id != NULL)
        buf_format(out, "\"case\":\"%s\",", trace->case_id);
    buf_string(out, "\"blobIds\":[");
    for (size_t i = 0; i < trace->blob_id_count; i++) {
        if (i > 0)
            buf_char(out, ',');
        json_write_string(out, span_of(trace->blob_ids[i]));
    }
    buf_format(out, "],\"seconds\":%lld,\"events\":[",
               (long long)(steps[trace->count - 1].time - steps[0].time));
    for (size_t i = 0; i < trace->count; i++) {
        if (i > 0)
            buf_char(out, ',');
        buf_add(out, steps[i].line.octets, steps[i].line.length - 1);
        buf_format(out, ",\"after\":%lld}",
                   (long long)(i > 0 ? steps[i].time - steps[i - 1].time : 0));
    }
    buf_string(out, "]}\n");
}

static int trace(struct command_run *run)
{
    struct trace trace = {.run = run};
    const char *operand = command_operand(run, 0);
    int code = command_store(run);

    if (code == 0)
        code = find_operand(&trace, operand);
    if (code == 0 && (trace.case_id != NULL || trace.blob_id_count > 0))
        code = find_steps(&trace);
    if (code == 0 && trace.steps == NULL)
        return diag(EX_NOINPUT, operand,
                    "nothing is recorded of it: give a case id, a blobId, or a Message-ID");
    if (code == 0 && command_value(run, "json") != NULL)
        write_json(&trace);
    else if (code == 0)
        write_text(&trace);
    for (size_t i = 0; i < trace.count; i++)
        json_object_put(trace.steps[i].json);
    return code;
}

static const struct filter_option options[] = {
    {"json", 0, NULL, "write one JSON object"},
    {NULL, 0, NULL, NULL},
};

static const struct command command = {
    .name = "audit trace",
    .operands = "CASE|MESSAGE-ID|BLOBID",
    .summary = "show the path of one e-mail or case, from the events of the store",
    .options = options,
    .least = 1,
    .most = 1,
    .run = trace,
};

int main(int argc, char **argv)
{
    return command_main(&command, argc, argv);
}
