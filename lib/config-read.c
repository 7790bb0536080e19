/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config-read.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "zone.h"

/* ---- going through lists --------------------------------------------------------------------- */

const xmlNode *config_item(const struct config_reader *reader, const char *group, const char *item,
                           const xmlNode *previous)
{
    const xmlNode *list =
        previous != NULL ? previous->parent : config_child(reader->root, group, NULL);
    const xmlNode *node;

    while (list != NULL) {
        node = config_child(list, item, previous);
        if (node != NULL) {
            return node;
        }
        list = config_child(reader->root, group, list);
        previous = NULL;
    }
    return NULL;
}

size_t config_item_count(const struct config_reader *reader, const char *group, const char *item)
{
    const xmlNode *node = NULL;
    size_t count = 0;

    while ((node = config_item(reader, group, item, node)) != NULL) {
        count++;
    }
    return count;
}

/* How many top-level elements are called NAME. */
static size_t top_count(const struct config_reader *reader, const char *name)
{
    const xmlNode *node = NULL;
    size_t count = 0;

    while ((node = config_child(reader->root, name, node)) != NULL) {
        count++;
    }
    return count;
}

const char *config_known(struct config_reader *reader, const void *things, size_t count,
                         size_t size)
{
    struct buf out = BUF_INIT;
    const char *text;

    for (size_t i = 0; i < count; i++) {
        if (config_id_at(things, i, size) != NULL) {
            buf_format(&out, "%s%s", out.length == 0 ? "" : ", ", config_id_at(things, i, size));
        }
    }
    text = out.length == 0 ? "none" : arena_copy(reader->arena, out.octets, out.length);
    buf_release(&out);
    return text;
}

const char *config_new_id(struct config_reader *reader, const xmlNode *node, const void *things,
                          size_t count, size_t size)
{
    const char *id = config_id(reader, node, "id");

    if (config_find(things, count, size, id) != NULL) {
        config_problem(reader->problems, node, "id", "%s \"%s\" exists already",
                       (const char *)node->name, id);
    }
    return id;
}

bool config_knows_language(const struct config *config, const char *tag)
{
    for (size_t i = 0; i < config->language_count; i++) {
        if (strcmp(config->languages[i], tag) == 0) {
            return true;
        }
    }
    return strcmp(tag, "und") == 0;
}

/* ---- the house ------------------------------------------------------------------------------- */

static void read_languages(struct config_reader *reader)
{
    const xmlNode *node = config_child(reader->root, "languages", NULL);
    struct config *config = reader->config;

    if (node == NULL) {
        return;
    }
    config->languages = config_list(reader, node, "tags", &config->language_count);
    for (size_t i = 0; i < config->language_count; i++) {
        const char *tag = config->languages[i];
        size_t length = strspn(tag, "abcdefghijklmnopqrstuvwxyz");

        if (length < 2 || length > 3 || tag[length] != '\0' || strcmp(tag, "und") == 0) {
            config_problem(reader->problems, node, "tags",
                           "\"%s\" is no language tag: write two or three small letters, like fr",
                           tag);
        }
        for (size_t j = 0; j < i; j++) {
            if (strcmp(config->languages[j], tag) == 0) {
                config_problem(reader->problems, node, "tags", "\"%s\" stands there twice", tag);
            }
        }
    }
}

/* This host's name as an id: small letters, other octets as `-`. */
static const char *host_name(struct config_reader *reader)
{
    char name[256];
    char *copy;

    if (gethostname(name, sizeof name) != 0) {
        return "localhost";
    }
    name[64] = '\0';
    copy = arena_string(reader->arena, config_lower(reader, name));
    for (char *at = copy; *at != '\0'; at++) {
        if (strchr("abcdefghijklmnopqrstuvwxyz0123456789._-", *at) == NULL) {
            *at = '-';
        }
    }
    return *copy == '\0' ? "localhost" : copy;
}

static void read_store(struct config_reader *reader)
{
    const xmlNode *node = config_child(reader->root, "store", NULL);
    struct config *config = reader->config;

    config->busy = 30;
    config->prepared_expire = 86400;
    config->host = host_name(reader);
    if (node == NULL) {
        return;
    }
    config->busy = config_duration(reader, node, "busy", config->busy);
    config->prepared_expire =
        config_duration(reader, node, "prepared-expire", config->prepared_expire);
    if (config_text(reader, node, "host") != NULL) {
        config->host = config_id(reader, node, "host");
    }
    if (reader->built_in) {
        return;
    }
    config->folder = config_path(reader, node, "folder");
    config->key = config_path(reader, node, "key");
    config->ledger = config_path(reader, node, "ledger");
    if (config->folder != NULL && config->key == NULL) {
        config->key = arena_format(reader->arena, "%s/house.key", config->folder);
    }
    if (config->folder != NULL && config->ledger == NULL) {
        config->ledger = arena_format(reader->arena, "%s/ledger.ndjson", config->folder);
    }
}

static void read_mail(struct config_reader *reader)
{
    const xmlNode *node = config_child(reader->root, "mail", NULL);
    struct config *config = reader->config;
    const char **hosts;

    config->sendmail = "/usr/sbin/sendmail";
    if (node == NULL) {
        return;
    }
    if (config_text(reader, node, "sendmail") != NULL) {
        config->sendmail = config_text(reader, node, "sendmail");
    }
    config->authserv = config_text(reader, node, "authserv");
    config->trusted_hosts = config_list(reader, node, "trusted-hosts", &config->trusted_host_count);
    hosts = arena_array(reader->arena, config->trusted_host_count, sizeof *hosts);
    for (size_t i = 0; i < config->trusted_host_count; i++) {
        hosts[i] = config_lower(reader, config->trusted_hosts[i]);
    }
    config->trusted_hosts = hosts;
}

static void read_limits(struct config_reader *reader)
{
    static const struct limits usual = LIMITS_DEFAULT;
    const xmlNode *node = config_child(reader->root, "limits", NULL);
    struct config *config = reader->config;

    config->limits = usual;
    if (node == NULL) {
        return;
    }
#define READ_LIMIT(member, name, value, what)                                                      \
    config->limits.member =                                                                        \
        (size_t)config_number(reader, node, name, 1, 999999999, (int64_t)usual.member);
    LIMITS(READ_LIMIT)
#undef READ_LIMIT
}

static void read_singles(struct config_reader *reader)
{
    const xmlNode *classify = config_child(reader->root, "classify", NULL);
    const xmlNode *windows = config_child(reader->root, "windows", NULL);
    struct config *config = reader->config;

    config->threshold = 0.60;
    if (classify != NULL) {
        config->threshold = config_fraction(reader, classify, "threshold", config->threshold);
    }
    config->duplicate_window = INT64_C(7) * 86400;
    config->case_window = INT64_C(14) * 86400;
    if (windows != NULL) {
        config->duplicate_window =
            config_duration(reader, windows, "duplicate", config->duplicate_window);
        config->case_window = config_duration(reader, windows, "case", config->case_window);
    }
}

/*
 * Without the acknowledgement in the house's and the brands' own languages nobody could be
 * answered; other languages may be missing (then `autoreply` is silent: no-template).
 */
static void check_templates(struct config_reader *reader, const xmlNode *node)
{
    const struct config *config = reader->config;
    struct buf path = BUF_INIT;

    for (size_t i = 0; i <= config->brand_count; i++) {
        const char *language = i < config->brand_count      ? config->brands[i].language
                               : config->language_count > 0 ? config->languages[0]
                                                            : NULL;

        for (size_t j = 0; j < i && j < config->brand_count && language != NULL; j++) {
            if (config->brands[j].language != NULL &&
                strcmp(config->brands[j].language, language) == 0) {
                language = NULL;
            }
        }
        if (language == NULL) {
            continue;
        }
        buf_clear(&path);
        buf_format(&path, "%s/acknowledge.%s.mustache", config->replies.folder, language);
        if (access(buf_cstring(&path), R_OK) != 0) {
            config_problem(reader->problems, node, "folder",
                           "template %s is missing: put it there, or say enabled=\"no\"",
                           buf_cstring(&path));
        }
    }
    buf_release(&path);
}

static void read_replies(struct config_reader *reader)
{
    const xmlNode *node = config_child(reader->root, "replies", NULL);
    struct config_replies *replies = &reader->config->replies;

    *replies = (struct config_replies){.cap_count = 3,
                                       .cap_window = 86400,
                                       .oldest = INT64_C(3) * 86400,
                                       .transport = CONFIG_SENDMAIL};
    if (node == NULL) {
        return;
    }
    replies->folder = config_path(reader, node, "folder");
    replies->enabled = config_yes_no(reader, node, "enabled", true);
    if (config_text(reader, node, "maildir") != NULL) {
        replies->transport = CONFIG_MAILDIR;
        replies->target = config_path(reader, node, "maildir");
    } else if (config_text(reader, node, "command") != NULL) {
        replies->transport = CONFIG_COMMAND;
        replies->target = config_text(reader, node, "command");
    }
    if (replies->transport == CONFIG_MAILDIR && config_text(reader, node, "command") != NULL) {
        config_problem(reader->problems, node, "command",
                       "replies leave by maildir or by command, not by both");
    }
    replies->cap_count = config_number(reader, node, "cap", 0, 1000000, replies->cap_count);
    replies->cap_window = config_duration(reader, node, "cap-window", replies->cap_window);
    replies->oldest = config_duration(reader, node, "oldest", replies->oldest);
    if (replies->enabled && replies->folder != NULL && !reader->built_in) {
        check_templates(reader, node);
    }
}

static void read_spam(struct config_reader *reader)
{
    struct config *config = reader->config;
    struct config_spam *spam = arena_array(reader->arena, top_count(reader, "spam"), sizeof *spam);
    const xmlNode *node = NULL;

    config->spam = spam;
    while ((node = config_child(reader->root, "spam", node)) != NULL) {
        struct config_place place = config_place_of_attribute(node, "pattern");

        spam->field = config_text(reader, node, "field");
        spam->pattern = config_text(reader, node, "pattern");
        spam->file = place.file->name;
        spam->line = place.line;
        spam->column = place.column;
        if (spam->field != NULL && strpbrk(spam->field, ": \t") != NULL) {
            config_problem(reader->problems, node, "field",
                           "\"%s\" is no name of a header field (write it without the colon)",
                           spam->field);
        }
        config->spam_count++;
        spam++;
    }
}

/* ---- who --------------------------------------------------------------------------------------*/

static const char *read_zone(struct config_reader *reader, const xmlNode *node)
{
    const char *zone = config_text(reader, node, "zone");

    if (zone != NULL && zone_find(zone) == NULL) {
        config_problem(reader->problems, node, "zone",
                       "this host knows no time zone \"%s\" (write it like Europe/Paris)", zone);
    }
    return zone;
}

/* Reads a list of addresses in lower case. */
static const char *const *read_addresses(struct config_reader *reader, const xmlNode *node,
                                         bool wild, size_t *count)
{
    const char *const *list = config_list(reader, node, "addresses", count);
    const char **addresses = arena_array(reader->arena, *count, sizeof *addresses);

    for (size_t i = 0; i < *count; i++) {
        addresses[i] = config_lower(reader, list[i]);
        if (!config_is_address(list[i], wild)) {
            config_problem(reader->problems, node, "addresses", "\"%s\" is no address%s", list[i],
                           wild ? " (name@domain or *@domain)" : "");
        }
    }
    return addresses;
}

static void read_brand(struct config_reader *reader, const xmlNode *node,
                       struct config_brand *brand)
{
    const struct config *config = reader->config;
    const char *from = config_text(reader, node, "from");
    bool own = false;

    brand->line = config_place_of(node)->line;
    brand->name = config_text(reader, node, "name");
    brand->language = config_text(reader, node, "language");
    brand->zone = read_zone(reader, node);
    brand->strict = config_yes_no(reader, node, "strict", false);
    brand->addresses = read_addresses(reader, node, false, &brand->address_count);
    brand->from = from != NULL ? config_lower(reader, from) : NULL;
    if (brand->language != NULL &&
        (!config_knows_language(config, brand->language) || strcmp(brand->language, "und") == 0)) {
        config_problem(reader->problems, node, "language",
                       "language \"%s\" is not among those of <languages>", brand->language);
    }
    for (size_t i = 0; i < brand->address_count; i++) {
        const struct config_brand *other = config_brand_of(config, brand->addresses[i]);

        own = own || (brand->from != NULL && strcmp(brand->from, brand->addresses[i]) == 0);
        if (other != NULL) {
            config_problem(reader->problems, node, "addresses",
                           "\"%s\" belongs to brand \"%s\" already", brand->addresses[i],
                           other->id != NULL ? other->id : "");
        }
    }
    if (brand->from != NULL && !config_is_address(brand->from, false)) {
        config_problem(reader->problems, node, "from", "\"%s\" is no address", from);
    } else if (brand->from != NULL && brand->address_count > 0 && !own) {
        config_problem(reader->problems, node, "from",
                       "\"%s\" is not among the brand's addresses: answers to it would not be "
                       "known as this brand's",
                       from);
    }
}

static void read_brands(struct config_reader *reader)
{
    struct config *config = reader->config;
    struct config_brand *brands =
        arena_array(reader->arena, config_item_count(reader, "brands", "brand"), sizeof *brands);
    const xmlNode *node = NULL;

    config->brands = brands;
    while ((node = config_item(reader, "brands", "brand", node)) != NULL) {
        struct config_brand *brand = &brands[config->brand_count];

        brand->id = config_new_id(reader, node, brands, config->brand_count, sizeof *brands);
        read_brand(reader, node, brand);
        config->brand_count++;
    }
}

static void read_agents(struct config_reader *reader)
{
    struct config *config = reader->config;
    struct config_agent *agents = NULL;
    size_t capacity = 0;
    const xmlNode *node = NULL;

    while ((node = config_child(reader->root, "agents", node)) != NULL) {
        const char *site = config_id(reader, node, "site");
        size_t count;
        const char *const *addresses = read_addresses(reader, node, true, &count);

        for (size_t i = 0; i < count; i++) {
            const struct config_brand *brand = config_brand_of(config, addresses[i]);

            agents =
                arena_grow(reader->arena, agents, config->agent_count, &capacity, sizeof *agents);
            for (size_t j = 0; j < config->agent_count; j++) {
                if (strcmp(agents[j].address, addresses[i]) == 0) {
                    config_problem(reader->problems, node, "addresses",
                                   "\"%s\" is listed for site \"%s\" already", addresses[i],
                                   agents[j].site != NULL ? agents[j].site : "");
                }
            }
            if (brand != NULL) {
                config_problem(reader->problems, node, "addresses",
                               "\"%s\" is an address of brand \"%s\": it cannot be an agent's too",
                               addresses[i], brand->id != NULL ? brand->id : "");
            }
            agents[config->agent_count++] =
                (struct config_agent){addresses[i], site, config_place_of(node)->line};
        }
    }
    config->agents = agents;
}

/* ---- when ------------------------------------------------------------------------------------ */

/* The number of the weekday that TEXT begins with, 0 for mon; -1 for none. */
static int weekday(const char *text)
{
    static const char *const names[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

    for (int i = 0; i < 7; i++) {
        if (strncmp(text, names[i], 3) == 0) {
            return i;
        }
    }
    return -1;
}

/* The bits of "mon", or of "mon-fri" (which may go round: "sat-mon"); 0 for what is neither. */
static unsigned days_of(const char *text)
{
    int first = weekday(text), last = first;
    unsigned days = 0;

    if (first < 0) {
        return 0;
    }
    if (text[3] == '-') {
        last = weekday(text + 4);
        if (last < 0 || text[7] != '\0') {
            return 0;
        }
    } else if (text[3] != '\0') {
        return 0;
    }
    for (int day = first; days |= 1u << day, day != last; day = (day + 1) % 7) {
    }
    return days;
}

/* Minutes of the day of "09:30"; "24:00" is 1440. */
static int read_clock(struct config_reader *reader, const xmlNode *node, const char *name)
{
    const char *text = config_text(reader, node, name);
    int hour, minute;

    if (text == NULL) {
        return 0;
    }
    if (strlen(text) == 5 && text[2] == ':' && strspn(text, "0123456789") == 2 &&
        strspn(text + 3, "0123456789") == 2) {
        hour = (text[0] - '0') * 10 + text[1] - '0';
        minute = (text[3] - '0') * 10 + text[4] - '0';
        if (minute < 60 && (hour < 24 || (hour == 24 && minute == 0))) {
            return hour * 60 + minute;
        }
    }
    config_problem(reader->problems, node, name,
                   "%s=\"%s\" is no time of the day: write 09:00, or 24:00 for midnight", name,
                   text);
    return 0;
}

static void read_hours(struct config_reader *reader, const xmlNode *node,
                       struct config_hours *hours)
{
    size_t count;
    const char *const *days = config_list(reader, node, "days", &count);

    for (size_t i = 0; i < count; i++) {
        unsigned bits = days_of(days[i]);

        hours->days |= bits;
        if (bits == 0) {
            config_problem(reader->problems, node, "days",
                           "\"%s\" is no weekday: write mon tue wed thu fri sat sun, or mon-fri",
                           days[i]);
        }
    }
    hours->from = read_clock(reader, node, "from");
    hours->until = read_clock(reader, node, "until");
    if (hours->from == 1440) {
        config_problem(reader->problems, node, "from", "a day begins at 00:00, not at 24:00");
    } else if (hours->until == 0) {
        hours->until = 1440;
    }
}

static void read_calendar(struct config_reader *reader, const xmlNode *node,
                          struct config_calendar *calendar)
{
    struct config_hours *hours;
    const xmlNode *child = NULL;
    struct stat status;

    calendar->line = config_place_of(node)->line;
    calendar->zone = read_zone(reader, node);
    calendar->holidays = reader->built_in ? NULL : config_path(reader, node, "holidays");
    if (calendar->holidays != NULL &&
        (access(calendar->holidays, R_OK) != 0 || stat(calendar->holidays, &status) != 0 ||
         !S_ISREG(status.st_mode))) {
        config_problem(reader->problems, node, "holidays",
                       "the holidays in %s cannot be read (an iCalendar file)", calendar->holidays);
    }
    while ((child = config_child(node, "hours", child)) != NULL) {
        calendar->hours_count++;
    }
    if (calendar->hours_count == 0) {
        config_problem(reader->problems, node, NULL,
                       "this calendar has no <hours>: it never opens");
    }
    hours = arena_array(reader->arena, calendar->hours_count, sizeof *hours);
    calendar->hours = hours;
    while ((child = config_child(node, "hours", child)) != NULL) {
        read_hours(reader, child, hours++);
    }
}

static void read_calendars(struct config_reader *reader)
{
    struct config *config = reader->config;
    struct config_calendar *calendars = arena_array(
        reader->arena, config_item_count(reader, "calendars", "calendar"), sizeof *calendars);
    const xmlNode *node = NULL;

    config->calendars = calendars;
    while ((node = config_item(reader, "calendars", "calendar", node)) != NULL) {
        struct config_calendar *calendar = &calendars[config->calendar_count];

        calendar->id =
            config_new_id(reader, node, calendars, config->calendar_count, sizeof *calendars);
        read_calendar(reader, node, calendar);
        config->calendar_count++;
    }
}

void config_read_basics(struct config_reader *reader)
{
    read_languages(reader);
    read_store(reader);
    read_mail(reader);
    read_limits(reader);
    read_singles(reader);
    read_spam(reader);
    read_brands(reader);
    read_agents(reader);
    read_calendars(reader);
    read_replies(reader);
}
