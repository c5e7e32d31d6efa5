// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/unique_fd.h"
#include "engine/cgroup/control_group.h"
#include "virt/guest/guest_process.h"

namespace isolab {

/// The group of a domain's processes as libvirt made it: what /proc/PID/cgroup, read of one of them, has, up to the
/// group of the domain; empty where it has none. Pure.
std::string domain_group(const CgroupLayout& layout, std::string_view cgroups_of_process);

/// The controller of one container, libvirt_lxc: a child of no process of ours, which ends when the container's init
/// has. Its own CPU time, and that of all in the container, is the domain's group's.
class LxcProcess final : public GuestProcess {
  public:
    /// `start_cpu`: CPU time spent outside of the group on preparing and creating it, part of all that is told.
    static Result<std::unique_ptr<LxcProcess>> watch(pid_t controller, const CgroupLayout& layout,
                                                     Nanoseconds start_cpu);

    pid_t pid() const noexcept override { return pid_; }
    int pidfd() const noexcept override { return pidfd_.get(); }
    std::optional<Nanoseconds> cpu() const noexcept override;
    /// Of the workload's largest process and of the controller, added.
    std::optional<std::uint64_t> peak_memory(const guest::Exited& exited) const override;
    /// libvirtd ends what is in the container then.
    void kill() noexcept override;
    std::optional<Remains> reap() noexcept override { return std::nullopt; }
    /// One: `create`, until the container's init ran. There is no other kernel to start.
    std::vector<PhaseMark> early_marks(const guest::Hello& hello, Nanoseconds arrival, Nanoseconds begin,
                                       const CpuTrail& trail) const override;

    const std::optional<ControlGroup>& group() const noexcept { return group_; }

  private:
    LxcProcess(pid_t pid, UniqueFd pidfd, std::optional<ControlGroup> group, Nanoseconds start_cpu)
        : pid_(pid), pidfd_(std::move(pidfd)), group_(std::move(group)), start_cpu_(start_cpu) {}

    pid_t pid_;
    UniqueFd pidfd_;
    std::optional<ControlGroup> group_; ///< none: nothing counts
    Nanoseconds start_cpu_;
};

} // namespace isolab
