/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "language.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const char *const house[] = {"fr", "en", "de", "es"};
static const char *const all[] = {"fr", "en", "de", "es", "it", "pt", "nl", "pl", "ro", "sv"};

static struct language_guess guess(const char *text)
{
    struct language *language = language_open(house, 4);
    struct language_guess answer;

    language_guess(language, span_of(text), &answer);
    language_close(language);
    return answer;
}

static void check(const char *text, const char *tag)
{
    struct language_guess answer = guess(text);

    if (strcmp(answer.tag, tag) != 0) {
        print_error("%s: %s, not %s (%.2f)\n", text, answer.tag, tag, answer.confidence);
    }
    assert_string_equal(answer.tag, tag);
    if (strcmp(tag, "und") == 0) {
        assert_true(answer.confidence == 0.0);
    } else {
        assert_true(answer.confidence > 0 && answer.confidence <= 1);
    }
}

static FILE *fixture(const char *name)
{
    struct buf path = BUF_INIT;
    const char *top = getenv("POSTROOM_SRC");

    buf_format(&path, "%s/test/fixtures/%s", top != NULL ? top : ".", name);
    FILE *file = fopen(buf_cstring(&path), "re");
    assert_non_null(file);
    buf_release(&path);
    return file;
}

/* Rows of tag, tab, text: how many are guessed right. */
static size_t right(const char *name, size_t *rows)
{
    struct language *language = language_open(house, 4);
    FILE *file = fixture(name);
    char *line = NULL;
    size_t capacity = 0;
    size_t good = 0;
    ssize_t length;

    *rows = 0;
    while ((length = getline(&line, &capacity, file)) > 0) {
        struct language_guess answer;
        char *tab = strchr(line, '\t');

        assert_non_null(tab);
        *tab = '\0';
        language_guess(language, span_chomp(span_of(tab + 1)), &answer);
        ++*rows;
        if (strcmp(answer.tag, line) == 0) {
            good++;
        } else {
            print_message("%s (%s %.2f): %s", line, answer.tag, answer.confidence, tab + 1);
        }
    }
    free(line);
    (void)fclose(file);
    language_close(language);
    return good;
}

/* Short customer mail, a third of it without accents. */
static void test_short_texts(void **state)
{
    size_t rows = 0;
    size_t good = right("text/languages.tsv", &rows);

    (void)state;
    print_message("short texts: %zu of %zu\n", good, rows);
    assert_int_equal(rows, 120);
    assert_true(good * 100 >= rows * 97);
}

/* Mail in other languages and scripts, and what is no language. */
static void test_foreign(void **state)
{
    size_t rows = 0;
    size_t good = right("text/foreign.tsv", &rows);

    (void)state;
    assert_true(rows > 0);
    assert_int_equal(good, rows);
}

/*
 * Short texts of customers in ten languages (part, tag, text), by language: at least 97 of 100
 * right with the languages of WANTED, what is in another is und.
 */
static void check_texts(const char *const *wanted, size_t count)
{
    struct language *language = language_open(wanted, count);
    FILE *file = fixture("language/texts.tsv");
    size_t rows[10] = {0};
    size_t good[10] = {0};
    size_t others = 0;
    size_t named = 0;
    char *line = NULL;
    size_t capacity = 0;

    while (getline(&line, &capacity, file) > 0) {
        struct language_guess answer;
        char *tag = strchr(line, '\t') + 1;
        char *text = strchr(tag, '\t') + 1;
        size_t which = 0;

        text[-1] = '\0';
        language_guess(language, span_chomp(span_of(text)), &answer);
        while (which < count && strcmp(wanted[which], tag) != 0)
            which++;
        if (which == count) {
            others++;
            named += strcmp(answer.tag, "und") != 0;
            continue;
        }
        rows[which]++;
        good[which] += strcmp(answer.tag, tag) == 0;
    }
    for (size_t i = 0; i < count; i++) {
        print_message("%s: %zu of %zu\n", wanted[i], good[i], rows[i]);
        assert_true(rows[i] >= 30);
        assert_true(good[i] * 100 >= rows[i] * 97);
    }
    assert_true(count == 10 ? others == 0 : others > 0);
    assert_true(named * 100 <= others * 3);
    free(line);
    (void)fclose(file);
    language_close(language);
}

static void test_texts_of_four(void **state)
{
    (void)state;
    check_texts(house, 4);
}

static void test_texts_of_ten(void **state)
{
    (void)state;
    check_texts(all, 10);
}

/* A mail in two languages names both, and is less sure of the one that has more of it. */
static void test_mixed(void **state)
{
    static const struct {
        const char *text;
        const char *tag;
        const char *second;
    } cases[] = {
        {"Bonjour, je voudrais savoir quand ma commande sera livrée, car je n'ai rien reçu depuis "
         "deux semaines. Sorry, my French is not good, please answer in English.",
         "fr", "en"},
        {"Please find below the message of my mother, she does not write English. When can she "
         "have her money back, and who will call her?\n\n"
         "Ich habe meine Bestellung noch nicht erhalten.",
         "en", "de"},
        {"Sehr geehrte Damen und Herren, meine Rechnung ist falsch, bitte ändern Sie die Adresse. "
         "Gracias, un saludo desde Madrid para todos ustedes.",
         "de", "es"},
    };
    struct language *language = language_open(all, 10);

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct language_guess answer;

        language_guess(language, span_of(cases[i].text), &answer);
        assert_string_equal(answer.tag, cases[i].tag);
        assert_string_equal(answer.second, cases[i].second);
        if (answer.confidence >= 0.99)
            fail_msg("%s: %.2f", cases[i].tag, answer.confidence);
    }
    language_close(language);
    assert_string_equal(guess("Where is the parcel that you sent me a week ago?").second, "");
}

/* A neighbour of a wanted language is not taken for it. */
static void test_neighbours(void **state)
{
    static const char *const texts[] = {
        "Hej, jeg har stadig ikke modtaget min pakke, hvornår kommer den?",
        "Hei, jeg har fortsatt ikke fått pakken min, når kommer den?",
        "Dobrý den, objednávka mi stále nepřišla, kdy ji dostanu?",
        "Hola, encara no he rebut la meva comanda, quan arribarà?",
        "Hei, en ole vieläkään saanut tilaustani, milloin se tulee?",
        "Jó napot, még mindig nem kaptam meg a csomagomat, mikor jön?",
        "Merhaba, siparişim hala gelmedi, ne zaman gelecek?",
    };
    struct language *language = language_open(all, 10);

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct language_guess answer;

        language_guess(language, span_of(texts[i]), &answer);
        if (strcmp(answer.tag, "und") != 0)
            fail_msg("%s: %s", texts[i], answer.tag);
    }
    language_close(language);
}

/* A language that we have no vocabulary of is told by its fingerprint. */
static void test_no_vocabulary(void **state)
{
    static const char *const wanted[] = {"fr", "et"};
    static const char *const unknown[] = {"fr", "xx"};
    struct language *language = language_open(wanted, 2);
    struct language_guess answer;

    (void)state;
    language_guess(language, SPAN("Minu tellimus ei ole ikka veel kohale jõudnud, kus pakk on?"),
                   &answer);
    assert_string_equal(answer.tag, "et");
    language_guess(language, SPAN("Ma commande n'est toujours pas arrivée, où est le colis ?"),
                   &answer);
    assert_string_equal(answer.tag, "fr");
    language_close(language);
    language = language_open(unknown, 2);
    language_guess(language, SPAN("Ma commande n'est toujours pas arrivée, où est le colis ?"),
                   &answer);
    assert_string_equal(answer.tag, "fr");
    language_close(language);
}

static void test_too_short(void **state)
{
    (void)state;
    check("", "und");
    check("Bonjour", "und");
    check("Merci beaucoup", "und");
    check("the a an of", "und");
    check("Rechnung 4711 falsch", "und");
    check("l'adresse d'aujourd'hui", "und");
    check("J. R. R. order missing", "und");
    check("12345 67890 4711 2026-11-23", "und");
    check("der.die.das@post.example www.die-und-der.example https://x.example/le/la/les/des/vous",
          "und");
}

/* Addresses, URLs and numbers do not change the answer. */
static void test_left_out(void **state)
{
    struct language_guess with =
        guess("Wo bleibt mein Paket? https://shop.example/where/is/the/order "
              "service@the-shop.example 123");
    struct language_guess without = guess("Wo bleibt mein Paket?");

    (void)state;
    assert_string_equal(with.tag, "de");
    assert_string_equal(without.tag, "de");
    assert_true(with.confidence == without.confidence);
}

static void test_second_and_confidence(void **state)
{
    struct language_guess answer = guess("Je voudrais savoir quand ma commande sera livrée, "
                                         "car je n'ai rien reçu depuis deux semaines.");

    (void)state;
    assert_string_equal(answer.tag, "fr");
    assert_string_not_equal(answer.second, "fr");
    assert_true(answer.confidence >= 0.8);
    int hundredths = (int)(answer.confidence * 100 + 0.5);
    assert_true(answer.confidence == hundredths / 100.0);
}

/* Only the configuration's languages are answered, as the configuration writes them. */
static void test_wanted_only(void **state)
{
    static const char *const two[] = {"en", "fr-CA"};
    struct language *language = language_open(two, 2);
    struct language_guess answer;

    (void)state;
    language_guess(language, SPAN("Bonjour, je n'ai pas reçu ma facture, pouvez-vous vérifier ?"),
                   &answer);
    assert_string_equal(answer.tag, "fr-CA");
    language_guess(language, SPAN("Hello, where is my order please? I have been waiting."),
                   &answer);
    assert_string_equal(answer.tag, "en");
    language_close(language);
}

static void test_no_languages(void **state)
{
    struct language *language = language_open(NULL, 0);
    struct language_guess answer;

    (void)state;
    language_guess(language, SPAN("Hello, where is my order please?"), &answer);
    assert_string_equal(answer.tag, "und");
    assert_string_equal(answer.second, "");
    language_close(language);
    language_close(NULL);
}

/* The same text gives the same answer; what is behind the first 4,096 octets does not count. */
static void test_deterministic(void **state)
{
    struct buf text = BUF_INIT;
    struct language_guess first;
    struct language_guess second;

    (void)state;
    while (text.length < 4096) {
        buf_string(&text, "Je n'ai pas reçu le colis que j'ai commandé. ");
    }
    first = guess(buf_cstring(&text));
    for (size_t i = 0; i < 2000; i++) {
        buf_string(&text, "Where is the parcel that I have ordered? ");
    }
    second = guess(buf_cstring(&text));
    assert_string_equal(first.tag, "fr");
    assert_string_equal(second.tag, "fr");
    assert_true(first.confidence == second.confidence);
    buf_release(&text);
}

/* One word of a megabyte, and only marks: some answer, at once. */
static void test_hostile(void **state)
{
    struct language *language = language_open(house, 4);
    struct language_guess answer;
    struct buf text = BUF_INIT;

    (void)state;
    for (size_t i = 0; i < 300000; i++) {
        buf_string(&text, "e\xCC\x81");
    }
    language_guess(language, buf_view(&text), &answer);
    assert_string_equal(answer.tag, "und");
    buf_clear(&text);
    for (size_t i = 0; i < 300000; i++) {
        buf_string(&text, "\xCC\x81 ");
    }
    language_guess(language, buf_view(&text), &answer);
    assert_true(answer.confidence <= 1);
    buf_release(&text);
    language_close(language);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_short_texts),   cmocka_unit_test(test_foreign),
        cmocka_unit_test(test_texts_of_four), cmocka_unit_test(test_texts_of_ten),
        cmocka_unit_test(test_mixed),         cmocka_unit_test(test_neighbours),
        cmocka_unit_test(test_no_vocabulary), cmocka_unit_test(test_too_short),
        cmocka_unit_test(test_left_out),      cmocka_unit_test(test_second_and_confidence),
        cmocka_unit_test(test_wanted_only),   cmocka_unit_test(test_no_languages),
        cmocka_unit_test(test_deterministic), cmocka_unit_test(test_hostile),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
