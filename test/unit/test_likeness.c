/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "likeness.h"

static void shows(const char *name, const char *wanted, bool expected)
{
    struct likeness likeness;

    likeness_make(&likeness, span_of(name));
    assert_int_equal(likeness.letters.length, likeness.starts.length);
    if (likeness_shows(&likeness, span_of(wanted)) != expected)
        fail_msg("%s %s %s", name, expected ? "does not show" : "shows", wanted);
    likeness_release(&likeness);
}

static void looks_alike(void **state)
{
    (void)state;
    shows("Lumière", "Lumiere", true);
    shows("LUMIERE SERVICE CLIENT", "Lumière", true);
    shows("service.lumiere", "Lumière", true);
    shows("L u m i è r e", "Lumière", true);
    shows("Lum-iere", "Lumière", true);
    shows("Lumiereclients", "Lumière", true);
    shows("L\u043c\u0438", "Lumière", false);
    shows("Lumi\u0435re", "Lumière", true);      /* Cyrillic е */
    shows("\u216cumi\u00e8re", "Lumière", true); /* the Roman numeral fifty */
    shows("\uff2c\uff55\uff4d\uff49\uff45\uff52\uff45", "Lumière", true); /* full width */
    shows("\U0001d40buni", "Luni", true);                                 /* mathematical bold L */
    shows("Lurniere", "Lumière", true);
    shows("1umiere", "Lumière", true);
    shows("Lu\u00admi\u200bere", "Lumière", true);
    shows("Pay Pal", "PayPal", true);
    shows("P\u0430yP\u0430l Support", "PayPal", true);
    shows("\u0420\u0430\u0443\u0420\u0430l", "PayPal", true);
    shows("Banque Courtois \u2014 s\u00e9curit\u00e9", "Courtois", true);
}

static void looks_otherwise(void **state)
{
    (void)state;
    shows("Jean Dupont", "Lumière", false);
    shows("Paul Lorange", "Orange", false);
    shows("Flo Range", "Orange", false);
    shows("Mr Nile", "Nile", true);
    shows("Senile", "Nile", false);
    shows("Edf", "EDF", false); /* too short to tell */
    shows("Nova Scotia", "Nova", true);
    shows("Novacek", "Nova", false);
    shows("", "Lumière", false);
    shows("Lumière", "", false);
    shows("\u2014\u2014 !!", "Lumière", false);
}

static void long_names_end(void **state)
{
    struct buf name = BUF_INIT;

    (void)state;
    for (int i = 0; i < 200000; i++)
        buf_string(&name, i % 3 == 0 ? "bright" : "brightsho ");
    shows(buf_cstring(&name), "Brightshop", false);
    buf_string(&name, "p");
    shows(buf_cstring(&name), "Brightshop", true);
    buf_release(&name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(looks_alike),
        cmocka_unit_test(looks_otherwise),
        cmocka_unit_test(long_names_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
