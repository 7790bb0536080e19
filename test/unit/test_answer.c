/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "answer.h"

/* 2026-11-23T08:00:00Z */
#define RECEIVED 1795420800

static const struct config_brand brands[] = {
    {.id = "lumiere",
     .name = "Lumiere",
     .from = "service@lumiere.example",
     .language = "fr",
     .zone = "Europe/Paris"},
    {.id = "brightshop", .name = "Brightshop", .from = "help@brightshop.example"}};
static const char *const languages[] = {"en"};
static const struct config config = {.brands = brands,
                                     .brand_count = 2,
                                     .languages = languages,
                                     .language_count = 1,
                                     .limits = LIMITS_DEFAULT};
static const struct house_key key = {{7}};

static struct message message;
static struct arena arena;
static struct reply_templates *templates;

static int set_up(void **state)
{
    struct buf folder = BUF_INIT;
    const char *source = getenv("POSTROOM_SRC");

    (void)state;
    buf_format(&folder, "%s/templates/replies", source != NULL ? source : ".");
    arena_init(&arena);
    templates = reply_templates_open(arena_string(&arena, buf_cstring(&folder)));
    message_init(&message, &config);
    buf_release(&folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    message_release(&message);
    reply_templates_close(templates);
    arena_release(&arena);
    return 0;
}

/* Alice's mail, which the filters before found TRIAGE of. */
static void read_message(const char *subject, const char *name, const char *triage)
{
    const char *octets =
        arena_format(&arena,
                     "From: %s <alice@kmail.example>\r\nTo: service@lumiere.example\r\n"
                     "Subject: %s\r\nMessage-ID: <1@kmail.example>\r\n\r\nBonjour.\r\n",
                     name, subject);

    message_clear(&message);
    message_set_octets(&message, span_of(octets));
    message.received_at = RECEIVED;
    message.has_received_at = true;
    assert_true(message_read_triage(&message, span_of(triage)));
}

static void test_brand(void **state)
{
    struct config one = config;

    (void)state;
    one.brand_count = 1;
    read_message("Facture", "Alice", "{\"brand\":\"brightshop\"}");
    assert_ptr_equal(answer_brand(&config, &message), &brands[1]);
    assert_null(answer_brand(&one, &message));
    read_message("Facture", "Alice", "{\"brand\":7}");
    assert_null(answer_brand(&config, &message));
    assert_ptr_equal(answer_brand(&one, &message), &brands[0]);
}

/* The template for a message with TRIAGE, in a house whose calendars are never closed. */
static const char *template_for(const char *triage)
{
    struct answer answer = {.message = &message, .brand = &brands[0]};

    read_message("Facture", "Alice", triage);
    assert_int_equal(
        answer_choose_template(&answer, &config, hours_new(&arena, &config), templates), 0);
    assert_true((answer.template == NULL) == (answer.template_id == NULL));
    return answer.template_id;
}

static void test_template(void **state)
{
    (void)state;
    assert_string_equal(template_for("{\"language\":{\"tag\":\"de\"}}"), "acknowledge.de");
    assert_string_equal(template_for("{\"language\":{\"tag\":\"de\"},"
                                     "\"category\":{\"id\":\"complaint\"}}"),
                        "acknowledge-complaint.de");
    /* the brand's language, when the message's is unknown or has no template */
    assert_string_equal(template_for("{}"), "acknowledge.fr");
    assert_string_equal(template_for("{\"language\":{\"tag\":\"it\"}}"), "acknowledge.fr");
}

static int64_t promise_for(const char *route)
{
    struct answer answer = {.message = &message};
    bool found;

    read_message("Facture", "Alice", arena_format(&arena, "{\"route\":%s}", route));
    found = answer_find_promise(&answer);
    assert_int_equal(found, answer.promise != 0);
    return answer.promise;
}

static void test_promise(void **state)
{
    (void)state;
    assert_int_equal(promise_for("{\"due\":\"2026-11-24T09:00:00+01:00\","
                                 "\"firstReplyDue\":\"2026-11-23T10:00:00+01:00\"}"),
                     RECEIVED + 3600);
    assert_int_equal(promise_for("{\"due\":\"2026-11-24T09:00:00+01:00\","
                                 "\"firstReplyDue\":\"2026-11-23T09:00:00+01:00\"}"),
                     RECEIVED + 86400);
    assert_int_equal(promise_for("{\"due\":\"soon\",\"firstReplyDue\":7}"), 0);
    assert_int_equal(promise_for("{}"), 0);
}

/* The mail that answers a message with this subject and display name. */
static const char *mail_for(const char *subject, const char *name)
{
    struct buf mail = BUF_INIT;
    struct buf moment = BUF_INIT;
    struct answer answer = {.message = &message,
                            .case_id = "4F7K2Q9XTB",
                            .key = "ack:4F7K2Q9XTB:sha256-1",
                            .recipient = "alice@kmail.example",
                            .brand = &brands[0],
                            .template_id = "acknowledge.en",
                            .promise = RECEIVED + 3600};
    const char *result;

    answer.template = template_parse(&arena,
                                     SPAN("Subject: {{case.id}} {{subject}}\n\n"
                                          "<{{customer.name}}> {{promise.text}}, {{brand.name}}\n"),
                                     NULL);
    read_message(subject, name, "{}");
    assert_int_equal(answer_write(&answer, &key, &mail, &moment), 0);
    assert_string_equal(buf_cstring(&moment), "2026-11-23T10:00:00+01:00");
    result = arena_string(&arena, buf_cstring(&mail));
    buf_release(&mail);
    buf_release(&moment);
    return result;
}

static void test_mail(void **state)
{
    const char *mail = mail_for("Facture", "Alice Martin");

    (void)state;
    assert_non_null(strstr(mail, "\nTo: alice@kmail.example\n"));
    assert_non_null(strstr(mail, "\nSubject: 4F7K2Q9XTB Facture\n"));
    assert_non_null(strstr(mail, "\nIn-Reply-To: <1@kmail.example>\n"));
    assert_non_null(strstr(mail, "<Alice Martin> Monday 23 November 2026 at 10:00 (Paris time), "
                                 "Lumiere\n"));
}

/* Or people could send advertising through us. */
static void test_advertising_is_not_repeated(void **state)
{
    const char *mail = mail_for("Buy at www.pills.example", "\"www.pills.example\"");

    (void)state;
    assert_null(strstr(mail, "pills"));
    assert_non_null(strstr(mail, "\n<> Monday"));
    assert_non_null(strstr(mail_for("Facture", "\"bob@kmail.example\""), "\n<> Monday"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_brand),
        cmocka_unit_test(test_template),
        cmocka_unit_test(test_promise),
        cmocka_unit_test(test_mail),
        cmocka_unit_test(test_advertising_is_not_repeated),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
