// SPDX-License-Identifier: GPL-3.0-or-later
//
// The container's file system, made from a MountPlan by the container's first process in its own mount namespace.
#pragma once

#include <functional>
#include <string>

#include "engine/base/error.h"
#include "engine/base/unique_fd.h"
#include "engine/cgroup/control_group.h"
#include "engine/rootfs/mount_plan.h"

namespace isolab::launcher {

/// Applies a plan step by step. Every target is looked up with the container's root as "/", and mounts are put onto
/// descriptors, so no image can direct one elsewhere by links (CVE-2021-30465, CVE-2024-45310).
class ContainerRoot {
  public:
    /// `before_cgroups` is called before control groups are mounted: the process must be in its group by then.
    static Result<ContainerRoot> mount(const MountPlan& plan, const CgroupLayout& layout, const ControlGroup* group,
                                       const std::function<Result<void>()>& before_cgroups);

    /// Makes it the root of this process's mount namespace and detaches everything else.
    Result<void> enter() const;

  private:
    explicit ContainerRoot(UniqueFd root) : root_(std::move(root)) {}
    Result<void> apply(const MountStep& step, const CgroupLayout& layout, const ControlGroup* group) const;
    Result<void> mount_copied_up(const MountStep& step) const;
    Result<void> mount_control_groups(const MountStep& step, const CgroupLayout& layout,
                                      const ControlGroup* group) const;
    Result<void> add_devices(const MountPlan& plan) const;
    Result<void> add_links(const MountPlan& plan) const;

    UniqueFd root_;
};

} // namespace isolab::launcher
