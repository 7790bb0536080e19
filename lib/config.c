/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "buf.h"
#include "config-read.h"
#include "diag.h"

#define USUAL_PATH "/etc/postroom/postroom.xml"

/* PATH made absolute, in ARENA; links are kept, so that paths start where the user says it lies. */
static const char *absolute(struct arena *arena, const char *path)
{
    char *folder;
    const char *result;

    if (*path == '/') {
        return arena_string(arena, path);
    }
    folder = getcwd(NULL, 0);
    if (folder == NULL) {
        return arena_string(arena, path);
    }
    while (strncmp(path, "./", 2) == 0) {
        path += 2;
    }
    result = arena_format(arena, "%s/%s", strcmp(folder, "/") == 0 ? "" : folder, path);
    free(folder);
    return result;
}

/* Which file is meant; NULL: the built-in starter. */
static const char *choose(const char *path)
{
    if (path != NULL) {
        return path;
    }
    path = getenv("POSTROOM_CONFIG");
    if (path != NULL && *path != '\0') {
        return path;
    }
    /* One that exists and cannot be read is an error, not a reason to go on without it. */
    return access(USUAL_PATH, F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR) ? USUAL_PATH
                                                                                  : NULL;
}

/* Loads; validates against the schema as well when SCHEMA. */
static int load(const char *path, bool schema, struct config **config)
{
    struct config *made = memory_take(sizeof *made);
    struct config_problems problems = {.arena = NULL};
    struct config_tree tree;
    int code;

    *made = (struct config){.arena = ARENA_INIT};
    problems.arena = &made->arena;
    *config = NULL;
    path = choose(path);
    made->path = path != NULL ? absolute(&made->arena, path) : NULL;
    if (config_tree_read(&tree, made->path, &problems)) {
        struct config_reader reader = {made, &made->arena, &problems,
                                       xmlDocGetRootElement(tree.document), path == NULL};

        config_check_shape(&problems, reader.root);
        if (config_named(reader.root, "postroom")) {
            config_read_all(&reader);
        }
        /* The schema's own words are the poorer ones: they are needed when ours had none. */
        if (schema && problems.count == 0) {
            config_tree_validate(&tree, &problems);
        }
        config_tree_free(&tree);
    }
    code = config_problems_report(&problems);
    if (code != 0) {
        config_free(made);
        return code;
    }
    *config = made;
    return 0;
}

int config_load(const char *path, struct config **config)
{
    return load(path, false, config);
}

int config_load_with_schema(const char *path, struct config **config)
{
    return load(path, true, config);
}

void config_free(struct config *config)
{
    if (config != NULL) {
        arena_release(&config->arena);
        free(config);
    }
}

const struct config_brand *config_brand(const struct config *config, const char *id)
{
    return config_find(config->brands, config->brand_count, sizeof *config->brands, id);
}

const struct config_category *config_category(const struct config *config, const char *id)
{
    return config_find(config->categories, config->category_count, sizeof *config->categories, id);
}

const struct config_queue *config_queue(const struct config *config, const char *id)
{
    return config_find(config->queues, config->queue_count, sizeof *config->queues, id);
}

const struct config_calendar *config_calendar(const struct config *config, const char *id)
{
    return config_find(config->calendars, config->calendar_count, sizeof *config->calendars, id);
}

/* ADDRESS is KNOWN (which is in lower case), LOCAL octets of its local part counted. */
static bool same_address(const char *known, const char *address, size_t local, const char *domain)
{
    const char *at = strchr(known, '@');

    return at != NULL && (size_t)(at - known) == local && strncasecmp(known, address, local) == 0 &&
           strcasecmp(at, domain) == 0;
}

const struct config_brand *config_brand_of(const struct config *config, const char *address)
{
    const char *domain = address != NULL ? strrchr(address, '@') : NULL;
    size_t local, plus;

    if (domain == NULL) {
        return NULL;
    }
    local = (size_t)(domain - address);
    plus = strcspn(address, "+");
    for (int cut = 0; cut < 2; cut++) {
        for (size_t i = 0; i < config->brand_count; i++) {
            const struct config_brand *brand = &config->brands[i];

            for (size_t j = 0; j < brand->address_count; j++) {
                if (same_address(brand->addresses[j], address, local, domain)) {
                    return brand;
                }
            }
        }
        if (plus == 0 || plus >= local) {
            return NULL;
        }
        local = plus;
    }
    return NULL;
}

const struct config_agent *config_agent_of(const struct config *config, const char *address)
{
    const char *domain = address != NULL ? strrchr(address, '@') : NULL;
    const struct config_agent *wild = NULL;

    if (domain == NULL || domain == address) {
        return NULL;
    }
    for (size_t i = 0; i < config->agent_count; i++) {
        const struct config_agent *agent = &config->agents[i];

        if (strcasecmp(agent->address, address) == 0) {
            return agent;
        }
        if (wild == NULL && agent->address[0] == '*' &&
            strcasecmp(agent->address + 1, domain) == 0) {
            wild = agent;
        }
    }
    return wild;
}

int config_level_at(const struct config_category *category, int64_t time)
{
    for (size_t i = 0; i < category->level_count; i++) {
        if (config_in_period(category->levels[i].period, time)) {
            return category->levels[i].level;
        }
    }
    return 0;
}

/* ITEM is in the list; an empty list takes anything. */
static bool fits(const char *const *list, size_t count, const char *item)
{
    for (size_t i = 0; i < count; i++) {
        if (item != NULL && strcmp(list[i], item) == 0) {
            return true;
        }
    }
    return count == 0;
}

const struct config_route *config_route_for(const struct config *config, int level,
                                            const char *category, const char *language,
                                            const char *brand, bool sensitive, int64_t time)
{
    for (size_t i = 0; i < config->route_count; i++) {
        const struct config_route *route = &config->routes[i];

        if ((route->level == 0 || route->level == level) &&
            (route->sensitive == -1 || route->sensitive == sensitive) &&
            config_in_period(route->period, time) &&
            fits(route->categories, route->category_count, category) &&
            fits(route->languages, route->language_count, language) &&
            fits(route->brands, route->brand_count, brand)) {
            return route;
        }
    }
    return NULL; /* not reached: config_load asks for a line that takes everything */
}

bool config_needs_redact(const struct config *config, const char **queue)
{
    for (size_t i = 0; i < config->queue_count; i++) {
        if (config->queues[i].outside && config->queues[i].redact) {
            if (queue != NULL) {
                *queue = config->queues[i].id;
            }
            return true;
        }
    }
    return false;
}
