// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/container_root.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/launcher/directory_copy.h"
#include "engine/launcher/mounts.h"

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
    ISOLAB_ASSIGN(UniqueFd clone, clone_mount(AT_FDCWD, step.source, step.recursive));
    ISOLAB_TRY(add_attributes(clone, step.attributes, step.recursive, step.target));
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

bool is_directory(const UniqueFd& fd) {
    struct stat status {};
    return ::fstat(fd.get(), &status) == 0 && S_ISDIR(status.st_mode);
}

} // namespace

Result<ContainerRoot> ContainerRoot::mount(const MountPlan& plan, const CgroupLayout& layout, const ControlGroup* group,
                                           const std::function<Result<void>()>& before_cgroups) {
    if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
        return fail_errno(errno, "make mounts private");
    ISOLAB_ASSIGN(UniqueFd root, mount_root(plan));
    ContainerRoot container(std::move(root));
    for (const MountStep& step : plan.mounts) {
        if (step.kind == MountStep::Kind::cgroup)
            ISOLAB_TRY(before_cgroups());
        ISOLAB_TRY(container.apply(step, layout, group));
    }
    ISOLAB_TRY(container.add_devices(plan));
    ISOLAB_TRY(container.add_links(plan));
    ISOLAB_TRY(mask_paths(container.root_, plan.masked));
    ISOLAB_TRY(make_read_only(container.root_, plan.read_only));
    if (plan.root_read_only)
        ISOLAB_TRY(add_attributes(container.root_, MOUNT_ATTR_RDONLY, false, "/"));
    return container;
}

Result<void> ContainerRoot::apply(const MountStep& step, const CgroupLayout& layout, const ControlGroup* group) const {
    if (step.kind == MountStep::Kind::cgroup)
        return mount_control_groups(step, layout, group);
    if (step.type == "proc" || step.type == "sysfs")
        ISOLAB_TRY(refuse_link(root_, step));
    if (step.copy_up)
        return mount_copied_up(step);
    ISOLAB_ASSIGN(const UniqueFd mount, detached_mount(step));
    ISOLAB_ASSIGN(const UniqueFd target,
                  is_directory(mount) ? make_directory_in(root_, step.target) : make_file_in(root_, step.target));
    return attach_mount(mount, target, step.target);
}

/// A tmpfs that is filled before anybody can see it.
Result<void> ContainerRoot::mount_copied_up(const MountStep& step) const {
    ISOLAB_ASSIGN(const UniqueFd target, make_directory_in(root_, step.target));
    const std::uint64_t read_only = step.attributes & MOUNT_ATTR_RDONLY;
    ISOLAB_ASSIGN(const UniqueFd mount,
                  new_file_system(step.type, step.data, step.attributes & ~read_only, step.target));
    ISOLAB_TRY(copy_directory(target, mount, step.target));
    ISOLAB_TRY(add_attributes(mount, read_only, false, step.target));
    return attach_mount(mount, target, step.target);
}

/// cgroup2: the hierarchy as the container's cgroup namespace shows it. v1: a directory per controller with the
/// container's own group in it. Always read-only.
Result<void> ContainerRoot::mount_control_groups(const MountStep& step, const CgroupLayout& layout,
                                                 const ControlGroup* group) const {
    const std::uint64_t attributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
    ISOLAB_ASSIGN(const UniqueFd target, make_directory_in(root_, step.target));
    if (layout.version == CgroupVersion::v2) {
        ISOLAB_ASSIGN(const UniqueFd mount,
                      new_file_system("cgroup2", {}, attributes | MOUNT_ATTR_RDONLY, step.target));
        return attach_mount(mount, target, step.target);
    }
    ISOLAB_ASSIGN(const UniqueFd folder, new_file_system("tmpfs", {"mode=755"}, attributes, step.target));
    ISOLAB_TRY(attach_mount(folder, target, step.target));
    for (std::size_t i = 0; group != nullptr && i < cgroup_controller_ids.size(); ++i) {
        const std::string source = group->directory(static_cast<CgroupController>(i));
        const std::string path = "/" + std::string(cgroup_controller_ids[i]);
        if (source.empty())
            continue;
        ISOLAB_ASSIGN(const UniqueFd mount, clone_mount(AT_FDCWD, source, false));
        ISOLAB_TRY(add_attributes(mount, attributes | MOUNT_ATTR_RDONLY, false, step.target + path));
        ISOLAB_ASSIGN(const UniqueFd place, make_directory_in(folder, path));
        ISOLAB_TRY(attach_mount(mount, place, step.target + path));
    }
    return add_attributes(folder, MOUNT_ATTR_RDONLY, false, step.target);
}

Result<void> ContainerRoot::add_devices(const MountPlan& plan) const {
    for (const DeviceNode& device : plan.devices) {
        ISOLAB_ASSIGN(const UniqueFd clone, clone_device(device));
        ISOLAB_ASSIGN(const UniqueFd target, make_file_in(root_, device.path));
        ISOLAB_TRY(attach_mount(clone, target, device.path));
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

Result<void> ContainerRoot::enter() const {
    if (::fchdir(root_.get()) != 0 || ::syscall(SYS_pivot_root, ".", ".") != 0)
        return fail_errno(errno, "make the container's root the root");
    // The old root lies on top of the new one now; without it the namespace holds the container's mounts alone.
    if (::umount2(".", MNT_DETACH) != 0 || ::chdir("/") != 0)
        return fail_errno(errno, "detach the host's root");
    return {};
}

} // namespace isolab::launcher
