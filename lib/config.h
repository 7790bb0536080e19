/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * config: the one configuration file, as one read-only struct. Nobody else sees XML.
 *
 * The file is XML in the namespace urn:postroom:config:1 (postroom.xml(5)) and may be split with
 * XInclude. Its shape is that of templates/postroom.rng: config_load checks it by a table of its
 * own, which can name the wrong attribute and costs nothing, where making the schema ready costs
 * 2.5 ms; a test holds the two against each other. Lists keep the order of the file; every
 * string is UTF-8, NUL-terminated and lives as long as the configuration. Relative paths in the
 * file are made absolute against the folder of the file that names them.
 */
#ifndef POSTROOM_CONFIG_H
#define POSTROOM_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "limits.h"

/* A date from which (inclusive) and before which (exclusive) something holds, UTC seconds. */
struct config_period {
    int64_t from;  /* INT64_MIN when open */
    int64_t until; /* INT64_MAX when open */
};

/* One span of working hours. `days` has bit 0 for Monday … bit 6 for Sunday. Minutes of the day. */
struct config_hours {
    unsigned days;
    int from;  /* 0 to 1439 */
    int until; /* 1 to 1440; at or below `from` means: ends on the next day */
};

struct config_calendar {
    const char *id;
    const char *zone; /* IANA name */
    const struct config_hours *hours;
    size_t hours_count;
    const char *holidays; /* path of an iCalendar file, or NULL */
    int line;
};

/* Who the house writes as, and for whom. */
struct config_brand {
    const char *id;
    const char *name;             /* "Lumière Énergie" */
    const char *from;             /* address that our mail comes from */
    const char *language;         /* tag of the language used when the customer's is unknown */
    const char *zone;             /* IANA name: in which promises are written */
    const char *const *addresses; /* lower case; mail to these belongs to the brand */
    size_t address_count;
    bool strict; /* agents and parties are believed only when `trust` says so */
    int line;
};

/* Addresses of people who answer for us: "ann@site.example" or "*@site.example", lower case. */
struct config_agent {
    const char *address;
    const char *site;
    int line;
};

/* What a category's level is during a period. */
struct config_level {
    int level; /* 1 to 9 */
    struct config_period period;
};

struct config_category {
    const char *id;
    bool sensitive;
    bool courtesy;
    const struct config_level *levels; /* by date; the first whose period holds the time counts */
    size_t level_count;
    int line;
};

enum config_transport {
    CONFIG_MAILDIR,  /* target: absolute folder */
    CONFIG_SENDMAIL, /* target: address that the mail goes to */
    CONFIG_COMMAND   /* target: command line for /bin/sh -c, the mail on its standard input */
};

struct config_queue {
    const char *id;
    const char *site;                       /* or NULL */
    bool outside;                           /* another firm reads it */
    bool redact;                            /* false only with redact="no" */
    const struct config_calendar *calendar; /* NULL: no deadlines in this queue */
    int64_t first_reply; /* working seconds until the first reply is due; 0: none */
    int64_t resolve;     /* working seconds until the case is due; 0: none */
    enum config_transport transport;
    const char *target;
    int line;
};

/* One line of the routing table; the first line that fits takes the message. NULL: any. */
struct config_route {
    int level; /* 0: any */
    const char *const *categories;
    size_t category_count;
    const char *const *languages;
    size_t language_count;
    const char *const *brands;
    size_t brand_count;
    int sensitive; /* 1: only sensitive, 0: only not sensitive, -1: either */
    struct config_period period;
    const struct config_queue *queue;
    int line;
};

/* The queues for what is not routed by level. Each is set after config_load. */
struct config_special {
    const struct config_queue *agents;     /* agents' mail */
    const struct config_queue *postmaster; /* bounces, feedback reports */
    const struct config_queue *automatic;  /* automatic replies */
    const struct config_queue *bulk;
    const struct config_queue *spam;
    const struct config_queue *duplicates;
    const struct config_queue *unsure;   /* no rule was certain: a human looks */
    const struct config_queue *in_house; /* the last resort: what must not leave goes here */
};

enum config_test {
    CONFIG_ALL,      /* every child holds */
    CONFIG_ANY,      /* at least one child holds */
    CONFIG_NOT,      /* the only child does not hold */
    CONFIG_HEADER,   /* a field called `name` matches `pattern` (any field value, decoded) */
    CONFIG_SUBJECT,  /* the subject matches `pattern` */
    CONFIG_TEXT,     /* the new text matches `pattern` */
    CONFIG_CONTENT,  /* subject or new text matches `pattern` */
    CONFIG_SENDER,   /* the address of From matches `pattern` */
    CONFIG_KIND,     /* the kind is `name` */
    CONFIG_LANGUAGE, /* the language is `name` */
    CONFIG_BRAND     /* the brand is `name` */
};

struct config_condition {
    enum config_test test;
    const char *name;    /* see above, or NULL */
    const char *pattern; /* PCRE2 pattern, or NULL */
    bool case_sensitive; /* default: without regard to case */
    bool words;          /* pattern is a list of plain words or phrases, separated by `|`, each
                            matched as a whole word */
    const struct config_condition *children;
    size_t child_count;
    const char
        *file; /* where it stands, for messages; line and column are of the pattern, if any */
    int line;
    int column;
};

struct config_rule {
    const char *id;
    const char *category; /* or NULL: the rule says only level or sensitive */
    int level;            /* 0: the category's own */
    bool sensitive;
    int priority;      /* higher wins; equal: the first in the file */
    double confidence; /* 0 to 1, what the category gets; below `threshold` the mail is unsure */
    struct config_period period;
    struct config_condition condition;
    const char *file; /* where it stands, for messages */
    int line;
};

struct config_replies {
    const char *folder; /* templates: NAME.LANGUAGE.mustache */
    int64_t cap_count;  /* automatic mails to one address … */
    int64_t cap_window; /* … in this many seconds */
    int64_t oldest;     /* a reply to a message older than this (seconds) is given up */
    bool enabled;
    enum config_transport transport; /* how replies leave: CONFIG_SENDMAIL with target NULL, or */
    const char *target;              /* CONFIG_MAILDIR with a folder, or CONFIG_COMMAND */
};

struct config_spam {
    const char *field;   /* header field of the site's scanner */
    const char *pattern; /* PCRE2 pattern that its value matches when the message is spam */
    const char *file;    /* where the pattern stands, for messages */
    int line;
    int column;
};

struct config {
    struct arena arena; /* own: everything below */
    const char *path;   /* absolute; NULL for the built-in starter */

    const char *folder;       /* store, ledger, locks: absolute; NULL when there is no store */
    const char *ledger;       /* path of the ledger's file */
    const char *key;          /* path of the house key */
    const char *host;         /* name of this host in ledger and outbox */
    const char *sendmail;     /* command, "/usr/sbin/sendmail" */
    int64_t busy;             /* seconds to wait for the store's lock */
    int64_t prepared_expire;  /* seconds after which a prepared outbox row expires */
    int64_t duplicate_window; /* seconds in which the same text is a duplicate */
    int64_t case_window;      /* seconds in which the same subject joins a case */

    const char *const *trusted_hosts; /* "by" hosts whose Received fields are believed; none: the
                                         newest field is */
    size_t trusted_host_count;
    const char *authserv;         /* authserv-id whose Authentication-Results count, or NULL */
    const char *const *languages; /* tags, the first is the house's */
    size_t language_count;
    double threshold; /* confidence below which a category is unsure */

    const struct config_spam *spam;
    size_t spam_count;
    const struct config_brand *brands;
    size_t brand_count;
    const struct config_agent *agents;
    size_t agent_count;
    const struct config_category *categories;
    size_t category_count;
    const struct config_calendar *calendars;
    size_t calendar_count;
    const struct config_queue *queues;
    size_t queue_count;
    const struct config_route *routes;
    size_t route_count;
    const struct config_rule *rules;
    size_t rule_count;
    struct config_special special;
    struct config_replies replies;
    struct limits limits;
};

/*
 * Loads the configuration into *CONFIG, which the caller gives back with config_free. PATH is the
 * --config option; NULL: $POSTROOM_CONFIG, then /etc/postroom/postroom.xml, then the built-in
 * starter, which has no store (folder NULL) and whose queues are folders that do not exist.
 * EX_CONFIG: unreadable, writable by others than its owner and root, not well-formed, not valid,
 * or contradictory (undefined queue, sensitive mail that could leave …): every problem is reported
 * as `program: FILE:LINE:COLUMN: what, and what to do`.
 */
int config_load(const char *path, struct config **config);

/* The same, and validates with the RELAX NG schema as well: for postroom-check. */
int config_load_with_schema(const char *path, struct config **config);

/* Frees it. NULL is allowed. */
void config_free(struct config *config);

/* The thing with this id, or NULL. */
const struct config_brand *config_brand(const struct config *config, const char *id);
const struct config_category *config_category(const struct config *config, const char *id);
const struct config_queue *config_queue(const struct config *config, const char *id);
const struct config_calendar *config_calendar(const struct config *config, const char *id);

/* The brand that ADDRESS (any case, plus part and reply key allowed: "name+ID.M@d") belongs to. */
const struct config_brand *config_brand_of(const struct config *config, const char *address);

/* The agent entry that ADDRESS falls under, or NULL. */
const struct config_agent *config_agent_of(const struct config *config, const char *address);

/* The level of CATEGORY at TIME (UTC seconds); 0 when it has none then. */
int config_level_at(const struct config_category *category, int64_t time);

/*
 * The first line of the routing table that takes a message of LEVEL (0: it has none), CATEGORY,
 * LANGUAGE and BRAND (each may be NULL: only lines that take any fit) at TIME (UTC seconds). Never
 * NULL: config_load makes sure of a line that takes everything.
 */
const struct config_route *config_route_for(const struct config *config, int level,
                                            const char *category, const char *language,
                                            const char *brand, bool sensitive, int64_t time);

/*
 * Whether some outside queue lacks redact="no", so that only a chain with `redact` may send there;
 * *QUEUE (may be NULL) becomes the id of the first such queue.
 */
bool config_needs_redact(const struct config *config, const char **queue);

/*
 * Compiles every pattern of rules and spam fields with PCRE2 and throws the result away. EX_CONFIG:
 * every pattern that is refused has been reported with its place. config_load doesn't do this,
 * since it would cost each start of each filter some milliseconds; who uses the patterns compiles
 * them anyway.
 */
int config_check_patterns(const struct config *config);

/* TIME lies in PERIOD. */
static inline bool config_in_period(struct config_period period, int64_t time)
{
    return time >= period.from && time < period.until;
}

#endif
