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
    static const char *const pieces[] = {"\"<(,", "<,", "(", "a@b,", "x ", "\"", "a:", "<a", "\\"};
    struct arena arena = ARENA_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
        struct buf value = BUF_INIT;
        struct address_list list = {NULL, 0, 0};
        size_t count;

        for (int j = 0; j < 50000; j++)
            buf_string(&value, pieces[i]);
        header_addresses(&arena, buf_view(&value), &list);
        assert_int_equal(list.count, i == 3 ? 50000 : list.count);
        (void)header_message_ids(&arena, buf_view(&value), &count);
        buf_release(&value);
        arena_clear(&arena);
    }
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lawful_lists),
        cmocka_unit_test(broken_lists),
        cmocka_unit_test(message_ids),
        cmocka_unit_test(long_values_end),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    charset_release();
    return failed;
}
