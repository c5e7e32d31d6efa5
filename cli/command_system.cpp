// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/container_commands.h"
#include "cli/interrupt.h"
#include "cli/system_usage.h"

namespace isolab {
namespace {

/// Containers that do not run, what crashes have left, networks that nobody uses, and disks, which can be made again.
Result<void> prune_all(const GlobalOptions& globals) {
    ISOLAB_ASSIGN(OpenContainers open, OpenContainers::open(globals));
    const Interrupt interrupt;
    ISOLAB_ASSIGN(const std::vector<std::string> ended, open.containers.ended(interrupt.token()));
    ISOLAB_TRY(for_each_container(
        ended, [&](const auto& one) { return open.containers.remove(one, false, false, interrupt.token()); }));
    ISOLAB_TRY(open.engine->tidy_up(interrupt.token()));
    ISOLAB_ASSIGN(const std::filesystem::path root, data_root(globals.session));
    ISOLAB_TRY(remove_all_disks(root));
    return open.containers.tidy_up_networks();
}

} // namespace

void add_system_command(CommandParser app, GlobalOptions& globals, ExitCode& exit_code) {
    const CommandParser group = app.add_subcommand("system", "Look after what Isolab has on this machine");
    group.require_subcommand(1);
    const VerbPlace place{group, globals, exit_code};
    auto force = std::make_shared<bool>(false);
    const CommandParser verb = group.add_subcommand(
        "prune", "Remove containers that do not run, what crashes have left behind, networks that nobody uses, and the "
                 "disks of virtual machines, which are made again when they are needed");
    verb.add_flag("-f,--force", *force, "For scripts made for docker: nothing is asked anyway");
    place.on_run(verb, [force, &globals] { return prune_all(globals); });

    place.on_run(group.add_subcommand("df", "Show what occupies how much of the data folder, and every machine disk"),
                 [&globals] { return show_usage(globals); });
}

} // namespace isolab
