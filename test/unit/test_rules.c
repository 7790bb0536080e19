/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "diag.h"
#include "fold.h"
#include "literals.h"
#include "rules.h"
#include "utf8.h"

/* ---- a configuration and a message made by hand ---------------------------------------------- */

static struct config configuration(const struct config_rule *rules, size_t count)
{
    struct config config = {.path = "/site/postroom.xml",
                            .rules = rules,
                            .rule_count = count,
                            .limits = LIMITS_DEFAULT};

    return config;
}

/* What a condition is, in brackets behind its test. */
#define PATTERN(kind, text)                                                                        \
    {                                                                                              \
        .test = (kind), .pattern = (text), .file = "/site/rules.xml", .line = 7, .column = 20      \
    }
#define WORDS(kind, text)                                                                          \
    {                                                                                              \
        .test = (kind), .pattern = (text), .words = true, .line = 9, .column = 3                   \
    }

static json_object *text_of(struct span text)
{
    return json_object_new_string_len(text.octets, (int)text.length);
}

/* A customer's message in French, to lumiere. */
static void make_mail(struct message *message, const struct config *config, struct span subject,
                      struct span text)
{
    json_object *email = json_object_new_object();
    struct buf line = BUF_INIT;

    message_init(message, config);
    json_object_object_add(email, "subject", text_of(subject));
    json_object_object_add(
        email, "from",
        json_tokener_parse("[{\"name\":\"Ann\",\"email\":\"Ann.Lee@Client.example\"}]"));
    json_object_object_add(
        email, "headers",
        json_tokener_parse(
            "[{\"name\":\"X-Source\",\"value\":\" shop\"},"
            "{\"name\":\"x-source\",\"value\":\" =?utf-8?Q?r=C3=A9clamation_web?=\"}]"));
    json_write(&line, email);
    json_object_put(email);
    message->line =
        (struct span){arena_copy(&message->arena, line.octets, line.length), line.length};
    message->has_line = true;
    buf_release(&line);
    message_set(message, "text", text_of(text));
    message_set_json(message, "kind", SPAN("{\"value\":\"customer\"}"));
    message_set_json(message, "language", SPAN("{\"tag\":\"fr\",\"confidence\":0.99}"));
    message_set_json(message, "brand", SPAN("\"lumiere\""));
}

static enum rule_answer answer_with(struct config_condition condition, struct span subject,
                                    struct span text, struct buf *why)
{
    struct config_rule rule = {.id = "rule", .condition = condition};
    struct config config = configuration(&rule, 1);
    enum rule_answer answer = RULE_UNDECIDED;
    struct message message;
    struct rules *rules;

    assert_int_equal(rules_open(&config, &rules), 0);
    make_mail(&message, &config, subject, text);
    rules_begin(rules, &message);
    assert_int_equal(rules_try(rules, 0, &answer, why), 0);
    message_release(&message);
    rules_close(rules);
    return answer;
}

static bool holds(struct config_condition condition, const char *subject, const char *text)
{
    return answer_with(condition, span_of(subject), span_of(text), NULL) == RULE_HIT;
}

/* ---- single conditions ----------------------------------------------------------------------- */

static void test_words(void **state)
{
    struct config_condition words = WORDS(CONFIG_CONTENT, "mise en demeure|\n  avocat |été| ");
    struct config_condition subject = WORDS(CONFIG_SUBJECT, "avocat");
    struct config_condition text = WORDS(CONFIG_TEXT, "avocat");
    struct config_condition german = WORDS(CONFIG_TEXT, "strasse|c'est");
    struct config_condition brief = WORDS(CONFIG_TEXT, "tribunal|tv");

    (void)state;
    assert_true(holds(words, "Mon AVOCAT", ""));
    assert_true(holds(words, "", "l'avocat, enfin"));
    assert_true(holds(words, "", "l’avocat"));
    assert_true(holds(words, "", "Mise  en\r\n demeure !"));
    assert_true(holds(words, "", "cet ete-là"));
    assert_true(holds(words, "", "avocats ou avocat"));
    assert_false(holds(words, "", "avocats"));
    assert_false(holds(words, "", "lavocat"));
    assert_false(holds(words, "", "avocaté"));
    assert_false(holds(words, "", "éavocat"));
    assert_false(holds(words, "", "avocat_1 2avocat"));
    assert_false(holds(words, "mise en", "demeure"));
    assert_false(holds(words, "", ""));
    assert_true(holds(subject, "avocat", ""));
    assert_false(holds(subject, "", "avocat"));
    assert_true(holds(text, "", "avocat"));
    assert_false(holds(text, "avocat", ""));
    assert_true(holds(brief, "", "ma TV"));
    assert_false(holds(brief, "", "le t v"));
    assert_true(holds(german, "", "Lange Straße 3"));
    assert_true(holds(german, "", "C’est"));
    assert_int_equal(answer_with(text, SPAN(""), SPAN("a\0b avocat\0"), NULL), RULE_HIT);
}

static void test_pattern(void **state)
{
    struct config_condition pattern = PATTERN(CONFIG_CONTENT, "r[ée]clam\\w+\\s+d[ée]pos");
    struct config_condition exact = PATTERN(CONFIG_TEXT, "IBAN");
    struct config_condition whole = PATTERN(CONFIG_TEXT, "^bonjour$");
    struct config_condition lines = PATTERN(CONFIG_TEXT, "(?m)^bonjour$");
    struct config_condition accents = PATTERN(CONFIG_TEXT, "décès");
    struct config_condition marks = PATTERN(CONFIG_TEXT, "^\\x{1ead}$");
    struct config_condition few = PATTERN(CONFIG_TEXT, "^a\\p{M}{1,40}$");
    struct buf many = BUF_INIT;

    (void)state;
    exact.case_sensitive = true;
    assert_true(holds(pattern, "RÉCLAMATION\tdéposée", ""));
    assert_true(holds(pattern, "", "une reclamation\r\ndeposee"));
    assert_false(holds(pattern, "reclamation", "deposee"));
    assert_true(holds(exact, "", "mon IBAN"));
    assert_false(holds(exact, "", "mon iban"));
    assert_true(holds(whole, "", "Bonjour"));
    assert_false(holds(whole, "", "Bonjour\nMonsieur"));
    assert_true(holds(lines, "", "Madame\r\nBonjour\r\nMonsieur"));
    /* One letter with two marks, in either order; and one with more marks than any letter has. */
    assert_true(holds(marks, "", "a\xcc\xa3\xcc\x82"));
    assert_true(holds(marks, "", "a\xcc\x82\xcc\xa3"));
    buf_char(&many, 'a');
    for (int i = 0; i < 1000; i++)
        buf_string(&many, "\xcc\x96");
    assert_true(holds(few, "", buf_cstring(&many)));
    buf_release(&many);
    /* The sender's program wrote letter and accent apart. */
    assert_true(holds(accents, "",
                      "de\xcc\x81"
                      "ce\xcc\x80s"));
    assert_false(holds(accents, "", "deces"));
}

static void test_other_tests(void **state)
{
    struct config_condition source = PATTERN(CONFIG_HEADER, "^réclamation web$");
    struct config_condition source_word = WORDS(CONFIG_HEADER, "reclamation");
    struct config_condition absent = PATTERN(CONFIG_HEADER, "");
    struct config_condition sender = PATTERN(CONFIG_SENDER, "^ann\\.lee@");
    struct config_condition kind = {.test = CONFIG_KIND, .name = "customer"};
    struct config_condition language = {.test = CONFIG_LANGUAGE, .name = "fr"};
    struct config_condition brand = {.test = CONFIG_BRAND, .name = "brightshop"};

    (void)state;
    source.name = source_word.name = "X-SOURCE";
    absent.name = "X-Absent";
    assert_true(holds(source, "", ""));
    assert_true(holds(source_word, "", ""));
    assert_false(holds(absent, "", ""));
    assert_true(holds(sender, "", ""));
    assert_true(holds(kind, "", ""));
    assert_true(holds(language, "", ""));
    assert_false(holds(brand, "", ""));
}

static void test_combinations(void **state)
{
    struct config_condition yes = WORDS(CONFIG_TEXT, "oui");
    struct config_condition no = WORDS(CONFIG_TEXT, "non");
    struct config_condition slow = PATTERN(CONFIG_TEXT, "^(o|oo|u|i|\\s|x)+$");
    struct config_condition pairs[] = {yes, no};
    struct config_condition both[] = {yes, yes};
    struct config_condition slow_yes[] = {slow, yes};
    struct config_condition slow_no[] = {slow, no};
    struct config_condition all = {.test = CONFIG_ALL, .children = pairs, .child_count = 2};
    struct config_condition any = {.test = CONFIG_ANY, .children = pairs, .child_count = 2};
    struct config_condition none = {.test = CONFIG_NOT, .children = &no, .child_count = 1};
    struct span text = SPAN("oui ooooooooooooooooooooooooooooooooooooooooooooooooooooooooooo!");
    struct buf why = BUF_INIT;

    (void)state;
    assert_false(holds(all, "", "oui"));
    assert_true(holds(any, "", "oui"));
    assert_true(holds(none, "", "oui"));
    assert_false(holds(none, "", "non"));
    /* What hangs on a pattern that was given up is undecided; what does not, is not. */
    assert_int_equal(answer_with(slow, SPAN(""), text, NULL), RULE_UNDECIDED);
    all.children = slow_yes;
    assert_int_equal(answer_with(all, SPAN(""), text, NULL), RULE_UNDECIDED);
    all.children = slow_no;
    assert_int_equal(answer_with(all, SPAN(""), text, NULL), RULE_NO);
    any.children = slow_yes;
    assert_int_equal(answer_with(any, SPAN(""), text, NULL), RULE_HIT);
    any.children = slow_no;
    assert_int_equal(answer_with(any, SPAN(""), text, NULL), RULE_UNDECIDED);
    none.children = &slow;
    assert_int_equal(answer_with(none, SPAN(""), text, NULL), RULE_UNDECIDED);
    /* The words for people say what decided. */
    all.children = both;
    answer_with(all, SPAN(""), text, &why);
    assert_string_equal(buf_cstring(&why), "text has \"oui\", text has \"oui\"");
    buf_clear(&why);
    all.children = pairs;
    answer_with(all, SPAN(""), text, &why);
    assert_string_equal(buf_cstring(&why), "no word of line 9 stands there");
    buf_clear(&why);
    any.children = &no;
    any.child_count = 1;
    answer_with(any, SPAN(""), text, &why);
    assert_string_equal(buf_cstring(&why), "none of 1 conditions holds");
    buf_release(&why);
}

/* ---- limits ---------------------------------------------------------------------------------- */

/*
 * The answer is the same for the first message and for the seventieth, which JIT code decides. At
 * this limit the interpreter alone gives up on the last two patterns and 20 letters; JIT code
 * does not.
 */
static void test_same_answer_in_a_stream(void **state)
{
    static const char *const patterns[] = {"^(a|aa)+$",    "^(\\w+\\s?)+$", "(?s).*.*.*[bc]",
                                           "(?:a|a)*!",    "\\bfin\\b",     "(?:a{1,3}){5,}[bc]",
                                           "a*a*a*a*[bc]", "a.*a.*a.*[bc]"};
    char letters[41];
    struct span texts[] = {{letters, 10},
                           {letters, 20},
                           {letters, 41},
                           SPAN("la fin"),
                           SPAN("aaaaaaaaaaaaaaaaaaaaaaaaab")};
    size_t answers[3] = {0};

    (void)state;
    memset(letters, 'a', sizeof(letters));
    letters[40] = '?';
    for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
        struct config_rule rule = {.id = "rule", .condition = PATTERN(CONFIG_TEXT, patterns[i])};
        struct config config = configuration(&rule, 1);

        config.limits.pattern_steps = 1000;
        for (size_t j = 0; j < sizeof(texts) / sizeof(texts[0]); j++) {
            enum rule_answer first = RULE_NO;
            enum rule_answer answer;
            struct message message;
            struct rules *rules;

            rules_open(&config, &rules);
            make_mail(&message, &config, SPAN(""), texts[j]);
            rules_begin(rules, &message);
            rules_try(rules, 0, &first, NULL);
            answers[first]++;
            for (int n = 0; n < 70; n++) {
                assert_int_equal(rules_try(rules, 0, &answer, NULL), 0);
                assert_int_equal(answer, first);
            }
            message_release(&message);
            rules_close(rules);
        }
    }
    assert_true(answers[RULE_NO] > 0 && answers[RULE_HIT] > 0 && answers[RULE_UNDECIDED] > 0);
}

static void test_long_text(void **state)
{
    struct config_rule rule = {.id = "rule", .condition = WORDS(CONFIG_TEXT, "avocat")};
    struct config config = configuration(&rule, 1);
    struct buf text = BUF_INIT;
    struct message message;
    struct rules *rules;
    enum rule_answer answer;

    (void)state;
    rules_open(&config, &rules);
    while (text.length < RULES_TEXT_MAX)
        buf_string(&text, "é ");
    buf_string(&text, "avocat");
    make_mail(&message, &config, SPAN(""), buf_view(&text));
    rules_begin(rules, &message);
    rules_try(rules, 0, &answer, NULL);
    assert_true(rules_cut(rules));
    assert_int_equal(answer, RULE_NO);
    message_release(&message);
    make_mail(&message, &config, SPAN(""), SPAN("avocat"));
    rules_begin(rules, &message);
    rules_try(rules, 0, &answer, NULL);
    assert_false(rules_cut(rules));
    assert_int_equal(answer, RULE_HIT);
    message_release(&message);
    rules_close(rules);
    buf_release(&text);
}

/* ---- the check ------------------------------------------------------------------------------- */

/* What CONFIG's check writes to standard error, in OUT (terminated). */
static int check_and_read(const struct config *config, char *out, size_t size)
{
    FILE *file = tmpfile();
    int saved = dup(STDERR_FILENO);
    size_t length;
    int code;

    assert_non_null(file);
    dup2(fileno(file), STDERR_FILENO);
    code = rules_check(config);
    dup2(saved, STDERR_FILENO);
    close(saved);
    rewind(file);
    length = fread(out, 1, size - 1, file);
    out[length] = '\0';
    fclose(file);
    return code;
}

static void test_check(void **state)
{
    struct config_condition bad[] = {PATTERN(CONFIG_TEXT, "fine"), PATTERN(CONFIG_TEXT, "a(b"),
                                     WORDS(CONFIG_TEXT, " | ")};
    struct config_rule rules[] = {
        {.id = "fine", .condition = PATTERN(CONFIG_SUBJECT, "[[:alpha:]]")},
        {.id = "bad", .condition = {.test = CONFIG_ANY, .children = bad, .child_count = 3}},
        {.id = "byte", .condition = PATTERN(CONFIG_SUBJECT, "\\Cx")},
    };
    struct config config = configuration(rules, 3);
    struct config good = configuration(rules, 1);
    char text[2048];

    (void)state;
    assert_int_equal(check_and_read(&good, text, sizeof(text)), 0);
    assert_string_equal(text, "");
    assert_int_equal(check_and_read(&config, text, sizeof(text)), EX_CONFIG);
    assert_non_null(
        strstr(text, "/site/rules.xml:7:20: the pattern \"a(b\" is wrong at its octet 4"));
    assert_non_null(strstr(text, "/site/postroom.xml:9:3: the list of words has no word"));
    assert_non_null(strstr(text, "\"\\Cx\" is wrong"));
}

static void test_bad_pattern_when_tried(void **state)
{
    struct config_rule rule = {.id = "bad", .condition = PATTERN(CONFIG_TEXT, "(ab")};
    struct config config = configuration(&rule, 1);
    enum rule_answer answer;
    struct message message;
    struct rules *rules;

    (void)state;
    rules_open(&config, &rules);
    make_mail(&message, &config, SPAN(""), SPAN("ab"));
    rules_begin(rules, &message);
    assert_int_equal(rules_try(rules, 0, &answer, NULL), EX_CONFIG);
    message_release(&message);
    rules_close(rules);
}

/* ---- required literals ----------------------------------------------------------------------- */

static void test_literals_of_pattern(void **state)
{
    static const struct {
        const char *pattern;
        const char *literals; /* with `|` between them; "" for none */
    } cases[] = {
        {"facture", "facture"},
        {"Factures?", "facture"},
        {"r[ée]clamation", "reclamation"},
        {"RÉCLAMATION", "reclamation"},
        {"mise\\s+en\\s+demeure", "demeure"},
        {"mise en demeure", "mise en demeure"},
        {"(?:avocat|tribunal|huissier)", "avocat|tribunal|huissier"},
        {"(?:avocat|tr|huissier)", ""},
        {"rembours(?:er|ement|é)", "rembours"},
        {"(cour|tribunal) d'appel", "d'appel"},
        {"abc+def", "abc"},
        {"abcd*efgh", "efgh"},
        {"abc{0}defg", "defg"},
        {"abc{2,3}de", "abc"},
        {"(abcd)?xyz", "xyz"},
        {"(abcd)+xyz", "abcd"},
        {"\\bfin\\b", "fin"},
        {"l\\.e\\.s", "l.e.s"},
        {"(?=avocat)x", ""},
        {"(?!avocat)+xyz", "xyz"},
        {"(?<!avocat)x?yz", ""},
        {"(?i)abc", "abc"},
        {"(?i:abc)", "abc"},
        {"(?<name>abcd)", "abcd"},
        {"(?P<name>abcd)", "abcd"},
        {"[a-z]bcd", "bcd"},
        {"[^é]abc", "abc"},
        {"[]x]abc", "abc"},
        {"ab[\\]x]cde", "cde"},
        {"[[:alpha:]x]abc", "abc"},
        {"\\p{Lu}abc", "abc"},
        {"\\x{e9}abc", "abc"},
        {"abc\\d{4}", "abc"},
        {"日本語abc", "abc"},
        {"日本語", ""},
        {"ab", ""},
        {".*", ""},
        {"", ""},
        {"avocat|", ""},
        {"(?x) a b c d", ""},
        {"\\Qavocat\\E", ""},
        {"(*UCP)avocat", ""},
        {"(?(1)abc|def)", ""},
        {"(abcd)(?1)", ""},
        {"abc(?#comment)def", "abcdef"},
        {"abcd{,3}", ""},
        {"abc)", ""},
        {"Straße", "strasse"},
        {"a  b   c", "a b c"},
        {" abc ", "abc"},
    };
    struct arena arena = ARENA_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct literals literals = literals_of_pattern(&arena, span_of(cases[i].pattern));
        struct buf text = BUF_INIT;

        for (size_t j = 0; j < literals.count; j++) {
            if (j > 0)
                buf_char(&text, '|');
            buf_span(&text, literals.items[j]);
        }
        if (strcmp(buf_cstring(&text), cases[i].literals) != 0)
            fail_msg("%s: \"%s\", expected \"%s\"", cases[i].pattern, buf_cstring(&text),
                     cases[i].literals);
        buf_release(&text);
    }
    arena_release(&arena);
}

/*
 * What read_character relies on: a character whose folded form is ASCII matches, without regard to
 * case, only characters that fold to the same.
 */
static void test_case_folds_alike(void **state)
{
    static const uint32_t ranges[][2] = {{0x21, 0x3000}, {0xa640, 0xabff}, {0xfb00, 0xffef}};
    struct buf all = BUF_INIT;
    struct buf folded = BUF_INIT;
    struct buf other = BUF_INIT;
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    size_t pairs = 0;

    (void)state;
    for (size_t i = 0; i < 3; i++)
        for (uint32_t point = ranges[i][0]; point < ranges[i][1]; point++)
            buf_character(&all, point);
    for (size_t at = 0; at < all.length;) {
        uint32_t point;
        size_t length = utf8_read(all.octets + at, all.length - at, &point);
        bool ascii = true;
        char pattern[16];
        PCRE2_SIZE offset = 0;
        pcre2_code *code;
        int error;

        buf_clear(&folded);
        fold_plain(&folded, (struct span){all.octets + at, length});
        for (size_t i = 0; i < folded.length; i++)
            ascii = ascii && (unsigned char)folded.octets[i] < 0x7f;
        at += length;
        if (!ascii || folded.length == 0)
            continue;
        snprintf(pattern, sizeof(pattern), "\\x{%X}", (unsigned)point);
        code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
                             PCRE2_UTF | PCRE2_UCP | PCRE2_CASELESS, &error, &offset, NULL);
        assert_non_null(code);
        for (offset = 0; pcre2_match(code, (PCRE2_SPTR)all.octets, all.length, offset,
                                     offset == 0 ? 0 : PCRE2_NO_UTF_CHECK, data, NULL) >= 0;
             pairs++) {
            const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(data);

            buf_clear(&other);
            fold_plain(&other, (struct span){all.octets + ends[0], ends[1] - ends[0]});
            if (!span_equal(buf_view(&other), buf_view(&folded)))
                fail_msg("U+%04X matches what folds to \"%s\"", point, buf_cstring(&other));
            offset = ends[1];
        }
        pcre2_code_free(code);
    }
    assert_true(pairs > 500);
    pcre2_match_data_free(data);
    buf_release(&all);
    buf_release(&folded);
    buf_release(&other);
}

/* ---- property: the scan changes no answer ---------------------------------------------------- */

static uint64_t seed = 20261123;

static unsigned below(unsigned limit)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % limit;
}

static const char *const pieces[] = {
    "facture", "avocat", "é", "ée",        "demeure", "ss",    "ß",   "œuvre", "Ça", "mise",
    "en",      "l'",     "k", "I",         "straße",  "naïve", "x",   "12",    "…",  "dé",
    "ﬁn",      "ſ",      "K", "e\xcc\x81", "Σας",     "ab",    "abc", "cab"};
#define PIECES (sizeof(pieces) / sizeof(pieces[0]))

static void random_pattern(struct buf *out, int depth)
{
    static const char *const marks[] = {"?", "*", "+", "{0}", "{1,2}", "{0,1}", "+?", "*+"};
    static const char *const odd[] = {"\\b",  "\\s+",   ".{0,3}",  "[eé]", "[a-c]", "[^x]", "^",
                                      "$",    "(?=a)",  "\\w",     "[çc]", " ",     "\\.",  "(?!x)",
                                      "\\d+", "(?-i)a", "\\x{e9}", "[sß]", "(?#a)", "[]a]", "\\R"};
    unsigned parts = 1 + below(3);

    for (unsigned i = 0; i < parts; i++) {
        unsigned what = below(10);

        if (what < 5) {
            buf_string(out, pieces[below(PIECES)]);
        } else if (what < 7) {
            buf_string(out, odd[below(sizeof(odd) / sizeof(odd[0]))]);
            continue;
        } else if (depth > 0) {
            buf_string(out, below(3) == 0 ? "(?<!x)(" : below(2) == 0 ? "(?:" : "(?>");
            random_pattern(out, depth - 1);
            buf_char(out, ')');
        }
        if (what != 9 && below(3) == 0 && out->length > 0 && out->octets[out->length - 1] != '(')
            buf_string(out, marks[below(sizeof(marks) / sizeof(marks[0]))]);
    }
    if (below(3) == 0) {
        buf_char(out, '|');
        random_pattern(out, depth > 0 ? depth - 1 : 0);
    }
}

static void random_text(struct buf *out)
{
    static const char *const between[] = {" ", "",  "\n",       "\r\n",         "\xc2\xa0",
                                          "-", ".", "\xc2\xad", "\xe2\x80\x8b", "\xcc\x81",
                                          "'", "  "};
    unsigned parts = below(8);

    for (unsigned i = 0; i < parts; i++) {
        const char *piece = pieces[below(PIECES)];

        if (below(3) == 0)
            for (; *piece != '\0'; piece++)
                buf_char(out, (char)(*piece >= 'a' && *piece <= 'z' ? *piece - 32 : *piece));
        else
            buf_string(out, piece);
        buf_string(out, between[below(sizeof(between) / sizeof(between[0]))]);
    }
}

/* RULES (COUNT) that PCRE2 accepts, at random. */
static void random_rules(struct arena *arena, struct config_rule *rules, size_t count)
{
    struct buf pattern = BUF_INIT;

    for (size_t i = 0; i < count;) {
        struct config_condition condition = PATTERN(CONFIG_CONTENT, NULL);
        PCRE2_SIZE offset;
        pcre2_code *code;
        int error;

        buf_clear(&pattern);
        random_pattern(&pattern, 3);
        code = pcre2_compile((PCRE2_SPTR)buf_cstring(&pattern), pattern.length,
                             PCRE2_UTF | PCRE2_UCP, &error, &offset, NULL);
        if (code == NULL)
            continue;
        pcre2_code_free(code);
        condition.pattern = arena_string(arena, buf_cstring(&pattern));
        condition.case_sensitive = below(4) == 0;
        rules[i++] = (struct config_rule){.id = "random", .condition = condition};
    }
    buf_release(&pattern);
}

static void test_scan_changes_nothing(void **state)
{
    enum { RULES = 400, MAILS = 400 };
    struct arena arena = ARENA_INIT;
    struct config_rule *list = arena_array(&arena, RULES, sizeof(*list));
    struct config config;
    struct rules *with;
    struct rules *without;
    struct buf text = BUF_INIT;
    struct buf subject = BUF_INIT;
    size_t hits = 0;
    size_t spared = 0;

    (void)state;
    random_rules(&arena, list, RULES);
    config = configuration(list, RULES);
    rules_open(&config, &with);
    rules_open(&config, &without);
    rules_use_scan(without, false);
    for (size_t i = 0; i < RULES; i++)
        spared += !rules_always_tried(with, i);
    assert_true(spared > RULES / 5);
    for (int mail = 0; mail < MAILS; mail++) {
        struct message message;

        buf_clear(&text);
        buf_clear(&subject);
        random_text(&text);
        random_text(&subject);
        make_mail(&message, &config, buf_view(&subject), buf_view(&text));
        rules_begin(with, &message);
        rules_begin(without, &message);
        for (size_t i = 0; i < RULES; i++) {
            enum rule_answer a;
            enum rule_answer b;

            rules_try(with, i, &a, NULL);
            rules_try(without, i, &b, NULL);
            if (a != b)
                fail_msg("pattern \"%s\" on \"%s\" and \"%s\": %d with the scan, %d without",
                         list[i].condition.pattern, buf_cstring(&subject), buf_cstring(&text),
                         (int)a, (int)b);
            hits += a == RULE_HIT && !rules_always_tried(with, i);
        }
        message_release(&message);
    }
    assert_true(hits > 1000);
    rules_close(with);
    rules_close(without);
    buf_release(&text);
    buf_release(&subject);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_pattern),
        cmocka_unit_test(test_other_tests),
        cmocka_unit_test(test_combinations),
        cmocka_unit_test(test_same_answer_in_a_stream),
        cmocka_unit_test(test_long_text),
        cmocka_unit_test(test_check),
        cmocka_unit_test(test_bad_pattern_when_tried),
        cmocka_unit_test(test_literals_of_pattern),
        cmocka_unit_test(test_case_folds_alike),
        cmocka_unit_test(test_scan_changes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
