// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <mutex>
#include <string>

#include "cli/status_line.h"
#include "compare/lab/experiment_run.h"

namespace isolab {

/// Shows an experiment's or a suite's progress on standard error: which part of it is done, what runs now, and how long
/// the rest may take. Thread-safe.
class ExperimentView final : public ExperimentObserver {
  public:
    explicit ExperimentView(bool quiet) : line_(quiet) {}

    void on_suite(const Suite& suite, std::size_t number, std::size_t count) override;
    void on_part(const ExperimentResult& result, std::size_t part, std::size_t parts, const Fact& what) override;
    void on_experiment(const ExperimentResult& result) override;
    void on_run_started(const std::string& side, unsigned index, bool warmup) override;
    void on_run_finished(const RunResult& run) override;
    void report(const Progress& progress) override;

    /// Removes the redrawn line, before something else is printed.
    void clear();

  private:
    void draw(const std::string& detail);

    std::mutex mutex_;
    StatusLine line_;
    std::string suite_; ///< "2/7 "; empty: no suite
    std::string part_;  ///< "Start 1/2, cold"
};

} // namespace isolab
