// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "engine/cgroup/cgroup_layout.h"
#include "engine/cgroup/device_program.h"

namespace isolab {

/// `linux.resources.devices` made ready for one version of control groups. A value. `directory` is that of the group:
/// with v1 in the hierarchy of the devices controller, empty when there is none.
class DeviceLimits {
  public:
    /// Adds default_device_rules(). Without rules nothing will be changed.
    static Result<DeviceLimits> plan(const std::vector<DeviceRule>& rules, CgroupVersion version);

    /// Without privilege the kernel takes no device programs; the devices are then guarded by their permissions alone,
    /// which `warnings` tells.
    Result<void> apply_to_new(const std::string& directory, std::vector<std::string>* warnings) const;
    Result<void> apply_to_existing(const std::string& directory, std::vector<std::string>* warnings) const;

  private:
    Result<void> apply_v1(const std::string& directory, const std::optional<DeviceAccessList>& now) const;
    bool needed_ = false;
    CgroupVersion version_ = CgroupVersion::none;
    bool everything_ = false;
    DeviceAccessList list_;         ///< v1
    std::vector<bpf_insn> program_; ///< v2
};

} // namespace isolab
