// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <sys/types.h>

#include "engine/launcher/command/events.h"
#include "engine/launcher/oci/state_folder.h"

namespace isolab::launcher {

/// The container's processes as the host numbers them, sorted: those of its control group, or, without one, of its pid
/// namespace.
Result<std::vector<pid_t>> processes_of(const ContainerRecord& record);

/// Prints them: as a JSON array of numbers, or as ps(1) shows them with options.words ("-ef" when there are none).
Result<void> print_processes(const Options& options, Events& events);

} // namespace isolab::launcher
