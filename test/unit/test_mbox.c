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

/* The messages of TEXT, when the whole of it is known at once. */
static size_t split(enum mbox_form form, struct span text, struct mbox_piece *pieces, size_t room)
{
    struct mbox_reader reader = {.form = form};
    size_t count = 0;

    while (text.length > 0) {
        struct mbox_piece *piece = &pieces[count];

        assert_true(count < room);
        assert_true(mbox_message_end(&reader, text, true, piece));
        assert_true(piece->length > 0 && piece->length <= text.length);
        assert_true(piece->content <= piece->length);
        count++;
        text.octets += piece->length;
        text.length -= piece->length;
    }
    return count;
}

/* The same when TEXT comes in pieces that end at the CUT_COUNT places in CUTS and at its end. */
static void split_in_pieces(enum mbox_form form, struct span text, const size_t *cuts,
                            size_t cut_count, const struct mbox_piece *pieces, size_t count)
{
    struct mbox_reader reader = {.form = form};
    size_t known = 0;
    size_t next = 0;
    size_t start = 0;
    size_t found = 0;

    while (start < text.length) {
        bool at_end = known == text.length;
        struct mbox_piece got = {0, 0};
        /* Memory of its own, so that a sanitiser sees every read behind the end. */
        char *piece = malloc(known - start + 1);

        assert_non_null(piece);
        memcpy(piece, text.octets + start, known - start);
        if (known > start &&
            mbox_message_end(&reader, (struct span){piece, known - start}, at_end, &got)) {
            if (found >= count || got.length != pieces[found].length ||
                got.content != pieces[found].content)
                fail_msg("cut at %zu: message %zu has %zu octets, not %zu", cuts[0], found,
                         got.length, found < count ? pieces[found].length : 0);
            found++;
            start += got.length;
        } else {
            assert_false(at_end);
            known = next < cut_count ? cuts[next++] : text.length;
        }
        free(piece);
    }
    assert_int_equal(found, count);
}

static void check_splits(enum mbox_form form, struct span text)
{
    struct mbox_piece pieces[64];
    size_t count = split(form, text, pieces, 64);
    size_t *each = malloc((text.length + 1) * sizeof(*each));

    assert_non_null(each);
    for (size_t cut = 0; cut <= text.length; cut++) {
        split_in_pieces(form, text, &cut, 1, pieces, count);
        each[cut] = cut;
    }
    /* octet by octet */
    split_in_pieces(form, text, each, text.length + 1, pieces, count);
    free(each);
}

static void test_ends(void **state)
{
    static const size_t expected[] = {2, 2, 2, 2, 2, 2, 3, 2, 1, 2, 1};
    struct mbox_piece pieces[64];

    (void)state;
    for (size_t i = 0; i < sizeof(mailboxes) / sizeof(mailboxes[0]); i++)
        for (int form = MBOX_RD; form <= MBOX_O; form++)
            if (split((enum mbox_form)form, span_of(mailboxes[i]), pieces, 64) != expected[i])
                fail_msg("mailbox %zu: %s", i, mailboxes[i]);
    assert_int_equal(split(MBOX_RD, (struct span){NULL, 0}, pieces, 64), 0);
}

static void test_every_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(mailboxes) / sizeof(mailboxes[0]); i++)
        for (int form = MBOX_RD; form <= MBOX_CL2; form++)
            check_splits((enum mbox_form)form, span_of(mailboxes[i]));
}

/* From_ lines without a date, and Content-Length that is right, wrong and hostile. */
static const struct {
    enum mbox_form form;
    const char *text;
    size_t lengths[4];  /* of each message, 0: no more */
    size_t contents[4]; /* without what separates */
} forms[] = {
    /* where the first has no date, others need none: a header field follows */
    {MBOX_RD, "From -\nA: b\n\none\n\nFrom -\nA: c\n\ntwo\n", {18, 17}, {17, 17}},
    {MBOX_RD, "From \nA: b\n\none\n\nFrom a@b\nA: c\n\ntwo\n", {17, 19}, {16, 19}},
    {MBOX_RD, "From -\nA: b\n\none\n\nFrom -\nno field\n", {34}, {34}},
    {MBOX_RD, "From -\nA: b\n\none\n\nFrom Russia with love\nYear: 1963\n", {51}, {51}},
    {MBOX_RD, "From -\nA: b\n\none\nFrom -\nA: c\n", {29}, {29}},
    {MBOX_RD, "From -\nA: b\n\none\n\nFrom -", {24}, {24}},
    {MBOX_RD, "From -\nA: b\n\none\n\nFrom -\n", {25}, {25}},
    {MBOX_RD, "From a Mon Nov 23 09:15:00 2026\n\none\n\nFrom -\nA: c\n", {50}, {50}},
    /* a length that leads to a From_ line or the end, whatever stands in between */
    {MBOX_CL2, "From -\nContent-Length: 12\n\nFrom -\nA: b\nFrom -\nA: c\n", {39, 12}, {39, 12}},
    {MBOX_CL, "From -\nContent-Length: 12\n\nFrom -\nA: b\n\nFrom -\nA: c\n", {40, 12}, {39, 12}},
    {MBOX_CL, "From -\nContent-Length: 11\n\nFrom -\nA: b\n\nFrom -\nA: c\n", {40, 12}, {38, 12}},
    {MBOX_CL, "From -\r\nContent-Length: 14\r\n\r\nFrom -\r\nA: b\r\n\r\nFrom x", {46, 6}, {44, 6}},
    {MBOX_CL, "From -\ncontent-length:4 \n\none\n\n", {31}, {30}},
    {MBOX_CL2, "From -\nContent-Length: 0\n\nFrom -\nA: c\n", {26, 12}, {26, 12}},
    {MBOX_CL, "From -\nContent-Length: 4\nContent-Length: 4\n\none\nFrom x\n", {48, 7}, {48, 7}},
    /* lengths that are not believed: the next From_ line ends the message */
    {MBOX_CL2, "From -\nContent-Length: 3\n\nabcFrom -\nA: c\n", {41}, {41}},
    {MBOX_CL, "From -\nContent-Length: 2\n\none\n\nFrom -\nA: c\n", {31, 12}, {30, 12}},
    {MBOX_CL, "From -\nContent-Length: 99\n\none\nFrom -\nA: c\n", {31, 12}, {31, 12}},
    {MBOX_CL, "From -\nContent-Length: -4\n\none\nFrom -\nA: c\n", {31, 12}, {31, 12}},
    {MBOX_CL, "From -\nContent-Length: +4\n\none\n\nFrom -\nA: c\n", {32, 12}, {31, 12}},
    {MBOX_CL,
     "From -\nContent-Length: 18446744073709551620\n\none\nFrom -\nA: c\n",
     {49, 12},
     {49, 12}},
    {MBOX_CL, "From -\nContent-Length: 67108865\n\none\nFrom -\nA: c\n", {37, 12}, {37, 12}},
    {MBOX_CL, "From -\nContent-Length:\n\none\nFrom -\nA: c\n", {28, 12}, {28, 12}},
    {MBOX_CL,
     "From -\nContent-Length: 4\nContent-Length: 16\n\none\nFrom -\nA: c\n",
     {49, 12},
     {49, 12}},
    /* between CR and LF, and before the last line end of a mailbox that was converted */
    {MBOX_CL, "From -\r\nContent-Length: 4\r\n\r\none\r\n\r\nFrom x", {42}, {42}},
    {MBOX_CL, "From -\r\nContent-Length: 4\r\n\r\none\r\n\r\n", {36}, {34}},
    {MBOX_CL, "From -\r\nContent-Length: 3\r\n\r\none\r\n\r\n", {36}, {34}},
    /* a length in the body, or in the next header, is none of this message */
    {MBOX_CL, "From -\n\nContent-Length: 0\nFrom -\nA: c\n", {26, 12}, {26, 12}},
    {MBOX_CL, "From -\nA: b\nFrom -\nContent-Length: 4\n\none\n", {12, 30}, {12, 30}},
    /* without an empty line before it a From_ line needs a header field behind it */
    {MBOX_CL, "From -\nA: b\n\none\nFrom a Mon Nov 23 09:15:00 2026\nhello\n", {55}, {55}},
    /* where nobody asked for lengths there are none */
    {MBOX_RD,
     "From -\nContent-Length: 13\n\nFrom -\nA: b\n\nFrom -\nA: c\n",
     {27, 13, 12},
     {26, 12, 12}},
};

static void test_forms(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        struct mbox_piece pieces[64];
        size_t count = split(forms[i].form, span_of(forms[i].text), pieces, 64);

        for (size_t j = 0; j < 4; j++) {
            size_t length = j < count ? pieces[j].length : 0;
            size_t content = j < count ? pieces[j].content : 0;

            if (length != forms[i].lengths[j] || content != forms[i].contents[j])
                fail_msg("form %zu, message %zu: %zu and %zu octets: %s", i, j, length, content,
                         forms[i].text);
        }
        check_splits(forms[i].form, span_of(forms[i].text));
    }
}

static void test_form_words(void **state)
{
    static const char *const words[] = {"rd", "o", "cl", "cl2"};
    enum mbox_form form;

    (void)state;
    for (int i = 0; i < 4; i++) {
        assert_true(mbox_form_of(words[i], &form));
        assert_int_equal(form, i);
    }
    assert_false(mbox_form_of("", &form));
    assert_false(mbox_form_of("mboxrd", &form));
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
        struct mbox_piece pieces[64];
        struct span rest;
        struct message message;

        init(&message);
        for (size_t i = 0; i < count; i++) {
            add_text(&texts[i]);
            mbox_write(&mailbox, &message, buf_view(&texts[i]));
        }
        rest = buf_view(&mailbox);
        assert_int_equal(split(MBOX_RD, rest, pieces, 64), count);
        for (size_t i = 0; i < count; i++) {
            struct buf text = BUF_INIT;
            struct span from_line;

            mbox_read(&message.arena, MBOX_RD, (struct span){rest.octets, pieces[i].content},
                      &from_line, &text);
            assert_true(
                span_equal(from_line, SPAN("From MAILER-DAEMON Mon Nov 23 08:00:00 2026\n")));
            if (texts[i].length == 0 || texts[i].octets[texts[i].length - 1] != '\n')
                buf_char(&texts[i], '\n');
            assert_int_equal(text.length, texts[i].length);
            assert_memory_equal(text.octets, texts[i].octets, text.length);
            rest.octets += pieces[i].length;
            rest.length -= pieces[i].length;
            buf_release(&text);
            buf_release(&texts[i]);
        }
        if (round % 10 == 0)
            check_splits(MBOX_RD, buf_view(&mailbox));
        message_release(&message);
        buf_release(&mailbox);
    }
}

/*
 * The other forms as other programs write them: TEXT, as a body, into OUT. A body without a last
 * line end gets one that its length does not count.
 */
static void write_other(enum mbox_form form, struct span text, struct buf *out)
{
    struct buf body = BUF_INIT;

    while (text.length > 0) {
        struct span line = span_line(&text);

        if (form != MBOX_CL2 && span_begins(line, SPAN("From ")))
            buf_char(&body, '>');
        buf_span(&body, line);
    }
    buf_string(out, "From ann@x.example Mon Nov 23 09:15:00 2026\nA: b\n");
    if (form != MBOX_O)
        buf_format(out, "Content-Length: %zu\n", body.length);
    buf_char(out, '\n');
    buf_span(out, buf_view(&body));
    if (body.length > 0 && body.octets[body.length - 1] != '\n')
        buf_char(out, '\n');
    buf_char(out, '\n');
    buf_release(&body);
}

/* TEXT has a line that o and cl do not tell from a quoted one. */
static bool is_lossy(struct span text)
{
    while (text.length > 0)
        if (span_begins(span_line(&text), SPAN(">From ")))
            return true;
    return false;
}

/* What other programs wrote is read as it was: in cl2 whatever it is, else what can be told. */
static void test_read_others(void **state)
{
    (void)state;
    for (int round = 0; round < 3000; round++) {
        enum mbox_form form = (enum mbox_form)(MBOX_O + round % 3);
        struct buf texts[4] = {BUF_INIT, BUF_INIT, BUF_INIT, BUF_INIT};
        size_t count = 1 + below(4);
        struct buf mailbox = BUF_INIT;
        struct mbox_piece pieces[64];
        struct arena arena = ARENA_INIT;
        struct span rest;

        for (size_t i = 0; i < count; i++) {
            add_text(&texts[i]);
            while (form != MBOX_CL2 && is_lossy(buf_view(&texts[i]))) {
                buf_clear(&texts[i]);
                add_text(&texts[i]);
            }
            write_other(form, buf_view(&texts[i]), &mailbox);
        }
        rest = buf_view(&mailbox);
        if (split(form, rest, pieces, 64) != count)
            fail_msg("form %d: %.*s", (int)form, (int)mailbox.length, mailbox.octets);
        for (size_t i = 0; i < count; i++) {
            struct buf got = BUF_INIT;
            struct span from_line;
            struct span body;

            mbox_read(&arena, form, (struct span){rest.octets, pieces[i].content}, &from_line,
                      &got);
            body = buf_view(&got);
            while (span_chomp(span_line(&body)).length > 0)
                ;
            if (form == MBOX_O && texts[i].length > 0 &&
                texts[i].octets[texts[i].length - 1] != '\n')
                buf_char(&texts[i], '\n');
            if (!span_equal(body, buf_view(&texts[i])))
                fail_msg("form %d: %.*s", (int)form, (int)mailbox.length, mailbox.octets);
            rest.octets += pieces[i].length;
            rest.length -= pieces[i].length;
            buf_release(&got);
            buf_release(&texts[i]);
        }
        if (round % 20 == 0)
            check_splits(form, buf_view(&mailbox));
        arena_release(&arena);
        buf_release(&mailbox);
    }
}

/* ---- reading and writing one message -------------------------------------------------------- */

static void check_read_of(enum mbox_form form, struct span octets, struct span from_line,
                          struct span text)
{
    struct arena arena = ARENA_INIT;
    struct buf got = BUF_INIT;
    struct span got_from;
    struct mbox_reader reader = {.form = form};
    struct mbox_piece piece;

    assert_true(mbox_message_end(&reader, octets, true, &piece));
    assert_int_equal(piece.length, octets.length);
    mbox_read(&arena, form, (struct span){octets.octets, piece.content}, &got_from, &got);
    if (!span_equal(got_from, from_line) || !span_equal(buf_view(&got), text))
        fail_msg("%.*s gives %.*s", (int)octets.length, octets.octets, (int)got.length, got.octets);
    buf_release(&got);
    arena_release(&arena);
}

static void check_read(struct span octets, struct span from_line, struct span text)
{
    check_read_of(MBOX_RD, octets, from_line, text);
}

/* Which marks each form takes away. */
static void test_marks(void **state)
{
    static const char text[] = "From -\nA: b\n\nFrom v\n>From x\n>>From y\n> From z\n>from\n";
    const struct span from_line = SPAN("From -\n");

    (void)state;
    check_read_of(MBOX_RD, span_of(text), from_line,
                  SPAN("A: b\n\nFrom v\nFrom x\n>From y\n> From z\n>from\n"));
    check_read_of(MBOX_O, span_of(text), from_line,
                  SPAN("A: b\n\nFrom v\nFrom x\n>>From y\n> From z\n>from\n"));
    check_read_of(MBOX_CL, span_of(text), from_line,
                  SPAN("A: b\n\nFrom v\nFrom x\n>>From y\n> From z\n>from\n"));
    check_read_of(MBOX_CL2, span_of(text), from_line,
                  SPAN("A: b\n\nFrom v\n>From x\n>>From y\n> From z\n>from\n"));
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
        cmocka_unit_test(test_from_line),   cmocka_unit_test(test_ends),
        cmocka_unit_test(test_every_cut),   cmocka_unit_test(test_forms),
        cmocka_unit_test(test_form_words),  cmocka_unit_test(test_write_read),
        cmocka_unit_test(test_read_others), cmocka_unit_test(test_read),
        cmocka_unit_test(test_marks),       cmocka_unit_test(test_from_line_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
