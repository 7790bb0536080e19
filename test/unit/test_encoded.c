/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "encoded.h"

/* All files of TEXT: `name(data)`, data decoded; then what is left behind the last. */
static void files_are(const char *text, const char *wanted)
{
    struct span rest = span_of(text);
    struct encoded_file file;
    struct buf out = BUF_INIT;

    while (encoded_next(&rest, &file)) {
        buf_span(&out, file.name);
        buf_char(&out, '(');
        if (file.kind == ENCODED_BASE64)
            buf_span(&out, file.data);
        else
            assert_int_equal(encoded_decode(&out, file.kind, file.data, SIZE_MAX),
                             encoded_decode(NULL, file.kind, file.data, SIZE_MAX));
        buf_char(&out, ')');
    }
    buf_span(&out, rest);
    assert_string_equal(buf_cstring(&out), wanted);
    buf_release(&out);
}

static void uuencode(void **state)
{
    (void)state;
    files_are("Hi\nbegin 644 cat.txt\n#0V%T\n`\nend\nBye\n", "cat.txt(Cat)Bye\n");
    files_are("begin 0755 a b.bin\r\n#0V%T\r\n \r\nend\r\n", "a b.bin(Cat)");
    files_are("begin 644 cat.txt\n#0V%T\n#0V%T\n`\nend\nbegin 600 dog\n#1&]G\n`\nend\nx",
              "cat.txt(CatCat)dog(Dog)x");
    files_are("begin 644 empty\n`\nend\n", "empty()");
}

static void broken_uuencode(void **state)
{
    (void)state;
    /* no end */
    files_are("begin 644 cat.txt\n#0V%T\n", "cat.txt(Cat)");
    files_are("begin 644 cat.txt\n#0V%T\n\nKind regards\n", "cat.txt(Cat)\nKind regards\n");
    /* blanks at the end of a line, which are zeros, got lost */
    files_are("begin 644 z\n&0V%T    \n`\nend\n", "z(Cat");
    files_are("begin 644 z\n&0V%T\n`\nend\n", "z(Cat");
    /* a damaged line between full ones */
    files_are("begin 644 f\n"
              "M86%A86%A86%A86%A86%A86%A86%A86%A86%A86%A86%A86%A86%A86%A86%A\n"
              "[what a relay wrote in between]\n"
              "M86%A86%A86%A86%A86%A86%A86%A86%A86%A86%A86%A86%A86%A86%A86%A\n`\nend\n",
              "f(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
              "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa)");
    /* prose that begins like it */
    files_are("begin 644 lines of prose\nand so on\n", "begin 644 lines of prose\nand so on\n");
    files_are("begin again\n#0V%T\n", "begin again\n#0V%T\n");
    files_are(" begin 644 indented\n#0V%T\nend\n", " begin 644 indented\n#0V%T\nend\n");
    files_are("begin 64 few\n#0V%T\nend\n", "begin 64 few\n#0V%T\nend\n");
    files_are("begin 644 x", "begin 644 x");
    files_are("", "");
}

static void other_forms(void **state)
{
    (void)state;
    files_are("begin-base64 644 cat.txt\nQ2F0\n====\nBye", "cat.txt(Q2F0\n)Bye");
    files_are("begin-base64 644 cat.txt\nQ2F0\n\nBye", "cat.txt(Q2F0\n)\nBye");
    files_are("=ybegin line=128 size=3 name=cat.txt\nm\x8b\x9e\n=yend size=3\nBye",
              "cat.txt(Cat)Bye");
    files_are("=ybegin part=1 line=128 size=3 name=my cat.txt\n=ypart begin=1 end=3\nm=\xcb\x9e\n",
              "my cat.txt(Cat)");
    files_are("=ybegin of something else\nm\n", "=ybegin of something else\nm\n");
}

static void limits_hold(void **state)
{
    struct buf out = BUF_INIT;

    (void)state;
    assert_int_equal(encoded_decode(&out, ENCODED_UU, SPAN("#0V%T\n#0V%T\n"), 4), 4);
    assert_string_equal(buf_cstring(&out), "CatC");
    buf_clear(&out);
    assert_int_equal(encoded_decode(&out, ENCODED_YENC, SPAN("m\x8b\x9e"), 2), 2);
    assert_string_equal(buf_cstring(&out), "Ca");
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uuencode), cmocka_unit_test(broken_uuencode),
        cmocka_unit_test(other_forms), cmocka_unit_test(limits_hold)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
