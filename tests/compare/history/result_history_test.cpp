// SPDX-License-Identifier: GPL-3.0-or-later
//
// Experiments and suites in the history, and what people say of results.
#include "compare/history/history.h"

#include <sys/wait.h>
#include <unistd.h>

#include <SQLiteCpp/SQLiteCpp.h>

#include "compare/report/experiment_json.h"
#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "tests/support/places.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace isolab;
using namespace isolab::test;

namespace {

ComparisonResult small_comparison(const std::string& id, const char* workload = "hello") {
    ComparisonResult result;
    result.id = id;
    result.started_at = std::chrono::seconds(1'700'000'000);
    result.plan.workload.id = result.plan.workload.image = workload;
    result.plan.sides = {"container"};
    result.plan.seed = 7;
    result.sides = {{.side = "container", .title = "Container"}};
    RunResult run;
    run.side = "container";
    run.ready = std::chrono::milliseconds(12);
    result.runs.push_back(run);
    summarise_comparison(result);
    return result;
}

ExperimentResult small_experiment(const std::string& id, Method method = Method::density) {
    ExperimentResult result;
    result.id = id;
    result.started_at = std::chrono::seconds(1'700'000'100);
    result.experiment.id = "trial";
    result.experiment.title = "Trial";
    result.experiment.method = method;
    result.experiment.workloads = {"http"};
    result.experiment.worlds = {"container"};
    if (method == Method::density)
        result.experiment.factors.most_instances = 4;
    else
        result.experiment.factors.cold = {false, true};
    for (Cell& cell : cells_of(result.experiment))
        result.cells.push_back({cell, nullptr});
    return result;
}

Observation small_observation(unsigned index) {
    Observation observation;
    observation.world = "container";
    observation.index = index;
    observation.figures = {{"start", 1e6 * index}, {"elapsed", 2e6 * index}};
    return observation;
}

} // namespace

class ResultHistoryTest : public QObject {
    Q_OBJECT
    QTemporaryDir scratch_;

    std::filesystem::path file(const char* name) const { return scratch_.path().toStdString() + "/" + name; }
    std::unique_ptr<History> open(const char* name) const { return std::move(History::open(file(name)).value()); }

  private slots:
    void an_experiment_is_loaded_as_it_was_saved() {
        const auto history = open("experiment.sqlite");
        ExperimentResult result = small_experiment("20260101-000000-aaaa");
        VERIFY_OK(history->begin(result));
        for (unsigned i = 1; i <= 4; ++i) {
            result.observations.push_back(small_observation(i));
            VERIFY_OK(history->save_observations(result));
        }
        result.ends.push_back({"container", 0, Fact::said("end.cap", {Fact::quantity(4, "count")})});
        result.finished_at = std::chrono::seconds(1'700'000'200);
        result.complete = true;
        VERIFY_OK(history->save(result));
        const auto loaded = history->load_experiment("20260101");
        VERIFY_OK(loaded);
        QCOMPARE(experiment_result_json(*loaded).dump(), experiment_result_json(result).dump());
        const auto entries = history->list();
        QCOMPARE(entries->size(), std::size_t{1});
        QVERIFY(entries->front().kind == ResultKind::experiment && entries->front().runs == 4);
        QCOMPARE(entries->front().headline, std::string("instances held: Container 4"));
        QVERIFY(history->load("20260101").error().kind == ErrorKind::invalid_argument);
    }

    void what_a_killed_program_observed_is_kept() {
        const pid_t child = ::fork();
        if (child == 0) {
            auto history = History::open(file("killed.sqlite"));
            ExperimentResult result = small_experiment("20260101-000000-aaaa");
            (void)(*history)->begin(result);
            result.observations.push_back(small_observation(1));
            (void)(*history)->save_observations(result);
            ::kill(::getpid(), SIGKILL);
        }
        int status = 0;
        QCOMPARE(::waitpid(child, &status, 0), child);
        const auto loaded = open("killed.sqlite")->load_experiment("20260101-000000-aaaa");
        VERIFY_OK(loaded);
        QCOMPARE(loaded->observations.size(), std::size_t{1});
        QVERIFY(!loaded->complete);
    }

    void comparisons_come_back_to_their_cells() {
        const auto history = open("cells.sqlite");
        ExperimentResult result = small_experiment("20260101-000000-aaaa", Method::comparison);
        VERIFY_OK(history->begin(result));
        for (std::size_t cell : {std::size_t{1}, std::size_t{0}}) {
            ComparisonResult part = small_comparison(cell == 0 ? "20260101-000001-bbbb" : "20260101-000002-cccc");
            part.plan.part_of = PartOf{result.id, cell};
            part.plan.cold = cell == 1;
            VERIFY_OK(history->begin(part));
            result.cells[cell].comparison = std::make_shared<const ComparisonResult>(part);
        }
        VERIFY_OK(history->save(result));
        QCOMPARE(history->list()->front().runs, 1U); // of its comparisons, as it has no observations
        const auto loaded = history->load_experiment(result.id);
        VERIFY_OK(loaded);
        QVERIFY(loaded->cells[0].comparison && !loaded->cells[0].comparison->plan.cold);
        QVERIFY(loaded->cells[1].comparison && loaded->cells[1].comparison->plan.cold);
        QCOMPARE(history->list()->size(), std::size_t{1});
        HistoryFilter all;
        all.with_parts = true;
        QCOMPARE(history->list(all)->size(), std::size_t{3});
        VERIFY_OK(history->remove(result.id));
        QVERIFY(history->list(all)->empty());
    }

    void lists_are_in_the_order_of_time_however_they_were_written() {
        const auto history = open("order.sqlite");
        for (const auto& [id, nanoseconds] : {std::pair{"c", 5}, {"a", 900}, {"d", 5}, {"b", 20}}) {
            ComparisonResult result = small_comparison(id);
            result.started_at += Nanoseconds(nanoseconds); // within one second
            VERIFY_OK(history->begin(result));
        }
        VERIFY_OK(history->set_note("b", "Look"));
        HistoryFilter filter;
        for (const std::size_t most : {std::size_t{0}, std::size_t{4}}) {
            filter.most = most;
            std::string order;
            const auto entries = history->list(filter);
            VERIFY_OK(entries);
            for (const HistoryEntry& entry : *entries)
                order += entry.id;
            QCOMPARE(order, std::string("abdc"));
        }
        filter.text = "lOOK";
        QCOMPARE(history->list(filter)->size(), std::size_t{1});
        const auto found = history->list(filter);
        QCOMPARE(found->front().note, std::string("Look"));
    }

    void a_suite_has_its_experiments() {
        const auto history = open("suite.sqlite");
        SuiteResult suite;
        suite.id = "20260101-000000-ffff";
        suite.suite = "textbook";
        suite.title = Fact::said("suite.textbook");
        suite.started_at = std::chrono::seconds(1'700'000'000);
        VERIFY_OK(history->begin(suite));
        for (const char* id : {"20260101-000001-aaaa", "20260101-000002-bbbb"}) {
            ExperimentResult part = small_experiment(id);
            part.part_of = suite.id;
            VERIFY_OK(history->begin(part));
            suite.experiments.push_back(part);
        }
        VERIFY_OK(history->save(suite));
        const auto loaded = history->load_suite(suite.id);
        VERIFY_OK(loaded);
        QCOMPARE(suite_result_json(*loaded).dump(), suite_result_json(suite).dump());
        QVERIFY(history->list()->front().kind == ResultKind::suite);
    }

    void results_are_found_by_what_people_say_of_them() {
        const auto history = open("tags.sqlite");
        ComparisonResult one = small_comparison("20260101-000000-aaaa");
        ComparisonResult two = small_comparison("20260102-000000-bbbb", "redis");
        VERIFY_OK(history->begin(one));
        VERIFY_OK(history->begin(two));
        VERIFY_OK(history->add_tag(one.id, "lab-1"));
        VERIFY_OK(history->add_tag(one.id, "quiet"));
        VERIFY_OK(history->add_tag(one.id, "quiet")); // once
        VERIFY_OK(history->set_note(two.id, "After the Update"));
        VERIFY_OK(history->set_origin(two.id, "bench-box"));
        const auto ids = [&](HistoryFilter filter) {
            std::string text;
            const std::vector<HistoryEntry> entries = history->list(filter).value();
            for (const HistoryEntry& entry : entries)
                text += entry.id.substr(0, 8) + " ";
            return text;
        };
        QCOMPARE(ids({}), std::string("20260102 20260101 "));
        QCOMPARE(ids({.tag = "quiet"}), std::string("20260101 "));
        QCOMPARE(ids({.name = "redis"}), std::string("20260102 "));
        QCOMPARE(ids({.text = "LAB"}), std::string("20260101 "));
        QCOMPARE(ids({.text = "update"}), std::string("20260102 "));
        QCOMPARE(ids({.text = "bench-box"}), std::string("20260102 "));
        QCOMPARE(ids({.text = "100%"}), std::string());
        QCOMPARE(ids({.most = 1}), std::string("20260102 "));
        QCOMPARE(history->find("20260101")->tags, (std::vector<std::string>{"lab-1", "quiet"}));
        VERIFY_OK(history->remove_tag(one.id, "quiet"));
        QCOMPARE(history->find(one.id)->tags, (std::vector<std::string>{"lab-1"}));
        VERIFY_OK(history->set_note(two.id, ""));
        QCOMPARE(history->find(two.id)->note, std::string());
        for (const char* bad : {"", "two words", "a,b", "tab\t"})
            QVERIFY2(history->add_tag(one.id, bad).error().kind == ErrorKind::invalid_argument, bad);
        QVERIFY(history->add_tag("20990101-000000-aaaa", "x").error().kind == ErrorKind::not_found);
    }

    void version_2_is_brought_up_to_date() {
        const auto path = file("old.sqlite");
        {
            SQLite::Database database(path.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
            database.exec(read_file(source_file("tests/golden/history/version-2.sql")).value());
        }
        const auto history = History::open(path);
        VERIFY_OK(history);
        const auto entries = (*history)->list();
        QCOMPARE(entries->size(), std::size_t{1});
        QVERIFY(entries->front().kind == ResultKind::comparison && entries->front().workload == "hello");
        const auto loaded = (*history)->load(entries->front().id);
        VERIFY_OK(loaded);
        QCOMPARE(loaded->runs.size(), std::size_t{1});
        ComparisonResult next = small_comparison("20260101-000000-aaaa");
        VERIFY_OK((*history)->begin(next));
        VERIFY_OK((*history)->add_tag(entries->front().id, "old"));
        VERIFY_OK((*history)->remove(entries->front().id));
        SQLite::Database database(path.string());
        QCOMPARE(database.execAndGet("SELECT COUNT(*) FROM runs").getInt(), 1);
        QCOMPARE(database.execAndGet("SELECT COUNT(*) FROM tags").getInt(), 0);
        QVERIFY(database.execAndGet("PRAGMA integrity_check").getString() == "ok");
    }
};

ISOLAB_TEST(ResultHistoryTest)
#include "result_history_test.moc"
