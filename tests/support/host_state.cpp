// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/host_state.h"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <sstream>
#include <system_error>

namespace isolab::test {
namespace {

namespace fs = std::filesystem;

std::string slurp(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::set<std::string> mount_points() {
    std::set<std::string> points;
    std::istringstream lines(slurp("/proc/self/mountinfo"));
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string skipped;
        std::string point;
        words >> skipped >> skipped >> skipped >> skipped >> point;
        points.insert(point);
    }
    return points;
}

void add_tree(const fs::path& folder, std::set<std::string>& into) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        if (!entry.is_directory(error) || entry.is_symlink(error))
            continue;
        add_tree(entry.path(), into);
        if (slurp(entry.path() / "cgroup.procs").empty())
            into.insert(entry.path().string());
    }
}

/// Empty groups below ".../isolab" of every hierarchy; the parent group itself may stay.
std::set<std::string> isolab_groups() {
    std::set<std::string> groups;
    std::error_code error;
    add_tree("/sys/fs/cgroup/isolab", groups);
    for (const auto& hierarchy : fs::directory_iterator("/sys/fs/cgroup", error))
        add_tree(hierarchy.path() / "isolab", groups);
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

void add_names(const fs::path& folder, const std::string& part, std::set<std::string>& into) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error))
        if (const std::string name = entry.path().filename();
            !name.starts_with('.') && name.find(part) != std::string::npos)
            into.insert(entry.path().string());
}

void list_added(const char* what, const std::set<std::string>& now, const std::set<std::string>& before,
                std::string& text) {
    for (const std::string& item : now)
        if (!before.contains(item))
            text += std::string(what) + ": " + item + "\n";
}

} // namespace

HostState HostState::capture(const fs::path& data_root) {
    HostState state;
    state.mounts = mount_points();
    state.cgroups = isolab_groups();
    state.processes = processes_of(data_root);
    for (const char* folder : {"/tmp", "/dev/shm", "/run"})
        add_names(folder, "isolab", state.temporary);
    for (const char* folder : {"containers", "machines", "tmp"})
        add_names(data_root / folder, "", state.instances);
    return state;
}

std::string HostState::added_since(const HostState& before) const {
    std::string text;
    list_added("mount", mounts, before.mounts, text);
    list_added("cgroup", cgroups, before.cgroups, text);
    list_added("process", processes, before.processes, text);
    list_added("temporary file", temporary, before.temporary, text);
    list_added("instance", instances, before.instances, text);
    return text;
}

} // namespace isolab::test
