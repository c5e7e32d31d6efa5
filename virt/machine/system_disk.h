// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>

#include "virt/host/hypervisor_options.h"

namespace isolab {

/// The installed system that a machine of kind full boots. A value; the files must stay until the machine has ended.
struct SystemDisk {
    std::filesystem::path path;  ///< qcow2, only read
    std::uint64_t logical = 0;   ///< bytes
    std::uint64_t allocated = 0; ///< bytes, of the file
    std::filesystem::path seed;  ///< raw, only read: has the system start the agent (seed_disk.h)
    DiskFirmware firmware = DiskFirmware::bios;
};

} // namespace isolab
