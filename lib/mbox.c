/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mbox.h"

#include "date.h"
#include "utf8.h"

static const struct span from_word = {"From ", 5};

bool mbox_is_from_line(struct span line)
{
    struct date date;

    return span_begins(line, from_word) && date_parse_from_line(line, &date);
}

bool mbox_is_envelope(struct span line)
{
    if (line.length > 0 && line.octets[0] == '>') {
        line.octets++;
        line.length--;
    }
    if (!span_begins(line, from_word))
        return false;
    while (line.length > from_word.length && line.octets[from_word.length] == ' ')
        line.octets++, line.length--;
    return line.length <= from_word.length || line.octets[from_word.length] != ':';
}

/* The line before AT, the start of a line, is empty. */
static bool is_behind_empty(struct span text, size_t at)
{
    const char *octets = text.octets;

    if (at < 1 || octets[at - 1] != '\n')
        return false;
    at--;
    if (at > 0 && octets[at - 1] == '\r')
        at--;
    return at == 0 || octets[at - 1] == '\n';
}

bool mbox_message_end(struct span text, size_t *scanned, bool at_end, size_t *length)
{
    /* Always the start of a line, so that it does not matter where the octets came in pieces. */
    size_t at = *scanned;

    for (;;) {
        struct span rest = {text.octets + at, text.length - at};
        const char *end = rest.length > 0 ? memchr(rest.octets, '\n', rest.length) : NULL;

        if (end == NULL && !at_end)
            break;
        if (at > 0 && span_begins(rest, from_word) && is_behind_empty(text, at)) {
            struct span after = rest;

            if (mbox_is_from_line(span_line(&after))) {
                *length = at;
                return true;
            }
        }
        if (end == NULL) {
            *length = text.length;
            return true;
        }
        at = (size_t)(end + 1 - text.octets);
    }
    *scanned = at;
    return false;
}

/* LINE begins with one or more `>` and `From `. */
static bool is_quoted_from(struct span line)
{
    size_t marks = 0;

    while (marks < line.length && line.octets[marks] == '>')
        marks++;
    return marks > 0 &&
           span_begins((struct span){line.octets + marks, line.length - marks}, from_word);
}

void mbox_read(struct arena *arena, struct span octets, struct span *from_line, struct buf *text)
{
    struct span rest = octets;
    struct span line = span_line(&rest);

    *from_line = (struct span){NULL, 0};
    if (span_begins(line, from_word)) {
        *from_line = (struct span){arena_copy(arena, line.octets, line.length), line.length};
    } else {
        rest = octets;
    }
    /* The empty line at the end separates. */
    if (rest.length >= 1 && rest.octets[rest.length - 1] == '\n') {
        size_t end = rest.length - 1;

        if (end > 0 && rest.octets[end - 1] == '\r')
            end--;
        if (end == 0 || rest.octets[end - 1] == '\n')
            rest.length = end;
    }
    buf_reserve(text, rest.length);
    while (rest.length > 0) {
        line = span_line(&rest);
        if (is_quoted_from(line)) {
            line.octets++;
            line.length--;
        }
        buf_span(text, line);
    }
}

/* The From_ line as it came, or one made of return path and time. */
static void write_from_line(struct buf *out, struct message *message)
{
    struct span line = span_chomp(message->from_line);
    const char *kept = message_triage_string(message, "envelope", "from_");
    const char *path;

    if (line.length == 0 && kept != NULL)
        line = span_of(kept);
    if (line.length > 0 && line.octets[0] == '>') {
        line.octets++;
        line.length--;
    }
    if (mbox_is_from_line(line) && memchr(line.octets, '\n', line.length) == NULL) {
        buf_repair(out, line);
        buf_char(out, '\n');
        return;
    }
    path = message_return_path(message);
    buf_string(out, "From ");
    if (path != NULL && path[0] != '\0' && strpbrk(path, " \t\r\n") == NULL)
        buf_string(out, path);
    else
        buf_string(out, "MAILER-DAEMON");
    buf_char(out, ' ');
    date_write_from_line(out, message->received_at);
    buf_char(out, '\n');
}

void mbox_write(struct buf *out, struct message *message, struct span text)
{
    struct span rest = text;

    write_from_line(out, message);
    while (rest.length > 0) {
        struct span line = span_line(&rest);

        if (span_begins(line, from_word) || is_quoted_from(line))
            buf_char(out, '>');
        buf_span(out, line);
    }
    if (text.length == 0 || text.octets[text.length - 1] != '\n')
        buf_char(out, '\n');
    buf_char(out, '\n');
}
