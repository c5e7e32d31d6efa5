// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "compare/statistics/quantile.h"

namespace isolab {

/// Five numbers and an interval about a sample. Quantiles by linear interpolation (type 7 of Hyndman & Fan 1996).
struct SampleSummary {
    std::size_t n = 0;
    double median = 0, low = 0, high = 0; ///< low, high: bootstrap 95 % interval of the median (percentile method)
    double q1 = 0, q3 = 0, min = 0, max = 0;
    std::vector<std::size_t> outliers;        ///< indexes beyond 1.5 IQR of the quartiles (Tukey); kept in all figures
    std::optional<double> p95 = std::nullopt; ///< from 20 values on; of fewer it would be little else than the largest
};

/// Ratio of two medians with its bootstrap interval, and a permutation test of the two samples.
struct RatioSummary {
    double ratio = 1, low = 1, high = 1;
    double p_value = 1;
    bool distinguishable = false; ///< p below 0.05 and the interval does not contain 1
};

/// Empty for an empty sample. n = 1 gives an interval of length zero. The seed makes it repeatable.
std::optional<SampleSummary> summarise(const std::vector<double>& sample, std::uint64_t seed);

/// `numerator` over `denominator`; empty when either sample is empty or a median of the denominator is zero.
std::optional<RatioSummary> compare_medians(const std::vector<double>& numerator,
                                            const std::vector<double>& denominator, std::uint64_t seed);

} // namespace isolab
