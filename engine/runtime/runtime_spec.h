// SPDX-License-Identifier: GPL-3.0-or-later
//
// The part of the OCI runtime specification 1.x (config.md, config-linux.md) that Isolab makes and runs, as values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/process_spec.h"
#include "engine/cgroup/cgroup_plan.h"
#include "engine/rootfs/mount_plan.h"

namespace isolab {

/// A resource limit of setrlimit(2); `type` as in "RLIMIT_NOFILE".
struct ResourceLimit {
    std::string type;
    std::uint64_t soft = 0;
    std::uint64_t hard = 0;
};

/// `linux.uidMappings` and `linux.gidMappings`: `size` ids from `container` are `host` onwards outside.
struct IdMapping {
    std::uint32_t container = 0;
    std::uint32_t host = 0;
    std::uint32_t size = 0;
};

/// The five capability sets, by name ("CAP_CHOWN").
struct CapabilitySets {
    std::vector<std::string> bounding;
    std::vector<std::string> effective;
    std::vector<std::string> permitted;
    std::vector<std::string> inheritable;
    std::vector<std::string> ambient;
};

/// Namespaces that the container gets for itself; what is false is shared with the host, or joined.
struct NamespaceSet {
    bool pid = false;
    bool network = false;
    bool mount = false;
    bool ipc = false;
    bool uts = false;
    bool user = false;
    bool cgroup = false;
};

/// A namespace of `linux.namespaces` that exists already and is entered: `type` "network", "ipc", "uts" or "pid".
struct JoinedNamespace {
    std::string type;
    std::string path; ///< absolute: a file of /proc/PID/ns, or a bind mount of one

    bool operator==(const JoinedNamespace&) const = default;
};

struct RuntimeSpec {
    ProcessSpec process;
    bool no_new_privileges = false;
    std::optional<CapabilitySets> capabilities; ///< empty: none at all
    std::vector<ResourceLimit> rlimits;
    std::optional<int> oom_score_adj;
    std::optional<std::uint32_t> umask;

    std::string root_path; ///< absolute, or relative to the bundle
    bool root_read_only = false;
    std::vector<Mount> mounts;
    std::vector<DeviceNode> devices;
    std::vector<std::string> masked_paths;
    std::vector<std::string> read_only_paths;

    std::string hostname;
    NamespaceSet namespaces;
    std::vector<JoinedNamespace> joined; ///< in addition; never one that `namespaces` makes
    std::vector<IdMapping> uid_mappings;
    std::vector<IdMapping> gid_mappings;
    std::string cgroups_path; ///< "/isolab/ID"; empty: the launcher chooses
    CgroupResources resources;
    std::map<std::string, std::string> sysctls;     ///< of the container's own namespaces: "net.ipv4.ip_forward"
    std::optional<Json> seccomp;                    ///< `linux.seccomp`, as written
    std::map<std::string, std::string> annotations; ///< shown in the state, without effect
};

} // namespace isolab
