// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the container's first process does from its birth to execve(2) of the workload.
#pragma once

#include "engine/launcher/setup/launch_plan.h"

namespace isolab::launcher {

/// Sets the container up and executes the workload; does not return. `socket` is the child's end of the channel of
/// setup_channel.h. With hooks that run on the way, a StartedRecord says that the namespaces are made; the answer to it
/// is the state document, after the launcher has run its own. With a start gate another one says that the process waits
/// there, and a third that it is no longer tied to its parent; from then on whoever opens the gate is told.
[[noreturn]] void run_first_process(const LaunchPlan& plan, int socket);

} // namespace isolab::launcher
