// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/gui/support/sample_experiment.h"

#include "tests/gui/support/sample_result.h"

namespace isolab::test {
namespace {

Experiment experiment_of(const std::string& id, bool quick) {
    Experiment experiment;
    experiment.id = id;
    experiment.title = Fact::said("experiment." + id);
    experiment.summary = Fact::said("experiment." + id + ".summary");
    experiment.claim = id;
    experiment.workloads = {"http"};
    experiment.worlds = {"container", "vm"};
    experiment.repetitions = quick ? 5 : 20;
    experiment.seed = 1;
    return experiment;
}

} // namespace

Suite sample_suite(bool quick) {
    return {"textbook",
            Fact::said("suite.textbook"),
            {experiment_of("start", quick), experiment_of("memory", quick), experiment_of("kernel", quick)}};
}

ExperimentResult sample_experiment_result(const Experiment& experiment) {
    using namespace std::chrono_literals;
    ExperimentResult result;
    result.id = "20261124-205441-" + experiment.id;
    result.experiment = experiment;
    result.started_at = 1795640081s; // 2026-11-25 20:54:41 UTC
    result.finished_at = result.started_at + 60s;
    for (const Cell& cell : cells_of(experiment))
        result.cells.push_back({cell, nullptr});
    if (experiment.id == "kernel") {
        result.error = Error{ErrorKind::unavailable, "use", "vm", "there is no <b>kernel</b>", ""};
        return result;
    }
    auto comparison = sample_result(5);
    comparison.plan.sides = {"container", "vm"};
    result.cells.front().comparison = std::make_shared<const ComparisonResult>(std::move(comparison));
    result.complete = true;
    return result;
}

} // namespace isolab::test
