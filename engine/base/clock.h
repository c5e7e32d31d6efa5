// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <optional>

#include <sys/types.h>

namespace isolab {

using Nanoseconds = std::chrono::nanoseconds;

/// CLOCK_MONOTONIC of the host: the one clock that all marks are stamped with (points in time, ns since boot).
Nanoseconds monotonic_now() noexcept;

/// CLOCK_REALTIME in ns since 1970, for dates in records only (utc_text()); never for durations.
Nanoseconds realtime_now() noexcept;

/// CPU time (user + system, all threads, without reaped children) used by a process so far, by its
/// clock_getcpuclockid(3) clock; empty when the process is gone or not visible. 0 is the caller; a negative number, an
/// unknown process, gives nothing.
std::optional<Nanoseconds> process_cpu_time(pid_t pid) noexcept;

/// CPU time of the calling thread (CLOCK_THREAD_CPUTIME_ID).
Nanoseconds thread_cpu_time() noexcept;

} // namespace isolab
