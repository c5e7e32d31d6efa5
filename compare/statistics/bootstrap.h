// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "compare/statistics/interval.h"

namespace isolab {

/// Enough for 95 % intervals (Efron & Tibshirani 1993, section 14.3, ask for 1000 or more).
constexpr std::size_t default_resamples = 2000;

/// Why an interval is the percentile one although BCa was asked for.
enum class BcaFallback {
    none,          ///< it is BCa
    too_few,       ///< a sample of one value, of which nothing can be left out
    no_spread,     ///< all resamples gave the same value; the interval has length zero
    infinite_bias, ///< all resamples lie on one side of the estimate, so its quantile is infinite
    unstable,      ///< the estimate does not exist without one of the values, or the correction is not monotone
};

/// An estimate with both bootstrap intervals of the same resamples, in the unit of the sample.
struct BootstrapInterval {
    double estimate = 0;
    Interval percentile; ///< Efron & Tibshirani 1993, chapter 13
    Interval interval;   ///< BCa, unless `fallback` says why it is `percentile`
    BcaFallback fallback = BcaFallback::none;
};

// 95 % bootstrap intervals: percentile, and BCa (bias-corrected and accelerated: Efron 1987, "Better Bootstrap
// Confidence Intervals", JASA 82), with the acceleration from the jackknife (Efron & Tibshirani 1993, eq. 14.15).
//
// Values must be finite; independent of each other is what the method assumes. Empty for an empty sample. The same
// values in the same order, seed and number of resamples (> 0) give the same interval everywhere. Cost is
// O(n * resamples); some tenths of a millisecond for ten values and 2000 resamples.
//
// Of few values: no resample leaves the range of its sample, which holds the population's median with probability
// 1 - 2 * 0.5^n. So below six values no interval of the median here can reach 95 % (five: 93.8 %, three: 75 %), however
// exact its ends look. How often the intervals hold the truth, in 10 000 simulated pairs of lognormal samples for each
// row (the standard error is at most 0.25 %; sigma is the standard deviation of the logarithm):
//
//   sigma   values   median, BCa   percentile   ratio of medians, BCa   percentile
//    0.05        5        93.6 %       93.6 %                  96.2 %       96.8 %
//               10        93.7 %       94.1 %                  95.4 %       96.6 %
//               20        93.8 %       93.7 %                  95.2 %       96.3 %
//    0.30        5        93.9 %       93.9 %                  96.4 %       97.0 %
//               10        93.2 %       93.5 %                  95.3 %       96.3 %
//               20        93.9 %       93.9 %                  95.2 %       96.6 %
//    1.00        5        93.6 %       93.6 %                  96.1 %       96.5 %
//               10        93.8 %       94.0 %                  95.2 %       96.6 %
//               20        93.9 %       93.8 %                  95.4 %       96.5 %
//
// So results have the percentile interval of both: of ten values, where an interval of the median holds the truth too
// rarely anyway, BCa holds it less often still (in the same samples it alone missed 193 times, percentile alone 120
// times). Of ratios both hold it often enough: BCa is nearer to 95 %, percentile errs on the safe side. Of the mean, at
// sigma 0.3 and 5, 10 and 20 values, both hold it in 81.8, 89.0 and 92.6 %.
//
// BCa mends what skewness and bias do to an interval, in the order of 1/n; that few values show too little spread it
// does not mend (Hesterberg 2015, "What Teachers Should Know About the Bootstrap").

/// Of the median. The jackknife is not consistent for it (Miller 1974); its acceleration is zero for even numbers of
/// values and small otherwise, so BCa is here in essence the bias-corrected percentile interval.
std::optional<BootstrapInterval> median_interval(const std::vector<double>& sample, std::uint64_t seed,
                                                 std::size_t resamples = default_resamples);

/// Of the arithmetic mean.
std::optional<BootstrapInterval> mean_interval(const std::vector<double>& sample, std::uint64_t seed,
                                               std::size_t resamples = default_resamples);

/// Of the ratio of two medians, resampled independently; the acceleration is that of two samples (Davison & Hinkley
/// 1997, section 5.3). Empty when either sample is empty or the median of the denominator is zero. Resamples whose
/// denominator has median zero are left out, which makes the interval one of the finite ratios.
std::optional<BootstrapInterval> ratio_of_medians_interval(const std::vector<double>& numerator,
                                                           const std::vector<double>& denominator, std::uint64_t seed,
                                                           std::size_t resamples = default_resamples);

/// Of median(a) - median(b), resampled independently, the percentile one. Empty when either sample is.
std::optional<Interval> difference_of_medians(const std::vector<double>& a, const std::vector<double>& b,
                                              std::uint64_t seed, std::size_t resamples = default_resamples);

/// Medians of that many resamples of a non-empty sample, in the order they were drawn.
std::vector<double> resampled_medians(const std::vector<double>& sample, std::uint64_t seed, std::size_t resamples);

/// Percentile interval of estimates from resamples, which must not be empty.
Interval percentile_interval(std::vector<double> replicates);

/// The acceleration of BCa from the estimates without one value each, a list for each sample: a sixth of the third
/// moment of the influences over their second to the power of 1.5. Zero when leaving out any value changes nothing.
double jackknife_acceleration(std::span<const std::vector<double>> without_one);

/// Both intervals of estimates from resamples, which must not be empty. The bias correction counts resamples below the
/// estimate, and half of those equal to it, of which a median has many.
BootstrapInterval bca_interval(std::vector<double> replicates, double estimate, double acceleration);

} // namespace isolab
