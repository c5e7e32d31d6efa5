// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace isolab {

/// Why enough was measured.
enum class StopReason {
    precise_enough, ///< the interval of every sample's median is narrow enough
    most_runs,      ///< a sample has as many values as were allowed
    most_time,      ///< the time is used up
};

/// When a measurement that decides by itself how often to repeat is over. Recorded with the result.
///
/// The half-width is that of the interval of the median over the median: with 2.5 % on both sides, two medians are
/// compared to about 3.5 % (the root of two times as much), so that a difference of 5 % is seen. What repeats less well
/// ends by runs or time, and its interval says so.
struct StoppingLimits {
    double relative_half_width = 0.025; ///< 0.025 is 2.5 %; 0: only samples without any spread are precise enough
    std::size_t least_runs = 10;        ///< before which no interval counts; at least 1 is needed in any case
    std::size_t most_runs = 50;         ///< of each sample; goes before `least_runs`
    std::chrono::nanoseconds most_time{std::chrono::minutes(10)}; ///< goes before both; a run that began is not cut off
};

/// One look at what there is so far, as values to be recorded.
struct StoppingLook {
    std::optional<StopReason> reason = std::nullopt; ///< empty: go on
    std::size_t runs = 0;                            ///< values in the shortest sample
    std::chrono::nanoseconds elapsed{0};
    /// By sample, in their order; empty where it is unknown: of no value, or of a median of zero with a spread.
    std::vector<std::optional<double>> relative_half_widths;

    bool stop() const noexcept { return reason.has_value(); }
};

/// Half the length of the interval of the median that summarise() gives with this seed, over the median's absolute
/// value. Zero when all resamples agree; empty for an empty sample, and for a median of zero with a spread.
std::optional<double> relative_half_width(const std::vector<double>& sample, std::uint64_t seed);

/// Whether to stop. `samples`: the same figure of each side, finite values; no samples at all are never precise.
/// `elapsed`: of the measured runs and what lies between. Pure: the same values and seed give the same answer. The
/// first that holds is the reason: precise enough, most runs, most time.
///
/// What looking again and again does (Anscombe 1954, "Fixed-sample-size analysis of sequential observations"): a rule
/// that stops at the first narrow interval picks moments at which the values happen to lie close together, so the
/// interval it stops at holds the median less often than 95 %. The worst are samples that become precise in the middle
/// of the looks. One sample with 5 % of spread, which takes about 20 runs to 2.5 %, simulated 300 times with a look
/// after each run: 79 % with looks from the third run on, 85 % from the fifth, 88 % from the tenth, 92 % from the
/// twentieth, and 93 % of a fixed number. With two sides that must both be precise and looks from the tenth run on it
/// was 93 % of 1000. Hence `least_runs`, which a bootstrap interval of the median needs anyway (bootstrap.h).
///
/// The widths decide, never the p value: a rule that stopped at "different" would find differences that are none in far
/// more than 5 % of experiments (Armitage, McPherson & Rowe 1969, "Repeated significance tests on accumulating data");
/// under this one equal sides had p < 0.05 in 4.5 % of the same 1000. A figure that must keep its level exactly is
/// measured with a number of runs fixed before.
StoppingLook look_at(std::span<const std::vector<double>> samples, std::chrono::nanoseconds elapsed,
                     const StoppingLimits& limits, std::uint64_t seed);

} // namespace isolab
