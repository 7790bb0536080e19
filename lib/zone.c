/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "zone.h"

#include "arena.h"
#include "buf.h"
#include "date.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define DAY_SECONDS 86400

/* Summer time by the rule at the end of the file is laid out up to this year. */
#define LAST_YEAR 2150

/* The largest file of the database has 4 KB. */
#define FILE_MAX 65536

struct change {
    int64_t at;  /* UTC */
    int minutes; /* offset from then on */
};

struct zone {
    struct zone *next; /* in the list of those that were read */
    char *name;
    int before; /* offset before the first change */
    struct change *changes;
    size_t count, capacity;
};

/* What is left to read; `bad` once something was missing. */
struct reader {
    const unsigned char *next;
    size_t left;
    bool bad;
};

static const unsigned char *take(struct reader *reader, size_t count)
{
    const unsigned char *octets = reader->next;

    if (reader->bad || reader->left < count) {
        reader->bad = true;
        return NULL;
    }
    reader->next += count;
    reader->left -= count;
    return octets;
}

/* A signed big-endian number of WIDTH octets; 0 when there is none. */
static int64_t take_integer(struct reader *reader, size_t width)
{
    const unsigned char *octets = take(reader, width);
    uint64_t value;
    size_t i;

    if (octets == NULL)
        return 0;
    value = octets[0] & 0x80 ? UINT64_MAX : 0;
    for (i = 0; i < width; i++)
        value = value << 8 | octets[i];
    return (int64_t)value;
}

static int whole_minutes(int64_t seconds)
{
    return (int)(seconds >= 0 ? seconds / 60 : -((-seconds + 59) / 60));
}

static void add_change(struct zone *zone, int64_t at, int minutes)
{
    if (zone->count > 0 && zone->changes[zone->count - 1].at >= at)
        return;
    if (zone->count == zone->capacity) {
        zone->capacity = zone->capacity > 0 ? zone->capacity * 2 : 64;
        zone->changes = memory_resize(zone->changes, zone->capacity * sizeof *zone->changes);
    }
    zone->changes[zone->count++] = (struct change){at, minutes};
}

/* The counts of a header (RFC 8536 section 3.1). */
struct header {
    int version;
    size_t utc_flags, standard_flags, leaps, times, types, characters;
};

static bool read_header(struct reader *reader, struct header *header)
{
    const unsigned char *start = take(reader, 20);

    if (start == NULL || memcmp(start, "TZif", 4) != 0)
        return false;
    header->version = start[4] == '\0' ? 1 : start[4] - '0';
    header->utc_flags = (size_t)take_integer(reader, 4);
    header->standard_flags = (size_t)take_integer(reader, 4);
    header->leaps = (size_t)take_integer(reader, 4);
    header->times = (size_t)take_integer(reader, 4);
    header->types = (size_t)take_integer(reader, 4);
    header->characters = (size_t)take_integer(reader, 4);
    return !reader->bad && header->utc_flags <= FILE_MAX && header->standard_flags <= FILE_MAX &&
           header->leaps <= FILE_MAX && header->times <= FILE_MAX && header->types > 0 &&
           header->types <= FILE_MAX && header->characters <= FILE_MAX;
}

/* Reads a data block whose times have WIDTH octets into ZONE, or skips it when ZONE is NULL. */
static bool read_block(struct reader *reader, const struct header *header, size_t width,
                       struct zone *zone)
{
    struct reader times = {take(reader, header->times * width), header->times * width, false};
    const unsigned char *indexes = take(reader, header->times);
    const unsigned char *types = take(reader, header->types * 6);
    size_t i;

    (void)take(reader, header->characters + header->leaps * (width + 4) + header->standard_flags +
                           header->utc_flags);
    if (reader->bad)
        return false;
    if (zone == NULL)
        return true;
    for (i = 0; i <= header->times; i++) {
        size_t type = i == 0 ? 0 : indexes[i - 1];
        struct reader record;
        int minutes;

        if (type >= header->types)
            return false;
        record = (struct reader){types + type * 6, 4, false};
        minutes = whole_minutes(take_integer(&record, 4));
        if (minutes <= -26 * 60 || minutes >= 26 * 60)
            return false;
        if (i == 0)
            zone->before = minutes;
        else
            add_change(zone, take_integer(&times, width), minutes);
    }
    return true;
}

/* The day of a change in the POSIX rule: `Mm.w.d`, `Jn` or `n`, with `/time`. */
struct rule {
    char form; /* 'M', 'J' or '0' */
    int month, week, day;
    int seconds; /* wall clock, from midnight; -167 to 167 hours */
};

static bool take_char(struct reader *reader, char octet)
{
    if (reader->left == 0 || *reader->next != (unsigned char)octet)
        return false;
    (void)take(reader, 1);
    return true;
}

static int take_digits(struct reader *reader)
{
    int value = 0;
    size_t count = 0;

    while (reader->left > 0 && *reader->next >= '0' && *reader->next <= '9' && count++ < 4)
        value = value * 10 + (*take(reader, 1) - '0');
    if (count == 0)
        reader->bad = true;
    return value;
}

/* `[+-]hh[:mm[:ss]]` in seconds. */
static int take_clock(struct reader *reader)
{
    bool minus = take_char(reader, '-');
    int seconds;

    if (!minus)
        (void)take_char(reader, '+');
    seconds = take_digits(reader) * 3600;
    if (take_char(reader, ':')) {
        seconds += take_digits(reader) * 60;
        if (take_char(reader, ':'))
            seconds += take_digits(reader);
    }
    return minus ? -seconds : seconds;
}

static void skip_name(struct reader *reader)
{
    bool quoted = take_char(reader, '<');

    while (reader->left > 0) {
        unsigned char octet = *reader->next;

        if (quoted ? octet == '>' : octet < 'A')
            break;
        (void)take(reader, 1);
    }
    if (quoted && !take_char(reader, '>'))
        reader->bad = true;
}

static struct rule take_rule(struct reader *reader)
{
    struct rule rule = {'0', 1, 1, 0, 7200};

    if (take_char(reader, 'M')) {
        rule.form = 'M';
        rule.month = take_digits(reader);
        reader->bad |= !take_char(reader, '.');
        rule.week = take_digits(reader);
        reader->bad |= !take_char(reader, '.');
        rule.day = take_digits(reader);
        reader->bad |=
            rule.month < 1 || rule.month > 12 || rule.week < 1 || rule.week > 5 || rule.day > 6;
    } else {
        rule.form = take_char(reader, 'J') ? 'J' : '0';
        rule.day = take_digits(reader);
        reader->bad |= rule.day > 366;
    }
    if (take_char(reader, '/'))
        rule.seconds = take_clock(reader);
    return rule;
}

/* The wall clock, as seconds since 1970, at which RULE falls in YEAR. */
static int64_t rule_wall(const struct rule *rule, int year)
{
    int64_t day;

    if (rule->form == 'M') {
        int64_t first = date_days(year, rule->month, 1);
        /* 1970-01-01 was a Thursday: day number 3 modulo 7 is a Sunday, weekday 0 of the rule. */
        day = first + ((rule->day - (first + 4)) % 7 + 7) % 7 + 7 * (rule->week - 1);
        if (day >=
            (rule->month == 12 ? date_days(year + 1, 1, 1) : date_days(year, rule->month + 1, 1)))
            day -= 7; /* week 5 is the last one, which can be the fourth */
    } else {
        day = date_days(year, 1, 1) + rule->day;
        /* Jn counts from 1 and never counts February 29. */
        if (rule->form == 'J')
            day += (date_days(year, 3, 1) - date_days(year, 2, 29) == 1 && rule->day >= 60) - 1;
    }
    return day * DAY_SECONDS + rule->seconds;
}

/* Lays out what the POSIX rule TEXT (RFC 8536 section 3.3) says behind the last change. */
static void follow_rule(struct zone *zone, struct reader text)
{
    struct rule start, end;
    int standard, summer, year;

    skip_name(&text);
    standard = whole_minutes(-(int64_t)take_clock(&text));
    if (text.bad || text.left == 0)
        return; /* no summer time: what the last change set goes on */
    skip_name(&text);
    summer = standard + 60;
    if (!text.bad && text.left > 0 && *text.next != ',')
        summer = whole_minutes(-(int64_t)take_clock(&text));
    text.bad |= !take_char(&text, ',');
    start = take_rule(&text);
    text.bad |= !take_char(&text, ',');
    end = take_rule(&text);
    if (text.bad)
        return;
    year = 1970;
    if (zone->count > 0 && zone->changes[zone->count - 1].at > 0)
        year = date_split((struct date){zone->changes[zone->count - 1].at, 0, true}).year;
    for (; year <= LAST_YEAR; year++) {
        int64_t summer_at = rule_wall(&start, year) - (int64_t)standard * 60;
        int64_t standard_at = rule_wall(&end, year) - (int64_t)summer * 60;

        if (summer_at < standard_at)
            add_change(zone, summer_at, summer);
        add_change(zone, standard_at, standard);
        if (summer_at >= standard_at)
            add_change(zone, summer_at, summer);
    }
}

static bool read_zone(struct zone *zone, const unsigned char *octets, size_t length)
{
    struct reader reader = {octets, length, false};
    struct header header;

    if (!read_header(&reader, &header))
        return false;
    if (header.version < 2)
        return read_block(&reader, &header, 4, zone);
    if (!read_block(&reader, &header, 4, NULL) || !read_header(&reader, &header) ||
        !read_block(&reader, &header, 8, zone))
        return false;
    if (reader.left > 2 && reader.next[0] == '\n' && reader.next[reader.left - 1] == '\n')
        follow_rule(zone, (struct reader){reader.next + 1, reader.left - 2, false});
    return true;
}

/* Only names of the database: nothing absolute, nothing that climbs out of its folder. */
static bool is_name(const char *name)
{
    const char *p;

    if (*name == '\0' || *name == '/' || strlen(name) > 100)
        return false;
    for (p = name; *p != '\0'; p++)
        if (!((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') ||
              *p == '_' || *p == '-' || *p == '+' || *p == '/'))
            return false;
    return true;
}

/* The zone's file in BUF; false when it cannot be read. */
static bool read_file(struct buf *buf, const char *name)
{
    const char *folder = getenv("TZDIR");
    struct buf path = BUF_INIT;
    ssize_t got;
    int file;

    buf_string(&path, folder != NULL && *folder != '\0' ? folder : "/usr/share/zoneinfo");
    buf_char(&path, '/');
    buf_string(&path, name);
    file = open(buf_cstring(&path), O_RDONLY | O_CLOEXEC);
    buf_release(&path);
    if (file < 0)
        return false;
    do {
        got = read(file, buf_reserve(buf, 8192), 8192);
        if (got > 0)
            buf->length += (size_t)got;
    } while (got > 0 && buf->length <= FILE_MAX);
    (void)close(file);
    return got == 0;
}

const struct zone *zone_find(const char *name)
{
    static struct zone *zones;
    struct zone *zone;
    struct buf file = BUF_INIT;
    bool good;

    for (zone = zones; zone != NULL; zone = zone->next)
        if (strcmp(zone->name, name) == 0)
            return zone;
    if (!is_name(name))
        return NULL;
    zone = memory_take(sizeof *zone);
    *zone = (struct zone){zones, NULL, 0, NULL, 0, 0};
    good =
        read_file(&file, name) && read_zone(zone, (const unsigned char *)file.octets, file.length);
    buf_release(&file);
    if (!good) {
        free(zone->changes);
        free(zone);
        return NULL;
    }
    zone->name = memory_take(strlen(name) + 1);
    memcpy(zone->name, name, strlen(name) + 1);
    zones = zone;
    return zone;
}

/* Number of changes at or before UTC. */
static size_t changes_until(const struct zone *zone, int64_t utc)
{
    size_t low = 0, high = zone->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (zone->changes[middle].at <= utc)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int zone_offset(const struct zone *zone, int64_t utc)
{
    size_t count = changes_until(zone, utc);

    return count == 0 ? zone->before : zone->changes[count - 1].minutes;
}

int64_t zone_moment(const struct zone *zone, int64_t wall)
{
    /* No offset is as much as 26 hours, so these two are surely before and behind the moment. */
    int before = zone_offset(zone, wall - 26 * 3600);
    int after = zone_offset(zone, wall + 26 * 3600);
    int64_t first = wall - (int64_t)before * 60;
    int64_t second = wall - (int64_t)after * 60;

    if (before == after || zone_offset(zone, first) == before)
        return first;
    if (zone_offset(zone, second) == after)
        return second;
    return zone->changes[changes_until(zone, first) - 1].at; /* left out: the moment of the jump */
}
