// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "compare/measure/side_feed.h"
#include "compare/model/line_matcher.h"
#include "compare/model/phase_timeline.h"
#include "engine/base/event.h"
#include "engine/base/stop.h"

namespace isolab {

/// Listens to one run: collects its marks and output and decides when it is ready. Thread-safe.
class RunRecorder final : public InstanceObserver {
  public:
    /// The kept tail of the output, bytes.
    static constexpr std::size_t output_limit = 64U << 10U;
    /// `exited`: or lost, see on_lost().
    enum class Outcome { ready, exited, deadline, stopped };

    RunRecorder(const Readiness& readiness, SideFeed& feed);

    /// Sets t0. To be called once, at the moment when PreparedWorkload::start is called.
    void begin(Nanoseconds t0);

    /// Waits until the workload is ready, ended before that, the deadline (monotonic_now()) passed or a stop came.
    Outcome wait_ready(Nanoseconds deadline, const StopToken& stop) const;
    /// It is not ready, or was too late, and nothing makes it so any more: there is neither time nor phase of it.
    void give_up();
    /// Watches for `duration`; exited or stopped when that ended it, ready when the time is over.
    Outcome watch(std::chrono::nanoseconds duration, const StopToken& stop) const;

    /// The stop phase begins and ends.
    void begin_stop(Nanoseconds at, std::optional<Nanoseconds> cpu);
    void end_stop(Nanoseconds at, std::optional<Nanoseconds> cpu);

    std::vector<PhaseSpan> spans() const;
    std::optional<Nanoseconds> ready_after() const; ///< since t0
    std::optional<Nanoseconds> ready_cpu() const;   ///< used until ready
    std::optional<ExitStatus> exit_status() const;
    bool lost() const;                          ///< it ended, and nobody told how the workload did
    std::optional<PhaseMark> exit_mark() const; ///< when the workload's process ended, and the CPU time used by then
    std::string output() const;                 ///< the last output_limit bytes of standard output and standard error
    std::string last_line() const;              ///< of output(); empty: it printed nothing

    std::optional<pid_t> process() const; ///< the host process that stands for the instance, once it is known

    std::vector<std::string> warnings() const; ///< what the instance said the user should know

    void on_process(pid_t pid) override;
    void on_mark(const PhaseMark& mark) override;
    void on_output(OutputStream stream, std::string_view bytes, Nanoseconds at) override;
    void on_warning(std::string_view text) override;
    void on_probe_ready(Nanoseconds at, std::optional<Nanoseconds> cpu) override;
    void on_exit(const ExitStatus& status, Nanoseconds at, std::optional<Nanoseconds> cpu) override;
    void on_lost(Nanoseconds at) override;

  private:
    void finish_phase(const PhaseMark& mark);
    void become_ready(Nanoseconds at, std::optional<Nanoseconds> cpu);
    void end();

    const Readiness readiness_;
    SideFeed& feed_;
    Event ready_event_;                  ///< readable for good once ready, exited or lost
    Event exit_event_;                   ///< readable for good once exited or lost
    std::optional<LineMatcher> matcher_; ///< used by the instance's thread alone, without the mutex
    mutable std::mutex mutex_;           ///< guards what follows
    std::optional<pid_t> process_;
    PhaseTimeline timeline_;
    std::optional<PhaseMark> ready_;
    std::optional<PhaseMark> exited_;
    std::optional<ExitStatus> status_;
    bool lost_ = false;
    bool over_ = false; ///< nothing makes it ready any more
    std::string output_;
    std::vector<std::string> warnings_;
};

} // namespace isolab
