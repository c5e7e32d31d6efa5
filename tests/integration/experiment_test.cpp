// SPDX-License-Identifier: GPL-3.0-or-later
//
// Experiments in real worlds, through the command line.
#include <algorithm>
#include <fstream>
#include <memory>
#include <numeric>
#include <string>

#include "compare/experiment/experiment_result.h"
#include "compare/report/experiment_json.h"
#include "engine/base/json.h"
#include "tests/support/host_state.h"
#include "tests/support/places.h"
#include "tests/support/program.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace isolab;
using namespace isolab::test;

class IntegrationExperimentTest : public QObject {
    Q_OBJECT
    QTemporaryDir scratch_;
    std::unique_ptr<Program> program_;

    std::string scratch_file(const char* name) const { return scratch_.path().toStdString() + "/" + name; }

    /// Makes the experiment of a document, of which the parts that are the same everywhere are not given.
    Result<ExperimentResult> make(Json document) {
        document["schema"] = "isolab.experiment/1";
        document["id"] = "trial";
        const std::string file = scratch_file("trial.json");
        std::ofstream(file) << document.dump();
        const auto output = program_->run({"experiment", "run", file, "--format", "json"});
        if (output.code != 0)
            return fail(ErrorKind::system, "run", "experiment", output.err);
        ISOLAB_ASSIGN(const Json written, parse_json(output.out, "output"));
        return parse_experiment_result(written, "output");
    }

  private slots:
    void initTestCase() {
        program_ =
            std::make_unique<Program>(programs_folder(), std::filesystem::path(scratch_.path().toStdString()) / "data");
    }

    void the_first_deployment_finds_nothing_and_the_second_all() {
        const auto result = make(
            {{"method", "deployment"}, {"workloads", {"http"}}, {"worlds", {"container", "vm"}}, {"repetitions", 1}});
        VERIFY_OK(result);
        QCOMPARE(result->observations.size(), std::size_t{2});
        for (const Observation& observation : result->observations) {
            QVERIFY2(!observation.error, observation.error ? observation.error->message().c_str() : "");
            for (const char* figure : {"first.import", "first.prepare", "first.start", "second.start"})
                QVERIFY2(observation.figures.at(figure) > 0, figure);
            QVERIFY(observation.figures.at("first.prepare") > observation.figures.at("second.prepare"));
        }
    }

    void each_further_container_costs_memory() {
        const auto result = make({{"method", "density"},
                                  {"workloads", {"http"}},
                                  {"worlds", {"container"}},
                                  {"factors", {{"instances", 4}}}});
        VERIFY_OK(result);
        QCOMPARE(result->ends.size(), std::size_t{1});
        QCOMPARE(result->ends.front().reason.id, std::string("end.cap"));
        const std::vector<double> memory = figures_of(*result, "container", 0, "memory");
        QCOMPARE(memory.size(), std::size_t{5}); // of one to four, and of all once more at the end
        QVERIFY(memory.back() > memory.front());
        const std::vector<double> elapsed = figures_of(*result, "container", 0, "elapsed");
        const std::vector<double> starts = figures_of(*result, "container", 0, "start");
        QVERIFY(elapsed.back() >= std::accumulate(starts.begin(), starts.end(), 0.0));
        QVERIFY(std::ranges::is_sorted(elapsed)); // and never less for what measuring took
        QVERIFY(result->observations.back().figures.at("disk.unique") > 0);
    }

    void a_chain_makes_a_world_of_each_step() {
        const auto result = make({{"workloads", {"hello"}},
                                  {"chain", {{"from", "native"}, {"add", {"pid", "seccomp"}}}},
                                  {"repetitions", 1},
                                  {"warmup", 0}});
        VERIFY_OK(result);
        QVERIFY(result->cells.front().comparison != nullptr);
        const ComparisonResult& comparison = *result->cells.front().comparison;
        QCOMPARE(comparison.sides.size(), std::size_t{3});
        for (const SideResult& side : comparison.sides)
            QVERIFY2(!side.error, side.side.c_str());
        const auto filter = std::ranges::find(comparison.contract, "filter", &ContractEntry::key);
        QVERIFY(filter != comparison.contract.end());
        QVERIFY(filter->values.at("native+pid").id == "filter.host");
        QVERIFY(filter->values.at("native+pid+seccomp").id == "filter.default");
    }

    void machines_have_pieces_too() {
        const auto result =
            make({{"workloads", {"hello"}}, {"worlds", {"vm", "vm+acpi+card"}}, {"repetitions", 1}, {"warmup", 0}});
        VERIFY_OK(result);
        const ComparisonResult& comparison = *result->cells.front().comparison;
        for (const SideResult& side : comparison.sides)
            QVERIFY2(!side.error && !side.metrics.empty(), side.side.c_str());
        const auto network = std::ranges::find(comparison.contract, "network", &ContractEntry::key);
        QCOMPARE(network->values.at("vm").id, std::string("network.loopback"));
        QCOMPARE(network->values.at("vm+acpi+card").id, std::string("network.card"));
        const auto wrong = program_->run({"compare", "hello", "--sides", "vm+moon"});
        QVERIFY(wrong.code != 0);
        QVERIFY2(wrong.err.find("moon") != std::string::npos && wrong.err.find("acpi, bios") != std::string::npos,
                 wrong.err.c_str());
    }

    void a_probe_sees_its_own_world() {
        const auto result = make(
            {{"method", "probe"}, {"workloads", {"probe"}}, {"worlds", {"native", "container"}}, {"repetitions", 1}});
        VERIFY_OK(result);
        QCOMPARE(figures_of(*result, "container", 0, "sees.processes"), std::vector<double>{1});
        QVERIFY(figures_of(*result, "native", 0, "sees.processes").at(0) > 1);
        QVERIFY(figures_of(*result, "container", 0, "syscalls.refused").at(0) >
                figures_of(*result, "native", 0, "syscalls.refused").at(0));
    }

    void a_neighbour_stays_while_its_victim_is_measured() {
        const auto result = make({{"method", "interference"},
                                  {"workloads", {"victim"}},
                                  {"worlds", {"container"}},
                                  {"factors", {{"neighbours", {"burn-cpu"}}, {"limits", {"on"}}}},
                                  {"repetitions", 1}});
        VERIFY_OK(result);
        for (const std::size_t cell : {std::size_t{0}, std::size_t{1}}) {
            QVERIFY(figures_of(*result, "container", cell, "work.requests").at(0) > 0);
            QVERIFY(figures_of(*result, "container", cell, "latency.requests.p99").at(0) > 0);
        }
    }

    void stages_are_measured_one_after_the_other() {
        const auto result =
            make({{"workloads", {"memory-load"}}, {"worlds", {"container"}}, {"repetitions", 1}, {"warmup", 0}});
        VERIFY_OK(result);
        const ComparisonResult& comparison = *result->cells.front().comparison;
        const auto bytes = [&](const char* metric) {
            return comparison.find_metric("container", metric)->summary.median;
        };
        constexpr double held = 128 * 1024 * 1024;
        QVERIFY(bytes("stage.load.memory") > bytes("memory") + 0.98 * held);
        QVERIFY(bytes("stage.after.memory") < bytes("memory") + 0.1 * held);
    }

    void what_was_made_is_kept_and_nothing_else_is_left() {
        const HostState before = HostState::capture(program_->root(), program_->temporary());
        const auto result =
            make({{"method", "deployment"}, {"workloads", {"hello"}}, {"worlds", {"container"}}, {"repetitions", 1}});
        VERIFY_OK(result);
        const auto shown = program_->run({"history", "show", result->id, "--format", "json"});
        QVERIFY2(shown.code == 0, shown.err.c_str());
        const auto document = parse_json(shown.out, "history");
        VERIFY_OK(document);
        const auto kept = parse_experiment_result(*document, "history");
        VERIFY_OK(kept);
        QCOMPARE(experiment_result_json(*kept).dump(), experiment_result_json(*result).dump());
        QCOMPARE(HostState::capture(program_->root(), program_->temporary()).added_since(before), std::string());
    }
};

ISOLAB_TEST(IntegrationExperimentTest)
#include "experiment_test.moc"
