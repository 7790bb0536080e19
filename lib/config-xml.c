/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config-xml.h"

#include <errno.h>
#include <fcntl.h>
#include <libxml/parser.h>
#include <libxml/relaxng.h>
#include <libxml/uri.h>
#include <libxml/xmlerror.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "diag.h"
#include "utf8.h"

/* Made from templates/ by the Makefile: each a file as one string literal. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverlength-strings"
static const char schema_text[] =
#include "postroom-rng.h"
    ;
static const char starter_text[] =
#include "postroom-xml.h"
    ;
#pragma GCC diagnostic pop

/* What one reading of a tree carries along. */
struct reading {
    struct config_tree *tree;
    struct config_problems *problems;
    struct arena *arena;
};

/* An opened file of the reading; `file` is its first member so that the two are one object. */
struct opened {
    struct config_file file;
    dev_t device;
    ino_t inode;
};

/* What libxml2 made; NULL from it means that there is no memory. */
static void *made(void *thing)
{
    if (thing == NULL) {
        diag_out_of_memory();
    }
    return thing;
}

static struct span octets_of(const struct config_file *file)
{
    return (struct span){file->octets, file->length};
}

/* ---- reading files --------------------------------------------------------------------------- */

/* What is wrong with the owner or mode of a file; NULL when only its owner and root can write. */
static const char *who_else_writes(struct arena *arena, const struct stat *status)
{
    uid_t me = geteuid();

    if (status->st_uid != 0 && status->st_uid != me) {
        return arena_format(arena,
                            "belongs to user %lu, who could change it: give it to root or to the "
                            "user that runs this program (chown)",
                            (unsigned long)status->st_uid);
    }
    if ((status->st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        return arena_format(arena,
                            "can be written by others than its owner (mode %04o): chmod go-w",
                            (unsigned)(status->st_mode & 07777));
    }
    return NULL;
}

/* Reads what DESCRIPTOR holds into FILE; a text of what is wrong, or NULL. */
static const char *read_octets(struct arena *arena, int descriptor, struct opened *file)
{
    struct stat status;
    const char *wrong;
    char *octets;
    size_t length = 0, size;

    if (fstat(descriptor, &status) != 0) {
        return arena_format(arena, "cannot be read: %s", strerror(errno));
    }
    if (!S_ISREG(status.st_mode)) {
        return "is not a plain file";
    }
    wrong = who_else_writes(arena, &status);
    if (wrong != NULL) {
        return wrong;
    }
    if (status.st_size > (off_t)CONFIG_FILE_MAX) {
        return arena_format(arena, "is larger than %u octets", CONFIG_FILE_MAX);
    }
    file->device = status.st_dev;
    file->inode = status.st_ino;
    size = (size_t)status.st_size;
    octets = arena_alloc(arena, size + 1);
    while (length < size) {
        ssize_t got = read(descriptor, octets + length, size - length);

        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return arena_format(arena, "cannot be read: %s", strerror(errno));
        }
        if (got == 0) {
            break;
        }
        length += (size_t)got;
    }
    file->file.octets = octets;
    file->file.length = length;
    return NULL;
}

/*
 * Opens and reads PATH (absolute). NODE is the element that includes it (NULL: the main file).
 * NULL: a problem was added. *MISSING (may be NULL) asks to say so instead when there is no file.
 */
static struct opened *open_file(struct reading *reading, const char *path,
                                const struct config_file *parent, const xmlNode *node,
                                bool *missing)
{
    struct opened *file = arena_alloc(reading->arena, sizeof *file);
    const char *slash = strrchr(path, '/');
    const char *wrong;
    int descriptor;

    file->file.name = arena_string(reading->arena, path);
    file->file.folder =
        slash == path ? "/" : arena_copy(reading->arena, path, (size_t)(slash - path));
    file->file.order = reading->tree->file_count;
    file->file.parent = parent;
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (descriptor < 0) {
        if (missing != NULL && errno == ENOENT) {
            *missing = true;
            return NULL;
        }
        wrong = arena_format(reading->arena, "cannot be read: %s", strerror(errno));
    } else {
        wrong = read_octets(reading->arena, descriptor, file);
        close(descriptor);
    }
    if (wrong != NULL && node != NULL) {
        config_problem(reading->problems, node, "href", "%s %s", path, wrong);
    } else if (wrong != NULL) {
        config_problem_at(reading->problems, &file->file, 0, 0, "%s", wrong);
    }
    if (wrong != NULL) {
        return NULL;
    }
    reading->tree->file_count++;
    return file;
}

/* ---- places ---------------------------------------------------------------------------------- */

static bool is_blank(char octet)
{
    return octet == ' ' || octet == '\t' || octet == '\n' || octet == '\r';
}

/* Offset behind the next END at or after FROM; the length of the text when there is none. */
static size_t behind(struct span text, size_t from, const char *end)
{
    size_t length = strlen(end);

    for (; from + length <= text.length; from++) {
        if (memcmp(text.octets + from, end, length) == 0) {
            return from + length;
        }
    }
    return text.length;
}

static bool stands_at(struct span text, size_t offset, const char *what)
{
    size_t length = strlen(what);

    return text.length - offset >= length && memcmp(text.octets + offset, what, length) == 0;
}

/* Offset of a DOCTYPE, which can only stand before the first element; SIZE_MAX: there is none. */
static size_t find_doctype(struct span text)
{
    size_t offset = stands_at(text, 0, "\xef\xbb\xbf") ? 3 : 0;

    while (offset < text.length) {
        if (is_blank(text.octets[offset])) {
            offset++;
        } else if (stands_at(text, offset, "<?")) {
            offset = behind(text, offset, "?>");
        } else if (stands_at(text, offset, "<!--")) {
            offset = behind(text, offset + 4, "-->");
        } else {
            return stands_at(text, offset, "<!DOCTYPE") ? offset : SIZE_MAX;
        }
    }
    return SIZE_MAX;
}

/* Offset behind the `>` of the start tag at OFFSET; quotes are respected. */
static size_t behind_tag(struct span text, size_t offset)
{
    char quote = '\0';

    for (; offset < text.length; offset++) {
        char octet = text.octets[offset];

        if (quote != '\0') {
            if (octet == quote) {
                quote = '\0';
            }
        } else if (octet == '"' || octet == '\'') {
            quote = octet;
        } else if (octet == '>') {
            return offset + 1;
        }
    }
    return text.length;
}

/* Moves PLACE forward to OFFSET, counting lines and columns. */
static void move_to(struct config_place *place, struct span text, size_t offset)
{
    for (; place->offset < offset; place->offset++) {
        if (text.octets[place->offset] == '\n') {
            place->line++;
            place->column = 1;
        } else {
            place->column++;
        }
    }
}

/*
 * The places of all start tags of FILE in their order: *COUNT of them. The file is well-formed and
 * has no DOCTYPE. (libxml2 itself only keeps the line in which a start tag ends.)
 */
static struct config_place *find_places(struct arena *arena, const struct config_file *file,
                                        size_t *count)
{
    struct span text = octets_of(file);
    struct config_place place = {file, 0, 1, 1};
    struct config_place *places = NULL;
    size_t capacity = 0, offset = 0;

    *count = 0;
    while (offset < text.length) {
        const char *next = memchr(text.octets + offset, '<', text.length - offset);

        if (next == NULL) {
            break;
        }
        offset = (size_t)(next - text.octets);
        if (stands_at(text, offset, "<!--")) {
            offset = behind(text, offset + 4, "-->");
        } else if (stands_at(text, offset, "<![CDATA[")) {
            offset = behind(text, offset, "]]>");
        } else if (stands_at(text, offset, "<?")) {
            offset = behind(text, offset, "?>");
        } else if (stands_at(text, offset, "</")) {
            offset = behind(text, offset, ">");
        } else {
            move_to(&place, text, offset);
            places = arena_grow(arena, places, *count, &capacity, sizeof *places);
            places[(*count)++] = place;
            offset = behind_tag(text, offset);
        }
    }
    return places;
}

/* Gives NODE and the elements in it their places, in document order. */
static void give_places(xmlNode *node, struct config_place *places, size_t count, size_t *next)
{
    if (*next < count) {
        node->_private = &places[(*next)++];
    }
    for (xmlNode *child = xmlFirstElementChild(node); child != NULL;
         child = xmlNextElementSibling(child)) {
        give_places(child, places, count, next);
    }
}

/* Gives the elements of COPY the places of the elements of FROM. */
static void copy_places(xmlNode *copy, xmlNode *from)
{
    xmlNode *other = xmlFirstElementChild(from);

    copy->_private = from->_private;
    for (xmlNode *child = xmlFirstElementChild(copy); child != NULL && other != NULL;
         child = xmlNextElementSibling(child), other = xmlNextElementSibling(other)) {
        copy_places(child, other);
    }
}

const struct config_place *config_place_of(const xmlNode *node)
{
    static const struct config_file no_file = {.name = "configuration", .folder = "/"};
    static const struct config_place nowhere = {&no_file, 0, 0, 0};

    return node != NULL && node->_private != NULL ? node->_private : &nowhere;
}

struct config_place config_place_of_attribute(const xmlNode *node, const char *attribute)
{
    struct config_place place = *config_place_of(node);
    struct span text;
    size_t offset, end, length;

    if (attribute == NULL || place.file->length == 0) {
        return place;
    }
    text = octets_of(place.file);
    end = behind_tag(text, place.offset);
    length = strlen(attribute);
    for (offset = place.offset; offset < end;) {
        if (text.octets[offset] == '"' || text.octets[offset] == '\'') {
            const char *close =
                memchr(text.octets + offset + 1, text.octets[offset], end - offset - 1);

            offset = close == NULL ? end : (size_t)(close - text.octets) + 1;
        } else if (is_blank(text.octets[offset]) && stands_at(text, offset + 1, attribute) &&
                   offset + 1 + length < end &&
                   (text.octets[offset + 1 + length] == '=' ||
                    is_blank(text.octets[offset + 1 + length]))) {
            move_to(&place, text, offset + 1);
            return place;
        } else {
            offset++;
        }
    }
    return place;
}

/* ---- problems -------------------------------------------------------------------------------- */

static void add_problem(struct config_problems *problems, const struct config_file *file, int line,
                        int column, const char *text)
{
    size_t at = problems->count++;

    if (at < CONFIG_PROBLEMS_SHOWN) {
        problems->shown[at] =
            (struct config_problem){file, line, column, at, arena_string(problems->arena, text)};
    }
}

void config_problem(struct config_problems *problems, const xmlNode *node, const char *attribute,
                    const char *format, ...)
{
    struct config_place place = config_place_of_attribute(node, attribute);
    char text[DIAG_LINE_MAX]; /* diag() cuts a line at this length anyway */
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    add_problem(problems, place.file, place.line, place.column, text);
}

void config_problem_at(struct config_problems *problems, const struct config_file *file, int line,
                       int column, const char *format, ...)
{
    char text[DIAG_LINE_MAX];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    add_problem(problems, file, line, column, text);
}

static int compare_problems(const void *left, const void *right)
{
    const struct config_problem *a = left, *b = right;

    if (a->file->order != b->file->order) {
        return a->file->order < b->file->order ? -1 : 1;
    }
    if (a->line != b->line) {
        return a->line < b->line ? -1 : 1;
    }
    if (a->column != b->column) {
        return a->column < b->column ? -1 : 1;
    }
    return a->order < b->order ? -1 : 1;
}

int config_problems_report(const struct config_problems *problems)
{
    struct config_problem sorted[CONFIG_PROBLEMS_SHOWN];
    size_t count =
        problems->count < CONFIG_PROBLEMS_SHOWN ? problems->count : CONFIG_PROBLEMS_SHOWN;
    struct buf where = BUF_INIT;

    if (problems->count == 0) {
        return 0;
    }
    memcpy(sorted, problems->shown, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare_problems);
    for (size_t i = 0; i < count; i++) {
        buf_clear(&where);
        buf_string(&where, sorted[i].file->name);
        if (sorted[i].line > 0) {
            buf_format(&where, ":%d", sorted[i].line);
        }
        if (sorted[i].line > 0 && sorted[i].column > 0) {
            buf_format(&where, ":%d", sorted[i].column);
        }
        diag(EX_CONFIG, buf_cstring(&where), "%s", sorted[i].text);
    }
    if (problems->count > count) {
        diag(EX_CONFIG, sorted[0].file->name, "%zu more problems are not shown: mend these first",
             problems->count - count);
    }
    buf_release(&where);
    return EX_CONFIG;
}

/* ---- parsing and including ------------------------------------------------------------------- */

/* The parser's errors go to the problems of the file that is being parsed. */
struct parsing {
    struct config_problems *problems;
    const struct config_file *file;
    bool failed;
};

/* MESSAGE of libxml2 as one line without its newline, in the arena. */
static char *one_line(struct arena *arena, const char *message)
{
    struct span text = span_trim(span_of(message != NULL ? message : "not well-formed"));
    char *copy = arena_copy(arena, text.octets, text.length);

    for (char *at = copy; *at != '\0'; at++) {
        if (*at == '\n') {
            *at = ' ';
        }
    }
    return copy;
}

static void on_parser_error(void *context, xmlErrorPtr error)
{
    struct parsing *parsing = context;

    if (error->level < XML_ERR_ERROR) {
        return;
    }
    parsing->failed = true;
    config_problem_at(parsing->problems, parsing->file, error->line, error->int2,
                      "not well-formed XML: %s",
                      one_line(parsing->problems->arena, error->message));
}

/* Parses FILE into a document whose elements have places; NULL: problems were added. */
static xmlDocPtr parse_file(struct reading *reading, const struct config_file *file)
{
    struct parsing parsing = {reading->problems, file, false};
    struct span text = octets_of(file);
    size_t doctype, count, next = 0;
    struct config_place *places;
    xmlDocPtr document;

    if (!utf8_valid(text) || memchr(text.octets, '\0', text.length) != NULL) {
        config_problem_at(reading->problems, file, 0, 0, "is not UTF-8 text: save it as UTF-8");
        return NULL;
    }
    doctype = find_doctype(text);
    if (doctype != SIZE_MAX) {
        struct config_place place = {file, 0, 1, 1};

        move_to(&place, text, doctype);
        config_problem_at(reading->problems, file, place.line, place.column,
                          "a DOCTYPE is not allowed here (no DTD, no entities): take it out");
        return NULL;
    }
    xmlSetStructuredErrorFunc(&parsing, on_parser_error);
    document = xmlReadMemory(text.octets, (int)text.length, NULL, "UTF-8",
                             XML_PARSE_NONET | XML_PARSE_NODICT | XML_PARSE_IGNORE_ENC |
                                 XML_PARSE_BIG_LINES | XML_PARSE_NOCDATA);
    xmlSetStructuredErrorFunc(NULL, NULL);
    if (document != NULL && !parsing.failed && document->intSubset == NULL) {
        places = find_places(reading->arena, file, &count);
        give_places(xmlDocGetRootElement(document), places, count, &next);
        return document;
    }
    if (!parsing.failed) {
        config_problem_at(reading->problems, file, 0, 0, "is not well-formed XML");
    }
    xmlFreeDoc(document);
    return NULL;
}

static bool include_children(struct reading *reading, xmlNode *node, const struct config_file *file,
                             unsigned depth);

static bool is_xinclude(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && node->ns != NULL &&
           xmlStrEqual(node->ns->href, BAD_CAST XINCLUDE_NAMESPACE) &&
           xmlStrEqual(node->name, BAD_CAST name);
}

/* The absolute path that the xi:include element NODE names, in the arena; NULL: problem added. */
static const char *included_path(struct reading *reading, const xmlNode *node,
                                 const struct config_file *file)
{
    xmlChar *href = xmlGetNoNsProp((xmlNode *)node, BAD_CAST "href");
    const char *path = NULL;

    for (const xmlAttr *attribute = node->properties; attribute != NULL;
         attribute = attribute->next) {
        const char *name = (const char *)attribute->name;

        if (strcmp(name, "href") != 0 &&
            (strcmp(name, "parse") != 0 || attribute->children == NULL ||
             !xmlStrEqual(attribute->children->content, BAD_CAST "xml"))) {
            config_problem(reading->problems, node, name,
                           "xi:include here takes href=\"FILE\" and nothing else (not %s)", name);
        }
    }
    if (href == NULL || *href == '\0') {
        config_problem(reading->problems, node, NULL, "xi:include without href=\"FILE\"");
    } else if (xmlStrchr(href, ':') != NULL || xmlStrchr(href, '#') != NULL ||
               xmlStrncmp(href, BAD_CAST "//", 2) == 0) {
        config_problem(reading->problems, node, "href",
                       "only local files can be included, by their path: not %s",
                       one_line(reading->arena, (const char *)href));
    } else {
        char *unescaped = made(xmlURIUnescapeString((const char *)href, 0, NULL));

        path = unescaped[0] == '/'
                   ? arena_string(reading->arena, unescaped)
                   : arena_format(reading->arena, "%s/%s",
                                  strcmp(file->folder, "/") == 0 ? "" : file->folder, unescaped);
        xmlFree(unescaped);
    }
    xmlFree(href);
    return path;
}

/* Adds a problem with the whole way round when OPENED is FILE or one that includes it. */
static bool goes_round(struct reading *reading, const xmlNode *node, const struct opened *opened,
                       const struct config_file *file)
{
    struct buf way = BUF_INIT;
    bool round = false;

    buf_string(&way, opened->file.name);
    for (const struct config_file *at = file; at != NULL && !round; at = at->parent) {
        const struct opened *above = (const struct opened *)(const void *)at;

        buf_format(&way, "%s is included by %s", at == file ? "" : ", which", at->name);
        round = above->device == opened->device && above->inode == opened->inode;
    }
    if (round) {
        config_problem(reading->problems, node, "href", "circular XInclude: %s", buf_cstring(&way));
    }
    buf_release(&way);
    return round;
}

/* Puts the children of the xi:fallback of NODE, if it has one, in its place. */
static bool use_fallback(struct reading *reading, xmlNode *node, const char *path,
                         const struct config_file *file, unsigned depth)
{
    xmlNode *fallback = xmlFirstElementChild(node);

    if (fallback == NULL || !is_xinclude(fallback, "fallback")) {
        config_problem(reading->problems, node, "href",
                       "%s does not exist (an xi:fallback element inside would allow that)", path);
        return false;
    }
    if (!include_children(reading, fallback, file, depth)) {
        return false;
    }
    while (fallback->children != NULL) {
        xmlNode *child = fallback->children;

        xmlUnlinkNode(child);
        xmlAddPrevSibling(node, child);
    }
    xmlUnlinkNode(node);
    xmlFreeNode(node);
    return true;
}

/* Replaces the xi:include element NODE of FILE by the root element of the file that it names. */
static bool include_file(struct reading *reading, xmlNode *node, const struct config_file *file,
                         unsigned depth)
{
    const char *path = included_path(reading, node, file);
    struct opened *opened;
    xmlDocPtr document;
    xmlNode *copy;
    bool missing = false, good;

    if (path == NULL) {
        return false;
    }
    if (depth >= CONFIG_INCLUDE_DEPTH || reading->tree->file_count >= CONFIG_FILES_MAX) {
        config_problem(reading->problems, node, NULL,
                       "too many files are included (at most %d inside each other, %d in all)",
                       CONFIG_INCLUDE_DEPTH, CONFIG_FILES_MAX);
        return false;
    }
    opened = open_file(reading, path, file, node, &missing);
    if (missing) {
        return use_fallback(reading, node, path, file, depth);
    }
    if (opened == NULL || goes_round(reading, node, opened, file)) {
        return false;
    }
    document = parse_file(reading, &opened->file);
    if (document == NULL) {
        return false;
    }
    good = include_children(reading, xmlDocGetRootElement(document), &opened->file, depth + 1);
    copy = made(xmlDocCopyNode(xmlDocGetRootElement(document), node->doc, 1));
    copy_places(copy, xmlDocGetRootElement(document));
    xmlFreeDoc(document);
    xmlReplaceNode(node, copy);
    xmlFreeNode(node);
    return good;
}

/* Does all xi:include elements inside NODE; false when a problem was added. */
static bool include_children(struct reading *reading, xmlNode *node, const struct config_file *file,
                             unsigned depth)
{
    xmlNode *next;
    bool good = true;

    for (xmlNode *child = node->children; child != NULL; child = next) {
        next = child->next;
        if (is_xinclude(child, "include")) {
            good = include_file(reading, child, file, depth) && good;
        } else if (child->type == XML_ELEMENT_NODE) {
            good = include_children(reading, child, file, depth) && good;
        }
    }
    return good;
}

/* ---- the tree -------------------------------------------------------------------------------- */

static struct config_file *built_in_starter(struct reading *reading)
{
    struct opened *file = arena_alloc(reading->arena, sizeof *file);

    file->file.name = "built-in starter";
    file->file.folder = "/nonexistent";
    file->file.octets = starter_text;
    file->file.length = sizeof starter_text - 1;
    file->file.built_in = true;
    reading->tree->file_count++;
    return &file->file;
}

bool config_tree_read(struct config_tree *tree, const char *path, struct config_problems *problems)
{
    struct reading reading = {tree, problems, problems->arena};
    struct opened *opened;

    *tree = (struct config_tree){NULL, NULL, 0};
    if (path == NULL) {
        tree->main = built_in_starter(&reading);
    } else {
        opened = open_file(&reading, path, NULL, NULL, NULL);
        tree->main = opened != NULL ? &opened->file : NULL;
    }
    if (tree->main == NULL) {
        return false;
    }
    tree->document = parse_file(&reading, tree->main);
    if (tree->document == NULL) {
        return false;
    }
    if (!include_children(&reading, xmlDocGetRootElement(tree->document), tree->main, 0)) {
        config_tree_free(tree);
        return false;
    }
    return true;
}

void config_tree_free(struct config_tree *tree)
{
    xmlFreeDoc(tree->document);
    tree->document = NULL;
}

/* ---- RELAX NG -------------------------------------------------------------------------------- */

static void on_schema_error(void *context, xmlErrorPtr error)
{
    struct parsing *parsing = context;
    const xmlNode *node = error->node;

    parsing->failed = true;
    while (node != NULL && node->type != XML_ELEMENT_NODE) {
        node = node->parent;
    }
    config_problem(parsing->problems, node, NULL, "not valid: %s",
                   one_line(parsing->problems->arena, error->message));
}

bool config_tree_validate(const struct config_tree *tree, struct config_problems *problems)
{
    struct parsing parsing = {problems, tree->main, false};
    xmlRelaxNGParserCtxtPtr parser;
    xmlRelaxNGValidCtxtPtr validator;
    xmlRelaxNGPtr schema;
    int result;

    xmlSetStructuredErrorFunc(&parsing, on_schema_error);
    parser = made(xmlRelaxNGNewMemParserCtxt(schema_text, (int)sizeof schema_text - 1));
    schema = made(xmlRelaxNGParse(parser));
    validator = made(xmlRelaxNGNewValidCtxt(schema));
    xmlRelaxNGSetValidStructuredErrors(validator, on_schema_error, &parsing);
    result = xmlRelaxNGValidateDoc(validator, tree->document);
    xmlSetStructuredErrorFunc(NULL, NULL);
    xmlRelaxNGFreeValidCtxt(validator);
    xmlRelaxNGFree(schema);
    xmlRelaxNGFreeParserCtxt(parser);
    if (result != 0 && !parsing.failed) {
        config_problem_at(problems, tree->main, 0, 0, "not valid against the RELAX NG schema");
    }
    return result == 0;
}
