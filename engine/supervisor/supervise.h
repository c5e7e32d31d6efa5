// SPDX-License-Identifier: GPL-3.0-or-later
//
// Start here: the verb `supervise` of isolab-runtime, the process that stays with a container of `isolab container`.
#pragma once

#include "engine/launcher/command/events.h"
#include "engine/launcher/command/options.h"
#include "engine/launcher/launch/setup_child.h"

namespace isolab::supervisor {

/// Starts the container of options.bundle, which holds config.json and order.json (runtime/supervision.h), and returns;
/// a process of its own stays with it and tells the caller, over the socket of `events`, what became of the start: its
/// marks, or its error. That process owns the workload's streams, its log, its restarts and health checks, and serves
/// clients (runtime/supervisor_protocol.h) until the container has ended for good. The socket's end without an error
/// says that the container runs and is reported as such.
///
/// options.preserved_fds says how many of these there are: descriptor 3 is the caller's lock of the container, which is
/// held until then also when the caller is killed; descriptor 4, if it is a socket, is the connection of a first
/// client, whose packets are read before the workload starts; those from 5 on are namespaces, which config.json names
/// as /proc/self/fd/N and which stay open for later starts.
///
/// already_exists when the container is supervised already.
tl::expected<int, launcher::LaunchFailure> supervise(const launcher::Options& options, launcher::Events& events);

} // namespace isolab::supervisor
