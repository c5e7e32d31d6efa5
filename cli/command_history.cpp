// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/history_commands.h"
#include "engine/base/data_folder.h"

namespace isolab {

Result<std::unique_ptr<HistoryReader>> open_history(const GlobalOptions& globals) {
    ISOLAB_ASSIGN(const std::filesystem::path root, data_root(globals.session));
    return HistoryReader::open(DataFolder(root).history_file());
}

Result<std::unique_ptr<History>> open_history_to_write(const GlobalOptions& globals) {
    ISOLAB_ASSIGN(const std::filesystem::path root, data_root(globals.session));
    return History::open(DataFolder(root).history_file());
}

void add_history_command(CommandParser app, GlobalOptions& globals, ExitCode& exit_code) {
    const CommandParser group = app.add_subcommand("history", "Results of earlier comparisons, experiments and suites");
    group.require_subcommand(1);
    add_history_list_commands(group, globals, exit_code);
    add_history_note_commands(group, globals, exit_code);
    add_history_file_commands(group, globals, exit_code);
    add_history_difference_command(group, globals, exit_code);
}

} // namespace isolab
