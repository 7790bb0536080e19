/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "absence.h"

#include "absence-words.h"
#include "fold.h"
#include "utf8.h"
#include "words.h"

#define TEXT_MAX ((size_t)4096)  /* octets of text that are weighed */
#define LONG_TEXT ((size_t)2000) /* machines are brief */

/* What the subject says. */
enum subject { SUBJECT_NOTHING, SUBJECT_BEGINS_WORD, SUBJECT_BEGINS_TERM, SUBJECT_PASSED_ON };

struct absence_reader {
    struct wording_set *phrases;
};

struct absence_reader *absence_open(struct arena *arena)
{
    struct absence_reader *reader = arena_alloc(arena, sizeof(*reader));
    size_t count;
    const struct wording_list *lists = absence_phrases(&count);

    reader->phrases = wording_set_new(arena, lists, count);
    return reader;
}

/* ---- subject -----------------------------------------------------------------------------------
 */

/* What may follow a term that is the subject of a machine: an end, a mark, a date, the old subject.
 * "Automatic reply from your adviser" is a person's. */
static bool ends_term(struct span after)
{
    static const char next[] = "re|aw|until|till|from|to|back|jusqu'au|jusqu'a|du|bis|vom|ab|am|"
                               "hasta|desde|del|fino|dal|ate|de|a|tot|van|t/m|do|od|w|pana|in";

    if (after.length == 0 || strchr(":-([.!,;/|", after.octets[0]) != NULL)
        return true;
    if (after.octets[0] != ' ')
        return false;
    after = words_skip(after, 1);
    if (after.length == 0 || strchr(":-([|", after.octets[0]) != NULL ||
        words_is_digit(after.octets[0]))
        return true;
    return words_begin(after, next) > 0 && words_digits(after) > 0;
}

static enum subject read_subject(struct span subject)
{
    static const char passed_on[] =
        "re:|fw:|fwd:|tr:|wg:|rv:|aw:|sv:|i:|r:|enc:|doorst:|pd:|antw:|odp:|res:|ynt:";
    struct buf folded = BUF_INIT;
    enum subject result = SUBJECT_NOTHING;
    struct span text;
    size_t length;

    subject.length = utf8_cut(subject, 500);
    fold_plain(&folded, subject);
    text = buf_view(&folded);
    while (text.length > 0 && strchr("[(\"'*", text.octets[0]) != NULL)
        text = words_skip(text, 1);
    if ((length = words_begin(text, absence_list_words(ABSENCE_SUBJECT_TERMS))) > 0 &&
        ends_term(words_skip(text, length)))
        result = SUBJECT_BEGINS_TERM;
    else if (words_in(text, "is out of the office|is out of office") &&
             words_begin(text, passed_on) == 0)
        result = SUBJECT_BEGINS_TERM; /* Notes names its user first */
    else if ((length = words_begin(text, absence_list_words(ABSENCE_SUBJECT_WORDS))) > 0 &&
             ends_term(words_skip(text, length)))
        result = SUBJECT_BEGINS_WORD;
    else if (words_begin(text, passed_on) > 0 &&
             words_begin(text, "re:|aw:|sv:|antw:|odp:|r:|res:|ynt:") == 0)
        result = SUBJECT_PASSED_ON;
    buf_release(&folded);
    return result;
}

/* ---- text --------------------------------------------------------------------------------------
 */

/* TEXT begins with the name of an automatic reply, as a heading. */
static bool is_headed(struct span text)
{
    struct buf folded = BUF_INIT;
    struct span start;
    bool result;

    text.length = utf8_cut(text, 200);
    fold_plain(&folded, text);
    start = words_bare(buf_view(&folded));
    result = words_begin(start, absence_list_words(ABSENCE_BARE_TERMS)) > 0;
    buf_release(&folded);
    return result;
}

/* What stands above a forwarded message; all of TEXT when there is none. */
static struct span above_forward(struct span text, bool *is_forward)
{
    struct span rest = text;
    unsigned labels = 0;
    const char *first = NULL;

    *is_forward = false;
    while (rest.length > 0) {
        const char *start = rest.octets;
        struct span line = span_trim(span_line(&rest));
        const char *colon = line.length > 0 ? memchr(line.octets, ':', line.length) : NULL;

        if (colon == NULL || colon - line.octets > 16 || line.length > 300) {
            labels = line.length == 0 ? labels : 0;
            continue;
        }
        if (labels++ == 0)
            first = start;
        /* Three lines `From: …`, `Date: …`, `Subject: …` after each other. */
        if (labels == 3) {
            *is_forward = true;
            return (struct span){text.octets, (size_t)(first - text.octets)};
        }
    }
    return text;
}

/* ---- weighing ----------------------------------------------------------------------------------
 */

/* What each sign adds to the balance; above zero a machine is likelier. */
static const struct {
    enum absence_mark mark;
    double weight;
} signs[] = {{ABSENCE_AWAY, 1.9},     {ABSENCE_RETURN, 1.2},  {ABSENCE_CONTACT, 1.3},
             {ABSENCE_MAIL, 0.9},     {ABSENCE_MACHINE, 2.8}, {ABSENCE_GENERATED, 0.9},
             {ABSENCE_GONE, 1.9},     {ABSENCE_UNREAD, 1.9},  {ABSENCE_RECEIVED, 0.9},
             {ABSENCE_CHALLENGE, 3.2}};

#define BALANCE_NONE (-3.0) /* of mail of which nothing is known */
#define SAID_TWICE 0.5      /* an absence that is told in more than one way */
#define UNREAD_MAIL 1.0

static double machine_signs(const struct wording_hits *hits)
{
    double balance = BALANCE_NONE;

    for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
        if (hits->count[signs[i].mark] > 0)
            balance += signs[i].weight;
    for (enum absence_mark mark = ABSENCE_AWAY; mark <= ABSENCE_CONTACT; mark++)
        balance += hits->count[mark] > 1 ? SAID_TWICE : 0.0;
    balance += hits->count[ABSENCE_UNREAD] > 1 ? SAID_TWICE : 0.0;
    /* "Your message was not read" is said by machines alone. */
    if (hits->count[ABSENCE_UNREAD] > 0 && hits->count[ABSENCE_MAIL] > 0)
        balance += UNREAD_MAIL;
    return balance;
}

/* What speaks for a person: he wants something, tells what was, speaks of a reply that he got. */
static double person_signs(const struct wording_hits *hits, struct span text)
{
    double balance = 0.0;
    unsigned matters = hits->count[ABSENCE_MATTER];

    balance += matters > 2 ? 4.0 : 1.7 * matters;
    balance += hits->count[ABSENCE_PAST] > 0 ? 2.5 : 0.0;
    balance += hits->count[ABSENCE_ABOUT] > 0 ? 3.0 : 0.0;
    balance += text.length > 0 && memchr(text.octets, '?', text.length) != NULL ? 1.5 : 0.0;
    balance += text.length > LONG_TEXT ? 1.0 : 0.0;
    return balance;
}

static double subject_sign(enum subject subject, double person)
{
    switch (subject) {
    case SUBJECT_BEGINS_TERM:
        return person > 0.0 ? 3.4 : 4.2;
    case SUBJECT_BEGINS_WORD:
        return 1.6;
    case SUBJECT_PASSED_ON:
        return -2.5;
    case SUBJECT_NOTHING:
        break;
    }
    return 0.0;
}

/* BALANCE on a scale from 0 to 1: 0 is a half, 2 five sixths, 4 nine tenths. */
static double confidence_of(double balance)
{
    double size = balance < 0.0 ? -balance : balance;

    return 0.5 + 0.5 * balance / (1.0 + size);
}

/* The signs of a machine that were found, as "away+return". */
static const char *wording(struct arena *arena, const struct wording_hits *hits)
{
    struct buf text = BUF_INIT;
    const char *result;

    for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
        if (hits->count[signs[i].mark] > 0)
            buf_format(&text, "%s%s", text.length > 0 ? "+" : "", hits->name[signs[i].mark]);
    result = arena_format(arena, "wording=%s", buf_cstring(&text));
    buf_release(&text);
    return result;
}

void absence_find(struct absence_reader *reader, struct arena *arena,
                  const struct absence_facts *facts, struct absence *absence)
{
    enum subject subject = read_subject(facts->subject);
    bool is_forward = false;
    struct span own = above_forward(facts->text, &is_forward);
    struct wording_hits hits;
    double person;
    double balance;

    *absence = (struct absence){.why = NULL};
    if (subject == SUBJECT_PASSED_ON || (facts->is_agent && subject != SUBJECT_BEGINS_TERM))
        return;
    wording_set_find(reader->phrases, own, TEXT_MAX, &hits);
    if (hits.count[ABSENCE_MACHINE] == 0 && is_headed(own)) {
        hits.count[ABSENCE_MACHINE] = 1;
        hits.name[ABSENCE_MACHINE] = "automatic";
    }
    /* Who passes something on, with or without a word of his own, is no machine. */
    if (hits.count[ABSENCE_FORWARD] > 0 || (is_forward && subject != SUBJECT_BEGINS_TERM))
        return;
    own.length = own.length < TEXT_MAX ? own.length : TEXT_MAX;
    person = person_signs(&hits, own);
    balance = machine_signs(&hits) - person + subject_sign(subject, person);
    balance += facts->null_path ? 1.5 : 0.0;
    balance += facts->asks_silence ? 1.5 : 0.0;
    balance += facts->is_reply ? 0.2 : 0.0;
    if (balance <= BALANCE_NONE)
        return;
    absence->confidence = confidence_of(balance);
    if (absence->confidence < ABSENCE_CONFIDENCE)
        return;
    absence->why =
        subject == SUBJECT_BEGINS_TERM ? "subject=automatic-reply" : wording(arena, &hits);
}
