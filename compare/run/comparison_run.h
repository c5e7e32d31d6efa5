// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>

#include "compare/history/history.h"
#include "compare/measure/side_feed.h"
#include "compare/model/runner_observer.h"
#include "compare/run/runner.h"
#include "compare/run/single_run.h"
#include "compare/run/work_share.h"
#include "engine/base/json.h"

namespace isolab {

/// One comparison while it runs: the state behind Runner::run, step by step.
class ComparisonRun {
  public:
    /// `backends`: those of the plan's sides, in that order. The plan's seed is not zero.
    ComparisonRun(std::vector<Backend*> backends, ComparisonStore* history, const ComparisonPlan& plan,
                  RunnerObserver& observer, const StopToken& stop);

    /// Deploys, warms up, measures. What went wrong is in the result.
    ComparisonResult perform();

  private:
    void record_surroundings();
    void deploy(std::size_t side);
    void take_contract(std::size_t side);
    void warm_up();
    void measure();
    bool is_enough(Nanoseconds elapsed);
    void race();
    bool chill(std::size_t side);
    void take_turn(std::size_t side, unsigned index, bool warmup);
    RunResult run_once(std::size_t side, unsigned index, bool warmup);
    void accept(RunResult run);
    RunWorld world_of(std::size_t side) const { return {*backends_[side], *deployments_[side]}; }
    void publish();
    void save();
    Result<void> save_what_is_new();
    void notice_disturbed_runs();
    void notice_killed_runs();
    void conclude();
    bool is_out(std::size_t side) const { return deployments_[side] == nullptr || result_.sides[side].error; }

    std::vector<Backend*> backends_;
    ComparisonStore* history_;
    RunnerObserver& observer_;
    const StopToken& stop_;
    std::filesystem::path data_root_;
    std::vector<std::unique_ptr<SideFeed>> feeds_;
    std::vector<std::unique_ptr<PreparedWorkload>> deployments_; ///< by side; null: not deployed
    ComparisonResult result_;
    Json environment_;        ///< while it is put together; the result gets a copy
    WorkShare summaries_;     ///< with many runs, making one takes longer than a run
    unsigned done_ = 0;       ///< turns taken
    bool begun_ = false;      ///< the history has it
    bool header_due_ = false; ///< something changed that is not saved with each run
};

} // namespace isolab
