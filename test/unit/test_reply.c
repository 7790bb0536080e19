/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "diag.h"
#include "mime.h"
#include "reply.h"

static const struct config_brand brand = {.id = "lumiere",
                                          .name = "Lumière Énergie",
                                          .from = "service@lumiere.example",
                                          .zone = "Europe/Paris"};
static const struct house_key key = {{1, 2, 3}};
static const struct limits limits = LIMITS_DEFAULT;

/* The usual facts, with TEXT as rendered. */
static struct reply facts(const char *text)
{
    return (struct reply){.brand = &brand,
                          .key = &key,
                          .case_id = "4F7K2Q9XTB",
                          .outbox_key = "ack:4F7K2Q9XTB:sha256-1 service@lumiere.example",
                          .recipient = "alice@kmail.example",
                          .template = "acknowledge.fr",
                          .time = 1795431600,
                          .message_id = SPAN("1@kmail.example"),
                          .text = span_of(text)};
}

static void expect_mail(const struct reply *reply, const char *expected)
{
    struct buf mail = BUF_INIT;

    assert_int_equal(reply_write(&mail, reply), 0);
    assert_string_equal(buf_cstring(&mail), expected);
    buf_release(&mail);
}

static void test_whole_mail(void **state)
{
    const struct reply reply =
        facts("Subject: [#4F7K2Q9XTB] Nous avons bien reçu votre message : Facture\n\n"
              "Bonjour Alice,\n\nÀ bientôt : 1 = 1. \nFrom here\n.\n\n");
    static const char head[] =
        "Date: Mon, 23 Nov 2026 12:00:00 +0100\n"
        "From: =?utf-8?q?Lumi=C3=A8re_=C3=89nergie?= <service@lumiere.example>\n"
        "To: alice@kmail.example\n"
        "Reply-To: service+4F7K2Q9XTB.";
    static const char middle[] =
        "Subject: [#4F7K2Q9XTB] Nous avons bien =?utf-8?q?re=C3=A7u?= votre message :\n"
        " Facture\n";
    static const char tail[] = "In-Reply-To: <1@kmail.example>\n"
                               "References: <1@kmail.example>\n"
                               "Auto-Submitted: auto-replied\n"
                               "X-Auto-Response-Suppress: All\n"
                               "X-Postroom-Reply: acknowledge.fr\n"
                               "MIME-Version: 1.0\n"
                               "Content-Type: text/plain; charset=utf-8\n"
                               "Content-Transfer-Encoding: quoted-printable\n"
                               "\n"
                               "Bonjour Alice,\n\n"
                               "=C3=80 bient=C3=B4t : 1 =3D 1.=20\n"
                               "=46rom here\n"
                               "=2E\n";
    char secret[REPLY_KEY_SIZE];
    struct buf expected = BUF_INIT;

    (void)state;
    reply_key(secret, &key, reply.case_id, SPAN("alice@kmail.example"));
    buf_format(&expected, "%s%s@lumiere.example\n%sMessage-ID: <", head, secret, middle);
    house_message_id(&expected, &key, reply.case_id, reply.outbox_key, SPAN("alice@kmail.example"),
                     "lumiere.example");
    buf_format(&expected, ">\n%s", tail);
    expect_mail(&reply, buf_cstring(&expected));
    expect_mail(&reply, buf_cstring(&expected));
    buf_release(&expected);
}

static void test_templates_that_are_none(void **state)
{
    static const char *const texts[] = {"", "Bonjour\n", "Subject: only\n", "Subject: x\nBody\n",
                                        "\nSubject: late\n\nBody\n"};
    struct buf mail = BUF_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct reply reply = facts(texts[i]);

        assert_int_equal(reply_write(&mail, &reply), EX_CONFIG);
        assert_int_equal(mail.length, 0);
    }
    buf_release(&mail);
}

/* Number of lines of the header section that begin with NAME and a colon. */
static size_t fields_called(const char *mail, const char *name)
{
    struct span rest = span_of(mail);
    struct header_field field;
    size_t count = 0;

    while (header_next(&rest, &field))
        count += span_equal_nocase(field.name, span_of(name));
    return count;
}

static void test_injection(void **state)
{
    const struct span ancestors[] = {SPAN("a@b\r\nBcc: victim@other.example"),
                                     SPAN("good@b.example"),
                                     SPAN("a b"),
                                     SPAN(""),
                                     SPAN("x>y"),
                                     SPAN("b\0c")};
    struct arena arena = ARENA_INIT;
    struct buf text = BUF_INIT;
    struct buf mail = BUF_INIT;
    struct reply reply;
    struct span subject = reply_line(
        &arena, SPAN("Hello\r\nBcc: victim@other.example\r\n\r\n<b>\0x\xe2\x80\xae!"), 1000);

    (void)state;
    buf_string(&text, "Subject: ");
    buf_span(&text, subject);
    buf_string(&text, "\n\nBody\n");
    reply = facts(buf_cstring(&text));
    reply.message_id = SPAN("1@kmail.example>\nBcc: <victim@other.example");
    reply.ancestors = ancestors;
    reply.ancestor_count = sizeof(ancestors) / sizeof(ancestors[0]);
    assert_int_equal(reply_write(&mail, &reply), 0);
    assert_int_equal(fields_called(buf_cstring(&mail), "Bcc"), 0);
    assert_int_equal(fields_called(buf_cstring(&mail), "In-Reply-To"), 0);
    assert_int_equal(fields_called(buf_cstring(&mail), "References"), 1);
    assert_non_null(strstr(buf_cstring(&mail), "\nReferences: <good@b.example>\nAuto"));
    assert_non_null(
        strstr(buf_cstring(&mail), "\nSubject: Hello Bcc: victim@other.example <b>x!\n"));
    buf_release(&text);
    buf_release(&mail);
    arena_release(&arena);
}

static void test_references(void **state)
{
    struct span ancestors[40];
    char ids[40][32];
    struct reply reply = facts("Subject: x\n\nBody\n");
    struct buf mail = BUF_INIT;

    (void)state;
    for (int i = 0; i < 40; i++) {
        snprintf(ids[i], sizeof(ids[i]), "%d@thread.example", i);
        ancestors[i] = span_of(ids[i]);
    }
    reply.ancestors = ancestors;
    reply.ancestor_count = 40;
    assert_int_equal(reply_write(&mail, &reply), 0);
    assert_non_null(strstr(buf_cstring(&mail), "References: <0@thread.example>"));
    assert_null(strstr(buf_cstring(&mail), "<1@thread.example>"));
    assert_null(strstr(buf_cstring(&mail), "<20@thread.example>"));
    assert_non_null(strstr(buf_cstring(&mail), "<21@thread.example>"));
    assert_non_null(strstr(buf_cstring(&mail), "<39@thread.example>"));
    assert_non_null(strstr(buf_cstring(&mail), "<1@kmail.example>\nAuto-Submitted"));
    buf_release(&mail);
}

static void expect_line(struct span text, size_t most, const char *expected)
{
    struct arena arena = ARENA_INIT;
    struct span line = reply_line(&arena, text, most);

    assert_int_equal(line.length, strlen(expected));
    assert_memory_equal(line.octets, expected, line.length);
    arena_release(&arena);
}

static void test_line(void **state)
{
    (void)state;
    expect_line(SPAN(""), 10, "");
    expect_line(SPAN(" \r\n\t "), 10, "");
    expect_line(SPAN("  a \r\n\t b\xc2\xa0"
                     "c "),
                10, "a b c");
    expect_line(SPAN("a\0b\x1b[2Jc\x7f"), 10, "ab[2Jc");
    expect_line(SPAN("\xe2\x80\xaeneko\xe2\x80\xac"), 10, "neko");
    expect_line(SPAN("\xffz"), 10, "\xef\xbf\xbdz");
    expect_line(SPAN("0123456789"), 10, "0123456789");
    expect_line(SPAN("0123456789a"), 10, "012345678\xe2\x80\xa6");
    expect_line(SPAN("01234567 9a"), 10, "01234567\xe2\x80\xa6");
    expect_line(SPAN("\xc3\xa9\xc3\xa9\xc3\xa9"), 2, "\xc3\xa9\xe2\x80\xa6");
    expect_line(SPAN("a    b    "), 3, "a b");
}

static void test_advertising(void **state)
{
    (void)state;
    assert_true(reply_advertises(SPAN("Win now HTTPS://casino.example")));
    assert_true(reply_advertises(SPAN("see WWW.casino.example")));
    assert_false(reply_advertises(SPAN("Facture: 11/2026")));
    assert_false(reply_advertises(SPAN("")));
}

/* No line of a header section or body is longer than 76 octets. */
static void expect_short_lines(struct span text)
{
    while (text.length > 0)
        assert_true(span_chomp(span_line(&text)).length <= 76);
}

/* Writes TEXT as a subject and reads it again. */
static void expect_subject(struct span text)
{
    struct arena arena = ARENA_INIT;
    struct span line = reply_line(&arena, text, 250);
    struct buf field = BUF_INIT;
    struct buf read = BUF_INIT;

    buf_string(&field, "Subject: ");
    reply_unstructured(&field, line, field.length);
    for (size_t i = 0; i < field.length; i++)
        assert_true((field.octets[i] >= ' ' && field.octets[i] < 0x7f) || field.octets[i] == '\n');
    expect_short_lines(buf_view(&field));
    header_text(&read, (struct span){field.octets + 8, field.length - 8});
    assert_int_equal(read.length, line.length);
    assert_memory_equal(buf_cstring(&read), line.octets, line.length);
    buf_release(&field);
    buf_release(&read);
    arena_release(&arena);
}

static void test_subjects_come_back(void **state)
{
    static const char *const pieces[] = {
        "a",   "é",    " ",
        "=?",  "?=",   "_",
        "€",   "\n",   "=?utf-8?q?x?=",
        "😀",   ":",    "[#4F7K2Q9XTB]",
        "Re:", "\xff", "donaudampfschifffahrtsgesellschaftskapitän"};
    struct buf text = BUF_INIT;
    unsigned random = 1;

    (void)state;
    expect_subject(SPAN(""));
    expect_subject(SPAN("Plain subject"));
    expect_subject(SPAN("a =?utf-8?q?b?= c"));
    for (int i = 0; i < 3000; i++) {
        buf_clear(&text);
        random = random * 1103515245U + 12345U;
        for (unsigned left = random >> 16 & 63; left > 0; left--) {
            random = random * 1103515245U + 12345U;
            buf_string(&text, pieces[(random >> 16) % (sizeof(pieces) / sizeof(pieces[0]))]);
        }
        expect_subject(buf_view(&text));
    }
    buf_clear(&text);
    for (int i = 0; i < 300; i++)
        buf_char(&text, 'x');
    expect_subject(buf_view(&text));
    buf_release(&text);
}

static void expect_phrase(const char *name, const char *expected)
{
    struct buf out = BUF_INIT;

    reply_phrase(&out, span_of(name), 6);
    assert_string_equal(buf_cstring(&out), expected);
    buf_release(&out);
}

static void test_phrases(void **state)
{
    (void)state;
    expect_phrase("Brightshop", "Brightshop");
    expect_phrase("Brightshop Customer Service", "Brightshop Customer Service");
    expect_phrase("Dupont, Jean", "\"Dupont, Jean\"");
    expect_phrase("The \"best\" \\ shop", "\"The \\\"best\\\" \\\\ shop\"");
    expect_phrase("Énergie, S.A.", "=?utf-8?q?=C3=89nergie=2C_S=2EA=2E?=");
}

static void test_quoted_printable(void **state)
{
    static const char *const texts[] = {
        "",
        "short\n",
        "trailing blank \ntab\t\n",
        "From me\n>From you\n..\n.\n",
        "=\n",
        "é€😀\n",
        "a\x01z\xff\n",
        "0123456789012345678901234567890123456789012345678901234567890123456789012345\n",
        "012345678901234567890123456789012345678901234567890123456789012345678901234\n",
        "01234567890123456789012345678901234567890123456789012345678901234567890123é\n",
        "012345678901234567890123456789012345678901234567890123456789012345678901234From x\n",
        "012345678901234567890123456789012345678901234567890123456789012345678901234.\n",
        "012345678901234567890123456789012345678901234567890123456789012345678901234 \n"};

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct buf encoded = BUF_INIT;
        struct buf decoded = BUF_INIT;
        struct span rest;

        reply_quoted_printable(&encoded, span_of(texts[i]));
        rest = buf_view(&encoded);
        expect_short_lines(rest);
        while (rest.length > 0) {
            struct span line = span_chomp(span_line(&rest));

            assert_false(span_begins(line, SPAN("From ")));
            assert_false(span_begins(line, SPAN(".")));
            assert_true(line.length == 0 || (line.octets[line.length - 1] != ' ' &&
                                             line.octets[line.length - 1] != '\t'));
        }
        assert_true(mime_quoted_printable_decode(&decoded, buf_view(&encoded), SIZE_MAX));
        assert_string_equal(buf_cstring(&decoded), texts[i]);
        buf_release(&encoded);
        buf_release(&decoded);
    }
}

/* The mail as any reader of mail sees it. */
static void test_mail_comes_back(void **state)
{
    struct arena arena = ARENA_INIT;
    const struct reply reply = facts("Subject: Réponse à « tout »\n\nÉté.\n\nFin\n");
    struct buf mail = BUF_INIT;
    struct mime *mime;

    (void)state;
    assert_int_equal(reply_write(&mail, &reply), 0);
    mime = mime_parse(&arena, buf_view(&mail), &limits);
    assert_true(span_equal(header_last_text(&arena, &mime->root->header, "Subject"),
                           SPAN("Réponse à « tout »")));
    assert_true(span_equal(header_last_text(&arena, &mime->root->header, "From"),
                           SPAN("Lumière Énergie <service@lumiere.example>")));
    assert_true(span_equal(mime_text(mime, mime->root)->text, SPAN("Été.\n\nFin\n")));
    assert_int_equal(mime->limits_hit, 0);
    buf_release(&mail);
    arena_release(&arena);
}

static void write_file(const char *folder, const char *name, const char *text)
{
    char path[256];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static void test_templates(void **state)
{
    char folder[] = "/tmp/postroom-replies-XXXXXX";
    static const char *const names[] = {"acknowledge.fr.mustache", "acknowledge.pt.mustache",
                                        "broken.fr.mustache"};
    struct reply_templates *templates;
    const struct template *found;
    const struct template *again;
    const char *id = NULL;

    (void)state;
    assert_non_null(mkdtemp(folder));
    write_file(folder, names[0], "Subject: x\n\nBonjour\n");
    write_file(folder, names[1], "Subject: x\n\nOi\n");
    write_file(folder, names[2], "Subject: {{x\n\nBonjour\n");
    templates = reply_templates_open(folder);
    assert_int_equal(reply_template(templates, "acknowledge", "fr", &found, &id), 0);
    assert_non_null(found);
    assert_string_equal(id, "acknowledge.fr");
    assert_int_equal(reply_template(templates, "acknowledge", "fr", &again, &id), 0);
    assert_ptr_equal(found, again);
    assert_int_equal(reply_template(templates, "acknowledge", "pt-BR", &found, &id), 0);
    assert_non_null(found);
    assert_string_equal(id, "acknowledge.pt");
    assert_int_equal(reply_template(templates, "acknowledge", "und", &found, &id), 0);
    assert_null(found);
    assert_int_equal(reply_template(templates, "acknowledge", NULL, &found, &id), 0);
    assert_null(found);
    assert_int_equal(reply_template(templates, "acknowledge", "../acknowledge.fr", &found, &id), 0);
    assert_null(found);
    assert_int_equal(reply_template(templates, "broken", "fr", &found, &id), EX_CONFIG);
    assert_null(found);
    reply_templates_close(templates);

    templates = reply_templates_open(NULL);
    assert_int_equal(reply_template(templates, "acknowledge", "fr", &found, &id), 0);
    assert_null(found);
    reply_templates_close(templates);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char path[256];

        snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
        unlink(path);
    }
    rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_mail),
        cmocka_unit_test(test_templates_that_are_none),
        cmocka_unit_test(test_injection),
        cmocka_unit_test(test_references),
        cmocka_unit_test(test_line),
        cmocka_unit_test(test_advertising),
        cmocka_unit_test(test_subjects_come_back),
        cmocka_unit_test(test_phrases),
        cmocka_unit_test(test_quoted_printable),
        cmocka_unit_test(test_mail_comes_back),
        cmocka_unit_test(test_templates),
    };

    return cmocka_run_group_tests_name("reply", tests, NULL, NULL);
}
