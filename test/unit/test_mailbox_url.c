/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mailbox-url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "diag.h"

static struct arena arena = ARENA_INIT;

static void test_parts(void **state)
{
    struct mailbox_url url;

    (void)state;
    assert_int_equal(mailbox_url_read(&arena, "imap://ann@Mail.Example", &url), 0);
    assert_false(url.pop || url.tls);
    assert_string_equal(url.user, "ann");
    assert_string_equal(url.host, "mail.example");
    assert_string_equal(url.port, "143");
    assert_string_equal(url.folder, "INBOX");
    assert_string_equal(url.name, "imap://ann@mail.example/INBOX");
    assert_int_equal(
        mailbox_url_read(&arena, "IMAPS://ann%40b.example@[::1]:0993/a%2Fb/c d%20é", &url), 0);
    assert_true(url.tls);
    assert_string_equal(url.user, "ann@b.example");
    assert_string_equal(url.host, "::1");
    assert_string_equal(url.port, "993");
    assert_string_equal(url.folder, "a/b/c d é");
    assert_string_equal(url.name, "imap://ann%40b.example@[::1]/a/b/c%20d%20%c3%a9");
    assert_int_equal(mailbox_url_read(&arena, "pops://ann@b@h:1995/", &url), 0);
    assert_true(url.pop && url.tls);
    assert_string_equal(url.user, "ann@b");
    assert_string_equal(url.folder, "");
    assert_string_equal(url.name, "pop://ann%40b@h:1995/");
}

/* One mailbox has one name, whichever way it is written; different ones have different names. */
static void test_names(void **state)
{
    static const char *const same[] = {"imap://ann@h", "imaps://ann@H/inbox", "imap://ann@h:143/",
                                       "imaps://a%6en@h:993/%49NBOX"};
    static const char *const other[] = {"imap://ann@h:993/", "imap://Ann@h", "imap://ann@h/INBOX/a",
                                        "pop://ann@h",       "imap://ann@g", "imap://ann@h/Inbox2"};
    struct mailbox_url url;

    (void)state;
    for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
        assert_int_equal(mailbox_url_read(&arena, same[i], &url), 0);
        assert_string_equal(url.name, "imap://ann@h/INBOX");
    }
    for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
        assert_int_equal(mailbox_url_read(&arena, other[i], &url), 0);
        assert_string_not_equal(url.name, "imap://ann@h/INBOX");
    }
}

static void test_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "imap:",
        "imap://",
        "imap://h",
        "imap://@h",
        "imap://ann@",
        "imap://ann@:143",
        "imap://ann@h:",
        "imap://ann@h:65536",
        "imap://ann@h:143x",
        "imap://ann@h:99999999999999999999",
        "imap://ann@[::1",
        "imap://ann@[::1]x",
        "imap://ann@h_\xc3\xa9",
        "imap://ann@h/%4",
        "imap://ann@h/%",
        "imap://ann@h/%4g",
        "imap://ann@h/a%0ab",
        "imap://ann@h/\x7f",
        "imap://ann@h/%ff",
        "imap://ann@h/a;UIDVALIDITY=1",
        "imap://ann@h/a?TEXT",
        "imap://ann;AUTH=*@h",
        "imap://ann:word@h",
        "imap://%0a@h",
        "pop://ann@h/INBOX",
        "pop3://ann@h",
    };
    struct mailbox_url url;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(mailbox_url_read(&arena, bad[i], &url), EX_USAGE);
}

static void test_utf7(void **state)
{
    /* The examples of RFC 3501 section 5.1.3, and what is beyond 16 bits. */
    static const char *const pairs[][2] = {
        {"INBOX", "INBOX"},
        {"~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"},
        {"a&b", "a&-b"},
        {"&", "&-"},
        {"Entw\xc3\xbcrfe", "Entw&APw-rfe"},
        {"é&é", "&AOk-&-&AOk-"},
        {"😀", "&2D3eAA-"},
        {"éé", "&AOkA6Q-"},
        {"ééé", "&AOkA6QDp-"},
        {"", ""},
    };
    struct buf out = BUF_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        buf_clear(&out);
        mailbox_url_utf7(&out, span_of(pairs[i][0]));
        assert_string_equal(buf_cstring(&out), pairs[i][1]);
    }
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_utf7),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    arena_release(&arena);
    return failed;
}
