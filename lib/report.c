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
#define BLOCKS_MAX 200                       /* recipients of one notification that are read */

static bool is_digit(char octet)
{
    return octet >= '0' && octet <= '9';
}

static bool is_word(char octet)
{
    return is_digit(octet) || (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z');
}

const char *report_action_name(enum report_action action)
{
    static const char *const names[] = {NULL,       "delivered", "relayed",
                                        "expanded", "delayed",   "failed"};

    return names[action];
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

struct span report_status(struct span text, bool failures)
{
    for (size_t i = 0; i + 5 <= text.length; i++) {
        struct span here = {text.octets + i, text.length - i};
        size_t length;

        if (here.octets[0] != '4' && here.octets[0] != '5' && (failures || here.octets[0] != '2'))
            continue;
        if (i > 0 && (is_word(text.octets[i - 1]) || text.octets[i - 1] == '.'))
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

const char *report_reply_code(struct span text)
{
    for (size_t i = 0; i + 3 < text.length; i++) {
        const char *at = text.octets + i;

        if ((at[0] == '4' || at[0] == '5') && at[1] >= '0' && at[1] <= '7' && is_digit(at[2]) &&
            (at[3] == ' ' || at[3] == '-' || at[3] == ':' || at[3] == ']') &&
            begins_number(text, i))
            return at;
    }
    return NULL;
}

/* ---- addresses ---------------------------------------------------------------------------------
 */

/* TEXT as an address: `rfc822; <user@host> (comment)` (RFC 3464 section 2.3.1); else NULL. */
static const char *read_address(struct arena *arena, struct span text)
{
    const char *type = text.length > 0 ? memchr(text.octets, ';', text.length) : NULL;
    const char *open;
    const char *close;

    if (type != NULL)
        text = (struct span){type + 1, (size_t)(text.octets + text.length - type) - 1};
    text = span_trim(text);
    open = text.length > 0 ? memchr(text.octets, '<', text.length) : NULL;
    close = open != NULL ? memchr(open, '>', (size_t)(text.octets + text.length - open)) : NULL;
    if (close != NULL)
        text = span_trim((struct span){open + 1, (size_t)(close - open) - 1});
    if (text.length > 2 && text.octets[0] == '"' && text.octets[text.length - 1] == '"')
        text = (struct span){text.octets + 1, text.length - 2};
    close = text.length > 0 ? memchr(text.octets, ' ', text.length) : NULL;
    if (close != NULL) /* a comment or a name follows */
        text.length = (size_t)(close - text.octets);
    return envelope_address(arena, text);
}

static void add_address(struct arena *arena, struct report_addresses *list, const char *address)
{
    if (address == NULL || strchr(address, '@') == NULL || list->count >= REPORT_RETURNED_MAX)
        return;
    for (size_t i = 0; i < list->count; i++)
        if (span_equal_nocase(span_of(list->items[i]), span_of(address)))
            return;
    list->items =
        arena_grow(arena, list->items, list->count, &list->capacity, sizeof(*list->items));
    list->items[list->count++] = address;
}

struct report_recipient *report_add_recipient(struct arena *arena, struct report *report,
                                              struct span address)
{
    const char *text;

    if (report->recipient_count >= REPORT_RECIPIENTS_MAX)
        return NULL;
    text = read_address(arena, address);
    if (text == NULL || text[0] == '\0')
        return NULL;
    for (size_t i = 0; i < report->recipient_count; i++)
        if (span_equal_nocase(span_of(report->recipients[i].address), span_of(text)))
            return NULL;
    report->recipients = arena_grow(arena, report->recipients, report->recipient_count,
                                    &report->recipient_capacity, sizeof(*report->recipients));
    report->recipients[report->recipient_count] = (struct report_recipient){.address = text};
    return &report->recipients[report->recipient_count++];
}

const char *report_line(struct arena *arena, struct span text)
{
    struct buf line = BUF_INIT;
    const char *result = NULL;

    text.length = text.length < (size_t)4 * REPORT_DIAGNOSTIC_MAX
                      ? text.length
                      : (size_t)4 * REPORT_DIAGNOSTIC_MAX;
    buf_repair(&line, text);
    header_clean(&line, 0);
    text = span_trim(buf_view(&line));
    if (text.length > 0) {
        struct buf out = BUF_INIT;

        for (size_t i = 0; i < text.length; i++)
            if (text.octets[i] != ' ' || text.octets[i - 1] != ' ')
                buf_char(&out, text.octets[i]);
        text = buf_view(&out);
        text.length = utf8_cut(text, REPORT_DIAGNOSTIC_MAX);
        result = arena_copy(arena, text.octets, text.length);
        buf_release(&out);
    }
    buf_release(&line);
    return result;
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

/* The addresses of all fields NAME. */
static void add_field_addresses(struct arena *arena, const struct header *header, const char *name,
                                struct report_addresses *list)
{
    const struct header_field *field = NULL;

    while (list->count < REPORT_RETURNED_MAX &&
           (field = header_find(header, name, field)) != NULL) {
        struct address_list addresses = {NULL, 0, 0};

        header_addresses(arena, field->value, &addresses);
        for (size_t i = 0; i < addresses.count && list->count < REPORT_RETURNED_MAX; i++)
            add_address(arena, list, envelope_address(arena, addresses.items[i].email));
    }
}

void report_read_header(struct arena *arena, const struct header *header, struct report *report)
{
    static const char *const from[] = {"Return-Path", "Reply-To", "From"};
    static const char *const to[] = {"To", "Cc", "Delivered-To", "X-Original-To",
                                     "X-HmXmrOriginalRecipient"};

    if (report->returned == NULL)
        report->returned = header_id(arena, header, "Message-ID");
    for (size_t i = 0; i < sizeof(from) / sizeof(from[0]); i++)
        add_field_addresses(arena, header, from[i], &report->returned_from);
    for (size_t i = 0; i < sizeof(to) / sizeof(to[0]); i++)
        add_field_addresses(arena, header, to[i], &report->returned_to);
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

void report_read_returned(struct arena *arena, struct mime *mime, struct report *report)
{
    report->returned = NULL;
    for (struct mime_part *part = mime->root; part != NULL && report->returned == NULL;
         part = mime_next(part, false)) {
        struct header header;
        struct span body;
        unsigned hit = 0;

        if ((mime_is(part, "message/rfc822") || mime_is(part, "message/global")) &&
            part->child != NULL) {
            report_read_header(arena, &part->child->header, report);
        } else if (mime_is(part, "text/rfc822-headers") || mime_is(part, "text/rfc822-header") ||
                   mime_is(part, "text/rfc822") || mime_is(part, "message/rfc822-headers") ||
                   mime_is(part, "message/global-headers")) {
            header_read(arena, decoded(arena, part), &mime->limits, &header, &body, &hit);
            report_read_header(arena, &header, report);
        }
    }
}

/* ---- machine-readable parts --------------------------------------------------------------------
 */

static enum report_action read_action(const struct header *block)
{
    const struct header_field *field = header_last(block, "Action");
    struct span word = field != NULL ? span_trim(field->value) : (struct span){NULL, 0};

    for (enum report_action action = ACTION_DELIVERED; action <= ACTION_FAILED; action++)
        if (span_begins_nocase(word, span_of(report_action_name(action))))
            return action;
    return ACTION_UNKNOWN;
}

/* The diagnostic of BLOCK without its type (`smtp; 550 …`); NULL when it has none. */
static const char *read_diagnostic(struct arena *arena, const struct header *block)
{
    const struct header_field *field = header_last(block, "Diagnostic-Code");
    struct span value = field != NULL ? span_trim(field->value) : (struct span){NULL, 0};
    size_t length = 0;

    while (length < value.length && (is_word(value.octets[length]) || value.octets[length] == '-'))
        length++;
    if (length > 0 && length < value.length && value.octets[length] == ';')
        value = (struct span){value.octets + length + 1, value.length - length - 1};
    return report_line(arena, value);
}

/* The status of BLOCK (also 2.x.x, of a mail that arrived), else what its diagnostic shows. */
static const char *read_status(struct arena *arena, const struct header *block,
                               const char *diagnostic)
{
    const struct header_field *field = header_last(block, "Status");
    struct span code = {NULL, 0};

    if (field != NULL)
        code = report_status(field->value, false);
    if (code.length == 0)
        code = report_status(span_of(diagnostic), true);
    return code.length > 0 ? arena_copy(arena, code.octets, code.length) : NULL;
}

/* The recipient of BLOCK as the sender named him, else as the server did; NULL without one. */
static struct report_recipient *add_block_recipient(struct arena *arena, const struct header *block,
                                                    struct report *report)
{
    static const char *const names[] = {"Original-Recipient", "Original-Rcpt-To",
                                        "Removal-Recipient",  "Final-Recipient",
                                        "X-Actual-Recipient", "Reported-Recipient"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const struct header_field *field = NULL;
        struct report_recipient *first = NULL;
        bool named = false;

        while ((field = header_find(block, names[i], field)) != NULL) {
            struct span value = header_text_keep(arena, field->value);
            struct report_recipient *added;

            if (value.length == 0 || memchr(value.octets, '@', value.length) == NULL)
                continue;
            named = true;
            added = report_add_recipient(arena, report, value);
            if (first == NULL)
                first = added;
        }
        if (named)
            return first;
    }
    return NULL;
}

/* Is ACTION what keeps mail from its recipient? One that says nothing is taken so. */
static bool is_trouble(enum report_action action)
{
    return action == ACTION_UNKNOWN || action >= ACTION_DELAYED;
}

/* What one block says, of a recipient or of the whole report. */
static void read_block(struct arena *arena, const struct header *block, struct report *report,
                       struct report *reached, bool *seen)
{
    enum report_action action = read_action(block);
    const char *diagnostic = read_diagnostic(arena, block);
    const char *status = read_status(arena, block, diagnostic);
    struct report_recipient *recipient =
        add_block_recipient(arena, block, is_trouble(action) ? report : reached);

    if (recipient != NULL) {
        recipient->action = action;
        recipient->status = status;
        recipient->diagnostic = diagnostic;
    }
    if ((status != NULL || action != ACTION_UNKNOWN) && (!*seen || action > report->action)) {
        report->action = action;
        report->status = status != NULL ? status : report->status;
        report->diagnostic = diagnostic;
        *seen = true;
    }
    if (report->returned == NULL)
        report->returned = header_id(arena, block, "Original-Message-ID");
    if (report->returned == NULL)
        report->returned = header_id(arena, block, "X-Original-Message-ID");
}

/* Reads the blocks of one part. Those of recipients that were reached count only when all were. */
static void read_blocks(struct arena *arena, struct mime *mime, const struct mime_part *part,
                        bool *seen, struct report *report)
{
    struct span rest = decoded(arena, part);
    struct report reached = {.action = ACTION_UNKNOWN};

    for (size_t i = 0; rest.length > 0 && i < BLOCKS_MAX; i++) {
        struct header block;
        struct span body;
        unsigned hit = 0;

        header_read(arena, rest, &mime->limits, &block, &body, &hit);
        if (body.length >= rest.length)
            break; /* no field and no empty line: nothing more can be read */
        rest = body;
        read_block(arena, &block, report, &reached, seen);
    }
    if (report->recipient_count == 0) {
        report->recipients = reached.recipients;
        report->recipient_count = reached.recipient_count;
        report->recipient_capacity = reached.recipient_capacity;
    }
}

void report_read(struct arena *arena, struct mime *mime, const char *type, struct report *report)
{
    const char *named;
    bool seen = false;

    *report = (struct report){.action = ACTION_UNKNOWN};
    for (struct mime_part *part = mime->root; part != NULL; part = mime_next(part, false))
        if (mime_is(part, type))
            read_blocks(arena, mime, part, &seen, report);
    /* A server that leaves out what it did tells it by the class of its code (RFC 3463). */
    if (report->action == ACTION_UNKNOWN && report->status != NULL && report->status[0] != '2')
        report->action = report->status[0] == '4' ? ACTION_DELAYED : ACTION_FAILED;
    named = report->returned;
    report_read_returned(arena, mime, report);
    if (report->returned == NULL)
        report->returned = named;
}
