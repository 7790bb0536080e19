/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "notice.h"

#include <string.h>

#include "header.h"
#include "utf8.h"

#define PROSE_MAX ((size_t)64 * 1024) /* octets of prose that are looked at */
#define LINE_MAX_USED ((size_t)1000)  /* octets of one line */
#define CANDIDATES_MAX 2000           /* addresses that are weighed */

/* Where an address stands; the best place that holds one counts. */
enum place {
    PLACE_NONE,     /* of people who help, or of who sent the mail */
    PLACE_TEXT,     /* anywhere */
    PLACE_OWN,      /* of one of the two parties of the notice, where a recipient may stand */
    PLACE_TO,       /* in a line `To:` of the mail's description */
    PLACE_SENTENCE, /* in a sentence that tells of a failure */
    PLACE_LABEL,    /* behind a label */
    PLACE_FRONT     /* at the beginning of its line */
};

struct candidate {
    struct span address;
    enum place place;
};

struct candidates {
    struct candidate items[CANDIDATES_MAX];
    size_t count;
};

static bool holds_any(struct span text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (span_find_nocase(text, words[i]) != NULL)
            return true;
    return false;
}

static bool begins_any(struct span text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (span_begins_nocase(text, span_of(words[i])))
            return true;
    return false;
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- the returned message ---------------------------------------------------------------------
 */

/*
 * LINE, trimmed, begins the returned message itself, or the part that holds it. A notice may
 * describe the mail with fields of its own: it sets them in.
 */
static bool begins_copy(struct span line, bool set_in)
{
    static const char *const fields[] = {"Received: ",
                                         "Return-Path:",
                                         "X-Original-To:",
                                         "Delivered-To:",
                                         "DKIM-Signature:",
                                         "Content-Type: message/rfc822",
                                         "Content-Type: text/rfc822"};
    static const char *const plain[] = {"Message-ID:", "MIME-Version:"};

    return begins_any(line, fields, COUNT(fields)) ||
           (!set_in && begins_any(line, plain, COUNT(plain)));
}

/* LINE, trimmed, announces the copy of the returned message in so many words. */
static bool announces_copy(struct span line)
{
    static const char *const phrases[] = {"copy of the message",
                                          "copy of your message",
                                          "copy of the original",
                                          "copy of the first part",
                                          "original message follows",
                                          "original message below",
                                          "original message is",
                                          "original message:",
                                          "original message header",
                                          "original mail info",
                                          "original mail as",
                                          "old message:",
                                          "original mail:",
                                          "original mail follows",
                                          "unsent message",
                                          "message header follows",
                                          "message headers follow",
                                          "message text follows",
                                          "message follows",
                                          "message contents follow",
                                          "headers of the message",
                                          "headers of the original",
                                          "header of the original",
                                          "header of the message",
                                          "headers from the original",
                                          "start of returned message",
                                          "start of message",
                                          "returned message follows",
                                          "returned mail follows",
                                          "returned e-mail",
                                          "bounced e-mail",
                                          "begin forwarded message",
                                          "copie de votre message",
                                          "copie du message",
                                          "message d'origine",
                                          "message original",
                                          "en-tête du message",
                                          "kopie der nachricht",
                                          "kopie ihrer nachricht",
                                          "ursprüngliche nachricht",
                                          "copia del mensaje",
                                          "mensaje original",
                                          "copia del messaggio",
                                          "messaggio originale",
                                          "cópia da mensagem",
                                          "mensagem original",
                                          "kopie van het bericht",
                                          "oorspronkelijk bericht",
                                          "kopia wiadomości",
                                          "oryginalna wiadomość",
                                          "copia mesajului",
                                          "mesajul original"};
    static const char *const others[] = {"not ",   "unable", "without", "error",
                                         "please", "if you", "reason",  "transcript"};

    return line.length <= 200 && holds_any(line, phrases, COUNT(phrases)) &&
           !holds_any(line, others, COUNT(others));
}

/* LINE is a heading drawn with dashes or the like that names the mail: `--- Returned Mail ---`. */
static bool is_copy_heading(struct span line)
{
    static const char *const things[] = {"original",
                                         "returned",
                                         "unsent",
                                         "forwarded",
                                         "message header",
                                         "message text",
                                         "message text follows",
                                         "mail header",
                                         "headers"};
    size_t drawn = 0;

    while (drawn < line.length && strchr("-=_*#|>", line.octets[drawn]) != NULL)
        drawn++;
    return drawn >= 3 && drawn < line.length && line.length <= 120 &&
           holds_any(line, things, COUNT(things));
}

void notice_split(struct span prose, struct notice *notice)
{
    struct span rest;
    bool has_words = false;

    prose.length = utf8_cut(prose, PROSE_MAX);
    *notice = (struct notice){.told = prose};
    for (rest = prose; rest.length > 0;) {
        struct span before = rest;
        struct span line = span_trim(span_line(&rest));

        if (line.length == 0)
            continue;
        if (begins_copy(line, line.octets > before.octets)) {
            notice->told.length = (size_t)(before.octets - prose.octets);
            notice->copy = before;
            return;
        }
        if (has_words && (announces_copy(line) || is_copy_heading(line))) {
            notice->told.length = (size_t)(before.octets - prose.octets);
            notice->copy = rest;
            return;
        }
        has_words = true;
    }
}

/* Reads the header section that TEXT begins with, behind empty lines and rules. */
static void read_copy(struct arena *arena, const struct limits *limits, struct span text,
                      struct report *report)
{
    for (unsigned skipped = 0; text.length > 0 && skipped < 20; skipped++) {
        struct span rest = text;
        struct span line = span_trim(span_line(&rest));
        const char *colon = line.length > 0 ? memchr(line.octets, ':', line.length) : NULL;
        const char *blank = line.length > 0 ? memchr(line.octets, ' ', line.length) : NULL;

        if (colon != NULL && colon > line.octets && (blank == NULL || blank > colon) &&
            !span_begins_nocase(line, SPAN("Content-"))) {
            struct header header;
            struct span body;
            unsigned hit = 0;

            header_read(arena, text, limits, &header, &body, &hit);
            report_read_header(arena, &header, report);
            return;
        }
        text = rest;
    }
}

/* ---- addresses in lines ------------------------------------------------------------------------
 */

static bool is_address_octet(char octet)
{
    return octet != '\0' && strchr(" \t\r\n<>()[]\"',;:|", octet) == NULL;
}

/* The address around the `@` at AT in REST of a line, what stands before belongs to others; empty
 * when there is none.
 */
static struct span address_at(struct span rest, const char *at)
{
    const char *end = rest.octets + rest.length;
    const char *from = at;
    const char *to = at + 1;

    while (from > rest.octets && is_address_octet(from[-1]) && from[-1] != '@')
        from--;
    while (to < end && is_address_octet(*to) && *to != '@')
        to++;
    while (to > at + 1 && strchr(".*!?-", to[-1]) != NULL)
        to--;
    while (from < at && strchr("*=-.", *from) != NULL)
        from++;
    if (from == at || to - at < 3 || to - from > 320)
        return (struct span){NULL, 0};
    return (struct span){from, (size_t)(to - from)};
}

/* TEXT holds no letter and no digit: bullets, brackets, quotes. */
static bool is_decoration(struct span text)
{
    for (size_t i = 0; i < text.length; i++)
        if ((text.octets[i] >= '0' && text.octets[i] <= '9') ||
            ((text.octets[i] | 0x20) >= 'a' && (text.octets[i] | 0x20) <= 'z') ||
            (text.octets[i] & 0x80) != 0)
            return false;
    return true;
}

/* What follows an address at the front of a line of its own, not of a sentence. */
static bool ends_entry(struct span after)
{
    size_t i = 0;

    while (i < after.length && strchr(">\"'*", after.octets[i]) != NULL)
        i++;
    after = span_trim((struct span){after.octets + i, after.length - i});
    return after.length == 0 || strchr(":;.,([<-=", after.octets[0]) != NULL ||
           span_begins_nocase(after, SPAN("on "));
}

static bool names_recipient(struct span label)
{
    static const char *const labels[] = {
        "recipient", "rcpt to",    "failed",       "undeliverable", "unknown user", "user unknown",
        "invalid",   "userid",     "deliver",      "addressed to",  "not reach",    "address:",
        "could not", "unable",     "account",      "mailbox",       "to address",   "not found",
        "adresse",   "empfänger",  "destinatario", "destinataire",  "destinatário", "ontvanger",
        "odbiorc",   "destinatar", "dirección",    "indirizzo",     "endereço",     "adres",
        "no such",   "rejected"};

    return holds_any(label, labels, COUNT(labels));
}

static bool tells_failure(struct span line)
{
    static const char *const words[] = {
        "deliver",   "unknown",     "full",        "quota",        "exist",      "reject",
        "disabled",  "not found",   "unavailable", "recipient",    "no such",    "invalid",
        "failed",    "undeliver",   "suspended",   "inactive",     "not accept", "refused",
        "could not", "unable",      "failure",     "doesn't have", "no longer",  "not reach",
        "remis",     "inconnu",     "zugestellt",  "unbekannt",    "entregar",   "desconocido",
        "consegna",  "sconosciuto", "entregue",    "bezorg",       "onbekend",   "dostarcz",
        "livrat",    "plein",       "voll",        "lleno",        "piena",      "cheia",
        "is vol",    "pełn",        "plină",       "存在",         "できません", "失败"};

    return holds_any(line, words, COUNT(words));
}

/* The last word of LABEL, which stands before an address, is one of the list WORDS. */
static bool ends_in(struct span label, const char *const *words, size_t count)
{
    size_t end = label.length;
    size_t start;

    while (end > 0 && strchr(" <\"'(:[", label.octets[end - 1]) != NULL)
        end--;
    start = end;
    while (start > 0 && label.octets[start - 1] != ' ' && label.octets[start - 1] != '(')
        start--;
    for (size_t i = 0; i < count; i++)
        if (span_equal_nocase((struct span){label.octets + start, end - start}, span_of(words[i])))
            return true;
    return false;
}

/* "message to <ann@…", "mail for ann@…", "user ann@…". */
static bool is_goal(struct span label)
{
    static const char *const words[] = {"to",   "for", "user", "an", "à",
                                        "para", "aan", "per",  "do", "către"};

    return ends_in(label, words, COUNT(words));
}

/* "mail from <bob@…", "sent by bob@…". In other languages the same word also says whose. */
static bool is_origin(struct span label)
{
    static const char *const words[] = {"from", "by"};

    return ends_in(label, words, COUNT(words));
}

/* What the address that failed was made from: that is the one the sender used. */
static bool is_source(struct span label)
{
    return span_find_nocase(label, "expanded from") != NULL ||
           span_find_nocase(label, "generated from") != NULL;
}

/* WORD stands in LINE, but not in an address: ours may well be "help@…". */
static bool holds_outside_address(struct span line, const char *word)
{
    const char *end = line.octets + line.length;
    const char *at;

    while ((at = span_find_nocase(line, word)) != NULL) {
        const char *stop = at;

        while (stop < end && *stop != ' ' && *stop != '\t' && *stop != '@')
            stop++;
        if (stop == end || *stop != '@')
            return true;
        line = (struct span){stop, (size_t)(end - stop)};
    }
    return false;
}

/* Where people who need help are sent, not where the mail went. */
static bool offers_help(struct span line)
{
    static const char *const words[] = {
        "contact",        "assistance",  "help",         "question",    "administrator",
        "problem report", "please send", "forward this", "report this", "support",
        "mailto:",        "write to",    "send mail to", "kontakt",     "wenden sie",
        "contatt",        "contacte",    "neem contact"};

    for (size_t i = 0; i < COUNT(words); i++)
        if (holds_outside_address(line, words[i]))
            return true;
    return false;
}

/* The local part of ADDRESS is one of those that answer for a whole host. */
static bool is_office(struct span address)
{
    static const char *const locals[] = {"postmaster@", "mailer-daemon@", "abuse@",
                                         "hostmaster@", "helpdesk@",      "support@"};

    return begins_any(address, locals, COUNT(locals));
}

/* LINE names the sender of the mail, or describes the server. */
static bool is_about_sender(struct span line)
{
    static const char *const labels[] = {
        "from:",       "sender:",         "reply-to:", "mail from",     ">>> mail from",
        "return-path", "from ",           "subject:",  "von:",          "message-id",
        "message id",  "reporting-mta",   "x-mailer:", "envelope-from", "message from",
        "http",        "x-postfix-sender"};

    return begins_any(line, labels, COUNT(labels));
}

struct line_context {
    struct span line;
    bool after_list_start; /* the last line with words ended in a colon, or this begins a block */
    bool help_before;      /* it offered help */
    bool in_list;          /* it was `To:` or `Cc:`, and goes on here */
};

/* FROM is where what belongs to ADDRESS begins: behind another that stands in front of the line. */
static enum place place_of(const struct line_context *context, const char *from,
                           struct span address)
{
    struct span line = context->line;
    struct span before = {from, (size_t)(address.octets - from)};
    struct span after = {address.octets + address.length,
                         (size_t)(line.octets + line.length - address.octets) - address.length};

    if (is_office(address) && (context->help_before || offers_help(line)))
        return PLACE_NONE;
    if (is_source(before))
        return PLACE_FRONT;
    if (is_origin(before))
        return PLACE_NONE;
    if (is_decoration(before) && (ends_entry(after) || context->after_list_start) &&
        !context->help_before)
        return PLACE_FRONT;
    if (context->help_before && is_decoration(before))
        return PLACE_NONE;
    if (span_begins_nocase(line, SPAN("to:")) || span_begins_nocase(line, SPAN("cc:")))
        return PLACE_TO;
    if (offers_help(before))
        return PLACE_NONE;
    if (names_recipient(before) || is_goal(before))
        return PLACE_LABEL;
    return tells_failure(line) ? PLACE_SENTENCE : PLACE_TEXT;
}

static bool is_party(const struct notice_facts *facts, struct span address)
{
    return (facts->sender != NULL && span_equal_nocase(address, span_of(facts->sender))) ||
           (facts->written_to != NULL && span_equal_nocase(address, span_of(facts->written_to)));
}

static void take_line(const struct line_context *context, const struct notice_facts *facts,
                      struct candidates *candidates)
{
    struct span line = context->line;
    struct span rest = line;
    const char *from = line.octets;

    while (rest.length > 0 && candidates->count < CANDIDATES_MAX) {
        const char *at = memchr(rest.octets, '@', rest.length);
        struct span address;

        if (at == NULL)
            return;
        address = address_at(rest, at);
        if (address.length > 0) {
            enum place place = place_of(context, from, address);

            if (place == PLACE_FRONT)
                from = address.octets + address.length;

            if (place > PLACE_TO && context->in_list)
                place = PLACE_TO;
            if (place > PLACE_OWN && (is_party(facts, address) || is_office(address)))
                place = PLACE_OWN;
            candidates->items[candidates->count++] =
                (struct candidate){.address = address, .place = place};
        }
        /* The next begins behind this one: two that share octets (a@b@c) would be none. */
        if (address.length > 0 && address.octets + address.length > at)
            at = address.octets + address.length - 1;
        rest = (struct span){at + 1, (size_t)(line.octets + line.length - at) - 1};
    }
}

static void take_candidates(struct span told, const struct notice_facts *facts,
                            struct candidates *candidates)
{
    struct line_context context = {.after_list_start = true};

    candidates->count = 0;
    while (told.length > 0) {
        struct span line = span_trim(span_line(&told));

        if (line.length == 0) {
            context.help_before = false;
            context.after_list_start = true;
            continue;
        }
        if (line.length > LINE_MAX_USED)
            line.length = LINE_MAX_USED;
        context.line = line;
        if (!is_about_sender(line))
            take_line(&context, facts, candidates);
        context.in_list = (context.in_list || span_begins_nocase(line, SPAN("to:")) ||
                           span_begins_nocase(line, SPAN("cc:"))) &&
                          strchr(",;", line.octets[line.length - 1]) != NULL;
        context.help_before = offers_help(line) && line.octets[line.length - 1] != ':';
        context.after_list_start = line.octets[line.length - 1] == ':';
    }
}

/* ---- users without a domain --------------------------------------------------------------------
 */

/*
 * A server that knows its own users only by their names lists them under a line that ends in a
 * colon: names that stand alone, of the domain that the notice comes from.
 */
static void take_bare_names(struct arena *arena, struct span told, const char *sender,
                            struct report *report)
{
    const char *at = sender != NULL ? strrchr(sender, '@') : NULL;
    bool listed = false;

    while (at != NULL && told.length > 0) {
        struct span line = span_trim(span_line(&told));
        struct buf address = BUF_INIT;

        if (line.length == 0)
            continue;
        if (line.octets[line.length - 1] == ':') {
            listed = names_recipient(line);
            continue;
        }
        if (!listed)
            continue;
        for (size_t i = 0; i < line.length; i++)
            if (!is_address_octet(line.octets[i]) || (line.octets[i] & 0x80) != 0)
                return;
        if (line.length > 64)
            return;
        buf_span(&address, line);
        for (const char *next = at; *next != '\0'; next++)
            buf_char(&address, (char)(*next >= 'A' && *next <= 'Z' ? *next | 0x20 : *next));
        report_add_recipient(arena, report, buf_view(&address));
        buf_release(&address);
    }
}

/* ---- all together ------------------------------------------------------------------------------
 */

/* From LINE to the end of its paragraph: what the server said. */
static struct span paragraph(struct span told, const char *from)
{
    struct span rest = {from, (size_t)(told.octets + told.length - from)};
    struct span whole = rest;

    while (rest.length > 0) {
        struct span here = rest;

        if (span_trim(span_line(&rest)).length == 0) {
            whole.length = (size_t)(here.octets - whole.octets);
            break;
        }
    }
    return whole;
}

/* The line of TOLD that AT stands in. */
static const char *line_start(struct span told, const char *at)
{
    while (at > told.octets && at[-1] != '\n')
        at--;
    return at;
}

static void take_best(struct arena *arena, const struct candidates *candidates,
                      struct report *report)
{
    enum place best = PLACE_NONE;

    for (size_t i = 0; i < candidates->count; i++)
        if (candidates->items[i].place > best)
            best = candidates->items[i].place;
    if (best <= PLACE_TEXT)
        return;
    for (size_t i = 0; i < candidates->count; i++)
        if (candidates->items[i].place == best)
            report_add_recipient(arena, report, candidates->items[i].address);
}

static void read_reason(struct arena *arena, struct span told, struct report *report)
{
    struct span code = report_status(told, true);
    const char *reply = report_reply_code(told);

    if (report->status == NULL && code.length > 0)
        report->status = arena_copy(arena, code.octets, code.length);
    if (reply == NULL)
        reply = code.octets;
    if (report->diagnostic == NULL && reply != NULL) {
        const char *start = line_start(told, reply);

        /* A line that is long is better read from the code on. */
        report->diagnostic =
            report_line(arena, paragraph(told, reply - start > 200 ? reply : start));
    }
}

void notice_read(struct arena *arena, struct mime *mime, const struct notice *notice,
                 const struct notice_facts *facts, struct report *report)
{
    if (report->returned == NULL)
        report_read_returned(arena, mime, report);
    if (report->returned == NULL)
        read_copy(arena, &mime->limits, notice->copy, report);
    if (report->recipient_count == 0) {
        struct candidates *candidates = arena_alloc(arena, sizeof(*candidates));

        take_candidates(notice->told, facts, candidates);
        take_best(arena, candidates, report);
        if (report->recipient_count == 0) {
            take_candidates(facts->subject, facts, candidates);
            take_best(arena, candidates, report);
        }
    }
    if (report->recipient_count == 0)
        take_bare_names(arena, notice->told, facts->sender, report);
    /* Mail that was for one person alone can only have failed for him. */
    if (report->recipient_count == 0 && report->returned_to.count == 1 &&
        !is_party(facts, span_of(report->returned_to.items[0])))
        report_add_recipient(arena, report, span_of(report->returned_to.items[0]));
    read_reason(arena, notice->told, report);
    if (report->action == ACTION_UNKNOWN)
        report->action = facts->is_delay ? ACTION_DELAYED : ACTION_FAILED;
}
