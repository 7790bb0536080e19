/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include <cmocka.h>

#include "diag.h"

static const struct filter_option first[] = {{"config", 'c', "FILE", "which configuration"},
                                             {"again", 0, NULL, "once more"},
                                             {"help", 'h', NULL, "this"},
                                             {NULL, 0, NULL, NULL}};
static const struct filter_option second[] = {{"config", 'c', "FILE", "not shown twice"},
                                              {"log", 'l', "FILE", "which log"},
                                              {NULL, 0, NULL, NULL}};
static const struct filter_option *const tables[] = {first, second};

static struct arena arena = ARENA_INIT;
static struct filter_values values;

/* Parses words that a blank parts; "" within words is an empty word. */
static int parse(const char *line)
{
    char *words[16] = {arena_string(&arena, "program")};
    int count = 1;
    char *rest = arena_string(&arena, line);
    char *word;

    while ((word = strsep(&rest, " ")) != NULL)
        if (word[0] != '\0')
            words[count++] = strcmp(word, "''") == 0 ? word + 2 : word;
    words[count] = NULL;
    memset(&values, 0, sizeof(values));
    return options_parse(&arena, tables, 2, count, words, &values);
}

static int tear_down(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static void same(const char *what, const char *got, const char *expected)
{
    if ((got == NULL) != (expected == NULL) || (got != NULL && strcmp(got, expected) != 0))
        fail_msg("%s gave %s, not %s", what, got != NULL ? got : "NULL",
                 expected != NULL ? expected : "NULL");
}

static void test_spellings(void **state)
{
    static const char *const lines[] = {
        "--config=a.xml", "--config a.xml",          "-ca.xml",
        "-c a.xml",       "-c b.xml --config=a.xml", "in --config a.xml"};

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        assert_int_equal(parse(lines[i]), 0);
        same(lines[i], options_value(&values, "config"), "a.xml");
        assert_null(options_value(&values, "again"));
        assert_null(options_value(&values, "log"));
    }
    assert_int_equal(parse("--config= --again"), 0);
    same("an empty argument", options_value(&values, "config"), "");
    same("no argument", options_value(&values, "again"), "");
    assert_int_equal(parse("--config ''"), 0);
    same("an empty word", options_value(&values, "config"), "");
    assert_int_equal(parse("--log=a=b"), 0);
    same("an argument with =", options_value(&values, "log"), "a=b");
    assert_int_equal(parse("--log --again"), 0);
    same("an argument like an option", options_value(&values, "log"), "--again");
    assert_null(options_value(&values, "again"));
    assert_int_equal(parse("-l-"), 0);
    same("a dash as argument", options_value(&values, "log"), "-");
}

static void check_operands(const char *line, size_t count, const char *last)
{
    assert_int_equal(parse(line), 0);
    if (values.operand_count != count)
        fail_msg("%s gives %zu operands", line, values.operand_count);
    assert_null(values.operands[count]);
    if (count > 0)
        same(line, values.operands[count - 1], last);
}

static void test_operands(void **state)
{
    (void)state;
    check_operands("", 0, NULL);
    check_operands("a b", 2, "b");
    check_operands("a --again b", 2, "b");
    check_operands("--log x b", 1, "b");
    check_operands("-", 1, "-");
    check_operands("-- --again", 1, "--again");
    check_operands("-- --", 1, "--");
    check_operands("a -- b -c", 3, "-c");
    check_operands("''", 1, "");
    assert_int_equal(parse("-- --again"), 0);
    assert_null(options_value(&values, "again"));
}

/* What LINE writes to standard error, its code being EX_USAGE. */
static void check_refused(const char *line, const char *text)
{
    char got[512] = "";
    FILE *file = tmpfile();
    int saved = dup(STDERR_FILENO);
    int code;

    assert_non_null(file);
    assert_int_equal(dup2(fileno(file), STDERR_FILENO), STDERR_FILENO);
    code = parse(line);
    assert_int_equal(dup2(saved, STDERR_FILENO), STDERR_FILENO);
    rewind(file);
    if (fread(got, 1, sizeof(got) - 1, file) == 0)
        got[0] = '\0';
    fclose(file);
    close(saved);
    assert_int_equal(code, EX_USAGE);
    same(line, got, text);
}

static void test_refused(void **state)
{
    (void)state;
    diag_set_program("program");
    check_refused("--nonsense", "program: --nonsense: unknown option: see --help\n");
    check_refused("-x", "program: -x: unknown option: see --help\n");
    check_refused("--conf=a", "program: --conf=a: unknown option: see --help\n");
    check_refused("--=a", "program: --=a: unknown option: see --help\n");
    check_refused("--again=yes", "program: --again=yes: --again takes no argument: leave it out\n");
    check_refused("-hx", "program: -hx: --help takes no argument: leave it out\n");
    check_refused("--config", "program: --config: its argument FILE is missing: see --help\n");
    check_refused("a -l", "program: --log: its argument FILE is missing: see --help\n");
    check_refused("--no\x1bnsense", "program: --no?nsense: unknown option: see --help\n");
}

/* What FUNCTION writes to standard output. */
static void check_output(int (*function)(void), const char *text)
{
    char got[1024] = "";
    FILE *file = tmpfile();
    int saved;

    assert_non_null(file);
    fflush(stdout);
    saved = dup(STDOUT_FILENO);
    assert_int_equal(dup2(fileno(file), STDOUT_FILENO), STDOUT_FILENO);
    assert_int_equal(function(), 0);
    assert_int_equal(dup2(saved, STDOUT_FILENO), STDOUT_FILENO);
    rewind(file);
    if (fread(got, 1, sizeof(got) - 1, file) == 0)
        got[0] = '\0';
    fclose(file);
    close(saved);
    same("output", got, text);
}

static int help(void)
{
    return options_help("program", "[INPUT…]", "do something", tables, 2);
}

static int version(void)
{
    return options_version("program");
}

static void test_help(void **state)
{
    (void)state;
    check_output(help, "usage: program [OPTION…] [INPUT…]\n"
                       "do something\n"
                       "\n"
                       "  -c, --config=FILE           which configuration\n"
                       "      --again                 once more\n"
                       "  -h, --help                  this\n"
                       "  -l, --log=FILE              which log\n");
    check_output(version, "program (Postroom) " POSTROOM_VERSION "\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spellings),
        cmocka_unit_test(test_operands),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_help),
    };

    return cmocka_run_group_tests(tests, NULL, tear_down);
}
