// SPDX-License-Identifier: GPL-3.0-or-later
//
// The container's file system, made from a MountPlan by the container's first process in its own mount namespace.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "engine/base/error.h"
#include "engine/base/unique_fd.h"
#include "engine/cgroup/control_group.h"
#include "engine/rootfs/mount_plan.h"

namespace isolab::launcher {

/// Where the container's control groups are, for mounts of them.
struct GroupView {
    const CgroupLayout& layout;
    const std::optional<ControlGroup>& group;
};

/// Applies a plan step by step. Every target is looked up with the container's root as "/", and mounts are put onto
/// descriptors, so no image can direct one elsewhere by links (CVE-2021-30465, CVE-2024-45310).
class ContainerRoot {
  public:
    /// `id_mapped` are mounts made beforehand, by their place in plan.mounts. `before_cgroups` is called before control
    /// groups are mounted: the process must be in its group by then.
    static Result<ContainerRoot> mount(const MountPlan& plan, const std::map<std::size_t, UniqueFd>& id_mapped,
                                       const GroupView& groups, const std::function<Result<void>()>& before_cgroups);

    /// Shows a terminal's end as /dev/console.
    Result<void> mount_console(const UniqueFd& terminal) const;

    /// Its top directory.
    const UniqueFd& top() const noexcept { return root_; }

    /// Makes it the root of this process's mount namespace and detaches everything else. In the caller's namespace it
    /// becomes the root of this process alone (chroot(2)).
    Result<void> enter() const;

  private:
    ContainerRoot(UniqueFd root, const MountPlan& plan)
        : root_(std::move(root)), propagation_(plan.propagation), own_namespace_(plan.in_own_namespace) {}
    Result<void> enter_in_callers_namespace() const;
    Result<void> apply(const MountStep& step, const GroupView& groups) const;
    Result<void> place(const UniqueFd& mount, const MountStep& step) const;
    Result<void> mount_copied_up(const MountStep& step) const;
    Result<void> mount_control_groups(const MountStep& step, const GroupView& groups) const;
    Result<void> change_mounted(const MountStep& step) const;
    Result<void> add_devices(const MountPlan& plan) const;
    Result<void> add_links(const MountPlan& plan) const;

    UniqueFd root_;
    std::uint64_t propagation_; ///< of the root, once it is entered; 0: stays private
    bool own_namespace_;
};

} // namespace isolab::launcher
