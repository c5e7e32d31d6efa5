// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/types.h>

#include "virt/guest_init/channel.h"

namespace isolab::guest {

/// A Start record taken apart; the pointers point into its payload, which must outlive it.
struct Workload {
    Start start;
    const char* groups = nullptr; ///< start.groups unsigned 32 bit numbers, unaligned
    const char* limits = nullptr; ///< start.limits of Limit, unaligned
    const char* cwd = nullptr;
    const char* hostname = nullptr;
    const char* http_path = nullptr;
    char** args = nullptr; ///< ends with a null pointer
    char** env = nullptr;
};

/// False when the record is cut short.
bool parse_workload(const Record& record, Workload& workload) noexcept;

struct RunningWorkload {
    pid_t pid = -1;
    int out = -1; ///< read ends of its standard output and error
    int err = -1;
};

/// Starts the workload in a session of its own and returns when execve(2) succeeded; a failure is told to the
/// host and ends the machine.
RunningWorkload run_workload(const Workload& workload) noexcept;

} // namespace isolab::guest
