/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What mail is about, who gets it, and which way: categories, queues, routes. */
#include "config-read.h"

#include <string.h>

/* ---- what and where -------------------------------------------------------------------------- */

/* Dated levels first, then the attribute, which holds whenever no dated one does. */
static void read_levels(struct config_reader *reader, const xmlNode *node,
                        struct config_category *category)
{
    bool always = xmlHasNsProp((xmlNode *)node, BAD_CAST "level", NULL) != NULL;
    struct config_level *levels;
    const xmlNode *child = NULL;
    size_t count = always;

    while ((child = config_child(node, "level", child)) != NULL) {
        count++;
    }
    levels = arena_array(reader->arena, count, sizeof *levels);
    category->levels = levels;
    category->level_count = count;
    while ((child = config_child(node, "level", child)) != NULL) {
        levels->level = config_level(reader, child, "value");
        levels->period = config_period(reader, child);
        levels++;
    }
    if (always) {
        levels->level = config_level(reader, node, "level");
        levels->period = (struct config_period){INT64_MIN, INT64_MAX};
    }
    if (count == 0) {
        config_problem(reader->problems, node, NULL,
                       "this category has no level: write level=\"1\", or <level value=\"1\"/> "
                       "with dates inside");
    }
}

static void read_categories(struct config_reader *reader)
{
    struct config *config = reader->config;
    struct config_category *categories = arena_array(
        reader->arena, config_item_count(reader, "categories", "category"), sizeof *categories);
    const xmlNode *node = NULL;

    config->categories = categories;
    while ((node = config_item(reader, "categories", "category", node)) != NULL) {
        struct config_category *category = &categories[config->category_count];

        category->id =
            config_new_id(reader, node, categories, config->category_count, sizeof *categories);
        category->line = config_place_of(node)->line;
        category->sensitive = config_yes_no(reader, node, "sensitive", false);
        category->courtesy = config_yes_no(reader, node, "courtesy", false);
        read_levels(reader, node, category);
        config->category_count++;
    }
}

/* Reads where the queue's mail goes. */
static void read_transport(struct config_reader *reader, const xmlNode *node,
                           struct config_queue *queue)
{
    const char *maildir = config_path(reader, node, "maildir");
    const char *sendmail = config_text(reader, node, "sendmail");
    const char *command = config_text(reader, node, "command");

    if ((maildir != NULL) + (sendmail != NULL) + (command != NULL) != 1) {
        config_problem(reader->problems, node, NULL,
                       "this queue needs one of maildir=\"FOLDER\", sendmail=\"ADDRESS\" and "
                       "command=\"COMMAND\"");
    }
    if (sendmail != NULL && !config_is_address(sendmail, false)) {
        config_problem(reader->problems, node, "sendmail", "\"%s\" is no address", sendmail);
    }
    queue->transport = maildir != NULL    ? CONFIG_MAILDIR
                       : sendmail != NULL ? CONFIG_SENDMAIL
                                          : CONFIG_COMMAND;
    queue->target = maildir != NULL ? maildir : sendmail != NULL ? sendmail : command;
}

static void read_queue(struct config_reader *reader, const xmlNode *node,
                       struct config_queue *queue)
{
    const struct config *config = reader->config;
    const char *calendar = config_text(reader, node, "calendar");

    queue->line = config_place_of(node)->line;
    queue->site = config_id(reader, node, "site");
    queue->outside = config_yes_no(reader, node, "outside", false);
    queue->redact = config_yes_no(reader, node, "redact", true);
    queue->first_reply = config_duration(reader, node, "first-reply", 0);
    queue->resolve = config_duration(reader, node, "resolve", 0);
    read_transport(reader, node, queue);
    if (calendar != NULL) {
        queue->calendar = config_calendar(config, calendar);
        if (queue->calendar == NULL) {
            config_problem(reader->problems, node, "calendar",
                           "undefined calendar \"%s\"; there are: %s", calendar,
                           config_known(reader, config->calendars, config->calendar_count,
                                        sizeof *config->calendars));
        }
    } else if (queue->first_reply > 0 || queue->resolve > 0) {
        config_problem(reader->problems, node, queue->first_reply > 0 ? "first-reply" : "resolve",
                       "a queue with deadlines needs a calendar to count them in");
    }
    if (!queue->outside && !queue->redact) {
        config_problem(reader->problems, node, "redact",
                       "redact=\"no\" is for queues with outside=\"yes\": in the house nothing is "
                       "redacted");
    }
}

static void read_queues(struct config_reader *reader)
{
    struct config *config = reader->config;
    struct config_queue *queues =
        arena_array(reader->arena, config_item_count(reader, "queues", "queue"), sizeof *queues);
    const xmlNode *node = NULL;

    config->queues = queues;
    while ((node = config_item(reader, "queues", "queue", node)) != NULL) {
        struct config_queue *queue = &queues[config->queue_count];

        queue->id = config_new_id(reader, node, queues, config->queue_count, sizeof *queues);
        read_queue(reader, node, queue);
        config->queue_count++;
    }
}

/* The queue that ATTRIBUTE of NODE names; NULL after a problem. */
static const struct config_queue *queue_of(struct config_reader *reader, const xmlNode *node,
                                           const char *attribute)
{
    const struct config *config = reader->config;
    const char *id = config_text(reader, node, attribute);
    const struct config_queue *queue = id != NULL ? config_queue(config, id) : NULL;

    if (id != NULL && queue == NULL) {
        config_problem(
            reader->problems, node, attribute, "undefined queue \"%s\"; there are: %s", id,
            config_known(reader, config->queues, config->queue_count, sizeof *config->queues));
    }
    return queue;
}

static void read_special(struct config_reader *reader)
{
    struct config_special *special = &reader->config->special;
    const xmlNode *node = config_child(reader->root, "special", NULL);
    const struct {
        const char *name;
        const struct config_queue **queue;
    } places[] = {
        {"agents", &special->agents},       {"postmaster", &special->postmaster},
        {"automatic", &special->automatic}, {"bulk", &special->bulk},
        {"spam", &special->spam},           {"duplicates", &special->duplicates},
        {"unsure", &special->unsure},       {"in-house", &special->in_house},
    };

    for (size_t i = 0; node != NULL && i < sizeof places / sizeof *places; i++) {
        *places[i].queue = queue_of(reader, node, places[i].name);
        if (*places[i].queue != NULL && (*places[i].queue)->outside) {
            config_problem(reader->problems, node, places[i].name,
                           "queue \"%s\" is outside: %s must stay in the house",
                           (*places[i].queue)->id, places[i].name);
        }
    }
}

/* ---- routes ---------------------------------------------------------------------------------- */

static void read_route(struct config_reader *reader, const xmlNode *node,
                       struct config_route *route)
{
    const struct config *config = reader->config;
    const char *sensitive = config_text(reader, node, "sensitive");

    route->line = config_place_of(node)->line;
    route->queue = queue_of(reader, node, "queue");
    route->level = config_level(reader, node, "level");
    route->period = config_period(reader, node);
    route->sensitive = sensitive == NULL ? -1 : config_yes_no(reader, node, "sensitive", false);
    route->categories = config_list(reader, node, "categories", &route->category_count);
    route->languages = config_list(reader, node, "languages", &route->language_count);
    route->brands = config_list(reader, node, "brands", &route->brand_count);
    for (size_t i = 0; i < route->category_count; i++) {
        if (config_category(config, route->categories[i]) == NULL) {
            config_problem(reader->problems, node, "categories",
                           "undefined category \"%s\"; there are: %s", route->categories[i],
                           config_known(reader, config->categories, config->category_count,
                                        sizeof *config->categories));
        }
    }
    for (size_t i = 0; i < route->language_count; i++) {
        if (!config_knows_language(config, route->languages[i])) {
            config_problem(reader->problems, node, "languages",
                           "language \"%s\" is not among those of <languages>",
                           route->languages[i]);
        }
    }
    for (size_t i = 0; i < route->brand_count; i++) {
        if (config_brand(config, route->brands[i]) == NULL) {
            config_problem(
                reader->problems, node, "brands", "undefined brand \"%s\"; there are: %s",
                route->brands[i],
                config_known(reader, config->brands, config->brand_count, sizeof *config->brands));
        }
    }
    /* The first line that fits takes a message, so each line has to be safe by itself. */
    if (route->queue != NULL && route->queue->outside && route->sensitive != 0) {
        config_problem(reader->problems, node, NULL,
                       "sensitive mail could leave the house here: queue \"%s\" is outside, so say "
                       "sensitive=\"no\"",
                       route->queue->id);
    }
}

/* The line takes every message at any time. */
static bool takes_all(const struct config_route *route)
{
    return route->level == 0 && route->category_count == 0 && route->language_count == 0 &&
           route->brand_count == 0 && route->sensitive == -1 && route->period.from == INT64_MIN &&
           route->period.until == INT64_MAX;
}

static void read_routes(struct config_reader *reader)
{
    struct config *config = reader->config;
    struct config_route *routes =
        arena_array(reader->arena, config_item_count(reader, "routes", "route"), sizeof *routes);
    const xmlNode *node = NULL, *last = NULL;
    const struct config_route *all = NULL;

    config->routes = routes;
    while ((node = config_item(reader, "routes", "route", node)) != NULL) {
        struct config_route *route = &routes[config->route_count];

        read_route(reader, node, route);
        config->route_count++;
        if (all != NULL) {
            config_problem(reader->problems, node, NULL,
                           "this line is never reached: the one in line %d takes everything",
                           all->line);
        } else if (takes_all(route)) {
            all = route;
        }
        last = node;
    }
    node = config_child(reader->root, "routes", NULL);
    if (all == NULL && node != NULL) {
        config_problem(reader->problems, last != NULL ? last : node, NULL,
                       "the routing table needs a last line that takes everything: "
                       "<route queue=\"…\"/>, with a queue in the house");
    }
}

void config_read_queues(struct config_reader *reader)
{
    read_categories(reader);
    read_queues(reader);
    read_special(reader);
    read_routes(reader);
}
