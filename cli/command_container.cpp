// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/container_commands.h"

namespace isolab {

void add_container_command(CommandParser app, GlobalOptions& globals, ExitCode& exit_code) {
    const CommandParser group = app.add_subcommand("container", "Run and manage containers, with the verbs of docker");
    group.require_subcommand(1);
    const VerbPlace place{group, globals, exit_code};
    add_run_verbs(place);
    add_list_verb(place, "ls");
    add_list_verb(place, "ps");
    add_exec_verbs(place);
    add_file_verbs(place);
    add_log_verbs(place);
    add_life_verbs(place);
    add_checkpoint_verbs(place);
    add_view_verbs(place);
    add_stats_verbs(place);

    const VerbPlace top{app, globals, exit_code};
    add_run_verb(top);
    add_list_verb(top, "ps");
}

} // namespace isolab
