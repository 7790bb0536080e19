/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include <strings.h>

#include "config-read.h"
#include "config.h"

const char *config_id_at(const void *things, size_t i, size_t size)
{
    return *(const char *const *)(const void *)((const char *)things + i * size);
}

const void *config_find(const void *things, size_t count, size_t size, const char *id)
{
    for (size_t i = 0; id != NULL && i < count; i++) {
        const char *other = config_id_at(things, i, size);

        if (other != NULL && strcmp(other, id) == 0) {
            return (const char *)things + i * size;
        }
    }
    return NULL;
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
