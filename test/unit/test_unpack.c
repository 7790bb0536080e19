/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "email.h"
#include "tnef_make.h"
#include "unpack.h"

static const struct limits defaults = LIMITS_DEFAULT;

#define MIXED "Content-Type: multipart/mixed; boundary=b\n\n"

static void list_write(struct buf *out, const char *name, struct mime_part *const *parts,
                       size_t count)
{
    buf_format(out, "%s:", name);
    for (size_t i = 0; i < count; i++) {
        buf_char(out, ' ');
        mime_part_id(out, parts[i]);
        buf_char(out, '=');
        buf_span(out, parts[i]->type);
        if (parts[i]->name.octets != NULL) {
            buf_char(out, '=');
            buf_span(out, parts[i]->name);
        }
    }
    buf_char(out, '\n');
}

/* What the lists of OCTETS are, which limits were hit, and the text that is read. */
static void is_read(struct span octets, const struct limits *limits, const char *wanted,
                    unsigned hit)
{
    struct arena arena = ARENA_INIT;
    struct buf out = BUF_INIT;
    struct mime *mime = mime_parse(&arena, octets, limits);
    struct email_parts parts;
    bool is_html;
    struct span text = email_best_text(mime, &is_html);

    email_parts(mime, &parts);
    list_write(&out, "text", parts.text, parts.text_count);
    list_write(&out, "html", parts.html, parts.html_count);
    list_write(&out, "attachments", parts.attachments, parts.attachment_count);
    buf_string(&out, is_html ? "<html> " : "");
    buf_span(&out, text);
    assert_string_equal(buf_cstring(&out), wanted);
    assert_int_equal(mime->limits_hit, hit);
    buf_release(&out);
    arena_release(&arena);
}

/* A mail with TNEF under TEXT; the octets go in as they are. */
static void mail_with(struct buf *mail, const char *text, const struct buf *tnef)
{
    buf_string(mail, MIXED "--b\n\n");
    buf_string(mail, text);
    buf_string(mail, "\n--b\nContent-Type: application/octet-stream; name=winmail.dat\n\n");
    buf_span(mail, buf_view(tnef));
    buf_string(mail, "\n--b--\n");
}

static void tnef(void **state)
{
    struct buf tnef = BUF_INIT;
    struct buf rtf = BUF_INIT;
    struct buf mail = BUF_INIT;

    (void)state;
    make_begin(&tnef);
    make_rtf(&rtf,
             "{\\rtf1\\ansi\\fromhtml1 {\\*\\htmltag64 <p>}d\\'e9j\\'e0{\\*\\htmltag72 </p>}}");
    make_message_property(&tnef, 0x102, 0x1009, buf_view(&rtf));
    make_file(&tnef, "SHORT~1.PNG", "A long name.png", SPAN("data"));
    make_file(&tnef, "b.bin", NULL, SPAN("more"));
    mail_with(&mail, "My words.", &tnef);
    is_read(buf_view(&mail), &defaults,
            "text: 1=text/plain\nhtml: 1=text/plain\n"
            "attachments: 2=application/octet-stream=winmail.dat "
            "2.t1=image/png=A long name.png 2.t2=application/octet-stream=b.bin\nMy words.",
            0);
    buf_clear(&mail);
    mail_with(&mail, " ", &tnef);
    is_read(buf_view(&mail), &defaults,
            "text: 1=text/plain 2.t3=text/html\nhtml: 1=text/plain 2.t3=text/html\n"
            "attachments: 2=application/octet-stream=winmail.dat "
            "2.t1=image/png=A long name.png 2.t2=application/octet-stream=b.bin\n"
            "<html> <p>déjà</p>",
            0);
    buf_release(&tnef);
    buf_release(&rtf);
    buf_release(&mail);
}

/* More files than the limit lets in: the first are there, and it shows. */
static void limits_of_tnef(void **state)
{
    struct limits limits = LIMITS_DEFAULT;
    struct buf tnef = BUF_INIT;
    struct buf mail = BUF_INIT;

    (void)state;
    limits.parts = 4;
    make_begin(&tnef);
    for (int i = 0; i < 5; i++)
        make_file(&tnef, "a", NULL, SPAN("x"));
    mail_with(&mail, "x", &tnef);
    is_read(buf_view(&mail), &limits,
            "text: 1=text/plain\nhtml: 1=text/plain\n"
            "attachments: 2=application/octet-stream=winmail.dat "
            "2.t1=application/octet-stream=a\nx",
            1U << LIMIT_parts);
    buf_release(&tnef);
    buf_release(&mail);
}

static void limit_of_decoded(void **state)
{
    struct limits limits = LIMITS_DEFAULT;

    (void)state;
    limits.decoded = 20;
    is_read(SPAN(MIXED "--b\n\nx\n--b\nContent-Type: application/ms-tnef\n"
                       "Content-Transfer-Encoding: base64\n\n"
                       "eJ8+IgEAAAAAAAAAAAAAAAAAAAAAAAAA\n--b--\n"),
            &limits,
            "text: 1=text/plain\nhtml: 1=text/plain\nattachments: 2=application/ms-tnef\nx",
            1U << LIMIT_decoded);
}

static void files_in_text(void **state)
{
    (void)state;
    is_read(SPAN("Subject: x\n\nHi\nbegin 644 /tmp/cat.txt\n#0V%T\n`\nend\nBye\n"), &defaults,
            "text: 1=text/plain\nhtml: 1=text/plain\n"
            "attachments: 1.u1=application/octet-stream=/tmp/cat.txt\nHi\nBye\n",
            0);
    is_read(
        SPAN("Content-Transfer-Encoding: quoted-printable\n\nH=\ni\nbegin 644 cat.txt\n#0V%T\n`\n"
             "end\nBye\n=3Dybegin line=3D128 size=3D3 name=3Ddog\nm\n"),
        &defaults,
        "text: 1=text/plain\nhtml: 1=text/plain\n"
        "attachments: 1.u1=application/octet-stream=cat.txt "
        "1.u2=application/octet-stream=dog\nHi\nBye\n",
        0);
    /* a text that was attached is a file already */
    is_read(SPAN(MIXED "--b\n\nx\n--b\nContent-Disposition: attachment\n\n"
                       "begin 644 cat.txt\n#0V%T\n`\nend\n--b--\n"),
            &defaults, "text: 1=text/plain\nhtml: 1=text/plain\nattachments: 2=text/plain\nx", 0);
}

/* A SignedData of indefinite lengths around CONTENT (at most 127 octets). */
static void sign(struct buf *out, const char *content)
{
    buf_add(out,
            "\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80\x30\x80\x02\x01\x01\x31"
            "\x00\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\xa0\x80\x04",
            38);
    buf_char(out, (char)strlen(content));
    buf_string(out, content);
}

static void opaque_signature(void **state)
{
    struct arena arena = ARENA_INIT;
    struct limits limits = LIMITS_DEFAULT;
    struct buf mail = BUF_INIT;
    struct mime *mime;

    (void)state;
    buf_string(&mail, "Content-Type: application/pkcs7-mime; name=smime.p7m\n\n");
    sign(&mail,
         MIXED "--b\n\nSigned words\n--b\nContent-Type: application/pdf; name=a.pdf\n\nx\n--b--\n");
    is_read(buf_view(&mail), &defaults,
            "text: 1.s1.1=text/plain\nhtml: 1.s1.1=text/plain\n"
            "attachments: 1=application/pkcs7-mime=smime.p7m 1.s1.2=application/pdf=a.pdf\nSigned "
            "words",
            0);
    mime = mime_parse(&arena, buf_view(&mail), &defaults);
    assert_false(mime->is_signed);
    unpack(mime);
    assert_true(mime->is_signed);
    limits.depth = 1;
    is_read(buf_view(&mail), &limits,
            "text:\nhtml:\nattachments: 1=application/pkcs7-mime=smime.p7m\n", 1U << LIMIT_depth);
    buf_clear(&mail);
    /* enveloped, and a type that promises so: files */
    buf_string(&mail, "Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n\n");
    sign(&mail, "\nx");
    is_read(buf_view(&mail), &defaults, "text:\nhtml:\nattachments: 1=application/pkcs7-mime\n", 0);
    buf_release(&mail);
    arena_release(&arena);
}

static void other_texts(void **state)
{
    (void)state;
    is_read(SPAN("Content-Type: application/rtf\n\n{\\rtf1 Hello\\par}"), &defaults,
            "text:\nhtml:\nattachments: 1=application/rtf\nHello\n", 0);
    is_read(SPAN("Content-Type: text/calendar\n\nBEGIN:VEVENT\nSUMMARY:Fair\nEND:VEVENT\n"),
            &defaults, "text:\nhtml:\nattachments: 1=text/calendar\nEvent: Fair\n", 0);
    is_read(SPAN(MIXED "--b\n\nMine\n--b\nContent-Type: text/calendar\n\nBEGIN:VEVENT\n--b--\n"),
            &defaults, "text: 1=text/plain\nhtml: 1=text/plain\nattachments: 2=text/calendar\nMine",
            0);
    /* a file in RTF is not what the sender wrote */
    is_read(SPAN(MIXED "--b\n\n\n--b\nContent-Type: text/rtf\nContent-Disposition: attachment\n\n"
                       "{\\rtf1 Curriculum}\n--b--\n"),
            &defaults, "text: 1=text/plain\nhtml: 1=text/plain\nattachments: 2=text/rtf\n", 0);
    is_read(SPAN("Content-Type: text/plain; format=flowed; delsp=yes\n\none \ntwo\n"), &defaults,
            "text: 1=text/plain\nhtml: 1=text/plain\nattachments:\nonetwo\n", 0);
    is_read(SPAN("Subject: x\n\n-----BEGIN PGP SIGNED MESSAGE-----\n\nMine\n"
                 "-----BEGIN PGP SIGNATURE-----\n\nab==\n-----END PGP SIGNATURE-----\n"),
            &defaults, "text: 1=text/plain\nhtml: 1=text/plain\nattachments:\nMine\n", 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(tnef),
                                       cmocka_unit_test(limits_of_tnef),
                                       cmocka_unit_test(limit_of_decoded),
                                       cmocka_unit_test(files_in_text),
                                       cmocka_unit_test(opaque_signature),
                                       cmocka_unit_test(other_texts)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
