/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filter.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "date.h"
#include "decision.h"
#include "diag.h"
#include "file.h"
#include "ledger.h"
#include "reject.h"
#include "stream.h"

#define GROUP_MESSAGES 256
#define GROUP_OCTETS ((size_t)4 * 1024 * 1024)
/* Octets of output that are written in the middle of a group. */
#define OUTPUT_MAX ((size_t)512 * 1024)
#define GROUP_WAIT 20 /* milliseconds without input that end a group */
#define FILTERS_MAX 16
/* Seconds of work after which progress is shown on a terminal. */
#define PROGRESS_AFTER 2
/* Longest path of our own program that commands are looked for beside. */
#define PROGRAM_PATH_MAX 4096

static const struct filter_option common_options[] = {
    {"config", 'c', "FILE", "configuration (else $POSTROOM_CONFIG, /etc/postroom/postroom.xml)"},
    {"from", 'f', "FORM", "form of the input: json, mbox or rfc822 (else it is looked at)"},
    {"mbox", 0, "FORM", "how mailboxes are read: rd, o, cl or cl2 (rd); rd is written"},
    {"to", 't', "FORM", "form of the output: json, mbox or rfc822 (else that of the input)"},
    {"reject", 0, "FILE", "append input that is no message to FILE"},
    {"again", 0, NULL, "decide anew what was decided before"},
    {"group", 0, "N", "messages in one transaction, 1 to 65536 (256)"},
    {"progress", 0, NULL, "show how far it is on standard error"},
    {"version", 0, NULL, "print the version and exit"},
    {"help", 'h', NULL, "print this and exit"},
    {NULL, 0, NULL, NULL}};

static const struct filter_option chain_options[] = {
    {"filters", 0, "LIST", "run only these filters, separated by commas; none: change the form"},
    {"dry-run", 0, NULL, "work on a copy of the store, dropped at the end; send nothing"},
    {NULL, 0, NULL, NULL}};

/* Options as filter_main and filter_chain_main read them. */
struct settings {
    const char *config;
    enum stream_form from;
    enum stream_form to;
    enum mbox_form mbox;
    bool mbox_given;
    const char *reject;
    size_t group;
    bool again;
    bool progress;
    bool dry_run;
    bool no_raw;
};

/* Everything that one run of a program holds. */
struct program {
    const char *name;
    const char *summary;
    bool is_chain;
    const struct filter *filters[FILTERS_MAX];
    struct filter_run runs[FILTERS_MAX];
    size_t count;
    struct arena arena; /* own */
    struct filter_values values;
    struct settings settings;
    struct config *config; /* own */
    struct store *store;   /* own */
    struct stream_in *in;  /* own */
    struct message *group; /* own: settings.group messages, made when first used */
    size_t group_made;
    size_t group_count;
    size_t group_octets;
    struct reject_list rejects; /* own */
    struct buf out;             /* own */
    bool single;                /* all or nothing: one message, exit 0 or 75 */
    bool writes;                /* the stream goes on */
    uint64_t messages;
    time_t began;
    time_t shown;
    int worst; /* exit code so far, for streams */
};

static volatile int stop_signal;

static void on_signal(int number)
{
    stop_signal = number;
}

const char *filter_value(const struct filter_run *run, const char *name)
{
    return options_value(run->values, name);
}

/* ---- options ----------------------------------------------------------------------------------
 */

static size_t option_tables(const struct program *program, const struct filter_option **tables)
{
    size_t count = 0;

    tables[count++] = common_options;
    if (program->is_chain)
        tables[count++] = chain_options;
    for (size_t i = 0; i < program->count; i++)
        if (program->filters[i]->options != NULL)
            tables[count++] = program->filters[i]->options;
    return count;
}

static int read_form(const struct program *program, const char *option, enum stream_form *form)
{
    const char *value = options_value(&program->values, option);

    *form = value != NULL ? stream_form_of(value) : STREAM_UNKNOWN;
    if (value != NULL && *form == STREAM_UNKNOWN)
        return diag(EX_USAGE, NULL, "--%s=%s: no such form: use json, mbox or rfc822", option,
                    value);
    return 0;
}

static int read_settings(struct program *program)
{
    struct settings *settings = &program->settings;
    const char *group = options_value(&program->values, "group");
    const char *mbox = options_value(&program->values, "mbox");
    int code;

    settings->config = options_value(&program->values, "config");
    settings->reject = options_value(&program->values, "reject");
    settings->again = options_value(&program->values, "again") != NULL;
    settings->progress = options_value(&program->values, "progress") != NULL;
    settings->dry_run = options_value(&program->values, "dry-run") != NULL;
    settings->group = GROUP_MESSAGES;
    if (group != NULL) {
        char *end;
        unsigned long number;

        errno = 0;
        number = strtoul(group, &end, 10);
        if (errno != 0 || *end != '\0' || group[0] < '0' || group[0] > '9' || number < 1 ||
            number > 65536)
            return diag(EX_USAGE, NULL, "--group=%s: give a number from 1 to 65536", group);
        settings->group = number;
    }
    settings->mbox_given = mbox != NULL;
    if (mbox != NULL && !mbox_form_of(mbox, &settings->mbox))
        return diag(EX_USAGE, NULL, "--mbox=%s: no such form: use rd, o, cl or cl2", mbox);
    code = read_form(program, "from", &settings->from);
    if (code == 0)
        code = read_form(program, "to", &settings->to);
    return code;
}

/* Keeps the filters that --filters names, in the order of the chain. */
static int choose_filters(struct program *program)
{
    const char *list = options_value(&program->values, "filters");
    bool chosen[FILTERS_MAX] = {false};
    size_t kept = 0;

    if (list == NULL)
        return 0;
    while (*list != '\0') {
        size_t length = strcspn(list, ",");
        size_t i;

        for (i = 0; i < program->count; i++)
            if (strlen(program->filters[i]->name) == length &&
                memcmp(program->filters[i]->name, list, length) == 0)
                break;
        if (i == program->count)
            return diag(EX_USAGE, NULL, "--filters: no filter is called %.*s: see --help",
                        (int)length, list);
        chosen[i] = true;
        list += length + (list[length] == ',');
    }
    for (size_t i = 0; i < program->count; i++)
        if (chosen[i])
            program->filters[kept++] = program->filters[i];
    program->count = kept;
    return 0;
}

/* ---- commands of a filter ---------------------------------------------------------------------
 */

/* Executes libexec/FILTER-OPERAND when there is one. Returns 0 when there is none. */
static int run_command(struct program *program, int argc, char **argv)
{
    char path[PROGRAM_PATH_MAX];
    ssize_t length;
    char *slash;
    struct buf name = BUF_INIT;
    static const char *const folders[] = {"/libexec/", "/libexec/postroom/"};

    if (argc < 2 || argv[1][0] == '-' || strchr(argv[1], '/') != NULL)
        return 0;
    length = readlink("/proc/self/exe", path, sizeof(path) - 1);
    if (length < 0)
        return 0;
    path[length] = '\0';
    for (int i = 0; i < 2; i++) {
        slash = strrchr(path, '/');
        if (slash == NULL)
            return 0;
        *slash = '\0';
    }
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        buf_clear(&name);
        buf_format(&name, "%s%s%s-%s", path, folders[i], program->name, argv[1]);
        if (access(buf_cstring(&name), X_OK) != 0)
            continue;
        argv[1] = arena_format(&program->arena, "%s %s", program->name, argv[1]);
        execv(buf_cstring(&name), argv + 1);
        diag_errno(EX_OSERR, buf_cstring(&name), "cannot start the command");
        buf_release(&name);
        return EX_OSERR;
    }
    buf_release(&name);
    return 0;
}

/* ---- groups -----------------------------------------------------------------------------------
 */

static bool any_filter(const struct program *program, unsigned flags)
{
    for (size_t i = 0; i < program->count; i++)
        if ((program->filters[i]->flags & flags) != 0)
            return true;
    return false;
}

/* The first filter believes nothing that it reads, unless --inside says that it is our own. */
static bool at_border(const struct program *program)
{
    return program->count > 0 && (program->filters[0]->flags & FILTER_BORDER) != 0 &&
           options_value(&program->values, "inside") == NULL;
}

static int decide_group(struct program *program)
{
    for (size_t i = 0; i < program->count; i++) {
        struct filter_run *run = &program->runs[i];

        if ((run->filter->flags & FILTER_BORDER) != 0)
            continue;
        for (size_t j = 0; j < program->group_count; j++) {
            int code = decision_apply(run, &program->group[j]);

            /* One message that cannot be taken (reported) does not hold up the others. */
            if (code == EX_DATAERR && !program->single)
                program->worst = diag_worse(program->worst, code);
            else if (code != 0)
                return code;
        }
    }
    return reject_record(&program->rejects, program->store);
}

static int decide_at_border(struct program *program)
{
    for (size_t i = 0; i < program->count; i++) {
        struct filter_run *run = &program->runs[i];

        if ((run->filter->flags & FILTER_BORDER) == 0)
            continue;
        for (size_t j = 0; j < program->group_count; j++) {
            int code = run->filter->decide(run, &program->group[j]);

            if (code != 0)
                return code;
        }
    }
    return 0;
}

static enum stream_form output_form(const struct program *program)
{
    if (program->settings.to != STREAM_UNKNOWN)
        return program->settings.to;
    if (program->is_chain || any_filter(program, FILTER_BORDER))
        return STREAM_JSON;
    return stream_natural_form(program->in) == STREAM_UNKNOWN ? STREAM_JSON
                                                              : stream_natural_form(program->in);
}

/* Writes to standard output; with a store, says how far it came when nobody reads any more. */
static int write_output(void *data, struct span octets)
{
    struct program *program = data;
    int code = file_write_all(STDOUT_FILENO, "standard output", octets.octets, octets.length);

    if (code != 0 && errno == EPIPE && program->store != NULL)
        diag_note("standard output was closed: %llu messages before it were written; the work done "
                  "is kept, run it again for the rest",
                  (unsigned long long)program->messages);
    return code;
}

static int write_group(struct program *program)
{
    enum stream_form form = output_form(program);
    struct sink sink = {.out = &program->out, .drain = write_output, .data = program};

    for (size_t i = 0; i < program->group_count; i++) {
        int code = stream_write(&program->group[i], form, &sink);

        if (code == EX_DATAERR && !program->single) {
            program->worst = diag_worse(program->worst, code);
            continue;
        }
        if (code == 0 && program->out.length >= OUTPUT_MAX)
            sink_flush(&sink);
        if (code != 0 || sink.code != 0)
            return code != 0 ? code : sink.code;
    }
    sink_flush(&sink);
    return sink.code;
}

static void show_progress(struct program *program, bool last)
{
    time_t now = time(NULL);
    double seconds = difftime(now, program->began);

    if (!program->settings.progress && (!isatty(STDERR_FILENO) || seconds < PROGRESS_AFTER))
        return;
    if (!last && now == program->shown)
        return;
    program->shown = now;
    diag_note("%llu messages, %llu octets read, %.0f s", (unsigned long long)program->messages,
              (unsigned long long)stream_octets_read(program->in), seconds);
}

/* Decides, records, writes and acts on what was read: all of it or, after a failure, nothing. */
static int finish_group(struct program *program)
{
    int code;

    if (program->group_count == 0 && program->rejects.count == 0)
        return 0;
    code = reject_keep(&program->rejects, program->settings.reject, program->config->folder);
    if (code == 0)
        code = decide_at_border(program);
    if (code == 0 && program->store != NULL) {
        code = store_begin(program->store);
        if (code == 0) {
            code = decide_group(program);
            if (code == 0)
                code = store_commit(program->store);
            else
                store_rollback(program->store);
        }
    } else if (code == 0) {
        code = decide_group(program);
    }
    if (code == 0 && program->store != NULL && program->rejects.count != 0 &&
        !program->settings.dry_run)
        ledger_catch_up(program->store, program->config->ledger);
    if (code == 0 && program->writes)
        code = write_group(program);
    for (size_t i = 0; code == 0 && i < program->count && !program->settings.dry_run; i++) {
        struct filter_run *run = &program->runs[i];

        if (run->filter->act != NULL)
            code = run->filter->act(run, program->group, program->group_count);
    }
    if (code == 0)
        program->messages += program->group_count;
    for (size_t i = 0; i < program->group_count; i++)
        message_clear(&program->group[i]);
    program->group_count = 0;
    program->group_octets = 0;
    reject_clear(&program->rejects);
    if (code == 0)
        show_progress(program, false);
    return code;
}

/* The next message of the group to be filled. */
static struct message *group_slot(struct program *program)
{
    if (program->group_count == program->group_made) {
        message_init(&program->group[program->group_made], program->config);
        program->group_made++;
    }
    return &program->group[program->group_count];
}

static int take_rejected(struct program *program)
{
    const struct stream_reject *rejected = stream_rejected(program->in);

    program->worst = diag_worse(program->worst, EX_DATAERR);
    program->group_octets += rejected->octets.length;
    reject_add(&program->rejects, rejected);
    return 0;
}

/* Under --to=rfc822 the input must be one message: it is read to its end before anything else. */
static int read_single(struct program *program)
{
    struct message *first = group_slot(program);
    enum stream_event event = stream_next(program->in, first, -1);
    struct message second;
    int code = 0;

    if (event == STREAM_MESSAGE) {
        program->group_count = 1;
        message_init(&second, program->config);
        event = stream_next(program->in, &second, -1);
        message_release(&second);
        if (event == STREAM_MESSAGE)
            code = diag(EX_USAGE, second.input,
                        "a second message, but --to=rfc822 writes one: split the input first");
    } else if (event == STREAM_END) {
        code = diag(EX_TEMPFAIL, NULL,
                    "the input is empty: no message was written; was the program before this one "
                    "killed?");
    }
    if (event == STREAM_REJECTED) {
        take_rejected(program);
        code = reject_keep(&program->rejects, program->settings.reject, program->config->folder);
        code = diag_worse(code, EX_DATAERR);
        reject_clear(&program->rejects);
    } else if (event == STREAM_STOPPED) {
        code = diag(EX_TEMPFAIL, NULL, "stopped by a signal: nothing was written; run it again");
    } else if (event == STREAM_FAILED) {
        code = stream_code(program->in);
    }
    return code != 0 ? code : finish_group(program);
}

static int read_stream(struct program *program)
{
    for (;;) {
        bool begun = program->group_count != 0 || program->rejects.count != 0;
        enum stream_event event =
            stream_next(program->in, group_slot(program), begun ? GROUP_WAIT : -1);
        int code = 0;

        switch (event) {
        case STREAM_MESSAGE:
            program->group_octets +=
                group_slot(program)->octets.length + group_slot(program)->line.length;
            program->group_count++;
            if (program->group_count < program->settings.group &&
                program->group_octets < GROUP_OCTETS)
                continue;
            break;
        case STREAM_REJECTED:
            take_rejected(program);
            if (program->group_octets < GROUP_OCTETS)
                continue;
            break;
        case STREAM_IDLE:
            break;
        case STREAM_END:
            code = finish_group(program);
            if (code == 0 && program->messages == 0 && program->worst == 0 &&
                program->settings.from == STREAM_RFC822)
                code = diag(EX_TEMPFAIL, NULL,
                            "the input is empty: was the program before this one killed?");
            return code;
        case STREAM_STOPPED:
            code = finish_group(program);
            diag_note("stopped by a signal after %llu messages: run it again for the rest",
                      (unsigned long long)program->messages);
            return diag_worse(code, EX_TEMPFAIL);
        case STREAM_FAILED:
            code = finish_group(program);
            return diag_worse(code, stream_code(program->in));
        }
        code = finish_group(program);
        if (code != 0)
            return code;
    }
}

/* ---- a run ------------------------------------------------------------------------------------
 */

/*
 * deliver files the mail itself unless --pass, or a form of the output that was asked for, says
 * that the stream goes on.
 */
static void settle_output(struct program *program)
{
    bool sink = any_filter(program, FILTER_SINK);
    bool passing = options_value(&program->values, "pass") != NULL ||
                   (program->is_chain && program->settings.to != STREAM_UNKNOWN);

    program->writes = !sink || passing;
    for (size_t i = 0; i < program->count; i++)
        program->runs[i].passing = sink && passing;
}

static int open_filters(struct program *program, size_t *opened, bool *done)
{
    for (size_t i = 0; i < program->count; i++) {
        struct filter_run *run = &program->runs[i];
        int code;

        run->filter = program->filters[i];
        run->config = program->config;
        run->store = program->store;
        run->again = program->settings.again;
        run->values = &program->values;
        code = run->filter->open != NULL ? run->filter->open(run) : 0;
        if (code != 0)
            return code;
        *opened = i + 1;
        if (run->filter->instead != NULL && !*done) {
            code = run->filter->instead(run, done);
            if (code != 0)
                return code;
        }
    }
    return 0;
}

static int open_store(struct program *program)
{
    if (!any_filter(program, FILTER_STORE | FILTER_EVENTS))
        return 0;
    return program->settings.dry_run ? store_open_copy(program->config, &program->store)
                                     : store_open(program->config, &program->store);
}

static int process(struct program *program)
{
    const struct stream_options options = {.config = program->config,
                                           .operands = program->values.operands,
                                           .operand_count = program->values.operand_count,
                                           .from = program->settings.from,
                                           .mbox = program->settings.mbox,
                                           .mbox_given = program->settings.mbox_given,
                                           .border = at_border(program),
                                           .stop = &stop_signal};
    int code = stream_open(&options, &program->in);

    program->began = time(NULL);
    program->group = memory_take(program->settings.group * sizeof(*program->group));
    if (code == 0)
        code = program->settings.to == STREAM_RFC822 ? read_single(program) : read_stream(program);
    if (stream_is_single(program->in) || program->settings.from == STREAM_RFC822)
        program->single = true;
    if (code == 0)
        show_progress(program, true);
    return code;
}

/* Nobody outside gets more than meant: a chain that delivers and does not redact says so at once.
 */
static int check_redaction(const struct program *program)
{
    const char *queue;

    if (!program->is_chain || !any_filter(program, FILTER_SINK) ||
        !config_needs_redact(program->config, &queue))
        return 0;
    return diag(EX_CONFIG, program->config->path,
                "queue %s is outside and wants redaction, which this chain does not have: say "
                "redact=\"no\" there, or make it in-house",
                queue);
}

static int run_filters(struct program *program)
{
    size_t opened = 0;
    bool done = false;
    int code = config_load(program->settings.config, &program->config);

    if (code == 0)
        code = check_redaction(program);
    if (code == 0)
        code = open_store(program);
    if (code == 0) {
        code = open_filters(program, &opened, &done);
        settle_output(program);
    }
    if (code == 0 && !done)
        code = process(program);
    while (opened > 0) {
        struct filter_run *run = &program->runs[--opened];
        int closed = run->filter->close != NULL ? run->filter->close(run) : 0;

        code = diag_worse(code, closed);
    }
    return diag_worse(code, program->worst);
}

static void release(struct program *program)
{
    for (size_t i = 0; i < program->group_made; i++)
        message_release(&program->group[i]);
    free(program->group);
    stream_close(program->in);
    store_close(program->store);
    config_free(program->config);
    reject_release(&program->rejects);
    buf_release(&program->out);
    arena_release(&program->arena);
}

static void set_signals(void)
{
    struct sigaction action = {.sa_handler = SIG_IGN};

    sigaction(SIGPIPE, &action, NULL);
    action.sa_handler = on_signal;
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
}

static int run_program(struct program *program, int argc, char **argv)
{
    const struct filter_option *tables[FILTERS_MAX + 2];
    size_t table_count = option_tables(program, tables);
    int code = options_parse(&program->arena, tables, table_count, argc, argv, &program->values);

    if (code != 0)
        return code;
    if (options_value(&program->values, "help") != NULL)
        return options_help(program->name, "[INPUT…]", program->summary, tables, table_count);
    if (options_value(&program->values, "version") != NULL)
        return options_version(program->name);
    code = read_settings(program);
    if (code == 0)
        code = choose_filters(program);
    if (code != 0)
        return code;
    program->single =
        program->settings.from == STREAM_RFC822 || program->settings.to == STREAM_RFC822;
    set_signals();
    code = run_filters(program);
    /* A mail system that runs us for one message must hear "try again", whatever the cause. */
    if (program->single && code != 0 && code != EX_USAGE)
        code = EX_TEMPFAIL;
    return code;
}

int filter_chain_main(const char *name, const char *summary, const struct filter *const *filters,
                      size_t count, int argc, char **argv)
{
    struct program program = {.name = name, .summary = summary, .is_chain = true, .count = count};
    int code;

    diag_set_program(name);
    memcpy(program.filters, filters, count * sizeof(*filters));
    code = run_command(&program, argc, argv);
    if (code == 0)
        code = run_program(&program, argc, argv);
    release(&program);
    return code;
}

int filter_main(const struct filter *filter, int argc, char **argv)
{
    struct program program = {
        .name = filter->name, .summary = filter->summary, .filters = {filter}, .count = 1};
    int code;

    diag_set_program(filter->name);
    code = run_command(&program, argc, argv);
    if (code == 0)
        code = run_program(&program, argc, argv);
    release(&program);
    return code;
}
