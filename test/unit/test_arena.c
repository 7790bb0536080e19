/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include <cmocka.h>

static bool is_aligned(const void *memory)
{
    return (uintptr_t)memory % _Alignof(max_align_t) == 0;
}

/* Every piece is aligned and zeroed, and no two overlap, whatever the sizes. */
static void test_pieces_are_apart(void **state)
{
    enum { COUNT = 2000 };
    static unsigned char *pieces[COUNT];
    static size_t sizes[COUNT];
    struct arena arena = ARENA_INIT;
    uint32_t random = 1;

    (void)state;
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < COUNT; i++) {
            random = random * 1664525 + 1013904223;
            sizes[i] = i % 97 == 0 ? random % 40000 : random >> 16 & 63;
            pieces[i] = arena_alloc(&arena, sizes[i]);
            assert_true(is_aligned(pieces[i]));
            for (size_t at = 0; at < sizes[i]; at++)
                assert_int_equal(pieces[i][at], 0);
            memset(pieces[i], (int)(i & 255), sizes[i]);
        }
        for (size_t i = 0; i < COUNT; i++)
            for (size_t at = 0; at < sizes[i]; at++)
                assert_int_equal(pieces[i][at], i & 255);
        assert_true(arena.used > 0);
        arena_clear(&arena);
        assert_int_equal(arena.used, 0);
    }
    arena_release(&arena);
}

static void test_nothing_is_something(void **state)
{
    struct arena arena;
    char *a;
    char *b;

    (void)state;
    arena_init(&arena);
    a = arena_alloc(&arena, 0);
    b = arena_alloc(&arena, 0);
    assert_non_null(a);
    assert_ptr_not_equal(a, b);
    arena_release(&arena);
}

/* A message of a gigabyte does not make the process keep a gigabyte. */
static void test_clear_keeps_a_little(void **state)
{
    struct arena arena = ARENA_INIT;

    (void)state;
    arena_alloc(&arena, 100);
    arena_alloc(&arena, 3 * 1024 * 1024);
    arena_clear(&arena);
    assert_non_null(arena.blocks);
    assert_true(arena.left <= 1024 * 1024);
    memset(arena_alloc(&arena, arena.left - 64), 1, 1);
    arena_release(&arena);
    assert_null(arena.blocks);
    assert_int_equal(arena.left, 0);
    arena_release(&arena);

    arena_alloc(&arena, 3 * 1024 * 1024);
    arena_clear(&arena);
    assert_null(arena.blocks);
    assert_string_equal(arena_string(&arena, "usable"), "usable");
    arena_release(&arena);
}

static void test_copies(void **state)
{
    static const char with_nul[] = {'a', '\0', 'b'};
    struct arena arena = ARENA_INIT;
    char *copy = arena_copy(&arena, with_nul, 3);

    (void)state;
    assert_memory_equal(copy, with_nul, 3);
    assert_int_equal(copy[3], '\0');
    assert_string_equal(arena_copy(&arena, NULL, 0), "");
    assert_null(arena_string(&arena, NULL));
    assert_string_equal(arena_string(&arena, ""), "");
    assert_string_equal(arena_format(&arena, "%s-%d-%c", "x", 42, 'y'), "x-42-y");
    arena_release(&arena);
}

static void test_long_format(void **state)
{
    struct arena arena = ARENA_INIT;
    char *text = arena_format(&arena, "%100000d", 7);

    (void)state;
    assert_int_equal(strlen(text), 100000);
    assert_int_equal(text[99999], '7');
    arena_release(&arena);
}

static void test_grow(void **state)
{
    struct arena arena = ARENA_INIT;
    size_t *items = NULL;
    size_t capacity = 0;

    (void)state;
    for (size_t count = 0; count < 1000; count++) {
        size_t *before = items;
        size_t room = capacity;

        items = arena_grow(&arena, items, count, &capacity, sizeof(*items));
        assert_true(capacity > count);
        if (count < room)
            assert_ptr_equal(items, before);
        items[count] = count * 3;
    }
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(items[i], i * 3);
    /* Doubling: a thousand elements take about twice their room, not a thousand times. */
    assert_true(arena.used < 4 * 1000 * sizeof(*items));
    arena_release(&arena);
}

/* What a child process does that must end with "out of memory". */
static void expect_out_of_memory(void (*act)(void))
{
    int status;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        close(STDERR_FILENO);
        act();
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), EX_TEMPFAIL);
}

static void multiply_too_much(void)
{
    struct arena arena = ARENA_INIT;

    arena_array(&arena, SIZE_MAX / 2, 3);
}

static void ask_for_everything(void)
{
    struct arena arena = ARENA_INIT;

    arena_alloc(&arena, SIZE_MAX);
}

static void grow_too_much(void)
{
    struct arena arena = ARENA_INIT;
    size_t capacity = SIZE_MAX / 4;

    arena_grow(&arena, NULL, capacity, &capacity, 16);
}

static void copy_too_much(void)
{
    struct arena arena = ARENA_INIT;

    arena_copy(&arena, "", SIZE_MAX);
}

static void test_overflow_ends_the_process(void **state)
{
    struct arena arena = ARENA_INIT;
    int *numbers = arena_array(&arena, 10, sizeof(*numbers));

    (void)state;
    for (size_t i = 0; i < 10; i++)
        assert_int_equal(numbers[i], 0);
    arena_release(&arena);
    expect_out_of_memory(multiply_too_much);
    expect_out_of_memory(ask_for_everything);
    expect_out_of_memory(grow_too_much);
    expect_out_of_memory(copy_too_much);
}

static void test_memory(void **state)
{
    char *memory = memory_take(0);

    (void)state;
    assert_non_null(memory);
    memory = memory_resize(memory, 10);
    memcpy(memory, "123456789", 10);
    memory = memory_resize(memory, 100000);
    assert_string_equal(memory, "123456789");
    free(memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces_are_apart),
        cmocka_unit_test(test_nothing_is_something),
        cmocka_unit_test(test_clear_keeps_a_little),
        cmocka_unit_test(test_copies),
        cmocka_unit_test(test_long_format),
        cmocka_unit_test(test_grow),
        cmocka_unit_test(test_overflow_ends_the_process),
        cmocka_unit_test(test_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
