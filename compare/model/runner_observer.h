// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compare/model/comparison.h"
#include "engine/base/progress.h"

namespace isolab {

/// Follows a comparison while it runs. Calls come from the runner's threads, one at a time per side (in a race
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
    /// After every run: the comparison as far as it is. Its summaries may lag behind its runs, except in the last call.
    virtual void on_result(const ComparisonResult& /*result*/) {}
};

} // namespace isolab
