// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/statistics/bootstrap.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "compare/statistics/distributions.h"
#include "compare/statistics/permutation_test.h"
#include "compare/statistics/quantile.h"
#include "compare/statistics/random.h"

namespace isolab {
namespace {

/// Draws with replacement from one sample, again and again.
class Resampler {
  public:
    explicit Resampler(const std::vector<double>& sample) : sample_(sample), drawn_(sample.size()) {}
    double median(RandomIndex& random) {
        for (double& value : drawn_)
            value = sample_[random.below(sample_.size())];
        return median_of(drawn_);
    }
    double mean(RandomIndex& random) {
        double sum = 0;
        for (std::size_t i = 0; i < sample_.size(); ++i)
            sum += sample_[random.below(sample_.size())];
        return sum / static_cast<double>(sample_.size());
    }

  private:
    const std::vector<double>& sample_;
    std::vector<double> drawn_;
};

/// Medians of a sample of two values or more without one of them each.
std::vector<double> medians_without_one(std::vector<double> sample) {
    std::ranges::sort(sample);
    const std::size_t rest = sample.size() - 1;
    const auto remaining = [&](std::size_t place, std::size_t left_out) {
        return sample[place < left_out ? place : place + 1];
    };
    std::vector<double> medians(sample.size());
    for (std::size_t i = 0; i < sample.size(); ++i)
        medians[i] = (remaining((rest - 1) / 2, i) + remaining(rest / 2, i)) / 2;
    return medians;
}

std::vector<double> means_without_one(const std::vector<double>& sample) {
    const double sum = std::accumulate(sample.begin(), sample.end(), 0.0);
    std::vector<double> means(sample.size());
    std::ranges::transform(sample, means.begin(),
                           [&](double value) { return (sum - value) / static_cast<double>(sample.size() - 1); });
    return means;
}

/// For what has no jackknife.
BootstrapInterval percentile_alone(double estimate, std::vector<double> replicates, BcaFallback reason) {
    const Interval interval = percentile_interval(std::move(replicates));
    return {estimate, interval, interval, reason};
}

std::vector<double> resampled_ratios(const std::vector<double>& numerator, const std::vector<double>& denominator,
                                     std::uint64_t seed, std::size_t resamples) {
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
    return ratios;
}

} // namespace

std::vector<double> resampled_medians(const std::vector<double>& sample, std::uint64_t seed, std::size_t resamples) {
    RandomIndex random(seed);
    Resampler resampler(sample);
    std::vector<double> medians(resamples);
    for (double& median : medians)
        median = resampler.median(random);
    return medians;
}

Interval percentile_interval(std::vector<double> replicates) {
    std::ranges::sort(replicates);
    return {sorted_quantile(replicates, interval_tail), sorted_quantile(replicates, 1 - interval_tail)};
}

double jackknife_acceleration(std::span<const std::vector<double>> without_one) {
    double squares = 0;
    double cubes = 0;
    for (const std::vector<double>& values : without_one) {
        const auto n = static_cast<double>(values.size());
        const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
        for (const double value : values) {
            const double influence = (n - 1) * (mean - value) / n;
            squares += influence * influence;
            cubes += influence * influence * influence;
        }
    }
    return squares > 0 ? cubes / (6 * std::pow(squares, 1.5)) : 0;
}

BootstrapInterval bca_interval(std::vector<double> replicates, double estimate, double acceleration) {
    std::ranges::sort(replicates);
    BootstrapInterval result;
    result.estimate = estimate;
    result.percentile = {sorted_quantile(replicates, interval_tail), sorted_quantile(replicates, 1 - interval_tail)};
    result.interval = result.percentile;
    if (replicates.front() == replicates.back()) {
        result.fallback = BcaFallback::no_spread;
        return result;
    }
    const auto [first, last] = std::equal_range(replicates.begin(), replicates.end(), estimate);
    const auto below = static_cast<double>(first - replicates.begin());
    const auto equal = static_cast<double>(last - first);
    const double proportion = (below + equal / 2) / static_cast<double>(replicates.size());
    if (proportion <= 0 || proportion >= 1) {
        result.fallback = BcaFallback::infinite_bias;
        return result;
    }
    const double bias = normal_quantile(proportion);
    std::array<double, 2> ends{interval_tail, 1 - interval_tail};
    for (double& end : ends) {
        const double shifted = bias + normal_quantile(end);
        const double divisor = 1 - acceleration * shifted;
        if (!(divisor > 0)) {
            result.fallback = BcaFallback::unstable;
            return result;
        }
        end = normal_probability(bias + shifted / divisor);
    }
    result.interval = {sorted_quantile(replicates, ends[0]), sorted_quantile(replicates, ends[1])};
    return result;
}

std::optional<BootstrapInterval> median_interval(const std::vector<double>& sample, std::uint64_t seed,
                                                 std::size_t resamples) {
    if (sample.empty())
        return std::nullopt;
    const double median = quantile(sample, 0.5);
    std::vector<double> medians = resampled_medians(sample, seed, resamples);
    if (sample.size() == 1)
        return percentile_alone(median, std::move(medians), BcaFallback::too_few);
    return bca_interval(std::move(medians), median, jackknife_acceleration(std::array{medians_without_one(sample)}));
}

std::optional<BootstrapInterval> mean_interval(const std::vector<double>& sample, std::uint64_t seed,
                                               std::size_t resamples) {
    if (sample.empty())
        return std::nullopt;
    const double mean = std::accumulate(sample.begin(), sample.end(), 0.0) / static_cast<double>(sample.size());
    RandomIndex random(seed);
    Resampler resampler(sample);
    std::vector<double> means(resamples);
    for (double& value : means)
        value = resampler.mean(random);
    if (sample.size() == 1)
        return percentile_alone(mean, std::move(means), BcaFallback::too_few);
    return bca_interval(std::move(means), mean, jackknife_acceleration(std::array{means_without_one(sample)}));
}

std::optional<BootstrapInterval> ratio_of_medians_interval(const std::vector<double>& numerator,
                                                           const std::vector<double>& denominator, std::uint64_t seed,
                                                           std::size_t resamples) {
    if (numerator.empty() || denominator.empty())
        return std::nullopt;
    const double top = quantile(numerator, 0.5);
    const double bottom = quantile(denominator, 0.5);
    if (bottom == 0)
        return std::nullopt;
    std::vector<double> ratios = resampled_ratios(numerator, denominator, seed, resamples);
    if (ratios.empty())
        ratios.push_back(top / bottom);
    if (numerator.size() == 1 || denominator.size() == 1)
        return percentile_alone(top / bottom, std::move(ratios), BcaFallback::too_few);
    std::array<std::vector<double>, 2> without_one{medians_without_one(numerator), medians_without_one(denominator)};
    if (std::ranges::find(without_one[1], 0.0) != without_one[1].end())
        return percentile_alone(top / bottom, std::move(ratios), BcaFallback::unstable);
    for (double& median : without_one[0])
        median /= bottom;
    for (double& median : without_one[1])
        median = top / median;
    return bca_interval(std::move(ratios), top / bottom, jackknife_acceleration(without_one));
}

std::optional<Interval> difference_of_medians(const std::vector<double>& a, const std::vector<double>& b,
                                              std::uint64_t seed, std::size_t resamples) {
    if (a.empty() || b.empty())
        return std::nullopt;
    std::vector<double> differences = resampled_medians(a, seed, resamples);
    const std::vector<double> others = resampled_medians(b, seed + 1, resamples);
    for (std::size_t i = 0; i < differences.size(); ++i)
        differences[i] -= others[i];
    return percentile_interval(std::move(differences));
}

} // namespace isolab
