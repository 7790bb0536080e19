/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "span.h"

bool span_equal(struct span a, struct span b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.octets, b.octets, a.length) == 0);
}

static unsigned char lower(char octet)
{
    return (unsigned char)(octet >= 'A' && octet <= 'Z' ? octet + ('a' - 'A') : octet);
}

static bool equal_nocase(const char *a, const char *b, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (lower(a[i]) != lower(b[i]))
            return false;
    return true;
}

bool span_equal_nocase(struct span a, struct span b)
{
    return a.length == b.length && equal_nocase(a.octets, b.octets, a.length);
}

bool span_begins(struct span a, struct span b)
{
    return a.length >= b.length && (b.length == 0 || memcmp(a.octets, b.octets, b.length) == 0);
}

bool span_begins_nocase(struct span a, struct span b)
{
    return a.length >= b.length && equal_nocase(a.octets, b.octets, b.length);
}

static const char *find_octet(const char *at, const char *end, int octet)
{
    const char *found = at < end ? memchr(at, octet, (size_t)(end - at)) : NULL;

    return found != NULL ? found : end;
}

const char *span_find_nocase(struct span haystack, const char *needle)
{
    size_t length = strlen(needle);
    unsigned char first = lower(needle[0]);
    unsigned char other =
        (unsigned char)(first >= 'a' && first <= 'z' ? first - ('a' - 'A') : first);
    const char *end; /* behind the last place where it may begin */
    const char *low;
    const char *high;

    if (haystack.length < length)
        return NULL;
    end = haystack.octets + haystack.length - length + 1;
    low = find_octet(haystack.octets, end, first);
    high = find_octet(haystack.octets, end, other);
    while (low < end || high < end) {
        const char *at = low < high ? low : high;

        if (equal_nocase(at, needle, length))
            return at;
        if (at == low)
            low = find_octet(at + 1, end, first);
        if (at == high)
            high = find_octet(at + 1, end, other);
    }
    return NULL;
}

static bool is_blank(char octet)
{
    return octet == ' ' || octet == '\t' || octet == '\r' || octet == '\n';
}

struct span span_trim(struct span span)
{
    while (span.length > 0 && is_blank(span.octets[0])) {
        span.octets++;
        span.length--;
    }
    while (span.length > 0 && is_blank(span.octets[span.length - 1]))
        span.length--;
    return span;
}

struct span span_line(struct span *rest)
{
    const char *end = rest->length != 0 ? memchr(rest->octets, '\n', rest->length) : NULL;
    struct span line = *rest;

    if (end != NULL)
        line.length = (size_t)(end - rest->octets) + 1;
    if (line.length != 0)
        rest->octets += line.length;
    rest->length -= line.length;
    return line;
}

struct span span_chomp(struct span line)
{
    if (line.length > 0 && line.octets[line.length - 1] == '\n') {
        line.length--;
        if (line.length > 0 && line.octets[line.length - 1] == '\r')
            line.length--;
    }
    return line;
}
