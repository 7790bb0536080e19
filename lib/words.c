/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* memmem */
#include "words.h"

#include <stdlib.h>

#include "arena.h"

bool words_end(struct span text, const char *end)
{
    size_t length = strlen(end);
    return text.length >= length && memcmp(text.octets + text.length - length, end, length) == 0;
}

const char *words_find(struct span text, struct span word)
{
    struct span rest = text;
    bool stem = word.octets[word.length - 1] == '*';
    word.length -= stem;
    while (rest.length >= word.length) {
        const char *at = memmem(rest.octets, rest.length, word.octets, word.length);
        if (at == NULL) {
            return NULL;
        }
        const char *after = at + word.length;
        bool left = at == text.octets || !words_is_letter(at[-1]) || !words_is_letter(*at);
        bool right = stem || after == text.octets + text.length || !words_is_letter(*after) ||
                     !words_is_letter(after[-1]);
        if (left && right) {
            return at;
        }
        rest = words_skip(rest, (size_t)(at - rest.octets) + 1);
    }
    return NULL;
}

bool words_next(const char **list, struct span *word)
{
    if (**list == '\0') {
        return false;
    }
    *word = (struct span){*list, strcspn(*list, "|")};
    *list += word->length + ((*list)[word->length] == '|');
    return true;
}

/* ---- lists ------------------------------------------------------------------------------------
 */

/* One word of a list. */
struct entry {
    const char *octets;
    size_t length;
    size_t next; /* entry with the same first octet; 0: none */
};

/* A list taken apart, so that a text is gone through once and not once a word. */
struct list {
    const char *words;     /* the list itself, by whose address it is known; NULL: free */
    struct entry *entries; /* own; from 1 */
    uint16_t first[256];   /* the first entry that begins with an octet; 0: none */
};

#define LISTS_MAX 512 /* a power of two, several times as many as there are lists */

static struct list *lists[LISTS_MAX];
static size_t list_count;

static struct list *list_make(const char *words)
{
    struct list *list = memory_take(sizeof(*list));
    size_t most = 2;
    for (const char *at = words; *at != '\0'; at++) {
        most += *at == '|';
    }
    memset(list, 0, sizeof(*list));
    list->words = words;
    list->entries = memory_take(most * sizeof(*list->entries));
    size_t count = 0;
    struct span word;
    while (count < UINT16_MAX && words_next(&words, &word)) {
        unsigned char octet = (unsigned char)word.octets[0];
        list->entries[++count] = (struct entry){word.octets, word.length, list->first[octet]};
        list->first[octet] = (uint16_t)count;
    }
    return list;
}

/* WORDS taken apart: now, or what was kept of the first time. */
static const struct list *list_of(const char *words)
{
    size_t home = (size_t)((uintptr_t)words * UINT64_C(0x9e3779b97f4a7c15) >> 32) % LISTS_MAX;
    size_t at = home;
    while (lists[at] != NULL && lists[at]->words != words) {
        at = (at + 1) % LISTS_MAX;
    }
    if (lists[at] != NULL) {
        return lists[at];
    }
    if (list_count == LISTS_MAX - 1) { /* one slot stays free, so that each search ends */
        at = lists[home] != NULL ? home : (home + 1) % LISTS_MAX;
        free(lists[at]->entries);
        free(lists[at]);
        list_count--;
    }
    lists[at] = list_make(words);
    list_count++;
    return lists[at];
}

static bool is_word_at(struct span text, size_t at, struct span word, bool stem)
{
    size_t after = at + word.length;
    return word.length <= text.length - at &&
           memcmp(text.octets + at, word.octets, word.length) == 0 &&
           (stem || after == text.length || !words_is_letter(text.octets[after]) ||
            !words_is_letter(text.octets[after - 1]));
}

bool words_in(struct span text, const char *words)
{
    const struct list *list = list_of(words);
    bool letter = false; /* before AT */
    for (size_t at = 0; at < text.length; at++) {
        unsigned char octet = (unsigned char)text.octets[at];
        bool inside = letter;
        letter = words_is_letter(text.octets[at]);
        if (list->first[octet] == 0 || (inside && letter)) {
            continue;
        }
        for (size_t i = list->first[octet]; i != 0; i = list->entries[i].next) {
            struct span word = {list->entries[i].octets, list->entries[i].length};
            bool stem = word.octets[word.length - 1] == '*';
            word.length -= stem;
            if (is_word_at(text, at, word, stem)) {
                return true;
            }
        }
    }
    return false;
}

size_t words_begin(struct span text, const char *words)
{
    if (text.length == 0) {
        return 0;
    }
    const struct list *list = list_of(words);
    size_t longest = 0;
    for (size_t i = list->first[(unsigned char)text.octets[0]]; i != 0; i = list->entries[i].next) {
        struct span word = {list->entries[i].octets, list->entries[i].length};
        if (word.length > longest && is_word_at(text, 0, word, false)) {
            longest = word.length;
        }
    }
    return longest;
}

/* ---- counts -----------------------------------------------------------------------------------
 */

size_t words_count(struct span text)
{
    size_t words = 0;
    bool inside = false;
    for (size_t i = 0; i < text.length; i++) {
        bool letter = words_is_letter(text.octets[i]) || words_is_digit(text.octets[i]);
        words += letter && !inside;
        inside = letter || (inside && text.octets[i] == '\'');
    }
    return words;
}

size_t words_digits(struct span text)
{
    size_t digits = 0;
    for (size_t i = 0; i < text.length; i++) {
        digits += words_is_digit(text.octets[i]);
    }
    return digits;
}

bool words_time(struct span text)
{
    /* The first digit of the minutes: in most lines there is none at all. */
    for (size_t i = 1; i + 2 < text.length; i++) {
        if (words_is_digit(text.octets[i + 1]) &&
            (text.octets[i] == ':' || text.octets[i] == '.' || text.octets[i] == 'h') &&
            words_is_digit(text.octets[i - 1]) && words_is_digit(text.octets[i + 2]) &&
            (i + 3 == text.length || !words_is_digit(text.octets[i + 3]))) {
            return true;
        }
    }
    return false;
}

struct span words_bare(struct span key)
{
    while (key.length > 0 && key.octets[0] != '\0' && strchr("-_=*~# |<([", key.octets[0])) {
        key = words_skip(key, 1);
    }
    while (key.length > 0 && key.octets[key.length - 1] != '\0' &&
           strchr("-_=*~# |>)]", key.octets[key.length - 1])) {
        key.length--;
    }
    return key;
}
