/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "words.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_words_in(void **state)
{
    (void)state;
    assert_true(words_in(SPAN("merci de votre aide"), "danke|votre aide"));
    assert_true(words_in(SPAN("je l'ai dit"), "ai"));
    assert_false(words_in(SPAN("l'aide"), "ai|id|ide"));
    assert_false(words_in(SPAN(""), "a|b"));
    assert_false(words_in(SPAN("anything"), ""));
    /* Octets beyond ASCII are letters. */
    assert_false(words_in(SPAN("\xC3\xB8"
                               "re"),
                          "re"));
    /* A stem needs no end, but a beginning. */
    assert_true(words_in(SPAN("un remboursement"), "rembours*"));
    assert_false(words_in(SPAN("predembourser"), "rembours*|dembours*"));
    /* The first place may be no word, a later one is. */
    assert_true(words_in(SPAN("aa a"), "a"));
}

static void test_words_begin(void **state)
{
    (void)state;
    assert_int_equal(words_begin(SPAN("sent from my phone"), "get|sent|sent from"), 9);
    assert_int_equal(words_begin(SPAN("sentimental"), "sent"), 0);
    assert_int_equal(words_begin(SPAN("se"), "sent|seldom"), 0);
    assert_int_equal(words_begin(SPAN("sent"), "sent from|sent"), 4);
    assert_int_equal(words_begin(SPAN("p.s. more"), "ps|p.s."), 4);
    assert_int_equal(words_begin(SPAN(""), "a|b"), 0);
    assert_int_equal(words_begin(SPAN("a|b"), "a|b"), 1);
}

static void test_words_next(void **state)
{
    const char *list = "a b|c";
    struct span word;

    (void)state;
    assert_true(words_next(&list, &word));
    assert_true(span_equal(word, SPAN("a b")));
    assert_true(words_next(&list, &word));
    assert_true(span_equal(word, SPAN("c")));
    assert_false(words_next(&list, &word));
}

static void test_counts(void **state)
{
    (void)state;
    assert_int_equal(words_count(SPAN("")), 0);
    assert_int_equal(words_count(SPAN("j'ai 2 mots, non: 5!")), 5);
    assert_int_equal(words_digits(SPAN("a1b22")), 3);
    assert_true(words_end(SPAN("ecrit :"), " :"));
    assert_false(words_end(SPAN(":"), " :"));
}

static void test_time(void **state)
{
    (void)state;
    assert_true(words_time(SPAN("at 9:05 pm")));
    assert_true(words_time(SPAN("klo 17.50")));
    assert_true(words_time(SPAN("le 3 mai 19h30")));
    assert_true(words_time(SPAN("13:59:14")));
    assert_false(words_time(SPAN("12:345")));
    assert_false(words_time(SPAN("1:2")));
    assert_false(words_time(SPAN("12:")));
    assert_false(words_time(SPAN(":30")));
}

static void test_bare(void **state)
{
    (void)state;
    assert_true(
        span_equal(words_bare(SPAN("-----original message-----")), SPAN("original message")));
    assert_true(span_equal(words_bare(SPAN("*from:* x")), SPAN("from:* x")));
    assert_int_equal(words_bare(SPAN("--- * ---")).length, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words_in),   cmocka_unit_test(test_words_begin),
        cmocka_unit_test(test_words_next), cmocka_unit_test(test_counts),
        cmocka_unit_test(test_time),       cmocka_unit_test(test_bare),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
