// SPDX-License-Identifier: GPL-3.0-or-later
//
// The verbs of `isolab history`. Ids are whole ones or unambiguous beginnings.
#pragma once

#include <memory>

#include "cli/command_line.h"
#include "compare/history/history.h"
#include "compare/report/difference.h"
#include "engine/base/host_identity.h"

namespace isolab {

/// The history of the data folder, to look at; makes nothing.
Result<std::unique_ptr<HistoryReader>> open_history(const GlobalOptions& globals);

/// The same to write into; makes the file, so ids are looked up by open_history() before.
Result<std::unique_ptr<History>> open_history_to_write(const GlobalOptions& globals);

/// What --private leaves out of documents.
Result<HostIdentity> host_identity(const GlobalOptions& globals);
inline constexpr const char* private_help =
    "Without what identifies this machine and its user: names, serial numbers, folders";

/// How two results differ, for people.
std::string difference_text(const ResultDifference& difference);

/// Adds `ls` and `show`; `tag`, `note` and `rm`; `export` and `import`; `diff`.
void add_history_list_commands(CommandParser group, GlobalOptions& globals, ExitCode& exit_code);
void add_history_note_commands(CommandParser group, GlobalOptions& globals, ExitCode& exit_code);
void add_history_file_commands(CommandParser group, GlobalOptions& globals, ExitCode& exit_code);
void add_history_difference_command(CommandParser group, GlobalOptions& globals, ExitCode& exit_code);

} // namespace isolab
