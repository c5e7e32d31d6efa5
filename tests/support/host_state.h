// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <set>
#include <string>

namespace isolab::test {

/// What a program could leave behind on this host, listed. Compare one from before with one from after. Programs that
/// work beside it on another data folder do not show.
struct HostState {
    std::set<std::string> mounts;    ///< mount points
    std::set<std::string> cgroups;   ///< groups below any isolab group that no process is in
    std::set<std::string> processes; ///< whose command line or mounts name the data folder: "PID command line"
    std::set<std::string> temporary; ///< /tmp, /dev/shm and /run: names with "isolab"
    std::set<std::string> instances; ///< entries of containers/, machines/ and tmp/ of the data folder

    static HostState capture(const std::filesystem::path& data_root);

    /// What is here and was not before, one item per line; empty: nothing was left behind.
    std::string added_since(const HostState& before) const;
};

} // namespace isolab::test
