// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>
#include <string>

#include <sys/types.h>

#include "engine/base/unique_fd.h"
#include "engine/cgroup/control_group.h"
#include "engine/launcher/events.h"
#include "engine/launcher/options.h"
#include "engine/rootfs/mount_plan.h"
#include "engine/runtime/runtime_spec.h"
#include "engine/security/seccomp_program.h"

namespace isolab::launcher {

/// Everything that is decided before the container's first process exists.
struct LaunchPlan {
    RuntimeSpec spec;
    MountPlan mounts;
    std::optional<SeccompProgram> seccomp;
    std::optional<ControlGroup> group; ///< empty: none can be made, and none was asked for
    CgroupLayout layout;
    UniqueFd start_gate;              ///< the first process waits for a byte on it; none: it goes on at once
    bool keep_standard_input = false; ///< the caller's; otherwise nothing
};

/// Reads the bundle, plans its mounts, compiles its filter, finds its control group. Changes nothing.
Result<LaunchPlan> make_launch_plan(const Options& options, Events& events);

/// A container whose workload was executed.
struct RunningContainer {
    pid_t pid = -1;
    UniqueFd pidfd;
    std::optional<ControlGroup> group;
    bool own_pid_namespace = false;
    bool own_network = false;
    bool own_user_namespace = false;
};

/// Why a start failed, and the exit code that a command line reports for it.
struct LaunchFailure {
    Error error;
    int exit_code = 125;
};

/// Makes the control group, clones the container's first process and waits until it executed the workload; sends the
/// marks create, setup and exec. On failure the process has ended and the group is removed.
tl::expected<RunningContainer, LaunchFailure> launch(const LaunchPlan& plan, Events& events);

/// The same up to the plan's start gate, where the first process waits, no longer tied to this one. `record` is called
/// when everything is set up; its failure ends the container.
tl::expected<void, LaunchFailure> create(const LaunchPlan& plan, Events& events,
                                         const std::function<Result<void>(pid_t)>& record);

} // namespace isolab::launcher
