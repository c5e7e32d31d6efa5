// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the verbs of `isolab container` share.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cli/command_line.h"
#include "engine/containers/containers.h"

namespace isolab {

/// The engine and its containers, opened when a verb runs.
struct OpenContainers {
    std::unique_ptr<Engine> engine;
    Containers containers;

    /// `starts`: processes in containers are started.
    static Result<OpenContainers> open(const GlobalOptions& globals, bool starts = false);
};

/// One place for verbs to be added to: parser, options and where the exit code goes.
struct VerbPlace {
    CommandParser group;
    GlobalOptions& globals;
    ExitCode& exit_code;

    /// Makes `verb` do `perform` with what it parsed; its error decides the exit code.
    void on_run(CommandParser verb, std::function<Result<void>()> perform) const;
    /// The same, with an exit code of its own, such as a workload's.
    void on_run_with_code(CommandParser verb, std::function<Result<int>()> perform) const;
};

/// Each adds some verbs.
void add_run_verbs(const VerbPlace& place);  ///< run create start attach
void add_run_verb(const VerbPlace& place);   ///< run alone
void add_life_verbs(const VerbPlace& place); ///< stop restart kill pause unpause rm rename wait update prune
void add_view_verbs(const VerbPlace& place); ///< ls inspect port top
void add_list_verb(const VerbPlace& place, const std::string& name);
void add_log_verbs(const VerbPlace& place);        ///< logs
void add_stats_verbs(const VerbPlace& place);      ///< stats
void add_file_verbs(const VerbPlace& place);       ///< cp diff commit
void add_checkpoint_verbs(const VerbPlace& place); ///< checkpoint restore
void add_exec_verbs(const VerbPlace& place);       ///< exec

/// Does `act` for each reference, `at_once` of them at the same time, and prints its name when it is done; goes on
/// after an error and returns the last one, the others reported.
Result<void> for_each_container(const std::vector<std::string>& references,
                                const std::function<Result<void>(const std::string&)>& act, unsigned at_once = 1);

/// To standard error, a line each.
void warn_all(const std::vector<std::string>& warnings);

/// The launcher takes this program's place: streams, terminal and signals are its own then.
Result<int> become(const Command& command);

/// Words that follow the options: those before "--" in `own`, then those behind it.
std::vector<std::string> words_of(const std::vector<std::string>& own, const std::vector<std::string>& after_dashes);

} // namespace isolab
