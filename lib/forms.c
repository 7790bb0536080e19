/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "forms.h"

#include "address.h"
#include "charset.h"
#include "json.h"
#include "utf8.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* --- Which form a field may have ---------------------------------------------------------------
 */

/* The fields of RFC 5322 and RFC 2369, and the form that each has beside Raw. */
static const struct {
    const char *field;
    enum form form; /* FORM_RAW: no other */
} fields[] = {
    {"Subject", FORM_TEXT},
    {"Comments", FORM_TEXT},
    {"Keywords", FORM_TEXT},
    {"From", FORM_ADDRESSES},
    {"Sender", FORM_ADDRESSES},
    {"Reply-To", FORM_ADDRESSES},
    {"To", FORM_ADDRESSES},
    {"Cc", FORM_ADDRESSES},
    {"Bcc", FORM_ADDRESSES},
    {"Resent-From", FORM_ADDRESSES},
    {"Resent-Sender", FORM_ADDRESSES},
    {"Resent-Reply-To", FORM_ADDRESSES},
    {"Resent-To", FORM_ADDRESSES},
    {"Resent-Cc", FORM_ADDRESSES},
    {"Resent-Bcc", FORM_ADDRESSES},
    {"Message-ID", FORM_MESSAGE_IDS},
    {"In-Reply-To", FORM_MESSAGE_IDS},
    {"References", FORM_MESSAGE_IDS},
    {"Resent-Message-ID", FORM_MESSAGE_IDS},
    {"Date", FORM_DATE},
    {"Resent-Date", FORM_DATE},
    {"List-Help", FORM_URLS},
    {"List-Unsubscribe", FORM_URLS},
    {"List-Subscribe", FORM_URLS},
    {"List-Post", FORM_URLS},
    {"List-Owner", FORM_URLS},
    {"List-Archive", FORM_URLS},
    {"Return-Path", FORM_RAW},
    {"Received", FORM_RAW},
};

static bool is_allowed(struct span field, enum form form)
{
    if (form == FORM_RAW)
        return true;
    for (size_t i = 0; i < COUNT(fields); i++)
        if (span_equal_nocase(field, span_of(fields[i].field)))
            return form == fields[i].form ||
                   (form == FORM_GROUPED_ADDRESSES && fields[i].form == FORM_ADDRESSES);
    return true; /* a field that neither RFC defines */
}

static bool find_form(struct span name, enum form *form)
{
    static const struct {
        const char *name;
        enum form form;
    } forms[] = {
        {"asRaw", FORM_RAW},
        {"asText", FORM_TEXT},
        {"asAddresses", FORM_ADDRESSES},
        {"asGroupedAddresses", FORM_GROUPED_ADDRESSES},
        {"asMessageIds", FORM_MESSAGE_IDS},
        {"asDate", FORM_DATE},
        {"asURLs", FORM_URLS},
    };

    for (size_t i = 0; i < COUNT(forms); i++) {
        if (span_equal(name, span_of(forms[i].name))) {
            *form = forms[i].form;
            return true;
        }
    }
    return false;
}

/* Takes what stands before the next colon off the front of *REST. */
static struct span take_step(struct span *rest)
{
    const char *colon = rest->length > 0 ? memchr(rest->octets, ':', rest->length) : NULL;
    size_t length = colon != NULL ? (size_t)(colon - rest->octets) : rest->length;
    struct span step = {rest->octets, length};

    length += colon != NULL;
    *rest = (struct span){rest->octets + length, rest->length - length};
    return step;
}

const char *form_read(struct span name, struct form_property *property)
{
    struct span rest = name;
    struct span step;
    bool ends = name.length > 0 && name.octets[name.length - 1] == ':';

    take_step(&rest);
    *property = (struct form_property){.name = name, .field = take_step(&rest)};
    for (size_t i = 0; i < property->field.length; i++)
        if (property->field.octets[i] <= ' ' || property->field.octets[i] > '~')
            return "no header field can have this name";
    if (property->field.length == 0)
        return "the name of a header field is missing";
    if (ends)
        return "nothing stands behind its last colon";
    if (rest.length == 0)
        return NULL;
    step = take_step(&rest);
    if (!span_equal(step, SPAN("all")) || rest.length > 0) {
        if (!find_form(step, &property->form))
            return "the forms are asRaw, asText, asAddresses, asGroupedAddresses, asMessageIds, "
                   "asDate and asURLs, and :all comes last";
        if (!is_allowed(property->field, property->form))
            return "RFC 8621 section 4.1.2 does not allow this form for this field";
        if (rest.length == 0)
            return NULL;
        step = take_step(&rest);
    }
    if (!span_equal(step, SPAN("all")) || rest.length > 0)
        return "behind the form only :all may stand";
    property->all = true;
    return NULL;
}

/* --- Values ------------------------------------------------------------------------------------
 */

static void write_string_or_null(struct buf *out, struct span text)
{
    if (text.octets == NULL)
        buf_string(out, "null");
    else
        json_write_string(out, text);
}

static void write_addresses(struct buf *out, const struct mail_address *items, size_t count)
{
    buf_char(out, '[');
    for (size_t i = 0; i < count; i++) {
        buf_string(out, i == 0 ? "{\"name\":" : ",{\"name\":");
        write_string_or_null(out, items[i].name);
        buf_string(out, ",\"email\":");
        json_write_string(out, items[i].email);
        buf_char(out, '}');
    }
    buf_char(out, ']');
}

static void write_groups(struct buf *out, const struct address_groups *groups)
{
    buf_char(out, '[');
    for (size_t i = 0; i < groups->count; i++) {
        const struct address_group *group = &groups->items[i];

        buf_string(out, i == 0 ? "{\"name\":" : ",{\"name\":");
        write_string_or_null(out, group->name);
        buf_string(out, ",\"addresses\":");
        write_addresses(out, group->count > 0 ? &groups->list.items[group->first] : NULL,
                        group->count);
        buf_char(out, '}');
    }
    buf_char(out, ']');
}

/* An array of strings; null when there is none. */
static void write_list(struct buf *out, const struct span *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buf_char(out, i == 0 ? '[' : ',');
        json_write_string(out, items[i]);
    }
    buf_string(out, count == 0 ? "null" : "]");
}

static void write_text(struct buf *out, struct span value, bool raw)
{
    struct buf text = BUF_INIT;

    if (raw)
        header_raw(&text, value);
    else
        header_text(&text, value);
    json_write_string(out, buf_view(&text));
    buf_release(&text);
}

static void write_date(struct buf *out, struct span value)
{
    struct date date;

    if (!header_date(value, &date)) {
        buf_string(out, "null");
        return;
    }
    buf_char(out, '"');
    date_write_offset(out, date);
    buf_char(out, '"');
}

/*
 * VALUE as UTF-8 when it holds octets that were never encoded, and the message's character set
 * explains all of them; else VALUE, for the guess that header_text makes.
 */
static struct span value_decode(struct arena *arena, struct span value, struct span charset)
{
    struct buf decoded = BUF_INIT;
    /* Text in ISO-2022 is all ASCII, but for the escapes. */
    bool escaped = span_begins_nocase(charset, SPAN("iso-2022")) && value.length > 0 &&
                   memchr(value.octets, '\x1b', value.length) != NULL;

    if (charset.length == 0 || (!escaped && utf8_valid(value)))
        return value;
    if (!charset_decode(&decoded, value, charset))
        value = (struct span){arena_copy(arena, decoded.octets, decoded.length), decoded.length};
    buf_release(&decoded);
    return value;
}

static void write_value(struct buf *out, struct arena *arena, struct span value, enum form form)
{
    struct address_list list = {NULL, 0, 0};
    struct address_groups groups = {.items = NULL};
    struct span *items;
    size_t count;

    switch (form) {
    case FORM_RAW:
    case FORM_TEXT:
        write_text(out, value, form == FORM_RAW);
        break;
    case FORM_ADDRESSES:
        header_addresses(arena, value, &list);
        write_addresses(out, list.items, list.count);
        break;
    case FORM_GROUPED_ADDRESSES:
        header_groups(arena, value, &groups);
        write_groups(out, &groups);
        break;
    case FORM_MESSAGE_IDS:
        items = header_message_ids(arena, value, &count);
        write_list(out, items, count);
        break;
    case FORM_DATE:
        write_date(out, value);
        break;
    case FORM_URLS:
        items = header_urls(arena, value, &count);
        write_list(out, items, count);
        break;
    }
}

/* Appends the array of all values; each is read in an arena of its own, since there may be many. */
static void write_all(struct buf *out, const struct header *header,
                      const struct form_property *property, struct span charset)
{
    struct arena arena = ARENA_INIT;
    size_t found = 0;

    buf_char(out, '[');
    for (size_t i = 0; i < header->count; i++) {
        const struct header_field *field = &header->fields[i];

        if (!span_equal_nocase(field->name, property->field))
            continue;
        if (found++ > 0)
            buf_char(out, ',');
        write_value(out, &arena, value_decode(&arena, field->value, charset), property->form);
        arena_clear(&arena);
    }
    buf_char(out, ']');
    arena_release(&arena);
}

void form_write(struct buf *out, struct arena *arena, const struct header *header,
                const struct form_property *property)
{
    struct span charset = property->form == FORM_RAW ? (struct span){NULL, 0} : header->charset;

    if (property->all) {
        write_all(out, header, property, charset);
        return;
    }
    for (size_t i = header->count; i-- > 0;) {
        struct span value = header->fields[i].value;

        if (span_equal_nocase(header->fields[i].name, property->field)) {
            write_value(out, arena, value_decode(arena, value, charset), property->form);
            return;
        }
    }
    buf_string(out, "null");
}
