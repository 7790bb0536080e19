/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "charset.h"
#include "forms.h"
#include "utf8.h"

static const struct limits defaults = LIMITS_DEFAULT;

static const char sample[] = "Received: from a by b; Mon, 23 Nov 2026 10:00:00 +0000\n"
                             "Subject: first\n"
                             "SUBJECT: =?utf-8?Q?caf=C3=A9?=\n"
                             " here\n"
                             "To: Team: a@x.example, B <b@x.example>;, c@x.example\n"
                             "To: not an address\n"
                             "X-Seen: 24 Nov 2026 09:00 +0100\n"
                             "X-Seen: yesterday\n"
                             "References: <a@b> <c@d>\n"
                             "In-Reply-To: your mail\n"
                             "List-Archive: <https://a.example/\n"
                             "  list>\n"
                             "List-Post: NO\n"
                             "X-Octets: caf\xe9\x01\n"
                             "X-Empty:\n"
                             "X-\"Odd\\: 1\n\n";

/* The property NAME of the sample must be WANTED. */
static void gives(const char *name, const char *wanted)
{
    struct arena arena = ARENA_INIT;
    struct form_property property;
    struct header header;
    struct buf out = BUF_INIT;
    struct span body;
    unsigned hit = 0;

    header_read(&arena, SPAN(sample), &defaults, &header, &body, &hit);
    if (form_read(span_of(name), &property) != NULL)
        fail_msg("%s is refused", name);
    assert_true(span_equal(property.name, span_of(name)));
    form_write(&out, &arena, &header, &property);
    assert_true(utf8_valid(buf_view(&out)));
    if (strcmp(buf_cstring(&out), wanted) != 0)
        fail_msg("%s gave %s, not %s", name, buf_cstring(&out), wanted);
    buf_release(&out);
    arena_release(&arena);
}

static void texts(void **state)
{
    (void)state;
    gives("header:Subject", "\" =?utf-8?Q?caf=C3=A9?=\\n here\"");
    gives("header:subject:asRaw", "\" =?utf-8?Q?caf=C3=A9?=\\n here\"");
    gives("header:SUBJECT:asText", "\"café here\"");
    gives("header:Subject:all", "[\" first\",\" =?utf-8?Q?caf=C3=A9?=\\n here\"]");
    gives("header:Subject:asText:all", "[\"first\",\"café here\"]");
    gives("header:X-Octets", "\" caf\xef\xbf\xbd\\u0001\"");
    gives("header:X-Octets:asText", "\"café\"");
    gives("header:X-Empty", "\"\"");
    gives("header:X-Empty:asText", "\"\"");
    gives("header:X-\"Odd\\:asText", "\"1\"");
}

static void absent(void **state)
{
    static const char *const forms[] = {
        "",        ":asText", ":asAddresses", ":asGroupedAddresses", ":asMessageIds",
        ":asDate", ":asURLs"};

    (void)state;
    for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
        struct buf name = BUF_INIT;

        buf_format(&name, "header:X-None%s", forms[i]);
        gives(buf_cstring(&name), "null");
        buf_string(&name, ":all");
        gives(buf_cstring(&name), "[]");
        buf_release(&name);
    }
}

static void structured(void **state)
{
    (void)state;
    gives("header:To:asAddresses", "[]");
    gives("header:To:asAddresses:all",
          "[[{\"name\":null,\"email\":\"a@x.example\"},{\"name\":\"B\",\"email\":\"b@x.example\"},"
          "{\"name\":null,\"email\":\"c@x.example\"}],[]]");
    gives("header:To:asGroupedAddresses:all",
          "[[{\"name\":\"Team\",\"addresses\":[{\"name\":null,\"email\":\"a@x.example\"},"
          "{\"name\":\"B\",\"email\":\"b@x.example\"}]},"
          "{\"name\":null,\"addresses\":[{\"name\":null,\"email\":\"c@x.example\"}]}],[]]");
    gives("header:References:asMessageIds", "[\"a@b\",\"c@d\"]");
    gives("header:In-Reply-To:asMessageIds", "null");
    gives("header:In-Reply-To:asMessageIds:all", "[null]");
    gives("header:X-Seen:asDate", "null");
    gives("header:X-Seen:asDate:all", "[\"2026-11-24T09:00:00+01:00\",null]");
    gives("header:List-Archive:asURLs", "[\"https://a.example/list\"]");
    gives("header:List-Post:asURLs", "null");
}

/* Subject VALUE of a message whose text is in CHARSET. */
static void in_charset(struct span value, const char *charset, const char *wanted)
{
    struct header_field field = {.name = SPAN("Subject"), .value = value};
    const struct header header = {.fields = &field, .count = 1, .charset = span_of(charset)};
    struct form_property property = {.field = SPAN("Subject"), .form = FORM_TEXT};
    struct arena arena = ARENA_INIT;
    struct buf out = BUF_INIT;

    form_write(&out, &arena, &header, &property);
    assert_string_equal(buf_cstring(&out), wanted);
    buf_release(&out);
    arena_release(&arena);
}

static void never_encoded(void **state)
{
    (void)state;
    in_charset(SPAN(" \xf0\xd2\xc9\xd7\xc5\xd4"), "koi8-r", "\"Привет\"");
    in_charset(SPAN(" \xcf\xf0\xe8\xe2\xe5\xf2"), "windows-1251", "\"Привет\"");
    in_charset(SPAN(" \xc4\xe3\xba\xc3"), "gb2312", "\"你好\"");
    in_charset(SPAN(" \x82\xb1\x82\xf1\r\n \x82\xc9"), "shift_jis", "\"こん に\"");
    in_charset(SPAN(" \x1b$B$3$s\x1b(B!"), "ISO-2022-JP", "\"こん!\"");
    /* what is UTF-8, and what the set does not explain, is read as ever */
    in_charset(SPAN(" \xd0\x9f\xd1\x80"), "koi8-r", "\"Пр\"");
    in_charset(SPAN(" caf\xe9"), "utf-8", "\"café\"");
    in_charset(SPAN(" caf\xe9"), "klingon", "\"café\"");
    in_charset(SPAN(" caf\xe9"), "", "\"café\"");
    in_charset(SPAN(" =?koi8-r?Q?=F0?= \xd2"), "koi8-r", "\"П р\"");
}

/* Which form a field may have: RFC 8621 sections 4.1.2.2 to 4.1.2.7. */
static void allowed_forms(void **state)
{
    static const char *const text[] = {"Subject", "Comments", "Keywords"};
    static const char *const addresses[] = {
        "From",        "Sender",        "Reply-To",        "To",        "Cc",        "Bcc",
        "Resent-From", "Resent-Sender", "Resent-Reply-To", "Resent-To", "Resent-Cc", "Resent-Bcc"};
    static const char *const ids[] = {"Message-ID", "In-Reply-To", "References",
                                      "Resent-Message-ID"};
    static const char *const dates[] = {"Date", "Resent-Date"};
    static const char *const urls[] = {"List-Help", "List-Unsubscribe", "List-Subscribe",
                                       "List-Post", "List-Owner",       "List-Archive"};
    static const char *const raw[] = {"Return-Path", "received"};
    static const char *const any[] = {"List-Id", "X-Foo", "Content-Type", "all", "asText"};
    static const char letters[] = "TAGMDU";
    static const char *const forms[] = {"asText",       "asAddresses", "asGroupedAddresses",
                                        "asMessageIds", "asDate",      "asURLs"};
    static const struct {
        const char *const *fields;
        size_t count;
        const char *forms;
    } rules[] = {{text, 3, "T"}, {addresses, 12, "AG"}, {ids, 4, "M"},     {dates, 2, "D"},
                 {urls, 6, "U"}, {raw, 2, ""},          {any, 5, "TAGMDU"}};

    (void)state;
    for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
        for (size_t j = 0; j < rules[i].count; j++) {
            struct form_property property;
            struct buf name = BUF_INIT;

            buf_format(&name, "header:%s:asRaw", rules[i].fields[j]);
            assert_null(form_read(buf_view(&name), &property));
            for (size_t k = 0; k < sizeof(forms) / sizeof(*forms); k++) {
                bool allowed = strchr(rules[i].forms, letters[k]) != NULL;

                buf_clear(&name);
                buf_format(&name, "header:%s:%s", rules[i].fields[j], forms[k]);
                if ((form_read(buf_view(&name), &property) == NULL) != allowed)
                    fail_msg("%s is %s", buf_cstring(&name), allowed ? "refused" : "allowed");
            }
            buf_release(&name);
        }
    }
}

static void bad_names(void **state)
{
    static const char *const names[] = {
        "header:",          "header::asText",      "header:X:",
        "header:X:asText:", "header:X:astext",     "header:X:all:asText",
        "header:X:all:all", "header:X:asText:All", "header:X:asText:all:all",
        "header:X Y",       "header:\xc3\xa9",     "header:X:asText:asText"};
    struct form_property property;

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (form_read(span_of(names[i]), &property) == NULL)
            fail_msg("%s is taken", names[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts),      cmocka_unit_test(absent),
        cmocka_unit_test(structured), cmocka_unit_test(allowed_forms),
        cmocka_unit_test(bad_names),  cmocka_unit_test(never_encoded),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    charset_release();
    return failed;
}
