/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The frame of a letter and its traps, seen through text_new: what goes, and what must stay. */
#include "letter.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "text.h"

struct row {
    const char *body;
    const char *text;
};

static void check_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct arena arena = ARENA_INIT;
        struct span got = text_new(&arena, span_of(rows[i].body), NULL);

        if (!span_equal(got, span_of(rows[i].text)))
            print_error("%s\n---- gave:\n%.*s\n---- not:\n%s\n", rows[i].body, (int)got.length,
                        got.length > 0 ? got.octets : "", rows[i].text);
        assert_true(span_equal(got, span_of(rows[i].text)));
        arena_release(&arena);
    }
}

#define CHECK(rows) check_rows(rows, sizeof(rows) / sizeof((rows)[0]))

static void test_read(void **state)
{
    struct arena arena = ARENA_INIT;
    struct letter letter = {.count = 0};

    (void)state;
    letter_read(&arena, SPAN("\xC2\xA0 \xC3\x89t\xC3\xA9 \r\n>> > b\n\n____\n"), &letter);
    assert_int_equal(letter.count, 4);
    assert_true(span_equal(letter.rows[0].core, SPAN("\xC3\x89t\xC3\xA9")));
    assert_true(span_equal(letter.rows[0].key, SPAN("ete")));
    assert_true(letter.rows[0].whole);
    assert_int_equal(letter.rows[1].depth, 3);
    assert_true(span_equal(letter.rows[1].core, SPAN("b")));
    assert_true(letter_is_quoted(&letter, 1));
    assert_true(letter_is_blank(&letter, 2));
    assert_false(letter_is_new(&letter, 2));
    assert_true(letter_is_rule(letter.rows[3].core, 4));
    assert_false(letter_is_rule(letter.rows[3].core, 5));
    assert_int_equal(letter_next(&letter, 2, 4), 3);
    assert_int_equal(letter_next(&letter, 2, 3), 3);
    letter_mark(&letter, 0, 1, TEXT_QUOTE, "so");
    assert_false(letter_is_new(&letter, 0));
    arena_release(&arena);
}

/* A long line is compared by its start only; very many lines become one. */
static void test_bounds(void **state)
{
    struct arena arena = ARENA_INIT;
    struct buf body = BUF_INIT;
    struct letter letter = {.count = 0};

    (void)state;
    for (size_t i = 0; i < 300; i++)
        buf_string(&body, "\xC3\xA9"); /* 400 octets end inside no character */
    letter_read(&arena, buf_view(&body), &letter);
    assert_false(letter.rows[0].whole);
    assert_int_equal(letter.rows[0].key.length, 200);
    buf_clear(&body);
    for (size_t i = 0; i < 100000; i++)
        buf_string(&body, "a\n");
    letter = (struct letter){.count = 0};
    letter_read(&arena, buf_view(&body), &letter);
    assert_true(letter.count < 100000);
    assert_ptr_equal(letter.lines[letter.count - 1].line.octets +
                         letter.lines[letter.count - 1].line.length + 1,
                     body.octets + body.length);
    buf_release(&body);
    arena_release(&arena);
}

static void test_signature_goes(void **state)
{
    static const struct row rows[] = {
        {"La lampe est cassée.\n\nCordialement,\nJeanne Martin",
         "La lampe est cassée.\n\nCordialement,"},
        {"LA LAMPE EST CASSEE\n\nCORDIALEMENT\n\nGARAGE MARTIN",
         "LA LAMPE EST CASSEE\n\nCORDIALEMENT"},
        {"Die Lampe ist kaputt.\n\nMit freundlichen Grüßen\nJan Krüger\nLeiter der Werkstatt\nTel. "
         "030 1234567\n",
         "Die Lampe ist kaputt.\n\nMit freundlichen Grüßen"},
        {"The lamp is broken.\n\nJo Lee\nAcme Lamps Ltd\n+44 20 7946 0018\nwww.acme.example\n",
         "The lamp is broken."},
        {"The lamp is broken.\n\n- Jo", "The lamp is broken."},
        {"La lampe est cassée.\n\nCordialement,\nJeanne Martin\n\n[cid:image001.png@01D9]\n",
         "La lampe est cassée.\n\nCordialement,"},
        /* Above the attribution too. */
        {"Yes.\n\nRegards,\nJo Lee\n\nOn 5 Oct 2026, at 10:12, Shop <help@shop.example> wrote:\n> "
         "Still there?\n",
         "Yes.\n\nRegards,"}};

    (void)state;
    CHECK(rows);
}

/* What looks like a signature and is what the customer wants to say. */
static void test_text_stays(void **state)
{
    static const struct row rows[] = {
        {"Merci\nma commande est arrivée\nmais le vase est cassé",
         "Merci\nma commande est arrivée\nmais le vase est cassé"},
        {"Thanks\nStill broken\nNo light at all", "Thanks\nStill broken\nNo light at all"},
        {"Bonjour,\nvoici le numéro de mon fils :\n\nPaul Martin\ntél : 06 12 34 56 78\n",
         "Bonjour,\nvoici le numéro de mon fils :\n\nPaul Martin\ntél : 06 12 34 56 78"},
        /* The house can look it up. */
        {"Je déménage.\n\nCordialement\nJeanne Martin\nN° client : 4711 223\n",
         "Je déménage.\n\nCordialement\nN° client : 4711 223"},
        {"I am moving.\n\nRegards,\nJo Lee\n\nPS: please keep the old address on file until May.",
         "I am moving.\n\nRegards,\nPS: please keep the old address on file until May."},
        {"Sent from my desk, where the lamp is dark.",
         "Sent from my desk, where the lamp is dark."},
        {"You sent a confidential bill to the wrong recipient by mistake. Please delete it.",
         "You sent a confidential bill to the wrong recipient by mistake. Please delete it."},
        {"The fix -- I mean the new cable -- works.", "The fix -- I mean the new cable -- works."}};

    (void)state;
    CHECK(rows);
}

static void test_attribution_traps(void **state)
{
    static const struct row rows[] = {
        {"On this day\n\nI wrote to you\n\nand heard nothing.\n\nOn 28 Jan 2026, at 19:04, Shop "
         "wrote:\n\n> Hello\n",
         "On this day\n\nI wrote to you\n\nand heard nothing."},
        {"Le 3 mai votre conseiller m'a écrit :\nvotre dossier est clos. Je n'ai rien reçu.",
         "Le 3 mai votre conseiller m'a écrit :\nvotre dossier est clos. Je n'ai rien reçu."},
        {"See https://shop.example/help:\nOn Mon, 5 Oct 2026 at 10:12, Shop "
         "<help@shop.example>\nwrote:\n\nOld",
         "See https://shop.example/help:"},
        {"Ja.\n\nKundendienst <help@shop.example> schrieb am Mo., 5.\nOkt. 2026 um 10:12 Uhr:\n\n> "
         "Alt\n",
         "Ja."},
        {"Oui.\n\n2026-10-05 10:12 GMT+02:00 Service <\nservice@lumiere.example>:\n\n> Vieux\n",
         "Oui."},
        {"Yes.\n\nOn 5 Oct 2026 at 10:12 Shop\n\n<\nmailto:help@shop.example\n> wrote:\n\n\nOld",
         "Yes."},
        {"Yes.\n\nMon, 5 October 2026, 3:32 PM +0300 from Shop <help@shop.example>:\n\nOld",
         "Yes."},
        /* Any language under a rule. */
        {"Evet.\n________________________________\nKimden: Shop <help@shop.example>\nTarih: 5 Ekim "
         "2026\nKonu: Lamba\n\nEski",
         "Evet."},
        /* A web form begins with fields and is all there is. */
        {"From: Jo Lee\nDate: 5 October\nSubject: Lamp\n\nThe lamp is dark.", "The lamp is dark."}};

    (void)state;
    CHECK(rows);
}

static void test_answers_between(void **state)
{
    static const struct row rows[] = {
        /* A mark alone on its line is a quote too. */
        {"Blue.\n>\n> When?\n\nMay.\n\n>\n", "Blue.\nMay."},
        {"On 5 Oct 2026, at 10:12, Shop <help@shop.example> wrote:\n> Which lamp?\n\nThe blue "
         "one.\n\n> When bought?\n\nIn May.\n\n--\nJo\n",
         "The blue one.\n\nIn May."},
        {"Yes.\n> a very long quoted line that some mail program has broken in the wrong\nplace\n> "
         "and more\n",
         "Yes."}};

    (void)state;
    CHECK(rows);
}

static void test_forwards(void **state)
{
    static const struct row rows[] = {
        {"> Begin forwarded message:\n>\n> From: Jo <jo@x.example>\n> Subject: Lamp\n> Date: 5 "
         "October 2026\n> To: me@x.example\n>\n> The lamp is dark.\n>> Older words.\n",
         "The lamp is dark."},
        {"----- Transféré par Conseiller le 25/05/2026 08:20 -----\n\n De :\tJo <jo@x.example>\n A "
         ":\tservice@lumiere.example\n Date :\t24/05/2026 19:37\n Objet :\tCompteur\n\n Le "
         "compteur est arrêté.\n Cordialement,\n Jo Lee\n",
         "Le compteur est arrêté.\n Cordialement,"},
        {"pour info\n\nDe : Jo <jo@x.example>\nEnvoyé : lundi 5 octobre 2026\nÀ : moi\nObjet : "
         "Compteur\n\nLe compteur est arrêté.",
         "pour info\n\nLe compteur est arrêté."},
        /* As HTML mail comes out; with an answer below it is a quote. */
        {"pour info\n\n> De : Jo <jo@x.example>\n> Envoyé : lundi 5 octobre 2026\n> À : moi\n> "
         "Objet : Compteur\n>\n> Le compteur est arrêté.",
         "pour info\n\nLe compteur est arrêté."},
        {"> De : Jo <jo@x.example>\n> Envoyé : lundi 5 octobre 2026\n> À : moi\n> Objet : "
         "Compteur\n>\n> Il marche ?\n\nNon.",
         "Non."},
        /* Who says enough himself is quoted no further. */
        {"Please look at the mail below: I have written three times about the lamp in our kitchen, "
         "and nobody has told me whether it can still be repaired.\n\n---------- Forwarded message "
         "---------\nFrom: Shop <help@shop.example>\nTo: me@x.example\nSubject: Lamp\n\nWe are "
         "looking into it.",
         "Please look at the mail below: I have written three times about the lamp in our kitchen, "
         "and nobody has told me whether it can still be repaired."}};

    (void)state;
    CHECK(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_signature_goes),
        cmocka_unit_test(test_text_stays),
        cmocka_unit_test(test_attribution_traps),
        cmocka_unit_test(test_answers_between),
        cmocka_unit_test(test_forwards),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
