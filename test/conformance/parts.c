/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * parts FILE ...: what our parser makes of each message, for the scorer beside it. Fields are
 * parted by tabs:
 *
 *     message  FILE OCTETS LIMITS       mask of limits that were hit
 *     part     ID DEPTH TYPE SIZE DIGEST LINES BEGIN BODY END TEXT
 *
 * Parts stand in their order in the message, those of inner messages too. ID is the partId, empty
 * for a multipart that has none; SIZE and DIGEST (SHA-256) are of the decoded body, `-` for a part
 * that has parts; LINES is DIGEST, but of a text with LF for each CR LF; BEGIN, BODY and END are
 * offsets in the file of the part, of its body and behind it, `-` inside an inner message that was
 * decoded; TEXT says whether the text of a text part is valid UTF-8: `valid`, `invalid`, or `-`.
 * SIZE ends in `!` when counting and decoding differ.
 *
 * The Email object ends at inner messages and has no digests: that is why there is this program.
 */
#include <inttypes.h>
#include <stdio.h>

#include "file.h"
#include "house.h"
#include "mime.h"
#include "utf8.h"

#define FILE_MAX ((size_t)1 << 30)

static void write_offset(const struct span octets, const char *at)
{
    uintptr_t place = (uintptr_t)at;
    uintptr_t begin = (uintptr_t)octets.octets;

    if (place >= begin && place <= begin + octets.length)
        printf("\t%zu", (size_t)(place - begin));
    else
        printf("\t-");
}

static void write_hash(struct span octets)
{
    unsigned char digest[32];

    digest_sha256(digest, octets);
    printf("\t");
    for (size_t i = 0; i < sizeof(digest); i++)
        printf("%02x", digest[i]);
}

/* Makes each CR LF of TEXT an LF. */
static void line_ends_unify(struct buf *text)
{
    size_t kept = 0;

    for (size_t i = 0; i < text->length; i++) {
        if (text->octets[i] != '\r' || i + 1 == text->length || text->octets[i + 1] != '\n')
            text->octets[kept++] = text->octets[i];
    }
    text->length = kept;
}

static void write_digests(struct mime_part *part)
{
    struct buf body = BUF_INIT;

    (void)mime_decode(&body, part, SIZE_MAX);
    printf("\t%zu%s", mime_size(part), mime_size(part) == body.length ? "" : "!");
    write_hash(buf_view(&body));
    if (mime_is(part, "text/"))
        line_ends_unify(&body);
    write_hash(buf_view(&body));
    buf_release(&body);
}

static void write_part(struct mime *mime, struct mime_part *part)
{
    struct buf id = BUF_INIT;

    mime_part_id(&id, part);
    printf("part\t%s\t%u\t%.*s", buf_cstring(&id), part->depth, (int)part->type.length,
           part->type.octets);
    if (part->child == NULL)
        write_digests(part);
    else
        printf("\t-\t-\t-");
    write_offset(mime->octets, part->octets.octets);
    write_offset(mime->octets, part->body.octets);
    write_offset(mime->octets, part->body.octets + part->body.length);
    if (part->child == NULL && mime_is(part, "text/"))
        printf("\t%s\n", utf8_valid(mime_text(mime, part)->text) ? "valid" : "invalid");
    else
        printf("\t-\n");
    buf_release(&id);
}

static int write_message(const char *path)
{
    static const struct limits limits = LIMITS_DEFAULT;
    struct arena arena = ARENA_INIT;
    struct buf octets = BUF_INIT;
    int code = file_read(path, &octets, FILE_MAX);

    if (code == 0) {
        struct mime *mime = mime_parse(&arena, buf_view(&octets), &limits);

        printf("message\t%s\t%zu\t%u\n", path, octets.length, mime->limits_hit);
        for (struct mime_part *part = mime->root; part != NULL; part = mime_next(part, true))
            write_part(mime, part);
    }
    buf_release(&octets);
    arena_release(&arena);
    return code;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        int code = write_message(argv[i]);

        if (code != 0)
            return code;
    }
    return fflush(stdout) == 0 ? 0 : 74;
}
