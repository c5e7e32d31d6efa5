// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <set>
#include <string>

namespace isolab::test {

/// What a program could leave behind on this host, listed. Compare one from before with one from after.
struct HostState {
    std::set<std::string> mounts;    ///< mount points
    std::set<std::string> cgroups;   ///< folders below any isolab group
    std::set<std::string> processes; ///< isolab-runtime, isolab, QEMU: "PID command line"
    std::set<std::string> temporary; ///< /tmp, /dev/shm and the runtime folder: names with "isolab"
    std::set<std::string> instances; ///< entries of containers/, machines/ and tmp/ of the data folder

    static HostState capture(const std::filesystem::path& data_root);

    /// What is here and was not before, one item per line; empty: nothing was left behind.
    std::string added_since(const HostState& before) const;
};

} // namespace isolab::test
