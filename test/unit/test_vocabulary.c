/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vocabulary.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static vocabulary_mask mask_of(const char *tag)
{
    for (unsigned i = 0; i < VOCABULARY_LANGUAGES; i++)
        if (strcmp(vocabulary_tag(i), tag) == 0)
            return 1U << i;
    fail_msg("no language %s", tag);
    return 0;
}

static bool has(const char *word, const char *tag)
{
    return (vocabulary_find(span_of(word)) & mask_of(tag)) != 0;
}

static void test_words(void **state)
{
    (void)state;
    assert_true(has("the", "en"));
    assert_true(has("facture", "fr"));
    assert_true(has("factura", "es") && has("factura", "ro"));
    assert_false(has("factura", "it"));
    assert_int_equal(vocabulary_find(SPAN("zqxj")), 0);
    assert_int_equal(vocabulary_find(SPAN("")), 0);
    assert_int_equal(vocabulary_find((struct span){"thex", 3}), mask_of("en"));
}

/* Each vocabulary has its words: none was lost because a table was full. */
static void test_last_words(void **state)
{
    static const char *const last[][2] = {{"away", "en"},   {"prendre", "fr"}, {"helfen", "de"},
                                          {"puesto", "es"}, {"dati", "it"},    {"deixou", "pt"},
                                          {"helpen", "nl"}, {"zlotych", "pl"}, {"ajutor", "ro"},
                                          {"hellre", "sv"}, {"hafta", "tr"}};

    (void)state;
    for (size_t i = 0; i < sizeof(last) / sizeof(last[0]); i++)
        assert_true(has(last[i][0], last[i][1]));
}

static void test_apostrophes(void **state)
{
    (void)state;
    assert_int_equal(vocabulary_find(SPAN("j'attends")), mask_of("fr"));
    assert_int_equal(vocabulary_find(SPAN("dell'ordine")), mask_of("it"));
    assert_int_equal(vocabulary_find(SPAN("everybody's")), mask_of("en"));
    assert_int_equal(vocabulary_find(SPAN("don't")), mask_of("en"));
    assert_int_equal(vocabulary_find(SPAN("zq'xj")), 0);
    assert_int_equal(vocabulary_find(SPAN("'")), 0);
    assert_int_equal(vocabulary_find(SPAN("''''")), 0);
}

static void test_letters(void **state)
{
    vocabulary_mask all = (1U << VOCABULARY_LANGUAGES) - 1;

    (void)state;
    assert_int_equal(vocabulary_letter(0xdf), mask_of("de"));
    assert_int_equal(vocabulary_letter(0x142), mask_of("pl"));
    assert_int_equal(vocabulary_letter(0x141), mask_of("pl"));
    assert_int_equal(vocabulary_letter(0xe4), mask_of("de") | mask_of("sv") | mask_of("fi"));
    assert_int_equal(vocabulary_letter(0x2019), all);
    assert_int_equal(vocabulary_letter(0x10ffff), all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_last_words),
        cmocka_unit_test(test_apostrophes),
        cmocka_unit_test(test_letters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
