// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/rootfs/file_copy.h"

#include <array>
#include <cerrno>
#include <climits>
#include <vector>

#include <fcntl.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "engine/base/unique_fd.h"

namespace isolab {
namespace {

std::string proc_path(const FilePlace& place) {
    return "/proc/self/fd/" + std::to_string(place.directory) + "/" + place.name;
}

tl::unexpected<Error> failed(const FilePlace& place) {
    Error error = system_error(errno, "copy", "\"" + place.name + "\"");
    if (error.kind == ErrorKind::no_space)
        error.remedy = "Free space or use another data folder";
    return fail(std::move(error));
}

/// Copies [offset, end) inside the kernel, or by hand where file systems refuse that.
Result<void> copy_range(int from, int to, off_t offset, off_t end, const FilePlace& shown) {
    std::vector<char> buffer;
    while (offset < end) {
        const auto wanted = static_cast<std::size_t>(end - offset);
        off_t in = offset;
        off_t out = offset;
        ssize_t count = buffer.empty() ? ::copy_file_range(from, &in, to, &out, wanted, 0) : -1;
        if (count < 0 && (!buffer.empty() || errno == EXDEV || errno == EINVAL || errno == ENOSYS ||
                          errno == EOPNOTSUPP || errno == EPERM)) {
            buffer.resize(256U << 10U);
            count = ::pread(from, buffer.data(), std::min(wanted, buffer.size()), offset);
            if (count > 0)
                count = ::pwrite(to, buffer.data(), static_cast<std::size_t>(count), offset);
        }
        if (count < 0 && errno != EINTR)
            return failed(shown);
        if (count == 0)
            return fail(ErrorKind::corrupt, "copy", shown.name, "the file became shorter while it was copied");
        offset += std::max<ssize_t>(count, 0);
    }
    return {};
}

Result<void> copy_regular(const FilePlace& from, off_t size, const FilePlace& to) {
    const UniqueFd source(::openat(from.directory, from.name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    if (!source)
        return failed(from);
    const UniqueFd target(
        ::openat(to.directory, to.name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!target)
        return failed(to);
    return copy_content(source.get(), target.get(), size, to.name);
}

Result<void> copy_link(const FilePlace& from, const FilePlace& to) {
    std::array<char, PATH_MAX> text{};
    const ssize_t length = ::readlinkat(from.directory, from.name.c_str(), text.data(), text.size() - 1);
    if (length < 0 || ::symlinkat(text.data(), to.directory, to.name.c_str()) != 0)
        return failed(to);
    return {};
}

bool obeyed_by_overlayfs(std::string_view name) {
    return name.starts_with("trusted.overlay.") || name.starts_with("user.overlay.");
}

Result<void> copy_xattrs(const FilePlace& from, const FilePlace& to) {
    const std::string source = proc_path(from);
    const std::string target = proc_path(to);
    std::array<char, 65536> names{};
    const ssize_t length = ::llistxattr(source.c_str(), names.data(), names.size());
    for (ssize_t at = 0; at < length;) {
        const std::string name(names.data() + at);
        at += static_cast<ssize_t>(name.size() + 1);
        std::array<char, 65536> value{};
        const ssize_t size = ::lgetxattr(source.c_str(), name.c_str(), value.data(), value.size());
        if (size < 0 || obeyed_by_overlayfs(name))
            continue;
        if (::lsetxattr(target.c_str(), name.c_str(), value.data(), static_cast<std::size_t>(size), 0) != 0 &&
            errno != EPERM && errno != ENOTSUP)
            return failed(to);
    }
    return {};
}

} // namespace

Result<void> copy_content(int from, int to, off_t size, const std::string& name) {
    const FilePlace shown{-1, name};
    off_t position = 0;
    while (position < size) {
        const off_t data = ::lseek(from, position, SEEK_DATA);
        if (data < 0 && errno == ENXIO)
            break;
        const off_t begin = data < 0 ? position : data;
        const off_t hole = data < 0 ? size : ::lseek(from, begin, SEEK_HOLE);
        const off_t end = hole < 0 ? size : std::min(hole, size);
        ISOLAB_TRY(copy_range(from, to, begin, end, shown));
        position = end;
    }
    if (::ftruncate(to, size) != 0)
        return failed(shown);
    return {};
}

Result<bool> copy_file(const FilePlace& from, const struct stat& status, const FilePlace& to) {
    if (S_ISREG(status.st_mode)) {
        ISOLAB_TRY(copy_regular(from, status.st_size, to));
    } else if (S_ISLNK(status.st_mode)) {
        ISOLAB_TRY(copy_link(from, to));
    } else if (::mknodat(to.directory, to.name.c_str(), status.st_mode, status.st_rdev) != 0) {
        if (errno == EPERM)
            return false;
        return failed(to);
    }
    return true;
}

Result<void> copy_attributes(const FilePlace& from, const struct stat& status, const FilePlace& to) {
    const char* const name = to.name.c_str();
    if (::fchownat(to.directory, name, status.st_uid, status.st_gid, AT_SYMLINK_NOFOLLOW) != 0 && errno != EPERM)
        return failed(to);
    if (!S_ISLNK(status.st_mode) && ::fchmodat(to.directory, name, status.st_mode & 07777U, 0) != 0)
        return failed(to);
    ISOLAB_TRY(copy_xattrs(from, to));
    const std::array<timespec, 2> times{status.st_atim, status.st_mtim};
    if (::utimensat(to.directory, name, times.data(), AT_SYMLINK_NOFOLLOW) != 0)
        return failed(to);
    return {};
}

} // namespace isolab
