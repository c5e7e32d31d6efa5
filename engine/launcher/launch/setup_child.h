// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

#include <sys/types.h>

#include "engine/base/unique_fd.h"
#include "engine/launcher/command/events.h"

namespace isolab::launcher {

/// Why a start failed, and the exit code that a command line reports for it.
struct LaunchFailure {
    Error error;
    int exit_code = 125;
};

/// How a process is made.
struct CloneRequest {
    unsigned long long flags = 0; ///< CLONE_NEW* of namespaces it gets for itself
    int group = -1;               ///< cgroup2 directory that it is born in (CLONE_INTO_CGROUP); -1: the caller's
    /// Enters namespaces that this process must not be in itself, such as a user namespace or another mount namespace.
    /// It is called in a process in between, which then clones the new one, as a child of this process.
    std::function<Result<void>()> enter;
    std::function<Result<void>(pid_t)> admit; ///< what the one in between does for the new one; may be empty
    bool hidden = true; ///< processes in these namespaces may not look into the one in between and the new one
};

/// A process on its way into a container, with the launcher's end of its channel; killed and reaped unless it was
/// handed over with release().
class SetupChild {
  public:
    /// Makes it; `run` is called in it with the other end of the channel and must not return.
    static Result<SetupChild> clone(const CloneRequest& request, const std::function<void(int)>& run);

    SetupChild(SetupChild&& other) noexcept;
    SetupChild& operator=(SetupChild&&) = delete;
    SetupChild(const SetupChild&) = delete;
    SetupChild& operator=(const SetupChild&) = delete;
    ~SetupChild();

    pid_t pid() const noexcept { return pid_; }
    const UniqueFd& pidfd() const noexcept { return pidfd_; }
    int socket() const noexcept { return socket_.get(); }

    /// Passes its records on until its end of the socket closes after the setup was complete, or until a StartedRecord
    /// says that it waits for an answer.
    tl::expected<void, LaunchFailure> follow(Events& events) const;

    /// From now on it lives its own life. Returns its pid.
    pid_t release() noexcept;
    UniqueFd take_pidfd() noexcept { return std::move(pidfd_); }

  private:
    SetupChild() = default;
    static Result<SetupChild> clone_directly(const CloneRequest& request, SetupChild child, UniqueFd other_end,
                                             const std::function<void(int)>& run);
    static Result<SetupChild> clone_through_another(const CloneRequest& request, SetupChild child, UniqueFd other_end,
                                                    const std::function<void(int)>& run);
    LaunchFailure explain_death() const;

    pid_t pid_ = -1;
    UniqueFd pidfd_;
    UniqueFd socket_;
};

/// What follow() does, with any end of a channel. False when the socket closed before the setup was complete.
tl::expected<bool, LaunchFailure> follow_setup(int socket, Events& events);

} // namespace isolab::launcher
