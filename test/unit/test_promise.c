/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "calendar.h"
#include "promise.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define BLANK "\xc2\xa0"

static void expect(const char *language, const char *utc, const char *zone, const char *words)
{
    struct buf out = BUF_INIT;
    struct date date;

    assert_true(date_parse_rfc3339(span_of(utc), &date));
    assert_int_equal(zone_local(zone, date.seconds, &date), 0);
    promise_words(&out, language, date, zone);
    assert_string_equal(buf_cstring(&out), words);
    buf_release(&out);
}

static void test_languages(void **state)
{
    const char *at = "2026-11-24T08:00:00Z";

    (void)state;
    expect("fr", at, "Europe/Paris", "mardi 24 novembre 2026 à 9" BLANK "h (heure de Paris)");
    expect("en", at, "Europe/Paris", "Tuesday 24 November 2026 at 9:00 (Paris time)");
    expect("de", at, "Europe/Paris",
           "Dienstag, 24. November 2026, 9:00" BLANK "Uhr (Ortszeit Paris)");
    expect("es", at, "Europe/Paris", "martes 24 de noviembre de 2026 a las 9:00 (hora de París)");
    expect("it", at, "Europe/Paris", "2026-11-24 09:00 (Paris)");
    expect("und", at, "Europe/London", "2026-11-24 08:00 (London)");
    expect("fr-CA", at, "America/New_York",
           "mardi 24 novembre 2026 à 3" BLANK "h (heure de New York)");
    expect("EN_gb", at, "Europe/London", "Tuesday 24 November 2026 at 8:00 (London time)");
    expect("fro", at, "Europe/London", "2026-11-24 08:00 (London)");
}

static void test_times(void **state)
{
    (void)state;
    expect("fr", "2027-05-01T06:30:00Z", "Europe/Paris",
           "samedi 1er mai 2027 à 8" BLANK "h" BLANK "30 (heure de Paris)");
    expect("fr", "2026-08-31T22:05:59Z", "Europe/Paris",
           "mardi 1er septembre 2026 à 0" BLANK "h" BLANK "05 (heure de Paris)");
    expect("es", "2026-03-01T00:15:00Z", "Europe/Madrid",
           "domingo 1 de marzo de 2026 a la 1:15 (hora de Madrid)");
    expect("de", "2026-03-02T17:05:00Z", "Europe/Berlin",
           "Montag, 2. März 2026, 18:05" BLANK "Uhr (Ortszeit Berlin)");
}

static void test_towns(void **state)
{
    const char *at = "2026-02-04T12:00:00Z";
    const char *day = "mercredi 4 février 2026 à ";
    char words[200];

    (void)state;
    (void)snprintf(words, sizeof words, "%s12" BLANK "h (heure de Londres)", day);
    expect("fr", at, "Europe/London", words);
    (void)snprintf(words, sizeof words, "%s14" BLANK "h (heure d’Athènes)", day);
    expect("fr", at, "Europe/Athens", words);
    (void)snprintf(words, sizeof words, "%s14" BLANK "h (heure du Caire)", day);
    expect("fr", at, "Africa/Cairo", words);
    (void)snprintf(words, sizeof words, "%s12" BLANK "h (heure des îles Canaries)", day);
    expect("fr", at, "Atlantic/Canary", words);
    (void)snprintf(words, sizeof words, "%s13" BLANK "h (heure de Casablanca)", day);
    expect("fr", at, "Africa/Casablanca", words);
    (void)snprintf(words, sizeof words, "%s12" BLANK "h (UTC)", day);
    expect("fr", at, "Etc/UTC", words);
    expect("es", at, "Europe/London",
           "miércoles 4 de febrero de 2026 a las 12:00 (hora de Londres)");
    expect("de", at, "Europe/Vienna",
           "Mittwoch, 4. Februar 2026, 13:00" BLANK "Uhr (Ortszeit Wien)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_languages),
                                       cmocka_unit_test(test_times), cmocka_unit_test(test_towns)};

    return cmocka_run_group_tests_name("promise", tests, NULL, NULL);
}
