/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "html.h"

#include <libxml/HTMLparser.h>

#define HTML_MAX ((size_t)1 << 28) /* what the parser can take in one call, with room to spare */
#define TAG_MAX 65536              /* octets of one tag that are looked at */
#define NAME_MAX_ 64               /* octets of an element's name that are kept */
#define VALUE_MAX_ 1024            /* octets of an attribute's value that are kept */
#define LEVEL_MAX 20               /* quote marks at the start of a line */

/* What an open element changes; one octet of the writer's stack each. */
enum {
    OPEN_QUOTE = 1, /* one more "> " */
    OPEN_SKIP = 2,  /* nothing of it is shown */
    OPEN_PRE = 4,   /* white space counts */
    OPEN_LINE = 8,  /* its end ends the line */
    OPEN_SPACE = 16 /* its end leaves a blank line */
};

struct writer {
    struct buf *out;
    size_t start;     /* where our text begins in OUT */
    struct buf stack; /* one octet an open element */
    size_t quotes;
    size_t skips;
    size_t pres;
    size_t line_level; /* quote level of the last line written */
    unsigned newlines; /* line ends to write before the next letter: 0, 1, 2 */
    bool blank;        /* a blank to write before the next letter */
    bool hard_blank;   /* a no-break space stands on a line that is empty so far */
    bool ruled;        /* the last thing written is a rule */
};

static const char rule_line[] = "________________________________";

/* Ends the line; COUNT 2 asks for a blank line too. A line with only &nbsp; is a blank line. */
static void write_break(struct writer *writer, unsigned count)
{
    if (writer->hard_blank && writer->newlines > 0) {
        count = 2;
    }
    writer->hard_blank = false;
    writer->blank = false;
    if (count > writer->newlines) {
        writer->newlines = count;
    }
}

/* Writes what is pending before a letter: line ends, quote marks, a blank. */
static void write_pending(struct writer *writer)
{
    struct buf *out = writer->out;
    size_t level = writer->quotes < LEVEL_MAX ? writer->quotes : LEVEL_MAX;
    bool first = out->length == writer->start;
    if (writer->newlines > 0 || first) {
        if (!first) {
            buf_char(out, '\n');
            size_t shared = level < writer->line_level ? level : writer->line_level;
            if (writer->newlines > 1) {
                for (size_t i = 0; i < shared; i++) {
                    buf_string(out, i + 1 < shared ? "> " : ">");
                }
                buf_char(out, '\n');
            }
        }
        for (size_t i = 0; i < level; i++) {
            buf_string(out, "> ");
        }
        writer->line_level = level;
    } else if (writer->blank) {
        buf_char(out, ' ');
    }
    writer->newlines = 0;
    writer->blank = false;
    writer->hard_blank = false;
    writer->ruled = false;
}

/* Octets of the invisible character at the front of TEXT (fillers of mail programs), 0 if none. */
static size_t invisible(const char *text, size_t length)
{
    static const char *const list[] = {"\xC2\xAD", "\xE2\x80\x8B", "\xEF\xBB\xBF", "\xCD\x8F"};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        size_t size = strlen(list[i]);
        if (length >= size && memcmp(text, list[i], size) == 0) {
            return size;
        }
    }
    return 0;
}

static void write_pre_space(struct writer *writer, char octet)
{
    if (octet == '\n') {
        writer->blank = false;
        writer->newlines = writer->newlines < 2 ? writer->newlines + 1 : 2;
    } else if (octet != '\r') {
        write_pending(writer);
        buf_char(writer->out, octet);
    }
}

/* Shows TEXT with white space collapsed. */
static void write_text(struct writer *writer, const char *text, size_t length)
{
    size_t at = 0;
    while (at < length) {
        char octet = text[at];
        size_t left = length - at;
        size_t hidden;
        if (strchr(" \t\n\r\f\v", (unsigned char)octet) != NULL) {
            if (writer->pres > 0) {
                write_pre_space(writer, octet);
            } else {
                writer->blank = true;
            }
            at++;
        } else if (octet == '\xC2' && left > 1 && text[at + 1] == '\xA0') {
            writer->blank = true;
            writer->hard_blank = writer->newlines > 0 || writer->out->length == writer->start;
            at += 2;
        } else if ((octet & 0x80) != 0 && (hidden = invisible(text + at, left)) > 0) {
            at += hidden;
        } else {
            write_pending(writer);
            size_t begin = at++;
            while (at < length && strchr(" \t\n\r\f\v\xC2\xE2\xEF\xCD", text[at]) == NULL) {
                at++;
            }
            buf_add(writer->out, text + begin, at - begin);
        }
    }
}

static void on_characters(void *context, const xmlChar *text, int length)
{
    struct writer *writer = context;
    if (writer->skips == 0 && length > 0) {
        write_text(writer, (const char *)text, (size_t)length);
    }
}

/* The value of attribute NAME in libxml2's list, or NULL. */
static const char *attribute(const xmlChar **list, const char *name)
{
    for (; list != NULL && list[0] != NULL; list += 2) {
        if (strcmp((const char *)list[0], name) == 0) {
            return list[1] != NULL ? (const char *)list[1] : "";
        }
    }
    return NULL;
}

/* STYLE holds DECLARATION (lower case, without blanks), whatever blanks and case it is in. */
static bool has_style(const char *style, const char *declaration)
{
    if (style == NULL) {
        return false;
    }
    char packed[256];
    size_t length = 0;
    for (; *style != '\0' && length < sizeof packed - 1; style++) {
        if (*style != ' ' && *style != '\t' && *style != '\n') {
            char octet = *style;
            packed[length++] = octet >= 'A' && octet <= 'Z' ? (char)(octet + 32) : octet;
        }
    }
    packed[length] = '\0';
    return strstr(packed, declaration) != NULL;
}

static bool is_one_of(const char *name, const char *const *list)
{
    for (; *list != NULL; list++) {
        if (strcmp(name, *list) == 0) {
            return true;
        }
    }
    return false;
}

/* A quote, unless it is what mail programs write for "indent more". */
static bool is_quote(const char *name, const xmlChar **attributes)
{
    const char *class = attribute(attributes, "class");
    if (strcmp(name, "blockquote") == 0) {
        const char *type = attribute(attributes, "type");
        const char *style = attribute(attributes, "style");
        return class != NULL || type != NULL ||
               !(has_style(style, "border:none") || has_style(style, "border:0"));
    }
    return class != NULL && strstr(class, "yahoo_quoted") != NULL;
}

/* What element NAME changes while it is open. */
static unsigned char element_flags(const char *name, const xmlChar **attributes)
{
    static const char *const spaced[] = {"p",  "h1", "h2", "h3",         "h4", "h5",
                                         "h6", "dl", "ul", "blockquote", "ol", NULL};
    static const char *const lines[] = {
        "div",      "table",      "tr",    "section", "article", "header", "footer",
        "address",  "form",       "main",  "center",  "caption", "dt",     "dd",
        "fieldset", "nav",        "aside", "pre",     "li",      "legend", "body",
        "figure",   "figcaption", "thead", "tbody",   "tfoot",   NULL};
    unsigned char flags = 0;
    const char *style = attribute(attributes, "style");
    if (strcmp(name, "head") == 0 || has_style(style, "display:none")) {
        flags |= OPEN_SKIP;
    }
    if (is_one_of(name, spaced)) {
        const char *class = attribute(attributes, "class");
        bool tight = strcmp(name, "p") == 0 &&
                     ((class != NULL && strncmp(class, "Mso", 3) == 0) ||
                      has_style(style, "margin:0") || has_style(style, "margin-bottom:0"));
        bool close = tight || strcmp(name, "ul") == 0 || strcmp(name, "ol") == 0;
        flags |= close ? OPEN_LINE : OPEN_SPACE;
    } else if (is_one_of(name, lines)) {
        flags |= OPEN_LINE;
    }
    if (is_quote(name, attributes)) {
        flags = (unsigned char)((flags & ~OPEN_SPACE) | OPEN_QUOTE | OPEN_LINE);
    }
    if (strcmp(name, "pre") == 0) {
        flags |= OPEN_PRE;
    }
    return flags;
}

static void on_start(void *context, const xmlChar *element, const xmlChar **attributes)
{
    struct writer *writer = context;
    const char *name = (const char *)element;
    unsigned char flags = element_flags(name, attributes);
    buf_char(&writer->stack, (char)flags);
    writer->skips += (flags & OPEN_SKIP) != 0;
    if (writer->skips == 0) {
        const char *id = attribute(attributes, "id");
        bool reply = id != NULL && strstr(id, "divRplyFwdMsg") != NULL;
        if ((flags & (OPEN_LINE | OPEN_SPACE)) != 0) {
            write_break(writer, (flags & OPEN_SPACE) != 0 ? 2 : 1);
        }
        if (strcmp(name, "br") == 0) {
            writer->blank = false;
            writer->newlines = writer->newlines < 2 ? writer->newlines + 1 : 2;
            writer->hard_blank = false;
        } else if (strcmp(name, "li") == 0) {
            write_text(writer, "-", 1);
            writer->blank = true;
        } else if (strcmp(name, "td") == 0 || strcmp(name, "th") == 0) {
            writer->blank = true;
        } else if (strcmp(name, "hr") == 0 || (reply && !writer->ruled)) {
            write_break(writer, 1);
            write_text(writer, rule_line, sizeof rule_line - 1);
            write_break(writer, 1);
            writer->ruled = true;
        }
    }
    writer->quotes += (flags & OPEN_QUOTE) != 0;
    writer->pres += (flags & OPEN_PRE) != 0;
}

static void on_end(void *context, const xmlChar *element)
{
    struct writer *writer = context;
    (void)element;
    if (writer->stack.length == 0) {
        return;
    }
    unsigned char flags = (unsigned char)writer->stack.octets[--writer->stack.length];
    writer->quotes -= (flags & OPEN_QUOTE) != 0;
    writer->pres -= (flags & OPEN_PRE) != 0;
    if (writer->skips == 0 && (flags & (OPEN_LINE | OPEN_SPACE)) != 0) {
        write_break(writer, (flags & OPEN_SPACE) != 0 ? 2 : 1);
    }
    writer->skips -= (flags & OPEN_SKIP) != 0;
}

/* The scan before the parser: whole, short tags only, and no comments, scripts or styles. */
struct scan {
    struct span html;
    size_t at;
    struct buf *clean;
    const struct limits *limits;
    unsigned hit;
    bool unclosed; /* no comment is closed from here on */
};

static bool is_letter(char octet)
{
    return (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z');
}

static bool is_blank(char octet)
{
    return octet == ' ' || (octet >= '\t' && octet <= '\r');
}

/* Place behind NEEDLE (ASCII case ignored) from AT on; the end of the text when it is not there. */
static size_t behind(const struct scan *scan, size_t at, const char *needle)
{
    struct span rest = {scan->html.octets + at, scan->html.length - at};
    const char *found = span_find_nocase(rest, needle);
    return found == NULL ? scan->html.length : (size_t)(found - scan->html.octets) + strlen(needle);
}

/* Place behind the next `>` from AT on. */
static size_t behind_bracket(const struct scan *scan, size_t at)
{
    const char *found = memchr(scan->html.octets + at, '>', scan->html.length - at);
    return found == NULL ? scan->html.length : (size_t)(found - scan->html.octets) + 1;
}

/* The attributes that the writer looks at; the parser sees no others. */
static bool is_wanted(struct span name)
{
    return span_equal_nocase(name, SPAN("class")) || span_equal_nocase(name, SPAN("id")) ||
           span_equal_nocase(name, SPAN("style")) || span_equal_nocase(name, SPAN("type"));
}

/* Writes one wanted attribute with its value in quotes that hold. */
static void keep_attribute(struct scan *scan, struct span name, struct span value)
{
    if (!is_wanted(name) || value.length > VALUE_MAX_) {
        return;
    }
    char quote = memchr(value.octets, '"', value.length) != NULL ? '\'' : '"';
    buf_char(scan->clean, ' ');
    buf_span(scan->clean, name);
    buf_char(scan->clean, '=');
    buf_char(scan->clean, quote);
    for (size_t i = 0; i < value.length; i++) {
        char octet = value.octets[i];
        buf_char(scan->clean, octet == quote || (unsigned char)octet < ' ' ? ' ' : octet);
    }
    buf_char(scan->clean, quote);
}

/*
 * One attribute from *AT on, before LIMIT. False when its value's quote is not closed there.
 */
static bool scan_attribute(struct scan *scan, size_t *at, size_t limit)
{
    const char *html = scan->html.octets;
    size_t i = *at;
    size_t begin = i++;
    while (i < limit && !is_blank(html[i]) && strchr("=>/", html[i]) == NULL) {
        i++;
    }
    struct span name = {html + begin, i - begin};
    struct span value = {NULL, 0};
    size_t next = i;
    while (next < limit && is_blank(html[next])) {
        next++;
    }
    if (next < limit && html[next] == '=') {
        i = next + 1;
        while (i < limit && is_blank(html[i])) {
            i++;
        }
        if (i < limit && (html[i] == '"' || html[i] == '\'')) {
            const char *end = memchr(html + i + 1, html[i], limit - i - 1);
            if (end == NULL) {
                return false;
            }
            value = (struct span){html + i + 1, (size_t)(end - html) - i - 1};
            i = (size_t)(end - html) + 1;
        } else {
            begin = i;
            while (i < limit && !is_blank(html[i]) && html[i] != '>') {
                i++;
            }
            value = (struct span){html + begin, i - begin};
        }
    }
    if (value.length > 0) {
        keep_attribute(scan, name, value);
    }
    *at = i;
    return true;
}

/* Attributes from *AT up to and with the tag's `>`; see TAG_MAX and limits->html_attributes. */
static void scan_attributes(struct scan *scan, size_t *at)
{
    const char *html = scan->html.octets;
    size_t begin = *at;
    bool cut = scan->html.length - begin > TAG_MAX;
    size_t limit = cut ? begin + TAG_MAX : scan->html.length;
    size_t count = 0;
    size_t i = begin;
    while (i < limit && html[i] != '>') {
        if (is_blank(html[i]) || html[i] == '/' || html[i] == '=') {
            i++;
        } else if (count++ == scan->limits->html_attributes) {
            scan->hit |= 1u << LIMIT_html_attributes;
            i = limit;
            cut = true;
        } else if (!scan_attribute(scan, &i, limit)) {
            /* A quote that is never closed: the tag ends at its first bracket. */
            *at = behind_bracket(scan, begin);
            return;
        }
    }
    if (i < limit) {
        *at = i + 1;
        return;
    }
    if (cut) {
        scan->hit |= 1u << LIMIT_html_attributes;
    }
    *at = behind_bracket(scan, i < scan->html.length ? i : scan->html.length);
}

/* Elements whose content is no markup and is not shown. */
static bool is_raw(struct span name)
{
    return span_equal_nocase(name, SPAN("script")) || span_equal_nocase(name, SPAN("style")) ||
           span_equal_nocase(name, SPAN("title")) || span_equal_nocase(name, SPAN("xml"));
}

/* A tag whose name begins at AT; SLASH for an end tag. */
static void scan_tag(struct scan *scan, bool slash)
{
    const char *html = scan->html.octets;
    size_t begin = scan->at;
    size_t i = begin;
    while (i < scan->html.length && !is_blank(html[i]) && html[i] != '>' && html[i] != '/') {
        i++;
    }
    struct span name = {html + begin, i - begin};
    if (memchr(name.octets, '@', name.length) != NULL && name.length < 256) {
        /* An address that somebody forgot to escape. */
        buf_string(scan->clean, "&lt;");
        return;
    }
    if (name.length > NAME_MAX_ || memchr(name.octets, '<', name.length) != NULL) {
        name = SPAN("span");
    }
    buf_string(scan->clean, slash ? "</" : "<");
    buf_span(scan->clean, name);
    if (slash) {
        scan->at = behind_bracket(scan, i);
        buf_char(scan->clean, '>');
        return;
    }
    if (is_raw(name)) {
        char end[16] = "</";
        memcpy(end + 2, name.octets, name.length);
        scan->clean->length -= name.length + 1;
        scan->at = behind_bracket(scan, i);
        scan->at = behind_bracket(scan, behind(scan, scan->at, end));
        return;
    }
    scan_attributes(scan, &i);
    scan->at = i;
    buf_char(scan->clean, '>');
}

/*
 * A comment; `at` is on its `!`. One that is never closed ends at its first bracket, so that a
 * sender's slip does not hide the rest of his mail.
 */
static void skip_comment(struct scan *scan)
{
    if (!scan->unclosed) {
        size_t end = behind(scan, scan->at + 3, "-->");
        scan->unclosed =
            end == scan->html.length && memcmp(scan->html.octets + end - 3, "-->", 3) != 0;
        if (!scan->unclosed) {
            scan->at = end;
            return;
        }
    }
    scan->at = behind_bracket(scan, scan->at);
}

static void scan_html(struct scan *scan)
{
    const char *html = scan->html.octets;
    while (scan->at < scan->html.length) {
        char octet = html[scan->at++];
        if (octet != '<') {
            unsigned char value = (unsigned char)octet;
            buf_char(scan->clean, (value < ' ' && !is_blank(octet)) || value == 0x7F ? ' ' : octet);
            continue;
        }
        char next = scan->at < scan->html.length ? html[scan->at] : ' ';
        char third = scan->at + 1 < scan->html.length ? html[scan->at + 1] : ' ';
        if (is_letter(next)) {
            scan_tag(scan, false);
        } else if (next == '/' && is_letter(third)) {
            scan->at++;
            scan_tag(scan, true);
        } else if (next == '!' && scan->at + 2 < scan->html.length && third == '-' &&
                   html[scan->at + 2] == '-') {
            skip_comment(scan);
        } else if (next == '!' || next == '?' || next == '/') {
            scan->at = behind_bracket(scan, scan->at);
        } else {
            buf_string(scan->clean, "&lt;");
        }
    }
}

static void silent(void *context, const char *format, ...)
{
    (void)context;
    (void)format;
}

/* Runs the parser over CLEAN. */
static void parse(struct writer *writer, struct span clean)
{
    htmlSAXHandler sax;
    memset(&sax, 0, sizeof sax);
    sax.startElement = on_start;
    sax.endElement = on_end;
    sax.characters = on_characters;
    sax.ignorableWhitespace = on_characters;
    sax.cdataBlock = on_characters;
    xmlGenericErrorFunc before = xmlGenericError;
    void *before_context = xmlGenericErrorContext;
    xmlSetGenericErrorFunc(NULL, silent);
    htmlParserCtxtPtr parser =
        htmlCreatePushParserCtxt(&sax, writer, NULL, 0, NULL, XML_CHAR_ENCODING_UTF8);
    if (parser != NULL) {
        htmlCtxtUseOptions(parser, HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET |
                                       HTML_PARSE_RECOVER | HTML_PARSE_NOBLANKS |
                                       HTML_PARSE_COMPACT | HTML_PARSE_IGNORE_ENC);
        htmlParseChunk(parser, clean.octets, (int)clean.length, 0);
        htmlParseChunk(parser, NULL, 0, 1);
        if (parser->myDoc != NULL) {
            xmlFreeDoc(parser->myDoc);
        }
        htmlFreeParserCtxt(parser);
    }
    xmlSetGenericErrorFunc(before_context, before);
}

void html_to_text(struct buf *out, struct span html, const struct limits *limits,
                  unsigned *limits_hit)
{
    struct buf clean = BUF_INIT;
    struct scan scan = {.html = html, .clean = &clean, .limits = limits};
    size_t most = limits->html < HTML_MAX ? limits->html : HTML_MAX;
    if (html.length > most) {
        scan.hit |= 1u << LIMIT_html;
        while (most > 0 && ((unsigned char)html.octets[most] & 0xC0) == 0x80) {
            most--;
        }
        scan.html.length = most;
    }
    scan_html(&scan);
    struct writer writer = {.out = out, .start = out->length};
    if (clean.length > 0) {
        parse(&writer, buf_view(&clean));
    }
    while (out->length > writer.start && is_blank(out->octets[out->length - 1])) {
        out->length--;
    }
    if (out->length > writer.start) {
        buf_char(out, '\n');
    }
    if (limits_hit != NULL) {
        *limits_hit |= scan.hit;
    }
    buf_release(&writer.stack);
    buf_release(&clean);
}
