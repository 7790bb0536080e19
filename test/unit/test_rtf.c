/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rtf.h"
#include "utf8.h"

static void reads(const char *rtf, const char *wanted, bool is_html)
{
    struct buf out = BUF_INIT;

    assert_int_equal(rtf_to_text(&out, span_of(rtf), SIZE_MAX), is_html);
    assert_string_equal(buf_cstring(&out), wanted);
    buf_release(&out);
}

static void words(void **state)
{
    (void)state;
    reads(
        "{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0\\fswiss Arial;}}{\\colortbl;\\red0\\green0\\blue255;}"
        "{\\*\\generator Riched20;}{\\info{\\title Secret}{\\author Nobody}}"
        "\\pard\\f0\\fs20 Hello,\\par\r\n{\\b my} order\\line has not\\tab come.\\par}\0",
        "Hello,\nmy order\nhas not\tcome.\n", false);
    reads("{\\rtf1 a\\{b\\}c\\\\d\\~e\\_f\\-g}",
          "a{b}c\\d\xc2\xa0"
          "e-fg",
          false);
    reads("{\\rtf1 \\ldblquote x\\rdblquote\\emdash  y\\rquote s\\bullet}", "“x”— y’s•", false);
    reads("{\\rtf1 {\\pict\\wmetafile8 0102abcd}a{\\*\\unknown x{y}z}b{\\header h}{\\v hidden}c}",
          "abc", false);
    reads("{\\rtf1 {\\field{\\*\\fldinst{HYPERLINK \"http://a.example\"}}{\\fldrslt here}}}",
          "here", false);
    reads("{\\rtf1 a\\\nb\\\r\nc}", "a\nb\nc", false);
}

static void characters(void **state)
{
    (void)state;
    reads("{\\rtf1\\ansi\\ansicpg1252 d\\'e9j\\'E0}", "déjà", false);
    reads("{\\rtf1\\ansi\\ansicpg1251 \\'cf\\'f0\\'e8}", "При", false);
    reads("{\\rtf1\\ansi\\ansicpg932 \\'93\\'fa\\'96{}\\'7b}", "日本", false);
    reads("{\\rtf1\\ansi\\ansicpg932 \\'93\\'fa\\'83e}", "日テ", false);
    reads("{\\rtf1\\ansi{\\fonttbl{\\f0\\fcharset0 A;}{\\f1\\fcharset204 B;}}\\f1 \\'cf\\f0 \\'e9"
          "{\\f1 \\'f0}\\'e9}",
          "Пéрé", false);
    reads("{\\rtf1\\mac \\'8e}", "é", false);
    reads("{\\rtf1 \\u233?\\u8364 ?\\u-3913?}", "é€\xef\x82\xb7", false);
    reads("{\\rtf1\\uc0 \\u233 x}", "éx", false);
    reads("{\\rtf1\\uc2 \\u233\\'e9ax}", "éx", false);
    reads("{\\rtf1 {\\uc0 \\u233}\\u233?x}", "ééx", false);
    reads("{\\rtf1 \\u-10179?\\u-8704?}", "😀", false);
    reads("{\\rtf1 \\u-10179?x}", "\xef\xbf\xbdx", false);
}

static void html_in_rtf(void **state)
{
    (void)state;
    reads("{\\rtf1\\ansi\\ansicpg1252\\fromhtml1 {\\*\\htmltag64 <p>}\\htmlrtf {\\htmlrtf0 "
          "d\\'e9j\\'e0 {\\*\\htmltag84 &amp;}\\htmlrtf &\\htmlrtf0 {\\*\\htmltag96 <b>}vu"
          "{\\*\\htmltag104 </b>}\\htmlrtf\\par}\\htmlrtf0{\\*\\mhtmltag64 <p x>}"
          "{\\*\\htmltag72 </p>\\par}}",
          "<p>déjà &amp;<b>vu</b></p>\n", true);
}

static void broken(void **state)
{
    (void)state;
    reads("{\\rtf1 a{b{c", "abc", false);
    reads("{\\rtf1 a}}}b{c", "a", false);
    reads("{\\rtf1 a\\bin5 }}}}}b\\bin99999999999 x", "ab", false);
    reads("{\\rtf1 a\\", "a", false);
    reads("{\\rtf1 a\\'", "a", false);
    reads("{\\rtf1 a\\'zz\\'4", "azz4", false);
    reads("{\\rtf1 a\\u999999999999999999999 ?b}",
          "a\xef\xbf\xbd"
          "b",
          false);
    reads("{\\rtf1 a\\averyveryveryverylongcontrolwordthatnobodyknows b}", "ab", false);
    reads("no rtf", "no rtf", false);
    reads("", "", false);
    assert_true(rtf_is(SPAN("{\\rtf1")));
    assert_false(rtf_is(SPAN("{\\rt")));
}

/* Deep groups and a long text: bounded, and linear. */
static void hostile(void **state)
{
    struct buf rtf = BUF_INIT;
    struct buf out = BUF_INIT;

    (void)state;
    buf_string(&rtf, "{\\rtf1 ");
    for (int i = 0; i < 500000; i++)
        buf_string(&rtf, "{\\b ");
    buf_string(&rtf, "x");
    for (int i = 0; i < 500000; i++)
        buf_string(&rtf, "}");
    buf_string(&rtf, "y}");
    (void)rtf_to_text(&out, buf_view(&rtf), SIZE_MAX);
    assert_string_equal(buf_cstring(&out), "xy");
    buf_clear(&rtf);
    buf_clear(&out);
    buf_string(&rtf, "{\\rtf1 ");
    for (int i = 0; i < 100000; i++)
        buf_string(&rtf, "\\u233?");
    (void)rtf_to_text(&out, buf_view(&rtf), 1000);
    assert_true(out.length >= 1000 && out.length < 1010 && utf8_valid(buf_view(&out)));
    buf_release(&rtf);
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(words), cmocka_unit_test(characters),
                                       cmocka_unit_test(html_in_rtf), cmocka_unit_test(broken),
                                       cmocka_unit_test(hostile)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
