// SPDX-License-Identifier: GPL-3.0-or-later
//
// Runs that end, or are ended, before they are ready.
#include "compare/history/history.h"
#include "compare/report/report.h"
#include "compare/run/runner.h"
#include "engine/base/json.h"
#include "tests/support/fake_backend.h"
#include "tests/support/test_main.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace isolab;
using namespace isolab::test;
using namespace std::chrono_literals;

namespace {

FakeScript staying() {
    FakeScript script;
    script.exit.reset();
    return script;
}

ComparisonPlan one_run(const char* readiness) {
    ComparisonPlan plan;
    plan.workload.id = plan.workload.image = "hello";
    plan.workload.readiness = *Readiness::parse(readiness);
    plan.workload.duration = 1h; // the test's own time limit is far shorter
    plan.workload.deadline = 60s;
    plan.sides = {"container"};
    plan.warmup = 0;
    plan.runs = 1;
    return plan;
}

/// Asks for a stop once the workload is executed.
class StopAtExec final : public RunnerObserver {
  public:
    explicit StopAtExec(StopSource& source) : source_(source) {}
    void on_phase(const std::string&, const PhaseSpan& span) override {
        if (span.phase == Phase::exec)
            source_.request_stop();
    }

  private:
    StopSource& source_;
};

bool contains(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

} // namespace

class NeverReadyTest : public QObject {
    Q_OBJECT

    /// Runs it with a history and expects no figure of readiness, wherever one looks.
    static void expect_no_ready_time(const FakeScript& script, const ComparisonPlan& plan, const char* error,
                                     bool stopped = false) {
        QTemporaryDir folder;
        auto history = History::open(folder.filePath("h.sqlite").toStdString());
        QVERIFY(history);
        FakeBackend left(script);
        FakeScript other = script;
        other.side = "vm";
        FakeBackend right(other);
        StopSource source;
        StopAtExec stops(source);
        RunnerObserver nobody;
        RunnerObserver& observer = stopped ? static_cast<RunnerObserver&>(stops) : nobody;
        const auto result = Runner({&left, &right}, history->get()).run(plan, observer, source.token());
        QVERIFY(result);
        const auto kept = (*history)->load(result->id);
        QVERIFY(kept);
        for (const ComparisonResult* seen : {&*result, &*kept}) {
            const RunResult& run = seen->runs.at(0);
            QVERIFY(run.error);
            QVERIFY2(contains(run.error->message(), error), run.error->message().c_str());
            QVERIFY(!run.ready);
            QVERIFY(!run.cpu_to_ready);
            QVERIFY(!run.phases.at(static_cast<std::size_t>(Phase::ready)).measured);
            QVERIFY(run.phases.at(static_cast<std::size_t>(Phase::stop)).measured);
            QVERIFY(report_json(*seen)["sides"][0]["runs"][0]["ready_ns"].is_null());
            QVERIFY(!contains(report_table(*seen, {}), "ready after"));
        }
        if (!stopped)
            QVERIFY2(contains(report_table(*kept, {}), error), report_table(*kept, {}).c_str());
    }

  private slots:
    void what_ended_before_was_never_ready_data() {
        QTest::addColumn<QString>("readiness");
        QTest::addColumn<QString>("output");
        QTest::newRow("port") << "tcp:6379"
                              << "";
        QTest::newRow("output") << "log:up"
                                << "begin";
        QTest::newRow("a line that only the end ends") << "log:up$"
                                                       << "up";
    }
    void what_ended_before_was_never_ready() {
        QFETCH(QString, readiness);
        QFETCH(QString, output);
        FakeScript script = staying();
        script.output = {output.toStdString()};
        script.exit = ExitStatus{3, 0, false};
        expect_no_ready_time(script, one_run(qPrintable(readiness)), "ended before it was ready");
        ComparisonPlan race = one_run(qPrintable(readiness));
        race.mode = Mode::race;
        race.sides = {"container", "vm"};
        expect_no_ready_time(script, race, "ended before it was ready");
    }

    void what_is_ended_at_its_deadline_was_never_ready_data() {
        QTest::addColumn<QString>("readiness");
        QTest::newRow("exit") << "exit";
        QTest::newRow("port") << "tcp:6379";
        QTest::newRow("output") << "log:bye";
    }
    void what_is_ended_at_its_deadline_was_never_ready() {
        QFETCH(QString, readiness);
        FakeScript script = staying();
        script.last_words = "bye\n";
        ComparisonPlan plan = one_run(qPrintable(readiness));
        plan.workload.deadline = 100ms;
        expect_no_ready_time(script, plan, "did not hold within 0.1 s");
    }

    void what_is_stopped_was_never_ready_data() { what_is_ended_at_its_deadline_was_never_ready_data(); }
    void what_is_stopped_was_never_ready() {
        QFETCH(QString, readiness);
        FakeScript script = staying();
        script.last_words = "bye\n";
        expect_no_ready_time(script, one_run(qPrintable(readiness)), "wait until hello is ready", true);
    }

    void output_that_comes_after_the_end_makes_nothing_ready() {
        FakeScript script = staying();
        script.exit = ExitStatus{3, 0, false};
        script.late_output = "up\n";
        expect_no_ready_time(script, one_run("log:up"), "ended before it was ready");
    }
};

ISOLAB_TEST(NeverReadyTest)
#include "never_ready_test.moc"
