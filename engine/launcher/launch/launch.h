// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>

#include <sys/types.h>

#include "engine/base/unique_fd.h"
#include "engine/launcher/launch/setup_child.h"
#include "engine/launcher/setup/launch_plan.h"

namespace isolab::launcher {

/// A container whose workload was executed, or a process that `exec` added to one.
struct RunningContainer {
    pid_t pid = -1;
    UniqueFd pidfd;
    std::optional<ControlGroup> group; ///< of which nothing may be left at the end
    bool own_pid_namespace = false;
    bool leaves_orphans = false; ///< to this process, their subreaper (prctl(2)), which ends and reaps them
    const Nanoseconds* spent =
        nullptr; ///< CPU time of ended processes that made it and are not in its group; may be null
    std::function<void()>
        take_down; ///< removes what else there is of it once all its processes have ended; may be empty
    bool own_network = false;
    bool own_user_namespace = false;
};

/// Who keeps the container's record; each failure ends the container.
struct Recorder {
    /// Called before the control group is made: it must be found again if this program is killed. The first process
    /// may exist and mount meanwhile, and dies with this program.
    std::function<Result<void>()> announce;
    std::function<Result<void>(pid_t)> keep; ///< called with the first process when everything is set up
};

/// Makes the control group, clones the container's first process and waits until it executed the workload; sends the
/// marks create, setup and exec. On failure the process has ended and the group is removed.
tl::expected<RunningContainer, LaunchFailure> launch(const LaunchPlan& plan, Events& events, const Recorder& record);

/// The same up to the plan's start gate, where the first process waits, no longer tied to this one.
tl::expected<void, LaunchFailure> create(const LaunchPlan& plan, Events& events, const Recorder& record);

} // namespace isolab::launcher
