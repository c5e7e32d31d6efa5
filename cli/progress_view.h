// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "cli/status_line.h"
#include "compare/model/runner_observer.h"

namespace isolab {

/// Shows a comparison's progress on standard error: one line that is redrawn on a terminal, one line per finished
/// step otherwise, nothing when quiet. Thread-safe.
class ProgressView final : public RunnerObserver {
  public:
    /// `total_runs`: warm-ups included, of all sides; 0: unknown.
    ProgressView(unsigned total_runs, bool quiet);

    void report(const Progress& progress) override;
    void on_deployment(const std::string& side, const std::vector<DeploymentStep>& steps) override;
    void on_run_started(const std::string& side, unsigned index, bool warmup) override;
    void on_phase(const std::string& side, const PhaseSpan& span) override;
    void on_run_finished(const RunResult& run) override;

    /// Removes the redrawn line, before something else is printed.
    void clear() { line_.clear(); }

  private:
    std::mutex mutex_;
    StatusLine line_;
    unsigned total_ = 0;
    unsigned finished_ = 0;
    std::string current_;
};

/// "12.3 MB of 40.0 MB", "3 of 7"; empty where nothing is known.
std::string amount_text(const Progress& progress);

} // namespace isolab
