// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/lxc/server_group.h"

#include <cerrno>
#include <charconv>
#include <csignal>
#include <string>

namespace isolab {
namespace {

constexpr const char* libvirt_partition = "/machine";
constexpr const char* own_groups = "/isolab";
constexpr std::string_view name_begin = "lxc-";
constexpr std::string_view with_partition = "+machine";

/// Of a name of such a group; 0 of another name.
pid_t daemon_of(std::string_view name) {
    pid_t pid = 0;
    if (name.starts_with(name_begin))
        std::from_chars(name.data() + name_begin.size(), name.data() + name.size(), pid);
    return pid;
}

/// Of servers that no longer run; tells whether any server of ours made libvirt's partition, which stays until the last
/// of them ends.
bool remove_leftovers(const CgroupLayout& layout) {
    bool made_partition = false;
    for (const std::string& name : list_control_groups(layout, own_groups)) {
        const pid_t daemon = daemon_of(name);
        if (daemon <= 0)
            continue;
        made_partition = made_partition || name.ends_with(with_partition);
        if (::kill(daemon, 0) == 0 || errno != ESRCH)
            continue;
        const auto group = ControlGroup::at(layout, std::string(own_groups) + "/" + name);
        if (!group || !group->processes(GroupMembers::all).empty()) // another process with that number
            continue;
        [[maybe_unused]] const auto removed = group->remove();
    }
    return made_partition;
}

} // namespace

Result<ServerGroup> ServerGroup::create(const CgroupLayout& layout, pid_t daemon) {
    if (layout.version == CgroupVersion::none)
        return ServerGroup(layout, std::nullopt);
    ISOLAB_ASSIGN(const ControlGroup partition, ControlGroup::at(layout, libvirt_partition));
    const bool ours = remove_leftovers(layout) || !partition.exists();
    ISOLAB_ASSIGN(ControlGroup group,
                  ControlGroup::at(layout, std::string(own_groups) + "/" + std::string(name_begin) +
                                               std::to_string(daemon) + std::string(ours ? with_partition : "")));
    ISOLAB_TRY(group.create({}));
    ServerGroup made(layout, std::move(group));
    ISOLAB_TRY(made.group_->attach(daemon));
    return made;
}

ServerGroup::~ServerGroup() {
    if (!group_)
        return;
    group_->kill_all();
    [[maybe_unused]] const auto removed = group_->remove();
    if (!group_->path().ends_with(with_partition) || !list_control_groups(layout_, libvirt_partition).empty())
        return;
    if (const auto partition = ControlGroup::at(layout_, libvirt_partition)) [[maybe_unused]]
        const auto gone = partition->remove();
}

} // namespace isolab
