/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mailbox-url.h"

#include <stdint.h>
#include <stdlib.h>

#include "diag.h"
#include "utf8.h"

static int digit_value(char octet)
{
    if (octet >= '0' && octet <= '9')
        return octet - '0';
    if (octet >= 'a' && octet <= 'f')
        return octet - 'a' + 10;
    return octet >= 'A' && octet <= 'F' ? octet - 'A' + 10 : -1;
}

/* TEXT percent-decoded, in ARENA; NULL when it is malformed, no UTF-8, or has control characters.
 */
static const char *decode(struct arena *arena, struct span text)
{
    char *out = arena_alloc(arena, text.length + 1);
    size_t length = 0;

    for (size_t i = 0; i < text.length; i++) {
        char octet = text.octets[i];

        if (octet == '%') {
            int high = i + 2 < text.length ? digit_value(text.octets[i + 1]) : -1;
            int low = i + 2 < text.length ? digit_value(text.octets[i + 2]) : -1;

            if (high < 0 || low < 0)
                return NULL;
            octet = (char)(high * 16 + low);
            i += 2;
        }
        if ((unsigned char)octet < 0x20 || octet == 0x7f)
            return NULL;
        out[length++] = octet;
    }
    return utf8_valid((struct span){out, length}) ? out : NULL;
}

/* Appends TEXT with everything percent-encoded that has a meaning in URLs, or none in logs. */
static void encode(struct buf *out, const char *text, const char *kept)
{
    for (const char *next = text; *next != '\0'; next++) {
        char octet = *next;

        if ((octet >= '0' && octet <= '9') || (octet >= 'a' && octet <= 'z') ||
            (octet >= 'A' && octet <= 'Z') || strchr(kept, octet) != NULL) {
            buf_char(out, octet);
        } else {
            buf_char(out, '%');
            buf_hex(out, next, 1);
        }
    }
}

/* Takes PREFIX off TEXT. */
static bool take(struct span *text, const char *prefix)
{
    size_t length = strlen(prefix);

    if (!span_begins_nocase(*text, span_of(prefix)))
        return false;
    text->octets += length;
    text->length -= length;
    return true;
}

static int read_scheme(struct span *rest, const char *text, struct mailbox_url *url)
{
    if (take(rest, "imaps://"))
        *url = (struct mailbox_url){.tls = true, .port = "993"};
    else if (take(rest, "imap://"))
        *url = (struct mailbox_url){.port = "143"};
    else if (take(rest, "pops://"))
        *url = (struct mailbox_url){.pop = true, .tls = true, .port = "995"};
    else if (take(rest, "pop://"))
        *url = (struct mailbox_url){.pop = true, .port = "110"};
    else
        /* Without what follows the scheme: it may have a password. */
        return diag(EX_USAGE, NULL,
                    "%.*s: no such mailbox: give imap://, imaps://, pop:// or pops:// and "
                    "USER@HOST",
                    (int)strcspn(text, ":/@"), text);
    return 0;
}

/* HOST, [HOST], and :PORT behind it. */
static int read_host(struct arena *arena, struct span part, const char *shown,
                     struct mailbox_url *url, bool *usual_port)
{
    struct span host = part;
    const char *colon;
    char *copy;

    if (part.length > 0 && part.octets[0] == '[') {
        const char *end = memchr(part.octets, ']', part.length);

        if (end == NULL)
            return diag(EX_USAGE, shown, "its address has no closing `]`");
        host = (struct span){part.octets + 1, (size_t)(end - part.octets) - 1};
        colon = end + 1;
    } else {
        colon = part.length > 0 ? memchr(part.octets, ':', part.length) : NULL;
        if (colon == NULL)
            colon = part.octets + part.length;
        host.length = (size_t)(colon - part.octets);
    }
    if (colon < part.octets + part.length) {
        struct span port = {colon + 1, (size_t)(part.octets + part.length - colon) - 1};
        long value = 0;

        for (size_t i = 0; i < port.length && i < 6 && value >= 0; i++)
            value = port.octets[i] >= '0' && port.octets[i] <= '9'
                        ? value * 10 + port.octets[i] - '0'
                        : -1;
        if (*colon != ':' || value < 1 || value > 65535 || port.length > 5)
            return diag(EX_USAGE, shown, "its port is no number from 1 to 65535");
        *usual_port = atol(url->port) == value;
        url->port = arena_format(arena, "%ld", value);
    }
    copy = arena_copy(arena, host.octets, host.length);
    for (size_t i = 0; i < host.length; i++) {
        if (copy[i] >= 'A' && copy[i] <= 'Z')
            copy[i] = (char)(copy[i] - 'A' + 'a');
        if (memchr("abcdefghijklmnopqrstuvwxyz0123456789.-_:", copy[i], 41) == NULL)
            return diag(EX_USAGE, shown, "its host name has a character that no host name has");
    }
    url->host = copy;
    return host.length > 0 ? 0 : diag(EX_USAGE, shown, "names no host");
}

/* What stands behind the host: a folder of IMAP, nothing or `/` of POP. */
static int read_folder(struct arena *arena, struct span path, const char *shown,
                       struct mailbox_url *url)
{
    url->folder = url->pop ? "" : "INBOX";
    if (path.length > 0)
        path = (struct span){path.octets + 1, path.length - 1};
    if (path.length == 0)
        return 0;
    if (url->pop)
        return diag(EX_USAGE, shown, "POP knows no folders: leave out what follows the host");
    if (memchr(path.octets, ';', path.length) != NULL ||
        memchr(path.octets, '?', path.length) != NULL)
        return diag(EX_USAGE, shown,
                    "a mailbox is meant, without parameters: write `;` in a folder's name as %%3B, "
                    "`?` as %%3F");
    url->folder = decode(arena, path);
    if (url->folder == NULL)
        return diag(EX_USAGE, shown,
                    "its folder is no percent-encoded UTF-8: write `%%` as %%25, no control "
                    "characters");
    if (span_equal_nocase(span_of(url->folder), SPAN("INBOX")))
        url->folder = "INBOX";
    return 0;
}

static const char *make_name(struct arena *arena, const struct mailbox_url *url, bool usual_port)
{
    struct buf name = BUF_INIT;
    const char *made;

    buf_string(&name, url->pop ? "pop://" : "imap://");
    encode(&name, url->user, "-._~!$'()*+,&=");
    buf_format(&name, strchr(url->host, ':') != NULL ? "@[%s]" : "@%s", url->host);
    if (!usual_port)
        buf_format(&name, ":%s", url->port);
    buf_char(&name, '/');
    encode(&name, url->folder, "-._~!$'()*+,&=:@/");
    made = arena_copy(arena, name.octets, name.length);
    buf_release(&name);
    return made;
}

int mailbox_url_read(struct arena *arena, const char *text, struct mailbox_url *url)
{
    struct span rest = span_of(text);
    struct span authority;
    struct span user;
    const char *slash;
    const char *at = NULL;
    const char *shown;
    bool usual_port = true;
    int code = read_scheme(&rest, text, url);

    if (code != 0)
        return code;
    slash = memchr(rest.octets, '/', rest.length);
    authority = rest;
    if (slash != NULL)
        authority.length = (size_t)(slash - rest.octets);
    for (size_t i = 0; i < authority.length; i++)
        if (authority.octets[i] == '@')
            at = authority.octets + i;
    if (at == NULL || at == authority.octets)
        return diag(EX_USAGE, text, "names no user: write USER@HOST, with `@` in USER as %%40");
    user = (struct span){authority.octets, (size_t)(at - authority.octets)};
    if (memchr(user.octets, ':', user.length) != NULL)
        /* Without the URL: it must not end in a log as well. */
        return diag(EX_USAGE, NULL,
                    "a password (or a `:`) in a URL is refused, since everybody can read a command "
                    "line: use --password-file or --password-command, write `:` in USER as %%3A");
    shown = text;
    if (memchr(user.octets, ';', user.length) != NULL)
        return diag(EX_USAGE, shown, "parameters behind `;` are not known: write `;` as %%3B");
    url->user = decode(arena, user);
    if (url->user == NULL)
        return diag(EX_USAGE, shown, "its user is no percent-encoded UTF-8");
    code = read_host(arena, (struct span){at + 1, authority.length - user.length - 1}, shown, url,
                     &usual_port);
    if (code == 0)
        code = read_folder(
            arena,
            (struct span){authority.octets + authority.length, rest.length - authority.length},
            shown, url);
    if (code == 0)
        url->name = make_name(arena, url, usual_port);
    return code;
}

/* ---- modified UTF-7 -------------------------------------------------------------------------- */

/* Bits that wait for their base64 digit. */
struct shift {
    uint32_t bits;
    unsigned count;
    bool on;
};

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

static void shift_in(struct buf *out, struct shift *shift, uint32_t unit)
{
    shift->bits = shift->bits << 16 | unit;
    shift->count += 16;
    while (shift->count >= 6) {
        shift->count -= 6;
        buf_char(out, digits[shift->bits >> shift->count & 63]);
    }
    shift->bits &= (1u << shift->count) - 1;
}

static void shift_end(struct buf *out, struct shift *shift)
{
    if (!shift->on)
        return;
    if (shift->count > 0)
        buf_char(out, digits[shift->bits << (6 - shift->count) & 63]);
    buf_char(out, '-');
    *shift = (struct shift){0, 0, false};
}

void mailbox_url_utf7(struct buf *out, struct span folder)
{
    struct shift shift = {0, 0, false};
    size_t at = 0;

    while (at < folder.length) {
        uint32_t character;
        size_t length = utf8_read(folder.octets + at, folder.length - at, &character);

        if (length == 0) /* no UTF-8: the caller did not look */
            break;
        at += length;
        if (character >= 0x20 && character <= 0x7e) {
            shift_end(out, &shift);
            buf_char(out, (char)character);
            if (character == '&')
                buf_char(out, '-');
            continue;
        }
        if (!shift.on)
            buf_char(out, '&');
        shift.on = true;
        if (character >= 0x10000) {
            shift_in(out, &shift, 0xd800 + ((character - 0x10000) >> 10));
            character = 0xdc00 + ((character - 0x10000) & 0x3ff);
        }
        shift_in(out, &shift, character);
    }
    shift_end(out, &shift);
}
