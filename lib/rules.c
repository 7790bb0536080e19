/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>
#include <utf8proc.h>

#include "diag.h"
#include "fold.h"
#include "header.h"
#include "literals.h"
#include "utf8.h"

/* JIT code costs as much as some fifty tries without it: for streams, not for one message. */
#define JIT_AFTER 64

/* PCRE2's heap for one match, in KiB; its default would be 20 GB. */
#define HEAP_MAX 32768

/* Marks on one letter that are kept; see fold.c: ordering a long run of them takes its square. */
#define MARKS_MAX 30

#define COMPOSE ((utf8proc_option_t)(UTF8PROC_STABLE | UTF8PROC_COMPOSE))

/* One word or phrase of a list. */
struct word {
    struct span text; /* folded */
    size_t literal;   /* its number in the scan, or SIZE_MAX when it is too short for that */
};

/* A condition of the configuration with what was made of it. */
struct test {
    const struct config_condition *condition;
    struct test *children;
    pcre2_code *code; /* own; NULL until the first try */
    uint32_t tries;
    bool jit_made; /* or refused: not to be tried again */
    bool jit;      /* CODE has JIT code */
    struct word *words;
    size_t word_count;
    size_t *literals; /* numbers in the scan; none: always tried */
    size_t literal_count;
};

/* One text in the forms in which it is matched. */
struct subject {
    struct buf normal; /* normal form C, valid UTF-8, LF */
    struct buf folded; /* fold_plain of it */
};

struct rules {
    const struct config *config;
    struct arena arena; /* own */
    bool prepared;
    bool use_scan;
    struct test *tests; /* one a rule */
    struct literal_scan *scan;
    pcre2_compile_context *compile_context; /* own */
    pcre2_match_context *match_context;     /* own */
    pcre2_match_data *match_data;           /* own */
    pcre2_jit_stack *jit_stack;             /* own */

    struct message *message;
    bool cut;
    struct subject title; /* the message's subject */
    struct subject text;
    struct subject other; /* a field value or the sender, while it is tried */
};

/* ---- text ----------------------------------------------------------------------------------- */

/* Puts the marks behind each letter in canonical order. */
static void order_marks(utf8proc_int32_t *points, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        utf8proc_int32_t point = points[i];
        utf8proc_propval_t class = utf8proc_get_property(point)->combining_class;
        size_t at = i;

        for (; class != 0 && at > 0; at--) {
            if (utf8proc_get_property(points[at - 1])->combining_class <= class)
                break;
            points[at] = points[at - 1];
        }
        points[at] = point;
    }
}

/* Appends TEXT (valid UTF-8) in normal form C. */
static void normalise(struct buf *out, struct span text)
{
    struct buf points = BUF_INIT;
    utf8proc_int32_t *list;
    utf8proc_ssize_t count;
    size_t marks = 0;
    bool simple = true;

    /* What lies below the combining marks, U+0300, is in normal form C already. */
    for (size_t i = 0; simple && i < text.length; i++)
        simple = (unsigned char)text.octets[i] < 0xcc;
    if (simple) {
        buf_span(out, text);
        return;
    }
    for (size_t at = 0; at < text.length;) {
        utf8proc_int32_t parts[8];
        uint32_t point = 0;

        at += utf8_read(text.octets + at, text.length - at, &point);
        count = utf8proc_decompose_char((utf8proc_int32_t)point, parts, 8, COMPOSE, NULL);
        for (utf8proc_ssize_t i = 0; i < count && i < 8; i++) {
            marks = utf8proc_get_property(parts[i])->combining_class == 0 ? 0 : marks + 1;
            if (marks <= MARKS_MAX)
                buf_add(&points, (const char *)&parts[i], sizeof(parts[i]));
        }
    }
    list = (utf8proc_int32_t *)(void *)points.octets;
    order_marks(list, points.length / sizeof(*list));
    count =
        utf8proc_normalize_utf32(list, (utf8proc_ssize_t)(points.length / sizeof(*list)), COMPOSE);
    for (utf8proc_ssize_t i = 0; i < count; i++)
        buf_character(out, (uint32_t)list[i]);
    buf_release(&points);
}

/* Makes SUBJECT of TEXT; true when it had to be cut. */
static bool take_text(struct subject *subject, struct span text)
{
    struct buf clean = BUF_INIT;
    struct span line_ends = {text.octets, text.length};
    bool cut = text.length > RULES_TEXT_MAX;

    if (!utf8_valid(text)) {
        buf_repair(&clean, text);
        line_ends = buf_view(&clean);
        cut = clean.length > RULES_TEXT_MAX;
    }
    if (cut)
        line_ends.length = utf8_cut(line_ends, RULES_TEXT_MAX);
    buf_clear(&subject->normal);
    buf_clear(&subject->folded);
    if (line_ends.length > 0 && memchr(line_ends.octets, '\r', line_ends.length) != NULL) {
        struct buf lines = BUF_INIT;

        for (size_t i = 0; i < line_ends.length; i++) {
            if (line_ends.octets[i] != '\r')
                buf_char(&lines, line_ends.octets[i]);
            else if (i + 1 == line_ends.length || line_ends.octets[i + 1] != '\n')
                buf_char(&lines, '\n');
        }
        normalise(&subject->normal, buf_view(&lines));
        buf_release(&lines);
    } else {
        normalise(&subject->normal, line_ends);
    }
    fold_plain(&subject->folded, buf_view(&subject->normal));
    buf_release(&clean);
    return cut;
}

/* The character before or at octet AT of TEXT is part of a word. */
static bool is_word_character(uint32_t character)
{
    switch (utf8proc_category((utf8proc_int32_t)character)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
    case UTF8PROC_CATEGORY_PC:
        return true;
    default:
        return false;
    }
}

static bool word_before(struct span text, size_t at)
{
    uint32_t character;
    size_t start = at;

    do {
        if (start == 0)
            return false;
        start--;
    } while (((unsigned char)text.octets[start] & 0xc0) == 0x80);
    return utf8_read(text.octets + start, at - start, &character) > 0 &&
           is_word_character(character);
}

static bool word_at(struct span text, size_t at)
{
    uint32_t character;

    return utf8_read(text.octets + at, text.length - at, &character) > 0 &&
           is_word_character(character);
}

/* WORD stands in folded TEXT as a whole word. */
static bool has_word(struct span text, struct span word)
{
    size_t at = 0;

    while (text.length - at >= word.length) {
        const char *found = memchr(text.octets + at, word.octets[0], text.length - at);

        if (found == NULL)
            return false;
        at = (size_t)(found - text.octets);
        if (text.length - at < word.length)
            return false;
        if (memcmp(found, word.octets, word.length) == 0 && !word_before(text, at) &&
            !word_at(text, at + word.length))
            return true;
        at++;
    }
    return false;
}

/* ---- making tests of conditions ------------------------------------------------------------- */

/* Only these look at the texts that the scan was over. */
static bool is_scanned(const struct config_condition *condition)
{
    return condition->test == CONFIG_SUBJECT || condition->test == CONFIG_TEXT ||
           condition->test == CONFIG_CONTENT;
}

static void take_words(struct rules *rules, struct test *test)
{
    struct span rest = span_of(test->condition->pattern);
    struct buf folded = BUF_INIT;
    size_t capacity = 0;

    while (rest.length > 0) {
        const char *bar = memchr(rest.octets, '|', rest.length);
        size_t length = bar != NULL ? (size_t)(bar - rest.octets) : rest.length;
        struct word word = {.literal = SIZE_MAX};

        buf_clear(&folded);
        fold_plain(&folded, (struct span){rest.octets, length});
        rest.octets += length + (bar != NULL);
        rest.length -= length + (bar != NULL);
        if (folded.length == 0)
            continue;
        word.text =
            (struct span){arena_copy(&rules->arena, folded.octets, folded.length), folded.length};
        test->words = arena_grow(&rules->arena, test->words, test->word_count, &capacity,
                                 sizeof(*test->words));
        test->words[test->word_count++] = word;
    }
    buf_release(&folded);
}

/* Puts what TEST requires into the scan. */
static void take_literals(struct rules *rules, struct test *test)
{
    struct literals literals;

    if (test->condition->words) {
        bool all = true;

        test->literals = arena_array(&rules->arena, test->word_count, sizeof(*test->literals));
        for (size_t i = 0; i < test->word_count; i++) {
            struct word *word = &test->words[i];

            all = all && word->text.length >= LITERAL_MIN;
            if (word->text.length >= LITERAL_MIN)
                word->literal = literal_scan_add(rules->scan, word->text);
            test->literals[i] = word->literal;
        }
        test->literal_count = all ? test->word_count : 0;
        return;
    }
    literals = literals_of_pattern(&rules->arena, span_of(test->condition->pattern));
    test->literals = arena_array(&rules->arena, literals.count, sizeof(*test->literals));
    for (size_t i = 0; i < literals.count; i++)
        test->literals[i] = literal_scan_add(rules->scan, literals.items[i]);
    test->literal_count = literals.count;
}

static void take_condition(struct rules *rules, struct test *test,
                           const struct config_condition *condition)
{
    test->condition = condition;
    if (condition->pattern != NULL) {
        if (condition->words)
            take_words(rules, test);
        if (is_scanned(condition))
            take_literals(rules, test);
    }
    test->children = arena_array(&rules->arena, condition->child_count, sizeof(*test->children));
    for (size_t i = 0; i < condition->child_count; i++)
        take_condition(rules, &test->children[i], &condition->children[i]);
}

/* Done before the first message that needs it. */
static void prepare(struct rules *rules)
{
    const struct config *config = rules->config;

    if (rules->prepared)
        return;
    rules->prepared = true;
    rules->scan = literal_scan_new(&rules->arena);
    rules->tests = arena_array(&rules->arena, config->rule_count, sizeof(*rules->tests));
    for (size_t i = 0; i < config->rule_count; i++)
        take_condition(rules, &rules->tests[i], &config->rules[i].condition);
    rules->compile_context = pcre2_compile_context_create(NULL);
    rules->match_context = pcre2_match_context_create(NULL);
    rules->match_data = pcre2_match_data_create(1, NULL);
    if (rules->compile_context == NULL || rules->match_context == NULL || rules->match_data == NULL)
        diag_out_of_memory();
    pcre2_set_newline(rules->compile_context, PCRE2_NEWLINE_LF);
    pcre2_set_bsr(rules->compile_context, PCRE2_BSR_UNICODE);
    pcre2_set_match_limit(rules->match_context, (uint32_t)config->limits.pattern_steps);
    pcre2_set_depth_limit(rules->match_context, (uint32_t)config->limits.pattern_steps);
    pcre2_set_heap_limit(rules->match_context, HEAP_MAX);
}

/* Reports a problem of CONDITION at its place in the configuration. */
static int refuse(const struct rules *rules, const struct config_condition *condition,
                  const char *what)
{
    const char *file = condition->file != NULL ? condition->file : rules->config->path;
    struct buf where = BUF_INIT;

    buf_format(&where, "%s:%d:%d", file != NULL ? file : "built-in starter", condition->line,
               condition->column);
    diag(EX_CONFIG, buf_cstring(&where), "%s", what);
    buf_release(&where);
    return EX_CONFIG;
}

/* Compiles the pattern of TEST. */
static int compile(struct rules *rules, struct test *test)
{
    const struct config_condition *condition = test->condition;
    uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C;
    PCRE2_UCHAR reason[256];
    struct buf what = BUF_INIT;
    PCRE2_SIZE offset = 0;
    int error = 0;
    int code;

    if (!condition->case_sensitive)
        options |= PCRE2_CASELESS;
    test->code = pcre2_compile((PCRE2_SPTR)condition->pattern, PCRE2_ZERO_TERMINATED, options,
                               &error, &offset, rules->compile_context);
    if (test->code != NULL)
        return 0;
    if (error == PCRE2_ERROR_HEAP_FAILED)
        diag_out_of_memory();
    if (pcre2_get_error_message(error, reason, sizeof(reason)) < 0)
        reason[0] = '\0';
    buf_format(&what,
               "the pattern \"%s\" is wrong at its octet %zu: %s: mend it as pcre2pattern(3) "
               "says",
               condition->pattern, (size_t)offset + 1, (const char *)reason);
    code = refuse(rules, condition, buf_cstring(&what));
    buf_release(&what);
    return code;
}

static void release_test(struct test *test)
{
    pcre2_code_free(test->code);
    for (size_t i = 0; i < test->condition->child_count; i++)
        release_test(&test->children[i]);
}

int rules_open(const struct config *config, struct rules **result)
{
    struct rules *rules = memory_take(sizeof(*rules));

    memset(rules, 0, sizeof(*rules));
    rules->config = config;
    rules->use_scan = true;
    *result = rules;
    return 0;
}

static void release_subject(struct subject *subject)
{
    buf_release(&subject->normal);
    buf_release(&subject->folded);
}

void rules_close(struct rules *rules)
{
    if (rules == NULL)
        return;
    if (rules->prepared)
        for (size_t i = 0; i < rules->config->rule_count; i++)
            release_test(&rules->tests[i]);
    pcre2_match_data_free(rules->match_data);
    pcre2_match_context_free(rules->match_context);
    pcre2_compile_context_free(rules->compile_context);
    pcre2_jit_stack_free(rules->jit_stack);
    release_subject(&rules->title);
    release_subject(&rules->text);
    release_subject(&rules->other);
    arena_release(&rules->arena);
    free(rules);
}

static int check_test(struct rules *rules, struct test *test)
{
    const struct config_condition *condition = test->condition;
    int code = 0;

    if (condition->pattern != NULL && condition->words) {
        if (test->word_count == 0)
            code = refuse(rules, condition,
                          "the list of words has no word: write words=\"one|another one\"");
    } else if (condition->pattern != NULL) {
        code = compile(rules, test);
    }
    for (size_t i = 0; i < condition->child_count; i++)
        code = diag_worse(code, check_test(rules, &test->children[i]));
    return code;
}

int rules_check(const struct config *config)
{
    struct rules *rules;
    int code = rules_open(config, &rules);

    if (code != 0)
        return code;
    prepare(rules);
    for (size_t i = 0; i < config->rule_count; i++)
        code = diag_worse(code, check_test(rules, &rules->tests[i]));
    rules_close(rules);
    return code;
}

static bool always_tried(const struct test *test)
{
    if (test->condition->pattern != NULL && test->literal_count == 0)
        return true;
    for (size_t i = 0; i < test->condition->child_count; i++)
        if (always_tried(&test->children[i]))
            return true;
    return false;
}

bool rules_always_tried(struct rules *rules, size_t number)
{
    prepare(rules);
    return always_tried(&rules->tests[number]);
}

void rules_use_scan(struct rules *rules, bool use)
{
    rules->use_scan = use;
}

/* ---- matching ------------------------------------------------------------------------------- */

static void make_jit(struct rules *rules, struct test *test)
{
    if (test->jit_made)
        return;
    test->jit_made = true;
    if (rules->jit_stack == NULL) {
        rules->jit_stack = pcre2_jit_stack_create((size_t)32 * 1024, (size_t)512 * 1024, NULL);
        if (rules->jit_stack == NULL)
            return;
        pcre2_jit_stack_assign(rules->match_context, NULL, rules->jit_stack);
    }
    /* Refused where the system allows no executable memory: then without. */
    test->jit = pcre2_jit_compile(test->code, PCRE2_JIT_COMPLETE) == 0;
}

/* One match by one engine: HIT, NO, or UNDECIDED when it gave up. TEXT was checked to be UTF-8. */
static enum rule_answer match_by(struct rules *rules, struct test *test, struct span text, bool jit)
{
    int code = pcre2_match(test->code, (PCRE2_SPTR)text.octets, text.length, 0,
                           PCRE2_NO_UTF_CHECK | (jit ? 0 : PCRE2_NO_JIT), rules->match_data,
                           rules->match_context);

    if (code >= 0)
        return RULE_HIT;
    if (code == PCRE2_ERROR_NOMATCH)
        return RULE_NO;
    if (code == PCRE2_ERROR_NOMEMORY)
        diag_out_of_memory();
    return RULE_UNDECIDED;
}

/*
 * The engines count steps differently. So that an answer does not depend on how many messages came
 * before, the other engine is asked when one gives up, and what either can answer is the answer.
 */
static int match_pattern(struct rules *rules, struct test *test, struct buf *subject,
                         enum rule_answer *answer)
{
    struct span text = {buf_cstring(subject), subject->length};
    bool jit;

    if (test->code == NULL) {
        int code = compile(rules, test);

        if (code != 0)
            return code;
    }
    if (test->tries < JIT_AFTER)
        test->tries++;
    else
        make_jit(rules, test);
    jit = test->jit;
    *answer = match_by(rules, test, text, jit);
    if (*answer != RULE_UNDECIDED)
        return 0;
    make_jit(rules, test);
    if (test->jit)
        *answer = match_by(rules, test, text, !jit);
    return 0;
}

/* The text that PCRE2 matched last, cut short. */
static void explain_match(struct rules *rules, struct buf *why, struct buf *subject)
{
    const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(rules->match_data);
    struct span found = {NULL, 0};

    if (ends[0] <= ends[1] && ends[1] <= subject->length)
        found = (struct span){buf_cstring(subject) + ends[0], ends[1] - ends[0]};
    if (found.length > 60)
        found.length = utf8_cut(found, 60);
    buf_string(why, " \"");
    buf_span(why, found);
    buf_char(why, '"');
}

/* Holds pattern or words of TEST against SUBJECT, which is called WHAT. */
static int try_subject(struct rules *rules, struct test *test, const char *what,
                       struct subject *subject, enum rule_answer *answer, struct buf *why)
{
    if (!test->condition->words) {
        int code = match_pattern(rules, test, &subject->normal, answer);

        if (code == 0 && *answer == RULE_HIT && why != NULL) {
            buf_format(why, "%s matches", what);
            explain_match(rules, why, &subject->normal);
        }
        return code;
    }
    *answer = RULE_NO;
    for (size_t i = 0; i < test->word_count && *answer == RULE_NO; i++) {
        const struct word *word = &test->words[i];

        if (rules->use_scan && word->literal != SIZE_MAX &&
            !literal_scan_found(rules->scan, word->literal))
            continue;
        if (!has_word(buf_view(&subject->folded), word->text))
            continue;
        *answer = RULE_HIT;
        if (why != NULL)
            buf_format(why, "%s has \"%.*s\"", what, (int)word->text.length, word->text.octets);
    }
    return 0;
}

/* Every field of the condition's name, until one hits. */
static int try_header(struct rules *rules, struct test *test, enum rule_answer *answer,
                      struct buf *why)
{
    json_object *headers = message_property(rules->message, "headers");
    struct span wanted = span_of(test->condition->name);
    struct buf value = BUF_INIT;
    int code = 0;
    bool undecided = false;

    *answer = RULE_NO;
    for (size_t i = 0; code == 0 && *answer != RULE_HIT && i < json_length(headers); i++) {
        json_object *field = json_object_array_get_idx(headers, i);

        if (!span_equal_nocase(wanted, json_string_span(field, "name")))
            continue;
        buf_clear(&value);
        header_text(&value, json_string_span(field, "value"));
        if (take_text(&rules->other, buf_view(&value)))
            rules->cut = true;
        code = try_subject(rules, test, test->condition->name, &rules->other, answer, why);
        undecided = undecided || *answer == RULE_UNDECIDED;
    }
    if (*answer == RULE_NO && undecided)
        *answer = RULE_UNDECIDED;
    buf_release(&value);
    return code;
}

static int try_sender(struct rules *rules, struct test *test, enum rule_answer *answer,
                      struct buf *why)
{
    const char *sender = message_address(rules->message, "from");

    *answer = RULE_NO;
    if (sender == NULL)
        return 0;
    take_text(&rules->other, span_of(sender));
    return try_subject(rules, test, "sender", &rules->other, answer, why);
}

/* Some word that the condition requires stands in the message, or none is known. */
static bool worth_trying(const struct rules *rules, const struct test *test)
{
    if (!rules->use_scan || test->literal_count == 0)
        return true;
    for (size_t i = 0; i < test->literal_count; i++)
        if (literal_scan_found(rules->scan, test->literals[i]))
            return true;
    return false;
}

/* Subject, text, or subject and then text. */
static int try_content(struct rules *rules, struct test *test, enum rule_answer *answer,
                       struct buf *why)
{
    enum config_test where = test->condition->test;
    enum rule_answer first = RULE_NO;
    int code = 0;

    *answer = RULE_NO;
    if (!worth_trying(rules, test))
        return 0;
    if (where != CONFIG_TEXT)
        code = try_subject(rules, test, "subject", &rules->title, &first, why);
    if (code == 0 && first != RULE_HIT && where != CONFIG_SUBJECT)
        code = try_subject(rules, test, "text", &rules->text, answer, why);
    if (*answer == RULE_NO || first == RULE_HIT)
        *answer = first;
    return code;
}

/* Language, brand or kind is exactly what the condition names. */
static void try_equal(struct rules *rules, struct test *test, enum rule_answer *answer,
                      struct buf *why)
{
    const char *what;
    const char *value;

    if (test->condition->test == CONFIG_KIND) {
        what = "kind";
        value = message_kind(rules->message);
    } else if (test->condition->test == CONFIG_LANGUAGE) {
        what = "language";
        value = message_triage_string(rules->message, "language", "tag");
    } else {
        json_object *brand = message_triage(rules->message, "brand");

        what = "brand";
        value = json_object_is_type(brand, json_type_string) ? json_object_get_string(brand) : NULL;
    }
    *answer = value != NULL && strcmp(value, test->condition->name) == 0 ? RULE_HIT : RULE_NO;
    if (why != NULL)
        buf_format(why, "%s is %s", what, value != NULL ? value : "unknown");
}

static int try_test(struct rules *rules, struct test *test, enum rule_answer *answer,
                    struct buf *why);

/* Takes out what stands in WHY between two lengths. */
static void take_out(struct buf *why, size_t from, size_t until)
{
    if (why == NULL || from == until)
        return;
    /* With the NUL that every buf ends in. */
    memmove(why->octets + from, why->octets + until, why->length - until + 1);
    why->length -= until - from;
}

/* all: the first child that says no decides; any: the first that hits. */
static int try_children(struct rules *rules, struct test *test, enum rule_answer *answer,
                        struct buf *why)
{
    bool all = test->condition->test == CONFIG_ALL;
    enum rule_answer decides = all ? RULE_NO : RULE_HIT;
    size_t start = why != NULL ? why->length : 0;
    bool undecided = false;

    for (size_t i = 0; i < test->condition->child_count; i++) {
        size_t before = start;
        int code;

        if (why != NULL && !all)
            take_out(why, start, why->length);
        if (why != NULL && all && i > 0)
            buf_string(why, ", ");
        if (why != NULL)
            before = why->length;
        code = try_test(rules, &test->children[i], answer, why);
        if (code != 0)
            return code;
        if (*answer == decides) {
            take_out(why, start, before);
            return 0;
        }
        undecided = undecided || *answer == RULE_UNDECIDED;
    }
    if (why != NULL && !all) {
        take_out(why, start, why->length);
        buf_format(why, "none of %zu conditions holds", test->condition->child_count);
    }
    *answer = undecided ? RULE_UNDECIDED : all ? RULE_HIT : RULE_NO;
    return 0;
}

static int try_test(struct rules *rules, struct test *test, enum rule_answer *answer,
                    struct buf *why)
{
    size_t start = why != NULL ? why->length : 0;
    int code = 0;

    switch (test->condition->test) {
    case CONFIG_ALL:
    case CONFIG_ANY:
        return try_children(rules, test, answer, why);
    case CONFIG_NOT:
        code = try_test(rules, &test->children[0], answer, why);
        if (*answer != RULE_UNDECIDED)
            *answer = *answer == RULE_HIT ? RULE_NO : RULE_HIT;
        return code;
    case CONFIG_HEADER:
        code = try_header(rules, test, answer, why);
        break;
    case CONFIG_SENDER:
        code = try_sender(rules, test, answer, why);
        break;
    case CONFIG_SUBJECT:
    case CONFIG_TEXT:
    case CONFIG_CONTENT:
        code = try_content(rules, test, answer, why);
        break;
    case CONFIG_KIND:
    case CONFIG_LANGUAGE:
    case CONFIG_BRAND:
        try_equal(rules, test, answer, why);
        break;
    }
    if (why != NULL && why->length == start)
        buf_format(why,
                   *answer == RULE_UNDECIDED ? "the pattern of line %d takes too many steps"
                   : test->condition->words  ? "no word of line %d stands there"
                                             : "the pattern of line %d does not match",
                   test->condition->line);
    return code;
}

void rules_begin(struct rules *rules, struct message *message)
{
    json_object *text = message_triage(message, "text");
    struct span span = {NULL, 0};

    prepare(rules);
    rules->message = message;
    rules->cut = take_text(&rules->title, message_subject(message));
    if (json_object_is_type(text, json_type_string))
        span =
            (struct span){json_object_get_string(text), (size_t)json_object_get_string_len(text)};
    if (take_text(&rules->text, span))
        rules->cut = true;
    literal_scan_clear(rules->scan);
    literal_scan_text(rules->scan, buf_view(&rules->title.folded));
    literal_scan_text(rules->scan, buf_view(&rules->text.folded));
}

bool rules_cut(const struct rules *rules)
{
    return rules->cut;
}

int rules_try(struct rules *rules, size_t number, enum rule_answer *answer, struct buf *why)
{
    *answer = RULE_NO;
    return try_test(rules, &rules->tests[number], answer, why);
}
