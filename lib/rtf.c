/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rtf.h"

#include <stdint.h>
#include <stdlib.h>

#include "charset.h"

#define DEPTH_MAX 256    /* groups whose state is kept */
#define FONTS_MAX 256    /* fonts whose character set is kept */
#define WORD_MAX 32      /* longest control word ([MSFT-RTF] "Control Word") */
#define HTML_HEADER 4096 /* `\fromhtml` stands among the first words */

/* What a group inherits from the one around it. */
struct state {
    bool skip;        /* a destination that holds no text */
    bool html_source; /* inside {\*\htmltag …} */
    bool html_rtf;    /* between \htmlrtf and \htmlrtf0: what RTF readers see instead */
    bool hidden;
    bool font_table;
    unsigned codepage; /* of octets above 127 */
    unsigned unicode_skip;
};

struct font {
    int number;
    unsigned codepage;
};

struct reader {
    struct buf *out;
    size_t end; /* out->length where the limit is reached */
    struct span rest;
    struct state stack[DEPTH_MAX];
    size_t depth;         /* groups that are open */
    struct state now;     /* of the innermost */
    struct buf octets;    /* own: text not decoded yet, all in one code page */
    unsigned octets_page; /* of these */
    size_t to_skip;       /* characters that stand for a \u before */
    uint32_t high;        /* first half of a surrogate pair, or 0 */
    unsigned codepage;    /* of the document */
    struct font fonts[FONTS_MAX];
    size_t font_count;
    int font; /* that the font table speaks of */
    bool from_html;
    bool optional; /* behind \* */
};

/* A control word that stands for text. */
struct word_text {
    const char *word, *text;
};

static const struct word_text texts[] = {
    {"bullet", "\xe2\x80\xa2"},
    {"cell", "\t"},
    {"column", "\n"},
    {"emdash", "\xe2\x80\x94"},
    {"emspace", " "},
    {"endash", "\xe2\x80\x93"},
    {"enspace", " "},
    {"ldblquote", "\xe2\x80\x9c"},
    {"line", "\n"},
    {"lquote", "\xe2\x80\x98"},
    {"nestcell", "\t"},
    {"nestrow", "\n"},
    {"page", "\n"},
    {"par", "\n"},
    {"qmspace", " "},
    {"rdblquote", "\xe2\x80\x9d"},
    {"row", "\n"},
    {"rquote", "\xe2\x80\x99"},
    {"sect", "\n"},
    {"tab", "\t"},
};

/* Destinations without text of the body, sorted. Those behind \* need not stand here. */
static const char *const destinations[] = {
    "annotation", "atnauthor",  "atnid",   "author",  "buptim",   "colortbl",  "comment",
    "creatim",    "doccomm",    "filetbl", "fldinst", "fonttbl",  "footer",    "footerf",
    "footerl",    "footerr",    "ftncn",   "ftnsep",  "ftnsepc",  "generator", "header",
    "headerf",    "headerl",    "headerr", "info",    "keywords", "listtable", "nonesttables",
    "object",     "operator",   "pict",    "printim", "private",  "revtbl",    "revtim",
    "rxe",        "stylesheet", "subject", "tc",      "title",    "txe",       "xe",
};

/* Code pages of \fcharset. */
static const struct {
    int charset;
    unsigned codepage;
} font_charsets[] = {{0, 1252},   {77, 10000}, {128, 932},  {129, 949},  {130, 1361}, {134, 936},
                     {136, 950},  {161, 1253}, {162, 1254}, {163, 1258}, {177, 1255}, {178, 1256},
                     {186, 1257}, {204, 1251}, {222, 874},  {238, 1250}, {254, 437},  {255, 850}};

/* --- Text ---------------------------------------------------------------------------------------
 */

static struct span codepage_label(unsigned codepage, char label[16])
{
    size_t at = 16;

    if (codepage == 10000)
        return SPAN("macintosh");
    if (codepage == 65001)
        return SPAN("utf-8");
    do {
        label[--at] = (char)('0' + codepage % 10);
        codepage /= 10;
    } while (codepage > 0);
    label[--at] = 'p';
    label[--at] = 'c';
    return (struct span){label + at, 16 - at};
}

static void flush(struct reader *reader)
{
    char label[16];

    if (reader->high != 0)
        buf_character(reader->out, 0xfffd);
    reader->high = 0;
    if (reader->octets.length == 0)
        return;
    (void)charset_decode(reader->out, buf_view(&reader->octets),
                         codepage_label(reader->octets_page, label));
    buf_clear(&reader->octets);
}

static bool is_silent(const struct reader *reader)
{
    const struct state *now = &reader->now;

    return now->skip || now->hidden || (reader->from_html && now->html_rtf && !now->html_source);
}

static void put_text(struct reader *reader, struct span text)
{
    if (is_silent(reader))
        return;
    flush(reader);
    buf_span(reader->out, text);
}

/* One octet of text as it stands in the file. */
static void put_octet(struct reader *reader, char octet)
{
    if (reader->to_skip > 0) {
        reader->to_skip--;
        return;
    }
    if (is_silent(reader))
        return;
    if (reader->high != 0 ||
        (reader->octets.length > 0 && reader->octets_page != reader->now.codepage))
        flush(reader);
    reader->octets_page = reader->now.codepage;
    buf_char(&reader->octets, octet);
}

/* \uN: a number of 16 bits, often written with a sign; two make a character above U+FFFF. */
static void put_unicode(struct reader *reader, long number)
{
    uint32_t unit = (uint32_t)number & 0xffff;
    uint32_t high = reader->high;

    reader->to_skip = reader->now.unicode_skip;
    if (is_silent(reader))
        return;
    if (high != 0 && unit >= 0xdc00 && unit < 0xe000) {
        reader->high = 0;
        buf_character(reader->out, 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00));
        return;
    }
    flush(reader);
    if (number < -0x8000 || number > 0xffff)
        buf_character(reader->out, 0xfffd);
    else if (unit >= 0xd800 && unit < 0xdc00)
        reader->high = unit;
    else if (unit >= ' ' || unit == '\n' || unit == '\t')
        buf_character(reader->out, unit);
}

/* --- Groups and words ---------------------------------------------------------------------------
 */

static void group_begin(struct reader *reader)
{
    if (reader->depth < DEPTH_MAX)
        reader->stack[reader->depth] = reader->now;
    reader->depth++;
    reader->to_skip = 0;
    reader->optional = false;
}

static void group_end(struct reader *reader)
{
    reader->to_skip = 0;
    reader->optional = false;
    if (reader->depth == 0)
        return;
    reader->depth--;
    if (reader->depth < DEPTH_MAX)
        reader->now = reader->stack[reader->depth];
}

static int compare_word(const void *key, const void *item)
{
    return strcmp(key, *(const char *const *)item);
}

static bool is_destination(const char *word)
{
    return bsearch(word, destinations, sizeof(destinations) / sizeof(*destinations),
                   sizeof(*destinations), compare_word) != NULL;
}

static unsigned font_codepage(const struct reader *reader, int number)
{
    for (size_t i = 0; i < reader->font_count; i++) {
        if (reader->fonts[i].number == number)
            return reader->fonts[i].codepage;
    }
    return reader->codepage;
}

static void font_charset(struct reader *reader, int charset)
{
    unsigned codepage = reader->codepage;

    for (size_t i = 0; i < sizeof(font_charsets) / sizeof(*font_charsets); i++) {
        /* Fonts of the Western set are named in documents of any code page. */
        if (font_charsets[i].charset == charset && charset != 0)
            codepage = font_charsets[i].codepage;
    }
    if (reader->font_count < FONTS_MAX)
        reader->fonts[reader->font_count++] = (struct font){reader->font, codepage};
}

/* Words that set the code page. */
static bool read_codepage(struct reader *reader, const char *word, long number)
{
    static const struct {
        const char *word;
        unsigned codepage;
    } pages[] = {{"ansi", 1252}, {"mac", 10000}, {"pc", 437}, {"pca", 850}};

    for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++) {
        if (strcmp(word, pages[i].word) == 0)
            reader->codepage = reader->now.codepage = pages[i].codepage;
    }
    if (strcmp(word, "ansicpg") == 0 && number > 0 && number <= 65001)
        reader->codepage = reader->now.codepage = (unsigned)number;
    else if (strcmp(word, "f") == 0 && reader->now.font_table)
        reader->font = (int)number;
    else if (strcmp(word, "fcharset") == 0 && reader->now.font_table)
        font_charset(reader, (int)number);
    else if (strcmp(word, "f") == 0)
        reader->now.codepage = font_codepage(reader, (int)number);
    else if (strcmp(word, "plain") == 0)
        reader->now.codepage = reader->codepage;
    else
        return false;
    return true;
}

static void read_word(struct reader *reader, const char *word, bool has_number, long number)
{
    struct state *now = &reader->now;
    bool on = !has_number || number != 0;

    if (strcmp(word, "u") == 0) {
        put_unicode(reader, number);
        return;
    }
    if (strcmp(word, "bin") == 0) {
        size_t length = number > 0 ? (size_t)number : 0;

        length = length < reader->rest.length ? length : reader->rest.length;
        reader->rest.octets += length;
        reader->rest.length -= length;
        return;
    }
    if (reader->to_skip > 0)
        reader->to_skip--; /* a word may stand for a \u, too */
    if (strcmp(word, "fonttbl") == 0)
        now->font_table = true;
    if (strcmp(word, "uc") == 0)
        now->unicode_skip = number >= 0 && number < 16 ? (unsigned)number : 1;
    else if (strcmp(word, "v") == 0 && !reader->from_html)
        now->hidden = on;
    else if (strcmp(word, "htmlrtf") == 0)
        now->html_rtf = on;
    else if (strcmp(word, "htmltag") == 0 && reader->from_html)
        now->html_source = true;
    else if (read_codepage(reader, word, number))
        ;
    else if (is_destination(word) || reader->optional)
        now->skip = true;
    else {
        for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
            if (strcmp(word, texts[i].word) == 0)
                put_text(reader, span_of(texts[i].text));
        }
    }
    reader->optional = false;
}

static int hex_value(char octet)
{
    if (octet >= '0' && octet <= '9')
        return octet - '0';
    octet |= 0x20;
    return octet >= 'a' && octet <= 'f' ? octet - 'a' + 10 : -1;
}

/* What stands behind a backslash and is no word. */
static void read_symbol(struct reader *reader)
{
    char symbol = reader->rest.octets[0];

    reader->rest.octets++;
    reader->rest.length--;
    if (symbol == '*') {
        reader->optional = true;
    } else if (symbol == '\'' && reader->rest.length >= 2) {
        int high = hex_value(reader->rest.octets[0]);
        int low = hex_value(reader->rest.octets[1]);

        if (high < 0 || low < 0)
            return;
        reader->rest.octets += 2;
        reader->rest.length -= 2;
        put_octet(reader, (char)(high * 16 + low));
    } else if (symbol == '\n' || symbol == '\r') {
        put_text(reader, SPAN("\n"));
        if (symbol == '\r' && reader->rest.length > 0 && reader->rest.octets[0] == '\n') {
            reader->rest.octets++;
            reader->rest.length--;
        }
    } else if (symbol == '~') {
        put_text(reader, SPAN("\xc2\xa0"));
    } else if (symbol == '_') {
        put_text(reader, SPAN("-"));
    } else if (symbol == '\\' || symbol == '{' || symbol == '}') {
        put_octet(reader, symbol);
    }
}

static bool is_letter(char octet)
{
    return (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z');
}

/* What stands behind a backslash. */
static void read_control(struct reader *reader)
{
    struct span *rest = &reader->rest;
    char word[WORD_MAX + 1];
    size_t length = 0;
    size_t at = 0;
    long number = 0;
    bool negative;
    bool has_number;

    if (rest->length == 0)
        return;
    if (!is_letter(rest->octets[0])) {
        read_symbol(reader);
        return;
    }
    for (; at < rest->length && is_letter(rest->octets[at]); at++) {
        if (length < WORD_MAX)
            word[length++] = rest->octets[at];
    }
    word[length] = '\0';
    negative = at + 1 < rest->length && rest->octets[at] == '-' && rest->octets[at + 1] >= '0' &&
               rest->octets[at + 1] <= '9';
    at += negative;
    has_number = at < rest->length && rest->octets[at] >= '0' && rest->octets[at] <= '9';
    for (; at < rest->length && rest->octets[at] >= '0' && rest->octets[at] <= '9'; at++) {
        if (number < 100000000)
            number = number * 10 + (rest->octets[at] - '0');
    }
    if (at < rest->length && rest->octets[at] == ' ')
        at++;
    rest->octets += at;
    rest->length -= at;
    read_word(reader, word, has_number, negative ? -number : number);
}

bool rtf_is(struct span octets)
{
    return span_begins(octets, SPAN("{\\rtf"));
}

bool rtf_to_text(struct buf *out, struct span rtf, size_t limit)
{
    struct reader reader = {.out = out,
                            .end = limit < SIZE_MAX - out->length ? out->length + limit : SIZE_MAX,
                            .rest = rtf,
                            .codepage = 1252,
                            .octets = BUF_INIT};
    struct span top = {rtf.octets, rtf.length < HTML_HEADER ? rtf.length : HTML_HEADER};

    reader.now.codepage = 1252;
    reader.now.unicode_skip = 1;
    reader.from_html = rtf.length > 0 && span_find_nocase(top, "\\fromhtml") != NULL;
    while (reader.rest.length > 0 && out->length + reader.octets.length < reader.end) {
        char octet = reader.rest.octets[0];

        reader.rest.octets++;
        reader.rest.length--;
        if (octet == '{') {
            group_begin(&reader);
        } else if (octet == '}') {
            group_end(&reader);
            if (reader.depth == 0)
                break; /* what follows is no RTF */
        } else if (octet == '\\') {
            read_control(&reader);
        } else if (octet != '\n' && octet != '\r' && octet != '\0') {
            put_octet(&reader, octet);
        }
    }
    flush(&reader);
    buf_release(&reader.octets);
    return reader.from_html;
}
