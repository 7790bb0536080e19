/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Heads of earlier messages, and sentences that look like one. */
#include "earlier.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "text.h"

struct head {
    const char *text;
    enum earlier earlier;
    size_t lines;
};

static void check_heads(const struct head *heads, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct arena arena = ARENA_INIT;
        struct letter letter = {.count = 0};
        size_t lines = 0;
        enum earlier earlier;

        letter_read(&arena, span_of(heads[i].text), &letter);
        earlier = earlier_at(&letter, 0, letter.count, &lines);
        if (earlier != heads[i].earlier || lines != heads[i].lines)
            print_error("%d, %zu lines: %s\n", (int)earlier, lines, heads[i].text);
        assert_int_equal(earlier, heads[i].earlier);
        assert_int_equal(lines, heads[i].lines);
        arena_release(&arena);
    }
}

#define CHECK(heads) check_heads(heads, sizeof(heads) / sizeof((heads)[0]))

static void test_attributions(void **state)
{
    static const struct head heads[] = {
        {"W dniu 05.10.2026 o 10:12, Sklep pisze:\n> a", EARLIER_REPLY, 1},
        {"wt., 5 paź 2026 o 10:12 Sklep <a@b.example> napisał(a):\n> a", EARLIER_REPLY, 1},
        {"Pe 5 oct. 2026, la 10:12, Magazin <a@b.example> a scris:\n\n> a", EARLIER_REPLY, 1},
        {"În mar., 5 oct. 2026 la 10:12, Magazin\n<a@b.example> a scris:\n> a", EARLIER_REPLY, 2},
        {"Loja <a@b.example> escreveu (terça, 5/10/2026 à(s) 10:12):\n> a", EARLIER_REPLY, 1},
        {"Monday, October 5, 2026, 10:12:11 AM, you wrote:\nJD> a", EARLIER_REPLY, 1},
        {"Support a écrit :\n| a\n| b", EARLIER_REPLY, 1},
    };

    (void)state;
    CHECK(heads);
}

static void test_blocks(void **state)
{
    static const struct head heads[] = {
        {"De la: A <a@b.example>\nTrimis: luni 09:14\nCătre: B\nSubiect: c\n\nd", EARLIER_BLOCK, 4},
        {"Od: A <a@b.example>\nWysłano: wtorek 09:14\nDo: B\nTemat: c\n\nd", EARLIER_BLOCK, 4},
        {"----- Wiadomość oryginalna -----\nOd: A <a@b.example>\nDo: B\nTemat: c\n\nd",
         EARLIER_ORIGINAL, 4},
        {"Początek przekazywanej wiadomości:\n\nOd: A <a@b.example>\nDo: B\nTemat: c\n\nd",
         EARLIER_FORWARD, 5},
    };

    (void)state;
    CHECK(heads);
}

/* What people write themselves. */
static void test_sentences(void **state)
{
    static const struct head heads[] = {
        {"Le 3/11/2026 à 10:02 votre conseiller a écrit :\ntout est en ordre", EARLIER_NONE, 0},
        {"On Monday I spoke to your colleague, who wrote:\n\"soon\"", EARLIER_NONE, 0},
        {"in one day we had 4/5 orders, and at 10:12 I wrote\nto you:\nnothing", EARLIER_NONE, 0},
        {"De : Lyon\nÀ : Marseille\nc'est le trajet", EARLIER_NONE, 0},
        {"From: the moment I opened it", EARLIER_NONE, 0},
        {"Le message d'origine est perdu.", EARLIER_NONE, 0},
    };

    (void)state;
    CHECK(heads);
}

/* Lotus writes name and date over the fields, with a blank line between. */
static void test_block_start(void **state)
{
    static const char text[] = "Fine.\n\n\tJo Lee\n\tSent by: Al\n\t10/05/2026 10:12 AM\n\t\t\n"
                               "\tTo: Me/Acme@ACME\n\tcc:\n\tSubject: a\n";
    struct arena arena = ARENA_INIT;
    struct letter letter = {.count = 0};

    (void)state;
    letter_read(&arena, span_of(text), &letter);
    assert_int_equal(earlier_block(&letter, 6, letter.count), 3);
    assert_int_equal(earlier_block_start(&letter, 6, 0), 2);
    assert_int_equal(earlier_block_start(&letter, 6, 5), 6);
    arena_release(&arena);
}

/* Other marks than `>`. */
static void test_prefixes(void **state)
{
    static const struct {
        const char *text;
        size_t depth; /* of the second line */
    } rows[] = {
        {"Jo wrote:\n| a\n| b", 1},     {"Jo wrote:\nJL> a\nJL> b", 1},
        {"JL> a\nJL> b\nJL> c", 1},     {"JL> a\nJL> b", 0},
        {": a\n: b\n: c", 1},           {"| a | b |\n| c | d |\n| e | f |", 0},
        {"run:\n    > node app.js", 0}, {"> a\n    > b", 1},
        {"a:\n    > b\n    > c", 1},    {"Jo wrote:\n\n| a", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena arena = ARENA_INIT;
        struct letter letter = {.count = 0};

        letter_read(&arena, span_of(rows[i].text), &letter);
        assert_int_equal(letter.rows[1].depth, rows[i].depth);
        arena_release(&arena);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_attributions), cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_sentences),    cmocka_unit_test(test_block_start),
        cmocka_unit_test(test_prefixes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
