// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>

#include "engine/base/stop.h"
#include "virt/machine/system_disk.h"
#include "virt/machine_image/machine_image.h"

namespace isolab {

/// What turns a machine image into what a machine boots here.
struct SystemNeeds {
    std::optional<DiskFirmware> firmware; ///< empty: the image's, BIOS before UEFI
    bool has_uefi = false;                ///< its firmware is installed
    std::filesystem::path agent;          ///< isolab-guest-agent
    std::filesystem::path cache;          ///< where seed disks are kept: one for each content of the agent
};

/// Hypervisor::prepare_system().
Result<SystemDisk> make_system_disk(const MachineImage& image, const SystemNeeds& needs, const StopToken& stop);

} // namespace isolab
