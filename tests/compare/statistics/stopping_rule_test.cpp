// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/statistics/statistics.h"
#include "compare/statistics/stopping_rule.h"
#include "tests/support/test_main.h"

#include <array>
#include <chrono>

#include <QtTest>

using namespace isolab;
using namespace std::chrono_literals;

namespace {

constexpr StoppingLimits strict_limits{0.025, 5, 8, 60s};

/// Around `center`, the middle one exactly there, `step` apart.
std::vector<double> evenly(std::size_t n, double center, double step) {
    std::vector<double> sample(n);
    for (std::size_t i = 0; i < n; ++i)
        sample[i] = center + (static_cast<double>(i) - static_cast<double>(n - 1) / 2) * step;
    return sample;
}

std::optional<StopReason> reason_for(const std::vector<std::vector<double>>& samples,
                                     std::chrono::nanoseconds elapsed) {
    return look_at(samples, elapsed, strict_limits, 1).reason;
}

} // namespace

class StoppingRuleTest : public QObject {
    Q_OBJECT
  private slots:
    void the_width_is_that_of_the_summary() {
        const std::vector<double> sample{11.84, 12.1, 11.2, 13.9, 12.7, 11.95, 19.4, 12.3, 12.0, 12.6};
        const SampleSummary summary = *summarise(sample, 7);
        QCOMPARE(*relative_half_width(sample, 7), (summary.high - summary.low) / 2 / summary.median);
    }
    void the_width_at_the_edges() {
        QVERIFY(!relative_half_width({}, 1));
        QCOMPARE(relative_half_width({3}, 1), std::optional(0.0));
        QCOMPARE(relative_half_width({0, 0, 0}, 1), std::optional(0.0));
        QVERIFY(!relative_half_width({-1, 0, 1}, 1));
        QCOMPARE(*relative_half_width({-3, -2, -1}, 1), *relative_half_width({3, 2, 1}, 1));
    }
    void narrow_samples_stop_at_the_least_runs() {
        QCOMPARE(reason_for({evenly(4, 100, 0.1), evenly(4, 900, 0.1)}, 1s), std::nullopt);
        const StoppingLook look = look_at(std::array{evenly(5, 100, 0.1), evenly(6, 900, 0.1)}, 1s, strict_limits, 1);
        QCOMPARE(look.reason, std::optional(StopReason::precise_enough));
        QVERIFY(look.stop());
        QCOMPARE(look.runs, 5U);
        QCOMPARE(look.elapsed, std::chrono::nanoseconds(1s));
        QCOMPARE(look.relative_half_widths.size(), 2U);
        QVERIFY(*look.relative_half_widths[0] > *look.relative_half_widths[1]);
    }
    void one_wide_sample_goes_on() {
        const auto wide = evenly(7, 100, 10);
        QCOMPARE(reason_for({evenly(7, 100, 0.1), wide}, 1s), std::nullopt);
        QCOMPARE(reason_for({wide, evenly(7, 100, 0.1)}, 1s), std::nullopt);
        QVERIFY(!look_at(std::array{wide}, 1s, strict_limits, 1).stop());
    }
    void the_shortest_sample_counts_for_the_least_runs() {
        QCOMPARE(reason_for({evenly(7, 100, 0.1), evenly(4, 100, 0.1)}, 1s), std::nullopt);
        QCOMPARE(reason_for({evenly(7, 100, 0.1), {}}, 1s), std::nullopt);
        QCOMPARE(look_at(std::array{evenly(7, 100, 0.1), std::vector<double>{}}, 1s, strict_limits, 1).runs, 0U);
        QCOMPARE(look_at(std::array{std::vector<double>{}, evenly(7, 100, 0.1)}, 1s, strict_limits, 1).runs, 0U);
    }
    void most_runs_of_any_sample_end_it() {
        QCOMPARE(reason_for({evenly(8, 100, 10), evenly(7, 100, 10)}, 1s), std::optional(StopReason::most_runs));
        QCOMPARE(reason_for({evenly(8, 100, 0.1), evenly(8, 100, 0.1)}, 1s), std::optional(StopReason::precise_enough));
    }
    void the_time_ends_it_before_the_least_runs() {
        QCOMPARE(reason_for({evenly(2, 100, 10)}, 60s - 1ns), std::nullopt);
        QCOMPARE(reason_for({evenly(2, 100, 10)}, 60s), std::optional(StopReason::most_time));
        QCOMPARE(reason_for({}, 60s), std::optional(StopReason::most_time));
    }
    void nothing_measured_is_not_precise() {
        QCOMPARE(reason_for({}, 0s), std::nullopt);
        const StoppingLimits none_needed{0.025, 0, 8, 60s};
        QVERIFY(!look_at(std::vector<std::vector<double>>{}, 0s, none_needed, 1).stop());
        QVERIFY(!look_at(std::array{std::vector<double>{}}, 0s, none_needed, 1).stop());
        QCOMPARE(look_at(std::array{std::vector<double>{4}}, 0s, none_needed, 1).reason,
                 std::optional(StopReason::precise_enough));
    }
    void a_width_of_zero_wants_equal_values() {
        const StoppingLimits exact{0, 5, 50, 60s};
        QVERIFY(!look_at(std::array{evenly(9, 100, 0.1)}, 1s, exact, 1).stop());
        QCOMPARE(look_at(std::array{std::vector<double>(5, 4.0)}, 1s, exact, 1).reason,
                 std::optional(StopReason::precise_enough));
    }
};

ISOLAB_TEST(StoppingRuleTest)
#include "stopping_rule_test.moc"
