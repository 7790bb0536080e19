/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "guard.h"

#include "address.h"
#include "header.h"

/* Longest address that SMTP can carry (RFC 5321 section 4.5.3.1.3, without angle brackets). */
#define ADDRESS_MAX 254

/* What is known of the message while the table is gone through. */
struct look {
    const struct guard *guard;
    struct message *message;
    const char *return_path;
    json_object *from;     /* the property, or NULL */
    const char *recipient; /* NULL: nobody */
    bool own_mark;         /* what the header fields say, gathered in one pass */
    bool auto_submitted;
    bool list;
    bool bulk;
    bool suppressed;
    int code; /* of `ask` */
};

/* ---- addresses ------------------------------------------------------------------------------- */

static bool is_letter_or_digit(char octet)
{
    return (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z') ||
           (octet >= '0' && octet <= '9');
}

static bool is_usable_domain(struct span domain)
{
    size_t label = 0;
    size_t labels = 1;

    for (size_t i = 0; i < domain.length; i++) {
        char octet = domain.octets[i];

        if (octet == '.') {
            if (label == 0)
                return false;
            label = 0;
            labels++;
        } else if (is_letter_or_digit(octet) || octet == '_' || (octet == '-' && label > 0)) {
            label++;
        } else {
            return false;
        }
    }
    return label > 0 && labels > 1;
}

static bool is_usable(struct span address)
{
    const char *at = address.length > 0 ? memchr(address.octets, '@', address.length) : NULL;
    size_t local = at != NULL ? (size_t)(at - address.octets) : 0;

    if (local == 0 || address.length > ADDRESS_MAX || address.octets[0] == '-')
        return false;
    for (size_t i = 0; i < local; i++)
        if (!is_letter_or_digit(address.octets[i]) &&
            memchr("!#$%&'*+-/=?^_`{|}~.", address.octets[i], 20) == NULL)
            return false;
    return is_usable_domain((struct span){at + 1, address.length - local - 1});
}

/* Address NUMBER of a property such as `from`; empty when there are not so many. */
static struct span address_at(json_object *list, size_t number)
{
    if (number >= json_length(list))
        return (struct span){NULL, 0};
    return json_string_span(json_object_array_get_idx(list, number), "email");
}

const char *guard_recipient(struct message *message)
{
    json_object *from = message_property(message, "from");
    const char *return_path = message_return_path(message);

    for (size_t i = 0; i < json_length(from); i++) {
        struct span address = address_at(from, i);

        if (is_usable(address))
            return arena_copy(&message->arena, address.octets, address.length);
    }
    return is_usable(span_of(return_path)) ? return_path : NULL;
}

/* ---- header fields --------------------------------------------------------------------------- */

/* Takes blanks, line ends and comments (RFC 5322 section 3.2.2, nested) off the front of VALUE. */
static struct span skip_comments(struct span value)
{
    size_t at = 0;
    size_t depth = 0;

    for (; at < value.length; at++) {
        char octet = value.octets[at];

        if (octet == '(')
            depth++;
        else if (octet == ')' && depth > 0)
            depth--;
        else if (octet == '\\' && depth > 0 && at + 1 < value.length)
            at++;
        else if (depth == 0 && octet != ' ' && octet != '\t' && octet != '\r' && octet != '\n')
            break;
    }
    return (struct span){value.octets + at, value.length - at};
}

/* The first word of VALUE, without what may stand before and behind it. */
static struct span first_word(struct span value)
{
    size_t length = 0;

    value = skip_comments(value);
    while (length < value.length && memchr(" \t\r\n;,(\"", value.octets[length], 8) == NULL)
        length++;
    value.length = length;
    return value;
}

static bool word_is(struct span word, const char *const *words)
{
    for (; *words != NULL; words++)
        if (span_equal_nocase(word, span_of(*words)))
            return true;
    return false;
}

/* X-Auto-Response-Suppress is a list; receipts alone (DR, NDR, RN, NRN) say nothing about us. */
static bool suppresses_answers(struct span value)
{
    static const char *const words[] = {"All", "AutoReply", "OOF", NULL};

    while (value.length > 0) {
        const char *comma = memchr(value.octets, ',', value.length);
        size_t length = comma != NULL ? (size_t)(comma - value.octets) : value.length;

        if (word_is(first_word((struct span){value.octets, length}), words))
            return true;
        length += length < value.length;
        value = (struct span){value.octets + length, value.length - length};
    }
    return false;
}

/* KEY is the reply key of CASE_ID for an address in PROPERTY. */
static bool is_key_for(struct look *look, const struct house_mark *mark, const char *property)
{
    json_object *list = message_property(look->message, property);
    char key[REPLY_KEY_SIZE];

    for (size_t i = 0; i < json_length(list); i++) {
        reply_key(key, look->guard->key, mark->case_id, address_at(list, i));
        if (reply_key_equal(key, mark->key))
            return true;
    }
    return false;
}

/* A Message-ID of ours: its form, and a reply key for somebody whom the mail went to. */
static bool is_own_message_id(struct look *look, struct span value)
{
    size_t count = 0;
    struct span *ids;
    struct house_mark mark;

    if (look->guard->key == NULL)
        return false;
    ids = header_message_ids(&look->message->arena, value, &count);
    for (size_t i = 0; i < count; i++) {
        if (!house_message_id_read(ids[i], &mark))
            continue;
        if (is_key_for(look, &mark, "to") || is_key_for(look, &mark, "cc") ||
            is_key_for(look, &mark, "bcc"))
            return true;
    }
    return false;
}

/* Fields by which programs that answer say so, beside the standard one. */
static void look_at_extension(struct look *look, struct span name, struct span value)
{
    static const char *const marks[] = {"X-Autoreply",      "X-Auto-Reply",     "X-Autorespond",
                                        "X-Autoresponder",  "X-Auto-Respond",   "X-Auto-Reply-From",
                                        "X-AutoReply-From", "X-Mail-Autoreply", "X-Autoreply-Type",
                                        "X-Vacation",       "X-Auto-Submitted", NULL};
    static const char *const no[] = {"", "no", "false", "none", "0", NULL};

    if (span_equal_nocase(name, SPAN(GUARD_MARK)))
        look->own_mark = true;
    else if (span_equal_nocase(name, SPAN("X-Auto-Response-Suppress")))
        look->suppressed = look->suppressed || suppresses_answers(value);
    else if (span_equal_nocase(name, SPAN("X-Autogenerated")))
        look->suppressed = look->suppressed || span_begins_nocase(first_word(value), SPAN("Reply"));
    else if (word_is(name, marks) && !word_is(first_word(value), no))
        look->suppressed = true;
}

static void look_at_field(struct look *look, struct span name, struct span value)
{
    static const char *const not_automatic[] = {"", "no", NULL};
    static const char *const bulk[] = {"bulk", "junk", NULL};
    static const char *const answer[] = {"auto_reply", "auto-reply", "autoreply", NULL};

    switch (name.length > 0 ? name.octets[0] | 0x20 : 0) {
    case 'a':
        if (span_equal_nocase(name, SPAN("Auto-Submitted")) &&
            !word_is(first_word(value), not_automatic))
            look->auto_submitted = true;
        break;
    case 'l':
        if (span_begins_nocase(name, SPAN("List-")))
            look->list = true;
        break;
    case 'm':
        if (span_equal_nocase(name, SPAN("Message-ID")) && is_own_message_id(look, value))
            look->own_mark = true;
        break;
    case 'p':
        if (span_equal_nocase(name, SPAN("Precedence"))) {
            struct span word = first_word(value);

            look->list = look->list || span_equal_nocase(word, SPAN("list"));
            look->bulk = look->bulk || word_is(word, bulk);
            look->suppressed = look->suppressed || word_is(word, answer);
        }
        break;
    case 'x':
        look_at_extension(look, name, value);
        break;
    default:
        break;
    }
}

static void look_at_header(struct look *look)
{
    struct span rest;
    struct header_field field;
    json_object *headers;

    if (message_octets(look->message, &rest)) {
        while (header_next(&rest, &field))
            look_at_field(look, field.name, field.value);
        return;
    }
    headers = message_property(look->message, "headers");
    for (size_t i = 0; i < json_length(headers); i++) {
        json_object *one = json_object_array_get_idx(headers, i);

        struct span name = json_string_span(one, "name");
        struct span value = json_string_span(one, "value");

        if (name.length > 0 && value.length > 0)
            look_at_field(look, name, value);
    }
}

/* ---- programs that send ---------------------------------------------------------------------- */

static bool is_separator(char octet)
{
    return octet == '-' || octet == '_' || octet == '.' || octet == '+' || octet == '=';
}

static char lower(char octet)
{
    return octet >= 'A' && octet <= 'Z' ? (char)(octet + ('a' - 'A')) : octet;
}

/*
 * WORDS stands in LOCAL at AT, whatever separators stand between its letters: "noreply" fits
 * no-reply and No.Reply. It ends where LOCAL ends or a letter does not follow.
 */
static bool stands_at(struct span local, size_t at, const char *words)
{
    for (; *words != '\0'; words++) {
        while (at < local.length && is_separator(local.octets[at]))
            at++;
        if (at == local.length || lower(local.octets[at]) != *words)
            return false;
        at++;
    }
    return at == local.length || !is_letter_or_digit(local.octets[at]) ||
           (local.octets[at] >= '0' && local.octets[at] <= '9');
}

/* LOCAL says, in whole words anywhere, that nobody reads there. */
static bool reads_nothing(struct span local)
{
    static const char *const phrases[] = {"noreply",       "donotreply",   "dontreply",
                                          "nepasrepondre", "pasdereponse", "nichtantworten",
                                          "keineantwort",  "noresponder",  "norespondas"};

    for (size_t at = 0; at < local.length; at++) {
        if (at > 0 && !is_separator(local.octets[at - 1]))
            continue;
        for (size_t i = 0; i < sizeof(phrases) / sizeof(phrases[0]); i++)
            if (stands_at(local, at, phrases[i]))
                return true;
    }
    return false;
}

static bool ends_nocase(struct span text, struct span end)
{
    return text.length > end.length &&
           span_equal_nocase((struct span){text.octets + text.length - end.length, end.length},
                             end);
}

/* ADDRESS without its domain. */
static struct span local_part(struct span address)
{
    for (size_t i = address.length; i > 0; i--)
        if (address.octets[i - 1] == '@')
            return (struct span){address.octets, i - 1};
    return address;
}

/* LOCAL is a program's: a mail system's, a list manager's, a bounce address. */
static bool is_machine(struct span local)
{
    static const char *const names[] = {
        "mailer-daemon", "mailerdaemon", "mailer_daemon", "mail-daemon", "maildaemon", "mdaemon",
        "postmaster",    "mailer",       "uucp",          "listserv",    "majordomo",  "mailman",
        "sympa",         "bounce",       "bounces",       "autoreply",   "auto-reply", NULL};
    static const char *const beginnings[] = {
        "owner-", "bounce-", "bounce+", "bounce=", "bounces-", "bounces+", "bounces="};
    static const char *const endings[] = {"-request", "-bounces", "-bounce", "-owner", "-errors"};

    if (word_is(local, names))
        return true;
    /* Exchange's own reports: a fixed name and 32 digits. */
    if (local.length == sizeof("microsoftexchange") - 1 + 32 &&
        span_begins_nocase(local, SPAN("microsoftexchange")))
        return true;
    for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++)
        if (span_begins_nocase(local, span_of(beginnings[i])))
            return true;
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
        if (ends_nocase(local, span_of(endings[i])))
            return true;
    return false;
}

/* ---- the reasons ----------------------------------------------------------------------------- */

static bool null_return_path(struct look *look, const char *name)
{
    (void)name;
    return look->return_path != NULL && *look->return_path == '\0';
}

static bool own_mark(struct look *look, const char *name)
{
    const struct config *config = look->guard->config;

    (void)name;
    for (size_t i = 0; i < json_length(look->from); i++) {
        struct span address = address_at(look->from, i);

        if (address.length > 0 &&
            config_brand_of(
                config, arena_copy(&look->message->arena, address.octets, address.length)) != NULL)
            return true;
    }
    if (json_length(look->from) == 0 && config_brand_of(config, look->return_path) != NULL)
        return true;
    return look->own_mark;
}

static bool auto_submitted(struct look *look, const char *name)
{
    (void)name;
    return look->auto_submitted;
}

static bool list(struct look *look, const char *name)
{
    (void)name;
    return look->list;
}

static bool bulk(struct look *look, const char *name)
{
    (void)name;
    return look->bulk;
}

static bool auto_response_suppress(struct look *look, const char *name)
{
    (void)name;
    return look->suppressed;
}

/* A form may send as noreply for a customer in From; a list's or a bounce's return path may not. */
static bool daemon_sender(struct look *look, const char *name)
{
    struct span local = local_part(span_of(look->return_path));

    (void)name;
    if (is_machine(local) || (json_length(look->from) == 0 && reads_nothing(local)))
        return true;
    for (size_t i = 0; i < json_length(look->from); i++) {
        local = local_part(address_at(look->from, i));
        if (is_machine(local) || reads_nothing(local))
            return true;
    }
    return false;
}

static bool no_sender(struct look *look, const char *name)
{
    (void)name;
    return look->recipient == NULL;
}

/* NAME is "kind-" and a kind. */
static bool is_kind(struct look *look, const char *name)
{
    return strcmp(message_kind(look->message), name + sizeof("kind-") - 1) == 0;
}

static bool not_customer(struct look *look, const char *name)
{
    (void)name;
    return strcmp(message_kind(look->message), "customer") != 0;
}

static bool sensitive(struct look *look, const char *name)
{
    (void)name;
    return message_triage_true(look->message, "sensitive");
}

/* The words said so, or the category does. */
static bool courtesy(struct look *look, const char *name)
{
    const char *id = message_triage_string(look->message, "category", "id");
    const struct config_category *category =
        id != NULL ? config_category(look->guard->config, id) : NULL;

    (void)name;
    return message_triage_true(look->message, "courtesy") ||
           (category != NULL && category->courtesy);
}

static bool limit(struct look *look, const char *name)
{
    (void)name;
    return message_limit_hit(look->message);
}

static bool error(struct look *look, const char *name)
{
    (void)name;
    return message_triage_json(look->message, "errors").length > sizeof("[]") - 1;
}

static bool duplicate(struct look *look, const char *name)
{
    (void)name;
    return message_triage(look->message, "duplicate") != NULL;
}

static bool no_case(struct look *look, const char *name)
{
    (void)name;
    return message_triage_string(look->message, "case", "id") == NULL;
}

static bool closed(struct look *look, const char *name)
{
    const char *state = message_triage_string(look->message, "case", "state");

    (void)name;
    return state != NULL && strcmp(state, "closed") == 0;
}

static bool ask(struct look *look, enum guard_question question)
{
    bool yes = false;

    look->code = look->guard->ask(look->guard->context, question, &yes);
    return look->code == 0 && yes;
}

static bool acknowledged(struct look *look, const char *name)
{
    (void)name;
    return ask(look, GUARD_ACKNOWLEDGED);
}

static bool cap(struct look *look, const char *name)
{
    (void)name;
    return ask(look, GUARD_CAPPED);
}

static bool no_template(struct look *look, const char *name)
{
    (void)name;
    return ask(look, GUARD_NO_TEMPLATE);
}

static bool no_promise(struct look *look, const char *name)
{
    (void)name;
    return ask(look, GUARD_NO_PROMISE);
}

static const struct {
    const char *name;
    bool (*applies)(struct look *look, const char *name);
} reasons[] = {
    {"null-return-path", null_return_path},
    {"own-mark", own_mark},
    {"auto-submitted", auto_submitted},
    {"list", list},
    {"bulk", bulk},
    {"auto-response-suppress", auto_response_suppress},
    {"daemon-sender", daemon_sender},
    {"no-sender", no_sender},
    {"kind-bounce", is_kind},
    {"kind-auto-reply", is_kind},
    {"kind-feedback-report", is_kind},
    {"kind-bulk", is_kind},
    {"kind-spam", is_kind},
    {"kind-agent", is_kind},
    {"not-customer", not_customer},
    {"sensitive", sensitive},
    {"courtesy", courtesy},
    {"limit", limit},
    {"error", error},
    {"duplicate", duplicate},
    {"no-case", no_case},
    {"acknowledged", acknowledged},
    {"closed", closed},
    {"cap", cap},
    {"no-template", no_template},
    {"no-promise", no_promise},
};

#define REASON_COUNT (sizeof(reasons) / sizeof(reasons[0]))

int guard_check(const struct guard *guard, struct message *message, const char **why)
{
    struct look look = {.guard = guard,
                        .message = message,
                        .return_path = message_return_path(message),
                        .from = message_property(message, "from"),
                        .recipient = guard_recipient(message)};

    *why = NULL;
    look_at_header(&look);
    for (size_t i = 0; i < REASON_COUNT && look.code == 0 && *why == NULL; i++)
        if (reasons[i].applies(&look, reasons[i].name))
            *why = reasons[i].name;
    return look.code;
}

const char *guard_reason(size_t number)
{
    return number < REASON_COUNT ? reasons[number].name : NULL;
}
