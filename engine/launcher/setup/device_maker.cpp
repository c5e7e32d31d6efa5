// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/setup/device_maker.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/launcher/setup/mounts.h"

namespace isolab::launcher {
namespace {

constexpr unsigned default_mode = 0666;
constexpr const char* shelf_place = "/proc";

mode_t type_bits(char type) { return type == 'b' ? S_IFBLK : type == 'p' ? S_IFIFO : S_IFCHR; }

bool is_device(const struct stat& status, const DeviceNode& device) {
    return (status.st_mode & S_IFMT) == type_bits(device.type) &&
           (device.type == 'p' || status.st_rdev == ::makedev(device.major, device.minor));
}

/// Whether the host's node, with its own mode and owner, is what is asked for.
bool host_has(const DeviceNode& device) {
    struct stat status {};
    if (device.type == 'p' || ::lstat(device.path.c_str(), &status) != 0 || !is_device(status, device))
        return false;
    return !device.mode ||
           ((status.st_mode & 07777U) == *device.mode && status.st_uid == device.uid && status.st_gid == device.gid);
}

} // namespace

Result<UniqueFd> clone_device(const DeviceNode& device) {
    ISOLAB_ASSIGN(UniqueFd clone, clone_mount(AT_FDCWD, device.path, false));
    struct stat status {};
    if (::fstat(clone.get(), &status) != 0 || !is_device(status, device))
        return fail(ErrorKind::unavailable, "give the container", device.path,
                    std::string("the host's file is not the device ") + device.type + " " +
                        std::to_string(device.major) + ":" + std::to_string(device.minor));
    ISOLAB_TRY(add_attributes(clone, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, false, device.path));
    return clone;
}

DeviceMaker::~DeviceMaker() {
    if (shelf_)
        ::umount2(shelf_place, MNT_DETACH);
}

Result<UniqueFd> DeviceMaker::make(const DeviceNode& device) {
    if (host_has(device))
        return clone_device(device);
    auto made = make_new(device);
    if (!made && made.error().kind == ErrorKind::permission_denied)
        return clone_device(device); // in a user namespace: the host's, whatever its mode
    return made;
}

Result<UniqueFd> DeviceMaker::make_new(const DeviceNode& device) {
    if (!shelf_) {
        ISOLAB_ASSIGN(UniqueFd shelf,
                      new_file_system("tmpfs", {"mode=700"}, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, shelf_place));
        ISOLAB_ASSIGN(const UniqueFd place, open_directory(shelf_place));
        ISOLAB_TRY(set_propagation(place, MS_PRIVATE, false, shelf_place)); // the host is not to see it
        ISOLAB_TRY(attach_mount(shelf, place, shelf_place));
        shelf_ = std::move(shelf);
    }
    const std::string name = std::to_string(made_++);
    const mode_t mode = device.mode.value_or(default_mode);
    if (::mknodat(shelf_.get(), name.c_str(), type_bits(device.type) | mode, ::makedev(device.major, device.minor)) !=
            0 ||
        ::fchmodat(shelf_.get(), name.c_str(), mode, 0) != 0 || // mknod(2) took the umask off
        ::fchownat(shelf_.get(), name.c_str(), device.uid, device.gid, AT_SYMLINK_NOFOLLOW) != 0)
        return fail_errno(errno, "make device", device.path);
    return clone_mount(shelf_.get(), name, false);
}

} // namespace isolab::launcher
