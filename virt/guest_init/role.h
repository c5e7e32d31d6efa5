// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the first process of a machine does otherwise than an agent, which is a service of a whole system: each program
// is linked with its own of these.
#pragma once

namespace isolab::guest {

/// Called in the workload's process before it gives up its privileges: takes it to where end_workload() finds it and
/// all its children. 0 or an errno value.
int join_workload() noexcept;

/// SIGKILL to every process of the workload.
void end_workload() noexcept;

/// Ends the workload, writes its disk out, waits until the host has received how it ended, and ends the machine.
/// Never returns.
[[noreturn]] void power_off() noexcept;

} // namespace isolab::guest
