// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/cgroup/cgroup_plan.h"

namespace isolab {

/// Writes a plan. `directory_of` tells where a controller's files are; empty: the controller is not available.
/// The first limit that cannot be set is the Error. `warnings` receives the plan's and what was refused without harm.
Result<void> apply_cgroup_plan(const CgroupPlan& plan, const std::function<std::string(CgroupController)>& directory_of,
                               std::vector<std::string>& warnings);

} // namespace isolab
