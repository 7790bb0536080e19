/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mail-fetch: hands what is new in IMAP and POP mailboxes to a command, each message once.
 *
 * A message is fetched whole into a temporary file, the command reads that, and when it exits 0 the
 * message is recorded as taken, on disk, before the next one is fetched. So what may happen is that
 * a command gets a message again: when this process or the machine dies between the command's end
 * and the record. What cannot happen is that a message is left out, or handed over in part.
 */
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command.h"
#include "date.h"
#include "diag.h"
#include "fetched.h"
#include "handover.h"
#include "imap.h"
#include "password.h"
#include "pop.h"
#include "remote.h"

/* So many commands that fail one behind the other show that it is not the messages' fault. */
#define FAILURES_MAX 10
/* Of so many messages the sizes are asked at once: more would be lost when the connection is. */
#define WINDOW 100
/* A batch is handed over when it has so many octets, whatever its count. */
#define BATCH_SIZE ((off_t)64 * 1024 * 1024)

extern char **environ;

/* What the command line says. */
struct wish {
    const char *then;
    size_t batch; /* messages for one command; 0: one, as it is, not as an mbox */
    bool remove;
    bool dry_run;
    const char *state;
    unsigned state_mode;
    const char *password_file;
    const char *password_command;
    uint64_t most; /* octets of a message */
    const char *sender;
    const char *recipient;
    struct remote_login login;
};

/* One mailbox at work. */
struct job {
    struct command_run *run;
    const struct wish *wish;
    struct arena arena; /* own */
    struct mailbox_url url;
    struct fetched *record; /* own */
    struct remote remote;   /* own */
    char **environment;     /* of commands; its last place is for MESSAGE_ID */
    size_t environment_count;
    struct remote_mail **fresh; /* never tried, or too large then */
    size_t fresh_count;
    struct remote_mail **tried; /* whose command failed */
    size_t tried_count;
    struct remote_mail **taken; /* to be removed from the server */
    size_t taken_count;
    unsigned in_a_row; /* commands that failed, since one went well */
    bool failed;       /* some message has to come again */
};

/* Messages on their way to one command. */
struct bundle {
    struct handover file;
    bool open;
    struct remote_mail **mails;
    size_t count;
};

/* ---- the command ----------------------------------------------------------------------------- */

static bool is_ours(const char *variable)
{
    static const char *const names[] = {
        "SENDER=", "RECIPIENT=", "MAILBOX=", "MESSAGE_ID=", "MAIL_USER=", "MAIL_HOST="};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strncmp(variable, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

/* Our environment, with what is known of the mailbox in the place of what it says of another. */
static void make_environment(struct job *job)
{
    const struct wish *wish = job->wish;
    size_t count = 0;
    size_t kept = 0;

    while (environ[count] != NULL)
        count++;
    job->environment = arena_array(&job->arena, count + 8, sizeof(*job->environment));
    for (size_t i = 0; i < count; i++)
        if (!is_ours(environ[i]))
            job->environment[kept++] = environ[i];
    job->environment[kept++] = arena_format(&job->arena, "MAILBOX=%s", job->url.name);
    job->environment[kept++] = arena_format(&job->arena, "MAIL_USER=%s", job->url.user);
    job->environment[kept++] = arena_format(&job->arena, "MAIL_HOST=%s", job->url.host);
    if (wish->sender != NULL)
        job->environment[kept++] = arena_format(&job->arena, "SENDER=%s", wish->sender);
    if (wish->recipient != NULL)
        job->environment[kept++] = arena_format(&job->arena, "RECIPIENT=%s", wish->recipient);
    job->environment_count = kept;
}

static const char *describe(struct job *job, const struct bundle *bundle)
{
    const char *first = bundle->mails[0]->id;

    if (bundle->count == 1)
        return arena_format(&job->arena, "message %s", first);
    return arena_format(&job->arena, "%zu messages from %s on", bundle->count, first);
}

static void report_failure(struct job *job, const struct bundle *bundle, int status)
{
    const char *what = describe(job, bundle);

    job->failed = true;
    job->in_a_row++;
    if (WIFEXITED(status))
        diag(EX_TEMPFAIL, job->url.name, "%s: the command exits %d: again next time", what,
             WEXITSTATUS(status));
    else
        diag(EX_TEMPFAIL, job->url.name, "%s: the command is ended by signal %d: again next time",
             what, WTERMSIG(status));
    if (job->in_a_row == FAILURES_MAX)
        diag(EX_TEMPFAIL, job->url.name,
             "the command failed %d times in a row: the rest waits for the next time",
             FAILURES_MAX);
}

/* Records what became of MAIL. */
static int settle(struct job *job, struct remote_mail *mail, bool taken)
{
    bool remove = taken && job->wish->remove;

    if (remove)
        job->taken[job->taken_count++] = mail;
    /* That it failed before is on record already. */
    if (!taken && fetched_look(job->record, mail->id) == FETCHED_FAILED)
        return 0;
    return fetched_mark(job->record, mail->id,
                        remove  ? FETCHED_REMOVE
                        : taken ? FETCHED_DONE
                                : FETCHED_FAILED);
}

/* Gives the bundle, if there is something in it, to the command. */
static int hand_over(struct job *job, struct bundle *bundle)
{
    int status = 0;
    int code = 0;

    if (bundle->open && bundle->count > 0) {
        job->environment[job->environment_count] =
            bundle->count == 1 ? arena_format(&job->arena, "MESSAGE_ID=%s", bundle->mails[0]->id)
                               : NULL;
        code = handover_run(&bundle->file, job->wish->then, job->environment, &status);
        if (code == 0 && status == 0)
            job->in_a_row = 0;
        else if (code == 0)
            report_failure(job, bundle, status);
        for (size_t i = 0; code == 0 && i < bundle->count; i++)
            code = settle(job, bundle->mails[i], status == 0);
    }
    if (bundle->open)
        handover_close(&bundle->file);
    bundle->open = false;
    bundle->count = 0;
    return code;
}

/* ---- fetching -------------------------------------------------------------------------------- */

static int to_file(void *data, struct span octets)
{
    return handover_add(data, octets);
}

/* Said once, then remembered: the message stays where it is. */
static int leave_large(struct job *job, const struct remote_mail *mail)
{
    if (fetched_look(job->record, mail->id) == FETCHED_LARGE)
        return 0;
    diag_note("%s: message %s has more than %llu octets and stays on the server: see --max-size",
              job->url.name, mail->id, (unsigned long long)job->wish->most);
    return fetched_mark(job->record, mail->id, FETCHED_LARGE);
}

/* Fetches MAIL into the bundle. */
static int fetch_mail(struct job *job, struct bundle *bundle, struct remote_mail *mail)
{
    enum remote_got got = REMOTE_GONE;
    int64_t time = mail->time;
    int code = 0;

    if (!bundle->open) {
        code = handover_open(&bundle->file, job->wish->batch > 0);
        bundle->open = code == 0;
    }
    if (code == 0 && time == INT64_MIN)
        code = clock_now(&time);
    if (code == 0)
        code = handover_begin(&bundle->file, job->wish->sender, time);
    if (code == 0)
        code = remote_fetch(&job->remote, mail, job->wish->most, to_file, &bundle->file, &got);
    if (code == 0 && got == REMOTE_WHOLE)
        code = handover_end(&bundle->file);
    if (code == 0 && got == REMOTE_WHOLE) {
        bundle->mails[bundle->count++] = mail;
        return 0;
    }
    if (bundle->open)
        code = diag_worse(code, handover_drop(&bundle->file));
    if (code == 0 && got == REMOTE_LARGE)
        code = leave_large(job, mail);
    if (code == 0 && got == REMOTE_REFUSED) {
        job->failed = true;
        code = settle(job, mail, false);
    }
    return code;
}

/* Fetches MAILS, a window of them, and hands over bundles of SIZE. */
static int fetch_window(struct job *job, struct bundle *bundle, struct remote_mail **mails,
                        size_t count, size_t size)
{
    int code = remote_sizes(&job->remote, mails, count);

    for (size_t i = 0; code == 0 && i < count && job->in_a_row < FAILURES_MAX; i++) {
        if (wire_interrupted())
            code = diag(EX_TEMPFAIL, job->url.name, "stopped by a signal");
        else if (mails[i]->size > job->wish->most)
            code = leave_large(job, mails[i]);
        else
            code = fetch_mail(job, bundle, mails[i]);
        if (code == 0 && bundle->open &&
            (bundle->count >= size || handover_size(&bundle->file) >= BATCH_SIZE))
            code = hand_over(job, bundle);
    }
    return code;
}

/* Fetches MAILS and hands them over in bundles of SIZE. */
static int fetch_all(struct job *job, struct remote_mail **mails, size_t count, size_t size)
{
    struct bundle bundle = {.file = {.fd = -1}};
    int code = 0;
    int last;

    bundle.mails =
        arena_array(&job->arena, size < count ? size + 1 : count + 1, sizeof(struct remote_mail *));
    for (size_t at = 0; code == 0 && at < count && job->in_a_row < FAILURES_MAX; at += WINDOW)
        code =
            fetch_window(job, &bundle, mails + at, count - at < WINDOW ? count - at : WINDOW, size);
    /* What came whole before the connection was lost is as good as the rest. */
    last = hand_over(job, &bundle);
    return diag_worse(code, last);
}

/* ---- what is new ----------------------------------------------------------------------------- */

/* The UID up to which there is nothing to do any more, in the list that begins above the last one.
 */
static uint32_t find_upto(const struct job *job)
{
    uint32_t upto = fetched_upto(job->record);

    for (size_t i = 0; i < job->remote.count && !job->url.pop; i++) {
        if (fetched_look(job->record, job->remote.mails[i].id) != FETCHED_DONE)
            break;
        upto = job->remote.mails[i].number;
    }
    return upto;
}

/* Tells the record what is there. */
static int tidy(struct job *job)
{
    size_t count = job->remote.count;
    const char **ids = arena_array(&job->arena, count + 1, sizeof(*ids));

    for (size_t i = 0; i < count; i++)
        ids[i] = job->remote.mails[i].id;
    return fetched_tidy(job->record, ids, count, find_upto(job));
}

/* Sorts the messages that are there by what is to become of them. */
static void sort_mails(struct job *job)
{
    size_t room = job->remote.count + 1;

    job->fresh = arena_array(&job->arena, room, sizeof(struct remote_mail *));
    job->tried = arena_array(&job->arena, room, sizeof(struct remote_mail *));
    job->taken = arena_array(&job->arena, room, sizeof(struct remote_mail *));
    for (size_t i = 0; i < job->remote.count; i++) {
        struct remote_mail *mail = &job->remote.mails[i];
        enum fetched_state state = fetched_look(job->record, mail->id);

        if (state == FETCHED_NEW || state == FETCHED_LARGE)
            job->fresh[job->fresh_count++] = mail;
        else if (state == FETCHED_FAILED)
            job->tried[job->tried_count++] = mail;
        else if (state == FETCHED_REMOVE && job->wish->remove)
            job->taken[job->taken_count++] = mail;
    }
}

/* Adds up sizes of MAILS, without those that are too large. */
static int add_up(struct job *job, struct remote_mail **mails, size_t count, size_t *number,
                  uint64_t *octets)
{
    int code = remote_sizes(&job->remote, mails, count);

    for (size_t i = 0; code == 0 && i < count; i++) {
        if (mails[i]->size > job->wish->most)
            continue;
        ++*number;
        *octets += mails[i]->size;
    }
    return code;
}

/* --dry-run: what would be handed over. */
static int tell(struct job *job)
{
    uint64_t octets = 0;
    size_t fresh = 0;
    size_t tried = 0;
    int code = add_up(job, job->fresh, job->fresh_count, &fresh, &octets);

    if (code == 0)
        code = add_up(job, job->tried, job->tried_count, &tried, &octets);
    if (code == 0)
        buf_format(&job->run->out,
                   "%s: %zu new, %zu to be tried again, %llu octets, %zu to be removed\n",
                   job->url.name, fresh, tried, (unsigned long long)octets, job->taken_count);
    return code;
}

/* ---- a mailbox ------------------------------------------------------------------------------- */

/* All that is done over one connection. */
static int use_connection(struct job *job)
{
    const struct wish *wish = job->wish;
    int code = remote_choose(&job->remote, wish->remove && !wish->dry_run);

    if (code == 0)
        code = fetched_renew(job->record, job->remote.validity);
    if (code == 0)
        code = remote_list(&job->remote, fetched_upto(job->record) + 1);
    if (code == 0 && !wish->dry_run)
        code = tidy(job);
    if (code == 0)
        sort_mails(job);
    if (code == 0 && wish->dry_run) {
        code = tell(job);
    } else if (code == 0) {
        code = fetch_all(job, job->fresh, job->fresh_count, wish->batch > 0 ? wish->batch : 1);
        /* What failed before comes last and alone, so it keeps nothing new from being taken. */
        if (code == 0 && job->in_a_row < FAILURES_MAX)
            code = fetch_all(job, job->tried, job->tried_count, 1);
        if (code == 0)
            code = remote_remove(&job->remote, job->taken, job->taken_count);
    }
    return code == 0 ? remote_log_out(&job->remote) : code;
}

static int read_password(struct job *job, struct buf *password)
{
    const struct wish *wish = job->wish;

    buf_clear(password);
    if (wish->password_file != NULL)
        return password_from_file(wish->password_file, password);
    return password_from_command(wish->password_command, job->environment, password);
}

static int fetch_mailbox(struct command_run *run, const struct wish *wish,
                         const struct mailbox_url *url)
{
    struct job job = {.run = run, .wish = wish, .url = *url};
    struct remote_login login = wish->login;
    struct buf password = BUF_INIT;
    int code;

    make_environment(&job);
    code = fetched_open(wish->state, wish->state_mode, url->name, wish->dry_run, &job.record);
    if (code == 0)
        code = read_password(&job, &password);
    login.password = buf_cstring(&password);
    if (code == 0) {
        code =
            remote_open(&job.remote, url->pop ? pop_protocol() : imap_protocol(), &job.url, &login);
        if (code == 0)
            code = use_connection(&job);
        remote_close(&job.remote);
    }
    if (password.length > 0)
        explicit_bzero(password.octets, password.length);
    buf_release(&password);
    fetched_close(job.record);
    arena_release(&job.arena);
    return diag_worse(code, job.failed ? EX_TEMPFAIL : 0);
}

/* ---- the command line ------------------------------------------------------------------------ */

/* Option NAME as a number from LEAST to MOST; VALUE is left when it was not given. */
static int read_option(struct command_run *run, const char *name, uint64_t least, uint64_t most,
                       uint64_t *value)
{
    const char *text = command_value(run, name);
    uint64_t number = 0;
    bool good = text != NULL && text[0] != '\0';

    if (text == NULL)
        return 0;
    for (const char *next = text; *next != '\0'; next++) {
        good = good && *next >= '0' && *next <= '9' && number <= most / 10;
        number = number * 10 + (uint64_t)(*next - '0');
    }
    if (!good || number < least || number > most)
        return diag(EX_USAGE, NULL, "--%s: %s is no number from %llu to %llu", name, text,
                    (unsigned long long)least, (unsigned long long)most);
    *value = number;
    return 0;
}

static int read_tls(struct command_run *run, enum remote_tls *tls)
{
    const char *text = command_value(run, "tls");

    *tls = REMOTE_TLS_TRY;
    if (text == NULL || strcmp(text, "try") == 0)
        return 0;
    *tls = strcmp(text, "required") == 0 ? REMOTE_TLS_REQUIRED : REMOTE_TLS_NEVER;
    if (*tls == REMOTE_TLS_NEVER && strcmp(text, "never") != 0)
        return diag(EX_USAGE, NULL, "--tls: %s is none of required, try, never", text);
    return 0;
}

/* The folder of records: given, the store's, or the user's own. */
static int find_state(struct command_run *run, struct wish *wish)
{
    const char *home = getenv("XDG_STATE_HOME");
    int code;

    wish->state = command_value(run, "state");
    wish->state_mode = 0700;
    if (wish->state != NULL)
        return wish->state[0] != '\0' ? 0 : diag(EX_USAGE, NULL, "--state: its folder is missing");
    code = command_config(run);
    if (code != 0)
        return code;
    if (run->config->folder != NULL) {
        wish->state = arena_format(&run->arena, "%s/fetched", run->config->folder);
        wish->state_mode = 0770;
        return 0;
    }
    if (home != NULL && home[0] == '/') {
        wish->state = arena_format(&run->arena, "%s/postroom/fetched", home);
        return 0;
    }
    home = getenv("HOME");
    if (home == NULL || home[0] != '/')
        return diag(EX_CONFIG, NULL,
                    "there is no configuration with a store, and no $HOME: give --state");
    wish->state = arena_format(&run->arena, "%s/.local/state/postroom/fetched", home);
    return 0;
}

static int read_wish(struct command_run *run, struct wish *wish)
{
    uint64_t batch = 0;
    uint64_t timeout = 60;
    int code;

    *wish = (struct wish){
        .then = command_value(run, "then"),
        .remove = command_value(run, "delete") != NULL,
        .dry_run = command_value(run, "dry-run") != NULL,
        .password_file = command_value(run, "password-file"),
        .password_command = command_value(run, "password-command"),
        .most = (uint64_t)100 * 1024 * 1024,
        .sender = command_value(run, "sender"),
        .recipient = command_value(run, "recipient"),
        .login = {.ca_file = command_value(run, "ca-file")},
    };
    code = read_option(run, "batch", 1, 100000, &batch);
    if (code == 0)
        code = read_option(run, "timeout", 1, 3600, &timeout);
    if (code == 0)
        code = read_option(run, "max-size", 1, (uint64_t)1 << 40, &wish->most);
    if (code == 0)
        code = read_tls(run, &wish->login.tls);
    if (code != 0)
        return code;
    wish->batch = (size_t)batch;
    wish->login.timeout = (int)timeout;
    if (wish->then == NULL && !wish->dry_run)
        return diag(EX_USAGE, NULL, "who takes the mail? Give --then COMMAND; see --help");
    if ((wish->password_file != NULL) == (wish->password_command != NULL))
        return diag(EX_USAGE, NULL,
                    "where is the password? Give --password-file or --password-command, one of "
                    "them");
    return 0;
}

static void on_signal(int number)
{
    (void)number;
    wire_interrupt();
}

static int fetch(struct command_run *run)
{
    struct sigaction action = {.sa_handler = on_signal};
    size_t count = run->values.operand_count;
    struct mailbox_url *urls = arena_array(&run->arena, count, sizeof(*urls));
    struct wish wish;
    int code = read_wish(run, &wish);

    for (size_t i = 0; code == 0 && i < count; i++)
        code = mailbox_url_read(&run->arena, run->values.operands[i], &urls[i]);
    if (code == 0)
        code = find_state(run, &wish);
    if (code != 0)
        return code;
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    for (size_t i = 0; i < count && !wire_interrupted(); i++)
        code = diag_worse(code, fetch_mailbox(run, &wish, &urls[i]));
    return code;
}

static const struct filter_option options[] = {
    {"then", 't', "COMMAND", "run this by /bin/sh for each new message, which it reads from stdin"},
    {"batch", 'b', "N", "run it for up to N messages at once, as an mbox (mboxrd)"},
    {"delete", 'd', NULL, "remove messages from the server once the command has exited 0"},
    {"password-file", 'p', "FILE", "the password is its first line; nobody else may read it"},
    {"password-command", 'P', "COMMAND", "the password is the first line that it prints"},
    {"state", 's', "DIR", "remember here what was taken (else fetched in the store's folder)"},
    {"tls", 0, "required|try|never", "TLS with imap:// and pop:// (try: but loopback, required)"},
    {"ca-file", 0, "FILE", "trust the certificates in FILE (PEM), not those the system trusts"},
    {"timeout", 0, "SECONDS", "longest wait for the server (60)"},
    {"max-size", 0, "OCTETS", "leave larger messages on the server (104857600)"},
    {"sender", 0, "ADDRESS", "envelope sender: $SENDER of the command"},
    {"recipient", 0, "ADDRESS", "envelope recipient: $RECIPIENT of the command"},
    {"dry-run", 'n', NULL, "tell how much is new; take, record and remove nothing"},
    {NULL, 0, NULL, NULL},
};

static const struct command command = {
    .name = "mail-fetch",
    .operands = "URL…",
    .summary = "hand what is new in IMAP and POP mailboxes to a command",
    .options = options,
    .least = 1,
    .most = SIZE_MAX,
    .run = fetch,
};

int main(int argc, char **argv)
{
    return command_main(&command, argc, argv);
}
