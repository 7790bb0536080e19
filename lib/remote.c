/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "remote.h"

#include <string.h>

#include "diag.h"

int remote_open(struct remote *remote, const struct remote_protocol *protocol,
                const struct mailbox_url *url, const struct remote_login *login)
{
    int code;

    *remote = (struct remote){
        .protocol = protocol,
        .url = url,
        .login = login,
    };
    code = wire_open(url->host, url->port, login->timeout, &remote->wire);
    if (code == 0 && url->tls)
        code = wire_start_tls(remote->wire, url->host, login->ca_file);
    return code == 0 ? remote->protocol->log_in(remote) : code;
}

int remote_choose(struct remote *remote, bool writable)
{
    return remote->protocol->choose(remote, writable);
}

int remote_list(struct remote *remote, uint32_t first)
{
    remote->count = 0;
    return remote->protocol->list(remote, first);
}

int remote_sizes(struct remote *remote, struct remote_mail *const *mails, size_t count)
{
    return count > 0 ? remote->protocol->sizes(remote, mails, count) : 0;
}

int remote_fetch(struct remote *remote, const struct remote_mail *mail, uint64_t most,
                 remote_sink *sink, void *data, enum remote_got *got)
{
    *got = REMOTE_GONE;
    return remote->protocol->fetch(remote, mail, most, sink, data, got);
}

int remote_remove(struct remote *remote, struct remote_mail *const *mails, size_t count)
{
    return count > 0 ? remote->protocol->remove(remote, mails, count) : 0;
}

int remote_log_out(struct remote *remote)
{
    return remote->protocol->log_out(remote);
}

void remote_close(struct remote *remote)
{
    if (remote->state != NULL)
        remote->protocol->close(remote);
    wire_close(remote->wire);
    arena_release(&remote->arena);
    *remote = (struct remote){.wire = NULL};
}

int remote_protect(struct remote *remote, bool offered, int (*begin)(struct remote *remote))
{
    enum remote_tls tls = remote->login->tls;
    int code;

    if (wire_is_secret(remote->wire))
        return 0;
    if (tls != REMOTE_TLS_NEVER && offered) {
        code = begin(remote);
        return code != 0 ? code
                         : wire_start_tls(remote->wire, remote->url->host, remote->login->ca_file);
    }
    if (tls == REMOTE_TLS_NEVER || (tls == REMOTE_TLS_TRY && wire_is_loopback(remote->wire)))
        return 0;
    return wire_fail(
        remote->wire,
        diag(
            EX_UNAVAILABLE, wire_name(remote->wire),
            "it offers no TLS, and the password must not go over the network in clear: nothing was "
            "sent; use %s:// if it can do that",
            remote->url->pop ? "pops" : "imaps"));
}

struct remote_mail *remote_add(struct remote *remote, uint32_t number, const char *id)
{
    struct remote_mail *mail;

    remote->mails = arena_grow(&remote->arena, remote->mails, remote->count, &remote->capacity,
                               sizeof(*remote->mails));
    mail = &remote->mails[remote->count++];
    *mail = (struct remote_mail){.number = number, .id = id, .time = INT64_MIN};
    return mail;
}

int remote_nonsense(struct remote *remote, const char *what)
{
    int code = wire_code(remote->wire);

    return code != 0
               ? code
               : wire_fail(remote->wire, diag(EX_PROTOCOL, wire_name(remote->wire), "%s", what));
}

void remote_plain(struct buf *out, const struct remote *remote)
{
    struct buf plain = BUF_INIT;

    buf_char(&plain, '\0');
    buf_string(&plain, remote->url->user);
    buf_char(&plain, '\0');
    buf_string(&plain, remote->login->password);
    buf_base64(out, buf_view(&plain));
    explicit_bzero(plain.octets, plain.length);
    buf_release(&plain);
}
