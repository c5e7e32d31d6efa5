// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the container's first process does from its birth to execve(2) of the workload.
#pragma once

#include "engine/launcher/launch.h"

namespace isolab::launcher {

/// What the parent tells the child, one byte each, in this order.
inline constexpr char ids_are_mapped = 'm'; ///< with a user namespace only
inline constexpr char group_is_entered = 'g';
inline constexpr char state_is_kept = 's'; ///< with a start gate only: the container may outlive the launcher

/// Sets the container up and executes the workload; does not return. `socket` is the child's end of a SOCK_SEQPACKET
/// pair with close-on-exec: warnings, the mark of the setup phase and an error go over it as records of
/// launch_protocol.h, and its end without an error means that the workload was executed. With a start gate a
/// StartedRecord says that it waits there, another one that it is no longer tied to its parent; what fails later goes
/// to standard error.
[[noreturn]] void run_first_process(const LaunchPlan& plan, int socket);

} // namespace isolab::launcher
