/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pending.h"

#include "buf.h"
#include "file.h"
#include "outbox.h"

struct pending_mail {
    const char *name; /* of the file */
    struct span octets;
};

void pending_init(struct pending *pending)
{
    *pending = (struct pending){0};
    arena_init(&pending->arena);
}

void pending_add(struct pending *pending, const char *key, int64_t time, struct span mail)
{
    struct buf name = BUF_INIT;

    outbox_mail_name(&name, key, time);
    pending->mails = arena_grow(&pending->arena, pending->mails, pending->count, &pending->capacity,
                                sizeof(*pending->mails));
    pending->mails[pending->count++] = (struct pending_mail){
        .name = arena_string(&pending->arena, buf_cstring(&name)),
        .octets = {arena_copy(&pending->arena, mail.octets, mail.length), mail.length}};
    buf_release(&name);
}

int pending_deliver(struct pending *pending, const char *folder)
{
    int code = 0;

    for (size_t i = 0; i < pending->count && code == 0; i++)
        code = maildir_deliver(folder, pending->mails[i].name, pending->mails[i].octets);
    arena_clear(&pending->arena);
    pending->mails = NULL;
    pending->count = 0;
    pending->capacity = 0;
    return code;
}

void pending_release(struct pending *pending)
{
    arena_release(&pending->arena);
}
