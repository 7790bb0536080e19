/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kind.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "email.h"
#include "report.h"
#include "utf8.h"

#define PROSE_MAX                                                                                  \
    ((size_t)16 * 1024) /* octets of text that are searched for a server's phrases                 \
                         */

/* A pattern of a spam field, compiled when a message first has the field. */
struct pattern {
    pcre2_code *code; /* own: NULL until needed */
};

struct kind_reader {
    const struct config *config;
    struct pattern *patterns; /* own: one for each spam field */
    pcre2_match_data *match;
    pcre2_match_context *context;
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

static void read_precedence(struct span value, struct marks *marks)
{
    struct span word = first_word(value);

    if (span_equal_nocase(word, SPAN("auto_reply")) || span_equal_nocase(word, SPAN("auto-reply")))
        marks->answer = "Precedence";
    else if (span_equal_nocase(word, SPAN("bulk")) || span_equal_nocase(word, SPAN("list")) ||
             span_equal_nocase(word, SPAN("junk")))
        marks->bulk = "Precedence";
}

/* Fields whose presence alone says that a machine answered. */
static const char *const answer_fields[] = {
    "X-Autoreply",      "X-Auto-Reply",      "X-Autorespond",    "X-Autoresponder",
    "X-Auto-Respond",   "X-Auto-Reply-From", "X-AutoReply-From", "X-Mail-Autoreply",
    "X-Autoreply-Type", "X-Vacation"};

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

static void read_field(struct arena *arena, const struct header_field *field, struct marks *marks)
{
    struct span name = field->name;

    switch (name.length > 0 ? name.octets[0] | 0x20 : 0) {
    case 'a':
        if (span_equal_nocase(name, SPAN("Auto-Submitted")))
            read_auto_submitted(field->value, marks);
        break;
    case 'f':
        if (span_equal_nocase(name, SPAN("Feedback-ID")))
            marks->has_feedback_id = true;
        break;
    case 'l':
        read_list_field(name, marks);
        break;
    case 'p':
        if (span_equal_nocase(name, SPAN("Precedence")))
            read_precedence(field->value, marks);
        break;
    case 'x':
        if (span_equal_nocase(name, SPAN("X-Auto-Response-Suppress"))) {
            if (suppresses_all(field->value) && marks->machine == NULL)
                marks->machine = "X-Auto-Response-Suppress";
        } else if (span_equal_nocase(name, SPAN("X-Failed-Recipients"))) {
            marks->has_failed_recipients = true;
        } else if (span_equal_nocase(name, SPAN("X-MS-Exchange-Inbox-Rules-Loop"))) {
            struct span address = span_trim(field->value);

            marks->loop = arena_copy(arena, address.octets, address.length);
        } else if (span_equal_nocase(name, SPAN("X-Autogenerated"))) {
            if (span_begins_nocase(first_word(field->value), SPAN("Reply")))
                marks->answer = "X-Autogenerated";
        } else {
            for (size_t i = 0; i < sizeof(answer_fields) / sizeof(answer_fields[0]); i++)
                if (span_equal_nocase(name, span_of(answer_fields[i])) &&
                    !is_no(first_word(field->value)))
                    marks->answer = answer_fields[i];
        }
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

/* How sure it is that a program at a mail server wrote: by the sender alone. */
enum sender { SENDER_OTHER, SENDER_POSTMASTER, SENDER_DAEMON };

static enum sender sender_of(const char *from)
{
    static const char *const daemons[] = {"mailer-daemon", "mailerdaemon", "mailer_daemon",
                                          "mail-daemon",   "maildaemon",   "mdaemon"};
    struct span local = span_of(from);
    const char *at = from != NULL ? strrchr(from, '@') : NULL;

    if (at != NULL)
        local.length = (size_t)(at - from);
    for (size_t i = 0; i < sizeof(daemons) / sizeof(daemons[0]); i++)
        if (span_equal_nocase(local, span_of(daemons[i])))
            return SENDER_DAEMON;
    /* Exchange's own reports: a fixed name and 32 digits. */
    if (local.length == sizeof("microsoftexchange") - 1 + 32 &&
        span_begins_nocase(local, SPAN("microsoftexchange")))
        return SENDER_DAEMON;
    return span_equal_nocase(local, SPAN("postmaster")) ? SENDER_POSTMASTER : SENDER_OTHER;
}

/* The null path, also where a server wrote an address of its own in its place. */
static bool is_null_path(const char *path)
{
    return path != NULL && (path[0] == '\0' || sender_of(path) == SENDER_DAEMON);
}

/* Words of mail servers. A signature is a program's own turn of phrase; prose needs a code too. */
struct phrase {
    const char *text;
    const char *name;
};

static const struct phrase signatures[] = {
    {"Hi. This is the qmail-send program", "qmail"},
    {"This is the qmail-send program", "qmail"},
    {"This message was created automatically by mail delivery software", "exim"},
    {"This is the mail system at host", "postfix"},
    {"This is the Postfix program at host", "postfix"},
    {"had permanent fatal errors", "sendmail"},
    {"had transient non-fatal errors", "sendmail"},
    {"did not reach some or all of the intended recipients", "exchange"},
    {"did not reach the following recipient", "exchange"},
    {"Delivery has failed to these recipients", "exchange"},
    {"Delivery to the following recipient failed permanently", "gmail"},
    {"Delivery to the following recipients failed", "exchange"},
    {"This is an automatically generated Delivery Status Notification", "gmail"},
    {"This Message was undeliverable due to the following reason", "intermail"},
    {"Your message cannot be delivered to the following recipients", "pmdf"},
    {"The following message to <", "ironport"},
    {"Sorry, we were unable to deliver your message to the following address", "yahoo"},
};

static const struct phrase prose[] = {
    {"mailbox full", "mailbox-full"},
    {"mailbox is full", "mailbox-full"},
    {"over quota", "mailbox-full"},
    {"quota exceeded", "mailbox-full"},
    {"exceeded storage", "mailbox-full"},
    {"est pleine", "mailbox-full"},
    {"quota dépassé", "mailbox-full"},
    {"Postfach ist voll", "mailbox-full"},
    {"buzón lleno", "mailbox-full"},
    {"buzón está lleno", "mailbox-full"},
    {"user unknown", "user-unknown"},
    {"unknown user", "user-unknown"},
    {"no such user", "user-unknown"},
    {"mailbox unavailable", "user-unknown"},
    {"does not exist", "user-unknown"},
    {"utilisateur inconnu", "user-unknown"},
    {"n'existe pas", "user-unknown"},
    {"unbekannter Empfänger", "user-unknown"},
    {"undeliverable", "undeliverable"},
    {"could not be delivered", "undeliverable"},
    {"couldn't be delivered", "undeliverable"},
    {"cannot be delivered", "undeliverable"},
    {"unable to deliver", "undeliverable"},
    {"delivery failed", "undeliverable"},
    {"delivery failure", "undeliverable"},
    {"returned to sender", "undeliverable"},
    {"has been delayed", "delayed"},
    {"n'a pas pu être remis", "undeliverable"},
    {"n'a pas pu être délivré", "undeliverable"},
    {"non remis", "undeliverable"},
    {"konnte nicht zugestellt werden", "undeliverable"},
    {"nicht zustellbar", "undeliverable"},
    {"no se ha podido entregar", "undeliverable"},
    {"no se pudo entregar", "undeliverable"},
};

static const char *find_phrase(struct span text, const struct phrase *phrases, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (span_find_nocase(text, phrases[i].text) != NULL)
            return phrases[i].name;
    return NULL;
}

/* Takes what the report says into KIND. */
static void set_report(const struct report *report, struct kind *kind)
{
    kind->status = report->status;
    kind->recipients = report->recipients;
    kind->recipient_count = report->recipient_count;
    kind->returned = report->returned;
}

/* Recipients of Exim's field come first: they are certain. */
static void add_failed_recipients(const struct kind_facts *facts, struct report *report)
{
    struct report listed = {NULL, NULL, 0, 0, NULL};
    const struct header_field *field = NULL;

    while ((field = header_find(&facts->mime->root->header, "X-Failed-Recipients", field)) !=
           NULL) {
        struct span rest = field->value;

        while (rest.length > 0) {
            const char *comma = memchr(rest.octets, ',', rest.length);
            size_t length = comma != NULL ? (size_t)(comma - rest.octets) : rest.length;

            report_add_recipient(facts->arena, &listed,
                                 span_trim((struct span){rest.octets, length}));
            length += length < rest.length;
            rest = (struct span){rest.octets + length, rest.length - length};
        }
    }
    if (listed.recipient_count > 0) {
        report->recipients = listed.recipients;
        report->recipient_count = listed.recipient_count;
    }
}

/* Bounces of servers that do not write RFC 3464: by sender and path, and then by words. */
static void find_old_bounce(const struct kind_facts *facts, const struct marks *marks,
                            struct kind *kind)
{
    enum sender sender = sender_of(facts->from);
    bool null_path = is_null_path(facts->return_path);
    bool is_html = false;
    struct report report;
    struct span text;
    struct span start;
    const char *why = NULL;

    if (sender == SENDER_OTHER && !null_path)
        return;
    text = email_best_text(facts->mime, &is_html);
    start = (struct span){text.octets, utf8_cut(text, PROSE_MAX)};
    if (marks->has_failed_recipients) {
        why = "field=X-Failed-Recipients";
    } else {
        const char *name =
            find_phrase(start, signatures, sizeof(signatures) / sizeof(signatures[0]));

        /* A person's words may be a server's too, and a number in them an address. */
        if (name == NULL && (report_status(start).length > 0 ||
                             (sender != SENDER_OTHER && report_has_reply_code(start))))
            name = find_phrase(start, prose, sizeof(prose) / sizeof(prose[0]));
        if (name != NULL)
            why = arena_format(facts->arena, "phrase=%s", name);
        else if (sender == SENDER_DAEMON && (null_path || facts->return_path == NULL))
            why = "sender=mailer-daemon";
    }
    if (why == NULL)
        return;
    report_read_prose(facts->arena, facts->mime, text, &report);
    add_failed_recipients(facts, &report);
    kind->value = "bounce";
    kind->why = why;
    set_report(&report, kind);
}

/* ---- multipart/report --------------------------------------------------------------------------
 */

struct report_type {
    const char *type;  /* report-type (RFC 6522) */
    const char *part;  /* the part that says so when the parameter is missing */
    const char *other; /* another type of that part, or NULL */
    const char *value; /* kind */
};

static const struct report_type report_types[] = {
    {"delivery-status", "message/delivery-status", "message/global-delivery-status", "bounce"},
    {"feedback-report", "message/feedback-report", NULL, "feedback-report"},
    {"disposition-notification", "message/disposition-notification",
     "message/global-disposition-notification", "auto-reply"},
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
 * A report in PART. The parameter decides; without it, and when the type is another multipart (some
 * servers write mixed), the machine-readable part does, if the sender is no ordinary one.
 */
static bool find_report_in(const struct kind_facts *facts, const struct mime_part *part,
                           bool is_server, struct kind *kind)
{
    bool is_report = mime_is(part, "multipart/report");
    struct span parameter =
        is_report ? parameter_find(&part->content, "report-type") : (struct span){NULL, 0};

    for (size_t i = 0; i < sizeof(report_types) / sizeof(report_types[0]); i++) {
        const struct report_type *type = &report_types[i];
        const char *inner = report_part(part, type);
        struct report report;

        if (!span_equal_nocase(span_trim(parameter), span_of(type->type)) &&
            (parameter.length > 0 || inner == NULL || !(is_report || is_server)))
            continue;
        report_read(facts->arena, facts->mime, inner != NULL ? inner : type->part, &report);
        kind->value = type->value;
        kind->why = arena_format(facts->arena, "report-type=%s", type->type);
        set_report(&report, kind);
        return true;
    }
    return false;
}

static bool find_report(const struct kind_facts *facts, struct kind *kind)
{
    const struct mime_part *root = facts->mime->root;
    bool is_server = is_null_path(facts->return_path) || sender_of(facts->from) != SENDER_OTHER;

    if (find_report_in(facts, root, is_server, kind))
        return true;
    /* A gateway put the report into a multipart of its own. */
    if (is_server && mime_is_multipart(root) && root->child != NULL &&
        mime_is(root->child, "multipart/report"))
        return find_report_in(facts, root->child, is_server, kind);
    return false;
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
    struct kind reported = {.value = NULL};
    int code;

    *kind = (struct kind){.value = NULL};
    code = find_spam(reader, facts, kind);
    if (code != 0 || kind->value != NULL)
        return code;
    read_marks(facts, &marks);
    if (!find_report(facts, &reported) && (marks.list_fields & 1u) == 0)
        find_old_bounce(facts, &marks, &reported);
    if (reported.value != NULL) {
        *kind = reported;
    } else if (marks.answer != NULL || (marks.machine != NULL && marks.bulk == NULL)) {
        kind->value = "auto-reply";
        kind->why = field_reason(arena, marks.answer != NULL ? marks.answer : marks.machine);
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
