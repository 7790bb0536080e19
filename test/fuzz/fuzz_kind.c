/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Envelope, time, trust, kind and control lines of any octets. */
#include <stdint.h>
#include <stdlib.h>

#include "control.h"
#include "email.h"
#include "envelope.h"
#include "kind.h"
#include "text.h"
#include "trust.h"
#include "utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const hosts[] = {"mx.b.example"};
static const char *const addresses[] = {"help@b.example"};
static const struct config_brand brands[] = {{.id = "b",
                                              .name = "Brand",
                                              .from = "help@b.example",
                                              .addresses = addresses,
                                              .address_count = 1}};
static const struct config_spam spam[] = {
    {.field = "X-Spam-Flag", .pattern = "^(y|ye|yes)+$", .file = "fuzz"}};
static const struct config config = {.limits = LIMITS_DEFAULT,
                                     .brands = brands,
                                     .brand_count = 1,
                                     .spam = spam,
                                     .spam_count = 1,
                                     .authserv = "mx.b.example",
                                     .trusted_hosts = hosts,
                                     .trusted_host_count = 1};

/* What is written into JSON must be valid UTF-8. */
static void check(const char *text)
{
    if (text != NULL && !utf8_valid(span_of(text)))
        abort();
}

static void find(struct arena *arena, struct mime *mime, const char *path,
                 const struct mail_address *from)
{
    struct kind_facts facts = {.arena = arena, .mime = mime, .return_path = path};
    struct kind_reader *reader = kind_open(&config);
    struct kind kind;

    if (from != NULL)
        facts.from = arena_copy(arena, from->email.octets, from->email.length);
    bool is_html;

    facts.text = text_new(arena, email_best_text(mime, &is_html), NULL);
    if (kind_find(reader, &facts, &kind) != 0 || kind.value == NULL)
        abort();
    check(kind.why);
    check(kind.report.status);
    check(kind.report.diagnostic);
    check(kind.report.returned);
    for (size_t i = 0; i < kind.report.recipient_count; i++) {
        check(kind.report.recipients[i].address);
        check(kind.report.recipients[i].status);
        check(kind.report.recipients[i].diagnostic);
    }
    for (size_t i = 0; i < kind.report.returned_to.count; i++)
        check(kind.report.returned_to.items[i]);
    for (size_t i = 0; i < kind.report.returned_from.count; i++)
        check(kind.report.returned_from.items[i]);
    kind_close(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span octets = {(const char *)data, size};
    struct span line = octets;
    struct arena arena = ARENA_INIT;
    struct mime *mime = mime_parse(&arena, octets, &config.limits);
    struct span header = mime->root->header.octets;
    struct address_list list = {NULL, 0, 0};
    const struct header_field *field = header_last(&mime->root->header, "From");
    struct envelope_time_facts facts = {header, span_line(&line), NULL, INT64_MIN, 1795420800};
    struct envelope envelope;
    struct control_line *lines;
    struct trust trust;
    struct span text;
    bool is_html;

    if (field != NULL)
        header_addresses(&arena, field->value, &list);
    envelope_read(&arena, header, facts.from_line, &envelope);
    check(envelope.mail_from);
    check(envelope.rcpt_to);
    envelope_time(&config, &facts);
    trust_read(&arena, &config, header, &mime->root->header, list.count > 0 ? list.items : NULL,
               &trust);
    find(&arena, mime, envelope.mail_from, list.count > 0 ? list.items : NULL);
    find(&arena, mime, "", list.count > 0 ? list.items : NULL);
    text = email_best_text(mime, &is_html);
    control_take(&arena, &text, &lines);
    arena_release(&arena);
    return 0;
}
