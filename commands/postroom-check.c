/* SPDX-License-Identifier: GPL-3.0-or-later */
/* postroom-check: what is wrong with a configuration, and what it would do. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "buf.h"
#include "calendar.h"
#include "config.h"
#include "date.h"
#include "diag.h"
#include "file.h"
#include "hours.h"
#include "literals.h"
#include "options.h"
#include "template.h"

/* A larger template is a mistake. */
#define TEMPLATE_OCTETS_MAX ((size_t)1 << 20)

/* What all parts of the check carry along. */
struct check {
    const struct config *config;
    struct arena *arena;
    struct buf *out; /* what goes to standard output when all is right */
    int64_t now;
    int code; /* the worst so far */
};

/* By enum config_transport. */
static const char *const transports[] = {"Maildir", "sent on to", "command"};

/* ---- small words ----------------------------------------------------------------------------- */

/* Appends TEXT and blanks up to WIDTH columns (ids are ASCII), at least one. */
static void column(struct buf *out, const char *text, size_t width)
{
    size_t length = strlen(text);

    buf_string(out, text);
    do {
        buf_char(out, ' ');
    } while (++length < width);
}

/* Appends "1 h 30 min"; working days of 24 hours would mislead, so there are none. */
static void duration(struct buf *out, int64_t seconds)
{
    const char *gap = "";

    if (seconds >= 3600) {
        buf_format(out, "%lld h", (long long)(seconds / 3600));
        gap = " ";
    }
    if (seconds % 3600 >= 60) {
        buf_format(out, "%s%lld min", gap, (long long)(seconds % 3600 / 60));
        gap = " ";
    }
    if (seconds % 60 != 0 || seconds == 0) {
        buf_format(out, "%s%lld s", gap, (long long)(seconds % 60));
    }
}

/* Ends a line of columns, without the blanks behind the last one. */
static void end_row(struct buf *out)
{
    while (out->length > 0 && out->octets[out->length - 1] == ' ') {
        out->length--;
    }
    buf_char(out, '\n');
}

static const char *exists(const char *path)
{
    return access(path, F_OK) == 0 ? "" : " (not there yet)";
}

/* Appends the period when it has an end. */
static void period(struct buf *out, struct config_period when)
{
    if (when.from != INT64_MIN) {
        buf_string(out, ", from ");
        date_write_utc(out, when.from);
    }
    if (when.until != INT64_MAX) {
        buf_string(out, ", until ");
        date_write_utc(out, when.until);
    }
}

/* ---- the house and its queues ---------------------------------------------------------------- */

static void house(struct check *check)
{
    const struct config *config = check->config;
    struct buf *out = check->out;

    buf_string(out, "The house\n");
    if (config->folder != NULL) {
        buf_format(out, "  store      %s%s, host %s\n", config->folder, exists(config->folder),
                   config->host);
        buf_format(out, "  key        %s%s\n", config->key, exists(config->key));
        buf_format(out, "  ledger     %s%s\n", config->ledger, exists(config->ledger));
    } else {
        buf_string(out, "  store      none: only programs that need no store can run\n");
    }
    buf_string(out, "  languages ");
    for (size_t i = 0; i < config->language_count; i++) {
        buf_format(out, " %s%s", config->languages[i], i == 0 ? " (the house's own)" : "");
    }
    buf_format(out, "\n  certain    from %.2f on; what is less certain goes to queue %s\n",
               config->threshold, config->special.unsure->id);
    for (size_t i = 0; i < config->brand_count; i++) {
        const struct config_brand *brand = &config->brands[i];

        buf_format(out, "  brand      %s: %s <%s>, %s, %s, %zu address%s%s\n", brand->id,
                   brand->name, brand->from, brand->language, brand->zone, brand->address_count,
                   brand->address_count == 1 ? "" : "es",
                   brand->strict ? ", senders must be authenticated" : "");
    }
    for (size_t i = 0; i < config->agent_count; i++) {
        buf_format(out, "  agents     %s (%s)\n", config->agents[i].address,
                   config->agents[i].site);
    }
}

static void hours(struct buf *out, const struct config_calendar *calendar)
{
    static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

    for (size_t i = 0; i < calendar->hours_count; i++) {
        const struct config_hours *span = &calendar->hours[i];
        const char *gap = i == 0 ? " " : ", ";

        for (unsigned day = 0; day < 7; day++) {
            unsigned last = day;

            if ((span->days & (1u << day)) == 0) {
                continue;
            }
            while (last < 6 && (span->days & (1u << (last + 1))) != 0) {
                last++;
            }
            buf_format(out, "%s%s", gap, days[day]);
            if (last > day) {
                buf_format(out, "-%s", days[last]);
            }
            gap = " ";
            day = last;
        }
        buf_format(out, " %02d:%02d-%02d:%02d", span->from / 60, span->from % 60, span->until / 60,
                   span->until % 60);
    }
}

/* Opens every calendar as the filters do; that reads the holidays. */
static void calendars(struct check *check)
{
    const struct config *config = check->config;

    buf_string(check->out, "\nCalendars\n");
    for (size_t i = 0; i < config->calendar_count; i++) {
        const struct config_calendar *calendar = &config->calendars[i];
        int code = 0;
        const struct calendar *opened = hours_open(check->arena, calendar, &code);

        buf_string(check->out, "  ");
        column(check->out, calendar->id, 13);
        buf_string(check->out, calendar->zone);
        hours(check->out, calendar);
        if (opened == NULL) {
            check->code = diag_worse(check->code, code);
        } else {
            buf_format(check->out, ", holidays %s; now %s",
                       calendar->holidays != NULL ? calendar->holidays : "none",
                       calendar_is_open(opened, check->now) ? "open" : "closed");
        }
        buf_char(check->out, '\n');
    }
}

static void queues(struct check *check)
{
    const struct config *config = check->config;
    struct buf *out = check->out;
    buf_string(out, "\nQueues\n");
    for (size_t i = 0; i < config->queue_count; i++) {
        const struct config_queue *queue = &config->queues[i];

        buf_string(out, "  ");
        column(out, queue->id, 13);
        buf_string(out, queue->outside ? "OUTSIDE, " : "in-house, ");
        if (queue->outside) {
            buf_string(out, queue->redact ? "redacted, " : "not redacted, ");
        }
        if (queue->site != NULL) {
            buf_format(out, "site %s, ", queue->site);
        }
        buf_format(out, "%s %s%s\n", transports[queue->transport], queue->target,
                   queue->transport == CONFIG_MAILDIR ? exists(queue->target) : "");
        if (queue->calendar != NULL) {
            buf_format(out, "               hours of %s", queue->calendar->id);
            if (queue->first_reply > 0) {
                buf_string(out, "; first reply within ");
                duration(out, queue->first_reply);
            }
            if (queue->resolve > 0) {
                buf_string(out, "; resolved within ");
                duration(out, queue->resolve);
            }
            buf_string(out, " of working time\n");
        }
    }
    buf_format(out,
               "  agents' mail: %s; bounces: %s; automatic replies: %s; bulk: %s; spam: %s;\n"
               "  duplicates: %s; not certain: %s; what must not leave: %s\n",
               config->special.agents->id, config->special.postmaster->id,
               config->special.automatic->id, config->special.bulk->id, config->special.spam->id,
               config->special.duplicates->id, config->special.unsure->id,
               config->special.in_house->id);
}

/* ---- categories and rules -------------------------------------------------------------------- */

static void categories(struct check *check)
{
    const struct config *config = check->config;
    struct buf *out = check->out;

    buf_string(out, "\nLevels on ");
    date_write_utc(out, check->now);
    buf_char(out, '\n');
    for (size_t i = 0; i < config->category_count; i++) {
        const struct config_category *category = &config->categories[i];
        int level = config_level_at(category, check->now);

        buf_string(out, "  ");
        column(out, category->id, 18);
        if (level > 0) {
            buf_format(out, "%d", level);
        } else {
            buf_string(out, "none: only lines of the routing table for any level take it");
        }
        buf_format(out, "%s%s", category->sensitive ? ", sensitive" : "",
                   category->courtesy ? ", courtesy" : "");
        for (size_t j = 0; category->level_count > 1 && j < category->level_count; j++) {
            buf_format(out, "%s%d", j == 0 ? " (" : "; ", category->levels[j].level);
            period(out, category->levels[j].period);
        }
        buf_string(out, category->level_count > 1 ? ")\n" : "\n");
    }
}

/* Appends the first few of WORDS, and how many there are. */
static void some_words(struct buf *out, const char *words)
{
    size_t shown = 0, count = 1;

    for (const char *at = words; *at != '\0'; at++) {
        count += *at == '|';
    }
    while (*words != '\0' && shown < 5) {
        size_t length = strcspn(words, "|");

        buf_format(out, "%s%.*s", shown == 0 ? "" : ", ", (int)length, words);
        words += length;
        words += *words == '|';
        shown++;
    }
    if (count > shown) {
        buf_format(out, " … (%zu in all)", count);
    }
}

/* Appends which literals a mail must hold one of before PATTERN is tried on it. */
static void some_literals(struct check *check, const char *pattern)
{
    struct literals literals = literals_of_pattern(check->arena, span_of(pattern));

    if (literals.count == 0) {
        buf_string(check->out, " (tried on every mail: no word is sure to be in it)");
        return;
    }
    buf_string(check->out, " (tried when there is:");
    for (size_t i = 0; i < literals.count && i < 5; i++) {
        buf_format(check->out, "%s ", i == 0 ? "" : ",");
        buf_span(check->out, literals.items[i]);
    }
    buf_string(check->out, literals.count > 5 ? " …)" : ")");
}

static void condition(struct check *check, const struct config_condition *what, int depth)
{
    static const char *const names[] = {"all of:", "any of:", "not:", "header",   "subject", "text",
                                        "content", "sender",  "kind", "language", "brand"};
    struct buf *out = check->out;

    buf_format(out, "%*s%s", 8 + 2 * depth, "", names[what->test]);
    if (what->name != NULL) {
        buf_format(out, " %s", what->name);
    }
    if (what->pattern != NULL && what->words) {
        buf_string(out, " has a word of: ");
        some_words(out, what->pattern);
    } else if (what->pattern != NULL) {
        buf_format(out, " matches %s%s", what->pattern, what->case_sensitive ? " (with case)" : "");
        some_literals(check, what->pattern);
    }
    buf_char(out, '\n');
    for (size_t i = 0; i < what->child_count; i++) {
        condition(check, &what->children[i], depth + 1);
    }
}

static const struct config_category *category_of(const struct config *config,
                                                 const struct config_rule *rule)
{
    return rule->category != NULL ? config_category(config, rule->category) : NULL;
}

static bool is_sensitive(const struct config *config, const struct config_rule *rule)
{
    const struct config_category *category = category_of(config, rule);

    return rule->sensitive || (category != NULL && category->sensitive);
}

/* Whether rule A comes before rule B when both hold. */
static bool wins(const struct config *config, const struct config_rule *a,
                 const struct config_rule *b)
{
    bool sensitive_a = is_sensitive(config, a), sensitive_b = is_sensitive(config, b);

    if (sensitive_a != sensitive_b) {
        return sensitive_a;
    }
    return a->priority > b->priority; /* equal: the first in the file stays first */
}

static void rule(struct check *check, size_t number, const struct config_rule *what)
{
    const struct config_category *category = category_of(check->config, what);
    int level = what->level != 0   ? what->level
                : category != NULL ? config_level_at(category, check->now)
                                   : 0;
    struct buf *out = check->out;

    buf_format(out, "  %3zu. ", number);
    column(out, what->id, 25);
    if (what->category != NULL) {
        buf_format(out, "%s, ", what->category);
    }
    if (level > 0) {
        buf_format(out, "level %d, ", level);
    }
    if (is_sensitive(check->config, what)) {
        buf_string(out, "sensitive, ");
    }
    buf_format(out, "priority %d, certain to %.2f%s", what->priority, what->confidence,
               what->confidence < check->config->threshold ? " (below the threshold: unsure)" : "");
    period(out, what->period);
    buf_format(out, "%s\n", config_in_period(what->period, check->now) ? "" : " (not now)");
    condition(check, &what->condition, 0);
}

static void rules(struct check *check)
{
    const struct config *config = check->config;
    size_t *order = arena_array(check->arena, config->rule_count, sizeof *order);

    buf_string(check->out, "\nRules, in the order in which they win\n");
    for (size_t i = 0; i < config->rule_count; i++) {
        size_t place = i;

        while (place > 0 && wins(config, &config->rules[i], &config->rules[order[place - 1]])) {
            order[place] = order[place - 1];
            place--;
        }
        order[place] = i;
    }
    for (size_t i = 0; i < config->rule_count; i++) {
        rule(check, i + 1, &config->rules[order[i]]);
    }
    if (config->rule_count == 0) {
        buf_format(check->out, "  none: all customers' mail goes to queue %s\n",
                   config->special.unsure->id);
    }
}

/* ---- templates ------------------------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/*
 * The names of the templates in the folder, sorted, each once: what stands before
 * `.LANGUAGE.mustache`. *COUNT of them, in the arena.
 */
static const char **template_list(struct check *check, size_t *count)
{
    DIR *folder = opendir(check->config->replies.folder);
    const char **names = NULL;
    size_t capacity = 0, kept = 0;
    const struct dirent *entry;

    *count = 0;
    if (folder == NULL) {
        check->code = diag_worse(check->code, diag_errno(EX_CONFIG, check->config->replies.folder,
                                                         "the templates cannot be read"));
        return NULL;
    }
    while ((entry = readdir(folder)) != NULL) {
        const char *end = strstr(entry->d_name, ".mustache");
        const char *dot = strchr(entry->d_name, '.');

        if (end == NULL || strcmp(end, ".mustache") != 0 || dot == end || dot == entry->d_name) {
            continue;
        }
        names = arena_grow(check->arena, names, *count, &capacity, sizeof *names);
        names[(*count)++] = arena_copy(check->arena, entry->d_name, (size_t)(dot - entry->d_name));
    }
    closedir(folder);
    if (*count > 0) {
        qsort(names, *count, sizeof *names, by_name);
    }
    for (size_t i = 0; i < *count; i++) {
        if (i == 0 || strcmp(names[i], names[kept - 1]) != 0) {
            names[kept++] = names[i];
        }
    }
    *count = kept;
    return names;
}

/* Parses one template; its state in a word. */
static const char *template_state(struct check *check, const char *name, const char *language)
{
    const char *path = arena_format(check->arena, "%s/%s.%s.mustache",
                                    check->config->replies.folder, name, language);
    struct buf source = BUF_INIT;
    const char *state = "yes";
    char *kept;

    if (access(path, F_OK) != 0) {
        return "MISSING";
    }
    if (file_read(path, &source, TEMPLATE_OCTETS_MAX) != 0) {
        check->code = diag_worse(check->code, EX_CONFIG);
        state = "broken";
    } else {
        kept = arena_copy(check->arena, source.octets, source.length);
        if (template_parse(check->arena, (struct span){kept, source.length}, path) == NULL) {
            check->code = diag_worse(check->code, EX_CONFIG);
            state = "broken";
        }
    }
    buf_release(&source);
    return state;
}

static void templates(struct check *check)
{
    const struct config *config = check->config;
    const struct config_replies *replies = &config->replies;
    const char **names;
    size_t count;

    buf_string(check->out, "\nTemplates of automatic replies");
    if (!replies->enabled) {
        buf_string(check->out, ": none are sent\n");
        return;
    }
    if (config->path == NULL) {
        buf_string(check->out, ": the built-in starter has none; see postroom-init(1)\n");
        return;
    }
    buf_format(check->out, " in %s\n  %-24s", replies->folder, "");
    for (size_t i = 0; i < config->language_count; i++) {
        column(check->out, config->languages[i], 9);
    }
    end_row(check->out);
    names = template_list(check, &count);
    for (size_t i = 0; i < count; i++) {
        buf_string(check->out, "  ");
        column(check->out, names[i], 24);
        for (size_t j = 0; j < config->language_count; j++) {
            column(check->out, template_state(check, names[i], config->languages[j]), 9);
        }
        end_row(check->out);
    }
    buf_format(check->out, "  at most %lld to one address within ", (long long)replies->cap_count);
    duration(check->out, replies->cap_window);
    buf_string(check->out, "; none to messages older than ");
    duration(check->out, replies->oldest);
    if (replies->transport == CONFIG_SENDMAIL) {
        buf_format(check->out, "\n  sent by %s\n", config->sendmail);
    } else {
        buf_format(check->out, "\n  given to %s %s\n", transports[replies->transport],
                   replies->target);
    }
}

/* ---- routing --------------------------------------------------------------------------------- */

/* One row of a routing table: where a class of mail goes, by language. */
static void routing_row(struct check *check, const char *name, int level, const char *category,
                        const char *brand, bool sensitive)
{
    const struct config *config = check->config;

    buf_string(check->out, "  ");
    column(check->out, name, 26);
    for (size_t i = 0; i <= config->language_count; i++) {
        const char *language = i < config->language_count ? config->languages[i] : "und";
        const struct config_queue *queue =
            config_route_for(config, level, category, language, brand, sensitive, check->now)
                ->queue;
        const char *text =
            queue->outside ? arena_format(check->arena, "%s*", queue->id) : queue->id;

        column(check->out, text, 14);
    }
    end_row(check->out);
}

/* Whether some category or rule leads to LEVEL now; 0, no level, when a category has none. */
static bool level_used(const struct check *check, int level)
{
    const struct config *config = check->config;

    for (size_t i = 0; i < config->category_count; i++) {
        if (config_level_at(&config->categories[i], check->now) == level) {
            return true;
        }
    }
    for (size_t i = 0; i < config->rule_count; i++) {
        if (level != 0 && config->rules[i].level == level) {
            return true;
        }
    }
    return false;
}

/* Some line of the routing table is for CATEGORY. */
static bool category_routed(const struct config *config, const char *category)
{
    for (size_t i = 0; i < config->route_count; i++) {
        for (size_t j = 0; j < config->routes[i].category_count; j++) {
            if (strcmp(config->routes[i].categories[j], category) == 0) {
                return true;
            }
        }
    }
    return false;
}

static void routing_table(struct check *check, const char *brand)
{
    const struct config *config = check->config;

    buf_format(check->out, "  %-26s", "");
    for (size_t i = 0; i <= config->language_count; i++) {
        column(check->out, i < config->language_count ? config->languages[i] : "unknown", 14);
    }
    end_row(check->out);
    for (int sensitive = 0; sensitive < 2; sensitive++) {
        for (int level = 0; level <= 9; level++) {
            if (level_used(check, level)) {
                routing_row(
                    check,
                    arena_format(check->arena, "level %d%s", level, sensitive ? ", sensitive" : ""),
                    level, NULL, brand, sensitive);
            }
        }
        for (size_t i = 0; i < config->category_count; i++) {
            const struct config_category *category = &config->categories[i];

            if (category_routed(config, category->id) && (sensitive || !category->sensitive)) {
                routing_row(check,
                            arena_format(check->arena, "%s%s", category->id,
                                         sensitive ? ", sensitive" : ""),
                            config_level_at(category, check->now), category->id, brand, sensitive);
            }
        }
    }
}

static void routing(struct check *check)
{
    const struct config *config = check->config;
    bool by_brand = false, outside = false;

    for (size_t i = 0; i < config->route_count; i++) {
        by_brand = by_brand || config->routes[i].brand_count > 0;
        outside = outside || config->routes[i].queue->outside;
    }
    buf_string(check->out, "\nWhere customers' mail goes now, by level and language");
    buf_string(check->out, outside ? " (* outside)\n" : "\n");
    for (size_t i = 0; by_brand && i < config->brand_count; i++) {
        buf_format(check->out, "  Brand %s\n", config->brands[i].id);
        routing_table(check, config->brands[i].id);
    }
    if (by_brand) {
        buf_string(check->out, "  No brand\n");
    }
    routing_table(check, NULL);
}

/* ---- the proof ------------------------------------------------------------------------------- */

static int by_time(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

    return left < right ? -1 : left > right;
}

/* All moments at which the routing table may change, sorted, each once: *COUNT of them. */
static int64_t *moments(struct check *check, size_t *count)
{
    const struct config *config = check->config;
    int64_t *times = arena_array(check->arena, 2 * config->route_count + 1, sizeof *times);
    size_t kept = 0;

    *count = 0;
    times[(*count)++] = INT64_MIN;
    for (size_t i = 0; i < config->route_count; i++) {
        times[(*count)++] = config->routes[i].period.from;
        times[(*count)++] = config->routes[i].period.until;
    }
    qsort(times, *count, sizeof *times, by_time);
    for (size_t i = 0; i < *count; i++) {
        if (times[i] != INT64_MAX && (kept == 0 || times[i] != times[kept - 1])) {
            times[kept++] = times[i];
        }
    }
    *count = kept;
    return times;
}

/*
 * Asks the very function that `escalate` asks, for sensitive mail of every level, category,
 * language and brand, at every moment at which the table changes: does any of it leave?
 */
static void proof(struct check *check)
{
    const struct config *config = check->config;
    size_t moment_count, tried = 0;
    const int64_t *times = moments(check, &moment_count);

    for (size_t m = 0; m < moment_count; m++) {
        for (int level = 0; level <= 9; level++) {
            for (size_t c = 0; c <= config->category_count; c++) {
                for (size_t l = 0; l <= config->language_count; l++) {
                    for (size_t b = 0; b <= config->brand_count; b++) {
                        const struct config_route *route = config_route_for(
                            config, level, c == 0 ? NULL : config->categories[c - 1].id,
                            l == 0 ? "und" : config->languages[l - 1],
                            b == 0 ? NULL : config->brands[b - 1].id, true, times[m]);

                        tried++;
                        if (route->queue->outside) {
                            check->code = diag(EX_CONFIG, config->path,
                                               "sensitive mail of level %d could leave by the "
                                               "line %d of the routing table",
                                               level, route->line);
                            return;
                        }
                    }
                }
            }
        }
    }
    buf_format(check->out,
               "\nProof: no path lets sensitive mail out (%zu classes of sensitive mail tried).\n",
               tried);
}

static void outlook(struct check *check)
{
    const char *queue = NULL;

    if (config_needs_redact(check->config, &queue)) {
        buf_format(check->out,
                   "Note: queue %s is outside and lacks redact=\"no\": a chain without the filter "
                   "redact refuses to start.\n",
                   queue);
    }
    if (check->config->path == NULL) {
        buf_string(check->out, "Note: this is the built-in starter; postroom-init(1) makes one "
                               "that can be changed.\n");
    }
}

/* ---- the program ----------------------------------------------------------------------------- */

static int check_file(const char *path)
{
    struct arena arena = ARENA_INIT;
    struct buf out = BUF_INIT;
    struct config *config = NULL;
    struct check check = {NULL, &arena, &out, 0, 0};

    check.code = clock_now(&check.now);
    if (check.code == 0) {
        check.code = config_load_with_schema(path, &config);
    }
    if (check.code == 0) {
        check.config = config;
        check.code = config_check_patterns(config);
        buf_format(&out, "%s: nothing is wrong.\n\n",
                   config->path != NULL ? config->path : "built-in starter");
        house(&check);
        calendars(&check);
        queues(&check);
        categories(&check);
        rules(&check);
        templates(&check);
        routing(&check);
        proof(&check);
        outlook(&check);
    }
    if (check.code == 0 &&
        (fwrite(out.octets, 1, out.length, stdout) != out.length || fflush(stdout) != 0)) {
        check.code = diag_errno(EX_IOERR, "standard output", "cannot be written");
    }
    config_free(config);
    buf_release(&out);
    arena_release(&arena);
    return check.code;
}

int main(int argc, char **argv)
{
    static const struct filter_option table[] = {
        {"config", 'c', "FILE", "the file to check, as in the other programs"},
        {"version", 0, NULL, "print the version and exit"},
        {"help", 'h', NULL, "print the options and exit"},
        {NULL, 0, NULL, NULL},
    };
    static const struct filter_option *const tables[] = {table};
    struct arena arena = ARENA_INIT;
    struct filter_values values;
    const char *path;
    int code;

    diag_set_program("postroom-check");
    code = options_parse(&arena, tables, 1, argc, argv, &values);
    if (code == 0 && options_value(&values, "help") != NULL) {
        code = options_help("postroom-check", "[FILE]",
                            "Says what is wrong with a configuration, and what it would do.",
                            tables, 1);
    } else if (code == 0 && options_value(&values, "version") != NULL) {
        code = options_version("postroom-check");
    } else if (code == 0) {
        path = options_value(&values, "config");
        if (values.operand_count + (path != NULL) > 1) {
            code = diag(EX_USAGE, NULL, "one file is enough: see --help");
        } else {
            code = check_file(values.operand_count == 1 ? values.operands[0] : path);
        }
    }
    arena_release(&arena);
    return code;
}
