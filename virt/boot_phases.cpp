// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/boot_phases.h"

#include <algorithm>

namespace isolab {
namespace {

Nanoseconds guest_time(std::uint64_t value) noexcept { return Nanoseconds(static_cast<std::int64_t>(value)); }

} // namespace

Nanoseconds host_time(const guest::GuestStamp& stamp, Nanoseconds arrival) noexcept {
    const Nanoseconds passed = guest_time(stamp.sent) - guest_time(stamp.happened);
    return arrival - std::max(passed, Nanoseconds(0));
}

void CpuTrail::add(Nanoseconds at, Nanoseconds cpu) { samples_.emplace_back(at, cpu); }

std::optional<Nanoseconds> CpuTrail::at(Nanoseconds at) const {
    const auto after = std::ranges::find_if(samples_, [&](const auto& sample) { return sample.first >= at; });
    if (after == samples_.end() || (after == samples_.begin() && after->first > at))
        return std::nullopt;
    if (after == samples_.begin() || after->first == at)
        return after->second;
    const auto& [from_at, from_cpu] = *std::prev(after);
    const double share =
        static_cast<double>((at - from_at).count()) / static_cast<double>((after->first - from_at).count());
    const double cpu = share * static_cast<double>((after->second - from_cpu).count());
    return from_cpu + Nanoseconds(static_cast<std::int64_t>(cpu));
}

std::vector<PhaseMark> early_marks(const guest::Hello& hello, Nanoseconds arrival, Nanoseconds created,
                                   const CpuTrail& trail) {
    const Nanoseconds init = std::clamp(host_time(hello.init, arrival), created, arrival);
    const Nanoseconds clock = std::clamp(init - guest_time(hello.init.happened), created, init);
    return {{Phase::firmware, clock, trail.at(clock)}, {Phase::kernel, init, trail.at(init)}};
}

} // namespace isolab
