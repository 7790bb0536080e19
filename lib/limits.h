/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * limits: what one message may cost. Limits cut the object that is made of a message, never its
 * octets; each that was hit shows on the message as an error of code `limit-NAME`. A message on
 * which a limit was hit is never answered automatically and never goes outside.
 */
#ifndef POSTROOM_LIMITS_H
#define POSTROOM_LIMITS_H

#include <stddef.h>

/* One row a limit: member, name in the configuration and in `limit-NAME`, default, what it bounds.
 */
#define LIMITS(X)                                                                                  \
    X(fields, "fields", 1000, "header fields of one part")                                         \
    X(field_size, "field-size", 65536, "octets of one header field")                               \
    X(depth, "depth", 60, "multiparts and messages inside each other")                             \
    X(parts, "parts", 1000, "body parts of one message")                                           \
    X(text, "text", 1048576, "octets of one body value, as UTF-8")                                 \
    X(line, "line", 65536, "octets of one line of text that are looked at")                        \
    X(html, "html", 2097152, "octets of one HTML or RTF part that are turned to text")             \
    X(html_attributes, "html-attributes", 1000, "attributes of one HTML tag")                      \
    X(decoded, "decoded", 268435456,                                                               \
      "octets of all decoded messages and unpacked parts inside one")                              \
    X(pattern_steps, "pattern-steps", 100000, "PCRE2 match limit of one pattern")                  \
    X(message, "message", 104857600, "octets of one message that are parsed")

#define LIMIT_MEMBER(member, name, value, what) size_t member;
#define LIMIT_BIT(member, name, value, what) LIMIT_##member,
#define LIMIT_DEFAULT(member, name, value, what) value,

struct limits {
    LIMITS(LIMIT_MEMBER)
};

/* The number of a limit; a set of limits that were hit is a mask of `1u << LIMIT_x`. */
enum limit { LIMITS(LIMIT_BIT) LIMIT_COUNT };

#define LIMITS_DEFAULT                                                                             \
    {                                                                                              \
        LIMITS(LIMIT_DEFAULT)                                                                      \
    }

/* The limit's name as in the table above. */
static inline const char *limit_name(enum limit limit)
{
#define LIMIT_NAME(member, name, value, what) name,
    static const char *const names[] = {LIMITS(LIMIT_NAME)};
#undef LIMIT_NAME
    return names[limit];
}

#endif
