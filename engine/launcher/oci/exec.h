// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/launcher/launch/setup_child.h"

namespace isolab::launcher {

/// Adds a process to a container that was created and has not ended: in its namespaces and its control group, with its
/// seccomp filter. Waits for the process's end and returns its exit code, or 0 when it was detached.
tl::expected<int, LaunchFailure> exec_in_container(const Options& options, Events& events);

} // namespace isolab::launcher
