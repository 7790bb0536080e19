/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "flowed.h"

static void flows(const char *text, bool delete_space, const char *wanted)
{
    struct buf out = BUF_INIT;

    flowed_to_text(&out, span_of(text), delete_space);
    assert_string_equal(buf_cstring(&out), wanted);
    buf_release(&out);
}

static void paragraphs(void **state)
{
    (void)state;
    flows("One \ntwo \nthree.\nFour.\n", false, "One two three.\nFour.\n");
    flows("One \r\ntwo.\r\n", false, "One two.\n");
    flows("One \n\nTwo\n", false, "One \nTwo\n");
    flows("One ", false, "One \n");
    flows("", false, "");
    flows("no flow\nat all", false, "no flow\nat all\n");
    flows("注文 \nした。\n", true, "注文した。\n");
    flows("one  \ntwo\n", true, "one two\n");
}

static void stuffing(void **state)
{
    (void)state;
    flows(" >not a quote\n From me\n  two blanks\n", false, ">not a quote\nFrom me\n two blanks\n");
}

static void quotes(void **state)
{
    (void)state;
    flows("> quoted \n> text\n>> deeper \n>> still\nmine\n", false,
          "> quoted text\n>> deeper still\nmine\n");
    flows(">quoted \n>text\n>\n", false, "> quoted text\n>\n");
    /* the depth changes in the middle of a paragraph: two paragraphs */
    flows("> quoted \nmine\n", false, "> quoted \nmine\n");
    flows(">> a \n> b\n", false, ">> a \n> b\n");
}

static void signatures(void **state)
{
    (void)state;
    flows("Regards \n-- \nJean \nPetit\n", false, "Regards \n-- \nJean Petit\n");
    flows("> x\n> -- \n> y\n", false, "> x\n> -- \n> y\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(paragraphs), cmocka_unit_test(stuffing),
                                       cmocka_unit_test(quotes), cmocka_unit_test(signatures)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
