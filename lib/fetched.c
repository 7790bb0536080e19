/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fetched.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "diag.h"
#include "file.h"
#include "house.h"

#define FIRST_LINE "postroom mail-fetch 1\n"
/* A million messages that stay on a POP server have 40 MB. */
#define RECORD_MAX ((size_t)1 << 30)
/* Lines that say nothing any more, beside as many as there are others, until the file is renewed.
 */
#define DEAD_LINES 64

struct entry {
    const char *id;
    enum fetched_state state;
    size_t line; /* the later counts */
};

struct fetched {
    struct arena arena; /* own: of what follows */
    const char *name;
    const char *path;
    int lock; /* own; -1: read only */
    int fd;   /* own; -1: read only */
    off_t length;
    uint32_t validity; /* 0: none is recorded */
    uint32_t upto;
    struct entry *entries; /* by id, each once, but for those of this run, which are not here */
    size_t count;
    size_t capacity;
    size_t lines; /* of the file, on messages */
};

static const char *const words[] = {[FETCHED_FAILED] = "failed",
                                    [FETCHED_LARGE] = "large",
                                    [FETCHED_REMOVE] = "remove",
                                    [FETCHED_DONE] = "done"};

static int by_id(const void *a, const void *b)
{
    const struct entry *left = a;
    const struct entry *right = b;
    int order = strcmp(left->id, right->id);

    return order != 0 ? order : (left->line > right->line) - (left->line < right->line);
}

/* Puts the entries in order and leaves the last of each id. */
static void sort_entries(struct fetched *record)
{
    size_t kept = 0;

    if (record->count == 0)
        return;
    qsort(record->entries, record->count, sizeof(*record->entries), by_id);
    for (size_t i = 0; i < record->count; i++)
        if (i + 1 == record->count || strcmp(record->entries[i].id, record->entries[i + 1].id) != 0)
            record->entries[kept++] = record->entries[i];
    record->count = kept;
}

static void add_entry(struct fetched *record, const char *id, enum fetched_state state)
{
    record->entries = arena_grow(&record->arena, record->entries, record->count, &record->capacity,
                                 sizeof(*record->entries));
    record->entries[record->count++] = (struct entry){id, state, record->lines++};
}

/* ---- the file -------------------------------------------------------------------------------- */

static bool read_number(struct span text, uint32_t *value)
{
    uint64_t number = 0;

    for (size_t i = 0; i < text.length; i++) {
        if (text.octets[i] < '0' || text.octets[i] > '9' || number > UINT32_MAX)
            return false;
        number = number * 10 + (uint64_t)(text.octets[i] - '0');
    }
    *value = (uint32_t)number;
    return text.length > 0 && number <= UINT32_MAX;
}

/* One line behind the two of the beginning. */
static bool read_record_line(struct fetched *record, struct span line)
{
    const char *blank = line.length > 0 ? memchr(line.octets, ' ', line.length) : NULL;
    struct span word;
    struct span value;

    if (blank == NULL)
        return false;
    word = (struct span){line.octets, (size_t)(blank - line.octets)};
    value = (struct span){blank + 1, line.length - word.length - 1};
    if (span_equal(word, SPAN("validity")))
        return read_number(value, &record->validity);
    if (span_equal(word, SPAN("upto")))
        return read_number(value, &record->upto);
    for (enum fetched_state state = FETCHED_FAILED; state <= FETCHED_DONE; state++)
        if (span_equal(word, span_of(words[state])) && value.length > 0) {
            add_entry(record, arena_copy(&record->arena, value.octets, value.length), state);
            return true;
        }
    return false;
}

static int parse(struct fetched *record, struct span text)
{
    struct span rest = text;
    size_t number = 2;

    if (!span_equal(span_line(&rest), SPAN(FIRST_LINE)))
        return diag(EX_CONFIG, record->path, "is no record of mail-fetch: name another --state");
    if (!span_equal(span_line(&rest),
                    span_of(arena_format(&record->arena, "mailbox %s\n", record->name))))
        return diag(EX_CONFIG, record->path, "is the record of another mailbox");
    record->length = (off_t)(text.length - rest.length);
    while (rest.length > 0) {
        struct span line = span_line(&rest);

        number++;
        /* Torn: the process or the machine died here. NULs are blocks that never came to disk. */
        if (line.octets[line.length - 1] != '\n' || line.octets[0] == '\0')
            break;
        if (memchr(line.octets, '\0', line.length) != NULL ||
            !read_record_line(record, span_chomp(line)))
            return diag(EX_CONFIG, record->path,
                        "line %zu is none of mail-fetch: mend or remove the file (without it all "
                        "messages are new)",
                        number);
        record->length = (off_t)(text.length - rest.length);
    }
    return 0;
}

/* Writes the whole file, with what the record knows. */
static int renew_file(struct fetched *record)
{
    struct buf text = BUF_INIT;
    int code;

    buf_format(&text, FIRST_LINE "mailbox %s\n", record->name);
    if (record->validity != 0)
        buf_format(&text, "validity %lu\n", (unsigned long)record->validity);
    if (record->upto != 0)
        buf_format(&text, "upto %lu\n", (unsigned long)record->upto);
    for (size_t i = 0; i < record->count; i++)
        buf_format(&text, "%s %s\n", words[record->entries[i].state], record->entries[i].id);
    code = file_replace(record->path, buf_view(&text), 0660);
    record->length = (off_t)text.length;
    record->lines = record->count;
    buf_release(&text);
    if (code != 0)
        return EX_TEMPFAIL;
    if (record->fd >= 0)
        close(record->fd);
    record->fd = open(record->path, O_RDWR | O_APPEND | O_CLOEXEC);
    return record->fd >= 0 ? 0 : diag_errno(EX_TEMPFAIL, record->path, "cannot open");
}

/* `imap-HOST-DIGEST`: people see what it is, and no two mailboxes meet. */
static const char *file_name(struct arena *arena, const char *name)
{
    const char *host = strrchr(name, '@');
    unsigned char digest[32];
    struct buf out = BUF_INIT;
    const char *made;

    digest_sha256(digest, span_of(name));
    buf_add(&out, name, strcspn(name, ":"));
    buf_char(&out, '-');
    for (host = host != NULL ? host + 1 : ""; *host != '\0' && *host != '/'; host++)
        buf_char(&out, *host == '[' || *host == ']' || *host == ':' ? '_' : *host);
    buf_char(&out, '-');
    buf_hex(&out, digest, 8);
    made = arena_copy(arena, out.octets, out.length);
    buf_release(&out);
    return made;
}

static int lock(struct fetched *record, const char *folder, unsigned mode)
{
    int code = file_make_folder(folder, (mode_t)mode);

    if (code == 0)
        code =
            file_lock(arena_format(&record->arena, "%s.lock", record->path), false, &record->lock);
    if (code == 0 && record->lock < 0)
        return diag(EX_TEMPFAIL, record->name, "another mail-fetch is at work on this mailbox");
    return code != 0 ? EX_TEMPFAIL : 0;
}

static int load(struct fetched *record)
{
    struct buf text = BUF_INIT;
    bool there = access(record->path, F_OK) == 0;
    int code = 0;

    if (there) {
        code = file_read(record->path, &text, RECORD_MAX);
        code = code != 0 ? EX_TEMPFAIL : parse(record, buf_view(&text));
        sort_entries(record);
    } else if (errno != ENOENT && errno != ENOTDIR) {
        code = diag_errno(EX_TEMPFAIL, record->path, "cannot look at it");
    }
    if (code == 0 && record->lock >= 0) {
        /* A torn line goes, so that the next does not grow on it. */
        if (!there || record->length != (off_t)text.length)
            code = renew_file(record);
        else if ((record->fd = open(record->path, O_RDWR | O_APPEND | O_CLOEXEC)) < 0)
            code = diag_errno(EX_TEMPFAIL, record->path, "cannot open");
    }
    buf_release(&text);
    return code;
}

int fetched_open(const char *folder, unsigned mode, const char *name, bool read_only,
                 struct fetched **record)
{
    struct fetched *made = memory_take(sizeof(*made));
    int code = 0;

    *made = (struct fetched){.lock = -1, .fd = -1};
    *record = made;
    made->name = arena_string(&made->arena, name);
    made->path = arena_format(&made->arena, "%s/%s", folder, file_name(&made->arena, name));
    if (!read_only)
        code = lock(made, folder, mode);
    return code == 0 ? load(made) : code;
}

void fetched_close(struct fetched *record)
{
    if (record == NULL)
        return;
    if (record->fd >= 0)
        close(record->fd);
    if (record->lock >= 0)
        close(record->lock);
    arena_release(&record->arena);
    free(record);
}

/* ---- what is known --------------------------------------------------------------------------- */

int fetched_renew(struct fetched *record, uint32_t validity)
{
    if (validity == record->validity)
        return 0;
    if (record->validity != 0)
        diag_note("%s: the server numbers its messages anew (UIDVALIDITY was %lu, is %lu): all of "
                  "them count as new, and those that come again are duplicates for dedupe",
                  record->name, (unsigned long)record->validity, (unsigned long)validity);
    record->validity = validity;
    record->upto = 0;
    record->count = 0;
    return record->lock >= 0 ? renew_file(record) : 0;
}

uint32_t fetched_upto(const struct fetched *record)
{
    return record->upto;
}

enum fetched_state fetched_look(const struct fetched *record, const char *id)
{
    struct entry key = {.id = id};
    size_t from = 0;
    size_t until = record->count;
    uint32_t uid;

    if (record->validity != 0 && read_number(span_of(id), &uid) && uid <= record->upto)
        return FETCHED_DONE;
    while (from < until) {
        size_t middle = from + (until - from) / 2;
        int order = strcmp(key.id, record->entries[middle].id);

        if (order == 0)
            return record->entries[middle].state;
        if (order < 0)
            until = middle;
        else
            from = middle + 1;
    }
    return FETCHED_NEW;
}

int fetched_mark(struct fetched *record, const char *id, enum fetched_state state)
{
    struct buf line = BUF_INIT;
    int code;

    buf_format(&line, "%s %s\n", words[state], id);
    code = file_write_all(record->fd, record->path, line.octets, line.length);
    if (code == 0 && state >= FETCHED_REMOVE && fdatasync(record->fd) != 0)
        code = diag_errno(EX_TEMPFAIL, record->path, "cannot be written to disk");
    if (code == 0)
        record->length += (off_t)line.length;
    else if (ftruncate(record->fd, record->length) != 0) /* the next opening cuts what is torn */
        code = EX_TEMPFAIL;
    record->lines++;
    buf_release(&line);
    return code != 0 ? EX_TEMPFAIL : 0;
}

static int compare_strings(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int fetched_tidy(struct fetched *record, const char *const *ids, size_t count, uint32_t upto)
{
    const char **sorted = arena_array(&record->arena, count + 1, sizeof(*sorted));
    size_t kept = 0;
    size_t next = 0;

    if (count > 0)
        memcpy(sorted, ids, count * sizeof(*sorted));
    qsort(sorted, count, sizeof(*sorted), compare_strings);
    record->upto = upto;
    for (size_t i = 0; i < record->count; i++) {
        const char *id = record->entries[i].id;
        uint32_t uid;

        while (next < count && strcmp(sorted[next], id) < 0)
            next++;
        if (next < count && strcmp(sorted[next], id) == 0 &&
            !(record->validity != 0 && read_number(span_of(id), &uid) && uid <= upto))
            record->entries[kept++] = record->entries[i];
    }
    record->count = kept;
    return record->lines > 2 * kept + DEAD_LINES ? renew_file(record) : 0;
}
