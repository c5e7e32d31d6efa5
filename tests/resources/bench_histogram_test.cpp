// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include <QTest>

#include "resources/bench/histogram.h"
#include "tests/support/test_main.h"

using isolab::bench::Histogram;

class BenchHistogramTest : public QObject {
    Q_OBJECT
  private slots:
    void without_durations_all_is_zero() {
        const Histogram none;
        QVERIFY(none.empty());
        QCOMPARE(none.quantile(0.5), 0U);
        QCOMPARE(none.max(), 0U);
    }
    void short_durations_are_exact() {
        Histogram histogram;
        for (std::uint64_t value = 1; value <= 200; ++value)
            histogram.add(value);
        QCOMPARE(histogram.quantile(0), 1U);
        QCOMPARE(histogram.quantile(0.5), 100U);
        QCOMPARE(histogram.quantile(0.95), 190U);
        QCOMPARE(histogram.quantile(1), 200U);
    }
    void quantiles_are_off_by_less_than_one_percent() {
        std::mt19937_64 random(7);
        std::lognormal_distribution<double> distribution(10, 3); // from 1 ns to seconds
        Histogram histogram;
        std::vector<double> all;
        for (int i = 0; i < 20001; ++i) {
            all.push_back(std::ceil(distribution(random)));
            histogram.add(static_cast<std::uint64_t>(all.back()));
        }
        std::sort(all.begin(), all.end());
        for (const double share : {0.001, 0.5, 0.95, 0.99, 0.9999}) {
            const double exact = all[static_cast<std::size_t>(std::ceil(share * 20001)) - 1];
            const auto got = static_cast<double>(histogram.quantile(share));
            QVERIFY2(std::abs(got - exact) <= 0.01 * exact,
                     qPrintable(QString("%1: %2, %3").arg(share).arg(got).arg(exact)));
        }
        QCOMPARE(static_cast<double>(histogram.max()), all.back());
    }
    void every_power_of_two_and_its_neighbours_have_a_class() {
        for (unsigned bit = 0; bit < 40; ++bit)
            for (const std::uint64_t value : {(1ULL << bit) - 1, 1ULL << bit, (1ULL << bit) + 1}) {
                Histogram histogram;
                histogram.add(value);
                histogram.add(1ULL << 50U); // so that max() does not mend the quantile
                const auto got = static_cast<double>(histogram.quantile(0.5));
                QVERIFY(std::abs(got - static_cast<double>(value)) <= 0.01 * static_cast<double>(value));
            }
    }
    void the_longest_is_exact_however_long() {
        Histogram histogram;
        histogram.add(5'000'000'000'000);
        QCOMPARE(histogram.max(), 5'000'000'000'000U);
        QVERIFY(histogram.quantile(1) <= histogram.max());
    }
};

ISOLAB_TEST(BenchHistogramTest)
#include "bench_histogram_test.moc"
