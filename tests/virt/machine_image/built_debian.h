// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "virt/machine_image/machine_image_store.h"

namespace isolab::test {

/// Where built images survive: $ISOLAB_TEST_DISKS, which `./dev test` sets, else /var/lib/isolab/cache/test-disks.
std::filesystem::path test_disks();

/// The MachineImageStore there.
std::filesystem::path test_machine_images();

/// A Debian that the present builder made, built where it is missing; one process builds, others wait for it.
Result<MachineImageHold> built_debian();

} // namespace isolab::test
