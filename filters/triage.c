/* SPDX-License-Identifier: GPL-3.0-or-later */
/* triage: the whole chain in one process. */
#include "filters.h"

#define FILTER_ADDRESS(name) &(name),

static const struct filter *const chain[] = {FILTERS(FILTER_ADDRESS)};

int main(int argc, char **argv)
{
    return filter_chain_main("triage", "run the whole chain over a stream of mail", chain,
                             sizeof(chain) / sizeof(chain[0]), argc, argv);
}
