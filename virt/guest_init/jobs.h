// SPDX-License-Identifier: GPL-3.0-or-later
//
// What init does beside the workload, each in a child process of its own so that init never waits.
#pragma once

#include <poll.h>

#include "virt/guest_init/workload.h"

namespace isolab::guest {

/// Starts the readiness probe when the workload asks for one: it asks until it holds (engine/base/probe.h). Without it
/// the host would wait in vain, so the machine gives up when the probe cannot be started or is killed.
void start_probe(const Workload& workload) noexcept;

/// Starts an exchange asked for by the host. What cannot be started is answered with its errno, a record that is cut
/// short with EINVAL.
void start_exchange(const Record& record) noexcept;

/// Starts to write the page cache to the disk; answers with `synced` when that is done, or cannot be.
void start_sync(const Record& record) noexcept;

/// Reads /proc/meminfo and sends it, or why it cannot be read.
void send_memory() noexcept;

/// Descriptors of children that have something to tell; appended to `events`, at most job_limit of them.
inline constexpr int job_limit = 8;
int add_job_events(pollfd* events) noexcept;

/// Passes on what the child behind `event` told; call it for every descriptor of add_job_events().
void serve_job(const pollfd& event) noexcept;

} // namespace isolab::guest
