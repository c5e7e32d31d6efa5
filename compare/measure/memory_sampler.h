// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "compare/measure/run_recorder.h"
#include "compare/measure/side_feed.h"
#include "compare/model/backend.h"
#include "engine/base/stop.h"

namespace isolab {

/// Takes headline samples of a run about 20 times a second in a thread of its own, until finish(). As long as there is
/// no instance yet, the process that the recorder was told of is measured with its children (PSS). A sample
/// that fails (the instance is ending) is left out. `at` of the samples counts from t0.
class MemorySampler {
  public:
    static constexpr std::chrono::milliseconds period{50};

    MemorySampler(const RunRecorder& recorder, SideFeed& feed);
    ~MemorySampler() { finish(); }
    MemorySampler(const MemorySampler&) = delete;
    MemorySampler& operator=(const MemorySampler&) = delete;

    /// Sets t0. To be called once, before the recorder can hear of a process; no sample is taken earlier.
    void begin(Nanoseconds t0) noexcept { t0_ = t0; }

    /// From now on samples come from the instance, which must stay until finish().
    void attach(Instance& instance);

    /// Ends the thread; idempotent. The samples so far.
    std::vector<MemorySample> finish();

  private:
    void sample_all();
    std::optional<MemorySample> sample() const;

    const RunRecorder& recorder_;
    std::atomic<Nanoseconds> t0_{};
    SideFeed& feed_;
    StopSource done_;
    mutable std::mutex mutex_; ///< guards instance_
    Instance* instance_ = nullptr;
    std::vector<MemorySample> samples_; ///< written by the thread, read after it ended
    std::thread thread_;
};

} // namespace isolab
