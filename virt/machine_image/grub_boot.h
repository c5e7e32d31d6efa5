// SPDX-License-Identifier: GPL-3.0-or-later
//
// Where GRUB's images for a BIOS go on a disk, which grub-bios-setup(8) would write for a mounted one: GRUB's
// include/grub/i386/pc/boot.h, and grub-core/boot/i386/pc/boot.S and diskboot.S. Everything here is pure.
#pragma once

#include <cstdint>
#include <string>

#include "engine/base/error.h"

namespace isolab {

/// The first 440 bytes of a disk: boot.img, told in which sector the core image begins. corrupt: it is no boot.img.
Result<std::string> grub_boot_code(const std::string& boot_image, std::uint64_t core_sector);

/// The core image as it lies from sector `core_sector` on, whole sectors: its first one is told where the others are.
/// corrupt: it is none, or larger than `room` sectors.
Result<std::string> grub_core_sectors(std::string core_image, std::uint64_t core_sector, std::uint64_t room);

} // namespace isolab
