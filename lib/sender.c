/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sender.h"

#include <string.h>

#include "header.h"
#include "mime.h"

#define SUBJECT_WORDS_MIN 3 /* a subject of fewer words says nothing about the language */

const struct mail_address *sender_address(struct message *message)
{
    const struct header_field *field = header_last(&message->mime->root->header, "From");
    struct address_list *list = arena_alloc(&message->arena, sizeof(*list));

    if (field != NULL)
        header_addresses(&message->arena, field->value, list);
    return list->count > 0 ? &list->items[0] : NULL;
}

/* The words of TEXT; no more than ENOUGH are counted. */
static size_t count_words(struct span text, size_t enough)
{
    size_t words = 0;
    bool inside = false;

    for (size_t i = 0; i < text.length && words < enough; i++) {
        bool blank = (unsigned char)text.octets[i] <= ' ';

        words += !blank && !inside;
        inside = !blank;
    }
    return words;
}

void sender_language(struct language *languages, struct message *message, struct span text,
                     struct language_guess *guess)
{
    struct buf both = BUF_INIT;
    struct span subject;

    language_guess(languages, text, guess);
    if (strcmp(guess->tag, "und") != 0 || text.length == 0)
        return;
    subject = header_last_text(&message->arena, &message->mime->root->header, "Subject");
    if (count_words(subject, SUBJECT_WORDS_MIN) < SUBJECT_WORDS_MIN)
        return;
    buf_span(&both, subject);
    buf_char(&both, '\n');
    buf_span(&both, text);
    language_guess(languages, buf_view(&both), guess);
    buf_release(&both);
}
