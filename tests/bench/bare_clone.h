// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/error.h"

namespace isolab::bench {

/// What the kernel alone costs: a process in namespaces of its own, on an overlay, in groups of every mounted cgroup v1
/// hierarchy, with the usual mounts, that executes a program; no checks, no filter, no records.
struct BareClone {
    std::vector<std::filesystem::path> layers;      ///< uppermost first
    std::filesystem::path scratch;                  ///< an empty folder, for the writable layer
    std::vector<std::filesystem::path> hierarchies; ///< of cgroup v1
    std::string program;

    /// From the clone to the end of the program and the removal of the groups; its exit code.
    Result<int> run() const;
};

/// Mounted cgroup v1 hierarchies.
std::vector<std::filesystem::path> v1_hierarchies();

} // namespace isolab::bench
