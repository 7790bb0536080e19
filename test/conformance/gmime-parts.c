/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gmime-parts FILE ...: what GMime makes of each message, for the scorer beside it:
 *
 *     message  FILE
 *     part     DEPTH TYPE DIGEST LINES
 *
 * as `parts` has it, DIGEST `-` for a part that has parts. A multipart in which GMime finds no part
 * has one text/plain part here, its preamble.
 */
#include <gmime/gmime.h>
#include <stdio.h>
#include <string.h>

static void write_hash(const guint8 *octets, gsize length)
{
    gchar *digest = g_compute_checksum_for_data(G_CHECKSUM_SHA256, octets, length);

    printf("\t%s", digest);
    g_free(digest);
}

static void write_digests(const char *type, const guint8 *octets, gsize length)
{
    GByteArray *lines = g_byte_array_new();

    write_hash(octets, length);
    for (gsize i = 0; i < length; i++) {
        if (strncmp(type, "text/", 5) != 0 || octets[i] != '\r' || i + 1 == length ||
            octets[i + 1] != '\n')
            g_byte_array_append(lines, octets + i, 1);
    }
    write_hash(lines->data, lines->len);
    printf("\n");
    g_byte_array_free(lines, TRUE);
}

static void write_type(const char *type, unsigned depth)
{
    gchar *lower = g_ascii_strdown(type, -1);

    printf("part\t%u\t%s", depth, lower);
    g_free(lower);
}

static void write_leaf(GMimeObject *object, const char *type, unsigned depth)
{
    GMimeStream *memory = g_mime_stream_mem_new();
    GMimeDataWrapper *content =
        GMIME_IS_PART(object) ? g_mime_part_get_content(GMIME_PART(object)) : NULL;
    GByteArray *octets;

    if (content != NULL)
        g_mime_data_wrapper_write_to_stream(content, memory);
    octets = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory));
    write_type(type, depth);
    write_digests(type, octets->data, octets->len);
    g_object_unref(memory);
}

static void write_object(GMimeObject *object, unsigned depth)
{
    gchar *type = g_mime_content_type_get_mime_type(g_mime_object_get_content_type(object));

    if (GMIME_IS_MULTIPART(object)) {
        GMimeMultipart *multipart = GMIME_MULTIPART(object);
        int count = g_mime_multipart_get_count(multipart);
        const char *preamble = g_mime_multipart_get_prologue(multipart);

        write_type(type, depth);
        printf("\t-\t-\n");
        for (int i = 0; i < count; i++)
            write_object(g_mime_multipart_get_part(multipart, i), depth + 1);
        if (count == 0) {
            preamble = preamble == NULL ? "" : preamble;
            write_type("text/plain", depth + 1);
            write_digests("text/plain", (const guint8 *)preamble, strlen(preamble));
        }
    } else if (GMIME_IS_MESSAGE_PART(object) &&
               g_mime_message_part_get_message(GMIME_MESSAGE_PART(object)) != NULL) {
        GMimeMessage *message = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));

        write_type(type, depth);
        printf("\t-\t-\n");
        write_object(g_mime_message_get_mime_part(message), depth + 1);
    } else {
        write_leaf(object, type, depth);
    }
    g_free(type);
}

int main(int argc, char **argv)
{
    g_mime_init();
    for (int i = 1; i < argc; i++) {
        gchar *octets = NULL;
        gsize length = 0;
        GMimeStream *stream;
        GMimeParser *parser;
        GMimeMessage *message;

        if (!g_file_get_contents(argv[i], &octets, &length, NULL))
            return 74;
        stream = g_mime_stream_mem_new_with_buffer(octets, length);
        parser = g_mime_parser_new_with_stream(stream);
        message = g_mime_parser_construct_message(parser, NULL);
        printf("message\t%s\n", argv[i]);
        if (message != NULL && g_mime_message_get_mime_part(message) != NULL)
            write_object(g_mime_message_get_mime_part(message), 0);
        if (message != NULL)
            g_object_unref(message);
        g_object_unref(parser);
        g_object_unref(stream);
        g_free(octets);
    }
    g_mime_shutdown();
    return fflush(stdout) == 0 ? 0 : 74;
}
