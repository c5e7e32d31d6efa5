// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace isolab {

/// How large this machine is.
struct HostSize {
    unsigned cpus = 1;
    std::uint64_t memory_bytes = 0;
};

HostSize host_size();

} // namespace isolab
