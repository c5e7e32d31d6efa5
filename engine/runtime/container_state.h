// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a runtime remembers of a container between its commands, and the state document that it shows (OCI runtime
// specification, runtime.md, "State"). Values; launcher/state_folder.h keeps them on disk.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include <sys/types.h>

#include "engine/base/error.h"
#include "engine/base/json_fwd.h"

namespace isolab {

/// The specification's status of a container, and `paused`, which runtimes agree on beside it.
enum class ContainerStatus {
    creating, ///< its environment is being made
    created,  ///< everything is made, the workload waits for `start`
    running,
    paused,  ///< running, but frozen
    stopped, ///< its first process has ended
};

/// "creating", "created", "running", "paused", "stopped".
std::string_view container_status_id(ContainerStatus status) noexcept;

/// The record of one container.
struct ContainerRecord {
    std::string id;
    std::string bundle;           ///< absolute folder
    std::string root_path;        ///< absolute folder of its root file system
    std::string control_group;    ///< path below the hierarchies' roots; empty: none
    std::string scope;            ///< CgroupLayout::scope of that time
    pid_t pid = 0;                ///< its first process; 0 while it is being created
    std::uint64_t start_time = 0; ///< of that process, clock ticks since boot: tells a reused pid (proc_pid_stat(5))
    std::string created;          ///< RFC 3339, UTC
    uid_t owner = 0;              ///< who created it
    bool late_hooks = false;      ///< its specification has hooks for after its start or its end
    std::map<std::string, std::string> annotations;
    /// Set: it has no mount namespace of its own, and its root was mounted in the caller's, on top of the mount of this
    /// id (STATX_MNT_ID of statx(2)).
    std::optional<std::uint64_t> covered_mount = {};
};

/// The record as a document, and back; corrupt names the field of `subject` that is wrong.
Json record_to_json(const ContainerRecord& record);
Result<ContainerRecord> record_from_json(const Json& document, const std::string& subject);

/// What `state` prints: the specification's fields, and those that clients of other runtimes read beside them.
Json state_document(const ContainerRecord& record, ContainerStatus status);

} // namespace isolab
