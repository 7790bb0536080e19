/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "charset.h"
#include "utf8.h"

#define REPLACEMENT "\xef\xbf\xbd"

/* OCTETS labelled LABEL must become WANTED, with or without an encoding problem. */
static void decodes(struct span octets, const char *label, const char *wanted, bool problem)
{
    struct buf out = BUF_INIT;

    buf_string(&out, "before ");
    assert_int_equal(charset_decode(&out, octets, span_of(label)), problem);
    assert_true(utf8_valid(buf_view(&out)));
    assert_string_equal(buf_cstring(&out) + 7, wanted);
    buf_release(&out);
}

static void labels_are_believed(void **state)
{
    (void)state;
    decodes(SPAN("caf\xc3\xa9"), "utf-8", "café", false);
    decodes(SPAN("caf\xc3\xa9"), "UTF8", "café", false);
    decodes(SPAN("caf\xe9"), "iso-8859-1", "café", false);
    decodes(SPAN("5 \x80"), "ISO-8859-1", "5 €", false);
    decodes(SPAN("\x93quoted\x94"), "windows-1252", "“quoted”", false);
    decodes(SPAN("5 \xa4"), "iso-8859-15", "5 €", false);
    decodes(SPAN("\xb3\xf3"
                 "d\xbc"),
            "iso-8859-2", "łódź", false);
    decodes(SPAN("\xcb\xcf\xc9"), "koi8-r", "кои", false);
    decodes(SPAN("plain"), "us-ascii", "plain", false);
    decodes(SPAN(""), "utf-8", "", false);
}

static void regional_sets_are_read_as_their_supersets(void **state)
{
    (void)state;
    decodes(SPAN("\xc4\xe3\xba\xc3"), "gb2312", "你好", false);
    decodes(SPAN("\xe9\x46"), "gb2312", "镕", false);
    decodes(SPAN("\xb0\xa1\x8c\x63"), "ks_c_5601-1987", "가똠", false);
    decodes(SPAN("\x93\xfa\x96\x7b\x87\x40"), "Shift_JIS", "日本①", false);
    decodes(SPAN("\x1b$BF|K\\\x1b(B"), "iso-2022-jp", "日本", false);
    decodes(SPAN("\xff\xfe\x61\x00\xe9\x00"), "utf-16", "aé", false);
    decodes(SPAN("\x61\x00\xe9\x00"), "utf-16", "aé", false);
    decodes(SPAN("\x00\x61\x00\xe9"), "utf-16", "aé", false);
    decodes(SPAN("+AOk-t+AOk-"), "utf-7", "été", false);
    /* vendors' signs, half-width kana, and a line end that goes back to ASCII */
    decodes(SPAN("\x1b$B-!-j\x1b(B \x1b(I:@\x1b(Bx\x1b$BF|\n-x"), "iso-2022-jp", "①㈱ ｺﾀx日\n-x",
            false);
}

static void wrong_labels_are_mended(void **state)
{
    (void)state;
    decodes(SPAN("caf\xe9"), "utf-8", "café", true);
    decodes(SPAN("caf\xe9"), "us-ascii", "café", true);
    decodes(SPAN("caf\xc3\xa9"), "us-ascii", "café", true);
    decodes(SPAN("caf\xe9"), "klingon", "café", true);
    decodes(SPAN("cafe"), "klingon", "cafe", true);
    decodes(SPAN("caf\xe9"), "", "café", true);
    decodes(SPAN("caf\xc3\xa9"), "", "café", false);
    decodes(SPAN("d\xc3\xa9j\xc3\xa0 \xe2\x82\xac"), "iso-8859-1", "déjà €", true);
    decodes(SPAN("\xc3"), "iso-8859-1", "Ã", false);
    decodes(SPAN("caf\xc3\xa9 \xff."), "utf-8", "café " REPLACEMENT ".", true);
    decodes(SPAN("caf\xc3\xa9"), "iso-2022-jp", "café", true);
    /* the label of those who know no other */
    decodes(SPAN("\xd0\xd2\xc9\xd7\xc5\xd4, \xc7\xc4\xc5 \xcd\xcf\xca \xda\xc1\xcb\xc1\xda"),
            "iso-8859-1", "привет, где мой заказ", true);
    /* a byte order mark against the label */
    decodes(SPAN("\xef\xbb\xbf"
                 "caf\xc3\xa9"),
            "windows-1251",
            "\xef\xbb\xbf"
            "café",
            true);
    decodes(SPAN("\xff\xfe"
                 "a\0\xe9\0"),
            "iso-8859-1", "aé", true);
    decodes(SPAN("\xff\xfe"
                 "a"),
            "iso-8859-1", "ÿþa", false);
    /* UTF-8 under any label */
    decodes(SPAN("где заказ"), "koi8-r", "где заказ", true);
    decodes(SPAN("订单没有收到"), "gb2312", "订单没有收到", true);
    decodes(SPAN("<p>caf\xc3\xa9</p>"), "utf-16", "<p>café</p>", true);
    /* a label that fits nowhere */
    decodes(SPAN("\xce\xd2\xb5\xc4\xb6\xa9\xb5\xa5\xc3\xbb\xd3\xd0\xca\xd5\xb5\xbd"), "utf-8",
            "我的订单没有收到", true);
    decodes(SPAN("\xce\xd2\xb5\xc4\xb6\xa9\xb5\xa5\xc3\xbb\xd3\xd0\xca\xd5\xb5\xbd"), "iso-2022-jp",
            "我的订单没有收到", true);
    decodes(SPAN("a\x81z"), "windows-1252", "a" REPLACEMENT "z", true);
}

/* Names with which iconv would do more, or something else, than decode. */
static void hostile_labels_are_unknown(void **state)
{
    (void)state;
    decodes(SPAN("caf\xe9"), "utf-8//IGNORE", "café", true);
    decodes(SPAN("abcd"), "INTERNAL", "abcd", true);
    decodes(SPAN("abcd"), "WCHAR_T", "abcd", true);
    decodes(SPAN("abcd"), "../../lib/x", "abcd", true);
    decodes(SPAN("abcd"), "-", "abcd", true);
    decodes(SPAN("abcd"), "a-label-that-is-longer-than-any-that-is-registered", "abcd", true);
}

static void nuls_survive(void **state)
{
    struct buf out = BUF_INIT;

    (void)state;
    assert_false(charset_decode(&out, SPAN("a\0\xe9"), SPAN("iso-8859-1")));
    assert_int_equal(out.length, 4);
    assert_memory_equal(out.octets, "a\0\xc3\xa9", 4);
    buf_release(&out);
}

/* More sets than descriptors are kept, in turns: each must still be decoded right. */
static void the_cache_changes_its_content(void **state)
{
    static const char *const labels[] = {
        "iso-8859-2",  "iso-8859-3",  "iso-8859-4",   "iso-8859-5",   "iso-8859-7",
        "iso-8859-10", "iso-8859-13", "iso-8859-14",  "iso-8859-15",  "iso-8859-16",
        "koi8-r",      "koi8-u",      "windows-1250", "windows-1251", "cp437"};

    (void)state;
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < sizeof(labels) / sizeof(*labels); i++)
            decodes(SPAN("plain"), labels[i], "plain", false);
        decodes(SPAN("\xcb\xcf\xc9"), "koi8-r", "кои", false);
        decodes(SPAN("\xb3\xf3"), "iso-8859-2", "łó", false);
    }
    charset_release();
    decodes(SPAN("\xb3\xf3"), "iso-8859-2", "łó", false);
}

static void plain_sets(void **state)
{
    (void)state;
    assert_true(charset_is_plain(SPAN("UTF-8")));
    assert_true(charset_is_plain(SPAN("iso-8859-15")));
    assert_true(charset_is_plain(SPAN("windows-1251")));
    assert_false(charset_is_plain(SPAN("iso-8859-1")));
    assert_false(charset_is_plain(SPAN("iso-8859-99")));
    assert_false(charset_is_plain(SPAN("utf8-")));
    assert_false(charset_is_plain(SPAN("gb2312")));
    assert_false(charset_is_plain(SPAN("utf-7")));
    assert_false(charset_is_plain(SPAN("")));
}

/* Every octet in every kind of set gives valid text, and something for every octet. */
static void all_octets_give_valid_text(void **state)
{
    static const char *const labels[] = {"",      "utf-8",  "us-ascii",    "iso-8859-1",
                                         "big5",  "gb2312", "iso-2022-jp", "utf-16",
                                         "utf-7", "euc-jp"};
    char octets[512];

    (void)state;
    for (size_t i = 0; i < sizeof(octets); i++)
        octets[i] = (char)(i * 7 + i / 256);
    for (size_t i = 0; i < sizeof(labels) / sizeof(*labels); i++) {
        for (size_t length = 1; length <= sizeof(octets); length += 13) {
            struct buf out = BUF_INIT;

            (void)charset_decode(&out, (struct span){octets, length}, span_of(labels[i]));
            assert_true(utf8_valid(buf_view(&out)));
            assert_true(out.length > 0);
            buf_release(&out);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels_are_believed),
        cmocka_unit_test(regional_sets_are_read_as_their_supersets),
        cmocka_unit_test(wrong_labels_are_mended),
        cmocka_unit_test(hostile_labels_are_unknown),
        cmocka_unit_test(nuls_survive),
        cmocka_unit_test(the_cache_changes_its_content),
        cmocka_unit_test(plain_sets),
        cmocka_unit_test(all_octets_give_valid_text),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    charset_release();
    return failed;
}
