/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "html.h"

#include <libxml/HTMLparser.h>
#include <libxml/xmlerror.h>
#include <stdlib.h>

#include "diag.h"

/* Octets of one tag that reach the parser, which is slow with a tag that never ends. */
#define TAG_MAX 65536

/*
 * Open elements at most; a tag that would open one more only ends the line. The parser looks
 * through all of them at every end tag.
 */
#define DEPTH_MAX 256

/* Octets handed to the parser at a time. */
#define CHUNK 32768

/* Marks in front of a quoted line at most. */
#define QUOTES_SHOWN 20

/* What an open element changes until it ends. */
struct element {
    unsigned char quotes; /* quote levels that end with it */
    bool pre;
    bool block;
    bool paragraph;
    bool item;
};

struct writer {
    struct buf *out;
    size_t start;     /* where our text begins in OUT */
    struct buf stack; /* struct element, the outermost first */
    size_t quotes;    /* quote levels that are open */
    size_t shown;     /* quote levels of the last line */
    size_t pre;       /* <pre> elements that are open */
    size_t blanks;    /* blanks met since the last letter of this line */
    unsigned breaks;  /* line ends due before the next letter: 0, 1 or 2 */
    bool line;        /* the line has letters */
    bool hard;        /* the line has none, but a no-break space */
    bool bullet;      /* a list item has begun and has no letter yet */
};

static void put_marks(struct writer *writer, size_t levels, bool text)
{
    if (levels > QUOTES_SHOWN) {
        levels = QUOTES_SHOWN;
    }
    for (size_t i = 0; i < levels; i++) {
        buf_add(writer->out, "> ", i + 1 < levels || text ? 2 : 1);
    }
}

/* Starts the line of the next letter, when it is not yet started. */
static void begin_line(struct writer *writer)
{
    if (writer->line) {
        return;
    }
    if (writer->out->length > writer->start) {
        buf_char(writer->out, '\n');
        if (writer->breaks > 1) {
            /* The blank line between a quote and an answer belongs to neither. */
            put_marks(writer, writer->shown < writer->quotes ? writer->shown : writer->quotes,
                      false);
            buf_char(writer->out, '\n');
        }
    }
    put_marks(writer, writer->quotes, true);
    if (writer->bullet) {
        buf_string(writer->out, "- ");
        writer->bullet = false;
    }
    writer->shown = writer->quotes;
    writer->breaks = 0;
    writer->line = true;
    writer->hard = false;
}

/* The next letter stands on a line of its own. */
static void end_line(struct writer *writer)
{
    if (writer->line) {
        writer->breaks = 1;
    } else if (writer->hard) {
        writer->breaks = 2;
    }
    writer->line = false;
    writer->hard = false;
    writer->blanks = 0;
}

/* The same, below a blank line. A list item's first paragraph stays beside its bullet. */
static void end_paragraph(struct writer *writer)
{
    end_line(writer);
    if (!writer->bullet) {
        writer->breaks = 2;
    }
}

/* <br>, or a line end inside <pre>: on an empty line it makes a blank one. */
static void hard_break(struct writer *writer)
{
    if (writer->line) {
        end_line(writer);
    } else {
        writer->breaks = 2;
        writer->blanks = 0;
    }
}

static void put_text(void *context, const xmlChar *text, int length)
{
    struct writer *writer = context;
    const char *at = (const char *)text;
    const char *end = at + (length > 0 ? length : 0);
    while (at < end) {
        bool nbsp = *at == '\xC2' && end - at > 1 && at[1] == '\xA0';
        if (*at == '\n' && writer->pre > 0) {
            hard_break(writer);
        } else if (nbsp || *at == ' ' || *at == '\t' || *at == '\n' || *at == '\r' || *at == '\f') {
            if (writer->pre > 0 && *at != '\r') {
                writer->blanks++;
            } else if (writer->line) {
                writer->blanks = writer->blanks == 0 ? 1 : writer->blanks;
            }
            writer->hard = writer->hard || (nbsp && !writer->line);
        } else {
            const char *run = at;
            while (at < end && *at != ' ' && *at != '\t' && *at != '\n' && *at != '\r' &&
                   *at != '\f' && !(*at == '\xC2' && end - at > 1 && at[1] == '\xA0')) {
                at++;
            }
            begin_line(writer);
            for (; writer->blanks > 0; writer->blanks--) {
                buf_char(writer->out, ' ');
            }
            buf_add(writer->out, run, (size_t)(at - run));
            continue;
        }
        at += nbsp ? 2 : 1;
    }
}

/* What an element does to the line that it begins on. */
enum line_kind { LINE_GOES_ON, LINE_BREAK, LINE_CELL, LINE_BLOCK, LINE_PARAGRAPH };

struct tag_kind {
    const char *name;
    enum line_kind kind;
};

static int tag_compare(const void *name, const void *tag)
{
    return strcmp(name, ((const struct tag_kind *)tag)->name);
}

static enum line_kind kind_of(const char *name)
{
    static const struct tag_kind tags[] = {{"address", LINE_BLOCK},  {"article", LINE_BLOCK},
                                           {"aside", LINE_BLOCK},    {"blockquote", LINE_PARAGRAPH},
                                           {"body", LINE_BLOCK},     {"br", LINE_BREAK},
                                           {"caption", LINE_BLOCK},  {"center", LINE_BLOCK},
                                           {"dd", LINE_BLOCK},       {"dir", LINE_BLOCK},
                                           {"div", LINE_BLOCK},      {"dl", LINE_PARAGRAPH},
                                           {"dt", LINE_BLOCK},       {"fieldset", LINE_BLOCK},
                                           {"figure", LINE_BLOCK},   {"footer", LINE_BLOCK},
                                           {"form", LINE_BLOCK},     {"h1", LINE_PARAGRAPH},
                                           {"h2", LINE_PARAGRAPH},   {"h3", LINE_PARAGRAPH},
                                           {"h4", LINE_PARAGRAPH},   {"h5", LINE_PARAGRAPH},
                                           {"h6", LINE_PARAGRAPH},   {"header", LINE_BLOCK},
                                           {"hr", LINE_PARAGRAPH},   {"legend", LINE_BLOCK},
                                           {"li", LINE_BLOCK},       {"main", LINE_BLOCK},
                                           {"menu", LINE_BLOCK},     {"nav", LINE_BLOCK},
                                           {"ol", LINE_PARAGRAPH},   {"option", LINE_BLOCK},
                                           {"p", LINE_PARAGRAPH},    {"pre", LINE_PARAGRAPH},
                                           {"section", LINE_BLOCK},  {"table", LINE_BLOCK},
                                           {"tbody", LINE_BLOCK},    {"td", LINE_CELL},
                                           {"textarea", LINE_BLOCK}, {"tfoot", LINE_BLOCK},
                                           {"th", LINE_CELL},        {"thead", LINE_BLOCK},
                                           {"tr", LINE_BLOCK},       {"ul", LINE_PARAGRAPH}};
    const struct tag_kind *tag =
        bsearch(name, tags, sizeof tags / sizeof tags[0], sizeof tags[0], tag_compare);
    return tag == NULL ? LINE_GOES_ON : tag->kind;
}

/* How far an attribute says that something is quoted. */
enum quoting { NOT_QUOTED, CONTENT_QUOTED, REST_QUOTED };

static bool attribute_has(const char *value, const char *const *words, size_t count)
{
    struct span all = span_of(value);
    for (size_t i = 0; i < count; i++) {
        if (span_find_nocase(all, words[i]) != NULL) {
            return true;
        }
    }
    return false;
}

/*
 * What mail programs write on the elements round an earlier message. The class gmail_quote on a
 * <div> is not taken: people answer inside that <div>, between its quoted blocks; its attribution
 * (gmail_attr) and its <blockquote> are quoted by themselves.
 */
static enum quoting quoting_of(const char *name, const xmlChar **attributes)
{
    static const char *const classes[] = {"gmail_attr", "moz-cite-prefix", "yahoo_quoted",
                                          "protonmail_quote", "zmail_extra"};
    static const char *const ids[] = {"OLK_SRC_BODY_SECTION", "mail-editor-reference-message",
                                      "ms-outlook-mobile-reference", "yahoo_quoted"};
    static const char *const rest[] = {"divRplyFwdMsg"};
    if (strcmp(name, "blockquote") == 0) {
        return CONTENT_QUOTED;
    }
    for (size_t i = 0; attributes != NULL && attributes[i] != NULL; i += 2) {
        const char *key = (const char *)attributes[i];
        const char *value = (const char *)attributes[i + 1];
        if (value == NULL) {
            continue;
        }
        if (strcmp(key, "id") == 0) {
            if (attribute_has(value, rest, sizeof rest / sizeof rest[0])) {
                return REST_QUOTED;
            }
            if (attribute_has(value, ids, sizeof ids / sizeof ids[0])) {
                return CONTENT_QUOTED;
            }
        } else if (strcmp(key, "class") == 0 &&
                   attribute_has(value, classes, sizeof classes / sizeof classes[0])) {
            return CONTENT_QUOTED;
        }
    }
    return NOT_QUOTED;
}

static struct element *innermost(struct writer *writer)
{
    size_t count = writer->stack.length / sizeof(struct element);
    return count == 0 ? NULL : (struct element *)(void *)writer->stack.octets + count - 1;
}

static void start_element(void *context, const xmlChar *tag, const xmlChar **attributes)
{
    struct writer *writer = context;
    const char *name = (const char *)tag;
    struct element element = {0};
    struct element *parent = innermost(writer);
    enum quoting quoting = quoting_of(name, attributes);

    element.item = strcmp(name, "li") == 0;
    element.pre = strcmp(name, "pre") == 0;
    enum line_kind kind = kind_of(name);
    element.paragraph = kind == LINE_PARAGRAPH;
    element.block = element.paragraph || quoting != NOT_QUOTED || kind == LINE_BLOCK;
    if (kind == LINE_BREAK) {
        hard_break(writer);
    } else if (kind == LINE_CELL) {
        put_text(writer, (const xmlChar *)" ", 1);
    } else if (element.paragraph) {
        end_paragraph(writer);
    } else if (element.block) {
        end_line(writer);
    }
    if (quoting == REST_QUOTED && parent != NULL) {
        /* Outlook: the earlier message is not in this element but beside it. */
        if (parent->quotes == 0) {
            parent->quotes = 1;
            writer->quotes++;
        }
    } else if (quoting != NOT_QUOTED) {
        element.quotes = 1;
        writer->quotes++;
    }
    writer->bullet = writer->bullet || element.item;
    writer->pre += element.pre ? 1 : 0;
    memcpy(buf_reserve(&writer->stack, sizeof element), &element, sizeof element);
    writer->stack.length += sizeof element;
}

static void end_element(void *context, const xmlChar *tag)
{
    struct writer *writer = context;
    struct element *last = innermost(writer);
    (void)tag;
    if (last == NULL) {
        return;
    }
    struct element element = *last;
    writer->stack.length -= sizeof element;
    if (element.item) {
        writer->bullet = false;
    }
    if (element.paragraph) {
        end_paragraph(writer);
    } else if (element.block) {
        end_line(writer);
    }
    writer->pre -= element.pre ? 1 : 0;
    writer->quotes -= element.quotes;
}

/*
 * What stands between the octets and the parser: comments, declarations, scripts and styles are
 * left out, overlong tags cut, and what cannot begin a tag is written as an entity, so that the
 * parser never meets the input with which it is slow or forgetful.
 */
struct feeder {
    htmlParserCtxtPtr parser;
    const struct writer *writer;
    struct buf chunk;
    size_t opened; /* start tags in the chunk */
    struct span html;
    size_t at;
    size_t attributes_max;
    unsigned hit;
    bool no_comment_end; /* no "-->" is ahead: looked for once only */
    bool no_title_end;   /* the same for "</title" */
};

static void feed_flush(struct feeder *feeder)
{
    if (feeder->chunk.length > 0) {
        (void)htmlParseChunk(feeder->parser, feeder->chunk.octets, (int)feeder->chunk.length, 0);
        feeder->chunk.length = 0;
        feeder->opened = 0;
    }
}

static void feed(struct feeder *feeder, const char *octets, size_t length)
{
    char *to = buf_reserve(&feeder->chunk, length);
    for (size_t i = 0; i < length; i++) {
        unsigned char octet = (unsigned char)octets[i];
        bool control = octet == 0x7F || (octet < 0x20 && octet != '\t' && octet != '\n' &&
                                         octet != '\r' && octet != '\f');
        to[i] = control ? ' ' : (char)octet;
    }
    feeder->chunk.length += length;
    if (feeder->chunk.length >= CHUNK) {
        feed_flush(feeder);
    }
}

static bool is_letter(char octet)
{
    return (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z');
}

static bool is_white(char octet)
{
    return octet == ' ' || octet == '\t' || octet == '\n' || octet == '\r' || octet == '\f';
}

/* The attributes of a tag that say something to us; the others would only cost the parser time. */
#define ATTRIBUTES_KEPT 4

/* Where the tag that begins at AT ends, and what of it the parser gets; counts attributes. */
struct tag_extent {
    size_t end;                        /* behind its '>', or the end of the text */
    struct span name;                  /* with its '<' */
    struct span kept[ATTRIBUTES_KEPT]; /* whole, with their values */
    size_t count;
};

/* Behind the attribute that begins at AT; *NAME is its name. */
static size_t attribute_end(const struct span html, size_t at, struct span *name)
{
    const char *octets = html.octets;
    size_t length = html.length;
    size_t start = at;
    while (at < length && !is_white(octets[at]) && octets[at] != '>' && octets[at] != '=') {
        at++;
    }
    *name = (struct span){octets + start, at - start};
    size_t value = at;
    while (value < length && is_white(octets[value])) {
        value++;
    }
    if (value == length || octets[value] != '=') {
        return at;
    }
    at = value + 1;
    while (at < length && is_white(octets[at])) {
        at++;
    }
    if (at < length && (octets[at] == '"' || octets[at] == '\'')) {
        const char *close = memchr(octets + at + 1, octets[at], length - at - 1);
        return close == NULL ? length : (size_t)(close - octets) + 1;
    }
    while (at < length && !is_white(octets[at]) && octets[at] != '>') {
        at++;
    }
    return at;
}

static struct tag_extent tag_extent(struct feeder *feeder)
{
    const char *octets = feeder->html.octets;
    size_t length = feeder->html.length;
    size_t at = feeder->at + 1;
    size_t attributes = 0;
    struct tag_extent extent = {.count = 0};
    while (at < length && !is_white(octets[at]) && octets[at] != '>' && at - feeder->at < TAG_MAX) {
        at++;
    }
    extent.name = (struct span){octets + feeder->at, at - feeder->at};
    while (at < length && octets[at] != '>') {
        if (is_white(octets[at]) || octets[at] == '/') {
            at++;
            continue;
        }
        struct span name;
        size_t start = at;
        at = attribute_end(feeder->html, at, &name);
        attributes++;
        if (attributes > feeder->attributes_max || at - feeder->at > TAG_MAX) {
            feeder->hit |= 1u << LIMIT_html_attributes;
        } else if (extent.count < ATTRIBUTES_KEPT && (span_equal_nocase(name, SPAN("id")) ||
                                                      span_equal_nocase(name, SPAN("class")))) {
            extent.kept[extent.count++] = (struct span){octets + start, at - start};
        }
    }
    extent.end = at < length ? at + 1 : length;
    return extent;
}

/* Behind the end tag of the raw element NAME that opens before FROM; the text's end without one. */
static size_t raw_end(struct feeder *feeder, const char *name, size_t from)
{
    struct span rest = {feeder->html.octets + from, feeder->html.length - from};
    size_t length = strlen(name);
    for (;;) {
        const char *found = span_find_nocase(rest, name);
        if (found == NULL) {
            return feeder->html.length;
        }
        size_t behind = (size_t)(found - feeder->html.octets) + length;
        if (behind >= feeder->html.length || !is_letter(feeder->html.octets[behind])) {
            const char *close =
                memchr(feeder->html.octets + behind, '>', feeder->html.length - behind);
            return close == NULL ? feeder->html.length : (size_t)(close - feeder->html.octets) + 1;
        }
        rest = (struct span){feeder->html.octets + behind, feeder->html.length - behind};
    }
}

/* A comment, a declaration or a processing instruction at AT: left out. */
static void skip_declaration(struct feeder *feeder)
{
    struct span rest = {feeder->html.octets + feeder->at, feeder->html.length - feeder->at};
    if (span_begins(rest, SPAN("<!--"))) {
        if (span_begins(rest, SPAN("<!-->")) || span_begins(rest, SPAN("<!--->"))) {
            feeder->at += span_begins(rest, SPAN("<!-->")) ? 5 : 6;
            return;
        }
        const char *end = NULL;
        if (!feeder->no_comment_end) {
            end = span_find_nocase((struct span){rest.octets + 4, rest.length - 4}, "-->");
        }
        feeder->no_comment_end = end == NULL;
        /* A comment that never ends must not swallow the message. */
        feeder->at = end == NULL ? feeder->at + 4 : (size_t)(end - feeder->html.octets) + 3;
        return;
    }
    const char *close = memchr(rest.octets, '>', rest.length);
    feeder->at = close == NULL ? feeder->html.length : (size_t)(close - feeder->html.octets) + 1;
}

/* No further element may be opened; else counts one. */
static bool too_deep(struct feeder *feeder)
{
    const struct buf *stack = &feeder->writer->stack;
    if (stack->length / sizeof(struct element) + feeder->opened >= DEPTH_MAX) {
        feed_flush(feeder);
    }
    feeder->opened++;
    return stack->length / sizeof(struct element) + feeder->opened > DEPTH_MAX;
}

static void feed_tag(struct feeder *feeder)
{
    enum { SCRIPT, STYLE, TITLE };
    static const struct {
        struct span open;
        const char *close;
    } raw[] = {[SCRIPT] = {{"<script", 7}, "</script"},
               [STYLE] = {{"<style", 6}, "</style"},
               [TITLE] = {{"<title", 6}, "</title"}};
    struct span rest = {feeder->html.octets + feeder->at, feeder->html.length - feeder->at};
    struct tag_extent extent = tag_extent(feeder);
    for (size_t i = 0; i < sizeof raw / sizeof raw[0]; i++) {
        if (span_begins_nocase(rest, raw[i].open) &&
            (rest.length == raw[i].open.length || !is_letter(rest.octets[raw[i].open.length]))) {
            bool title = i == TITLE;
            size_t end = title && feeder->no_title_end ? feeder->html.length
                                                       : raw_end(feeder, raw[i].close, extent.end);
            /* A title without end is only a forgotten end tag; its text is better than nothing. */
            feeder->no_title_end = feeder->no_title_end || (title && end == feeder->html.length);
            feeder->at = title && feeder->no_title_end ? extent.end : end;
            return;
        }
    }
    if (rest.octets[1] != '/' && too_deep(feeder)) {
        feed(feeder, "<br>", 4);
    } else {
        feed(feeder, extent.name.octets, extent.name.length);
        for (size_t i = 0; i < extent.count; i++) {
            feed(feeder, " ", 1);
            feed(feeder, extent.kept[i].octets, extent.kept[i].length);
        }
        feed(feeder, ">", 1);
    }
    feeder->at = extent.end;
}

static void feed_all(struct feeder *feeder)
{
    const struct span html = feeder->html;
    while (feeder->at < html.length) {
        const char *open = memchr(html.octets + feeder->at, '<', html.length - feeder->at);
        size_t until = open == NULL ? html.length : (size_t)(open - html.octets);
        while (feeder->at < until) {
            size_t step = until - feeder->at < CHUNK ? until - feeder->at : CHUNK;
            feed(feeder, html.octets + feeder->at, step);
            feeder->at += step;
        }
        if (open == NULL) {
            break;
        }
        char next = until + 1 < html.length ? open[1] : ' ';
        char after = until + 2 < html.length ? open[2] : ' ';
        if (next == '!' || next == '?' || (next == '/' && !is_letter(after))) {
            skip_declaration(feeder);
        } else if (is_letter(next) || next == '/') {
            feed_tag(feeder);
        } else {
            feed(feeder, "&lt;", 4);
            feeder->at++;
        }
    }
}

static void silent(void *context, const char *message, ...)
{
    (void)context;
    (void)message;
}

static void silent_error(void *context, xmlErrorPtr error)
{
    (void)context;
    (void)error;
}

void html_to_text(struct buf *out, struct span html, const struct limits *limits,
                  unsigned *limits_hit)
{
    struct feeder feeder = {.html = html, .attributes_max = limits->html_attributes};
    struct writer writer = {.out = out, .start = out->length};
    if (html.length > limits->html) {
        feeder.hit |= 1u << LIMIT_html;
        feeder.html.length = limits->html;
        while (feeder.html.length > 0 && (html.octets[feeder.html.length] & 0xC0) == 0x80) {
            feeder.html.length--;
        }
    }
    feeder.writer = &writer;
    htmlSAXHandler handler;
    memset(&handler, 0, sizeof handler);
    handler.startElement = start_element;
    handler.endElement = end_element;
    handler.characters = put_text;
    handler.ignorableWhitespace = put_text;
    handler.cdataBlock = put_text;
    handler.serror = silent_error;
    handler.initialized = 1;
    xmlSetGenericErrorFunc(NULL, silent);
    feeder.parser =
        htmlCreatePushParserCtxt(&handler, &writer, NULL, 0, NULL, XML_CHAR_ENCODING_UTF8);
    if (feeder.parser == NULL) {
        diag_out_of_memory();
    }
    (void)htmlCtxtUseOptions(feeder.parser, HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
                                                HTML_PARSE_NONET | HTML_PARSE_RECOVER |
                                                HTML_PARSE_COMPACT | HTML_PARSE_IGNORE_ENC);
    feed_all(&feeder);
    feed_flush(&feeder);
    (void)htmlParseChunk(feeder.parser, "", 0, 1);
    htmlFreeParserCtxt(feeder.parser);
    if (out->length > writer.start) {
        buf_char(out, '\n');
    }
    buf_release(&feeder.chunk);
    buf_release(&writer.stack);
    if (limits_hit != NULL) {
        *limits_hit |= feeder.hit;
    }
}
