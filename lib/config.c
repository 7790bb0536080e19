/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "config-read.h"
#include "diag.h"

#define USUAL_PATH "/etc/postroom/postroom.xml"

/* PATH made absolute, in ARENA; links are kept, so that paths start where the user says it lies. */
static const char *absolute(struct arena *arena, const char *path)
{
    char *folder;
    const char *result;

    if (*path == '/') {
        return arena_string(arena, path);
    }
    folder = getcwd(NULL, 0);
    if (folder == NULL) {
        return arena_string(arena, path);
    }
    while (strncmp(path, "./", 2) == 0) {
        path += 2;
    }
    result = arena_format(arena, "%s/%s", strcmp(folder, "/") == 0 ? "" : folder, path);
    free(folder);
    return result;
}

/* Which file is meant; NULL: the built-in starter. */
static const char *choose(const char *path)
{
    if (path != NULL) {
        return path;
    }
    path = getenv("POSTROOM_CONFIG");
    if (path != NULL && *path != '\0') {
        return path;
    }
    /* One that exists and cannot be read is an error, not a reason to go on without it. */
    return access(USUAL_PATH, F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR) ? USUAL_PATH
                                                                                  : NULL;
}

/* Loads; validates against the schema as well when SCHEMA. */
static int load(const char *path, bool schema, struct config **config)
{
    struct config *made = memory_take(sizeof *made);
    struct config_problems problems = {.arena = NULL};
    struct config_tree tree;
    int code;

    *made = (struct config){.arena = ARENA_INIT};
    problems.arena = &made->arena;
    *config = NULL;
    path = choose(path);
    made->path = path != NULL ? absolute(&made->arena, path) : NULL;
    if (config_tree_read(&tree, made->path, &problems)) {
        struct config_reader reader = {made, &made->arena, &problems,
                                       xmlDocGetRootElement(tree.document), path == NULL};

        config_check_shape(&problems, reader.root);
        if (config_named(reader.root, "postroom")) {
            config_read_basics(&reader);
            config_read_queues(&reader);
            config_read_rules(&reader);
        }
        /* The schema's own words are the poorer ones: they are needed when ours had none. */
        if (schema && problems.count == 0) {
            config_tree_validate(&tree, &problems);
        }
        config_tree_free(&tree);
    }
    code = config_problems_report(&problems);
    if (code != 0) {
        config_free(made);
        return code;
    }
    *config = made;
    return 0;
}

int config_load(const char *path, struct config **config)
{
    return load(path, false, config);
}

int config_load_with_schema(const char *path, struct config **config)
{
    return load(path, true, config);
}

void config_free(struct config *config)
{
    if (config != NULL) {
        arena_release(&config->arena);
        free(config);
    }
}
