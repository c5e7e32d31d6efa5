// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/launcher/launch/launch.h"

namespace isolab::launcher {

/// Runs the container of options.bundle to its end by another OCI runtime, the program options.with: `create`, `start`,
/// and at the end or on failure `delete --force` (runtime.md of the OCI runtime specification; the command line is
/// runc's). This process is its monitor, as run_for_caller() is, and becomes the container's parent: it is the
/// subreaper of all that the runtime leaves.
///
/// Marks: create when the runtime's process runs, setup when its `create` has returned, exec when its `start` has,
/// which is no earlier than execve(2) by more than the runtime's own way from letting the workload go to its end. Their
/// CPU time counts the runtime's processes.
///
/// The runtime gets the same configuration, but for the overlay on /: this process mounts it beforehand, in a mount
/// namespace of its own, so that nothing stays mounted when it ends. State, configuration and process id are in the
/// folder `runtime` of the bundle, which is the caller's to remove. What the workload writes to standard error passes
/// through this process.
///
/// Errors name the runtime and have the last line of its standard error. Root only: unsupported otherwise.
tl::expected<int, LaunchFailure> run_by_other_runtime(const Options& options, Events& events);

} // namespace isolab::launcher
