// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <mutex>
#include <optional>

#include "compare/model/runner_observer.h"
#include "gui/models/live_comparison.h"

namespace isolab {

/// Listens to a run on the runner's threads and folds what it hears into one value; the GUI thread takes that value
/// at its own pace, so however much happens, the window draws a bounded number of times. Thread-safe.
class LiveFeed final : public RunnerObserver {
  public:
    /// The present state when something happened since the last call, otherwise empty.
    std::optional<LiveComparison> take();
    /// The newest intermediate result that was not taken yet; null without one.
    std::shared_ptr<const ComparisonResult> take_result();

    void report(const Progress& progress) override;
    void on_deployment_started(const std::string& side) override;
    void on_deployment(const std::string& side, const std::vector<DeploymentStep>& steps) override;
    void on_run_started(const std::string& side, unsigned index, bool warmup) override;
    void on_phase(const std::string& side, const PhaseSpan& span) override;
    void on_output(const std::string& side, OutputStream stream, std::string_view bytes) override;
    void on_memory(const std::string& side, const MemorySample& sample) override;
    void on_run_finished(const RunResult& run) override;
    void on_result(const ComparisonResult& result) override;

  private:
    /// Calls `change(state, side)` under the lock and marks the state as changed.
    template <class Change> void change(const std::string& side, Change change);

    std::mutex mutex_;
    bool changed_ = false;
    LiveComparison state_;
    std::shared_ptr<const ComparisonResult> result_;
};

} // namespace isolab
