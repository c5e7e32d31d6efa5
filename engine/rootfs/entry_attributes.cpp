// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/rootfs/entry_attributes.h"

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace isolab {
namespace {

bool obeyed_by_overlayfs(std::string_view name) {
    return name.starts_with("trusted.overlay.") || name.starts_with("user.overlay.");
}

tl::unexpected<Error> failed(const char* what, const TarEntry& entry) {
    return fail_errno(errno, what, "\"" + entry.path + "\"");
}

template <class Set> Result<void> apply_xattrs(const TarEntry& entry, Set set) {
    for (const auto& [name, value] : entry.xattrs)
        if (!obeyed_by_overlayfs(name) && set(name.c_str(), value) != 0 && errno != EPERM && errno != ENOTSUP)
            return fail_errno(errno, "set attribute " + name + " of", "\"" + entry.path + "\"");
    return {};
}

std::array<timespec, 2> times_of(const TarEntry& entry) noexcept { return {entry.modified, entry.modified}; }

} // namespace

mode_t readable_permissions(const TarEntry& entry) noexcept {
    const mode_t least = entry.type == TarEntry::Type::directory ? 0700 : 0400;
    return entry.permissions | least;
}

Result<void> apply_attributes(int directory, const std::string& name, const TarEntry& entry, bool keep_owner) {
    const char* const file = name.c_str();
    if (keep_owner && ::fchownat(directory, file, static_cast<uid_t>(entry.uid), static_cast<gid_t>(entry.gid),
                                 AT_SYMLINK_NOFOLLOW) != 0)
        return failed("set owner of", entry);
    const mode_t mode = keep_owner ? entry.permissions : readable_permissions(entry);
    if (entry.type != TarEntry::Type::symlink && ::fchmodat(directory, file, mode, 0) != 0)
        return failed("set mode of", entry);
    const std::string path = "/proc/self/fd/" + std::to_string(directory) + "/" + name;
    ISOLAB_TRY(apply_xattrs(entry, [&](const char* key, const std::string& value) {
        return ::lsetxattr(path.c_str(), key, value.data(), value.size(), 0);
    }));
    if (::utimensat(directory, file, times_of(entry).data(), AT_SYMLINK_NOFOLLOW) != 0)
        return failed("set time of", entry);
    return {};
}

Result<void> apply_attributes(int fd, const TarEntry& entry, bool keep_owner) {
    if (keep_owner && ::fchown(fd, static_cast<uid_t>(entry.uid), static_cast<gid_t>(entry.gid)) != 0)
        return failed("set owner of", entry);
    if (::fchmod(fd, keep_owner ? entry.permissions : readable_permissions(entry)) != 0)
        return failed("set mode of", entry);
    ISOLAB_TRY(apply_xattrs(entry, [&](const char* key, const std::string& value) {
        return ::fsetxattr(fd, key, value.data(), value.size(), 0);
    }));
    if (::futimens(fd, times_of(entry).data()) != 0)
        return failed("set time of", entry);
    return {};
}

} // namespace isolab
