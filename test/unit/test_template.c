/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "template.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include <cmocka.h>

/* Partials of one case: a JSON object of name and source. */
struct partials {
    struct arena *arena;
    struct json_object *sources;
};

static const struct template *find_partial(void *context, struct span name)
{
    struct partials *partials = context;
    struct json_object *source;

    if (!json_object_object_get_ex(partials->sources,
                                   arena_copy(partials->arena, name.octets, name.length), &source))
        return NULL;
    return template_parse(partials->arena, span_of(json_object_get_string(source)), "partial");
}

/* Renders SOURCE with DATA and PARTIALS (JSON texts); the result lives in ARENA. NULL on failure.
 */
static const char *render(struct arena *arena, const char *source, struct json_object *data,
                          struct json_object *sources, bool escape)
{
    struct partials partials = {arena, sources};
    struct template_options options = {escape, find_partial, &partials};
    struct template *template = template_parse(arena, span_of(source), "test");
    struct buf out = BUF_INIT;
    const char *result = NULL;

    if (template != NULL && template_render(&out, template, data, &options) == 0)
        result = arena_string(arena, buf_cstring(&out));
    buf_release(&out);
    return result;
}

static void expect(const char *source, const char *data, const char *expected)
{
    struct arena arena = ARENA_INIT;
    struct json_object *object = json_tokener_parse(data);
    const char *got = render(&arena, source, object, NULL, false);

    assert_non_null(got);
    assert_string_equal(got, expected);
    json_object_put(object);
    arena_release(&arena);
}

/* Every case of one module of the official specification; gives their number. */
static size_t run_module(const char *module)
{
    const char *top = getenv("POSTROOM_SRC");
    char path[4096];
    struct json_object *file, *tests, *test, *data, *partials;
    size_t i, failed = 0, count;

    (void)snprintf(path, sizeof path, "%s/test/mustache-spec/%s.json", top != NULL ? top : ".",
                   module);
    file = json_object_from_file(path);
    if (file == NULL)
        fail_msg("cannot read %s: %s", path, json_util_get_last_err());
    tests = json_object_object_get(file, "tests");
    count = json_object_array_length(tests);
    for (i = 0; i < count; i++) {
        struct arena arena = ARENA_INIT;
        const char *expected, *got;

        test = json_object_array_get_idx(tests, i);
        data = json_object_object_get(test, "data");
        partials = json_object_object_get(test, "partials");
        expected = json_object_get_string(json_object_object_get(test, "expected"));
        got = render(&arena, json_object_get_string(json_object_object_get(test, "template")), data,
                     partials, true);
        if (got == NULL || strcmp(got, expected) != 0) {
            failed++;
            print_error("%s: %s\n  expected %s\n  got      %s\n", module,
                        json_object_get_string(json_object_object_get(test, "name")), expected,
                        got != NULL ? got : "an error");
        }
        arena_release(&arena);
    }
    json_object_put(file);
    assert_int_equal(failed, 0);
    return count;
}

static void test_specification(void **state)
{
    static const char *const modules[] = {"comments", "delimiters", "interpolation",
                                          "inverted", "partials",   "sections"};
    size_t i, count = 0;

    (void)state;
    for (i = 0; i < sizeof modules / sizeof *modules; i++)
        count += run_module(modules[i]);
    assert_int_equal(count, 136);
}

static void test_text_is_not_escaped(void **state)
{
    (void)state;
    expect("{{a}} {{{a}}} {{&a}}", "{\"a\":\"<\\\"Zoë\\\" & Co>\"}",
           "<\"Zoë\" & Co> <\"Zoë\" & Co> <\"Zoë\" & Co>");
}

static void test_empty_string_is_false(void **state)
{
    const char *source = "{{#customer.name}}Dear {{customer.name}}{{/customer.name}}"
                         "{{^customer.name}}Hello{{/customer.name}},";

    (void)state;
    expect(source, "{\"customer\":{\"name\":\"Ann\"}}", "Dear Ann,");
    expect(source, "{\"customer\":{\"name\":\"\"}}", "Hello,");
    expect(source, "{\"customer\":{}}", "Hello,");
    expect(source, "{\"customer\":{\"name\":null}}", "Hello,");
    expect(source, "null", "Hello,");
    expect("{{#n}}{{n}}{{/n}}", "{\"n\":0}", "0");
}

static void test_line_ends(void **state)
{
    (void)state;
    expect("a\r\n{{#b}}\r\nb\r\n{{/b}}\r\nc\r\n", "{\"b\":true}", "a\r\nb\r\nc\r\n");
    expect("{{! alone }}", "{}", "");
    expect("", "{}", "");
}

static void test_values_with_nul(void **state)
{
    struct arena arena = ARENA_INIT;
    struct buf out = BUF_INIT;
    struct json_object *data = json_object_new_object();
    struct template *template = template_parse(&arena, SPAN("[{{a}}]"), NULL);

    (void)state;
    json_object_object_add(data, "a", json_object_new_string_len("x\0y", 3));
    assert_int_equal(template_render(&out, template, data, NULL), 0);
    assert_int_equal(out.length, 5);
    assert_memory_equal(out.octets, "[x\0y]", 5);
    json_object_put(data);
    buf_release(&out);
    arena_release(&arena);
}

/* An indented partial whose lines are sections, empty lines and another partial. */
static void test_indentation(void **state)
{
    struct arena arena = ARENA_INIT;
    struct json_object *data = json_tokener_parse("{\"list\":[1,2],\"two\":\"x\\ny\"}");
    struct json_object *partials = json_object_new_object();
    const char *got;

    (void)state;
    json_object_object_add(partials, "outer",
                           json_object_new_string("{{#list}}\n- {{.}}\n\n{{/list}}\n {{>inner}}\n"
                                                  "end {{>inner}}"));
    json_object_object_add(partials, "inner", json_object_new_string("<{{two}}>\n"));
    got = render(&arena, "begin\n  {{>outer}}\n", data, partials, false);
    assert_non_null(got);
    assert_string_equal(got, "begin\n  - 1\n\n  - 2\n\n   <x\ny>\n  end <x\ny>\n");
    json_object_put(partials);
    json_object_put(data);
    arena_release(&arena);
}

/* Collects what is written to standard error while F runs. */
static struct buf caught_errors(void (*f)(void *), void *argument)
{
    struct buf text = BUF_INIT;
    FILE *file = tmpfile();
    int saved = dup(STDERR_FILENO);
    size_t got;

    assert_non_null(file);
    (void)fflush(stderr);
    assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
    f(argument);
    assert_true(dup2(saved, STDERR_FILENO) >= 0);
    (void)close(saved);
    rewind(file);
    got = fread(buf_reserve(&text, 4096), 1, 4096, file);
    text.length += got;
    (void)fclose(file);
    buf_char(&text, '\n');
    return text;
}

static void parse_bad(void *source)
{
    struct arena arena = ARENA_INIT;

    assert_null(template_parse(&arena, span_of(source), "reply.mustache"));
    arena_release(&arena);
}

static void expect_error(const char *source, const char *where, const char *what)
{
    char copy[4096];
    struct buf text;

    (void)snprintf(copy, sizeof copy, "%s", source);
    text = caught_errors(parse_bad, copy);
    if (strstr(buf_cstring(&text), where) == NULL || strstr(buf_cstring(&text), what) == NULL)
        fail_msg("%s gave: %s", source, buf_cstring(&text));
    buf_release(&text);
}

static void test_syntax_errors(void **state)
{
    char deep[1024] = "";
    int i;

    (void)state;
    expect_error("a\n  {{name", "reply.mustache:2:3", "not closed");
    expect_error("{{{name}}", "reply.mustache:1:1", "not closed");
    expect_error("{{#a}}\n{{#b}}x{{/b}}", "reply.mustache:1:1", "not closed: 'a'");
    expect_error("{{#a}}{{#b}}{{/a}}{{/b}}", "reply.mustache:1:13", "'a'");
    expect_error("x {{/a}}", "reply.mustache:1:3", "never opened");
    expect_error("{{}}", "reply.mustache:1:1", "names nothing");
    expect_error("{{# }}", "reply.mustache:1:1", "names nothing");
    expect_error("{{a b}}", "reply.mustache:1:1", "blank");
    expect_error("{{a..b}}", "reply.mustache:1:1", "dot");
    expect_error("{{.a}}", "reply.mustache:1:1", "dot");
    expect_error("{{=<%=}}", "reply.mustache:1:1", "delimiters");
    expect_error("{{=a b c=}}", "reply.mustache:1:1", "delimiters");
    expect_error("{{=a= b=}}", "reply.mustache:1:1", "delimiters");
    for (i = 0; i <= TEMPLATE_SECTION_DEPTH; i++)
        (void)strcat(deep, "{{#a}}");
    expect_error(deep, "reply.mustache:1:385", "too many sections");
}

struct endless {
    const char *source;
    int code;
    size_t length;
};

static void render_endless(void *argument)
{
    struct endless *endless = argument;
    struct arena arena = ARENA_INIT;
    struct json_object *sources = json_object_new_object();
    struct partials partials = {&arena, sources};
    struct template_options options = {false, find_partial, &partials};
    struct buf out = BUF_INIT;
    struct template *template = template_parse(&arena, SPAN("a{{>p}}"), "endless");

    json_object_object_add(sources, "p", json_object_new_string(endless->source));
    buf_string(&out, "kept");
    endless->code = template_render(&out, template, NULL, &options);
    assert_string_equal(buf_cstring(&out), "kept");
    buf_release(&out);
    json_object_put(sources);
    arena_release(&arena);
}

static void test_endless_partials(void **state)
{
    static const char *const sources[] = {"x{{>p}}", "x{{>p}}{{>p}}"};
    size_t i;

    (void)state;
    for (i = 0; i < 2; i++) {
        struct endless endless = {sources[i], 0, 0};
        struct buf text = caught_errors(render_endless, &endless);

        assert_int_equal(endless.code, EX_CONFIG);
        assert_non_null(strstr(buf_cstring(&text), "without end"));
        buf_release(&text);
    }
}

static void test_names(void **state)
{
    static const struct {
        const char *name;
        enum template_use use;
        size_t line, column;
    } expected[] = {{"case.id", TEMPLATE_VARIABLE, 1, 3}, {"a", TEMPLATE_SECTION, 2, 1},
                    {".", TEMPLATE_VARIABLE, 2, 7},       {"b", TEMPLATE_INVERTED, 3, 1},
                    {"foot", TEMPLATE_PARTIAL, 4, 2},     {"raw", TEMPLATE_VARIABLE, 5, 1}};
    struct arena arena = ARENA_INIT;
    struct template *template = template_parse(
        &arena, SPAN("x {{ case.id }}\n{{#a}}{{.}}{{/a}}\n{{^b}}{{/b}}\n {{> foot}}\n{{{raw}}}"),
        NULL);
    const struct template_name *names;
    size_t count, i;

    (void)state;
    assert_non_null(template);
    names = template_names(template, &count);
    assert_int_equal(count, sizeof expected / sizeof *expected);
    for (i = 0; i < count; i++) {
        assert_true(span_equal(names[i].name, span_of(expected[i].name)));
        assert_int_equal(names[i].use, expected[i].use);
        assert_int_equal(names[i].line, expected[i].line);
        assert_int_equal(names[i].column, expected[i].column);
    }
    arena_release(&arena);
}

/* Every reply that is shipped parses, begins with a Subject that bears the case tag, and is filled.
 */
static void test_shipped_replies(void **state)
{
    static const char *const replies[] = {"acknowledge", "acknowledge-complaint",
                                          "acknowledge-closed"};
    static const char *const languages[] = {"fr", "en", "de", "es"};
    static const char *const known[] = {"brand.name", "brand.from", "case.id",      "promise.text",
                                        "subject",    "reference",  "customer.name"};
    const char *top = getenv("POSTROOM_SRC");
    struct json_object *data = json_tokener_parse(
        "{\"brand\":{\"name\":\"Lumière Énergie\",\"from\":\"service@lumiere.example\"},"
        "\"case\":{\"id\":\"4F7K2Q9XTB\"},\"promise\":{\"text\":\"PROMISED\"},"
        "\"subject\":\"Ma facture\",\"reference\":\"\",\"customer\":{\"name\":\"\"}}");
    size_t i, k, n, count;

    (void)state;
    for (i = 0; i < 3; i++)
        for (k = 0; k < 4; k++) {
            struct arena arena = ARENA_INIT;
            struct buf source = BUF_INIT, out = BUF_INIT;
            const struct template_name *names;
            struct template *template;
            char path[4096];
            FILE *file;

            (void)snprintf(path, sizeof path, "%s/templates/replies/%s.%s.mustache",
                           top != NULL ? top : ".", replies[i], languages[k]);
            file = fopen(path, "r");
            if (file == NULL)
                fail_msg("cannot open %s", path);
            source.length = fread(buf_reserve(&source, 65536), 1, 65536, file);
            (void)fclose(file);
            template = template_parse(&arena, buf_view(&source), path);
            assert_non_null(template);
            names = template_names(template, &count);
            for (n = 0; n < count; n++) {
                size_t which = 0;

                while (which < sizeof known / sizeof *known &&
                       !span_equal(names[n].name, span_of(known[which])))
                    which++;
                if (which == sizeof known / sizeof *known)
                    fail_msg("%s: unknown name %.*s", path, (int)names[n].name.length,
                             names[n].name.octets);
            }
            assert_int_equal(template_render(&out, template, data, NULL), 0);
            if (strncmp(buf_cstring(&out), "Subject: [#4F7K2Q9XTB] ", 23) != 0 ||
                strstr(buf_cstring(&out), "\n\n") == NULL ||
                strstr(buf_cstring(&out), "PROMISED") == NULL ||
                strstr(buf_cstring(&out), "Lumière Énergie") == NULL ||
                strstr(buf_cstring(&out), "{{") != NULL ||
                strstr(buf_cstring(&out), "\n\n\n") != NULL ||
                strstr(buf_cstring(&out), " \n") != NULL || strstr(buf_cstring(&out), " ,") != NULL)
                fail_msg("%s gave:\n%s", path, buf_cstring(&out));
            buf_release(&out);
            buf_release(&source);
            arena_release(&arena);
        }
    json_object_put(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_specification),
                                       cmocka_unit_test(test_text_is_not_escaped),
                                       cmocka_unit_test(test_empty_string_is_false),
                                       cmocka_unit_test(test_line_ends),
                                       cmocka_unit_test(test_values_with_nul),
                                       cmocka_unit_test(test_indentation),
                                       cmocka_unit_test(test_syntax_errors),
                                       cmocka_unit_test(test_endless_partials),
                                       cmocka_unit_test(test_names),
                                       cmocka_unit_test(test_shipped_replies)};

    return cmocka_run_group_tests_name("template", tests, NULL, NULL);
}
