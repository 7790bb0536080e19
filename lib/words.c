/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* memmem */
#include "words.h"

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

bool words_in(struct span text, const char *words)
{
    struct span word;
    while (words_next(&words, &word)) {
        if (words_find(text, word) != NULL) {
            return true;
        }
    }
    return false;
}

size_t words_begin(struct span text, const char *words)
{
    size_t longest = 0;
    for (const char *word = words;; word++) {
        size_t i = 0;
        while (i < text.length && word[i] == text.octets[i] && word[i] != '|' && word[i] != '\0') {
            i++;
        }
        bool whole = (word[i] == '|' || word[i] == '\0') && i > longest &&
                     (i == text.length || !words_is_letter(text.octets[i]) ||
                      !words_is_letter(text.octets[i - 1]));
        longest = whole ? i : longest;
        word = strchr(word + i, '|');
        if (word == NULL) {
            break;
        }
    }
    return longest;
}

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
    for (size_t i = 1; i + 2 < text.length; i++) {
        if ((text.octets[i] == ':' || text.octets[i] == '.' || text.octets[i] == 'h') &&
            words_is_digit(text.octets[i - 1]) && words_is_digit(text.octets[i + 1]) &&
            words_is_digit(text.octets[i + 2]) &&
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
