/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "armour.h"

/* WANTED NULL: there is no armour. */
static void strips(const char *text, const char *wanted)
{
    struct buf out = BUF_INIT;

    assert_int_equal(armour_strip(&out, span_of(text)), wanted != NULL);
    assert_string_equal(buf_cstring(&out), wanted != NULL ? wanted : "");
    buf_release(&out);
}

#define BEGIN "-----BEGIN PGP SIGNED MESSAGE-----\n"
#define SIGNATURE                                                                                  \
    "-----BEGIN PGP SIGNATURE-----\nVersion: GnuPG v1\n\niQEzBAEBCAAdFiEE\n=AbCd\n"                \
    "-----END PGP SIGNATURE-----\n"

static void clear_signed(void **state)
{
    (void)state;
    strips(BEGIN "Hash: SHA256\n\nHello,\n- -- \nJean\n" SIGNATURE, "Hello,\n-- \nJean\n");
    strips("Before\n" BEGIN "\nHello\n" SIGNATURE "After\n", "Before\nHello\nAfter\n");
    strips(BEGIN "Hash: SHA1\n\none\n" SIGNATURE BEGIN "\ntwo\n" SIGNATURE, "one\ntwo\n");
    /* without dash-escapes the dashes are the text's own */
    strips("- a list\n" BEGIN "\n- - a list\n" SIGNATURE, "- a list\n- a list\n");
}

static void broken(void **state)
{
    (void)state;
    strips(BEGIN "\nno signature\n", "no signature\n");
    strips(BEGIN, "");
    strips(BEGIN "\ntext\n-----BEGIN PGP SIGNATURE-----\n\niQEz\n\nSomebody's footer here\n",
           "text\n\nSomebody's footer here\n");
    strips(BEGIN "\ntext\n-----BEGIN PGP SIGNATURE-----", "text\n");
}

static void what_stays(void **state)
{
    (void)state;
    strips("> " BEGIN "> \n> Hello\n", NULL);
    strips("-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----\n", NULL);
    strips("no armour\n", NULL);
    strips("", NULL);
    strips(BEGIN "\n-----BEGIN PGP MESSAGE-----\nhQ\n" SIGNATURE,
           "-----BEGIN PGP MESSAGE-----\nhQ\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(clear_signed), cmocka_unit_test(broken),
                                       cmocka_unit_test(what_stays)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
