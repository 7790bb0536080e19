/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * config-read: from the checked XML tree to the struct of config.h. Private to config*.c.
 *
 * Whatever is wrong is added to the reader's problems, and reading goes on with a harmless value,
 * so that all problems are found in one go.
 */
#ifndef POSTROOM_CONFIG_READ_H
#define POSTROOM_CONFIG_READ_H

#include "config-xml.h"
#include "config.h"

struct config_reader {
    struct config *config;
    struct arena *arena; /* the configuration's own */
    struct config_problems *problems;
    const xmlNode *root;
    bool built_in; /* the starter in the program: its files do not exist */
};

/* ---- config-shape.c -------------------------------------------------------------------------- */

/* Checks that only known elements and attributes occur, and the required ones do. */
void config_check_shape(struct config_problems *problems, const xmlNode *root);

/* NODE is our element NAME. */
bool config_named(const xmlNode *node, const char *name);

/* The next child element of PARENT called NAME after PREVIOUS (NULL: the first), or NULL. */
const xmlNode *config_child(const xmlNode *parent, const char *name, const xmlNode *previous);

/* The words of the space-separated LIST include WORD. */
bool config_listed(const char *list, const char *word);

/* ---- config-value.c: attributes; NAME absent gives NULL or FALLBACK ---------------------------
 */

/* The value, in the arena; a control character or an empty value is a problem. */
const char *config_text(struct config_reader *reader, const xmlNode *node, const char *name);

/* An id: a-z, 0-9, `.`, `_`, `-`, at most 64 of them. */
const char *config_id(struct config_reader *reader, const xmlNode *node, const char *name);

/* The words of a list, in the arena; *COUNT of them. */
const char *const *config_list(struct config_reader *reader, const xmlNode *node, const char *name,
                               size_t *count);

/* An absolute path; relative ones start at the folder of the file in which NODE stands. */
const char *config_path(struct config_reader *reader, const xmlNode *node, const char *name);

/*
 * The attribute NAME of NODE as yes or no, a whole number between LEAST and MOST, a level (1 to 9,
 * 0 when absent), a fraction (0 to 1), a duration in seconds; FALLBACK when it is absent. What it
 * cannot be is a problem, reported with its place. config_period reads `from` and `until`.
 */
bool config_yes_no(struct config_reader *reader, const xmlNode *node, const char *name,
                   bool fallback);
int64_t config_number(struct config_reader *reader, const xmlNode *node, const char *name,
                      int64_t least, int64_t most, int64_t fallback);
int config_level(struct config_reader *reader, const xmlNode *node, const char *name);
double config_fraction(struct config_reader *reader, const xmlNode *node, const char *name,
                       double fallback);
int64_t config_duration(struct config_reader *reader, const xmlNode *node, const char *name,
                        int64_t fallback);
struct config_period config_period(struct config_reader *reader, const xmlNode *node);

/* Whether TEXT can be a mail address, "*@domain" too when WILD. */
bool config_is_address(const char *text, bool wild);

/* A copy in the arena with ASCII letters in lower case. */
const char *config_lower(struct config_reader *reader, const char *text);

/* ---- config-rules.c -------------------------------------------------------------------------- */

/* Reads all rules into the configuration, whose brands, categories and languages are known. */
void config_read_rules(struct config_reader *reader);

/* ---- config-queues.c ------------------------------------------------------------------------- */

/* Reads categories, queues, special queues and routes; calendars and brands are known. */
void config_read_queues(struct config_reader *reader);

/* ---- config-read.c --------------------------------------------------------------------------- */

/* Reads all that the queues and the rules build upon. */
void config_read_basics(struct config_reader *reader);

/* The language TAG is one of the configuration's, or "und". */
bool config_knows_language(const struct config *config, const char *tag);

/*
 * The ids of COUNT THINGS of SIZE octets, each of which begins with `const char *id`, as
 * "a, b, c" for messages; in the arena.
 */
const char *config_known(struct config_reader *reader, const void *things, size_t count,
                         size_t size);

/* The id of NODE, one of COUNT THINGS so far; one that exists already is a problem. */
const char *config_new_id(struct config_reader *reader, const xmlNode *node, const void *things,
                          size_t count, size_t size);

/*
 * Goes through all elements called ITEM in all top-level elements called GROUP, in order: the one
 * after PREVIOUS (NULL: the first), or NULL.
 */
const xmlNode *config_item(const struct config_reader *reader, const char *group, const char *item,
                           const xmlNode *previous);

/* How many config_item finds. */
size_t config_item_count(const struct config_reader *reader, const char *group, const char *item);

/* ---- config-find.c --------------------------------------------------------------------------- */

/* The id of the thing at index I; every thing begins with `const char *id`. */
const char *config_id_at(const void *things, size_t i, size_t size);

/* The thing among COUNT THINGS of SIZE octets with this ID, or NULL. */
const void *config_find(const void *things, size_t count, size_t size, const char *id);

#endif
