/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fingerprint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

/* Words of one language fit it better than the others. */
static void test_fits(void **state)
{
    static const char *const tags[] = {"en", "fr-CA", "de", "pl", "ru"};
    static const char *const words[] = {"weather", "soleil", "wirtschaft", "szczesliwy",
                                        "здоровье"};
    struct fingerprints *fingerprints = fingerprints_open(tags, 5);

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        double scores[5] = {0};
        size_t listed[5] = {0};
        size_t seen = fingerprints_score(fingerprints, span_of(words[i]), scores, listed);

        assert_true(listed[i] > 0 && listed[i] <= seen);
        for (size_t j = 0; j < 5; j++)
            if (i != j && scores[j] >= scores[i])
                fail_msg("%s: %s", words[i], tags[j]);
    }
    fingerprints_close(fingerprints);
}

/* What is not installed, no words, no letters, no UTF-8: nothing fits, nothing breaks. */
static void test_nothing(void **state)
{
    static const char *const tags[] = {"xx", "en", "../fr"};
    struct fingerprints *fingerprints = fingerprints_open(tags, 3);
    double scores[3] = {0};
    size_t listed[3] = {0};

    (void)state;
    fingerprints_score(fingerprints, SPAN(""), scores, listed);
    fingerprints_score(fingerprints, SPAN("\xff\xc3\xf0"), scores, listed);
    fingerprints_score(fingerprints, SPAN("the"), scores, listed);
    assert_true(scores[1] < 0);
    assert_true(scores[0] < scores[1]);
    assert_true(scores[0] == scores[2]);
    fingerprints_close(fingerprints);
    fingerprints = fingerprints_open(NULL, 0);
    fingerprints_score(fingerprints, SPAN("the"), scores, listed);
    fingerprints_close(fingerprints);
    fingerprints_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fits),
        cmocka_unit_test(test_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
