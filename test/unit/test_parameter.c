/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "charset.h"
#include "parameter.h"
#include "utf8.h"

/* VALUE must read as WANTED: the main value, then `|name=value` for each parameter. */
static void reads(struct span value, const char *wanted)
{
    struct arena arena = ARENA_INIT;
    struct buf found = BUF_INIT;
    struct parameters parameters;

    header_parameters(&arena, value, &parameters);
    buf_span(&found, parameters.value);
    for (size_t i = 0; i < parameters.count; i++) {
        buf_char(&found, '|');
        buf_span(&found, parameters.items[i].name);
        buf_char(&found, '=');
        buf_span(&found, parameters.items[i].value);
    }
    assert_string_equal(buf_cstring(&found), wanted);
    buf_release(&found);
    arena_release(&arena);
}

static void lawful_values(void **state)
{
    (void)state;
    reads(SPAN(" text/plain"), "text/plain");
    reads(SPAN(" Text/PLAIN; Charset=\"us-ascii\"; format=flowed"),
          "text/plain|charset=us-ascii|format=flowed");
    reads(SPAN(" text/html;\r\n\tcharset=gb2312;\r\n name=\"x\r\n y\""),
          "text/html|charset=gb2312|name=x y");
    reads(SPAN("a/b; n=\"a\\\"b;c\\\\\"; m=d"), "a/b|n=a\"b;c\\|m=d");
    reads(SPAN("text(c)/(d(e))plain (f); (g) charset (h) = (i) utf-8 (j)"),
          "text/plain|charset=utf-8");
    reads(SPAN("multipart/mixed; boundary=\"=?a?=\""), "multipart/mixed|boundary==?a?=");
    reads(SPAN("a/b; n=\"\""), "a/b|n=");
}

static void values_in_pieces(void **state)
{
    (void)state;
    reads(SPAN("a/b; name*0=\"a b\"; name*1=c.pdf"), "a/b|name=a bc.pdf");
    reads(SPAN("a/b; filename*=iso-8859-1'fr'caf%E9.pdf; x=y"), "a/b|filename=café.pdf|x=y");
    reads(SPAN("a/b; n*0*=utf-8''caf%C3; n*1*=%A9; n*2=%41"), "a/b|n=café%41");
    reads(SPAN("a/b; n*1=two; n*0=one; n*10=four; n*2=three"), "a/b|n=onetwothreefour");
    reads(SPAN("a/b; filename=plain; filename*=utf-8''%C3%A9"), "a/b|filename=é");
    reads(SPAN("a/b; filename*=utf-8''%C3%A9; filename=plain"), "a/b|filename=é");
    /* libmailutils 3.15 ends the process on the first of these. */
    reads(SPAN("a/b; n*=\"abc\""), "a/b|n=abc");
    reads(SPAN("a/b; n*=caf%E9"), "a/b|n=café");
    reads(SPAN("a/b; n*=klingon''caf%E9"), "a/b|n=café");
    reads(SPAN("a/b; n*=utf-8''50%; m*0*=gb2312''%C4%E3%BA; m*1*=%C3"), "a/b|n=50%|m=你好");
    reads(SPAN("a/b; n*=utf-8''a%00b%0Ac; *=x; *0*=y"), "a/b|n=ab c");
}

static void broken_values(void **state)
{
    (void)state;
    reads(SPAN(""), "");
    reads(SPAN(";;;"), "");
    reads(SPAN("; charset=utf-8"), "|charset=utf-8");
    reads(SPAN("text/plain charset=utf-8"), "text/plain|charset=utf-8");
    reads(SPAN("text/plain;; charset=utf-8;"), "text/plain|charset=utf-8");
    reads(SPAN("text/plain, charset=utf-8"), "text/plain|charset=utf-8");
    reads(SPAN("text/plain\"; charset=utf-8"), "text/plain|charset=utf-8");
    reads(SPAN("text/plain and more; charset=utf-8"), "text/plain|charset=utf-8");
    reads(SPAN("text/plain= format=flowed"), "text/plain|format=flowed");
    reads(SPAN("text/\xc3\xa9; charset=utf-8"), "text/|charset=utf-8");
    reads(SPAN("text/plain; charset=utf-8 format=flowed"),
          "text/plain|charset=utf-8|format=flowed");
    reads(SPAN("a/b; name=a b c.txt; x=y"), "a/b|name=a b c.txt|x=y");
    reads(SPAN("multipart/mixed; boundary=\"abc"), "multipart/mixed|boundary=abc");
    reads(SPAN("a/b; name=\"abc; x=y"), "a/b|name=abc|x=y");
    reads(SPAN("a/b; name=\"C:\\dir\\x.txt\""), "a/b|name=C:\\dir\\x.txt");
    reads(SPAN("a/b; name=\"a\"b; x=y"), "a/b|name=a|x=y");
    reads(SPAN("a/b; name=one; name=two"), "a/b|name=one");
    reads(SPAN("a/b; novalue; x=y"), "a/b|x=y");
    reads(SPAN("a/b; name==?utf-8?B?w6k=?="), "a/b|name=é");
    reads(SPAN("a/b; name=\"=?iso-8859-1?Q?caf=E9?=.txt\""), "a/b|name=café.txt");
    reads(SPAN("a/b; name=caf\xe9.txt"), "a/b|name=café.txt");
    reads(SPAN("a/b; na\0me=x\0y"), "a/b|name=xy");
    reads(SPAN("a/b (never closed; x=y"), "a/b");
}

static void looking_up(void **state)
{
    struct arena arena = ARENA_INIT;
    struct parameters parameters;

    (void)state;
    header_parameters(&arena, SPAN("a/b; X=; y=1"), &parameters);
    assert_non_null(parameter_find(&parameters, "x").octets);
    assert_int_equal(parameter_find(&parameters, "x").length, 0);
    assert_true(span_equal(parameter_find(&parameters, "y"), SPAN("1")));
    assert_null(parameter_find(&parameters, "z").octets);
    arena_release(&arena);
}

/* A hundred thousand parameters, or brackets, cost no more than their length. */
static void long_values_end(void **state)
{
    static const char *const pieces[] = {"a=\"b;", "(", "n*0*=utf-8''%;", "a ", "\"", "=", ";\\"};
    struct arena arena = ARENA_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
        struct buf value = BUF_INIT;
        struct parameters parameters;

        buf_string(&value, "a/b; ");
        for (int j = 0; j < 100000; j++)
            buf_string(&value, pieces[i]);
        header_parameters(&arena, buf_view(&value), &parameters);
        assert_true(parameters.count <= 64);
        for (size_t j = 0; j < parameters.count; j++)
            assert_true(utf8_valid(parameters.items[j].value));
        buf_release(&value);
        arena_clear(&arena);
    }
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lawful_values),   cmocka_unit_test(values_in_pieces),
        cmocka_unit_test(broken_values),   cmocka_unit_test(looking_up),
        cmocka_unit_test(long_values_end),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    charset_release();
    return failed;
}
