// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/container_commands.h"

namespace isolab {
namespace {

/// Containers that do not run, what crashes have left, and networks that nobody uses.
Result<void> prune_all(const GlobalOptions& globals) {
    ISOLAB_ASSIGN(OpenContainers open, OpenContainers::open(globals));
    ISOLAB_ASSIGN(const std::vector<std::string> ended, open.containers.ended());
    ISOLAB_TRY(for_each_container(ended, [&](const auto& one) { return open.containers.remove(one, false); }));
    ISOLAB_TRY(open.engine->remove_leftovers());
    return open.containers.tidy_networks();
}

} // namespace

void add_system_command(CommandParser app, GlobalOptions& globals, ExitCode& exit_code) {
    const CommandParser group = app.add_subcommand("system", "Look after what Isolab has on this machine");
    group.require_subcommand(1);
    const VerbPlace place{group, globals, exit_code};
    auto force = std::make_shared<bool>(false);
    const CommandParser verb = group.add_subcommand(
        "prune", "Remove containers that do not run, what crashes have left behind, and networks that nobody uses");
    verb.add_flag("-f,--force", *force, "For scripts made for docker: nothing is asked anyway");
    place.on_run(verb, [force, &globals] { return prune_all(globals); });
}

} // namespace isolab
