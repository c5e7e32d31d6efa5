// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a container was asked to be: decided when it is created, kept in its folder, read at each start. Values.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/json_fwd.h"
#include "engine/base/process_identity.h"
#include "engine/cgroup/cgroup_resources.h"
#include "engine/image/image.h"
#include "engine/network/port_forward.h"
#include "engine/rootfs/mount_plan.h"
#include "engine/runtime/runtime_process.h"
#include "engine/runtime/supervision.h"

namespace isolab {

/// A place in the container that is not part of its root file system.
struct ContainerMount {
    std::string kind;   ///< "bind", "volume", "tmpfs"
    std::string source; ///< folder or file of the host, absolute; empty for a tmpfs
    std::string target; ///< absolute
    std::string volume; ///< its name
    bool read_only = false;
    std::vector<std::string> options; ///< in addition, as in fstab(5): "size=64m", "rshared"

    bool operator==(const ContainerMount&) const = default;
};

struct ContainerSettings {
    std::string id;      ///< 64 hexadecimal digits
    std::string name;    ///< unique in the store
    std::string created; ///< utc_text()
    std::string image_name;
    std::string image_digest;
    std::vector<Digest> layers; ///< diff ids, lowest first: the unpacked layers below it
    std::string snapshotter;    ///< "overlay" or "copy"

    RuntimeProcess process;  ///< with its terminal, capabilities and limits
    std::string hostname;    ///< empty: the id's first twelve digits
    std::string domain_name; ///< of NIS; empty: none
    std::map<std::string, std::string> labels;
    std::map<std::string, std::string> annotations; ///< of the runtime configuration, beside the labels
    std::vector<ContainerMount> mounts;
    std::vector<std::string> extra_hosts; ///< "NAME:ADDRESS", lines of /etc/hosts
    std::vector<std::string> dns_servers; ///< addresses; empty: the host's; the same for the next two
    std::vector<std::string> dns_search;  ///< "." alone: none
    std::vector<std::string> dns_options; ///< of resolv.conf(5)
    bool read_only_root = false;
    bool privileged = false; ///< every capability and device, nothing hidden, no seccomp filter
    bool unconfined_seccomp = false;
    SharedJson seccomp; ///< the caller's own profile, in Docker's form; empty: the default one
    std::vector<DeviceNode> devices;
    std::map<std::string, std::string> sysctls;
    std::uint64_t shm_size = 64U << 20U; ///< bytes of /dev/shm
    CgroupResources resources;
    bool strict_limits = false; ///< refuse to start where `resources` cannot be limited, not start without

    std::string network = "bridge";           ///< parse_network_choice()
    std::string address;                      ///< IPv4 address in it; empty: any
    std::vector<std::string> network_aliases; ///< further names for its neighbours
    std::vector<PortRequest> ports;
    std::string pid_mode; ///< "" own, "host", or "container:ID"; the same for the next two
    std::string ipc_mode;
    std::string uts_mode;
    std::string cgroup_mode;

    /// The process that watches it and that it lives as long as; empty: a supervisor does, by `supervision`.
    std::optional<ProcessIdentity> owner;
    SupervisionOrder supervision;
    std::chrono::seconds stop_timeout{10};
    bool auto_remove = false;

    std::string short_id() const { return id.substr(0, 12); }
    bool operator==(const ContainerSettings&) const = delete;
};

Json settings_to_json(const ContainerSettings& settings);
Result<ContainerSettings> settings_from_json(const Json& document, const std::string& subject);

/// invalid_argument unless it is two or more of [A-Za-z0-9_.-] and begins with a letter or digit, as Docker's names.
Result<void> check_container_name(const std::string& name);

} // namespace isolab
