/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * parameter: values with parameters: Content-Type, Content-Disposition and their kin (RFC 2045
 * section 5.1, RFC 2183, RFC 2231).
 *
 * All our own: libmailutils 3.15 drops parameters without an error when a blank, a comment or a
 * fold stands at an odd place, leaks memory on unknown character sets, and ends the process with a
 * null pointer on `filename*="abc"`, which anybody can send.
 */
#ifndef POSTROOM_PARAMETER_H
#define POSTROOM_PARAMETER_H

#include "arena.h"
#include "buf.h"

struct parameter {
    struct span name;  /* lower case, without the marks of RFC 2231 */
    struct span value; /* decoded */
};

/* A value with parameters (RFC 2045 section 5.1, RFC 2183, RFC 2231). */
struct parameters {
    struct span value; /* what stands before the first `;`, lower case, without comments */
    struct parameter *items;
    size_t count;
};

/*
 * Reads VALUE. Forgives missing quotes, `;` at odd places, encoded words in values (RFC 2047
 * section 5 forbids them; many programs write them). At most 64 parameters; of two with one name
 * the first counts.
 */
void header_parameters(struct arena *arena, struct span value, struct parameters *parameters);

/* The value of parameter NAME (lower case); octets NULL when there is none. */
struct span parameter_find(const struct parameters *parameters, const char *name);

#endif
