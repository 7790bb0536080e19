/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text-courtesy.h"
#include "text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "utf8.h"

static void check(const char *body, const char *expected)
{
    struct arena arena = ARENA_INIT;
    bool all_quoted = true;
    struct span got = text_new(&arena, span_of(body), &all_quoted);
    struct span wanted = span_of(expected);

    if (!span_equal(got, wanted)) {
        print_error("%s\n---- gave:\n%.*s\n---- not:\n%s\n", body, (int)got.length,
                    got.length > 0 ? got.octets : "", expected);
    }
    assert_true(span_equal(got, wanted));
    assert_false(all_quoted);
    arena_release(&arena);
}

/* The text of BODY holds KEPT and not CUT. */
static void check_cut(const char *body, const char *kept, const char *cut)
{
    struct arena arena = ARENA_INIT;
    struct span got = text_new(&arena, span_of(body), NULL);

    if (span_find_nocase(got, kept) == NULL || span_find_nocase(got, cut) != NULL) {
        print_error("%s\n---- gave:\n%.*s\n", body, (int)got.length,
                    got.length > 0 ? got.octets : "");
    }
    assert_non_null(span_find_nocase(got, kept));
    assert_null(span_find_nocase(got, cut));
    arena_release(&arena);
}

static void test_plain_texts(void **state)
{
    (void)state;
    check("", "");
    check(" \n\r\n\t\n", "");
    check("One line", "One line");
    check("\n\nBonjour,\r\n\r\nMa facture est fausse.\r\n", "Bonjour,\n\nMa facture est fausse.");
    check("a\n\n\n\n\n\nb", "a\n\n\nb");
    check("I asked you on Monday and he wrote: nothing.\nSo what now?",
          "I asked you on Monday and he wrote: nothing.\nSo what now?");
    check("With regards to the payment, when will it come?\nI have waited for long.",
          "With regards to the payment, when will it come?\nI have waited for long.");
}

static void test_quotes(void **state)
{
    (void)state;
    check("Yes please.\n\n> Shall we send it?\n> The shop\n", "Yes please.");
    check("> Shall we send it?\n\nYes please.\n", "Yes please.");
    /* Answers between the quotes stay in their order. */
    check("> First question?\nFirst answer.\n> Second question?\nSecond answer.\n",
          "First answer.\nSecond answer.");
}

/* An earlier message that is not marked with ">", under every usual attribution. */
static void test_attributions(void **state)
{
    static const char *const attributions[] = {
        "On Mon, 5 Oct 2026 at 10:12, Shop <help@shop.example> wrote:",
        "On Mon, 5 Oct 2026 at 10:12, The Customer Service of the Shop\n<help@shop.example> wrote:",
        "Le lun. 5 oct. 2026 à 10:12, Service <service@lumiere.example> a écrit :",
        "Le lun. 5 oct. 2026 à 10:12, Service <service@lumiere.example>\na écrit :",
        "Am 05.10.2026 um 10:12 schrieb Kundendienst <help@shop.example>:",
        "Am Mo., 5. Okt. 2026 um 10:12 Uhr schrieb Kundendienst\n<help@shop.example>:",
        "El lun, 5 oct 2026 a las 10:12, Tienda (<help@shop.example>) escribió:",
        "Il giorno lun 5 ott 2026 alle ore 10:12 Negozio <help@shop.example> ha scritto:",
        "Em seg., 5 de out. de 2026 às 10:12, Loja <help@shop.example> escreveu:",
        "Op ma 5 okt. 2026 om 10:12 schreef Winkel <help@shop.example>:",
        "-----Original Message-----",
        "-----Message d'origine-----",
        "-----Ursprüngliche Nachricht-----",
        "-----Mensaje original-----",
        "From: Shop <help@shop.example>\nSent: Monday, 5 October 2026 10:12\nTo: Me\nSubject: "
        "Order",
        "De : Service <service@lumiere.example>\nEnvoyé : lundi 5 octobre 2026 10:12\n"
        "À : Moi\nObjet : Facture",
        "Von: Kundendienst <help@shop.example>\nGesendet: Montag, 5. Oktober 2026 10:12\n"
        "An: Mich\nBetreff: Bestellung",
    };

    (void)state;
    for (size_t i = 0; i < sizeof attributions / sizeof attributions[0]; i++) {
        struct buf body = BUF_INIT;

        buf_format(&body, "Here is the number that you asked for.\n\n%s\n\nOld words.\n",
                   attributions[i]);
        check(buf_cstring(&body), "Here is the number that you asked for.");
        buf_clear(&body);
        buf_format(&body, "Here is the number that you asked for.\n\n%s\n> Old words.\n",
                   attributions[i]);
        check(buf_cstring(&body), "Here is the number that you asked for.");
        buf_release(&body);
    }
}

static void test_signatures(void **state)
{
    (void)state;
    check("My parcel is broken.\n-- \nJo Lee\nTel. 01 23 45 67 89\n", "My parcel is broken.");
    check("My parcel is broken.\n\nSent from my iPhone", "My parcel is broken.");
    check("Mon colis est cassé.\n\nEnvoyé de mon iPhone", "Mon colis est cassé.");
    check("Mein Paket ist kaputt.\n\nVon meinem iPhone gesendet", "Mein Paket ist kaputt.");
    check_cut("Bonjour,\n\nMon compteur est en panne.\n\nCordialement,\n\nJeanne Martin\n"
              "12 rue de la Paix\n75002 Paris\nTél. : 01 23 45 67 89\n",
              "compteur est en panne", "rue de la Paix");
    check_cut("Hello,\n\nThe lamp is broken.\n\nBest regards,\nJo Lee\nAcme Solicitors LLP\n"
              "www.acme.example\n",
              "lamp is broken", "Solicitors");
    /* A line of dashes inside the text cuts nothing. */
    check_cut("Reading one\n---\nReading two is what counts for my bill.", "Reading two",
              "no such");
}

static void test_disclaimers(void **state)
{
    (void)state;
    check_cut("Where is my order?\n\n"
              "This e-mail and any attachments are confidential and intended solely for the use "
              "of the individual to whom it is addressed. If you are not the intended recipient, "
              "please delete it.\n",
              "Where is my order?", "confidential");
    check_cut("Où est ma commande ?\n\n"
              "Ce message et ses pièces jointes sont confidentiels et établis à l'attention "
              "exclusive de leur destinataire. Si vous avez reçu ce message par erreur, merci de "
              "le détruire.\n",
              "ma commande", "confidentiels");
}

static void test_forwards(void **state)
{
    const char *body = "Bonjour, pour vous.\n\n---------- Forwarded message ---------\n"
                       "From: Paul <paul@x.example>\nDate: Mon, 5 Oct 2026 at 10:12\n"
                       "Subject: Compteur\nTo: Marie <marie@x.example>\n\n"
                       "Le compteur de la cave est en panne.\n";

    (void)state;
    check_cut(body, "pour vous", "no such text");
    check_cut(body, "compteur de la cave est en panne", "no such text");
}

/* When nothing else is there, the quote is the text. */
static void test_all_quoted(void **state)
{
    struct arena arena = ARENA_INIT;
    bool all_quoted = false;
    struct span got = text_new(&arena, SPAN("\n> Only\n> this\n\n"), &all_quoted);

    (void)state;
    assert_true(all_quoted);
    assert_true(span_equal(got, SPAN("> Only\n> this")));
    got = text_new(&arena, SPAN(""), &all_quoted);
    assert_false(all_quoted);
    assert_int_equal(got.length, 0);
    (void)text_new(&arena, SPAN("x"), NULL);
    arena_release(&arena);
}

/* Every line is there once, in order, and has a zone and a reason. */
static void test_zones(void **state)
{
    const struct span body = SPAN("Bonjour,\r\n\r\nOù est mon colis ?\n\nCordialement,\nJo\n"
                                  "Le 5 oct. 2026 à 10:12, X <x@x.example> a écrit :\n> Ancien\n");
    struct arena arena = ARENA_INIT;
    struct text_line *lines = NULL;
    size_t count = text_zones(&arena, body, &lines);

    (void)state;
    assert_int_equal(count, 8);
    for (size_t i = 0; i < count; i++) {
        assert_non_null(lines[i].why);
        assert_non_null(text_zone_name(lines[i].zone));
        assert_null(lines[i].line.length > 0
                        ? memchr(lines[i].line.octets, '\n', lines[i].line.length)
                        : NULL);
    }
    assert_int_equal(lines[0].zone, TEXT_GREETING);
    assert_true(span_equal(lines[0].line, SPAN("Bonjour,")));
    assert_int_equal(lines[2].zone, TEXT_NEW);
    assert_int_equal(lines[4].zone, TEXT_CLOSING);
    assert_int_equal(lines[6].zone, TEXT_ATTRIBUTION);
    assert_int_equal(lines[7].zone, TEXT_QUOTE);
    assert_string_equal(text_zone_name(TEXT_QUOTE), "quote");
    assert_string_equal(text_zone_name(TEXT_FORWARDED), "forwarded");
    arena_release(&arena);
}

static void test_courtesy(void **state)
{
    static const struct {
        const char *text;
        const char *language;
        bool courtesy;
    } rows[] = {
        {"Merci beaucoup !", "fr", true},
        {"Bonjour,\n\nMerci pour votre aide, tout fonctionne.\n\nCordialement,", "fr", true},
        {"Thank you very much, that is perfect.", "en", true},
        {"Hello,\nthanks a lot for your quick help!\nBest regards,", "en", true},
        {"Vielen Dank für Ihre schnelle Hilfe!", "de", true},
        {"Muchas gracias por su ayuda.", "es", true},
        {"Thanks a lot!", NULL, true},
        {"Gracias.", "und", true},
        {"", "fr", false},
        {"Bonjour,", "fr", false},
        {"Mon colis est cassé.", "fr", false},
        {"Merci, mais le colis est cassé.", "fr", false},
        {"Thank you, but the lamp is broken.", "en", false},
        {"Danke, aber die Lampe ist kaputt.", "de", false},
        {"Gracias, pero no funciona.", "es", false},
        {"Merci. Quand arrive le colis ?", "fr", false},
        {"Thanks. The order is 48213", "en", false},
        {"Merci de me rembourser.", "fr", false},
        {"Merci de bien vouloir annuler mon contrat.", "fr", false},
        {"Thank you for cancelling my order, please send the refund", "en", false},
        {"Thanks, could you call me back", "en", false},
        {"Merci d'avance pour votre réponse, le compteur ne marche pas.", "fr", false},
        {"Thank you for the parcel that came today and that I opened at once in the kitchen with "
         "my two children who liked the blue lamp and the red lamp and all the rest of it too.",
         "en", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bool got = text_courtesy(span_of(rows[i].text), rows[i].language);

        if (got != rows[i].courtesy) {
            print_error("%s: %d\n", rows[i].text, got);
        }
        assert_int_equal(got, rows[i].courtesy);
    }
}

/* COUNT times PIECE: no more than a few seconds, and every line accounted for. */
static void check_many(const char *piece, size_t count)
{
    struct arena arena = ARENA_INIT;
    struct buf body = BUF_INIT;
    struct text_line *lines = NULL;
    clock_t start;

    for (size_t i = 0; i < count; i++) {
        buf_string(&body, piece);
    }
    start = clock();
    (void)text_zones(&arena, buf_view(&body), &lines);
    struct span text = text_new(&arena, buf_view(&body), NULL);
    (void)text_courtesy(text, NULL);
    double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    if (seconds > 5) {
        print_error("%zu times %s: %.1f s\n", count, piece, seconds);
    }
    assert_true(seconds <= 5);
    assert_true(utf8_valid(text));
    buf_release(&body);
    arena_release(&arena);
}

static void test_hostile(void **state)
{
    (void)state;
    check_many("On ", 200000);
    check_many("On \n", 100000);
    check_many("Le 5 oct. 2026 à\n", 30000);
    check_many("On Mon, 5 Oct 2026 wrote:\n", 20000);
    check_many("From: a\n", 60000);
    check_many("> ", 250000);
    check_many("> \n", 150000);
    check_many("--\n", 150000);
    check_many("-- \nx\n", 80000);
    check_many("Cordialement,\n", 40000);
    check_many("Bonjour,\n", 60000);
    check_many("-----Original Message-----\n", 20000);
    check_many("\n", 500000);
    check_many("e\xCC\x81", 150000);
}

/* Whatever the lines: valid, trimmed, at most two blank lines in a row, not empty without need. */
static void test_properties(void **state)
{
    static const char *const pieces[] = {"Bonjour,\n",
                                         "\n",
                                         "> quoted\n",
                                         "My own words, several of them.\n",
                                         "Cordialement,\n",
                                         "Jo Lee\n",
                                         "-- \n",
                                         "--\n",
                                         "On Mon, 5 Oct 2026, X <x@x.example> wrote:\n",
                                         "Le 5 oct. 2026 à 10:12, X a écrit :\n",
                                         "-----Original Message-----\n",
                                         "From: x@x.example\n",
                                         "Sent: Monday\n",
                                         "Subject: Fwd: y\n",
                                         "---------- Forwarded message ----------\n",
                                         "Sent from my iPhone\n",
                                         "01 23 45 67 89\n",
                                         "\r\n",
                                         "\xC3\xA9\xF0\x9F\x98\x80",
                                         "This e-mail is confidential.\n",
                                         "________________________________\n"};
    struct arena arena = ARENA_INIT;
    struct buf body = BUF_INIT;
    uint32_t random = 20261123;

    (void)state;
    for (size_t round = 0; round < 5000; round++) {
        bool all_quoted = false;

        buf_clear(&body);
        arena_clear(&arena);
        random = random * 1664525 + 1013904223;
        size_t lines = (random >> 8) % 14;
        for (size_t i = 0; i < lines; i++) {
            random = random * 1664525 + 1013904223;
            buf_string(&body, pieces[(random >> 8) % (sizeof pieces / sizeof pieces[0])]);
        }
        struct span text = text_new(&arena, buf_view(&body), &all_quoted);
        struct span trimmed = span_trim(buf_view(&body));
        assert_true(utf8_valid(text));
        assert_int_equal(text.length == 0, trimmed.length == 0);
        assert_int_equal(span_trim(text).length, text.length);
        assert_true(!all_quoted || span_equal(text, trimmed) || span_find_nocase(trimmed, "\r"));
        if (!all_quoted && text.length > 0) {
            assert_null(span_find_nocase(text, "\n\n\n\n"));
        }
    }
    buf_release(&body);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_texts),  cmocka_unit_test(test_quotes),
        cmocka_unit_test(test_attributions), cmocka_unit_test(test_signatures),
        cmocka_unit_test(test_disclaimers),  cmocka_unit_test(test_forwards),
        cmocka_unit_test(test_all_quoted),   cmocka_unit_test(test_zones),
        cmocka_unit_test(test_courtesy),     cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_properties),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
