/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "address.h"
#include "charset.h"
#include "utf8.h"

/* VALUE must read as WANTED: `name<email>` for each address, without name `<email>`. */
static void reads(struct span value, const char *wanted)
{
    struct arena arena = ARENA_INIT;
    struct buf found = BUF_INIT;
    struct address_list list = {NULL, 0, 0};

    header_addresses(&arena, value, &list);
    for (size_t i = 0; i < list.count; i++) {
        assert_true(list.items[i].email.length > 0);
        buf_span(&found, list.items[i].name);
        buf_char(&found, '<');
        buf_span(&found, list.items[i].email);
        buf_char(&found, '>');
    }
    assert_true(utf8_valid(buf_view(&found)));
    assert_string_equal(buf_cstring(&found), wanted);
    buf_release(&found);
    arena_release(&arena);
}

static void lawful_lists(void **state)
{
    (void)state;
    reads(SPAN(" jean@example.com"), "<jean@example.com>");
    reads(SPAN("Jean Dupont <jean@example.com>"), "Jean Dupont<jean@example.com>");
    reads(SPAN("\"Dupont, Jean\" <j@d.example>,\r\n\tb@c.example"),
          "Dupont, Jean<j@d.example><b@c.example>");
    reads(SPAN("\"a \\\"q\\\" b\" <a@b>"), "a \"q\" b<a@b>");
    reads(SPAN("jean@example.com (Jean (le) Dupont)"), "Jean (le) Dupont<jean@example.com>");
    reads(SPAN("(c) Foo (d) Bar (e) <a@b> (f)"), "Foo Bar<a@b>");
    reads(SPAN("Group: a@b, \"C\" <c@d>;, e@f"), "<a@b>C<c@d><e@f>");
    reads(SPAN("undisclosed-recipients:;"), "");
    reads(SPAN("<@r1,@r2:a@b>"), "<a@b>");
    reads(SPAN("a @ b . c"), "<a@b.c>");
    reads(SPAN("\"a b\"@c.d"), "<\"a b\"@c.d>");
    reads(SPAN("a@[1.2.3.4]"), "<a@[1.2.3.4]>");
    reads(SPAN("=?iso-8859-1?Q?Andr=E9_B.?= <a@b>"), "André B.<a@b>");
    reads(SPAN("a@b (=?utf-8?B?w6k=?=)"), "é<a@b>");
    reads(SPAN("J. R. Smith <j@x>, , 'x' <a@b>"), "J. R. Smith<j@x>'x'<a@b>");
    reads(SPAN(""), "");
}

static void broken_lists(void **state)
{
    (void)state;
    reads(SPAN("Dupont, Jean <j@d.example>"), "Dupont, Jean<j@d.example>");
    reads(SPAN("Andr\xe9 <a@b>"), "André<a@b>");
    reads(SPAN("root"), "<root>");
    reads(SPAN("root, a@b"), "<root><a@b>");
    reads(SPAN("Deal Shopper"), "");
    reads(SPAN("a@b; c@d"), "<a@b><c@d>");
    reads(SPAN("foo <a@b> bar"), "foo<a@b>");
    reads(SPAN("Foo@bar.com <a@b>"), "Foo@bar.com<a@b>");
    reads(SPAN("<>"), "");
    reads(SPAN("a@b.example <>"), "<a@b.example>");
    reads(SPAN("bad <"), "");
    reads(SPAN("bad <a@b"), "bad<a@b>");
    reads(SPAN("\"never closed <a@b>, c@d"), "never closed<a@b><c@d>");
    reads(SPAN("(never closed, c@d"), "<c@d>");
    reads(SPAN("a@b@c"), "<a@b@c>");
    reads(SPAN("mailto:a@b"), "<a@b>");
    reads(SPAN("please write to a@b now"), "<a@b>");
    reads(SPAN("<Undisclosed-Recipient:;@x.example>"), "");
    /* Two words must not become somebody's address. */
    reads(SPAN("<Undisclosed Recipients@x.example>"), "<Undisclosed Recipients@x.example>");
    reads(SPAN("a\0@b\0"), "<a@b>");
    reads(SPAN(",,;,"), "");
}

/* VALUE must read as WANTED: `{name:name<email>…}` for each group, without name `{:…}`. */
static void grouped(struct span value, const char *wanted)
{
    struct arena arena = ARENA_INIT;
    struct buf found = BUF_INIT;
    struct address_groups groups = {.items = NULL};
    struct address_list list = {NULL, 0, 0};
    size_t next = 0;

    header_groups(&arena, value, &groups);
    header_addresses(&arena, value, &list);
    assert_int_equal(groups.list.count, list.count);
    for (size_t i = 0; i < groups.count; i++) {
        const struct address_group *group = &groups.items[i];

        assert_int_equal(group->first, next);
        next += group->count;
        assert_true(next <= list.count);
        buf_char(&found, '{');
        buf_span(&found, group->name);
        buf_char(&found, ':');
        for (size_t j = group->first; j < next; j++) {
            const struct mail_address *item = &groups.list.items[j];

            assert_true(span_equal(item->email, list.items[j].email));
            buf_span(&found, item->name);
            buf_char(&found, '<');
            buf_span(&found, item->email);
            buf_char(&found, '>');
        }
        buf_char(&found, '}');
    }
    assert_int_equal(next, list.count);
    assert_true(utf8_valid(buf_view(&found)));
    assert_string_equal(buf_cstring(&found), wanted);
    buf_release(&found);
    arena_release(&arena);
}

static void groups(void **state)
{
    (void)state;
    /* The example of RFC 8621 section 4.1.2.4. */
    grouped(SPAN("\"  James Smythe\" <james@example.com>, Friends:\r\n  jane@example.com, "
                 "=?UTF-8?Q?John_Sm=C3=AEth?=\r\n <john@example.com>;"),
            "{:James Smythe<james@example.com>}{Friends:<jane@example.com>"
            "John Smîth<john@example.com>}");
    grouped(SPAN("undisclosed-recipients:;"), "{undisclosed-recipients:}");
    grouped(SPAN("\"A, \\\"B\\\"\": x@y;, p@q, r@s, =?utf-8?Q?=C3=A9t=C3=A9?=:;"),
            "{A, \"B\":<x@y>}{:<p@q><r@s>}{été:}");
    grouped(SPAN("One: a@b; Two: c@d;e@f"), "{One:<a@b>}{Two:<c@d>}{:<e@f>}");
    grouped(SPAN("Never closed: a@b, c@d"), "{Never closed:<a@b><c@d>}");
    grouped(SPAN("a@b; c@d"), "{:<a@b><c@d>}");
    grouped(SPAN("root, All: sam;"), "{:<root>}{All:<sam>}");
    grouped(SPAN("mailto:a@b"), "{:<a@b>}");
    grouped(SPAN(": a@b;"), "{:<a@b>}");
    grouped(SPAN("(who) Staff (all): a@b (x:y);"), "{Staff:x:y<a@b>}");
    grouped(SPAN("a@b:c"), "{:<a@b>}");
    grouped(SPAN("Cafe\xcc\x81: Rene\xcc\x81 <r@s>;"), "{Café:René<r@s>}");
    grouped(SPAN(""), "");
}

static void urls_are(struct span value, const char *wanted)
{
    struct arena arena = ARENA_INIT;
    struct buf found = BUF_INIT;
    size_t count = 99;
    struct span *urls = header_urls(&arena, value, &count);

    for (size_t i = 0; i < count; i++) {
        buf_char(&found, '|');
        buf_span(&found, urls[i]);
    }
    assert_string_equal(buf_cstring(&found), wanted);
    buf_release(&found);
    arena_release(&arena);
}

/* RFC 2369 section 2. */
static void urls(void **state)
{
    (void)state;
    urls_are(SPAN(" <mailto:list@host.example?subject=help>"),
             "|mailto:list@host.example?subject=help");
    urls_are(SPAN(" <ftp://ftp.host.example/list.txt>,\r\n\t<mailto:list@host.example>"),
             "|ftp://ftp.host.example/list.txt|mailto:list@host.example");
    urls_are(SPAN("(Use this (first)) <https://a.example/\r\n b>"), "|https://a.example/b");
    urls_are(SPAN("<https://a.example/x,y>(z),<https://b.example>"),
             "|https://a.example/x,y|https://b.example");
    urls_are(SPAN("<https://a.example> and more, <https://b.example>"), "|https://a.example");
    urls_are(SPAN("NO (posting is not allowed)"), "");
    urls_are(SPAN("https://a.example"), "");
    urls_are(SPAN(", <https://a.example>"), "|https://a.example");
    urls_are(SPAN("<never closed"), "");
    urls_are(SPAN("(never closed <a>"), "");
    urls_are(SPAN("<>"), "");
    urls_are(SPAN("<a\0\xff>"), "|a\xef\xbf\xbd");
    urls_are(SPAN(""), "");
}

static void identifiers(struct span value, const char *wanted)
{
    struct arena arena = ARENA_INIT;
    struct buf found = BUF_INIT;
    size_t count = 99;
    struct span *ids = header_message_ids(&arena, value, &count);

    for (size_t i = 0; i < count; i++) {
        buf_char(&found, '|');
        buf_span(&found, ids[i]);
    }
    assert_string_equal(buf_cstring(&found), wanted);
    buf_release(&found);
    arena_release(&arena);
}

static void message_ids(void **state)
{
    (void)state;
    identifiers(SPAN(" <a@b>"), "|a@b");
    identifiers(SPAN(" <a@b>\r\n <c@d>(x)<e@f>"), "|a@b|c@d|e@f");
    identifiers(SPAN("<a\r\n @b>"), "|a@b");
    identifiers(SPAN("Message of Tue <a@b> from \"x\""), "|a@b");
    identifiers(SPAN("a@b, c@d"), "|a@b|c@d");
    identifiers(SPAN("<a@b"), "|a@b");
    identifiers(SPAN("<<a@b>>"), "|a@b");
    identifiers(SPAN("<>"), "");
    identifiers(SPAN("PM20004:51:06 PM"), "");
    identifiers(SPAN("<a\0\xff@b>"), "|a\xef\xbf\xbd@b");
    identifiers(SPAN(""), "");
}

static void long_values_end(void **state)
{
    static const char *const pieces[] = {
        "\"<(,", "<,", "(", "a@b,", "x ", "\"", "a:", "<a", "\\", "a:;", "<a>(", ":", "@:"};
    struct arena arena = ARENA_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
        struct buf value = BUF_INIT;
        struct address_list list = {NULL, 0, 0};
        struct address_groups groups = {.items = NULL};
        size_t count;

        for (int j = 0; j < 50000; j++)
            buf_string(&value, pieces[i]);
        header_addresses(&arena, buf_view(&value), &list);
        assert_int_equal(list.count, i == 3 ? 50000 : list.count);
        header_groups(&arena, buf_view(&value), &groups);
        (void)header_message_ids(&arena, buf_view(&value), &count);
        (void)header_urls(&arena, buf_view(&value), &count);
        buf_release(&value);
        arena_clear(&arena);
    }
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lawful_lists), cmocka_unit_test(broken_lists),
        cmocka_unit_test(groups),       cmocka_unit_test(urls),
        cmocka_unit_test(message_ids),  cmocka_unit_test(long_values_end),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    charset_release();
    return failed;
}
