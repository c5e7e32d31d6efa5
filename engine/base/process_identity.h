// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include <sys/types.h>

#include "engine/base/error.h"
#include "engine/base/unique_fd.h"

namespace isolab {

/// A process for the time after it has ended: numbers are given again, the moment of birth is not.
struct ProcessIdentity {
    pid_t pid = 0;                ///< 0: none
    std::uint64_t start_time = 0; ///< clock ticks since boot, field 22 of proc_pid_stat(5)

    bool operator==(const ProcessIdentity&) const = default;
};

/// Of a process that exists, also of one that has ended and was not reaped yet. not_found without one.
Result<ProcessIdentity> identify_process(pid_t pid);

/// A descriptor (pidfd_open(2)) that is proven to be of that very process. While has_number() of it holds, what
/// was opened below /proc by its number in between belongs to it. not_found when the process has ended, reaped or not.
Result<UniqueFd> open_process(const ProcessIdentity& process);

/// Whether the process of a pidfd still has its number: until it is reaped.
bool has_number(const UniqueFd& process) noexcept;

} // namespace isolab
