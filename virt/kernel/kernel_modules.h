// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/error.h"

namespace isolab {

/// One module file of a kernel, ready to be loaded with finit_module(2).
struct KernelModule {
    std::string name;    ///< with underscores, "virtio_pci"
    std::string content; ///< uncompressed
};

/// Drivers that a guest of ours needs, in no order.
const std::vector<std::string>& guest_drivers();

/// The driver of a network card, which few guests have.
inline constexpr const char* network_driver = "virtio_net";

/// The files for `wanted` and what they depend on, dependencies first. `folder` is a modules folder
/// (/lib/modules/RELEASE) with modules.order and modules.builtin; modules.dep is not needed, each module's own
/// ".modinfo" tells its dependencies, also those that it only looks up at run time ("softdep": ext4 needs a crc32c).
/// Names that are built into the kernel need no file. not_found names a
/// module that the kernel lacks.
Result<std::vector<KernelModule>> collect_modules(const std::filesystem::path& folder,
                                                  const std::vector<std::string>& wanted);

} // namespace isolab
