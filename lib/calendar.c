/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "calendar.h"

#include "buf.h"
#include "diag.h"
#include "zone.h"

#include <errno.h>
#include <fcntl.h>
#include <libical/ical.h>
#include <stdlib.h>
#include <unistd.h>

#define DAY_SECONDS 86400
#define DAY_MINUTES 1440

/* Bounds of a file of holidays: its octets, the occurrences of one event, the last year. */
#define HOLIDAYS_MAX 1048576
#define OCCURRENCES_MAX 10000
#define LAST_YEAR 2099

/* Opening hours of one weekday: minutes since midnight, sorted, apart from each other. */
struct hours {
    struct opening {
        int from, to;
    } * items;
    size_t count, capacity;
};

/* Times of holidays: seconds since 1970, FROM inside, TO outside; sorted, apart from each other. */
struct closure {
    int64_t from, to;
};

struct calendar {
    const char *name;
    const char *zone_name;
    const struct zone *zone;
    struct hours days[7];
    struct closure *closures;
    size_t closure_count, closure_capacity;
};

static void add_opening(struct arena *arena, struct hours *hours, int from, int to)
{
    if (from == to)
        return;
    hours->items =
        arena_grow(arena, hours->items, hours->count, &hours->capacity, sizeof *hours->items);
    hours->items[hours->count++] = (struct opening){from, to};
}

static int compare_openings(const void *a, const void *b)
{
    const struct opening *x = a, *y = b;

    return (x->from > y->from) - (x->from < y->from);
}

/* Sorts and joins what overlaps or touches. */
static void join_openings(struct hours *hours)
{
    size_t kept = 0, i;

    if (hours->count == 0)
        return;
    qsort(hours->items, hours->count, sizeof *hours->items, compare_openings);
    for (i = 1; i < hours->count; i++) {
        struct opening *last = &hours->items[kept];

        if (hours->items[i].from > last->to)
            hours->items[++kept] = hours->items[i];
        else if (hours->items[i].to > last->to)
            last->to = hours->items[i].to;
    }
    hours->count = kept + 1;
}

static int compare_closures(const void *a, const void *b)
{
    const struct closure *x = a, *y = b;

    return (x->from > y->from) - (x->from < y->from);
}

static void join_closures(struct calendar *calendar)
{
    size_t kept = 0, i;

    if (calendar->closure_count == 0)
        return;
    qsort(calendar->closures, calendar->closure_count, sizeof *calendar->closures,
          compare_closures);
    for (i = 1; i < calendar->closure_count; i++) {
        struct closure *last = &calendar->closures[kept];

        if (calendar->closures[i].from > last->to)
            calendar->closures[++kept] = calendar->closures[i];
        else if (calendar->closures[i].to > last->to)
            last->to = calendar->closures[i].to;
    }
    calendar->closure_count = kept + 1;
}

static int take_spans(struct arena *arena, struct calendar *calendar,
                      const struct calendar_settings *settings)
{
    size_t i;
    unsigned day, open = 0;

    for (i = 0; i < settings->span_count; i++) {
        const struct calendar_span *span = &settings->spans[i];

        if (span->from < 0 || span->from > DAY_MINUTES || span->to < 0 || span->to > DAY_MINUTES ||
            span->from == span->to || span->weekdays > 0x7f)
            return diag(EX_CONFIG, settings->name,
                        "opening hours from %02d:%02d to %02d:%02d are none; write them between "
                        "00:00 and 24:00, with an end that differs from the beginning",
                        span->from / 60, abs(span->from % 60), span->to / 60, abs(span->to % 60));
        open |= span->weekdays;
        for (day = 0; day < 7; day++) {
            if ((span->weekdays >> day & 1) == 0)
                continue;
            if (span->from < span->to) {
                add_opening(arena, &calendar->days[day], span->from, span->to);
            } else {
                add_opening(arena, &calendar->days[day], span->from, DAY_MINUTES);
                add_opening(arena, &calendar->days[(day + 1) % 7], 0, span->to);
            }
        }
    }
    if (open == 0)
        return diag(EX_CONFIG, settings->name,
                    "the calendar is never open, so no deadline could be computed; give it opening "
                    "hours on at least one weekday");
    for (day = 0; day < 7; day++)
        join_openings(&calendar->days[day]);
    return 0;
}

/* The file of holidays in BUF. */
static int read_holidays(struct buf *buf, const char *path)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got;

    if (file < 0)
        return diag_errno(errno == ENOENT || errno == ENOTDIR ? EX_CONFIG : EX_IOERR, path,
                          "the holidays cannot be opened");
    do {
        got = read(file, buf_reserve(buf, 8192), 8192);
        if (got > 0)
            buf->length += (size_t)got;
    } while ((got > 0 && buf->length <= HOLIDAYS_MAX) || (got < 0 && errno == EINTR));
    if (got < 0) {
        int code = diag_errno(EX_IOERR, path, "the holidays cannot be read");

        (void)close(file);
        return code;
    }
    (void)close(file);
    if (buf->length > HOLIDAYS_MAX)
        return diag(EX_CONFIG, path, "a file of holidays may have at most %d octets", HOLIDAYS_MAX);
    if (memchr(buf->octets, '\0', buf->length) != NULL)
        return diag(EX_CONFIG, path, "holds a NUL, so it is no iCalendar file");
    buf->octets[buf->length] = '\0'; /* buf_reserve leaves this to its caller */
    return 0;
}

/* The moment of an iCalendar time: DATE and floating times are those of the calendar's zone. */
static int64_t moment_of(const struct calendar *calendar, struct icaltimetype time)
{
    int64_t wall = date_days(time.year, time.month, time.day) * DAY_SECONDS;

    if (!time.is_date)
        wall += time.hour * 3600 + time.minute * 60 + time.second;
    if (time.is_date || time.zone == NULL)
        return zone_moment(calendar->zone, wall);
    if (icaltime_is_utc(time))
        return wall;
    return (int64_t)icaltime_as_timet_with_zone(time, time.zone);
}

/* How long an event lasts: whole days, or seconds. */
struct length {
    bool whole_days;
    int amount;
};

/* One VEVENT. */
struct event {
    icalcomponent *component;
    struct icaltimetype start;
    struct length length;
    struct icaltimetype *exceptions; /* EXDATE */
    size_t exception_count, exception_capacity;
};

static void close_time(struct arena *arena, struct calendar *calendar, struct icaltimetype start,
                       struct length length)
{
    struct closure closure = {moment_of(calendar, start), 0};

    if (length.whole_days) {
        struct icaltimetype end = start;

        /* date_days takes a day outside its month. */
        end.day += length.amount;
        closure.to = moment_of(calendar, end);
    } else {
        closure.to = closure.from + length.amount;
    }
    if (closure.to <= closure.from)
        return;
    calendar->closures = arena_grow(arena, calendar->closures, calendar->closure_count,
                                    &calendar->closure_capacity, sizeof *calendar->closures);
    calendar->closures[calendar->closure_count++] = closure;
}

static struct length length_of(const struct calendar *calendar, icalcomponent *event,
                               struct icaltimetype start)
{
    icalproperty *duration = icalcomponent_get_first_property(event, ICAL_DURATION_PROPERTY);
    struct length length = {start.is_date, start.is_date ? 1 : 0};

    if (duration != NULL) {
        int seconds = icaldurationtype_as_int(icalproperty_get_duration(duration));

        length.amount = start.is_date ? seconds / DAY_SECONDS : seconds;
    } else if (icalcomponent_get_first_property(event, ICAL_DTEND_PROPERTY) != NULL) {
        struct icaltimetype end = icalcomponent_get_dtend(event);

        if (start.is_date)
            length.amount = (int)(date_days(end.year, end.month, end.day) -
                                  date_days(start.year, start.month, start.day));
        else
            length.amount = (int)(moment_of(calendar, end) - moment_of(calendar, start));
    }
    return length;
}

/* Collected first: libical has one place in a component for walking over its properties. */
static void collect_exceptions(struct arena *arena, struct event *event)
{
    icalproperty *property;

    for (property = icalcomponent_get_first_property(event->component, ICAL_EXDATE_PROPERTY);
         property != NULL;
         property = icalcomponent_get_next_property(event->component, ICAL_EXDATE_PROPERTY)) {
        event->exceptions = arena_grow(arena, event->exceptions, event->exception_count,
                                       &event->exception_capacity, sizeof *event->exceptions);
        event->exceptions[event->exception_count++] =
            icalproperty_get_datetime_with_component(property, event->component);
    }
}

/* Closes the occurrence of EVENT at START, unless an EXDATE takes it out. */
static void close_occurrence(struct arena *arena, struct calendar *calendar,
                             const struct event *event, struct icaltimetype start)
{
    size_t i;

    for (i = 0; i < event->exception_count; i++) {
        struct icaltimetype except = event->exceptions[i];

        if (except.is_date ? icaltime_compare_date_only(except, start) == 0
                           : icaltime_compare(except, start) == 0)
            return;
    }
    close_time(arena, calendar, start, event->length);
}

/* Whether a BY part of a rule is absent, or says only what DTSTART says anyway (VALUE). */
static bool says_nothing(const short *list, int value)
{
    return list[0] == ICAL_RECURRENCE_ARRAY_MAX ||
           (list[0] == value && list[1] == ICAL_RECURRENCE_ARRAY_MAX);
}

/*
 * Whether RULE is just "the same day every year". Such rules, nearly all there are for holidays,
 * are expanded here: libical's iterator takes milliseconds for one of them.
 */
static bool is_plain_yearly(const struct icalrecurrencetype *rule, struct icaltimetype start)
{
    const short none = ICAL_RECURRENCE_ARRAY_MAX;

    return rule->freq == ICAL_YEARLY_RECURRENCE && start.is_date && rule->interval >= 1 &&
           !(start.month == 2 && start.day == 29) && rule->rscale == NULL &&
           (icaltime_is_null_time(rule->until) || rule->until.is_date) &&
           says_nothing(rule->by_month, start.month) &&
           says_nothing(rule->by_month_day, start.day) && rule->by_day[0] == none &&
           rule->by_week_no[0] == none && rule->by_year_day[0] == none &&
           rule->by_set_pos[0] == none && rule->by_hour[0] == none && rule->by_minute[0] == none &&
           rule->by_second[0] == none;
}

static void close_yearly(struct arena *arena, struct calendar *calendar, const struct event *event,
                         const struct icalrecurrencetype *rule)
{
    struct icaltimetype at = event->start;
    bool endless = icaltime_is_null_time(rule->until);
    int count;

    for (count = 0; at.year <= LAST_YEAR; at.year += rule->interval, count++) {
        if ((rule->count > 0 && count == rule->count) ||
            (!endless && icaltime_compare_date_only(at, rule->until) > 0))
            return;
        close_occurrence(arena, calendar, event, at);
    }
}

/* Expands any other RRULE. */
static int close_rule(struct arena *arena, struct calendar *calendar, const struct event *event,
                      struct icalrecurrencetype rule, const char *path)
{
    const struct icaltimetype *start = &event->start;
    icalrecur_iterator *iterator = icalrecur_iterator_new(rule, *start);
    struct icaltimetype next;
    int count = 0;

    if (iterator == NULL)
        return diag(EX_CONFIG, path, "the event on %04d-%02d-%02d has a bad RRULE", start->year,
                    start->month, start->day);
    for (next = icalrecur_iterator_next(iterator);
         !icaltime_is_null_time(next) && next.year <= LAST_YEAR && count <= OCCURRENCES_MAX;
         next = icalrecur_iterator_next(iterator)) {
        close_occurrence(arena, calendar, event, next);
        count++;
    }
    icalrecur_iterator_free(iterator);
    if (count > OCCURRENCES_MAX)
        return diag(EX_CONFIG, path,
                    "the event on %04d-%02d-%02d recurs more than %d times up to %d; end it with "
                    "UNTIL or COUNT",
                    start->year, start->month, start->day, OCCURRENCES_MAX, LAST_YEAR);
    return 0;
}

static int close_event(struct arena *arena, struct calendar *calendar, const struct event *event,
                       const char *path)
{
    icalcomponent *component = event->component;
    icalproperty *property = icalcomponent_get_first_property(component, ICAL_RRULE_PROPERTY);
    int code = 0;

    /* A rule gives the first occurrence too. */
    if (property == NULL)
        close_occurrence(arena, calendar, event, event->start);
    for (; property != NULL && code == 0;
         property = icalcomponent_get_next_property(component, ICAL_RRULE_PROPERTY)) {
        struct icalrecurrencetype rule = icalproperty_get_rrule(property);

        if (is_plain_yearly(&rule, event->start))
            close_yearly(arena, calendar, event, &rule);
        else
            code = close_rule(arena, calendar, event, rule, path);
    }
    for (property = icalcomponent_get_first_property(component, ICAL_RDATE_PROPERTY);
         property != NULL && code == 0;
         property = icalcomponent_get_next_property(component, ICAL_RDATE_PROPERTY)) {
        struct icaldatetimeperiodtype more = icalproperty_get_rdate(property);

        if (icaltime_is_null_time(more.time))
            return diag(EX_CONFIG, path,
                        "the event on %04d-%02d-%02d has an RDATE with periods, which is not "
                        "understood; list its dates",
                        event->start.year, event->start.month, event->start.day);
        more.time.zone = event->start.zone;
        close_occurrence(arena, calendar, event, more.time);
    }
    return code;
}

static bool closes_nothing(icalcomponent *event)
{
    icalproperty *transparency = icalcomponent_get_first_property(event, ICAL_TRANSP_PROPERTY);

    return icalcomponent_get_status(event) == ICAL_STATUS_CANCELLED ||
           (transparency != NULL &&
            icalproperty_get_transp(transparency) == ICAL_TRANSP_TRANSPARENT);
}

static int take_events(struct arena *arena, struct calendar *calendar, icalcomponent *all,
                       const char *path)
{
    icalcomponent *component;

    for (component = icalcomponent_get_first_component(all, ICAL_VEVENT_COMPONENT);
         component != NULL;
         component = icalcomponent_get_next_component(all, ICAL_VEVENT_COMPONENT)) {
        struct event event = {.component = component,
                              .start = icalcomponent_get_dtstart(component)};
        const char *title = icalcomponent_get_summary(component);
        int code;

        if (icaltime_is_null_time(event.start) || !icaltime_is_valid_time(event.start))
            return diag(EX_CONFIG, path, "the event '%s' has no usable DTSTART",
                        title != NULL ? title : "(without a SUMMARY)");
        if (closes_nothing(component))
            continue;
        event.length = length_of(calendar, component, event.start);
        collect_exceptions(arena, &event);
        code = close_event(arena, calendar, &event, path);
        if (code != 0)
            return code;
    }
    return 0;
}

static int take_holidays(struct arena *arena, struct calendar *calendar, const char *path)
{
    struct buf file = BUF_INIT;
    icalcomponent *all = NULL;
    int code = read_holidays(&file, path);

    if (code == 0) {
        icalerror_set_errors_are_fatal(false);
        all = icalparser_parse_string(buf_cstring(&file));
        if (all == NULL || icalcomponent_isa(all) != ICAL_VCALENDAR_COMPONENT)
            code = diag(EX_CONFIG, path, "is no iCalendar file (BEGIN:VCALENDAR … END:VCALENDAR)");
        else if (icalcomponent_count_errors(all) > 0)
            code = diag(EX_CONFIG, path, "has %d lines that are no iCalendar (RFC 5545); mend them",
                        icalcomponent_count_errors(all));
        else
            code = take_events(arena, calendar, all, path);
    }
    if (all != NULL)
        icalcomponent_free(all);
    buf_release(&file);
    join_closures(calendar);
    return code;
}

struct calendar *calendar_open(struct arena *arena, const struct calendar_settings *settings,
                               int *code)
{
    struct calendar *calendar = arena_alloc(arena, sizeof *calendar);
    int result;

    calendar->name = arena_string(arena, settings->name);
    calendar->zone_name = arena_string(arena, settings->zone);
    calendar->zone = settings->zone != NULL ? zone_find(settings->zone) : NULL;
    if (calendar->zone == NULL)
        result = diag(EX_CONFIG, settings->name,
                      "this host knows no time zone '%s'; write it like Europe/Paris",
                      settings->zone != NULL ? settings->zone : "");
    else
        result = take_spans(arena, calendar, settings);
    if (result == 0 && settings->holidays != NULL)
        result = take_holidays(arena, calendar, settings->holidays);
    if (code != NULL)
        *code = result;
    return result == 0 ? calendar : NULL;
}

/* Walks over the open times of a calendar in order. */
struct walk {
    const struct calendar *calendar;
    int64_t day;    /* number of the local day since 1970 */
    size_t opening; /* next one of that day */
    size_t closure; /* first one that may still matter */
    int64_t from;   /* what is left of the opening in hand */
    int64_t to;
};

static struct walk walk_from(const struct calendar *calendar, int64_t start)
{
    int64_t wall = start + (int64_t)zone_offset(calendar->zone, start) * 60;
    int64_t day = wall >= 0 ? wall / DAY_SECONDS : -((DAY_SECONDS - 1 - wall) / DAY_SECONDS);
    size_t low = 0, high = calendar->closure_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (calendar->closures[middle].to <= start)
            low = middle + 1;
        else
            high = middle;
    }
    /* A day may end twice (clocks that go back over midnight), so one day more is looked at. */
    return (struct walk){calendar, day - 1, 0, low, start, start};
}

/* The next open time [FROM, TO) that begins before LAST_DAY ends; false when there is none. */
static bool walk_next(struct walk *walk, int64_t last_day, int64_t *from, int64_t *to)
{
    const struct calendar *calendar = walk->calendar;

    for (;;) {
        const struct closure *closure =
            walk->closure < calendar->closure_count ? &calendar->closures[walk->closure] : NULL;

        if (walk->from < walk->to) {
            if (closure != NULL && closure->to <= walk->from) {
                walk->closure++;
            } else if (closure != NULL && closure->from <= walk->from) {
                walk->from = closure->to;
            } else {
                *from = walk->from;
                *to = closure != NULL && closure->from < walk->to ? closure->from : walk->to;
                walk->from = *to;
                return true;
            }
        } else if (walk->day > last_day) {
            return false;
        } else {
            const struct hours *hours = &calendar->days[((walk->day + 3) % 7 + 7) % 7];

            if (walk->opening == hours->count) {
                walk->day++;
                walk->opening = 0;
            } else {
                const struct opening *opening = &hours->items[walk->opening++];
                int64_t midnight = walk->day * DAY_SECONDS;
                int64_t begin = zone_moment(calendar->zone, midnight + (int64_t)opening->from * 60);

                /* Never back: what was walked over before START, or already, is past. */
                if (begin > walk->from)
                    walk->from = begin;
                walk->to = zone_moment(calendar->zone, midnight + (int64_t)opening->to * 60);
            }
        }
    }
}

int calendar_add(const struct calendar *calendar, int64_t start, int64_t working_seconds,
                 int64_t *due)
{
    struct walk walk = walk_from(calendar, start);
    int64_t last_day = walk.day + 1 + CALENDAR_SEARCH_DAYS;
    int64_t left = working_seconds > 0 ? working_seconds : 0;
    int64_t from, to;

    while (walk_next(&walk, last_day, &from, &to)) {
        if (left <= to - from) {
            *due = from + left;
            return 0;
        }
        left -= to - from;
    }
    return diag(EX_CONFIG, calendar->name,
                "has less working time than asked for in five years; look at its holidays and at "
                "the time promised");
}

int64_t calendar_working_between(const struct calendar *calendar, int64_t start, int64_t end)
{
    struct walk walk;
    int64_t sum = 0, last_day, from, to;

    if (end <= start)
        return 0;
    walk = walk_from(calendar, start);
    last_day = end / DAY_SECONDS + 2; /* the local day of END at the latest */
    while (walk_next(&walk, last_day, &from, &to) && from < end)
        sum += (to < end ? to : end) - from;
    return sum;
}

bool calendar_is_open(const struct calendar *calendar, int64_t utc)
{
    return calendar_working_between(calendar, utc, utc + 1) == 1;
}

static struct date local_of(const struct zone *zone, int64_t utc)
{
    return (struct date){utc, zone_offset(zone, utc), true};
}

struct date calendar_local(const struct calendar *calendar, int64_t utc)
{
    return local_of(calendar->zone, utc);
}

const char *calendar_zone(const struct calendar *calendar)
{
    return calendar->zone_name;
}

int zone_local(const char *zone, int64_t utc, struct date *local)
{
    const struct zone *found = zone_find(zone);

    if (found == NULL)
        return diag(EX_CONFIG, zone,
                    "this host knows no such time zone; write it like Europe/Paris");
    *local = local_of(found, utc);
    return 0;
}
