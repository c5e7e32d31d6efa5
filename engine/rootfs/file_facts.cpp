// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/rootfs/file_facts.h"

#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "engine/base/unique_fd.h"

namespace isolab {
namespace {

constexpr std::size_t largest_attribute = 65536; // XATTR_SIZE_MAX and XATTR_LIST_MAX of the kernel

bool is_foreign(std::string_view name) {
    return name.starts_with("trusted.overlay.") || name.starts_with("user.overlay.") || name == "security.selinux";
}

bool has_none(int error) noexcept {
    return error == ENOENT || error == ENODATA || error == ENOTSUP || error == EPERM || error == EACCES;
}

Result<UniqueFd> open_content(const FilePlace& place) {
    UniqueFd fd(::openat(place.directory, place.name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!fd && errno != ENOENT && errno != ELOOP && errno != ENXIO)
        return fail_errno(errno, "read", "\"" + place.name + "\"");
    return fd;
}

/// As many bytes as fit, fewer only at the end of the file.
Result<std::size_t> read_full(int fd, std::vector<char>& buffer, const FilePlace& shown) {
    std::size_t filled = 0;
    while (filled < buffer.size()) {
        const ssize_t count = ::read(fd, buffer.data() + filled, buffer.size() - filled);
        if (count < 0 && errno != EINTR)
            return fail_errno(errno, "read", "\"" + shown.name + "\"");
        if (count == 0)
            break;
        filled += static_cast<std::size_t>(std::max<ssize_t>(count, 0));
    }
    return filled;
}

} // namespace

Result<Xattrs> read_xattrs(const FilePlace& place) {
    const std::string path = "/proc/self/fd/" + std::to_string(place.directory) + "/" + place.name;
    std::vector<char> names(largest_attribute);
    const ssize_t length = ::llistxattr(path.c_str(), names.data(), names.size());
    if (length < 0 && !has_none(errno))
        return fail_errno(errno, "list attributes of", "\"" + place.name + "\"");
    Xattrs xattrs;
    std::vector<char> value(length > 0 ? largest_attribute : 0);
    for (ssize_t at = 0; at < length;) {
        const std::string name(names.data() + at);
        at += static_cast<ssize_t>(name.size() + 1);
        if (is_foreign(name))
            continue;
        const ssize_t size = ::lgetxattr(path.c_str(), name.c_str(), value.data(), value.size());
        if (size >= 0)
            xattrs.emplace(name, std::string(value.data(), static_cast<std::size_t>(size)));
        else if (!has_none(errno))
            return fail_errno(errno, "read attribute " + name + " of", "\"" + place.name + "\"");
    }
    return xattrs;
}

Result<std::string> read_link(const FilePlace& place) {
    std::array<char, PATH_MAX> target{};
    const ssize_t length = ::readlinkat(place.directory, place.name.c_str(), target.data(), target.size());
    if (length < 0)
        return fail_errno(errno, "read symbolic link", "\"" + place.name + "\"");
    return std::string(target.data(), static_cast<std::size_t>(length));
}

bool differ_in_kind(const FileFacts& one, const FileFacts& other) {
    const mode_t type = one.owner.mode & S_IFMT;
    return one.owner.mode != other.owner.mode || one.owner.uid != other.owner.uid || one.owner.gid != other.owner.gid ||
           one.link != other.link || one.xattrs != other.xattrs ||
           ((type == S_IFCHR || type == S_IFBLK) && one.status.st_rdev != other.status.st_rdev) ||
           (type == S_IFREG && one.status.st_size != other.status.st_size);
}

bool same_time(const timespec& one, const timespec& other) noexcept {
    return one.tv_sec == other.tv_sec && (one.tv_nsec == other.tv_nsec || one.tv_nsec == 0 || other.tv_nsec == 0);
}

Result<bool> same_content(const FilePlace& one, const FilePlace& other) {
    ISOLAB_ASSIGN(const UniqueFd first, open_content(one));
    ISOLAB_ASSIGN(const UniqueFd second, open_content(other));
    if (!first || !second)
        return false;
    std::vector<char> left(128U << 10U);
    std::vector<char> right(left.size());
    for (;;) {
        ISOLAB_ASSIGN(const std::size_t size, read_full(first.get(), left, one));
        ISOLAB_ASSIGN(const std::size_t other_size, read_full(second.get(), right, other));
        if (size != other_size || std::memcmp(left.data(), right.data(), size) != 0)
            return false;
        if (size == 0)
            return true;
    }
}

} // namespace isolab
