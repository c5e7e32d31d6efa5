// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/measure/host_cpu.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <string>

#include <sys/resource.h>
#include <unistd.h>

namespace isolab {
namespace {

constexpr Nanoseconds tick_error = std::chrono::milliseconds(10);

Nanoseconds used_by(int who) {
    rusage usage{};
    ::getrusage(who, &usage);
    const auto time = [](const timeval& value) {
        return std::chrono::seconds(value.tv_sec) + std::chrono::microseconds(value.tv_usec);
    };
    return time(usage.ru_utime) + time(usage.ru_stime);
}

/// The line "cpu" of proc(5): user nice system idle iowait irq softirq steal; guests are in user and nice.
std::optional<Nanoseconds> busy_time(const std::filesystem::path& stat) {
    std::ifstream file(stat);
    std::string name;
    std::array<std::int64_t, 8> ticks{};
    file >> name;
    for (std::int64_t& one : ticks)
        file >> one;
    if (!file || name != "cpu")
        return std::nullopt;
    const std::int64_t busy = ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6] + ticks[7];
    return Nanoseconds(busy * (1'000'000'000 / std::max(1L, ::sysconf(_SC_CLK_TCK))));
}

} // namespace

CpuReading read_cpu(const std::filesystem::path& proc) {
    return {monotonic_now(), busy_time(proc / "stat"), used_by(RUSAGE_SELF), used_by(RUSAGE_CHILDREN)};
}

std::optional<double> foreign_cpu_share(const CpuReading& before, const CpuReading& after,
                                        std::optional<Nanoseconds> instance, unsigned cpus) {
    const Nanoseconds capacity = (after.at - before.at) * cpus;
    if (!before.busy || !after.busy || capacity <= Nanoseconds{0})
        return std::nullopt;
    const Nanoseconds of_instance = std::max(after.children - before.children, instance.value_or(Nanoseconds{0}));
    const Nanoseconds ours = after.self - before.self + of_instance + tick_error * cpus;
    const Nanoseconds foreign = std::max(Nanoseconds{0}, *after.busy - *before.busy - ours);
    return std::min(1.0, static_cast<double>(foreign.count()) / static_cast<double>(capacity.count()));
}

} // namespace isolab
