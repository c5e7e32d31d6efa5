// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/model/format.h"
#include "compare/statistics/permutation_test.h"
#include "compare/statistics/statistics.h"
#include "engine/base/size.h"
#include "engine/base/text.h"
#include "tests/support/comma_locale.h"
#include "tests/support/test_main.h"

#include <clocale>

#include <QtTest>

using namespace isolab;
using namespace isolab::test;

class StatisticsTest : public QObject {
    Q_OBJECT
  private slots:
    void quantiles_are_type_7() {
        QCOMPARE(quantile({4, 1, 3, 2}, 0.25), 1.75);
        QCOMPARE(quantile({4, 1, 3, 2}, 0.5), 2.5);
        QCOMPARE(quantile({9}, 0.9), 9.0);
    }
    void edges_of_samples() {
        QVERIFY(!summarise({}, 1));
        QCOMPARE(summarise({5}, 1)->low, 5.0);
        QCOMPARE(summarise({5}, 1)->high, 5.0);
        QVERIFY(summarise({2, 2, 2, 2}, 1)->outliers.empty());
        QCOMPARE(summarise({1, 2, 3, 4, 100}, 1)->outliers, std::vector<std::size_t>{4});
    }
    void permutation_is_exact_when_small() {
        // {1,2,3} and {1,2,11}, each also the other way round, reach the observed difference: 4 of 20 splits.
        QCOMPARE(permutation_p_value({1, 2, 3}, {11, 12, 13}, 1), 2.0 / 20);
        QCOMPARE(permutation_p_value({5, 5, 5, 5, 5}, {9, 9, 9, 9, 9}, 1), 2.0 / 252);
        // Mann & Whitney 1947, table for n = m = 4: U = 2 has a one-sided probability of 4/70.
        QCOMPARE(permutation_p_value({1, 2, 3, 6}, {4, 5, 7, 8}, 1), 8.0 / 70);
        QCOMPARE(permutation_p_value({2, 2}, {2, 2}, 1), 1.0);
    }
    void few_runs_are_never_distinguishable() {
        QVERIFY(!compare_medians({100, 101, 102}, {1, 2, 3}, 1)->distinguishable);
        QVERIFY(compare_medians({100, 101, 102, 103}, {1, 2, 3, 4}, 1)->distinguishable);
        QVERIFY(compare_medians({100, 101, 102, 103, 104}, {1, 2, 3, 4, 5}, 1)->distinguishable);
        QVERIFY(!compare_medians({1}, {0}, 1));
    }
    void the_seed_repeats() {
        const std::vector<double> sample{1, 5, 2, 8, 3};
        QCOMPARE(summarise(sample, 3)->low, summarise(sample, 3)->low);
    }
    void figures_are_the_same_in_every_locale() {
        const CommaLocale comma;
        comma.enter();
        QCOMPARE(QString::fromLatin1(std::localeconv()->decimal_point), QString(","));
        QCOMPARE(format_duration(7.61e6), std::string("7.61 ms"));
        QCOMPARE(format_ratio(152.4), std::string("152×"));
        QCOMPARE(leading_number("0.63 avg60=1"), std::optional(0.63));
        QCOMPARE(leading_number("x"), std::optional<double>());
    }
    void figures_have_three_digits() {
        QCOMPARE(format_duration(11.84e6), std::string("11.8 ms"));
        QCOMPARE(format_duration(1.42e9), std::string("1.42 s"));
        QCOMPARE(format_bytes(203e6), std::string("203 MB"));
        QCOMPARE(format_duration(999.96e3), std::string("1.00 ms"));
        QCOMPARE(format_duration(99.96e6), std::string("100 ms"));
        QCOMPARE(format_duration(0), std::string("0 ns"));
        QCOMPARE(format_ratio(120), std::string("120×"));
        QCOMPARE(format_ratio(12345), std::string("12300×"));
        QCOMPARE(format_ratio(0.98), std::string("0.980×"));
        QCOMPARE(format_ratio(0.012345), std::string("0.0123×"));
        QCOMPARE(format_ratio(0.9996), std::string("1.00×"));
        QCOMPARE(format_figure(488.4e6, "1/s"), std::string("488 M/s"));
        QCOMPARE(format_interval(980e6, 1.2e9, "ns"), std::string("0.980 – 1.20 s"));
        QCOMPARE(format_ratio_interval(95.12, 120), std::string("95.1 – 120"));
    }
    void the_95th_percentile_needs_twenty_values() {
        std::vector<double> sample(19, 1.0);
        QVERIFY(!summarise(sample, 1)->p95);
        sample.push_back(2.0);
        QCOMPARE(*summarise(sample, 1)->p95, quantile(sample, 0.95));
    }
    void sizes() {
        QCOMPARE(*parse_size("256M"), std::uint64_t{256} << 20U);
        QCOMPARE(*parse_size("512MiB"), std::uint64_t{512} << 20U);
        QCOMPARE(*parse_size("1g"), std::uint64_t{1} << 30U);
        for (const char* wrong : {"", "M", "-1M", "1.5G", "1X", "99999999999999T"})
            QVERIFY(!parse_size(wrong));
    }
};

ISOLAB_TEST(StatisticsTest)
#include "statistics_test.moc"
