/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "calendar.h"
#include "zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include <cmocka.h>

#define WEEK 0x1fu /* Monday to Friday */
#define ALL 0x7fu
#define HOUR 3600

/* Two spans a day, a night desk, and one that is always open. */
static const struct calendar_span office[] = {{WEEK, 9 * 60, 12 * 60}, {WEEK, 13 * 60, 18 * 60}};
static const struct calendar_span night[] = {{WEEK, 22 * 60, 6 * 60}};
static const struct calendar_span always[] = {{ALL, 0, 24 * 60}};

static int64_t at(const char *text)
{
    struct date date;

    if (!date_parse_rfc3339(span_of(text), &date))
        fail_msg("bad time %s", text);
    return date.seconds;
}

static void assert_moment(int64_t got, const char *expected)
{
    if (got != at(expected)) {
        struct buf text = BUF_INIT;

        date_write_utc(&text, got);
        fail_msg("got %s, not %s", buf_cstring(&text), expected);
    }
}

static struct calendar *open_calendar(struct arena *arena, const char *zone,
                                      const struct calendar_span *spans, size_t count,
                                      const char *holidays)
{
    struct calendar_settings settings = {"test", zone, spans, count, holidays};
    struct calendar *calendar = calendar_open(arena, &settings, NULL);

    assert_non_null(calendar);
    return calendar;
}

/* Writes TEXT into a new file and gives its path, which the caller unlinks and frees. */
static char *write_file(const char *text)
{
    char *path = strdup("/tmp/test_calendar_XXXXXX");
    int file = mkstemp(path);

    assert_true(file >= 0);
    assert_int_equal(write(file, text, strlen(text)), (ssize_t)strlen(text));
    assert_int_equal(close(file), 0);
    return path;
}

static void test_add(void **state)
{
    static const struct {
        const char *start;
        int64_t seconds;
        const char *due;
    } cases[] = {
        /* Tuesday 24 November 2026, Paris: +01:00 */
        {"2026-11-24T09:00:00+01:00", 2 * HOUR, "2026-11-24T11:00:00+01:00"},
        {"2026-11-24T09:00:00+01:00", 3 * HOUR, "2026-11-24T12:00:00+01:00"}, /* closing time */
        {"2026-11-24T09:00:00+01:00", 3 * HOUR + 1, "2026-11-24T13:00:01+01:00"},
        {"2026-11-24T09:00:00+01:00", 8 * HOUR, "2026-11-24T18:00:00+01:00"},
        {"2026-11-24T09:00:00+01:00", 9 * HOUR, "2026-11-25T10:00:00+01:00"},
        {"2026-11-24T03:00:00+01:00", HOUR, "2026-11-24T10:00:00+01:00"},
        {"2026-11-24T12:30:00+01:00", HOUR, "2026-11-24T14:00:00+01:00"},
        {"2026-11-24T12:30:00+01:00", 0, "2026-11-24T13:00:00+01:00"},
        {"2026-11-24T12:00:00+01:00", 0, "2026-11-24T13:00:00+01:00"},
        {"2026-11-24T11:59:59+01:00", 0, "2026-11-24T11:59:59+01:00"},
        {"2026-11-24T18:00:00+01:00", HOUR, "2026-11-25T10:00:00+01:00"},
        {"2026-11-27T17:00:00+01:00", 4 * HOUR, "2026-11-30T12:00:00+01:00"}, /* weekend */
        {"2026-11-28T10:00:00+01:00", -5, "2026-11-30T09:00:00+01:00"},
        {"2026-03-27T17:00:00+01:00", 2 * HOUR, "2026-03-30T10:00:00+02:00"}, /* summer time */
        {"2026-10-23T17:00:00+02:00", 2 * HOUR, "2026-10-26T10:00:00+01:00"}};
    struct arena arena = ARENA_INIT;
    struct calendar *calendar = open_calendar(&arena, "Europe/Paris", office, 2, NULL);
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t due = 0;

        assert_int_equal(calendar_add(calendar, at(cases[i].start), cases[i].seconds, &due), 0);
        assert_moment(due, cases[i].due);
    }
    assert_true(calendar_is_open(calendar, at("2026-11-24T09:00:00+01:00")));
    assert_false(calendar_is_open(calendar, at("2026-11-24T12:00:00+01:00")));
    assert_false(calendar_is_open(calendar, at("2026-11-28T10:00:00+01:00")));
    assert_string_equal(calendar_zone(calendar), "Europe/Paris");
    arena_release(&arena);
}

/* On the nights of the changes an hour is missing, or there twice. */
static void test_summer_time(void **state)
{
    struct arena arena = ARENA_INIT;
    struct calendar *paris = open_calendar(&arena, "Europe/Paris", always, 1, NULL);
    struct calendar *york = open_calendar(&arena, "America/New_York", always, 1, NULL);
    static const struct calendar_span left_out[] = {{ALL, 2 * 60, 3 * 60}};
    static const struct calendar_span half[] = {{ALL, 0, 150}, {ALL, 150, 360}};
    struct calendar *gap = open_calendar(&arena, "Europe/Paris", left_out, 1, NULL);
    struct calendar *joined = open_calendar(&arena, "Europe/Paris", half, 2, NULL);
    int64_t due;

    (void)state;
    assert_int_equal(calendar_working_between(paris, at("2026-03-29T00:00:00+01:00"),
                                              at("2026-03-30T00:00:00+02:00")),
                     23 * HOUR);
    assert_int_equal(calendar_working_between(paris, at("2026-10-25T00:00:00+02:00"),
                                              at("2026-10-26T00:00:00+01:00")),
                     25 * HOUR);
    assert_int_equal(calendar_working_between(york, at("2026-03-08T00:00:00-05:00"),
                                              at("2026-03-09T00:00:00-04:00")),
                     23 * HOUR);
    assert_int_equal(calendar_working_between(york, at("2026-11-01T00:00:00-04:00"),
                                              at("2026-11-02T00:00:00-05:00")),
                     25 * HOUR);
    /* The whole span falls into the hour that is left out: nothing of it is there that day. */
    assert_int_equal(
        calendar_working_between(gap, at("2026-03-28T12:00:00Z"), at("2026-03-29T12:00:00Z")), 0);
    assert_int_equal(
        calendar_working_between(gap, at("2026-03-29T12:00:00Z"), at("2026-03-30T12:00:00Z")),
        HOUR);
    /* 02:30 comes twice; the two spans still touch. */
    assert_int_equal(
        calendar_working_between(joined, at("2026-10-24T22:00:00Z"), at("2026-10-25T12:00:00Z")),
        7 * HOUR);
    assert_int_equal(calendar_add(paris, at("2026-03-29T01:30:00+01:00"), HOUR, &due), 0);
    assert_moment(due, "2026-03-29T03:30:00+02:00");
    assert_int_equal(calendar_local(paris, at("2026-03-29T00:59:59Z")).offset_minutes, 60);
    assert_int_equal(calendar_local(paris, at("2026-03-29T01:00:00Z")).offset_minutes, 120);
    assert_int_equal(calendar_local(york, at("2026-11-01T06:00:00Z")).offset_minutes, -300);
    arena_release(&arena);
}

static void test_over_midnight(void **state)
{
    struct arena arena = ARENA_INIT;
    struct calendar *calendar = open_calendar(&arena, "Europe/London", night, 1, NULL);
    int64_t due;

    (void)state;
    assert_int_equal(calendar_add(calendar, at("2026-11-24T23:00:00Z"), 4 * HOUR, &due), 0);
    assert_moment(due, "2026-11-25T03:00:00Z");
    /* Friday's night goes into Saturday; Sunday's night is none. */
    assert_int_equal(calendar_add(calendar, at("2026-11-28T05:00:00Z"), 2 * HOUR, &due), 0);
    assert_moment(due, "2026-11-30T23:00:00Z");
    arena_release(&arena);
}

static void test_holidays(void **state)
{
    static const char file[] =
        "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//EN\n"
        /* every 25 December but that of 2027 */
        "BEGIN:VEVENT\nUID:1\nDTSTAMP:20260101T000000Z\n"
        "DTSTART;VALUE=DATE:20201225\nRRULE:FREQ=YEARLY\n"
        "EXDATE;VALUE=DATE:20271225\nEND:VEVENT\n"
        /* three days from Tuesday 24 November 2026 */
        "BEGIN:VEVENT\nUID:2\nDTSTAMP:20260101T000000Z\n"
        "DTSTART;VALUE=DATE:20261124\nDTEND;VALUE=DATE:20261127\nEND:VEVENT\n"
        /* an afternoon, in the calendar's own time */
        "BEGIN:VEVENT\nUID:3\nDTSTAMP:20260101T000000Z\n"
        "DTSTART:20261201T140000\nDTEND:20261201T200000\nEND:VEVENT\n"
        /* an hour in UTC, by its length */
        "BEGIN:VEVENT\nUID:4\nDTSTAMP:20260101T000000Z\n"
        "DTSTART:20261202T090000Z\nDURATION:PT1H\nEND:VEVENT\n"
        /* the first Monday of May, by libical's rules, up to 2028 */
        "BEGIN:VEVENT\nUID:5\nDTSTAMP:20260101T000000Z\n"
        "DTSTART;VALUE=DATE:20260504\n"
        "RRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=1MO;UNTIL=20281231\n"
        "RDATE;VALUE=DATE:20261207\nEND:VEVENT\n"
        /* three times only */
        "BEGIN:VEVENT\nUID:6\nDTSTAMP:20260101T000000Z\n"
        "DTSTART;VALUE=DATE:20260602\nRRULE:FREQ=YEARLY;COUNT=3\nEND:VEVENT\n"
        /* neither of these closes anything */
        "BEGIN:VEVENT\nUID:7\nDTSTAMP:20260101T000000Z\n"
        "DTSTART;VALUE=DATE:20261203\nSTATUS:CANCELLED\nEND:VEVENT\n"
        "BEGIN:VEVENT\nUID:8\nDTSTAMP:20260101T000000Z\n"
        "DTSTART;VALUE=DATE:20261204\nTRANSP:TRANSPARENT\nEND:VEVENT\n"
        /* a time in another zone of the database: 15:00 in Paris */
        "BEGIN:VEVENT\nUID:9\nDTSTAMP:20260101T000000Z\n"
        "DTSTART;TZID=America/New_York:20261208T090000\n"
        "DURATION:PT1H\nEND:VEVENT\n"
        "END:VCALENDAR\n";
    static const struct {
        const char *day;
        int hours;
    } days[] = {{"2020-12-24", 8}, {"2020-12-25", 0}, {"2026-12-25", 0}, {"2027-12-24", 8},
                {"2028-12-25", 0}, {"2098-12-25", 0}, {"2026-11-23", 8}, {"2026-11-24", 0},
                {"2026-11-26", 0}, {"2026-11-27", 8}, {"2026-12-01", 4}, {"2026-12-02", 7},
                {"2026-05-04", 0}, {"2028-05-01", 0}, {"2029-05-07", 8}, {"2026-12-07", 0},
                {"2026-06-02", 0}, {"2027-06-02", 0}, {"2028-06-02", 0}, {"2029-06-04", 8},
                {"2026-12-03", 8}, {"2026-12-04", 8}, {"2026-12-08", 7}};
    struct arena arena = ARENA_INIT;
    char *path = write_file(file);
    struct calendar *calendar = open_calendar(&arena, "Europe/Paris", office, 2, path);
    int64_t due;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof days / sizeof *days; i++) {
        char text[40];
        int64_t noon, worked;

        (void)snprintf(text, sizeof text, "%sT11:00:00Z", days[i].day);
        noon = at(text);
        worked = calendar_working_between(calendar, noon - 12 * HOUR, noon + 11 * HOUR);
        if (worked != days[i].hours * HOUR)
            fail_msg("%s has %g hours", days[i].day, (double)worked / HOUR);
    }
    assert_int_equal(calendar_add(calendar, at("2026-11-23T17:30:00+01:00"), HOUR, &due), 0);
    assert_moment(due, "2026-11-27T09:30:00+01:00");
    (void)unlink(path);
    free(path);
    arena_release(&arena);
}

static int64_t random_below(int64_t limit)
{
    static uint64_t seed = 88172645463325252u;

    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (int64_t)(seed % (uint64_t)limit);
}

/* add is monotonic in both arguments, and working_between undoes it. */
static void test_laws(void **state)
{
    static const struct calendar_span odd[] = {
        {0x55, 23 * 60, 60}, {0x7f, 90, 200}, {0x2a, 0, 1440}};
    static const char *const zones[] = {"Europe/Paris", "America/New_York", "Africa/Casablanca",
                                        "Australia/Lord_Howe", "Asia/Kathmandu"};
    struct arena arena = ARENA_INIT;
    const char *top = getenv("POSTROOM_SRC");
    char path[4096];
    size_t z, s;
    int i;

    (void)state;
    (void)snprintf(path, sizeof path, "%s/templates/calendars/holidays-fr.ics",
                   top != NULL ? top : ".");
    for (z = 0; z < sizeof zones / sizeof *zones; z++)
        for (s = 0; s < 4; s++) {
            struct calendar *calendar = s == 0   ? open_calendar(&arena, zones[z], office, 2, path)
                                        : s == 1 ? open_calendar(&arena, zones[z], night, 1, path)
                                        : s == 2 ? open_calendar(&arena, zones[z], odd, 3, NULL)
                                                 : open_calendar(&arena, zones[z], always, 1, path);

            for (i = 0; i < 1000; i++) {
                /* 2025 to 2028, half of them near a change of the clocks */
                int64_t start = at("2025-01-01T00:00:00Z") + random_below(4 * 365 * 86400L);
                int64_t length = random_below(60 * HOUR), more = random_below(HOUR);
                int64_t due, later, longer;

                if (i % 2 == 0)
                    start = at(i % 4 == 0 ? "2026-03-28T00:00:00Z" : "2026-10-24T00:00:00Z") +
                            random_below(2 * 86400);
                assert_int_equal(calendar_add(calendar, start, length, &due), 0);
                assert_true(due >= start + length);
                assert_int_equal(calendar_working_between(calendar, start, due), length);
                assert_int_equal(calendar_add(calendar, start + more, length, &later), 0);
                assert_true(later >= due);
                assert_int_equal(calendar_add(calendar, start, length + more, &longer), 0);
                assert_true(longer >= due);
                assert_true(more == 0 || longer > due);
                assert_int_equal(calendar_working_between(calendar, start, longer),
                                 length + calendar_working_between(calendar, due, longer));
            }
        }
    arena_release(&arena);
}

/* The shipped files, against the days that are published for them. */
static void test_shipped_holidays(void **state)
{
    static const struct {
        const char *file, *zone, *closed;
    } files[] = {
        {"fr", "Europe/Paris",
         "2025-01-01 2025-04-21 2025-05-01 2025-05-08 2025-05-29 2025-06-09 2025-07-14 2025-08-15 "
         "2025-11-01 2025-11-11 2025-12-25 2026-01-01 2026-04-06 2026-05-01 2026-05-08 2026-05-14 "
         "2026-05-25 2026-07-14 2026-08-15 2026-11-01 2026-11-11 2026-12-25 2027-01-01 2027-03-29 "
         "2027-05-01 2027-05-06 2027-05-08 2027-05-17 2027-07-14 2027-08-15 2027-11-01 2027-11-11 "
         "2027-12-25 2028-01-01 2028-04-17 2028-05-01 2028-05-08 2028-05-25 2028-06-05 2028-07-14 "
         "2028-08-15 2028-11-01 2028-11-11 2028-12-25"},
        {"gb", "Europe/London",
         "2025-01-01 2025-04-18 2025-04-21 2025-05-05 2025-05-26 2025-08-25 2025-12-25 2025-12-26 "
         "2026-01-01 2026-04-03 2026-04-06 2026-05-04 2026-05-25 2026-08-31 2026-12-25 2026-12-28 "
         "2027-01-01 2027-03-26 2027-03-29 2027-05-03 2027-05-31 2027-08-30 2027-12-25 2027-12-27 "
         "2027-12-28 2028-01-03 2028-04-14 2028-04-17 2028-05-01 2028-05-29 2028-08-28 2028-12-25 "
         "2028-12-26"},
        {"ma", "Africa/Casablanca",
         "2026-01-01 2026-01-11 2026-01-14 2026-05-01 2026-07-30 2026-08-14 2026-08-20 2026-08-21 "
         "2026-10-31 2026-11-06 2026-11-18"}};
    const char *top = getenv("POSTROOM_SRC");
    size_t i;

    (void)state;
    for (i = 0; i < 3; i++) {
        struct arena arena = ARENA_INIT;
        struct calendar *calendar;
        char path[4096];
        int64_t day;
        int last = strcmp(files[i].file, "ma") == 0 ? 2027 : 2029;

        (void)snprintf(path, sizeof path, "%s/templates/calendars/holidays-%s.ics",
                       top != NULL ? top : ".", files[i].file);
        calendar = open_calendar(&arena, files[i].zone, always, 1, path);
        for (day = date_days(last == 2027 ? 2026 : 2025, 1, 1); day < date_days(last, 1, 1);
             day++) {
            struct date_parts parts = date_split((struct date){day * 86400, 0, true});
            char text[40];
            bool closed, expected;

            (void)snprintf(text, sizeof text, "%04d-%02d-%02d", parts.year, parts.month, parts.day);
            expected = strstr(files[i].closed, text) != NULL;
            closed = !calendar_is_open(calendar, day * 86400 + 12 * HOUR);
            if (closed != expected)
                fail_msg("%s: %s is %s", files[i].file, text, closed ? "closed" : "open");
        }
        arena_release(&arena);
    }
}

static void expect_refused(const struct calendar_settings *settings, int expected)
{
    struct arena arena = ARENA_INIT;
    int code = 0;

    assert_null(calendar_open(&arena, settings, &code));
    assert_int_equal(code, expected);
    arena_release(&arena);
}

static void test_bad_settings(void **state)
{
    static const struct calendar_span none[] = {{0, 9 * 60, 17 * 60}};
    static const struct calendar_span same[] = {{WEEK, 540, 540}};
    static const struct calendar_span late[] = {{WEEK, 540, 1441}};
    static const struct calendar_span early[] = {{WEEK, -1, 540}};
    static const char *const zones[] = {"Europe/Atlantis", "../../../etc/passwd", "/etc/passwd", "",
                                        "Europe/Paris ",   "tzdata.zi",           NULL};
    static const char *const files[] = {
        "",
        "no calendar at all\n",
        "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20260101\nEND:VEVENT\n",
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:tomorrow\nEND:VEVENT\nEND:VCALENDAR\n",
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\nEND:VEVENT\nEND:VCALENDAR\n",
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260101T000000Z\nRRULE:FREQ=SOMETIMES\n"
        "END:VEVENT\nEND:VCALENDAR\n",
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260101T000000Z\nDURATION:PT1M\n"
        "RRULE:FREQ=MINUTELY\nEND:VEVENT\nEND:VCALENDAR\n"};
    size_t i;

    (void)state;
    expect_refused(&(struct calendar_settings){"a", "Europe/Paris", NULL, 0, NULL}, EX_CONFIG);
    expect_refused(&(struct calendar_settings){"b", "Europe/Paris", none, 1, NULL}, EX_CONFIG);
    expect_refused(&(struct calendar_settings){"c", "Europe/Paris", same, 1, NULL}, EX_CONFIG);
    expect_refused(&(struct calendar_settings){"d", "Europe/Paris", late, 1, NULL}, EX_CONFIG);
    expect_refused(&(struct calendar_settings){"e", "Europe/Paris", early, 1, NULL}, EX_CONFIG);
    expect_refused(&(struct calendar_settings){"f", "Europe/Paris", office, 2, "/nowhere/x.ics"},
                   EX_CONFIG);
    expect_refused(&(struct calendar_settings){"g", "Europe/Paris", office, 2, "/"}, EX_IOERR);
    for (i = 0; i < sizeof zones / sizeof *zones; i++)
        expect_refused(&(struct calendar_settings){"h", zones[i], office, 2, NULL}, EX_CONFIG);
    for (i = 0; i < sizeof files / sizeof *files; i++) {
        char *path = write_file(files[i]);

        expect_refused(&(struct calendar_settings){"i", "Europe/Paris", office, 2, path},
                       EX_CONFIG);
        (void)unlink(path);
        free(path);
    }
}

/* Holidays without end: calendar_add gives up after its bound. */
static void test_never_open(void **state)
{
    struct arena arena = ARENA_INIT;
    char *path = write_file("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20260101\n"
                            "DTEND;VALUE=DATE:20400101\nEND:VEVENT\nEND:VCALENDAR\n");
    struct calendar *calendar = open_calendar(&arena, "Europe/Paris", office, 2, path);
    int64_t due = 7;

    (void)state;
    assert_int_equal(calendar_add(calendar, at("2026-11-24T00:00:00Z"), 0, &due), EX_CONFIG);
    assert_int_equal(due, 7);
    assert_int_equal(
        calendar_working_between(calendar, at("2026-11-24T00:00:00Z"), at("2030-11-24T00:00:00Z")),
        0);
    assert_int_equal(calendar_add(calendar, at("2039-11-24T00:00:00Z"), HOUR, &due), 0);
    assert_moment(due, "2040-01-02T10:00:00+01:00");
    (void)unlink(path);
    free(path);
    arena_release(&arena);
}

static void test_zones(void **state)
{
    static const struct {
        const char *zone, *utc;
        int offset;
    } cases[] = {{"Europe/Paris", "2026-11-24T08:00:00Z", 60},
                 {"Europe/Paris", "2026-07-14T08:00:00Z", 120},
                 {"Europe/Paris", "1999-07-14T08:00:00Z", 120},
                 {"Europe/Paris", "2060-07-14T08:00:00Z", 120}, /* by the rule at the file's end */
                 {"Europe/Paris", "2149-12-14T08:00:00Z", 60},
                 {"Europe/London", "1970-01-01T00:00:00Z", 60},
                 {"America/New_York", "2026-03-08T06:59:59Z", -300},
                 {"America/New_York", "2026-03-08T07:00:00Z", -240},
                 {"Asia/Kolkata", "2026-03-08T07:00:00Z", 330},
                 {"America/Santiago", "2050-01-08T07:00:00Z", -180},
                 {"America/Santiago", "2050-07-08T07:00:00Z", -240},
                 {"UTC", "2026-03-08T07:00:00Z", 0},
                 {"Etc/GMT-14", "2026-03-08T07:00:00Z", 840}};
    size_t i;
    struct date local;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(zone_local(cases[i].zone, at(cases[i].utc), &local), 0);
        assert_true(local.known_offset);
        assert_true(local.seconds == at(cases[i].utc));
        if (local.offset_minutes != cases[i].offset)
            fail_msg("%s at %s: %d", cases[i].zone, cases[i].utc, local.offset_minutes);
    }
    assert_int_equal(zone_local("Nowhere", 0, &local), EX_CONFIG);
    assert_ptr_equal(zone_find("Europe/Paris"), zone_find("Europe/Paris"));
    assert_null(zone_find("posixrules/../Europe/Paris"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_add),           cmocka_unit_test(test_summer_time),
        cmocka_unit_test(test_over_midnight), cmocka_unit_test(test_holidays),
        cmocka_unit_test(test_laws),          cmocka_unit_test(test_shipped_holidays),
        cmocka_unit_test(test_bad_settings),  cmocka_unit_test(test_never_open),
        cmocka_unit_test(test_zones)};

    return cmocka_run_group_tests_name("calendar", tests, NULL, NULL);
}
