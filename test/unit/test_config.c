/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <libxml/parser.h>
#include <libxml/relaxng.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "config.h"
#include "diag.h"

/* A folder of our own, since files of a checkout may be writable by a group. */
static char folder[] = "/tmp/test_config.XXXXXX";

/* ---- helpers --------------------------------------------------------------------------------- */

static char *in_folder(const char *name)
{
    static char paths[4][4096];
    static unsigned turn;
    char *path = paths[turn++ % 4];

    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static void put(const char *name, const char *octets, size_t length)
{
    int fd = open(in_folder(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, octets, length), (ssize_t)length);
    assert_int_equal(fchmod(fd, 0600), 0);
    close(fd);
}

/* Appends the file NAME of the source tree to OUT. */
static void source(struct buf *out, const char *name)
{
    const char *top = getenv("POSTROOM_SRC");
    char path[4096];
    FILE *file;
    size_t got;

    snprintf(path, sizeof path, "%s/%s", top != NULL ? top : ".", name);
    file = fopen(path, "r");
    if (file == NULL) {
        fail_msg("cannot read %s", path);
        return;
    }
    while ((got = fread(buf_reserve(out, 4096), 1, 4096, file)) > 0) {
        out->length += got;
    }
    fclose(file);
    buf_char(out, '\0');
    out->length--;
}

/* Copies a fixture into our folder under the same name. */
static void fixture(const char *name)
{
    struct buf octets = BUF_INIT;
    char path[512];

    snprintf(path, sizeof path, "test/fixtures/config/%s", name);
    source(&octets, path);
    put(name, octets.octets, octets.length);
    buf_release(&octets);
}

/* Loads PATH; what was said on standard error is in SAID. */
static int load(const char *path, struct config **config, struct buf *said)
{
    int kept = dup(STDERR_FILENO);
    int fd = open(in_folder("said"), O_RDWR | O_CREAT | O_TRUNC, 0600);
    ssize_t got;
    int code;

    assert_true(fd >= 0);
    dup2(fd, STDERR_FILENO);
    code = config_load(path, config);
    dup2(kept, STDERR_FILENO);
    close(kept);
    buf_clear(said);
    lseek(fd, 0, SEEK_SET);
    while ((got = read(fd, buf_reserve(said, 4096), 4096)) > 0) {
        said->length += (size_t)got;
    }
    buf_char(said, '\0');
    said->length--;
    close(fd);
    return code;
}

static void expect_refused(const char *path, const char *text)
{
    struct config *config = NULL;
    struct buf said = BUF_INIT;

    assert_int_equal(load(path, &config, &said), EX_CONFIG);
    assert_null(config);
    if (strstr(buf_cstring(&said), text) == NULL) {
        fail_msg("\"%s\" not said, but:\n%s", text, buf_cstring(&said));
    }
    buf_release(&said);
}

static size_t count_lines(const struct buf *text)
{
    size_t lines = 0;

    for (size_t i = 0; i < text->length; i++) {
        lines += text->octets[i] == '\n';
    }
    return lines;
}

static int set_up(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL) {
        return -1;
    }
    unsetenv("POSTROOM_CONFIG");
    diag_set_program("test");
    fixture("small.xml");
    mkdir(in_folder("replies"), 0700);
    put("replies/acknowledge.fr.mustache", "Subject: x\n\nx\n", 14);
    put("replies/acknowledge.en.mustache", "Subject: x\n\nx\n", 14);
    put("holidays.ics", "BEGIN:VCALENDAR\nEND:VCALENDAR\n", 30);
    return 0;
}

static int tear_down(void **state)
{
    char command[128];

    (void)state;
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

/* ---- what is read ---------------------------------------------------------------------------- */

static struct config *small(void)
{
    struct config *config = NULL;

    assert_int_equal(config_load_with_schema(in_folder("small.xml"), &config), 0);
    return config;
}

static void test_house(void **state)
{
    struct config *config = small();

    (void)state;
    assert_string_equal(config->path, in_folder("small.xml"));
    assert_string_equal(config->folder, in_folder("state"));
    assert_string_equal(config->key, in_folder("keys/house.key"));
    assert_string_equal(config->ledger, "/var/log/ledger.ndjson");
    assert_string_equal(config->host, "mx1");
    assert_int_equal(config->busy, 5);
    assert_int_equal(config->prepared_expire, 6 * 3600);
    assert_int_equal(config->trusted_host_count, 2);
    assert_string_equal(config->trusted_hosts[0], "mx.one.example");
    assert_string_equal(config->authserv, "mx.one.example");
    assert_string_equal(config->sendmail, "/usr/lib/sendmail");
    assert_int_equal(config->language_count, 2);
    assert_string_equal(config->languages[1], "en");
    assert_true(config->threshold > 0.549 && config->threshold < 0.551);
    assert_int_equal(config->duplicate_window, 2 * 86400);
    assert_int_equal(config->case_window, 21 * 86400);
    assert_string_equal(config->replies.folder, in_folder("replies"));
    assert_true(config->replies.enabled);
    assert_int_equal(config->replies.cap_count, 2);
    assert_int_equal(config->replies.cap_window, 12 * 3600);
    assert_int_equal(config->replies.oldest, 86400);
    assert_int_equal(config->replies.transport, CONFIG_MAILDIR);
    assert_string_equal(config->replies.target, in_folder("queues/replies"));
    assert_int_equal(config->limits.fields, 11);
    assert_int_equal(config->limits.message, 20);
    assert_int_equal(config->spam_count, 2);
    assert_string_equal(config->spam[1].pattern, "\\*{5}");
    assert_int_equal(config->spam[0].line, 15);
    config_free(config);
}

static void test_people(void **state)
{
    struct config *config = small();
    const struct config_brand *brand = config_brand(config, "one");

    (void)state;
    assert_non_null(brand);
    assert_string_equal(brand->name, "Énergie & Cie");
    assert_string_equal(brand->from, "service@one.example");
    assert_true(brand->strict);
    assert_int_equal(brand->address_count, 2);
    assert_ptr_equal(config_brand_of(config, "CONTACT@one.EXAMPLE"), brand);
    assert_ptr_equal(config_brand_of(config, "service+4F7K2Q9XTB.ABCDEFGH@one.example"), brand);
    assert_null(config_brand_of(config, "+service@one.example"));
    assert_null(config_brand_of(config, "servic@one.example"));
    assert_null(config_brand_of(config, "service@one.example.org"));
    assert_null(config_brand_of(config, "service"));
    assert_null(config_brand_of(config, ""));
    assert_null(config_brand_of(config, NULL));
    assert_null(config_brand(config, "three"));
    assert_string_equal(config_agent_of(config, "Eve@Desk.example")->site, "desk");
    assert_string_equal(config_agent_of(config, "bob@desk.example")->site, "house");
    assert_string_equal(config_agent_of(config, "ANN@other.example")->site, "desk");
    assert_null(config_agent_of(config, "eve@other.example"));
    assert_null(config_agent_of(config, "@desk.example"));
    assert_null(config_agent_of(config, "eve@sub.desk.example"));
    assert_null(config_agent_of(config, NULL));
    config_free(config);
}

static void test_times(void **state)
{
    struct config *config = small();
    const struct config_calendar *day = config_calendar(config, "day");
    const struct config_category *billing = config_category(config, "billing");

    (void)state;
    assert_non_null(day);
    assert_string_equal(day->holidays, in_folder("holidays.ics"));
    assert_int_equal(day->hours_count, 2);
    assert_int_equal(day->hours[0].days, 0x1f);
    assert_int_equal(day->hours[0].from, 540);
    assert_int_equal(day->hours[0].until, 750);
    assert_int_equal(day->hours[1].days, 0x65); /* Saturday to Monday goes round */
    assert_int_equal(day->hours[1].from, 22 * 60);
    assert_int_equal(day->hours[1].until, 6 * 60);
    /* 2027-01-01T00:00:00Z is 1798761600; 2027-02-01T07:00:00Z is 1801465200. */
    assert_int_equal(config_level_at(billing, 1798761599), 1);
    assert_int_equal(config_level_at(billing, 1798761600), 2);
    assert_int_equal(config_level_at(billing, 1801465199), 2);
    assert_int_equal(config_level_at(billing, 1801465200), 1);
    config_free(config);
}

static void test_queues_and_routes(void **state)
{
    struct config *config = small();
    const struct config_queue *desk = config_queue(config, "desk");
    const int64_t now = 1795000000; /* November 2026 */
    const char *name = NULL;

    (void)state;
    assert_true(desk->outside);
    assert_false(desk->redact);
    assert_ptr_equal(desk->calendar, config_calendar(config, "day"));
    assert_int_equal(desk->first_reply, 4 * 3600);
    assert_int_equal(desk->resolve, 26 * 3600);
    assert_int_equal(desk->transport, CONFIG_MAILDIR);
    assert_string_equal(desk->target, in_folder("queues/desk"));
    assert_int_equal(config_queue(config, "team")->transport, CONFIG_SENDMAIL);
    assert_true(config_queue(config, "team")->redact);
    assert_int_equal(config_queue(config, "rest")->transport, CONFIG_COMMAND);
    assert_string_equal(config->special.unsure->id, "team");
    assert_string_equal(config->special.spam->id, "rest");
    assert_false(config_needs_redact(config, &name));
    assert_string_equal(config_route_for(config, 1, "billing", "fr", "one", false, now)->queue->id,
                        "desk");
    assert_string_equal(config_route_for(config, 1, "billing", "fr", "one", true, now)->queue->id,
                        "team");
    assert_string_equal(config_route_for(config, 1, "legal", "fr", "one", false, now)->queue->id,
                        "rest");
    assert_string_equal(config_route_for(config, 1, "billing", "en", "one", false, now)->queue->id,
                        "rest");
    assert_string_equal(config_route_for(config, 1, "billing", "fr", NULL, false, now)->queue->id,
                        "rest");
    assert_string_equal(config_route_for(config, 2, "billing", "fr", "one", false, now)->queue->id,
                        "rest");
    assert_string_equal(
        config_route_for(config, 1, "billing", "fr", "one", false, INT64_MAX - 1)->queue->id,
        "rest");
    config_free(config);
}

static void test_rules(void **state)
{
    struct config *config = small();
    const struct config_rule *legal = &config->rules[0], *all = &config->rules[1];
    const struct config_condition *part;

    (void)state;
    assert_int_equal(config->rule_count, 2);
    assert_string_equal(legal->category, "legal");
    assert_true(legal->sensitive);
    assert_int_equal(legal->priority, 100);
    assert_int_equal(legal->level, 0);
    assert_int_equal(legal->condition.test, CONFIG_ANY); /* one alone stands for itself */
    part = &legal->condition.children[0];
    assert_int_equal(part->test, CONFIG_CONTENT);
    assert_true(part->words);
    assert_string_equal(part->pattern, "mise en demeure|avocat|solicitor");
    part = &legal->condition.children[1];
    assert_false(part->words);
    assert_true(part->case_sensitive);
    assert_string_equal(part->file, in_folder("small.xml"));
    assert_int_equal(part->line, 58);
    assert_int_equal(part->column, 18);
    assert_int_equal(all->level, 2);
    assert_int_equal(all->priority, -1);
    assert_int_equal(all->condition.test, CONFIG_ALL);
    assert_int_equal(all->condition.child_count, 2);
    part = &all->condition.children[0].children[0];
    assert_int_equal(part->test, CONFIG_HEADER);
    assert_string_equal(part->name, "X-Source");
    part = &all->condition.children[1];
    assert_int_equal(part->test, CONFIG_NOT);
    assert_int_equal(part->children[0].child_count, 3);
    assert_string_equal(part->children[0].children[0].name, "agent");
    assert_int_equal(config_check_patterns(config), 0);
    config_free(config);
}

/* The starter in the program has no store and no files, and is right in itself. */
static void test_starter(void **state)
{
    struct config *config = NULL;

    (void)state;
    if (access("/etc/postroom/postroom.xml", F_OK) == 0) {
        skip();
    }
    assert_int_equal(config_load_with_schema(NULL, &config), 0);
    assert_null(config->path);
    assert_null(config->folder);
    assert_int_equal(config->brand_count, 2);
    assert_int_equal(config->category_count, 16);
    assert_string_equal(config_queue(config, "rabat-l1")->target, "/nonexistent/queues/rabat-l1");
    assert_string_equal(config_brand_of(config, "orders@brightshop.example")->id, "brightshop");
    assert_false(config_needs_redact(config, NULL));
    assert_int_equal(config_check_patterns(config), 0);
    config_free(config);
}

static void test_choice_of_file(void **state)
{
    struct config *config = NULL;

    (void)state;
    setenv("POSTROOM_CONFIG", in_folder("small.xml"), 1);
    assert_int_equal(config_load(NULL, &config), 0);
    assert_string_equal(config->path, in_folder("small.xml"));
    config_free(config);
    expect_refused(in_folder("nosuch.xml"), "nosuch.xml: cannot be read");
    setenv("POSTROOM_CONFIG", in_folder("nosuch.xml"), 1);
    expect_refused(NULL, "nosuch.xml: cannot be read");
    unsetenv("POSTROOM_CONFIG");
    assert_int_equal(chdir(folder), 0);
    assert_int_equal(config_load("./small.xml", &config), 0);
    assert_string_equal(config->path, in_folder("small.xml"));
    config_free(config);
}

/* ---- what is refused ------------------------------------------------------------------------- */

/*
 * In the small configuration FROM is replaced by TO, in which a § says where the problem must be
 * found; it is taken out before. TEXT must be said there.
 */
static const struct {
    const char *from, *to, *text;
} wrong[] = {
    /* shape */
    {"<classify ", "§<clasify ", "unknown element <clasify> in <postroom>; known there: <store>"},
    {"<classify ", "§<classify xmlns='urn:x' ", "<classify> is not in the namespace"},
    {"<languages tags", "§<languages tag", "<languages> needs the attribute tags"},
    {"tags=\"fr en\"", "tags=\"fr en\" §tag=\"de\"", "unknown attribute tag on <languages>"},
    {"<not>\n        <any>", "<not>\n        §<or/><any>", "unknown element <or> in <not>"},
    {"<categories>", "§<categories>text", "may hold no text"},
    {"<windows", "<languages tags=\"fr en\"/> §<languages tags=\"de\"/><windows", "only once"},
    {"<special ", "§<special x:y=\"1\" xmlns:x=\"urn:x\" ", "unknown attribute y on <special>"},
    {"<routes>", "<routes §xml:base=\"sub/\">", "xml:base is not used here"},
    {"</postroom>", "§</postbox>", "not well-formed"},
    /* values */
    {"level=\"1\" sensitive", "§level=\"0\" sensitive", "levels are 1 to 9"},
    {"level=\"1\" sensitive", "§level=\"10\" sensitive", "levels are 1 to 9"},
    {"sensitive=\"no\" courtesy", "§sensitive=\"No\" courtesy", "write yes or no"},
    {"cap=\"2\"", "§cap=\"many\"", "write a whole number from 0"},
    {"cap=\"2\"", "§cap=\"-1\"", "write a whole number from 0"},
    {"fields=\"11\"", "§fields=\"0\"", "write a whole number from 1"},
    {"fields=\"11\"", "§fields=\"9999999999\"", "write a whole number from 1"},
    {"first-reply=\"PT4H\"", "§first-reply=\"4h\"", "is no length of time"},
    {"duplicate=\"P2D\"", "§duplicate=\"P1M\"", "is no length of time"},
    {"threshold=\"0.55\"", "§threshold=\"1.01\"", "is more than 1"},
    {"threshold=\"0.55\"", "§threshold=\"0,55\"", "write a number from 0 to 1"},
    {"threshold=\"0.55\"", "§threshold=\"nan\"", "write a number from 0 to 1"},
    {"from=\"2027-01-01\"", "§from=\"2027-02-29\"", "is no date"},
    {"from=\"2027-01-01\"", "§from=\"1.1.2027\"", "is no date"},
    {"until=\"2027-02-01T08:00:00+01:00\"", "§until=\"2026-12-31\"", "ends (until) before"},
    {"until=\"12:30\"", "§until=\"12:60\"", "no time of the day"},
    {"from=\"09:00\"", "§from=\"9:00\"", "no time of the day"},
    {"from=\"09:00\"", "§from=\"24:00\"", "a day begins at 00:00"},
    {"days=\"mon-fri\"", "§days=\"mon-friday\"", "is no weekday"},
    {"days=\"mon-fri\"", "§days=\"lun\"", "is no weekday"},
    {"zone=\"Europe/London\"", "§zone=\"Europe/Londres\"", "no time zone \"Europe/Londres\""},
    {"zone=\"Europe/London\"", "§zone=\"../../etc/passwd\"", "no time zone"},
    {"holidays=\"holidays.ics\"", "§holidays=\"nosuch.ics\"", "nosuch.ics cannot be read"},
    {"id=\"team\" sendmail", "§id=\"Team 2\" sendmail", "is no id"},
    {"name=\"Two\"", "§name=\"Two&#10;Bcc: x\"", "holds a control character"},
    {"name=\"Two\"", "§name=\"\"", "name is empty"},
    {"addresses=\"help@two.example\"", "§addresses=\"help@@two\"", "is no address"},
    {"addresses=\"help@two.example\"", "§addresses=\"*@two.example\"", "is no address"},
    {"sendmail=\"team@one.example\"", "§sendmail=\"team\"", "is no address"},
    {"tags=\"fr en\"", "§tags=\"fr EN\"", "is no language tag"},
    {"tags=\"fr en\"", "§tags=\"fr en fr\"", "stands there twice"},
    {"field=\"X-Spam-Flag\"", "§field=\"X-Spam-Flag:\"", "no name of a header field"},
    {"name=\"X-Source\"", "§name=\"X Source\"", "no name of a header field"},
    {"folder=\"replies\"", "§folder=\"answers\"", "acknowledge.fr.mustache is missing"},
    /* references */
    {"queue=\"rest\"", "§queue=\"trash\"",
     "undefined queue \"trash\"; there are: desk, team, rest"},
    {"unsure=\"team\"", "§unsure=\"nobody\"", "undefined queue \"nobody\""},
    {"calendar=\"day\"", "§calendar=\"night\"", "undefined calendar \"night\"; there are: day"},
    {"category=\"legal\"", "§category=\"law\"", "undefined category \"law\"; there are: billing"},
    {"categories=\"billing thanks\"", "§categories=\"billing spam\"", "undefined category"},
    {"languages=\"fr und\"", "§languages=\"fr de\"", "language \"de\" is not among"},
    {"brands=\"one\"", "§brands=\"three\"", "undefined brand \"three\"; there are: one, two"},
    {"<brand is=\"two\"", "<brand §is=\"three\"", "undefined brand"},
    {"<language is=\"und\"", "<language §is=\"de\"", "not among those of <languages>"},
    {"<kind is=\"agent\"", "<kind §is=\"human\"", "is no kind; there are: customer agent"},
    {"language=\"en\"", "§language=\"de\"", "not among those of <languages>"},
    /* doubles and contradictions */
    {"id=\"rest\"", "§id=\"team\"", "queue \"team\" exists already"},
    {"id=\"everything\"", "§id=\"legal\"", "rule \"legal\" exists already"},
    {"id=\"thanks\" courtesy", "§id=\"legal\" courtesy", "category \"legal\" exists already"},
    {"addresses=\"help@two.example\"", "§addresses=\"help@two.example CONTACT@one.example\"",
     "belongs to brand \"one\" already"},
    {"from=\"help@two.example\"", "§from=\"hello@two.example\"", "not among the brand's addresses"},
    {"addresses=\"bob@desk.example\"", "§addresses=\"help@two.example\"", "cannot be an agent's"},
    {"addresses=\"bob@desk.example\"", "§addresses=\"*@desk.example\"", "listed for site \"desk\""},
    {"command=\"cat >/dev/null\"", "command=\"cat\" maildir=\"x\"", "needs one of maildir"},
    {"<queue id=\"team\" sendmail=\"team@one.example\"", "§<queue id=\"team\"",
     "needs one of maildir"},
    {"<queue id=\"rest\"", "<queue id=\"rest\" §resolve=\"PT1H\"", "needs a calendar"},
    {"<queue id=\"rest\"", "<queue id=\"rest\" §redact=\"no\"", "is for queues with outside"},
    {"<level value=\"1\"/>", "", "this category has no level"},
    {"category=\"billing\" level=\"2\" priority", "priority", "this rule says nothing"},
    {"<subject pattern=\"^RE: court\" case=\"yes\"/>", "§<subject/>", "needs either words"},
    {"<text words=\"facture\"/>", "<text §words=\" | \"/>", "words holds no word"},
    {"<text words=\"facture\"/>", "<text words=\"a\" §case=\"yes\"/>", "case is for pattern"},
    {"<text words=\"facture\"/>", "§<any/>", "<any> holds no condition"},
    {"maildir=\"queues/replies\"", "maildir=\"q\" §command=\"cat\"", "not by both"},
    {"<any>\n          <kind is=\"agent\"/>", "<kind is=\"agent\"/><any>", "<not> holds one"},
    /* what could let sensitive mail out */
    {"<route level=\"1\" categories=\"billing thanks\" languages=\"fr und\" brands=\"one\" "
     "sensitive=\"no\"",
     "§<route level=\"1\"", "sensitive mail could leave the house here"},
    {"<route level=\"1\" categories=\"billing thanks\" languages=\"fr und\" brands=\"one\" "
     "sensitive=\"no\"",
     "§<route sensitive=\"yes\"", "sensitive mail could leave the house here"},
    {"unsure=\"team\"", "§unsure=\"desk\"", "unsure must stay in the house"},
    {"in-house=\"team\"", "§in-house=\"desk\"", "in-house must stay in the house"},
    {"<route queue=\"rest\"/>", "§<route level=\"3\" queue=\"rest\"/>", "a last line that takes"},
    {"<route queue=\"rest\"/>", "<route queue=\"rest\"/>§<route queue=\"team\"/>",
     "is never reached"},
};

/* The small configuration with FROM replaced by TO in TEXT (NUL-terminated); FROM must be there. */
static void change(struct buf *text, const char *from, const char *to)
{
    struct buf small_text = BUF_INIT;
    const char *at;

    source(&small_text, "test/fixtures/config/small.xml");
    at = strstr(small_text.octets, from);
    if (at == NULL) {
        fail_msg("%s is not in small.xml", from);
        return;
    }
    buf_clear(text);
    buf_add(text, small_text.octets, (size_t)(at - small_text.octets));
    buf_string(text, to);
    buf_string(text, at + strlen(from));
    buf_release(&small_text);
}

/* Takes the § out of TEXT; line and column where it stood, or 0. */
static void take_mark(struct buf *text, int *line, int *column)
{
    static const char mark[] = "§";
    char *at = strstr(text->octets, mark);

    *line = *column = 0;
    if (at == NULL) {
        return;
    }
    *line = *column = 1;
    for (const char *octet = text->octets; octet < at; octet++) {
        *line += *octet == '\n';
        *column = *octet == '\n' ? 1 : *column + 1;
    }
    memmove(at, at + sizeof mark - 1, strlen(at) - (sizeof mark - 1) + 1);
    text->length -= sizeof mark - 1;
}

static void test_wrong(void **state)
{
    struct buf text = BUF_INIT, where = BUF_INIT, said = BUF_INIT;
    struct config *config = NULL;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        bool found = false;
        struct span rest, line;
        int row, column;

        change(&text, wrong[i].from, wrong[i].to);
        take_mark(&text, &row, &column);
        put("wrong.xml", text.octets, text.length);
        buf_clear(&where);
        buf_format(&where, "test: %s:", in_folder("wrong.xml"));
        if (row > 0 && strcmp(wrong[i].text, "not well-formed") != 0) {
            buf_format(&where, "%d:%d: ", row, column);
        } else if (row > 0) {
            buf_format(&where, "%d:", row); /* the parser's own column is some octets further */
        }
        if (load(in_folder("wrong.xml"), &config, &said) != EX_CONFIG) {
            fail_msg("\"%s\" was taken", wrong[i].to);
        }
        rest = buf_view(&said);
        while ((line = span_line(&rest)).length > 0) {
            found = found || (span_begins(line, buf_view(&where)) &&
                              span_find_nocase(line, wrong[i].text) != NULL);
        }
        if (!found) {
            fail_msg("not said: %s %s\nbut: %s", buf_cstring(&where), wrong[i].text,
                     buf_cstring(&said));
        }
    }
    buf_release(&text);
    buf_release(&where);
    buf_release(&said);
}

static void test_all_problems(void **state)
{
    struct buf text = BUF_INIT, said = BUF_INIT, many = BUF_INIT;
    struct config *config = NULL;

    (void)state;
    for (int i = 0; i < 30; i++) {
        buf_format(&many, "<rule id=\"r%d\" category=\"none\"><text words=\"a\"/></rule>\n", i);
    }
    buf_string(&many, "</rules>");
    change(&text, "</rules>", buf_cstring(&many));
    put("many.xml", text.octets, text.length);
    assert_int_equal(load(in_folder("many.xml"), &config, &said), EX_CONFIG);
    assert_int_equal(count_lines(&said), 21);
    assert_non_null(strstr(buf_cstring(&said), "10 more problems are not shown"));
    /* Two of them, in the order of the file although they are found in the other. */
    change(&text, "<route queue=\"rest\"/>", "<route queue=\"x\"/><route queue=\"rest\"/>");
    buf_clear(&many);
    buf_string(&many, strstr(text.octets, "<routes>"));
    put("two.xml", text.octets, text.length);
    assert_int_equal(load(in_folder("two.xml"), &config, &said), EX_CONFIG);
    assert_int_equal(count_lines(&said), 2);
    assert_true(strstr(buf_cstring(&said), "undefined queue") <
                strstr(buf_cstring(&said), "never reached"));
    buf_release(&text);
    buf_release(&said);
    buf_release(&many);
}

static void test_patterns(void **state)
{
    struct buf text = BUF_INIT;
    struct config *config = NULL;
    int kept = dup(STDERR_FILENO), fd = open(in_folder("said"), O_RDWR | O_CREAT | O_TRUNC, 0600);
    char said[4096] = "";

    (void)state;
    change(&text, "pattern=\"form|shop\"", "pattern=\"fo(rm|shop\"");
    put("pattern.xml", text.octets, text.length);
    assert_int_equal(config_load(in_folder("pattern.xml"), &config), 0);
    dup2(fd, STDERR_FILENO);
    assert_int_equal(config_check_patterns(config), EX_CONFIG);
    dup2(kept, STDERR_FILENO);
    assert_true(pread(fd, said, sizeof said - 1, 0) > 0);
    assert_non_null(strstr(said, "pattern.xml:64:33: pattern refused at its octet 10"));
    assert_non_null(strstr(said, "missing closing parenthesis"));
    close(fd);
    close(kept);
    config_free(config);
    buf_release(&text);
}

static void test_needs_redact(void **state)
{
    struct buf text = BUF_INIT;
    struct config *config = NULL;
    const char *queue = NULL;

    (void)state;
    change(&text, " redact=\"no\"", "");
    put("redact.xml", text.octets, text.length);
    assert_int_equal(config_load(in_folder("redact.xml"), &config), 0);
    assert_true(config_needs_redact(config, &queue));
    assert_string_equal(queue, "desk");
    config_free(config);
    buf_release(&text);
}

/* ---- files ----------------------------------------------------------------------------------- */

static void test_who_can_write(void **state)
{
    (void)state;
    put("mode.xml", "<x/>", 4);
    chmod(in_folder("mode.xml"), 0620);
    expect_refused(in_folder("mode.xml"), "written by others than its owner (mode 0620)");
    chmod(in_folder("mode.xml"), 0602);
    expect_refused(in_folder("mode.xml"), "written by others than its owner (mode 0602)");
    if (geteuid() == 0) {
        chmod(in_folder("mode.xml"), 0600);
        assert_int_equal(chown(in_folder("mode.xml"), 12345, 0), 0);
        expect_refused(in_folder("mode.xml"), "belongs to user 12345");
    }
    expect_refused(folder, "is not a plain file");
    fixture("parts.xml");
    mkdir(in_folder("parts"), 0700);
    fixture("parts/queues.xml");
    fixture("parts/queue.xml");
    fixture("parts/rule.xml");
    chmod(in_folder("parts/rule.xml"), 0660);
    expect_refused(in_folder("parts.xml"),
                   "parts/rule.xml can be written by others than its owner (mode 0660)");
}

static void test_parts(void **state)
{
    struct config *config = NULL;

    (void)state;
    fixture("parts.xml");
    mkdir(in_folder("parts"), 0700);
    fixture("parts/queues.xml");
    fixture("parts/queue.xml");
    fixture("parts/rule.xml");
    assert_int_equal(config_load_with_schema(in_folder("parts.xml"), &config), 0);
    /* Paths start at the folder of the file that says them. */
    assert_string_equal(config_queue(config, "team")->target, in_folder("parts/team"));
    assert_int_equal(config->rule_count, 3);
    assert_string_equal(config->rules[0].id, "first");
    assert_string_equal(config->rules[1].id, "second");
    assert_string_equal(config->rules[1].file, in_folder("parts/rule.xml"));
    assert_int_equal(config->rules[1].line, 3);
    assert_string_equal(config->rules[2].id, "third");
    assert_string_equal(config->rules[2].file, in_folder("parts.xml"));
    assert_int_equal(config->rules[2].line, 13);
    config_free(config);
    /* So do the places of problems. */
    put("parts/rule.xml", "<rule xmlns='urn:postroom:config:1'\n id='x' category='y'/>", 58);
    expect_refused(in_folder("parts.xml"), "/parts/rule.xml:2:9: undefined category \"y\"");
    put("parts/rule.xml", "<rule xmlns='urn:postroom:config:1'>", 36);
    expect_refused(in_folder("parts.xml"), "/parts/rule.xml:1:");
}

static void expect_text_refused(const char *octets, size_t length, const char *text)
{
    put("text.xml", octets, length);
    expect_refused(in_folder("text.xml"), text);
}

#define HEAD "<postroom xmlns='urn:postroom:config:1' xmlns:xi='http://www.w3.org/2001/XInclude'>"

static void test_hostile(void **state)
{
    struct buf deep = BUF_INIT;

    (void)state;
    fixture("billion-laughs.xml");
    expect_refused(in_folder("billion-laughs.xml"),
                   "billion-laughs.xml:3:1: a DOCTYPE is not allowed");
    fixture("outside-entity.xml");
    expect_refused(in_folder("outside-entity.xml"), ":1:1: a DOCTYPE is not allowed");
    fixture("circular-a.xml");
    fixture("circular-b.xml");
    expect_refused(in_folder("circular-a.xml"), "circular-b.xml:2:15: circular XInclude: ");
    expect_refused(in_folder("circular-a.xml"), "circular-a.xml is included by ");
    expect_text_refused("", 0, "text.xml");
    expect_text_refused(" \n", 2, "text.xml");
    expect_text_refused("<a>\0</a>", 8, "not UTF-8 text");
    expect_text_refused("<a>\xe9</a>", 8, "not UTF-8 text");
    expect_text_refused("<postroom/>", 11, "is not in the namespace");
    expect_text_refused("<rules xmlns='urn:postroom:config:1'/>", 38, "is <rules>, not <postroom>");
    expect_text_refused(HEAD "<xi:include href='http://x.example/y.xml'/></postroom>",
                        sizeof HEAD - 1 + 54, ":1:96: only local files");
    expect_text_refused(HEAD "<xi:include href='nosuch.xml'/></postroom>", sizeof HEAD - 1 + 42,
                        "nosuch.xml does not exist");
    expect_text_refused(HEAD "<xi:include/></postroom>", sizeof HEAD - 1 + 24,
                        "xi:include without href");
    expect_text_refused(HEAD "<xi:include href='a' parse='text'/></postroom>", sizeof HEAD - 1 + 46,
                        "takes href=\"FILE\" and nothing else");
    expect_text_refused(HEAD "<xi:include href='/dev/null'/></postroom>", sizeof HEAD - 1 + 41,
                        "/dev/null is not a plain file");
    expect_text_refused(HEAD "<rules>&x;</rules></postroom>", sizeof HEAD - 1 + 29,
                        "not well-formed");
    for (int i = 0; i < 10000; i++) {
        buf_string(&deep, "<all>");
    }
    expect_text_refused(deep.octets, deep.length, "not well-formed");
    buf_release(&deep);
}

/* ---- our table of the shape against the schema ----------------------------------------------- */

/* The next of a fixed series of numbers below BOUND. */
static size_t number(size_t bound)
{
    static uint32_t seed = 20261123;

    seed = seed * 1664525u + 1013904223u;
    return (size_t)(seed >> 8) % bound;
}

/* Gathers the elements of a tree; returns how many. */
static size_t elements(xmlNode *node, xmlNode **list, size_t count)
{
    list[count++] = node;
    for (xmlNode *child = xmlFirstElementChild(node); child != NULL;
         child = xmlNextElementSibling(child)) {
        count = elements(child, list, count);
    }
    return count;
}

/* Spoils the tree at one place. */
static void spoil(xmlDocPtr document)
{
    static const char *const values[] = {"", " ", "x", "10", "yes", "P1D", "a b", "1.0", "a@b.c"};
    static const char *const names[] = {"rule",  "level", "all",   "content", "queue",
                                        "route", "brand", "hours", "rules",   "thing"};
    xmlNode *list[512], *node, *other;
    size_t count = elements(xmlDocGetRootElement(document), list, 0), at;
    xmlAttr *attribute;

    node = list[1 + number(count - 1)];
    other = list[1 + number(count - 1)];
    attribute = node->properties;
    for (at = number(4); at > 0 && attribute != NULL && attribute->next != NULL; at--) {
        attribute = attribute->next;
    }
    switch (number(8)) {
    case 0:
        if (attribute != NULL) {
            xmlRemoveProp(attribute);
        }
        break;
    case 1:
    case 2:
        if (attribute != NULL) {
            xmlSetProp(node, attribute->name,
                       BAD_CAST values[number(sizeof values / sizeof *values)]);
        }
        break;
    case 3:
        if (other->properties != NULL) {
            xmlSetProp(node, other->properties->name, BAD_CAST "1");
        }
        break;
    case 4:
        xmlUnlinkNode(node);
        xmlFreeNode(node);
        break;
    case 5:
        xmlAddChild(other, xmlCopyNode(node, 1));
        break;
    case 6:
        xmlNodeSetName(node, BAD_CAST names[number(sizeof names / sizeof *names)]);
        break;
    default:
        xmlAddNextSibling(node, xmlCopyNode(node, 1));
        break;
    }
}

static void say_nothing(void *context, const char *format, ...)
{
    (void)context;
    (void)format;
}

/* What the schema refuses, config_load must refuse too: it does not ask the schema. */
static void test_schema(void **state)
{
    struct buf rng = BUF_INIT, text = BUF_INIT, said = BUF_INIT;
    size_t refused = 0, taken = 0;
    xmlRelaxNGParserCtxtPtr parser;
    xmlRelaxNGPtr schema;

    (void)state;
    source(&rng, "templates/postroom.rng");
    source(&text, "test/fixtures/config/small.xml");
    parser = xmlRelaxNGNewMemParserCtxt(rng.octets, (int)rng.length);
    schema = xmlRelaxNGParse(parser);
    assert_non_null(schema);
    xmlRelaxNGFreeParserCtxt(parser);
    for (int round = 0; round < 300; round++) {
        xmlDocPtr document = xmlReadMemory(text.octets, (int)text.length, NULL, NULL, 0);
        xmlRelaxNGValidCtxtPtr validator = xmlRelaxNGNewValidCtxt(schema);
        struct config *config = NULL;
        xmlChar *octets;
        int length, code;

        spoil(document);
        xmlDocDumpMemory(document, &octets, &length);
        put("spoiled.xml", (const char *)octets, (size_t)length);
        xmlRelaxNGSetValidErrors(validator, say_nothing, say_nothing, NULL);
        code = load(in_folder("spoiled.xml"), &config, &said);
        if (xmlRelaxNGValidateDoc(validator, document) != 0) {
            refused++;
            if (code == 0) {
                fail_msg("the schema refuses it, config_load does not:\n%s", (char *)octets);
            }
        }
        taken += code == 0;
        config_free(config);
        xmlFree(octets);
        xmlRelaxNGFreeValidCtxt(validator);
        xmlFreeDoc(document);
    }
    /* The series must hold enough of both, or it shows nothing. */
    assert_true(refused > 80);
    assert_true(taken > 20);
    xmlRelaxNGFree(schema);
    buf_release(&rng);
    buf_release(&text);
    buf_release(&said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_house),          cmocka_unit_test(test_people),
        cmocka_unit_test(test_times),          cmocka_unit_test(test_queues_and_routes),
        cmocka_unit_test(test_rules),          cmocka_unit_test(test_starter),
        cmocka_unit_test(test_wrong),          cmocka_unit_test(test_all_problems),
        cmocka_unit_test(test_patterns),       cmocka_unit_test(test_needs_redact),
        cmocka_unit_test(test_who_can_write),  cmocka_unit_test(test_parts),
        cmocka_unit_test(test_hostile),        cmocka_unit_test(test_schema),
        cmocka_unit_test(test_choice_of_file), /* changes the working directory: the last */
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
