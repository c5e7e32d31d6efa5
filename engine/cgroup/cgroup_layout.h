// SPDX-License-Identifier: GPL-3.0-or-later
//
// Where this machine keeps its control groups (cgroups(7)).
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/error.h"

namespace isolab {

enum class CgroupVersion : std::uint8_t { none, v1, v2 };

/// The resource controllers of the kernel. Their ids are the names of cgroup v1; `blkio` is "io" with cgroup2.
enum class CgroupController : std::uint8_t {
    memory,
    cpu,
    cpuacct,
    pids,
    cpuset,
    blkio,
    devices,
    freezer,
    hugetlb,
    net_cls,
    net_prio,
    perf_event,
    rdma,
    misc,
};
inline constexpr std::array<std::string_view, 14> cgroup_controller_ids{
    "memory",  "cpu",     "cpuacct", "pids",     "cpuset",     "blkio", "devices",
    "freezer", "hugetlb", "net_cls", "net_prio", "perf_event", "rdma",  "misc"};
constexpr std::string_view cgroup_controller_id(CgroupController controller) noexcept {
    return cgroup_controller_ids[static_cast<std::size_t>(controller)];
}

/// A description of the mounted hierarchies. A value.
///
/// With cgroup2 alone `version` is v2 and everything happens below `unified`. With any v1 controller mounted it is v1
/// and `v1` names a mount per controller. cgroup2 beside them ("hybrid") may still have controllers that no v1
/// hierarchy has, most often hugetlb: limits of these are set below `beside`.
struct CgroupLayout {
    std::string mode = "none"; ///< "v2", "v1", "hybrid", "none"
    CgroupVersion version = CgroupVersion::none;
    std::map<CgroupController, std::string> v1; ///< mount points; mounted together: the same one
    std::map<std::string, std::string> named;   ///< mount points of named v1 hierarchies ("systemd")
    std::string unified;                        ///< directory below which groups are made (v2)
    std::string scope;                          ///< the part of `unified` that was delegated to Isolab, if so
    std::string beside;                         ///< mount point of cgroup2 in mode "hybrid"
    bool limits_enforced = false;               ///< memory and CPU can be limited by this user
    std::string limits_reason;                  ///< why not
    bool pids_limited = false;                  ///< the number of processes can be limited too
};

/// What the files of a cgroup2 group say about handing its controllers to groups below it.
struct UnifiedGroupFiles {
    std::string controllers;     ///< cgroup.controllers
    std::string subtree_control; ///< cgroup.subtree_control
    std::string processes;       ///< cgroup.procs
    bool real_root = false;      ///< the root of the hierarchy, which may hold processes: it has no cgroup.type
};

/// Why groups below cannot be given memory and cpu; empty when they can. A group other than the real root that holds
/// processes of its own cannot hand controllers on (cgroups(7), "No internal processes"). Pure.
std::string unified_limits_obstacle(const UnifiedGroupFiles& files, const std::string& group);

/// Reads a layout out of the texts of /proc/self/mountinfo and /proc/self/cgroup. Pure; says nothing about permissions,
/// so limits_enforced means "as far as root is concerned". `own_unified_path` receives the caller's group in cgroup2.
CgroupLayout parse_cgroup_layout(std::string_view mountinfo, std::string_view own_cgroups,
                                 std::string* own_unified_path = nullptr);

/// The layout of this machine for this user. Without root, a group that was delegated to the user (cgroups(7),
/// "Delegation") is used with v2; with v1 nothing can be limited. Never fails: a machine without control groups has
/// mode "none". `scope`: a group that was delegated to Isolab, "/system.slice/isolab.scope"; with v2, where it is there
/// and this user may use it, everything happens below it.
CgroupLayout find_cgroup_layout(const std::string& scope = {});

} // namespace isolab
