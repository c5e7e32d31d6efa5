// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "compare/history/history.h"
#include "compare/lab/bench.h"
#include "compare/run/runner.h"

namespace isolab {
namespace {

/// `time`: for its measured rounds; a round that began is finished.
ComparisonPlan plan_of(const Experiment& experiment, const Cell& cell, const std::vector<Backend*>& worlds,
                       Workload workload, PartOf part_of, std::optional<std::chrono::nanoseconds> time) {
    ComparisonPlan plan;
    plan.workload = std::move(workload);
    plan.sides.clear();
    for (const Backend* world : worlds)
        plan.sides.push_back(world->side());
    plan.runs = experiment.repetitions;
    plan.warmup = experiment.warmup;
    plan.seed = experiment.seed;
    plan.order = experiment.order;
    plan.stop = experiment.stop;
    if (plan.stop)
        plan.stop->most_runs = experiment.repetitions;
    if (time) {
        if (!plan.stop)
            plan.stop = StoppingLimits{0, experiment.repetitions, experiment.repetitions, *time};
        plan.stop->most_time = std::min(plan.stop->most_time, *time);
    }
    plan.cold = cell.cold;
    plan.part_of = std::move(part_of);
    return plan;
}

/// Hands on what a comparison tells, and keeps it as far as it is.
class CellObserver final : public RunnerObserver {
  public:
    CellObserver(Bench& bench, CellResult& cell) : bench_(bench), cell_(cell) {}

    void report(const Progress& progress) override { bench_.observer().report(progress); }
    void on_deployment_started(const std::string& side) override { bench_.observer().on_deployment_started(side); }
    void on_deployment(const std::string& side, const std::vector<DeploymentStep>& steps) override {
        bench_.observer().on_deployment(side, steps);
    }
    void on_run_started(const std::string& side, unsigned index, bool warmup) override {
        bench_.observer().on_run_started(side, index, warmup);
    }
    void on_phase(const std::string& side, const PhaseSpan& span) override { bench_.observer().on_phase(side, span); }
    void on_output(const std::string& side, OutputStream stream, std::string_view bytes) override {
        bench_.observer().on_output(side, stream, bytes);
    }
    void on_memory(const std::string& side, const MemorySample& sample) override {
        bench_.observer().on_memory(side, sample);
    }
    void on_run_finished(const RunResult& run) override { bench_.observer().on_run_finished(run); }
    void on_result(const ComparisonResult& result) override {
        cell_.comparison = std::make_shared<const ComparisonResult>(result);
        bench_.observer().on_result(result);
        bench_.observer().on_experiment(bench_.result());
    }

  private:
    Bench& bench_;
    CellResult& cell_;
};

} // namespace

void run_comparisons(Bench& bench) {
    const std::vector<Backend*> worlds = bench.worlds();
    if (worlds.empty())
        return;
    ExperimentResult& result = bench.result();
    Runner runner(worlds, bench.lab().history());
    for (std::size_t i = 0; i < result.cells.size() && !bench.is_over() && bench.has_time(); ++i) {
        CellResult& cell = result.cells[i];
        bench.begin_part(i, result.cells.size(), condition_of(bench.experiment(), cell.cell));
        auto workload = bench.workload_of(cell.cell);
        if (!workload) {
            result.error = std::move(workload).error();
            return;
        }
        CellObserver observer(bench, cell);
        const auto time = bench.time_for(result.cells.size() - i);
        auto compared =
            runner.run(plan_of(bench.experiment(), cell.cell, worlds, std::move(*workload), PartOf{result.id, i}, time),
                       observer, bench.stop());
        if (!compared) {
            result.error = std::move(compared).error();
            return;
        }
        if (time && compared->stopping && compared->stopping->reason == StopReason::most_time &&
            compared->stopping->elapsed >= *time)
            bench.cut_off();
        cell.comparison = std::make_shared<const ComparisonResult>(std::move(*compared));
        bench.observer().on_experiment(result);
    }
}

} // namespace isolab
