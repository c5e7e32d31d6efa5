// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <atomic>

#include "compare/model/runner_observer.h"
#include "compare/run/runner.h"
#include "tests/support/fake_backend.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"

#include <QtTest>

using namespace isolab;
using namespace isolab::test;

namespace {

const Error damaged_disk{ErrorKind::corrupt, "use the disk", "/data/disks/x.ext4", "it is empty", "Remove this file"};

FakeScript breaking_script(unsigned starts_that_work) {
    FakeScript script;
    script.side = "vm";
    script.exit = ExitStatus{};
    script.start_error = damaged_disk;
    script.start_error_after = starts_that_work;
    script.notices = {{"made-again", "vm: its disk was made again.", ""}};
    return script;
}

} // namespace

/// Counts what was mended, and runs.
class CountingObserver final : public RunnerObserver {
  public:
    void report(const Progress& progress) override { mends += progress.task == "mend"; }
    void on_run_finished(const RunResult&) override { ++finished; }
    std::atomic<int> mends{0};
    std::atomic<int> finished{0};
};

/// What the runner does when what a side starts from was damaged after it was deployed.
class MendTest : public QObject {
    Q_OBJECT

    ComparisonResult run(FakeBackend& backend, Mode mode = Mode::measure) {
        ComparisonPlan plan;
        plan.workload.id = plan.workload.image = "hello";
        plan.workload.readiness = *Readiness::parse("exit");
        plan.workload.deadline = std::chrono::seconds(60);
        plan.mode = mode;
        plan.sides = {"vm"};
        plan.runs = 3;
        plan.warmup = 1;
        return Runner({&backend}, nullptr).run(plan, observer_, {}).value();
    }
    CountingObserver observer_;

  private slots:
    void init() { observer_.mends = observer_.finished = 0; }

    void a_run_is_tried_again_when_something_was_mended_data() {
        QTest::addColumn<unsigned>("works");
        QTest::addColumn<bool>("race");
        QTest::newRow("in the warm-up") << 0U << false;
        QTest::newRow("in a run") << 2U << false;
        QTest::newRow("in a race") << 2U << true;
    }
    void a_run_is_tried_again_when_something_was_mended() {
        QFETCH(unsigned, works);
        QFETCH(bool, race);
        FakeScript script = breaking_script(works);
        script.mendable = true;
        FakeBackend backend(script);
        const ComparisonResult result = run(backend, race ? Mode::race : Mode::measure);
        QVERIFY(result.complete);
        QCOMPARE(result.runs.size(), std::size_t{4});
        QVERIFY(std::ranges::none_of(result.runs, [](const RunResult& one) { return one.error.has_value(); }));
        QCOMPARE(backend.mends(), 1U);
        QCOMPARE(observer_.mends.load(), 1);
        QCOMPARE(observer_.finished.load(), 4); // the attempt that failed is no run
        QCOMPARE(std::ranges::count(result.notices, "made-again", &Notice::id), 1);
    }
    void it_is_tried_again_once() {
        FakeScript script = breaking_script(0);
        script.mendable = true;
        script.mending_helps = false;
        FakeBackend backend(script);
        const ComparisonResult result = run(backend);
        QCOMPARE(backend.mends(), 1U);
        QCOMPARE(result.runs.size(), std::size_t{1}); // the warm-up
        QVERIFY(result.sides.front().error);
        QCOMPARE(result.sides.front().error->subject, damaged_disk.subject);
    }
    void nothing_to_mend_leaves_the_error() {
        FakeBackend backend(breaking_script(0));
        const ComparisonResult result = run(backend);
        QCOMPARE(backend.mends(), 1U);
        QCOMPARE(backend.started(), 0U);
        QCOMPARE(result.sides.front().error->message(), damaged_disk.message());
    }
    void what_cannot_be_mended_tells_why() {
        FakeScript script = breaking_script(0);
        script.mend_error = Error{ErrorKind::no_space, "make the disk", "x", "no space", "Make room"};
        FakeBackend backend(script);
        const ComparisonResult result = run(backend);
        QCOMPARE(result.sides.front().error->kind, ErrorKind::no_space);
    }
    void what_fails_later_is_not_mended() {
        FakeScript script = breaking_script(100);
        script.exit = ExitStatus{7, 0, false};
        script.mendable = true;
        FakeBackend backend(script);
        const ComparisonResult result = run(backend);
        QCOMPARE(backend.mends(), 0U);
        QVERIFY(result.runs.front().error);
    }
};

ISOLAB_TEST(MendTest)
#include "mend_test.moc"
