// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a comparison writes to the history while it runs.
#include <csignal>
#include <filesystem>

#include <sys/wait.h>
#include <unistd.h>

#include <SQLiteCpp/SQLiteCpp.h>

#include "compare/history/history.h"
#include "compare/model/runner_observer.h"
#include "compare/report/report.h"
#include "compare/run/runner.h"
#include "engine/base/json.h"
#include "tests/support/fake_backend.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace isolab;
using namespace isolab::test;

namespace {

FakeScript talkative(const char* side) {
    FakeScript script;
    script.side = side;
    script.exit = ExitStatus{};
    script.output = {std::string(16'000, 'x') + "\n"};
    return script;
}

ComparisonPlan plan_of(unsigned runs) {
    ComparisonPlan plan;
    plan.workload.id = plan.workload.image = "hello";
    plan.workload.deadline = std::chrono::minutes(5);
    plan.runs = runs;
    plan.warmup = 0;
    plan.seed = 7;
    return plan;
}

/// Kills this process in the middle of a comparison.
class KillAfter final : public RunnerObserver {
  public:
    explicit KillAfter(std::size_t runs) : runs_(runs) {}
    void on_result(const ComparisonResult& result) override {
        if (result.runs.size() == runs_)
            ::kill(::getpid(), SIGKILL);
    }

  private:
    const std::size_t runs_;
};

} // namespace

class SavingTest : public QObject {
    Q_OBJECT
    QTemporaryDir scratch_;
    RunnerObserver nobody_;

    std::string file(const std::string& name) const { return scratch_.path().toStdString() + "/" + name; }

    /// Bytes that a comparison of so many runs per side writes into the history. A reader that never ends keeps SQLite
    /// from beginning its log anew, so the log's size tells.
    std::uintmax_t bytes_written(unsigned runs) {
        const std::string path = file(std::to_string(runs) + ".sqlite");
        const auto history = History::open(path);
        SQLite::Database reader(path);
        reader.exec("BEGIN");
        (void)reader.execAndGet("SELECT COUNT(*) FROM results");
        FakeBackend left(talkative("container"));
        FakeBackend right(talkative("vm"));
        const auto result = Runner({&left, &right}, history->get()).run(plan_of(runs), nobody_, {});
        return result && result->complete ? std::filesystem::file_size(path + "-wal") : 0;
    }

  private slots:
    void what_is_written_grows_with_the_runs_and_not_with_their_square() {
        const auto few = bytes_written(5);
        const auto many = bytes_written(40);
        QVERIFY(few > 2U * 5 * 16'000);
        const std::string figures = std::to_string(few) + " and " + std::to_string(many) + " bytes";
        QVERIFY2(many < 10 * few, figures.c_str()); // of eight times the runs
    }
    void what_is_saved_is_what_was_measured() {
        const auto history = History::open(file("same.sqlite"));
        FakeBackend left(talkative("container"));
        FakeBackend right(talkative("vm"));
        auto plan = plan_of(3);
        plan.warmup = 1;
        const auto result = Runner({&left, &right}, history->get()).run(plan, nobody_, {});
        VERIFY_OK(result);
        QCOMPARE(result->complete, true);
        const Json document = report_json(*result);
        QCOMPARE(document["environment"]["load_of_runs"].size(), std::size_t{8});
        const auto loaded = (*history)->load(result->id);
        VERIFY_OK(loaded);
        QCOMPARE(report_json(*loaded).dump(1), document.dump(1));
    }
    void a_comparison_that_is_killed_has_its_finished_runs() {
        const std::string path = file("killed.sqlite");
        const pid_t child = ::fork();
        if (child == 0) {
            const auto history = History::open(path);
            FakeBackend left(talkative("container"));
            FakeBackend right(talkative("vm"));
            KillAfter observer(7);
            (void)Runner({&left, &right}, history->get()).run(plan_of(20), observer, {});
            ::_exit(0);
        }
        int status = 0;
        QCOMPARE(::waitpid(child, &status, 0), child);
        QVERIFY(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        const auto history = History::open(path);
        VERIFY_OK(history);
        const auto entries = (*history)->list();
        VERIFY_OK(entries);
        QCOMPARE(entries->size(), std::size_t{1});
        QVERIFY(!entries->front().complete);
        QCOMPARE(entries->front().runs, 4U);
        const auto loaded = (*history)->load(entries->front().id);
        VERIFY_OK(loaded);
        QCOMPARE(loaded->runs.size(), std::size_t{7});
        QVERIFY(loaded->finished_at > loaded->started_at && !loaded->complete);
        const MetricSummary* ready = loaded->find_metric("container", "ready");
        QVERIFY(ready != nullptr && ready->summary.n >= 3);
        QVERIFY2(report_table(*loaded, {}).find("of 20") != std::string::npos, report_table(*loaded, {}).c_str());
    }
};

ISOLAB_TEST(SavingTest)
#include "saving_test.moc"
