/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kind.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#include "absence.h"
#include "address.h"
#include "bounce.h"
#include "diag.h"
#include "email.h"
#include "html.h"
#include "notice.h"
#include "utf8.h"

/* A pattern of a spam field, compiled when a message first has the field. */
struct pattern {
    pcre2_code *code; /* own: NULL until needed */
};

struct kind_reader {
    const struct config *config;
    struct pattern *patterns; /* own: one for each spam field */
    pcre2_match_data *match;
    pcre2_match_context *context;
    struct arena arena;             /* holds what follows */
    struct bounce_reader *bounces;  /* NULL until needed */
    struct absence_reader *absence; /* NULL until needed */
};

/*
 * What the fields that decide say: the text is the field's name, for `why`; NULL when there is no
 * such field. Gathered in one pass over all fields, those above the limit of fields too.
 */
struct marks {
    const char *answer;    /* says for certain that a machine answered */
    const char *machine;   /* says that a machine wrote: an answer, unless it goes to a list */
    const char *bulk;      /* goes to many */
    const char *loop;      /* address in X-MS-Exchange-Inbox-Rules-Loop */
    unsigned list_fields;  /* how many different List-* fields */
    const char *list_name; /* one of them */
    bool is_reply;         /* In-Reply-To or References */
    bool asks_silence;     /* as Exchange's own mail does */
    bool has_unsubscribe;
    bool has_feedback_id;
    bool has_failed_recipients;
};

/* ---- spam --------------------------------------------------------------------------------------
 */

struct kind_reader *kind_open(const struct config *config)
{
    struct kind_reader *reader = memory_take(sizeof(*reader));
    size_t size = config->spam_count * sizeof(*reader->patterns);

    *reader = (struct kind_reader){.config = config};
    arena_init(&reader->arena);
    if (size > 0) {
        reader->patterns = memory_take(size);
        memset(reader->patterns, 0, size);
    }
    return reader;
}

void kind_close(struct kind_reader *reader)
{
    if (reader == NULL)
        return;
    for (size_t i = 0; reader->patterns != NULL && i < reader->config->spam_count; i++)
        pcre2_code_free(reader->patterns[i].code);
    pcre2_match_data_free(reader->match);
    pcre2_match_context_free(reader->context);
    free(reader->patterns);
    arena_release(&reader->arena);
    free(reader);
}

/* Compiles the pattern of spam field NUMBER when that was not done yet. */
static int compile(struct kind_reader *reader, size_t number)
{
    const struct config_spam *spam = &reader->config->spam[number];
    PCRE2_SIZE offset = 0;
    int error = 0;

    if (reader->patterns[number].code != NULL)
        return 0;
    reader->patterns[number].code = pcre2_compile(
        (PCRE2_SPTR)spam->pattern, PCRE2_ZERO_TERMINATED,
        PCRE2_UTF | PCRE2_UCP | PCRE2_CASELESS | PCRE2_NEVER_BACKSLASH_C, &error, &offset, NULL);
    if (reader->patterns[number].code == NULL) {
        PCRE2_UCHAR text[128] = "";

        pcre2_get_error_message(error, text, sizeof(text));
        return diag(EX_CONFIG, spam->file, "line %d, column %d: the pattern for %s is refused: %s",
                    spam->line, spam->column, spam->field, (const char *)text);
    }
    if (reader->match == NULL) {
        reader->match = pcre2_match_data_create(1, NULL);
        reader->context = pcre2_match_context_create(NULL);
        if (reader->match == NULL || reader->context == NULL)
            diag_out_of_memory();
        pcre2_set_match_limit(reader->context, reader->config->limits.pattern_steps < UINT32_MAX
                                                   ? (uint32_t)reader->config->limits.pattern_steps
                                                   : UINT32_MAX);
    }
    return 0;
}

/* Does FIELD say that the message is spam? */
static int try_spam_field(struct kind_reader *reader, size_t number, struct span value,
                          struct mime *mime, bool *fits)
{
    struct buf text = BUF_INIT;
    struct span shown;
    int code = compile(reader, number);
    int result;

    *fits = false;
    if (code != 0)
        return code;
    header_text(&text, value);
    shown = span_trim(buf_view(&text));
    result = pcre2_match(reader->patterns[number].code,
                         (PCRE2_SPTR)(shown.length > 0 ? shown.octets : ""), shown.length, 0, 0,
                         reader->match, reader->context);
    buf_release(&text);
    *fits = result >= 0;
    if (result < 0 && result != PCRE2_ERROR_NOMATCH)
        mime->limits_hit |= 1u << LIMIT_pattern_steps;
    return 0;
}

static int find_spam(struct kind_reader *reader, const struct kind_facts *facts, struct kind *kind)
{
    struct span rest = facts->mime->root->header.octets;
    struct header_field field;

    while (reader->config->spam_count > 0 && header_next(&rest, &field)) {
        for (size_t i = 0; i < reader->config->spam_count; i++) {
            const char *name = reader->config->spam[i].field;
            bool fits;
            int code;

            if (!span_equal_nocase(field.name, span_of(name)))
                continue;
            code = try_spam_field(reader, i, field.value, facts->mime, &fits);
            if (code != 0)
                return code;
            if (fits) {
                kind->value = "spam";
                kind->why = arena_format(facts->arena, "field=%s", name);
                return 0;
            }
        }
    }
    return 0;
}

/* ---- the fields that decide --------------------------------------------------------------------
 */

/* The first word of VALUE, without comment and parameters. */
static struct span first_word(struct span value)
{
    size_t length = 0;

    value = span_trim(value);
    while (length < value.length && value.octets[length] != ' ' && value.octets[length] != '\t' &&
           value.octets[length] != ';' && value.octets[length] != ',' &&
           value.octets[length] != '(' && value.octets[length] != '\r' &&
           value.octets[length] != '\n')
        length++;
    value.length = length;
    return value;
}

static bool is_no(struct span word)
{
    return word.length == 0 || span_equal_nocase(word, SPAN("no")) ||
           span_equal_nocase(word, SPAN("false")) || span_equal_nocase(word, SPAN("none")) ||
           span_equal_nocase(word, SPAN("0"));
}

/* X-Auto-Response-Suppress asks for silence of every kind: only machines that answer ask so. */
static bool suppresses_all(struct span value)
{
    while (value.length > 0) {
        const char *comma = memchr(value.octets, ',', value.length);
        size_t length = comma != NULL ? (size_t)(comma - value.octets) : value.length;
        struct span word = span_trim((struct span){value.octets, length});

        if (span_equal_nocase(word, SPAN("All")) || span_equal_nocase(word, SPAN("AutoReply")))
            return true;
        length += length < value.length;
        value = (struct span){value.octets + length, value.length - length};
    }
    return false;
}

static void read_auto_submitted(struct span value, struct marks *marks)
{
    struct span word = first_word(value);

    if (word.length == 0 || span_equal_nocase(word, SPAN("no")))
        return;
    /* Exchange writes auto-generated on answers, shops and lists on everything. */
    if (span_equal_nocase(word, SPAN("auto-generated")))
        marks->machine = "Auto-Submitted";
    else
        marks->answer = "Auto-Submitted";
}

static void read_precedence(struct span value, const char *name, struct marks *marks)
{
    struct span word = first_word(value);

    if (span_equal_nocase(word, SPAN("auto_reply")) || span_equal_nocase(word, SPAN("auto-reply")))
        marks->answer = name;
    else if (span_equal_nocase(word, SPAN("bulk")) || span_equal_nocase(word, SPAN("list")) ||
             span_equal_nocase(word, SPAN("junk")))
        marks->bulk = name;
}

/* Fields of other families whose presence alone says that a machine answered. */
static const char *const answer_fields[] = {"X-Mail-Autoreply", "X-Vacation",
                                            "X-FC-MachineGenerated", "X-Vacation-Message"};

/* The X-Auto… family: X-Autoreply, X-Auto-Response, X-Autoresponder-From and so on. */
static bool is_auto_field(struct span name)
{
    if (!span_begins_nocase(name, SPAN("X-Auto")) || name.length > 60 ||
        span_equal_nocase(name, SPAN("X-Auto-Response-Suppress")))
        return false;
    for (size_t i = 0; i < name.length; i++)
        if (name.octets[i] <= ' ' || (name.octets[i] & 0x80) != 0)
            return false;
    return span_find_nocase(name, "repl") != NULL || span_find_nocase(name, "respon") != NULL;
}

/* X-Mailer and User-Agent of programs that only answer. */
static bool is_answering_program(struct span value)
{
    return span_find_nocase(value, "autorespon") != NULL ||
           span_find_nocase(value, "auto-respon") != NULL ||
           span_find_nocase(value, "autoreply") != NULL ||
           span_begins_nocase(span_trim(value), SPAN("vacation"));
}

static void read_list_field(struct span name, struct marks *marks)
{
    static const char *const names[] = {
        "List-Id",    "List-Post",    "List-Unsubscribe", "List-Subscribe",
        "List-Owner", "List-Archive", "List-Help",        "List-Unsubscribe-Post"};

    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (!span_equal_nocase(name, span_of(names[i])))
            continue;
        marks->list_fields |= 1u << i;
        /* The first of the table says most. */
        if (marks->list_name == NULL || i == 0)
            marks->list_name = names[i];
        if (i == 2)
            marks->has_unsubscribe = true;
        return;
    }
}

static void read_x_field(struct arena *arena, const struct header_field *field, struct marks *marks)
{
    struct span name = field->name;

    if (span_equal_nocase(name, SPAN("X-Auto-Response-Suppress"))) {
        marks->asks_silence = true;
        if (suppresses_all(field->value) && marks->machine == NULL)
            marks->machine = "X-Auto-Response-Suppress";
    } else if (span_equal_nocase(name, SPAN("X-MS-Exchange-Generated-Message-Source"))) {
        marks->asks_silence = true;
    } else if (span_equal_nocase(name, SPAN("X-Failed-Recipients"))) {
        marks->has_failed_recipients = true;
    } else if (span_equal_nocase(name, SPAN("X-MS-Exchange-Inbox-Rules-Loop"))) {
        struct span address = span_trim(field->value);

        marks->loop = arena_copy(arena, address.octets, address.length);
    } else if (span_equal_nocase(name, SPAN("X-Autogenerated"))) {
        if (span_begins_nocase(first_word(field->value), SPAN("Reply")))
            marks->answer = "X-Autogenerated";
    } else if (span_equal_nocase(name, SPAN("X-Precedence"))) {
        read_precedence(field->value, "X-Precedence", marks);
    } else if (span_equal_nocase(name, SPAN("X-POST-MessageClass"))) {
        if (span_find_nocase(field->value, "autoresponder") != NULL)
            marks->answer = "X-POST-MessageClass";
    } else if (span_equal_nocase(name, SPAN("X-Mailer"))) {
        if (is_answering_program(field->value))
            marks->answer = "X-Mailer";
    } else if (is_auto_field(name)) {
        if (!is_no(first_word(field->value)))
            marks->answer = arena_copy(arena, name.octets, name.length);
    } else {
        for (size_t i = 0; i < sizeof(answer_fields) / sizeof(answer_fields[0]); i++)
            if (span_equal_nocase(name, span_of(answer_fields[i])) &&
                !is_no(first_word(field->value)))
                marks->answer = answer_fields[i];
    }
}

static void read_field(struct arena *arena, const struct header_field *field, struct marks *marks)
{
    struct span name = field->name;

    switch (name.length > 0 ? name.octets[0] | 0x20 : 0) {
    case 'a':
        if (span_equal_nocase(name, SPAN("Auto-Submitted")))
            read_auto_submitted(field->value, marks);
        break;
    case 'd':
        if (span_equal_nocase(name, SPAN("Delivered-To")) &&
            span_equal_nocase(span_trim(field->value), SPAN("Autoresponder")))
            marks->answer = "Delivered-To";
        break;
    case 'f':
        if (span_equal_nocase(name, SPAN("Feedback-ID")))
            marks->has_feedback_id = true;
        break;
    case 'i':
        if (span_equal_nocase(name, SPAN("In-Reply-To")))
            marks->is_reply = true;
        break;
    case 'l':
        read_list_field(name, marks);
        break;
    case 'p':
        if (span_equal_nocase(name, SPAN("Precedence")) ||
            span_equal_nocase(name, SPAN("Preference")))
            read_precedence(field->value, "Precedence", marks);
        break;
    case 'r':
        if (span_equal_nocase(name, SPAN("References")))
            marks->is_reply = true;
        break;
    case 'x':
        read_x_field(arena, field, marks);
        break;
    default:
        break;
    }
}

static void read_marks(const struct kind_facts *facts, struct marks *marks)
{
    struct span rest = facts->mime->root->header.octets;
    struct header_field field;
    unsigned other_list_fields;

    *marks = (struct marks){.answer = NULL};
    while (header_next(&rest, &field))
        read_field(facts->arena, &field, marks);
    /* A rule of Exchange also marks what it passes on: only who owns the rule answers by it. */
    if (marks->answer == NULL && marks->loop != NULL && facts->from != NULL &&
        span_equal_nocase(span_of(marks->loop), span_of(facts->from)))
        marks->answer = "X-MS-Exchange-Inbox-Rules-Loop";
    /*
     * List-Id is only on list mail. List-Unsubscribe alone, or a Feedback-ID alone, are also put on
     * single mails by the services that firms send through: it takes two to make a newsletter.
     */
    other_list_fields = marks->list_fields & (marks->list_fields - 1);
    if (marks->bulk == NULL && ((marks->list_fields & 1u) != 0 || other_list_fields != 0 ||
                                (marks->has_unsubscribe && marks->has_feedback_id)))
        marks->bulk = marks->list_name;
}

/* ---- bounces -----------------------------------------------------------------------------------
 */

/* A part that holds a message or the header of one. */
static bool has_copy_part(struct mime *mime)
{
    for (struct mime_part *part = mime->root; part != NULL; part = mime_next(part, false))
        if (mime_is(part, "message/rfc822") || mime_is(part, "message/global") ||
            mime_is(part, "text/rfc822-headers") || mime_is(part, "message/rfc822-headers"))
            return true;
    return false;
}

/* The words of a notice, and the returned message behind them. */
static void read_notice(const struct kind_facts *facts, struct notice *notice)
{
    struct buf plain = BUF_INIT;
    bool is_html = false;
    struct span text = email_best_text(facts->mime, &is_html);

    if (is_html) {
        html_to_text(&plain, text, &facts->mime->limits, &facts->mime->limits_hit);
        text = (struct span){arena_copy(facts->arena, plain.octets, plain.length), plain.length};
        buf_release(&plain);
    }
    notice_split(text, notice);
}

/* The address that the message was written to. */
static const char *written_to(const struct kind_facts *facts)
{
    const struct header_field *field = header_last(&facts->mime->root->header, "To");
    struct address_list list = {NULL, 0, 0};

    if (field != NULL)
        header_addresses(facts->arena, field->value, &list);
    return list.count > 0
               ? arena_copy(facts->arena, list.items[0].email.octets, list.items[0].email.length)
               : NULL;
}

/* The recipients of X-Failed-Recipients (Exim, Gmail): they are certain. */
static void add_failed_recipients(const struct kind_facts *facts, struct report *report)
{
    const struct header_field *field = NULL;

    while (report->recipient_count < REPORT_RECIPIENTS_MAX &&
           (field = header_find(&facts->mime->root->header, "X-Failed-Recipients", field)) !=
               NULL) {
        struct span rest = field->value;

        while (rest.length > 0) {
            const char *comma = memchr(rest.octets, ',', rest.length);
            size_t length = comma != NULL ? (size_t)(comma - rest.octets) : rest.length;

            report_add_recipient(facts->arena, report,
                                 span_trim((struct span){rest.octets, length}));
            length += length < rest.length;
            rest = (struct span){rest.octets + length, rest.length - length};
        }
    }
}

static struct bounce_reader *bounce_phrases(struct kind_reader *reader)
{
    if (reader->bounces == NULL)
        reader->bounces = bounce_open(&reader->arena);
    return reader->bounces;
}

/* Bounces of servers that do not write RFC 3464: by sender and path, and then by words. */
static void find_old_bounce(struct kind_reader *reader, const struct kind_facts *facts,
                            const struct marks *marks, struct kind *kind)
{
    const struct header *header = &facts->mime->root->header;
    struct bounce_facts known = {
        .sender = bounce_sender(facts->from, header_last_text(facts->arena, header, "From")),
        .null_path = bounce_is_null_path(facts->return_path),
        .path_unknown = facts->return_path == NULL,
        .to_list = (marks->list_fields & 1u) != 0,
        .answered = marks->answer != NULL || marks->machine != NULL};
    struct notice_facts notice_facts = {.sender = facts->from};
    struct notice notice;

    known.subject = header_last_text(facts->arena, header, "Subject");
    if (!bounce_is_worth_reading(bounce_phrases(reader), &known))
        return;
    read_notice(facts, &notice);
    known.has_failed = marks->has_failed_recipients && known.sender != SENDER_SERVICE;
    known.has_copy = notice.copy.length > 0 || has_copy_part(facts->mime);
    kind->why = bounce_find(bounce_phrases(reader), facts->arena, &known, notice.told,
                            &notice_facts.is_delay);
    if (kind->why == NULL)
        return;
    kind->value = "bounce";
    notice_facts.written_to = written_to(facts);
    notice_facts.subject = known.subject;
    add_failed_recipients(facts, &kind->report);
    notice_read(facts->arena, facts->mime, &notice, &notice_facts, &kind->report);
}

/* ---- multipart/report --------------------------------------------------------------------------
 */

struct report_type {
    const char *type;  /* report-type (RFC 6522) */
    const char *part;  /* the part that says so when the parameter is missing */
    const char *other; /* another type of that part, or NULL */
    const char *value; /* kind */
    bool stands_alone; /* the part says so in a multipart of any type, whoever wrote */
};

static const struct report_type report_types[] = {
    {"delivery-status", "message/delivery-status", "message/global-delivery-status", "bounce",
     false},
    {"feedback-report", "message/feedback-report", NULL, "feedback-report", true},
    {"disposition-notification", "message/disposition-notification",
     "message/global-disposition-notification", "auto-reply", false},
};

/* The part of PART's children, or PART itself, that TYPE describes. */
static const char *report_part(const struct mime_part *part, const struct report_type *type)
{
    if (mime_is(part, type->part))
        return type->part;
    for (const struct mime_part *child = part->child; child != NULL; child = child->next) {
        if (mime_is(child, type->part))
            return type->part;
        if (type->other != NULL && mime_is(child, type->other))
            return type->other;
    }
    return NULL;
}

/*
 * A report in PART. The machine-readable part decides, also when the parameter says something else
 * or the type is another multipart (some servers write mixed; then the sender must be no ordinary
 * one); without such a part the parameter does.
 */
static bool find_report_in(const struct kind_facts *facts, const struct mime_part *part,
                           bool is_server, struct kind *kind)
{
    bool is_report = mime_is(part, "multipart/report");
    struct span parameter =
        is_report ? parameter_find(&part->content, "report-type") : (struct span){NULL, 0};
    bool known = false;

    for (size_t i = 0; i < sizeof(report_types) / sizeof(report_types[0]); i++)
        known = known || report_part(part, &report_types[i]) != NULL;
    for (size_t i = 0; i < sizeof(report_types) / sizeof(report_types[0]); i++) {
        const struct report_type *type = &report_types[i];
        const char *inner = report_part(part, type);

        if (known ? inner == NULL || !(is_report || is_server || type->stands_alone)
                  : !span_equal_nocase(span_trim(parameter), span_of(type->type)))
            continue;
        report_read(facts->arena, facts->mime, inner != NULL ? inner : type->part, &kind->report);
        kind->value = type->value;
        kind->why = arena_format(facts->arena, "report-type=%s", type->type);
        return true;
    }
    return false;
}

/*
 * A complaint as Microsoft's mail programs send it: the message alone, with a field of theirs in
 * its header.
 */
static bool find_complaint(const struct kind_facts *facts, struct kind *kind)
{
    const struct mime_part *root = facts->mime->root;
    const struct mime_part *part = mime_is_multipart(root) ? root->child : root;

    if (part == NULL || part->next != NULL || !mime_is(part, "message/rfc822") ||
        part->child == NULL ||
        header_last(&part->child->header, "X-HmXmrOriginalRecipient") == NULL)
        return false;
    report_read_returned(facts->arena, facts->mime, &kind->report);
    kind->value = "feedback-report";
    kind->why = "field=X-HmXmrOriginalRecipient";
    return true;
}

/* What a report does not say in its machine-readable part, its words may. */
static void read_words(const struct kind_facts *facts, struct kind *kind)
{
    struct notice_facts notice_facts = {.sender = facts->from, .written_to = written_to(facts)};
    struct notice notice;

    if (kind->report.recipient_count > 0 || strcmp(kind->value, "bounce") != 0)
        return;
    read_notice(facts, &notice);
    add_failed_recipients(facts, &kind->report);
    notice_read(facts->arena, facts->mime, &notice, &notice_facts, &kind->report);
}

static bool find_report(const struct kind_facts *facts, struct kind *kind)
{
    const struct mime_part *root = facts->mime->root;
    const struct header *header = &root->header;
    bool is_server = bounce_is_null_path(facts->return_path) ||
                     bounce_sender(facts->from, header_last_text(facts->arena, header, "From")) >=
                         SENDER_POSTMASTER;
    bool found = find_report_in(facts, root, is_server, kind);

    /* A gateway put the report into a multipart of its own. */
    if (!found && is_server && mime_is_multipart(root) && root->child != NULL &&
        mime_is(root->child, "multipart/report"))
        found = find_report_in(facts, root->child, is_server, kind);
    if (found)
        read_words(facts, kind);
    return found || find_complaint(facts, kind);
}

/* Some servers write that they could not deliver in the form of a receipt. */
static bool is_server_receipt(const struct kind_facts *facts, const struct kind *kind)
{
    return strcmp(kind->value, "auto-reply") == 0 &&
           bounce_sender(facts->from, header_last_text(facts->arena, &facts->mime->root->header,
                                                       "From")) >= SENDER_POSTMASTER;
}

/* ---- automatic replies by their words ----------------------------------------------------------
 */

static bool find_absence(struct kind_reader *reader, const struct kind_facts *facts,
                         const struct marks *marks, struct kind *kind)
{
    struct absence_facts known = {
        .subject = header_last_text(facts->arena, &facts->mime->root->header, "Subject"),
        .text = facts->text,
        .null_path = facts->return_path != NULL && facts->return_path[0] == '\0',
        .is_reply = marks->is_reply,
        .is_agent = facts->agent != NULL,
        .asks_silence = marks->asks_silence};
    struct absence absence;

    if (marks->list_fields != 0)
        return false;
    if (reader->absence == NULL)
        reader->absence = absence_open(&reader->arena);
    absence_find(reader->absence, facts->arena, &known, &absence);
    if (absence.why == NULL)
        return false;
    kind->value = "auto-reply";
    kind->why = absence.why;
    kind->confidence = absence.confidence;
    return true;
}

/* ---- all together ------------------------------------------------------------------------------
 */

static const char *field_reason(struct arena *arena, const char *name)
{
    return arena_format(arena, "field=%s", name);
}

int kind_find(struct kind_reader *reader, const struct kind_facts *facts, struct kind *kind)
{
    struct arena *arena = facts->arena;
    struct marks marks;
    struct kind bounce = {.value = NULL};
    int code;

    *kind = (struct kind){.value = NULL};
    code = find_spam(reader, facts, kind);
    if (code != 0 || kind->value != NULL)
        return code;
    read_marks(facts, &marks);
    if (find_report(facts, kind) && !is_server_receipt(facts, kind))
        return 0;
    find_old_bounce(reader, facts, &marks, &bounce);
    if (bounce.value != NULL)
        *kind = bounce;
    if (kind->value != NULL)
        return 0;
    if (marks.answer != NULL || (marks.machine != NULL && marks.bulk == NULL)) {
        kind->value = "auto-reply";
        kind->why = field_reason(arena, marks.answer != NULL ? marks.answer : marks.machine);
    } else if (find_absence(reader, facts, &marks, kind)) {
        return 0;
    } else if (facts->agent != NULL) {
        kind->value = "agent";
        kind->why = arena_format(arena, "site=%s", facts->agent->site);
    } else if (marks.bulk != NULL) {
        kind->value = "bulk";
        kind->why = field_reason(arena, marks.bulk);
    } else {
        kind->value = "customer";
    }
    return 0;
}
