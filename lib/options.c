/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "options.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "diag.h"
#include "file.h"

static const struct filter_option *by_name(const struct filter_option *const *tables, size_t count,
                                           const char *name, size_t length)
{
    for (size_t i = 0; i < count; i++)
        for (const struct filter_option *option = tables[i]; option->name != NULL; option++)
            if (strlen(option->name) == length && memcmp(option->name, name, length) == 0)
                return option;
    return NULL;
}

static const struct filter_option *by_letter(const struct filter_option *const *tables,
                                             size_t count, char letter)
{
    for (size_t i = 0; i < count; i++)
        for (const struct filter_option *option = tables[i]; option->name != NULL; option++)
            if (option->letter == letter)
                return option;
    return NULL;
}

/* One word that begins with a dash; *NEXT is the word behind it, and set to NULL when used. */
static int parse_word(const struct filter_option *const *tables, size_t count, const char *word,
                      const char **next, struct option_given *given)
{
    const struct filter_option *option;
    const char *value = NULL;

    if (word[1] == '-') {
        const char *name = word + 2;
        const char *equals = strchr(name, '=');

        option =
            by_name(tables, count, name, equals != NULL ? (size_t)(equals - name) : strlen(name));
        value = equals != NULL ? equals + 1 : NULL;
    } else {
        option = by_letter(tables, count, word[1]);
        value = word[2] != '\0' ? word + 2 : NULL;
    }
    if (option == NULL)
        return diag(EX_USAGE, NULL, "%s: unknown option: see --help", word);
    if (option->argument == NULL && value != NULL)
        return diag(EX_USAGE, NULL, "%s: --%s takes no argument: leave it out", word, option->name);
    if (option->argument != NULL && value == NULL) {
        if (*next == NULL)
            return diag(EX_USAGE, NULL, "--%s: its argument %s is missing: see --help",
                        option->name, option->argument);
        value = *next;
        *next = NULL;
    }
    given->option = option;
    given->value = value != NULL ? value : "";
    return 0;
}

int options_parse(struct arena *arena, const struct filter_option *const *tables, size_t count,
                  int argc, char **argv, struct filter_values *values)
{
    bool options = true;

    values->given = arena_array(arena, (size_t)argc + 1, sizeof(*values->given));
    values->operands = arena_array(arena, (size_t)argc + 1, sizeof(*values->operands));
    values->given_count = 0;
    values->operand_count = 0;
    for (int i = 1; i < argc; i++) {
        const char *next = i + 1 < argc ? argv[i + 1] : NULL;
        bool has_next = next != NULL;
        int code;

        if (!options || argv[i][0] != '-' || argv[i][1] == '\0') {
            values->operands[values->operand_count++] = argv[i];
            continue;
        }
        if (strcmp(argv[i], "--") == 0) {
            options = false;
            continue;
        }
        code = parse_word(tables, count, argv[i], &next, &values->given[values->given_count++]);
        if (code != 0)
            return code;
        if (has_next && next == NULL)
            i++;
    }
    return 0;
}

const char *options_value(const struct filter_values *values, const char *name)
{
    for (size_t i = values->given_count; i > 0; i--)
        if (strcmp(values->given[i - 1].option->name, name) == 0)
            return values->given[i - 1].value;
    return NULL;
}

static int print(struct buf *text)
{
    int code = file_write_all(STDOUT_FILENO, "standard output", buf_cstring(text), text->length);

    buf_release(text);
    return code;
}

int options_help(const char *program, const char *operands, const char *summary,
                 const struct filter_option *const *tables, size_t count)
{
    struct buf text = BUF_INIT;

    buf_format(&text, "usage: %s [OPTION…] %s\n%s\n\n", program, operands, summary);
    for (size_t i = 0; i < count; i++) {
        for (const struct filter_option *option = tables[i]; option->name != NULL; option++) {
            size_t start = text.length;

            /* A name that an earlier table has is the same option. */
            if (by_name(tables, i, option->name, strlen(option->name)) != NULL)
                continue;
            if (option->letter != 0)
                buf_format(&text, "  -%c, ", option->letter);
            else
                buf_string(&text, "      ");
            buf_format(&text, "--%s", option->name);
            if (option->argument != NULL)
                buf_format(&text, "=%s", option->argument);
            do
                buf_char(&text, ' ');
            while (text.length - start < 30);
            buf_format(&text, "%s\n", option->help);
        }
    }
    return print(&text);
}

int options_version(const char *program)
{
    struct buf text = BUF_INIT;

    buf_format(&text, "%s (Postroom) %s\n", program, POSTROOM_VERSION);
    return print(&text);
}
