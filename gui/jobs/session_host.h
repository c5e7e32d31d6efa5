// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <QObject>

#include "gui/jobs/job_queue.h"
#include "gui/jobs/session_access.h"

namespace isolab {

/// Keeps the one session of the program open and lends its controllers two threads: one on which one thing at a time is
/// measured, and one for what can be done beside it. GUI thread only; never blocks. The session must outlive it, and
/// it must outlive the controllers.
class SessionHost : public QObject {
    Q_OBJECT
  public:
    enum class State { opening, unusable, open };

    explicit SessionHost(SessionAccess& session, QObject* parent = nullptr);

    /// Opens, then asks for status and worlds. `wanted`: a workload or image that should be among workloads().
    void open(const std::string& wanted = {});
    void open_again(); ///< after State::unusable, with the same wish
    void check();      ///< renews prerequisites()
    /// Stops everything and gives the session back; closed() follows when nothing runs any more.
    void close();

    State state() const noexcept { return state_; }
    bool closing() const noexcept { return closing_; }
    bool measuring() const noexcept { return measured_.has_value(); } ///< somebody measures: nobody else may begin
    bool can_measure() const noexcept { return state_ == State::open && !closing_ && !measuring(); }
    const std::optional<Error>& error() const noexcept { return error_; } ///< of State::unusable
    const Catalogue& catalogue() const noexcept { return catalogue_; }
    const std::vector<Workload>& workloads() const noexcept { return catalogue_.workloads; }
    const std::optional<SessionStatus>& status() const noexcept { return status_; }
    const std::optional<Error>& status_error() const noexcept { return status_error_; } ///< why there is none
    const std::vector<WorldStatus>& worlds() const noexcept { return worlds_; }         ///< empty: not known yet
    const std::vector<Prerequisite>& prerequisites() const noexcept { return prerequisites_; }

    /// Runs `work(StopToken) -> T` on the thread that measures; `deliver(T)` follows on this one. Only when
    /// can_measure().
    template <class Work, class Deliver> void measure(Work work, Deliver deliver) {
        measured_ = runs_.start(std::move(work), [this, deliver = std::move(deliver)](auto value) mutable {
            measured_.reset();
            deliver(std::move(value));
            Q_EMIT measuring_changed();
        });
        Q_EMIT measuring_changed();
    }
    void stop_measuring(); ///< asks it to stop; its result is still delivered

    /// For what does not measure: runs beside what does.
    JobQueue& records() noexcept { return records_; }

  Q_SIGNALS:
    void state_changed();
    void workloads_changed();
    void status_changed();
    void worlds_changed();
    void prerequisites_changed();
    void measuring_changed();
    void closing_began();
    void closed();

  private:
    void on_opened(Result<Catalogue> catalogue);
    void ask_status();
    void ask_worlds();
    void check_closed();
    void enter(State state);

    SessionAccess& session_;
    State state_ = State::opening;
    bool closing_ = false;
    bool session_closed_ = false;
    std::optional<Error> error_;
    std::string wanted_;
    Catalogue catalogue_;
    std::optional<SessionStatus> status_;
    std::optional<Error> status_error_;
    std::vector<WorldStatus> worlds_;
    std::vector<Prerequisite> prerequisites_;
    std::optional<JobQueue::Id> measured_;
    JobQueue runs_;    ///< open, status, worlds, what is measured, close: one at a time
    JobQueue records_; ///< beside it
};

} // namespace isolab
