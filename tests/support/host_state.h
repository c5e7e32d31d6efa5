// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/support/created_names.h"

namespace isolab::test {

/// What a program could leave behind on this host, listed. Compare one from before with one from after. Programs that
/// work beside it on another data folder do not show.
struct HostState {
    std::set<std::string> mounts;    ///< mount points whose line names the data folder or the temporary one
    std::set<std::string> cgroups;   ///< groups directly below any isolab group
    std::set<std::string> processes; ///< whose command line or mounts name the data folder: "PID command line"
    std::set<std::string> temporary; ///< entries of the temporary folder
    std::set<std::string> instances; ///< entries of the data folder for containers, machines, networks and of tmp/

    /// Ids of the containers made since: control groups with other names are other people's.
    std::vector<std::shared_ptr<CreatedNames>> containers;

    /// `data_root`/instances/folders must exist if containers are to
    /// count. `temporary` is the folder that the program was given as TMPDIR and XDG_RUNTIME_DIR.
    static HostState capture(const std::filesystem::path& data_root, const std::filesystem::path& temporary);

    /// What is here and was not before, one item per line; empty: nothing was left behind.
    std::string added_since(const HostState& before) const;

    /// The same of what is here now, once the processes that end by themselves have ended, such as those that tidy up
    /// after a supervisor. What is no process gets no time.
    static std::string left_since(const HostState& before, const std::filesystem::path& data_root,
                                  const std::filesystem::path& temporary);
};

} // namespace isolab::test
