/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fingerprint.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "fold.h"
#include "utf8.h"

#define FOLDER "/usr/share/libexttextcat/"
#define FILE_MAX ((size_t)64 * 1024)
#define SEQUENCE_MAX 5 /* letters */
#define KEY_OCTETS 8   /* a longer sequence is left out */
#define SEQUENCES_EACH 400
/* A sequence that a language's list does not have is this much rarer than the rarest it has. */
#define UNLISTED 0.3
/* Longer sequences overlap: each says only a part of what it seems to say. */
static const double weights[SEQUENCE_MAX + 1] = {0, 0.1, 0.3, 0.5, 0.5, 0.5};

struct slot {
    uint64_t key;  /* octets of a sequence; 0: free */
    size_t number; /* of the sequence, from 0 */
};

struct fingerprints {
    size_t count;
    size_t sequences;
    size_t sequences_max;
    struct slot *slots; /* own: a power of two, at least twice as many as sequences */
    size_t slot_mask;
    float *scores;                    /* own: logarithms, `count` a sequence */
    float unlisted[FINGERPRINTS_MAX]; /* the score of what a language's list does not have */
};

/* ---- reading ------------------------------------------------------------------------------------
 */

/* The slot of KEY: its own, or a free one. */
static struct slot *slot_of(const struct fingerprints *fingerprints, uint64_t key)
{
    size_t at = (size_t)((key * 0x9e3779b97f4a7c15U) >> 32) & fingerprints->slot_mask;

    while (fingerprints->slots[at].key != 0 && fingerprints->slots[at].key != key)
        at = (at + 1) & fingerprints->slot_mask;
    return &fingerprints->slots[at];
}

/* The octets of a sequence as a number; 0 when they are too many. */
static uint64_t key_of(const char *octets, size_t length)
{
    uint64_t key = 0;

    if (length > KEY_OCTETS)
        return 0;
    for (size_t i = 0; i < length; i++)
        key = key << 8 | (unsigned char)octets[i];
    return key;
}

/* Adds COUNT of one sequence to language WHICH. `scores` holds counts until all are read. */
static void add_count(struct fingerprints *fingerprints, struct span sequence, size_t which,
                      double count)
{
    uint64_t key = key_of(sequence.octets, sequence.length);
    struct slot *slot = slot_of(fingerprints, key);

    if (key == 0)
        return;
    if (slot->key == 0) {
        if (fingerprints->sequences == fingerprints->sequences_max)
            return;
        *slot = (struct slot){.key = key, .number = fingerprints->sequences++};
    }
    fingerprints->scores[slot->number * fingerprints->count + which] += (float)count;
}

/* Reads lines `sequence, tab, count`; _ is the edge of a word. */
static void read_counts(struct fingerprints *fingerprints, struct span text, size_t which,
                        double *total, double *least)
{
    struct buf folded = BUF_INIT;

    while (text.length > 0) {
        struct span line = span_chomp(span_line(&text));
        const char *tab = memchr(line.octets, '\t', line.length);
        double count;

        if (tab == NULL || !utf8_valid(line))
            continue;
        /* The file's text ends in a NUL, and a line in something that is no digit. */
        count = (double)strtoul(tab + 1, NULL, 10);
        if (count < 1)
            continue;
        buf_clear(&folded);
        fold_plain(&folded, (struct span){line.octets, (size_t)(tab - line.octets)});
        add_count(fingerprints, buf_view(&folded), which, count);
        if (folded.length == 1 || (folded.length > 0 && (folded.octets[0] & 0x80) != 0 &&
                                   utf8_cut(buf_view(&folded), folded.length - 1) == 0))
            *total += count;
        if (*least == 0 || count < *least)
            *least = count;
    }
    buf_release(&folded);
}

/* The file of TAG's language appended to TEXT; nothing when it is not installed. */
static void read_file(const char *tag, struct buf *text)
{
    struct buf path = BUF_INIT;
    FILE *file;

    buf_format(&path, "%s%.*s.lm", FOLDER, (int)strcspn(tag, "-"), tag);
    file = fopen(buf_cstring(&path), "re");
    if (file != NULL) {
        char *room = buf_reserve(text, FILE_MAX);

        text->length += fread(room, 1, FILE_MAX, file);
        (void)fclose(file);
    }
    buf_release(&path);
}

static void *take_zeroed(size_t size)
{
    return memset(memory_take(size), 0, size);
}

/* Room for COUNT languages, and no more: what is zeroed for nothing costs at every start. */
static struct fingerprints *make_room(size_t count)
{
    struct fingerprints *fingerprints = take_zeroed(sizeof(*fingerprints));
    size_t slots = 1;

    fingerprints->count = count;
    fingerprints->sequences_max = count * SEQUENCES_EACH;
    while (slots < 2 * (fingerprints->sequences_max + 1))
        slots *= 2;
    fingerprints->slot_mask = slots - 1;
    fingerprints->slots = take_zeroed(slots * sizeof(*fingerprints->slots));
    fingerprints->scores =
        take_zeroed((fingerprints->sequences_max * count + 1) * sizeof(*fingerprints->scores));
    return fingerprints;
}

struct fingerprints *fingerprints_open(const char *const *tags, size_t count)
{
    struct fingerprints *fingerprints =
        make_room(count < FINGERPRINTS_MAX ? count : FINGERPRINTS_MAX);
    double totals[FINGERPRINTS_MAX] = {0};
    double least[FINGERPRINTS_MAX] = {0};
    struct buf text = BUF_INIT;

    for (size_t i = 0; i < fingerprints->count; i++) {
        buf_clear(&text);
        read_file(tags[i], &text);
        if (text.length > 0) {
            buf_cstring(&text);
            read_counts(fingerprints, buf_view(&text), i, &totals[i], &least[i]);
        }
    }
    buf_release(&text);
    for (size_t i = 0; i < fingerprints->count; i++) {
        float unlisted = (float)log(totals[i] > 0 ? UNLISTED * least[i] / totals[i] : 1e-5);

        fingerprints->unlisted[i] = unlisted;
        for (size_t j = 0; j < fingerprints->sequences; j++) {
            float *score = &fingerprints->scores[j * fingerprints->count + i];

            *score = *score > 0 ? (float)log((double)*score / totals[i]) : unlisted;
        }
    }
    return fingerprints;
}

void fingerprints_close(struct fingerprints *fingerprints)
{
    if (fingerprints == NULL)
        return;
    free(fingerprints->slots);
    free(fingerprints->scores);
    free(fingerprints);
}

/* ---- comparing ----------------------------------------------------------------------------------
 */

/* Octets of the character that OCTET begins. */
static size_t width(char octet)
{
    unsigned char value = (unsigned char)octet;

    return value < 0xc0 ? 1 : value < 0xe0 ? 2 : value < 0xf0 ? 3 : 4;
}

size_t fingerprints_score(const struct fingerprints *fingerprints, struct span word, double *scores,
                          size_t *listed)
{
    size_t seen = 0;

    /* The word with its edges: `_word_`, without copying it. */
    for (size_t start = 0; start < word.length + 2;) {
        uint64_t key = 0;
        size_t end = start;

        for (size_t letters = 1; letters <= SEQUENCE_MAX && end < word.length + 2; letters++) {
            size_t step = end > 0 && end <= word.length ? width(word.octets[end - 1]) : 1;
            bool counts = letters == 2 || letters == 3;
            const struct slot *slot;
            const float *row;

            if (end + step - start > KEY_OCTETS || end + step > word.length + 2)
                break;
            for (size_t i = 0; i < step; i++, end++)
                key = key << 8 |
                      (unsigned char)(end == 0 || end == word.length + 1 ? '_'
                                                                         : word.octets[end - 1]);
            seen += counts;
            slot = slot_of(fingerprints, key);
            if (slot->key == 0)
                continue;
            row = &fingerprints->scores[slot->number * fingerprints->count];
            for (size_t i = 0; i < fingerprints->count; i++) {
                scores[i] += weights[letters] * (double)row[i];
                listed[i] += counts && row[i] > fingerprints->unlisted[i];
            }
        }
        start += start > 0 && start <= word.length ? width(word.octets[start - 1]) : 1;
    }
    return seen;
}
