/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fold.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "utf8.h"

typedef void folding(struct buf *out, struct span text);

static void check(folding *fold, const char *text, const char *expected)
{
    struct buf out = BUF_INIT;
    struct buf again = BUF_INIT;

    fold(&out, span_of(text));
    assert_string_equal(buf_cstring(&out), expected);
    fold(&again, buf_view(&out));
    assert_string_equal(buf_cstring(&again), expected);
    buf_release(&out);
    buf_release(&again);
}

static void test_case(void **state)
{
    (void)state;
    check(fold_text, "Facture IMPAYÉE", "facture impayée");
    check(fold_text, "STRASSE Straße", "strasse strasse");
    check(fold_text, "ΣΊΣΥΦΟΣ Σίσυφος", "σίσυφοσ σίσυφοσ");
    check(fold_text, "ﬁn", "fin");
    check(fold_text, "", "");
}

/* The last ASCII letter before a combining mark belongs to it. */
static void test_composition(void **state)
{
    (void)state;
    check(fold_text, "impaye\xCC\x81", "impayé");
    check(fold_text,
          "IMPAYE\xCC\x81"
          "E",
          "impayée");
    check(fold_text, "e\xCC\x81 e\xCC\x81", "é é");
    /* Marks in another order are the same letter. */
    check(fold_text, "a\xCC\x81\xCC\xA3", "ạ́");
    check(fold_text, "a\xCC\xA3\xCC\x81", "ạ́");
    /* Hangul is composed too. */
    check(fold_text, "\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB", "한");
}

static void test_white_space(void **state)
{
    (void)state;
    check(fold_text, "  a \t\r\n b  ", "a b");
    check(fold_text,
          "a\xC2\xA0\xE2\x80\xAF"
          "b",
          "a b");
    check(fold_text, "\n\n", "");
    check(fold_text,
          "a\x01"
          "b",
          "a b");
    check(fold_text,
          "ab\xC2\xAD"
          "cd\xE2\x80\x8B"
          "ef\xEF\xBB\xBF",
          "abcdef");
}

static void test_plain(void **state)
{
    (void)state;
    check(fold_plain, "Été à la Forêt", "ete a la foret");
    check(fold_plain, "Œuvre Ægir Øre Łódź", "oeuvre aegir ore lodz");
    check(fold_plain,
          "j\xE2\x80\x99"
          "ai",
          "j'ai");
    check(fold_plain, "Größe", "grosse");
    check(fold_plain, "e\xCC\x81", "e");
}

/* Octets that are not part of the text before: OUT may hold something already. */
static void test_appends(void **state)
{
    struct buf out = BUF_INIT;

    (void)state;
    buf_string(&out, "e");
    fold_text(&out, SPAN(" \xCC\x81"
                         "B"));
    assert_int_equal(out.octets[0], 'e');
    assert_true(out.length > 2);
    assert_int_equal(out.octets[out.length - 1], 'b');
    buf_release(&out);
}

static void test_subjects(void **state)
{
    (void)state;
    check(subject_normalise, "Re: Facture", "facture");
    check(subject_normalise, "RE[2]: AW: Fwd: Facture", "facture");
    check(subject_normalise, "TR : Réf : Facture", "facture");
    check(subject_normalise, "WG: Rechnung", "rechnung");
    check(subject_normalise, "RV: Pedido", "pedido");
    check(subject_normalise, "SV: Antw: Order", "order");
    check(subject_normalise, "RÉ: Facture", "facture");
    check(subject_normalise, "Re: [#LUM-2026-000123] Facture", "facture");
    check(subject_normalise, "Facture [#LUM-2026-000123]", "facture");
    check(subject_normalise, "Re: ", "");
    /* Words that only begin like a prefix stay. */
    check(subject_normalise, "Retard de livraison", "retard de livraison");
    check(subject_normalise, "Report: broken", "report: broken");
    check(subject_normalise, "[urgent] Facture", "[urgent] facture");
}

/* Whatever the text, folding is stable, valid, and has no double or outer blanks. */
static void test_properties(void **state)
{
    static const char *const pieces[] = {"a",
                                         "E",
                                         " ",
                                         "\n",
                                         "\xCC\x81",
                                         "\xCC\xA3",
                                         "\xC3\x9F",
                                         "\xCE\xA3",
                                         "Re: ",
                                         "[#x]",
                                         "[#",
                                         "]",
                                         "\xC4\xB0",
                                         "\xEF\xAC\x81",
                                         "\xC2\xAD",
                                         "\xC2\xA0",
                                         "Fwd:",
                                         "\xE1\x84\x92",
                                         "\xE1\x85\xA1",
                                         "\xF0\x9F\x98\x80",
                                         "\xCD\x85",
                                         "TR :",
                                         ":",
                                         "\xE2\x80\x8D"};
    static folding *const foldings[] = {fold_text, fold_plain, subject_normalise};
    struct buf text = BUF_INIT;
    struct buf once = BUF_INIT;
    struct buf twice = BUF_INIT;
    uint32_t random = 20261123;

    (void)state;
    for (size_t round = 0; round < 3000; round++) {
        buf_clear(&text);
        for (size_t i = 0; i < 12; i++) {
            random = random * 1664525 + 1013904223;
            buf_string(&text, pieces[(random >> 8) % (sizeof pieces / sizeof pieces[0])]);
        }
        for (size_t i = 0; i < sizeof foldings / sizeof foldings[0]; i++) {
            buf_clear(&once);
            buf_clear(&twice);
            foldings[i](&once, buf_view(&text));
            foldings[i](&twice, buf_view(&once));
            assert_true(span_equal(buf_view(&once), buf_view(&twice)));
            assert_true(utf8_valid(buf_view(&once)));
            assert_null(strstr(buf_cstring(&once), "  "));
            assert_true(once.length == 0 ||
                        (once.octets[0] != ' ' && once.octets[once.length - 1] != ' '));
        }
    }
    buf_release(&text);
    buf_release(&once);
    buf_release(&twice);
}

/* A megabyte of marks in the worst order takes no longer than a megabyte of letters. */
static void test_hostile(void **state)
{
    struct buf text = BUF_INIT;
    struct buf out = BUF_INIT;

    (void)state;
    buf_char(&text, 'a');
    for (size_t i = 0; i < 250000; i++) {
        buf_string(&text, "\xCC\x81\xCC\xA3");
    }
    fold_text(&out, buf_view(&text));
    assert_true(out.length > 0 && out.length <= 200);
    assert_true(utf8_valid(buf_view(&out)));
    buf_release(&text);
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_case),        cmocka_unit_test(test_composition),
        cmocka_unit_test(test_white_space), cmocka_unit_test(test_plain),
        cmocka_unit_test(test_appends),     cmocka_unit_test(test_subjects),
        cmocka_unit_test(test_properties),  cmocka_unit_test(test_hostile),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
