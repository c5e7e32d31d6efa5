// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the machines have in common that Isolab's own are held against: kernel, guest and disk are the same.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "engine/base/clock.h"
#include "virt/kernel/guest_kernel.h"
#include "virt/storage/guest_image.h"
#include "virt/virt.h"

namespace isolab::bench {

inline constexpr ResourceLimits machine_limits{1, 256ULL << 20U};

/// What every run starts from; made once.
struct MachineParts {
    HypervisorFacts facts;
    KernelSource source;
    GuestKernel kernel;
    GuestDisk disk;
};
Result<MachineParts> prepare_parts(const std::filesystem::path& data, MachineKind kind,
                                   const std::filesystem::path& tree, const std::filesystem::path& work);

/// Moments after the request, seconds.
struct MachineTimes {
    double executed = 0; ///< the guest has executed the workload, by its own word
    double gone = 0;     ///< QEMU has ended
};

/// Tells the guest to run the command of `hello` and reads its records until QEMU closes the channel; fails when the
/// workload did not end with 0. The moment at which the workload was executed.
Result<Nanoseconds> run_hello(int channel);

/// Runs it `runs` times and prints {"executed": [...], "gone": [...]}; the exit code of the program `name`.
int print_times(const char* name, long runs, const std::function<Result<MachineTimes>()>& run_once);

} // namespace isolab::bench
