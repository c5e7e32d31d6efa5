// SPDX-License-Identifier: GPL-3.0-or-later
//
// How two results differ.
#include "compare/report/difference.h"

#include <algorithm>

#include "engine/base/json.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"

#include <QtTest>

using namespace isolab;
using namespace isolab::test;

namespace {

/// Ready after `ready` ms and some; ten runs of each side.
ComparisonResult ready_after(const std::string& id, int container, int vm, std::vector<std::string> vm_marks = {}) {
    ComparisonResult result;
    result.id = id;
    result.plan.workload.id = "http";
    result.plan.sides = {"container", "vm"};
    result.plan.seed = 7;
    result.sides = {{.side = "container", .title = "Container"},
                    {.side = "vm", .title = "Virtual machine", .marks = std::move(vm_marks)}};
    for (unsigned index = 0; index < 10; ++index)
        for (const auto& [side, ready] : {std::pair{"container", container}, {"vm", vm}}) {
            RunResult run;
            run.side = side;
            run.index = index;
            run.ready = std::chrono::milliseconds(ready) + std::chrono::microseconds(100 * index);
            run.work = {{"compute", 1000.0 + index}};
            run.marks = {"busy-host"};
            result.runs.push_back(run);
        }
    RunResult warmup = result.runs[0];
    warmup.warmup = true;
    warmup.ready = std::chrono::hours(1);
    result.runs.push_back(warmup);
    result.environment = share(
        {{"kernel", "6.1.0"}, {"cpu", {{"governor", "performance"}, {"count", 4}}}, {"load_before", {{"load1", 0.5}}}});
    summarise_comparison(result);
    return result;
}

ExperimentResult cold_and_warm(const std::string& id, int container) {
    ExperimentResult result;
    result.id = id;
    result.experiment.id = "start";
    result.experiment.title = "Start";
    result.experiment.workloads = {"http"};
    result.experiment.worlds = {"container", "vm"};
    result.experiment.factors.cold = {false, true};
    for (Cell& cell : cells_of(result.experiment)) {
        ComparisonResult part = ready_after(id + (cell.cold ? "-cold" : "-warm"), container, 1000);
        part.plan.part_of = PartOf{id, result.cells.size()};
        result.cells.push_back({cell, std::make_shared<const ComparisonResult>(part)});
    }
    return result;
}

const FigureDifference* find_figure(const SideDifference& side, const std::string& id) {
    const auto found = std::ranges::find(side.figures, id, &FigureDifference::id);
    return found != side.figures.end() ? &*found : nullptr;
}

std::vector<std::string> names_of(const std::vector<FieldDifference>& fields) {
    std::vector<std::string> names;
    for (const FieldDifference& field : fields)
        names.push_back(field.field);
    return names;
}

using Names = std::vector<std::string>;

} // namespace

class DifferenceTest : public QObject {
    Q_OBJECT

  private slots:
    void ratios_are_b_over_a_of_the_raw_runs() {
        const auto difference = difference_of(ready_after("a", 10, 1000), ready_after("b", 20, 1000));
        VERIFY_OK(difference);
        QCOMPARE(difference->sides.size(), std::size_t{2});
        const FigureDifference* slower = find_figure(difference->sides[0], "ready");
        QVERIFY(slower != nullptr && slower->ratio);
        QCOMPARE(slower->a->value, 10.45e6);
        QCOMPARE(slower->b->value, 20.45e6);
        QCOMPARE(slower->a->n, std::size_t{10}); // no warm-up
        QCOMPARE(slower->ratio->ratio, 20.45 / 10.45);
        QVERIFY(slower->ratio->distinguishable && slower->ratio->low > 1.9 && slower->ratio->high < 2.1);
        QVERIFY(slower->a->interval && slower->a->interval->low < slower->a->value);
        const FigureDifference* same = find_figure(difference->sides[1], "ready");
        QVERIFY(same->ratio && !same->ratio->distinguishable);
        QCOMPARE(same->ratio->ratio, 1.0);
        QVERIFY(find_figure(difference->sides[1], "work.compute")->ratio);
        QVERIFY(find_figure(difference->sides[1], "cpu_total") == nullptr);
    }

    void plans_and_machines_that_differ_are_told_and_load_is_apart() {
        const ComparisonResult a = ready_after("a", 10, 1000);
        ComparisonResult b = a;
        QVERIFY(difference_of(a, b)->plan.empty() && difference_of(a, b)->environment.empty());
        b.plan.seed = 8;
        b.plan.workload.limits.memory_bytes += 1;
        b.environment = share({{"kernel", "6.6.0"},
                               {"cpu", {{"governor", "powersave"}, {"count", 4}}},
                               {"load_before", {{"load1", 2.5}}},
                               {"load_of_runs", {1, 2}},
                               {"new", true}});
        const auto difference = difference_of(a, b);
        VERIFY_OK(difference);
        QCOMPARE(names_of(difference->plan), (Names{"seed", "workload.memory_bytes"}));
        QCOMPARE(names_of(difference->environment), (Names{"cpu.governor", "kernel", "new"}));
        QCOMPARE(names_of(difference->load), (Names{"load_before.load1"}));
        QCOMPARE(difference->environment[1].b, std::string("\"6.6.0\""));
        QVERIFY(difference->environment[2].a.empty());
    }

    void different_conditions_are_told_not_compared() {
        const ComparisonResult kvm = ready_after("a", 10, 1000);
        const auto emulated = difference_of(kvm, ready_after("b", 10, 9000, {"tcg"}));
        QVERIFY(emulated->sides[0].reason.empty());
        QCOMPARE(emulated->sides[1].reason, std::string("A has no marks, B has tcg"));
        const FigureDifference* ready = find_figure(emulated->sides[1], "ready");
        QVERIFY(ready->a && ready->b && !ready->ratio);
        ComparisonResult cold = kvm;
        cold.plan.cold = true;
        QCOMPARE(difference_of(kvm, cold)->sides[0].reason, std::string("A has no marks, B has cold"));
        ComparisonResult other = kvm;
        other.sides.pop_back();
        QCOMPARE(difference_of(kvm, other)->sides[1].reason, std::string("B does not have it"));
        QCOMPARE(difference_of(other, kvm)->sides[1].reason, std::string("A does not have it"));
    }

    void memory_of_other_definitions_is_not_compared() {
        ComparisonResult a = ready_after("a", 10, 1000);
        for (std::size_t i = 0; i < 20; ++i) {
            RunResult run = a.runs[i];
            run.peak_memory = 1000 + i;
            run.memory_at_ready = MemorySample{Nanoseconds{1}, 2000 + i, {}};
            a.runs.push_back(run);
        }
        ComparisonResult b = a;
        b.plan.workload.readiness = Readiness::parse("tcp:80").value();
        a.plan.workload.readiness = Readiness::parse("exit").value();
        summarise_comparison(a);
        summarise_comparison(b);
        const auto difference = difference_of(a, b);
        QVERIFY(!find_figure(difference->sides[0], "memory")->ratio);
        QVERIFY(find_figure(difference->sides[0], "ready")->ratio);
        QVERIFY(find_figure(difference_of(a, a)->sides[0], "memory")->ratio);
    }

    void experiments_are_compared_cell_by_cell() {
        const ExperimentResult a = cold_and_warm("a", 10);
        ExperimentResult b = cold_and_warm("b", 20);
        std::ranges::reverse(b.cells);
        b.experiment.seed = 99;
        const auto difference = difference_of(a, b);
        VERIFY_OK(difference);
        QCOMPARE(names_of(difference->plan), (Names{"seed"}));
        QCOMPARE(difference->parts.size(), std::size_t{2});
        QCOMPARE(difference->parts[1].a, std::string("a-cold"));
        QCOMPARE(difference->parts[1].b, std::string("b-cold"));
        QVERIFY(!difference->parts[1].subject.empty() && difference->parts[1].plan.empty());
        QVERIFY(find_figure(difference->parts[1].sides[0], "ready")->ratio->distinguishable);
        b.cells[0].comparison = nullptr;
        QCOMPARE(difference_of(a, b)->only_a.size(), std::size_t{1});
        QCOMPARE(difference_of(b, a)->only_b.size(), std::size_t{1});
        QVERIFY(difference_of(b, a)->only_a.empty());
        b.experiment.id = "memory";
        QVERIFY(difference_of(a, b).error().kind == ErrorKind::invalid_argument);
        QVERIFY(difference_of(a, ready_after("c", 1, 1)).error().kind == ErrorKind::invalid_argument);
    }

    void observations_are_compared_by_their_raw_values() {
        ExperimentResult a;
        a.id = "a";
        a.experiment.id = "deployment";
        a.experiment.method = Method::deployment;
        a.experiment.workloads = {"http"};
        a.experiment.worlds = {"container"};
        for (Cell& cell : cells_of(a.experiment))
            a.cells.push_back({cell, nullptr});
        ExperimentResult b = a;
        for (unsigned i = 0; i < 10; ++i) {
            a.observations.push_back({.world = "container", .index = i, .figures = {{"first.total", 1e9 + i}}});
            b.observations.push_back({.world = "container", .index = i, .figures = {{"first.total", 3e9 + i}}});
        }
        const auto difference = difference_of(a, b);
        VERIFY_OK(difference);
        const FigureDifference* total = find_figure(difference->parts.at(0).sides.at(0), "first.total");
        QVERIFY(total != nullptr && total->ratio && total->ratio->distinguishable);
        QVERIFY(total->ratio->ratio > 2.99 && total->ratio->ratio < 3.01);
        for (Observation& observation : b.observations)
            observation.marks = {"tcg"};
        const auto emulated = difference_of(a, b);
        QVERIFY(!emulated->parts[0].sides[0].reason.empty() && !emulated->parts[0].sides[0].figures[0].ratio);
    }

    void suites_are_compared_experiment_by_experiment() {
        SuiteResult a;
        a.id = "a";
        a.suite = "textbook";
        a.experiments = {cold_and_warm("x", 10)};
        SuiteResult b = a;
        b.experiments.push_back(cold_and_warm("y", 10));
        b.experiments[1].experiment.id = "memory";
        const auto difference = difference_of(a, b);
        VERIFY_OK(difference);
        QCOMPARE(difference->parts.size(), std::size_t{1});
        QCOMPARE(difference->parts[0].parts.size(), std::size_t{2});
        QCOMPARE(difference->only_b, (Names{"memory"}));
        const Json json = difference_json(*difference);
        QCOMPARE(json.at("schema").get<std::string>(), std::string("isolab.difference/1"));
        const Json& figure = json.at("parts")[0].at("parts")[0].at("sides")[0].at("figures")[0];
        QCOMPARE(figure.at("b_over_a").at("ratio").get<double>(), 1.0);
        QVERIFY(!figure.at("b_over_a").at("distinguishable").get<bool>());
        b.suite = "other";
        QVERIFY(difference_of(a, b).error().kind == ErrorKind::invalid_argument);
    }
};

ISOLAB_TEST(DifferenceTest)
#include "difference_test.moc"
