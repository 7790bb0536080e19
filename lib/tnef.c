/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tnef.h"

#include <stdint.h>

#define SIGNATURE 0x223e9f78U /* [MS-OXTNEF] section 2.1.1 */
#define HEADER 6              /* signature and key */
#define RECORD 9              /* level, identifier, length: what stands before the data */
#define CHECKSUM 2

/* Identifiers with their type, as they stand in a record. */
enum record {
    RECORD_BODY = 0x0002800c,
    RECORD_CODEPAGE = 0x00069007,
    RECORD_PROPERTIES = 0x00069003,
    RECORD_FILE = 0x00069002, /* begins an attachment */
    RECORD_FILE_DATA = 0x0006800f,
    RECORD_FILE_TITLE = 0x00018010,
    RECORD_FILE_PROPERTIES = 0x00069005
};

/* Identifiers of MAPI properties ([MS-OXPROPS]). */
enum property {
    PROPERTY_BODY = 0x1000,
    PROPERTY_RTF = 0x1009,
    PROPERTY_HTML = 0x1013,
    PROPERTY_DISPLAY_NAME = 0x3001,
    PROPERTY_FILE_DATA = 0x3701,
    PROPERTY_FILE_NAME = 0x3704,
    PROPERTY_FILE_LONG_NAME = 0x3707,
    PROPERTY_FILE_TYPE = 0x370e,
    PROPERTY_FILE_CID = 0x3712,
    PROPERTY_INTERNET_CODEPAGE = 0x3fde,
    PROPERTY_MESSAGE_CODEPAGE = 0x3ffd
};

enum property_type {
    TYPE_SHORT = 0x0002,
    TYPE_LONG = 0x0003,
    TYPE_FLOAT = 0x0004,
    TYPE_ERROR = 0x000a,
    TYPE_BOOLEAN = 0x000b,
    TYPE_OBJECT = 0x000d,
    TYPE_STRING = 0x001e,
    TYPE_UNICODE = 0x001f,
    TYPE_CLSID = 0x0048,
    TYPE_BINARY = 0x0102,
    TYPE_MANY = 0x1000 /* bit: several values */
};

/* A reader that never leaves its octets: what is not there reads as 0, and sets `short_of`. */
struct cursor {
    const unsigned char *at;
    size_t left;
    bool short_of;
};

static struct span cursor_take(struct cursor *cursor, size_t length)
{
    struct span taken = {(const char *)cursor->at, length};

    if (length > cursor->left) {
        taken.length = cursor->left;
        cursor->short_of = true;
    }
    cursor->at += taken.length;
    cursor->left -= taken.length;
    return taken;
}

static uint32_t cursor_number(struct cursor *cursor, size_t octets)
{
    struct span taken = cursor_take(cursor, octets);
    uint32_t number = 0;

    for (size_t i = taken.length; i-- > 0;)
        number = number << 8 | (unsigned char)taken.octets[i];
    return taken.length == octets ? number : 0;
}

static struct cursor cursor_of(struct span octets)
{
    const char *at = octets.octets != NULL ? octets.octets : "";

    return (struct cursor){(const unsigned char *)at, octets.length, false};
}

/* --- Properties ---------------------------------------------------------------------------------
 */

struct value {
    unsigned type;
    unsigned id;
    uint32_t number;    /* of fixed size */
    struct span octets; /* of any size: the first value */
};

static size_t fixed_size(unsigned type)
{
    switch (type) {
    case TYPE_SHORT:
    case TYPE_LONG:
    case TYPE_FLOAT:
    case TYPE_ERROR:
    case TYPE_BOOLEAN:
        return 4; /* shorter ones are padded */
    case TYPE_CLSID:
        return 16;
    default:
        return 8;
    }
}

static bool is_fixed(unsigned type)
{
    return type != TYPE_OBJECT && type != TYPE_STRING && type != TYPE_UNICODE &&
           type != TYPE_BINARY;
}

static void skip_padding(struct cursor *cursor, size_t length)
{
    (void)cursor_take(cursor, (4 - length % 4) % 4);
}

/* The name of a property that has one ([MS-OXTNEF] section 2.1.3.4). */
static void skip_name(struct cursor *cursor)
{
    (void)cursor_take(cursor, 16);
    if (cursor_number(cursor, 4) == 0) {
        (void)cursor_number(cursor, 4);
    } else {
        uint32_t length = cursor_number(cursor, 4);

        (void)cursor_take(cursor, length);
        skip_padding(cursor, length);
    }
}

/* Takes the next property; false at the end, and where the lengths lie. */
static bool property_next(struct cursor *cursor, struct value *value)
{
    unsigned type;
    uint32_t count = 1;

    *value = (struct value){.type = cursor_number(cursor, 2), .id = cursor_number(cursor, 2)};
    if (value->id >= 0x8000)
        skip_name(cursor);
    type = value->type & ~(unsigned)TYPE_MANY;
    if (!is_fixed(type) || type != value->type)
        count = cursor_number(cursor, 4);
    for (uint32_t i = 0; i < count && !cursor->short_of; i++) {
        if (is_fixed(type)) {
            struct span octets = cursor_take(cursor, fixed_size(type));
            struct cursor number = cursor_of(octets);

            if (i == 0)
                value->number = cursor_number(&number, type == TYPE_SHORT ? 2 : 4);
        } else {
            uint32_t length = cursor_number(cursor, 4);
            struct span octets = cursor_take(cursor, length);

            if (i == 0 && !cursor->short_of)
                value->octets = octets;
            skip_padding(cursor, length);
        }
    }
    /* The padding of the last value is often missing: what has a value counts. */
    return !cursor->short_of || value->octets.octets != NULL;
}

/* --- Texts --------------------------------------------------------------------------------------
 */

/* The name of a Windows code page, for `charset`. */
static const char *codepage_name(struct arena *arena, uint32_t codepage)
{
    switch (codepage) {
    case 0:
    case 1252:
    case 20127:
    case 28591:
        return "windows-1252";
    case 65001:
        return "utf-8";
    case 1200:
        return "utf-16le";
    case 20866:
        return "koi8-r";
    case 21866:
        return "koi8-u";
    case 50220:
    case 50221:
    case 50222:
        return "iso-2022-jp";
    case 51932:
        return "euc-jp";
    case 51949:
        return "euc-kr";
    case 52936:
    case 54936:
        return "gb18030";
    default:
        if (codepage >= 28592 && codepage <= 28605)
            return arena_format(arena, "iso-8859-%u", codepage - 28590);
        return codepage < 1300 ? arena_format(arena, "cp%u", codepage) : "windows-1252";
    }
}

/* OCTETS without the NUL that ends them. */
static struct span until_nul(struct span octets)
{
    const char *nul = octets.length == 0 ? NULL : memchr(octets.octets, '\0', octets.length);

    if (nul != NULL)
        octets.length = (size_t)(nul - octets.octets);
    return octets;
}

/* UTF-16 without the NUL that ends it. */
static struct span until_wide_nul(struct span octets)
{
    octets.length -= octets.length % 2;
    for (size_t i = 0; i < octets.length; i += 2) {
        if (octets.octets[i] == '\0' && octets.octets[i + 1] == '\0')
            octets.length = i;
    }
    return octets;
}

static struct tnef_text text_of(const struct value *value)
{
    if (value->type == TYPE_UNICODE)
        return (struct tnef_text){until_wide_nul(value->octets), "utf-16le"};
    if (value->type == TYPE_STRING)
        return (struct tnef_text){until_nul(value->octets), NULL};
    return (struct tnef_text){{NULL, 0}, NULL};
}

static void take_text(struct tnef_text *to, const struct value *value)
{
    struct tnef_text text = text_of(value);

    if (text.octets.length > 0)
        *to = text;
}

/* --- The records --------------------------------------------------------------------------------
 */

struct reader {
    struct arena *arena;
    struct tnef *tnef;
    size_t capacity;
    size_t files_max;
    struct tnef_file *file; /* that the records now speak of; NULL: none, or too many */
    uint32_t codepage;
    uint32_t internet_codepage; /* of the HTML; 0: not told */
};

static void read_message_properties(struct reader *reader, struct span data)
{
    struct cursor cursor = cursor_of(data);
    uint32_t count = cursor_number(&cursor, 4);
    struct value value;

    for (uint32_t i = 0; i < count && property_next(&cursor, &value); i++) {
        if (value.id == PROPERTY_BODY)
            take_text(&reader->tnef->plain, &value);
        else if (value.id == PROPERTY_RTF && value.type == TYPE_BINARY)
            reader->tnef->rtf = value.octets;
        else if (value.id == PROPERTY_HTML && value.type == TYPE_BINARY)
            reader->tnef->html = (struct tnef_text){value.octets, NULL};
        else if (value.id == PROPERTY_HTML)
            take_text(&reader->tnef->html, &value);
        else if (value.id == PROPERTY_INTERNET_CODEPAGE && value.type == TYPE_LONG)
            reader->internet_codepage = value.number;
        else if (value.id == PROPERTY_MESSAGE_CODEPAGE && value.type == TYPE_LONG &&
                 reader->codepage == 0)
            reader->codepage = value.number;
    }
}

/* Data of a file: an object begins with its interface; that of a message (IMessage) is TNEF. */
static void take_file_data(struct tnef_file *file, const struct value *value)
{
    struct span data = value->octets;

    if (value->type == TYPE_OBJECT && data.length >= 16) {
        data.octets += 16;
        data.length -= 16;
        file->is_message = tnef_is(data);
    }
    if (data.length > 0)
        file->data = data;
}

static void read_file_properties(struct tnef_file *file, struct span data)
{
    struct cursor cursor = cursor_of(data);
    uint32_t count = cursor_number(&cursor, 4);
    struct tnef_text long_name = {{NULL, 0}, NULL};
    struct value value;

    for (uint32_t i = 0; i < count && property_next(&cursor, &value); i++) {
        switch (value.id) {
        case PROPERTY_FILE_LONG_NAME:
            take_text(&long_name, &value);
            break;
        case PROPERTY_DISPLAY_NAME:
        case PROPERTY_FILE_NAME:
            if (file->name.octets.octets == NULL)
                take_text(&file->name, &value);
            break;
        case PROPERTY_FILE_TYPE:
            if (value.type == TYPE_STRING)
                file->type = until_nul(value.octets);
            break;
        case PROPERTY_FILE_CID:
            if (value.type == TYPE_STRING)
                file->cid = until_nul(value.octets);
            break;
        case PROPERTY_FILE_DATA:
            take_file_data(file, &value);
            break;
        default:
            break;
        }
    }
    if (long_name.octets.octets != NULL)
        file->name = long_name;
}

static void begin_file(struct reader *reader)
{
    struct tnef *tnef = reader->tnef;

    reader->file = NULL;
    if (tnef->count >= reader->files_max)
        return;
    tnef->files = arena_grow(reader->arena, tnef->files, tnef->count, &reader->capacity,
                             sizeof(*tnef->files));
    reader->file = &tnef->files[tnef->count++];
    *reader->file = (struct tnef_file){.name = {{NULL, 0}, NULL}};
}

static void read_record(struct reader *reader, uint32_t id, struct span data)
{
    struct cursor cursor = cursor_of(data);

    if (id == RECORD_FILE)
        begin_file(reader);
    else if (id == RECORD_CODEPAGE)
        reader->codepage = cursor_number(&cursor, 4);
    else if (id == RECORD_PROPERTIES)
        read_message_properties(reader, data);
    else if (id == RECORD_BODY && reader->tnef->plain.octets.octets == NULL)
        reader->tnef->plain = (struct tnef_text){until_nul(data), NULL};
    else if (reader->file == NULL)
        return;
    else if (id == RECORD_FILE_DATA)
        reader->file->data = data;
    else if (id == RECORD_FILE_TITLE)
        reader->file->name = (struct tnef_text){until_nul(data), NULL};
    else if (id == RECORD_FILE_PROPERTIES)
        read_file_properties(reader->file, data);
}

bool tnef_is(struct span octets)
{
    struct cursor cursor = cursor_of(octets);

    return cursor_number(&cursor, 4) == SIGNATURE;
}

bool tnef_read(struct arena *arena, struct span octets, size_t files_max, struct tnef *tnef)
{
    struct reader reader = {.arena = arena, .tnef = tnef, .files_max = files_max};
    struct cursor cursor = cursor_of(octets);
    const char *charset;

    *tnef = (struct tnef){.files = NULL};
    if (!tnef_is(octets))
        return false;
    (void)cursor_take(&cursor, HEADER);
    while (cursor.left >= RECORD && !cursor.short_of) {
        uint32_t id;
        uint32_t length;

        (void)cursor_number(&cursor, 1);
        id = cursor_number(&cursor, 4);
        length = cursor_number(&cursor, 4);
        read_record(&reader, id, cursor_take(&cursor, length));
        (void)cursor_take(&cursor, CHECKSUM);
    }
    charset = codepage_name(arena, reader.codepage);
    for (size_t i = 0; i < tnef->count; i++) {
        if (tnef->files[i].name.charset == NULL)
            tnef->files[i].name.charset = charset;
    }
    if (tnef->plain.charset == NULL)
        tnef->plain.charset = charset;
    if (tnef->html.charset == NULL && reader.internet_codepage != 0)
        tnef->html.charset = codepage_name(arena, reader.internet_codepage);
    return true;
}

/* --- Compressed RTF -----------------------------------------------------------------------------
 */

#define WINDOW 4096
#define RTF_HEADER 16
#define RTF_COMPRESSED 0x75465a4cU /* "LZFu" */
#define RTF_PLAIN 0x414c454dU      /* "MELA" */

/* What the window holds at the beginning ([MS-OXRTFCP] section 2.1.2.1). */
static const char dictionary[] =
    "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss "
    "\\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier"
    "{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

/* The octets behind the header; see tnef_rtf. */
static void inflate(struct buf *out, struct cursor *cursor, size_t limit)
{
    char window[WINDOW] = {0};
    size_t write = sizeof(dictionary) - 1;
    size_t start = out->length;

    memcpy(window, dictionary, write);
    while (cursor->left > 0) {
        unsigned control = cursor_number(cursor, 1);

        for (unsigned bit = 0; bit < 8 && cursor->left > 0; bit++, control >>= 1) {
            size_t read = write;
            size_t length = 1;

            if ((control & 1) == 0) {
                window[write] = cursor_take(cursor, 1).octets[0];
            } else {
                unsigned high = cursor_number(cursor, 1);
                unsigned low = cursor_number(cursor, 1);

                read = high << 4 | low >> 4;
                length = (low & 15) + 2;
                if (cursor->short_of || read == write)
                    return; /* the sign of the end */
            }
            for (; length > 0; length--) {
                if (out->length - start >= limit)
                    return;
                window[write] = window[read];
                buf_char(out, window[write]);
                write = (write + 1) % WINDOW;
                read = (read + 1) % WINDOW;
            }
        }
    }
}

bool tnef_rtf(struct buf *out, struct span compressed, size_t limit)
{
    struct cursor cursor = cursor_of(compressed);
    uint32_t size;
    uint32_t raw;
    uint32_t form;

    size = cursor_number(&cursor, 4);
    raw = cursor_number(&cursor, 4);
    form = cursor_number(&cursor, 4);
    (void)cursor_number(&cursor, 4);
    if (compressed.length < RTF_HEADER)
        return false;
    /* The size counts from behind itself; one that lies is passed over. */
    if (size >= RTF_HEADER - 4 && size - (RTF_HEADER - 4) < cursor.left)
        cursor.left = size - (RTF_HEADER - 4);
    if (limit > raw)
        limit = raw;
    if (form == RTF_PLAIN)
        buf_span(out, cursor_take(&cursor, limit < cursor.left ? limit : cursor.left));
    else if (form == RTF_COMPRESSED)
        inflate(out, &cursor, limit);
    return form == RTF_PLAIN || form == RTF_COMPRESSED;
}
