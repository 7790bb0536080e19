/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE
#include "trust.h"

#include <string.h>

#include "envelope.h"
#include "fold.h"

#define RESULT_MAX 20 /* longest method or result of RFC 8601 section 2.7, with some room */
#define NAME_MIN 4    /* a brand's name of fewer octets is no sign of pretence */

/* What one `method=result property=value …` says. */
struct result {
    struct span method;
    struct span result;
    struct span domain; /* that the method vouches for; empty when not told */
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

/* VALUE on one line without comments, as RFC 8601 section 2.2 allows them nearly everywhere. */
static struct span without_comments(struct arena *arena, struct span value)
{
    struct buf line = BUF_INIT;
    struct buf out = BUF_INIT;
    struct span kept;
    unsigned depth = 0;
    bool quoted = false;

    header_unfold(&line, value);
    for (size_t i = 0; i < line.length; i++) {
        char octet = line.octets[i];

        if (octet == '\\' && i + 1 < line.length && (quoted || depth > 0)) {
            i++;
            if (depth == 0)
                buf_char(&out, line.octets[i]);
        } else if (octet == '"' && depth == 0) {
            quoted = !quoted;
            buf_char(&out, octet);
        } else if (!quoted && octet == '(') {
            depth++;
        } else if (!quoted && octet == ')' && depth > 0) {
            depth--;
            buf_char(&out, ' ');
        } else if (depth == 0) {
            buf_char(&out, octet);
        }
    }
    kept = (struct span){arena_copy(arena, out.octets, out.length), out.length};
    buf_release(&out);
    buf_release(&line);
    return kept;
}

/* Takes what stands before the next `;` outside quotation marks off the front of *REST. */
static struct span take_piece(struct span *rest)
{
    struct span piece = *rest;
    bool quoted = false;
    size_t i = 0;

    while (i < rest->length && (quoted || rest->octets[i] != ';')) {
        if (rest->octets[i] == '"')
            quoted = !quoted;
        i++;
    }
    piece.length = i;
    i += i < rest->length;
    *rest = (struct span){rest->octets + i, rest->length - i};
    return span_trim(piece);
}

/* Takes the next `name=value` off the front of *REST; blanks around `=` and quotes are allowed. */
static bool take_pair(struct span *rest, struct span *name, struct span *value)
{
    struct span text = span_trim(*rest);
    const char *equals = text.length > 0 ? memchr(text.octets, '=', text.length) : NULL;
    size_t at;

    if (equals == NULL)
        return false;
    at = (size_t)(equals - text.octets);
    *name = span_trim((struct span){text.octets, at});
    at++;
    while (at < text.length && is_blank(text.octets[at]))
        at++;
    if (at < text.length && text.octets[at] == '"') {
        const char *close = memchr(text.octets + at + 1, '"', text.length - at - 1);
        size_t end = close != NULL ? (size_t)(close - text.octets) : text.length;

        *value = (struct span){text.octets + at + 1, end - at - 1};
        at = end + (close != NULL);
    } else {
        size_t start = at;

        while (at < text.length && !is_blank(text.octets[at]))
            at++;
        *value = (struct span){text.octets + start, at - start};
    }
    *rest = (struct span){text.octets + at, text.length - at};
    return true;
}

static bool read_result(struct span piece, struct result *result)
{
    struct span name;
    struct span value;
    const char *slash;

    if (!take_pair(&piece, &result->method, &result->result))
        return false;
    slash = result->method.length > 0 ? memchr(result->method.octets, '/', result->method.length)
                                      : NULL;
    if (slash != NULL) /* the method's version */
        result->method = span_trim(
            (struct span){result->method.octets, (size_t)(slash - result->method.octets)});
    result->domain = (struct span){NULL, 0};
    while (take_pair(&piece, &name, &value)) {
        bool is_dkim =
            span_equal_nocase(name, SPAN("header.d")) || span_equal_nocase(name, SPAN("header.i"));

        if (result->domain.length == 0 &&
            (is_dkim || span_equal_nocase(name, SPAN("smtp.mailfrom")) ||
             span_equal_nocase(name, SPAN("header.from")))) {
            struct span domain = trust_domain(value);

            result->domain = domain.length > 0 ? domain : value;
        }
    }
    return true;
}

/* RESULT's word in lower case, in ARENA; NULL when it is no word. */
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

/* Puts one result into TRUST; of several of one method a pass for the sender's domain counts. */
static void take_result(struct arena *arena, const struct result *result, struct span from_domain,
                        struct trust *trust)
{
    const char *word = result_word(arena, result->result);
    const char **slot = NULL;
    bool aligned;

    if (span_equal_nocase(result->method, SPAN("spf")))
        slot = &trust->spf;
    else if (span_equal_nocase(result->method, SPAN("dkim")))
        slot = &trust->dkim;
    else if (span_equal_nocase(result->method, SPAN("dmarc")))
        slot = &trust->dmarc;
    if (slot == NULL || word == NULL)
        return;
    aligned = strcmp(word, "pass") == 0 && trust_same_domain(result->domain, from_domain);
    if (*slot == NULL || aligned)
        *slot = word;
    trust->aligned = trust->aligned || aligned;
}

/* VALUE, an Authentication-Results field, is our server's; then its results go into TRUST. */
static bool read_field(struct arena *arena, const char *authserv, struct span value,
                       struct span from_domain, struct trust *trust)
{
    struct span rest = without_comments(arena, value);
    struct span id = take_piece(&rest);
    size_t length = 0;

    if (id.length > 1 && id.octets[0] == '"') {
        id = (struct span){id.octets + 1, id.length - 1};
        while (length < id.length && id.octets[length] != '"')
            length++;
    } else {
        while (length < id.length && !is_blank(id.octets[length]))
            length++; /* the version may follow */
    }
    id.length = length;
    if (!span_equal_nocase(id, span_of(authserv)))
        return false;
    while (rest.length > 0) {
        struct result result;

        if (read_result(take_piece(&rest), &result))
            take_result(arena, &result, from_domain, trust);
    }
    return true;
}

static void read_results(struct arena *arena, const struct config *config, struct span section,
                         struct span from_domain, struct trust *trust)
{
    struct header_field field;
    bool found = false;

    while (header_next(&section, &field)) {
        if (span_equal_nocase(field.name, SPAN("Received"))) {
            /* Below a stranger's trace, or below the newest run, anybody may have written it. */
            if (found || (config->trusted_host_count > 0 && !envelope_trusts(config, field.value)))
                return;
        } else if (span_equal_nocase(field.name, SPAN("Authentication-Results"))) {
            found = read_field(arena, config->authserv, field.value, from_domain, trust) || found;
        }
    }
}

/* ADDRESS is one of ours: a brand's, at a brand's domain, or an agent's. */
static bool is_ours(const struct config *config, struct arena *arena, struct span address)
{
    struct span domain = trust_domain(address);

    if (config_agent_of(config, arena_copy(arena, address.octets, address.length)) != NULL)
        return true;
    for (size_t i = 0; i < config->brand_count; i++)
        if (trust_same_domain(domain, trust_domain(span_of(config->brands[i].from))))
            return true;
    return false;
}

/* NAME, a stranger's display name, shows a brand's name or one of its addresses. */
static bool shows_brand(const struct config *config, struct span name)
{
    struct buf folded = BUF_INIT;
    struct buf brand = BUF_INIT;
    bool found = false;

    fold_plain(&folded, name);
    for (size_t i = 0; !found && i < config->brand_count; i++) {
        const struct config_brand *one = &config->brands[i];

        buf_clear(&brand);
        fold_plain(&brand, span_of(one->name));
        found = brand.length >= NAME_MIN &&
                span_find_nocase(buf_view(&folded), buf_cstring(&brand)) != NULL;
        for (size_t j = 0; !found && j < one->address_count; j++)
            found = span_find_nocase(buf_view(&folded), one->addresses[j]) != NULL;
    }
    buf_release(&brand);
    buf_release(&folded);
    return found;
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
    if (field != NULL && from_domain.length > 0) {
        struct address_list list = {NULL, 0, 0};

        header_addresses(arena, field->value, &list);
        if (list.count > 0)
            trust->reply_to_differs =
                !trust_same_domain(trust_domain(list.items[0].email), from_domain);
    }
    if (from != NULL && from->name.length > 0 && !is_ours(config, arena, from->email))
        trust->display_name = shows_brand(config, from->name);
}

bool trust_is_empty(const struct trust *trust)
{
    return trust->spf == NULL && trust->dkim == NULL && trust->dmarc == NULL &&
           !trust->reply_to_differs && !trust->display_name;
}
