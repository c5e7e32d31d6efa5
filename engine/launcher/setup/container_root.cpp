// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/setup/container_root.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/launcher/setup/device_maker.h"
#include "engine/launcher/setup/directory_copy.h"
#include "engine/launcher/setup/mounts.h"

namespace isolab::launcher {
namespace {

/// The kernel's own file systems belong onto real directories: with a link in their place, paths that are to be
/// masked would lead elsewhere (CVE-2019-16884, CVE-2019-19921).
Result<void> refuse_link(const UniqueFd& root, const MountStep& step) {
    const auto found = open_in_root(root.get(), step.target, O_PATH | O_NOFOLLOW);
    struct stat status {};
    if (found && ::fstat(found->get(), &status) == 0 && S_ISLNK(status.st_mode))
        return fail(ErrorKind::invalid_argument, "mount " + step.type + " on", step.target,
                    "the image has a symbolic link there", "Use an image with a plain directory");
    return {};
}

Result<UniqueFd> bind_source(const MountStep& step) {
    ISOLAB_ASSIGN(UniqueFd clone, clone_source(step.source, step.recursive));
    ISOLAB_TRY(change_attributes(clone, step));
    return clone;
}

/// A user namespace may not make a new sysfs without a network namespace of its own, or where the host's is covered in
/// parts: the host's, read-only, does as well.
Result<UniqueFd> sysfs_of_host(const MountStep& step) {
    MountStep bind = step;
    bind.source = "/sys";
    bind.recursive = true;
    bind.attributes |= MOUNT_ATTR_RDONLY;
    return bind_source(bind);
}

Result<UniqueFd> detached_mount(const MountStep& step) {
    if (step.kind == MountStep::Kind::bind)
        return bind_source(step);
    auto made = new_file_system(step.type, step.data, step.attributes, step.target);
    if (!made && step.type == "sysfs" && made.error().kind == ErrorKind::permission_denied)
        return sysfs_of_host(step);
    return made;
}

/// Cuts this process's mounts off from the caller's: completely, or so that the container's bind mounts still receive
/// what is mounted below their sources, or send too.
Result<void> separate_mounts(const MountPlan& plan) {
    if (plan.propagation == MS_SHARED)
        return make_parent_private(plan.root_path);
    const unsigned long propagation = plan.propagation == MS_SLAVE ? 0UL + MS_SLAVE : 0UL + MS_PRIVATE;
    if (::mount(nullptr, "/", nullptr, MS_REC | propagation, nullptr) != 0)
        return fail_errno(errno, "separate the container's mounts");
    return {};
}

bool is_directory(const UniqueFd& fd) {
    struct stat status {};
    return ::fstat(fd.get(), &status) == 0 && S_ISDIR(status.st_mode);
}

} // namespace

Result<ContainerRoot> ContainerRoot::mount(const MountPlan& plan, const std::map<std::size_t, UniqueFd>& id_mapped,
                                           const GroupView& groups,
                                           const std::function<Result<void>()>& before_cgroups) {
    if (plan.in_own_namespace)
        ISOLAB_TRY(separate_mounts(plan));
    ISOLAB_ASSIGN(UniqueFd root, mount_root(plan));
    ContainerRoot container(std::move(root), plan);
    // pivot_root(2) wants it private; enter() sets what is asked for. In the caller's namespace nobody else shall see
    // it.
    if (plan.propagation != 0 || !plan.in_own_namespace)
        ISOLAB_TRY(set_propagation(container.root_, MS_PRIVATE, !plan.in_own_namespace, "/"));
    for (std::size_t i = 0; i < plan.mounts.size(); ++i) {
        const MountStep& step = plan.mounts[i];
        if (step.kind == MountStep::Kind::cgroup)
            ISOLAB_TRY(before_cgroups());
        const auto made = id_mapped.find(i);
        ISOLAB_TRY(made != id_mapped.end() ? container.place(made->second, step) : container.apply(step, groups));
    }
    ISOLAB_TRY(container.add_devices(plan));
    ISOLAB_TRY(container.add_links(plan));
    // Last, so that they hold for what the mounts brought along; on a read-only root no place to mount on can be made.
    ISOLAB_TRY(mask_paths(container.root_, plan.masked));
    ISOLAB_TRY(make_read_only(container.root_, plan.read_only));
    if (plan.root_read_only)
        ISOLAB_TRY(add_attributes(container.root_, MOUNT_ATTR_RDONLY, false, "/"));
    return container;
}

Result<void> ContainerRoot::apply(const MountStep& step, const GroupView& groups) const {
    if (step.kind == MountStep::Kind::cgroup)
        return mount_control_groups(step, groups);
    if (step.kind == MountStep::Kind::remount)
        return change_mounted(step);
    if (step.type == "proc" || step.type == "sysfs")
        ISOLAB_TRY(refuse_link(root_, step));
    if (step.copy_up)
        return mount_copied_up(step);
    ISOLAB_ASSIGN(const UniqueFd mount, detached_mount(step));
    return place(mount, step);
}

Result<void> ContainerRoot::place(const UniqueFd& mount, const MountStep& step) const {
    ISOLAB_ASSIGN(const UniqueFd target,
                  is_directory(mount) ? make_directory_in(root_, step.target) : make_file_in(root_, step.target));
    ISOLAB_TRY(attach_mount(mount, target, step.target));
    return step.propagation == 0 ? Result<void>{}
                                 : set_propagation(mount, step.propagation, step.propagate_tree, step.target);
}

Result<void> ContainerRoot::change_mounted(const MountStep& step) const {
    ISOLAB_ASSIGN(const UniqueFd mounted, open_in_root(root_.get(), step.target, O_PATH));
    return change_attributes(mounted, step);
}

/// A link at /dev/console could lead to a file that the terminal would then cover (CVE-2025-52565).
Result<void> ContainerRoot::mount_console(const UniqueFd& terminal) const {
    ISOLAB_ASSIGN(const UniqueFd folder, make_directory_in(root_, "/dev"));
    UniqueFd target(::openat(folder.get(), "console", O_PATH | O_NOFOLLOW | O_CLOEXEC));
    if (!target)
        target.reset(::openat(folder.get(), "console", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    struct stat status {};
    if (!target || ::fstat(target.get(), &status) != 0)
        return fail_errno(errno, "create", "/dev/console");
    if (S_ISLNK(status.st_mode) || S_ISDIR(status.st_mode))
        return fail(ErrorKind::invalid_argument, "show the terminal as", "/dev/console",
                    "the image has a symbolic link or a directory there");
    ISOLAB_ASSIGN(const UniqueFd clone, clone_mount(terminal.get(), "", false));
    return attach_mount(clone, target, "/dev/console");
}

/// A tmpfs that is filled before anybody can see it.
Result<void> ContainerRoot::mount_copied_up(const MountStep& step) const {
    ISOLAB_ASSIGN(const UniqueFd target, make_directory_in(root_, step.target));
    const std::uint64_t read_only = step.attributes & MOUNT_ATTR_RDONLY;
    ISOLAB_ASSIGN(const UniqueFd mount,
                  new_file_system(step.type, step.data, step.attributes & ~read_only, step.target));
    ISOLAB_TRY(copy_directory(target, mount, step.target));
    ISOLAB_TRY(add_attributes(mount, read_only, false, step.target)); // not before it is filled
    return attach_mount(mount, target, step.target);
}

/// cgroup2: the hierarchy as the container's cgroup namespace shows it. v1: a directory per controller with the
/// container's own group in it.
Result<void> ContainerRoot::mount_control_groups(const MountStep& step, const GroupView& groups) const {
    const std::uint64_t attributes =
        MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC | (step.attributes & MOUNT_ATTR_RDONLY);
    ISOLAB_ASSIGN(const UniqueFd target, make_directory_in(root_, step.target));
    if (groups.layout.version == CgroupVersion::v2) {
        ISOLAB_ASSIGN(const UniqueFd mount, new_file_system("cgroup2", {}, attributes, step.target));
        return attach_mount(mount, target, step.target);
    }
    ISOLAB_ASSIGN(const UniqueFd folder,
                  new_file_system("tmpfs", {"mode=755"}, attributes & ~static_cast<std::uint64_t>(MOUNT_ATTR_RDONLY),
                                  step.target));
    ISOLAB_TRY(attach_mount(folder, target, step.target));
    for (std::size_t i = 0; groups.group && i < cgroup_controller_ids.size(); ++i) {
        const std::string source = groups.group->directory(static_cast<CgroupController>(i));
        const std::string path = "/" + std::string(cgroup_controller_ids[i]);
        if (source.empty())
            continue;
        ISOLAB_ASSIGN(const UniqueFd mount, clone_mount(AT_FDCWD, source, false));
        ISOLAB_TRY(add_attributes(mount, attributes, false, step.target + path));
        ISOLAB_ASSIGN(const UniqueFd place, make_directory_in(folder, path));
        ISOLAB_TRY(attach_mount(mount, place, step.target + path));
    }
    return add_attributes(folder, MOUNT_ATTR_RDONLY, false, step.target);
}

Result<void> ContainerRoot::add_devices(const MountPlan& plan) const {
    DeviceMaker maker;
    for (const DeviceNode& device : plan.devices) {
        ISOLAB_ASSIGN(const UniqueFd node, maker.make(device));
        ISOLAB_ASSIGN(const UniqueFd target, make_file_in(root_, device.path));
        ISOLAB_TRY(attach_mount(node, target, device.path));
    }
    return {};
}

Result<void> ContainerRoot::add_links(const MountPlan& plan) const {
    for (const auto& [path, target] : plan.links) {
        const auto slash = path.rfind('/');
        ISOLAB_ASSIGN(const UniqueFd parent, open_in_root(root_.get(), path.substr(0, slash), O_PATH | O_DIRECTORY));
        if (::symlinkat(target.c_str(), parent.get(), path.c_str() + slash + 1) != 0 && errno != EEXIST)
            return fail_errno(errno, "create link", path);
    }
    return {};
}

Result<void> ContainerRoot::enter_in_callers_namespace() const {
    if (::fchdir(root_.get()) != 0 || ::chroot(".") != 0 || ::chdir("/") != 0)
        return fail_errno(errno, "change the root to the container's");
    return {};
}

Result<void> ContainerRoot::enter() const {
    if (!own_namespace_)
        return enter_in_callers_namespace();
    ISOLAB_ASSIGN(const UniqueFd old_root, open_directory("/"));
    if (::fchdir(root_.get()) != 0 || ::syscall(SYS_pivot_root, ".", ".") != 0)
        return fail_errno(errno, "make the container's root the root");
    // The old root lies on top of the new one now; without it the namespace holds the container's mounts alone. It may
    // be shared with the host's, which must keep its mounts.
    if (::fchdir(old_root.get()) != 0 ||
        (propagation_ != 0 && ::mount(nullptr, ".", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0))
        return fail_errno(errno, "separate the host's root");
    if (::umount2(".", MNT_DETACH) != 0 || ::chdir("/") != 0)
        return fail_errno(errno, "detach the host's root");
    return propagation_ == 0 ? Result<void>{} : set_propagation(root_, propagation_, false, "/");
}

} // namespace isolab::launcher
