// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/host_state.h"

#include <algorithm>
#include <cctype>
#include <sstream>
#include <system_error>
#include <vector>

#include "engine/base/file_tree.h"
#include "tests/support/patience.h"

namespace isolab::test {
namespace {

namespace fs = std::filesystem;

/// Empty when it cannot be read, as what belongs to a process that ends in the meantime: a stream would throw.
std::string slurp(const fs::path& path) { return read_file(path).value_or(""); }

std::set<std::string> mount_points(const fs::path& data_root, const fs::path& temporary) {
    std::set<std::string> points;
    std::istringstream lines(slurp("/proc/self/mountinfo"));
    for (std::string line; std::getline(lines, line);) {
        if (line.find(data_root.string()) == std::string::npos && line.find(temporary.string()) == std::string::npos)
            continue;
        std::istringstream words(line);
        std::string skipped;
        std::string point;
        words >> skipped >> skipped >> skipped >> skipped >> point;
        points.insert(point);
    }
    return points;
}

/// Groups below ".../isolab" of every hierarchy.
std::set<std::string> isolab_groups() {
    std::vector<fs::path> hierarchies{"/sys/fs/cgroup"};
    std::error_code error;
    for (const auto& entry : fs::directory_iterator("/sys/fs/cgroup", error))
        hierarchies.push_back(entry.path());
    std::set<std::string> groups;
    for (const fs::path& hierarchy : hierarchies)
        for (const auto& group : fs::directory_iterator(hierarchy / "isolab", error))
            if (group.is_directory(error))
                groups.insert(group.path().string());
    return groups;
}

/// isolab and QEMU have the data folder on their command line, containers in the options of their root mount.
std::set<std::string> processes_of(const fs::path& data_root) {
    std::set<std::string> found;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator("/proc", error)) {
        const std::string pid = entry.path().filename();
        if (!std::ranges::all_of(pid, [](unsigned char c) { return std::isdigit(c) != 0; }))
            continue;
        std::string line = slurp(entry.path() / "cmdline");
        if (line.find(data_root.string()) == std::string::npos &&
            slurp(entry.path() / "mountinfo").find(data_root.string()) == std::string::npos)
            continue;
        std::ranges::replace(line, '\0', ' ');
        found.insert(pid + " " + line);
    }
    return found;
}

void add_names(const fs::path& folder, std::set<std::string>& into) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error))
        if (!entry.path().filename().string().starts_with('.'))
            into.insert(entry.path().string());
}

void list_added(const char* what, const std::set<std::string>& now, const std::set<std::string>& before,
                std::string& text) {
    for (const std::string& item : now)
        if (!before.contains(item))
            text += std::string(what) + ": " + item + "\n";
}

} // namespace

HostState HostState::capture(const fs::path& data_root, const fs::path& temporary) {
    HostState state;
    if (const auto folders = data_root / "instances/folders"; fs::exists(folders))
        state.containers.push_back(std::make_shared<CreatedNames>(folders));
    state.mounts = mount_points(data_root, temporary);
    state.cgroups = isolab_groups();
    state.processes = processes_of(data_root);
    add_names(temporary, state.temporary);
    state.temporary.erase(temporary / "libvirt"); // a user's XDG_RUNTIME_DIR: state that all clients of libvirt share
    for (const char* folder :
         {"machines", "tmp", "instances/folders", "instances/names", "instances/containers", "network/attachments"})
        add_names(data_root / folder, state.instances);
    return state;
}

std::string HostState::added_since(const HostState& before) const {
    std::set<std::string> own_groups;
    for (const std::string& group : cgroups)
        if (std::ranges::any_of(before.containers, [&group](const auto& made) {
                return made->so_far().contains(fs::path(group).filename());
            }))
            own_groups.insert(group);
    std::string text;
    list_added("mount", mounts, before.mounts, text);
    list_added("cgroup", own_groups, before.cgroups, text);
    list_added("process", processes, before.processes, text);
    list_added("temporary file", temporary, before.temporary, text);
    list_added("instance", instances, before.instances, text);
    return text;
}

std::string HostState::left_since(const HostState& before, const fs::path& data_root, const fs::path& temporary) {
    becomes_true([&] { return std::ranges::includes(before.processes, processes_of(data_root)); });
    return capture(data_root, temporary).added_since(before);
}

} // namespace isolab::test
