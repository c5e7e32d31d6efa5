// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "compare/measure/run_recorder.h"
#include "compare/measure/side_feed.h"
#include "compare/model/backend.h"
#include "compare/model/workload.h"

namespace isolab {

/// An instance that was started, is ready, and stays until it is stopped or destroyed. What it reports is nobody's but
/// this object's. Methods of one thread at a time.
class StandingInstance {
  public:
    /// Starts one and waits until it is ready: unlike a run, nothing is measured on the way but the time. On failure
    /// nothing is left behind. The deployment must outlive it.
    static Result<std::unique_ptr<StandingInstance>> start(Backend& backend, PreparedWorkload& deployment,
                                                           const Workload& workload, const StopToken& stop);
    ~StandingInstance();
    StandingInstance(const StandingInstance&) = delete;
    StandingInstance& operator=(const StandingInstance&) = delete;

    Nanoseconds started_at() const noexcept { return t0_; } ///< monotonic_now()
    Nanoseconds ready_after() const noexcept { return ready_after_; }
    Instance& instance() noexcept { return *instance_; }
    bool is_over() const { return recorder_.exit_status().has_value() || recorder_.lost(); }
    /// Asks it to end, after `grace` by force.
    Result<InstanceExit> stop(std::chrono::nanoseconds grace) { return instance_->stop(grace); }

  private:
    StandingInstance(const Backend& backend, const Workload& workload);
    Result<void> become_ready(const Workload& workload, const StopToken& stop);

    RunnerObserver nobody_;
    SideFeed feed_;
    RunRecorder recorder_;
    Nanoseconds t0_{0};
    Nanoseconds ready_after_{0};
    std::unique_ptr<Instance> instance_; ///< ends before the recorder that it reports to
};

} // namespace isolab
