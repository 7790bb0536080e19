/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "date.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include <cmocka.h>

/* TEXT read by date_parse_mail, written as RFC 3339; "no" when it is hopeless. */
static void expect_mail(const char *text, const char *expected)
{
    struct date date = {1, 2, true};
    struct buf out = BUF_INIT;

    if (date_parse_mail(span_of(text), &date)) {
        date_write_offset(&out, date);
    } else {
        buf_string(&out, "no");
        assert_true(date.seconds == 1 && date.offset_minutes == 2 && date.known_offset);
    }
    if (strcmp(buf_cstring(&out), expected) != 0)
        fail_msg("%s gave %s, not %s", text, buf_cstring(&out), expected);
    buf_release(&out);
}

static void test_rfc5322(void **state)
{
    static const char *const cases[][2] = {
        {"Tue, 24 Nov 2026 09:00:00 +0100", "2026-11-24T09:00:00+01:00"},
        {"24 Nov 2026 09:00 +0100", "2026-11-24T09:00:00+01:00"},
        {"  Tue ,\r\n 4 Nov 2026 9:00:07 -0330\r\n", "2026-11-04T09:00:07-03:30"},
        {"Tue, 24 Nov 2026 08:00:00 +0000", "2026-11-24T08:00:00Z"},
        {"Tue, 24 Nov 2026 08:00:00 -0000", "2026-11-24T08:00:00-00:00"},
        {"Fri, 21 Nov 1997 09(comment):   55  :  06 -0600", "1997-11-21T09:55:06-06:00"},
        {"Thu,\r\n      13\r\n        Feb\r\n          1969\r\n      23:32\r\n               -0330 "
         "(Newfoundland Time)",
         "1969-02-13T23:32:00-03:30"},
        {"Tue, (a (nested \\) one)) 24 Nov 2026 09:00:00 +0100 (CET)", "2026-11-24T09:00:00+01:00"},
        /* obsolete zones and years, section 4.3 */
        {"21 Nov 97 09:55:06 GMT", "1997-11-21T09:55:06Z"},
        {"21 Nov 49 09:55:06 UT", "2049-11-21T09:55:06Z"},
        {"21 Nov 50 09:55:06 GMT", "1950-11-21T09:55:06Z"},
        {"21 Nov 102 09:55:06 GMT", "2002-11-21T09:55:06Z"},
        {"Mon, 1 Jun 1998 10:00:00 EDT", "1998-06-01T10:00:00-04:00"},
        {"Mon, 1 Jun 1998 10:00:00 PST", "1998-06-01T10:00:00-08:00"},
        {"Mon, 1 Jun 1998 10:00:00 A", "1998-06-01T10:00:00-00:00"},
        {"Mon, 1 Jun 1998 10:00:00 Z", "1998-06-01T10:00:00Z"},
        {"Mon, 1 Jun 1998 10:00:00 XYZT", "1998-06-01T10:00:00-00:00"},
        {"Sat, 29 Feb 2020 00:00:00 +0000", "2020-02-29T00:00:00Z"},
        {"Sat, 31 Dec 2016 23:59:60 +0000", "2016-12-31T23:59:59Z"},
        {"Thu, 1 Jan 1970 00:00:00 +0100", "1970-01-01T00:00:00+01:00"}};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_mail(cases[i][0], cases[i][1]);
}

static void test_real_life(void **state)
{
    static const char *const cases[][2] = {
        {"Tue 24 Nov 2026 09:00:00 +0100", "2026-11-24T09:00:00+01:00"},
        {"Fri, 24 Nov 2026 09:00:00 +0100", "2026-11-24T09:00:00+01:00"}, /* it was a Tuesday */
        {"Tuesday, 24 November 2026 09:00:00 +0100", "2026-11-24T09:00:00+01:00"},
        {"Tue, 24-Nov-26 09:00:00 GMT", "2026-11-24T09:00:00Z"},
        {"Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06T08:49:37Z"},
        {"Sun Nov  6 08:49:37 1994", "1994-11-06T08:49:37-00:00"},
        {"Sun Nov  6 08:49:37 CET 1994", "1994-11-06T08:49:37+01:00"},
        {"Sun Nov  6 08:49:37 1994 +0200", "1994-11-06T08:49:37+02:00"},
        {"Tue, Nov 24 2026 09:00:00 +0100", "2026-11-24T09:00:00+01:00"},
        {"November 24, 2026 9:05 PM", "2026-11-24T21:05:00-00:00"},
        {"Nov 24, 2026 12:05:00 AM +0100", "2026-11-24T00:05:00+01:00"},
        {"24 Nov 2026 12:05 pm -0500", "2026-11-24T12:05:00-05:00"},
        {"24 Nov 2026 15:05 PM -0500", "2026-11-24T15:05:00-05:00"},
        {"Tue, 24 Nov 2026 09:00:00", "2026-11-24T09:00:00-00:00"},
        {"Tue, 24 Nov 2026 09:00:00.123 +0100", "2026-11-24T09:00:00+01:00"},
        {"Tue, 24 Nov 2026 09.05.06 +0100", "2026-11-24T09:05:06+01:00"},
        {"Tue, 24 Nov 2026 09:00:00 +01:00", "2026-11-24T09:00:00+01:00"},
        {"Tue, 24 Nov 2026 09:00:00 +1", "2026-11-24T09:00:00+01:00"},
        {"Tue, 24 Nov 2026 09:00:00 +100", "2026-11-24T09:00:00+01:00"},
        {"Tue, 24 Nov 2026 09:00:00 GMT+0100", "2026-11-24T09:00:00+01:00"},
        {"Tue, 24 Nov 2026 09:00:00 UTC-5", "2026-11-24T09:00:00-05:00"},
        {"Tue, 24 Nov 2026 09:00:00 \"GMT\"", "2026-11-24T09:00:00Z"},
        {"Tue, 24 Nov 2026 09:00:00 +0100 CET", "2026-11-24T09:00:00+01:00"},
        {"Tue, 24 Nov 2026 09:00:00 +9900", "2026-11-24T09:00:00-00:00"},
        {"Tue, 24 Nov 2026 09:00:00 +0199", "2026-11-24T09:00:00-00:00"},
        {"Tue, 24 Nov 2026 09:00:00 +0100 (unclosed", "2026-11-24T09:00:00+01:00"},
        {"Tue, 24 Nov 2026 09:00:00 +0100; more 17 noise", "2026-11-24T09:00:00+01:00"},
        {"Tue, 24 Nov 2026 9:00:00 MEZ", "2026-11-24T09:00:00+01:00"},
        {"2026-11-24T09:00:00+01:00", "2026-11-24T09:00:00+01:00"},
        {"2026-11-24 09:00:00.5 Z", "2026-11-24T09:00:00Z"},
        {"2026/11/24 09:00 -0300", "2026-11-24T09:00:00-03:00"},
        {"mar., 24 nov. 2026 09:00:00 +0100", "2026-11-24T09:00:00+01:00"},
        {"mardi 24 décembre 2026 09:00:00 +0100", "2026-12-24T09:00:00+01:00"},
        {"lun. 3 août 2026 09:00 +0200", "2026-08-03T09:00:00+02:00"},
        {"jeu. 2 juil. 2026 09:00 +0200", "2026-07-02T09:00:00+02:00"},
        {"Mo, 02 Mär 2026 09:00:00 +0100", "2026-03-02T09:00:00+01:00"},
        {"Do, 01 Okt 2026 09:00:00 +0200", "2026-10-01T09:00:00+02:00"},
        {"mié, 21 ene 2026 09:00:00 +0100", "2026-01-21T09:00:00+01:00"},
        {"Wed, 2 Sept 2026 09:00:00 +0100", "2026-09-02T09:00:00+01:00"}};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_mail(cases[i][0], cases[i][1]);
}

static void test_hopeless(void **state)
{
    static const char *const cases[] = {"",
                                        "   ",
                                        "(only a comment)",
                                        "yesterday",
                                        "Tue, 24 Nov 2026",
                                        "09:00:00 +0100",
                                        "Tue, 24 2026 09:00:00",
                                        "Tue, Nov 2026 09:00:00",
                                        "30 Feb 2026 09:00:00 +0000",
                                        "29 Feb 2026 09:00:00 +0000",
                                        "0 Jan 2026 09:00:00 +0000",
                                        "24 Nov 2026 24:00:00 +0000",
                                        "24 Nov 2026 09:60 +0000",
                                        "24/11/2026 09:00:00",
                                        "03-04-2026 09:00:00",
                                        "11/24/26 9:00",
                                        "24 Nov 99999 09:00:00 +0000",
                                        "99999999999999999999999999 Nov 2026 09:00",
                                        "((((((((((((((((((((",
                                        "\\"};
    struct date date;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_mail(cases[i], "no");
    assert_false(date_parse_mail((struct span){NULL, 0}, &date));
    assert_false(date_parse_mail((struct span){"24\0Nov", 6}, &date));
}

static void test_rfc3339(void **state)
{
    static const struct {
        const char *text;
        int64_t seconds;
        int offset;
        bool known;
    } good[] = {{"1970-01-01T00:00:00Z", 0, 0, true},
                {"2026-11-24T09:00:00+01:00", 1795507200, 60, true},
                {"2026-11-24t08:00:00.123456z", 1795507200, 0, true},
                {"2026-11-24T08:00:00-00:00", 1795507200, 0, false},
                {"1985-04-12T23:20:50.52Z", 482196050, 0, true},
                {"1990-12-31T23:59:60Z", 662687999, 0, true},
                {"0000-01-01T00:00:00Z", -62167219200, 0, true},
                {"9999-12-31T23:59:59Z", 253402300799, 0, true}};
    static const char *const bad[] = {"",
                                      "2026-11-24",
                                      "2026-11-24T08:00:00",
                                      "2026-11-24 08:00:00Z",
                                      "2026-11-24T08:00Z",
                                      "2026-11-24T08:00:00+0100",
                                      "2026-11-24T08:00:00+24:00",
                                      "2026-11-24T08:00:00Z ",
                                      "2026-11-24T08:00:00.Z",
                                      "2026-02-29T08:00:00Z",
                                      "2026-13-01T08:00:00Z",
                                      "2026-11-24T24:00:00Z",
                                      "2026-11-24T08:00:61Z",
                                      "20261-11-24T08:00:00Z",
                                      "+026-11-24T08:00:00Z"};
    struct date date = {0, 0, false};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof good / sizeof *good; i++) {
        if (!date_parse_rfc3339(span_of(good[i].text), &date))
            fail_msg("%s was refused", good[i].text);
        assert_true(date.seconds == good[i].seconds);
        assert_int_equal(date.offset_minutes, good[i].offset);
        assert_int_equal(date.known_offset, good[i].known);
    }
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        if (date_parse_rfc3339(span_of(bad[i]), &date))
            fail_msg("%s was taken", bad[i]);
}

static void test_from_line(void **state)
{
    static const char *const cases[][2] = {
        {"From ann@example.org Tue Nov 24 09:00:00 2026\n", "2026-11-24T09:00:00-00:00"},
        {"From ann@example.org  Tue Nov  3 09:00:00 2026\r\n", "2026-11-03T09:00:00-00:00"},
        {"From Tue Nov 24 09:00:00 2026", "2026-11-24T09:00:00-00:00"},
        {"From  Tue Nov 24 09:00:00 2026", "2026-11-24T09:00:00-00:00"},
        {">From ann@example.org Tue Nov 24 09:00:00 2026\n", "2026-11-24T09:00:00-00:00"},
        {"From \"Ann Sun Lee\"@example.org Tue Nov 24 09:00:00 2026", "2026-11-24T09:00:00-00:00"},
        {"From Sun Jan @x Tue Nov 24 09:00 2026", "2026-11-24T09:00:00-00:00"},
        {"From a@b Tue Nov 24 09:00:00 CET 2026", "2026-11-24T09:00:00+01:00"},
        {"From a@b Tue Nov 24 09:00:00 MET DST 2026", "2026-11-24T09:00:00+02:00"},
        {"From a@b Tue Nov 24 09:00:00 2026 +0100", "2026-11-24T09:00:00+01:00"},
        {"From a@b Tue Nov 24 09:00:00 +0100 2026", "2026-11-24T09:00:00+01:00"},
        {"From a@b Tue Nov 24 09:00:00 2026 remote from mars", "2026-11-24T09:00:00-00:00"},
        {"From a@b Thu Aug 22 13:17:22 02", "2002-08-22T13:17:22-00:00"},
        /* no From_ lines */
        {"From: a@b Tue Nov 24 09:00:00 2026", "no"},
        {"from a@b Tue Nov 24 09:00:00 2026", "no"},
        {"From what I hear, Tue was better than Nov 24", "no"},
        {"From a@b Tue Nov 24 09:00:00 2026 it was said that", "no"},
        {"From a@b Tue Nov 31 09:00:00 2026", "no"},
        {"From a@b tue nov 24 09:00:00 2026", "no"},
        {"From a@b Tue Nov 24 2026", "no"},
        {"From a@b", "no"},
        {"From ", "no"},
        {"", "no"}};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct date date;
        struct buf out = BUF_INIT;

        if (date_parse_from_line(span_of(cases[i][0]), &date))
            date_write_offset(&out, date);
        else
            buf_string(&out, "no");
        if (strcmp(buf_cstring(&out), cases[i][1]) != 0)
            fail_msg("%s gave %s, not %s", cases[i][0], buf_cstring(&out), cases[i][1]);
        buf_release(&out);
    }
}

static void expect_written(void (*write)(struct buf *, struct date), struct date date,
                           const char *expected)
{
    struct buf out = BUF_INIT;

    write(&out, date);
    assert_string_equal(buf_cstring(&out), expected);
    buf_release(&out);
}

static void test_write(void **state)
{
    const int64_t at = 1795507200; /* 2026-11-24T08:00:00Z */
    struct buf out = BUF_INIT;

    (void)state;
    expect_written(date_write_offset, (struct date){at, 60, true}, "2026-11-24T09:00:00+01:00");
    expect_written(date_write_offset, (struct date){at, -570, true}, "2026-11-23T22:30:00-09:30");
    expect_written(date_write_offset, (struct date){at, 0, true}, "2026-11-24T08:00:00Z");
    expect_written(date_write_mail, (struct date){at, 60, true}, "Tue, 24 Nov 2026 09:00:00 +0100");
    expect_written(date_write_mail, (struct date){at, -570, true},
                   "Mon, 23 Nov 2026 22:30:00 -0930");
    expect_written(date_write_mail, (struct date){at, 0, true}, "Tue, 24 Nov 2026 08:00:00 +0000");
    expect_written(date_write_mail, (struct date){at, 0, false}, "Tue, 24 Nov 2026 08:00:00 -0000");
    date_write_utc(&out, -1);
    assert_string_equal(buf_cstring(&out), "1969-12-31T23:59:59Z");
    buf_clear(&out);
    date_write_utc(&out, INT64_MAX);
    assert_string_equal(buf_cstring(&out), "9999-12-31T23:59:59Z");
    buf_clear(&out);
    date_write_utc(&out, INT64_MIN);
    assert_string_equal(buf_cstring(&out), "0000-01-01T00:00:00Z");
    buf_clear(&out);
    date_write_from_line(&out, at - 21 * 86400);
    assert_string_equal(buf_cstring(&out), "Tue Nov  3 08:00:00 2026");
    buf_release(&out);
}

/* What was written is read back, over the whole range; the parts agree with the C library. */
static void test_round_trip(void **state)
{
    uint64_t seed = 1;
    int i;

    (void)state;
    for (i = 0; i < 20000; i++) {
        struct date date, back;
        struct date_parts parts;
        struct buf text = BUF_INIT;
        struct tm tm;
        time_t t;

        seed = seed * 6364136223846793005u + 1442695040888963407u;
        date.seconds = (int64_t)(seed >> 20) % 250000000000 - (i % 2 == 0 ? 62000000000 : 0);
        date.offset_minutes = (int)(seed >> 8) % 840;
        date.known_offset = true;
        date_write_offset(&text, date);
        assert_true(date_parse_rfc3339(buf_view(&text), &back));
        assert_true(back.seconds == date.seconds && back.offset_minutes == date.offset_minutes);
        parts = date_split(date);
        t = (time_t)(date.seconds + date.offset_minutes * 60);
        assert_non_null(gmtime_r(&t, &tm));
        assert_true(parts.year == tm.tm_year + 1900 && parts.month == tm.tm_mon + 1 &&
                    parts.day == tm.tm_mday && parts.weekday == (tm.tm_wday + 6) % 7 &&
                    parts.hour == tm.tm_hour && parts.minute == tm.tm_min &&
                    parts.second == tm.tm_sec);
        if (parts.year >= 1000) {
            buf_clear(&text);
            date_write_mail(&text, date);
            assert_true(date_parse_mail(buf_view(&text), &back));
            assert_true(back.seconds == date.seconds && back.offset_minutes == date.offset_minutes);
            buf_clear(&text);
            buf_string(&text, "From a@b ");
            date_write_from_line(&text, date.seconds);
            assert_true(date_parse_from_line(buf_view(&text), &back));
            assert_true(back.seconds == date.seconds && !back.known_offset);
        }
        buf_release(&text);
    }
}

/* Any octets: nothing worse than false may happen. Bounds are the sanitisers' business. */
static void test_noise(void **state)
{
    static const char alphabet[] = "0123456789:+-,.()\\ \tTZNovSunMarFrom \xc3\xa9\0";
    uint64_t seed = 7;
    int i;

    (void)state;
    for (i = 0; i < 50000; i++) {
        size_t length = (size_t)i % 48, k;
        char *text = malloc(length + 1);
        struct date date;
        int64_t seconds;

        for (k = 0; k < length; k++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            text[k] = alphabet[(seed >> 33) % (sizeof alphabet - 1)];
        }
        text = realloc(text, length > 0 ? length : 1);
        (void)date_parse_mail((struct span){text, length}, &date);
        (void)date_parse_rfc3339((struct span){text, length}, &date);
        (void)date_parse_from_line((struct span){text, length}, &date);
        (void)duration_parse((struct span){text, length}, &seconds);
        free(text);
    }
}

static void test_duration(void **state)
{
    static const struct {
        const char *text;
        int64_t seconds;
    } good[] = {{"P1D", 86400},   {"PT4H", 14400},
                {"PT30M", 1800},  {"P1DT2H", 93600},
                {"P2W", 1209600}, {"PT1H30M15S", 5415},
                {"PT0S", 0},      {"P999999999W", 999999999 * (int64_t)604800}};
    static const char *const bad[] = {
        "",     "P",    "PT",   "P1",     "1D",     "P1M",          "P1Y",
        "P1H",  "PT1D", "P1DT", "PT1M1H", "P1W1D",  "PT1.5H",       "-P1D",
        "P-1D", "p1d",  "P1D ", " P1D",   "PT1H1H", "P1234567890D", "PTT1H"};
    int64_t seconds = 5;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        if (duration_parse(span_of(bad[i]), &seconds) || seconds != 5)
            fail_msg("%s was taken", bad[i]);
    for (i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(duration_parse(span_of(good[i].text), &seconds));
        assert_true(seconds == good[i].seconds);
    }
}

static void test_clock(void **state)
{
    int64_t now = 0, before;

    (void)state;
    assert_int_equal(setenv("POSTROOM_NOW", "2026-11-24T09:00:00+01:00", 1), 0);
    assert_int_equal(clock_now(&now), 0);
    assert_true(now == 1795507200);
    assert_int_equal(setenv("POSTROOM_NOW", "now", 1), 0);
    assert_int_equal(clock_now(&now), EX_USAGE);
    assert_int_equal(setenv("POSTROOM_NOW", "", 1), 0);
    before = (int64_t)time(NULL);
    assert_int_equal(clock_now(&now), 0);
    assert_true(now >= before && now <= before + 5);
    assert_int_equal(unsetenv("POSTROOM_NOW"), 0);
    assert_int_equal(clock_now(&now), 0);
    assert_true(now >= before && now <= before + 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rfc5322),    cmocka_unit_test(test_real_life),
        cmocka_unit_test(test_hopeless),   cmocka_unit_test(test_rfc3339),
        cmocka_unit_test(test_from_line),  cmocka_unit_test(test_write),
        cmocka_unit_test(test_round_trip), cmocka_unit_test(test_noise),
        cmocka_unit_test(test_duration),   cmocka_unit_test(test_clock)};

    return cmocka_run_group_tests_name("date", tests, NULL, NULL);
}
