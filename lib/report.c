/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE
#include "report.h"

#include <string.h>

#include "address.h"
#include "envelope.h"
#include "header.h"
#include "limits.h"
#include "utf8.h"

#define STATUS_PART_MAX ((size_t)256 * 1024) /* octets of one machine-readable part */
#define BLOCKS_MAX 200                       /* recipients of one notification */
#define RECIPIENTS_MAX 100
#define PROSE_MAX ((size_t)64 * 1024) /* octets of prose that are looked at */

/* How much the report of one recipient weighs: the worst is the one whose status is kept. */
enum action { ACTION_UNKNOWN, ACTION_SUCCESS, ACTION_DELAYED, ACTION_FAILED };

static bool is_digit(char octet)
{
    return octet >= '0' && octet <= '9';
}

static bool is_word(char octet)
{
    return is_digit(octet) || (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z');
}

/* ---- status codes ------------------------------------------------------------------------------
 */

/* Length of the code `class.subject.detail` (RFC 3463 section 2) that TEXT begins with; 0: none. */
static size_t code_length(struct span text)
{
    size_t at = 2;
    size_t digits = 0;

    /* Subjects go from 0 to 7: this tells codes from versions of programs. */
    if (text.length < 5 || text.octets[1] != '.' || text.octets[2] < '0' || text.octets[2] > '7' ||
        text.octets[3] != '.')
        return 0;
    at = 4;
    while (at < text.length && is_digit(text.octets[at]) && digits < 4) {
        at++;
        digits++;
    }
    if (digits < 1 || digits > 3)
        return 0;
    if (at < text.length &&
        (is_word(text.octets[at]) ||
         (text.octets[at] == '.' && at + 1 < text.length && is_digit(text.octets[at + 1]))))
        return 0;
    return at;
}

struct span report_status(struct span text)
{
    for (size_t i = 0; i < text.length; i++) {
        struct span here = {text.octets + i, text.length - i};
        size_t length;

        if ((here.octets[0] != '4' && here.octets[0] != '5') ||
            (i > 0 && (is_word(text.octets[i - 1]) || text.octets[i - 1] == '.')))
            continue;
        length = code_length(here);
        if (length > 0)
            return (struct span){here.octets, length};
    }
    return (struct span){NULL, 0};
}

/* A number may begin at octet I of TEXT: it goes on with no other number or word. */
static bool begins_number(struct span text, size_t i)
{
    char before;

    if (i == 0)
        return true;
    before = text.octets[i - 1];
    if (before == ' ')
        return i < 2 || !is_digit(text.octets[i - 2]);
    return !is_word(before) && before != '.' && before != ',' && before != '-' && before != '+' &&
           before != '/';
}

bool report_has_reply_code(struct span text)
{
    for (size_t i = 0; i + 3 < text.length; i++) {
        const char *at = text.octets + i;

        if ((at[0] == '4' || at[0] == '5') && at[1] >= '0' && at[1] <= '7' && is_digit(at[2]) &&
            (at[3] == ' ' || at[3] == '-') && begins_number(text, i))
            return true;
    }
    return false;
}

/* ---- recipients --------------------------------------------------------------------------------
 */

void report_add_recipient(struct arena *arena, struct report *report, struct span address)
{
    const char *type = address.length > 0 ? memchr(address.octets, ';', address.length) : NULL;
    const char *text;

    if (type != NULL) /* `rfc822; user@host` (RFC 3464 section 2.3.1) */
        address = (struct span){type + 1, (size_t)(address.octets + address.length - type) - 1};
    text = envelope_address(arena, address);
    if (text == NULL || text[0] == '\0' || report->recipient_count >= RECIPIENTS_MAX)
        return;
    for (size_t i = 0; i < report->recipient_count; i++)
        if (span_equal_nocase(span_of(report->recipients[i]), span_of(text)))
            return;
    report->recipients = arena_grow(arena, report->recipients, report->recipient_count,
                                    &report->recipient_capacity, sizeof(*report->recipients));
    report->recipients[report->recipient_count++] = text;
}

/* ---- the returned message ----------------------------------------------------------------------
 */

/* The identifier of a Message-ID field's VALUE in ARENA; NULL when it holds none. */
static const char *message_id(struct arena *arena, struct span value)
{
    size_t count = 0;
    struct span *ids = header_message_ids(arena, value, &count);

    return count > 0 && ids[0].length > 0 && utf8_valid(ids[0])
               ? arena_copy(arena, ids[0].octets, ids[0].length)
               : NULL;
}

static const char *header_id(struct arena *arena, const struct header *header, const char *name)
{
    const struct header_field *field = header_last(header, name);

    return field != NULL ? message_id(arena, field->value) : NULL;
}

/* PART's decoded body, in ARENA. */
static struct span decoded(struct arena *arena, const struct mime_part *part)
{
    struct buf out = BUF_INIT;
    struct span body;

    mime_decode(&out, part, STATUS_PART_MAX);
    body = (struct span){arena_copy(arena, out.octets, out.length), out.length};
    buf_release(&out);
    return body;
}

/* The Message-ID in the first part that holds the returned message or its header. */
static const char *returned_id(struct arena *arena, struct mime *mime)
{
    for (struct mime_part *part = mime->root; part != NULL; part = mime_next(part, false)) {
        struct header header;
        struct span body;
        unsigned hit = 0;
        const char *id = NULL;

        if ((mime_is(part, "message/rfc822") || mime_is(part, "message/global")) &&
            part->child != NULL) {
            id = header_id(arena, &part->child->header, "Message-ID");
        } else if (mime_is(part, "text/rfc822-headers") ||
                   mime_is(part, "message/rfc822-headers") ||
                   mime_is(part, "message/global-headers")) {
            header_read(arena, decoded(arena, part), &mime->limits, &header, &body, &hit);
            id = header_id(arena, &header, "Message-ID");
        }
        if (id != NULL)
            return id;
    }
    return NULL;
}

/* ---- machine-readable parts --------------------------------------------------------------------
 */

static enum action read_action(const struct header *block)
{
    const struct header_field *field = header_last(block, "Action");
    struct span word = field != NULL ? span_trim(field->value) : (struct span){NULL, 0};

    if (span_begins_nocase(word, SPAN("failed")))
        return ACTION_FAILED;
    if (span_begins_nocase(word, SPAN("delayed")))
        return ACTION_DELAYED;
    if (span_begins_nocase(word, SPAN("delivered")) || span_begins_nocase(word, SPAN("relayed")) ||
        span_begins_nocase(word, SPAN("expanded")))
        return ACTION_SUCCESS;
    return ACTION_UNKNOWN;
}

/* The status of BLOCK (also 2.x.x, of a mail that arrived); octets NULL when it has none. */
static struct span read_status(const struct header *block)
{
    const struct header_field *field = header_last(block, "Status");
    struct span value = field != NULL ? span_trim(field->value) : (struct span){NULL, 0};
    size_t length = value.length > 0 && is_digit(value.octets[0]) ? code_length(value) : 0;

    return length > 0 ? (struct span){value.octets, length} : (struct span){NULL, 0};
}

static void add_fields(struct arena *arena, const struct header *block, const char *name,
                       struct report *report)
{
    const struct header_field *field = NULL;

    while ((field = header_find(block, name, field)) != NULL)
        report_add_recipient(arena, report, header_text_keep(arena, field->value));
}

static void add_block(struct arena *arena, const struct header *block, struct report *report)
{
    static const char *const names[] = {"Original-Recipient", "Final-Recipient", "Original-Rcpt-To",
                                        "Removal-Recipient"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        add_fields(arena, block, names[i], report);
    if (report->returned == NULL)
        report->returned = header_id(arena, block, "Original-Message-ID");
    if (report->returned == NULL)
        report->returned = header_id(arena, block, "X-Original-Message-ID");
}

/* Reads the blocks of one part. Those of recipients that were reached count only when all were. */
static void read_blocks(struct arena *arena, struct mime *mime, const struct mime_part *part,
                        enum action *worst, struct report *report)
{
    struct span rest = decoded(arena, part);
    struct report reached = {NULL, NULL, 0, 0, NULL};

    for (size_t i = 0; rest.length > 0 && i < BLOCKS_MAX; i++) {
        struct header block;
        struct span body;
        struct span status;
        unsigned hit = 0;
        enum action action;

        header_read(arena, rest, &mime->limits, &block, &body, &hit);
        if (body.length >= rest.length)
            break; /* no field and no empty line: nothing more can be read */
        rest = body;
        action = read_action(&block);
        status = read_status(&block);
        if (status.length > 0 && (report->status == NULL || action > *worst)) {
            report->status = arena_copy(arena, status.octets, status.length);
            *worst = action;
        }
        add_block(arena, &block, action == ACTION_SUCCESS ? &reached : report);
    }
    if (report->returned == NULL)
        report->returned = reached.returned;
    if (report->recipient_count == 0) {
        report->recipients = reached.recipients;
        report->recipient_count = reached.recipient_count;
        report->recipient_capacity = reached.recipient_capacity;
    }
}

void report_read(struct arena *arena, struct mime *mime, const char *type, struct report *report)
{
    enum action worst = ACTION_UNKNOWN;
    const char *id;

    *report = (struct report){NULL, NULL, 0, 0, NULL};
    for (struct mime_part *part = mime->root; part != NULL; part = mime_next(part, false))
        if (mime_is(part, type))
            read_blocks(arena, mime, part, &worst, report);
    id = returned_id(arena, mime);
    if (id != NULL)
        report->returned = id;
}

/* ---- prose -------------------------------------------------------------------------------------
 */

/* LINE, trimmed, announces the copy of the returned message. */
static bool announces_copy(struct span line)
{
    static const char *const phrases[] = {
        "copy of the message",      "copy of your message",   "copy of the original message",
        "original message follows", "unsent message follows", "message header follows",
        "headers of the message",   "original message below", "copie de votre message",
        "copie du message"};

    if (line.length > 200)
        return false;
    for (size_t i = 0; i < sizeof(phrases) / sizeof(phrases[0]); i++)
        if (span_find_nocase(line, phrases[i]) != NULL)
            return true;
    return false;
}

/* WORD has an `@` with something on both sides and no blank. */
static bool is_address(struct span word)
{
    const char *at = word.length > 0 ? memchr(word.octets, '@', word.length) : NULL;

    return at != NULL && at > word.octets && at < word.octets + word.length - 1 &&
           memchr(word.octets, ' ', word.length) == NULL;
}

/* Takes the addresses of one line: those in angle brackets, else the line itself. */
static void read_line_addresses(struct arena *arena, struct span line, struct report *report)
{
    bool bracketed = false;
    struct span rest = line;

    while (rest.length > 0) {
        const char *open = memchr(rest.octets, '<', rest.length);
        const char *close;
        struct span inside;

        if (open == NULL)
            break;
        rest = (struct span){open + 1, (size_t)(rest.octets + rest.length - open) - 1};
        close = rest.length > 0 ? memchr(rest.octets, '>', rest.length) : NULL;
        if (close == NULL)
            break;
        inside = (struct span){rest.octets, (size_t)(close - rest.octets)};
        if (is_address(inside)) {
            bracketed = true;
            report_add_recipient(arena, report, inside);
        }
        rest = (struct span){close + 1, (size_t)(rest.octets + rest.length - close) - 1};
    }
    if (bracketed || line.length == 0)
        return;
    if (line.octets[line.length - 1] == ':')
        line.length--;
    if (is_address(line))
        report_add_recipient(arena, report, line);
}

void report_read_prose(struct arena *arena, struct mime *mime, struct span prose,
                       struct report *report)
{
    struct span status;
    struct span rest;
    bool in_copy = false;

    *report = (struct report){NULL, NULL, 0, 0, NULL};
    prose.length = utf8_cut(prose, PROSE_MAX);
    report->returned = returned_id(arena, mime);
    for (rest = prose; rest.length > 0;) {
        struct span line = span_trim(span_line(&rest));

        if (span_begins_nocase(line, SPAN("Message-ID:"))) {
            if (report->returned == NULL)
                report->returned =
                    message_id(arena, (struct span){line.octets + 11, line.length - 11});
            break;
        }
        /* What stands below is header and text of our own mail: its addresses did not fail. */
        if (!in_copy && (announces_copy(line) || span_begins_nocase(line, SPAN("Received:")) ||
                         span_begins_nocase(line, SPAN("Return-Path:")))) {
            in_copy = true;
            prose.length = (size_t)(line.octets - prose.octets);
        }
        if (!in_copy)
            read_line_addresses(arena, line, report);
    }
    status = report_status(prose);
    if (status.length > 0)
        report->status = arena_copy(arena, status.octets, status.length);
}
