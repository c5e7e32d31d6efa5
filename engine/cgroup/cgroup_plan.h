// SPDX-License-Identifier: GPL-3.0-or-later
//
// Limits as values and the control group files that express them. Pure; cgroup/control_group.h applies them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/process_spec.h"
#include "engine/cgroup/cgroup_layout.h"

namespace isolab {

/// `linux.resources` of the OCI runtime specification, as far as Isolab limits things. Unset: not limited.
struct CgroupResources {
    std::optional<std::int64_t> memory_limit; ///< bytes; -1: explicitly unlimited
    std::optional<std::int64_t> memory_swap;  ///< memory and swap together, bytes; -1: unlimited
    std::optional<std::uint64_t> cpu_shares;  ///< v1 weight, 2 to 262144
    std::optional<std::int64_t> cpu_quota;    ///< microseconds of CPU time per period
    std::optional<std::uint64_t> cpu_period;  ///< microseconds; 100000 when unset
    std::optional<std::int64_t> pids_limit;   ///< processes and threads; values below 1: unlimited

    bool operator==(const CgroupResources&) const = default;
    bool empty() const { return *this == CgroupResources{}; }
};

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
    bool optional = false; ///< a kernel without this file still enforces the limit asked for

    bool operator==(const CgroupWrite&) const = default;
};

/// The writes that express `resources`, in the order in which the kernel accepts them.
std::vector<CgroupWrite> plan_cgroup_writes(const CgroupResources& resources, CgroupVersion version);

} // namespace isolab
