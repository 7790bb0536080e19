/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command.h"

#include <signal.h>
#include <unistd.h>

#include "diag.h"
#include "file.h"

static const struct filter_option common_options[] = {
    {"config", 'c', "FILE", "configuration (else $POSTROOM_CONFIG, /etc/postroom/postroom.xml)"},
    {"version", 0, NULL, "print the version and exit"},
    {"help", 'h', NULL, "print this and exit"},
    {NULL, 0, NULL, NULL},
};

const char *command_value(const struct command_run *run, const char *name)
{
    return options_value(&run->values, name);
}

const char *command_operand(const struct command_run *run, size_t number)
{
    return number < run->values.operand_count ? run->values.operands[number] : NULL;
}

int command_config(struct command_run *run)
{
    return run->config != NULL ? 0 : config_load(command_value(run, "config"), &run->config);
}

int command_store(struct command_run *run)
{
    int code;

    if (run->store != NULL)
        return 0;
    code = command_config(run);
    return code != 0 ? code : store_open(run->config, &run->store);
}

int command_flush(struct command_run *run)
{
    int code = 0;

    if (run->out.length > 0)
        code = file_write_all(STDOUT_FILENO, "standard output", run->out.octets, run->out.length);
    buf_clear(&run->out);
    return code;
}

static int check_operands(const struct command_run *run)
{
    const struct command *command = run->command;

    if (run->values.operand_count < command->least)
        return diag(EX_USAGE, NULL, "too few operands: give %s; see --help", command->operands);
    if (run->values.operand_count > command->most)
        return diag(EX_USAGE, run->values.operands[command->most],
                    command->most == 0 ? "this command takes no operands: see --help"
                                       : "one operand too many: see --help");
    return 0;
}

static int parse_and_run(struct command_run *run, int argc, char **argv)
{
    static const struct filter_option no_options[] = {{NULL, 0, NULL, NULL}};
    const struct command *command = run->command;
    const struct filter_option *const tables[] = {
        command->options != NULL ? command->options : no_options, common_options};
    int code = options_parse(&run->arena, tables, 2, argc, argv, &run->values);

    if (code != 0)
        return code;
    if (command_value(run, "help") != NULL)
        return options_help(command->name, command->operands, command->summary, tables, 2);
    if (command_value(run, "version") != NULL)
        return options_version(command->name);
    code = check_operands(run);
    return code != 0 ? code : command->run(run);
}

int command_main(const struct command *command, int argc, char **argv)
{
    struct command_run run = {.command = command};
    int code;
    int written;

    diag_set_program(command->name);
    signal(SIGPIPE, SIG_IGN);
    code = parse_and_run(&run, argc, argv);
    /* What was found so far is worth seeing, also when something failed. */
    written = command_flush(&run);
    store_close(run.store);
    config_free(run.config);
    buf_release(&run.out);
    arena_release(&run.arena);
    return code != 0 ? code : written;
}
