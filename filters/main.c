/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The main of every filter's program; FILTER is given by the build. */
#include "filters.h"

int main(int argc, char **argv)
{
    return filter_main(&FILTER, argc, argv);
}
