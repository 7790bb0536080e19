/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The shape of a configuration: which elements and attributes stand where. The RELAX NG schema says
 * the same and has the last word; this table exists because it can name the very attribute that is
 * wrong, and goes on behind it.
 */
#include "config-read.h"

#include <string.h>

#include "buf.h"

struct shape {
    const char *group; /* what it can stand in */
    const char *name;
    const char *holds; /* the group of its children; NULL: it has none */
    const char *required;
    const char *optional;
};

#define WORDING "words pattern case"

static const struct shape shapes[] = {
    {"", "postroom", "postroom", "", ""},
    {"postroom", "store", NULL, "folder", "key ledger host busy prepared-expire"},
    {"postroom", "mail", NULL, "", "trusted-hosts authserv sendmail"},
    {"postroom", "languages", NULL, "tags", ""},
    {"postroom", "classify", NULL, "threshold", ""},
    {"postroom", "windows", NULL, "", "duplicate case"},
    {"postroom", "replies", NULL, "folder", "enabled cap cap-window oldest maildir command"},
    {"postroom", "limits", NULL, "",
     "fields field-size depth parts text line html html-attributes decoded pattern-steps message"},
    {"postroom", "special", NULL,
     "agents postmaster automatic bulk spam duplicates unsure in-house", ""},
    {"postroom", "spam", NULL, "field pattern", ""},
    {"postroom", "agents", NULL, "site addresses", ""},
    {"postroom", "brands", "brands", "", ""},
    {"brands", "brand", NULL, "id name from language zone addresses", "strict"},
    {"postroom", "calendars", "calendars", "", ""},
    {"calendars", "calendar", "calendar", "id zone", "holidays"},
    {"calendar", "hours", NULL, "days from until", ""},
    {"postroom", "categories", "categories", "", ""},
    {"categories", "category", "category", "id", "level sensitive courtesy"},
    {"category", "level", NULL, "value", "from until"},
    {"postroom", "queues", "queues", "", ""},
    {"queues", "queue", NULL, "id",
     "site outside redact calendar first-reply resolve maildir sendmail command"},
    {"postroom", "routes", "routes", "", ""},
    {"routes", "route", NULL, "queue", "level categories languages brands sensitive from until"},
    {"postroom", "rules", "rules", "", ""},
    {"rules", "rule", "condition", "id", "category level sensitive priority confidence from until"},
    {"condition", "all", "condition", "", ""},
    {"condition", "any", "condition", "", ""},
    {"condition", "not", "condition", "", ""},
    {"condition", "header", NULL, "name", WORDING},
    {"condition", "subject", NULL, "", WORDING},
    {"condition", "text", NULL, "", WORDING},
    {"condition", "content", NULL, "", WORDING},
    {"condition", "sender", NULL, "", WORDING},
    {"condition", "kind", NULL, "is", ""},
    {"condition", "language", NULL, "is", ""},
    {"condition", "brand", NULL, "is", ""},
};

#define SHAPE_COUNT (sizeof shapes / sizeof *shapes)

/* Elements of the top level that may stand there more than once. */
#define REPEATABLE "spam agents brands calendars categories queues routes rules"

bool config_listed(const char *list, const char *word)
{
    size_t length = strlen(word);

    for (const char *at = list; *at != '\0';) {
        size_t here = strcspn(at, " ");

        if (here == length && memcmp(at, word, length) == 0) {
            return true;
        }
        at += here;
        at += *at == ' ';
    }
    return false;
}

bool config_named(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && node->ns != NULL &&
           xmlStrEqual(node->ns->href, BAD_CAST CONFIG_NAMESPACE) &&
           xmlStrEqual(node->name, BAD_CAST name);
}

const xmlNode *config_child(const xmlNode *parent, const char *name, const xmlNode *previous)
{
    const xmlNode *node = previous == NULL ? parent->children : previous->next;

    while (node != NULL && !config_named(node, name)) {
        node = node->next;
    }
    return node;
}

static const struct shape *find_shape(const char *group, const xmlNode *node)
{
    for (size_t i = 0; i < SHAPE_COUNT; i++) {
        if (strcmp(shapes[i].group, group) == 0 && config_named(node, shapes[i].name)) {
            return &shapes[i];
        }
    }
    return NULL;
}

/* Reports the element NODE, which may not stand in PARENT; names those that may. */
static void unknown_element(struct config_problems *problems, const xmlNode *node,
                            const xmlNode *parent, const char *group)
{
    struct buf known = BUF_INIT;

    for (size_t i = 0; group != NULL && i < SHAPE_COUNT; i++) {
        if (strcmp(shapes[i].group, group) == 0) {
            buf_format(&known, "%s<%s>", known.length == 0 ? "" : " ", shapes[i].name);
        }
    }
    if (node->ns == NULL || !xmlStrEqual(node->ns->href, BAD_CAST CONFIG_NAMESPACE)) {
        config_problem(problems, node, NULL,
                       "element <%s> is not in the namespace " CONFIG_NAMESPACE
                       ": write <%s xmlns=\"" CONFIG_NAMESPACE "\">",
                       (const char *)node->name, (const char *)node->name);
    } else if (parent == NULL) {
        config_problem(problems, node, NULL, "the outermost element is <%s>, not <postroom>",
                       (const char *)node->name);
    } else {
        config_problem(problems, node, NULL, "unknown element <%s> in <%s>; known there: %s",
                       (const char *)node->name, (const char *)parent->name,
                       known.length == 0 ? "none" : buf_cstring(&known));
    }
    buf_release(&known);
}

static void check_attributes(struct config_problems *problems, const xmlNode *node,
                             const struct shape *shape)
{
    const char *at = shape->required;

    for (const xmlAttr *attribute = node->properties; attribute != NULL;
         attribute = attribute->next) {
        const char *name = (const char *)attribute->name;
        bool base = attribute->ns != NULL && xmlStrEqual(attribute->ns->href, XML_XML_NAMESPACE) &&
                    strcmp(name, "base") == 0;

        if (attribute->ns == NULL &&
            (config_listed(shape->required, name) || config_listed(shape->optional, name))) {
            continue;
        }
        if (base) {
            config_problem(problems, node, "xml:base",
                           "xml:base is not used here: relative paths start at the folder of the "
                           "file in which they stand");
            continue;
        }
        config_problem(problems, node, name, "unknown attribute %s on <%s>; known there: %s%s%s",
                       name, shape->name, shape->required,
                       *shape->required != '\0' && *shape->optional != '\0' ? " " : "",
                       *shape->required == '\0' && *shape->optional == '\0' ? "none"
                                                                            : shape->optional);
    }
    while (*at != '\0') {
        size_t length = strcspn(at, " ");
        xmlChar *name = xmlStrndup(BAD_CAST at, (int)length);

        if (xmlHasNsProp((xmlNode *)node, name, NULL) == NULL) {
            config_problem(problems, node, NULL, "<%s> needs the attribute %s", shape->name,
                           (const char *)name);
        }
        xmlFree(name);
        at += length;
        at += *at == ' ';
    }
}

/* An element of the top level that must be single, and one of them that must be there. */
static void check_top(struct config_problems *problems, const xmlNode *root)
{
    static const char *const needed[] = {"languages", "special", "categories", "queues", "routes"};

    for (const xmlNode *node = root->children; node != NULL; node = node->next) {
        if (node->type == XML_ELEMENT_NODE &&
            !config_listed(REPEATABLE, (const char *)node->name) &&
            config_child(root, (const char *)node->name, NULL) != node &&
            config_named(node, (const char *)node->name)) {
            config_problem(problems, node, NULL, "<%s> may stand here only once",
                           (const char *)node->name);
        }
    }
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        if (config_child(root, needed[i], NULL) == NULL) {
            config_problem(problems, root, NULL, "the element <%s> is missing", needed[i]);
        }
    }
}

static void check_children(struct config_problems *problems, const xmlNode *node,
                           const struct shape *shape);

static void check_element(struct config_problems *problems, const xmlNode *node,
                          const struct shape *shape)
{
    check_attributes(problems, node, shape);
    check_children(problems, node, shape);
}

static void check_children(struct config_problems *problems, const xmlNode *node,
                           const struct shape *shape)
{
    for (const xmlNode *child = node->children; child != NULL; child = child->next) {
        if (child->type == XML_ELEMENT_NODE) {
            const struct shape *inside =
                shape->holds == NULL ? NULL : find_shape(shape->holds, child);

            if (inside == NULL) {
                unknown_element(problems, child, node, shape->holds);
            } else {
                check_element(problems, child, inside);
            }
        } else if (child->type == XML_TEXT_NODE && !xmlIsBlankNode(child)) {
            config_problem(problems, node, NULL,
                           "<%s> may hold no text: everything is said in attributes", shape->name);
        }
    }
}

void config_check_shape(struct config_problems *problems, const xmlNode *root)
{
    const struct shape *shape = find_shape("", root);

    if (shape == NULL) {
        unknown_element(problems, root, NULL, NULL);
        return;
    }
    check_top(problems, root);
    check_element(problems, root, shape);
}
