// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

namespace isolab {

/// CPUs that this process may use (sched_getaffinity(2)).
unsigned host_cpu_count() noexcept;

/// Main memory of this machine, bytes (sysinfo(2)).
std::uint64_t host_memory_bytes() noexcept;

/// "6.1.0-30-amd64" (uname(2)).
std::string kernel_release();

} // namespace isolab
