// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/instance.h"

namespace isolab::launcher {

/// What the program is asked to do.
enum class Verb {
    run,    ///< start a container and wait for its end
    create, ///< set a container up; its workload waits
    start,  ///< let the workload of a created one go
    state,  ///< print the state document
    kill,   ///< send a signal
    remove, ///< "delete"
    list,
    adopt, ///< give files of an ended container to the caller
};

/// The command line.
struct Options {
    Verb verb = Verb::run;
    std::string id;               ///< [A-Za-z0-9_+-][A-Za-z0-9_+.-]*, at most 128 characters; empty for list
    std::filesystem::path bundle; ///< absolute; holds config.json
    std::filesystem::path root;   ///< data folder, for caches and states; empty: none
    std::optional<std::filesystem::path> log; ///< errors and warnings are added to it
    bool log_json = false;
    std::optional<std::filesystem::path> pid_file;
    int event_fd = -1; ///< socket of launch_protocol.h; -1: a plain command line
    std::optional<PortProbe> probe;
    int signal = 15;    ///< of kill
    bool all = false;   ///< kill: every process of the container
    bool force = false; ///< delete: end it first; one that is gone is success
    bool json = false;  ///< list: as JSON
    bool quiet = false; ///< list: ids only
    bool help = false;
    bool version = false;
};

/// Reads the arguments after the program's name; invalid_argument names the one that is wrong.
Result<Options> parse_options(const std::vector<std::string>& arguments);

/// What --help prints.
std::string usage();

} // namespace isolab::launcher
