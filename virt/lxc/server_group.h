// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include <sys/types.h>

#include "engine/base/clock.h"
#include "engine/base/error.h"
#include "engine/cgroup/control_group.h"

namespace isolab {

/// The control group of a libvirtd of ours, "/isolab/lxc-PID", which counts what it and its children use until they
/// enter a container's. Where libvirt's own group of all groups, "/machine", was not there before, the name says so
/// ("/isolab/lxc-PID+machine"), and that goes with it when nobody else uses it. On a machine without control groups it
/// counts nothing.
class ServerGroup {
  public:
    /// Moves the daemon into it. Takes over what servers have left whose owners were killed.
    static Result<ServerGroup> create(const CgroupLayout& layout, pid_t daemon);
    ServerGroup(ServerGroup&& other) noexcept : layout_(std::move(other.layout_)), group_(std::move(other.group_)) {
        other.group_.reset();
    }
    ServerGroup& operator=(ServerGroup&&) = delete;
    /// Ends what is in it.
    ~ServerGroup();

    Nanoseconds cpu() const { return group_ ? group_->cpu_time() : Nanoseconds{0}; }

  private:
    ServerGroup(CgroupLayout layout, std::optional<ControlGroup> group)
        : layout_(std::move(layout)), group_(std::move(group)) {}

    CgroupLayout layout_;
    std::optional<ControlGroup> group_;
};

} // namespace isolab
