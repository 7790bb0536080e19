/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzzes the reader of configurations: any octets as the file. */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int file = -1;
    static char path[64];
    struct config *config = NULL;

    if (file < 0) {
        file = memfd_create("config", MFD_CLOEXEC);
        if (file < 0 || fchmod(file, 0600) != 0) {
            abort();
        }
        snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    }
    if (ftruncate(file, 0) != 0 || pwrite(file, data, size, 0) != (ssize_t)size) {
        abort();
    }
    if (config_load_with_schema(path, &config) == 0) {
        /* What was taken must be usable: every route is found, every pattern can be looked at. */
        for (int level = 0; level <= 9; level++) {
            const struct config_route *route =
                config_route_for(config, level, "billing", "fr", "lumiere", true, 0);

            if (route == NULL || route->queue == NULL || route->queue->outside) {
                abort();
            }
        }
        config_check_patterns(config);
        config_brand_of(config, "service+x@lumiere.example");
        config_agent_of(config, "someone@rabat-desk.example");
    }
    config_free(config);
    return 0;
}
