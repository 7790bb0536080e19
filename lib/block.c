/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "block.h"

#include "date.h"
#include "diag.h"

#define REASONS_MAX 10
#define STATE_FOLD 76

static const struct span untrusted = {"Untrusted-", 10};
static const struct span triage_prefix = {"Triage-", 7};

/* ---- quoting ----------------------------------------------------------------------------------
 */

/* LINE begins with `Triage`, behind any number of `Untrusted-`, in any case. */
static bool is_stranger(struct span line)
{
    while (span_begins_nocase(line, untrusted)) {
        line.octets += untrusted.length;
        line.length -= untrusted.length;
    }
    return span_begins_nocase(line, SPAN("Triage"));
}

/*
 * Copies the header section of OCTETS; each line of it goes through EDIT, which appends what the
 * line becomes. The section ends at the first empty line, whatever the lines above it are: a parser
 * that reads further than we do must not find anything unquoted. Returns the rest.
 */
static struct span edit_header(struct buf *out, struct span octets,
                               void (*edit)(struct buf *out, struct span line))
{
    struct span rest = octets;

    while (rest.length > 0) {
        struct span before = rest;
        struct span line = span_line(&rest);

        if (span_chomp(line).length == 0)
            return before;
        edit(out, line);
    }
    return rest;
}

static void quote_line(struct buf *out, struct span line)
{
    if (is_stranger(line))
        buf_span(out, untrusted);
    buf_span(out, line);
}

/* What we put in front is spelled just so; another spelling is the stranger's own. */
static bool is_quoted(struct span line)
{
    return span_begins(line, untrusted) &&
           is_stranger(
               (struct span){line.octets + untrusted.length, line.length - untrusted.length});
}

static void unquote_line(struct buf *out, struct span line)
{
    if (is_quoted(line)) {
        line.octets += untrusted.length;
        line.length -= untrusted.length;
    }
    buf_span(out, line);
}

void block_quote(struct buf *out, struct span octets)
{
    buf_span(out, edit_header(out, octets, quote_line));
}

void block_unquote(struct buf *out, struct span octets)
{
    buf_span(out, edit_header(out, octets, unquote_line));
}

/* ---- reading ----------------------------------------------------------------------------------
 */

/* Where the parts of a message in our form stand. */
struct layout {
    struct span above;
    struct span state; /* value of Triage-State, folded */
    struct span blob;  /* value of Triage-Blob */
    struct span below;
};

static bool is_continuation(struct span line)
{
    return line.length > 0 && (line.octets[0] == ' ' || line.octets[0] == '\t') &&
           span_trim(line).length > 0;
}

/* Takes a field with its continuation lines off the front of *REST. */
static struct span take_field(struct span *rest)
{
    struct span field = span_line(rest);

    for (;;) {
        struct span after = *rest;
        struct span line = span_line(&after);

        if (!is_continuation(line))
            return field;
        field.length += line.length;
        *rest = after;
    }
}

static bool value_of(struct span field, struct span name, struct span *value)
{
    if (!span_begins(field, name))
        return false;
    *value = (struct span){field.octets + name.length, field.length - name.length};
    return true;
}

/*
 * Finds the first run of Triage fields that ends in Triage-Blob. A run is broken by any other
 * field; the header ends at the empty line.
 */
static bool find_block(struct span text, struct layout *layout)
{
    struct span rest = text;
    bool in_run = false;

    memset(layout, 0, sizeof(*layout));
    while (rest.length > 0) {
        struct span at = rest;
        /* We never fold Triage-Blob: a blank behind it begins the message's own first line. */
        struct span field =
            span_begins(rest, SPAN("Triage-Blob:")) ? span_line(&rest) : take_field(&rest);

        if (span_chomp(field).length == 0)
            return false;
        if (!span_begins(field, triage_prefix)) {
            in_run = false;
            continue;
        }
        if (!in_run) {
            in_run = true;
            layout->above = (struct span){text.octets, (size_t)(at.octets - text.octets)};
            layout->state = (struct span){NULL, 0};
        }
        value_of(field, SPAN("Triage-State:"), &layout->state);
        if (value_of(field, SPAN("Triage-Blob:"), &layout->blob)) {
            layout->below = rest;
            return true;
        }
    }
    return false;
}

/* The JSON text in a Triage-State, appended to OUT. */
static bool decode_state(struct span value, struct buf *out)
{
    struct buf digits = BUF_INIT;
    bool good;

    for (size_t i = 0; i < value.length; i++)
        if (strchr(" \t\r\n", value.octets[i]) == NULL || value.octets[i] == '\0')
            buf_char(&digits, value.octets[i]);
    good = digits.length > 0 && buf_unbase64(out, buf_view(&digits));
    buf_release(&digits);
    return good;
}

/* What Triage-Blob says. */
struct blob {
    struct span id;
    size_t size;
    struct span redacted; /* digest of what stands below after redaction, or empty */
};

static bool parse_blob(struct span value, struct blob *blob)
{
    value = span_trim(value);
    memset(blob, 0, sizeof(*blob));
    while (value.length > 0) {
        const char *end = memchr(value.octets, ';', value.length);
        struct span word = value;

        if (end != NULL)
            word.length = (size_t)(end - value.octets);
        value.octets += word.length + (end != NULL);
        value.length -= word.length + (end != NULL);
        word = span_trim(word);
        if (span_begins(word, SPAN("size="))) {
            for (size_t i = 5; i < word.length; i++) {
                if (word.octets[i] < '0' || word.octets[i] > '9' || blob->size > SIZE_MAX / 10 - 10)
                    return false;
                blob->size = blob->size * 10 + (size_t)(word.octets[i] - '0');
            }
        } else if (span_begins(word, SPAN("redacted="))) {
            blob->redacted = (struct span){word.octets + 9, word.length - 9};
        } else if (blob->id.length == 0) {
            blob->id = word;
        }
    }
    return message_is_blob_id(blob->id);
}

static void read_state(struct message *message, struct span state)
{
    struct buf json = BUF_INIT;
    struct span text;
    json_object *received;
    struct date date;

    if (!decode_state(state, &json)) {
        message_error(message, "block", "no-state", "the block's state cannot be read");
        buf_release(&json);
        return;
    }
    text = (struct span){arena_copy(&message->arena, json.octets, json.length), json.length};
    buf_release(&json);
    if (!message_read_triage(message, text)) {
        message_error(message, "block", "no-state", "the block's state is no JSON object");
        return;
    }
    received = message_triage(message, "receivedAt");
    if (received != NULL && json_object_is_type(received, json_type_string) &&
        date_parse_rfc3339(span_of(json_object_get_string(received)), &date)) {
        message->received_at = date.seconds;
        message->has_received_at = true;
    }
    message_set(message, "receivedAt", NULL);
}

/* BELOW unquoted: itself when nothing in it was quoted, as in nearly all mail, else a copy. */
static struct span unquoted(struct arena *arena, struct span below)
{
    struct span rest = below;
    struct span line = span_line(&rest);
    struct buf octets = BUF_INIT;

    while (span_chomp(line).length > 0 && !is_quoted(line))
        line = span_line(&rest);
    if (span_chomp(line).length == 0)
        return below;
    block_unquote(&octets, below);
    return buf_keep(&octets, arena);
}

bool block_read(struct message *message, struct span text)
{
    struct layout layout;
    struct span octets;
    struct blob blob;
    char digest[BLOB_ID_SIZE];
    bool whole;

    if (!find_block(text, &layout) || !parse_blob(layout.blob, &blob))
        return false;
    message->above = layout.above;
    message->has_triage = true;
    octets = unquoted(&message->arena, layout.below);
    /* A line end that a mailbox had to add behind the last line is not the message's. */
    if (octets.length > blob.size && octets.length - blob.size <= 2 &&
        span_trim((struct span){octets.octets + blob.size, octets.length - blob.size}).length == 0)
        octets.length = blob.size;
    message->octets = octets;
    message->has_octets = true;
    blob_id(digest, message->octets);
    memcpy(message->blob_id, blob.id.octets, blob.id.length);
    message->blob_id[blob.id.length] = '\0';
    whole = message->octets.length == blob.size &&
            span_equal(blob.redacted.length != 0 ? blob.redacted : blob.id, span_of(digest));
    read_state(message, layout.state);
    if (!whole) {
        message->altered = true;
        message_error(message, "block", "altered", "what stands below the block was altered");
    }
    message->text_pending = true;
    return true;
}

/* ---- the view ---------------------------------------------------------------------------------
 */

/* Printable ASCII and not too long: what may stand in a field. */
static bool is_plain(struct span value)
{
    for (size_t i = 0; i < value.length; i++)
        if (value.octets[i] < 0x20 || value.octets[i] > 0x7e)
            return false;
    return value.length > 0 && value.length <= 200;
}

static bool is_token(struct span value)
{
    for (size_t i = 0; i < value.length; i++)
        if (strchr("()<>@,;\\\"[]?= ", value.octets[i]) != NULL)
            return false;
    return true;
}

/* A value as token or quoted string. */
static void write_value(struct buf *out, struct span value)
{
    if (is_token(value)) {
        buf_span(out, value);
        return;
    }
    buf_char(out, '"');
    for (size_t i = 0; i < value.length; i++) {
        if (value.octets[i] == '"' || value.octets[i] == '\\')
            buf_char(out, '\\');
        buf_char(out, value.octets[i]);
    }
    buf_char(out, '"');
}

static struct span scalar(json_object *object)
{
    if (object == NULL || json_object_is_type(object, json_type_object) ||
        json_object_is_type(object, json_type_array))
        return (struct span){NULL, 0};
    return (struct span){json_object_get_string(object), strlen(json_object_get_string(object))};
}

/* `; name=value`, when there is such a value. */
static void write_parameter(struct buf *out, const char *name, json_object *value)
{
    struct span text = scalar(value);

    if (!is_plain(text))
        return;
    buf_format(out, "; %s=", name);
    write_value(out, text);
}

/* A field of the view: `Triage-Kind: bounce; status=5.1.1`. False: nothing to say. */
struct view {
    struct buf *out;
    const char *end; /* the message's line end */
};

static bool begin_field(const struct view *view, const char *name, struct span value)
{
    if (!is_plain(value))
        return false;
    buf_format(view->out, "Triage-%s: ", name);
    write_value(view->out, value);
    return true;
}

static void end_field(const struct view *view)
{
    buf_string(view->out, view->end);
}

/* A field for member MEMBER: its own scalar, or its member VALUE, with parameters NAMES. */
static void write_field(const struct view *view, struct message *message, const char *field,
                        const char *member, const char *value, const char *const *parameters)
{
    json_object *object = message_triage(message, member);
    json_object *main_value = value != NULL ? json_member(object, value) : object;

    if (!begin_field(view, field, scalar(main_value)))
        return;
    for (size_t i = 0; parameters != NULL && parameters[i] != NULL; i += 2)
        write_parameter(view->out, parameters[i], json_member(object, parameters[i + 1]));
    end_field(view);
}

static void write_truth(const struct view *view, struct message *message, const char *field,
                        const char *member)
{
    if (message_triage_true(message, member) && begin_field(view, field, SPAN("yes")))
        end_field(view);
}

/* One field for each reason: its only or first scalar member. */
static void write_reasons(const struct view *view, struct message *message, size_t most)
{
    json_object *reasons = message_triage(message, "reasons");

    for (size_t i = 0; i < json_length(reasons) && i < most; i++) {
        json_object *reason = json_object_array_get_idx(reasons, i);
        bool first = true;

        if (!json_object_is_type(reason, json_type_object))
            continue;
        json_object_object_foreach(reason, name, value)
        {
            struct span text = scalar(value);

            if (!is_plain(text) || !is_plain(span_of(name)) || !is_token(span_of(name)))
                continue;
            buf_format(view->out, "%s%s=", first ? "Triage-Reason: " : "; ", name);
            write_value(view->out, text);
            first = false;
        }
        if (!first)
            end_field(view);
    }
}

static void write_suggestions(const struct view *view, struct message *message)
{
    json_object *list = message_triage(message, "suggestion");

    for (size_t i = 0; i < json_length(list) && i < REASONS_MAX; i++) {
        json_object *one = json_object_array_get_idx(list, i);

        if (!begin_field(view, "Suggestion", scalar(json_member(one, "source"))))
            continue;
        write_parameter(view->out, "score", json_member(one, "score"));
        end_field(view);
    }
}

static void write_autoreply(const struct view *view, struct message *message)
{
    static const char *const parameters[] = {"promised-by", "promisedBy", "template", "template",
                                             "why",         "why",        NULL};

    write_field(view, message, "Autoreply", "autoreply", "action", parameters);
}

/* `Triage-Redacted: iban=1; pan=2`: how many of each type. */
static void write_redacted(const struct view *view, struct message *message)
{
    json_object *list = message_triage(message, "redactions");
    const char *separator = "Triage-Redacted: ";
    size_t count = json_length(list);

    for (size_t i = 0; i < count; i++) {
        const char *type = json_string(json_object_array_get_idx(list, i), "type");
        size_t same = 0;
        bool seen = false;

        for (size_t j = 0; type != NULL && j < count; j++) {
            const char *other = json_string(json_object_array_get_idx(list, j), "type");

            if (other == NULL || strcmp(other, type) != 0)
                continue;
            seen = seen || j < i;
            same++;
        }
        if (type == NULL || seen || !is_plain(span_of(type)) || !is_token(span_of(type)))
            continue;
        buf_format(view->out, "%s%s=%zu", separator, type, same);
        separator = "; ";
    }
    if (separator[0] == ';')
        end_field(view);
}

static void write_errors(const struct view *view, struct message *message)
{
    json_object *errors = message_triage(message, "errors");

    for (size_t i = 0; i < json_length(errors); i++) {
        json_object *error = json_object_array_get_idx(errors, i);

        if (!begin_field(view, "Error", scalar(json_member(error, "program"))))
            continue;
        write_parameter(view->out, "code", json_member(error, "code"));
        end_field(view);
    }
}

static void write_case(const struct view *view, struct message *message, bool outside)
{
    static const char *const inside_parameters[] = {"by", "by", "follow-up", "followUp", NULL};

    write_field(view, message, "Case", "case", "id", outside ? NULL : inside_parameters);
}

static void write_shared(const struct view *view, struct message *message, bool outside)
{
    static const char *const confidence[] = {"confidence", "confidence", NULL};
    static const char *const route[] = {"due", "due", NULL};

    write_case(view, message, outside);
    write_field(view, message, "Category", "category", "id", confidence);
    write_field(view, message, "Level", "level", NULL, NULL);
    write_field(view, message, "Language", "language", "tag", confidence);
    write_field(view, message, "Route", "route", "queue", route);
    write_suggestions(view, message);
    write_redacted(view, message);
}

static void write_view(const struct view *view, struct message *message, size_t reasons)
{
    static const char *const status[] = {"status", "status", NULL};
    static const char *const duplicate[] = {"by", "by", "similarity", "similarity", NULL};

    write_field(view, message, "Kind", "kind", "value", status);
    write_field(view, message, "Brand", "brand", NULL, NULL);
    write_shared(view, message, false);
    write_field(view, message, "Duplicate", "duplicate", "of", duplicate);
    write_field(view, message, "Incident", "incident", NULL, NULL);
    write_truth(view, message, "Sensitive", "sensitive");
    write_truth(view, message, "Courtesy", "courtesy");
    write_reasons(view, message, reasons);
    write_autoreply(view, message);
    write_errors(view, message);
}

/* ---- the state --------------------------------------------------------------------------------
 */

static void write_state(const struct view *view, struct message *message)
{
    struct buf json = BUF_INIT;
    struct buf digits = BUF_INIT;
    size_t at = 0;
    size_t room = STATE_FOLD - sizeof("Triage-State:");

    buf_char(&json, '{');
    if (message->has_received_at) {
        buf_string(&json, "\"receivedAt\":\"");
        date_write_utc(&json, message->received_at);
        buf_char(&json, '"');
    }
    for (size_t i = 0; i < message->member_count; i++) {
        const struct triage_member *member = &message->members[i];

        if (span_equal(member->name, SPAN("text")) || span_equal(member->name, SPAN("entities")) ||
            span_equal(member->name, SPAN("receivedAt")))
            continue;
        buf_string(&json, json.length > 1 ? ",\"" : "\"");
        buf_span(&json, member->name);
        buf_string(&json, "\":");
        buf_span(&json, member->json);
    }
    buf_char(&json, '}');
    buf_base64(&digits, buf_view(&json));
    buf_string(view->out, "Triage-State:");
    while (at < digits.length) {
        size_t length = digits.length - at < room ? digits.length - at : room;

        if (at > 0)
            buf_string(view->out, view->end);
        buf_char(view->out, ' ');
        buf_add(view->out, digits.octets + at, length);
        at += length;
        room = STATE_FOLD - 1;
    }
    end_field(view);
    buf_release(&json);
    buf_release(&digits);
}

static const char *line_end(struct span octets)
{
    struct span rest = octets;
    struct span line = span_line(&rest);

    return line.length >= 2 && line.octets[line.length - 2] == '\r' &&
                   line.octets[line.length - 1] == '\n'
               ? "\r\n"
               : "\n";
}

static void write_blob(const struct view *view, struct message *message, struct span octets)
{
    char digest[BLOB_ID_SIZE];

    blob_id(digest, octets);
    buf_format(view->out, "Triage-Blob: %s; size=%zu", message->blob_id, octets.length);
    if (strcmp(digest, message->blob_id) != 0)
        buf_format(view->out, "; redacted=%s", digest);
    end_field(view);
}

/* The first half of LIST, or NULL when nothing is left. */
static json_object *first_half(json_object *list)
{
    size_t count = json_object_array_length(list) / 2;
    json_object *half;

    if (count == 0)
        return NULL;
    half = json_object_new_array();
    if (half == NULL)
        diag_out_of_memory();
    for (size_t i = 0; i < count; i++)
        json_object_array_add(half, json_object_get(json_object_array_get_idx(list, i)));
    return half;
}

/* OBJECT without half of its largest member, when that is a list, else without that member. */
static json_object *without_largest(json_object *object)
{
    json_object *smaller = json_object_new_object();
    const char *largest = NULL;
    size_t most = 0;

    if (smaller == NULL)
        diag_out_of_memory();
    {
        json_object_object_foreach(object, name, value)
        {
            size_t length = strlen(name) + strlen(json_object_to_json_string(value));

            if (length > most) {
                most = length;
                largest = name;
            }
        }
    }
    json_object_object_foreach(object, name, value)
    {
        json_object *kept = NULL;

        if (name != largest)
            json_object_object_add(smaller, name, json_object_get(value));
        else if (json_object_is_type(value, json_type_array))
            kept = first_half(value);
        if (kept != NULL)
            json_object_object_add(smaller, name, kept);
    }
    return smaller;
}

/* Drops the second half of array member NAME, so that the block gets smaller. */
static bool shorten(struct message *message, const char *name)
{
    json_object *list = message_triage(message, name);

    if (json_length(list) == 0)
        return false;
    message_set(message, name, first_half(list));
    return true;
}

/* The same for the largest member, whatever it is: mail that bounces with thousands of recipients
 * must not be mail that cannot be written. */
static bool shorten_largest(struct message *message)
{
    const struct triage_member *largest = NULL;
    const char *name;
    json_object *value;

    for (size_t i = 0; i < message->member_count; i++) {
        const struct triage_member *member = &message->members[i];

        if (span_equal(member->name, SPAN("text")) || span_equal(member->name, SPAN("entities")))
            continue;
        if (largest == NULL || member->json.length > largest->json.length)
            largest = member;
    }
    if (largest == NULL)
        return false;
    name = arena_copy(&message->arena, largest->name.octets, largest->name.length);
    value = message_triage(message, name);
    if (shorten(message, name))
        return true;
    if (json_object_is_type(value, json_type_object) && json_object_object_length(value) > 0)
        message_set(message, name, without_largest(value));
    else
        message_set(message, name, NULL);
    return true;
}

static bool known_octets(struct message *message, struct span *octets, int *code)
{
    *code = 0;
    if (!message_octets(message, octets))
        *code = diag(EX_DATAERR, message_where(message),
                     "its octets are not known (no raw): keep raw, or write NDJSON");
    return *code == 0;
}

int block_write_head(struct message *message, struct buf *out, struct span *body)
{
    struct span octets;
    struct view view = {.out = out};
    size_t start = out->length;
    size_t block;
    int code;

    if (!known_octets(message, &octets, &code))
        return code;
    view.end = line_end(octets);
    buf_span(out, message->above);
    block = out->length;
    for (;;) {
        write_view(&view, message, REASONS_MAX);
        write_state(&view, message);
        write_blob(&view, message, octets);
        if (out->length - block <= BLOCK_MAX)
            break;
        out->length = block;
        if (!shorten(message, "reasons") && !shorten(message, "suggestion") &&
            !shorten_largest(message)) {
            out->length = start;
            return diag(EX_DATAERR, message_where(message),
                        "its triage is too large for a block: write NDJSON");
        }
        message_error(message, "block", "limit-block",
                      "the block was too large: parts of triage were cut");
    }
    *body = edit_header(out, octets, quote_line);
    return 0;
}

int block_write(struct message *message, struct buf *out)
{
    struct span body = {NULL, 0};
    int code = block_write_head(message, out, &body);

    if (code == 0)
        buf_span(out, body);
    return code;
}

int block_write_outside(struct message *message, struct buf *out)
{
    struct span octets;
    struct view view = {.out = out};
    int code;

    if (!known_octets(message, &octets, &code))
        return code;
    view.end = line_end(octets);
    write_shared(&view, message, true);
    block_quote(out, octets);
    return 0;
}
