// SPDX-License-Identifier: GPL-3.0-or-later
//
// Small forked helpers that work inside the container's network: the readiness probe and exchanges. They report to the
// caller's socket themselves and die with the monitor.
#pragma once

#include <vector>

#include "engine/launcher/launch/launch.h"

namespace isolab::launcher {

/// CPU time of everything the container made: launcher (the process `monitor`), control group or first process.
Nanoseconds instance_cpu_time(const RunningContainer& container, pid_t monitor);

/// CPU time that ended processes beside these used for it.
inline Nanoseconds spent_on(const RunningContainer& container) {
    return container.spent != nullptr ? *container.spent : Nanoseconds{0};
}

/// The running helpers of one monitor. Killed and reaped by the destructor.
class Helpers {
  public:
    Helpers(const RunningContainer& container, const Events& events) : container_(container), events_(events) {}
    Helpers(const Helpers&) = delete;
    Helpers& operator=(const Helpers&) = delete;
    ~Helpers() { end(); }

    /// Asks until the probe holds (engine/base/probe.h), then reports ProbeReadyRecord.
    void start_probe(const PortProbe& probe);
    /// Answers with an ExchangeReply.
    void start_exchange(const ExchangeRequest& request);
    bool has(pid_t pid) const;
    /// Reaps helpers that have ended.
    void reap();
    void end();

  private:
    /// True in the helper, which is in the container's network then.
    bool fork_into_network();

    const RunningContainer& container_;
    const Events& events_;
    std::vector<pid_t> pids_;
};

} // namespace isolab::launcher
