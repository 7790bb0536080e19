/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "arena.h"
#include "diag.h"

#define BUFFER_SIZE ((size_t)64 * 1024)

struct wire {
    struct buf name; /* own */
    int fd;          /* own; non-blocking */
    int timeout;     /* seconds */
    bool loopback;
    int code;                                     /* why it failed, or 0 */
    gnutls_session_t session;                     /* own; NULL in clear */
    gnutls_certificate_credentials_t credentials; /* own */
    size_t begin;                                 /* of what was received and not taken */
    size_t end;
    char buffer[BUFFER_SIZE];
};

static volatile sig_atomic_t interrupted;

void wire_interrupt(void)
{
    interrupted = 1;
}

bool wire_interrupted(void)
{
    return interrupted != 0;
}

const char *wire_name(const struct wire *wire)
{
    return buf_cstring(&wire->name);
}

bool wire_is_loopback(const struct wire *wire)
{
    return wire->loopback;
}

bool wire_is_secret(const struct wire *wire)
{
    return wire->session != NULL;
}

int wire_code(const struct wire *wire)
{
    return wire->code;
}

int wire_fail(struct wire *wire, int code)
{
    if (wire->code == 0)
        wire->code = code;
    return wire->code;
}

static int lost(struct wire *wire, const char *what)
{
    if (wire->code != 0)
        return wire->code;
    return wire_fail(wire, diag(EX_TEMPFAIL, wire_name(wire), "%s", what));
}

static int lost_errno(struct wire *wire, const char *what)
{
    if (wire->code != 0)
        return wire->code;
    return wire_fail(wire, diag_errno(EX_TEMPFAIL, wire_name(wire), "%s", what));
}

/* ---- opening --------------------------------------------------------------------------------- */

struct wire *wire_adopt(int fd, const char *name, int timeout)
{
    struct wire *wire = memory_take(sizeof(*wire));

    wire->fd = fd;
    wire->timeout = timeout;
    wire->loopback = false;
    wire->code = 0;
    wire->session = NULL;
    wire->credentials = NULL;
    wire->begin = wire->end = 0;
    buf_init(&wire->name);
    buf_string(&wire->name, name);
    if (fd >= 0)
        (void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    return wire;
}

void wire_close(struct wire *wire)
{
    if (wire == NULL)
        return;
    if (wire->session != NULL)
        gnutls_deinit(wire->session);
    if (wire->credentials != NULL)
        gnutls_certificate_free_credentials(wire->credentials);
    if (wire->fd >= 0)
        close(wire->fd);
    buf_release(&wire->name);
    free(wire);
}

/* Waits for EVENTS on FD: 0, or an errno. */
static int wait_for(int fd, short events, int timeout)
{
    for (;;) {
        struct pollfd ready = {.fd = fd, .events = events};
        int count;

        if (interrupted)
            return EINTR;
        count = poll(&ready, 1, timeout * 1000);
        if (count > 0)
            return 0;
        if (count == 0)
            return ETIMEDOUT;
        if (errno != EINTR)
            return errno;
    }
}

/* A socket connected to ADDRESS, or -1 with errno. */
static int connect_to(const struct addrinfo *address, int timeout)
{
    int fd = socket(address->ai_family, address->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK,
                    address->ai_protocol);
    int on = 1;
    int error = 0;
    socklen_t length = sizeof(error);

    if (fd < 0)
        return -1;
    if (connect(fd, address->ai_addr, address->ai_addrlen) != 0) {
        error = errno;
        if (error == EINPROGRESS)
            error = wait_for(fd, POLLOUT, timeout);
        if (error == 0 && getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) != 0)
            error = errno;
    }
    if (error != 0) {
        close(fd);
        errno = error;
        return -1;
    }
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    return fd;
}

static bool is_loopback(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET)
        return ntohl(((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr) >> 24 ==
               127;
    return address->sa_family == AF_INET6 &&
           IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr);
}

int wire_open(const char *host, const char *port, int timeout, struct wire **wire)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *addresses = NULL;
    struct buf name = BUF_INIT;
    int found = getaddrinfo(host, port, &hints, &addresses);
    int fd = -1;
    int code = 0;

    *wire = NULL;
    buf_format(&name, strchr(host, ':') != NULL ? "[%s]:%s" : "%s:%s", host, port);
    if (found != 0) {
        code = diag(EX_TEMPFAIL, buf_cstring(&name), "its address is not to be had: %s",
                    found == EAI_SYSTEM ? strerror(errno) : gai_strerror(found));
    } else {
        const struct addrinfo *address = addresses;

        while (address != NULL && (fd = connect_to(address, timeout)) < 0 && !interrupted)
            address = address->ai_next;
        if (fd < 0) {
            code = diag_errno(EX_TEMPFAIL, buf_cstring(&name), "the server is away");
        } else {
            *wire = wire_adopt(fd, buf_cstring(&name), timeout);
            (*wire)->loopback = is_loopback(address->ai_addr);
        }
        freeaddrinfo(addresses);
    }
    buf_release(&name);
    return code;
}

/* ---- TLS ------------------------------------------------------------------------------------- */

static int trust(struct wire *wire, const char *ca_file)
{
    int count;

    if (gnutls_certificate_allocate_credentials(&wire->credentials) != 0)
        diag_out_of_memory();
    if (ca_file == NULL) {
        count = gnutls_certificate_set_x509_system_trust(wire->credentials);
        if (count <= 0)
            return wire_fail(wire, diag(EX_CONFIG, wire_name(wire),
                                        "the system trusts nobody: install ca-certificates, or "
                                        "give --ca-file"));
        return 0;
    }
    count = gnutls_certificate_set_x509_trust_file(wire->credentials, ca_file, GNUTLS_X509_FMT_PEM);
    if (count <= 0)
        return wire_fail(wire,
                         diag(EX_CONFIG, ca_file, "no certificate (PEM) can be read from it%s%s",
                              count < 0 ? ": " : "", count < 0 ? gnutls_strerror(count) : ""));
    return 0;
}

static int refuse_certificate(struct wire *wire)
{
    gnutls_datum_t text = {NULL, 0};
    unsigned status = gnutls_session_get_verify_cert_status(wire->session);

    if (gnutls_certificate_verification_status_print(status, GNUTLS_CRT_X509, &text, 0) != 0)
        text.data = NULL;
    diag(EX_NOPERM, wire_name(wire),
         "its certificate is not to be trusted, no password was sent: %s--ca-file names whom else "
         "to trust",
         text.data != NULL ? (const char *)text.data : "");
    gnutls_free(text.data);
    return wire_fail(wire, EX_NOPERM);
}

static int handshake(struct wire *wire)
{
    for (;;) {
        int result = gnutls_handshake(wire->session);
        int waited;

        if (result == GNUTLS_E_SUCCESS)
            return 0;
        if (result == GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR)
            return refuse_certificate(wire);
        if (result == GNUTLS_E_AGAIN || result == GNUTLS_E_INTERRUPTED) {
            waited = wait_for(wire->fd,
                              gnutls_record_get_direction(wire->session) != 0 ? POLLOUT : POLLIN,
                              wire->timeout);
            if (waited == 0)
                continue;
            errno = waited;
            return lost_errno(wire, "TLS did not begin");
        }
        if (!gnutls_error_is_fatal(result))
            continue;
        if (result == GNUTLS_E_PREMATURE_TERMINATION || result == GNUTLS_E_PULL_ERROR ||
            result == GNUTLS_E_PUSH_ERROR)
            return lost(wire, "the connection was cut before TLS began");
        return wire_fail(wire, diag(EX_PROTOCOL, wire_name(wire), "TLS did not begin: %s",
                                    gnutls_strerror(result)));
    }
}

int wire_start_tls(struct wire *wire, const char *host, const char *ca_file)
{
    struct in6_addr address;
    bool is_name = inet_pton(AF_INET, host, &address) != 1 && strchr(host, ':') == NULL;
    int code = wire->code;

    if (code != 0)
        return code;
    if (wire->begin < wire->end)
        return wire_fail(wire, diag(EX_PROTOCOL, wire_name(wire),
                                    "it went on in clear when TLS was to begin: somebody may be in "
                                    "the middle"));
    code = trust(wire, ca_file);
    if (code != 0)
        return code;
    if (gnutls_init(&wire->session, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL) != 0)
        diag_out_of_memory();
    gnutls_set_default_priority(wire->session);
    if (is_name)
        gnutls_server_name_set(wire->session, GNUTLS_NAME_DNS, host, strlen(host));
    gnutls_credentials_set(wire->session, GNUTLS_CRD_CERTIFICATE, wire->credentials);
    gnutls_session_set_verify_cert(wire->session, host, 0);
    gnutls_transport_set_int(wire->session, wire->fd);
    return handshake(wire);
}

/* ---- sending and receiving ------------------------------------------------------------------- */

/* Waits after a call on the connection that could not go on; 0 or the wire's code. */
static int wait_more(struct wire *wire, short events)
{
    int waited = wait_for(wire->fd, events, wire->timeout);

    if (waited == 0)
        return 0;
    if (waited == EINTR)
        return lost(wire, "stopped by a signal");
    if (waited == ETIMEDOUT)
        return lost(wire, "the server does not answer any more");
    errno = waited;
    return lost_errno(wire, "the connection was lost");
}

int wire_write(struct wire *wire, struct span octets)
{
    while (octets.length > 0 && wire->code == 0) {
        ssize_t sent;

        if (wire->session != NULL) {
            sent = gnutls_record_send(wire->session, octets.octets, octets.length);
            if (sent == GNUTLS_E_AGAIN || sent == GNUTLS_E_INTERRUPTED) {
                (void)wait_more(wire, POLLOUT);
                continue;
            }
            if (sent < 0)
                return lost(wire, "the connection was cut");
        } else {
            sent = send(wire->fd, octets.octets, octets.length, MSG_NOSIGNAL);
            if (sent < 0 && (errno == EAGAIN || errno == EINTR)) {
                (void)wait_more(wire, POLLOUT);
                continue;
            }
            if (sent < 0)
                return lost_errno(wire, "the connection was cut");
        }
        octets.octets += sent;
        octets.length -= (size_t)sent;
    }
    return wire->code;
}

/* Receives something into the buffer, which is empty; false when the connection failed. */
static bool receive(struct wire *wire)
{
    wire->begin = wire->end = 0;
    while (wire->code == 0) {
        ssize_t got;

        if (wire->session != NULL) {
            got = gnutls_record_recv(wire->session, wire->buffer, BUFFER_SIZE);
            if (got == GNUTLS_E_AGAIN || got == GNUTLS_E_INTERRUPTED) {
                (void)wait_more(wire,
                                gnutls_record_get_direction(wire->session) != 0 ? POLLOUT : POLLIN);
                continue;
            }
            if (got < 0 && !gnutls_error_is_fatal((int)got))
                continue;
        } else {
            got = recv(wire->fd, wire->buffer, BUFFER_SIZE, 0);
            if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
                (void)wait_more(wire, POLLIN);
                continue;
            }
        }
        if (got <= 0)
            lost(wire, "the connection was cut");
        else
            wire->end = (size_t)got;
        break;
    }
    return wire->code == 0;
}

int wire_peek(struct wire *wire)
{
    if (wire->begin == wire->end && !receive(wire))
        return -1;
    return (unsigned char)wire->buffer[wire->begin];
}

int wire_next(struct wire *wire)
{
    int octet = wire_peek(wire);

    if (octet >= 0)
        wire->begin++;
    return octet;
}

struct span wire_piece(struct wire *wire, size_t most, bool by_line)
{
    struct span piece = {NULL, 0};
    const char *end;

    if (most == 0 || wire_peek(wire) < 0)
        return piece;
    piece = (struct span){wire->buffer + wire->begin, wire->end - wire->begin};
    if (piece.length > most)
        piece.length = most;
    end = by_line ? memchr(piece.octets, '\n', piece.length) : NULL;
    if (end != NULL)
        piece.length = (size_t)(end - piece.octets) + 1;
    wire->begin += piece.length;
    return piece;
}

int wire_line(struct wire *wire, struct buf *line, size_t limit)
{
    size_t start = line->length;

    for (;;) {
        struct span piece = wire_piece(wire, BUFFER_SIZE, true);

        if (piece.length == 0)
            return wire->code;
        buf_span(line, piece);
        if (line->length - start > limit)
            return wire_fail(wire, diag(EX_PROTOCOL, wire_name(wire),
                                        "it sent a line of more than %zu octets", limit));
        if (line->octets[line->length - 1] == '\n')
            break;
    }
    line->length -= line->length - start > 1 && line->octets[line->length - 2] == '\r' ? 2 : 1;
    line->octets[line->length] = '\0';
    return 0;
}
