// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

namespace isolab {

/// CPUs that this process may use (sched_getaffinity(2)), at least 1.
unsigned host_cpu_count() noexcept;

/// CPUs that are online, whoever may use them (sysconf(3), _SC_NPROCESSORS_ONLN), at least 1: what the figures of all
/// processes together, such as those of /proc/stat and the load, are a share of.
unsigned online_cpu_count() noexcept;

/// Main memory of this machine, bytes (sysinfo(2)).
std::uint64_t host_memory_bytes() noexcept;

/// "6.1.0-30-amd64" (uname(2)).
std::string kernel_release();

} // namespace isolab
