// SPDX-License-Identifier: GPL-3.0-or-later
//
// Whole comparisons of two sides that are the same, simulated: how often a result calls them distinguishable. Seeds are
// fixed, so a run repeats exactly; the bounds are where a right method lies in 99.9 % of seeds:
// scipy.stats.binom.ppf([.0005, .9995], 200, probability).
#include "compare/model/comparison.h"
#include "tests/compare/statistics/samples.h"
#include "tests/support/test_main.h"

#include <QtTest>

using namespace isolab;
using isolab::test::SimulatedSamples;

namespace {

constexpr int comparisons = 200;
constexpr unsigned values = 10; ///< of each side
constexpr double millisecond = 1e6;
constexpr double upper_twentieth = 1.645; ///< of a normal variable

/// What happens to the measured times of both sides alike.
struct Disturbance {
    bool outliers = false; ///< one run in twenty takes five times as long
    double drift = 0;      ///< by how much the last run is slower than the first one
};

RunResult run_of(const std::string& side, unsigned index, double milliseconds) {
    RunResult run;
    run.side = side;
    run.index = index;
    run.ready = Nanoseconds(static_cast<std::int64_t>(milliseconds * millisecond));
    return run;
}

/// One comparison whose sides take turns, each first in half of the rounds at random.
ComparisonResult comparison_of(SimulatedSamples& samples, const Disturbance& disturbance, std::uint64_t seed) {
    ComparisonResult result;
    result.plan.sides = {"one", "other"};
    result.plan.seed = seed + 1;
    result.sides = {{"one", "One", {}, {}, {}, {}, {}}, {"other", "Other", {}, {}, {}, {}, {}}};
    for (unsigned index = 0; index < values; ++index) {
        const bool turned = samples.normal() < 0;
        for (unsigned turn = 0; turn < 2; ++turn) {
            double time = samples.lognormal(1, 0.2).front();
            if (disturbance.outliers && samples.normal() > upper_twentieth)
                time *= 5;
            time *= 1 + disturbance.drift * (2 * index + turn) / (2 * values - 1);
            result.runs.push_back(run_of((turn == 0) != turned ? "one" : "other", index, 10 * time));
        }
    }
    summarise_comparison(result);
    return result;
}

} // namespace

class SameSidesTest : public QObject {
    Q_OBJECT
  private slots:
    void the_same_is_called_different_in_five_percent_data() {
        QTest::addColumn<bool>("outliers");
        QTest::addColumn<double>("drift");
        QTest::addColumn<int>("least");
        QTest::addColumn<int>("most");
        // By ranks of ten against ten values the test rejects in 4.33 %; the interval must agree as well.
        QTest::newRow("lognormal") << false << 0.0 << 1 << 19;
        QTest::newRow("with outliers") << true << 0.0 << 1 << 19;
        // Taking turns puts the drift's spread into both sides, so that less is called different, never more.
        QTest::newRow("with drift") << false << 0.5 << 0 << 19;
        QTest::newRow("with both") << true << 0.5 << 0 << 19;
    }
    void the_same_is_called_different_in_five_percent() {
        QFETCH(bool, outliers);
        QFETCH(double, drift);
        QFETCH(int, least);
        QFETCH(int, most);
        SimulatedSamples samples(11);
        int different = 0;
        int rejected = 0;
        for (std::uint64_t seed = 0; seed < comparisons; ++seed) {
            const ComparisonResult result = comparison_of(samples, {outliers, drift}, seed);
            const MetricRatio* ratio = result.find_ratio("ready");
            QVERIFY(ratio != nullptr);
            different += ratio->summary.distinguishable ? 1 : 0;
            rejected += ratio->summary.p_value < 0.05 ? 1 : 0;
        }
        qInfo("%d of %d called different, p < 0.05 in %d", different, comparisons, rejected);
        QVERIFY2(different >= least && different <= most, qPrintable(QString::number(different)));
        QVERIFY2(different <= rejected, qPrintable(QString::number(rejected)));
    }
};

ISOLAB_TEST(SameSidesTest)
#include "same_sides_test.moc"
