/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* memmem */
#include "reply.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "calendar.h"
#include "diag.h"
#include "file.h"
#include "guard.h"
#include "utf8.h"

/* Octets of a header line, without its line end (RFC 5322 section 2.1.1). */
#define LINE_MAX_OCTETS 76
/* An encoded word and its frame `=?utf-8?q??=` (RFC 2047 section 2). */
#define WORD_MAX_OCTETS 75
#define WORD_FRAME 12
/* A longer word of a subject is encoded, so that it can be folded. */
#define WORD_PLAIN_MAX 60
/* Octets of the longest character in an encoded word. */
#define WORD_CHARACTER_MAX 12
/* Longer identifiers are left out: a line of mail ends at 998 octets. */
#define ID_MAX_OCTETS 900
/* References: the first, and this many of the last. */
#define REFERENCES_MAX 20
/* Characters of a subject. */
#define SUBJECT_MAX 250
/* Octets of a template. */
#define TEMPLATE_MAX ((size_t)256 * 1024)
/* Longest language tag that a file is looked for (RFC 5646 section 4.4.1 asks for 35). */
#define TAG_MAX 35

/* ---- one line -------------------------------------------------------------------------------- */

static bool is_blank(uint32_t character)
{
    return character == ' ' || (character >= '\t' && character <= '\r') || character == 0xa0 ||
           character == 0x85 || character == 0x1680 ||
           (character >= 0x2000 && character <= 0x200a) || character == 0x2028 ||
           character == 0x2029 || character == 0x202f || character == 0x205f || character == 0x3000;
}

/* Controls, marks of text direction, and characters that show nothing. */
static bool is_hidden(uint32_t character)
{
    return character < ' ' || (character >= 0x7f && character <= 0x9f) || character == 0xad ||
           character == 0x61c || (character >= 0x200b && character <= 0x200f) ||
           (character >= 0x202a && character <= 0x202e) ||
           (character >= 0x2060 && character <= 0x206f) || character == 0xfeff ||
           (character >= 0xfff9 && character <= 0xfffb) ||
           (character >= 0xe0000 && character <= 0xe007f);
}

struct span reply_line(struct arena *arena, struct span text, size_t most)
{
    struct buf valid = BUF_INIT;
    struct buf line = BUF_INIT;
    struct span result;
    size_t count = 0;
    size_t cut = 0; /* where the last character begins that the ellipsis would replace */
    bool gap = false;

    buf_repair(&valid, text);
    for (size_t at = 0; at < valid.length && count <= most;) {
        uint32_t character;

        at += utf8_read(valid.octets + at, valid.length - at, &character);
        if (is_blank(character)) {
            gap = line.length > 0;
            continue;
        }
        if (is_hidden(character))
            continue;
        if (gap) {
            count++;
            if (count == most)
                cut = line.length;
            buf_char(&line, ' ');
            gap = false;
        }
        count++;
        if (count == most)
            cut = line.length;
        buf_character(&line, character);
    }
    if (count > most) {
        line.length = cut;
        result = span_trim(buf_view(&line));
        line.length = result.length;
        buf_string(&line, "\xe2\x80\xa6");
    }
    result = buf_view(&line);
    result.octets = arena_copy(arena, result.octets, result.length);
    buf_release(&valid);
    buf_release(&line);
    return result;
}

bool reply_advertises(struct span text)
{
    return span_find_nocase(text, "://") != NULL || span_find_nocase(text, "www.") != NULL;
}

/* ---- header fields --------------------------------------------------------------------------- */

static bool is_plain(char octet)
{
    return octet > ' ' && octet < 0x7f;
}

/* May stand for itself in an encoded word, wherever that stands (RFC 2047 section 5, rule 3). */
static bool is_word_safe(char octet)
{
    return (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z') ||
           (octet >= '0' && octet <= '9') || octet == '!' || octet == '*' || octet == '+' ||
           octet == '-' || octet == '/';
}

static void write_escape(struct buf *out, char octet)
{
    static const char digits[] = "0123456789ABCDEF";
    unsigned char value = (unsigned char)octet;

    buf_char(out, '=');
    buf_char(out, digits[value >> 4]);
    buf_char(out, digits[value & 15]);
}

/* Octets that the character CHARACTER takes in a Q encoded word. */
static size_t escaped_length(struct span character)
{
    if (character.length > 1)
        return 3 * character.length;
    return is_word_safe(character.octets[0]) || character.octets[0] == ' ' ? 1 : 3;
}

/* Ends the line; what follows is its continuation. */
static void fold(struct buf *out, size_t *column)
{
    buf_string(out, "\n ");
    *column = 1;
}

/*
 * Appends TEXT (valid UTF-8) as encoded words, as many as it takes; no character is cut. *COLUMN is
 * brought up to date.
 */
static void write_encoded(struct buf *out, struct span text, size_t *column)
{
    bool open = false;
    size_t used = 0;

    while (text.length > 0) {
        uint32_t character;
        size_t length = utf8_read(text.octets, text.length, &character);
        struct span one = {text.octets, length > 0 ? length : 1};
        size_t size = escaped_length(one);

        if (open && (used + size + 2 > WORD_MAX_OCTETS || *column + size + 2 > LINE_MAX_OCTETS)) {
            buf_string(out, "?=");
            fold(out, column);
            open = false;
        } else if (!open && *column + WORD_FRAME + size > LINE_MAX_OCTETS) {
            fold(out, column);
        }
        if (!open) {
            buf_string(out, "=?utf-8?q?");
            used = WORD_FRAME - 2;
            *column += used;
            open = true;
        }
        for (size_t i = 0; i < one.length; i++) {
            if (one.octets[i] == ' ')
                buf_char(out, '_');
            else if (is_word_safe(one.octets[i]))
                buf_char(out, one.octets[i]);
            else
                write_escape(out, one.octets[i]);
        }
        used += size;
        *column += size;
        text.octets += one.length;
        text.length -= one.length;
    }
    if (open) {
        buf_string(out, "?=");
        *column += 2;
    }
}

/* The next word of *REST, which has single blanks between words. */
static struct span next_word(struct span *rest)
{
    const char *blank = rest->length > 0 ? memchr(rest->octets, ' ', rest->length) : NULL;
    size_t length = blank != NULL ? (size_t)(blank - rest->octets) : rest->length;
    struct span word = {rest->octets, length};

    length += blank != NULL;
    if (length > 0)
        *rest = (struct span){rest->octets + length, rest->length - length};
    return word;
}

static bool needs_encoding(struct span word)
{
    if (word.length > WORD_PLAIN_MAX || memmem(word.octets, word.length, "=?", 2) != NULL)
        return true;
    for (size_t i = 0; i < word.length; i++)
        if (!is_plain(word.octets[i]))
            return true;
    return false;
}

static void write_gap(struct buf *out, size_t next, size_t *column)
{
    if (*column + 1 + next > LINE_MAX_OCTETS) {
        fold(out, column);
    } else {
        buf_char(out, ' ');
        (*column)++;
    }
}

/* Only from the first to the last word that needs it: `[#CASE]` stays readable for everybody. */
void reply_unstructured(struct buf *out, struct span text, size_t column)
{
    struct span rest = text;
    const char *from = NULL;
    const char *until = NULL;

    while (rest.length > 0) {
        struct span word = next_word(&rest);

        if (!needs_encoding(word))
            continue;
        if (from == NULL)
            from = word.octets;
        until = word.octets + word.length;
    }
    rest = text;
    while (rest.length > 0) {
        bool first = rest.octets == text.octets;
        struct span word = next_word(&rest);

        if (word.octets == from) {
            word.length = (size_t)(until - from);
            rest.length = (size_t)(text.octets + text.length - until);
            rest.octets = until;
            (void)next_word(&rest); /* the blank behind it */
            if (!first)
                write_gap(out, WORD_FRAME + WORD_CHARACTER_MAX, &column);
            write_encoded(out, word, &column);
            continue;
        }
        if (!first)
            write_gap(out, word.length, &column);
        buf_span(out, word);
        column += word.length;
    }
}

void reply_phrase(struct buf *out, struct span name, size_t column)
{
    bool atoms = true;
    bool ascii = name.length < LINE_MAX_OCTETS / 2;

    for (size_t i = 0; i < name.length; i++) {
        if (!is_plain(name.octets[i]) && name.octets[i] != ' ')
            ascii = false;
        if (!is_word_safe(name.octets[i]) && name.octets[i] != ' ')
            atoms = false;
    }
    if (!ascii) {
        write_encoded(out, name, &column);
        return;
    }
    if (atoms) {
        buf_span(out, name);
        return;
    }
    buf_char(out, '"');
    for (size_t i = 0; i < name.length; i++) {
        if (name.octets[i] == '"' || name.octets[i] == '\\')
            buf_char(out, '\\');
        buf_char(out, name.octets[i]);
    }
    buf_char(out, '"');
}

/* An identifier that may stand between angle brackets on one line. */
static bool is_usable_id(struct span id)
{
    if (id.length == 0 || id.length > ID_MAX_OCTETS)
        return false;
    for (size_t i = 0; i < id.length; i++)
        if (!is_plain(id.octets[i]) || id.octets[i] == '<' || id.octets[i] == '>')
            return false;
    return true;
}

/* Appends ID, or an address, in angle brackets. */
static void write_id(struct buf *out, struct span id, size_t *column)
{
    write_gap(out, id.length + 2, column);
    buf_char(out, '<');
    buf_span(out, id);
    buf_char(out, '>');
    *column += id.length + 2;
}

/* In-Reply-To and References (RFC 5322 section 3.6.4). */
static void write_thread(struct buf *out, const struct reply *reply)
{
    bool replies = is_usable_id(reply->message_id);
    size_t column = sizeof("References:") - 1;
    size_t skipped =
        reply->ancestor_count > REFERENCES_MAX ? reply->ancestor_count - REFERENCES_MAX : 0;
    bool any = replies;

    if (replies) {
        size_t here = sizeof("In-Reply-To:") - 1;

        buf_string(out, "In-Reply-To:");
        write_id(out, reply->message_id, &here);
        buf_char(out, '\n');
    }
    for (size_t i = 0; i < reply->ancestor_count; i++)
        any = any || is_usable_id(reply->ancestors[i]);
    if (!any)
        return;
    buf_string(out, "References:");
    for (size_t i = 0; i < reply->ancestor_count; i++)
        if ((i == 0 || i > skipped) && is_usable_id(reply->ancestors[i]) &&
            !span_equal(reply->ancestors[i], reply->message_id))
            write_id(out, reply->ancestors[i], &column);
    if (replies)
        write_id(out, reply->message_id, &column);
    buf_char(out, '\n');
}

/* ---- the body -------------------------------------------------------------------------------- */

/* Appends LINE, which has no line end. */
static void write_body_line(struct buf *out, struct span line)
{
    size_t column = 0;

    for (size_t at = 0; at < line.length;) {
        uint32_t character;
        size_t length = utf8_read(line.octets + at, line.length - at, &character);
        struct span rest = {line.octets + at, line.length - at};
        char octet = line.octets[at];
        bool last = at + (length > 0 ? length : 1) == line.length;
        bool plain = length == 1 && (is_plain(octet) || octet == ' ' || octet == '\t') &&
                     octet != '=' && !(last && (octet == ' ' || octet == '\t'));
        size_t size;

        if (length == 0)
            length = 1;
        size = plain ? 1 : 3 * length;
        /* One octet stays for the `=` of a soft line break, and a character is not cut by one. */
        if (column + size > LINE_MAX_OCTETS - 1) {
            buf_string(out, "=\n");
            column = 0;
        }
        if (column == 0 && plain && (octet == '.' || span_begins(rest, SPAN("From ")))) {
            plain = false;
            size = 3;
        }
        for (size_t i = 0; i < length; i++) {
            if (plain)
                buf_char(out, line.octets[at + i]);
            else
                write_escape(out, line.octets[at + i]);
        }
        column += size;
        at += length;
    }
    buf_char(out, '\n');
}

void reply_quoted_printable(struct buf *out, struct span text)
{
    while (text.length > 0)
        write_body_line(out, span_chomp(span_line(&text)));
}

/* ---- the mail -------------------------------------------------------------------------------- */

/* Splits a rendered template: `Subject: …`, an empty line, the body. */
static bool split(struct span text, struct span *subject, struct span *body)
{
    struct span line = span_chomp(span_line(&text));
    static const char name[] = "Subject:";

    if (!span_begins_nocase(line, SPAN(name)))
        return false;
    *subject = (struct span){line.octets + sizeof(name) - 1, line.length - (sizeof(name) - 1)};
    if (text.length == 0 || span_chomp(span_line(&text)).length != 0)
        return false;
    while (text.length > 0 && memchr("\r\n \t", text.octets[text.length - 1], 4) != NULL)
        text.length--;
    *body = text;
    return true;
}

/* Octets on the last line of OUT. */
static size_t column_of(const struct buf *out)
{
    size_t column = 0;

    while (column < out->length && out->octets[out->length - column - 1] != '\n')
        column++;
    return column;
}

static const char *domain_of(const char *address)
{
    const char *at = strrchr(address, '@');

    return at != NULL ? at + 1 : address;
}

int reply_write(struct buf *out, const struct reply *reply)
{
    const struct config_brand *brand = reply->brand;
    struct arena arena = ARENA_INIT;
    struct span subject;
    struct span body;
    struct date date;
    size_t column;
    int code;

    if (!split(reply->text, &subject, &body))
        return diag(EX_CONFIG, reply->template,
                    "the template must begin with a line `Subject: …` and an empty line");
    code = zone_local(brand->zone, reply->time, &date);
    if (code != 0)
        return code;
    buf_string(out, "Date: ");
    date_write_mail(out, date);
    buf_string(out, "\nFrom: ");
    reply_phrase(out, reply_line(&arena, span_of(brand->name), SUBJECT_MAX), sizeof("From: ") - 1);
    column = column_of(out);
    write_id(out, span_of(brand->from), &column);
    buf_format(out, "\nTo: %s\nReply-To: ", reply->recipient);
    house_reply_address(out, reply->key, reply->case_id, span_of(reply->recipient), brand->from);
    buf_string(out, "\nSubject: ");
    reply_unstructured(out, reply_line(&arena, subject, SUBJECT_MAX), sizeof("Subject: ") - 1);
    buf_string(out, "\nMessage-ID: <");
    house_message_id(out, reply->key, reply->case_id, reply->outbox_key, span_of(reply->recipient),
                     domain_of(brand->from));
    buf_string(out, ">\n");
    write_thread(out, reply);
    buf_format(out,
               "Auto-Submitted: auto-replied\nX-Auto-Response-Suppress: All\n" GUARD_MARK ": %s\n"
               "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
               "Content-Transfer-Encoding: quoted-printable\n\n",
               reply->template);
    reply_quoted_printable(out, body);
    arena_release(&arena);
    return 0;
}

/* ---- templates ------------------------------------------------------------------------------- */

struct entry {
    const char *id;
    struct template *template; /* NULL: there is no such file */
};

struct reply_templates {
    struct arena arena; /* own */
    const char *folder;
    struct entry *entries;
    size_t count;
    size_t capacity;
};

struct reply_templates *reply_templates_open(const char *folder)
{
    struct reply_templates *templates = memory_take(sizeof(*templates));

    memset(templates, 0, sizeof(*templates));
    arena_init(&templates->arena);
    templates->folder = arena_string(&templates->arena, folder);
    return templates;
}

void reply_templates_close(struct reply_templates *templates)
{
    if (templates == NULL)
        return;
    arena_release(&templates->arena);
    free(templates);
}

/* Reads the file of ENTRY, if there is one. */
static int load(struct reply_templates *templates, struct entry *entry)
{
    struct buf source = BUF_INIT;
    struct stat status;
    const char *path =
        arena_format(&templates->arena, "%s/%s.mustache", templates->folder, entry->id);
    int code;

    if (stat(path, &status) != 0)
        return errno == ENOENT || errno == ENOTDIR
                   ? 0
                   : diag_errno(EX_CONFIG, path, "cannot look at the template");
    code = file_read(path, &source, TEMPLATE_MAX);
    if (code == 0) {
        entry->template = template_parse(
            &templates->arena,
            (struct span){arena_copy(&templates->arena, source.octets, source.length),
                          source.length},
            path);
        code = entry->template != NULL ? 0 : EX_CONFIG;
    } else {
        code = EX_CONFIG;
    }
    buf_release(&source);
    return code;
}

/* The entry called ID, loaded. */
static int find(struct reply_templates *templates, const char *id, const struct entry **found)
{
    struct entry entry = {.id = id};
    int code;

    for (size_t i = 0; i < templates->count; i++) {
        *found = &templates->entries[i];
        if (strcmp((*found)->id, id) == 0)
            return 0;
    }
    code = load(templates, &entry);
    if (code != 0)
        return code;
    templates->entries = arena_grow(&templates->arena, templates->entries, templates->count,
                                    &templates->capacity, sizeof(*templates->entries));
    entry.id = arena_string(&templates->arena, id);
    templates->entries[templates->count] = entry;
    *found = &templates->entries[templates->count++];
    return 0;
}

/* A tag becomes part of a path: letters, digits and hyphens only. */
static bool is_tag(const char *tag)
{
    size_t length = strlen(tag);

    return length > 0 && length <= TAG_MAX &&
           strspn(tag, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == length;
}

int reply_template(struct reply_templates *templates, const char *name, const char *language,
                   const struct template **template, const char **id)
{
    const struct entry *entry = NULL;
    size_t length;
    struct buf wanted = BUF_INIT;
    int code = 0;

    *template = NULL;
    if (templates->folder == NULL || language == NULL || !is_tag(language))
        return 0;
    length = strlen(language);
    while (code == 0 && *template == NULL && length > 0) {
        buf_clear(&wanted);
        buf_format(&wanted, "%s.%.*s", name, (int)length, language);
        code = find(templates, buf_cstring(&wanted), &entry);
        if (code == 0 && entry->template != NULL) {
            *template = entry->template;
            *id = entry->id;
        }
        /* "pt-BR", then "pt". */
        length = strcspn(language, "-") < length ? strcspn(language, "-") : 0;
    }
    buf_release(&wanted);
    return code;
}
