/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config-read.h"

#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "date.h"

const char *config_text(struct config_reader *reader, const xmlNode *node, const char *name)
{
    xmlChar *value = xmlGetNoNsProp((xmlNode *)node, BAD_CAST name);
    const char *text;

    if (value == NULL) {
        return NULL;
    }
    text = arena_string(reader->arena, (const char *)value);
    xmlFree(value);
    if (*text == '\0') {
        config_problem(reader->problems, node, name, "%s is empty", name);
        return NULL;
    }
    for (const char *at = text; *at != '\0'; at++) {
        if ((unsigned char)*at < 0x20 || *at == 0x7f) {
            config_problem(reader->problems, node, name, "%s holds a control character", name);
            return NULL;
        }
    }
    return text;
}

static bool is_id(const char *text)
{
    size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789._-");

    return length > 0 && length <= 64 && text[length] == '\0' && strchr("._-", text[0]) == NULL;
}

const char *config_id(struct config_reader *reader, const xmlNode *node, const char *name)
{
    const char *text = config_text(reader, node, name);

    if (text != NULL && !is_id(text)) {
        config_problem(reader->problems, node, name,
                       "%s=\"%s\" is no id: use a-z, 0-9, `.`, `_` and `-`, at most 64 of them, a "
                       "letter or digit first",
                       name, text);
        return NULL;
    }
    return text;
}

const char *const *config_list(struct config_reader *reader, const xmlNode *node, const char *name,
                               size_t *count)
{
    const char *at = config_text(reader, node, name);
    const char **items = NULL;
    size_t capacity = 0;

    *count = 0;
    while (at != NULL && *(at += strspn(at, " ")) != '\0') {
        size_t length = strcspn(at, " ");

        items = arena_grow(reader->arena, items, *count, &capacity, sizeof *items);
        items[(*count)++] = arena_copy(reader->arena, at, length);
        at += length;
    }
    if (at != NULL && *count == 0) {
        config_problem(reader->problems, node, name, "%s is empty", name);
    }
    return items;
}

const char *config_path(struct config_reader *reader, const xmlNode *node, const char *name)
{
    const char *text = config_text(reader, node, name);
    const struct config_place *place = config_place_of(node);
    const char *folder = place->file->folder;

    if (text == NULL || *text == '/') {
        return text;
    }
    return arena_format(reader->arena, "%s/%s", strcmp(folder, "/") == 0 ? "" : folder, text);
}

bool config_yes_no(struct config_reader *reader, const xmlNode *node, const char *name,
                   bool fallback)
{
    const char *text = config_text(reader, node, name);

    if (text == NULL) {
        return fallback;
    }
    if (strcmp(text, "yes") != 0 && strcmp(text, "no") != 0) {
        config_problem(reader->problems, node, name, "%s=\"%s\": write yes or no", name, text);
        return fallback;
    }
    return strcmp(text, "yes") == 0;
}

int64_t config_number(struct config_reader *reader, const xmlNode *node, const char *name,
                      int64_t least, int64_t most, int64_t fallback)
{
    const char *text = config_text(reader, node, name);
    const char *digits = text;
    size_t length;
    int64_t number;

    if (text == NULL) {
        return fallback;
    }
    digits += *digits == '-' && least < 0;
    length = strspn(digits, "0123456789");
    number = length >= 1 && length <= 9 ? (int64_t)strtol(text, NULL, 10) : most + 1;
    if (digits[length] != '\0' || number < least || number > most) {
        config_problem(reader->problems, node, name,
                       "%s=\"%s\": write a whole number from %lld to %lld", name, text,
                       (long long)least, (long long)most);
        return fallback;
    }
    return number;
}

int config_level(struct config_reader *reader, const xmlNode *node, const char *name)
{
    const char *text = config_text(reader, node, name);

    if (text == NULL) {
        return 0;
    }
    if (text[0] < '1' || text[0] > '9' || text[1] != '\0') {
        config_problem(reader->problems, node, name, "%s=\"%s\": levels are 1 to 9", name, text);
        return 0;
    }
    return text[0] - '0';
}

double config_fraction(struct config_reader *reader, const xmlNode *node, const char *name,
                       double fallback)
{
    const char *text = config_text(reader, node, name);
    size_t digits;
    int hundredths;

    if (text == NULL) {
        return fallback;
    }
    /* Not strtod: it obeys the locale, and takes "nan" and "0x1p-1". */
    digits = text[1] == '.' ? strspn(text + 2, "0123456789") : 0;
    if ((text[0] != '0' && text[0] != '1') ||
        (text[1] != '\0' && (digits < 1 || digits > 2 || text[2 + digits] != '\0'))) {
        config_problem(reader->problems, node, name,
                       "%s=\"%s\": write a number from 0 to 1 with at most two decimals, like 0.60",
                       name, text);
        return fallback;
    }
    hundredths = (text[0] - '0') * 100;
    if (digits >= 1) {
        hundredths += (text[2] - '0') * 10;
    }
    if (digits == 2) {
        hundredths += text[3] - '0';
    }
    if (hundredths > 100) {
        config_problem(reader->problems, node, name, "%s=\"%s\" is more than 1", name, text);
        return fallback;
    }
    return (double)hundredths / 100.0;
}

int64_t config_duration(struct config_reader *reader, const xmlNode *node, const char *name,
                        int64_t fallback)
{
    const char *text = config_text(reader, node, name);
    int64_t seconds = 0;

    if (text == NULL) {
        return fallback;
    }
    if (!duration_parse(span_of(text), &seconds) || seconds < 0) {
        config_problem(reader->problems, node, name,
                       "%s=\"%s\" is no length of time: write P2W, P7D, PT4H, PT30M or P1DT2H "
                       "(no months or years)",
                       name, text);
        return fallback;
    }
    return seconds;
}

/* Reads two digits at AT, which are digits. */
static int two_digits(const char *at)
{
    return (at[0] - '0') * 10 + (at[1] - '0');
}

/* A date YYYY-MM-DD (its beginning in UTC), or a date-time of RFC 3339. */
static bool moment_parse(const char *text, int64_t *seconds)
{
    static const char pattern[] = "dddd-dd-dd";
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    struct date date;
    int year, month, day;

    if (strlen(text) != sizeof pattern - 1) {
        if (!date_parse_rfc3339(span_of(text), &date)) {
            return false;
        }
        *seconds = date.seconds;
        return true;
    }
    for (size_t i = 0; i < sizeof pattern - 1; i++) {
        bool digit = text[i] >= '0' && text[i] <= '9';

        if (pattern[i] == 'd' ? !digit : text[i] != '-') {
            return false;
        }
    }
    year = two_digits(text) * 100 + two_digits(text + 2);
    month = two_digits(text + 5);
    day = two_digits(text + 8);
    if (month < 1 || month > 12 || day < 1 ||
        day > days[month - 1] +
                  (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))) {
        return false;
    }
    *seconds = date_days(year, month, day) * 86400;
    return true;
}

static int64_t moment(struct config_reader *reader, const xmlNode *node, const char *name,
                      int64_t fallback)
{
    const char *text = config_text(reader, node, name);
    int64_t seconds = fallback;

    if (text != NULL && !moment_parse(text, &seconds)) {
        config_problem(reader->problems, node, name,
                       "%s=\"%s\" is no date: write 2026-12-01 (it begins at 0:00 UTC) or "
                       "2026-12-01T08:00:00+01:00",
                       name, text);
    }
    return seconds;
}

struct config_period config_period(struct config_reader *reader, const xmlNode *node)
{
    struct config_period period = {moment(reader, node, "from", INT64_MIN),
                                   moment(reader, node, "until", INT64_MAX)};

    if (period.from >= period.until) {
        config_problem(reader->problems, node, "until",
                       "the time ends (until) before it begins (from)");
    }
    return period;
}

bool config_is_address(const char *text, bool wild)
{
    const char *at = strchr(text, '@');
    const char *domain;
    size_t length;

    if (at == NULL || at == text || at[1] == '\0' || strchr(at + 1, '@') != NULL) {
        return false;
    }
    if (strpbrk(text, " \t\r\n<>()[],;:\\\"") != NULL) {
        return false;
    }
    if (strchr(text, '*') != NULL &&
        (!wild || text[0] != '*' || at != text + 1 || strchr(at, '*') != NULL)) {
        return false;
    }
    domain = at + 1;
    length = strlen(domain);
    return domain[0] != '.' && domain[length - 1] != '.' && strstr(text, "..") == NULL;
}

const char *config_lower(struct config_reader *reader, const char *text)
{
    char *copy = arena_string(reader->arena, text);

    for (char *at = copy; *at != '\0'; at++) {
        if (*at >= 'A' && *at <= 'Z') {
            *at = (char)(*at - 'A' + 'a');
        }
    }
    return copy;
}
