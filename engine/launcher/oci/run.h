// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/launcher/launch/launch.h"

namespace isolab::launcher {

/// Runs a container to its end for a caller that follows it, usually through options.event_fd. It keeps no state and is
/// not listed.
tl::expected<int, LaunchFailure> run_for_caller(const Options& options, Events& events);

/// Runs a container of the command line, listed among the others while it lives. Waits for its end and removes it
/// unless options say otherwise; returns its exit code, or 0 when it was detached.
tl::expected<int, LaunchFailure> run_container(const Options& options, Events& events);

} // namespace isolab::launcher
