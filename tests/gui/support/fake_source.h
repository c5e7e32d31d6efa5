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

/// Two comparisons, the newest first.
std::vector<HistoryEntry> sample_entries();

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
    std::string wanted;                                        ///< of the last open()
    std::vector<HistoryEntry> kept = sample_entries();         ///< newest first; scripts may not run while it is read
    std::function<Result<void>(const HistoryFilter&)> on_list; ///< before the list is read
    std::atomic<int> opened = 0, runs = 0, closed = 0;

    Result<Catalogue> open(const std::string& wanted, ProgressSink& progress, const StopToken& stop) override;
    Result<SessionStatus> status(const StopToken& stop) override;
    Result<ComparisonResult> run(const ComparisonPlan& plan, RunnerObserver& observer, const StopToken& stop) override;
    std::vector<Prerequisite> check() override;
    std::vector<WorldStatus> worlds(const StopToken& stop) override;
    Result<std::vector<HistoryEntry>> list(const HistoryFilter& filter) override;
    Result<AnyResult> load_any(const std::string& id) override;
    Result<void> change_tags(const std::string& id, const std::vector<std::string>& added,
                             const std::vector<std::string>& removed) override;
    Result<void> set_note(const std::string& id, const std::string& note) override;
    Result<void> remove_all(const std::vector<std::string>& ids) override;
    Result<PortableResult> portable(const std::string& id, bool is_private) override;
    Result<std::vector<ImportOutcome>> import_results(const std::vector<PortableResult>& results) override;
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
