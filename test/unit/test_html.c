/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "html.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "utf8.h"

static const struct limits limits = LIMITS_DEFAULT;

static void check(const char *html, const char *expected)
{
    struct buf out = BUF_INIT;
    unsigned hit = 0;

    html_to_text(&out, span_of(html), &limits, &hit);
    assert_string_equal(buf_cstring(&out), expected);
    assert_int_equal(hit, 0);
    buf_release(&out);
}

static void test_nothing(void **state)
{
    (void)state;
    check("", "");
    check("   \n\t ", "");
    check("<html><body></body></html>", "");
    check("<p>&nbsp;</p><br><br>", "");
}

static void test_white_space(void **state)
{
    (void)state;
    check("  Bonjour,\n   tout\t le <b>monde</b> !  ", "Bonjour, tout le monde !\n");
    check("un&nbsp;mot", "un mot\n");
    check("a <i> b</i> <u> c</u>", "a b c\n");
    check("wo<b>r</b>d", "word\n");
    check("<pre>a  b\n   c</pre>", "a  b\n   c\n");
}

static void test_entities(void **state)
{
    (void)state;
    check("&eacute;t&#233; &amp;amp; &lt;p&gt; &#x20AC;", "été &amp; <p> €\n");
    check("a < b and 5 > 3 & c", "a < b and 5 > 3 & c\n");
}

static void test_lines(void **state)
{
    (void)state;
    check("a<br>b<br/>c", "a\nb\nc\n");
    check("a<br><br>b", "a\n\nb\n");
    check("<div>a</div><div>b</div>", "a\nb\n");
    check("<div>a</div><div><br></div><div>b</div>", "a\n\nb\n");
    check("<p>a</p><p>b</p>", "a\n\nb\n");
    check("<p>a</p><br><br><p>&nbsp;</p><br><p>b</p>", "a\n\nb\n");
    check("<h1>a</h1>b", "a\n\nb\n");
    check("<div><div><div>a</div></div></div><div>b</div>", "a\nb\n");
}

static void test_lists_and_tables(void **state)
{
    (void)state;
    check("<ul><li>a</li><li>b</li></ul>", "- a\n- b\n");
    check("<ul><li>a<li>b</ul>", "- a\n- b\n");
    check("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>",
          "a b\nc d\n");
}

static void test_left_out(void **state)
{
    (void)state;
    check("<html><head><title>No</title><style>p { color: red }</style>"
          "<meta charset=\"iso-8859-1\"></head><body>é</body></html>",
          "é\n");
    check("a<script>if (a < b) document.write('</p>');</script>b", "ab\n");
    check("a<!-- <p>no</p> -->b<!DOCTYPE x>c<?xml no?>d", "abcd\n");
    check("<a href=\"https://x.example/\">here</a><img src=\"cid:1\">", "here\n");
    check("<style>p {}</style><STYLE>q {}</STYLE>a", "a\n");
}

static void test_quotes(void **state)
{
    (void)state;
    check("yes<blockquote>really?</blockquote>", "yes\n\n> really?\n");
    check("<blockquote>a<br>b</blockquote>", "> a\n> b\n");
    check("<div class=\"gmail_quote\"><blockquote class=\"gmail_quote\">old</blockquote></div>",
          "> old\n");
}

/* More than twenty levels are shown as twenty. */
static void test_deep_quotes(void **state)
{
    struct buf html = BUF_INIT;
    struct buf out = BUF_INIT;

    (void)state;
    for (size_t i = 0; i < 30; i++) {
        buf_string(&html, "<blockquote>");
    }
    buf_string(&html, "x");
    html_to_text(&out, buf_view(&html), &limits, NULL);
    assert_string_equal(buf_cstring(&out), "> > > > > > > > > > > > > > > > > > > > x\n");
    buf_release(&html);
    buf_release(&out);
}

/* OUT keeps what it holds. */
static void test_appends(void **state)
{
    struct buf out = BUF_INIT;

    (void)state;
    buf_string(&out, "before ");
    html_to_text(&out, SPAN("<p>a</p>"), &limits, NULL);
    assert_string_equal(buf_cstring(&out), "before a\n");
    buf_release(&out);
}

static void test_part_limit(void **state)
{
    struct limits small = LIMITS_DEFAULT;
    struct buf out = BUF_INIT;
    unsigned hit = 0;

    (void)state;
    small.html = 10;
    html_to_text(&out, SPAN("<p>0123456789</p>"), &small, &hit);
    assert_string_equal(buf_cstring(&out), "0123456\n");
    assert_int_equal(hit, 1u << LIMIT_html);
    /* A character is not cut. */
    buf_clear(&out);
    html_to_text(&out, SPAN("012345678é"), &small, NULL);
    assert_string_equal(buf_cstring(&out), "012345678\n");
    buf_clear(&out);
    hit = 0;
    html_to_text(&out, SPAN("0123456789"), &small, &hit);
    assert_int_equal(hit, 0);
    buf_release(&out);
}

/* COUNT times PIECE between BEFORE and AFTER: the text, the limits, and not a second's work. */
static void check_many(const char *before, const char *piece, size_t count, const char *after,
                       const char *end_of_text, unsigned expected_hit)
{
    struct buf html = BUF_INIT;
    struct buf out = BUF_INIT;
    unsigned hit = 0;
    clock_t start;

    buf_string(&html, before);
    for (size_t i = 0; i < count; i++) {
        buf_string(&html, piece);
    }
    buf_string(&html, after);
    start = clock();
    html_to_text(&out, buf_view(&html), &limits, &hit);
    double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    if (seconds > 4) {
        print_error("%zu times %s: %.1f s\n", count, piece, seconds);
    }
    assert_true(seconds <= 4);
    assert_true(utf8_valid(buf_view(&out)));
    assert_int_equal(hit, expected_hit);
    size_t length = strlen(end_of_text);
    if (out.length < length) {
        print_error("%zu times %s: the text behind is lost\n", count, piece);
    }
    assert_true(out.length >= length);
    assert_memory_equal(buf_cstring(&out) + out.length - length, end_of_text, length);
    buf_release(&html);
    buf_release(&out);
}

static void test_attribute_limits(void **state)
{
    const unsigned hit = 1u << LIMIT_html_attributes;

    (void)state;
    check_many("<p ", "a=1 ", 1000, ">text</p>", "text\n", 0);
    check_many("<p ", "a=1 ", 1001, ">text</p>", "text\n", hit);
    check_many("<p ", "a=1 ", 100000, ">text</p>", "text\n", hit);
    check_many("<p title=\"", "<x>", 30000, "\">text</p>", "text\n", hit);
}

/* Input with which parsers are slow, or lose what follows. */
static void test_hostile(void **state)
{
    (void)state;
    check_many("", "<div>", 100000, "text", "text\n", 0);
    check_many("", "<b>", 300000, "text", "text\n", 0);
    check_many("", "<p>", 300000, "text", "text\n", 0);
    check_many("", "<title>", 100000, "", "", 0);
    check_many("", "<!--", 300000, "text", "text\n", 0);
    check_many("", "<blockquote>", 100000, "text", "text\n", 0);
    check_many("", "<table><tr><td>", 60000, "text", "text\n", 0);
    check_many("", "<p><b></p>", 100000, "text", "text\n", 0);
}

/* Every end tag that closes nothing makes a parser look through all open elements. */
static void test_hostile_end_tags(void **state)
{
    (void)state;
    check_many("", "<b></i>", 200000, "text", "text\n", 0);
    check_many("", "<b></nothing>", 100000, "text", "text\n", 0);
}

/* Any octets give valid text without blank lines at the ends or two in a row. */
static void test_properties(void **state)
{
    static const char *const pieces[] = {"<p>",
                                         "</p>",
                                         "<div>",
                                         "</div>",
                                         "<br>",
                                         "<blockquote>",
                                         "</blockquote>",
                                         "a",
                                         " ",
                                         "\n",
                                         "é",
                                         "&nbsp;",
                                         "<pre>",
                                         "</pre>",
                                         "<ul>",
                                         "<li>",
                                         "</li>",
                                         "</ul>",
                                         "<",
                                         ">",
                                         "<!--",
                                         "-->",
                                         "\"",
                                         "<a href=\"",
                                         "&",
                                         "&#0;",
                                         "</",
                                         "<td>",
                                         "<script>",
                                         "</script>",
                                         "=",
                                         "'",
                                         "<hr>",
                                         "<!",
                                         "<?",
                                         "\x01",
                                         "<b x=",
                                         "</body>",
                                         "<html>",
                                         "\xEF\xBB\xBF"};
    struct buf html = BUF_INIT;
    struct buf out = BUF_INIT;
    uint32_t random = 20261123;

    (void)state;
    for (size_t round = 0; round < 3000; round++) {
        buf_clear(&html);
        buf_clear(&out);
        for (size_t i = 0; i < 20; i++) {
            random = random * 1664525 + 1013904223;
            buf_string(&html, pieces[(random >> 8) % (sizeof pieces / sizeof pieces[0])]);
        }
        html_to_text(&out, buf_view(&html), &limits, NULL);
        assert_true(utf8_valid(buf_view(&out)));
        assert_null(strstr(buf_cstring(&out), "\n\n\n"));
        assert_true(out.length == 0 ||
                    (out.octets[0] != '\n' && out.octets[out.length - 1] == '\n'));
        assert_true(out.length < 2 || out.octets[out.length - 2] != '\n');
    }
    buf_release(&html);
    buf_release(&out);
}

/* NUL is white space to us, and ends nothing. */
static void test_nul(void **state)
{
    struct buf out = BUF_INIT;

    (void)state;
    html_to_text(&out, SPAN("<p>a</p>\0<p>b</p>"), &limits, NULL);
    assert_string_equal(buf_cstring(&out), "a\n\nb\n");
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_white_space),
        cmocka_unit_test(test_entities),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_lists_and_tables),
        cmocka_unit_test(test_left_out),
        cmocka_unit_test(test_quotes),
        cmocka_unit_test(test_deep_quotes),
        cmocka_unit_test(test_appends),
        cmocka_unit_test(test_part_limit),
        cmocka_unit_test(test_attribute_limits),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_hostile_end_tags),
        cmocka_unit_test(test_properties),
        cmocka_unit_test(test_nul),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
