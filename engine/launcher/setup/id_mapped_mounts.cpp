// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/setup/id_mapped_mounts.h"

#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/parent_death.h"
#include "engine/launcher/setup/id_maps.h"
#include "engine/launcher/setup/mounts.h"

namespace isolab::launcher {
namespace {

/// A user namespace with these maps. It lives as long as its descriptor; the process that made it is ended at once.
Result<UniqueFd> make_user_namespace(const MountStep& step) {
    clone_args arguments{};
    arguments.flags = static_cast<unsigned long long>(CLONE_NEWUSER);
    arguments.exit_signal = SIGCHLD;
    const pid_t launcher = ::getpid();
    const auto pid = static_cast<pid_t>(::syscall(SYS_clone3, &arguments, sizeof arguments));
    if (pid < 0)
        return fail_errno(errno, "make a user namespace for the mount at", step.target);
    if (pid == 0) {
        die_with(launcher); // when that is killed, it cannot end this process
        for (;;)
            ::pause();
    }
    const std::string path = "/proc/" + std::to_string(pid) + "/ns/user";
    UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    Result<void> mapped =
        file ? write_id_maps(pid, step.uid_mappings, step.gid_mappings) : fail_errno(errno, "open", path);
    ::kill(pid, SIGKILL);
    while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
    }
    if (!mapped)
        return fail(mapped.error().within("map the ids of the mount at", step.target));
    return file;
}

Result<UniqueFd> make_id_mapped(const MountStep& step) {
    ISOLAB_ASSIGN(const UniqueFd owner, make_user_namespace(step));
    ISOLAB_ASSIGN(UniqueFd clone, clone_source(step.source, step.recursive));
    mount_attr attributes{};
    attributes.attr_set = MOUNT_ATTR_IDMAP;
    attributes.userns_fd = static_cast<decltype(attributes.userns_fd)>(owner.get());
    const unsigned tree = step.id_map_tree ? AT_RECURSIVE : 0U;
    if (::mount_setattr(clone.get(), "", AT_EMPTY_PATH | tree, &attributes, sizeof attributes) != 0) {
        Error failure = system_error(errno, "map the ids of the mount at", step.target);
        if (errno == EINVAL)
            failure.cause = "the file system of " + step.source + " cannot map ids";
        if (errno == EPERM)
            failure.cause = "this user may not map the ids of " + step.source;
        return fail(std::move(failure));
    }
    ISOLAB_TRY(change_attributes(clone, step));
    return clone;
}

} // namespace

Result<std::map<std::size_t, UniqueFd>> make_id_mapped_mounts(const MountPlan& plan) {
    std::map<std::size_t, UniqueFd> made;
    for (std::size_t i = 0; i < plan.mounts.size(); ++i)
        if (plan.mounts[i].id_mapped()) {
            ISOLAB_ASSIGN(made[i], make_id_mapped(plan.mounts[i]));
        }
    return made;
}

} // namespace isolab::launcher
