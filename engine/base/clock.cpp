// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/clock.h"

#include <array>
#include <cstdio>
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

std::string rfc3339_time(Nanoseconds since_1970) {
    const auto whole = std::chrono::floor<std::chrono::seconds>(since_1970);
    const std::time_t seconds = whole.count();
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    std::array<char, 40> date{};
    const std::size_t length = std::strftime(date.data(), date.size(), "%Y-%m-%dT%H:%M:%S", &parts);
    std::array<char, 16> fraction{};
    std::snprintf(fraction.data(), fraction.size(), ".%09dZ", static_cast<int>((since_1970 - whole).count()));
    return std::string(date.data(), length) + fraction.data();
}

} // namespace isolab
