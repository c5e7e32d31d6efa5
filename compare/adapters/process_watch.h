// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>

#include "engine/base/instance.h"

namespace isolab {

/// Stands between an instance and its observer, passes everything on, and remembers the host process that stands for
/// the instance, so that measuring need not ask the instance for it, which may take long. Queries are thread-safe.
class ProcessWatch final : public InstanceObserver {
  public:
    /// `next` must outlive it.
    explicit ProcessWatch(InstanceObserver& next) noexcept : next_(next) {}

    pid_t pid() const noexcept { return pid_; } ///< -1 until it is known
    /// Peak resident set of that process when the workload was executed, bytes; 0 until then, or when it is unknown.
    std::uint64_t peak_at_exec() const noexcept { return peak_at_exec_; }

    void on_process(pid_t pid) override;
    void on_mark(const PhaseMark& mark) override;
    void on_output(OutputStream stream, std::string_view bytes, Nanoseconds at) override;
    void on_warning(std::string_view text) override;
    void on_probe_ready(Nanoseconds at, std::optional<Nanoseconds> cpu) override;
    void on_exit(const ExitStatus& status, Nanoseconds at, std::optional<Nanoseconds> cpu) override;
    void on_lost(Nanoseconds at) override;

  private:
    InstanceObserver& next_;
    std::atomic<pid_t> pid_{-1};
    std::atomic<std::uint64_t> peak_at_exec_{0};
};

} // namespace isolab
