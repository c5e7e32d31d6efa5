// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <mutex>

#include "gui/jobs/comparison_source.h"
#include "gui/jobs/experiment_source.h"
#include "gui/jobs/results_source.h"
#include "gui/jobs/session_access.h"

namespace isolab {

/// The real thing: one Session, opened by open().
class SessionSource final : public SessionAccess,
                            public ComparisonSource,
                            public ResultsSource,
                            public ExperimentSource {
  public:
    explicit SessionSource(SessionOptions options) : options_(std::move(options)) {}

    Result<Catalogue> open(const std::string& wanted, ProgressSink& progress, const StopToken& stop) override;
    Result<SessionStatus> status(const StopToken& stop) override;
    std::vector<WorldStatus> worlds(const StopToken& stop) override;
    Result<ComparisonResult> run(const ComparisonPlan& plan, RunnerObserver& observer, const StopToken& stop) override;
    std::vector<Prerequisite> check() override;
    Result<ComparisonResult> load(const std::string& id) override;
    Result<std::vector<HistoryEntry>> list(const HistoryFilter& filter) override;
    Result<AnyResult> load_any(const std::string& id) override;
    Result<void> change_tags(const std::string& id, const std::vector<std::string>& added,
                             const std::vector<std::string>& removed) override;
    Result<void> set_note(const std::string& id, const std::string& note) override;
    Result<void> remove_all(const std::vector<std::string>& ids) override;
    Result<PortableResult> portable(const std::string& id, bool is_private) override;
    Result<std::vector<ImportOutcome>> import_results(const std::vector<PortableResult>& results) override;
    Result<Suite> suite(const std::string& id, bool quick) override;
    Result<std::vector<ExperimentResult>> saved(const Suite& suite) override;
    Result<SuiteResult> run(const Suite& suite, ExperimentObserver& observer, const StopToken& stop) override;
    Result<ExperimentResult> run(const Experiment& experiment, ExperimentObserver& observer,
                                 const StopToken& stop) override;
    void close() override;

  private:
    Result<std::shared_ptr<Session>> session() const;

    const SessionOptions options_;
    mutable std::mutex mutex_; ///< guards session_, which two worker threads look at
    std::shared_ptr<Session> session_;
};

} // namespace isolab
