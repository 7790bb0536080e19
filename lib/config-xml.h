/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * config-xml: the files of a configuration as one checked XML tree. Private to config*.c.
 *
 * Files are read by us, never by libxml2: so nothing is fetched from a network, every file's owner
 * and mode are looked at, and a document with a DOCTYPE is refused before a parser sees it (no
 * entities: neither from outside nor a billion laughs). XInclude is done here too, for the places:
 * every element knows the file, line and column at which it begins.
 */
#ifndef POSTROOM_CONFIG_XML_H
#define POSTROOM_CONFIG_XML_H

#include <libxml/tree.h>
#include <stdbool.h>
#include <stddef.h>

#include "arena.h"

#define CONFIG_NAMESPACE "urn:postroom:config:1"
#define XINCLUDE_NAMESPACE "http://www.w3.org/2001/XInclude"

/* Problems that are shown; more are only counted. */
#define CONFIG_PROBLEMS_SHOWN 20

/* Bounds: octets of one file, files of one configuration, files inside each other. */
#define CONFIG_FILE_MAX (8u << 20)
#define CONFIG_FILES_MAX 256
#define CONFIG_INCLUDE_DEPTH 16

/* One file, as it was read. */
struct config_file {
    const char *name;   /* as messages show it: absolute path, or "built-in starter" */
    const char *folder; /* absolute; relative paths in the file start here */
    const char *octets;
    size_t length;
    size_t order;                     /* 0 for the main file, then as they are included */
    const struct config_file *parent; /* the file that includes this one, or NULL */
    bool built_in;
};

/* Where an element begins: node->_private of every element. */
struct config_place {
    const struct config_file *file;
    size_t offset; /* of its `<` */
    int line;      /* from 1 */
    int column;    /* from 1, in octets */
};

struct config_problem {
    const struct config_file *file;
    int line, column;
    size_t order; /* as they were found */
    char *text;
};

/* All that is wrong, gathered so that it can be shown in the order of the files. */
struct config_problems {
    struct arena *arena;
    struct config_problem shown[CONFIG_PROBLEMS_SHOWN];
    size_t count; /* all of them, also those that are not kept */
};

struct config_tree {
    xmlDocPtr document; /* own: config_tree_free */
    struct config_file *main;
    size_t file_count;
};

/*
 * Reads PATH (absolute) with everything that it includes, or, with PATH NULL, the built-in starter
 * into *TREE. False: problems were added (and *TREE holds nothing).
 */
bool config_tree_read(struct config_tree *tree, const char *path, struct config_problems *problems);

/* Frees the tree; what lies in the arena stays. */
void config_tree_free(struct config_tree *tree);

/* Validates against the RELAX NG schema; adds a problem for each finding. */
bool config_tree_validate(const struct config_tree *tree, struct config_problems *problems);

/* Adds a problem at the element NODE, or at its attribute ATTRIBUTE (NULL: the element itself). */
void config_problem(struct config_problems *problems, const xmlNode *node, const char *attribute,
                    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Adds a problem at a line and column of FILE; 0 leaves either out. */
void config_problem_at(struct config_problems *problems, const struct config_file *file, int line,
                       int column, const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Reports all problems through diag(); returns EX_CONFIG, or 0 when there are none. */
int config_problems_report(const struct config_problems *problems);

/* The place of an element. */
const struct config_place *config_place_of(const xmlNode *node);

/* Line and column of the name of ATTRIBUTE of NODE; the element's own when it has none. */
struct config_place config_place_of_attribute(const xmlNode *node, const char *attribute);

#endif
