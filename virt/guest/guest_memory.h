// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace isolab {

/// Memory as the guest's own kernel counts it (its /proc/meminfo), bytes.
struct GuestMemory {
    std::uint64_t total = 0, free = 0, available = 0, cached = 0, buffers = 0, anonymous = 0, slab = 0,
                  kernel_stack = 0, page_tables = 0, shmem = 0;
};

} // namespace isolab
