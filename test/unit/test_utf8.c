/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "buf.h"
#include "utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static uint32_t random_state = 20261124;

/* A number below LIMIT. */
static size_t below(size_t limit)
{
    random_state = random_state * 1664525 + 1013904223;
    return (random_state >> 8) % limit;
}

static bool is_scalar(uint32_t character)
{
    return character <= 0x10ffff && (character < 0xd800 || character > 0xdfff);
}

/* Every character there is is written, read as itself, and cut nowhere. */
static void test_all_characters(void **state)
{
    struct buf out = BUF_INIT;

    (void)state;
    for (uint32_t character = 0; character <= 0x10ffff + 10; character++) {
        uint32_t got = 1;

        buf_clear(&out);
        buf_character(&out, character);
        assert_int_equal(utf8_read(out.octets, out.length, &got), out.length);
        assert_int_equal(got, is_scalar(character) ? character : 0xfffd);
        assert_true(utf8_valid(buf_view(&out)));
        for (size_t length = 0; length < out.length; length++) {
            assert_int_equal(utf8_read(out.octets, length, &got), 0);
            assert_int_equal(utf8_cut(buf_view(&out), length), 0);
        }
        assert_int_equal(utf8_cut(buf_view(&out), out.length), out.length);
    }
    buf_release(&out);
}

/* RFC 3629, by its grammar: how many octets the character at TEXT takes, or 0. */
static size_t by_grammar(const unsigned char *text, size_t length)
{
    static const struct {
        unsigned char from[4];
        unsigned char to[4];
        size_t length;
    } rows[] = {
        {{0x00}, {0x7f}, 1},
        {{0xc2, 0x80}, {0xdf, 0xbf}, 2},
        {{0xe0, 0xa0, 0x80}, {0xe0, 0xbf, 0xbf}, 3},
        {{0xe1, 0x80, 0x80}, {0xec, 0xbf, 0xbf}, 3},
        {{0xed, 0x80, 0x80}, {0xed, 0x9f, 0xbf}, 3},
        {{0xee, 0x80, 0x80}, {0xef, 0xbf, 0xbf}, 3},
        {{0xf0, 0x90, 0x80, 0x80}, {0xf0, 0xbf, 0xbf, 0xbf}, 4},
        {{0xf1, 0x80, 0x80, 0x80}, {0xf3, 0xbf, 0xbf, 0xbf}, 4},
        {{0xf4, 0x80, 0x80, 0x80}, {0xf4, 0x8f, 0xbf, 0xbf}, 4},
    };

    for (size_t row = 0; row < sizeof(rows) / sizeof(rows[0]); row++) {
        size_t i = 0;

        while (i < rows[row].length && i < length && text[i] >= rows[row].from[i] &&
               text[i] <= rows[row].to[i])
            i++;
        if (i == rows[row].length)
            return i;
    }
    return 0;
}

static void add_octets(struct buf *text)
{
    static const unsigned char edges[] = {0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0,
                                          0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xed,
                                          0xef, 0xf0, 0xf4, 0xf5, 0xff, 'a'};
    size_t count = below(24);

    for (size_t i = 0; i < count; i++)
        buf_char(text, (char)edges[below(sizeof(edges))]);
}

static void test_random(void **state)
{
    (void)state;
    for (int round = 0; round < 100000; round++) {
        struct buf text = BUF_INIT;
        struct buf repaired = BUF_INIT;
        struct buf expected = BUF_INIT;
        bool valid = true;
        size_t at = 0;

        add_octets(&text);
        while (at < text.length) {
            uint32_t character;
            size_t length = by_grammar((const unsigned char *)text.octets + at, text.length - at);

            assert_int_equal(utf8_read(text.octets + at, text.length - at, &character), length);
            if (length == 0) {
                valid = false;
                buf_string(&expected, "\xef\xbf\xbd");
                at++;
            } else {
                buf_add(&expected, text.octets + at, length);
                at += length;
            }
        }
        assert_int_equal(utf8_valid(buf_view(&text)), valid);
        buf_repair(&repaired, buf_view(&text));
        assert_true(utf8_valid(buf_view(&repaired)));
        assert_int_equal(repaired.length, expected.length);
        if (expected.length > 0)
            assert_memory_equal(repaired.octets, expected.octets, expected.length);
        buf_release(&text);
        buf_release(&repaired);
        buf_release(&expected);
    }
}

/* An octet that is wrong is found wherever it stands in a run of ASCII. */
static void test_long_runs(void **state)
{
    char text[41];

    (void)state;
    for (size_t length = 0; length <= sizeof(text); length++) {
        memset(text, 'a', sizeof(text));
        assert_true(utf8_valid((struct span){text, length}));
        for (size_t i = 0; i < length; i++) {
            text[i] = (char)0x80;
            assert_false(utf8_valid((struct span){text, length}));
            text[i] = 'a';
        }
    }
    assert_true(utf8_valid((struct span){NULL, 0}));
}

static void test_cut(void **state)
{
    static const char text[] = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x93\xae"
                               "b";
    static const size_t cuts[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11, 11};

    (void)state;
    for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++)
        assert_int_equal(utf8_cut(SPAN(text), i), cuts[i]);
    assert_int_equal(utf8_cut((struct span){"", 0}, 5), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_characters),
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_long_runs),
        cmocka_unit_test(test_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
