/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * IMAP4rev1 (RFC 3501) as far as a mailbox is read: log in, EXAMINE, UID SEARCH, UID FETCH, and
 * UID EXPUNGE (RFC 4315) when messages are removed.
 *
 * Answers are taken apart token by token, straight from the connection: no line is ever whole in
 * memory, and the octets of a message go to the sink as they come.
 */
#include "imap.h"

#include <stdio.h>
#include <stdlib.h>

#include "date.h"
#include "diag.h"
#include "imap-token.h"

/* Messages in one command that has a set of them. */
#define SET_MAX 200

enum status {
    STATUS_OK,
    STATUS_NO,
    STATUS_BAD,
    STATUS_MORE,  /* `+`: the server waits for what comes next */
    STATUS_FAILED /* the connection did */
};

/* What a FETCH asks for. */
struct wanted {
    struct remote_mail *const *mails; /* whose size and time are taken down */
    size_t count;
    const struct remote_mail *body; /* whose octets are wanted; NULL: none */
    uint64_t most;
    remote_sink *sink;
    void *data;
    bool came; /* the octets did */
    bool large;
};

struct imap {
    struct imap_reader reader; /* its text is that of the last token or status */
    unsigned tag;
    bool starttls, plain, no_login, uidplus;
    bool known;   /* the capabilities are */
    bool preauth; /* logged in from the start */
    bool ending;  /* BYE is what we asked for */
    bool deleted; /* something was marked so */
    uint32_t validity;
    bool searching; /* numbers of SEARCH go to `mails` */
    uint32_t first; /* those from here on */
    struct wanted *wanted;
};

static struct imap *imap_of(struct remote *remote)
{
    return remote->state;
}

static int nonsense(struct remote *remote)
{
    return remote_nonsense(remote, "what it says is no IMAP");
}

/* The next token of what the server says; what it holds is in `reader`. */
static enum imap_token next_token(struct remote *remote)
{
    return imap_token_next(&imap_of(remote)->reader);
}

/* The octets of a literal, to SINK. */
static int take_literal(struct remote *remote, remote_sink *sink, void *data)
{
    return imap_token_literal(&imap_of(remote)->reader, sink, data);
}

/* Takes TOKEN, which begins a value that nobody wants, and the rest of that value. */
static int skip_value(struct remote *remote, enum imap_token token)
{
    return imap_token_skip(&imap_of(remote)->reader, token) ? 0 : nonsense(remote);
}

/* Takes the rest of the line, whatever it is. */
static int skip_line(struct remote *remote)
{
    return imap_token_skip_line(&imap_of(remote)->reader) ? 0 : nonsense(remote);
}

static bool number(const struct imap *imap, uint64_t most, uint64_t *value)
{
    return imap_token_number(&imap->reader, most, value);
}

static bool is_word(const struct imap *imap, const char *word)
{
    return span_equal_nocase(buf_view(&imap->reader.text), span_of(word));
}

/* ---- answers --------------------------------------------------------------------------------- */

static void note_capability(struct imap *imap, struct span word)
{
    imap->known = true;
    imap->starttls |= span_equal_nocase(word, SPAN("STARTTLS"));
    imap->plain |= span_equal_nocase(word, SPAN("AUTH=PLAIN"));
    imap->no_login |= span_equal_nocase(word, SPAN("LOGINDISABLED"));
    imap->uidplus |= span_equal_nocase(word, SPAN("UIDPLUS"));
}

static void forget_capabilities(struct imap *imap)
{
    imap->known = imap->starttls = imap->plain = imap->no_login = imap->uidplus = false;
}

/* The `[CODE …]` that a status may begin with. */
static void read_status_code(struct imap *imap)
{
    struct span rest = buf_view(&imap->reader.text);
    const char *end = rest.length > 0 ? memchr(rest.octets, ']', rest.length) : NULL;
    bool capability;

    if (end == NULL || rest.octets[0] != '[')
        return;
    rest = (struct span){rest.octets + 1, (size_t)(end - rest.octets) - 1};
    if (span_begins_nocase(rest, SPAN("UIDVALIDITY "))) {
        uint64_t value = strtoull(rest.octets + 12, NULL, 10);

        imap->validity = value <= UINT32_MAX ? (uint32_t)value : 0;
    }
    capability = span_begins_nocase(rest, SPAN("CAPABILITY "));
    if (capability)
        forget_capabilities(imap);
    while (capability && rest.length > 0) {
        const char *blank = memchr(rest.octets, ' ', rest.length);
        size_t length = blank != NULL ? (size_t)(blank - rest.octets) : rest.length;

        note_capability(imap, (struct span){rest.octets, length});
        length += blank != NULL;
        rest = (struct span){rest.octets + length, rest.length - length};
    }
}

/* Reads the text behind OK, NO and the like, into `text`. */
static int read_status_text(struct remote *remote)
{
    struct imap *imap = imap_of(remote);
    int code;

    buf_clear(&imap->reader.text);
    if (wire_peek(remote->wire) == ' ')
        (void)wire_next(remote->wire);
    code = wire_line(remote->wire, &imap->reader.text, IMAP_TOKEN_MAX);
    if (code == 0)
        read_status_code(imap);
    return code;
}

/* `7-Feb-1994 21:52:25 -0800`, to a point in time. */
static int64_t read_date(const struct imap *imap)
{
    struct buf text = BUF_INIT;
    struct date date = {.seconds = INT64_MIN};

    buf_span(&text, buf_view(&imap->reader.text));
    for (size_t i = 0; i < text.length && i < 11; i++)
        if (text.octets[i] == '-')
            text.octets[i] = ' ';
    if (!date_parse_mail(buf_view(&text), &date))
        date.seconds = INT64_MIN;
    buf_release(&text);
    return date.seconds;
}

/* What one FETCH said. */
struct fetched_items {
    uint64_t uid; /* 0: not said yet */
    uint64_t size;
    int64_t time;
    bool body; /* BODY[] went to the sink */
};

static int read_body(struct remote *remote, enum imap_token token, struct fetched_items *items)
{
    struct imap *imap = imap_of(remote);
    struct wanted *wanted = imap->wanted;
    int code = 0;

    if (wanted == NULL || wanted->body == NULL ||
        (items->uid != 0 && items->uid != wanted->body->number))
        return skip_value(remote, token);
    if (token == IMAP_ATOM && is_word(imap, "NIL"))
        return 0;
    if (wanted->came || items->body || (token != IMAP_LITERAL && token != IMAP_QUOTED))
        return nonsense(remote);
    items->body = true;
    if (token == IMAP_QUOTED)
        return wire_fail(remote->wire, wanted->sink(wanted->data, buf_view(&imap->reader.text)));
    wanted->large = imap->reader.literal > wanted->most;
    code = take_literal(remote, wanted->large ? NULL : wanted->sink, wanted->data);
    return code;
}

static int read_item(struct remote *remote, struct fetched_items *items)
{
    struct imap *imap = imap_of(remote);
    bool uid = is_word(imap, "UID");
    bool size = is_word(imap, "RFC822.SIZE");
    bool date = is_word(imap, "INTERNALDATE");
    bool body = is_word(imap, "BODY[]");
    enum imap_token token = next_token(remote);

    if (token == IMAP_FAILED)
        return nonsense(remote);
    if (body)
        return read_body(remote, token, items);
    if (uid)
        return token == IMAP_ATOM && number(imap, UINT32_MAX, &items->uid) ? 0 : nonsense(remote);
    if (size)
        return token == IMAP_ATOM && number(imap, INT64_MAX, &items->size) ? 0 : nonsense(remote);
    if (date && token == IMAP_QUOTED) {
        items->time = read_date(imap);
        return 0;
    }
    return skip_value(remote, token);
}

static int by_number(const void *a, const void *b)
{
    const struct remote_mail *const *left = a;
    const struct remote_mail *const *right = b;

    return ((*left)->number > (*right)->number) - ((*left)->number < (*right)->number);
}

/* `(ITEM VALUE …)` behind `* 12 FETCH`. Others' flags come like that too, at any time. */
static int read_fetch(struct remote *remote)
{
    struct wanted *wanted = imap_of(remote)->wanted;
    struct fetched_items items = {.time = INT64_MIN};
    struct remote_mail key;
    struct remote_mail *pointer = &key;
    struct remote_mail *const *found;
    enum imap_token token = next_token(remote);

    if (token != IMAP_OPEN)
        return nonsense(remote);
    while ((token = next_token(remote)) == IMAP_ATOM) {
        int code = read_item(remote, &items);

        if (code != 0)
            return code;
    }
    if (token != IMAP_CLOSE || next_token(remote) != IMAP_END)
        return nonsense(remote);
    if (wanted == NULL)
        return 0;
    if (items.body) {
        if (items.uid != wanted->body->number)
            return remote_nonsense(remote, "it sent another message than was asked for");
        wanted->came = true;
    }
    key.number = (uint32_t)items.uid;
    found = wanted->count > 0 ? bsearch(&pointer, wanted->mails, wanted->count,
                                        sizeof(struct remote_mail *), by_number)
                              : NULL;
    if (found != NULL && items.size > 0) {
        (*found)->size = items.size;
        (*found)->time = items.time;
    }
    return 0;
}

static int read_search(struct remote *remote)
{
    struct imap *imap = imap_of(remote);
    enum imap_token token;

    while ((token = next_token(remote)) == IMAP_ATOM) {
        uint64_t uid;

        if (!number(imap, UINT32_MAX, &uid) || uid == 0)
            return nonsense(remote);
        /* `N:*` names the last message even when its UID is below N (RFC 3501, 6.4.8). */
        if (imap->searching && uid >= imap->first)
            remote_add(remote, (uint32_t)uid, NULL);
    }
    return token == IMAP_END ? 0 : nonsense(remote);
}

/* A line that begins with `*`. */
static int read_untagged(struct remote *remote)
{
    struct imap *imap = imap_of(remote);
    uint64_t value;

    if (next_token(remote) != IMAP_ATOM)
        return nonsense(remote);
    if (number(imap, UINT64_MAX / 2, &value)) {
        if (next_token(remote) != IMAP_ATOM)
            return nonsense(remote);
        return is_word(imap, "FETCH") ? read_fetch(remote) : skip_line(remote);
    }
    if (is_word(imap, "SEARCH"))
        return read_search(remote);
    if (is_word(imap, "CAPABILITY")) {
        enum imap_token token;

        forget_capabilities(imap);
        while ((token = next_token(remote)) == IMAP_ATOM)
            note_capability(imap, buf_view(&imap->reader.text));
        return token == IMAP_END ? 0 : nonsense(remote);
    }
    if (is_word(imap, "BYE")) {
        int code = read_status_text(remote);

        if (code != 0 || imap->ending)
            return code;
        return wire_fail(remote->wire,
                         diag(EX_TEMPFAIL, wire_name(remote->wire), "it ended the session: %s",
                              buf_cstring(&imap->reader.text)));
    }
    if (is_word(imap, "OK") || is_word(imap, "NO") || is_word(imap, "BAD") ||
        is_word(imap, "PREAUTH")) {
        imap->preauth |= is_word(imap, "PREAUTH");
        return read_status_text(remote);
    }
    return skip_line(remote);
}

/* Reads answers until the command is done, or the server waits for more of it. */
static enum status read_answers(struct remote *remote)
{
    struct imap *imap = imap_of(remote);
    char tag[16];
    size_t length = (size_t)snprintf(tag, sizeof(tag), "p%u", imap->tag);

    for (;;) {
        enum status status;

        if (next_token(remote) != IMAP_ATOM) {
            (void)nonsense(remote);
            return STATUS_FAILED;
        }
        if (is_word(imap, "*")) {
            if (read_untagged(remote) != 0)
                return STATUS_FAILED;
            continue;
        }
        if (is_word(imap, "+"))
            return read_status_text(remote) == 0 ? STATUS_MORE : STATUS_FAILED;
        if (!span_equal(buf_view(&imap->reader.text), (struct span){tag, length}) ||
            next_token(remote) != IMAP_ATOM) {
            (void)nonsense(remote);
            return STATUS_FAILED;
        }
        status = is_word(imap, "OK") ? STATUS_OK : is_word(imap, "NO") ? STATUS_NO : STATUS_BAD;
        return read_status_text(remote) == 0 ? status : STATUS_FAILED;
    }
}

/* Sends the command LINE, without tag and line end. */
static int send_command(struct remote *remote, struct span line)
{
    struct buf out = BUF_INIT;
    int code;

    buf_format(&out, "p%u ", ++imap_of(remote)->tag);
    buf_span(&out, line);
    buf_string(&out, "\r\n");
    code = wire_write(remote->wire, buf_view(&out));
    explicit_bzero(out.octets, out.length);
    buf_release(&out);
    return code;
}

static enum status command(struct remote *remote, const char *line)
{
    return send_command(remote, span_of(line)) == 0 ? read_answers(remote) : STATUS_FAILED;
}

/* What a command that has to succeed came to: 0, or a code with CODE for a plain NO, reported. */
static int judge(struct remote *remote, enum status status, int code, const char *what)
{
    struct imap *imap = imap_of(remote);
    static const char *const passing[] = {"[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]"};

    if (status == STATUS_OK)
        return 0;
    if (status == STATUS_FAILED)
        return wire_code(remote->wire);
    if (status == STATUS_MORE)
        return nonsense(remote);
    for (size_t i = 0; i < sizeof(passing) / sizeof(passing[0]); i++)
        if (span_begins_nocase(buf_view(&imap->reader.text), span_of(passing[i])))
            code = EX_TEMPFAIL;
    return wire_fail(remote->wire, diag(code, wire_name(remote->wire), "%s: it answers: %s", what,
                                        buf_cstring(&imap->reader.text)));
}

/* ---- logging in ------------------------------------------------------------------------------ */

static int ask_capabilities(struct remote *remote)
{
    return judge(remote, command(remote, "CAPABILITY"), EX_PROTOCOL, "it does not say what it can");
}

static int begin_tls(struct remote *remote)
{
    return judge(remote, command(remote, "STARTTLS"), EX_UNAVAILABLE, "no TLS comes about");
}

/* LOGIN with literals: they hold any octets, and every server knows them. */
static enum status log_in_plainly(struct remote *remote)
{
    struct buf out = BUF_INIT;
    enum status status = STATUS_FAILED;

    buf_format(&out, "LOGIN {%zu}", strlen(remote->url->user));
    if (send_command(remote, buf_view(&out)) == 0)
        status = read_answers(remote);
    buf_clear(&out);
    buf_format(&out, "%s {%zu}\r\n", remote->url->user, strlen(remote->login->password));
    if (status == STATUS_MORE)
        status =
            wire_write(remote->wire, buf_view(&out)) == 0 ? read_answers(remote) : STATUS_FAILED;
    buf_clear(&out);
    buf_format(&out, "%s\r\n", remote->login->password);
    if (status == STATUS_MORE)
        status =
            wire_write(remote->wire, buf_view(&out)) == 0 ? read_answers(remote) : STATUS_FAILED;
    explicit_bzero(out.octets, out.length);
    buf_release(&out);
    return status;
}

static enum status authenticate(struct remote *remote)
{
    struct buf out = BUF_INIT;
    enum status status = command(remote, "AUTHENTICATE PLAIN");

    if (status == STATUS_MORE) {
        remote_plain(&out, remote);
        buf_string(&out, "\r\n");
        status =
            wire_write(remote->wire, buf_view(&out)) == 0 ? read_answers(remote) : STATUS_FAILED;
        explicit_bzero(out.octets, out.length);
    }
    buf_release(&out);
    return status;
}

static int imap_log_in(struct remote *remote)
{
    struct imap *imap = arena_alloc(&remote->arena, sizeof(*imap));
    bool secret = wire_is_secret(remote->wire);
    int code;

    remote->state = imap;
    imap->reader.wire = remote->wire;
    if (next_token(remote) != IMAP_ATOM || !is_word(imap, "*"))
        return nonsense(remote);
    code = read_untagged(remote);
    if (code == 0 && !imap->known)
        code = ask_capabilities(remote);
    /* Who is logged in from the start, by a tunnel perhaps, cannot begin TLS any more. */
    if (code == 0)
        code = remote_protect(remote, imap->starttls && !imap->preauth, begin_tls);
    if (code != 0 || imap->preauth)
        return code;
    if (secret != wire_is_secret(remote->wire)) {
        /* What was said in clear does not count. */
        forget_capabilities(imap);
        code = ask_capabilities(remote);
        if (code != 0)
            return code;
    }
    if (!imap->plain && imap->no_login)
        return wire_fail(remote->wire,
                         diag(EX_UNAVAILABLE, wire_name(remote->wire),
                              "it takes no password on this connection%s",
                              wire_is_secret(remote->wire) ? "" : ": is TLS to be used?"));
    imap->known = false;
    code = judge(remote, imap->plain ? authenticate(remote) : log_in_plainly(remote), EX_NOPERM,
                 "it does not let us in");
    return code == 0 && !imap->known ? ask_capabilities(remote) : code;
}

/* ---- reading --------------------------------------------------------------------------------- */

static int imap_choose(struct remote *remote, bool writable)
{
    struct imap *imap = imap_of(remote);
    struct buf name = BUF_INIT;
    struct buf line = BUF_INIT;
    int code;

    mailbox_url_utf7(&name, span_of(remote->url->folder));
    buf_string(&line, writable ? "SELECT \"" : "EXAMINE \"");
    for (size_t i = 0; i < name.length; i++) {
        if (name.octets[i] == '"' || name.octets[i] == '\\')
            buf_char(&line, '\\');
        buf_char(&line, name.octets[i]);
    }
    buf_char(&line, '"');
    imap->validity = 0;
    code = judge(remote, command(remote, buf_cstring(&line)), EX_NOINPUT,
                 "the folder cannot be opened");
    buf_release(&line);
    buf_release(&name);
    remote->validity = imap->validity;
    if (code == 0 && imap->validity == 0)
        code = wire_fail(remote->wire, diag(EX_UNAVAILABLE, wire_name(remote->wire),
                                            "it gives the folder no UIDVALIDITY: what is new "
                                            "cannot be told"));
    return code;
}

static int compare_mails(const void *a, const void *b)
{
    const struct remote_mail *left = a;
    const struct remote_mail *right = b;

    return (left->number > right->number) - (left->number < right->number);
}

static int imap_list(struct remote *remote, uint32_t first)
{
    struct imap *imap = imap_of(remote);
    size_t kept = 0;
    char line[64];
    int code;

    if (first == 0) /* above the highest UID there can be */
        return 0;
    (void)snprintf(line, sizeof(line), "UID SEARCH UID %lu:*", (unsigned long)first);
    imap->searching = true;
    imap->first = first;
    code = judge(remote, command(remote, line), EX_TEMPFAIL, "the folder cannot be listed");
    imap->searching = false;
    if (code != 0 || remote->count == 0)
        return code;
    qsort(remote->mails, remote->count, sizeof(*remote->mails), compare_mails);
    for (size_t i = 0; i < remote->count; i++)
        if (i == 0 || remote->mails[i].number != remote->mails[kept - 1].number)
            remote->mails[kept++] = remote->mails[i];
    remote->count = kept;
    for (size_t i = 0; i < kept; i++)
        remote->mails[i].id =
            arena_format(&remote->arena, "%lu", (unsigned long)remote->mails[i].number);
    return 0;
}

/* Appends the set of the UIDs of MAILS. */
static void write_set(struct buf *line, struct remote_mail *const *mails, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buf_format(line, i > 0 ? ",%lu" : "%lu", (unsigned long)mails[i]->number);
}

static int imap_sizes(struct remote *remote, struct remote_mail *const *mails, size_t count)
{
    struct buf line = BUF_INIT;
    int code = 0;

    for (size_t at = 0; code == 0 && at < count; at += SET_MAX) {
        struct wanted wanted = {.mails = mails + at,
                                .count = count - at < SET_MAX ? count - at : SET_MAX};

        buf_clear(&line);
        buf_string(&line, "UID FETCH ");
        write_set(&line, wanted.mails, wanted.count);
        buf_string(&line, " (UID RFC822.SIZE INTERNALDATE)");
        imap_of(remote)->wanted = &wanted;
        code = judge(remote, command(remote, buf_cstring(&line)), EX_TEMPFAIL,
                     "it does not say how large messages are");
        imap_of(remote)->wanted = NULL;
    }
    buf_release(&line);
    return code;
}

static int imap_fetch(struct remote *remote, const struct remote_mail *mail, uint64_t most,
                      remote_sink *sink, void *data, enum remote_got *got)
{
    struct wanted wanted = {.body = mail, .most = most, .sink = sink, .data = data};
    enum status status;
    char line[64];

    (void)snprintf(line, sizeof(line), "UID FETCH %lu (UID BODY.PEEK[])",
                   (unsigned long)mail->number);
    imap_of(remote)->wanted = &wanted;
    status = command(remote, line);
    imap_of(remote)->wanted = NULL;
    *got = wanted.large ? REMOTE_LARGE : wanted.came ? REMOTE_WHOLE : REMOTE_GONE;
    if (status != STATUS_NO)
        return judge(remote, status, EX_PROTOCOL, "it does not give a message");
    /* One that the server cannot read must not keep the others from us. */
    *got = REMOTE_REFUSED;
    diag(EX_TEMPFAIL, remote->url->name, "message %s: the server does not give it: %s", mail->id,
         buf_cstring(&imap_of(remote)->reader.text));
    return 0;
}

/* ---- removing -------------------------------------------------------------------------------- */

static int imap_remove(struct remote *remote, struct remote_mail *const *mails, size_t count)
{
    struct imap *imap = imap_of(remote);
    struct buf line = BUF_INIT;
    int code = 0;

    for (size_t at = 0; code == 0 && at < count; at += SET_MAX) {
        size_t some = count - at < SET_MAX ? count - at : SET_MAX;

        buf_clear(&line);
        buf_string(&line, "UID STORE ");
        write_set(&line, mails + at, some);
        buf_string(&line, " +FLAGS.SILENT (\\Deleted)");
        code = judge(remote, command(remote, buf_cstring(&line)), EX_TEMPFAIL,
                     "messages cannot be deleted");
        if (code != 0 || !imap->uidplus)
            continue;
        buf_clear(&line);
        buf_string(&line, "UID EXPUNGE ");
        write_set(&line, mails + at, some);
        code = judge(remote, command(remote, buf_cstring(&line)), EX_TEMPFAIL,
                     "messages cannot be deleted");
    }
    buf_release(&line);
    /* A plain EXPUNGE would take others' messages too. */
    if (code == 0 && !imap->uidplus)
        diag_note("%s: messages were marked as deleted, but stay until somebody expunges them: the "
                  "server has no UIDPLUS",
                  wire_name(remote->wire));
    return code;
}

static int imap_log_out(struct remote *remote)
{
    imap_of(remote)->ending = true;
    return judge(remote, command(remote, "LOGOUT"), EX_TEMPFAIL, "the session does not end well");
}

static void imap_close(struct remote *remote)
{
    buf_release(&imap_of(remote)->reader.text);
}

const struct remote_protocol *imap_protocol(void)
{
    static const struct remote_protocol protocol = {
        .log_in = imap_log_in,
        .choose = imap_choose,
        .list = imap_list,
        .sizes = imap_sizes,
        .fetch = imap_fetch,
        .remove = imap_remove,
        .log_out = imap_log_out,
        .close = imap_close,
    };

    return &protocol;
}
