/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static uint32_t random_state = 20261124;

static uint32_t next_random(void)
{
    random_state = random_state * 1664525 + 1013904223;
    return random_state >> 8;
}

/* ---- spans ------------------------------------------------------------------------------------
 */

static void test_span_equal(void **state)
{
    const struct span none = {NULL, 0};

    (void)state;
    assert_true(span_equal(none, SPAN("")));
    assert_true(span_equal(span_of(NULL), none));
    assert_true(span_equal(SPAN("a\0b"), SPAN("a\0b")));
    assert_false(span_equal(SPAN("a\0b"), SPAN("a\0c")));
    assert_false(span_equal(SPAN("a"), SPAN("A")));
    assert_false(span_equal(SPAN("ab"), SPAN("a")));
    assert_true(span_equal_nocase(none, SPAN("")));
    assert_true(span_equal_nocase(SPAN("aZ[@"), SPAN("Az[@")));
    /* `@` and `[` differ from ` and { in the bit that letters differ in, and are no letters. */
    assert_false(span_equal_nocase(SPAN("@["), SPAN("`{")));
    /* Only ASCII: É and é stay different. */
    assert_false(span_equal_nocase(SPAN("\xc3\x89"), SPAN("\xc3\xa9")));
}

static void test_span_begins(void **state)
{
    (void)state;
    assert_true(span_begins(SPAN("Received: x"), SPAN("Received:")));
    assert_true(span_begins(SPAN("x"), (struct span){NULL, 0}));
    assert_false(span_begins(SPAN("Rec"), SPAN("Received")));
    assert_false(span_begins(SPAN("received"), SPAN("R")));
    assert_true(span_begins_nocase(SPAN("rEcEived"), SPAN("Rece")));
    assert_false(span_begins_nocase((struct span){NULL, 0}, SPAN("a")));
}

static void test_span_find(void **state)
{
    const struct span text = SPAN("one TWO\0three Two");

    (void)state;
    assert_ptr_equal(span_find_nocase(text, "two"), text.octets + 4);
    assert_ptr_equal(span_find_nocase(text, "THREE"), text.octets + 8);
    assert_null(span_find_nocase(text, "four"));
    assert_null(span_find_nocase(SPAN("tw"), "two"));
    assert_null(span_find_nocase((struct span){NULL, 0}, "two"));
}

static void test_span_trim(void **state)
{
    (void)state;
    assert_true(span_equal(span_trim(SPAN(" \t\r\n a b \r\n")), SPAN("a b")));
    assert_int_equal(span_trim(SPAN(" \n ")).length, 0);
    assert_int_equal(span_trim((struct span){NULL, 0}).length, 0);
    assert_true(span_equal(span_trim(SPAN("\va")), SPAN("\va")));
}

static void test_span_lines(void **state)
{
    static const char *const lines[] = {"a\r\n", "\n", "b\rc\n", "d"};
    struct span rest = SPAN("a\r\n\nb\rc\nd");
    struct span none = {NULL, 0};

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        assert_true(span_equal(span_line(&rest), span_of(lines[i])));
    assert_int_equal(span_line(&rest).length, 0);
    assert_int_equal(span_line(&rest).length, 0);
    assert_int_equal(span_line(&none).length, 0);
    assert_true(span_equal(span_chomp(SPAN("a\r\n")), SPAN("a")));
    assert_true(span_equal(span_chomp(SPAN("a\n")), SPAN("a")));
    assert_true(span_equal(span_chomp(SPAN("a\n\n")), SPAN("a\n")));
    assert_true(span_equal(span_chomp(SPAN("a\r")), SPAN("a\r")));
    assert_true(span_equal(span_chomp(SPAN("\n")), SPAN("")));
    assert_true(span_equal(span_chomp(SPAN("")), SPAN("")));
}

/* ---- growing ----------------------------------------------------------------------------------
 */

static void test_buf_grows(void **state)
{
    struct buf buf = BUF_INIT;

    (void)state;
    assert_string_equal(buf_cstring(&buf), "");
    assert_int_equal(buf_view(&buf).length, 0);
    for (size_t i = 0; i < 5000; i++) {
        buf_char(&buf, (char)('a' + i % 26));
        assert_int_equal(buf.length, i + 1);
        assert_int_equal(buf.octets[i + 1], '\0');
        assert_true(buf.capacity > buf.length);
    }
    for (size_t i = 0; i < 5000; i++)
        assert_int_equal(buf.octets[i], 'a' + i % 26);
    buf_clear(&buf);
    assert_int_equal(buf.length, 0);
    assert_true(buf.capacity >= 5000);
    assert_string_equal(buf_cstring(&buf), "");
    buf_release(&buf);
    assert_null(buf.octets);
    assert_int_equal(buf.capacity, 0);
}

static void test_buf_pieces(void **state)
{
    struct buf buf = BUF_INIT;

    (void)state;
    buf_add(&buf, NULL, 0);
    buf_span(&buf, (struct span){NULL, 0});
    assert_int_equal(buf.length, 0);
    buf_string(&buf, "ab");
    buf_add(&buf, "\0c", 2);
    buf_span(&buf, SPAN("d\0"));
    buf_format(&buf, "%d/%s", -5, "e");
    assert_true(span_equal(buf_view(&buf), SPAN("ab\0cd\0-5/e")));
    assert_int_equal(buf.octets[buf.length], '\0');
    buf_format(&buf, "%70000s", "x");
    assert_int_equal(buf.length, 10 + 70000);
    assert_int_equal(buf.octets[buf.length - 1], 'x');
    buf_release(&buf);
}

static void test_buf_reserve(void **state)
{
    struct buf buf = BUF_INIT;
    char *to;

    (void)state;
    buf_string(&buf, "kept");
    to = buf_reserve(&buf, 100000);
    assert_ptr_equal(to, buf.octets + 4);
    memset(to, 'x', 100000);
    buf.length += 100000;
    assert_memory_equal(buf.octets, "keptx", 5);
    assert_true(buf.capacity > buf.length);
    buf_release(&buf);
}

/* A large message does not make the buffer stay large. */
static void test_buf_clear_gives_back(void **state)
{
    struct buf buf = BUF_INIT;

    (void)state;
    buf_reserve(&buf, 5 * 1024 * 1024);
    buf_clear(&buf);
    assert_int_equal(buf.capacity, 0);
    assert_string_equal(buf_cstring(&buf), "");
    buf_string(&buf, "usable");
    assert_string_equal(buf_cstring(&buf), "usable");
    buf_release(&buf);
}

/* ---- base64 and hexadecimal -------------------------------------------------------------------
 */

/* RFC 4648 section 10. */
static void test_base64_vectors(void **state)
{
    static const char *const vectors[][2] = {
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
        struct buf buf = BUF_INIT;

        buf_string(&buf, "<");
        buf_base64(&buf, span_of(vectors[i][0]));
        assert_string_equal(buf_cstring(&buf) + 1, vectors[i][1]);
        buf_clear(&buf);
        assert_true(buf_unbase64(&buf, span_of(vectors[i][1])));
        assert_string_equal(buf_cstring(&buf), vectors[i][0]);
        buf_release(&buf);
    }
}

static void test_base64_round_trip(void **state)
{
    char octets[300];
    struct buf text = BUF_INIT;
    struct buf back = BUF_INIT;

    (void)state;
    for (size_t length = 0; length <= sizeof(octets); length++) {
        for (size_t i = 0; i < length; i++)
            octets[i] = (char)next_random();
        buf_clear(&text);
        buf_clear(&back);
        buf_base64(&text, (struct span){octets, length});
        assert_int_equal(text.length, (length + 2) / 3 * 4);
        assert_int_equal(strlen(buf_cstring(&text)), text.length);
        buf_string(&back, "before");
        assert_true(buf_unbase64(&back, buf_view(&text)));
        assert_int_equal(back.length, 6 + length);
        assert_memory_equal(back.octets, "before", 6);
        assert_memory_equal(back.octets + 6, octets, length);
        assert_int_equal(back.octets[back.length], '\0');
    }
    buf_release(&text);
    buf_release(&back);
}

static void test_unbase64_is_strict(void **state)
{
    const struct span refused[] = {
        SPAN("Z"),       SPAN("Zg"),      SPAN("Zg="),      SPAN("Zh=="),     SPAN("Zm9="),
        SPAN("===="),    SPAN("Z==="),    SPAN("Zg==Zg=="), SPAN("Zm 9"),     SPAN("Zm9v\n"),
        SPAN("Zm\0v"),   SPAN("Zm9-"),    SPAN("Zm9_"),     SPAN("Zm9v Zm9"), SPAN("=m9v"),
        SPAN("Zm9\xff"), SPAN("\x80m9v"), SPAN("Zm9vZ==="), SPAN("Zm9vZm=v"),
    };
    struct buf buf = BUF_INIT;

    (void)state;
    buf_string(&buf, "as it was");
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        assert_false(buf_unbase64(&buf, refused[i]));
        assert_int_equal(buf.length, 9);
        assert_string_equal(buf_cstring(&buf), "as it was");
    }
    buf_release(&buf);
}

/* Each text that is accepted is the one text of its octets. */
static void test_base64_is_canonical(void **state)
{
    static const char alphabet[] = "ABQgwx19+/==-";
    struct buf octets = BUF_INIT;
    struct buf text = BUF_INIT;
    size_t accepted = 0;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        char quanta[8];
        struct span given = {quanta, next_random() % 2 == 0 ? 4 : 8};

        for (size_t at = 0; at < given.length; at++)
            quanta[at] = alphabet[next_random() % (sizeof(alphabet) - 1)];
        buf_clear(&octets);
        buf_clear(&text);
        if (buf_unbase64(&octets, given)) {
            accepted++;
            buf_base64(&text, buf_view(&octets));
            assert_true(span_equal(buf_view(&text), given));
        }
    }
    assert_true(accepted > 100);
    buf_release(&octets);
    buf_release(&text);
}

static void test_hex(void **state)
{
    struct buf buf = BUF_INIT;

    (void)state;
    buf_hex(&buf, "\x00\x0f\xa5\xff", 4);
    assert_string_equal(buf_cstring(&buf), "000fa5ff");
    buf_hex(&buf, "", 0);
    assert_int_equal(buf.length, 8);
    buf_release(&buf);
}

/* Small or large, what is kept lives with the arena, and the buf is as new. */
static void test_keep(void **state)
{
    static const size_t lengths[] = {0, 1, 100, 32767, 32768, 1000000};
    struct arena arena = ARENA_INIT;

    (void)state;
    for (int round = 0; round < 2; round++) {
        struct span kept[sizeof(lengths) / sizeof(lengths[0])];

        for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
            struct buf buf = BUF_INIT;

            for (size_t j = 0; j < lengths[i]; j++)
                buf_char(&buf, (char)('a' + (i + j) % 26));
            kept[i] = buf_keep(&buf, &arena);
            assert_null(buf.octets);
            assert_int_equal(buf.length, 0);
            buf_char(&buf, 'x');
            buf_release(&buf);
        }
        for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
            assert_int_equal(kept[i].length, lengths[i]);
            assert_int_equal(kept[i].octets[lengths[i]], '\0');
            for (size_t j = 0; j < lengths[i]; j++)
                if (kept[i].octets[j] != (char)('a' + (i + j) % 26))
                    fail();
        }
        assert_true(arena.used >= 1065637);
        arena_clear(&arena);
        assert_int_equal(arena.used, 0);
    }
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keep),
        cmocka_unit_test(test_span_equal),
        cmocka_unit_test(test_span_begins),
        cmocka_unit_test(test_span_find),
        cmocka_unit_test(test_span_trim),
        cmocka_unit_test(test_span_lines),
        cmocka_unit_test(test_buf_grows),
        cmocka_unit_test(test_buf_pieces),
        cmocka_unit_test(test_buf_reserve),
        cmocka_unit_test(test_buf_clear_gives_back),
        cmocka_unit_test(test_base64_vectors),
        cmocka_unit_test(test_base64_round_trip),
        cmocka_unit_test(test_unbase64_is_strict),
        cmocka_unit_test(test_base64_is_canonical),
        cmocka_unit_test(test_hex),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
