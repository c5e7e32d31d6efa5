// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cgroup/group_directories.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <sstream>

#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/cgroup/cgroup_files.h"

namespace isolab {
namespace {

constexpr int parent_attempts = 100; // somebody else may remove a parent that was empty until now

Result<void> make_directory(const std::string& path) {
    if (::mkdir(path.c_str(), 0755) == 0 || errno == EEXIST)
        return {};
    return fail_errno(errno, "create control group", path);
}

/// The last step of a path; `fresh`: it must not be there yet.
Result<void> make_leaf(const std::string& directory, const std::string& path, bool fresh) {
    if (::mkdir(directory.c_str(), 0755) == 0 || (!fresh && errno == EEXIST))
        return {};
    if (errno == EEXIST)
        return fail(ErrorKind::already_exists, "create control group", path, "it exists already at " + directory,
                    "Choose another container id");
    return fail_errno(errno, "create control group", directory);
}

/// Calls `visit` with each directory from `root` down to the parent of `path`.
template <class Visit> Result<void> for_each_parent(const std::string& root, const std::string& path, Visit visit) {
    for (std::size_t at = 0; at != std::string::npos; at = path.find('/', at + 1))
        ISOLAB_TRY(visit(root + path.substr(0, at)));
    return {};
}

bool is_known(const std::string& word) {
    return word == "io" || std::ranges::find(cgroup_controller_ids, word) != cgroup_controller_ids.end();
}

/// The controllers that `group` has and the groups below it do not, as cgroup.subtree_control takes them.
std::vector<std::string> controllers_to_enable(const std::string& group) {
    const std::string offered = read_file(group + "/cgroup.controllers").value_or("");
    const std::string enabled = " " + read_file(group + "/cgroup.subtree_control").value_or("");
    std::vector<std::string> missing;
    std::istringstream words(offered);
    for (std::string word; words >> word;)
        if (is_known(word) && enabled.find(" " + word + " ") == std::string::npos &&
            enabled.find(" " + word + "\n") == std::string::npos)
            missing.push_back("+" + word);
    return missing;
}

/// Offers the controllers to the groups below `group`. What is refused shows when a limit is written.
void enable_controllers(const std::string& group) {
    const auto missing = controllers_to_enable(group);
    if (missing.empty())
        return;
    std::string all;
    for (const std::string& word : missing)
        all += (all.empty() ? "" : " ") + word;
    const std::string file = group + "/cgroup.subtree_control";
    if (try_write_cgroup_file(file, all) == 0)
        return;
    for (const std::string& word : missing)
        try_write_cgroup_file(file, word);
}

Result<void> make_unified_parents(const std::string& root, const std::string& path) {
    return for_each_parent(root, path, [&root](const std::string& parent) -> Result<void> {
        if (parent != root)
            ISOLAB_TRY(make_directory(parent));
        enable_controllers(parent);
        return {};
    });
}

bool has_cpus_and_memory(const std::string& directory) {
    return std::ranges::all_of(std::array{"/cpuset.cpus", "/cpuset.mems"}, [&directory](const char* file) {
        return read_file(directory + file).value_or("").find_first_not_of("\n ") != std::string::npos;
    });
}

Result<void> fill_from_parent(const std::string& parent, const std::string& directory) {
    for (const char* file : {"/cpuset.cpus", "/cpuset.mems"}) {
        ISOLAB_ASSIGN(const std::string own, read_file(directory + file));
        if (own.find_first_not_of("\n ") != std::string::npos)
            continue;
        ISOLAB_ASSIGN(const std::string inherited, read_file(parent + file));
        ISOLAB_TRY(write_cgroup_file(directory + file, inherited));
    }
    return {};
}

Result<void> make_v1_parents(const std::string& root, const std::string& path, bool cpuset) {
    std::string above = root;
    return for_each_parent(root, path, [&](const std::string& parent) -> Result<void> {
        if (parent == root || (::mkdir(parent.c_str(), 0755) != 0 && errno == EEXIST)) {
            above = parent;
            return {};
        }
        ISOLAB_TRY(make_directory(parent)); // tells why it could not be made
        if (cpuset) {
            ISOLAB_TRY(fill_from_parent(above, parent));
            ISOLAB_TRY(write_cgroup_file(parent + "/cgroup.clone_children", "1"));
        }
        above = parent;
        return {};
    });
}

} // namespace

Result<void> make_v1_group(const std::string& root, const std::string& path, bool cpuset) {
    const std::string directory = root + path;
    Result<void> made = make_leaf(directory, path, true); // most often the parents exist
    for (int attempt = 0; attempt < parent_attempts && !made && made.error().kind == ErrorKind::not_found; ++attempt) {
        made = make_v1_parents(root, path, cpuset);
        if (made)
            made = make_leaf(directory, path, true);
    }
    return made;
}

Result<void> make_unified_group(const std::string& root, const std::string& path, bool fresh) {
    const std::string parent = root + path.substr(0, path.rfind('/'));
    Result<void> made;
    for (int attempt = 0; attempt < parent_attempts; ++attempt) {
        if (::access(parent.c_str(), F_OK) != 0 || !controllers_to_enable(parent).empty() || attempt > 0)
            made = make_unified_parents(root, path);
        if (made)
            made = make_leaf(root + path, path, fresh);
        if (made || made.error().kind != ErrorKind::not_found)
            break;
    }
    return made;
}

Result<void> fill_cpuset_parents(const CgroupLayout& layout, const std::string& path) {
    const auto mount = layout.v1.find(CgroupController::cpuset);
    if (layout.version != CgroupVersion::v1 || mount == layout.v1.end())
        return {};
    return for_each_parent(mount->second, path, [&](const std::string& parent) -> Result<void> {
        if (parent == mount->second)
            return {};
        return fill_from_parent(parent.substr(0, parent.rfind('/')), parent);
    });
}

Result<void> fill_cpuset(const CgroupLayout& layout, const std::string& path) {
    const auto mount = layout.v1.find(CgroupController::cpuset);
    if (layout.version != CgroupVersion::v1 || mount == layout.v1.end())
        return {};
    const std::string directory = mount->second + path;
    if (has_cpus_and_memory(directory)) // its parents then have them too
        return {};
    ISOLAB_TRY(fill_cpuset_parents(layout, path));
    return fill_from_parent(directory.substr(0, directory.rfind('/')), directory);
}

} // namespace isolab
