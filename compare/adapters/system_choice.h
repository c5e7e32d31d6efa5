// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>

#include "engine/base/data_folder.h"
#include "virt/machine_image/machine_image_store.h"
#include "virt/virt.h"

namespace isolab {

/// Which installed system whole machines boot, and by what. A value.
struct SystemChoice {
    std::optional<std::string> image;     ///< name; empty: the newest that boots by the firmware
    std::optional<DiskFirmware> firmware; ///< empty: any, BIOS before UEFI
};

/// Finds the machine image and holds it. unavailable when there is none that boots, with the command that builds one;
/// not_found when there is none of the name that was chosen.
Result<MachineImageHold> find_system(const DataFolder& data, const SystemChoice& choice);

} // namespace isolab
