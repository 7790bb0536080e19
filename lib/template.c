/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE
#include "template.h"

#include "diag.h"

#include <string.h>

/* What a template is made of, in the order of its text. */
enum node_kind {
    NODE_LINE,     /* a line begins here: the place for a partial's indentation */
    NODE_TEXT,     /* octets as they are, at most one line */
    NODE_VARIABLE, /* {{name}} */
    NODE_RAW,      /* {{{name}}} and {{&name}} */
    NODE_SECTION,  /* {{#name}}, up to node `end` */
    NODE_INVERTED, /* {{^name}}, up to node `end` */
    NODE_PARTIAL   /* {{>name}} */
};

struct node {
    enum node_kind kind;
    struct span text;         /* the text, or the name */
    struct span indent;       /* of a partial that has a line for itself */
    const char *const *steps; /* the name cut at its dots, each a C string */
    size_t step_count;        /* 0 is the implicit iterator `.` */
    size_t end;               /* of a section: the node behind its last one */
};

struct template
{
    const char *path;
    struct node *nodes;
    size_t node_count, node_capacity;
    struct template_name *names;
    size_t name_count, name_capacity;
};

/* A section that is open while parsing. */
struct open_section {
    size_t node;
    struct span name;
    const char *place;
};

struct parser {
    struct arena *arena;
    struct template *template;
    const char *begin; /* of the source */
    const char *next;  /* first octet that is not parsed yet */
    const char *end;
    struct span opening, closing; /* delimiters */
    bool line_start;              /* nothing was put out for this line yet */
    struct open_section sections[TEMPLATE_SECTION_DEPTH];
    size_t section_count;
};

/* A tag as found in the source. */
struct tag {
    const char *begin; /* its opening delimiter */
    const char *end;   /* behind its closing one */
    char sigil;        /* 0 for a plain variable */
    struct span body;  /* what it holds behind the sigil, trimmed */
};

static void place_of(const struct parser *parser, const char *place, size_t *line, size_t *column)
{
    const char *p, *start = parser->begin;

    *line = 1;
    for (p = parser->begin; p < place; p++)
        if (*p == '\n') {
            (*line)++;
            start = p + 1;
        }
    *column = (size_t)(place - start) + 1;
}

/* Reports a syntax error at PLACE, with the name it is about (may be empty). */
static int syntax_error(const struct parser *parser, const char *place, const char *what,
                        struct span name)
{
    const char *path = parser->template->path;
    char *where;
    size_t line, column;

    place_of(parser, place, &line, &column);
    where =
        arena_format(parser->arena, "%s:%zu:%zu", path != NULL ? path : "template", line, column);
    if (name.length == 0)
        return diag(EX_CONFIG, where, "%s", what);
    return diag(EX_CONFIG, where, "%s: '%.*s'", what, (int)(name.length < 80 ? name.length : 80),
                name.octets);
}

static struct node *add_node(struct parser *parser, enum node_kind kind, struct span text)
{
    struct template *template = parser->template;
    struct node *node;

    template->nodes = arena_grow(parser->arena, template->nodes, template->node_count,
                                 &template->node_capacity, sizeof *template->nodes);
    node = &template->nodes[template->node_count++];
    *node = (struct node){.kind = kind, .text = text};
    return node;
}

/* Something that is put out follows: marks the beginning of its line. */
static void begin_output(struct parser *parser)
{
    if (parser->line_start)
        (void)add_node(parser, NODE_LINE, (struct span){NULL, 0});
    parser->line_start = false;
}

/* Adds text, a node a line. Empty lines get no mark, so an indented partial has no trailing blanks.
 */
static void add_text(struct parser *parser, const char *begin, const char *end)
{
    struct span rest = {begin, (size_t)(end - begin)};

    while (rest.length > 0) {
        struct span line = span_line(&rest);

        if (span_chomp(line).length > 0)
            begin_output(parser);
        (void)add_node(parser, NODE_TEXT, line);
        parser->line_start = line.octets[line.length - 1] == '\n';
    }
}

static bool is_blank(char octet)
{
    return octet == ' ' || octet == '\t';
}

/*
 * Whether TAG has its line for itself: then the whole line goes. *LINE is where the line begins,
 * *REST where the next one does.
 */
static bool is_standalone(const struct parser *parser, const struct tag *tag, const char **line,
                          const char **rest)
{
    const char *p = tag->begin;

    while (p > parser->next && is_blank(p[-1]))
        p--;
    /* What was parsed already is a line's end only when nothing stands on the line yet. */
    if (p == parser->next ? !(p == parser->begin || p[-1] == '\n') : p[-1] != '\n')
        return false;
    *line = p;
    p = tag->end;
    while (p < parser->end && is_blank(*p))
        p++;
    if (p < parser->end && *p == '\r' && p + 1 < parser->end && p[1] == '\n')
        p++;
    if (p < parser->end && *p != '\n')
        return false;
    *rest = p < parser->end ? p + 1 : p;
    return true;
}

/* Cuts a name at its dots. */
static int split_name(struct parser *parser, const struct tag *tag, struct node *node)
{
    struct span name = tag->body;
    const char **steps;
    size_t i, begin = 0, count = 1;

    for (i = 0; i < name.length; i++) {
        if ((unsigned char)name.octets[i] <= ' ')
            return syntax_error(parser, tag->begin, "a name with a blank or control inside", name);
        count += name.octets[i] == '.';
    }
    if (span_equal(name, SPAN(".")))
        return 0;
    steps = arena_array(parser->arena, count, sizeof *steps);
    node->steps = steps;
    for (i = 0; i <= name.length; i++) {
        if (i < name.length && name.octets[i] != '.')
            continue;
        if (i == begin)
            return syntax_error(parser, tag->begin, "a name with nothing before or behind a dot",
                                name);
        steps[node->step_count++] = arena_copy(parser->arena, name.octets + begin, i - begin);
        begin = i + 1;
    }
    return 0;
}

/* Notes a name for template_names. */
static void note_name(struct parser *parser, const struct tag *tag, enum template_use use)
{
    struct template *template = parser->template;
    struct template_name *name;

    template->names = arena_grow(parser->arena, template->names, template->name_count,
                                 &template->name_capacity, sizeof *template->names);
    name = &template->names[template->name_count++];
    name->name = tag->body;
    name->use = use;
    place_of(parser, tag->begin, &name->line, &name->column);
}

static int open_section(struct parser *parser, const struct tag *tag)
{
    bool inverted = tag->sigil == '^';
    struct node *node;

    if (parser->section_count == TEMPLATE_SECTION_DEPTH)
        return syntax_error(parser, tag->begin, "too many sections inside each other", tag->body);
    parser->sections[parser->section_count++] =
        (struct open_section){parser->template->node_count, tag->body, tag->begin};
    node = add_node(parser, inverted ? NODE_INVERTED : NODE_SECTION, tag->body);
    note_name(parser, tag, inverted ? TEMPLATE_INVERTED : TEMPLATE_SECTION);
    return split_name(parser, tag, node);
}

static int close_section(struct parser *parser, const struct tag *tag)
{
    struct open_section *section;

    if (parser->section_count == 0)
        return syntax_error(parser, tag->begin, "this section was never opened", tag->body);
    section = &parser->sections[--parser->section_count];
    if (!span_equal(section->name, tag->body))
        return syntax_error(parser, tag->begin, "closes a section while another one is open",
                            tag->body);
    parser->template->nodes[section->node].end = parser->template->node_count;
    return 0;
}

/* {{=<% %>=}} */
static int set_delimiters(struct parser *parser, const struct tag *tag)
{
    const char *p = tag->body.octets, *end = p + tag->body.length;
    const char *opening = p, *closing;
    const char *fault = "delimiters are two words without '=', like {{=<% %>=}}";

    while (p < end && (unsigned char)*p > ' ')
        p++;
    closing = p;
    while (closing < end && (unsigned char)*closing <= ' ')
        closing++;
    parser->opening = (struct span){opening, (size_t)(p - opening)};
    parser->closing = (struct span){closing, (size_t)(end - closing)};
    if (parser->opening.length == 0 || parser->closing.length == 0 ||
        memchr(tag->body.octets, '=', tag->body.length) != NULL)
        return syntax_error(parser, tag->begin, fault, tag->body);
    for (p = closing; p < end; p++)
        if ((unsigned char)*p <= ' ')
            return syntax_error(parser, tag->begin, fault, tag->body);
    return 0;
}

/* Reads the tag at PLACE, where the opening delimiter stands. */
static int read_tag(const struct parser *parser, const char *place, struct tag *tag)
{
    const char *p = place + parser->opening.length, *from, *close;
    char last; /* `{{{name}}}` and `{{=a b=}}` have an octet more before the delimiter */

    while (p < parser->end && (unsigned char)*p <= ' ')
        p++;
    tag->begin = place;
    tag->sigil = '\0';
    if (p < parser->end && *p != '\0' && strchr("#^/>!&{=", *p) != NULL)
        tag->sigil = *p++;
    last = tag->sigil == '{' ? '}' : tag->sigil == '=' ? '=' : '\0';
    from = p;
    do {
        close = memmem(from, (size_t)(parser->end - from), parser->closing.octets,
                       parser->closing.length);
        if (close == NULL)
            return syntax_error(parser, place, "this tag is not closed", (struct span){NULL, 0});
        from = close + 1;
    } while (last != '\0' && (close == p || close[-1] != last));
    tag->end = close + parser->closing.length;
    tag->body = span_trim((struct span){p, (size_t)(close - p) - (last != '\0')});
    if (tag->body.length == 0 && tag->sigil != '!')
        return syntax_error(parser, place, "this tag names nothing", (struct span){NULL, 0});
    return 0;
}

/* Adds what TAG stands for; INDENT is the blanks before a partial that has a line for itself. */
static int take_tag(struct parser *parser, const struct tag *tag, struct span indent)
{
    struct node *node;

    switch (tag->sigil) {
    case '!':
        return 0;
    case '=':
        return set_delimiters(parser, tag);
    case '/':
        return close_section(parser, tag);
    case '#':
    case '^':
        return open_section(parser, tag);
    case '>':
        node = add_node(parser, NODE_PARTIAL, tag->body);
        node->indent = indent;
        note_name(parser, tag, TEMPLATE_PARTIAL);
        return 0;
    default:
        node = add_node(parser, tag->sigil == '\0' ? NODE_VARIABLE : NODE_RAW, tag->body);
        note_name(parser, tag, TEMPLATE_VARIABLE);
        return split_name(parser, tag, node);
    }
}

static int parse(struct parser *parser)
{
    while (parser->next < parser->end) {
        struct tag tag = {0};
        struct span indent = {NULL, 0};
        const char *line = parser->next;
        const char *rest = parser->next;
        int code;

        const char *place = memmem(parser->next, (size_t)(parser->end - parser->next),
                                   parser->opening.octets, parser->opening.length);
        if (place == NULL) {
            add_text(parser, parser->next, parser->end);
            break;
        }
        code = read_tag(parser, place, &tag);
        if (code != 0)
            return code;
        if (tag.sigil != '\0' && tag.sigil != '{' && tag.sigil != '&' &&
            is_standalone(parser, &tag, &line, &rest)) {
            add_text(parser, parser->next, line);
            indent = (struct span){line, (size_t)(tag.begin - line)};
            parser->next = rest;
        } else {
            add_text(parser, parser->next, tag.begin);
            if (tag.sigil != '!' && tag.sigil != '=')
                begin_output(parser);
            parser->next = tag.end;
        }
        code = take_tag(parser, &tag, indent);
        if (code != 0)
            return code;
    }
    if (parser->section_count > 0) {
        const struct open_section *section = &parser->sections[parser->section_count - 1];

        return syntax_error(parser, section->place, "this section is not closed", section->name);
    }
    return 0;
}

struct template *template_parse(struct arena *arena, struct span source, const char *path)
{
    struct template *template = arena_alloc(arena, sizeof *template);
    struct parser *parser = arena_alloc(arena, sizeof *parser);

    template->path = arena_string(arena, path);
    if (source.length == 0)
        return template;
    parser->arena = arena;
    parser->template = template;
    parser->begin = parser->next = source.octets;
    parser->end = source.octets + source.length;
    parser->opening = SPAN("{{");
    parser->closing = SPAN("}}");
    parser->line_start = true;
    return parse(parser) == 0 ? template : NULL;
}

const struct template_name *template_names(const struct template *template, size_t *count)
{
    *count = template->name_count;
    return template->names;
}

/* One value that names are looked up in, and the one around it. */
struct frame {
    const struct frame *outer;
    struct json_object *value;
};

/* One rendering. */
struct rendering {
    struct buf *out;
    const struct template_options *options;
    size_t partials; /* used so far */
};

/* One template inside a rendering. */
struct place {
    const struct template *template;
    struct span indent; /* before each of its lines */
    size_t depth;       /* partials around it */
};

/* The value that NODE names, or NULL (which is also JSON's null). */
static struct json_object *look_up(const struct node *node, const struct frame *frame)
{
    struct json_object *value = NULL;
    size_t i;

    if (node->step_count == 0)
        return frame->value;
    for (; frame != NULL; frame = frame->outer)
        if (json_object_is_type(frame->value, json_type_object) &&
            json_object_object_get_ex(frame->value, node->steps[0], &value))
            break;
    if (frame == NULL)
        return NULL;
    for (i = 1; i < node->step_count; i++) {
        struct json_object *member = NULL;

        if (!json_object_is_type(value, json_type_object) ||
            !json_object_object_get_ex(value, node->steps[i], &member))
            return NULL;
        value = member;
    }
    return value;
}

static bool is_true(struct json_object *value)
{
    switch (json_object_get_type(value)) {
    case json_type_null:
        return false;
    case json_type_boolean:
        return json_object_get_boolean(value);
    case json_type_string:
        return json_object_get_string_len(value) > 0;
    case json_type_array:
        return json_object_array_length(value) > 0;
    default:
        return true;
    }
}

static void write_escaped(struct buf *out, struct span text)
{
    size_t i;

    for (i = 0; i < text.length; i++)
        switch (text.octets[i]) {
        case '&':
            buf_string(out, "&amp;");
            break;
        case '<':
            buf_string(out, "&lt;");
            break;
        case '>':
            buf_string(out, "&gt;");
            break;
        case '"':
            buf_string(out, "&quot;");
            break;
        default:
            buf_char(out, text.octets[i]);
        }
}

static void write_value(struct buf *out, struct json_object *value, bool escape)
{
    struct span text;

    if (value == NULL)
        return;
    if (json_object_is_type(value, json_type_string)) {
        text.octets = json_object_get_string(value);
        text.length = (size_t)json_object_get_string_len(value);
    } else {
        text = span_of(json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN));
    }
    if (escape)
        write_escaped(out, text);
    else
        buf_span(out, text);
}

static int render_nodes(struct rendering *rendering, const struct place *place, size_t first,
                        size_t end, const struct frame *frame);

static int render_section(struct rendering *rendering, const struct place *place, size_t index,
                          const struct frame *frame)
{
    const struct node *node = &place->template->nodes[index];
    struct json_object *value = look_up(node, frame);
    struct frame inner = {frame, value};
    size_t count, i;

    if (is_true(value) == (node->kind == NODE_INVERTED))
        return 0;
    if (node->kind == NODE_INVERTED)
        return render_nodes(rendering, place, index + 1, node->end, frame);
    if (!json_object_is_type(value, json_type_array))
        return render_nodes(rendering, place, index + 1, node->end, &inner);
    count = json_object_array_length(value);
    for (i = 0; i < count; i++) {
        int code;

        inner.value = json_object_array_get_idx(value, i);
        code = render_nodes(rendering, place, index + 1, node->end, &inner);
        if (code != 0)
            return code;
    }
    return 0;
}

static int render_partial(struct rendering *rendering, const struct place *place,
                          const struct node *node, const struct frame *frame)
{
    const struct template *partial = NULL;
    struct buf indent = BUF_INIT;
    struct place inside = {NULL, {NULL, 0}, place->depth + 1};
    int code;

    if (rendering->options->partial != NULL)
        partial = rendering->options->partial(rendering->options->context, node->text);
    if (partial == NULL)
        return 0;
    if (place->depth == TEMPLATE_PARTIAL_DEPTH || ++rendering->partials > TEMPLATE_PARTIAL_COUNT)
        return diag(EX_CONFIG, place->template->path,
                    "partials use each other without end at '%.*s'",
                    (int)(node->text.length < 80 ? node->text.length : 80), node->text.octets);
    /* A partial inside a line has no indentation; one that has a line adds to what is around it. */
    if (node->indent.octets != NULL) {
        buf_span(&indent, place->indent);
        buf_span(&indent, node->indent);
    }
    inside.template = partial;
    inside.indent = buf_view(&indent);
    code = render_nodes(rendering, &inside, 0, partial->node_count, frame);
    buf_release(&indent);
    return code;
}

static int render_nodes(struct rendering *rendering, const struct place *place, size_t first,
                        size_t end, const struct frame *frame)
{
    size_t i;

    for (i = first; i < end; i++) {
        const struct node *node = &place->template->nodes[i];
        int code = 0;

        switch (node->kind) {
        case NODE_LINE:
            buf_span(rendering->out, place->indent);
            break;
        case NODE_TEXT:
            buf_span(rendering->out, node->text);
            break;
        case NODE_VARIABLE:
        case NODE_RAW:
            write_value(rendering->out, look_up(node, frame),
                        rendering->options->escape && node->kind == NODE_VARIABLE);
            break;
        case NODE_SECTION:
        case NODE_INVERTED:
            code = render_section(rendering, place, i, frame);
            i = node->end - 1;
            break;
        case NODE_PARTIAL:
            code = render_partial(rendering, place, node, frame);
            break;
        }
        if (code != 0)
            return code;
    }
    return 0;
}

int template_render(struct buf *out, const struct template *template, struct json_object *data,
                    const struct template_options *options)
{
    static const struct template_options plain = {false, NULL, NULL};
    struct rendering rendering = {out, options != NULL ? options : &plain, 0};
    struct place place = {template, {NULL, 0}, 0};
    struct frame frame = {NULL, data};
    size_t before = out->length;
    int code = render_nodes(&rendering, &place, 0, template->node_count, &frame);

    if (code != 0) {
        out->length = before;
        if (out->octets != NULL)
            out->octets[before] = '\0';
    }
    return code;
}
