/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "promise.h"

#define BLANK "\xc2\xa0" /* U+00A0: does not break a line */

enum language { FRENCH, ENGLISH, GERMAN, SPANISH, LANGUAGES, OTHER = LANGUAGES };

static const char *const TAGS[LANGUAGES] = {"fr", "en", "de", "es"};

static const char *const WEEKDAYS[LANGUAGES][7] = {
    {"lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"},
    {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"},
    {"Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"},
    {"lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"}};

static const char *const MONTHS[LANGUAGES][12] = {
    {"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
     "octobre", "novembre", "décembre"},
    {"January", "February", "March", "April", "May", "June", "July", "August", "September",
     "October", "November", "December"},
    {"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober",
     "November", "Dezember"},
    {"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre",
     "octubre", "noviembre", "diciembre"}};

/* Towns that have other names in some languages; "" stands for the zone's own spelling. */
static const struct {
    const char *zone;
    const char *names[LANGUAGES];
} TOWNS[] = {
    {"Africa/Algiers", {"Alger", "", "Algier", "Argel"}},
    {"Africa/Cairo", {"Le Caire", "", "Kairo", "El Cairo"}},
    {"Africa/Tunis", {"", "", "", "Túnez"}},
    {"America/Mexico_City", {"Mexico", "", "Mexiko-Stadt", "Ciudad de México"}},
    {"America/Montreal", {"Montréal", "", "", ""}},
    {"America/New_York", {"", "", "", "Nueva York"}},
    {"America/Sao_Paulo", {"São Paulo", "São Paulo", "São Paulo", "São Paulo"}},
    {"Asia/Beirut", {"Beyrouth", "", "", ""}},
    {"Asia/Kolkata", {"Calcutta", "", "Kalkutta", "Calcuta"}},
    {"Asia/Tokyo", {"", "", "Tokio", "Tokio"}},
    {"Atlantic/Canary", {"îles Canaries", "Canary Islands", "Kanarische Inseln", "Canarias"}},
    {"Atlantic/Reykjavik", {"", "", "", "Reikiavik"}},
    {"Europe/Amsterdam", {"", "", "", "Ámsterdam"}},
    {"Europe/Athens", {"Athènes", "", "Athen", "Atenas"}},
    {"Europe/Belgrade", {"", "", "Belgrad", "Belgrado"}},
    {"Europe/Berlin", {"", "", "", "Berlín"}},
    {"Europe/Brussels", {"Bruxelles", "", "Brüssel", "Bruselas"}},
    {"Europe/Bucharest", {"Bucarest", "", "Bukarest", "Bucarest"}},
    {"Europe/Copenhagen", {"Copenhague", "", "Kopenhagen", "Copenhague"}},
    {"Europe/Dublin", {"", "", "", "Dublín"}},
    {"Europe/Lisbon", {"Lisbonne", "", "Lissabon", "Lisboa"}},
    {"Europe/London", {"Londres", "", "", "Londres"}},
    {"Europe/Luxembourg", {"", "", "Luxemburg", "Luxemburgo"}},
    {"Europe/Moscow", {"Moscou", "", "Moskau", "Moscú"}},
    {"Europe/Paris", {"", "", "", "París"}},
    {"Europe/Prague", {"", "", "Prag", "Praga"}},
    {"Europe/Rome", {"", "", "Rom", "Roma"}},
    {"Europe/Stockholm", {"", "", "", "Estocolmo"}},
    {"Europe/Vienna", {"Vienne", "", "Wien", "Viena"}},
    {"Europe/Warsaw", {"Varsovie", "", "Warschau", "Varsovia"}},
    {"Europe/Zurich", {"", "", "Zürich", "Zúrich"}},
    {"Indian/Reunion", {"La Réunion", "Réunion", "Réunion", "Reunión"}},
};

static enum language language_of(const char *tag)
{
    struct span given = span_of(tag);
    int i;

    for (i = 0; i < LANGUAGES; i++)
        if (span_begins_nocase(given, span_of(TAGS[i])) &&
            (given.length == 2 || given.octets[2] == '-' || given.octets[2] == '_'))
            return (enum language)i;
    return OTHER;
}

/* UTC and the zones that are only offsets have no town. */
static bool is_placeless(struct span zone)
{
    return memchr(zone.octets != NULL ? zone.octets : "", '/', zone.length) == NULL ||
           span_begins(zone, SPAN("Etc/"));
}

/* The town of ZONE in LANGUAGE. */
static void write_town(struct buf *out, enum language language, struct span zone)
{
    size_t i, begin = 0;

    if (language != OTHER)
        for (i = 0; i < sizeof TOWNS / sizeof *TOWNS; i++)
            if (span_equal(zone, span_of(TOWNS[i].zone)) && *TOWNS[i].names[language] != '\0') {
                buf_string(out, TOWNS[i].names[language]);
                return;
            }
    for (i = 0; i < zone.length; i++)
        if (zone.octets[i] == '/')
            begin = i + 1;
    for (i = begin; i < zone.length; i++)
        buf_char(out, zone.octets[i] == '_' ? ' ' : zone.octets[i]);
}

/* "de Paris", "d’Athènes", "du Caire", "de La Réunion", "des îles Canaries". */
static void write_french_town(struct buf *out, struct span zone)
{
    struct buf town = BUF_INIT;
    struct span name;

    write_town(&town, FRENCH, zone);
    name = buf_view(&town);
    if (span_begins(name, SPAN("Le "))) {
        buf_string(out, "du ");
        name = (struct span){name.octets + 3, name.length - 3};
    } else if (span_begins(name, SPAN("îles "))) {
        buf_string(out, "des ");
    } else if (name.length > 0 && strchr("AEIOUaeiou", name.octets[0]) != NULL) {
        buf_string(out, "d’");
    } else {
        buf_string(out, "de ");
    }
    buf_span(out, name);
    buf_release(&town);
}

/* The zone in brackets. */
static void write_zone(struct buf *out, enum language language, struct span zone)
{
    if (zone.length == 0)
        return;
    buf_string(out, " (");
    if (is_placeless(zone)) {
        write_town(out, OTHER, zone);
    } else if (language == FRENCH) {
        buf_string(out, "heure ");
        write_french_town(out, zone);
    } else if (language == GERMAN) {
        buf_string(out, "Ortszeit ");
        write_town(out, language, zone);
    } else if (language == SPANISH) {
        buf_string(out, "hora de ");
        write_town(out, language, zone);
    } else {
        write_town(out, language, zone);
        buf_string(out, language == ENGLISH ? " time" : "");
    }
    buf_char(out, ')');
}

void promise_words(struct buf *out, const char *language, struct date local, const char *zone)
{
    enum language which = language_of(language);
    struct date_parts at = date_split(local);
    const char *weekday, *month;

    if (which == OTHER) {
        buf_format(out, "%04d-%02d-%02d %02d:%02d", at.year, at.month, at.day, at.hour, at.minute);
        write_zone(out, which, span_of(zone));
        return;
    }
    weekday = WEEKDAYS[which][at.weekday];
    month = MONTHS[which][at.month - 1];
    switch (which) {
    case FRENCH:
        buf_format(out, "%s %d%s %s %d à %d" BLANK "h", weekday, at.day, at.day == 1 ? "er" : "",
                   month, at.year, at.hour);
        if (at.minute > 0)
            buf_format(out, BLANK "%02d", at.minute);
        break;
    case GERMAN:
        buf_format(out, "%s, %d. %s %d, %d:%02d" BLANK "Uhr", weekday, at.day, month, at.year,
                   at.hour, at.minute);
        break;
    case SPANISH:
        buf_format(out, "%s %d de %s de %d a %s %d:%02d", weekday, at.day, month, at.year,
                   at.hour == 1 ? "la" : "las", at.hour, at.minute);
        break;
    default:
        buf_format(out, "%s %d %s %d at %d:%02d", weekday, at.day, month, at.year, at.hour,
                   at.minute);
        break;
    }
    write_zone(out, which, span_of(zone));
}
