/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reject.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "arena.h"
#include "date.h"
#include "diag.h"
#include "event.h"
#include "file.h"
#include "house.h"

void reject_add(struct reject_list *list, const struct stream_reject *rejected)
{
    struct rejected *item;
    struct buf where = BUF_INIT;

    if (list->count == list->capacity) {
        list->capacity = list->capacity != 0 ? list->capacity * 2 : 8;
        list->items = memory_resize(list->items, list->capacity * sizeof(*list->items));
    }
    item = &list->items[list->count++];
    buf_init(&item->octets);
    item->cut = rejected->cut;
    buf_span(&item->octets, rejected->octets);
    blob_id(item->digest, rejected->octets);
    buf_format(&where, "%s, line %llu", rejected->input, (unsigned long long)rejected->number);
    diag(0, buf_cstring(&where), "rejected, %s: its %zu octets (%s) are kept", rejected->reason,
         rejected->octets.length, item->digest);
    buf_release(&where);
}

/* Appends all of LIST to FILE in one write, so that programs that share it do not mix lines. */
static int append(const struct reject_list *list, const char *file)
{
    struct buf text = BUF_INIT;
    int fd = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    int code;

    if (fd < 0)
        return diag_errno(EX_TEMPFAIL, file, "cannot open for what is rejected");
    for (size_t i = 0; i < list->count; i++) {
        buf_span(&text, buf_view(&list->items[i].octets));
        buf_char(&text, '\n');
    }
    code = file_write_all(fd, file, buf_cstring(&text), text.length);
    buf_release(&text);
    if (code == 0 && fsync(fd) != 0 && errno != EINVAL && errno != EROFS)
        code = diag_errno(EX_TEMPFAIL, file, "cannot sync");
    if (close(fd) != 0 && code == 0)
        code = diag_errno(EX_TEMPFAIL, file, "cannot close");
    return code;
}

static int keep_one(const struct rejected *item, const char *folder)
{
    struct buf path = BUF_INIT;
    int code;

    buf_format(&path, "%s/rejected", folder);
    code = file_make_folder(buf_cstring(&path), 0700);
    buf_format(&path, "/%s", item->digest);
    if (code == 0)
        code = file_replace(buf_cstring(&path), buf_view(&item->octets), 0600);
    buf_release(&path);
    return code;
}

static int show(const struct rejected *item)
{
    struct buf text = BUF_INIT;
    int code;

    buf_format(&text, "%s: rejected %s: ", diag_program(), item->digest);
    buf_base64(&text, buf_view(&item->octets));
    buf_char(&text, '\n');
    code = file_write_all(STDERR_FILENO, "standard error", buf_cstring(&text), text.length);
    buf_release(&text);
    return code;
}

int reject_keep(const struct reject_list *list, const char *file, const char *folder)
{
    int code = 0;

    if (list->count == 0)
        return 0;
    if (file != NULL)
        return append(list, file);
    for (size_t i = 0; code == 0 && i < list->count; i++)
        code = folder != NULL ? keep_one(&list->items[i], folder) : show(&list->items[i]);
    return code;
}

int reject_record(const struct reject_list *list, struct store *store)
{
    int code = 0;

    for (size_t i = 0; store != NULL && code == 0 && i < list->count; i++) {
        struct buf details = BUF_INIT;
        struct event event = {.name = "rejected",
                              .about = list->items[i].digest,
                              .blob_id = list->items[i].digest,
                              .program = diag_program()};

        if (list->items[i].cut)
            continue;
        code = clock_now(&event.time);
        buf_format(&details, "\"octets\":%zu", list->items[i].octets.length);
        event.details = buf_view(&details);
        if (code == 0)
            code = event_add(store, &event, NULL);
        buf_release(&details);
    }
    return code;
}

void reject_clear(struct reject_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        buf_release(&list->items[i].octets);
    list->count = 0;
}

void reject_release(struct reject_list *list)
{
    reject_clear(list);
    free(list->items);
    list->items = NULL;
    list->capacity = 0;
}
