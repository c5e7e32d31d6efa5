// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "engine/base/clock.h"
#include "engine/base/unique_fd.h"
#include "engine/cgroup/cgroup_plan.h"
#include "engine/cgroup/cgroup_statistics.h"
#include "engine/cgroup/group_overview.h"

namespace isolab {

/// What a group has used, as its files say; empty where the kernel does not count it.
struct CgroupUsage {
    std::optional<std::uint64_t> memory_bytes; ///< charged now, caches and kernel memory included
    std::optional<std::uint64_t> memory_peak_bytes;
    std::optional<std::uint64_t> kernel_bytes; ///< of it: slab, stacks, page tables, sockets
    std::optional<std::uint64_t> cache_bytes;  ///< of it: page cache, which is given back when needed
    std::optional<std::uint64_t> shmem_bytes;  ///< of it: tmpfs, memfd and other shared memory, mapped or not
    std::optional<Nanoseconds> cpu;
    std::uint64_t oom_kills = 0; ///< processes that the OOM killer ended in it
};

/// Whose processes: those of a group itself, or also of the groups below it.
enum class GroupMembers : std::uint8_t { own, all };

/// The control group of one container: one directory with cgroup2, one per mounted hierarchy with v1. A description
/// with verbs; destroying the object leaves the group alone, so that a monitor can hand it over. Not thread-safe.
///
/// Where warnings can be received they tell what was asked for and has no effect; each is one sentence.
class ControlGroup {
  public:
    /// `path` is relative to the layout's root, e.g. "/isolab/ID"; "." and ".." are refused.
    static Result<ControlGroup> at(const CgroupLayout& layout, const std::string& path);

    /// Makes the directories and writes the limits; on failure nothing that was made stays. With v2 the controllers are
    /// enabled on the way. Fails when a limit cannot be set: a limit is never silently ignored.
    Result<void> create(const CgroupResources& resources, std::vector<std::string>* warnings = nullptr) const;

    /// Changes the limits that are set in `resources` and leaves all others; devices, when any are given, as a whole.
    /// The first limit that the kernel refuses is the Error; those written before it stay changed.
    Result<void> update(const CgroupResources& resources, std::vector<std::string>* warnings = nullptr) const;

    /// Moves a process into the group. One that was just cloned had better move itself: see open_entrance().
    Result<void> attach(pid_t pid) const;

    /// For enter_through() of group_entrance.h, by which a process moves itself in no time (v1 only; none otherwise).
    Result<std::vector<UniqueFd>> open_entrance() const;

    /// Descriptor for CLONE_INTO_CGROUP (v2 only; none otherwise).
    Result<UniqueFd> open_for_clone() const;

    /// Host process ids of its members; empty when it does not exist.
    std::vector<pid_t> processes(GroupMembers members = GroupMembers::own) const;

    CgroupUsage usage() const;

    GroupOverview overview() const;
    Nanoseconds cpu_time() const;

    /// All that is counted; some forty small files are read.
    CgroupStatistics statistics() const;

    /// Stops all members, also of groups below, until thaw(); returns when they are frozen. timeout when the kernel has
    /// not managed that within ten seconds; they are thawed then. unsupported without a freezer.
    Result<void> freeze() const;
    Result<void> thaw() const;
    bool is_frozen() const;

    /// SIGKILL for every member, also of groups below and of a frozen group, which is thawed with v1. With v2
    /// (cgroup.kill) at once; with v1 until nobody is left, for at most two seconds.
    void kill_all() const;

    /// Removes the directories with the groups below them. The members must have ended; waits up to a second for the
    /// kernel to notice that. Parents stay: the next container would only have to make them again.
    Result<void> remove() const;

    /// The directory of one controller: with v2 the group itself, with v1 empty when the controller is not mounted.
    std::string directory(CgroupController controller) const;
    bool exists() const;

    /// As given to at().
    const std::string& path() const noexcept { return path_; }

  private:
    ControlGroup(CgroupLayout layout, std::string path) : layout_(std::move(layout)), path_(std::move(path)) {}
    std::vector<std::string> directories() const;
    std::string limit_directory(CgroupController controller) const;
    Result<void> make_group_beside(const CgroupPlan& plan) const;
    Result<void> apply(const CgroupPlan& plan, std::vector<std::string>* warnings) const;

    CgroupLayout layout_;
    std::string path_;
};

/// Names of the groups below `path` ("/isolab") in any hierarchy of the layout.
std::vector<std::string> list_control_groups(const CgroupLayout& layout, const std::string& path);

} // namespace isolab
