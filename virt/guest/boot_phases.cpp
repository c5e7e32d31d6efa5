// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/guest/boot_phases.h"

#include <algorithm>

namespace isolab {
namespace {

/// `passed` nanoseconds, which the guest tells and which may be any number, before `end`, but not before `earliest`.
Nanoseconds time_before(Nanoseconds end, std::uint64_t passed, Nanoseconds earliest) noexcept {
    const auto possible = static_cast<std::uint64_t>(std::max(end - earliest, Nanoseconds(0)).count());
    return end - Nanoseconds(static_cast<std::int64_t>(std::min(passed, possible)));
}

} // namespace

Nanoseconds host_time(const guest::GuestStamp& stamp, Nanoseconds arrival, Nanoseconds earliest) noexcept {
    return time_before(arrival, stamp.sent > stamp.happened ? stamp.sent - stamp.happened : 0, earliest);
}

Nanoseconds sent_time(const guest::GuestStamp& stamp, std::uint64_t latest, Nanoseconds arrival,
                      Nanoseconds earliest) noexcept {
    return time_before(arrival, latest > stamp.sent ? latest - stamp.sent : 0, earliest);
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
    const Nanoseconds init = host_time(hello.init, arrival, created);
    const Nanoseconds clock = time_before(init, hello.init.happened, created);
    return {{Phase::firmware, clock, trail.at(clock)}, {Phase::kernel, init, trail.at(init)}};
}

} // namespace isolab
