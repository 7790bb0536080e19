/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "diag.h"
#include "guard.h"

#define ALICE "From: Alice Martin <alice@kmail.example>\r\n"
#define TO "To: service@lumiere.example\r\nSubject: Facture\r\n"
#define END "\r\nBonjour, je n'ai pas de facture.\r\n"
#define CASE "{\"case\":{\"id\":\"4F7K2Q9XTB\",\"change\":\"opened\",\"state\":\"open\"}}"

static const char *const lumiere_addresses[] = {"service@lumiere.example",
                                                "contact@lumiere.example"};
static const struct config_brand brands[] = {{.id = "lumiere",
                                              .name = "Lumière Énergie",
                                              .from = "service@lumiere.example",
                                              .addresses = lumiere_addresses,
                                              .address_count = 2}};
static const struct config_category categories[] = {{.id = "billing"},
                                                    {.id = "thanks", .courtesy = true}};
static const struct config config = {.brands = brands,
                                     .brand_count = 1,
                                     .categories = categories,
                                     .category_count = 2,
                                     .limits = LIMITS_DEFAULT};
static const struct house_key key = {{7}};

/* What the questions answer, and how often each was asked. */
static bool answers[4];
static int asked[4];
static int asking_fails;

static int ask(void *context, enum guard_question question, bool *yes)
{
    assert_ptr_equal(context, answers);
    *yes = answers[question];
    asked[question]++;
    return asking_fails;
}

static const struct guard guard = {.config = &config, .key = &key, .ask = ask, .context = answers};

static int reset(void **state)
{
    (void)state;
    memset(answers, 0, sizeof(answers));
    memset(asked, 0, sizeof(asked));
    asking_fails = 0;
    return 0;
}

/* The reason for a message of LENGTH octets with these members of triage, "" for none. */
static const char *why_of(const char *octets, size_t length, const char *triage)
{
    struct message message;
    const char *why = NULL;

    message_init(&message, &config);
    message_set_octets(&message, (struct span){octets, length});
    message.received_at = 1795420800;
    assert_true(message_read_triage(&message, span_of(triage)));
    assert_int_equal(guard_check(&guard, &message, &why), 0);
    message_release(&message);
    return why != NULL ? why : "";
}

static const char *why(const char *octets, const char *triage)
{
    return why_of(octets, strlen(octets), triage);
}

/* The reason for a customer's mail with FIELD in its header. */
static const char *why_field(const char *field)
{
    struct buf octets = BUF_INIT;
    const char *result;

    buf_format(&octets, ALICE TO "%s\r\n" END, field);
    result = why(buf_cstring(&octets), CASE);
    buf_release(&octets);
    return result;
}

static void test_plain_mail_is_answered(void **state)
{
    (void)state;
    assert_string_equal(why(ALICE TO END, CASE), "");
    for (int i = 0; i < 4; i++)
        assert_int_equal(asked[i], 1);
}

/* The order is a promise to whoever reads the ledger. */
static void test_order(void **state)
{
    static const char *const names[] = {"null-return-path",
                                        "own-mark",
                                        "auto-submitted",
                                        "list",
                                        "bulk",
                                        "auto-response-suppress",
                                        "daemon-sender",
                                        "no-sender",
                                        "kind-bounce",
                                        "kind-auto-reply",
                                        "kind-feedback-report",
                                        "kind-bulk",
                                        "kind-spam",
                                        "kind-agent",
                                        "not-customer",
                                        "sensitive",
                                        "courtesy",
                                        "limit",
                                        "error",
                                        "duplicate",
                                        "no-case",
                                        "acknowledged",
                                        "closed",
                                        "cap",
                                        "no-template",
                                        "no-promise"};
    size_t count = sizeof(names) / sizeof(names[0]);

    (void)state;
    for (size_t i = 0; i < count; i++)
        assert_string_equal(guard_reason(i), names[i]);
    assert_null(guard_reason(count));
}

/* A mail to which everything applies; taking the first reason away shows the next. */
static void test_first_reason_wins(void **state)
{
    static const char triage[] =
        "{\"envelope\":{\"mailFrom\":\"%s\"},\"kind\":{\"value\":\"%s\"},\"courtesy\":%s,"
        "%s\"duplicate\":%s,\"sensitive\":%s,\"errors\":%s}";
    static const struct {
        const char *octets, *mail_from, *kind, *courtesy, *case_id, *duplicate, *sensitive, *errors;
        const char *why;
    } rows[] = {
#define STATE(state) "\"case\":{\"id\":\"4F7K2Q9XTB\",\"state\":\"" state "\"},"
#define LIMIT                                                                                      \
    "[{\"program\":\"mail-parse\",\"code\":\"odd\"},"                                              \
    "{\"program\":\"mail-parse\",\"code\":\"limit-depth\"}]"
#define ERROR "[{\"program\":\"mail-parse\",\"code\":\"odd\"}]"
#define REST(from) "From: " from "\r\n" TO
        {REST("service@lumiere.example") "Auto-Submitted: auto-replied\r\nList-Id: <x.y>\r\n" END,
         "", "spam", "true", "", "null", "true", LIMIT, "null-return-path"},
        {REST("service@lumiere.example") "Auto-Submitted: auto-replied\r\nList-Id: <x.y>\r\n" END,
         "mailer-daemon@x.example", "spam", "true", "", "null", "true", LIMIT, "own-mark"},
        {REST("a b") "Auto-Submitted: auto-replied\r\nList-Id: <x.y>\r\n" END,
         "mailer-daemon@x.example", "spam", "true", "", "null", "true", LIMIT, "auto-submitted"},
        {REST("a b") "Precedence: bulk\r\nList-Id: <x.y>\r\n" END, "mailer-daemon@x.example",
         "spam", "true", "", "null", "true", LIMIT, "list"},
        {REST("a b") "X-Autoreply: yes\r\nPrecedence: bulk\r\n" END, "mailer-daemon@x.example",
         "spam", "true", "", "null", "true", LIMIT, "bulk"},
        {REST("a b") "X-Autoreply: yes\r\n" END, "mailer-daemon@x.example", "spam", "true", "",
         "null", "true", LIMIT, "auto-response-suppress"},
        {REST("a b") END, "mailer-daemon@x.example", "spam", "true", "", "null", "true", LIMIT,
         "daemon-sender"},
        {REST("a b") END, "b a", "spam", "true", "", "null", "true", LIMIT, "no-sender"},
        {ALICE TO END, "a@b.example", "bounce", "true", "", "null", "true", LIMIT, "kind-bounce"},
        {ALICE TO END, "a@b.example", "auto-reply", "true", "", "null", "true", LIMIT,
         "kind-auto-reply"},
        {ALICE TO END, "a@b.example", "feedback-report", "true", "", "null", "true", LIMIT,
         "kind-feedback-report"},
        {ALICE TO END, "a@b.example", "bulk", "true", "", "null", "true", LIMIT, "kind-bulk"},
        {ALICE TO END, "a@b.example", "spam", "true", "", "null", "true", LIMIT, "kind-spam"},
        {ALICE TO END, "a@b.example", "agent", "true", "", "null", "true", LIMIT, "kind-agent"},
        {ALICE TO END, "a@b.example", "parrot", "true", "", "null", "true", LIMIT, "not-customer"},
        {ALICE TO END, "a@b.example", "customer", "true", "", "{}", "true", LIMIT, "sensitive"},
        {ALICE TO END, "a@b.example", "customer", "true", "", "{}", "false", LIMIT, "courtesy"},
        {ALICE TO END, "a@b.example", "customer", "false", "", "{}", "false", LIMIT, "limit"},
        {ALICE TO END, "a@b.example", "customer", "false", "", "{}", "false", ERROR, "error"},
        {ALICE TO END, "a@b.example", "customer", "false", "", "{}", "false", "[]", "duplicate"},
        {ALICE TO END, "a@b.example", "customer", "false", "", "null", "false", "[]", "no-case"},
        {ALICE TO END, "a@b.example", "customer", "false", STATE("closed"), "null", "false", "[]",
         "acknowledged"},
    };

    (void)state;
    for (int i = 0; i < 4; i++)
        answers[i] = true;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct buf members = BUF_INIT;

        buf_format(&members, triage, rows[i].mail_from, rows[i].kind, rows[i].courtesy,
                   rows[i].case_id, rows[i].duplicate, rows[i].sensitive, rows[i].errors);
        assert_string_equal(why(rows[i].octets, buf_cstring(&members)), rows[i].why);
        buf_release(&members);
    }
    assert_int_equal(asked[GUARD_ACKNOWLEDGED], 1);
    answers[GUARD_ACKNOWLEDGED] = false;
    assert_string_equal(
        why(ALICE TO END, "{\"case\":{\"id\":\"4F7K2Q9XTB\",\"state\":\"closed\"}}"), "closed");
    assert_int_equal(asked[GUARD_CAPPED], 0);
    assert_string_equal(why(ALICE TO END, CASE), "cap");
    answers[GUARD_CAPPED] = false;
    assert_string_equal(why(ALICE TO END, CASE), "no-template");
    answers[GUARD_NO_TEMPLATE] = false;
    assert_string_equal(why(ALICE TO END, CASE), "no-promise");
}

static void test_questions_fail(void **state)
{
    struct message message;
    const char *reason = NULL;

    (void)state;
    asking_fails = EX_TEMPFAIL;
    message_init(&message, &config);
    message_set_octets(&message, span_of(ALICE TO END));
    assert_true(message_read_triage(&message, span_of(CASE)));
    assert_int_equal(guard_check(&guard, &message, &reason), EX_TEMPFAIL);
    assert_null(reason);
    message_release(&message);
}

static void test_unknown_return_path_is_not_null(void **state)
{
    (void)state;
    assert_string_equal(why(ALICE TO END, "{\"envelope\":{\"rcptTo\":\"a@b.example\"},"
                                          "\"case\":{\"id\":\"4F7K2Q9XTB\"}}"),
                        "");
    assert_string_equal(why(ALICE TO END, "{\"envelope\":{\"mailFrom\":\"\"}}"),
                        "null-return-path");
}

static void test_auto_submitted(void **state)
{
    (void)state;
    assert_string_equal(why_field("Auto-Submitted: auto-replied"), "auto-submitted");
    assert_string_equal(why_field("auto-submitted : AUTO-GENERATED; owner=x"), "auto-submitted");
    assert_string_equal(why_field("Auto-Submitted: (a (nested\\) no) comment) auto-notified"),
                        "auto-submitted");
    assert_string_equal(why_field("Auto-Submitted:\r\n auto-replied (vacation)"), "auto-submitted");
    assert_string_equal(why_field("Auto-Submitted: parrot"), "auto-submitted");
    assert_string_equal(why_field("Auto-Submitted: no"), "");
    assert_string_equal(why_field("Auto-Submitted: No (a human wrote)"), "");
    assert_string_equal(why_field("Auto-Submitted: no\r\nAuto-Submitted: auto-replied"),
                        "auto-submitted");
    assert_string_equal(why_field("X-Auto-Submitted-By: auto-replied"), "");
}

static void test_lists_and_bulk(void **state)
{
    (void)state;
    assert_string_equal(why_field("List-Id: People <people.lists.example>"), "list");
    assert_string_equal(why_field("LIST-UNSUBSCRIBE: <mailto:off@lists.example>"), "list");
    assert_string_equal(why_field("Precedence: List"), "list");
    assert_string_equal(why_field("Precedence: bulk"), "bulk");
    assert_string_equal(why_field("precedence:junk (very)"), "bulk");
    assert_string_equal(why_field("Precedence: first-class"), "");
    assert_string_equal(why_field("Listing: 4"), "");
}

static void test_suppressed(void **state)
{
    (void)state;
    assert_string_equal(why_field("X-Auto-Response-Suppress: All"), "auto-response-suppress");
    assert_string_equal(why_field("X-Auto-Response-Suppress: DR, RN, OOF"),
                        "auto-response-suppress");
    assert_string_equal(why_field("X-Auto-Response-Suppress: DR,AutoReply"),
                        "auto-response-suppress");
    assert_string_equal(why_field("X-Auto-Response-Suppress: DR, NDR, RN, NRN"), "");
    assert_string_equal(why_field("X-Auto-Response-Suppress: None"), "");
    assert_string_equal(why_field("X-Autoreply: yes"), "auto-response-suppress");
    assert_string_equal(why_field("X-Autorespond: 1"), "auto-response-suppress");
    assert_string_equal(why_field("X-Autoreply: no"), "");
    assert_string_equal(why_field("X-Auto-Submitted: auto-replied"), "auto-response-suppress");
    assert_string_equal(why_field("Precedence: auto_reply"), "auto-response-suppress");
}

/* The reason for a mail from ADDRESS, with RETURN_PATH. */
static const char *why_from(const char *address, const char *return_path)
{
    struct buf octets = BUF_INIT;
    struct buf triage = BUF_INIT;
    const char *result;

    buf_format(&octets, "From: %s\r\n" TO END, address);
    buf_format(&triage, "{\"envelope\":{\"mailFrom\":\"%s\"},\"case\":{\"id\":\"4F7K2Q9XTB\"}}",
               return_path);
    result = why(buf_cstring(&octets), buf_cstring(&triage));
    buf_release(&octets);
    buf_release(&triage);
    return result;
}

static void test_daemons(void **state)
{
    static const char *const machines[] = {
        "MAILER-DAEMON@mx.fai.example",
        "postmaster@fai.example",
        "noreply@shop.example",
        "no-reply@shop.example",
        "No.Reply.Orders@shop.example",
        "orders-noreply@shop.example",
        "do_not_reply@shop.example",
        "noreply2@shop.example",
        "ne-pas-repondre@energie.example",
        "owner-people@lists.example",
        "people-request@lists.example",
        "people-bounces@lists.example",
        "bounce+1234=a=b@mailer.example",
        "nicht-antworten@post.example",
        "MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@corp.example"};
    static const char *const people[] = {
        "juno.reply@kmail.example", "norbert.eply@kmail.example", "d.aemon@kmail.example",
        "requester@kmail.example",  "bouncer@club.example",       "anna.request@kmail.example",
        "noreplying@kmail.example", "owner@garage.example",       "a.postmaster@kmail.example"};

    (void)state;
    for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++)
        assert_string_equal(why_from(machines[i], "someone@kmail.example"), "daemon-sender");
    for (size_t i = 0; i < sizeof(people) / sizeof(people[0]); i++)
        assert_string_equal(why_from(people[i], people[i]), "");
    /* A form may send for somebody; a list may not. */
    assert_string_equal(why_from("alice@kmail.example", "noreply@forms.example"), "");
    assert_string_equal(why_from("alice@kmail.example", "people-bounces@lists.example"),
                        "daemon-sender");
}

static void test_no_sender(void **state)
{
    static const char *const unusable[] = {"alice",
                                           "alice@localhost",
                                           "\"a b\"@kmail.example",
                                           "-oQ/tmp@kmail.example",
                                           "alice@[192.0.2.1]",
                                           "alic\xc3\xa9@kmail.example",
                                           "alice@kmail..example",
                                           "alice@.kmail.example",
                                           "alice@kmail.example."};

    (void)state;
    for (size_t i = 0; i < sizeof(unusable) / sizeof(unusable[0]); i++)
        assert_string_equal(why_from(unusable[i], "b c"), "no-sender");
    assert_string_equal(why(TO END, CASE), "no-sender");
    /* Without From the return path will do, unless nobody reads there. */
    assert_string_equal(why(TO END, "{\"envelope\":{\"mailFrom\":\"a@b.example\"},"
                                    "\"case\":{\"id\":\"4F7K2Q9XTB\"}}"),
                        "");
    assert_string_equal(why(TO END, "{\"envelope\":{\"mailFrom\":\"noreply@b.example\"}}"),
                        "daemon-sender");
    assert_string_equal(why(TO END, "{\"envelope\":{\"mailFrom\":\"contact@lumiere.example\"}}"),
                        "own-mark");
}

static void test_recipient(void **state)
{
    static const struct {
        const char *octets, *triage, *recipient;
    } rows[] = {
        {ALICE TO "Reply-To: victim@other.example\r\n" END, "{}", "alice@kmail.example"},
        {ALICE TO END, "{\"envelope\":{\"mailFrom\":\"bob@kmail.example\"}}",
         "alice@kmail.example"},
        {"From: x y <nowhere>, Bob <Bob@KMail.example>\r\n" TO END, "{}", "Bob@KMail.example"},
        {"Sender: bob@kmail.example\r\n" TO END, "{}", NULL},
        {TO END, "{\"envelope\":{\"mailFrom\":\"bob@kmail.example\"}}", "bob@kmail.example"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct message message;
        const char *recipient;

        message_init(&message, &config);
        message_set_octets(&message, span_of(rows[i].octets));
        assert_true(message_read_triage(&message, span_of(rows[i].triage)));
        recipient = guard_recipient(&message);
        if (rows[i].recipient == NULL)
            assert_null(recipient);
        else
            assert_string_equal(recipient, rows[i].recipient);
        message_release(&message);
    }
}

/* Message-ID of our acknowledgement to ADDRESSEE. */
static const char *own_id(char *out, const char *addressee)
{
    struct buf id = BUF_INIT;
    char case_number[CASE_ID_SIZE];

    case_id(case_number, &key, "sha256-1", 0);
    house_message_id(&id, &key, case_number, "ack:x", span_of(addressee), "lumiere.example");
    strcpy(out, buf_cstring(&id));
    buf_release(&id);
    return out;
}

static void test_own_mark(void **state)
{
    char id[128];
    struct buf octets = BUF_INIT;

    (void)state;
    own_id(id, "alice@kmail.example");
    assert_string_equal(why_from("Contact <contact@lumiere.example>", "a@b.example"), "own-mark");
    assert_string_equal(why_from("service+4F7K2Q9XTB.KEY@lumiere.example", "a@b.example"),
                        "own-mark");
    assert_string_equal(why_field(GUARD_MARK ": acknowledge.fr"), "own-mark");

    /* Sent on by whoever got it: the Message-ID is proven by the address it went to. */
    buf_format(&octets,
               "From: relay@kmail.example\r\nTo: Alice <Alice@kmail.example>\r\n"
               "Message-ID: <%s>\r\n" END,
               id);
    assert_string_equal(why(buf_cstring(&octets), CASE), "own-mark");
    /* The same form, for somebody else: a stranger's. */
    buf_clear(&octets);
    buf_format(&octets,
               "From: relay@kmail.example\r\nTo: bob@kmail.example\r\n"
               "Message-ID: <%s>\r\n" END,
               id);
    assert_string_equal(why(buf_cstring(&octets), CASE), "");
    /* Who answers our mail quotes its Message-ID. */
    buf_clear(&octets);
    buf_format(&octets, ALICE TO "In-Reply-To: <%s>\r\nReferences: <%s>\r\n" END, id, id);
    assert_string_equal(why(buf_cstring(&octets), CASE), "");
    buf_release(&octets);
}

static void test_courtesy_of_category(void **state)
{
    (void)state;
    assert_string_equal(why(ALICE TO END, "{\"category\":{\"id\":\"thanks\"},"
                                          "\"case\":{\"id\":\"4F7K2Q9XTB\"}}"),
                        "courtesy");
    assert_string_equal(why(ALICE TO END, "{\"category\":{\"id\":\"billing\"},"
                                          "\"case\":{\"id\":\"4F7K2Q9XTB\"}}"),
                        "");
}

/* Far above every limit of fields, with folded fields, lines that are none, NULs and bare CRs. */
static void test_countless_fields(void **state)
{
    struct buf octets = BUF_INIT;

    (void)state;
    buf_string(&octets, ALICE TO);
    for (int i = 0; i < 100000; i++)
        buf_format(&octets, "X-Filler-%d: %d\r\n\tfolded\r\n", i, i);
    buf_string(&octets, "no field at all\r\nX-Odd: a");
    buf_add(&octets, "\0\r b", 4);
    buf_string(&octets, "\r\nAuto-Submitted: auto-replied\r\n" END);
    assert_string_equal(why_of(octets.octets, octets.length, CASE), "auto-submitted");
    buf_release(&octets);
}

/* What stands in the body says nothing. */
static void test_body_is_not_header(void **state)
{
    (void)state;
    assert_string_equal(why(ALICE TO "\r\nAuto-Submitted: auto-replied\r\nList-Id: x\r\n", CASE),
                        "");
}

/* Without octets (--no-raw) the property tells. */
static void test_without_octets(void **state)
{
    struct message message;
    const char *reason = NULL;

    (void)state;
    message_init(&message, &config);
    message.line = SPAN("{\"from\":[{\"name\":null,\"email\":\"alice@kmail.example\"}],"
                        "\"headers\":[{\"name\":\"Subject\",\"value\":\"\"},{},3,"
                        "{\"name\":\"Auto-Submitted\",\"value\":\" auto-replied\"}]}");
    message.has_line = true;
    assert_true(message_read_triage(&message, span_of(CASE)));
    assert_int_equal(guard_check(&guard, &message, &reason), 0);
    assert_string_equal(reason, "auto-submitted");
    message_release(&message);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_plain_mail_is_answered, reset),
        cmocka_unit_test_setup(test_order, reset),
        cmocka_unit_test_setup(test_first_reason_wins, reset),
        cmocka_unit_test_setup(test_questions_fail, reset),
        cmocka_unit_test_setup(test_unknown_return_path_is_not_null, reset),
        cmocka_unit_test_setup(test_auto_submitted, reset),
        cmocka_unit_test_setup(test_lists_and_bulk, reset),
        cmocka_unit_test_setup(test_suppressed, reset),
        cmocka_unit_test_setup(test_daemons, reset),
        cmocka_unit_test_setup(test_no_sender, reset),
        cmocka_unit_test_setup(test_recipient, reset),
        cmocka_unit_test_setup(test_own_mark, reset),
        cmocka_unit_test_setup(test_courtesy_of_category, reset),
        cmocka_unit_test_setup(test_countless_fields, reset),
        cmocka_unit_test_setup(test_body_is_not_header, reset),
        cmocka_unit_test_setup(test_without_octets, reset),
    };

    return cmocka_run_group_tests_name("guard", tests, NULL, NULL);
}
