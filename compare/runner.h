// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "compare/backend.h"
#include "compare/experiment.h"
#include "engine/base/progress.h"
#include "engine/base/stop.h"

namespace isolab {

class History;

/// Follows an experiment while it runs. Calls come from the runner's threads, one at a time per side (in a race
/// two sides may call at once), so implementations must be thread-safe and quick. All have empty defaults.
class RunnerObserver : public ProgressSink {
  public:
    void report(const Progress&) override {}                           ///< deployment
    virtual void on_deployment_started(const std::string& /*side*/) {} ///< on_deployment() follows unless it fails
    virtual void on_deployment(const std::string& /*side*/, const std::vector<DeploymentStep>& /*steps*/) {}
    virtual void on_run_started(const std::string& /*side*/, unsigned /*index*/, bool /*warmup*/) {}
    virtual void on_phase(const std::string& /*side*/, const PhaseSpan& /*span*/) {} ///< a phase has ended
    virtual void on_output(const std::string& /*side*/, OutputStream /*stream*/, std::string_view /*bytes*/) {}
    virtual void on_memory(const std::string& /*side*/, const MemorySample& /*sample*/) {} ///< `at` since t0
    virtual void on_run_finished(const RunResult& /*run*/) {}
    /// After every run: the experiment as far as it is. Its summaries may lag behind its runs, except in the last call.
    virtual void on_result(const ExperimentResult& /*result*/) {}
};

/// Runs experiments. One run() at a time per object; blocking, call it from a worker thread.
class Runner {
  public:
    /// Backends must outlive the runner. `history` may be null: nothing is saved then.
    Runner(std::vector<Backend*> backends, History* history);

    /// Deploys on each side, then runs warm-ups and measured runs, alternating with random order within each pair.
    /// A side that fails is recorded and, after failing at deployment or in a warm-up, skipped; the other side goes on.
    /// Saved to history after every run. An Error only when nothing could be done (bad plan, no such side); a stop ends
    /// the current run cleanly and returns what was measured with complete = false.
    Result<ExperimentResult> run(const ExperimentPlan& plan, RunnerObserver& observer, const StopToken& stop);

  private:
    std::vector<Backend*> backends_;
    History* history_;
};

} // namespace isolab
