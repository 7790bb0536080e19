/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "language.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <utf8proc.h>

#include "arena.h"
#include "fingerprint.h"
#include "fold.h"
#include "utf8.h"
#include "vocabulary.h"

#define LANGUAGES_MAX FINGERPRINTS_MAX
#define TEXT_MAX 4096
#define WORDS_LEAST 3
#define LETTERS_LEAST 9
/*
 * What a word or a letter says for a language that has it, in natural logarithms of how much more
 * likely it is there than elsewhere. The figures were chosen on half of the texts in
 * test/fixtures/language; half or twice one of them changes at most nine of 500 answers.
 */
#define WORD_VOTE 3.0
#define LETTER_VOTE 1.5
#define FINGERPRINT_VOTE 0.35
/* The fingerprint of a word that is in a vocabulary says little beside that. */
#define KNOWN_WORD 0.3
/* A word with a capital inside a sentence may be the name of somebody from elsewhere. */
#define NAME 0.4
/* With such a lead of common words fingerprints are not asked: they cost most of the time. */
#define CLEAR_LEAD (7 * WORD_VOTE)
/* Another language than the wanted must be so much likelier. */
#define FOREIGN_LEAD (0.5 * WORD_VOTE)
/* And so much where we have only a few of its words. */
#define NEIGHBOUR_LEAD (2 * WORD_VOTE)
/* A house's customers write in its languages: by so much is another unlikelier before it is read.
 */
#define UNWANTED WORD_VOTE
/* Greek, Cyrillic, Arabic … begin here; below are Latin letters. */
#define FOREIGN_SCRIPTS 0x370
/* A text of so many words of which fewer than one in so many is common is in none of the languages.
 */
#define KNOWN_WORDS 6
#define KNOWN_RATIO 8
/* Without a common word, so many of the sequences of letters must be common in the language. */
#define FIT_LEAST 0.45
/* Words are not as independent as adding up their votes takes them to be. */
#define TEMPERATURE 2.0
/* Below this it is a guess between two. */
#define CONFIDENCE_LEAST 0.30
/* A share of words under which a text is in two languages rather than in one. */
#define SHARE_WHOLE 0.8

struct language {
    char tags[LANGUAGES_MAX][8];
    const char *tag_list[LANGUAGES_MAX];
    size_t vocabularies[LANGUAGES_MAX]; /* VOCABULARY_LANGUAGES: none of ours */
    size_t count;
    vocabulary_mask wanted;
    struct fingerprints *fingerprints; /* own; read when first needed */
};

/* One word of a text. */
struct token {
    size_t start; /* in `folded` */
    size_t length;
    vocabulary_mask languages; /* 0: in no vocabulary */
    bool name;                 /* has a capital inside a sentence */
};

/* What was found in one text. */
struct tally {
    struct buf folded; /* own: the words */
    struct buf tokens; /* own: of struct token */
    size_t words;
    size_t letters;
    size_t foreign; /* letters of scripts that none of the vocabularies is written in */
    size_t known;   /* words that stand in a vocabulary */
    double votes[VOCABULARY_LANGUAGES];
};

/* Same language, whatever the region: "pt-BR" and "pt". */
static bool same_language(const char *tag, const char *other)
{
    size_t length = strcspn(tag, "-");

    return strcspn(other, "-") == length && memcmp(tag, other, length) == 0;
}

struct language *language_open(const char *const *tags, size_t count)
{
    struct language *language = memory_take(sizeof(*language));

    memset(language, 0, sizeof(*language));
    for (size_t i = 0; i < count && i < LANGUAGES_MAX; i++) {
        size_t which = 0;

        snprintf(language->tags[i], sizeof(language->tags[i]), "%s", tags[i]);
        language->tag_list[i] = language->tags[i];
        while (which < VOCABULARY_LANGUAGES &&
               !same_language(tags[i], vocabulary_tag((unsigned)which)))
            which++;
        language->vocabularies[i] = which;
        if (which < VOCABULARY_LANGUAGES)
            language->wanted |= 1U << which;
        language->count++;
    }
    return language;
}

void language_close(struct language *language)
{
    if (language == NULL)
        return;
    fingerprints_close(language->fingerprints);
    free(language);
}

/* ---- counting -----------------------------------------------------------------------------------
 */

static bool is_letter(uint32_t character)
{
    utf8proc_category_t category;

    if (character < 0x80)
        return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
    category = utf8proc_category((utf8proc_int32_t)character);
    return category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LL ||
           category == UTF8PROC_CATEGORY_LT || category == UTF8PROC_CATEGORY_LM ||
           category == UTF8PROC_CATEGORY_LO || category == UTF8PROC_CATEGORY_MN;
}

static bool is_capital(uint32_t character)
{
    if (character < 0x80)
        return character >= 'A' && character <= 'Z';
    return utf8proc_category((utf8proc_int32_t)character) == UTF8PROC_CATEGORY_LU;
}

/* PIECE, between blanks, is language: no address, URL, number, name of a file. */
static bool is_language(struct span piece)
{
    size_t slashes = 0;

    for (size_t i = 0; i < piece.length; i++) {
        char octet = piece.octets[i];

        /* "and/or" is language, a path is not. */
        slashes += octet == '/';
        if (octet == '@' || octet == '_' || (octet >= '0' && octet <= '9') || slashes > 1 ||
            (octet == '/' && i == 0))
            return false;
        /* "www.the-order.example": a dot between letters is no end of a sentence. */
        if (octet == '.' && i > 0 && i + 1 < piece.length && piece.octets[i + 1] >= 'a' &&
            piece.octets[i + 1] <= 'z')
            return false;
    }
    return true;
}

/* Letters that only some languages write: one vote a word, however many of them it has. */
static void vote_letters(struct tally *tally, vocabulary_mask languages, double weight)
{
    for (unsigned i = 0; i < VOCABULARY_LANGUAGES; i++)
        if ((languages >> i & 1U) != 0)
            tally->votes[i] += LETTER_VOTE * weight;
}

static void count_word(struct tally *tally, struct span word, bool inside)
{
    const vocabulary_mask all = (1U << VOCABULARY_LANGUAGES) - 1;
    struct token token = {.start = tally->folded.length};
    vocabulary_mask letters = all;
    size_t count = 0;
    bool plain = true;

    for (size_t i = 0; i < word.length;) {
        uint32_t character;

        i += utf8_read(word.octets + i, word.length - i, &character);
        count += character != '\'' && character != 0x2019;
        if (character < 0x80)
            continue;
        plain = false;
        tally->foreign += character >= FOREIGN_SCRIPTS && character != 0x2019;
        /* Together: é and ł are of no language at once, so the rarer one counts. */
        if ((letters & vocabulary_letter(character)) != 0)
            letters &= vocabulary_letter(character);
    }
    if (plain) {
        char *to = buf_reserve(&tally->folded, word.length);

        for (size_t i = 0; i < word.length; i++)
            to[i] = (char)(word.octets[i] | (is_capital((unsigned char)word.octets[i]) ? 0x20 : 0));
        tally->folded.length += word.length;
    } else {
        fold_plain(&tally->folded, word);
    }
    if (inside && word.length > 0) {
        uint32_t first;

        utf8_read(word.octets, word.length, &first);
        token.name = is_capital(first);
    }
    token.length = tally->folded.length - token.start;
    token.languages =
        vocabulary_find((struct span){tally->folded.octets + token.start, token.length});
    tally->words++;
    tally->letters += count;
    tally->known += token.languages != 0;
    for (unsigned i = 0; i < VOCABULARY_LANGUAGES; i++)
        if ((token.languages >> i & 1U) != 0)
            tally->votes[i] += WORD_VOTE;
    if (letters != all)
        vote_letters(tally, letters, token.name ? NAME : 1);
    buf_add(&tally->tokens, (const char *)&token, sizeof(token));
}

/* The words of one piece between blanks; *INSIDE: a sentence has begun. */
static void count_piece(struct tally *tally, struct span piece, bool *inside)
{
    size_t at = 0;

    while (at < piece.length) {
        size_t start = at;
        uint32_t character;
        size_t step = utf8_read(piece.octets + at, piece.length - at, &character);

        while (step != 0 && (is_letter(character) ||
                             (at > start && (character == '\'' || character == 0x2019)))) {
            at += step;
            step = utf8_read(piece.octets + at, piece.length - at, &character);
        }
        /* An initial is no word: "J." */
        if (at > start && !(at == start + 1 && step != 0 && character == '.')) {
            count_word(tally, (struct span){piece.octets + start, at - start}, *inside);
            *inside = true;
        }
        if (step != 0 && (character == 0xbf || character == 0xa1)) /* ¿ ¡ */
            vote_letters(tally, vocabulary_letter(character), 1);
        if (step != 0 && (character == '.' || character == '!' || character == '?' ||
                          character == ':' || character == '"'))
            *inside = false;
        at += step != 0 ? step : at < piece.length;
    }
}

static void count_text(struct span text, struct tally *tally)
{
    size_t at = 0;
    bool inside = false;

    text.length = utf8_cut(text, TEXT_MAX);
    while (at < text.length) {
        size_t start;
        struct span piece;

        while (at < text.length && (unsigned char)text.octets[at] <= ' ') {
            if (text.octets[at++] == '\n')
                inside = false;
        }
        start = at;
        while (at < text.length && (unsigned char)text.octets[at] > ' ')
            at++;
        piece = (struct span){text.octets + start, at - start};
        if (is_language(piece))
            count_piece(tally, piece, &inside);
    }
}

static const struct token *token_at(const struct tally *tally, size_t i)
{
    return (const struct token *)(const void *)tally->tokens.octets + i;
}

/* ---- deciding -----------------------------------------------------------------------------------
 */

/*
 * What fingerprints say for each of the wanted languages, in SCORES, and in FITS which share of the
 * text's sequences each has.
 */
static void by_fingerprint(struct language *language, const struct tally *tally, double *scores,
                           double *fits)
{
    size_t listed[LANGUAGES_MAX] = {0};
    size_t seen = 0;

    if (language->fingerprints == NULL)
        language->fingerprints = fingerprints_open(language->tag_list, language->count);
    for (size_t i = 0; i < tally->words; i++) {
        const struct token *token = token_at(tally, i);
        double word[LANGUAGES_MAX] = {0};
        double weight =
            FINGERPRINT_VOTE * (token->name ? NAME : 1) * (token->languages != 0 ? KNOWN_WORD : 1);

        seen += fingerprints_score(
            language->fingerprints,
            (struct span){tally->folded.octets + token->start, token->length}, word, listed);
        for (size_t j = 0; j < language->count; j++)
            scores[j] += weight * word[j];
    }
    for (size_t j = 0; j < language->count; j++)
        fits[j] = seen > 0 ? (double)listed[j] / (double)seen : 0;
}

/* Common words alone decide for a wanted language. */
static bool is_clear(const struct language *language, const struct tally *tally)
{
    size_t first = 0;
    double second = 0;

    for (size_t i = 1; i < VOCABULARY_LANGUAGES; i++)
        if (tally->votes[i] > tally->votes[first])
            first = i;
    for (size_t i = 0; i < VOCABULARY_LANGUAGES; i++)
        if (i != first && tally->votes[i] > second)
            second = tally->votes[i];
    return (language->wanted >> first & 1U) != 0 && tally->votes[first] - second >= CLEAR_LEAD;
}

/* A language that is not wanted has clearly more votes than any wanted one. */
static bool is_foreign(const struct language *language, const struct tally *tally)
{
    double wanted = 0;
    double other = 0;

    for (size_t i = 0; i < VOCABULARY_LANGUAGES; i++) {
        bool is_wanted = (language->wanted >> i & 1U) != 0;
        double votes = tally->votes[i] - (is_wanted || i < VOCABULARY_FULL ? 0 : NEIGHBOUR_LEAD);

        if (is_wanted && votes > wanted)
            wanted = votes;
        if (!is_wanted && votes > other)
            other = votes;
    }
    return other >= wanted + FOREIGN_LEAD;
}

/* The text is in a language that nobody here knows: n-grams alone would name the least unlike one.
 */
static bool is_none(const struct language *language, const struct tally *tally)
{
    for (size_t i = 0; i < language->count; i++)
        if (language->vocabularies[i] == VOCABULARY_LANGUAGES)
            return false; /* one without a vocabulary: fingerprints must do */
    return tally->foreign * 2 > tally->letters ||
           (tally->words >= KNOWN_WORDS && tally->known * KNOWN_RATIO < tally->words) ||
           is_foreign(language, tally);
}

/* Words that language A has and B has not. */
static size_t own_words(const struct language *language, const struct tally *tally, size_t a,
                        size_t b)
{
    size_t count = 0;

    for (size_t i = 0; i < tally->words; i++) {
        vocabulary_mask languages = token_at(tally, i)->languages;

        count += (languages >> language->vocabularies[a] & 1U) != 0 &&
                 (languages >> language->vocabularies[b] & 1U) == 0;
    }
    return count;
}

/*
 * *SECOND is the wanted language with the most words that BEST has not, LANGUAGES_MAX when there is
 * none. Returns BEST's share of the words that only one of the two has.
 */
static double share_of(const struct language *language, const struct tally *tally, size_t best,
                       size_t *second)
{
    size_t most = 0;
    size_t own;

    *second = LANGUAGES_MAX;
    for (size_t i = 0; i < language->count; i++) {
        size_t words = i != best ? own_words(language, tally, i, best) : 0;

        if (words > most) {
            most = words;
            *second = i;
        }
    }
    if (*second == LANGUAGES_MAX || language->vocabularies[best] == VOCABULARY_LANGUAGES)
        return 1;
    own = own_words(language, tally, best, *second);
    /* One word more of its own: a few words are no proof that there are two languages. */
    return (double)(own + 1) / (double)(own + 1 + most);
}

static double round_confidence(double confidence)
{
    if (confidence > 0.99)
        confidence = 0.99;
    return floor(confidence * 100 + 0.5) / 100;
}

static void choose(const struct language *language, const struct tally *tally,
                   const double *fingerprints, const double *fits, struct language_guess *guess)
{
    double scores[LANGUAGES_MAX] = {0};
    size_t best = 0;
    size_t runner = LANGUAGES_MAX;
    size_t second;
    double sum = 0;
    double share;
    double confidence;

    for (size_t i = 0; i < language->count; i++) {
        scores[i] = fingerprints[i];
        if (language->vocabularies[i] < VOCABULARY_LANGUAGES)
            scores[i] += tally->votes[language->vocabularies[i]];
        if (scores[i] > scores[best])
            best = i;
    }
    for (size_t i = 0; i < language->count; i++) {
        sum += exp((scores[i] - scores[best]) / TEMPERATURE);
        if (i != best && (runner == LANGUAGES_MAX || scores[i] > scores[runner]))
            runner = i;
    }
    /* What speaks for a language that is not wanted speaks against all that are. */
    for (size_t i = 0; i < VOCABULARY_LANGUAGES; i++)
        if ((language->wanted >> i & 1U) == 0 &&
            language->vocabularies[best] < VOCABULARY_LANGUAGES)
            sum += exp((tally->votes[i] - (i < VOCABULARY_FULL ? UNWANTED : NEIGHBOUR_LEAD) -
                        tally->votes[language->vocabularies[best]]) /
                       TEMPERATURE);
    confidence = 1 / sum;
    if (confidence < CONFIDENCE_LEAST || (tally->known == 0 && fits[best] < FIT_LEAST))
        return;
    share = share_of(language, tally, best, &second);
    if (share < SHARE_WHOLE)
        confidence *= share / SHARE_WHOLE;
    if (second == LANGUAGES_MAX && runner < LANGUAGES_MAX &&
        exp((scores[runner] - scores[best]) / TEMPERATURE) / sum >= 0.05)
        second = runner;
    memcpy(guess->tag, language->tags[best], sizeof(guess->tag));
    if (second < LANGUAGES_MAX)
        memcpy(guess->second, language->tags[second], sizeof(guess->second));
    guess->confidence = round_confidence(confidence);
}

void language_guess(struct language *language, struct span text, struct language_guess *guess)
{
    struct tally tally = {.folded = BUF_INIT, .tokens = BUF_INIT};
    double fits[LANGUAGES_MAX] = {0};
    double scores[LANGUAGES_MAX] = {0};

    *guess = (struct language_guess){.tag = "und"};
    if (language->count == 0)
        return;
    count_text(text, &tally);
    if (tally.words >= WORDS_LEAST && tally.letters >= LETTERS_LEAST &&
        !is_none(language, &tally)) {
        if (!is_clear(language, &tally))
            by_fingerprint(language, &tally, scores, fits);
        choose(language, &tally, scores, fits, guess);
    }
    buf_release(&tally.folded);
    buf_release(&tally.tokens);
}
