// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/statistics/statistics.h"

#include <algorithm>

#include "compare/statistics/bootstrap.h"
#include "compare/statistics/outliers.h"
#include "compare/statistics/permutation_test.h"

namespace isolab {
namespace {

constexpr double significance = 0.05;
constexpr std::size_t least_for_p95 = 20;

} // namespace

std::optional<SampleSummary> summarise(const std::vector<double>& sample, std::uint64_t seed) {
    if (sample.empty())
        return std::nullopt;
    std::vector<double> sorted = sample;
    std::ranges::sort(sorted);
    SampleSummary summary;
    summary.n = sample.size();
    summary.min = sorted.front();
    summary.max = sorted.back();
    summary.q1 = sorted_quantile(sorted, 0.25);
    summary.median = sorted_quantile(sorted, 0.5);
    summary.q3 = sorted_quantile(sorted, 0.75);
    if (sorted.size() >= least_for_p95)
        summary.p95 = sorted_quantile(sorted, 0.95);
    const Interval interval = percentile_interval(resampled_medians(sample, seed, default_resamples));
    summary.low = interval.low;
    summary.high = interval.high;
    summary.outliers = find_outliers(sample);
    return summary;
}

std::optional<RatioSummary> compare_medians(const std::vector<double>& numerator,
                                            const std::vector<double>& denominator, std::uint64_t seed) {
    const auto interval = ratio_of_medians_interval(numerator, denominator, seed);
    if (!interval)
        return std::nullopt;
    RatioSummary summary;
    summary.ratio = interval->estimate;
    summary.low = interval->percentile.low;
    summary.high = interval->percentile.high;
    summary.p_value = permutation_p_value(numerator, denominator, seed);
    summary.distinguishable = summary.p_value < significance && (summary.low > 1 || summary.high < 1);
    return summary;
}

} // namespace isolab
