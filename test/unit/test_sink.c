/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sink.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sysexits.h>

#include <cmocka.h>

/* What a drain got, and how often. */
struct drained {
    struct buf octets;
    size_t calls;
    const char *last; /* where the last octets lay */
    int code;
};

static int drain(void *data, struct span octets)
{
    struct drained *drained = data;

    buf_span(&drained->octets, octets);
    drained->calls++;
    drained->last = octets.octets;
    return drained->code;
}

static struct span pattern(size_t length)
{
    char *octets = malloc(length);

    assert_non_null(octets);
    for (size_t i = 0; i < length; i++)
        octets[i] = (char)(i * 7 + i / 251);
    return (struct span){octets, length};
}

static void test_gathers(void **state)
{
    struct span large = pattern(200000);
    struct buf out = BUF_INIT;
    struct sink sink = {.out = &out};

    (void)state;
    sink_span(&sink, SPAN("a"));
    sink_span(&sink, large);
    sink_flush(&sink);
    assert_int_equal(out.length, 200001);
    assert_memory_equal(out.octets + 1, large.octets, large.length);
    assert_int_equal(sink.code, 0);
    buf_release(&out);
    free((char *)large.octets);
}

static void test_drains(void **state)
{
    struct span large = pattern(200000);
    struct drained drained = {.octets = BUF_INIT};
    struct buf out = BUF_INIT;
    struct sink sink = {.out = &out, .drain = drain, .data = &drained};

    (void)state;
    sink_span(&sink, SPAN("head"));
    assert_int_equal(drained.calls, 0);
    sink_span(&sink, large);
    /* What was there first goes first, and the large one from where it lies. */
    assert_int_equal(drained.calls, 2);
    assert_ptr_equal(drained.last, large.octets);
    sink_span(&sink, SPAN("tail"));
    sink_flush(&sink);
    sink_flush(&sink);
    assert_int_equal(drained.calls, 3);
    assert_int_equal(drained.octets.length, 200008);
    assert_memory_equal(drained.octets.octets, "head", 4);
    assert_memory_equal(drained.octets.octets + 4, large.octets, large.length);
    assert_memory_equal(drained.octets.octets + 200004, "tail", 4);
    buf_release(&out);
    buf_release(&drained.octets);
    free((char *)large.octets);
}

/* In pieces or at once, base64 is the same. */
static void test_base64(void **state)
{
    static const size_t lengths[] = {0, 1, 2, 3, 49151, 49152, 49153, 98304, 98305, 300001};

    (void)state;
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        struct span octets = pattern(lengths[i] + 1);
        struct drained drained = {.octets = BUF_INIT};
        struct buf whole = BUF_INIT;
        struct buf out = BUF_INIT;
        struct sink sink = {.out = &out, .drain = drain, .data = &drained};

        octets.length = lengths[i];
        buf_base64(&whole, octets);
        sink_base64(&sink, octets);
        assert_true(out.length < 200000);
        sink_flush(&sink);
        assert_true(span_equal(buf_view(&drained.octets), buf_view(&whole)));
        buf_release(&whole);
        buf_release(&out);
        buf_release(&drained.octets);
        free((char *)octets.octets);
    }
}

static void test_failure_stays(void **state)
{
    struct span large = pattern(100000);
    struct drained drained = {.octets = BUF_INIT, .code = EX_IOERR};
    struct buf out = BUF_INIT;
    struct sink sink = {.out = &out, .drain = drain, .data = &drained};

    (void)state;
    sink_span(&sink, large);
    assert_int_equal(sink.code, EX_IOERR);
    drained.code = 0;
    sink_base64(&sink, large);
    sink_span(&sink, large);
    sink_flush(&sink);
    assert_int_equal(drained.calls, 1);
    assert_int_equal(sink.code, EX_IOERR);
    assert_int_equal(out.length, 0);
    buf_release(&out);
    buf_release(&drained.octets);
    free((char *)large.octets);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gathers),
        cmocka_unit_test(test_drains),
        cmocka_unit_test(test_base64),
        cmocka_unit_test(test_failure_stays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
