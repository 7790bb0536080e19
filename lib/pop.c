/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * POP3 (RFC 1939) with CAPA, STLS and AUTH PLAIN (RFC 2449, 2595, 5034). UIDL is a must: it is what
 * tells new messages from old ones.
 */
#include "pop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"

/* Longest line of an answer, in octets, and longest name of a message: 70 by the RFC, some servers
 * know better. */
#define LINE_SIZE 65536
#define UIDL_SIZE 512
#define PIECE_SIZE 65536

struct pop {
    struct buf line; /* own: the last line read, without its end */
    bool starttls, plain, user;
    bool sized; /* the sizes of all messages are known */
};

static struct pop *pop_of(struct remote *remote)
{
    return remote->state;
}

static int nonsense(struct remote *remote)
{
    return remote_nonsense(remote, "what it says is no POP3");
}

static int read_line(struct remote *remote)
{
    buf_clear(&pop_of(remote)->line);
    return wire_line(remote->wire, &pop_of(remote)->line, LINE_SIZE);
}

static bool begins(struct remote *remote, const char *word)
{
    return span_begins_nocase(buf_view(&pop_of(remote)->line), span_of(word));
}

/* Sends FORMAT (a line without its end) and ARGUMENT for its %s, and reads the answer's first line.
 */
static int command(struct remote *remote, const char *word, const char *argument)
{
    struct buf out = BUF_INIT;
    int code;

    buf_format(&out, argument != NULL ? "%s%s\r\n" : "%s\r\n", word, argument);
    code = wire_write(remote->wire, buf_view(&out));
    explicit_bzero(out.octets, out.length);
    buf_release(&out);
    return code == 0 ? read_line(remote) : code;
}

static bool is_ok(struct remote *remote)
{
    return begins(remote, "+OK");
}

/* After an answer that had to be +OK: 0, or a code with CODE for a plain -ERR, reported. */
static int judge(struct remote *remote, int code, const char *what)
{
    static const char *const passing[] = {"-ERR [IN-USE]", "-ERR [SYS/TEMP]", "-ERR [LOGIN-DELAY]"};
    int failed = wire_code(remote->wire);

    if (failed != 0)
        return failed;
    if (is_ok(remote))
        return 0;
    if (!begins(remote, "-ERR"))
        return nonsense(remote);
    for (size_t i = 0; i < sizeof(passing) / sizeof(passing[0]); i++)
        if (begins(remote, passing[i]))
            code = EX_TEMPFAIL;
    return wire_fail(remote->wire, diag(code, wire_name(remote->wire), "%s: it answers: %s", what,
                                        buf_cstring(&pop_of(remote)->line)));
}

/* The next line of a list into `line`; *END: that was its last, the lone dot. */
static int list_line(struct remote *remote, bool *end)
{
    struct buf *line = &pop_of(remote)->line;
    int code = read_line(remote);

    *end = code != 0 || (line->length == 1 && line->octets[0] == '.');
    return code;
}

/* ---- logging in ------------------------------------------------------------------------------ */

/* CAPA; a server that does not know it has none. */
static int ask_capabilities(struct remote *remote)
{
    struct pop *pop = pop_of(remote);
    bool end = false;
    int code = command(remote, "CAPA", NULL);

    pop->starttls = pop->plain = false;
    pop->user = !is_ok(remote);
    if (code != 0 || pop->user)
        return code;
    while (!end && (code = list_line(remote, &end)) == 0) {
        pop->starttls |= span_equal_nocase(buf_view(&pop->line), SPAN("STLS"));
        pop->user |= span_equal_nocase(buf_view(&pop->line), SPAN("USER"));
        if (begins(remote, "SASL ")) {
            char *state = NULL;

            for (char *word = strtok_r(pop->line.octets + 5, " ", &state); word != NULL;
                 word = strtok_r(NULL, " ", &state))
                pop->plain |= span_equal_nocase(span_of(word), SPAN("PLAIN"));
        }
    }
    return code;
}

static int begin_tls(struct remote *remote)
{
    (void)command(remote, "STLS", NULL);
    return judge(remote, EX_UNAVAILABLE, "no TLS comes about");
}

static int authenticate(struct remote *remote)
{
    struct buf out = BUF_INIT;
    int code = command(remote, "AUTH PLAIN", NULL);

    if (code == 0 && begins(remote, "+") && !is_ok(remote)) {
        remote_plain(&out, remote);
        (void)command(remote, buf_cstring(&out), NULL);
        explicit_bzero(out.octets, out.length);
    }
    buf_release(&out);
    return judge(remote, EX_NOPERM, "it does not let us in");
}

static int pop_log_in(struct remote *remote)
{
    struct pop *pop = arena_alloc(&remote->arena, sizeof(*pop));
    bool secret = wire_is_secret(remote->wire);
    int code;

    remote->state = pop;
    (void)read_line(remote);
    code = judge(remote, EX_TEMPFAIL, "it takes no session");
    if (code == 0)
        code = ask_capabilities(remote);
    if (code == 0)
        code = remote_protect(remote, pop->starttls, begin_tls);
    /* What was said in clear does not count. */
    if (code == 0 && secret != wire_is_secret(remote->wire))
        code = ask_capabilities(remote);
    if (code != 0 || pop->plain)
        return code != 0 ? code : authenticate(remote);
    if (!pop->user)
        return wire_fail(remote->wire,
                         diag(EX_UNAVAILABLE, wire_name(remote->wire),
                              "it takes no password on this connection%s",
                              wire_is_secret(remote->wire) ? "" : ": is TLS to be used?"));
    (void)command(remote, "USER ", remote->url->user);
    code = judge(remote, EX_NOPERM, "it does not let us in");
    if (code != 0)
        return code;
    (void)command(remote, "PASS ", remote->login->password);
    return judge(remote, EX_NOPERM, "it does not let us in");
}

/* ---- reading --------------------------------------------------------------------------------- */

/* There is one folder only; it is open once we are in. */
static int pop_choose(struct remote *remote, bool writable)
{
    (void)writable;
    remote->validity = 0;
    return 0;
}

/* Reads `NUMBER VALUE`; NULL when the line is no such thing, else the value. */
static const char *numbered(struct remote *remote, uint32_t *number)
{
    struct buf *line = &pop_of(remote)->line;
    char *end = NULL;
    unsigned long value;

    if (line->length == 0 || line->octets[0] < '1' || line->octets[0] > '9')
        return NULL;
    value = strtoul(line->octets, &end, 10);
    if (*end != ' ' || value > UINT32_MAX)
        return NULL;
    *number = (uint32_t)value;
    while (*end == ' ')
        end++;
    return end;
}

/* A name that can stand in a line of ours. */
static bool is_name(const char *text)
{
    size_t length = strlen(text);

    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] <= 0x20 || text[i] == 0x7f)
            return false;
    return length > 0 && length <= UIDL_SIZE;
}

static int by_id(const void *a, const void *b)
{
    const struct remote_mail *const *left = a;
    const struct remote_mail *const *right = b;
    int order = strcmp((*left)->id, (*right)->id);

    return order != 0 ? order
                      : ((*left)->number > (*right)->number) - ((*left)->number < (*right)->number);
}

/* A server may give copies of one mail the same name (RFC 1939, UIDL): one of them is enough. */
static void drop_copies(struct remote *remote)
{
    struct remote_mail **sorted = arena_array(&remote->arena, remote->count + 1, sizeof(*sorted));
    size_t kept = 0;

    for (size_t i = 0; i < remote->count; i++)
        sorted[i] = &remote->mails[i];
    qsort(sorted, remote->count, sizeof(struct remote_mail *), by_id);
    for (size_t i = 1, first = 0; i < remote->count; i++) {
        if (strcmp(sorted[i]->id, sorted[first]->id) == 0)
            sorted[i]->number = 0;
        else
            first = i;
    }
    for (size_t i = 0; i < remote->count; i++)
        if (remote->mails[i].number != 0)
            remote->mails[kept++] = remote->mails[i];
    remote->count = kept;
}

static int pop_list(struct remote *remote, uint32_t first)
{
    bool end = false;
    int code;

    (void)first;
    (void)command(remote, "UIDL", NULL);
    code = judge(remote, EX_UNAVAILABLE,
                 "it gives messages no names (UIDL): what is new cannot be told");
    while (code == 0 && (code = list_line(remote, &end)) == 0 && !end) {
        uint32_t number;
        const char *id = numbered(remote, &number);
        uint32_t last = remote->count > 0 ? remote->mails[remote->count - 1].number : 0;

        if (id == NULL || !is_name(id) || number <= last ||
            strlen(buf_cstring(&pop_of(remote)->line)) != pop_of(remote)->line.length)
            return nonsense(remote);
        remote_add(remote, number, arena_string(&remote->arena, id));
    }
    if (code == 0)
        drop_copies(remote);
    return code;
}

/* Of all messages at once, whatever is wanted: that is one short line for each. */
static int pop_sizes(struct remote *remote, struct remote_mail *const *mails, size_t count)
{
    size_t at = 0;
    bool end = false;
    int code;

    (void)mails;
    (void)count;
    if (pop_of(remote)->sized)
        return 0;
    (void)command(remote, "LIST", NULL);
    code = judge(remote, EX_TEMPFAIL, "it does not say how large messages are");
    while (code == 0 && (code = list_line(remote, &end)) == 0 && !end) {
        uint32_t number;
        const char *size = numbered(remote, &number);

        if (size == NULL)
            return nonsense(remote);
        while (at < remote->count && remote->mails[at].number < number)
            at++;
        if (at < remote->count && remote->mails[at].number == number)
            remote->mails[at].size = strtoull(size, NULL, 10);
    }
    pop_of(remote)->sized = code == 0;
    return code;
}

/* Takes a dot at the start of a line: *END when it is the end of the message. */
static int take_dot(struct remote *remote, bool *end, bool *lone_return)
{
    (void)wire_next(remote->wire);
    if (wire_peek(remote->wire) == '\r') {
        (void)wire_next(remote->wire);
        *end = wire_peek(remote->wire) == '\n';
        *lone_return = !*end;
        if (*end)
            (void)wire_next(remote->wire);
    }
    return wire_code(remote->wire);
}

/*
 * Takes a message up to its `.` line, which the connection's end is never taken for. A line begins
 * behind CR LF only: what stands behind a lone LF was not dotted by the server.
 */
static int take_message(struct remote *remote, uint64_t most, remote_sink *sink, void *data,
                        enum remote_got *got)
{
    bool at_line = true;
    bool was_return = false;
    bool end = false;
    uint64_t length = 0;
    int code = 0;

    while (code == 0) {
        struct span piece;

        if (at_line && wire_peek(remote->wire) == '.') {
            bool lone_return = false;

            code = take_dot(remote, &end, &lone_return);
            if (end || code != 0)
                break;
            if (lone_return)
                code = wire_fail(remote->wire, sink(data, SPAN("\r")));
            was_return = lone_return;
            at_line = false;
            continue;
        }
        piece = wire_piece(remote->wire, PIECE_SIZE, true);
        if (piece.length == 0)
            return wire_code(remote->wire);
        at_line = piece.octets[piece.length - 1] == '\n' &&
                  (piece.length > 1 ? piece.octets[piece.length - 2] == '\r' : was_return);
        was_return = piece.octets[piece.length - 1] == '\r';
        length += piece.length;
        if (length <= most)
            code = wire_fail(remote->wire, sink(data, piece));
    }
    *got = length > most ? REMOTE_LARGE : REMOTE_WHOLE;
    return code;
}

static int pop_fetch(struct remote *remote, const struct remote_mail *mail, uint64_t most,
                     remote_sink *sink, void *data, enum remote_got *got)
{
    char line[32];
    int code;

    (void)snprintf(line, sizeof(line), "RETR %lu", (unsigned long)mail->number);
    code = command(remote, line, NULL);
    if (code == 0 && begins(remote, "-ERR")) {
        *got = REMOTE_REFUSED;
        diag(EX_TEMPFAIL, remote->url->name, "message %s: the server does not give it: %s",
             mail->id, buf_cstring(&pop_of(remote)->line));
        return 0;
    }
    if (code == 0 && !is_ok(remote))
        code = nonsense(remote);
    return code == 0 ? take_message(remote, most, sink, data, got) : code;
}

/* ---- the end --------------------------------------------------------------------------------- */

static int pop_remove(struct remote *remote, struct remote_mail *const *mails, size_t count)
{
    int code = 0;

    for (size_t i = 0; code == 0 && i < count; i++) {
        char line[32];

        (void)snprintf(line, sizeof(line), "DELE %lu", (unsigned long)mails[i]->number);
        (void)command(remote, line, NULL);
        code = judge(remote, EX_TEMPFAIL, "a message cannot be deleted");
    }
    return code;
}

static int pop_log_out(struct remote *remote)
{
    (void)command(remote, "QUIT", NULL);
    return judge(remote, EX_TEMPFAIL, "the session does not end well");
}

static void pop_close(struct remote *remote)
{
    buf_release(&pop_of(remote)->line);
}

const struct remote_protocol *pop_protocol(void)
{
    static const struct remote_protocol protocol = {
        .log_in = pop_log_in,
        .choose = pop_choose,
        .list = pop_list,
        .sizes = pop_sizes,
        .fetch = pop_fetch,
        .remove = pop_remove,
        .log_out = pop_log_out,
        .close = pop_close,
    };

    return &protocol;
}
