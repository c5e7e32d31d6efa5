// SPDX-License-Identifier: GPL-3.0-or-later
//
// Control groups where systemd manages them: it must be asked for a part of the tree, and gives one as a "scope" unit
// with Delegate=yes (systemd.resource-control(5), https://systemd.io/CGROUP_DELEGATION). One scope for all containers
// of a program: a request to systemd takes milliseconds, a group below the scope microseconds.
#pragma once

#include <chrono>
#include <string>

#include <sys/types.h>

#include "engine/base/error.h"

namespace isolab {

/// Whether systemd is the init system, as sd_booted(3) tells it. `runtime_directory` is there for tests.
bool systemd_manages(const std::string& runtime_directory = "/run/systemd/system");

struct ScopeRequest {
    std::string name;        ///< "isolab-1234.scope"; must be new
    std::string description; ///< shown by systemctl(1)
    pid_t process = 0;       ///< moved into the scope, which ends with its last process
    std::string slice;       ///< "user.slice"; empty: systemd's default
    std::string address;     ///< of the bus: "unix:path=..."; empty: the system's, or without root the user's
    std::chrono::seconds patience{30};
};

/// Makes a delegated scope through org.freedesktop.systemd1 and returns when systemd has moved the process into it.
/// libsystemd is loaded for that (dlopen(3)), so that nothing else needs it. unavailable without that library or a bus,
/// timeout when systemd does not answer in time, already_exists for a name in use, system when it refuses otherwise,
/// with its reason.
Result<void> start_delegated_scope(const ScopeRequest& request);

/// Moves the process into the group `subgroup` ("/supervisor") of a delegated scope that there is already. Errors as
/// above.
Result<void> join_delegated_scope(const ScopeRequest& request, const std::string& subgroup);

/// The address of the manager's bus as start_delegated_scope() chooses it, for messages: root's is the system bus, of
/// others the user bus in `runtime_directory` ($XDG_RUNTIME_DIR).
std::string default_bus_address(bool root, const std::string& runtime_directory);

/// Frees a cgroup2 group for groups below it: its processes go into the group "supervisor" below, since a group that
/// holds processes cannot hand controllers on (cgroups(7), "No internal processes").
Result<void> make_room_in_group(const std::string& directory);

} // namespace isolab
