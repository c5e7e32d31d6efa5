// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/statistics/statistics.h"

#include <algorithm>
#include <cmath>

#include "compare/statistics/permutation_test.h"
#include "compare/statistics/random.h"

namespace isolab {
namespace {

constexpr std::size_t resamples = 2000;
constexpr double tail = 0.025; ///< of a 95 % interval
constexpr double significance = 0.05;
constexpr std::size_t least_for_p95 = 20;

/// Type 7 of Hyndman & Fan 1996, "Sample Quantiles in Statistical Packages"; the sample is sorted.
double sorted_quantile(const std::vector<double>& sorted, double q) {
    const double place = q * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(std::floor(place));
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    const double part = place - static_cast<double>(below);
    return sorted[below] + part * (sorted[above] - sorted[below]);
}

/// Draws with replacement from one sample, again and again.
class Resampler {
  public:
    explicit Resampler(const std::vector<double>& sample) : sample_(sample), drawn_(sample.size()) {}
    double median(RandomIndex& random) {
        for (double& value : drawn_)
            value = sample_[random.below(sample_.size())];
        return median_of(drawn_);
    }

  private:
    const std::vector<double>& sample_;
    std::vector<double> drawn_;
};

struct Interval {
    double low, high;
};

/// Percentile interval (Efron & Tibshirani 1993, chapter 13).
Interval percentile_interval(std::vector<double> values) {
    std::ranges::sort(values);
    return {sorted_quantile(values, tail), sorted_quantile(values, 1 - tail)};
}

Interval median_interval(const std::vector<double>& sample, std::uint64_t seed) {
    RandomIndex random(seed);
    Resampler resampler(sample);
    std::vector<double> medians(resamples);
    for (double& median : medians)
        median = resampler.median(random);
    return percentile_interval(std::move(medians));
}

/// Fences of Tukey 1977, "Exploratory Data Analysis".
std::vector<std::size_t> find_outliers(const std::vector<double>& sample, double q1, double q3) {
    const double reach = 1.5 * (q3 - q1);
    std::vector<std::size_t> outliers;
    for (std::size_t i = 0; i < sample.size(); ++i)
        if (sample[i] < q1 - reach || sample[i] > q3 + reach)
            outliers.push_back(i);
    return outliers;
}

} // namespace

double quantile(std::vector<double> sample, double q) {
    std::ranges::sort(sample);
    return sorted_quantile(sample, q);
}

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
    const Interval interval = median_interval(sample, seed);
    summary.low = interval.low;
    summary.high = interval.high;
    summary.outliers = find_outliers(sample, summary.q1, summary.q3);
    return summary;
}

std::optional<RatioSummary> compare_medians(const std::vector<double>& numerator,
                                            const std::vector<double>& denominator, std::uint64_t seed) {
    if (numerator.empty() || denominator.empty())
        return std::nullopt;
    const double base = quantile(denominator, 0.5);
    if (base == 0)
        return std::nullopt;
    RandomIndex random(seed);
    Resampler above(numerator);
    Resampler below(denominator);
    std::vector<double> ratios;
    ratios.reserve(resamples);
    for (std::size_t i = 0; i < resamples; ++i) {
        const double top = above.median(random);
        if (const double bottom = below.median(random); bottom != 0)
            ratios.push_back(top / bottom);
    }
    RatioSummary summary;
    summary.ratio = quantile(numerator, 0.5) / base;
    summary.low = summary.high = summary.ratio;
    if (!ratios.empty()) {
        const Interval interval = percentile_interval(std::move(ratios));
        summary.low = interval.low;
        summary.high = interval.high;
    }
    summary.p_value = permutation_p_value(numerator, denominator, seed);
    summary.distinguishable = summary.p_value < significance && (summary.low > 1 || summary.high < 1);
    return summary;
}

} // namespace isolab
