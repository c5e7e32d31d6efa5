// SPDX-License-Identifier: GPL-3.0-or-later
//
// The verbs of the OCI runtime specification that outlive one call (runtime.md, "Operations").
#pragma once

#include "engine/launcher/command/events.h"
#include "engine/launcher/command/options.h"
#include "engine/launcher/launch/launch.h"
#include "engine/launcher/launch/local_console.h"
#include "engine/launcher/oci/state_folder.h"

namespace isolab::launcher {

/// Sets a container up until its workload could be executed, and leaves it waiting for start_created(). Its first
/// process becomes a child of the caller's subreaper. On failure nothing is left behind.
tl::expected<void, LaunchFailure> create_container(const Options& options, Events& events);

/// A container that this process watches and that is listed with the others.
struct ForegroundContainer {
    RunningContainer container;
    LocalConsole console;
};

/// Sets a container up and lets its workload go, in one step. On failure nothing is left behind.
tl::expected<ForegroundContainer, LaunchFailure> start_in_foreground(const Options& options, Events& events);

/// Lets the workload of a created container go, and waits until it was executed.
tl::expected<void, LaunchFailure> start_created(const Options& options, Events& events);

/// Prints the state document on standard output.
Result<void> print_state(const Options& options, Events& events);

/// Sends options.signal to the first process, or to every process of the container's control group.
Result<void> kill_container(const Options& options, Events& events);

/// Removes what is left of a stopped container, or of one that was never started; a running one needs options.force.
Result<void> delete_container(const Options& options, Events& events);

/// Ends a container and removes its control group and its state.
Result<void> remove_container(const StateFolder& folder, const ContainerRecord& record, const Events& events);

/// A Recorder that keeps the plan's container in `record` and on disk. The arguments must outlive it.
Recorder keep_record(const StateFolder& folder, const Options& options, LaunchPlan& plan, ContainerRecord& record);

/// Waits until the kernel has taken the process down: its namespaces and mounts go with it. timeout after 10 s.
Result<void> await_death(const UniqueFd& process, const std::string& id);

/// Runs those of the hooks at `point`, after the start or the end; one that fails is worth a warning only, as the
/// specification says.
void run_late_hooks(const Hooks& hooks, HookPoint point, const ContainerRecord& record, ContainerStatus status,
                    const Events& events);

/// Removes the state of a container that this process watched to its end: nothing else of it is left.
Result<void> forget_container(const Options& options, Events& events);

/// Prints the containers that were made under options.root.
Result<void> list_containers(const Options& options, Events& events);

} // namespace isolab::launcher
