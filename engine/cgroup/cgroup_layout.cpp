// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cgroup/cgroup_layout.h"

#include <algorithm>
#include <utility>

#include <unistd.h>

#include "engine/base/file_tree.h"

namespace isolab {
namespace {

/// Calls `visit` with each part of `text` between separators; not with empty ones.
template <class Visit> void for_each_part(std::string_view text, char separator, Visit visit) {
    while (!text.empty()) {
        const auto end = std::min(text.find(separator), text.size());
        if (end > 0)
            visit(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

std::string_view nth_part(std::string_view text, char separator, std::size_t wanted) {
    std::string_view found;
    for_each_part(text, separator, [&](std::string_view part) {
        if (wanted-- == 0)
            found = part;
    });
    return found;
}

/// White space and backslashes of paths are octal numbers in proc_pid_mountinfo(5): "\040".
std::string unescaped(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 3 < text.size()) {
            plain += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
            i += 3;
        } else {
            plain += text[i];
        }
    }
    return plain;
}

void take_v1_mount(CgroupLayout& layout, const std::string& mount_point, std::string_view super_options) {
    for_each_part(super_options, ',', [&](std::string_view option) {
        const auto* const id = std::ranges::find(cgroup_controller_ids, option);
        if (id != cgroup_controller_ids.end())
            layout.v1.try_emplace(static_cast<CgroupController>(id - cgroup_controller_ids.begin()), mount_point);
        else if (option.starts_with("name="))
            layout.named.try_emplace(std::string(option.substr(5)), mount_point);
    });
}

/// One line of proc_pid_mountinfo(5): "ID PARENT DEV ROOT POINT OPTIONS [TAGS] - TYPE SOURCE SUPER".
void take_mount(CgroupLayout& layout, std::string_view line) {
    const auto dash = line.find(" - cgroup");
    if (dash == std::string_view::npos)
        return;
    const std::string_view right = line.substr(dash + 3);
    const std::string mount_point = unescaped(nth_part(line.substr(0, dash), ' ', 4));
    const std::string_view type = nth_part(right, ' ', 0);
    if (type == "cgroup")
        take_v1_mount(layout, mount_point, nth_part(right, ' ', 2));
    else if (type == "cgroup2" && layout.unified.empty())
        layout.unified = mount_point;
}

/// The group of a process in cgroup2: the line "0::/PATH" of /proc/PID/cgroup.
std::string unified_path(std::string_view own_cgroups) {
    std::string path = "/";
    for_each_part(own_cgroups, '\n', [&path](std::string_view line) {
        if (line.starts_with("0::"))
            path = line.substr(3);
    });
    return path;
}

void judge_v1(CgroupLayout& layout) {
    layout.limits_enforced = layout.v1.contains(CgroupController::memory) && layout.v1.contains(CgroupController::cpu);
    if (!layout.limits_enforced)
        layout.limits_reason = "the cgroup v1 controllers memory and cpu are not both mounted";
    layout.pids_limited = layout.v1.contains(CgroupController::pids);
}

bool has_word(std::string_view words, std::string_view word) {
    bool found = false;
    for_each_part(words, '\n', [&](std::string_view line) {
        for_each_part(line, ' ', [&](std::string_view one) { found = found || one == word; });
    });
    return found;
}

void judge_v2(CgroupLayout& layout) {
    const auto text_of = [&layout](const char* file) { return read_file(layout.unified + file).value_or(""); };
    const UnifiedGroupFiles files{text_of("/cgroup.controllers"), text_of("/cgroup.subtree_control"),
                                  text_of("/cgroup.procs"),
                                  ::access((layout.unified + "/cgroup.type").c_str(), F_OK) != 0};
    layout.limits_reason = unified_limits_obstacle(files, layout.unified);
    layout.limits_enforced = layout.limits_reason.empty();
    layout.pids_limited = has_word(files.controllers, "pids");
}

bool may_use(const std::string& group) {
    return ::access(group.c_str(), W_OK) == 0 && ::access((group + "/cgroup.procs").c_str(), W_OK) == 0;
}

/// The topmost group above the caller's own that the caller may write: where delegation begins.
std::string delegated_group(const std::string& mount_point, const std::string& own_path) {
    std::string best;
    for (std::string path = own_path; !path.empty() && path != "/"; path = path.substr(0, path.rfind('/'))) {
        const std::string group = mount_point + path;
        if (!may_use(group))
            break;
        best = group;
    }
    return best;
}

void restrict_to_user(CgroupLayout& layout, const std::string& own_path) {
    layout.limits_enforced = false;
    if (layout.version == CgroupVersion::v1) {
        layout.v1.clear();
        layout.named.clear();
        layout.beside.clear();
        layout.version = CgroupVersion::none;
        layout.limits_reason = "cgroup v1 groups belong to root; run as root to limit memory and CPU";
        return;
    }
    const std::string group = delegated_group(layout.unified, own_path);
    if (group.empty()) {
        layout.version = CgroupVersion::none;
        layout.limits_reason = "no cgroup2 group was delegated to this user; run as root, or inside "
                               "\"systemd-run --user --scope -p Delegate=yes\"";
        return;
    }
    layout.unified = group;
    judge_v2(layout);
}

} // namespace

std::string unified_limits_obstacle(const UnifiedGroupFiles& files, const std::string& group) {
    const auto in_both = [](const std::string& words) { return has_word(words, "memory") && has_word(words, "cpu"); };
    if (!in_both(files.controllers))
        return "cgroup2 does not offer the controllers memory and cpu at " + group;
    if (files.real_root || files.processes.empty() || in_both(files.subtree_control))
        return {};
    return group + " holds processes of its own, so the kernel gives groups below it no limits; move them into a group "
                   "below it, or run Isolab outside of this container";
}

CgroupLayout parse_cgroup_layout(std::string_view mountinfo, std::string_view own_cgroups,
                                 std::string* own_unified_path) {
    CgroupLayout layout;
    for_each_part(mountinfo, '\n', [&layout](std::string_view line) { take_mount(layout, line); });
    if (own_unified_path != nullptr)
        *own_unified_path = unified_path(own_cgroups);
    if (!layout.v1.empty()) {
        layout.mode = layout.unified.empty() ? "v1" : "hybrid";
        layout.version = CgroupVersion::v1;
        layout.beside = std::exchange(layout.unified, {});
        judge_v1(layout);
    } else if (!layout.unified.empty()) {
        layout.mode = "v2";
        layout.version = CgroupVersion::v2;
    } else {
        layout.limits_reason = "no control groups are mounted on this machine";
    }
    return layout;
}

CgroupLayout find_cgroup_layout(const std::string& scope) {
    const auto mountinfo = read_file("/proc/self/mountinfo");
    const auto own = read_file("/proc/self/cgroup");
    std::string own_path;
    CgroupLayout layout = parse_cgroup_layout(mountinfo.value_or(""), own.value_or(""), &own_path);
    if (layout.version == CgroupVersion::none)
        return layout;
    if (const std::string group = layout.unified + scope;
        layout.version == CgroupVersion::v2 && !scope.empty() && may_use(group)) {
        layout.unified = group;
        layout.scope = scope;
        judge_v2(layout);
        return layout;
    }
    if (::geteuid() != 0) {
        restrict_to_user(layout, own_path);
        return layout;
    }
    if (layout.version == CgroupVersion::v2)
        judge_v2(layout);
    const std::string probe = layout.version == CgroupVersion::v2 ? layout.unified : layout.v1.begin()->second;
    if (layout.limits_enforced && ::access(probe.c_str(), W_OK) != 0) {
        layout.limits_enforced = false;
        layout.version = CgroupVersion::none;
        layout.limits_reason = probe + " is read-only here; run outside of this container, or mount it writable";
    }
    return layout;
}

} // namespace isolab
