/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gmime-parse MBOX: what GMime needs for the job of postroom-parse.c. Each header field of each
 * part is decoded, the addresses of From, To, Cc and Reply-To are parsed, each text part is decoded
 * to UTF-8, each other part is decoded and counted. Prints what it found, so that one sees that
 * both do the same job. It is as fast as GMime can be used: the mailbox is in memory.
 */
#include <gmime/gmime.h>
#include <stdio.h>
#include <string.h>

static guint64 messages, fields, header_octets, addresses, texts, text_octets, others, other_octets;

static void read_headers(GMimeObject *object)
{
    GMimeHeaderList *list = g_mime_object_get_header_list(object);
    int count = g_mime_header_list_get_count(list);

    for (int i = 0; i < count; i++) {
        GMimeHeader *header = g_mime_header_list_get_header_at(list, i);
        const char *value = g_mime_header_get_value(header);

        fields++;
        if (value != NULL)
            header_octets += strlen(value);
    }
}

static void read_addresses(GMimeMessage *message)
{
    static const GMimeAddressType types[] = {GMIME_ADDRESS_TYPE_FROM, GMIME_ADDRESS_TYPE_TO,
                                             GMIME_ADDRESS_TYPE_CC, GMIME_ADDRESS_TYPE_REPLY_TO};

    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        InternetAddressList *list = g_mime_message_get_addresses(message, types[i]);

        addresses += (guint64)internet_address_list_length(list);
    }
}

static void read_part(GMimeObject *object)
{
    if (GMIME_IS_TEXT_PART(object)) {
        char *text = g_mime_text_part_get_text(GMIME_TEXT_PART(object));

        texts++;
        if (text != NULL)
            text_octets += strlen(text);
        g_free(text);
    } else if (GMIME_IS_PART(object)) {
        GMimeDataWrapper *content = g_mime_part_get_content(GMIME_PART(object));
        GMimeStream *null = g_mime_stream_null_new();
        ssize_t length = content != NULL ? g_mime_data_wrapper_write_to_stream(content, null) : 0;

        others++;
        if (length > 0)
            other_octets += (guint64)length;
        g_object_unref(null);
    }
}

static void read_message(GMimeMessage *message)
{
    GMimePartIter *parts = g_mime_part_iter_new(GMIME_OBJECT(message));

    messages++;
    read_headers(GMIME_OBJECT(message));
    read_addresses(message);
    /* Content-Type and its like are fields of the outermost part for GMime. */
    while (g_mime_part_iter_is_valid(parts)) {
        GMimeObject *object = g_mime_part_iter_get_current(parts);

        read_headers(object);
        read_part(object);
        if (!g_mime_part_iter_next(parts))
            break;
    }
    g_mime_part_iter_free(parts);
}

int main(int argc, char **argv)
{
    GMimeParserOptions *options;
    GMimeParser *parser;
    GMimeStream *stream;
    gchar *octets;
    gsize length;

    if (argc != 2 || !g_file_get_contents(argv[1], &octets, &length, NULL)) {
        fputs("gmime-parse: name a mailbox\n", stderr);
        return 64;
    }
    g_mime_init();
    options = g_mime_parser_options_new();
    stream = g_mime_stream_mem_new_with_buffer(octets, length);
    parser = g_mime_parser_new_with_stream(stream);
    g_mime_parser_set_format(parser, GMIME_FORMAT_MBOX);
    g_mime_parser_set_persist_stream(parser, TRUE);
    while (!g_mime_parser_eos(parser)) {
        GMimeMessage *message = g_mime_parser_construct_message(parser, options);

        if (message == NULL)
            continue;
        read_message(message);
        g_object_unref(message);
    }
    printf("%" G_GUINT64_FORMAT " messages, %" G_GUINT64_FORMAT " fields of %" G_GUINT64_FORMAT
           " octets, %" G_GUINT64_FORMAT " addresses, %" G_GUINT64_FORMAT
           " texts of %" G_GUINT64_FORMAT " octets, %" G_GUINT64_FORMAT
           " others of %" G_GUINT64_FORMAT " octets\n",
           messages, fields, header_octets, addresses, texts, text_octets, others, other_octets);
    g_object_unref(parser);
    g_object_unref(stream);
    g_mime_parser_options_free(options);
    g_free(octets);
    g_mime_shutdown();
    return 0;
}
