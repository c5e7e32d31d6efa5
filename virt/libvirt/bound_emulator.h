// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

#include "engine/base/error.h"

namespace isolab {

inline constexpr const char* bound_name = "qemu-system-x86_64"; ///< what the keeper is called to become QEMU
inline constexpr const char* emulator_link = "emulator";        ///< beside it: QEMU itself
/// Names the process that QEMU must not outlive, for a domain's `qemu:env`.
inline constexpr const char* owner_variable = "ISOLAB_VM_OWNER";

/// A name of QEMU for libvirt, below ROOT/cache, through which it dies with the process that starts it: a link to the
/// program isolab-vm-keeper, which sets PR_SET_PDEATHSIG (prctl(2)) and becomes `emulator`. For the embedded driver
/// only; a server ends the domains of connections that are lost.
///
/// The name changes with the file of QEMU, since libvirt looks at the one that it is given to find out whether what it
/// knows of its abilities still holds.
Result<std::filesystem::path> bind_emulator(const std::filesystem::path& root, const std::filesystem::path& keeper,
                                            const std::filesystem::path& emulator);

/// The version of the QEMU that bind_emulator() gave this name, "7.2.22": what it prints for --version. It is asked
/// once and its answer kept beside the name. Not virConnectGetVersion(): for that the embedded driver looks at every
/// QEMU of the host and starts each twice (virQEMUCapsInit() of libvirt's src/qemu/qemu_capabilities.c). Fails when
/// QEMU does not start or prints no version.
Result<std::string> bound_version(const std::filesystem::path& bound);

} // namespace isolab
