// SPDX-License-Identifier: GPL-3.0-or-later
//
// The two halves of plan_cgroup(): how each version of control groups expresses limits.
#pragma once

#include "engine/cgroup/cgroup_plan.h"

namespace isolab {

Result<void> plan_v1(const CgroupResources& resources, const CgroupLayout& layout, CgroupPlan& plan);
Result<void> plan_v2(const CgroupResources& resources, CgroupPlan& plan);

/// The limits whose files are of the same form with both versions.
void plan_v2_hugepages(const CgroupResources& resources, CgroupPlan& plan);
void plan_rdma(const CgroupResources& resources, CgroupPlan& plan);

/// Whether v1 lacks the controller and cgroup2 beside it may have it.
inline bool is_beside(const CgroupLayout& layout, CgroupController controller) {
    return layout.version == CgroupVersion::v1 && !layout.v1.contains(controller) && !layout.beside.empty();
}

/// Whether a limit of memory, shares, quota or weight was given: 0 is unset.
template <class Number> bool is_set(const std::optional<Number>& value) { return value.value_or(0) != 0; }

inline std::string device_text(std::uint32_t major, std::uint32_t minor) {
    return std::to_string(major) + ":" + std::to_string(minor);
}

} // namespace isolab
