/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "charset.h"
#include "mime.h"
#include "utf8.h"

static const struct limits defaults = LIMITS_DEFAULT;

/* The tree of MIME: `type`, for leaves `=body`, below in brackets; bodies with `.` for line ends.
 */
static void tree_write(struct buf *out, struct mime *mime)
{
    unsigned before = 0;

    for (struct mime_part *part = mime->root; part != NULL; part = mime_next(part, true)) {
        for (unsigned depth = before; depth > part->depth; depth--)
            buf_char(out, ')');
        if (part != mime->root)
            buf_char(out, part->depth > before ? '(' : ' ');
        buf_span(out, part->type);
        if (part->child == NULL) {
            buf_char(out, '=');
            mime_decode(out, part, SIZE_MAX);
        }
        before = part->depth;
    }
    for (unsigned depth = before; depth > 0; depth--)
        buf_char(out, ')');
    for (size_t i = 0; i < out->length; i++) {
        if (out->octets[i] == '\n')
            out->octets[i] = '.';
    }
}

static void tree_is(struct span octets, const struct limits *limits, const char *wanted,
                    unsigned hit)
{
    struct arena arena = ARENA_INIT;
    struct buf out = BUF_INIT;
    struct mime *mime = mime_parse(&arena, octets, limits);

    tree_write(&out, mime);
    assert_string_equal(buf_cstring(&out), wanted);
    assert_int_equal(mime->limits_hit, hit);
    buf_release(&out);
    arena_release(&arena);
}

#define MIXED "Content-Type: multipart/mixed; boundary=b\n\n"

static void lawful_messages(void **state)
{
    (void)state;
    tree_is(SPAN("Subject: x\n\nbody\n"), &defaults, "text/plain=body.", 0);
    tree_is(
        SPAN(MIXED "preamble\n--b\n\none\n--b\nContent-Type: text/html\n\ntwo\n\n--b--\nepilogue"),
        &defaults, "multipart/mixed(text/plain=one text/html=two.)", 0);
    tree_is(SPAN("Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: x\n\none\n--b--\n"),
            &defaults, "multipart/digest(message/rfc822(text/plain=one))", 0);
    tree_is(SPAN(MIXED
                 "--b\nContent-Type: multipart/alternative; boundary=bb\n\n--bb\n\none\n--bb\n\n"
                 "two\n--bb--\n--b\n\nthree\n--b--\n"),
            &defaults,
            "multipart/mixed(multipart/alternative(text/plain=one text/plain=two) "
            "text/plain=three)",
            0);
    tree_is(SPAN("Content-Type: message/rfc822\n\n" MIXED "--b\n\none\n--b--\n"), &defaults,
            "message/rfc822(multipart/mixed(text/plain=one))", 0);
}

static void broken_multiparts(void **state)
{
    (void)state;
    /* no closing delimiter */
    tree_is(SPAN(MIXED "--b\n\none\n--b\n\ntwo\n"), &defaults,
            "multipart/mixed(text/plain=one text/plain=two.)", 0);
    /* the outer delimiter ends the inner multipart */
    tree_is(SPAN(MIXED "--b\nContent-Type: multipart/alternative; boundary=c\n\n--c\n\none\n--b\n\n"
                       "two\n--b--\n"),
            &defaults, "multipart/mixed(multipart/alternative(text/plain=one) text/plain=two)", 0);
    /* blanks behind a delimiter, CR LF, a delimiter that is longer, or not at a line's begin */
    tree_is(SPAN(MIXED "--b \t\r\n\r\none\r\n--bb\r\nx--b\r\n--b--  \r\n"), &defaults,
            "multipart/mixed(text/plain=one\r.--bb\r.x--b)", 0);
    /* the same boundary twice */
    tree_is(SPAN(MIXED "--b\n" MIXED "--b\n\none\n--b--\n--b\n\ntwo\n--b--\n"), &defaults,
            "multipart/mixed(multipart/mixed(text/plain=one) text/plain=two)", 0);
    /* no boundary, an empty one, one that never comes, no opening one: shown as the only part */
    tree_is(SPAN("Content-Type: multipart/mixed\n\n--b\n\none\n"), &defaults,
            "multipart/mixed(text/plain=--b..one.)", 0);
    tree_is(SPAN("Content-Type: multipart/mixed; boundary=\"\"\n\none\n"), &defaults,
            "multipart/mixed(text/plain=one.)", 0);
    tree_is(SPAN("Content-Type: multipart/mixed; boundary=x\n\none\n"), &defaults,
            "multipart/mixed(text/plain=one.)", 0);
    tree_is(SPAN("Content-Transfer-Encoding: base64\n" MIXED "b25l\n"), &defaults,
            "multipart/mixed(text/plain=one)", 0);
    tree_is(SPAN(MIXED "one\n--b--\ntwo\n"), &defaults, "multipart/mixed(text/plain=one)", 0);
    tree_is(SPAN(MIXED "--b\nContent-Type: multipart/digest; boundary=c\n\none\n--b\n\ntwo\n--b--"),
            &defaults, "multipart/mixed(multipart/digest(text/plain=one) text/plain=two)", 0);
    /* delimiters without a line between them make no part; at least one part there is */
    tree_is(SPAN(MIXED "--b\n--b\n\none\n--b\n--b\n--b\n\ntwo\n--b\n--b--\n"), &defaults,
            "multipart/mixed(text/plain=one text/plain=two text/plain=)", 0);
    tree_is(SPAN(MIXED "--b\n--b--\n"), &defaults, "multipart/mixed(text/plain=)", 0);
    /* text behind a delimiter, but no longer boundary; an exact one of an outer multipart first */
    tree_is(SPAN(MIXED "--b text\n\none\n--b--text\n--b:\n--b-- text\nend\n"), &defaults,
            "multipart/mixed(text/plain=one.--b--text.--b:)", 0);
    tree_is(SPAN("Content-Type: multipart/mixed; boundary=\"b c\"\n\n--b c\n" MIXED
                 "--b\n\none\n--b c\n\ntwo\n--b c--\n"),
            &defaults, "multipart/mixed(multipart/mixed(text/plain=one) text/plain=two)", 0);
    /* a boundary with blanks at its end: they count when the first delimiter has them */
    tree_is(SPAN("Content-Type: multipart/mixed; boundary=\"b  \"\n\n--b  \n\none\n--b \n\ntwo\n"
                 "--b  --\n"),
            &defaults, "multipart/mixed(text/plain=one.--b ..two)", 0);
    tree_is(SPAN("Content-Type: multipart/mixed; boundary=\"b  \"\n\n--b\n\none\n--b  \n\ntwo\n"
                 "--b--\n"),
            &defaults, "multipart/mixed(text/plain=one text/plain=two)", 0);
    /* header sections that end without an empty line, or at once */
    tree_is(SPAN(MIXED "--b\nContent-Type: text/html\n--b\n--b--"), &defaults,
            "multipart/mixed(text/html= text/plain=)", 0);
    /* an encoding that a multipart cannot have */
    tree_is(SPAN("Content-Transfer-Encoding: base64\n" MIXED "--b\n\none\n--b--\n"), &defaults,
            "multipart/mixed(text/plain=one)", 0);
}

static void broken_messages(void **state)
{
    (void)state;
    tree_is(SPAN(""), &defaults, "text/plain=", 0);
    tree_is(SPAN("\n"), &defaults, "text/plain=", 0);
    tree_is(SPAN("no header\nat all\n"), &defaults, "text/plain=no header.at all.", 0);
    tree_is(SPAN("\n\nSubject: x\n\nbody"), &defaults, "text/plain=body", 0);
    tree_is(SPAN(" \n\r\n\t\nSubject: x\n\nbody"), &defaults, "text/plain=body", 0);
    tree_is(SPAN(" Subject: x\n\nbody"), &defaults, "text/plain= Subject: x..body", 0);
    tree_is(SPAN("\nNote: x\n\nbody"), &defaults, "text/plain=Note: x..body", 0);
    tree_is(SPAN("Subject: x\rTo: a@b\r\rone\rtwo\r"), &defaults, "text/plain=one.two.", 0);
    tree_is(SPAN("Content-Type: text\n\nbody"), &defaults, "text/plain=body", 0);
    tree_is(SPAN("Content-Type: a/b/c\n\nbody"), &defaults, "text/plain=body", 0);
    tree_is(SPAN("Content-Type: text/html charset=x\n\nbody"), &defaults, "text/html=body", 0);
}

static void encoded_messages(void **state)
{
    (void)state;
    tree_is(SPAN("Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
                 "U3ViamVjdDogaGVsbG8KCmlubmVyCg==\n"),
            &defaults, "message/rfc822(text/plain=inner.)", 0);
    tree_is(SPAN("Content-Type: message/global\nContent-Transfer-Encoding: quoted-printable\n\n"
                 "Content-Type=3A text/html\n\nin=\nner\n"),
            &defaults, "message/global(text/html=inner.)", 0);
}

static void limits_cut(void **state)
{
    struct limits limits = LIMITS_DEFAULT;

    (void)state;
    limits.parts = 3;
    tree_is(SPAN(MIXED "--b\n\none\n--b\n\ntwo\n--b\n\nthree\n--b--\n"), &limits,
            "multipart/mixed(text/plain=one text/plain=two)", 1U << LIMIT_parts);
    limits.parts = 1;
    tree_is(SPAN("Content-Type: message/rfc822\n\nSubject: x\n\none\n"), &limits,
            "message/rfc822=Subject: x..one.", 1U << LIMIT_parts);
    limits = defaults;
    limits.depth = 2;
    tree_is(SPAN("Content-Type: message/rfc822\n\nContent-Type: message/rfc822\n\nA: b\n\none\n"),
            &limits, "message/rfc822(message/rfc822=A: b..one.)", 1U << LIMIT_depth);
    limits.depth = 1;
    tree_is(SPAN(MIXED "--b\n\none\n--b--\n"), &limits, "text/plain=--b..one.--b--.",
            1U << LIMIT_depth);
    limits = defaults;
    limits.decoded = 10;
    tree_is(SPAN("Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
                 "U3ViamVjdDogaGVsbG8KCmlubmVyCg==\n"),
            &limits, "message/rfc822=Subject: hello..inner.", 1U << LIMIT_decoded);
    limits.message = 17;
    tree_is(SPAN("Subject: x\n\nbody is cut\n"), &limits, "text/plain=body ", 1U << LIMIT_message);
}

/* 100,000 parts, depth 20,000, 10 MB of hyphens: linear time, and the tree is cut. */
static void hostile_sizes(void **state)
{
    struct arena arena = ARENA_INIT;
    struct buf octets = BUF_INIT;
    struct mime *mime;

    (void)state;
    buf_string(&octets, MIXED);
    for (int i = 0; i < 100000; i++)
        buf_string(&octets, "--b\n\nx\n");
    mime = mime_parse(&arena, buf_view(&octets), &defaults);
    assert_int_equal(mime->parts, 1000);
    assert_int_equal(mime->limits_hit, 1U << LIMIT_parts);
    arena_clear(&arena);
    buf_clear(&octets);
    for (int i = 0; i < 20000; i++)
        buf_format(&octets, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i);
    mime = mime_parse(&arena, buf_view(&octets), &defaults);
    assert_int_equal(mime->parts, 60);
    assert_int_equal(mime->limits_hit, 1U << LIMIT_depth);
    arena_clear(&arena);
    buf_clear(&octets);
    buf_string(&octets, MIXED "--b\n\n");
    memset(buf_reserve(&octets, 10000000), '-', 10000000);
    octets.length += 10000000;
    mime = mime_parse(&arena, buf_view(&octets), &defaults);
    assert_int_equal(mime_size(mime->root->child), 10000000);
    assert_true(mime_text(mime, mime->root->child)->is_truncated);
    assert_int_equal(mime->limits_hit, 1U << LIMIT_text);
    arena_release(&arena);
    buf_release(&octets);
}

static void decoders(void **state)
{
    static const struct {
        bool (*decode)(struct buf *, struct span, size_t);
        const char *encoded;
        const char *wanted;
    } cases[] = {
        {mime_base64_decode, "aGVsbG8=", "hello"},
        {mime_base64_decode, "aGVs\r\nbG8\r\n", "hello"},
        {mime_base64_decode, "a G*V\xffs\nb-G8=\n", "hello"},
        {mime_base64_decode, "aGk=aGk=", "hihi"},
        {mime_base64_decode, "aGk=\n-- \nA footer in clear.\n", "hi"},
        {mime_base64_decode, "aGVsb", "hel"},
        {mime_base64_decode, "====", ""},
        {mime_base64_decode, "", ""},
        {mime_quoted_printable_decode, "caf=C3=A9=20\r\n", "café \r\n"},
        {mime_quoted_printable_decode, "caf=c3=\n=a9", "café"},
        {mime_quoted_printable_decode, "a= \t\nb  \nc=\r\r\nd", "ab\ncd"},
        {mime_quoted_printable_decode, "1=2 =XY ==3D=", "1=2 =XY =="},
        {mime_quoted_printable_decode, "=", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct buf out = BUF_INIT;
        size_t length = strlen(cases[i].wanted);

        assert_true(cases[i].decode(&out, span_of(cases[i].encoded), SIZE_MAX));
        assert_int_equal(out.length, length);
        assert_string_equal(buf_cstring(&out), cases[i].wanted);
        for (size_t limit = 0; limit <= length + 1; limit++) {
            buf_clear(&out);
            assert_int_equal(cases[i].decode(&out, span_of(cases[i].encoded), limit),
                             limit >= length);
            assert_int_equal(out.length, limit < length ? limit : length);
            assert_true(span_begins(span_of(cases[i].wanted), buf_view(&out)));
        }
        buf_release(&out);
    }
}

static void text_is(struct span octets, const char *wanted, bool problem)
{
    struct arena arena = ARENA_INIT;
    struct mime *mime = mime_parse(&arena, octets, &defaults);
    const struct mime_text *text = mime_text(mime, mime->root);

    assert_true(span_equal(text->text, span_of(wanted)));
    assert_int_equal(text->is_encoding_problem, problem);
    assert_false(text->is_truncated);
    assert_ptr_equal(text, mime_text(mime, mime->root));
    arena_release(&arena);
}

static void texts(void **state)
{
    struct limits limits = LIMITS_DEFAULT;
    struct arena arena = ARENA_INIT;
    struct mime *mime;

    (void)state;
    text_is(SPAN("Subject: x\r\n\r\none\r\ntwo\r\r\nth\rree\r\n"), "one\ntwo\nth\rree\n", false);
    text_is(SPAN("Subject: x\n\n"), "", false);
    text_is(SPAN("Content-Type: text/plain; charset=utf-8\n\n\xef\xbb\xbfone"), "one", false);
    text_is(SPAN("Content-Type: text/plain\nContent-Transfer-Encoding: x-uuencode\n\none"), "one",
            true);
    text_is(SPAN("Content-Type: text/plain\nContent-Transfer-Encoding: \"QUOTED-PRINTABLE\" (x)\n\n"
                 "=C3=A9"),
            "é", false);
    text_is(SPAN("Content-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n"), "",
            false);
    text_is(SPAN("Content-Type: text/html\n\n<meta charset='iso-8859-2'>\xb3"),
            "<meta charset='iso-8859-2'>ł", false);
    text_is(SPAN("Content-Type: text/plain\n\ncharset=iso-8859-2 \xb3"), "charset=iso-8859-2 ³",
            true);
    text_is(SPAN("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
                 "b25lDQp0d28NCg=="),
            "one\ntwo\n", false);
    limits.text = 4;
    mime = mime_parse(&arena, SPAN("Subject: x\n\ncaf\xc3\xa9s"), &limits);
    assert_true(span_equal(mime_text(mime, mime->root)->text, SPAN("caf")));
    assert_true(mime_text(mime, mime->root)->is_truncated);
    assert_int_equal(mime->limits_hit, 1U << LIMIT_text);
    arena_release(&arena);
}

static void facts_about_parts(void **state)
{
    static const char *const ids[] = {"", "1", "2", "2.1", "2.2", "3", "3.1"};
    struct arena arena = ARENA_INIT;
    struct mime *mime = mime_parse(
        &arena,
        SPAN(MIXED "--b\n\none\n--b\nContent-Type: message/rfc822\n\n"
                   "Content-Type: multipart/mixed; boundary=c\n\n--c\n\nx\n--c\n\ny\n--c--\n"
                   "--b\nContent-Type: message/rfc822; name=n.eml\n"
                   "Content-Disposition: ATTACHMENT; filename*=utf-8''%C3%A9.eml\n\n"
                   "Subject: z\n\nz\n--b--\n"),
        &defaults);
    struct mime_part *part = mime->root;
    size_t outer = 0;

    (void)state;
    for (size_t i = 0; part != NULL; part = mime_next(part, true)) {
        struct buf id = BUF_INIT;

        mime_part_id(&id, part);
        if (!(part->is_message && mime_is_multipart(part) && part->parent != NULL))
            assert_string_equal(buf_cstring(&id), ids[i++]);
        if (span_equal(buf_view(&id), SPAN("3"))) {
            assert_true(span_equal(part->name, SPAN("é.eml")));
            assert_true(span_equal(part->disposition, SPAN("attachment")));
        }
        buf_release(&id);
    }
    for (part = mime->root; part != NULL; part = mime_next(part, false))
        outer++;
    assert_int_equal(outer, 4);
    assert_int_equal(mime->parts, 8);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lawful_messages),   cmocka_unit_test(broken_multiparts),
        cmocka_unit_test(broken_messages),   cmocka_unit_test(encoded_messages),
        cmocka_unit_test(limits_cut),        cmocka_unit_test(hostile_sizes),
        cmocka_unit_test(decoders),          cmocka_unit_test(texts),
        cmocka_unit_test(facts_about_parts),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    charset_release();
    return failed;
}
