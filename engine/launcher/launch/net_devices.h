// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/types.h>

#include "engine/base/error.h"
#include "engine/runtime/runtime_spec.h"

namespace isolab::launcher {

/// Moves the host's network devices of the specification (runtime-spec 1.3, config-linux.md, "Network Devices") into
/// the network namespace of `pid`, under the names they are to have there, switched on, with their permanent addresses
/// of global scope. When the namespace ends, the kernel gives hardware back and removes what is virtual.
/// not_found: there is no such device; already_exists: the container has one of that name; unsupported: it cannot be
/// moved.
Result<void> move_net_devices(const std::vector<NetDevice>& devices, pid_t pid);

} // namespace isolab::launcher
