/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * audit stats: counts events by name and by what is asked for with --by, from the store or from
 * ledger files; as a table or as one JSON object.
 *
 * An event tells only its own facts (`classified` the category, `routed` the queue). So all events
 * are read twice: first what is known of each message and case, then the counting, in which every
 * event has the category, queue … of its message.
 */
#include <sodium.h>
#include <stdlib.h>

#include "command.h"
#include "date.h"
#include "diag.h"
#include "json.h"
#include "ledger.h"

/* ---- texts by number ------------------------------------------------------------------------ */

/* Keys of any length to numbers from 0, in the order in which they came. */
struct numbers {
    struct number_slot {
        unsigned char digest[16];
        uint32_t number; /* from 1; 0: free */
    } * slots;           /* own */
    size_t slot_count;   /* a power of 2 */
    size_t count;
};

static struct number_slot *number_slot(const struct numbers *numbers,
                                       const unsigned char digest[16])
{
    size_t place;

    memcpy(&place, digest, sizeof(place));
    for (;; place++) {
        struct number_slot *slot = &numbers->slots[place & (numbers->slot_count - 1)];

        if (slot->number == 0 || memcmp(slot->digest, digest, sizeof(slot->digest)) == 0)
            return slot;
    }
}

static void numbers_grow(struct numbers *numbers)
{
    struct numbers larger = {.slot_count = numbers->slot_count > 0 ? 2 * numbers->slot_count : 1024,
                             .count = numbers->count};

    larger.slots = memory_take(larger.slot_count * sizeof(*larger.slots));
    memset(larger.slots, 0, larger.slot_count * sizeof(*larger.slots));
    for (size_t i = 0; i < numbers->slot_count; i++)
        if (numbers->slots[i].number != 0)
            *number_slot(&larger, numbers->slots[i].digest) = numbers->slots[i];
    free(numbers->slots);
    *numbers = larger;
}

/* The number of KEY; *FRESH: it was not known before. */
static uint32_t number_of(struct numbers *numbers, const void *key, size_t length, bool *fresh)
{
    unsigned char digest[16];
    struct number_slot *slot;

    if (2 * numbers->count >= numbers->slot_count)
        numbers_grow(numbers);
    crypto_generichash(digest, sizeof(digest), key, length, NULL, 0);
    slot = number_slot(numbers, digest);
    *fresh = slot->number == 0;
    if (*fresh) {
        memcpy(slot->digest, digest, sizeof(digest));
        slot->number = (uint32_t)++numbers->count;
    }
    return slot->number - 1;
}

/* ---- what can be asked for ------------------------------------------------------------------ */

enum by { BY_TIME, BY_FACT, BY_EVENT };

/* A word of --by. Facts belong to a message or case and are told by one of its events. */
static const struct dimension {
    const char *name;
    enum by by;
    const char *event;  /* BY_FACT: which event tells it */
    const char *member; /* in which member */
} dimensions[] = {
    {"hour", BY_TIME, NULL, NULL},
    {"day", BY_TIME, NULL, NULL},
    {"week", BY_TIME, NULL, NULL},
    {"month", BY_TIME, NULL, NULL},
    {"kind", BY_FACT, "received", "kind"},
    {"language", BY_FACT, "received", "language"},
    {"brand", BY_FACT, "received", "brand"},
    {"category", BY_FACT, "classified", "category"},
    {"level", BY_FACT, "classified", "level"},
    {"queue", BY_FACT, "routed", "queue"},
    {"site", BY_FACT, "routed", "site"},
    {"agent", BY_EVENT, NULL, "actor"},
    {"program", BY_EVENT, NULL, "program"},
};

#define DIMENSIONS (sizeof(dimensions) / sizeof(dimensions[0]))

/* In a table and in JSON: an event of which this is not known. */
#define UNKNOWN "-"

/* The order of events in a table: that of a message's life, then all others by name. */
static const char *const life[] = {
    "rejected", "received",     "deduplicated", "opened",  "joined",   "reopened",
    "closed",   "classified",   "redacted",     "routed",  "held",     "noted",
    "answered", "acknowledged", "delivered",    "bounced", "given-up", "error",
};

#define LIFE (sizeof(life) / sizeof(life[0]))

/* ---- counting ------------------------------------------------------------------------------- */

/* One line of the table. */
struct row {
    uint32_t event; /* place of its name among the texts */
    uint32_t values[DIMENSIONS];
    uint64_t count;
};

struct stats {
    struct command_run *run;
    const struct dimension *by[DIMENSIONS];
    size_t by_count;
    int64_t since;               /* UTC seconds, inclusive */
    int64_t until;               /* exclusive */
    struct numbers text_numbers; /* own */
    const char **texts;          /* in the arena */
    size_t text_count;
    size_t text_capacity;
    struct numbers subject_numbers; /* own: messages and cases */
    uint32_t *present;              /* own: for each of them, its present subject */
    size_t present_capacity;
    uint32_t *facts;      /* own: by_count texts a subject */
    size_t subject_count; /* in this reading */
    size_t facts_count;   /* subjects that have facts */
    size_t facts_capacity;
    struct numbers row_numbers; /* own */
    struct row *rows;           /* in the arena */
    size_t row_count;
    size_t row_capacity;
    uint64_t events; /* counted */
    struct buf text; /* own: scratch */
};

/* The number of TEXT, which is kept. */
static uint32_t text_number(struct stats *stats, struct span text)
{
    struct arena *arena = &stats->run->arena;
    bool fresh;
    uint32_t number = number_of(&stats->text_numbers, text.octets, text.length, &fresh);

    if (fresh) {
        stats->texts = arena_grow(arena, stats->texts, stats->text_count, &stats->text_capacity,
                                  sizeof(*stats->texts));
        stats->texts[stats->text_count++] = arena_copy(arena, text.octets, text.length);
    }
    return number;
}

/* A message or case that was not met in this reading yet. */
#define NO_SUBJECT UINT32_MAX

/* Begins a reading: subjects are numbered in the order in which they are met, so alike each time.
 */
static void begin_reading(struct stats *stats)
{
    for (size_t i = 0; i < stats->subject_numbers.count; i++)
        stats->present[i] = NO_SUBJECT;
    stats->subject_count = 0;
}

/* A new subject, whose facts are those of the reading before, or unknown. */
static uint32_t next_subject(struct stats *stats)
{
    size_t size = stats->by_count * sizeof(*stats->facts);

    if (stats->subject_count == stats->facts_count) {
        if (stats->facts_count == stats->facts_capacity) {
            stats->facts_capacity = stats->facts_capacity > 0 ? 2 * stats->facts_capacity : 1024;
            stats->facts = memory_resize(stats->facts, stats->facts_capacity * size);
        }
        memset(stats->facts + stats->facts_count * stats->by_count, 0, size);
        stats->facts_count++;
    }
    return (uint32_t)stats->subject_count++;
}

/*
 * The subject that member NAME of EVENT ("blobId", "case") names, NO_SUBJECT when it names none.
 * Each `received` of a blobId is a message of its own: the same octets may come for two recipients.
 */
static uint32_t subject_of(struct stats *stats, json_object *event, const char *name)
{
    const char *id = json_string(event, name);
    uint32_t number;
    bool fresh;

    if (id == NULL || stats->by_count == 0)
        return NO_SUBJECT;
    number = number_of(&stats->subject_numbers, id, strlen(id), &fresh);
    if (number >= stats->present_capacity) {
        stats->present_capacity = stats->present_capacity > 0 ? 2 * stats->present_capacity : 1024;
        stats->present =
            memory_resize(stats->present, stats->present_capacity * sizeof(*stats->present));
    }
    if (fresh || stats->present[number] == NO_SUBJECT ||
        (strcmp(name, "blobId") == 0 && strcmp(json_string(event, "event"), "received") == 0))
        stats->present[number] = next_subject(stats);
    return stats->present[number];
}

/* Text number 0 is UNKNOWN, so zeroed facts are unknown ones. */
static uint32_t member_number(struct stats *stats, json_object *event, const char *member)
{
    json_object *value = json_member(event, member);

    if (value == NULL)
        return 0;
    return text_number(stats, span_of(json_object_get_string(value)));
}

/* First reading: what EVENT tells of its message and its case. The last one to tell counts. */
static int learn(struct stats *stats, json_object *event, int64_t time)
{
    const char *name = json_string(event, "event");
    const uint32_t subjects[] = {subject_of(stats, event, "blobId"),
                                 subject_of(stats, event, "case")};

    (void)time;
    for (size_t i = 0; i < stats->by_count; i++) {
        const struct dimension *dimension = stats->by[i];

        if (dimension->by != BY_FACT || strcmp(name, dimension->event) != 0)
            continue;
        for (size_t j = 0; j < sizeof(subjects) / sizeof(subjects[0]); j++)
            if (subjects[j] != NO_SUBJECT)
                stats->facts[subjects[j] * stats->by_count + i] =
                    member_number(stats, event, dimension->member);
    }
    return 0;
}

/* The day, hour … of TIME as text; weeks are those of ISO 8601. */
static uint32_t time_number(struct stats *stats, const char *name, int64_t time)
{
    struct date date = {.seconds = time, .known_offset = true};
    struct date_parts parts = date_split(date);
    struct buf *text = &stats->text;

    buf_clear(text);
    if (strcmp(name, "week") == 0) {
        /* The week belongs to the year that its Thursday lies in. */
        int64_t thursday = date_days(parts.year, parts.month, parts.day) - parts.weekday + 3;

        date.seconds = thursday * 86400;
        parts = date_split(date);
        buf_format(text, "%04d-W%02lld", parts.year,
                   (long long)(thursday - date_days(parts.year, 1, 1)) / 7 + 1);
    } else if (strcmp(name, "month") == 0) {
        buf_format(text, "%04d-%02d", parts.year, parts.month);
    } else {
        buf_format(text, "%04d-%02d-%02d", parts.year, parts.month, parts.day);
        if (strcmp(name, "hour") == 0)
            buf_format(text, "T%02d", parts.hour);
    }
    return text_number(stats, buf_view(text));
}

/* Second reading: counts EVENT when it lies in the time asked for. */
static int count(struct stats *stats, json_object *event, int64_t time)
{
    const char *name = json_string(event, "event");
    uint32_t message = subject_of(stats, event, "blobId");
    uint32_t of_case = subject_of(stats, event, "case");
    uint32_t subject = message != NO_SUBJECT ? message : of_case;
    struct row row;
    uint32_t number;
    bool fresh;

    if (time < stats->since || time >= stats->until)
        return 0;
    memset(&row, 0, sizeof(row));
    row.event = text_number(stats, span_of(name));
    for (size_t i = 0; i < stats->by_count; i++) {
        const struct dimension *dimension = stats->by[i];

        switch (dimension->by) {
        case BY_TIME:
            row.values[i] = time_number(stats, dimension->name, time);
            break;
        case BY_FACT:
            if (strcmp(name, dimension->event) == 0)
                row.values[i] = member_number(stats, event, dimension->member);
            else if (subject != NO_SUBJECT)
                row.values[i] = stats->facts[subject * stats->by_count + i];
            break;
        case BY_EVENT:
            row.values[i] = member_number(stats, event, dimension->member);
        }
    }
    number = number_of(&stats->row_numbers, &row, sizeof(row), &fresh);
    if (fresh) {
        stats->rows = arena_grow(&stats->run->arena, stats->rows, stats->row_count,
                                 &stats->row_capacity, sizeof(*stats->rows));
        stats->rows[stats->row_count++] = row;
    }
    stats->rows[number].count++;
    stats->events++;
    return 0;
}

/* ---- reading -------------------------------------------------------------------------------- */

typedef int visit_event(struct stats *stats, json_object *event, int64_t time);

/* Hands one line over; false when it is no event. */
static bool visit_line(struct stats *stats, visit_event *visit, struct span line, int *code)
{
    json_object *event = json_read(line);
    struct date date;
    bool good = json_string(event, "event") != NULL &&
                date_parse_rfc3339(json_string_span(event, "time"), &date);

    if (good)
        *code = visit(stats, event, date.seconds);
    json_object_put(event);
    return good;
}

static int visit_file(struct stats *stats, visit_event *visit, const char *path)
{
    struct ledger_reader reader;
    struct span line;
    unsigned long long number = 0;
    int code = ledger_open(&reader, path);

    while (code == 0 && (line = ledger_next(&reader, &code)).length > 0) {
        struct ledger_line parts;

        number++;
        if (!ledger_read_line(line, &parts) ||
            !visit_line(stats, visit, (struct span){line.octets, line.length - 1}, &code))
            code = diag(EX_DATAERR, path,
                        "line %llu is no line of an audit log: see `audit verify --file`", number);
    }
    ledger_close(&reader);
    return code;
}

static int visit_store(struct stats *stats, visit_event *visit)
{
    struct store_statement *statement =
        store_prepare(stats->run->store, "SELECT line FROM event ORDER BY origin, seq");
    int code = 0;
    int step = 0;

    while (code == 0 && (step = store_step(statement)) > 0)
        if (!visit_line(stats, visit, store_text(statement, 0), &code))
            code = diag(EX_TEMPFAIL, store_folder(stats->run->store),
                        "an event in the store is damaged: see `audit verify`, restore a backup");
    if (code != 0)
        store_reset(statement);
    return code == 0 && step < 0 ? EX_TEMPFAIL : code;
}

/* Every event, of the files that --file names or else of the store. */
static int visit_all(struct stats *stats, visit_event *visit)
{
    const struct filter_values *values = &stats->run->values;
    int code = 0;

    begin_reading(stats);
    if (stats->run->store != NULL)
        return visit_store(stats, visit);
    for (size_t i = 0; code == 0 && i < values->given_count; i++)
        if (strcmp(values->given[i].option->name, "file") == 0)
            code = visit_file(stats, visit, values->given[i].value);
    return code;
}

/* ---- options -------------------------------------------------------------------------------- */

static int read_by(struct stats *stats)
{
    const char *list = command_value(stats->run, "by");

    while (list != NULL && *list != '\0') {
        size_t length = strcspn(list, ",");
        size_t i = 0;

        while (i < DIMENSIONS && (strlen(dimensions[i].name) != length ||
                                  memcmp(dimensions[i].name, list, length) != 0))
            i++;
        if (i == DIMENSIONS)
            return diag(EX_USAGE, NULL,
                        "--by: %.*s: use hour, day, week, month, kind, language, brand, category, "
                        "level, queue, site, agent or program",
                        (int)length, list);
        for (size_t j = 0; j < stats->by_count; j++)
            if (stats->by[j] == &dimensions[i])
                return diag(EX_USAGE, NULL, "--by: %s stands twice: name it once",
                            dimensions[i].name);
        stats->by[stats->by_count++] = &dimensions[i];
        list += length + (list[length] == ',');
    }
    return 0;
}

/* A day (its beginning, UTC) or a date-time of RFC 3339. */
static int read_time(struct stats *stats, const char *option, int64_t *seconds)
{
    const char *value = command_value(stats->run, option);
    struct date date;

    if (value == NULL)
        return 0;
    if (!date_parse_rfc3339(span_of(value), &date) &&
        !date_parse_rfc3339(span_of(arena_format(&stats->run->arena, "%sT00:00:00Z", value)),
                            &date))
        return diag(EX_USAGE, NULL,
                    "--%s=%s: give a day (2026-11-24) or a time (2026-11-24T08:00:00Z)", option,
                    value);
    *seconds = date.seconds;
    return 0;
}

/* ---- output --------------------------------------------------------------------------------- */

/* What the comparison of rows needs; qsort has no place for it. */
static const struct stats *sorted;

static size_t life_place(const char *name)
{
    size_t i = 0;

    while (i < LIFE && strcmp(name, life[i]) != 0)
        i++;
    return i;
}

static int by_value(const void *left, const void *right)
{
    const struct row *a = left;
    const struct row *b = right;
    const char *a_name = sorted->texts[a->event];
    const char *b_name = sorted->texts[b->event];
    size_t a_place = life_place(a_name);
    size_t b_place = life_place(b_name);

    for (size_t i = 0; i < sorted->by_count; i++) {
        int order = strcmp(sorted->texts[a->values[i]], sorted->texts[b->values[i]]);

        if (order != 0)
            return order;
    }
    if (a_place != b_place)
        return a_place < b_place ? -1 : 1;
    return strcmp(a_name, b_name);
}

/* Appends TEXT, fit for a terminal, and blanks up to WIDTH columns (its octets are counted). */
static void write_cell(struct buf *out, const char *text, size_t width)
{
    size_t length = strlen(text);

    out->length += diag_clean(buf_reserve(out, length + 1), length + 1, text, length);
    for (; length < width + 2; length++)
        buf_char(out, ' ');
}

static void write_table(const struct stats *stats)
{
    struct buf *out = &stats->run->out;
    size_t widths[DIMENSIONS + 1];
    size_t event = stats->by_count;

    widths[event] = strlen("event");
    for (size_t i = 0; i < stats->by_count; i++)
        widths[i] = strlen(stats->by[i]->name);
    for (size_t j = 0; j < stats->row_count; j++) {
        for (size_t i = 0; i <= event; i++) {
            size_t width =
                strlen(stats->texts[i < event ? stats->rows[j].values[i] : stats->rows[j].event]);

            if (width > widths[i])
                widths[i] = width;
        }
    }
    for (size_t i = 0; i < event; i++)
        write_cell(out, stats->by[i]->name, widths[i]);
    write_cell(out, "event", widths[event]);
    buf_string(out, "   count\n");
    for (size_t j = 0; j < stats->row_count; j++) {
        for (size_t i = 0; i < event; i++)
            write_cell(out, stats->texts[stats->rows[j].values[i]], widths[i]);
        write_cell(out, stats->texts[stats->rows[j].event], widths[event]);
        buf_format(out, "%8llu\n", (unsigned long long)stats->rows[j].count);
    }
}

static void write_time(struct buf *out, const char *name, int64_t time)
{
    buf_format(out, "\"%s\":\"", name);
    date_write_utc(out, time);
    buf_string(out, "\",");
}

/* {"since":…,"until":…,"by":[…],"events":N,"counts":[{"category":…,"event":…,"count":N}…]} */
static void write_json(const struct stats *stats)
{
    struct buf *out = &stats->run->out;

    buf_char(out, '{');
    if (stats->since != INT64_MIN)
        write_time(out, "since", stats->since);
    if (stats->until != INT64_MAX)
        write_time(out, "until", stats->until);
    buf_string(out, "\"by\":[");
    for (size_t i = 0; i < stats->by_count; i++)
        buf_format(out, "%s\"%s\"", i > 0 ? "," : "", stats->by[i]->name);
    buf_format(out, "],\"events\":%llu,\"counts\":[", (unsigned long long)stats->events);
    for (size_t j = 0; j < stats->row_count; j++) {
        const struct row *row = &stats->rows[j];

        buf_string(out, j > 0 ? ",{" : "{");
        for (size_t i = 0; i < stats->by_count; i++) {
            buf_format(out, "\"%s\":", stats->by[i]->name);
            if (row->values[i] == 0)
                buf_string(out, "null");
            else
                json_write_string(out, span_of(stats->texts[row->values[i]]));
            buf_char(out, ',');
        }
        buf_string(out, "\"event\":");
        json_write_string(out, span_of(stats->texts[row->event]));
        buf_format(out, ",\"count\":%llu}", (unsigned long long)row->count);
    }
    buf_string(out, "]}\n");
}

static int stats(struct command_run *run)
{
    struct stats stats = {.run = run, .since = INT64_MIN, .until = INT64_MAX};
    int code;

    text_number(&stats, SPAN(UNKNOWN));
    code = read_by(&stats);
    if (code == 0)
        code = read_time(&stats, "since", &stats.since);
    if (code == 0)
        code = read_time(&stats, "until", &stats.until);
    if (code == 0 && command_value(run, "file") == NULL)
        code = command_store(run);
    if (code == 0)
        code = visit_all(&stats, learn);
    if (code == 0)
        code = visit_all(&stats, count);
    if (code == 0) {
        sorted = &stats;
        if (stats.row_count > 0)
            qsort(stats.rows, stats.row_count, sizeof(*stats.rows), by_value);
        if (command_value(run, "json") != NULL)
            write_json(&stats);
        else
            write_table(&stats);
    }
    free(stats.text_numbers.slots);
    free(stats.subject_numbers.slots);
    free(stats.row_numbers.slots);
    free(stats.present);
    free(stats.facts);
    buf_release(&stats.text);
    return code;
}

static const struct filter_option options[] = {
    {"by", 0, "LIST", "count by these, separated by commas: day, level, category, queue, kind …"},
    {"since", 0, "TIME", "only events at or after this day or time (UTC)"},
    {"until", 0, "TIME", "only events before this day or time (UTC)"},
    {"file", 0, "FILE", "count this ledger file, not the store; may be given more than once"},
    {"json", 0, NULL, "write one JSON object"},
    {NULL, 0, NULL, NULL},
};

static const struct command command = {
    .name = "audit stats",
    .operands = "",
    .summary = "count events by name, day, level, category, queue, kind, language and more",
    .options = options,
    .run = stats,
};

int main(int argc, char **argv)
{
    return command_main(&command, argc, argv);
}
