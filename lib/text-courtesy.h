/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text-courtesy: the short thank-you that asks nothing.
 */
#ifndef POSTROOM_TEXT_COURTESY_H
#define POSTROOM_TEXT_COURTESY_H

#include "span.h"

/*
 * TEXT, as text_new gives it, is a short thank-you that asks nothing: at most 25 words beside
 * greeting and closing, a word of thanks or contentment, no question mark, no number of three
 * digits or more, no turn ("but", "mais"), no request. LANGUAGE is a BCP 47 tag whose words are
 * taken ("fr", "en", "de", "es"); NULL or any other tag tries all four. When in doubt false.
 */
bool text_courtesy(struct span text, const char *language);

#endif
