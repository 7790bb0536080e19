/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "envelope.h"

#include <string.h>

#include "date.h"
#include "header.h"
#include "utf8.h"

#define ADDRESS_MAX 1000           /* RFC 5321 allows 256 octets; some forwarders' are longer */
#define BELIEVED_FROM 631152000    /* 1990-01-01: older clocks are not set */
#define BELIEVED_AHEAD (24 * 3600) /* a clock may be wrong by a zone */
#define MAILDIR_DIGITS_MIN 9       /* seconds since 1970 in the name of a Maildir file */
#define MAILDIR_DIGITS_MAX 11

static bool is_blank(char octet)
{
    return octet == ' ' || octet == '\t' || octet == '\r' || octet == '\n';
}

const char *envelope_address(struct arena *arena, struct span text)
{
    text = span_trim(text);
    if (text.length >= 2 && text.octets[0] == '<' && text.octets[text.length - 1] == '>') {
        text.octets++;
        text.length -= 2;
    }
    /* The null path as qmail marks double bounces, and as Postfix and From_ lines name it. */
    if (text.length == 0 || span_equal(text, SPAN("#@[]")) ||
        span_equal_nocase(text, SPAN("MAILER-DAEMON")))
        return "";
    if (text.length > ADDRESS_MAX || !utf8_valid(text))
        return NULL;
    for (size_t i = 0; i < text.length; i++) {
        unsigned char octet = (unsigned char)text.octets[i];

        if (octet <= ' ' || octet == 127 || octet == '<' || octet == '>')
            return NULL;
    }
    return arena_copy(arena, text.octets, text.length);
}

/* WORD is the weekday that the date of a From_ line begins with. */
static bool is_weekday(struct span word)
{
    static const char names[][4] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (span_equal(word, (struct span){names[i], 3}))
            return true;
    return false;
}

/* The address of a From_ line; octets NULL when it shows none that can be told from the rest. */
static struct span from_line_address(struct span line)
{
    struct date date;
    size_t length = 0;

    if (!date_parse_from_line(line, &date))
        return (struct span){NULL, 0};
    if (span_begins(line, SPAN(">")))
        line = (struct span){line.octets + 1, line.length - 1};
    line = (struct span){line.octets + 5, line.length - 5};
    while (length < line.length && !is_blank(line.octets[length]))
        length++;
    line.length = length;
    /* A quoted local part may hold blanks: where it ends is not worth a guess. */
    if (length == 0 || line.octets[0] == '"' || is_weekday(line))
        return (struct span){NULL, 0};
    return line;
}

void envelope_read(struct arena *arena, struct span header, struct span from_line,
                   struct envelope *envelope)
{
    struct header_field field;
    bool has_sender = false;
    bool has_recipient = false;

    *envelope = (struct envelope){NULL, NULL};
    while (!(has_sender && has_recipient) && header_next(&header, &field)) {
        if (!has_sender && span_equal_nocase(field.name, SPAN("Return-Path"))) {
            envelope->mail_from = envelope_address(arena, field.value);
            has_sender = true;
        } else if (!has_recipient && (span_equal_nocase(field.name, SPAN("Delivered-To")) ||
                                      span_equal_nocase(field.name, SPAN("X-Original-To")))) {
            const char *address = envelope_address(arena, field.value);

            envelope->rcpt_to = address != NULL && address[0] != '\0' ? address : NULL;
            has_recipient = true;
        }
    }
    if (!has_sender) {
        struct span address = from_line_address(from_line);

        if (address.octets != NULL)
            envelope->mail_from = envelope_address(arena, address);
    }
}

/* Goes over a comment (RFC 5322 section 3.2.2) that TEXT begins with; 0 when it has no end. */
static size_t comment_length(struct span text)
{
    unsigned depth = 0;

    for (size_t i = 0; i < text.length; i++) {
        if (text.octets[i] == '\\')
            i++;
        else if (text.octets[i] == '(')
            depth++;
        else if (text.octets[i] == ')' && --depth == 0)
            return i + 1;
    }
    return 0;
}

struct span envelope_received_by(struct span value)
{
    size_t at = 0;
    bool is_host = false;

    while (at < value.length) {
        struct span word = {value.octets + at, value.length - at};
        size_t length = 0;

        if (is_blank(word.octets[0])) {
            at++;
            continue;
        }
        if (word.octets[0] == '(')
            length = comment_length(word);
        if (length > 0) {
            at += length;
            continue;
        }
        length = 1; /* a parenthesis that no other closes is part of a word */
        while (length < word.length && !is_blank(word.octets[length]) &&
               word.octets[length] != '(' && word.octets[length] != ';')
            length++;
        word.length = length;
        if (is_host)
            return word;
        is_host = span_equal_nocase(word, SPAN("by"));
        at += length;
    }
    return (struct span){NULL, 0};
}

bool envelope_trusts(const struct config *config, struct span value)
{
    struct span host = envelope_received_by(value);

    for (size_t i = 0; i < config->trusted_host_count; i++)
        if (span_equal_nocase(host, span_of(config->trusted_hosts[i])))
            return true;
    return false;
}

/* The newest Received field of a trusted host (of any, when none is named); false without one. */
static bool newest_trace(const struct config *config, struct span header, struct span *value)
{
    struct header_field field;

    while (header_next(&header, &field)) {
        if (!span_equal_nocase(field.name, SPAN("Received")) ||
            (config->trusted_host_count > 0 && !envelope_trusts(config, field.value)))
            continue;
        *value = field.value; /* those below it may be anybody's */
        return true;
    }
    return false;
}

/* Can a clock that was set have shown TIME when the message came? */
static bool is_believed(const struct envelope_time_facts *facts, int64_t time)
{
    return time >= BELIEVED_FROM && time <= facts->now + BELIEVED_AHEAD;
}

/* The date of the newest Received field that is believed; an older one never stands in for it. */
static bool received_time(const struct config *config, const struct envelope_time_facts *facts,
                          int64_t *time)
{
    struct span value;
    struct date date;
    size_t mark;

    if (!newest_trace(config, facts->header, &value))
        return false;
    for (mark = value.length; mark > 0 && value.octets[mark - 1] != ';';)
        mark--;
    if (mark == 0 ||
        !date_parse_mail((struct span){value.octets + mark, value.length - mark}, &date) ||
        !is_believed(facts, date.seconds))
        return false;
    *time = date.seconds;
    return true;
}

/* The seconds that the name of a Maildir file begins with (`1795420800.M1P2.host:2,S`). */
static bool maildir_time(const char *file, int64_t *time)
{
    const char *slash = file != NULL ? strrchr(file, '/') : NULL;
    const char *name = slash != NULL ? slash + 1 : file;
    size_t digits;
    int64_t seconds = 0;

    if (name == NULL)
        return false;
    digits = strspn(name, "0123456789");
    if (digits < MAILDIR_DIGITS_MIN || digits > MAILDIR_DIGITS_MAX || name[digits] != '.')
        return false;
    for (size_t i = 0; i < digits; i++)
        seconds = seconds * 10 + (name[i] - '0');
    *time = seconds;
    return true;
}

/* The Date field, when it is not ahead of the clock. */
static bool sent_time(const struct envelope_time_facts *facts, int64_t *time)
{
    struct span header = facts->header;
    struct header_field field;
    struct date date;
    bool found = false;

    while (header_next(&header, &field)) {
        if (!span_equal_nocase(field.name, SPAN("Date")))
            continue;
        /* Of several the last counts, as for the property sentAt. */
        found = date_parse_mail(field.value, &date) && date.seconds <= facts->now;
        if (found)
            *time = date.seconds;
    }
    return found;
}

int64_t envelope_time(const struct config *config, const struct envelope_time_facts *facts)
{
    int64_t time = facts->now;
    struct date date;

    if (received_time(config, facts, &time))
        return time;
    if (date_parse_from_line(facts->from_line, &date) && is_believed(facts, date.seconds))
        return date.seconds;
    if (maildir_time(facts->file, &time) && is_believed(facts, time))
        return time;
    if (sent_time(facts, &time))
        return time;
    return facts->file_time != INT64_MIN ? facts->file_time : facts->now;
}
