/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "invitation.h"

#include "date.h"
#include "utf8.h"

#define VALUE_MAX 1000 /* octets of one value that are shown */
#define DAY 86400

/* A content line, unfolded: NAME;parameters:value. */
struct line {
    struct span name;
    struct span parameters; /* from the first `;` up to the colon */
    struct span value;
};

struct moment {
    bool known;
    bool has_time;
    int64_t wall;    /* seconds since 1970 as the wall clock shows it */
    struct buf zone; /* own */
};

struct event {
    struct buf method, status, summary, location, organizer, attendee, partstat; /* own */
    struct moment start, end;
    int64_t duration; /* seconds; 0: not told */
    bool repeats;
};

/* Takes the next line off the front of *REST, unfolded into BUFFER; false at the end. */
static bool line_next(struct span *rest, struct buf *buffer)
{
    buf_clear(buffer);
    if (rest->length == 0)
        return false;
    buf_span(buffer, span_chomp(span_line(rest)));
    while (rest->length > 0 && (rest->octets[0] == ' ' || rest->octets[0] == '\t')) {
        struct span line = span_chomp(span_line(rest));

        buf_add(buffer, line.octets + 1, line.length - 1);
    }
    return true;
}

/* The colon that ends name and parameters stands outside quotes (RFC 5545 section 3.1). */
static bool line_split(struct span text, struct line *line)
{
    size_t name = 0;
    size_t colon;
    bool quoted = false;

    while (name < text.length && text.octets[name] != ':' && text.octets[name] != ';')
        name++;
    for (colon = name; colon < text.length && (quoted || text.octets[colon] != ':'); colon++) {
        if (text.octets[colon] == '"')
            quoted = !quoted;
    }
    if (colon == text.length || name == 0)
        return false;
    line->name = (struct span){text.octets, name};
    line->parameters = (struct span){text.octets + name, colon - name};
    line->value = span_trim((struct span){text.octets + colon + 1, text.length - colon - 1});
    return true;
}

/* The value of parameter NAME, without quotes; empty when absent. */
static struct span line_parameter(const struct line *line, const char *name)
{
    struct span rest = line->parameters;
    struct span wanted = span_of(name);

    while (rest.length > 0) {
        size_t end = 1;
        bool quoted = false;
        struct span item;

        for (; end < rest.length && (quoted || rest.octets[end] != ';'); end++) {
            if (rest.octets[end] == '"')
                quoted = !quoted;
        }
        item = (struct span){rest.octets + 1, end - 1};
        rest.octets += end;
        rest.length -= end;
        if (item.length <= wanted.length || !span_begins_nocase(item, wanted) ||
            item.octets[wanted.length] != '=')
            continue;
        item.octets += wanted.length + 1;
        item.length -= wanted.length + 1;
        if (item.length > 1 && item.octets[0] == '"' && item.octets[item.length - 1] == '"')
            item = (struct span){item.octets + 1, item.length - 2};
        return item;
    }
    return (struct span){"", 0};
}

/* Sets TEXT to VALUE without its escapes (RFC 5545 section 3.3.11), line ends as blanks. */
static void take_text(struct buf *text, struct span value)
{
    if (value.length > VALUE_MAX)
        value.length = utf8_cut(value, VALUE_MAX);
    buf_clear(text);
    for (size_t i = 0; i < value.length; i++) {
        char octet = value.octets[i];

        if (octet == '\\' && i + 1 < value.length) {
            octet = value.octets[++i];
            if (octet == 'n' || octet == 'N')
                octet = ' ';
        }
        if ((unsigned char)octet >= ' ' && octet != 127)
            buf_char(text, octet);
    }
}

/* A person: the name, else the address. */
static void take_person(struct buf *person, const struct line *line)
{
    struct span name = span_trim(line_parameter(line, "CN"));
    struct span address = line->value;

    if (span_begins_nocase(address, SPAN("mailto:"))) {
        address.octets += 7;
        address.length -= 7;
    }
    take_text(person, name.length > 0 ? name : address);
}

static int digits(const char *octets, size_t count)
{
    int number = 0;

    for (size_t i = 0; i < count; i++) {
        if (octets[i] < '0' || octets[i] > '9')
            return -1;
        number = number * 10 + (octets[i] - '0');
    }
    return number;
}

/* `20261124`, `20261124T090000` or the same with Z. */
static void take_moment(struct moment *moment, const struct line *line)
{
    struct span value = line->value;
    struct span zone = line_parameter(line, "TZID");
    int year, month, day;
    int hour = 0, minute = 0;

    if (value.length < 8)
        return;
    year = digits(value.octets, 4);
    month = digits(value.octets + 4, 2);
    day = digits(value.octets + 6, 2);
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > 31)
        return;
    moment->has_time = value.length >= 13 && value.octets[8] == 'T';
    if (moment->has_time) {
        hour = digits(value.octets + 9, 2);
        minute = digits(value.octets + 11, 2);
        if (hour < 0 || hour > 23 || minute < 0 || minute > 59)
            return;
    }
    if (value.octets[value.length - 1] == 'Z')
        zone = SPAN("UTC");
    take_text(&moment->zone, zone);
    moment->wall = date_days(year, month, day) * (int64_t)DAY + hour * 3600 + minute * 60;
    moment->known = true;
}

static void take_property(struct event *event, const struct line *line)
{
    struct span name = line->name;

    if (span_equal_nocase(name, SPAN("SUMMARY")))
        take_text(&event->summary, line->value);
    else if (span_equal_nocase(name, SPAN("LOCATION")))
        take_text(&event->location, line->value);
    else if (span_equal_nocase(name, SPAN("STATUS")))
        take_text(&event->status, line->value);
    else if (span_equal_nocase(name, SPAN("ORGANIZER")))
        take_person(&event->organizer, line);
    else if (span_equal_nocase(name, SPAN("ATTENDEE")) && event->attendee.length == 0) {
        take_person(&event->attendee, line);
        take_text(&event->partstat, line_parameter(line, "PARTSTAT"));
    } else if (span_equal_nocase(name, SPAN("DTSTART")))
        take_moment(&event->start, line);
    else if (span_equal_nocase(name, SPAN("DTEND")) || span_equal_nocase(name, SPAN("DUE")))
        take_moment(&event->end, line);
    else if (span_equal_nocase(name, SPAN("DURATION")))
        (void)duration_parse(line->value, &event->duration);
    else if (span_equal_nocase(name, SPAN("RRULE")))
        event->repeats = true;
}

/* Reads METHOD and the first event or task; false when there is none. */
static bool event_read(struct span calendar, struct event *event)
{
    struct buf text = BUF_INIT;
    struct line line;
    size_t inner = 0; /* components open inside the event: alarms */
    bool in_event = false;
    bool found = false;

    while (line_next(&calendar, &text)) {
        bool begins;

        if (!line_split(buf_view(&text), &line))
            continue;
        begins = span_equal_nocase(line.name, SPAN("BEGIN"));
        if (in_event && begins)
            inner++;
        else if (in_event && span_equal_nocase(line.name, SPAN("END"))) {
            if (inner-- == 0)
                break;
        } else if (in_event && inner == 0)
            take_property(event, &line);
        else if (begins && (span_equal_nocase(line.value, SPAN("VEVENT")) ||
                            span_equal_nocase(line.value, SPAN("VTODO"))))
            in_event = found = true;
        else if (!in_event && span_equal_nocase(line.name, SPAN("METHOD")))
            take_text(&event->method, line.value);
    }
    buf_release(&text);
    return found;
}

/* --- The line -----------------------------------------------------------------------------------
 */

static const char *first_word(const struct event *event)
{
    static const struct {
        const char *value, *word;
    } replies[] = {{"ACCEPTED", "Accepted"},
                   {"DECLINED", "Declined"},
                   {"TENTATIVE", "Tentative"},
                   {"DELEGATED", "Delegated"}};
    struct span method = buf_view(&event->method);

    if (span_equal_nocase(method, SPAN("CANCEL")) ||
        span_equal_nocase(buf_view(&event->status), SPAN("CANCELLED")))
        return "Cancelled";
    if (span_equal_nocase(method, SPAN("REQUEST")))
        return "Invitation";
    if (span_equal_nocase(method, SPAN("COUNTER")))
        return "Counter-proposal";
    if (!span_equal_nocase(method, SPAN("REPLY")))
        return "Event";
    for (size_t i = 0; i < sizeof(replies) / sizeof(*replies); i++) {
        if (span_equal_nocase(buf_view(&event->partstat), span_of(replies[i].value)))
            return replies[i].word;
    }
    return "Reply";
}

static void write_day(struct buf *out, struct date_parts parts)
{
    buf_format(out, "%04d-%02d-%02d", parts.year, parts.month, parts.day);
}

static struct date_parts split(int64_t wall)
{
    return date_split((struct date){wall, 0, true});
}

/* `2026-11-24`, `2026-11-24 to 2026-11-26`, `2026-11-24 09:00-10:00 (Europe/Paris)`. */
static void write_time(struct buf *out, const struct event *event)
{
    struct moment start = event->start;
    struct moment end = event->end;
    struct date_parts from = split(start.wall);
    struct date_parts to;

    if (!end.known && event->duration > 0)
        end = (struct moment){true, start.has_time, start.wall + event->duration, start.zone};
    if (!start.has_time && end.known)
        end.wall -= DAY; /* the end of whole days is the day after (RFC 5545 section 3.6.1) */
    to = split(end.wall);
    write_day(out, from);
    if (start.has_time)
        buf_format(out, " %02d:%02d", from.hour, from.minute);
    if (end.known && end.wall > start.wall) {
        bool same_day = start.has_time && end.wall / DAY == start.wall / DAY;

        buf_string(out, same_day ? "-" : " to ");
        if (!same_day)
            write_day(out, to);
        if (start.has_time)
            buf_format(out, same_day ? "%02d:%02d" : " %02d:%02d", to.hour, to.minute);
    }
    if (start.zone.length > 0 && start.has_time)
        buf_format(out, " (%s)", buf_cstring(&start.zone));
    if (event->repeats)
        buf_string(out, ", repeated");
}

static void write_line(struct buf *out, const struct event *event)
{
    bool is_reply = span_equal_nocase(buf_view(&event->method), SPAN("REPLY"));
    const struct buf *who = is_reply ? &event->attendee : &event->organizer;

    buf_string(out, first_word(event));
    buf_char(out, ':');
    if (event->summary.length > 0) {
        buf_char(out, ' ');
        buf_span(out, buf_view(&event->summary));
    }
    if (event->start.known) {
        buf_string(out, event->summary.length > 0 ? "; " : " ");
        write_time(out, event);
    }
    if (event->location.length > 0) {
        buf_string(out, "; ");
        buf_span(out, buf_view(&event->location));
    }
    if (who->length > 0) {
        buf_string(out, "; ");
        buf_span(out, buf_view(who));
    }
    buf_char(out, '\n');
}

bool invitation_to_text(struct buf *out, struct span calendar)
{
    struct event event = {.method = BUF_INIT};
    bool found = event_read(calendar, &event);
    struct buf *texts[] = {&event.method,   &event.status,     &event.summary,
                           &event.location, &event.organizer,  &event.attendee,
                           &event.partstat, &event.start.zone, &event.end.zone};

    if (found)
        write_line(out, &event);
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        buf_release(texts[i]);
    return found;
}
