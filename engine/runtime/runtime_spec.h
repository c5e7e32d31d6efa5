// SPDX-License-Identifier: GPL-3.0-or-later
//
// The OCI runtime specification 1.x (config.md, config-linux.md) as values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/json_fwd.h"
#include "engine/cgroup/cgroup_plan.h"
#include "engine/rootfs/id_mapping.h"
#include "engine/rootfs/mount_plan.h"
#include "engine/runtime/hooks.h"
#include "engine/runtime/runtime_process.h"

namespace isolab {

/// Namespaces that the container gets for itself; what is false is shared with the host, or joined.
struct NamespaceSet {
    bool pid = false;
    bool network = false;
    bool mount = false;
    bool ipc = false;
    bool uts = false;
    bool user = false;
    bool cgroup = false;
    bool time = false;
};

/// A namespace of `linux.namespaces` that exists already and is entered: `type` as a member of NamespaceSet.
struct JoinedNamespace {
    std::string type;
    std::string path; ///< absolute: a file of /proc/PID/ns, or a bind mount of one

    bool operator==(const JoinedNamespace&) const = default;
};

/// What a clock of a new time namespace shows beyond the host's (time_namespaces(7)).
struct ClockOffset {
    std::string clock; ///< "monotonic" or "boottime"
    std::int64_t seconds = 0;
    std::uint32_t nanoseconds = 0;
};

/// Parameters of set_mempolicy(2): "MPOL_BIND", nodes as "0-1", "MPOL_F_STATIC_NODES".
struct MemoryPolicy {
    std::string mode;
    std::string nodes;
    std::vector<std::string> flags;
};

/// A network device of the host that the container gets for itself.
struct NetDevice {
    std::string host_name;
    std::string name; ///< in the container
};

struct RuntimeSpec {
    RuntimeProcess process;

    std::string root_path; ///< absolute, or relative to the bundle
    bool root_read_only = false;
    std::string root_propagation; ///< "private" and the like; empty: as "private"
    std::vector<Mount> mounts;
    std::string mount_label; ///< SELinux context of file systems that are mounted; empty: the policy's
    std::vector<DeviceNode> devices;
    std::vector<std::string> masked_paths;
    std::vector<std::string> read_only_paths;

    std::string hostname;
    std::string domainname; ///< of NIS (setdomainname(2))
    NamespaceSet namespaces;
    std::vector<JoinedNamespace> joined; ///< in addition; never one that `namespaces` makes
    std::vector<ClockOffset> clock_offsets;
    std::vector<NetDevice> net_devices;
    std::vector<IdMapping> uid_mappings;
    std::vector<IdMapping> gid_mappings;
    std::string cgroups_path; ///< "/isolab/ID"; empty: the launcher chooses
    CgroupResources resources;
    std::map<std::string, std::string> sysctls; ///< of the container's own namespaces: "net.ipv4.ip_forward"
    SharedJson seccomp;                         ///< `linux.seccomp`, as written
    std::optional<unsigned long> personality;   ///< for personality(2)
    std::optional<MemoryPolicy> memory_policy;
    Hooks hooks;
    std::map<std::string, std::string> annotations; ///< shown in the state, without effect

    /// Whether the container has a namespace of this type that is not the caller's.
    bool is_separate(bool NamespaceSet::*own, std::string_view type) const;
};

} // namespace isolab
