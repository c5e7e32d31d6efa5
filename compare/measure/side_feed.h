// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <mutex>
#include <string>
#include <string_view>

#include "compare/model/runner_observer.h"

namespace isolab {

/// A RunnerObserver as one side sees it: calls from the threads of that side go out one at a time.
class SideFeed {
  public:
    SideFeed(RunnerObserver& observer, std::string side) : observer_(observer), side_(std::move(side)) {}

    void run_started(unsigned index, bool warmup) {
        const std::lock_guard lock(mutex_);
        observer_.on_run_started(side_, index, warmup);
    }
    void phase(const PhaseSpan& span) {
        const std::lock_guard lock(mutex_);
        observer_.on_phase(side_, span);
    }
    void output(OutputStream stream, std::string_view bytes) {
        const std::lock_guard lock(mutex_);
        observer_.on_output(side_, stream, bytes);
    }
    void memory(const MemorySample& sample) {
        const std::lock_guard lock(mutex_);
        observer_.on_memory(side_, sample);
    }
    /// Of what is done between runs.
    ProgressSink& progress() noexcept { return observer_; }
    void run_finished(const RunResult& run) {
        const std::lock_guard lock(mutex_);
        observer_.on_run_finished(run);
    }

  private:
    RunnerObserver& observer_;
    std::string side_;
    std::mutex mutex_;
};

} // namespace isolab
