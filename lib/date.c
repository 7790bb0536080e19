/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "date.h"

#include "diag.h"

#include <stdlib.h>
#include <time.h>

#define DAY_SECONDS 86400

static const char MONTHS[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
static const char WEEKDAYS[7][4] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

static bool is_digit(char octet)
{
    return octet >= '0' && octet <= '9';
}

/* Letters, and all octets of UTF-8 letters: "déc". */
static bool is_letter(char octet)
{
    return (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z') ||
           (unsigned char)octet >= 0x80;
}

static bool is_blank(char octet)
{
    return octet == ' ' || octet == '\t' || octet == '\r' || octet == '\n';
}

int64_t date_days(int year, int month, int day)
{
    /* The year is counted from March, so that the leap day is its last; eras are of 400 years. */
    int64_t y = (int64_t)year - (month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (int64_t)(month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return era * 146097 + day_of_era - 719468;
}

static int month_days(int year, int month)
{
    static const signed char days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return month == 2 && leap ? 29 : days[month - 1];
}

/* Keeps the wall clock inside the years that four digits can show. */
static int64_t clamp(int64_t wall)
{
    const int64_t first = date_days(0, 1, 1) * DAY_SECONDS;
    const int64_t last = date_days(10000, 1, 1) * DAY_SECONDS - 1;

    if (wall < first)
        return first;
    return wall > last ? last : wall;
}

/* SECONDS + OFFSET minutes, without overflow at the ends of the range. */
static int64_t wall_clock(int64_t seconds, int offset_minutes)
{
    return clamp(clamp(seconds) + (int64_t)offset_minutes * 60);
}

static struct date_parts split(int64_t wall)
{
    struct date_parts parts;
    int64_t days = wall / DAY_SECONDS;
    int64_t rest = wall % DAY_SECONDS;
    int64_t shifted, era, day_of_era, year_of_era, day_of_year, month;

    if (rest < 0) {
        rest += DAY_SECONDS;
        days--;
    }
    shifted = days + 719468;
    era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    day_of_era = shifted - era * 146097;
    year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    month = (5 * day_of_year + 2) / 153;
    parts.day = (int)(day_of_year - (153 * month + 2) / 5 + 1);
    parts.month = (int)(month < 10 ? month + 3 : month - 9);
    parts.year = (int)(year_of_era + era * 400 + (parts.month <= 2));
    parts.weekday = (int)(((days + 3) % 7 + 7) % 7);
    parts.hour = (int)(rest / 3600);
    parts.minute = (int)(rest / 60 % 60);
    parts.second = (int)(rest % 60);
    return parts;
}

struct date_parts date_split(struct date date)
{
    return split(wall_clock(date.seconds, date.offset_minutes));
}

/* What a reader has found so far; -1 stands for nothing yet. */
struct found {
    int year, month, day;
    int hour, minute, second;
    int half; /* 0 = AM, 1 = PM */
    bool zone_seen, zone_known;
    int offset;
};

static const struct found NOTHING = {-1, -1, -1, -1, 0, 0, -1, false, false, 0};

/* Puts the parts together; false when there is no such moment. */
static bool finish(const struct found *found, struct date *out)
{
    int hour = found->hour;
    int second = found->second == 60 ? 59 : found->second; /* a leap second has no number */
    int64_t wall;

    if (found->year < 0 || found->year > 9999 || found->month < 1 || found->month > 12 ||
        found->day < 1 || found->day > month_days(found->year, found->month))
        return false;
    /* "15:00 PM" means what its 24-hour part says. */
    if (found->half >= 0 && hour >= 1 && hour <= 12)
        hour = hour % 12 + 12 * found->half;
    if (hour < 0 || hour > 23 || found->minute > 59 || second > 59)
        return false;
    wall = date_days(found->year, found->month, found->day) * DAY_SECONDS + (int64_t)hour * 3600 +
           (int64_t)found->minute * 60 + second;
    out->known_offset = found->zone_known;
    out->offset_minutes = found->zone_known ? found->offset : 0;
    out->seconds = wall - (int64_t)out->offset_minutes * 60;
    return true;
}

/* Where a reader stands in the text. */
struct cursor {
    const char *next;
    const char *end;
};

/*
 * Takes the digits at the cursor: their count, the number in *VALUE (capped, so that a mile of
 * digits cannot overflow).
 */
static size_t take_number(struct cursor *cursor, int *value)
{
    const char *begin = cursor->next;

    *value = 0;
    while (cursor->next < cursor->end && is_digit(*cursor->next)) {
        if (*value < 100000000)
            *value = *value * 10 + (*cursor->next - '0');
        cursor->next++;
    }
    return (size_t)(cursor->next - begin);
}

static bool take_octet(struct cursor *cursor, char octet)
{
    if (cursor->next == cursor->end || *cursor->next != octet)
        return false;
    cursor->next++;
    return true;
}

static struct span take_word(struct cursor *cursor)
{
    const char *begin = cursor->next;

    while (cursor->next < cursor->end && is_letter(*cursor->next))
        cursor->next++;
    return (struct span){begin, (size_t)(cursor->next - begin)};
}

/* Skips a comment (they nest, RFC 5322 section 3.2.2); one that is not closed reaches to the end.
 */
static void skip_comment(struct cursor *cursor)
{
    size_t depth = 0;

    while (cursor->next < cursor->end) {
        char octet = *cursor->next++;

        if (octet == '\\' && cursor->next < cursor->end)
            cursor->next++;
        else if (octet == '(')
            depth++;
        else if (octet == ')' && --depth == 0)
            return;
    }
}

/* Blanks, line breaks and comments may stand between any two parts. */
static void skip_between(struct cursor *cursor)
{
    while (cursor->next < cursor->end) {
        if (*cursor->next == '(')
            skip_comment(cursor);
        else if (is_blank(*cursor->next))
            cursor->next++;
        else
            return;
    }
}

/* 1 to 12, or 0 when WORD is no month. */
static int month_of(struct span word)
{
    /* Beginnings as clients in French, German and Spanish write them into Date fields. */
    static const struct {
        const char *begin;
        int month;
    } foreign[] = {{"ene", 1},  {"f\xc3\xa9v", 2}, {"fev", 2},         {"m\xc3\xa4r", 3},
                   {"mrz", 3},  {"avr", 4},        {"abr", 4},         {"mai", 5},
                   {"juin", 6}, {"juil", 7},       {"ao\xc3\xbb", 8},  {"aou", 8},
                   {"ago", 8},  {"okt", 10},       {"d\303\251c", 12}, {"dez", 12},
                   {"dic", 12}};
    size_t i;

    if (word.length < 3)
        return 0;
    for (i = 0; i < 12; i++)
        if (span_begins_nocase(word, (struct span){MONTHS[i], 3}))
            return (int)i + 1;
    for (i = 0; i < sizeof foreign / sizeof *foreign; i++)
        if (span_begins_nocase(word, span_of(foreign[i].begin)))
            return foreign[i].month;
    return 0;
}

/* Names of zones with their offset in minutes. Those of RFC 5322 4.3 first. */
static const struct {
    char name[5];
    short offset;
} ZONES[] = {{"GMT", 0},    {"UT", 0},     {"UTC", 0},    {"Z", 0},      {"EST", -300},
             {"EDT", -240}, {"CST", -360}, {"CDT", -300}, {"MST", -420}, {"MDT", -360},
             {"PST", -480}, {"PDT", -420}, {"WET", 0},    {"WEST", 60},  {"BST", 60},
             {"CET", 60},   {"CEST", 120}, {"MET", 60},   {"MEST", 120}, {"MEZ", 60},
             {"MESZ", 120}, {"EET", 120},  {"EEST", 180}, {"MSK", 180},  {"JST", 540}};

/* Zone names are capitals in a From_ line; that keeps prose out. */
static bool is_capitals(struct span word)
{
    size_t i;

    for (i = 0; i < word.length; i++)
        if (word.octets[i] < 'A' || word.octets[i] > 'Z')
            return false;
    return word.length > 0;
}

static bool zone_of(struct span word, int *offset)
{
    size_t i;

    for (i = 0; i < sizeof ZONES / sizeof *ZONES; i++)
        if (span_equal_nocase(word, span_of(ZONES[i].name))) {
            *offset = ZONES[i].offset;
            return true;
        }
    return false;
}

/*
 * Reads the digits behind a `+` or `-`: `0100`, `01:00`, `100`, `01`, `1`. An offset that no place
 * on earth has counts as unknown (RFC 3339 cannot write one of a day or more).
 */
static void take_offset(struct cursor *cursor, bool negative, struct found *found)
{
    int value, minutes = 0;
    size_t digits = take_number(cursor, &value);

    if (digits <= 2) {
        struct cursor look = *cursor;

        if (take_octet(&look, ':') && take_number(&look, &minutes) == 2)
            *cursor = look;
        else
            minutes = 0;
    } else {
        minutes = value % 100;
        value /= 100;
    }
    found->zone_seen = true;
    found->zone_known =
        digits <= 4 && value < 24 && minutes < 60 && !(negative && value == 0 && minutes == 0);
    found->offset = (value < 24 ? value * 60 : 0) + minutes;
    if (negative)
        found->offset = -found->offset;
}

/* Reads `:MM[:SS[.fraction]]` behind the hour; separators are colons, or dots as some write. */
static bool take_clock(struct cursor *cursor, int hour, char separator, struct found *found)
{
    struct cursor look = *cursor;
    int minute, second = 0, fraction;
    size_t digits;

    if (!take_octet(&look, separator))
        return false;
    if (separator == ':')
        skip_between(&look);
    digits = take_number(&look, &minute);
    if (digits == 0 || digits > 2 || minute > 59)
        return false;
    *cursor = look;
    if (separator == ':')
        skip_between(&look);
    if (take_octet(&look, separator)) {
        if (separator == ':')
            skip_between(&look);
        digits = take_number(&look, &second);
        if (digits == 0 || digits > 2 || second > 60)
            return false;
        *cursor = look;
        if (separator == ':' && (take_octet(&look, '.') || take_octet(&look, ',')) &&
            take_number(&look, &fraction) > 0)
            *cursor = look;
    }
    found->hour = hour;
    found->minute = minute;
    found->second = second;
    return true;
}

/* Two and three digits as RFC 5322 4.3 reads them. */
static int full_year(int value, size_t digits)
{
    if (digits <= 2)
        return value < 50 ? 2000 + value : 1900 + value;
    return digits == 3 ? 1900 + value : value;
}

/* Reads `-MM-DD` behind a year of four digits (ISO 8601). */
static bool take_iso_day(struct cursor *cursor, int year, struct found *found)
{
    struct cursor look = *cursor;
    char separator = look.next < look.end ? *look.next : '\0';
    int month, day;

    if ((separator != '-' && separator != '/') || !take_octet(&look, separator) ||
        take_number(&look, &month) == 0 || !take_octet(&look, separator) ||
        take_number(&look, &day) == 0)
        return false;
    found->year = year;
    found->month = month;
    found->day = day;
    *cursor = look;
    return true;
}

/* Takes a number and what belongs to it; false when it can be nothing in a date. */
static bool read_number(struct cursor *cursor, struct found *found)
{
    int value;
    size_t digits = take_number(cursor, &value);

    if (digits > 5)
        return false;
    if (digits <= 2 && found->hour < 0) {
        struct cursor look = *cursor;

        skip_between(&look);
        if (take_clock(&look, value, ':', found) ||
            (found->day >= 0 && found->month >= 0 && take_clock(&look, value, '.', found))) {
            *cursor = look;
            return true;
        }
    }
    if (digits == 4 && found->year < 0 && found->month < 0 && found->day < 0 &&
        take_iso_day(cursor, value, found))
        return true;
    if (digits <= 2 && found->day < 0) {
        found->day = value;
        return true;
    }
    if (found->year < 0) {
        found->year = full_year(value, digits);
        return true;
    }
    return false;
}

/* Takes a word: month, AM or PM, zone, or something that says nothing (a weekday). */
static void read_word(struct cursor *cursor, struct found *found)
{
    struct span word = take_word(cursor);
    int number = month_of(word);

    /* "Mar" may be Tuesday (mardi, martes): a month can still come, so the later one counts. */
    if (number > 0 && (found->hour < 0 || found->month < 0)) {
        found->month = number;
    } else if (found->hour < 0) {
        return; /* a weekday, or "at" */
    } else if (span_equal_nocase(word, SPAN("am")) || span_equal_nocase(word, SPAN("pm"))) {
        found->half = word.octets[0] == 'p' || word.octets[0] == 'P';
    } else if (!found->zone_seen && zone_of(word, &found->offset)) {
        found->zone_known = true;
        found->zone_seen = true;
        /* "GMT+0100": the number says it; but "GMT -0000" and "UT" stand as they are. */
        if (found->offset == 0 && cursor->next < cursor->end &&
            (*cursor->next == '+' || *cursor->next == '-'))
            found->zone_seen = false;
    }
}

bool date_parse_mail(struct span text, struct date *out)
{
    struct cursor cursor = {text.octets, text.octets != NULL ? text.octets + text.length : NULL};
    struct found found = NOTHING;

    while (cursor.next < cursor.end) {
        char octet = *cursor.next;

        if (octet == '(') {
            skip_comment(&cursor);
        } else if (is_digit(octet)) {
            if (!read_number(&cursor, &found)) {
                if (found.hour < 0 || found.year < 0)
                    return false;
                break; /* all that is needed is there; what follows is noise */
            }
        } else if (is_letter(octet)) {
            read_word(&cursor, &found);
        } else {
            bool sign = octet == '+' || octet == '-';

            cursor.next++;
            if (sign && found.hour >= 0 && !found.zone_seen && cursor.next < cursor.end &&
                is_digit(*cursor.next))
                take_offset(&cursor, octet == '-', &found);
        }
    }
    return finish(&found, out);
}

bool date_parse_rfc3339(struct span text, struct date *out)
{
    struct cursor cursor = {text.octets, text.octets != NULL ? text.octets + text.length : NULL};
    struct found found = NOTHING;
    int ignored;

    if (text.length < 20 || take_number(&cursor, &found.year) != 4 || !take_octet(&cursor, '-') ||
        take_number(&cursor, &found.month) != 2 || !take_octet(&cursor, '-') ||
        take_number(&cursor, &found.day) != 2)
        return false;
    /* "T" and "Z" may be small (section 5.6). */
    if (!take_octet(&cursor, 'T') && !take_octet(&cursor, 't'))
        return false;
    if (take_number(&cursor, &found.hour) != 2 || !take_octet(&cursor, ':') ||
        take_number(&cursor, &found.minute) != 2 || !take_octet(&cursor, ':') ||
        take_number(&cursor, &found.second) != 2 || found.second > 60)
        return false;
    if (take_octet(&cursor, '.') && take_number(&cursor, &ignored) == 0)
        return false;
    found.zone_known = true;
    if (!take_octet(&cursor, 'Z') && !take_octet(&cursor, 'z')) {
        bool negative = take_octet(&cursor, '-');
        int hours, minutes;

        if (!negative && !take_octet(&cursor, '+'))
            return false;
        if (take_number(&cursor, &hours) != 2 || !take_octet(&cursor, ':') ||
            take_number(&cursor, &minutes) != 2 || hours > 23 || minutes > 59)
            return false;
        found.offset = (hours * 60 + minutes) * (negative ? -1 : 1);
        found.zone_known = !(negative && found.offset == 0);
    }
    return cursor.next == cursor.end && finish(&found, out);
}

/* Index of WORD in a table of three-letter names, or -1. ctime(3) writes them in just this case. */
static int three_letters(struct span word, const char (*names)[4], int count)
{
    int i;

    for (i = 0; i < count; i++)
        if (span_equal(word, (struct span){names[i], 3}))
            return i;
    return -1;
}

/* At least one blank. */
static bool take_blanks(struct cursor *cursor)
{
    const char *begin = cursor->next;

    while (cursor->next < cursor->end && (*cursor->next == ' ' || *cursor->next == '\t'))
        cursor->next++;
    return cursor->next > begin;
}

/* Zones of a From_ line, each with blanks before it: "CET", "MET DST", "+0100". */
static void take_line_zones(struct cursor *cursor, struct found *found)
{
    for (;;) {
        struct cursor look = *cursor;
        struct span word;
        int offset;
        bool sign;

        if (!take_blanks(&look) || look.next == look.end)
            return;
        sign = *look.next == '+' || *look.next == '-';
        if (sign && look.end - look.next > 4 && is_digit(look.next[1])) {
            bool negative = *look.next++ == '-';

            take_offset(&look, negative, found);
            *cursor = look;
            continue;
        }
        word = take_word(&look);
        if (span_equal(word, SPAN("DST")) && found->zone_seen) {
            found->offset += 60;
        } else if (word.length <= 5 && is_capitals(word)) {
            found->zone_seen = true;
            found->zone_known = zone_of(word, &offset);
            found->offset = found->zone_known ? offset : 0;
        } else {
            return;
        }
        *cursor = look;
    }
}

/* `Www Mmm [d]d [h]h:mm[:ss] [zone] yyyy [zone] [remote from HOST]` up to the end of the line. */
static bool read_ctime(struct cursor cursor, struct date *out)
{
    struct found found = NOTHING;
    int hour;
    size_t digits;

    if (three_letters(take_word(&cursor), WEEKDAYS, 7) < 0)
        return false;
    (void)take_octet(&cursor, ',');
    if (!take_blanks(&cursor))
        return false;
    found.month = three_letters(take_word(&cursor), MONTHS, 12) + 1;
    if (found.month == 0 || !take_blanks(&cursor))
        return false;
    digits = take_number(&cursor, &found.day);
    if (digits == 0 || digits > 2 || !take_blanks(&cursor))
        return false;
    digits = take_number(&cursor, &hour);
    if (digits == 0 || digits > 2 || !take_clock(&cursor, hour, ':', &found))
        return false;
    take_line_zones(&cursor, &found);
    if (!take_blanks(&cursor))
        return false;
    digits = take_number(&cursor, &found.year);
    if (digits != 4 && digits != 2)
        return false;
    found.year = full_year(found.year, digits);
    take_line_zones(&cursor, &found);
    if (take_blanks(&cursor) && cursor.next < cursor.end) {
        struct span rest = {cursor.next, (size_t)(cursor.end - cursor.next)};

        if (!span_begins(rest, SPAN("remote from ")))
            return false;
    }
    return finish(&found, out);
}

bool date_parse_from_line(struct span line, struct date *out)
{
    struct span text = span_chomp(line);
    const char *end, *place;

    if (span_begins(text, SPAN(">")))
        text = (struct span){text.octets + 1, text.length - 1};
    if (!span_begins(text, SPAN("From ")))
        return false;
    end = text.octets + text.length;
    /* The address may hold blanks and even weekdays: every blank may be the one before the date. */
    for (place = text.octets + 4; place < end; place++)
        if ((*place == ' ' || *place == '\t') && end - place > 16 && place[1] >= 'A' &&
            place[1] <= 'Z' && read_ctime((struct cursor){place + 1, end}, out))
            return true;
    return false;
}

static void write_day_and_time(struct buf *out, struct date_parts parts)
{
    buf_format(out, "%04d-%02d-%02dT%02d:%02d:%02d", parts.year, parts.month, parts.day, parts.hour,
               parts.minute, parts.second);
}

void date_write_utc(struct buf *out, int64_t seconds)
{
    write_day_and_time(out, split(clamp(seconds)));
    buf_char(out, 'Z');
}

/* `+01:00`, or `+0100` without SEPARATOR. */
static void write_zone(struct buf *out, struct date date, const char *separator)
{
    int minutes = date.known_offset ? abs(date.offset_minutes) : 0;
    bool minus = !date.known_offset || date.offset_minutes < 0;

    buf_format(out, "%c%02d%s%02d", minus ? '-' : '+', minutes / 60, separator, minutes % 60);
}

void date_write_offset(struct buf *out, struct date date)
{
    write_day_and_time(out, date_split(date));
    if (date.known_offset && date.offset_minutes == 0)
        buf_char(out, 'Z');
    else
        write_zone(out, date, ":");
}

void date_write_mail(struct buf *out, struct date date)
{
    struct date_parts parts = date_split(date);

    buf_format(out, "%s, %d %s %04d %02d:%02d:%02d ", WEEKDAYS[parts.weekday], parts.day,
               MONTHS[parts.month - 1], parts.year, parts.hour, parts.minute, parts.second);
    write_zone(out, date, "");
}

void date_write_from_line(struct buf *out, int64_t seconds)
{
    struct date_parts parts = split(clamp(seconds));

    buf_format(out, "%s %s %2d %02d:%02d:%02d %04d", WEEKDAYS[parts.weekday],
               MONTHS[parts.month - 1], parts.day, parts.hour, parts.minute, parts.second,
               parts.year);
}

int clock_now(int64_t *seconds)
{
    const char *given = getenv("POSTROOM_NOW");
    struct date date;

    if (given == NULL || *given == '\0') {
        *seconds = (int64_t)time(NULL);
        return 0;
    }
    if (!date_parse_rfc3339(span_of(given), &date))
        return diag(EX_USAGE, "POSTROOM_NOW",
                    "'%s' is no time of RFC 3339; write it like 2026-11-24T08:00:00Z", given);
    *seconds = date.seconds;
    return 0;
}

bool duration_parse(struct span text, int64_t *seconds)
{
    static const struct {
        char unit;
        bool time; /* stands behind the T */
        int seconds;
    } units[] = {{'W', false, 7 * DAY_SECONDS},
                 {'D', false, DAY_SECONDS},
                 {'H', true, 3600},
                 {'M', true, 60},
                 {'S', true, 1}};
    const size_t count = sizeof units / sizeof *units;
    struct cursor cursor = {text.octets, text.octets != NULL ? text.octets + text.length : NULL};
    size_t first = 0;
    int64_t sum = 0;
    bool time = false, any = false;

    if (!take_octet(&cursor, 'P'))
        return false;
    while (cursor.next < cursor.end) {
        int value;
        size_t digits, i;

        if (!time)
            time = take_octet(&cursor, 'T');
        digits = take_number(&cursor, &value);
        if (digits == 0 || digits > 9 || cursor.next == cursor.end)
            return false;
        for (i = first; i < count; i++)
            if (*cursor.next == units[i].unit && time == units[i].time)
                break;
        if (i == count)
            return false;
        cursor.next++;
        sum += (int64_t)value * units[i].seconds;
        any = true;
        first = i == 0 ? count : i + 1; /* weeks stand alone */
    }
    if (!any)
        return false;
    *seconds = sum;
    return true;
}
