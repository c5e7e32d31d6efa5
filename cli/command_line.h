// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "cli/command_parser.h"
#include "cli/exit_code.h"
#include "compare/adapters/session.h"

namespace isolab {

/// What every command gets: the options that stand before or after its name alike.
struct GlobalOptions {
    SessionOptions session;
    bool quiet = false;
    std::vector<std::string> after_dashes; ///< everything behind "--"
};

/// Adds one command (group) to the parser; run when its callback sets the exit code. One per file.
using AddCommand = void (*)(CommandParser app, GlobalOptions& globals, ExitCode& exit_code);

void add_compare_command(CommandParser app, GlobalOptions& globals, ExitCode& exit_code);
void add_experiment_command(CommandParser app, GlobalOptions& globals, ExitCode& exit_code);
void add_worlds_command(CommandParser app, GlobalOptions& globals, ExitCode& exit_code);
void add_check_command(CommandParser app, GlobalOptions& globals, ExitCode& exit_code);
void add_image_command(CommandParser app, GlobalOptions& globals, ExitCode& exit_code);
void add_report_command(CommandParser app, GlobalOptions& globals, ExitCode& exit_code);
void add_history_command(CommandParser app, GlobalOptions& globals, ExitCode& exit_code);
void add_container_command(CommandParser app, GlobalOptions& globals, ExitCode& exit_code);
void add_volume_command(CommandParser app, GlobalOptions& globals, ExitCode& exit_code);
void add_network_command(CommandParser app, GlobalOptions& globals, ExitCode& exit_code);
void add_vm_command(CommandParser app, GlobalOptions& globals, ExitCode& exit_code);
void add_system_command(CommandParser app, GlobalOptions& globals, ExitCode& exit_code);

/// Parses the command line and runs the command that it names.
ExitCode run_command_line(std::vector<std::string> arguments);

/// Writes to standard output, or into `file` when it is not empty. A regular file is replaced in one step (that which a
/// symbolic link leads to, not the link); a device, a pipe or a terminal is written to.
Result<void> write_result(const std::string& text, const std::string& file);

/// Whether write_result() could work, found out before the work is done whose result it is.
Result<void> check_result_file(const std::string& file);

} // namespace isolab
