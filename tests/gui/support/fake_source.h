// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <functional>

#include "compare/model/runner_observer.h"
#include "engine/base/stop.h"
#include "gui/jobs/comparison_source.h"
#include "gui/jobs/experiment_source.h"
#include "gui/jobs/results_source.h"
#include "gui/jobs/session_access.h"

namespace isolab::test {

/// A session by hand. Each call does what its script says; without one it succeeds at once. Scripts run on
/// the controller's worker threads.
class FakeSource final : public SessionAccess, public ComparisonSource, public ResultsSource, public ExperimentSource {
  public:
    using Run = std::function<Result<ComparisonResult>(const ComparisonPlan&, RunnerObserver&, const StopToken&)>;

    std::function<Result<std::vector<Workload>>(const StopToken&)> on_open;
    Run on_run;
    std::function<Result<ComparisonResult>(const std::string&)> on_load;
    std::function<Result<ExperimentResult>(const Experiment&, ExperimentObserver&, const StopToken&)> on_experiment;
    std::optional<Error> suite_error; ///< why there is no suite
    std::vector<ExperimentResult> saved_results;
    bool kvm = false;
    bool limits_enforced = true;
    std::optional<Error> status_error;
    std::string wanted; ///< of the last open()
    std::atomic<int> opened = 0, runs = 0, closed = 0;

    Result<Catalogue> open(const std::string& wanted, ProgressSink& progress, const StopToken& stop) override;
    Result<SessionStatus> status(const StopToken& stop) override;
    Result<ComparisonResult> run(const ComparisonPlan& plan, RunnerObserver& observer, const StopToken& stop) override;
    std::vector<Prerequisite> check() override;
    std::vector<WorldStatus> worlds(const StopToken& stop) override;
    Result<std::vector<HistoryEntry>> list(const HistoryFilter& filter) override;
    Result<ComparisonResult> load(const std::string& id) override;
    Result<Suite> suite(const std::string& id, bool quick) override;
    Result<std::vector<ExperimentResult>> saved(const Suite& suite) override;
    Result<SuiteResult> run(const Suite& suite, ExperimentObserver& observer, const StopToken& stop) override;
    Result<ExperimentResult> run(const Experiment& experiment, ExperimentObserver& observer,
                                 const StopToken& stop) override;
    void close() override { ++closed; }
};

/// Script: reports phases of one run per side, then works until it is stopped; returns what was measured, incomplete.
FakeSource::Run endless_run();
/// Script: plays the sample result in `duration`, run after run, then returns it.
FakeSource::Run played_run(std::chrono::milliseconds duration);

} // namespace isolab::test
