// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cgroup/cgroup_tree.h"

#include <cerrno>
#include <charconv>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/directory_path.h"

namespace isolab {
namespace {

void append_pids(int fd, std::vector<pid_t>& pids) {
    std::string text;
    char buffer[4096];
    for (ssize_t count = 0; (count = ::read(fd, buffer, sizeof buffer)) > 0;)
        text.append(buffer, static_cast<std::size_t>(count));
    const char* at = text.data();
    const char* const end = at + text.size();
    for (pid_t pid = 0; at < end; ++at) {
        const auto number = std::from_chars(at, end, pid);
        if (number.ec != std::errc{})
            return;
        pids.push_back(pid);
        at = number.ptr;
    }
}

void append_members(int group, std::vector<pid_t>& pids) {
    const UniqueFd file(::openat(group, "cgroup.procs", O_RDONLY | O_CLOEXEC));
    if (file)
        append_pids(file.get(), pids);
}

std::vector<std::string> groups_in(const DirectoryPath& here) {
    std::vector<std::string> groups;
    struct stat own {};
    constexpr nlink_t no_directories = 2; // of this file system the count of links can be relied on
    if (::fstat(here.fd(), &own) == 0 && own.st_nlink == no_directories)
        return groups;
    for (std::string& name : here.names().value_or(std::vector<std::string>{})) {
        struct stat status {};
        if (::fstatat(here.fd(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode))
            groups.push_back(std::move(name));
    }
    return groups;
}

/// Calls `enter(fd)` for each group when the walk gets there, and `leave(fd of its parent, name)` when it has left it.
/// Groups that vanish meanwhile are passed over.
template <class Enter, class Leave> Result<void> walk_groups(const std::string& path, Enter enter, Leave leave) {
    auto opened = DirectoryPath::open(path);
    if (!opened)
        return opened.error().kind == ErrorKind::not_found ? Result<void>{} : fail(opened.error());
    DirectoryPath here = std::move(*opened);
    enter(here.fd());
    std::vector<std::vector<std::string>> pending{groups_in(here)};
    std::vector<std::string> names;
    for (;;) {
        if (!pending.back().empty()) {
            std::string name = std::move(pending.back().back());
            pending.back().pop_back();
            if (!here.enter(name))
                continue;
            names.push_back(std::move(name));
            enter(here.fd());
            pending.push_back(groups_in(here));
            continue;
        }
        pending.pop_back();
        if (pending.empty())
            return {};
        ISOLAB_TRY(here.leave());
        leave(here.fd(), names.back());
        names.pop_back();
    }
}

void remove_groups_below(const std::string& path) {
    [[maybe_unused]] const auto walked = walk_groups(
        path, [](int) {}, [](int parent, const std::string& name) { ::unlinkat(parent, name.c_str(), AT_REMOVEDIR); });
}

} // namespace

Result<void> remove_group_tree(const std::string& path, Nanoseconds deadline) {
    for (;;) {
        if (::rmdir(path.c_str()) == 0 || errno == ENOENT)
            return {};
        if (errno != EBUSY && errno != ENOTEMPTY)
            break;
        remove_groups_below(path);
        if (::rmdir(path.c_str()) == 0 || errno == ENOENT)
            return {};
        if (monotonic_now() > deadline)
            break;
        ::usleep(500);
    }
    return fail_errno(errno, "remove control group", path);
}

std::vector<pid_t> processes_of_group(const std::string& path) {
    std::vector<pid_t> pids;
    const UniqueFd file(::open((path + "/cgroup.procs").c_str(), O_RDONLY | O_CLOEXEC));
    if (file)
        append_pids(file.get(), pids);
    return pids;
}

std::vector<pid_t> processes_of_group_tree(const std::string& path) {
    std::vector<pid_t> pids;
    [[maybe_unused]] const auto walked = walk_groups(
        path, [&pids](int group) { append_members(group, pids); }, [](int, const std::string&) {});
    return pids;
}

} // namespace isolab
