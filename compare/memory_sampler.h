// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <mutex>
#include <thread>
#include <vector>

#include "compare/backend.h"
#include "compare/side_feed.h"
#include "engine/base/stop.h"

namespace isolab {

/// Takes headline samples of an instance about 20 times a second in a thread of its own, until finish().
/// A sample that fails (the instance is ending) is left out. `at` of the samples counts from t0.
class MemorySampler {
  public:
    static constexpr std::chrono::milliseconds period{50};

    MemorySampler(Instance& instance, Nanoseconds t0, SideFeed& feed);
    ~MemorySampler() { finish(); }
    MemorySampler(const MemorySampler&) = delete;
    MemorySampler& operator=(const MemorySampler&) = delete;

    /// Ends the thread; idempotent. The samples so far.
    std::vector<MemorySample> finish();

  private:
    void sample_all();

    Instance& instance_;
    const Nanoseconds t0_;
    SideFeed& feed_;
    StopSource done_;
    std::vector<MemorySample> samples_; ///< written by the thread, read after it ended
    std::thread thread_;
};

} // namespace isolab
