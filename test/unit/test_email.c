/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "charset.h"
#include "email.h"
#include "json.h"
#include "utf8.h"

static const struct limits defaults = LIMITS_DEFAULT;

static void file_take(struct buf *out, const char *name)
{
    const char *top = getenv("POSTROOM_SRC");
    struct buf path = BUF_INIT;
    FILE *file;

    buf_format(&path, "%s/test/fixtures/mime/%s", top == NULL ? "." : top, name);
    file = fopen(buf_cstring(&path), "rb");
    if (file != NULL) {
        size_t count;

        while ((count = fread(buf_reserve(out, 65536), 1, 65536, file)) > 0)
            out->length += count;
        (void)fclose(file);
    } else {
        fail_msg("%s cannot be read", buf_cstring(&path));
    }
    buf_release(&path);
}

/* The Email object of OCTETS, received on Tuesday 24 November 2026 at 08:00:01Z. */
static void object_make(struct buf *out, struct arena *arena, struct span octets)
{
    const struct email_facts facts = {SPAN("sha256-0"), octets.length, 1795507201, {NULL, 0}};

    email_write(out, mime_parse(arena, octets, &defaults), &facts);
}

static void golden_files(void **state)
{
    static const char *const names[] = {"plain",  "alternative",    "no-close",  "html-only",
                                        "report", "broken-charset", "no-header", "nul-base64"};
    struct arena arena = ARENA_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        struct buf octets = BUF_INIT;
        struct buf wanted = BUF_INIT;
        struct buf made = BUF_INIT;
        struct buf name = BUF_INIT;

        buf_format(&name, "%s.eml", names[i]);
        file_take(&octets, buf_cstring(&name));
        buf_clear(&name);
        buf_format(&name, "%s.json", names[i]);
        file_take(&wanted, buf_cstring(&name));
        object_make(&made, &arena, buf_view(&octets));
        buf_char(&made, '\n');
        if (!span_equal(buf_view(&made), buf_view(&wanted))) {
            buf_char(&made, '\0');
            fail_msg("%s became\n%s", names[i], buf_cstring(&made));
        }
        buf_release(&name);
        buf_release(&made);
        buf_release(&wanted);
        buf_release(&octets);
        arena_clear(&arena);
    }
    arena_release(&arena);
}

/* CR LF instead of LF changes sizes and raw values, nothing else. */
static void line_ends_do_not_matter(void **state)
{
    static const char *const members[] = {"messageId", "references", "from",       "to",
                                          "cc",        "subject",    "sentAt",     "receivedAt",
                                          "preview",   "inReplyTo",  "bodyValues", "hasAttachment"};
    static const char *const names[] = {"plain.eml", "alternative.eml", "no-close.eml",
                                        "report.eml"};
    struct arena arena = ARENA_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        struct buf octets = BUF_INIT;
        struct buf long_octets = BUF_INIT;
        struct buf made = BUF_INIT;
        struct buf long_made = BUF_INIT;
        json_object *one;
        json_object *other;

        file_take(&octets, names[i]);
        for (size_t j = 0; j < octets.length; j++) {
            if (octets.octets[j] == '\n')
                buf_char(&long_octets, '\r');
            buf_char(&long_octets, octets.octets[j]);
        }
        object_make(&made, &arena, buf_view(&octets));
        object_make(&long_made, &arena, buf_view(&long_octets));
        one = json_read(buf_view(&made));
        other = json_read(buf_view(&long_made));
        for (size_t j = 0; j < sizeof(members) / sizeof(*members); j++)
            assert_true(json_object_equal(json_object_object_get(one, members[j]),
                                          json_object_object_get(other, members[j])));
        json_object_put(one);
        json_object_put(other);
        buf_release(&long_made);
        buf_release(&made);
        buf_release(&long_octets);
        buf_release(&octets);
        arena_clear(&arena);
    }
    arena_release(&arena);
}

static void list_is(struct mime_part *const *parts, size_t count, const char *wanted)
{
    struct buf found = BUF_INIT;

    for (size_t i = 0; i < count; i++)
        buf_span(&found, header_last(&parts[i]->header, "X")->value);
    assert_string_equal(buf_cstring(&found), wanted);
    buf_release(&found);
}

/* The example of RFC 8621 section 4.1.4, word for word. */
static void lists_of_the_rfc(void **state)
{
    static const char message[] =
        "Content-Type: multipart/mixed; boundary=1\n\n"
        "--1\nX:A\nContent-Type: text/plain\nContent-Disposition: inline\n\na\n"
        "--1\nContent-Type: multipart/mixed; boundary=2\n\n"
        "--2\nContent-Type: multipart/alternative; boundary=3\n\n"
        "--3\nContent-Type: multipart/mixed; boundary=4\n\n"
        "--4\nX:B\nContent-Type: text/plain\nContent-Disposition: inline\n\nb\n"
        "--4\nX:C\nContent-Type: image/jpeg\nContent-Disposition: inline\n\nc\n"
        "--4\nX:D\nContent-Type: text/plain\nContent-Disposition: inline\n\nd\n--4--\n"
        "--3\nContent-Type: multipart/related; boundary=5\n\n"
        "--5\nX:E\nContent-Type: text/html\n\ne\n"
        "--5\nX:F\nContent-Type: image/jpeg\n\nf\n--5--\n--3--\n"
        "--2\nX:G\nContent-Type: image/jpeg\nContent-Disposition: attachment\n\ng\n"
        "--2\nX:H\nContent-Type: application/x-excel\n\nh\n"
        "--2\nX:J\nContent-Type: message/rfc822\n\nSubject: j\n\nj\n--2--\n"
        "--1\nX:K\nContent-Type: text/plain\nContent-Disposition: inline\n\nk\n--1--\n";
    struct arena arena = ARENA_INIT;
    struct mime *mime = mime_parse(&arena, span_of(message), &defaults);
    struct email_parts parts;
    bool is_html = true;

    (void)state;
    email_parts(mime, &parts);
    list_is(parts.text, parts.text_count, "ABCDK");
    list_is(parts.html, parts.html_count, "AEK");
    list_is(parts.attachments, parts.attachment_count, "CFGHJ");
    assert_true(span_equal(email_best_text(mime, &is_html), SPAN("a\nb\nd\nk")));
    assert_false(is_html);
    arena_release(&arena);
}

static void best_is(const char *message, const char *wanted, bool wanted_html)
{
    struct arena arena = ARENA_INIT;
    bool is_html = !wanted_html;
    struct span text = email_best_text(mime_parse(&arena, span_of(message), &defaults), &is_html);

    assert_true(span_equal(text, span_of(wanted)));
    assert_int_equal(is_html, wanted_html);
    arena_release(&arena);
}

static void best_text(void **state)
{
    (void)state;
    best_is("Subject: x\n\nbody", "body", false);
    best_is("Content-Type: text/html\n\n<p>", "<p>", true);
    best_is("Content-Type: multipart/alternative; boundary=b\n\n--b\n\n \n\n--b\n"
            "Content-Type: text/html\n\n<p>\n--b--\n",
            "<p>", true);
    best_is("Content-Type: text/plain\nContent-Disposition: attachment\n\nbody", "body", false);
    best_is("Content-Type: image/png\n\nbody", "", false);
    best_is(
        "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; name=a.txt\n"
        "Content-Disposition: attachment\n\nno\n--b--\n",
        "", false);
}

/* Every object, also of torn messages, is one line that the strict reader accepts. */
static void objects_are_valid(void **state)
{
    struct arena arena = ARENA_INIT;
    struct buf octets = BUF_INIT;

    (void)state;
    file_take(&octets, "alternative.eml");
    for (size_t length = 0; length <= octets.length; length += 3) {
        struct buf made = BUF_INIT;
        json_object *object;

        if (length > 100)
            octets.octets[length - 50] = (char)(length * 31);
        object_make(&made, &arena, (struct span){octets.octets, length});
        assert_null(memchr(made.octets, '\n', made.length));
        assert_true(utf8_valid(buf_view(&made)));
        object = json_read(buf_view(&made));
        assert_non_null(object);
        json_object_put(object);
        buf_release(&made);
        arena_clear(&arena);
    }
    buf_release(&octets);
    arena_release(&arena);
}

static void preview_is(struct span text, const char *wanted)
{
    struct arena arena = ARENA_INIT;
    struct buf made = BUF_INIT;
    const struct email_facts facts = {SPAN("sha256-0"), 0, 0, text};
    json_object *object;

    email_write(&made, mime_parse(&arena, SPAN("Subject: x\n\nbody"), &defaults), &facts);
    object = json_read(buf_view(&made));
    assert_string_equal(json_object_get_string(json_object_object_get(object, "preview")), wanted);
    json_object_put(object);
    buf_release(&made);
    arena_release(&arena);
}

static void previews(void **state)
{
    struct buf text = BUF_INIT;
    struct buf wanted = BUF_INIT;

    (void)state;
    preview_is((struct span){NULL, 0}, "body");
    preview_is(SPAN(""), "");
    preview_is(SPAN("\n\n  a\r\n\t b\0c  \n"), "a b c");
    for (int i = 0; i < 300; i++)
        buf_string(&text, "é");
    for (int i = 0; i < 256; i++)
        buf_string(&wanted, "é");
    preview_is(buf_view(&text), buf_cstring(&wanted));
    buf_release(&wanted);
    buf_release(&text);
}

/* The members PROPERTIES of the body parts, asked for by their bits and fields. */
static void chosen_parts(void **state)
{
    static const char octets[] = "Content-Type: multipart/mixed; boundary=b\n\n--b\n"
                                 "X-Part: =?utf-8?q?=C3=A9?=\n\nhi\n--b--\n";
    const struct email_facts facts = {SPAN("sha256-0"), 0, EMAIL_NO_TIME, {NULL, 0}};
    const struct form_property header = {
        .name = SPAN("header:X-Part:asText"), .field = SPAN("X-Part"), .form = FORM_TEXT};
    struct email_part_choice choice = {0, &header, 1};
    struct arena arena = ARENA_INIT;
    struct buf made = BUF_INIT;
    unsigned member = 0;
    json_object *object;

    (void)state;
    assert_false(email_part_member(SPAN("subParts"), &member));
    assert_true(email_part_member(SPAN("type"), &member));
    choice.members |= member;
    assert_true(email_part_member(SPAN("partId"), &member));
    choice.members |= member;
    email_write_chosen(&made, mime_parse(&arena, SPAN(octets), &defaults), &facts, &choice);
    object = json_read(buf_view(&made));
    assert_string_equal(
        json_object_to_json_string_ext(json_object_object_get(object, "bodyStructure"),
                                       JSON_C_TO_STRING_NOSLASHESCAPE),
        "{\"partId\":null,\"type\":\"multipart/mixed\",\"header:X-Part:asText\":null,\"subParts\":"
        "[{\"partId\":\"1\",\"type\":\"text/plain\",\"header:X-Part:asText\":\"é\"}]}");
    /* Nobody knows when it arrived. */
    assert_false(json_object_object_get_ex(object, "receivedAt", NULL));
    json_object_put(object);
    buf_release(&made);
    arena_release(&arena);
}

static void cut_is(size_t limit, const char *text, const char *wanted)
{
    struct arena arena = ARENA_INIT;
    struct limits limits = LIMITS_DEFAULT;
    struct mime *mime;
    struct span cut;

    limits.line = limit;
    mime = mime_parse(&arena, SPAN("\nx"), &limits);
    cut = email_lines_cut(mime, span_of(text));
    assert_true(span_equal(cut, span_of(wanted)));
    assert_int_equal(mime->limits_hit, strcmp(text, wanted) == 0 ? 0 : 1U << LIMIT_line);
    arena_release(&arena);
}

static void long_lines(void **state)
{
    (void)state;
    cut_is(3, "", "");
    cut_is(3, "abc", "abc");
    cut_is(3, "abc\nabc\n\n", "abc\nabc\n\n");
    cut_is(3, "abcd", "abc");
    cut_is(3, "abcd\nx\nabcdefg\nabc\nabcd\n", "abc\nx\nabc\nabc\nabc");
    cut_is(3, "abcd\n\nx", "abc\n\nx");
    cut_is(3, "abé\né", "ab\né"); /* no half character */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_files),      cmocka_unit_test(line_ends_do_not_matter),
        cmocka_unit_test(lists_of_the_rfc),  cmocka_unit_test(best_text),
        cmocka_unit_test(objects_are_valid), cmocka_unit_test(previews),
        cmocka_unit_test(chosen_parts),      cmocka_unit_test(long_lines),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    charset_release();
    return failed;
}
