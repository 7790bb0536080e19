/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "imap-token.h"

static enum imap_token read_quoted(struct imap_reader *reader)
{

    for (;;) {
        int octet = wire_next(reader->wire);

        if (octet == '"')
            return IMAP_QUOTED;
        if (octet == '\\')
            octet = wire_next(reader->wire);
        if (octet < 0 || octet == '\r' || octet == '\n' || reader->text.length >= IMAP_TOKEN_MAX)
            return IMAP_FAILED;
        buf_char(&reader->text, (char)octet);
    }
}

/* `123}` CR LF behind the brace. */
static enum imap_token read_literal(struct imap_reader *reader)
{
    int octet;

    reader->literal = 0;
    while ((octet = wire_next(reader->wire)) >= '0' && octet <= '9' && reader->literal < 1ULL << 50)
        reader->literal = reader->literal * 10 + (uint64_t)(octet - '0');
    if (octet == '+')
        octet = wire_next(reader->wire);
    if (octet != '}' || wire_next(reader->wire) != '\r' || wire_next(reader->wire) != '\n')
        return IMAP_FAILED;
    return IMAP_LITERAL;
}

enum imap_token imap_token_next(struct imap_reader *reader)
{
    int octet;

    buf_clear(&reader->text);
    while ((octet = wire_next(reader->wire)) == ' ')
        ;
    switch (octet) {
    case -1:
        return IMAP_FAILED;
    case '\r':
        return wire_next(reader->wire) == '\n' ? IMAP_END : IMAP_FAILED;
    case '\n':
        return IMAP_END;
    case '(':
        return IMAP_OPEN;
    case ')':
        return IMAP_CLOSE;
    case '"':
        return read_quoted(reader);
    case '{':
        return read_literal(reader);
    default:
        break;
    }
    for (;;) {
        buf_char(&reader->text, (char)octet);
        octet = wire_peek(reader->wire);
        if (octet < 0)
            return IMAP_FAILED;
        if (octet == ' ' || octet == '(' || octet == ')' || octet == '\r' || octet == '\n')
            return IMAP_ATOM;
        if (reader->text.length >= IMAP_TOKEN_MAX)
            return IMAP_FAILED;
        (void)wire_next(reader->wire);
    }
}

int imap_token_literal(struct imap_reader *reader, remote_sink *sink, void *data)
{
    uint64_t left = reader->literal;

    while (left > 0) {
        struct span piece =
            wire_piece(reader->wire, left < SIZE_MAX ? (size_t)left : SIZE_MAX, false);
        int code = wire_code(reader->wire);

        if (code == 0 && sink != NULL)
            code = wire_fail(reader->wire, sink(data, piece));
        if (code != 0)
            return code;
        left -= piece.length;
    }
    return 0;
}

bool imap_token_skip(struct imap_reader *reader, enum imap_token token)
{
    size_t depth = 0;

    for (;; token = imap_token_next(reader)) {
        if (token == IMAP_LITERAL && imap_token_literal(reader, NULL, NULL) != 0)
            return false;
        if (token == IMAP_FAILED || token == IMAP_END || (token == IMAP_CLOSE && depth == 0))
            return false;
        if (token == IMAP_OPEN)
            depth++;
        if (token == IMAP_CLOSE)
            depth--;
        if (depth == 0)
            return true;
    }
}

bool imap_token_skip_line(struct imap_reader *reader)
{
    for (;;) {
        enum imap_token token = imap_token_next(reader);

        if (token == IMAP_END)
            return true;
        if (token == IMAP_FAILED ||
            (token == IMAP_LITERAL && imap_token_literal(reader, NULL, NULL) != 0))
            return false;
    }
}

bool imap_token_number(const struct imap_reader *reader, uint64_t most, uint64_t *value)
{
    *value = 0;
    for (size_t i = 0; i < reader->text.length; i++) {
        char octet = reader->text.octets[i];

        if (octet < '0' || octet > '9' || *value > most / 10)
            return false;
        *value = *value * 10 + (uint64_t)(octet - '0');
    }
    return reader->text.length > 0 && *value <= most;
}
