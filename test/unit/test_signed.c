/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "buf.h"
#include "signed.h"

#define OID_SIGNED "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
#define OID_ENVELOPED "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03"
#define OID_DATA "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"

/* WANTED NULL: no content is found. */
static void content_is(struct span octets, const char *wanted)
{
    struct arena arena = ARENA_INIT;
    struct span content = {NULL, 0};
    /* A copy that ends where the octets do, so that a sanitizer sees what reads behind them. */
    char *copy = memory_take(octets.length + (octets.length == 0));

    memcpy(copy, octets.octets, octets.length);
    assert_int_equal(signed_content(&arena, (struct span){copy, octets.length}, &content),
                     wanted != NULL);
    if (wanted != NULL)
        assert_true(span_equal(content, span_of(wanted)));
    free(copy);
    arena_release(&arena);
}

/* A SignedData with definite lengths: version 1, no digests, content "Hello". */
static const char definite[] = "\x30\x2a" OID_SIGNED "\xa0\x1d\x30\x1b\x02\x01\x01\x31\x00"
                               "\x30\x14" OID_DATA "\xa0\x07\x04\x05Hello";
/* The same as streaming writers make it: no lengths, and the content in pieces. */
static const char streamed[] = "\x30\x80" OID_SIGNED "\xa0\x80\x30\x80\x02\x01\x01\x31\x80"
                               "\x30\x80\x06\x01\x29\0\0\0\0"
                               "\x30\x80" OID_DATA "\xa0\x80\x24\x80\x04\x03Hel\x04\x02lo\0\0"
                               "\0\0\0\0\0\0\0\0\0\0";

static void contents(void **state)
{
    (void)state;
    content_is((struct span){definite, sizeof(definite) - 1}, "Hello");
    content_is((struct span){streamed, sizeof(streamed) - 1}, "Hello");
    /* pieces inside pieces, of definite length */
    content_is(SPAN("\x30\x80" OID_SIGNED "\xa0\x80\x30\x80\x02\x01\x01\x31\x00\x30\x80" OID_DATA
                    "\xa0\x80\x24\x0b\x24\x05\x04\x03Hel\x04\x02lo"),
               "Hello");
    /* a long length */
    content_is(SPAN("\x30\x80" OID_SIGNED "\xa0\x80\x30\x80\x02\x01\x01\x31\x00\x30\x80" OID_DATA
                    "\xa0\x80\x04\x82\x00\x05Hello"),
               "Hello");
}

static void what_is_no_content(void **state)
{
    (void)state;
    /* enveloped; certificates only; nothing; no BER */
    content_is(SPAN("\x30\x80" OID_ENVELOPED "\xa0\x80\x30\x80\x02\x01\x00"), NULL);
    content_is(SPAN("\x30\x23" OID_SIGNED "\xa0\x16\x30\x14\x02\x01\x01\x31\x00\x30\x0b" OID_DATA
                    "\xa0\x00"),
               NULL);
    content_is(SPAN("\x30\x80" OID_SIGNED "\xa0\x80\x30\x80\x02\x01\x01\x31\x00\x30\x0b" OID_DATA),
               NULL);
    content_is(SPAN(""), NULL);
    content_is(SPAN("Content-Type: text/plain\n\nHello"), NULL);
}

/* No beginning of a message, and no octet changed, reads beyond it; a cut content is none. */
static void lying_lengths(void **state)
{
    static const struct span messages[] = {{definite, sizeof(definite) - 1},
                                           {streamed, sizeof(streamed) - 1}};
    struct arena arena = ARENA_INIT;
    struct span content;

    (void)state;
    for (size_t i = 0; i < sizeof(messages) / sizeof(*messages); i++) {
        for (size_t length = 0; length < messages[i].length; length++) {
            char *copy = memory_take(length + 1);

            memcpy(copy, messages[i].octets, length);
            if (signed_content(&arena, (struct span){copy, length}, &content))
                assert_true(span_equal(content, SPAN("Hello")));
            for (size_t at = 0; at < length; at++) {
                char before = copy[at];

                copy[at] = (char)0xff;
                (void)signed_content(&arena, (struct span){copy, length}, &content);
                copy[at] = (char)0x84;
                (void)signed_content(&arena, (struct span){copy, length}, &content);
                copy[at] = before;
            }
            free(copy);
        }
    }
    arena_release(&arena);
}

static void deep_nesting_ends(void **state)
{
    struct buf message = BUF_INIT;
    struct arena arena = ARENA_INIT;
    struct span content;

    (void)state;
    buf_add(&message,
            "\x30\x80" OID_SIGNED "\xa0\x80\x30\x80\x02\x01\x01\x31\x00\x30\x80" OID_DATA
            "\xa0\x80",
            35);
    for (int i = 0; i < 100000; i++)
        buf_add(&message, "\x24\x80", 2);
    assert_false(signed_content(&arena, buf_view(&message), &content));
    buf_release(&message);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(contents), cmocka_unit_test(what_is_no_content),
        cmocka_unit_test(lying_lengths), cmocka_unit_test(deep_nesting_ends)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
