// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>

#include "engine/containers/container_settings.h"
#include "engine/rootfs/snapshotter.h"
#include "engine/runtime/runtime_spec.h"

namespace isolab {

/// What this start of a container adds to its settings.
struct StartFacts {
    Snapshot snapshot;
    std::filesystem::path hosts_file; ///< texts that are shown in /etc; empty: the image's own
    std::filesystem::path hostname_file;
    std::filesystem::path resolv_file;
    std::vector<JoinedNamespace> joined; ///< the network of others, the processes of another container
    bool host_network = false;
    std::optional<NameService> names;    ///< for the supervisor
    std::optional<RestoreOrder> restore; ///< for the supervisor
    std::optional<Hook> network_hook;    ///< sets the network up once its namespace exists
    std::vector<IdMapping> uid_mappings; ///< filled: with a user namespace
    std::vector<IdMapping> gid_mappings;
    bool control_group = true;
    bool limits = true;              ///< otherwise the control group has none
    bool kernel_files = true;        ///< parts of /proc and /sys are hidden or read-only
    SharedJson seccomp;              ///< seccomp_of()
    std::vector<DeviceNode> devices; ///< of the host, in addition to its own
};

/// The runtime configuration of a container. Pure.
RuntimeSpec make_container_spec(const ContainerSettings& settings, const StartFacts& facts);

} // namespace isolab
