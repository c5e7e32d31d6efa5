// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "engine/cgroup/cgroup_layout.h"

namespace isolab {

/// Makes ROOT/PATH in a v1 hierarchy, with its parents. already_exists when it is there. In a cpuset hierarchy new
/// parents get CPUs and memory nodes, and hand them on to all groups that are made below them.
Result<void> make_v1_group(const std::string& root, const std::string& path, bool cpuset);

/// The same with cgroup2: parents offer the controllers to the groups below them. With `fresh` already_exists when it
/// is there, otherwise success.
Result<void> make_unified_group(const std::string& root, const std::string& path, bool fresh);

/// Gives the v1 cpuset group, and its parents before it, the CPUs and memory nodes of the parent where it has none:
/// only then does it take processes. Nothing to do without a v1 cpuset hierarchy.
Result<void> fill_cpuset(const CgroupLayout& layout, const std::string& path);

/// Only the parents: a group can have only CPUs that its parent has.
Result<void> fill_cpuset_parents(const CgroupLayout& layout, const std::string& path);

} // namespace isolab
