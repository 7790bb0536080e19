/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "routing.h"

/* ---- reading --------------------------------------------------------------------------------- */

/* A reason {"threshold": …}: no rule was certain. */
static bool is_unsure(struct message *message)
{
    json_object *reasons = message_triage(message, "reasons");

    for (size_t i = 0; i < json_length(reasons); i++)
        if (json_member(json_object_array_get_idx(reasons, i), "threshold") != NULL)
            return true;
    return false;
}

static bool has_errors(struct message *message)
{
    return json_length(message_triage(message, "errors")) > 0;
}

static const char *string_of(json_object *object)
{
    return json_object_is_type(object, json_type_string) ? json_object_get_string(object) : NULL;
}

int routing_read(const struct config *config, struct store *store, struct message *message,
                 struct matter *matter)
{
    const char *change = message_triage_string(message, "case", "change");
    json_object *level = message_triage(message, "level");
    int code = 0;

    *matter = (struct matter){
        .message = message,
        .kind = message_kind(message),
        .case_id = message_triage_string(message, "case", "id"),
        .change = change != NULL ? change : "",
        .category = message_triage_string(message, "category", "id"),
        .language = message_triage_string(message, "language", "tag"),
        .brand = string_of(message_triage(message, "brand")),
        .level = json_object_is_type(level, json_type_int) ? json_object_get_int(level) : 0,
        .sensitive = message_triage_true(message, "sensitive"),
        .unsure = is_unsure(message),
    };
    if (matter->case_id == NULL || store == NULL)
        return 0;
    code = assignment_get(store, &message->arena, matter->case_id, &matter->assignment,
                          &matter->assigned);
    matter->sensitive = matter->sensitive || matter->assignment.sensitive;
    if (code == 0 && matter->assigned)
        matter->desk = config_queue(config, matter->assignment.queue);
    return code;
}

/* ---- agents' control lines ------------------------------------------------------------------- */

/* Whoever works at a site with an outside queue is outside, and whoever we do not know. */
static bool agent_is_outside(const struct config *config, struct message *message)
{
    const char *address = message_address(message, "from");
    const struct config_agent *agent = address != NULL ? config_agent_of(config, address) : NULL;

    if (agent == NULL || agent->site == NULL)
        return true;
    for (size_t i = 0; i < config->queue_count; i++)
        if (config->queues[i].outside && config->queues[i].site != NULL &&
            strcmp(config->queues[i].site, agent->site) == 0)
            return true;
    return false;
}

/* The queues of `special` are no place to work at. */
static bool is_special(const struct config_special *special, const struct config_queue *queue)
{
    return queue == special->agents || queue == special->postmaster ||
           queue == special->automatic || queue == special->bulk || queue == special->spam ||
           queue == special->duplicates || queue == special->unsure;
}

/* Where somebody at SITE works: the case's own queue if it is there, else the site's first. */
static const struct config_queue *queue_of_site(const struct config *config, const char *site,
                                                const struct config_queue *desk)
{
    if (site == NULL)
        return NULL;
    if (desk != NULL && desk->site != NULL && strcmp(desk->site, site) == 0 &&
        !is_special(&config->special, desk))
        return desk;
    for (size_t i = 0; i < config->queue_count; i++) {
        const struct config_queue *queue = &config->queues[i];

        if (queue->site != NULL && strcmp(queue->site, site) == 0 &&
            !is_special(&config->special, queue))
            return queue;
    }
    return NULL;
}

/* Obeys one control line: the queue that it sends the case to, or NULL after an error. */
static const struct config_queue *obey_line(const struct config *config, struct matter *matter,
                                            const char *verb, const char *argument)
{
    struct message *message = matter->message;
    const struct config_queue *queue = NULL;
    const struct config_agent *agent = NULL;
    const char *code = "bad-queue";
    const char *text = "the control line \"queue\" wants the id of a queue";
    bool level = argument[0] >= '1' && argument[0] <= '9' && argument[1] == '\0';

    if (strcmp(verb, "queue") == 0) {
        queue = config_queue(config, argument);
    } else if (strcmp(verb, "escalate") == 0) {
        code = "bad-escalate";
        text = "the control line \"escalate\" wants a level from 1 to 9";
        if (level)
            queue = config_route_for(config, argument[0] - '0', matter->category, matter->language,
                                     matter->brand, matter->sensitive, message->received_at)
                        ->queue;
    } else {
        code = "bad-assign";
        text = "the control line \"assign\" wants the address of an agent with a queue";
        agent = config_agent_of(config, argument);
        queue = agent != NULL ? queue_of_site(config, agent->site, matter->desk) : NULL;
    }
    if (queue != NULL && queue->outside &&
        (matter->sensitive || matter->desk == NULL || !matter->desk->outside) &&
        agent_is_outside(config, message)) {
        queue = NULL;
        text = "only an agent in the house may send a case out of the house";
    }
    if (queue == NULL) {
        message_error(message, "escalate", code, text);
        return NULL;
    }
    if (strcmp(verb, "escalate") == 0)
        matter->assignment.level = argument[0] - '0';
    if (agent != NULL)
        matter->assignment.assignee = argument;
    return queue;
}

/* The control line sends the case to a queue. */
static bool is_ours(const char *verb)
{
    return strcmp(verb, "queue") == 0 || strcmp(verb, "escalate") == 0 ||
           strcmp(verb, "assign") == 0;
}

bool routing_obey(const struct config *config, struct matter *matter)
{
    json_object *control = message_triage(matter->message, "control");
    size_t count = json_length(control);
    bool obeyed = false;

    for (size_t i = 0; i < count; i++) {
        const char *verb = json_string(json_object_array_get_idx(control, i), "verb");
        const char *argument = json_string(json_object_array_get_idx(control, i), "argument");
        const struct config_queue *queue;

        if (verb == NULL || !is_ours(verb))
            continue;
        if (matter->case_id == NULL) {
            message_error(matter->message, "escalate", "no-case",
                          "the control lines name a queue, but the mail belongs to no case");
            return false;
        }
        queue = obey_line(config, matter, verb, argument != NULL ? argument : "");
        if (queue == NULL)
            continue;
        matter->desk = queue;
        matter->assignment.queue = queue->id;
        matter->assignment.pinned = true;
        if (queue->outside)
            matter->assignment.sensitive = false;
        obeyed = true;
    }
    return obeyed;
}

/* ---- choosing -------------------------------------------------------------------------------- */

/* What a line of the routing table asked for, with the message's values: "level=1 language=fr". */
static const char *describe(struct matter *matter, const struct config_route *route)
{
    struct buf text = BUF_INIT;
    const char *why;

    if (route->level != 0)
        buf_format(&text, " level=%d", matter->level);
    if (route->category_count > 0)
        buf_format(&text, " category=%s", matter->category);
    if (route->language_count > 0)
        buf_format(&text, " language=%s", matter->language);
    if (route->brand_count > 0)
        buf_format(&text, " brand=%s", matter->brand);
    if (route->sensitive >= 0)
        buf_format(&text, " sensitive=%s", matter->sensitive ? "yes" : "no");
    why = text.length > 0 ? arena_string(&matter->message->arena, buf_cstring(&text) + 1) : "any";
    buf_release(&text);
    return why;
}

/* Queues of the kinds that are no customer's mail; NULL for a customer's. */
static const struct config_queue *queue_of_kind(const struct config *config, const char *kind)
{
    const struct config_special *special = &config->special;
    const struct {
        const char *kind;
        const struct config_queue *queue;
    } places[] = {
        {"spam", special->spam},         {"bulk", special->bulk},
        {"bounce", special->postmaster}, {"feedback-report", special->postmaster},
        {"agent", special->agents},      {"auto-reply", special->automatic},
    };

    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
        if (strcmp(kind, places[i].kind) == 0)
            return places[i].queue;
    return NULL;
}

/* The decision, in the order of escalate(1), as if nothing had to stay in the house. */
static struct choice choose(const struct config *config, struct matter *matter)
{
    const char *duplicate = message_triage_string(matter->message, "duplicate", "by");
    const struct config_queue *queue = queue_of_kind(config, matter->kind);
    const struct config_route *route;
    bool opened = strcmp(matter->change, "opened") == 0;
    bool must_stay = matter->sensitive && matter->desk != NULL && matter->desk->outside;

    if (duplicate != NULL &&
        (strcmp(duplicate, "copy") == 0 || strcmp(duplicate, "message-id") == 0))
        return (struct choice){config->special.duplicates, "duplicate", false, false};
    if (queue != NULL)
        return (struct choice){queue, "kind", false, false};
    if (duplicate != NULL && matter->desk != NULL)
        return (struct choice){matter->desk, "duplicate", false, false};
    if (matter->desk != NULL && matter->assignment.pinned && !must_stay)
        return (struct choice){matter->desk, "case", false, true};
    if (matter->unsure)
        return (struct choice){config->special.unsure, "unsure", matter->desk == NULL || opened,
                               true};
    if (matter->desk != NULL && !opened && !must_stay && matter->desk != config->special.unsure &&
        matter->level <= matter->assignment.level)
        return (struct choice){matter->desk, "case", false, true};
    route = config_route_for(config, matter->level, matter->category, matter->language,
                             matter->brand, matter->sensitive, matter->message->received_at);
    return (struct choice){route->queue, describe(matter, route), true, true};
}

/* Sends what must not leave to the last queue in the house. */
static void keep_in(const struct config *config, struct matter *matter, struct choice *choice)
{
    const char *why = NULL;

    if (!choice->queue->outside)
        return;
    if (matter->sensitive)
        why = "sensitive";
    else if (strcmp(matter->kind, "spam") == 0)
        why = "spam";
    else if (message_limit_hit(matter->message))
        why = "limit";
    else if (has_errors(matter->message))
        why = "error";
    if (why == NULL)
        return;
    choice->queue = config->special.in_house;
    choice->why = why;
}

bool routing_follows_up(const struct matter *matter)
{
    return matter->assigned && strcmp(matter->change, "opened") != 0;
}

struct choice routing_choose(const struct config *config, struct matter *matter)
{
    struct choice choice = choose(config, matter);

    keep_in(config, matter, &choice);
    return choice;
}
