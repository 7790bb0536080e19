/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * arena: memory that lives as long as one message, or one configuration, freed at once.
 *
 * Nothing in an arena is freed alone. Allocation never returns NULL: when the system has no memory
 * the process ends (diag_out_of_memory). Every pointer in a struct of this library belongs to an
 * arena unless its comment says otherwise.
 */
#ifndef POSTROOM_ARENA_H
#define POSTROOM_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena_block;
struct arena_adopted;

struct arena {
    struct arena_block *blocks;    /* own: newest first */
    char *next;                    /* first free octet of the newest block */
    size_t left;                   /* free octets there */
    size_t used;                   /* octets handed out since the last clear */
    struct arena_adopted *adopted; /* own: what arena_adopt took over */
};

/* An empty arena owns nothing; ARENA_INIT may be used without arena_init. */
#define ARENA_INIT                                                                                 \
    {                                                                                              \
        NULL, NULL, 0, 0, NULL                                                                     \
    }

/* Makes ARENA empty. */
void arena_init(struct arena *arena);

/* Forgets all that was handed out; keeps one block (at most 64 KiB) for the next message. */
void arena_clear(struct arena *arena);

/* Frees everything; ARENA is empty and usable afterwards. */
void arena_release(struct arena *arena);

/* SIZE octets, zeroed, aligned for any type. SIZE 0 gives a valid, unique pointer. */
void *arena_alloc(struct arena *arena, size_t size);

/* COUNT zeroed elements of SIZE octets; ends the process when the product overflows. */
void *arena_array(struct arena *arena, size_t count, size_t size);

/* A copy of LENGTH octets with a NUL behind them (octets may hold NULs themselves). */
char *arena_copy(struct arena *arena, const char *octets, size_t length);

/* Takes over MEMORY of LENGTH octets, from memory_take: it is freed with the rest. */
void arena_adopt(struct arena *arena, void *memory, size_t length);

/* A copy of a C string; NULL gives NULL. */
char *arena_string(struct arena *arena, const char *string);

/* printf into the arena. */
char *arena_format(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Makes an array (in the arena) that holds COUNT elements of SIZE octets ready for one more:
 * returns ITEMS itself, or a copy with twice the room. *CAPACITY is the room in elements and is
 * brought up to date. The usual use:
 *
 *     list->items = arena_grow(arena, list->items, list->count, &list->capacity, sizeof
 * *list->items); list->items[list->count++] = item;
 */
void *arena_grow(struct arena *arena, void *items, size_t count, size_t *capacity, size_t size);

/*
 * malloc and realloc that end the process on failure: the only two places where this house takes
 * memory, so the fault tests can make each of them fail. Memory is given back with free(3).
 */
void *memory_take(size_t size);
void *memory_resize(void *memory, size_t size);

#endif
