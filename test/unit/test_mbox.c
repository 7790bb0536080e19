/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define RECEIVED 1795420800 /* 2026-11-23T08:00:00Z */

static uint32_t random_state = 20261123;

/* A number below LIMIT. */
static size_t below(size_t limit)
{
    random_state = random_state * 1664525 + 1013904223;
    return (random_state >> 8) % limit;
}

/* ---- From_ lines ---------------------------------------------------------------------------- */

static void test_from_line(void **state)
{
    static const struct {
        const char *line;
        bool mailbox;  /* mbox_is_from_line */
        bool envelope; /* mbox_is_envelope */
    } cases[] = {
        {"From ann@x.example Mon Nov 23 09:15:00 2026\n", true, true},
        {"From ann@x.example Mon Nov 23 09:15:00 2026\r\n", true, true},
        {"From ann@x.example  Mon Nov  2 09:15 2026", true, true},
        {"From Mon Nov 23 09:15:00 2026\n", true, true},
        {"From ann@x.example Mon Nov 23 09:15:00 2026 +0100\n", true, true},
        {"From ann@x.example\n", false, true},
        {"From now on we write to you\n", false, true},
        {"From \n", false, true},
        {">From ann@x.example Mon Nov 23 09:15:00 2026\n", false, true},
        {">>From ann@x.example Mon Nov 23 09:15:00 2026\n", false, false},
        {"From: ann@x.example\n", false, false},
        {"From : ann@x.example\n", false, false},
        {"From    : ann@x.example\n", false, false},
        {">From : ann@x.example\n", false, false},
        {"from ann@x.example Mon Nov 23 09:15:00 2026\n", false, false},
        {" From ann@x.example Mon Nov 23 09:15:00 2026\n", false, false},
        {"", false, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (mbox_is_from_line(span_of(cases[i].line)) != cases[i].mailbox)
            fail_msg("mailbox: %s", cases[i].line);
        if (mbox_is_envelope(span_of(cases[i].line)) != cases[i].envelope)
            fail_msg("envelope: %s", cases[i].line);
    }
}

/* ---- finding the end ------------------------------------------------------------------------ */

static const char *const mailboxes[] = {
    "From a Mon Nov 23 09:15:00 2026\nA: b\n\none\n\nFrom b Mon Nov 23 09:15:00 2026\n\ntwo\n",
    /* the empty line that separates, behind one, two, three of the message's own */
    "From a Mon Nov 23 09:15:00 2026\n\none\n\n\nFrom b Mon Nov 23 09:15:00 2026\n\ntwo\n\n",
    "From a Mon Nov 23 09:15:00 2026\n\none\n\n\n\nFrom b Mon Nov 23 09:15:00 2026\n\ntwo\n\n\n",
    "From a Mon Nov 23 09:15:00 2026\r\n\r\none\r\n\r\n\r\nFrom b Mon Nov 23 09:15:00 "
    "2026\r\n\r\nx",
    "From a Mon Nov 23 09:15:00 2026\n\none\n\n\r\nFrom b Mon Nov 23 09:15:00 2026\r\n\r\nx",
    "From a Mon Nov 23 09:15:00 2026\n\none\r\n\r\n\nFrom b Mon Nov 23 09:15:00 2026\r\n\r\nx",
    /* no body, no header */
    "From a Mon Nov 23 09:15:00 2026\n\nFrom b Mon Nov 23 09:15:00 2026\n\n\n\nFrom c Mon Nov 23 "
    "09:15:00 2026\n",
    /* what is no From_ line of a mailbox ends nothing */
    "From a Mon Nov 23 09:15:00 2026\n\none\nFrom b Mon Nov 23 09:15:00 2026\n\nFrom now on\n\n"
    ">From c Mon Nov 23 09:15:00 2026\n\nFrom d Mon Nov 23 09:15:00 2026\n\nlast",
    "From a Mon Nov 23 09:15:00 2026\n\none\n\nFrom",
    "From a Mon Nov 23 09:15:00 2026\n\none\n\nFrom b Mon Nov 23 09:15:00 2026",
    "From a Mon Nov 23 09:15:00 2026",
};

/* How many octets each message of TEXT has, when the whole of it is known at once. */
static size_t split(struct span text, size_t *lengths, size_t room)
{
    size_t count = 0;

    while (text.length > 0) {
        size_t scanned = 0;
        size_t length = 0;

        assert_true(count < room);
        assert_true(mbox_message_end(text, &scanned, true, &length));
        assert_true(length > 0 && length <= text.length);
        lengths[count++] = length;
        text.octets += length;
        text.length -= length;
    }
    return count;
}

/* The same when TEXT comes in pieces that end at the CUT_COUNT places in CUTS and at its end. */
static void split_in_pieces(struct span text, const size_t *cuts, size_t cut_count,
                            const size_t *lengths, size_t count)
{
    size_t known = 0;
    size_t next = 0;
    size_t start = 0;
    size_t scanned = 0;
    size_t found = 0;

    while (start < text.length) {
        bool at_end = known == text.length;
        size_t length = 0;
        /* Memory of its own, so that a sanitiser sees every read behind the end. */
        char *piece = malloc(known - start + 1);

        assert_non_null(piece);
        memcpy(piece, text.octets + start, known - start);
        if (known > start &&
            mbox_message_end((struct span){piece, known - start}, &scanned, at_end, &length)) {
            if (found >= count || length != lengths[found])
                fail_msg("cut at %zu: message %zu has %zu octets, not %zu", cuts[0], found, length,
                         found < count ? lengths[found] : 0);
            found++;
            start += length;
            scanned = 0;
        } else {
            assert_false(at_end);
            known = next < cut_count ? cuts[next++] : text.length;
        }
        free(piece);
    }
    assert_int_equal(found, count);
}

static void check_splits(struct span text)
{
    size_t lengths[64];
    size_t count = split(text, lengths, 64);
    size_t *each = malloc((text.length + 1) * sizeof(*each));

    assert_non_null(each);
    for (size_t cut = 0; cut <= text.length; cut++) {
        split_in_pieces(text, &cut, 1, lengths, count);
        each[cut] = cut;
    }
    /* octet by octet */
    split_in_pieces(text, each, text.length + 1, lengths, count);
    free(each);
}

static void test_ends(void **state)
{
    static const size_t expected[] = {2, 2, 2, 2, 2, 2, 3, 2, 1, 2, 1};
    size_t lengths[64];

    (void)state;
    for (size_t i = 0; i < sizeof(mailboxes) / sizeof(mailboxes[0]); i++)
        if (split(span_of(mailboxes[i]), lengths, 64) != expected[i])
            fail_msg("mailbox %zu: %s", i, mailboxes[i]);
    assert_int_equal(split((struct span){NULL, 0}, lengths, 64), 0);
}

static void test_every_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(mailboxes) / sizeof(mailboxes[0]); i++)
        check_splits(span_of(mailboxes[i]));
}

/* ---- what is written is read ---------------------------------------------------------------- */

static void add_text(struct buf *text)
{
    static const struct span pieces[] = {
        {"From ", 5},
        {">From ", 6},
        {">>From ", 7},
        {"From", 4},
        {">", 1},
        {">From", 5},
        {"\n", 1},
        {"\n\n", 2},
        {"\r\n", 2},
        {"\r\n\r\n", 4},
        {"\r", 1},
        {"\0", 1},
        {"\xff\xfe", 2},
        {"a", 1},
        {"Subject: x\n", 11},
        {"From a Mon Nov 23 09:15:00 2026", 31},
        {"\nFrom a Mon Nov 23 09:15:00 2026\n", 33},
        {"\n>From a Mon Nov 23 09:15:00 2026\r\n", 35},
        {"from ", 5},
        {" ", 1},
    };
    size_t count = below(12);

    for (size_t i = 0; i < count; i++)
        buf_span(text, pieces[below(sizeof(pieces) / sizeof(pieces[0]))]);
}

static void init(struct message *message)
{
    message_init(message, NULL);
    message->received_at = RECEIVED;
    message->has_received_at = true;
}

static void test_write_read(void **state)
{
    (void)state;
    for (int round = 0; round < 1500; round++) {
        struct buf texts[4] = {BUF_INIT, BUF_INIT, BUF_INIT, BUF_INIT};
        size_t count = 1 + below(4);
        struct buf mailbox = BUF_INIT;
        size_t lengths[64];
        struct span rest;
        struct message message;

        init(&message);
        for (size_t i = 0; i < count; i++) {
            add_text(&texts[i]);
            mbox_write(&mailbox, &message, buf_view(&texts[i]));
        }
        rest = buf_view(&mailbox);
        assert_int_equal(split(rest, lengths, 64), count);
        for (size_t i = 0; i < count; i++) {
            struct buf text = BUF_INIT;
            struct span from_line;

            mbox_read(&message.arena, (struct span){rest.octets, lengths[i]}, &from_line, &text);
            assert_true(
                span_equal(from_line, SPAN("From MAILER-DAEMON Mon Nov 23 08:00:00 2026\n")));
            if (texts[i].length == 0 || texts[i].octets[texts[i].length - 1] != '\n')
                buf_char(&texts[i], '\n');
            assert_int_equal(text.length, texts[i].length);
            assert_memory_equal(text.octets, texts[i].octets, text.length);
            rest.octets += lengths[i];
            rest.length -= lengths[i];
            buf_release(&text);
            buf_release(&texts[i]);
        }
        if (round % 10 == 0)
            check_splits(buf_view(&mailbox));
        message_release(&message);
        buf_release(&mailbox);
    }
}

/* ---- reading and writing one message -------------------------------------------------------- */

static void check_read(struct span octets, struct span from_line, struct span text)
{
    struct arena arena = ARENA_INIT;
    struct buf got = BUF_INIT;
    struct span got_from;

    mbox_read(&arena, octets, &got_from, &got);
    if (!span_equal(got_from, from_line) || !span_equal(buf_view(&got), text))
        fail_msg("%.*s gives %.*s", (int)octets.length, octets.octets, (int)got.length, got.octets);
    buf_release(&got);
    arena_release(&arena);
}

static void test_read(void **state)
{
    (void)state;
    check_read(SPAN("From a Mon Nov 23 09:15:00 2026\nA: b\n\nc\n\n"),
               SPAN("From a Mon Nov 23 09:15:00 2026\n"), SPAN("A: b\n\nc\n"));
    check_read(SPAN("From a Mon Nov 23 09:15:00 2026\r\nA: b\r\n\r\nc\r\n\r\n"),
               SPAN("From a Mon Nov 23 09:15:00 2026\r\n"), SPAN("A: b\r\n\r\nc\r\n"));
    /* quoted lines lose one mark, wherever they stand; others none */
    check_read(SPAN("From a Mon Nov 23 09:15:00 2026\n>From x\n>>From y\n> From z\n>from\n"),
               SPAN("From a Mon Nov 23 09:15:00 2026\n"),
               SPAN("From x\n>From y\n> From z\n>from\n"));
    /* the last message of a mailbox that ends without an empty line, or without a line end */
    check_read(SPAN("From a Mon Nov 23 09:15:00 2026\n\nc\n"),
               SPAN("From a Mon Nov 23 09:15:00 2026\n"), SPAN("\nc\n"));
    check_read(SPAN("From a Mon Nov 23 09:15:00 2026\n\nc"),
               SPAN("From a Mon Nov 23 09:15:00 2026\n"), SPAN("\nc"));
    /* only one empty line is taken away */
    check_read(SPAN("From a Mon Nov 23 09:15:00 2026\n\nc\n\n\n"),
               SPAN("From a Mon Nov 23 09:15:00 2026\n"), SPAN("\nc\n\n"));
    /* a mailbox that does not begin with a From_ line */
    check_read(SPAN("A: b\n\nc\n\n"), (struct span){NULL, 0}, SPAN("A: b\n\nc\n"));
    check_read(SPAN("From a Mon Nov 23 09:15:00 2026"), SPAN("From a Mon Nov 23 09:15:00 2026"),
               (struct span){NULL, 0});
}

static void check_from_line(const char *came_with, const char *envelope, const char *expected)
{
    struct message message;
    struct buf out = BUF_INIT;
    struct span rest;

    init(&message);
    message.from_line = span_of(came_with);
    if (envelope != NULL)
        message_set_json(&message, "envelope", span_of(envelope));
    mbox_write(&out, &message, SPAN("A: b\n\nc\n"));
    rest = buf_view(&out);
    if (!span_equal(span_line(&rest), span_of(expected)))
        fail_msg("%s", buf_cstring(&out));
    assert_true(span_equal(rest, SPAN("A: b\n\nc\n\n")));
    buf_release(&out);
    message_release(&message);
}

static void test_from_line_written(void **state)
{
    static const char line[] = "From bob@x.example Sun Nov 22 20:00:00 2026\n";

    (void)state;
    check_from_line(line, NULL, line);
    check_from_line("From bob@x.example Sun Nov 22 20:00:00 2026\r\n", NULL, line);
    check_from_line(">From bob@x.example Sun Nov 22 20:00:00 2026\n", NULL, line);
    check_from_line(NULL, "{\"from_\":\"From bob@x.example Sun Nov 22 20:00:00 2026\"}", line);
    /* without a date it would not be found again */
    check_from_line("From bob@x.example\n", NULL, "From MAILER-DAEMON Mon Nov 23 08:00:00 2026\n");
    check_from_line(NULL, "{\"mailFrom\":\"ann@x.example\"}",
                    "From ann@x.example Mon Nov 23 08:00:00 2026\n");
    check_from_line(NULL, "{\"mailFrom\":\"\"}", "From MAILER-DAEMON Mon Nov 23 08:00:00 2026\n");
    /* nothing that stands in a line can make a second one */
    check_from_line(NULL, "{\"mailFrom\":\"ann\\nFrom x\"}",
                    "From MAILER-DAEMON Mon Nov 23 08:00:00 2026\n");
    check_from_line(NULL, "{\"from_\":\"From a\\nb Sun Nov 22 20:00:00 2026\"}",
                    "From MAILER-DAEMON Mon Nov 23 08:00:00 2026\n");
    check_from_line("From j\xfcrgen Sun Nov 22 20:00:00 2026\n", NULL,
                    "From j\xef\xbf\xbdrgen Sun Nov 22 20:00:00 2026\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_from_line), cmocka_unit_test(test_ends),
        cmocka_unit_test(test_every_cut), cmocka_unit_test(test_write_read),
        cmocka_unit_test(test_read),      cmocka_unit_test(test_from_line_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
