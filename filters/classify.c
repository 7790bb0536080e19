/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * classify: category, level, sensitive and reasons of customers' mail, by the configuration's
 * rules. A function of the message and the configuration. The order of the decision is written
 * down in classify(1); the functions below follow it.
 */
#include <stdlib.h>

#include "diag.h"
#include "filters.h"
#include "rules.h"

/* What the filter keeps between messages. */
struct classifier {
    struct rules *rules;                    /* own */
    const struct config_category *other;    /* for mail that no rule is certain about, or NULL */
    const struct config_category *courtesy; /* for thanks that ask nothing, or NULL */
    bool explain;
};

/* A rule that holds. */
struct hit {
    const struct config_rule *rule;
    const struct config_category *category; /* or NULL */
    bool sensitive;
    size_t place; /* in the file */
};

/* What becomes of a message. */
struct verdict {
    const struct config_category *category;
    double confidence;
    int level; /* 0: none */
    bool sensitive;
    bool unsure;
    bool courtesy; /* by the message's wording, not by a rule */
};

static int open_classifier(struct filter_run *run)
{
    struct classifier *classifier = memory_take(sizeof(*classifier));

    *classifier = (struct classifier){.other = config_category(run->config, "other"),
                                      .explain = filter_value(run, "explain") != NULL};
    for (size_t i = 0; classifier->courtesy == NULL && i < run->config->category_count; i++)
        if (run->config->categories[i].courtesy)
            classifier->courtesy = &run->config->categories[i];
    run->data = classifier;
    return rules_open(run->config, &classifier->rules);
}

static int close_classifier(struct filter_run *run)
{
    struct classifier *classifier = run->data;

    rules_close(classifier->rules);
    free(classifier);
    return 0;
}

/* Sensitive rules first, then by priority, then by place in the file. */
static int compare_hits(const void *left, const void *right)
{
    const struct hit *a = left;
    const struct hit *b = right;

    if (a->sensitive != b->sensitive)
        return a->sensitive ? -1 : 1;
    if (a->rule->priority != b->rule->priority)
        return a->rule->priority > b->rule->priority ? -1 : 1;
    return a->place < b->place ? -1 : a->place > b->place;
}

static void explain_rule(struct message *message, const struct config_rule *rule,
                         enum rule_answer answer, const char *why)
{
    static const char *const answers[] = {"no", "hit", "undecided"};

    diag_note("%s: rule %s: %s: %s", message_where(message), rule->id, answers[answer], why);
}

/* Holds every rule against the message; *HITS are those that hold, the weightiest first. */
static int find_hits(struct filter_run *run, struct message *message, struct hit **hits,
                     size_t *count)
{
    struct classifier *classifier = run->data;
    const struct config *config = run->config;
    struct buf why = BUF_INIT;
    int code = 0;

    *hits = arena_array(&message->arena, config->rule_count, sizeof(**hits));
    *count = 0;
    rules_begin(classifier->rules, message);
    for (size_t i = 0; code == 0 && i < config->rule_count; i++) {
        const struct config_rule *rule = &config->rules[i];
        enum rule_answer answer = RULE_NO;

        buf_clear(&why);
        if (config_in_period(rule->period, message->received_at))
            code = rules_try(classifier->rules, i, &answer, classifier->explain ? &why : NULL);
        else
            buf_string(&why, "the message is outside its period");
        if (code == 0 && classifier->explain)
            explain_rule(message, rule, answer, buf_cstring(&why));
        if (answer == RULE_UNDECIDED)
            message_error(message, "classify", "limit-pattern-steps",
                          arena_format(&message->arena,
                                       "rule \"%s\" was given up: its pattern takes too many steps",
                                       rule->id));
        if (answer == RULE_HIT) {
            struct hit *hit = &(*hits)[(*count)++];

            hit->rule = rule;
            hit->category = rule->category != NULL ? config_category(config, rule->category) : NULL;
            hit->sensitive = rule->sensitive || (hit->category != NULL && hit->category->sensitive);
            hit->place = i;
        }
    }
    if (rules_cut(classifier->rules))
        message_error(message, "classify", "limit-rules-text",
                      arena_format(&message->arena,
                                   "only the first %zu octets were held against the rules",
                                   RULES_TEXT_MAX));
    buf_release(&why);
    qsort(*hits, *count, sizeof(**hits), compare_hits);
    return code;
}

/* The category's level when the message came; 0 without one. */
static int level_of(const struct config_category *category, const struct message *message)
{
    return category != NULL ? config_level_at(category, message->received_at) : 0;
}

/* The decision, in the order of classify(1). */
static struct verdict judge(const struct filter_run *run, struct message *message,
                            const struct hit *hits, size_t count)
{
    const struct classifier *classifier = run->data;
    struct verdict verdict = {.sensitive = count > 0 && hits[0].sensitive};

    if (count == 0 && message_triage_true(message, "courtesy") && classifier->courtesy != NULL) {
        verdict.category = classifier->courtesy;
        verdict.level = level_of(classifier->courtesy, message);
        verdict.confidence = 1;
        verdict.courtesy = true;
        return verdict;
    }
    for (size_t i = 0; i < count; i++) {
        if (verdict.level == 0 && hits[i].rule->level != 0)
            verdict.level = hits[i].rule->level;
        if (verdict.category != NULL || hits[i].category == NULL)
            continue;
        verdict.category = hits[i].category;
        verdict.confidence = hits[i].rule->confidence;
        if (verdict.level == 0)
            verdict.level = level_of(verdict.category, message);
    }
    /* Sensitive mail needs no second opinion: it stays in the house as it is. */
    verdict.unsure = !verdict.sensitive &&
                     (verdict.category == NULL || verdict.confidence < run->config->threshold);
    if (verdict.unsure && classifier->other != NULL) {
        verdict.category = classifier->other;
        verdict.level = 0;
        for (size_t i = 0; verdict.level == 0 && i < count; i++)
            if (hits[i].category == NULL)
                verdict.level = hits[i].rule->level;
        if (verdict.level == 0)
            verdict.level = level_of(classifier->other, message);
    }
    return verdict;
}

static json_object *reason(const char *name, json_object *value)
{
    json_object *object = json_object_new_object();

    json_object_object_add(object, name, value);
    return object;
}

/* Every rule that holds, in order of weight; then what else spoke. */
static json_object *reasons_of(const struct filter_run *run, const struct verdict *verdict,
                               const struct hit *hits, size_t count)
{
    json_object *reasons = json_object_new_array();

    for (size_t i = 0; i < count; i++)
        json_object_array_add(reasons, reason("rule", json_object_new_string(hits[i].rule->id)));
    if (verdict->courtesy) {
        json_object *feature = reason("feature", json_object_new_string("courtesy"));

        json_object_object_add(feature, "weight", message_number(1));
        json_object_array_add(reasons, feature);
    }
    if (verdict->unsure)
        json_object_array_add(reasons, reason("threshold", message_number(run->config->threshold)));
    if (json_object_array_length(reasons) > 0)
        return reasons;
    json_object_put(reasons);
    return NULL;
}

static void set_category(struct message *message, const struct config_category *category,
                         double confidence)
{
    json_object *object = json_object_new_object();

    json_object_object_add(object, "id", json_object_new_string(category->id));
    json_object_object_add(object, "confidence", message_number(confidence));
    message_set(message, "category", object);
}

/* An agent's `level LEVEL` and `category ID`; what cannot be obeyed is an error on the message. */
static void obey(const struct filter_run *run, struct message *message)
{
    json_object *control = message_triage(message, "control");
    size_t count = json_length(control);

    for (size_t i = 0; i < count; i++) {
        json_object *line = json_object_array_get_idx(control, i);
        const char *verb = json_string(line, "verb");
        const char *argument = json_string(line, "argument");
        const struct config_category *category;

        if (verb == NULL)
            continue;
        if (strcmp(verb, "level") == 0) {
            if (argument != NULL && argument[0] >= '1' && argument[0] <= '9' && argument[1] == '\0')
                message_set(message, "level", json_object_new_int(argument[0] - '0'));
            else
                message_error(message, "classify", "bad-level",
                              "the control line \"level\" wants a number from 1 to 9");
        } else if (strcmp(verb, "category") == 0) {
            category = argument != NULL ? config_category(run->config, argument) : NULL;
            if (category == NULL) {
                message_error(message, "classify", "bad-category",
                              "the control line \"category\" wants the id of a category");
                continue;
            }
            set_category(message, category, 1);
            if (category->sensitive)
                message_set(message, "sensitive", json_object_new_boolean(true));
        }
    }
}

static int decide(struct filter_run *run, struct message *message)
{
    const struct classifier *classifier = run->data;
    const char *kind = message_kind(message);
    struct verdict verdict;
    struct hit *hits;
    size_t count;
    int code;

    for (const char *const *member = run->filter->writes; *member != NULL; member++)
        message_set(message, *member, NULL);
    if (strcmp(kind, "agent") == 0)
        obey(run, message);
    if (strcmp(kind, "customer") != 0) {
        if (classifier->explain)
            diag_note("%s: kind %s: no category and no level", message_where(message), kind);
        return 0;
    }
    code = find_hits(run, message, &hits, &count);
    if (code != 0)
        return code;
    verdict = judge(run, message, hits, count);
    if (verdict.category != NULL)
        set_category(message, verdict.category, verdict.confidence);
    if (verdict.level != 0)
        message_set(message, "level", json_object_new_int(verdict.level));
    if (verdict.sensitive)
        message_set(message, "sensitive", json_object_new_boolean(true));
    message_set(message, "reasons", reasons_of(run, &verdict, hits, count));
    if (classifier->explain)
        diag_note("%s: category %s, level %d%s%s", message_where(message),
                  verdict.category != NULL ? verdict.category->id : "none", verdict.level,
                  verdict.sensitive ? ", sensitive" : "", verdict.unsure ? ", unsure" : "");
    return 0;
}

static const struct filter_option options[] = {
    {"explain", 0, NULL, "say on standard error which rules hit, which not, and why"},
    {"rules-only", 0, NULL, "decide by the rules alone"},
    {NULL, 0, NULL, NULL},
};

static const char *const reads[] = {"kind",     "brand",   "language", "text",
                                    "courtesy", "control", NULL};
static const char *const writes[] = {"category", "level", "sensitive", "reasons", NULL};

const struct filter classify = {
    .name = "classify",
    .summary = "find category and level of each message by the rules of the configuration",
    .options = options,
    .reads = reads,
    .writes = writes,
    .open = open_classifier,
    .decide = decide,
    .close = close_classifier,
};
