/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stream.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "block.h"
#include "date.h"
#include "diag.h"
#include "file.h"
#include "mbox.h"

#define READ_SIZE ((size_t)64 * 1024)
/* How far sniffing looks for the end of a first line. */
#define SNIFF_MAX ((size_t)8 * 1024)

/* One input: a file, standard input, or a folder. */
struct source {
    const char *name;
    int fd;
    bool at_end;     /* read(2) said so */
    struct buf data; /* own: what was read; octets before `start` were handed out */
    size_t start;
    size_t scanned;          /* from `start`: what the search for a line's end has seen already */
    struct mbox_reader mbox; /* where the search for a message's end is */
    enum stream_form form;
    uint64_t number;           /* of the last line (json) or message, from 1 */
    int64_t file_time;         /* modification time of a regular file */
    struct maildir_list files; /* of a folder */
    size_t next_file;
};

struct stream_in {
    struct stream_options options;
    struct source source;
    bool source_open;
    size_t next_operand;
    size_t inputs;         /* operands, or 1 for standard input */
    bool mixed;            /* inputs of different forms, folders, or more than one input */
    enum stream_form form; /* of the first input that was not empty */
    struct stream_reject rejected;
    uint64_t octets;
    int code;
};

enum stream_form stream_form_of(const char *word)
{
    static const struct {
        const char *word;
        enum stream_form form;
    } words[] = {{"json", STREAM_JSON}, {"mbox", STREAM_MBOX}, {"rfc822", STREAM_RFC822}};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(word, words[i].word) == 0)
            return words[i].form;
    return STREAM_UNKNOWN;
}

/* ---- reading octets ---------------------------------------------------------------------------
 */

enum filled { FILLED_SOME, FILLED_END, FILLED_IDLE, FILLED_STOPPED, FILLED_FAILED };

static bool stopped(const struct stream_in *in)
{
    return in->options.stop != NULL && *in->options.stop != 0;
}

/* What was read and not handed out. */
static struct span pending(const struct source *source)
{
    if (source->data.octets == NULL)
        return (struct span){NULL, 0};
    return (struct span){source->data.octets + source->start, source->data.length - source->start};
}

static void consume(struct source *source, size_t length)
{
    source->start += length;
    source->scanned = 0;
    if (source->start >= source->data.length) { /* above: the buffer was given away */
        buf_clear(&source->data);
        source->start = 0;
    }
}

/* All that was read and not handed out, in ARENA. */
static struct span take_pending(struct source *source, struct arena *arena)
{
    struct span rest = pending(source);

    if (source->start == 0)
        rest = buf_keep(&source->data, arena);
    else
        rest.octets = arena_copy(arena, rest.octets, rest.length);
    consume(source, rest.length);
    return rest;
}

static enum filled fill(struct stream_in *in, int wait)
{
    struct source *source = &in->source;
    struct pollfd poll_fd = {.fd = source->fd, .events = POLLIN};
    size_t wanted;
    ssize_t got;

    if (source->at_end)
        return FILLED_END;
    if (stopped(in))
        return FILLED_STOPPED;
    if (wait >= 0) {
        int ready = poll(&poll_fd, 1, wait);

        if (ready == 0)
            return FILLED_IDLE;
        if (ready < 0 && errno == EINTR)
            return stopped(in) ? FILLED_STOPPED : FILLED_IDLE;
    }
    /* Octets handed out are dropped here, so that the buffer holds one message, not the stream. */
    if (source->start > 0) {
        memmove(source->data.octets, source->data.octets + source->start,
                source->data.length - source->start);
        source->data.length -= source->start;
        source->start = 0;
    }
    wanted = source->data.length > READ_SIZE ? source->data.length : READ_SIZE;
    buf_reserve(&source->data, wanted);
    do {
        got = read(source->fd, source->data.octets + source->data.length, wanted);
        if (got < 0 && errno == EINTR && stopped(in))
            return FILLED_STOPPED;
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        in->code = diag_errno(EX_IOERR, source->name, "cannot read");
        return FILLED_FAILED;
    }
    if (got == 0) {
        source->at_end = true;
        return FILLED_END;
    }
    source->data.length += (size_t)got;
    source->data.octets[source->data.length] = '\0';
    in->octets += (uint64_t)got;
    return FILLED_SOME;
}

static enum stream_event event_of(enum filled filled)
{
    switch (filled) {
    case FILLED_IDLE:
        return STREAM_IDLE;
    case FILLED_STOPPED:
        return STREAM_STOPPED;
    case FILLED_FAILED:
        return STREAM_FAILED;
    case FILLED_SOME:
    case FILLED_END:
        break;
    }
    return STREAM_END;
}

/* ---- inputs -----------------------------------------------------------------------------------
 */

/* Notes the form of an input that is not empty: it decides the natural form of the output. */
static void note_form(struct stream_in *in, enum stream_form form)
{
    if (in->form == STREAM_UNKNOWN)
        in->form = form;
    if (in->form != form || form == STREAM_FOLDER)
        in->mixed = true;
}

static int open_source(struct stream_in *in, const char *path)
{
    struct source *source = &in->source;
    struct stat status;

    *source = (struct source){
        .name = path, .fd = -1, .file_time = INT64_MIN, .mbox = {.form = in->options.mbox}};
    if (path == NULL) {
        source->name = "standard input";
        source->fd = STDIN_FILENO;
        in->source_open = true;
        return 0;
    }
    source->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (source->fd < 0)
        return diag_errno(EX_IOERR, path, "cannot open: name a file or a folder that is there");
    in->source_open = true;
    if (fstat(source->fd, &status) != 0)
        return diag_errno(EX_IOERR, path, "cannot look at the file");
    if (S_ISREG(status.st_mode))
        source->file_time = status.st_mtime;
    if (!S_ISDIR(status.st_mode))
        return 0;
    source->form = STREAM_FOLDER;
    note_form(in, STREAM_FOLDER);
    return folder_list(path, &source->files);
}

static int close_source(struct stream_in *in)
{
    struct source *source = &in->source;
    int code = 0;

    if (!in->source_open)
        return 0;
    in->source_open = false;
    buf_release(&source->data);
    maildir_list_release(&source->files);
    if (source->fd > STDIN_FILENO && close(source->fd) != 0)
        code = diag_errno(EX_IOERR, source->name, "cannot close");
    return code;
}

int stream_open(const struct stream_options *options, struct stream_in **result)
{
    struct stream_in *in = memory_take(sizeof(*in));

    memset(in, 0, sizeof(*in));
    in->options = *options;
    in->inputs = options->operand_count != 0 ? options->operand_count : 1;
    in->mixed = in->inputs > 1;
    *result = in;
    return 0;
}

void stream_close(struct stream_in *in)
{
    if (in == NULL)
        return;
    close_source(in);
    free(in);
}

/* `{`, blanks, then `"` or `}`: -1 more octets are needed to tell. */
static int looks_like_json(struct span start)
{
    if (start.length == 0 || start.octets[0] != '{')
        return 0;
    for (size_t i = 1; i < start.length; i++)
        if (strchr(" \t\r\n", start.octets[i]) == NULL || start.octets[i] == '\0')
            return start.octets[i] == '"' || start.octets[i] == '}';
    return start.length < SNIFF_MAX ? -1 : 0;
}

/* A byte order mark that some program put before the first From_ line: its octets, or 0. */
static size_t mark_before_from(struct span start)
{
    return span_begins(start, SPAN("\xef\xbb\xbf"
                                   "From "))
               ? 3
               : 0;
}

/*
 * A From_ line: -1 more octets are needed to tell. It has a date or a dash, because a mail system
 * may hand over a single message under one that has neither; where somebody said ANY, it need not.
 */
static int looks_like_mbox(struct span start, bool any)
{
    static const struct span from = {"From ", 5};
    struct span line;

    start.octets += mark_before_from(start);
    start.length -= mark_before_from(start);
    if (!span_begins(start, from))
        return start.length < from.length && span_begins(from, start) ? -1 : 0;
    if (memchr(start.octets, '\n', start.length) == NULL && start.length < SNIFF_MAX)
        return -1;
    line = span_line(&start);
    return any || mbox_is_from_line(line) || span_equal(span_trim(line), SPAN("From -"));
}

/* Finds out what the input is. STREAM_MESSAGE: known now, or the input is empty and at its end. */
static enum stream_event sniff(struct stream_in *in, int wait)
{
    struct source *source = &in->source;

    while (source->form == STREAM_UNKNOWN) {
        struct span start = pending(source);
        enum filled filled;
        int json;
        int mbox;

        if (start.length != 0 && in->options.from != STREAM_UNKNOWN) {
            source->form = in->options.from;
            break;
        }
        json = looks_like_json(start);
        mbox = looks_like_mbox(start, in->options.mbox_given);
        if (json == 1 || (source->at_end && json == -1))
            source->form = STREAM_JSON;
        else if (mbox == 1)
            source->form = STREAM_MBOX;
        else if (start.length != 0 && ((json == 0 && mbox == 0) || source->at_end))
            source->form = STREAM_RFC822;
        if (source->form != STREAM_UNKNOWN)
            break;
        if (source->at_end)
            return STREAM_MESSAGE;
        filled = fill(in, wait);
        if (filled != FILLED_SOME && filled != FILLED_END)
            return event_of(filled);
    }
    if (source->form != STREAM_FOLDER)
        note_form(in, source->form);
    return STREAM_MESSAGE;
}

/* ---- one message of each form -----------------------------------------------------------------
 */

static enum stream_event reject(struct stream_in *in, struct span octets, const char *reason)
{
    in->rejected = (struct stream_reject){
        .input = in->source.name, .number = in->source.number, .octets = octets, .reason = reason};
    return STREAM_REJECTED;
}

static void begin_message(struct stream_in *in, struct message *message)
{
    message->input = in->source.name;
    message->number = in->source.number;
    message->file_time = in->source.file_time;
}

/*
 * TEXT, in the message's arena, is what stood under a From_ line: the octets as they are at the
 * border, the octets under our block elsewhere.
 */
static void take_text(struct stream_in *in, struct message *message, struct span text)
{
    if (in->options.border || !block_read(message, text))
        message_set_octets(message, text);
}

/* What a known property of the Email object may begin with. */
static const struct {
    const char *name;
    const char *starts; /* first octets allowed, `n` for null */
} property_types[] = {
    {"blobId", "\""},       {"size", "0123456789"}, {"messageId", "[n"},
    {"inReplyTo", "[n"},    {"references", "[n"},   {"sender", "[n"},
    {"from", "[n"},         {"to", "[n"},           {"cc", "[n"},
    {"bcc", "[n"},          {"replyTo", "[n"},      {"subject", "\"n"},
    {"sentAt", "\"n"},      {"receivedAt", "\"n"},  {"headers", "["},
    {"bodyStructure", "{"}, {"bodyValues", "{"},    {"textBody", "["},
    {"htmlBody", "["},      {"attachments", "["},   {"hasAttachment", "tf"},
    {"preview", "\""},      {"triage", "{"},        {"raw", "\""},
};

static const char *wrong_type(struct message *message)
{
    for (size_t i = 0; i < sizeof(property_types) / sizeof(property_types[0]); i++) {
        const struct json_member *member = json_index_find(&message->index, property_types[i].name);

        if (member != NULL && strchr(property_types[i].starts, member->value.octets[0]) == NULL)
            return arena_format(&message->arena, "its member %s is of a wrong type",
                                property_types[i].name);
    }
    return NULL;
}

/* Fills MESSAGE from LINE; a reason in words when it is no Email object. */
static const char *read_line(struct stream_in *in, struct message *message, struct span line)
{
    struct json_error error;
    const struct json_member *member;
    struct date date;
    struct span octets;

    message->line =
        (struct span){arena_copy(&message->arena, line.octets, line.length), line.length};
    message->has_line = true;
    message->line_has_extras = true;
    if (!json_scan(message->line, &message->arena, &message->index, &error))
        return arena_format(&message->arena, "%s at octet %zu", error.reason, error.offset + 1);
    message->line_indexed = true;
    if (wrong_type(message) != NULL)
        return wrong_type(message);
    if (in->options.border) {
        if (!message_octets(message, &octets))
            return "it has no usable member raw, and nothing else is believed here";
        message->has_line = false;
        message->line_has_extras = false;
        message->line_indexed = false;
        message_set_octets(message, octets);
        return NULL;
    }
    member = json_index_find(&message->index, "triage");
    if (member != NULL)
        message_read_triage(message, member->value);
    member = json_index_find(&message->index, "receivedAt");
    if (member != NULL && member->value.octets[0] == '"' &&
        date_parse_rfc3339((struct span){member->value.octets + 1, member->value.length - 2},
                           &date)) {
        message->received_at = date.seconds;
        message->has_received_at = true;
    }
    member = json_index_find(&message->index, "blobId");
    if (member != NULL &&
        message_is_blob_id((struct span){member->value.octets + 1, member->value.length - 2})) {
        memcpy(message->blob_id, member->value.octets + 1, member->value.length - 2);
        message->blob_id[member->value.length - 2] = '\0';
    } else if (message_octets(message, &octets)) {
        message_set_octets(message, octets);
    } else {
        return "it has neither a usable blobId nor raw";
    }
    return NULL;
}

static bool is_blank_line(struct span line)
{
    return span_trim(line).length == 0;
}

static enum stream_event next_json(struct stream_in *in, struct message *message, int wait)
{
    struct source *source = &in->source;

    for (;;) {
        struct span rest = pending(source);
        const char *end =
            rest.length > source->scanned
                ? memchr(rest.octets + source->scanned, '\n', rest.length - source->scanned)
                : NULL;
        struct span line = rest;

        if (end == NULL && !source->at_end) {
            enum filled filled;

            source->scanned = rest.length;
            filled = fill(in, wait);
            if (filled != FILLED_SOME && filled != FILLED_END)
                return event_of(filled);
            continue;
        }
        if (rest.length == 0)
            return STREAM_END;
        if (end != NULL)
            line.length = (size_t)(end - rest.octets);
        source->number++;
        if (!is_blank_line(line)) {
            const char *reason;

            begin_message(in, message);
            reason = read_line(in, message, line);
            /* The octets stay where they are until the next fill. */
            consume(source, line.length + (end != NULL ? 1 : 0));
            if (reason == NULL)
                return STREAM_MESSAGE;
            reject(in, message->line, reason);
            in->rejected.cut = end == NULL;
            return STREAM_REJECTED;
        }
        consume(source, line.length + (end != NULL ? 1 : 0));
    }
}

static enum stream_event next_mbox(struct stream_in *in, struct message *message, int wait)
{
    struct source *source = &in->source;

    for (;;) {
        struct span rest = pending(source);
        struct mbox_piece piece;
        struct buf text = BUF_INIT;

        if (source->number == 0 && mark_before_from(rest) != 0) {
            consume(source, mark_before_from(rest));
            continue;
        }
        if (!mbox_message_end(&source->mbox, rest, source->at_end, &piece)) {
            enum filled filled = fill(in, wait);

            if (filled != FILLED_SOME && filled != FILLED_END)
                return event_of(filled);
            continue;
        }
        if (piece.length == 0)
            return STREAM_END;
        source->number++;
        begin_message(in, message);
        mbox_read(&message->arena, in->options.mbox, (struct span){rest.octets, piece.content},
                  &message->from_line, &text);
        consume(source, piece.length);
        take_text(in, message, buf_keep(&text, &message->arena));
        return STREAM_MESSAGE;
    }
}

/* A whole file's octets, in the message's arena, as one message. */
static void take_single(struct stream_in *in, struct message *message, struct span text)
{
    struct span rest = text;
    struct span line = span_line(&rest);

    if (mbox_is_envelope(line)) {
        message->from_line = line;
        text = rest;
    }
    take_text(in, message, text);
}

static enum stream_event next_single(struct stream_in *in, struct message *message, int wait)
{
    struct source *source = &in->source;

    while (!source->at_end) {
        enum filled filled = fill(in, wait);

        if (filled != FILLED_SOME && filled != FILLED_END)
            return event_of(filled);
    }
    if (pending(source).length == 0)
        return STREAM_END;
    source->number++;
    begin_message(in, message);
    message->file = source->fd != STDIN_FILENO ? source->name : NULL;
    take_single(in, message, take_pending(source, &message->arena));
    /* A mail system that lost the mail may still hand over the From_ line it made. */
    return message->octets.length != 0 ? STREAM_MESSAGE : STREAM_END;
}

static enum stream_event next_of_folder(struct stream_in *in, struct message *message)
{
    struct source *source = &in->source;
    struct buf octets = BUF_INIT;
    const char *path;
    struct stat status;

    if (stopped(in))
        return STREAM_STOPPED;
    if (source->next_file == source->files.count)
        return STREAM_END;
    source->number++;
    path = arena_string(&message->arena, source->files.paths[source->next_file++]);
    in->code = file_read(path, &octets, SIZE_MAX);
    if (in->code != 0) {
        buf_release(&octets);
        return STREAM_FAILED;
    }
    in->octets += octets.length;
    begin_message(in, message);
    message->input = path;
    message->number = 1;
    message->file = path;
    message->file_time = stat(path, &status) == 0 ? status.st_mtime : INT64_MIN;
    take_single(in, message, buf_keep(&octets, &message->arena));
    return STREAM_MESSAGE;
}

static enum stream_event next_of_source(struct stream_in *in, struct message *message, int wait)
{
    enum stream_event event = sniff(in, wait);

    if (event != STREAM_MESSAGE)
        return event;
    switch (in->source.form) {
    case STREAM_JSON:
        return next_json(in, message, wait);
    case STREAM_MBOX:
        return next_mbox(in, message, wait);
    case STREAM_RFC822:
        return next_single(in, message, wait);
    case STREAM_FOLDER:
        return next_of_folder(in, message);
    case STREAM_UNKNOWN:
        break;
    }
    return STREAM_END; /* empty input */
}

enum stream_event stream_next(struct stream_in *in, struct message *message, int wait)
{
    message_clear(message);
    for (;;) {
        enum stream_event event;

        if (!in->source_open) {
            if (in->next_operand == in->inputs)
                return STREAM_END;
            in->code = open_source(
                in, in->options.operand_count != 0 ? in->options.operands[in->next_operand] : NULL);
            in->next_operand++;
            if (in->code != 0)
                return STREAM_FAILED;
        }
        event = next_of_source(in, message, wait);
        if (event != STREAM_END)
            return event;
        in->code = close_source(in);
        if (in->code != 0)
            return STREAM_FAILED;
    }
}

const struct stream_reject *stream_rejected(const struct stream_in *in)
{
    return &in->rejected;
}

int stream_code(const struct stream_in *in)
{
    return in->code;
}

enum stream_form stream_natural_form(const struct stream_in *in)
{
    return in->mixed ? STREAM_JSON : in->form;
}

bool stream_is_single(const struct stream_in *in)
{
    return !in->mixed && in->form == STREAM_RFC822;
}

uint64_t stream_octets_read(const struct stream_in *in)
{
    return in->octets;
}

/* ---- writing ----------------------------------------------------------------------------------
 */

/* The octets of LINE from FROM to TO. */
static void sink_piece(struct sink *sink, struct span line, size_t from, size_t to)
{
    sink_span(sink, (struct span){line.octets + from, to - from});
}

/* The line as read with `triage` put in place, all other octets untouched. */
static void splice(struct message *message, struct sink *sink)
{
    struct span line = message->line;
    const struct json_member *triage = json_index_find(&message->index, "triage");
    const struct json_member *raw = json_index_find(&message->index, "raw");
    /* A new `triage` goes before `raw`, which goes last. */
    const struct json_member *before = triage == NULL ? raw : NULL;
    size_t at = 0;

    for (size_t i = 0; i < message->index.count; i++) {
        const struct json_member *member = &message->index.members[i];

        if (member == triage) {
            sink_piece(sink, line, at, (size_t)(member->value.octets - line.octets));
            message_write_triage(message, sink->out);
            at = (size_t)(member->value.octets - line.octets) + member->value.length;
        } else if (member == before && message->has_triage) {
            size_t name = (size_t)(member->name.octets - 1 - line.octets);

            sink_piece(sink, line, at, name);
            buf_string(sink->out, "\"triage\":");
            message_write_triage(message, sink->out);
            buf_char(sink->out, ',');
            at = name;
        }
    }
    if (triage == NULL && before == NULL && message->has_triage) {
        size_t end = line.length;

        while (line.octets[end - 1] != '}')
            end--;
        sink_piece(sink, line, at, end - 1);
        buf_string(sink->out, message->index.count != 0 ? ",\"triage\":" : "\"triage\":");
        message_write_triage(message, sink->out);
        at = end - 1;
    }
    sink_piece(sink, line, at, line.length);
}

static void write_json(struct message *message, struct sink *sink)
{
    struct span octets;

    if (message->line_has_extras) {
        splice(message, sink);
    } else {
        struct span line;

        /* From octets: `text` is part of the object, and was not in the block. */
        message_triage(message, "text");
        line = message_line(message);
        sink_piece(sink, line, 0, line.length - 1); /* without the closing brace */
        if (message->has_triage) {
            buf_string(sink->out, ",\"triage\":");
            message_write_triage(message, sink->out);
        }
        if (!message->no_raw && message_octets(message, &octets)) {
            buf_string(sink->out, ",\"raw\":\"");
            sink_base64(sink, octets);
            buf_char(sink->out, '"');
        }
        buf_char(sink->out, '}');
    }
    buf_char(sink->out, '\n');
}

static int write_mbox(struct message *message, struct sink *sink)
{
    struct buf head = BUF_INIT;
    struct span body;
    int code = block_write_head(message, &head, &body);

    if (code == 0)
        mbox_sink(sink, message, buf_view(&head), body);
    buf_release(&head);
    return code;
}

static int write_rfc822(struct message *message, struct sink *sink)
{
    size_t start = sink->out->length;
    struct span body;
    int code;

    buf_span(sink->out, message->from_line);
    code = block_write_head(message, sink->out, &body);
    if (code == 0)
        sink_span(sink, body);
    else
        sink->out->length = start;
    return code;
}

int stream_write(struct message *message, enum stream_form form, struct sink *sink)
{
    int code = 0;

    if (form == STREAM_JSON)
        write_json(message, sink);
    else if (form == STREAM_RFC822)
        code = write_rfc822(message, sink);
    else
        code = write_mbox(message, sink);
    return code != 0 ? code : sink->code;
}
