/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mbox.h"

#include "date.h"
#include "utf8.h"

/* Above it a Content-Length is not believed: it could make us keep a whole archive in memory. */
#define CONTENT_LENGTH_MAX ((size_t)64 * 1024 * 1024)
#define FIELD_NAME_MAX 128

static const struct span from_word = {"From ", 5};

bool mbox_is_from_line(struct span line)
{
    struct date date;

    return span_begins(line, from_word) && date_parse_from_line(line, &date);
}

bool mbox_is_bare_from_line(struct span line)
{
    struct span rest = span_chomp(line);

    if (!span_begins(rest, from_word))
        return false;
    rest = span_trim((struct span){rest.octets + from_word.length, rest.length - from_word.length});
    for (size_t i = 0; i < rest.length; i++)
        if ((unsigned char)rest.octets[i] <= ' ')
            return false;
    return rest.length == 0 || span_equal(rest, SPAN("-")) ||
           span_equal(rest, SPAN("MAILER-DAEMON")) || memchr(rest.octets, '@', rest.length) != NULL;
}

bool mbox_form_of(const char *word, enum mbox_form *form)
{
    static const char *const words[] = {
        [MBOX_RD] = "rd", [MBOX_O] = "o", [MBOX_CL] = "cl", [MBOX_CL2] = "cl2"};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(word, words[i]) == 0) {
            *form = (enum mbox_form)i;
            return true;
        }
    return false;
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

/* ---- finding the end ----------------------------------------------------------------------------
 */

/* Something is so, is not, or needs more octets to be told. */
enum told { NO, YES, LATER };

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

/* The octets from AT on. */
static struct span from(struct span text, size_t at)
{
    return (struct span){text.octets + at, text.length - at};
}

/* TEXT begins with the name of a header field and a colon. */
static enum told begins_with_field(struct span text, bool at_end)
{
    size_t length = 0;

    while (length < text.length && length < FIELD_NAME_MAX && text.octets[length] > ' ' &&
           text.octets[length] < 0x7f && text.octets[length] != ':')
        length++;
    if (length == text.length && length < FIELD_NAME_MAX)
        return at_end ? NO : LATER;
    return length > 0 && length < FIELD_NAME_MAX && text.octets[length] == ':' ? YES : NO;
}

/*
 * At AT, the start of a whole line that begins with `From `, the next message begins. Whether a
 * line that is one by itself is taken depends on what stands around it.
 */
static enum told is_next(const struct mbox_reader *reader, struct span text, size_t at, bool at_end)
{
    struct span after = from(text, at);
    struct span line;
    bool dated;
    bool needs_field;

    line = span_line(&after);
    dated = mbox_is_from_line(line);
    needs_field = !dated;
    if (!is_behind_empty(text, at)) {
        if (reader->form != MBOX_CL && reader->form != MBOX_CL2)
            return NO;
        needs_field = true;
    }
    if (!dated && !(reader->bare && mbox_is_bare_from_line(line)))
        return NO;
    return needs_field ? begins_with_field(after, at_end) : YES;
}

/* Whether there is one empty line at the end of TEXT, which separates: what is before it. */
static size_t without_separator(struct span text)
{
    size_t end = text.length;

    if (end == 0 || text.octets[end - 1] != '\n')
        return end;
    end--;
    if (end > 0 && text.octets[end - 1] == '\r')
        end--;
    return end == 0 || text.octets[end - 1] == '\n' ? end : text.length;
}

/* Reads LINE of a header; a Content-Length that is no number, or another than before, spoils all.
 */
static void read_length(struct mbox_reader *reader, struct span line)
{
    static const struct span name = {"Content-Length:", 15};
    struct span value;
    size_t number = 0;
    bool good;

    if (!span_begins_nocase(line, name))
        return;
    value = span_trim((struct span){line.octets + name.length, line.length - name.length});
    good = value.length > 0;
    for (size_t i = 0; i < value.length && good; i++) {
        good = value.octets[i] >= '0' && value.octets[i] <= '9';
        number = number * 10 + (size_t)(value.octets[i] - '0');
        good = good && number <= CONTENT_LENGTH_MAX;
    }
    if (!good || (reader->lengths > 0 && number != reader->body_length))
        reader->lengths = -1;
    else if (reader->lengths >= 0)
        reader->lengths = 1;
    reader->body_length = number;
}

/* Reads the header as far as it is known. YES: there is a length to ask for. */
static enum told read_header(struct mbox_reader *reader, struct span text, bool at_end)
{
    while (reader->body == 0) {
        struct span rest = from(text, reader->scanned);
        struct span line;

        if (rest.length == 0 || (memchr(rest.octets, '\n', rest.length) == NULL && !at_end))
            return at_end ? NO : LATER;
        line = span_line(&rest);
        if (reader->scanned > 0 && span_begins(line, from_word))
            return NO; /* the header has no end: another message may begin here */
        if (span_chomp(line).length == 0)
            reader->body = reader->scanned + line.length;
        else
            read_length(reader, line);
        reader->scanned += line.length;
    }
    return reader->lengths > 0 ? YES : NO;
}

/* The message's Content-Length leads to a From_ line or to the end. */
static enum told by_length(struct mbox_reader *reader, struct span text, bool at_end,
                           struct mbox_piece *piece)
{
    enum told header = read_header(reader, text, at_end);
    size_t at = reader->body + reader->body_length;
    bool crlf;

    if (header != YES)
        return header;
    crlf = reader->body > 1 && text.octets[reader->body - 2] == '\r';
    /*
     * Two line ends may stand before the From_ line: one that a body without a last one was given,
     * and the empty line. Where lines end in CR LF only the latter: such a mailbox was often
     * converted, and a length that is too small by as many octets as there were lines leads there.
     */
    if (!at_end && text.length < at + 4 + from_word.length)
        return LATER;
    for (int ends = 0; ends <= (crlf ? 1 : 2) && at <= text.length; ends++) {
        struct span rest = from(text, at);

        if (rest.length == 0 || (text.octets[at - 1] == '\n' && span_begins(rest, from_word))) {
            *piece = (struct mbox_piece){at, reader->body + reader->body_length};
            return YES;
        }
        if (span_begins(rest, SPAN("\n")) && !(crlf && text.octets[at - 1] == '\r'))
            at++;
        else if (span_begins(rest, SPAN("\r\n")))
            at += 2;
        else
            break;
    }
    return NO;
}

/* The next From_ line, or the end. */
static enum told by_from_line(struct mbox_reader *reader, struct span text, bool at_end,
                              struct mbox_piece *piece)
{
    /* Always the start of a line, so that it does not matter where the octets came in pieces. */
    size_t at = reader->scanned;

    for (;;) {
        struct span rest = from(text, at);
        const char *end = rest.length > 0 ? memchr(rest.octets, '\n', rest.length) : NULL;
        enum told next = NO;

        reader->scanned = at;
        if (end == NULL && !at_end)
            return LATER;
        if (at > 0 && span_begins(rest, from_word))
            next = is_next(reader, text, at, at_end);
        if (next == LATER)
            return LATER;
        if (next == YES || end == NULL) {
            piece->length = next == YES ? at : text.length;
            piece->content = without_separator((struct span){text.octets, piece->length});
            return YES;
        }
        at = (size_t)(end + 1 - text.octets);
    }
}

bool mbox_message_end(struct mbox_reader *reader, struct span text, bool at_end,
                      struct mbox_piece *piece)
{
    enum told told = NO;

    if (!reader->begun) {
        struct span rest = text;

        if (!at_end && (text.length == 0 || memchr(text.octets, '\n', text.length) == NULL))
            return false;
        reader->begun = true;
        rest = span_line(&rest);
        reader->bare = !mbox_is_from_line(rest) && mbox_is_bare_from_line(rest);
    }
    if (!reader->asked && (reader->form == MBOX_CL || reader->form == MBOX_CL2)) {
        told = by_length(reader, text, at_end, piece);
        if (told == NO) {
            reader->asked = true;
            reader->scanned = 0;
        }
    }
    if (told == NO)
        told = by_from_line(reader, text, at_end, piece);
    if (told != YES)
        return false;
    *reader = (struct mbox_reader){.form = reader->form, .begun = true, .bare = reader->bare};
    return true;
}

/* ---- reading and writing one message ------------------------------------------------------------
 */

/* LINE begins with one or more `>` and `From `. */
static bool is_quoted_from(struct span line)
{
    size_t marks = 0;

    while (marks < line.length && line.octets[marks] == '>')
        marks++;
    return marks > 0 &&
           span_begins((struct span){line.octets + marks, line.length - marks}, from_word);
}

/* LINE bears a mark that reading takes away. */
static bool is_marked(enum mbox_form form, struct span line)
{
    if (form == MBOX_RD)
        return is_quoted_from(line);
    return form != MBOX_CL2 && span_begins(line, SPAN(">From "));
}

void mbox_read(struct arena *arena, enum mbox_form form, struct span content,
               struct span *from_line, struct buf *text)
{
    struct span rest = content;
    struct span line = span_line(&rest);

    *from_line = (struct span){NULL, 0};
    if (span_begins(line, from_word))
        *from_line = (struct span){arena_copy(arena, line.octets, line.length), line.length};
    else
        rest = content;
    buf_reserve(text, rest.length);
    while (rest.length > 0) {
        line = span_line(&rest);
        if (is_marked(form, line)) {
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

/* TEXT, mboxrd-quoted. Lines between those that are quoted go in one piece. */
static void quote(struct sink *sink, struct span text)
{
    struct span rest = text;
    const char *done = text.octets;

    while (rest.length > 0) {
        struct span line = span_line(&rest);

        if (!span_begins(line, from_word) && !is_quoted_from(line))
            continue;
        sink_span(sink, (struct span){done, (size_t)(line.octets - done)});
        buf_char(sink->out, '>');
        done = line.octets;
    }
    sink_span(sink, (struct span){done, text.length - (size_t)(done - text.octets)});
}

void mbox_sink(struct sink *sink, struct message *message, struct span head, struct span body)
{
    struct span end = body.length > 0 ? body : head;

    write_from_line(sink->out, message);
    quote(sink, head);
    quote(sink, body);
    if (end.length == 0 || end.octets[end.length - 1] != '\n')
        buf_char(sink->out, '\n');
    buf_char(sink->out, '\n');
}

void mbox_write(struct buf *out, struct message *message, struct span text)
{
    struct sink sink = {.out = out};

    mbox_sink(&sink, message, text, (struct span){NULL, 0});
}
