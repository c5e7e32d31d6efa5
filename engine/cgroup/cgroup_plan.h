// SPDX-License-Identifier: GPL-3.0-or-later
//
// Limits as values and the control group files that express them. Pure; cgroup/control_group.h applies them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/process_spec.h"
#include "engine/cgroup/cgroup_layout.h"
#include "engine/cgroup/cgroup_resources.h"

namespace isolab {

/// The smallest memory limit that is accepted: below it not even a static program starts reliably.
inline constexpr std::uint64_t smallest_memory_limit = 4ULL << 20U;

/// Processes and threads that one container may have, so that a fork bomb stays inside.
inline constexpr std::int64_t default_pids_limit = 4096;

/// Quota and limits for a container: `cpus` whole CPUs, memory without swap. invalid_argument for 0 CPUs, more than
/// `host_cpus`, memory below smallest_memory_limit or above `host_memory` bytes.
Result<CgroupResources> container_resources(const ResourceLimits& limits, unsigned host_cpus,
                                            std::uint64_t host_memory);

/// One file of a control group and its content.
struct CgroupWrite {
    CgroupController controller = CgroupController::memory;
    std::string file; ///< "memory.max"
    std::string value;
    bool optional = false;    ///< a kernel without this file still enforces the limit asked for
    bool interlocked = false; ///< when the kernel finds it invalid: to be tried again after the writes that follow
    std::string other_file;   ///< what to write where `file` does not exist; empty: nothing
    std::string other_value;
    std::string obsolete; ///< not empty: a refusal does no harm, and this is why

    bool operator==(const CgroupWrite&) const = default;
};

struct CgroupPlan {
    std::vector<CgroupWrite> writes;   ///< in the order in which the kernel accepts them
    std::vector<std::string> warnings; ///< what was asked for and has no meaning (any more)
};

/// The files that express `resources`, devices excepted, on a machine with this layout; the same for a new group and
/// for changes of one. unsupported when a limit has no counterpart there, invalid_argument when limits contradict each
/// other or a key of `unified` is not the name of a control group file.
Result<CgroupPlan> plan_cgroup(const CgroupResources& resources, const CgroupLayout& layout);

/// cgroup2's cpu.weight for v1 shares: 2, 1024 and 262144 (least, usual, most) become 1, 100 and 10000, and between
/// them the logarithm of the weight is quadratic in that of the shares. 0 for 0.
std::uint64_t cpu_weight_of_shares(std::uint64_t shares);

} // namespace isolab
