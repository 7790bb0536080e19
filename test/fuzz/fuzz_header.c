/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any octets are a header section: every field in every form is JSON, the steps of a forged trace
 * are no crash, and what the headers promise holds.
 */
#include <stdlib.h>

#include "address.h"
#include "charset.h"
#include "envelope.h"
#include "forms.h"
#include "json.h"
#include "likeness.h"
#include "parameter.h"
#include "trust.h"
#include "utf8.h"

static const char *const brand_addresses[] = {"help@shop.example"};
static const struct config_brand brands[] = {{.id = "shop",
                                              .name = "Bright Shop",
                                              .from = "help@shop.example",
                                              .addresses = brand_addresses,
                                              .address_count = 1}};
static const char *const hosts[] = {"mx.shop.example"};
static const struct config config = {.authserv = "mx.shop.example",
                                     .trusted_hosts = hosts,
                                     .trusted_host_count = 1,
                                     .brands = brands,
                                     .brand_count = 1};

/* abort() so that a promise that is broken counts as a crash, also without assertions. */
static void must(bool promise)
{
    if (!promise)
        abort();
}

/* Every form of the field NAME, with and without `all`, is a JSON value. */
static void check_forms(struct arena *arena, const struct header *header, struct span name)
{
    static const enum form forms[] = {
        FORM_RAW,         FORM_TEXT, FORM_ADDRESSES, FORM_GROUPED_ADDRESSES,
        FORM_MESSAGE_IDS, FORM_DATE, FORM_URLS};

    for (size_t i = 0; i < 2 * sizeof(forms) / sizeof(forms[0]); i++) {
        const struct form_property property = {
            .field = name, .form = forms[i / 2], .all = i % 2 == 1};
        struct json_index index;
        struct json_error error;
        struct buf out = BUF_INIT;

        buf_string(&out, "{\"x\":");
        form_write(&out, arena, header, &property);
        buf_char(&out, '}');
        must(json_scan(buf_view(&out), arena, &index, &error));
        must(!property.all || index.members[0].value.octets[0] == '[');
        buf_release(&out);
    }
}

static void check_value(struct arena *arena, struct span value)
{
    struct address_groups groups = {.items = NULL};
    struct address_list list = {NULL, 0, 0};
    struct parameters parameters;
    struct likeness likeness;
    struct buf text = BUF_INIT;
    size_t grouped = 0;

    header_addresses(arena, value, &list);
    header_groups(arena, value, &groups);
    must(list.count == groups.list.count);
    for (size_t i = 0; i < groups.count; i++) {
        must(groups.items[i].first == grouped);
        grouped += groups.items[i].count;
    }
    must(grouped == list.count);
    for (size_t i = 0; i < list.count; i++)
        must(list.items[i].email.length > 0 &&
             span_equal(list.items[i].email, groups.list.items[i].email));
    header_parameters(arena, value, &parameters);
    for (size_t i = 0; i < parameters.count; i++)
        must(utf8_valid(parameters.items[i].value));
    header_text(&text, value);
    must(utf8_valid(buf_view(&text)));
    likeness_make(&likeness, buf_view(&text));
    must(likeness.letters.length == likeness.starts.length);
    must(utf8_valid(buf_view(&likeness.letters)));
    likeness_release(&likeness);
    buf_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct limits limits = LIMITS_DEFAULT;
    struct arena arena = ARENA_INIT;
    struct span octets = {(const char *)data, size};
    struct envelope_time_facts facts = {.file_time = 7, .now = 1795420800};
    struct address_list from = {NULL, 0, 0};
    const struct header_field *field;
    struct form_property property;
    struct envelope envelope;
    struct header header;
    struct trust trust;
    struct span body;
    unsigned hit = 0;

    limits.fields = 12;
    limits.field_size = 3000;
    header_read(&arena, octets, &limits, &header, &body, &hit);
    must(header.count <= limits.fields);
    must(body.octets + body.length == octets.octets + octets.length);
    for (size_t i = 0; i < header.count; i++) {
        check_forms(&arena, &header, header.fields[i].name);
        check_value(&arena, header.fields[i].value);
    }
    field = header_last(&header, "From");
    if (field != NULL)
        header_addresses(&arena, field->value, &from);
    trust_read(&arena, &config, header.octets, &header, from.count > 0 ? &from.items[0] : NULL,
               &trust);
    must(!trust.aligned || trust.spf != NULL || trust.dkim != NULL || trust.dmarc != NULL);
    envelope_read(&arena, header.octets, octets, &envelope);
    facts.header = header.octets;
    must(envelope_time(&config, &facts) <= facts.now + 24 * 3600);
    (void)form_read(octets, &property);
    arena_release(&arena);
    charset_release();
    return 0;
}
