// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/experiment/experiment.h"
#include "engine/base/json.h"
#include "tests/support/places.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"

#include <QTemporaryDir>
#include <QtTest>

#include <fstream>

using namespace isolab;
using namespace isolab::test;

class ExperimentTest : public QObject {
    Q_OBJECT

    static Json document() {
        return {{"schema", "isolab.experiment/1"},
                {"id", "sizes"},
                {"workloads", {"http", "hello"}},
                {"worlds", {"container", "vm"}},
                {"factors", {{"cpus", {1, 2}}, {"memory", {"256M", "1G"}}, {"cache", {"warm", "cold"}}}},
                {"repetitions", 7}};
    }
    static Result<Experiment> parse(const Json& json, bool quick = false) {
        return parse_experiment(json, "sizes.json", quick);
    }

  private slots:
    void cells_are_all_with_all() {
        const auto experiment = parse(document());
        VERIFY_OK(experiment);
        const std::vector<Cell> cells = cells_of(*experiment);
        QCOMPARE(cells.size(), std::size_t{16});
        QVERIFY((cells.front() == Cell{"http", 1U, 256ULL << 20U, false, {}, true}));
        QVERIFY((cells[1] == Cell{"http", 1U, 256ULL << 20U, true, {}, true}));
        QVERIFY((cells.back() == Cell{"hello", 2U, 1ULL << 30U, true, {}, true}));
        QCOMPARE(english(condition_of(*experiment, cells.front())), std::string("http, 1 CPUs, 268 MB, warm"));
    }

    void factors_with_one_value_are_no_condition() {
        Json one = document();
        one["workloads"] = {"http"};
        one["factors"] = {{"cpus", {2}}};
        const auto experiment = parse(one);
        VERIFY_OK(experiment);
        QCOMPARE(cells_of(*experiment).size(), std::size_t{1});
        QVERIFY(condition_of(*experiment, cells_of(*experiment).front()).empty());
    }

    void a_victim_is_alone_and_beside_each_neighbour() {
        Json json = document();
        json["method"] = "interference";
        json["workloads"] = {"victim"};
        json["factors"] = {{"neighbours", {"burn", "fill"}}};
        const auto experiment = parse(json);
        VERIFY_OK(experiment);
        const std::vector<Cell> cells = cells_of(*experiment);
        QCOMPARE(cells.size(), std::size_t{6});
        QVERIFY(cells[0].neighbour.empty() && cells[0].limited);
        QVERIFY(cells[5].neighbour == "fill" && !cells[5].limited);
        QCOMPARE(english(condition_of(*experiment, cells[5])), std::string("beside fill, without limits"));
    }

    void a_chain_adds_one_ingredient_after_the_other() {
        Json json = document();
        json.erase("worlds");
        json["chain"] = {{"from", "native"}, {"add", {"pid", "uts"}}};
        const auto experiment = parse(json);
        VERIFY_OK(experiment);
        QCOMPARE(experiment->worlds, (std::vector<std::string>{"native", "native+pid", "native+pid+uts"}));
    }

    void a_first_look_is_what_the_document_says() {
        Json json = document();
        json["quick"] = {{"repetitions", 2}, {"deadline_s", 1.5}, {"worlds", {"native"}}};
        const auto whole = parse(json);
        const auto quick = parse(json, true);
        VERIFY_OK(quick);
        QCOMPARE(whole->repetitions, 7U);
        QCOMPARE(quick->repetitions, 2U);
        QVERIFY(whole->worlds.size() > 1);
        QCOMPARE(quick->worlds, std::vector<std::string>{"native"});
        QCOMPARE(quick->deadline, std::chrono::nanoseconds(std::chrono::milliseconds(1500)));
    }

    void it_can_be_written_and_read_again() {
        Json json = document();
        json["stop"] = {{"relative_half_width", 0.05}, {"least", 12}, {"seconds", 90}};
        json["order"] = "listed";
        json["deadline_s"] = 12.5;
        json["seed"] = 42;
        json["claim"] = "start";
        const auto experiment = parse(json);
        VERIFY_OK(experiment);
        const Json written = experiment_json(*experiment);
        const auto again = parse(written);
        VERIFY_OK(again);
        QCOMPARE(experiment_json(*again).dump(), written.dump());
        QVERIFY(cells_of(*again) == cells_of(*experiment));
        QCOMPARE(again->stop->least_runs, std::size_t{12});
    }

    void mistakes_are_named_with_their_place_data() {
        QTest::addColumn<QString>("pointer");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("told");
        QTest::newRow("unknown key") << "/colour"
                                     << "1"
                                     << "$.colour is not known";
        QTest::newRow("unknown factor") << "/factors/cpu"
                                        << "[1]"
                                        << "$.factors.cpu is not known";
        QTest::newRow("no schema") << "/schema"
                                   << "null"
                                   << "$.schema must be a text";
        QTest::newRow("other schema") << "/schema"
                                      << R"("isolab.experiment/9")"
                                      << "$.schema is \"isolab.experiment/9\"";
        QTest::newRow("bad id") << "/id"
                                << R"("../x")"
                                << "$.id is \"../x\"";
        QTest::newRow("no CPUs") << "/factors/cpus/1"
                                 << "0"
                                 << "$.factors.cpus[1] is 0";
        QTest::newRow("half a CPU") << "/factors/cpus/0"
                                    << "0.5"
                                    << "$.factors.cpus[0] is 0.5";
        QTest::newRow("minus one") << "/factors/cpus/0"
                                   << "-1"
                                   << "$.factors.cpus[0] is -1";
        QTest::newRow("twice") << "/factors/cpus/0"
                               << "2"
                               << "$.factors.cpus[1] 2 stands there twice";
        QTest::newRow("empty factor") << "/factors/cpus"
                                      << "[]"
                                      << "$.factors.cpus must be a list";
        QTest::newRow("a word") << "/factors/cpus"
                                << R"("many")"
                                << "$.factors.cpus must be a list";
        QTest::newRow("bad size") << "/factors/memory/1"
                                  << R"("much")"
                                  << "$.factors.memory[1] is \"much\"";
        QTest::newRow("bad cache") << "/factors/cache/0"
                                   << R"("hot")"
                                   << "$.factors.cache[0] is \"hot\"; possible are: warm, cold";
        QTest::newRow("no workload") << "/workloads"
                                     << "[]"
                                     << "$.workloads must be a list";
        QTest::newRow("world twice") << "/worlds/1"
                                     << R"("container")"
                                     << "$.worlds[1] \"container\" stands there twice";
        QTest::newRow("never") << "/repetitions"
                               << "0"
                               << "$.repetitions is 0; possible are whole numbers from 1 to 1000";
        QTest::newRow("bad method") << "/method"
                                    << R"("magic")"
                                    << "$.method is \"magic\"";
        QTest::newRow("neighbours") << "/factors/neighbours"
                                    << R"(["x"])"
                                    << "$.factors.neighbours is a factor of";
        QTest::newRow("instances") << "/factors/instances"
                                   << "4"
                                   << "$.factors.instances is a factor of";
        QTest::newRow("deadline") << "/deadline_s"
                                  << "-1"
                                  << "$.deadline_s is -1";
        QTest::newRow("not a number") << "/deadline_s"
                                      << R"("soon")"
                                      << "$.deadline_s is \"soon\"";
        QTest::newRow("quick") << "/quick"
                               << R"({"workloads":["http"]})"
                               << "$.quick.workloads is not known";
        QTest::newRow("stop") << "/stop"
                              << R"({"relative_half_width":7})"
                              << "$.stop.relative_half_width is 7";
    }
    void mistakes_are_named_with_their_place() {
        QFETCH(const QString, pointer);
        QFETCH(const QString, value);
        QFETCH(const QString, told);
        Json json = document();
        json[Json::json_pointer(pointer.toStdString())] = Json::parse(value.toStdString());
        const auto experiment = parse(json);
        QVERIFY(!experiment);
        QVERIFY2(QString::fromStdString(experiment.error().message()).contains(told),
                 experiment.error().message().c_str());
        QVERIFY(QString::fromStdString(experiment.error().message()).contains("sizes.json"));
    }

    void density_needs_a_cap() {
        Json json = document();
        json["method"] = "density";
        json.erase("factors");
        json["factors"] = {{"cpus", {1}}};
        const auto experiment = parse(json);
        QVERIFY(!experiment);
        QVERIFY(experiment.error().message().find("$.factors.instances is missing") != std::string::npos);
    }

    void what_is_shipped_is_read_and_told_in_every_language() {
        const auto catalogue = ExperimentCatalogue::load(share_folder());
        VERIFY_OK(catalogue);
        QVERIFY(!catalogue->suites().empty());
        for (const Experiment& experiment : catalogue->experiments()) {
            QVERIFY2(!experiment.title.id.empty(), experiment.id.c_str());
            QVERIFY2(!experiment.summary.id.empty(), experiment.id.c_str());
        }
        for (const Suite& suite : catalogue->suites())
            QVERIFY2(!suite.title.id.empty(), suite.id.c_str());
        VERIFY_OK(ExperimentCatalogue::load(share_folder(), true));
    }

    void a_suite_names_what_there_is() {
        const QTemporaryDir folder;
        const std::filesystem::path root = folder.path().toStdString();
        std::filesystem::create_directories(root / "experiments");
        std::filesystem::create_directories(root / "suites");
        std::ofstream(root / "experiments/sizes.json") << document().dump();
        std::ofstream(root / "suites/all.json")
            << Json{{"schema", "isolab.suite/1"}, {"id", "all"}, {"experiments", {"sizes", "speeds"}}}.dump();
        const auto catalogue = ExperimentCatalogue::load(root);
        QVERIFY(!catalogue);
        QVERIFY2(catalogue.error().message().find("$.experiments[1] is \"speeds\", which is none") != std::string::npos,
                 catalogue.error().message().c_str());
    }
};

ISOLAB_TEST(ExperimentTest)
#include "experiment_test.moc"
