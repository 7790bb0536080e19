/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config-read.h"

#include <string.h>

#include "buf.h"

static const struct {
    const char *name;
    enum config_test test;
} tests[] = {
    {"all", CONFIG_ALL},           {"any", CONFIG_ANY},         {"not", CONFIG_NOT},
    {"header", CONFIG_HEADER},     {"subject", CONFIG_SUBJECT}, {"text", CONFIG_TEXT},
    {"content", CONFIG_CONTENT},   {"sender", CONFIG_SENDER},   {"kind", CONFIG_KIND},
    {"language", CONFIG_LANGUAGE}, {"brand", CONFIG_BRAND},
};

#define KINDS "customer agent bounce auto-reply feedback-report bulk spam"

/* Which condition NODE is, as an index into `tests`; -1 for none. */
static int find_test(const xmlNode *node)
{
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        if (config_named(node, tests[i].name)) {
            return (int)i;
        }
    }
    return -1;
}

/* The plain words of TEXT, between `|`, each trimmed and with single blanks; NULL: none at all. */
static const char *tidy_words(struct config_reader *reader, const char *text)
{
    struct buf out = BUF_INIT;
    const char *tidy;

    while (*text != '\0') {
        size_t length = strcspn(text, "|");
        struct span word = span_trim((struct span){text, length});
        bool blank = false;

        if (word.length > 0 && out.length > 0) {
            buf_char(&out, '|');
        }
        for (size_t i = 0; i < word.length; i++) {
            if (word.octets[i] == ' ') {
                blank = true;
                continue;
            }
            if (blank) {
                buf_char(&out, ' ');
                blank = false;
            }
            buf_char(&out, word.octets[i]);
        }
        text += length;
        text += *text == '|';
    }
    tidy = out.length == 0 ? NULL : arena_copy(reader->arena, out.octets, out.length);
    buf_release(&out);
    return tidy;
}

/* Reads words="…" or pattern="…". */
static void read_wording(struct config_reader *reader, const xmlNode *node,
                         struct config_condition *condition)
{
    const char *pattern = config_text(reader, node, "pattern");
    const char *words = config_text(reader, node, "words");
    struct config_place place;

    condition->words = words != NULL;
    condition->case_sensitive = config_yes_no(reader, node, "case", false);
    condition->pattern = words != NULL ? tidy_words(reader, words) : pattern;
    if ((words != NULL) == (pattern != NULL)) {
        config_problem(reader->problems, node, NULL,
                       "<%s> needs either words=\"…\" or pattern=\"…\"", (const char *)node->name);
    } else if (condition->pattern == NULL) {
        config_problem(reader->problems, node, "words", "words holds no word");
    } else if (words != NULL && xmlHasNsProp((xmlNode *)node, BAD_CAST "case", NULL) != NULL) {
        config_problem(reader->problems, node, "case",
                       "case is for pattern: words are always matched without regard to case");
    }
    place = config_place_of_attribute(node, words != NULL ? "words" : "pattern");
    condition->line = place.line;
    condition->column = place.column;
}

/* A field name of RFC 5322 section 2.2. */
static bool is_field_name(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text <= ' ' || *text > '~' || *text == ':') {
            return false;
        }
    }
    return true;
}

/* Reads the value of kind, language, brand, or the name of header. */
static void read_name(struct config_reader *reader, const xmlNode *node,
                      struct config_condition *condition)
{
    const struct config *config = reader->config;
    const char *attribute = condition->test == CONFIG_HEADER ? "name" : "is";
    const char *name = config_text(reader, node, attribute);

    condition->name = name;
    if (name == NULL) {
        return;
    }
    if (condition->test == CONFIG_HEADER && !is_field_name(name)) {
        config_problem(reader->problems, node, attribute,
                       "\"%s\" is no name of a header field (write it without the colon)", name);
    } else if (condition->test == CONFIG_KIND && !config_listed(KINDS, name)) {
        config_problem(reader->problems, node, attribute, "\"%s\" is no kind; there are: %s", name,
                       KINDS);
    } else if (condition->test == CONFIG_LANGUAGE && !config_knows_language(config, name)) {
        config_problem(reader->problems, node, attribute,
                       "language \"%s\" is not among those of <languages>", name);
    } else if (condition->test == CONFIG_BRAND && config_brand(config, name) == NULL) {
        config_problem(
            reader->problems, node, attribute, "undefined brand \"%s\"; there are: %s", name,
            config_known(reader, config->brands, config->brand_count, sizeof *config->brands));
    }
}

static void read_condition(struct config_reader *reader, const xmlNode *node,
                           struct config_condition *condition, enum config_test test);

/* Reads the children of NODE that are conditions. */
static void read_children(struct config_reader *reader, const xmlNode *node,
                          struct config_condition *condition)
{
    struct config_condition *children;
    size_t count = 0;

    for (const xmlNode *child = node->children; child != NULL; child = child->next) {
        count += find_test(child) >= 0;
    }
    children = arena_array(reader->arena, count, sizeof *children);
    condition->children = children;
    condition->child_count = count;
    for (const xmlNode *child = node->children; child != NULL; child = child->next) {
        int found = find_test(child);

        if (found >= 0) {
            read_condition(reader, child, children++, tests[found].test);
        }
    }
    if (count == 0) {
        config_problem(reader->problems, node, NULL, "<%s> holds no condition",
                       (const char *)node->name);
    } else if (condition->test == CONFIG_NOT && count > 1) {
        config_problem(reader->problems, node, NULL,
                       "<not> holds one condition: put <any> or <all> around these %zu", count);
    }
}

static void read_condition(struct config_reader *reader, const xmlNode *node,
                           struct config_condition *condition, enum config_test test)
{
    const struct config_place *place = config_place_of(node);

    condition->test = test;
    condition->file = place->file->name;
    condition->line = place->line;
    condition->column = place->column;
    switch (test) {
    case CONFIG_ALL:
    case CONFIG_ANY:
    case CONFIG_NOT:
        read_children(reader, node, condition);
        break;
    case CONFIG_HEADER:
        read_name(reader, node, condition);
        read_wording(reader, node, condition);
        break;
    case CONFIG_SUBJECT:
    case CONFIG_TEXT:
    case CONFIG_CONTENT:
    case CONFIG_SENDER:
        read_wording(reader, node, condition);
        break;
    case CONFIG_KIND:
    case CONFIG_LANGUAGE:
    case CONFIG_BRAND:
        read_name(reader, node, condition);
        break;
    }
}

static void read_rule(struct config_reader *reader, const xmlNode *node, struct config_rule *rule)
{
    const struct config *config = reader->config;

    rule->file = config_place_of(node)->file->name;
    rule->line = config_place_of(node)->line;
    rule->category = config_id(reader, node, "category");
    rule->level = config_level(reader, node, "level");
    rule->sensitive = config_yes_no(reader, node, "sensitive", false);
    rule->priority = (int)config_number(reader, node, "priority", -1000000, 1000000, 0);
    rule->confidence = config_fraction(reader, node, "confidence", 0.90);
    rule->period = config_period(reader, node);
    if (rule->category == NULL && rule->level == 0 && !rule->sensitive) {
        config_problem(reader->problems, node, NULL,
                       "this rule says nothing: give it a category, a level or sensitive=\"yes\"");
    }
    if (rule->category != NULL && config_category(config, rule->category) == NULL) {
        config_problem(reader->problems, node, "category",
                       "undefined category \"%s\"; there are: %s", rule->category,
                       config_known(reader, config->categories, config->category_count,
                                    sizeof *config->categories));
    }
    /* Several conditions directly in a rule must all hold; one alone stands for itself. */
    rule->condition.test = CONFIG_ALL;
    rule->condition.file = rule->file;
    rule->condition.line = rule->line;
    rule->condition.column = config_place_of(node)->column;
    read_children(reader, node, &rule->condition);
    if (rule->condition.child_count == 1) {
        rule->condition = rule->condition.children[0];
    }
}

void config_read_rules(struct config_reader *reader)
{
    struct config *config = reader->config;
    size_t count = config_item_count(reader, "rules", "rule");
    struct config_rule *rules = arena_array(reader->arena, count, sizeof *rules);
    const xmlNode *node = NULL;

    config->rules = rules;
    while ((node = config_item(reader, "rules", "rule", node)) != NULL) {
        struct config_rule *rule = &rules[config->rule_count];
        const struct config_rule *before;

        rule->id = config_id(reader, node, "id");
        before = rule->id == NULL ? NULL
                                  : config_find(rules, config->rule_count, sizeof *rules, rule->id);
        if (before != NULL) {
            config_problem(reader->problems, node, "id", "rule \"%s\" exists already, at %s:%d",
                           rule->id, before->file, before->line);
        }
        read_rule(reader, node, rule);
        config->rule_count++;
    }
}
