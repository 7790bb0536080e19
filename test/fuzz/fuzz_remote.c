/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a server may say: the first octet chooses IMAP or POP, the rest is all that the server sends
 * in a session, after which the connection ends. A message that is said to be whole must have come
 * whole: the session cannot get to its end without it.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "imap.h"
#include "pop.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int count_octets(void *data, struct span octets)
{
    size_t *count = data;

    *count += octets.length;
    return 0;
}

static void use(struct remote *remote, size_t size)
{
    size_t count = 0;
    int code = remote->protocol->log_in(remote);

    if (code == 0)
        code = remote_choose(remote, true);
    if (code == 0)
        code = remote_list(remote, 2);
    for (size_t i = 0; code == 0 && i < remote->count; i++) {
        struct remote_mail *mail = &remote->mails[i];
        enum remote_got got;

        if (i > 0 && mail->number <= mail[-1].number)
            abort();
        code = remote_sizes(remote, &mail, 1);
        if (code == 0)
            code = remote_fetch(remote, mail, 1000, count_octets, &count, &got);
        if (code == 0 && got == REMOTE_WHOLE)
            code = remote_remove(remote, &mail, 1);
    }
    if (count > size)
        abort();
    if (code == 0)
        (void)remote_log_out(remote);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct mailbox_url url = {
        .user = "ann", .host = "h", .port = "1", .folder = "a&é\"\\", .name = "imap://ann@h/a"};
    static const struct remote_login login = {
        .password = "word", .tls = REMOTE_TLS_NEVER, .timeout = 1};
    struct remote remote = {.url = &url, .login = &login};
    int ends[2];

    /* More would not fit into the socket. */
    if (size < 2 || size > 60000 || socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
        return 0;
    (void)fcntl(ends[1], F_SETFL, O_NONBLOCK);
    if (write(ends[1], data + 1, size - 1) == (ssize_t)(size - 1)) {
        (void)shutdown(ends[1], SHUT_WR);
        remote.protocol = data[0] % 2 != 0 ? pop_protocol() : imap_protocol();
        remote.wire = wire_adopt(ends[0], "h:1", 1);
        use(&remote, size);
        remote_close(&remote);
    } else {
        close(ends[0]);
    }
    close(ends[1]);
    return 0;
}
