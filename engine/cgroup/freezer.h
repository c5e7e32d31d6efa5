// SPDX-License-Identifier: GPL-3.0-or-later
//
// Stopping all members of a group: the freezer controller of cgroup v1, cgroup.freeze of cgroup2. `directory` is the
// group's; empty when there is none, which is an Error of kind unsupported.
#pragma once

#include <string>

#include "engine/cgroup/cgroup_layout.h"

namespace isolab {

/// Returns when all are frozen. After ten seconds without success they are thawed, and the Error is a timeout.
Result<void> freeze_group(const std::string& directory, CgroupVersion version);

Result<void> thaw_group(const std::string& directory, CgroupVersion version);
bool group_is_frozen(const std::string& directory, CgroupVersion version);

/// Begins to stop them and does not wait; false when there is no freezer.
bool hold_group(const std::string& directory, CgroupVersion version);

} // namespace isolab
