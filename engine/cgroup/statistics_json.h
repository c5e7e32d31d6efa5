// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/json_fwd.h"
#include "engine/cgroup/cgroup_statistics.h"

namespace isolab {

/// Statistics as containerd and podman read them from a runtime's `events --stats`: the content of "data". Times in
/// nanoseconds, those of "psi" in microseconds. Lists that are empty and pressure that is not known are left out.
Json statistics_to_json(const CgroupStatistics& statistics);

} // namespace isolab
