// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "engine/base/error.h"
#include "engine/base/process_spec.h"

namespace isolab {

/// Refuses sizes that cannot work here: no CPU, too little memory for a kernel, more than the host has.
Result<void> check_machine_size(const ResourceLimits& limits);

/// The guest RAM for a memory limit: whole MiB, which is all that libvirt gives QEMU, and never more than the limit,
/// but `least` (MachineShape::least_memory) where that is more.
std::uint64_t machine_memory(const ResourceLimits& limits, std::uint64_t least = 0) noexcept;

} // namespace isolab
