// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cgroup/control_group.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <filesystem>
#include <set>
#include <sstream>

#include <fcntl.h>
#include <sys/stat.h>

#include "engine/base/file_tree.h"
#include "engine/cgroup/cgroup_files.h"

namespace isolab {
namespace {

constexpr int removal_attempts = 1000; // of one millisecond each

Result<void> make_directory(const std::string& path) {
    if (::mkdir(path.c_str(), 0755) == 0 || errno == EEXIST)
        return {};
    return fail_errno(errno, "create control group", path);
}

Result<void> remove_directory(const std::string& path) {
    for (int attempt = 0; attempt < removal_attempts; ++attempt) {
        if (::rmdir(path.c_str()) == 0 || errno == ENOENT)
            return {};
        if (errno != EBUSY)
            break;
        ::usleep(1000);
    }
    return fail_errno(errno, "remove control group", path);
}

/// Offers the controllers to the groups below `group`. What is refused shows when a limit is written.
void enable_controllers(const std::string& group) {
    const std::string offered = read_file(group + "/cgroup.controllers").value_or("");
    std::istringstream words(offered);
    for (std::string word; words >> word;)
        if (std::ranges::find(cgroup_controller_ids, word) != cgroup_controller_ids.end()) [[maybe_unused]]
            const auto refused = write_cgroup_file(group + "/cgroup.subtree_control", "+" + word);
}

Result<void> make_path(const std::string& root, const std::string& path, CgroupVersion version) {
    std::string current = root;
    for (const auto& part : std::filesystem::path(path).relative_path()) {
        if (version == CgroupVersion::v2)
            enable_controllers(current);
        current += "/" + part.string();
        ISOLAB_TRY(make_directory(current));
    }
    return {};
}

} // namespace

Result<ControlGroup> ControlGroup::at(const CgroupLayout& layout, const std::string& path) {
    const std::filesystem::path parts(path);
    const bool climbs = std::ranges::any_of(parts, [](const auto& part) { return part == ".." || part == "."; });
    if (path.size() < 2 || path.front() != '/' || climbs)
        return fail(ErrorKind::invalid_argument, "use control group", path, "it is not an absolute, plain path");
    return ControlGroup(layout, path);
}

std::string ControlGroup::directory(CgroupController controller) const {
    if (layout_.version == CgroupVersion::v2)
        return layout_.unified + path_;
    const auto mount = layout_.v1.find(controller);
    return mount == layout_.v1.end() ? std::string{} : mount->second + path_;
}

std::vector<std::string> ControlGroup::directories() const {
    if (layout_.version == CgroupVersion::v2)
        return {layout_.unified + path_};
    std::set<std::string> unique; // cpu and cpuacct are often one hierarchy
    for (const auto& entry : layout_.v1)
        unique.insert(entry.second + path_);
    return {unique.begin(), unique.end()};
}

Result<void> ControlGroup::make_directories_with_controllers() const {
    for (const std::string& directory : directories()) {
        if (layout_.version == CgroupVersion::v1 && ::mkdir(directory.c_str(), 0755) == 0)
            continue; // most often the parents exist
        const std::string root = directory.substr(0, directory.size() - path_.size());
        Result<void> made = make_path(root, path_, layout_.version);
        for (int attempt = 0; attempt < 100 && !made && made.error().kind == ErrorKind::not_found; ++attempt)
            made = make_path(root, path_, layout_.version); // another container's end took the parent away
        ISOLAB_TRY(made);
    }
    return {};
}

Result<void> ControlGroup::write_limit(const CgroupWrite& write) const {
    const std::string folder = directory(write.controller);
    if (folder.empty())
        return fail(ErrorKind::unsupported, "set limit", write.file,
                    "no cgroup controller \"" + std::string(cgroup_controller_id(write.controller)) + "\" is mounted");
    auto written = write_cgroup_file(folder + "/" + write.file, write.value);
    if (!written && write.optional && written.error().kind == ErrorKind::not_found)
        return {};
    return written;
}

Result<void> ControlGroup::create(const CgroupResources& resources) {
    if (layout_.version == CgroupVersion::none)
        return fail(ErrorKind::unsupported, "create control group", path_, layout_.limits_reason);
    if (exists())
        return fail(ErrorKind::already_exists, "create control group", path_, "it exists already",
                    "Choose another container id");
    auto made = make_directories_with_controllers();
    for (const CgroupWrite& write : plan_cgroup_writes(resources, layout_.version))
        if (made)
            made = write_limit(write);
    if (!made) [[maybe_unused]]
        const auto removed = remove();
    return made;
}

Result<void> ControlGroup::attach(pid_t pid) const {
    for (const std::string& directory : directories())
        ISOLAB_TRY(write_cgroup_file(directory + "/cgroup.procs", std::to_string(pid)));
    return {};
}

Result<UniqueFd> ControlGroup::open_for_clone() const {
    if (layout_.version != CgroupVersion::v2)
        return UniqueFd{};
    return open_directory(layout_.unified + path_);
}

bool ControlGroup::exists() const {
    return std::ranges::any_of(directories(),
                               [](const std::string& path) { return ::access(path.c_str(), F_OK) == 0; });
}

std::vector<pid_t> ControlGroup::processes() const {
    std::vector<pid_t> pids;
    const auto all = directories();
    if (all.empty())
        return pids;
    std::istringstream lines(read_file(all.front() + "/cgroup.procs").value_or(""));
    for (pid_t pid = 0; lines >> pid;)
        pids.push_back(pid);
    return pids;
}

CgroupUsage ControlGroup::usage() const {
    if (layout_.version == CgroupVersion::v2)
        return read_v2_usage(layout_.unified + path_);
    if (layout_.version == CgroupVersion::v1)
        return read_v1_usage(directory(CgroupController::memory), directory(CgroupController::cpuacct));
    return {};
}

void ControlGroup::kill_all() const {
    if (layout_.version == CgroupVersion::v2 && write_cgroup_file(layout_.unified + path_ + "/cgroup.kill", "1"))
        return;
    for (const pid_t pid : processes())
        ::kill(pid, SIGKILL);
}

Result<void> ControlGroup::remove() const {
    Result<void> result;
    for (const std::string& directory : directories()) {
        if (auto removed = remove_directory(directory); !removed)
            result = std::move(removed);
        if (const auto parent = std::filesystem::path(directory).parent_path(); parent.filename() == "isolab")
            ::rmdir(parent.c_str()); // still in use by another container: stays
    }
    return result;
}

std::vector<std::string> list_control_groups(const CgroupLayout& layout, const std::string& path) {
    std::set<std::string> names;
    std::vector<std::string> roots;
    for (const auto& entry : layout.v1)
        roots.push_back(entry.second);
    if (layout.version == CgroupVersion::v2)
        roots.push_back(layout.unified);
    for (const std::string& root : roots) {
        std::error_code failed;
        for (const auto& entry : std::filesystem::directory_iterator(root + path, failed))
            if (entry.is_directory(failed))
                names.insert(entry.path().filename());
    }
    return {names.begin(), names.end()};
}

} // namespace isolab
