/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The patterns of a configuration, tried out. Its own file: most programs need no PCRE2. */
#include "config.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "buf.h"
#include "diag.h"

/* Compiles PATTERN; EX_CONFIG after a report of its place. */
static int check_pattern(const char *pattern, const char *file, int line, int column)
{
    int error = 0;
    PCRE2_SIZE offset = 0;
    pcre2_code *code =
        pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
                      PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C, &error, &offset, NULL);
    struct buf where = BUF_INIT;
    char text[256];

    if (code != NULL) {
        pcre2_code_free(code);
        return 0;
    }
    if (pcre2_get_error_message(error, (PCRE2_UCHAR *)text, sizeof text) < 0) {
        text[0] = '\0';
    }
    buf_format(&where, "%s:%d:%d", file, line, column);
    diag(EX_CONFIG, buf_cstring(&where), "pattern refused at its octet %zu (`%.*s` >> `%.20s`): %s",
         (size_t)offset, (int)(offset < 20 ? offset : 20),
         pattern + (offset < 20 ? 0 : offset - 20), pattern + offset, text);
    buf_release(&where);
    return EX_CONFIG;
}

static int check_condition(const struct config_condition *condition)
{
    int code = 0;

    if (condition->pattern != NULL && !condition->words) {
        code =
            check_pattern(condition->pattern, condition->file, condition->line, condition->column);
    }
    for (size_t i = 0; i < condition->child_count; i++) {
        code = diag_worse(code, check_condition(&condition->children[i]));
    }
    return code;
}

int config_check_patterns(const struct config *config)
{
    int code = 0;

    for (size_t i = 0; i < config->spam_count; i++) {
        const struct config_spam *spam = &config->spam[i];

        code = diag_worse(code, check_pattern(spam->pattern, spam->file, spam->line, spam->column));
    }
    for (size_t i = 0; i < config->rule_count; i++) {
        code = diag_worse(code, check_condition(&config->rules[i].condition));
    }
    return code;
}
