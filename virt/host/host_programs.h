// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "engine/base/error.h"
#include "virt/host/hypervisor_options.h"
#include "virt/kernel/guest_kernel.h"

namespace isolab {

/// qemu-system-x86_64 in PATH; unavailable names the package.
Result<std::filesystem::path> find_emulator();

/// qboot.rom among QEMU's firmware; empty when it is not installed.
std::filesystem::path find_qboot();

/// UEFI firmware for machines, without secure boot. Empty paths: it is not installed.
struct UefiFiles {
    std::filesystem::path code;      ///< only read
    std::filesystem::path variables; ///< what a machine's own variables begin as
};
UefiFiles find_uefi();

/// isolab-guest-init: as given, else beside this program.
Result<std::filesystem::path> find_guest_init(const HypervisorOptions& options);

/// isolab-vm-keeper, beside the guest's first process.
Result<std::filesystem::path> find_keeper(const std::filesystem::path& guest_init);

/// isolab-guest-agent, beside the guest's first process.
Result<std::filesystem::path> find_guest_agent(const std::filesystem::path& guest_init);

/// Where to look for a kernel: ROOT/kernels, then /var/lib/isolab/kernels, then the host's own.
KernelSearch kernel_search(const HypervisorOptions& options);

} // namespace isolab
