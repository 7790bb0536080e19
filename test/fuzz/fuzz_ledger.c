/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any octets as a ledger: lines are taken apart and checked without a crash, what is taken apart
 * lies inside its line, and a file that the checks take is a whole chain.
 */
#include <stdint.h>
#include <stdlib.h>

#include "ledger.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int holds)
{
    if (!holds)
        abort();
}

static int inside(struct span part, struct span line)
{
    return part.octets >= line.octets && part.length <= line.length &&
           part.octets + part.length <= line.octets + line.length;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span rest = {(const char *)data, size};
    struct ledger_check check;
    int64_t seq = 0;

    memset(&check, 0, sizeof(check));
    while (rest.length > 0) {
        struct span line = span_line(&rest);
        struct ledger_line parts;
        int taken = ledger_read_line(line, &parts);
        const char *what;

        if (taken) {
            require(inside(parts.hashed, line) && inside(parts.prev, line));
            require(inside(parts.hash, line) && parts.prev.length == 64 && parts.hash.length == 64);
            require(parts.hashed.length + LEDGER_HASH_TAIL == line.length && parts.seq > 0);
        }
        what = ledger_check_line(&check, line);
        require(what != NULL || taken);
        if (what != NULL)
            break;
        require(seq == 0 || parts.seq == seq + 1);
        require(memcmp(check.last_hash, parts.hash.octets, 64) == 0);
        seq = parts.seq;
        require(check.last_seq == seq);
    }
    return 0;
}
