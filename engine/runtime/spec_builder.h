// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/rootfs/snapshotter.h"
#include "engine/runtime/runtime_spec.h"

namespace isolab {

/// What a container of ours is made from, decided by the engine.
struct SpecRequest {
    std::string id;
    std::string hostname; ///< empty: the id
    ProcessSpec process;
    Snapshot snapshot;
    CgroupResources resources;           ///< left out when limits cannot be enforced
    bool control_group = true;           ///< false: the container stays in its caller's group
    std::vector<IdMapping> uid_mappings; ///< filled: with a user namespace of its own
    std::vector<IdMapping> gid_mappings;
    SharedJson seccomp;
};

/// The specification of a container with our defaults: own namespaces of every kind, the default capabilities,
/// no_new_privs, proc, sysfs read-only, a fresh /dev, hidden and read-only kernel paths. Pure.
RuntimeSpec build_runtime_spec(const SpecRequest& request);

} // namespace isolab
