// SPDX-License-Identifier: GPL-3.0-or-later
//
// The verbs that work on a container's control group.
#pragma once

#include "engine/launcher/command/events.h"

namespace isolab::launcher {

/// Freezes every process of a running container, and lets a frozen one go on.
Result<void> pause_container(const Options& options, Events& events);
Result<void> resume_container(const Options& options, Events& events);

/// Changes limits: those of the document options.resources, then those of options.limits. What is not named stays.
Result<void> update_container(const Options& options, Events& events);

/// Prints, as one JSON document a line, what the container uses: once with options.stats, otherwise every
/// options.interval seconds until it ends, and each time the kernel's OOM killer ended a process in it.
Result<void> print_events(const Options& options, Events& events);

} // namespace isolab::launcher
