/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * template: Mustache, held to all required modules of the official specification
 * (https://github.com/mustache/spec): interpolation, sections, inverted sections, partials,
 * delimiters, comments. Data are json-c objects.
 *
 * Two things are the house's own. `{{name}}` is escaped for HTML only when the options say so (our
 * mails are plain text). A section over an empty string is not rendered, as in mustache.js, so that
 * `{{#customer.name}}` asks whether there is a name.
 *
 * Values are put in as they are, line breaks too: who renders header lines of a mail has to take
 * line breaks out of the data first.
 */
#ifndef POSTROOM_TEMPLATE_H
#define POSTROOM_TEMPLATE_H

#include "arena.h"
#include "buf.h"

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

/* Sections inside each other in one template, and partials inside each other. */
#define TEMPLATE_SECTION_DEPTH 64
#define TEMPLATE_PARTIAL_DEPTH 32

/* Partials that one rendering may use in all, so that partials which use each other twice end. */
#define TEMPLATE_PARTIAL_COUNT 10000

struct template;

/* How to render; zeroed means: text, no partials. */
struct template_options {
    bool escape; /* `{{name}}` with & < > " as HTML entities; `{{{name}}}` and `{{&name}}` never */

    /*
     * Gives the partial NAME, or NULL when there is none (which renders as nothing, as the
     * specification asks). The template must live until template_render returns.
     */
    const struct template *(*partial)(void *context, struct span name);
    void *context; /* for `partial` */
};

/* What a name in a template is used for. */
enum template_use { TEMPLATE_VARIABLE, TEMPLATE_SECTION, TEMPLATE_INVERTED, TEMPLATE_PARTIAL };

/* One tag of a template that names something. */
struct template_name {
    struct span name; /* as written, without blanks: "customer.name"; "." is the current item */
    enum template_use use;
    size_t line, column; /* of the tag's first octet, both from 1; columns count octets */
};

/*
 * Parses SOURCE, which must live as long as the template does; the template is in ARENA. PATH is
 * for messages and may be NULL. On a syntax error (a tag that is not closed, sections that do not
 * nest, bad delimiters, an empty name) reports it as `path:line:column` with EX_CONFIG, and gives
 * NULL.
 */
struct template *template_parse(struct arena *arena, struct span source, const char *path);

/*
 * Appends the rendering of TEMPLATE with DATA (may be NULL: JSON null) to OUT. OPTIONS may be
 * NULL. When partials nest too deeply it reports EX_CONFIG and leaves OUT as it was.
 */
int template_render(struct buf *out, const struct template *template, struct json_object *data,
                    const struct template_options *options);

/*
 * The names that TEMPLATE uses, in the order of the text, doubles included; *COUNT of them. They
 * live as long as the template. Names inside a section may be members of what the section is over.
 */
const struct template_name *template_names(const struct template *template, size_t *count);

#endif
