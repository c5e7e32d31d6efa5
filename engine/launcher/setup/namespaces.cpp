// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/setup/namespaces.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

namespace isolab::launcher {

const std::array<NamespaceKind, 8> namespace_kinds{{
    {"user", "user", CLONE_NEWUSER, &NamespaceSet::user},
    {"network", "net", CLONE_NEWNET, &NamespaceSet::network},
    {"ipc", "ipc", CLONE_NEWIPC, &NamespaceSet::ipc},
    {"uts", "uts", CLONE_NEWUTS, &NamespaceSet::uts},
    {"cgroup", "cgroup", CLONE_NEWCGROUP, &NamespaceSet::cgroup},
    {"time", "time_for_children", CLONE_NEWTIME, &NamespaceSet::time},
    {"pid", "pid_for_children", CLONE_NEWPID, &NamespaceSet::pid},
    {"mount", "mnt", CLONE_NEWNS, &NamespaceSet::mount},
}};

Result<std::vector<OpenedNamespace>> open_joined(const RuntimeSpec& spec) {
    std::vector<OpenedNamespace> opened;
    for (const NamespaceKind& kind : namespace_kinds) {
        const auto joined = std::ranges::find(spec.joined, kind.type, &JoinedNamespace::type);
        if (joined == spec.joined.end())
            continue;
        const std::string what = "join " + std::string(kind.type) + " namespace";
        // Without O_NONBLOCK a FIFO at this path would hold the launcher up.
        UniqueFd file(::open(joined->path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
        if (!file)
            return fail_errno(errno, what, joined->path);
        if (::ioctl(file.get(), NS_GET_NSTYPE) != kind.flag)
            return fail(ErrorKind::invalid_argument, what, joined->path, "it is no such namespace");
        opened.push_back({&kind, joined->path, std::move(file)});
    }
    return opened;
}

Result<void> enter(const OpenedNamespace& one) {
    if (::setns(one.file.get(), one.kind->flag) != 0)
        return fail_errno(errno, "join " + std::string(one.kind->type) + " namespace", one.path);
    return {};
}

Result<NamespaceReturn> NamespaceReturn::remember(int flags) {
    NamespaceReturn places;
    for (const NamespaceKind& kind : namespace_kinds) {
        if ((flags & kind.flag) == 0)
            continue;
        // Its own, and not those of its children, which is what has changed when it comes back (pid_namespaces(7)).
        std::string file = std::string("/proc/self/ns/") + kind.file;
        file.erase(std::min(file.size(), file.find("_for_children")));
        UniqueFd own(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
        if (!own)
            return fail_errno(errno, "remember own namespace", file);
        places.left_.emplace_back(&kind, std::move(own));
    }
    return places;
}

Result<void> NamespaceReturn::go_back() const {
    for (const auto& [kind, own] : left_)
        if (::setns(own.get(), kind->flag) != 0)
            return fail_errno(errno, "come back to own " + std::string(kind->type) + " namespace");
    return {};
}

Result<int> foreign_namespaces(pid_t pid) {
    const std::string theirs = "/proc/" + std::to_string(pid) + "/ns/";
    int flags = 0;
    for (const NamespaceKind& kind : namespace_kinds) {
        struct stat own {};
        struct stat other {};
        if (::stat((std::string("/proc/self/ns/") + kind.file).c_str(), &own) != 0)
            continue; // a kind that this kernel does not have
        if (::stat((theirs + kind.file).c_str(), &other) != 0)
            return fail_errno(errno, "look at the namespaces of process", std::to_string(pid));
        if (own.st_ino != other.st_ino || own.st_dev != other.st_dev)
            flags |= kind.flag;
    }
    return flags;
}

} // namespace isolab::launcher
