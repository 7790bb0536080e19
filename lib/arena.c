/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"

#define BLOCK_SIZE ((size_t)16 * 1024)
#define BLOCK_MAX ((size_t)1024 * 1024)
#define KEEP_MAX ((size_t)64 * 1024)
#define ALIGNMENT _Alignof(max_align_t)

struct arena_block {
    struct arena_block *older;
    size_t size;
    max_align_t data[];
};

struct arena_adopted {
    struct arena_adopted *older;
    void *memory; /* own */
};

#ifdef POSTROOM_FAULTS
/* The fault build: $POSTROOM_FAULT_ALLOCATION names the one allocation (from 1) that fails. */
static bool fault_is_due(void)
{
    static long left = -1;

    if (left < 0) {
        const char *text = getenv("POSTROOM_FAULT_ALLOCATION");

        left = text != NULL ? atol(text) : 0;
    }
    return left > 0 && --left == 0;
}
#else
static bool fault_is_due(void)
{
    return false;
}
#endif

void *memory_take(size_t size)
{
    void *memory = fault_is_due() ? NULL : malloc(size != 0 ? size : 1);

    if (memory == NULL)
        diag_out_of_memory();
    return memory;
}

void *memory_resize(void *memory, size_t size)
{
    void *resized = fault_is_due() ? NULL : realloc(memory, size != 0 ? size : 1);

    if (resized == NULL)
        diag_out_of_memory();
    return resized;
}

void arena_init(struct arena *arena)
{
    *arena = (struct arena)ARENA_INIT;
}

static void add_block(struct arena *arena, size_t size)
{
    struct arena_block *block;

    if (size > SIZE_MAX - sizeof(*block))
        diag_out_of_memory();
    block = memory_take(sizeof(*block) + size);
    block->older = arena->blocks;
    block->size = size;
    arena->blocks = block;
    arena->next = (char *)block->data;
    arena->left = size;
}

/* The notes about adopted memory lie in the blocks: to be called before those go. */
static void free_adopted(struct arena *arena)
{
    for (; arena->adopted != NULL; arena->adopted = arena->adopted->older)
        free(arena->adopted->memory);
}

void arena_clear(struct arena *arena)
{
    struct arena_block *keep = NULL;

    free_adopted(arena);
    while (arena->blocks != NULL) {
        struct arena_block *older = arena->blocks->older;

        if (arena->blocks->size <= KEEP_MAX && (keep == NULL || keep->size < arena->blocks->size)) {
            free(keep);
            keep = arena->blocks;
        } else {
            free(arena->blocks);
        }
        arena->blocks = older;
    }
    arena_init(arena);
    if (keep != NULL) {
        keep->older = NULL;
        arena->blocks = keep;
        arena->next = (char *)keep->data;
        arena->left = keep->size;
    }
}

void arena_release(struct arena *arena)
{
    free_adopted(arena);
    while (arena->blocks != NULL) {
        struct arena_block *older = arena->blocks->older;

        free(arena->blocks);
        arena->blocks = older;
    }
    arena_init(arena);
}

/* SIZE octets that are not zeroed. */
static char *take(struct arena *arena, size_t size)
{
    char *memory;
    size_t room;

    if (size > SIZE_MAX - ALIGNMENT)
        diag_out_of_memory();
    room = (size + ALIGNMENT) / ALIGNMENT * ALIGNMENT;
    if (room > arena->left) {
        /* Blocks grow with the message, so that a large one takes few of them. */
        size_t wanted = arena->blocks != NULL ? arena->blocks->size * 2 : BLOCK_SIZE;

        if (wanted > BLOCK_MAX)
            wanted = BLOCK_MAX;
        add_block(arena, room > wanted ? room : wanted);
    }
    memory = arena->next;
    arena->next += room;
    arena->left -= room;
    arena->used += room;
    return memory;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    return memset(take(arena, size), 0, size);
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size)
        diag_out_of_memory();
    return arena_alloc(arena, count * size);
}

char *arena_copy(struct arena *arena, const char *octets, size_t length)
{
    char *copy;

    if (length == SIZE_MAX)
        diag_out_of_memory();
    copy = take(arena, length + 1);
    if (length != 0)
        memcpy(copy, octets, length);
    copy[length] = '\0';
    return copy;
}

void arena_adopt(struct arena *arena, void *memory, size_t length)
{
    struct arena_adopted *adopted = arena_alloc(arena, sizeof(*adopted));

    *adopted = (struct arena_adopted){.older = arena->adopted, .memory = memory};
    arena->adopted = adopted;
    arena->used += length;
}

char *arena_string(struct arena *arena, const char *string)
{
    return string != NULL ? arena_copy(arena, string, strlen(string)) : NULL;
}

char *arena_format(struct arena *arena, const char *format, ...)
{
    va_list arguments;
    char *text;
    int length;

    va_start(arguments, format);
    length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0)
        diag_out_of_memory();
    text = take(arena, (size_t)length + 1);
    va_start(arguments, format);
    vsnprintf(text, (size_t)length + 1, format, arguments);
    va_end(arguments);
    return text;
}

void *arena_grow(struct arena *arena, void *items, size_t count, size_t *capacity, size_t size)
{
    size_t wanted = *capacity != 0 ? *capacity * 2 : 8;
    void *larger;

    if (count < *capacity)
        return items;
    if (wanted > SIZE_MAX / size)
        diag_out_of_memory();
    larger = arena_alloc(arena, wanted * size);
    if (count != 0)
        memcpy(larger, items, count * size);
    *capacity = wanted;
    return larger;
}
