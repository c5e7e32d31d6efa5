// SPDX-License-Identifier: GPL-3.0-or-later
//
// Directories of control groups and the groups below them, which a container may have made: any number, any depth.
#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

#include "engine/base/clock.h"
#include "engine/base/error.h"

namespace isolab {

/// Removes a group and all below it; success when it does not exist. The members must have ended or be about to: tries
/// again until `deadline` (monotonic_now()) for the kernel to notice that.
Result<void> remove_group_tree(const std::string& path, Nanoseconds deadline);

/// Members of the group itself.
std::vector<pid_t> processes_of_group(const std::string& path);

/// Members of the group and of all groups below it.
std::vector<pid_t> processes_of_group_tree(const std::string& path);

} // namespace isolab
