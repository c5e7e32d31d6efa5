// SPDX-License-Identifier: GPL-3.0-or-later
#include <atomic>

#include <QSignalSpy>
#include <QTest>
#include <QTimer>

#include "compare/model/runner_observer.h"
#include "gui/jobs/comparison_controller.h"
#include "tests/gui/support/fake_source.h"
#include "tests/gui/support/gui_test.h"
#include "tests/gui/support/sample_result.h"
#include "tests/support/verify.h"

using namespace isolab;
using namespace std::chrono_literals;

namespace {

ComparisonPlan plan_of(unsigned runs = 2) {
    ComparisonPlan plan;
    plan.workload = test::sample_workload();
    plan.runs = runs;
    return plan;
}

tl::unexpected<Error> no_image() {
    return fail(ErrorKind::not_found, "find image", "redis", "it was not imported", "Import it first");
}

} // namespace

class ComparisonControllerTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void opens_and_tells_the_status();
    void an_unusable_folder_can_be_tried_again();
    void runs_from_idle_to_finished();
    void a_plan_that_cannot_run_fails_with_its_error();
    void stop_at_any_moment_keeps_what_was_measured_data();
    void stop_at_any_moment_keeps_what_was_measured();
    void a_stop_before_anything_was_measured_is_no_failure();
    void a_stop_that_measured_nothing_leaves_no_result();
    void an_unknown_wish_leaves_the_window_usable();
    void trying_again_keeps_the_wish();
    void a_status_that_cannot_be_had_is_told();
    void live_updates_are_coalesced();
    void silence_is_not_drawn();
    void a_result_loaded_too_late_is_dropped();
    void closing_in_mid_run_waits_for_the_run();
    void the_event_loop_lives_during_a_run();
};

void ComparisonControllerTest::opens_and_tells_the_status() {
    test::FakeSource source;
    SessionHost host(source);
    ComparisonController controller(host, source);
    QCOMPARE(controller.stage(), Stage::opening);
    QVERIFY(!controller.can_start());
    host.open();
    COMPARE_SOON(controller.stage(), Stage::idle);
    QCOMPARE(host.workloads().size(), std::size_t{2});
    VERIFY_SOON(host.status().has_value());
}

void ComparisonControllerTest::an_unusable_folder_can_be_tried_again() {
    test::FakeSource source;
    source.on_open = [](const StopToken&) -> Result<std::vector<Workload>> { return no_image(); };
    SessionHost host(source);
    ComparisonController controller(host, source);
    host.open();
    COMPARE_SOON(controller.stage(), Stage::unusable);
    QCOMPARE(controller.error()->subject, std::string("redis"));
    controller.start(plan_of());
    QCOMPARE(controller.stage(), Stage::unusable);
    source.on_open = nullptr;
    host.open_again();
    COMPARE_SOON(controller.stage(), Stage::idle);
    QVERIFY(!controller.error());
}

void ComparisonControllerTest::runs_from_idle_to_finished() {
    test::FakeSource source;
    source.on_run = test::played_run(100ms);
    SessionHost host(source);
    ComparisonController controller(host, source);
    host.open();
    COMPARE_SOON(controller.stage(), Stage::idle);
    controller.start(plan_of());
    QCOMPARE(controller.stage(), Stage::running);
    controller.start(plan_of());
    COMPARE_SOON(controller.stage(), Stage::finished);
    QCOMPARE(source.runs.load(), 1);
    QVERIFY(controller.result()->complete);
    QCOMPARE(controller.live().finished, 4U);
}

void ComparisonControllerTest::a_plan_that_cannot_run_fails_with_its_error() {
    test::FakeSource source;
    source.on_run = [](const ComparisonPlan&, RunnerObserver&, const StopToken&) -> Result<ComparisonResult> {
        return no_image();
    };
    SessionHost host(source);
    ComparisonController controller(host, source);
    host.open();
    COMPARE_SOON(controller.stage(), Stage::idle);
    controller.start(plan_of());
    COMPARE_SOON(controller.stage(), Stage::failed);
    QCOMPARE(controller.error()->kind, ErrorKind::not_found);
    QVERIFY(controller.can_start());
}

void ComparisonControllerTest::stop_at_any_moment_keeps_what_was_measured_data() {
    QTest::addColumn<int>("after_ms");
    for (const int after : {0, 1, 5, 20, 80, 200})
        QTest::newRow(qPrintable(QString::number(after))) << after;
}

void ComparisonControllerTest::stop_at_any_moment_keeps_what_was_measured() {
    QFETCH(const int, after_ms);
    test::FakeSource source;
    source.on_run = test::endless_run();
    SessionHost host(source);
    ComparisonController controller(host, source);
    host.open();
    COMPARE_SOON(controller.stage(), Stage::idle);
    controller.start(plan_of());
    QTest::qWait(after_ms);
    controller.stop();
    QCOMPARE(controller.stage(), Stage::stopping);
    controller.stop();
    COMPARE_SOON(controller.stage(), Stage::finished);
    QCOMPARE(controller.result()->runs.size(), std::size_t{1});
    QVERIFY(!controller.result()->complete);
    QVERIFY(controller.can_start());
}

void ComparisonControllerTest::a_stop_before_anything_was_measured_is_no_failure() {
    test::FakeSource source;
    source.on_run = [](const ComparisonPlan&, RunnerObserver&, const StopToken& stop) -> Result<ComparisonResult> {
        stop.wait_for(60s);
        return fail(ErrorKind::cancelled, "deploy", "", "stopped");
    };
    SessionHost host(source);
    ComparisonController controller(host, source);
    host.open();
    COMPARE_SOON(controller.stage(), Stage::idle);
    controller.start(plan_of());
    controller.stop();
    COMPARE_SOON(controller.stage(), Stage::idle);
    QVERIFY(!controller.error());
}

void ComparisonControllerTest::a_stop_that_measured_nothing_leaves_no_result() {
    test::FakeSource source;
    source.on_run = [](const ComparisonPlan& plan, RunnerObserver&, const StopToken& stop) -> Result<ComparisonResult> {
        stop.wait_for(60s);
        ComparisonResult result;
        result.plan = plan;
        return result;
    };
    SessionHost host(source);
    ComparisonController controller(host, source);
    host.open();
    COMPARE_SOON(controller.stage(), Stage::idle);
    controller.start(plan_of());
    controller.stop();
    COMPARE_SOON(controller.stage(), Stage::idle);
    QVERIFY(controller.result() == nullptr);
}

void ComparisonControllerTest::an_unknown_wish_leaves_the_window_usable() {
    test::FakeSource source;
    SessionHost host(source);
    ComparisonController controller(host, source);
    host.open("htpp");
    COMPARE_SOON(controller.stage(), Stage::idle);
    QVERIFY(controller.can_start());
    QCOMPARE(host.catalogue().unknown->subject, std::string("htpp"));
    QCOMPARE(host.workloads().size(), std::size_t{2});
}

void ComparisonControllerTest::trying_again_keeps_the_wish() {
    test::FakeSource source;
    source.on_open = [](const StopToken&) -> Result<std::vector<Workload>> { return no_image(); };
    SessionHost host(source);
    ComparisonController controller(host, source);
    host.open("hello");
    COMPARE_SOON(controller.stage(), Stage::unusable);
    source.on_open = nullptr;
    source.wanted.clear();
    host.open_again();
    COMPARE_SOON(controller.stage(), Stage::idle);
    QCOMPARE(source.wanted, std::string("hello"));
}

void ComparisonControllerTest::a_status_that_cannot_be_had_is_told() {
    test::FakeSource source;
    source.status_error = no_image().value();
    SessionHost host(source);
    ComparisonController controller(host, source);
    const QSignalSpy told(&host, &SessionHost::status_changed);
    host.open();
    COMPARE_SOON(told.count(), 1);
    QVERIFY(!host.status() && host.status_error());
}

void ComparisonControllerTest::silence_is_not_drawn() {
    test::FakeSource source;
    source.on_run = [](const ComparisonPlan& plan, RunnerObserver& observer, const StopToken& stop) {
        observer.on_run_started("vm", 0, false);
        stop.wait_for(60s);
        return Result<ComparisonResult>(test::sample_result(plan.runs));
    };
    SessionHost host(source);
    ComparisonController controller(host, source);
    host.open();
    COMPARE_SOON(controller.stage(), Stage::idle);
    const QSignalSpy updates(&controller, &ComparisonController::live_changed);
    controller.start(plan_of());
    COMPARE_SOON(updates.count(), 1);
    QTest::qWait(400); // several frames in which nothing happens
    QCOMPARE(updates.count(), 1);
    controller.stop();
    COMPARE_SOON(controller.stage(), Stage::finished);
}

void ComparisonControllerTest::live_updates_are_coalesced() {
    test::FakeSource source;
    source.on_run = [](const ComparisonPlan& plan, RunnerObserver& observer, const StopToken& stop) {
        observer.on_run_started("vm", 0, false);
        const Nanoseconds begin = monotonic_now();
        while (monotonic_now() - begin < 300ms && !stop.stop_requested())
            for (int i = 0; i < 200; ++i)
                observer.on_output("vm", OutputStream::out, "a line of output\n");
        return Result<ComparisonResult>(test::sample_result(plan.runs));
    };
    SessionHost host(source);
    ComparisonController controller(host, source);
    host.open();
    COMPARE_SOON(controller.stage(), Stage::idle);
    const QSignalSpy updates(&controller, &ComparisonController::live_changed);
    const Nanoseconds begin = monotonic_now();
    controller.start(plan_of());
    const Nanoseconds frame = controller.frame();
    COMPARE_SOON(controller.stage(), Stage::finished);
    const auto frames = (monotonic_now() - begin) / frame;
    QVERIFY2(updates.count() >= 1 && updates.count() <= 2 * frames + 10, qPrintable(QString::number(updates.count())));
    QVERIFY(controller.live().side("vm").output.text.size() <= live_output_limit);
}

void ComparisonControllerTest::a_result_loaded_too_late_is_dropped() {
    test::FakeSource source;
    source.on_load = [](const std::string&) {
        QThread::msleep(200);
        ComparisonResult result = test::sample_result();
        result.id = "stale";
        return Result<ComparisonResult>(result);
    };
    SessionHost host(source);
    ComparisonController controller(host, source);
    host.open();
    COMPARE_SOON(controller.stage(), Stage::idle);
    const QSignalSpy loaded(&controller, &ComparisonController::loaded);
    controller.load("stale");
    controller.start(plan_of());
    COMPARE_SOON(controller.stage(), Stage::finished);
    QTest::qWait(400);
    QVERIFY(controller.result()->id != "stale");
    QCOMPARE(loaded.count(), 0);
}

void ComparisonControllerTest::closing_in_mid_run_waits_for_the_run() {
    test::FakeSource source;
    source.on_run = test::endless_run();
    SessionHost host(source);
    ComparisonController controller(host, source);
    host.open();
    COMPARE_SOON(controller.stage(), Stage::idle);
    controller.start(plan_of());
    COMPARE_SOON(source.runs.load(), 1);
    const QSignalSpy closed(&host, &SessionHost::closed);
    host.close();
    QCOMPARE(controller.stage(), Stage::stopping);
    QVERIFY(!controller.can_start());
    COMPARE_SOON(closed.count(), 1);
    QCOMPARE(source.closed.load(), 1);
    QVERIFY(!controller.busy());
}

void ComparisonControllerTest::the_event_loop_lives_during_a_run() {
    test::FakeSource source;
    std::atomic<int> beats = 0;
    source.on_run = [&beats](const ComparisonPlan& plan, RunnerObserver&, const StopToken&) {
        const Nanoseconds end = monotonic_now() + 30s;
        while (beats <= 10 && monotonic_now() < end) // as long as it takes, also on a busy machine
            QThread::msleep(5);
        return Result<ComparisonResult>(test::sample_result(plan.runs));
    };
    SessionHost host(source);
    ComparisonController controller(host, source);
    QTimer heartbeat;
    connect(&heartbeat, &QTimer::timeout, this, [&] { ++beats; });
    host.open();
    COMPARE_SOON(controller.stage(), Stage::idle);
    heartbeat.start(5);
    controller.start(plan_of());
    COMPARE_SOON(controller.stage(), Stage::finished);
    QVERIFY2(beats > 10, qPrintable(QString::number(beats.load())));
}

ISOLAB_GUI_TEST(ComparisonControllerTest)
#include "comparison_controller_test.moc"
