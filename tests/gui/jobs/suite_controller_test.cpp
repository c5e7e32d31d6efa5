// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/jobs/suite_controller.h"

#include <QSignalSpy>
#include <QTest>

#include "engine/base/clock.h"
#include "tests/gui/support/fake_source.h"
#include "tests/gui/support/gui_test.h"
#include "tests/gui/support/sample_experiment.h"
#include "tests/support/verify.h"

using namespace isolab;
using namespace std::chrono_literals;
using State = SuiteController::State;

namespace {

/// The first ends at once, the second goes on until it is stopped.
Result<ExperimentResult> second_is_endless(const Experiment& experiment, ExperimentObserver& observer,
                                           const StopToken& stop) {
    ExperimentResult result = test::sample_experiment_result(experiment);
    observer.on_part(result, 0, 2, Fact("warm"));
    if (experiment.id == "memory") {
        observer.on_run_started("vm", 3, false);
        stop.wait_for(60s);
        result.complete = false;
        result.cells.front().comparison = nullptr;
    }
    observer.on_experiment(result);
    return result;
}

struct Opened {
    test::FakeSource source;
    SessionHost host{source};
    SuiteController suite{host, source};

    void open() {
        host.open();
        COMPARE_SOON(suite.state(), State::idle);
    }
};

} // namespace

class SuiteControllerTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void what_was_saved_is_there_at_once();
    void a_suite_that_cannot_be_read_is_told_and_read_again();
    void the_whole_suite_is_measured();
    void one_experiment_is_measured();
    void a_stop_in_the_middle_keeps_results();
    void a_stopped_experiment_does_not_replace_a_whole_one();
    void a_failure_of_one_keeps_the_others();
    void what_cannot_be_begun_fails();
    void closing_in_mid_run_waits_for_the_run();
    void nothing_else_measures_at_the_same_time();
    void time_left_follows_the_pace_of_this_run();
    void kinds_are_read_apart();
    void results_of_several_runs_are_one_result();
};

void SuiteControllerTest::what_was_saved_is_there_at_once() {
    Opened opened;
    opened.source.saved_results = {test::sample_experiment_result(test::sample_suite(true).experiments[0])};
    QCOMPARE(opened.suite.state(), State::opening);
    QVERIFY(!opened.suite.can_start());
    opened.open();
    QVERIFY(opened.suite.result("start") != nullptr);
    QVERIFY(opened.suite.result("memory") == nullptr);
    QCOMPARE(opened.suite.usual_time("start"), std::optional<Nanoseconds>(60s));
    QVERIFY(!opened.suite.usual_time());
    QVERIFY(opened.suite.can_start());
}

void SuiteControllerTest::a_suite_that_cannot_be_read_is_told_and_read_again() {
    Opened opened;
    opened.source.suite_error = Error{ErrorKind::corrupt, "read", "start.json", "it is empty", "Install it again"};
    opened.host.open();
    COMPARE_SOON(opened.suite.state(), State::failed);
    QCOMPARE(opened.suite.error()->subject, std::string("start.json"));
    QVERIFY(!opened.suite.can_start());
    opened.source.suite_error.reset();
    opened.source.saved_results = {test::sample_experiment_result(test::sample_suite(true).experiments[0])};
    opened.suite.load();
    COMPARE_SOON(opened.suite.state(), State::idle);
    QVERIFY(!opened.suite.error());
    QVERIFY(opened.suite.has_results());
    opened.source.suite_error = Error{ErrorKind::corrupt, "read", "start.json", "it is empty", "Install it again"};
    opened.suite.choose(false); // what is shown is not of that kind any more
    COMPARE_SOON(opened.suite.state(), State::failed);
    QVERIFY(!opened.suite.has_results() && opened.suite.suite().experiments.empty());
}

void SuiteControllerTest::the_whole_suite_is_measured() {
    Opened opened;
    opened.open();
    opened.suite.start();
    QCOMPARE(opened.suite.state(), State::running);
    QCOMPARE(opened.suite.planned().size(), std::size_t{3});
    opened.suite.start();
    COMPARE_SOON(opened.suite.state(), State::idle);
    QCOMPARE(opened.source.runs.load(), 3);
    QVERIFY(opened.suite.result("start")->result.complete);
    QVERIFY(opened.suite.result("kernel")->result.error);
    QVERIFY(opened.suite.planned().empty());
}

void SuiteControllerTest::one_experiment_is_measured() {
    Opened opened;
    opened.open();
    opened.suite.start("nonsense");
    QCOMPARE(opened.suite.state(), State::idle);
    opened.suite.start("memory");
    COMPARE_SOON(opened.suite.state(), State::idle);
    QCOMPARE(opened.source.runs.load(), 1);
    QVERIFY(opened.suite.result("memory") != nullptr);
    QVERIFY(opened.suite.result("start") == nullptr);
}

void SuiteControllerTest::a_stop_in_the_middle_keeps_results() {
    Opened opened;
    opened.source.on_experiment = second_is_endless;
    opened.open();
    opened.suite.start();
    COMPARE_SOON(opened.suite.live().side, std::string("vm"));
    QCOMPARE(opened.suite.live().experiment, std::string("memory"));
    QVERIFY(opened.suite.has_ended("start"));
    opened.suite.stop();
    QCOMPARE(opened.suite.state(), State::stopping);
    opened.suite.stop();
    COMPARE_SOON(opened.suite.state(), State::idle);
    QVERIFY(opened.suite.was_stopped());
    QVERIFY(opened.suite.result("start")->result.complete);
    QVERIFY(opened.suite.result("kernel") == nullptr);
    QVERIFY(!opened.suite.results().complete);
}

void SuiteControllerTest::a_stopped_experiment_does_not_replace_a_whole_one() {
    Opened opened;
    opened.source.saved_results = {test::sample_experiment_result(test::sample_suite(true).experiments[1])};
    opened.source.on_experiment = second_is_endless;
    opened.open();
    opened.suite.start("memory");
    COMPARE_SOON(opened.suite.live().side, std::string("vm"));
    opened.suite.stop();
    COMPARE_SOON(opened.suite.state(), State::idle);
    QVERIFY(opened.suite.result("memory")->result.complete);
}

void SuiteControllerTest::a_failure_of_one_keeps_the_others() {
    Opened opened;
    opened.source.on_experiment = [](const Experiment& experiment, ExperimentObserver& observer, const StopToken&) {
        ExperimentResult result = test::sample_experiment_result(experiment);
        if (experiment.id == "start") {
            result.cells.front().comparison = nullptr;
            result.complete = false;
            result.error = Error{ErrorKind::unavailable, "run", "http", "the disk is full", ""};
        }
        observer.on_experiment(result);
        return Result<ExperimentResult>(result);
    };
    opened.open();
    opened.suite.start();
    COMPARE_SOON(opened.suite.state(), State::idle);
    QCOMPARE(opened.suite.result("start")->result.error->cause, std::string("the disk is full"));
    QVERIFY(!opened.suite.usual_time("start"));
    QVERIFY(opened.suite.result("memory")->result.complete);
}

void SuiteControllerTest::what_cannot_be_begun_fails() {
    Opened opened;
    opened.source.on_experiment = [](const Experiment&, ExperimentObserver&, const StopToken&) {
        return Result<ExperimentResult>(fail(ErrorKind::unavailable, "reach", "the data folder", "it is not open"));
    };
    opened.open();
    opened.suite.start();
    COMPARE_SOON(opened.suite.state(), State::failed);
    QCOMPARE(opened.suite.error()->subject, std::string("the data folder"));
    QVERIFY(opened.suite.can_start());
}

void SuiteControllerTest::closing_in_mid_run_waits_for_the_run() {
    Opened opened;
    opened.source.on_experiment = second_is_endless;
    opened.open();
    opened.suite.start();
    COMPARE_SOON(opened.suite.live().side, std::string("vm"));
    const QSignalSpy closed(&opened.host, &SessionHost::closed);
    opened.host.close();
    QCOMPARE(opened.suite.state(), State::stopping);
    COMPARE_SOON(closed.count(), 1);
    QVERIFY(!opened.suite.busy());
    QVERIFY(!opened.suite.can_start());
    QVERIFY(opened.suite.result("start") != nullptr);
}

void SuiteControllerTest::nothing_else_measures_at_the_same_time() {
    Opened opened;
    opened.source.on_experiment = second_is_endless;
    opened.open();
    QVERIFY(opened.host.can_measure());
    opened.suite.start();
    QVERIFY(!opened.host.can_measure());
    opened.suite.choose(false); // not while it runs
    QVERIFY(opened.suite.quick());
    COMPARE_SOON(opened.suite.live().side, std::string("vm"));
    opened.suite.stop();
    COMPARE_SOON(opened.suite.state(), State::idle);
    VERIFY_SOON(opened.host.can_measure());
}

void SuiteControllerTest::time_left_follows_the_pace_of_this_run() {
    Opened opened;
    const Suite suite = test::sample_suite(true);
    for (const std::size_t each : {0U, 1U})
        opened.source.saved_results.push_back(test::sample_experiment_result(suite.experiments[each]));
    ExperimentResult kernel = test::sample_experiment_result(suite.experiments[2]);
    kernel.error.reset();
    kernel.complete = true;
    opened.source.saved_results.push_back(kernel);
    opened.source.on_experiment = [](const Experiment& experiment, ExperimentObserver& observer,
                                     const StopToken& stop) {
        ExperimentResult result = test::sample_experiment_result(experiment);
        result.finished_at = result.started_at + 120s; // twice what it took before
        if (experiment.id == "memory")
            return second_is_endless(experiment, observer, stop);
        observer.on_experiment(result);
        return Result<ExperimentResult>(result);
    };
    opened.open();
    QCOMPARE(opened.suite.usual_time(), std::optional<Nanoseconds>(180s));
    QVERIFY(!opened.suite.time_left(monotonic_now()));
    opened.suite.start();
    COMPARE_SOON(opened.suite.live().side, std::string("vm"));
    const Nanoseconds begun = opened.suite.live().begun_at;
    QCOMPARE(opened.suite.time_left(begun), std::optional<Nanoseconds>(240s));
    QCOMPARE(opened.suite.time_left(begun + 100s), std::optional<Nanoseconds>(140s));
    QCOMPARE(opened.suite.time_left(begun + 500s), std::optional<Nanoseconds>(120s));
    QCOMPARE(qRound(100 * opened.suite.share_done(begun)), 33);
    QCOMPARE(qRound(100 * opened.suite.share_done(begun + 500s)), 67);
    opened.suite.stop();
    COMPARE_SOON(opened.suite.state(), State::idle);
}

void SuiteControllerTest::kinds_are_read_apart() {
    Opened opened;
    opened.open();
    QCOMPARE(opened.suite.suite().experiments.front().repetitions, 5U);
    opened.suite.choose(false);
    QCOMPARE(opened.suite.state(), State::loading);
    QVERIFY(!opened.suite.can_start());
    COMPARE_SOON(opened.suite.state(), State::idle);
    QCOMPARE(opened.suite.suite().experiments.front().repetitions, 20U);
}

void SuiteControllerTest::results_of_several_runs_are_one_result() {
    Opened opened;
    for (const Experiment& experiment : test::sample_suite(true).experiments) {
        opened.source.saved_results.push_back(test::sample_experiment_result(experiment));
        opened.source.saved_results.back().part_of = "20261124-205441-aaaa";
    }
    opened.open();
    QCOMPARE(opened.suite.results().id, std::string("20261124-205441-aaaa"));
    opened.suite.start("start");
    COMPARE_SOON(opened.suite.state(), State::idle);
    const SuiteResult all = opened.suite.results();
    QVERIFY(all.id != "20261124-205441-aaaa");
    for (const ExperimentResult& each : all.experiments)
        QCOMPARE(each.part_of, all.id);
}

ISOLAB_GUI_TEST(SuiteControllerTest)
#include "suite_controller_test.moc"
