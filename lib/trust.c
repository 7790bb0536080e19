/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE
#include "trust.h"

#include <string.h>

#include "envelope.h"
#include "fold.h"
#include "likeness.h"

#define RESULT_MAX 20     /* longest result of RFC 8601 section 2.7, with some room */
#define VERSION SPAN("1") /* of the field and of the methods: the only ones there are */

enum method { SPF, DKIM, DMARC, ARC, METHODS };

/* What was told of one method. */
struct verdict {
    const char *word; /* the result; NULL: nothing was told */
    bool aligned;     /* it passed for the domain of From */
};

/* A place in a field that was unfolded. */
struct scan {
    const char *at;
    const char *end;
};

static bool is_blank(char octet)
{
    return octet == ' ' || octet == '\t';
}

struct span trust_domain(struct span address)
{
    const char *at = address.length > 0 ? memrchr(address.octets, '@', address.length) : NULL;

    if (at == NULL)
        return (struct span){NULL, 0};
    return (struct span){at + 1, (size_t)(address.octets + address.length - at) - 1};
}

bool trust_same_domain(struct span a, struct span b)
{
    size_t more;

    if (a.length < b.length) {
        struct span other = a;

        a = b;
        b = other;
    }
    if (a.octets == NULL || b.length == 0)
        return false;
    more = a.length - b.length;
    if (!span_equal_nocase((struct span){a.octets + more, b.length}, b))
        return false;
    /* A top-level domain alone vouches for nobody below it. */
    return more == 0 || (a.octets[more - 1] == '.' && memchr(b.octets, '.', b.length) != NULL);
}

/* ---- reading Authentication-Results (RFC 8601 section 2.2) -------------------------------------
 */

/* Passes over blanks and comments. */
static void skip_comments(struct scan *scan)
{
    unsigned depth = 0;

    while (scan->at < scan->end && (depth > 0 || is_blank(*scan->at) || *scan->at == '(')) {
        if (*scan->at == '\\' && depth > 0 && scan->at + 1 < scan->end)
            scan->at++;
        else if (*scan->at == '(')
            depth++;
        else if (*scan->at == ')')
            depth--;
        scan->at++;
    }
}

/* Passes over OCTET, and the blanks and comments around it; false when another stands there. */
static bool skip_mark(struct scan *scan, char octet)
{
    skip_comments(scan);
    if (scan->at == scan->end || *scan->at != octet)
        return false;
    scan->at++;
    skip_comments(scan);
    return true;
}

/* The keyword that stands here: letters, digits, hyphens, underlines. May be empty. */
static struct span take_word(struct scan *scan)
{
    const char *begin = scan->at;

    while (scan->at < scan->end &&
           ((*scan->at >= 'a' && *scan->at <= 'z') || (*scan->at >= 'A' && *scan->at <= 'Z') ||
            (*scan->at >= '0' && *scan->at <= '9') || *scan->at == '-' || *scan->at == '_'))
        scan->at++;
    return (struct span){begin, (size_t)(scan->at - begin)};
}

/*
 * The value that stands here, quotes taken off: a token, a quoted string, or an address, whose
 * local part may be a quoted string that holds whatever its sender liked.
 */
static struct span take_value(struct arena *arena, struct scan *scan)
{
    struct buf value = BUF_INIT;
    struct span kept;
    bool quoted = false;

    while (scan->at < scan->end &&
           (quoted || (!is_blank(*scan->at) && *scan->at != ';' && *scan->at != '('))) {
        char octet = *scan->at++;

        if (octet == '"') {
            quoted = !quoted;
            continue;
        }
        if (octet == '\\' && quoted && scan->at < scan->end)
            octet = *scan->at++;
        buf_char(&value, octet);
    }
    kept = (struct span){arena_copy(arena, buf_cstring(&value), value.length), value.length};
    buf_release(&value);
    return kept;
}

/* Goes to behind the next `;` outside comments and quotes; false at the end. */
static bool next_result(struct arena *arena, struct scan *scan)
{
    for (;;) {
        skip_comments(scan);
        if (scan->at == scan->end)
            return false;
        if (*scan->at == ';') {
            scan->at++;
            skip_comments(scan);
            return true;
        }
        take_value(arena, scan);
    }
}

/* WORD in lower case, in ARENA; NULL when it is no word of a result. */
static const char *result_word(struct arena *arena, struct span word)
{
    char *copy;

    if (word.length == 0 || word.length > RESULT_MAX)
        return NULL;
    copy = arena_copy(arena, word.octets, word.length);
    for (size_t i = 0; i < word.length; i++) {
        if (copy[i] >= 'A' && copy[i] <= 'Z')
            copy[i] = (char)(copy[i] + ('a' - 'A'));
        if (copy[i] < 'a' || copy[i] > 'z')
            return NULL;
    }
    return copy;
}

/* The domain that the properties of a result vouch for; empty when they tell none. */
static struct span vouched_domain(struct arena *arena, struct scan *scan, enum method method)
{
    /* Each method vouches for what it looked at: a name that it only mentions proves nothing. */
    static const char *const properties[METHODS][2] = {
        [SPF] = {"smtp", "mailfrom"}, [DKIM] = {"header", "d"}, [DMARC] = {"header", "from"}};
    struct span domain = {NULL, 0};
    struct span signer = {NULL, 0};

    for (;;) {
        struct span type;
        struct span name = {NULL, 0};
        struct span value;
        struct span part;

        skip_comments(scan);
        if (scan->at == scan->end || *scan->at == ';')
            break;
        type = take_word(scan);
        if (skip_mark(scan, '.'))
            name = take_word(scan);
        if (type.length == 0 || !skip_mark(scan, '=')) {
            take_value(arena, scan); /* no property: what else stands here */
            continue;
        }
        value = take_value(arena, scan);
        part = trust_domain(value);
        if (part.octets == NULL)
            part = value;
        if (properties[method][0] != NULL && domain.length == 0 &&
            span_equal_nocase(type, span_of(properties[method][0])) &&
            span_equal_nocase(name, span_of(properties[method][1])))
            domain = part;
        else if (method == DKIM && signer.length == 0 && span_equal_nocase(type, SPAN("header")) &&
                 span_equal_nocase(name, SPAN("i")))
            signer = part;
    }
    return domain.length > 0 ? domain : signer;
}

/* Reads one `method=result property=value …` into VERDICTS; a pass for From's domain is kept. */
static void read_result(struct arena *arena, struct scan *scan, struct span from_domain,
                        struct verdict verdicts[METHODS])
{
    static const char *const methods[METHODS] = {"spf", "dkim", "dmarc", "arc"};
    struct span name = take_word(scan);
    struct span version = VERSION;
    struct verdict verdict = {NULL, false};
    enum method method = SPF;
    struct span domain;

    if (skip_mark(scan, '/'))
        version = take_word(scan);
    if (!skip_mark(scan, '=') || !span_equal(version, VERSION))
        return;
    verdict.word = result_word(arena, take_word(scan));
    while (method < METHODS && !span_equal_nocase(name, span_of(methods[method])))
        method++;
    if (method == METHODS || verdict.word == NULL)
        return;
    domain = vouched_domain(arena, scan, method);
    verdict.aligned = strcmp(verdict.word, "pass") == 0 && trust_same_domain(domain, from_domain);
    if (verdicts[method].word == NULL || (verdict.aligned && !verdicts[method].aligned))
        verdicts[method] = verdict;
}

/* VALUE, an Authentication-Results field, is our server's; then its results go into VERDICTS. */
static bool read_field(struct arena *arena, const char *authserv, struct span value,
                       struct span from_domain, struct verdict verdicts[METHODS])
{
    struct verdict told[METHODS] = {{NULL, false}};
    struct buf line = BUF_INIT;
    struct scan scan;
    bool ours;

    header_unfold(&line, value);
    scan = (struct scan){buf_cstring(&line), buf_cstring(&line) + line.length};
    skip_comments(&scan);
    ours = span_equal_nocase(take_value(arena, &scan), span_of(authserv));
    skip_comments(&scan);
    if (ours && scan.at < scan.end && *scan.at != ';')
        ours = span_equal(take_value(arena, &scan), VERSION);
    while (ours && next_result(arena, &scan))
        read_result(arena, &scan, from_domain, told);
    for (size_t i = 0; ours && i < METHODS; i++)
        if (verdicts[i].word == NULL)
            verdicts[i] = told[i];
    buf_release(&line);
    return ours;
}

static void read_results(struct arena *arena, const struct config *config, struct span section,
                         struct span from_domain, struct trust *trust)
{
    struct verdict verdicts[METHODS] = {{NULL, false}};
    struct header_field field;
    bool found = false;

    while (header_next(&section, &field)) {
        if (span_equal_nocase(field.name, SPAN("Received"))) {
            /* Below a stranger's trace, or below the newest run, anybody may have written it. */
            if (found || (config->trusted_host_count > 0 && !envelope_trusts(config, field.value)))
                break;
        } else if (span_equal_nocase(field.name, SPAN("Authentication-Results"))) {
            found =
                read_field(arena, config->authserv, field.value, from_domain, verdicts) || found;
        }
    }
    trust->spf = verdicts[SPF].word;
    trust->dkim = verdicts[DKIM].word;
    trust->dmarc = verdicts[DMARC].word;
    trust->arc = verdicts[ARC].word;
    trust->aligned = verdicts[SPF].aligned || verdicts[DKIM].aligned || verdicts[DMARC].aligned;
}

/* ---- what looks like pretence -----------------------------------------------------------------
 */

/* ADDRESS is one of ours: a brand's, at a brand's domain, or an agent's. */
static bool is_ours(const struct config *config, struct arena *arena, struct span address)
{
    struct span domain = trust_domain(address);

    if (config_agent_of(config, arena_copy(arena, address.octets, address.length)) != NULL)
        return true;
    for (size_t i = 0; i < config->brand_count; i++) {
        const struct config_brand *brand = &config->brands[i];

        if (trust_same_domain(domain, trust_domain(span_of(brand->from))))
            return true;
        for (size_t j = 0; j < brand->address_count; j++)
            if (span_equal_nocase(address, span_of(brand->addresses[j])))
                return true;
    }
    return false;
}

/* NAME, a stranger's display name, shows a brand's name or one of its addresses. */
static bool shows_brand(const struct config *config, struct span name)
{
    struct buf folded = BUF_INIT;
    struct likeness likeness;
    bool found = false;

    fold_plain(&folded, name);
    likeness_make(&likeness, name);
    for (size_t i = 0; !found && i < config->brand_count; i++) {
        const struct config_brand *one = &config->brands[i];

        found = likeness_shows(&likeness, span_of(one->name));
        for (size_t j = 0; !found && j < one->address_count; j++)
            found = span_find_nocase(buf_view(&folded), one->addresses[j]) != NULL;
    }
    likeness_release(&likeness);
    buf_release(&folded);
    return found;
}

/* Where answers would go, compared with where the mail says it is from. */
static void compare_reply_to(struct arena *arena, struct span value, struct span from,
                             struct trust *trust)
{
    struct address_list list = {NULL, 0, 0};

    header_addresses(arena, value, &list);
    for (size_t i = 0; i < list.count; i++) {
        struct span email = list.items[i].email;

        if (span_equal_nocase(email, from))
            continue;
        trust->reply_to_differs = true;
        if (!trust_same_domain(trust_domain(email), trust_domain(from)))
            trust->reply_to_domain = true;
    }
}

void trust_read(struct arena *arena, const struct config *config, struct span header_section,
                const struct header *header, const struct mail_address *from, struct trust *trust)
{
    struct span from_domain = {NULL, 0};
    const struct header_field *field = header_last(header, "Reply-To");

    *trust = (struct trust){.spf = NULL};
    if (from != NULL)
        from_domain = trust_domain(from->email);
    if (config->authserv != NULL)
        read_results(arena, config, header_section, from_domain, trust);
    if (trust->arc == NULL && header_find(header, "ARC-Seal", NULL) != NULL)
        trust->arc = "unchecked";
    if (field != NULL && from_domain.length > 0)
        compare_reply_to(arena, field->value, from->email, trust);
    if (from != NULL && from->name.length > 0 && !is_ours(config, arena, from->email))
        trust->display_name = shows_brand(config, from->name);
}

bool trust_is_empty(const struct trust *trust)
{
    return trust->spf == NULL && trust->dkim == NULL && trust->dmarc == NULL &&
           trust->arc == NULL && !trust->reply_to_differs && !trust->display_name &&
           !trust->signature_unverified;
}
