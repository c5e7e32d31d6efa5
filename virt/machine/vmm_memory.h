// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <sys/types.h>

#include "engine/base/error.h"

namespace isolab {

/// QEMU's memory by purpose, resident bytes.
struct VmmMemory {
    std::optional<std::uint64_t> guest_ram; ///< the mapping that has just the guest's size; empty: not found
    std::uint64_t code_cache = 0;           ///< anonymous executable mappings: translated code
};

/// Sorts the mappings of a /proc/PID/smaps text (proc(5)). Pure.
VmmMemory split_vmm_memory(std::string_view smaps, std::uint64_t guest_bytes);

/// The same for a running process.
Result<VmmMemory> read_vmm_memory(pid_t pid, std::uint64_t guest_bytes);

} // namespace isolab
