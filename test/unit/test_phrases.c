/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every word of every list is written as folded text is: else it would never be found. */
#include "phrases.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "fold.h"
#include "words.h"

static void check_word(struct span word)
{
    struct buf folded = BUF_INIT;

    fold_plain(&folded, word);
    if (word.length == 0 || !span_equal(buf_view(&folded), word))
        print_error("not folded: '%.*s'\n", (int)word.length, word.octets);
    assert_true(word.length > 0);
    assert_true(span_equal(buf_view(&folded), word));
    buf_release(&folded);
}

static bool is_field(enum phrases which)
{
    return which >= PHRASES_FROM && which <= PHRASES_SUBJECT;
}

static void test_lists(void **state)
{
    (void)state;
    for (int i = PHRASES_WROTE; i <= PHRASES_LISTS; i++) {
        const char *list = phrases((enum phrases)i);
        struct span word;

        while (!is_field((enum phrases)i) && words_next(&list, &word))
            check_word(word);
    }
}

/* The quick way finds what the slow way finds, for all words and what is near them. */
static void test_begin(void **state)
{
    static const char *const ends[] = {"", " x", "x", "|", "'", ", 9"};

    (void)state;
    for (int i = PHRASES_WROTE; i <= PHRASES_LISTS; i++) {
        const char *all = phrases((enum phrases)i);
        const char *list = all;
        struct span word;

        while (words_next(&list, &word)) {
            for (size_t end = 0; end < sizeof ends / sizeof ends[0]; end++) {
                struct buf text = BUF_INIT;

                buf_span(&text, word);
                buf_string(&text, ends[end]);
                assert_int_equal(phrases_begin((enum phrases)i, buf_view(&text)),
                                 words_begin(buf_view(&text), all));
                buf_release(&text);
            }
        }
        assert_int_equal(phrases_begin((enum phrases)i, SPAN("")), 0);
    }
}

/* The names of header fields stand between blanks. */
static void test_fields(void **state)
{
    (void)state;
    for (int i = PHRASES_FROM; i <= PHRASES_SUBJECT; i++) {
        struct span all = span_of(phrases((enum phrases)i));

        assert_int_equal(all.octets[0], ' ');
        assert_int_equal(all.octets[all.length - 1], ' ');
        check_word(span_trim(all));
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_begin),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
