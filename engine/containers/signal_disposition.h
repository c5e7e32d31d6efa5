// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

#include <sys/types.h>

namespace isolab {

/// Whether `signal` (1..64) does anything to the first process of a PID namespace whose /proc/PID/status is `status`:
/// it catches it, or has it blocked and may take it with sigwait(3). Otherwise the kernel drops it
/// (pid_namespaces(7), "The namespace init process"). Pure.
bool status_handles_signal(std::string_view status, int signal);

/// The same for a running process; true when it cannot be told.
bool handles_signal(pid_t pid, int signal);

/// Whether a process that is not the first of its PID namespace ignores `signal` (/proc/PID/status, SigIgn); false when
/// it cannot be told.
bool ignores_signal(pid_t pid, int signal);

} // namespace isolab
