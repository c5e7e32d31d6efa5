// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/instance.h"

namespace isolab::launcher {

/// `isolab-runtime run` or `adopt` as asked for on the command line.
struct Options {
    std::string id;               ///< [A-Za-z0-9_+-][A-Za-z0-9_+.-]*, at most 128 characters
    std::filesystem::path bundle; ///< absolute; holds config.json
    std::filesystem::path root;   ///< data folder, for caches; empty: none
    std::optional<std::filesystem::path> pid_file;
    int event_fd = -1; ///< socket of launch_protocol.h; -1: a plain command line
    std::optional<PortProbe> probe;
    bool adopt = false; ///< `adopt` instead of `run`
    bool help = false;
    bool version = false;
};

/// Reads the arguments after the program's name; invalid_argument names the one that is wrong.
Result<Options> parse_options(const std::vector<std::string>& arguments);

/// What --help prints.
std::string usage();

} // namespace isolab::launcher
