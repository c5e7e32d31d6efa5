// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/clock.h"

#include <ctime>

namespace isolab {
namespace {

Nanoseconds read_clock(clockid_t clock) noexcept {
    timespec now{};
    ::clock_gettime(clock, &now);
    return std::chrono::seconds(now.tv_sec) + Nanoseconds(now.tv_nsec);
}

} // namespace

Nanoseconds monotonic_now() noexcept { return read_clock(CLOCK_MONOTONIC); }

Nanoseconds realtime_now() noexcept { return read_clock(CLOCK_REALTIME); }

Nanoseconds thread_cpu_time() noexcept { return read_clock(CLOCK_THREAD_CPUTIME_ID); }

std::optional<Nanoseconds> process_cpu_time(pid_t pid) noexcept {
    clockid_t clock{};
    timespec used{};
    if (pid < 0) // clock_getcpuclockid(3) makes the caller's own clock of -1
        return std::nullopt;
    if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &used) != 0)
        return std::nullopt;
    return std::chrono::seconds(used.tv_sec) + Nanoseconds(used.tv_nsec);
}

} // namespace isolab
