/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "tnef.h"
#include "tnef_make.h"

static void files_and_body(void **state)
{
    struct arena arena = ARENA_INIT;
    struct buf out = BUF_INIT;
    struct buf properties = BUF_INIT;
    struct tnef tnef;

    (void)state;
    make_begin(&out);
    make_record(&out, 0x00069007, SPAN("\xe3\x04\0\0\0\0\0\0")); /* code page 1251 */
    make_record(&out, 0x0002800c, SPAN("Plain body\0"));
    make_number(&properties, 5, 4);
    make_number(&properties, 0x1e, 2); /* a property with a name, of which nobody wants anything */
    make_number(&properties, 0x8005, 2);
    buf_add(&properties, "0123456789abcdef\1\0\0\0\6\0\0\0a\0b\0\0\0\0\0", 32);
    buf_add(&properties, "\1\0\0\0\3\0\0\0xyz\0", 12);
    make_number(&properties, 0x1003, 2); /* several numbers */
    make_number(&properties, 0x6000, 2);
    buf_add(&properties, "\2\0\0\0\1\0\0\0\2\0\0\0", 12);
    make_number(&properties, 0x40, 2); /* a time */
    make_number(&properties, 0x6001, 2);
    buf_add(&properties, "01234567", 8);
    make_long(&properties, 0x3fde, 65001);
    make_property(&properties, 0x102, 0x1013, SPAN("<p>x</p>"));
    make_record(&out, 0x00069003, buf_view(&properties));
    make_file(&out, "SHORT~1.PNG", "A long name.png", SPAN("data"));
    make_file(&out, "b.bin", NULL, SPAN("more"));

    assert_true(tnef_read(&arena, buf_view(&out), 100, &tnef));
    assert_int_equal(tnef.count, 2);
    assert_true(span_equal(tnef.files[0].data, SPAN("data")));
    assert_true(span_equal(tnef.files[0].type, SPAN("Image/PNG")));
    assert_int_equal(tnef.files[0].name.octets.length, 30);
    assert_string_equal(tnef.files[0].name.charset, "utf-16le");
    assert_true(span_equal(tnef.files[1].name.octets, SPAN("b.bin")));
    assert_string_equal(tnef.files[1].name.charset, "cp1251");
    assert_true(span_equal(tnef.plain.octets, SPAN("Plain body")));
    assert_true(span_equal(tnef.html.octets, SPAN("<p>x</p>")));
    assert_string_equal(tnef.html.charset, "utf-8");

    assert_true(tnef_read(&arena, buf_view(&out), 1, &tnef));
    assert_int_equal(tnef.count, 1);
    assert_true(span_equal(tnef.files[0].data, SPAN("data")));
    assert_false(tnef_read(&arena, SPAN("x"), 1, &tnef));
    assert_false(tnef_read(&arena, SPAN(""), 1, &tnef));
    buf_release(&out);
    buf_release(&properties);
    arena_release(&arena);
}

/* An attached message is an object whose data begin with the interface's identifier. */
static void attached_message(void **state)
{
    struct arena arena = ARENA_INIT;
    struct buf out = BUF_INIT;
    struct buf inner = BUF_INIT;
    struct buf properties = BUF_INIT;
    struct tnef tnef;

    (void)state;
    buf_string(&inner, "0123456789abcdef");
    make_begin(&inner);
    make_number(&properties, 1, 4);
    make_property(&properties, 0x0d, 0x3701, buf_view(&inner));
    make_begin(&out);
    make_record(&out, 0x00069002, SPAN("\1\0"));
    make_record(&out, 0x00069005, buf_view(&properties));
    assert_true(tnef_read(&arena, buf_view(&out), 100, &tnef));
    assert_int_equal(tnef.count, 1);
    assert_true(tnef.files[0].is_message);
    assert_true(tnef_is(tnef.files[0].data));
    buf_release(&out);
    buf_release(&inner);
    buf_release(&properties);
    arena_release(&arena);
}

static void read_copy(struct arena *arena, const struct buf *octets, size_t length)
{
    struct tnef tnef;
    char *copy = memory_take(length + 1);

    memcpy(copy, octets->octets, length);
    (void)tnef_read(arena, (struct span){copy, length}, 10, &tnef);
    for (size_t i = 0; i < tnef.count; i++)
        assert_true(tnef.files[i].data.length <= length);
    free(copy);
}

/* Every beginning, and every octet turned into one that makes lengths lie. */
static void lying_lengths(void **state)
{
    static const char lies[] = {0, 1, 0x7f, (char)0x80, (char)0xff};
    struct arena arena = ARENA_INIT;
    struct buf out = BUF_INIT;

    (void)state;
    make_begin(&out);
    make_message_property(&out, 0x1e, 0x1000, SPAN("body\0"));
    make_file(&out, "a", "b", SPAN("data"));
    for (size_t length = 0; length <= out.length; length++)
        read_copy(&arena, &out, length);
    for (size_t at = 0; at < out.length; at++) {
        char before = out.octets[at];

        for (size_t i = 0; i < sizeof(lies); i++) {
            out.octets[at] = lies[i];
            read_copy(&arena, &out, out.length);
        }
        out.octets[at] = before;
        arena_clear(&arena);
    }
    buf_release(&out);
    arena_release(&arena);
}

static void rtf_is(struct span compressed, size_t limit, const char *wanted)
{
    struct buf out = BUF_INIT;
    char *copy = memory_take(compressed.length + 1);

    memcpy(copy, compressed.octets, compressed.length);
    assert_int_equal(tnef_rtf(&out, (struct span){copy, compressed.length}, limit), wanted != NULL);
    assert_string_equal(buf_cstring(&out), wanted != NULL ? wanted : "");
    free(copy);
    buf_release(&out);
}

/* The examples of [MS-OXRTFCP] section 3: a simple one, and one whose copy reads what it writes. */
static const char simple[] =
    "\x2d\0\0\0\x2b\0\0\0LZFu\xf1\xc5\xc7\xa7\x03\x00\x0a\x00\x72\x63\x70\x67\x31\x32\x35\x42\x32"
    "\x0a\xf3\x20\x68\x65\x6c\x09\x00\x20\x62\x77\x05\xb0\x6c\x64\x7d\x0a\x80\x0f\xa0";
static const char overlap[] = "\x1a\0\0\0\x1c\0\0\0LZFu\xe2\xd4\x4b\x51\x41\x00\x04\x20"
                              "\x57\x58\x59\x5a\x0d\x6e\x7d\x01\x0e\xb0";

static void compressed_rtf(void **state)
{
    struct buf out = BUF_INIT;

    (void)state;
    rtf_is((struct span){simple, sizeof(simple) - 1}, SIZE_MAX,
           "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
    rtf_is((struct span){overlap, sizeof(overlap) - 1}, SIZE_MAX, "{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}");
    rtf_is((struct span){overlap, sizeof(overlap) - 1}, 9, "{\\rtf1 WX");
    make_rtf(&out, "{\\rtf1 plain}");
    rtf_is(buf_view(&out), SIZE_MAX, "{\\rtf1 plain}");
    rtf_is(buf_view(&out), 3, "{\\r");
    rtf_is(SPAN(""), SIZE_MAX, NULL);
    rtf_is(SPAN("\x2d\0\0\0\x2b\0\0\0XXXX\0\0\0\0abc"), SIZE_MAX, NULL);
    buf_release(&out);
    for (size_t length = 16; length < sizeof(simple) - 1; length++) {
        char *copy = memory_take(length);

        memcpy(copy, simple, length);
        buf_clear(&out);
        assert_true(tnef_rtf(&out, (struct span){copy, length}, SIZE_MAX));
        assert_true(
            span_begins(SPAN("{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"), buf_view(&out)));
        free(copy);
    }
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_and_body), cmocka_unit_test(attached_message),
        cmocka_unit_test(lying_lengths), cmocka_unit_test(compressed_rtf)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
