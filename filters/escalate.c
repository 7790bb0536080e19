/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * escalate: the route of each message: queue, deadlines, and why. Depends on the message's triage
 * and time, the configuration, and which queue has the case (lib/assignments); never on the clock.
 * lib/routing has the order of the decision.
 */
#include <stdlib.h>

#include "assignments.h"
#include "calendar.h"
#include "diag.h"
#include "filters.h"
#include "hours.h"
#include "routing.h"

/* What the filter keeps between messages. */
struct router {
    struct arena arena; /* own */
    struct hours *hours;
};

static int open_router(struct filter_run *run)
{
    struct router *router = memory_take(sizeof(*router));

    arena_init(&router->arena);
    router->hours = hours_new(&router->arena, run->config);
    run->data = router;
    return 0;
}

static int close_router(struct filter_run *run)
{
    struct router *router = run->data;

    arena_release(&router->arena);
    free(router);
    return 0;
}

/* ---- deadlines ------------------------------------------------------------------------------- */

/* When SECONDS of working time after START are over; ASSIGNMENT_NEVER when there is no deadline. */
static int deadline(const struct calendar *calendar, int64_t start, int64_t seconds, int64_t *due)
{
    *due = ASSIGNMENT_NEVER;
    if (calendar == NULL || seconds <= 0)
        return 0;
    return calendar_add(calendar, start, seconds, due);
}

/* A customer who waits for a first reply goes on waiting for the same one when he writes again. */
static int find_deadlines(const struct matter *matter, const struct choice *choice,
                          const struct calendar *calendar, int64_t *due, int64_t *first_reply_due)
{
    const struct config_queue *queue = choice->queue;
    int64_t start = matter->message->received_at;
    int code = 0;

    *due = ASSIGNMENT_NEVER;
    *first_reply_due = ASSIGNMENT_NEVER;
    if (!choice->deadlines)
        return 0;
    if (routing_follows_up(matter)) {
        *first_reply_due = matter->assignment.first_reply_due;
        if (matter->desk == queue)
            *due = matter->assignment.due;
    }
    if (*due == ASSIGNMENT_NEVER)
        code = deadline(calendar, start, queue->resolve, due);
    if (code == 0 && *first_reply_due == ASSIGNMENT_NEVER)
        code = deadline(calendar, start, queue->first_reply, first_reply_due);
    return code;
}

/* Notes where a customer's case is now. */
static int record(struct filter_run *run, struct matter *matter, const struct choice *choice,
                  int64_t due, int64_t first_reply_due)
{
    struct assignment *assignment = &matter->assignment;
    int64_t received_at = matter->message->received_at;
    bool learned = matter->sensitive && !assignment->sensitive;

    if (matter->case_id == NULL || !choice->deadlines)
        return 0;
    assignment->sensitive = matter->sensitive;
    /* Decided anew after the case went on: the route is told, the case stays where it is. */
    if (!routing_follows_up(matter) && assignment->since > received_at)
        return learned ? assignment_set(run->store, matter->case_id, assignment) : 0;
    if (choice->moves || matter->desk == NULL) {
        if (choice->queue != matter->desk)
            assignment->assignee = NULL;
        assignment->queue = choice->queue->id;
        assignment->level = matter->level;
        assignment->pinned = false;
        if (assignment->since < received_at)
            assignment->since = received_at;
        assignment->due = due;
        assignment->first_reply_due = first_reply_due;
        return assignment_set(run->store, matter->case_id, assignment);
    }
    if (!learned && assignment->first_reply_due == first_reply_due &&
        (assignment->due == due || choice->queue != matter->desk))
        return 0;
    assignment->first_reply_due = first_reply_due;
    if (choice->queue == matter->desk)
        assignment->due = due;
    return assignment_set(run->store, matter->case_id, assignment);
}

/*
 * Obeys an agent's control lines for the case, and notes that the case was answered. A mail that is
 * older than what the assignment rests on changes nothing.
 */
static int take_orders(struct filter_run *run, struct matter *matter)
{
    struct assignment *assignment = &matter->assignment;
    int64_t received_at = matter->message->received_at;
    const struct config_queue *desk = matter->desk;
    bool changed = routing_obey(run->config, matter);

    if (assignment->since > received_at)
        return 0;
    if (changed)
        assignment->since = received_at;
    /* The next mail of the case finds the new queue's. */
    if (matter->desk != desk)
        assignment->due = ASSIGNMENT_NEVER;
    if (matter->assigned &&
        (strcmp(matter->change, "answered") == 0 || strcmp(matter->change, "closed") == 0)) {
        assignment->due = ASSIGNMENT_NEVER;
        assignment->first_reply_due = ASSIGNMENT_NEVER;
        changed = true;
    }
    return changed ? assignment_set(run->store, matter->case_id, assignment) : 0;
}

/* ---- the filter ------------------------------------------------------------------------------ */

/* A deadline on the wall clock of the people who must keep it. */
static json_object *written(const struct calendar *calendar, int64_t time)
{
    struct buf text = BUF_INIT;
    json_object *string;

    if (calendar != NULL)
        date_write_offset(&text, calendar_local(calendar, time));
    else
        date_write_utc(&text, time);
    string = json_object_new_string_len(text.octets, (int)text.length);
    buf_release(&text);
    return string;
}

static void set_route(struct message *message, const struct choice *choice,
                      const struct calendar *calendar, int64_t due, int64_t first_reply_due)
{
    json_object *route = json_object_new_object();

    json_object_object_add(route, "queue", json_object_new_string(choice->queue->id));
    if (choice->queue->site != NULL)
        json_object_object_add(route, "site", json_object_new_string(choice->queue->site));
    json_object_object_add(route, "outside", json_object_new_boolean(choice->queue->outside));
    json_object_object_add(route, "deliver", json_object_new_string("now"));
    if (due != ASSIGNMENT_NEVER)
        json_object_object_add(route, "due", written(calendar, due));
    if (first_reply_due != ASSIGNMENT_NEVER)
        json_object_object_add(route, "firstReplyDue", written(calendar, first_reply_due));
    json_object_object_add(route, "why", json_object_new_string(choice->why));
    message_set(message, "route", route);
}

static int decide(struct filter_run *run, struct message *message)
{
    const struct router *router = run->data;
    const struct calendar *calendar = NULL;
    struct matter matter;
    struct choice choice;
    int64_t due;
    int64_t first_reply_due;
    int code = routing_read(run->config, run->store, message, &matter);

    if (code != 0)
        return code;
    choice = routing_choose(run->config, &matter);
    if (strcmp(matter.kind, "agent") == 0 && strcmp(choice.why, "kind") == 0)
        code = take_orders(run, &matter);
    if (code == 0 && choice.deadlines)
        code = hours_of(router->hours, choice.queue->calendar, &calendar);
    if (code == 0)
        code = find_deadlines(&matter, &choice, calendar, &due, &first_reply_due);
    if (code == 0)
        code = record(run, &matter, &choice, due, first_reply_due);
    if (code == 0)
        set_route(message, &choice, calendar, due, first_reply_due);
    return code;
}

static const char *const reads[] = {"kind",      "brand",     "language", "control",
                                    "case",      "duplicate", "category", "level",
                                    "sensitive", "reasons",   "errors",   NULL};
static const char *const writes[] = {"route", NULL};

const struct filter escalate = {
    .name = "escalate",
    .summary = "find the queue and the deadlines of each message",
    .flags = FILTER_STORE,
    .reads = reads,
    .writes = writes,
    .open = open_router,
    .decide = decide,
    .close = close_router,
};
