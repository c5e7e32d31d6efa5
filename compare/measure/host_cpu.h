// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>

#include "engine/base/clock.h"

namespace isolab {

/// CPU time used by then. Values only grow; differences are what counts.
struct CpuReading {
    Nanoseconds at{0};               ///< monotonic_now()
    std::optional<Nanoseconds> busy; ///< of the whole host, time taken by its hypervisor included (/proc/stat)
    Nanoseconds self{0};             ///< of this process
    Nanoseconds children{0};         ///< of children that ended, and theirs (getrusage(2))
};

/// Reads PROC/stat and asks the kernel about this process.
CpuReading read_cpu(const std::filesystem::path& proc = "/proc");

/// The share of all CPUs, 0 to 1, that neither this process nor the instance used between two readings; empty when the
/// host does not tell. `instance`: what it used; counted once, whether it is among the children or not. /proc/stat
/// counts in ticks of 10 ms, so a tick for each CPU is not counted as foreign. Pure.
std::optional<double> foreign_cpu_share(const CpuReading& before, const CpuReading& after,
                                        std::optional<Nanoseconds> instance, unsigned cpus);

} // namespace isolab
