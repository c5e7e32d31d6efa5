// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>
#include <string>

#include <poll.h>
#include <sys/types.h>

#include "engine/base/unique_fd.h"
#include "engine/runtime/supervision.h"

namespace isolab::supervisor {

/// Runs in a forked child of the supervisor, with its output where the probe's goes; returns the exit code.
using ProbeProgram = std::function<int(const HealthCheck&)>;

/// Asks a running workload at intervals whether it is well, one probe at a time.
class HealthMonitor {
  public:
    HealthMonitor(HealthCheck check, ProbeProgram program) : check_(std::move(check)), program_(std::move(program)) {}
    HealthMonitor(const HealthMonitor&) = delete;
    HealthMonitor& operator=(const HealthMonitor&) = delete;
    ~HealthMonitor() { end(); }

    /// A run has begun.
    void begin(Nanoseconds now);
    /// It has ended: a probe under way is killed and does not count.
    void end();

    /// When tick() is to be called at the latest; empty: not at all.
    std::optional<Nanoseconds> due() const;
    /// Starts a probe, or ends one that took too long.
    void tick(Nanoseconds now);

    /// The probe's output, to be watched with poll(2); -1 when none runs.
    int output() const noexcept { return output_.get(); }
    void read_output();

    /// To be called when a child has ended. True when it was the probe: report() has changed.
    bool reap(Nanoseconds now);

    const HealthReport& report() const noexcept { return report_; }

  private:
    void start(Nanoseconds now);
    void judge(int exit_code, Nanoseconds now);
    Nanoseconds pause_after(Nanoseconds now) const; ///< until the next one

    HealthCheck check_;
    ProbeProgram program_;
    HealthReport report_;
    Nanoseconds begun_{0};
    std::optional<Nanoseconds> next_; ///< probe
    pid_t probe_ = -1;
    Nanoseconds deadline_{0}; ///< of the probe under way
    bool timed_out_ = false;
    std::string started_;
    std::string text_;
    UniqueFd output_;
};

} // namespace isolab::supervisor
