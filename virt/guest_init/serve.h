// SPDX-License-Identifier: GPL-3.0-or-later
//
// What init and agent have in common once the channel is open: one poll(2) loop of a single thread serves everything.
#pragma once

#include <cstdint>

#include "virt/guest_init/workload.h"

namespace isolab::guest {

/// Tells the host that user space began at `started` (boot_time()), and the time stamp counter then.
void say_hello(std::uint64_t started, std::uint64_t started_tsc) noexcept;

/// Waits for what to run. The pointers of `workload` point into `record`, which must outlive it. A broken record is
/// told to the host and ends the machine.
void receive_workload(Record& record, Workload& workload) noexcept;

/// Tells that all is set up, runs the workload in the present root and serves the host's questions until it has ended;
/// then ends the machine.
[[noreturn]] void serve_workload(const Workload& workload) noexcept;

} // namespace isolab::guest
