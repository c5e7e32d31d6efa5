// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/statistics/stopping_rule.h"

#include <algorithm>
#include <cmath>

#include "compare/statistics/bootstrap.h"
#include "compare/statistics/quantile.h"

namespace isolab {
namespace {

std::optional<StopReason> reason_to_stop(const StoppingLook& look, std::size_t longest, const StoppingLimits& limits) {
    const auto precise = [&](const std::optional<double>& width) {
        return width && *width <= limits.relative_half_width;
    };
    if (look.runs >= std::max(limits.least_runs, std::size_t{1}) &&
        std::ranges::all_of(look.relative_half_widths, precise))
        return StopReason::precise_enough;
    if (longest >= limits.most_runs)
        return StopReason::most_runs;
    if (look.elapsed >= limits.most_time)
        return StopReason::most_time;
    return std::nullopt;
}

} // namespace

std::optional<double> relative_half_width(const std::vector<double>& sample, std::uint64_t seed) {
    if (sample.empty())
        return std::nullopt;
    const Interval interval = percentile_interval(resampled_medians(sample, seed, default_resamples));
    if (interval.high == interval.low)
        return 0;
    const double median = std::abs(quantile(sample, 0.5));
    return median > 0 ? std::optional((interval.high - interval.low) / 2 / median) : std::nullopt;
}

StoppingLook look_at(std::span<const std::vector<double>> samples, std::chrono::nanoseconds elapsed,
                     const StoppingLimits& limits, std::uint64_t seed) {
    StoppingLook look;
    look.elapsed = elapsed;
    std::size_t longest = 0;
    for (const std::vector<double>& sample : samples) {
        look.runs =
            longest == 0 && look.relative_half_widths.empty() ? sample.size() : std::min(look.runs, sample.size());
        longest = std::max(longest, sample.size());
        look.relative_half_widths.push_back(relative_half_width(sample, seed));
    }
    look.reason = reason_to_stop(look, longest, limits);
    return look;
}

} // namespace isolab
