// SPDX-License-Identifier: GPL-3.0-or-later
//
// Expected figures come from python3-numpy 1.24.2 and python3-scipy 1.10.1; each test says how.
#include "compare/statistics/bootstrap.h"
#include "compare/statistics/distributions.h"
#include "compare/statistics/statistics.h"
#include "tests/support/test_main.h"

#include <array>
#include <cmath>
#include <numeric>

#include <QtTest>

using namespace isolab;

namespace {

constexpr std::size_t many_resamples = 200000;

bool is_near(double value, double expected, double distance) { return std::abs(value - expected) <= distance; }

} // namespace

class BootstrapTest : public QObject {
    Q_OBJECT
  private slots:
    void quantiles_of_distributions() {
        // scipy.stats: norm.ppf(.975), norm.ppf(1e-10), norm.cdf(-1.3); t, whose ppf errs from the 11th digit on,
        // by scipy.optimize.brentq(lambda t: scipy.stats.t.sf(t, f) - .025, 1, 50, xtol=1e-15, rtol=1e-15)
        QCOMPARE(normal_quantile(0.975), 1.959963984540054);
        QCOMPARE(normal_quantile(1e-10), -6.361340902404056);
        QCOMPARE(normal_probability(-1.3), 0.09680048458561036);
        QCOMPARE(student_t_quantile(0.975, 1), 12.706204736174701);
        QCOMPARE(student_t_quantile(0.975, 8), 2.3060041352041662);
        QCOMPARE(student_t_quantile(0.975, 30.5), 2.04086944518632);
    }
    void intervals_of_given_replicates() {
        // r = numpy.array([i * i / 100 for i in range(1000)]); z0 = norm.ppf(mean of (r < e) and (r <= e));
        // numpy.quantile(r, norm.cdf(z0 + (z0 + z) / (1 - a * (z0 + z)))) for z = norm.ppf([.025, .975])
        std::vector<double> replicates(1000);
        for (std::size_t i = 0; i < replicates.size(); ++i)
            replicates[i] = static_cast<double>(i * i) / 100;
        const BootstrapInterval biased_up = bca_interval(replicates, 3000, 0.05);
        QCOMPARE(biased_up.interval.low, 34.657683377524236);
        QCOMPARE(biased_up.interval.high, 9835.076525475683);
        QCOMPARE(biased_up.percentile, percentile_interval(replicates));
        QCOMPARE(biased_up.fallback, BcaFallback::none);
        const BootstrapInterval biased_down = bca_interval(replicates, 1600, -0.03);
        QCOMPARE(biased_down.interval.low, 0.1937905476383296);
        QCOMPARE(biased_down.interval.high, 8356.680951249631);
    }
    void acceleration_of_the_jackknife() {
        // u = x.mean() - x; (u ** 3).sum() / (6 * (u ** 2).sum() ** 1.5) for x = 1, 2, 4, 9
        QCOMPARE(jackknife_acceleration(std::array{std::vector<double>{1, 2, 4, 9}}), -0.0640347714989852);
        QCOMPARE(jackknife_acceleration(std::array{std::vector<double>{3, 3, 3}}), 0.0);
        // Of two: l = (n - 1) * (x.mean() - x) each; c and s are the sums over both of (l ** 3).sum() / n ** 3 and
        // (l ** 2).sum() / n ** 2; c / 6 / s ** 1.5
        const std::array two{std::vector<double>{1, 2, 4, 9}, std::vector<double>{3, 4, 5, 5.5, 11, 17, 18}};
        QCOMPARE(jackknife_acceleration(two), -0.030903937334764948);
    }
    void mean_agrees_with_scipy() {
        // scipy.stats.bootstrap((x,), numpy.mean, n_resamples=1_000_000, method="BCa" and "percentile",
        // vectorized=True, batch=20000, random_state=numpy.random.default_rng(1)); with 200,000 an end is known to
        // about 0.01.
        const auto mean = mean_interval({3.1, 4.7, 2.2, 9.8, 3.9, 5.5, 12.4, 4.1, 3.3, 6.0}, 1, many_resamples);
        QCOMPARE(mean->estimate, 5.5);
        QVERIFY2(is_near(mean->interval.low, 4.03, 0.03), qPrintable(QString::number(mean->interval.low)));
        QVERIFY2(is_near(mean->interval.high, 8.03, 0.03), qPrintable(QString::number(mean->interval.high)));
        QVERIFY2(is_near(mean->percentile.low, 3.81, 0.03), qPrintable(QString::number(mean->percentile.low)));
        QVERIFY2(is_near(mean->percentile.high, 7.55, 0.03), qPrintable(QString::number(mean->percentile.high)));
    }
    void median_agrees_with_its_exact_distribution() {
        // A resample's median of n = 9 is at most the j-th value with probability scipy.stats.binom.sf(4, 9, j / 9);
        // the formula above on that distribution, with no resample at all. No step of it is nearer to an end than
        // 0.005.
        const auto median = median_interval({4, 1, 9, 4, 2, 4, 3, 7, 4}, 1, many_resamples);
        QCOMPARE(median->estimate, 4.0);
        QCOMPARE(median->interval, (Interval{3, 7}));
        QCOMPARE(median->percentile, (Interval{2, 7}));
    }
    void ratio_agrees_with_its_exact_distribution() {
        // The same of 7 * 7 ratios, with the acceleration of two samples; no step is nearer to an end than 0.004.
        const auto ratio = ratio_of_medians_interval({16.8, 18.0, 22.3, 26.2, 28.8, 31.8, 32.0},
                                                     {2.1, 2.2, 2.3, 2.5, 4.7, 5.1, 5.6}, 1, many_resamples);
        QCOMPARE(ratio->estimate, 10.48);
        QCOMPARE(ratio->interval.low, 4.74468085106383);
        QCOMPARE(ratio->interval.high, 14.454545454545453);
        QCOMPARE(ratio->percentile.low, 3.829787234042553);
        QCOMPARE(ratio->percentile.high, 13.82608695652174);
        QCOMPARE(ratio->fallback, BcaFallback::none);
    }
    void edges_of_samples() {
        QVERIFY(!median_interval({}, 1) && !mean_interval({}, 1));
        QVERIFY(!ratio_of_medians_interval({}, {1}, 1) && !ratio_of_medians_interval({1}, {}, 1));
        QVERIFY(!ratio_of_medians_interval({1, 2}, {0, 0, 3}, 1));
        const auto ratio_of_singles = ratio_of_medians_interval({6}, {2}, 1);
        const auto ratio_of_equals = ratio_of_medians_interval({6, 6, 6}, {2, 2}, 1);
        QCOMPARE(ratio_of_singles->interval, (Interval{3, 3}));
        QCOMPARE(ratio_of_singles->fallback, BcaFallback::too_few);
        QCOMPARE(ratio_of_equals->interval, (Interval{3, 3}));
        QCOMPARE(ratio_of_equals->fallback, BcaFallback::no_spread);
        for (const auto interval_of : {median_interval, mean_interval}) {
            const auto one = interval_of({5}, 1, default_resamples);
            QCOMPARE(one->interval, (Interval{5, 5}));
            QCOMPARE(one->fallback, BcaFallback::too_few);
            const auto equal = interval_of({0.1, 0.1, 0.1}, 1, default_resamples);
            QCOMPARE(equal->interval.low, equal->interval.high);
            QCOMPARE(equal->interval.low, 0.1);
            QCOMPARE(equal->fallback, BcaFallback::no_spread);
            for (const std::vector<double>& few : {std::vector<double>{1, 3}, std::vector<double>{1, 2, 9}}) {
                const auto interval = interval_of(few, 1, default_resamples);
                QCOMPARE(interval->fallback, BcaFallback::none);
                QVERIFY(interval->interval.low >= few.front() && interval->interval.high <= few.back());
                QVERIFY(interval->interval.low < interval->interval.high);
            }
        }
    }
    void an_infinite_bias_falls_back_and_says_so() {
        for (const double estimate : {0.5, 9.5}) {
            const BootstrapInterval interval = bca_interval({1, 2, 3, 4, 5, 6, 7, 8, 9}, estimate, 0.01);
            QCOMPARE(interval.fallback, BcaFallback::infinite_bias);
            QCOMPARE(interval.interval, interval.percentile);
            QCOMPARE(interval.interval, (Interval{1.2, 8.8}));
        }
    }
    void an_unstable_correction_falls_back_and_says_so() {
        const BootstrapInterval bent = bca_interval({1, 2, 3, 4, 5, 6, 7, 8, 9}, 5, 0.6);
        QCOMPARE(bent.fallback, BcaFallback::unstable);
        QCOMPARE(bent.interval, bent.percentile);
        // Without the 3 the denominator's median is zero.
        const auto ratio = ratio_of_medians_interval({4, 5, 6}, {-1, 3, 1}, 1);
        QCOMPARE(ratio->fallback, BcaFallback::unstable);
        QCOMPARE(ratio->interval, ratio->percentile);
    }
    void the_seed_decides() {
        const std::vector<double> sample{1, 5, 2, 8, 3, 13, 21};
        QCOMPARE(mean_interval(sample, 3)->interval, mean_interval(sample, 3)->interval);
        QVERIFY(mean_interval(sample, 3)->interval != mean_interval(sample, 4)->interval);
    }
    void summaries_keep_their_numbers() {
        // Recorded results were made with these draws: a change of the generator's use would change them.
        const std::vector<double> a{11.84, 12.1, 11.2, 13.9, 12.7, 11.95, 19.4, 12.3, 12.0, 12.6};
        const std::vector<double> b{2.1, 2.35, 2.2, 2.05, 2.6, 2.15, 2.9, 2.25, 2.3};
        const SampleSummary summary = *summarise(a, 77);
        const RatioSummary ratio = *compare_medians(a, b, 77);
        QCOMPARE(summary.low, 11.949249999999999);
        QCOMPARE(summary.high, 13.25);
        QCOMPARE(ratio.low, 4.8649038461538456);
        QCOMPARE(ratio.high, 5.9111111111111114);
        QCOMPARE(ratio.p_value, 1.0 / 4001);
        QCOMPARE(summary.low, median_interval(a, 77)->percentile.low);
        QCOMPARE(ratio.high, ratio_of_medians_interval(a, b, 77)->percentile.high);
    }
};

ISOLAB_TEST(BootstrapTest)
#include "bootstrap_test.moc"
