// SPDX-License-Identifier: GPL-3.0-or-later
//
// Real comparisons of a container with itself under another name.
#include "compare/run/runner.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"
#include "tests/truth/two_worlds.h"

#include <QtTest>

using namespace isolab;
using namespace isolab::test;

class SameWorldsTest : public QObject {
    Q_OBJECT
  private slots:
    /// With at most 5 % of false findings each, four or more of ten have a probability of 0.1 %.
    void a_container_is_rarely_called_different_from_itself() {
        const GoFirst priority;
        TwoWorlds worlds;
        World twin = world_of_id("container");
        twin.id = "twin";
        const auto one = worlds.container();
        const auto other = worlds.container({twin, {}, std::nullopt});
        ComparisonPlan plan;
        plan.workload = scripted("true", "exit");
        plan.sides = {"container", "twin"};
        plan.runs = 10;
        RunnerObserver nobody;
        int different = 0;
        for (std::uint64_t number = 1; number <= 10; ++number) {
            plan.seed = number;
            const auto result = Runner({one.get(), other.get()}, nullptr).run(plan, nobody, {});
            VERIFY_OK(result);
            QVERIFY(result->complete);
            const MetricRatio* ratio = result->find_ratio("ready");
            QVERIFY(ratio != nullptr);
            different += ratio->summary.distinguishable ? 1 : 0;
            qInfo("twin over container %.3f [%.3f, %.3f], p %.3f", ratio->summary.ratio, ratio->summary.low,
                  ratio->summary.high, ratio->summary.p_value);
        }
        qInfo("%d of 10 called different", different);
        QVERIFY2(different <= 3, qPrintable(QString::number(different)));
    }
};

ISOLAB_TEST(SameWorldsTest)
#include "same_worlds_test.moc"
