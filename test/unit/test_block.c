/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "block.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "diag.h"
#include "mbox.h"

#define RECEIVED 1795420800 /* 2026-11-23T08:00:00Z */

static const struct config config = {.limits = LIMITS_DEFAULT};

static uint32_t random_state = 20261124;

/* A number below LIMIT. */
static size_t below(size_t limit)
{
    random_state = random_state * 1664525 + 1013904223;
    return (random_state >> 8) % limit;
}

/* ---- octets and triage by chance ------------------------------------------------------------ */

/* Names of header fields that are ours, nearly ours, or look so to somebody. */
static const char *const starts[] = {
    "Triage-Kind: bounce",
    "triage-route: experts-l3",
    "TRIAGE-STATE: e30=",
    "Triage-State: e30=",
    "Triage-Blob: sha256-00; size=0",
    "Triage-Blob: sha256-0000000000000000000000000000000000000000000000000000000000000000; size=5",
    "Triage-Blob : sha256-00",
    "Triage-Level\t: 1",
    "Triage",
    "Triage: escalate 3",
    "TriagE-Route:",
    "Untrusted-Triage-Route: x",
    "untrusted-triage-route: x",
    "Untrusted-Untrusted-Triage-A: b",
    "UNTRUSTED-Triage-B: c",
    "Untrusted-untrusted-Triage: d",
    "Untrusted-",
    "Untrusted-X: y",
    "Untrusted-Tria",
    " Triage-Route: folded",
    "\tTriage-Blob: sha256-00; size=3",
    " ",
    "\t",
    "Subject: Triage-Route: x",
    "From ann@x.example Mon Nov 23 09:15:00 2026",
    ">From ann@x.example Mon Nov 23 09:15:00 2026",
    "From: ann@x.example",
    "no field at all",
    "caf\xe9 \xff\xfe",
    "",
    "X: \rTriage-Route: x",
};

static void add_octets(struct buf *octets)
{
    static const struct span ends[] = {{"\n", 1}, {"\n", 1}, {"\n", 1}, {"\r\n", 2}, {"\r\n", 2},
                                       {"\r", 1}, {"", 0},   {"\0", 1}, {"\0\n", 2}, {"\n\n", 2}};
    bool crlf = below(3) == 0;
    size_t count = below(9);

    for (size_t i = 0; i < count; i++) {
        if (below(12) == 0)
            buf_char(octets, (char)below(256));
        buf_string(octets, starts[below(sizeof(starts) / sizeof(starts[0]))]);
        if (below(4) > 0)
            buf_string(octets, crlf ? "\r\n" : "\n");
        else
            buf_span(octets, ends[below(sizeof(ends) / sizeof(ends[0]))]);
    }
}

static const char *const strings[] = {
    "\"\"",           "\"customer\"",       "\"a b; c=\\\"d\\\"\"", "\"caf\xc3\xa9\"",
    "\"\\u0000\\n\"", "\"\\ud83d\\udcee\"", "\"x\\u0079\"",         "\"\xe2\x80\xae\"",
    "\"1\"",          "\"a\\/b\""};

static void add_value(struct buf *json, unsigned depth)
{
    static const char *const scalars[] = {
        "0", "-0", "0.90", "1e3", "12345678901234567890123", "true", "false", "null", "1.00", "7"};
    size_t count = below(4);

    switch (depth < 4 ? below(5) : below(2)) {
    case 0:
        buf_string(json, scalars[below(sizeof(scalars) / sizeof(scalars[0]))]);
        return;
    case 1:
    case 2:
        buf_string(json, strings[below(sizeof(strings) / sizeof(strings[0]))]);
        return;
    case 3:
        buf_char(json, '[');
        for (size_t i = 0; i < count; i++) {
            buf_string(json, i > 0 ? " , " : "");
            add_value(json, depth + 1);
        }
        buf_char(json, ']');
        return;
    default:
        break;
    }
    {
        static const char *const names[] = {"value", "id", "confidence", "why", "rule", "code"};
        size_t first = below(3);

        buf_char(json, '{');
        for (size_t i = 0; i < count; i++) {
            buf_format(json, "%s\"%s\": ", i > 0 ? "," : "", names[first + i]);
            add_value(json, depth + 1);
        }
        buf_char(json, '}');
    }
}

/* Some members of any type; no `text` and no `entities`, which a block does not hold. */
static void add_triage(struct buf *json)
{
    static const char *const names[] = {
        "envelope",  "brand",   "kind",        "language", "courtesy",   "trust",
        "control",   "case",    "duplicate",   "incident", "category",   "level",
        "sensitive", "reasons", "suggestion",  "route",    "autoreply",  "redactions",
        "errors",    "new",     "caf\xc3\xa9", "Text",     "receivedat", "\\u0061"};
    const char *comma = "";

    buf_char(json, '{');
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (below(3) > 0)
            continue;
        buf_format(json, "%s\"%s\":", comma, names[i]);
        add_value(json, 0);
        comma = ",";
    }
    buf_char(json, '}');
}

/* ---- helpers -------------------------------------------------------------------------------- */

static void init(struct message *message, struct span octets, const char *triage)
{
    message_init(message, &config);
    message_set_octets(message, octets);
    message->received_at = RECEIVED;
    message->has_received_at = true;
    assert_true(message_read_triage(message, span_of(triage)));
}

static bool found(struct span text, const char *what)
{
    return span_find_nocase(text, what) != NULL;
}

static void same(const char *what, struct span got, struct span expected)
{
    if (got.length != expected.length ||
        (got.length > 0 && memcmp(got.octets, expected.octets, got.length) != 0))
        fail_msg("%s:\n%.*s\n--- not\n%.*s", what, (int)got.length, got.octets,
                 (int)expected.length, expected.octets);
}

/* A copy of TEXT in memory of its own, so that a sanitiser sees every read behind the end. */
static struct span copied(struct message *message, struct span text)
{
    return (struct span){arena_copy(&message->arena, text.octets, text.length), text.length};
}

static bool has_error(struct message *message, const char *code)
{
    json_object *errors = message_triage(message, "errors");

    for (size_t i = 0; errors != NULL && i < json_object_array_length(errors); i++)
        if (strcmp(json_string(json_object_array_get_idx(errors, i), "code"), code) == 0)
            return true;
    return false;
}

/* ---- quoting -------------------------------------------------------------------------------- */

static void check_quote(const char *octets, const char *expected)
{
    struct buf quoted = BUF_INIT;
    struct buf back = BUF_INIT;

    block_quote(&quoted, span_of(octets));
    same("quoted", buf_view(&quoted), span_of(expected));
    block_unquote(&back, buf_view(&quoted));
    same("unquoted", buf_view(&back), span_of(octets));
    buf_release(&quoted);
    buf_release(&back);
}

static void test_quote(void **state)
{
    (void)state;
    check_quote("", "");
    check_quote("Subject: x\n\nTriage-Kind: y\n", "Subject: x\n\nTriage-Kind: y\n");
    check_quote("Triage-Kind: x\n\n", "Untrusted-Triage-Kind: x\n\n");
    check_quote("tRIAGE-kind : x", "Untrusted-tRIAGE-kind : x");
    check_quote("Untrusted-Triage-Kind: x\n", "Untrusted-Untrusted-Triage-Kind: x\n");
    check_quote("untrusted-TRIAGE-Kind: x\n", "Untrusted-untrusted-TRIAGE-Kind: x\n");
    check_quote("Untrusted-X: y\n", "Untrusted-X: y\n");
    check_quote("A: b\n Triage-Kind: folded\n", "A: b\n Triage-Kind: folded\n");
    check_quote("Triage-Kind: x\r\n y\r\n\r\nTriage: z",
                "Untrusted-Triage-Kind: x\r\n y\r\n\r\nTriage: z");
    /* a line that is no field does not end the header: others read on */
    check_quote("hello\nTriage-Kind: x\n", "hello\nUntrusted-Triage-Kind: x\n");
}

static void test_quote_inverse(void **state)
{
    (void)state;
    for (int round = 0; round < 20000; round++) {
        struct buf octets = BUF_INIT;
        struct buf once = BUF_INIT;
        struct buf twice = BUF_INIT;
        struct buf back = BUF_INIT;

        add_octets(&octets);
        block_quote(&once, buf_view(&octets));
        block_quote(&twice, buf_view(&once));
        block_unquote(&back, buf_view(&twice));
        same("unquoted once", buf_view(&back), buf_view(&once));
        buf_clear(&back);
        block_unquote(&back, buf_view(&once));
        same("unquoted", buf_view(&back), buf_view(&octets));
        buf_release(&octets);
        buf_release(&once);
        buf_release(&twice);
        buf_release(&back);
    }
}

/* ---- octets and triage there and back ------------------------------------------------------- */

/* Below the block no line of the header is called Triage, in any case. */
static void check_below(struct span text)
{
    struct span rest = text;
    bool below_block = false;

    while (rest.length > 0) {
        struct span line = span_line(&rest);

        if (span_chomp(line).length == 0)
            return;
        if (below_block && span_begins_nocase(line, SPAN("Triage")))
            fail_msg("below the block: %.*s", (int)text.length, text.octets);
        below_block = below_block || span_begins(line, SPAN("Triage-Blob:"));
    }
}

static void check_there_and_back(struct span octets, struct span triage, const char *above,
                                 bool as_mbox)
{
    struct message message;
    struct message read;
    struct buf text = BUF_INIT;
    struct buf again = BUF_INIT;
    struct buf expected = BUF_INIT;
    struct buf got = BUF_INIT;
    struct buf whole = BUF_INIT;

    init(&message, octets, "{}");
    assert_true(message_read_triage(&message, triage));
    message.above = span_of(above);
    assert_int_equal(block_write(&message, &text), 0);
    check_below(buf_view(&text));
    assert_true(text.length <= strlen(above) + BLOCK_MAX + octets.length * 2 + 10000);

    message_init(&read, &config);
    if (as_mbox) {
        struct mbox_reader reader = {.form = MBOX_RD};
        struct mbox_piece piece;
        struct span from_line;
        struct buf mailbox = BUF_INIT;

        mbox_write(&mailbox, &message, buf_view(&text));
        assert_true(mbox_message_end(&reader, buf_view(&mailbox), true, &piece));
        assert_int_equal(piece.length, mailbox.length);
        mbox_read(&read.arena, MBOX_RD, (struct span){mailbox.octets, piece.content}, &from_line,
                  &whole);
        buf_release(&mailbox);
    } else {
        buf_span(&whole, buf_view(&text));
    }
    assert_true(block_read(&read, copied(&read, buf_view(&whole))));
    same("octets", read.octets, octets);
    assert_string_equal(read.blob_id, message.blob_id);
    assert_false(read.altered);
    same("above", read.above, span_of(above));
    assert_true(read.has_received_at);
    assert_int_equal(read.received_at, RECEIVED);
    message_write_triage(&message, &expected);
    message_write_triage(&read, &got);
    same("triage", buf_view(&got), buf_view(&expected));

    assert_int_equal(block_write(&read, &again), 0);
    same("written again", buf_view(&again), buf_view(&text));

    message_release(&read);
    message_release(&message);
    buf_release(&text);
    buf_release(&again);
    buf_release(&expected);
    buf_release(&got);
    buf_release(&whole);
}

static void test_there_and_back(void **state)
{
    static const char *const aboves[] = {"",
                                         "",
                                         "",
                                         "X-Loop: procmail\n",
                                         "Received: by x\n\tfor y\nDelivered-To: z\n",
                                         "Triage-Later: no block\nX-Loop: procmail\n"};

    (void)state;
    for (int round = 0; round < 15000; round++) {
        struct buf octets = BUF_INIT;
        struct buf triage = BUF_INIT;

        add_octets(&octets);
        add_triage(&triage);
        check_there_and_back(buf_view(&octets), buf_view(&triage), aboves[below(6)], below(2) == 0);
        buf_release(&octets);
        buf_release(&triage);
    }
}

static void test_all_octets(void **state)
{
    struct buf octets = BUF_INIT;

    (void)state;
    check_there_and_back((struct span){"", 0}, SPAN("{}"), "", false);
    check_there_and_back((struct span){"", 0}, SPAN("{}"), "", true);
    for (int octet = 0; octet < 256; octet++) {
        char one = (char)octet;

        check_there_and_back((struct span){&one, 1}, SPAN("{}"), "", octet % 2 == 0);
        buf_string(&octets, octet % 16 == 0 ? "\nX: " : "");
        buf_char(&octets, one);
    }
    check_there_and_back(buf_view(&octets), SPAN("{}"), "", false);
    check_there_and_back(buf_view(&octets), SPAN("{}"), "", true);
    /* the first line could be taken for a folded part of our last field */
    check_there_and_back(SPAN("  folded\nA: b\n\n"), SPAN("{}"), "", false);
    check_there_and_back(SPAN("\tTriage-State: x\r\n\r\n"), SPAN("{}"), "", true);
    buf_release(&octets);
}

/* A member of our own name for the time of arrival cannot make the state unreadable. */
static void test_reserved_name(void **state)
{
    struct message message;
    struct message read;
    struct buf text = BUF_INIT;

    (void)state;
    init(&message, SPAN("A: b\n\nc\n"), "{\"level\":2,\"receivedAt\":\"1999-01-01T00:00:00Z\"}");
    assert_int_equal(block_write(&message, &text), 0);
    message_init(&read, &config);
    assert_true(block_read(&read, buf_view(&text)));
    assert_int_equal(read.received_at, RECEIVED);
    same("level", message_triage_json(&read, "level"), SPAN("2"));
    assert_null(message_triage(&read, "errors"));
    message_release(&read);
    message_release(&message);
    buf_release(&text);
}

/* `text` and `entities` are not in the block; `text` is made from the octets when it is asked for.
 */
static void test_text_is_derived(void **state)
{
    struct message message;
    struct message read;
    struct buf text = BUF_INIT;
    struct buf got = BUF_INIT;

    (void)state;
    init(&message, SPAN("Subject: x\n\nMy lamp is broken.\n"),
         "{\"text\":\"something else\",\"entities\":[{\"type\":\"order\"}],\"level\":1}");
    assert_int_equal(block_write(&message, &text), 0);
    message_init(&read, &config);
    assert_true(block_read(&read, buf_view(&text)));
    message_write_triage(&read, &got);
    same("triage", buf_view(&got), SPAN("{\"level\":1}"));
    assert_string_equal(json_object_get_string(message_triage(&read, "text")),
                        "My lamp is broken.");
    message_release(&read);
    message_release(&message);
    buf_release(&text);
    buf_release(&got);
}

/* ---- what is noticed ------------------------------------------------------------------------ */

/* Reads TEXT: whether a block was found, and whether it says that something was altered. */
static bool is_altered(struct span text, bool *block)
{
    struct message read;
    bool altered;

    message_init(&read, &config);
    *block = block_read(&read, copied(&read, text));
    altered = read.altered;
    assert_int_equal(altered, has_error(&read, "altered"));
    message_release(&read);
    return altered;
}

static void test_altered(void **state)
{
    static const char octets[] = "Subject: x\nTriage-Kind: spam\n\nbody\n> from\n";
    struct message message;
    struct buf text = BUF_INIT;
    bool block;
    size_t start;

    (void)state;
    init(&message, SPAN(octets), "{\"level\":1}");
    assert_int_equal(block_write(&message, &text), 0);
    start = text.length - (sizeof(octets) - 1) - strlen("Untrusted-");
    assert_false(is_altered(buf_view(&text), &block));
    for (size_t i = start; i < text.length; i++) {
        struct buf bad = BUF_INIT;

        /* each octet changed */
        buf_span(&bad, buf_view(&text));
        bad.octets[i] = (char)(bad.octets[i] ^ 1);
        assert_true(is_altered(buf_view(&bad), &block));
        assert_true(block);
        /* each octet gone */
        buf_clear(&bad);
        buf_add(&bad, text.octets, i);
        buf_add(&bad, text.octets + i + 1, text.length - i - 1);
        assert_true(is_altered(buf_view(&bad), &block));
        /* cut */
        assert_true(is_altered((struct span){text.octets, i}, &block));
        buf_release(&bad);
    }
    /* A line end that a mailbox adds is not the message's; more is. */
    buf_string(&text, "\n");
    assert_false(is_altered(buf_view(&text), &block));
    buf_string(&text, "x");
    assert_true(is_altered(buf_view(&text), &block));
    buf_release(&text);
    message_release(&message);
}

static void test_redacted(void **state)
{
    struct message message;
    struct message read;
    struct buf text = BUF_INIT;
    struct buf bad = BUF_INIT;
    bool block;

    (void)state;
    init(&message, SPAN("Subject: x\n\nFR76 3000\n"), "{\"redactions\":[{\"type\":\"iban\"}]}");
    message.octets = SPAN("Subject: x\n\n[IBAN-1]\n");
    assert_int_equal(block_write(&message, &text), 0);
    assert_true(found(buf_view(&text), "\nTriage-Redacted: iban=1\n") ||
                span_begins(buf_view(&text), SPAN("Triage-Redacted: iban=1\n")));
    assert_true(found(buf_view(&text), "; redacted=sha256-"));
    message_init(&read, &config);
    assert_true(block_read(&read, buf_view(&text)));
    assert_false(read.altered);
    assert_string_equal(read.blob_id, message.blob_id);
    same("octets", read.octets, SPAN("Subject: x\n\n[IBAN-1]\n"));
    buf_span(&bad, buf_view(&text));
    bad.octets[bad.length - 2] = ')';
    assert_true(is_altered(buf_view(&bad), &block));
    message_release(&read);
    message_release(&message);
    buf_release(&bad);
    buf_release(&text);
}

static void test_no_block(void **state)
{
    static const char *const texts[] = {
        "",
        "\n",
        "Subject: x\n\nTriage-Blob: sha256-00; size=0\n",
        "Triage-Kind: spam\nSubject: x\n\n",
        "Triage-Kind: spam\n",
        "triage-blob: sha256-00; size=1\n\n",
        "Untrusted-Triage-Blob: sha256-00; size=1\n\n",
        " Triage-Blob: sha256-00; size=1\n\n",
        "Triage-Blob: \n\n",
        "Triage-Blob: md5-00; size=1\n\n",
        "Triage-Blob: sha256-00; size=99999999999999999999999\n\n",
        "Triage-Blob: sha256-00; size=-1\n\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        bool block;

        is_altered(span_of(texts[i]), &block);
        if (block)
            fail_msg("taken for a block: %s", texts[i]);
    }
}

/* A block whose state was damaged still has its octets, and says so. */
static void test_bad_state(void **state)
{
    static const char *const states[] = {"",
                                         "Triage-State: e30\n",
                                         "Triage-State: ?\n",
                                         "Triage-State: W10=\n",
                                         "Triage-State: e30=e30=\n",
                                         "Triage-State: eyJhIjoxLCJhIjoyfQ==\n"};

    (void)state;
    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        struct buf text = BUF_INIT;
        struct message read;
        char id[BLOB_ID_SIZE];

        blob_id(id, SPAN("A: b\n\n"));
        buf_format(&text, "%sTriage-Blob: %s; size=6\nA: b\n\n", states[i], id);
        message_init(&read, &config);
        assert_true(block_read(&read, buf_view(&text)));
        if (!has_error(&read, "no-state"))
            fail_msg("no error: %s", buf_cstring(&text));
        assert_false(read.altered);
        same("octets", read.octets, SPAN("A: b\n\n"));
        message_release(&read);
        buf_release(&text);
    }
}

/* ---- the view ------------------------------------------------------------------------------- */

static void test_view(void **state)
{
    static const char triage[] =
        "{\"kind\":{\"value\":\"bounce\",\"status\":\"5.1.1\"},\"language\":{\"tag\":\"fr\","
        "\"confidence\":0.98},\"case\":{\"id\":\"4F7K2Q9XTB\",\"by\":\"references\",\"followUp\":2}"
        ","
        "\"duplicate\":{\"of\":\"sha256-00\",\"by\":\"near\",\"similarity\":0.97},\"incident\":"
        "\"I1\","
        "\"category\":{\"id\":\"billing\",\"confidence\":0.93},\"level\":1,\"sensitive\":true,"
        "\"courtesy\":true,\"reasons\":[{\"rule\":\"legal-threat\"},{\"feature\":\"a b\","
        "\"weight\":0.50}],\"suggestion\":[{\"source\":\"kb/42\",\"score\":0.81}],\"route\":{"
        "\"queue\":\"rabat-l1\",\"due\":\"2026-11-24T09:00:00+01:00\"},\"autoreply\":{\"action\":"
        "\"none\",\"why\":\"auto-submitted\"},\"redactions\":[{\"type\":\"iban\"},{\"type\":"
        "\"pan\"},"
        "{\"type\":\"pan\"}],\"errors\":[{\"program\":\"mail-parse\",\"code\":\"limit-depth\"}]}";
    static const char *const lines[] = {
        "Triage-Kind: bounce; status=5.1.1\r\n",
        "Triage-Language: fr; confidence=0.98\r\n",
        "Triage-Case: 4F7K2Q9XTB; by=references; follow-up=2\r\n",
        "Triage-Duplicate: sha256-00; by=near; similarity=0.97\r\n",
        "Triage-Incident: I1\r\n",
        "Triage-Category: billing; confidence=0.93\r\n",
        "Triage-Level: 1\r\n",
        "Triage-Sensitive: yes\r\n",
        "Triage-Courtesy: yes\r\n",
        "Triage-Reason: rule=legal-threat\r\n",
        "Triage-Reason: feature=\"a b\"; weight=0.50\r\n",
        "Triage-Suggestion: kb/42; score=0.81\r\n",
        "Triage-Route: rabat-l1; due=2026-11-24T09:00:00+01:00\r\n",
        "Triage-Autoreply: none; why=auto-submitted\r\n",
        "Triage-Redacted: iban=1; pan=2\r\n",
        "Triage-Error: mail-parse; code=limit-depth\r\n",
    };
    struct message message;
    struct buf text = BUF_INIT;
    struct span rest;

    (void)state;
    init(&message, SPAN("Subject: x\r\n\r\nbody\r\n"), triage);
    assert_int_equal(block_write(&message, &text), 0);
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        if (!found(buf_view(&text), lines[i]))
            fail_msg("%s is not in\n%s", lines[i], buf_cstring(&text));
    /* line ends are the message's own, and no line is longer than 78 octets but by its own words */
    rest = buf_view(&text);
    while (rest.length > 0) {
        struct span line = span_line(&rest);

        assert_int_equal(line.octets[line.length - 2], '\r');
        if (span_begins(line, SPAN("Triage-State:")) || line.octets[0] == ' ')
            assert_true(line.length <= 78);
    }
    buf_release(&text);
    message_release(&message);
}

/* Values that could disturb a recipe are left out of the view; the state has them. */
static void test_view_is_plain(void **state)
{
    struct message message;
    struct buf text = BUF_INIT;

    (void)state;
    init(
        &message, SPAN("Subject: x\n\n"),
        "{\"kind\":{\"value\":\"x\\nTriage-Route: y\"},\"language\":{\"tag\":\"caf\xc3\xa9\"},"
        "\"category\":{\"id\":\"a \\\"b\\\\\"},\"route\":[1],\"level\":{},\"reasons\":{\"rule\":1},"
        "\"errors\":[{\"program\":\"p\",\"code\":\"a\\rb\"}],\"sensitive\":\"yes\"}");
    assert_int_equal(block_write(&message, &text), 0);
    assert_false(found(buf_view(&text), "Triage-Route"));
    assert_false(found(buf_view(&text), "Triage-Kind"));
    assert_false(found(buf_view(&text), "Triage-Language"));
    assert_false(found(buf_view(&text), "Triage-Sensitive"));
    assert_true(found(buf_view(&text), "Triage-Category: \"a \\\"b\\\\\"\n"));
    assert_true(found(buf_view(&text), "Triage-Error: p\n"));
    buf_release(&text);
    message_release(&message);
}

static void test_outside(void **state)
{
    struct message message;
    struct buf text = BUF_INIT;

    (void)state;
    init(&message, SPAN("Triage-Route: forged\nSubject: x\n\nb\n"),
         "{\"kind\":{\"value\":\"customer\"},\"case\":{\"id\":\"4F7K2Q9XTB\",\"by\":\"subject\"},"
         "\"level\":1,\"reasons\":[{\"rule\":\"r\"}],\"route\":{\"queue\":\"rabat-l1\"},"
         "\"autoreply\":{\"action\":\"none\",\"why\":\"x\"},\"brand\":\"lumiere\","
         "\"errors\":[{\"program\":\"p\",\"code\":\"c\"}],\"duplicate\":{\"of\":\"sha256-0\"}}");
    message.above = SPAN("X-Internal: host\n");
    assert_int_equal(block_write_outside(&message, &text), 0);
    same("outside", buf_view(&text),
         SPAN("Triage-Case: 4F7K2Q9XTB\nTriage-Level: 1\nTriage-Route: rabat-l1\n"
              "Untrusted-Triage-Route: forged\nSubject: x\n\nb\n"));
    buf_release(&text);
    message_release(&message);
}

/* ---- size ----------------------------------------------------------------------------------- */

static void add_list(struct buf *json, const char *member, const char *name, size_t count)
{
    buf_format(json, ",\"%s\":[", member);
    for (size_t i = 0; i < count; i++)
        buf_format(json, "%s{\"%s\":\"a-name-that-is-rather-long-%zu\"}", i > 0 ? "," : "", name,
                   i);
    buf_char(json, ']');
}

/* However large the triage is: the block stays small, the octets whole, and an error says it. */
static void check_cut(struct span triage, const char *kept, const char *value)
{
    struct message message;
    struct message read;
    struct buf text = BUF_INIT;
    size_t block;

    init(&message, SPAN("Subject: x\n\nbody\n"), "{}");
    assert_true(message_read_triage(&message, triage));
    assert_int_equal(block_write(&message, &text), 0);
    block = text.length - strlen("Subject: x\n\nbody\n");
    assert_true(block <= BLOCK_MAX);
    assert_true(found(buf_view(&text), "Triage-Error: block; code=limit-block\n"));
    message_init(&read, &config);
    assert_true(block_read(&read, buf_view(&text)));
    assert_false(read.altered);
    same("octets", read.octets, SPAN("Subject: x\n\nbody\n"));
    assert_true(has_error(&read, "limit-block"));
    assert_true(message_limit_hit(&read));
    same(kept, message_triage_json(&read, kept), span_of(value));
    message_release(&read);
    message_release(&message);
    buf_release(&text);
}

static void test_cut(void **state)
{
    struct buf json = BUF_INIT;

    (void)state;
    buf_string(&json, "{\"level\":3,\"suggestion\":[{\"source\":\"kb\"}]");
    add_list(&json, "reasons", "rule", 2000);
    buf_char(&json, '}');
    check_cut(buf_view(&json), "suggestion", "[{\"source\":\"kb\"}]");

    buf_clear(&json);
    buf_string(&json, "{\"level\":3");
    add_list(&json, "reasons", "rule", 100);
    add_list(&json, "suggestion", "source", 2000);
    buf_char(&json, '}');
    check_cut(buf_view(&json), "level", "3");

    /* a report on a delivery to thousands, an agent's thousand notes, what nobody foresaw */
    buf_clear(&json);
    buf_string(&json,
               "{\"level\":3,\"kind\":{\"value\":\"bounce\",\"recipients\":[\"a@x.example\"");
    for (int i = 0; i < 4000; i++)
        buf_format(&json, ",\"a%d@x.example\"", i);
    buf_string(&json, "]}}");
    check_cut(buf_view(&json), "level", "3");

    buf_clear(&json);
    buf_string(&json, "{\"level\":3");
    add_list(&json, "control", "argument", 1000);
    add_list(&json, "errors", "code", 1000);
    add_list(&json, "later", "x", 1000);
    buf_char(&json, '}');
    check_cut(buf_view(&json), "level", "3");

    buf_clear(&json);
    buf_string(&json, "{\"level\":3,\"later\":\"");
    for (int i = 0; i < 5000; i++)
        buf_string(&json, "0123456789");
    buf_string(&json, "\"}");
    check_cut(buf_view(&json), "level", "3");
    buf_release(&json);
}

/* Without octets there is no RFC 5322 form. */
static void test_no_octets(void **state)
{
    struct message message;
    struct buf out = BUF_INIT;

    (void)state;
    message_init(&message, &config);
    diag_set_program("test_block");
    assert_int_equal(block_write(&message, &out), EX_DATAERR);
    assert_int_equal(block_write_outside(&message, &out), EX_DATAERR);
    assert_int_equal(out.length, 0);
    message_release(&message);
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quote),         cmocka_unit_test(test_quote_inverse),
        cmocka_unit_test(test_all_octets),    cmocka_unit_test(test_there_and_back),
        cmocka_unit_test(test_reserved_name), cmocka_unit_test(test_text_is_derived),
        cmocka_unit_test(test_altered),       cmocka_unit_test(test_redacted),
        cmocka_unit_test(test_no_block),      cmocka_unit_test(test_bad_state),
        cmocka_unit_test(test_view),          cmocka_unit_test(test_view_is_plain),
        cmocka_unit_test(test_outside),       cmocka_unit_test(test_cut),
        cmocka_unit_test(test_no_octets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
