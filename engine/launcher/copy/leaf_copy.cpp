// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/copy/leaf_copy.h"

#include <array>
#include <cerrno>
#include <climits>
#include <vector>

#include <fcntl.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace isolab::launcher {
namespace {

constexpr std::size_t largest_attribute = 65536; // XATTR_SIZE_MAX and XATTR_LIST_MAX of the kernel

tl::unexpected<Error> failed(const std::string& name) {
    Error error = system_error(errno, "copy", "\"" + name + "\"");
    if (error.kind == ErrorKind::no_space)
        error.remedy = "Free space at the destination";
    return fail(std::move(error));
}

Result<void> copy_attributes_of(int source, int target, const CopyRules& rules, const std::string& shown) {
    const std::string from = path_of_descriptor(source);
    const std::string to = path_of_descriptor(target);
    std::vector<char> names(largest_attribute);
    std::vector<char> value(largest_attribute);
    const ssize_t length = ::listxattr(from.c_str(), names.data(), names.size());
    for (ssize_t at = 0; at < length;) {
        const std::string name(names.data() + at);
        at += static_cast<ssize_t>(name.size() + 1);
        const ssize_t size =
            rules.keeps_attribute(name) ? ::getxattr(from.c_str(), name.c_str(), value.data(), value.size()) : -1;
        if (size >= 0 && ::setxattr(to.c_str(), name.c_str(), value.data(), static_cast<std::size_t>(size), 0) != 0 &&
            errno != EPERM && errno != ENOTSUP)
            return failed(shown);
    }
    return {};
}

/// A regular file: written under another name, complete with its attributes.
Result<void> write_file(const UniqueFd& source, const struct stat& status, const FilePlace& made,
                        const CopyRules& rules, const std::string& shown) {
    const UniqueFd from(::open(path_of_descriptor(source.get()).c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    if (!from)
        return failed(shown);
    const UniqueFd to(
        ::openat(made.directory, made.name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!to)
        return failed(shown);
    ISOLAB_TRY(copy_content(from.get(), to.get(), status.st_size, shown));
    return give_attributes(source, status, to.get(), rules, shown);
}

Result<void> write_link(const UniqueFd& source, const FilePlace& made, const std::string& shown) {
    std::array<char, PATH_MAX> text{};
    const ssize_t length = ::readlinkat(source.get(), "", text.data(), text.size() - 1);
    if (length < 0 || ::symlinkat(text.data(), made.directory, made.name.c_str()) != 0)
        return failed(shown);
    return {};
}

/// Owner, mode and time of a symbolic link, fifo or device that was just made.
Result<void> finish_node(const struct stat& status, const FilePlace& made, const CopyRules& rules,
                         const std::string& shown) {
    const UniqueFd fd(::openat(made.directory, made.name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    struct stat now {};
    if (!fd || ::fstat(fd.get(), &now) != 0)
        return failed(shown);
    if ((now.st_mode & S_IFMT) != (status.st_mode & S_IFMT))
        return fail(ErrorKind::unavailable, "copy", shown, "it was replaced meanwhile");
    const CopyRules::Owner owner = rules.owner_of(status);
    if (::fchownat(fd.get(), "", owner.uid, owner.gid, AT_EMPTY_PATH) != 0 && errno != EPERM && errno != EINVAL)
        return failed(shown);
    const std::string path = path_of_descriptor(fd.get());
    if (!S_ISLNK(status.st_mode) && ::chmod(path.c_str(), rules.permissions_of(status)) != 0)
        return failed(shown);
    const std::array<timespec, 2> times{status.st_atim, status.st_mtim};
    ::utimensat(made.directory, made.name.c_str(), times.data(), AT_SYMLINK_NOFOLLOW);
    return {};
}

bool is_device(const struct stat& status) noexcept { return S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode); }

/// False when it is left out.
Result<bool> make_leaf(const UniqueFd& source, const struct stat& status, const FilePlace& made, const CopyRules& rules,
                       const std::string& shown) {
    if (S_ISREG(status.st_mode)) {
        ISOLAB_TRY(write_file(source, status, made, rules, shown));
        return true;
    }
    if (S_ISLNK(status.st_mode)) {
        ISOLAB_TRY(write_link(source, made, shown));
    } else {
        const bool wanted = S_ISFIFO(status.st_mode) || (is_device(status) && rules.keeps_devices());
        const mode_t mode = (status.st_mode & S_IFMT) | 0600U;
        if (!wanted || (::mknodat(made.directory, made.name.c_str(), mode, status.st_rdev) != 0 && errno == EPERM)) {
            rules.warn(shown + " is a socket or device and was left out");
            return false;
        }
    }
    ISOLAB_TRY(finish_node(status, made, rules, shown));
    return true;
}

} // namespace

std::string path_of_descriptor(int fd) { return "/proc/self/fd/" + std::to_string(fd); }

Result<void> give_attributes(const UniqueFd& source, const struct stat& status, int target, const CopyRules& rules,
                             const std::string& shown) {
    const CopyRules::Owner owner = rules.owner_of(status);
    if (::fchown(target, owner.uid, owner.gid) != 0 && errno != EPERM && errno != EINVAL)
        return failed(shown);
    if (::fchmod(target, rules.permissions_of(status)) != 0)
        return failed(shown);
    ISOLAB_TRY(copy_attributes_of(source.get(), target, rules, shown));
    const std::array<timespec, 2> times{status.st_atim, status.st_mtim};
    if (::futimens(target, times.data()) != 0)
        return failed(shown);
    return {};
}

Result<void> copy_leaf(const UniqueFd& source, const struct stat& status, const FilePlace& target,
                       const CopyRules& rules) {
    const FilePlace made{target.directory, ".isolab-copy-" + std::to_string(::getpid())};
    ::unlinkat(made.directory, made.name.c_str(), 0); // of a copy that was killed
    Result<bool> done = make_leaf(source, status, made, rules, target.name);
    if (done && *done && ::renameat(made.directory, made.name.c_str(), target.directory, target.name.c_str()) != 0) {
        const int error = errno;
        done = error == EISDIR || error == EEXIST || error == ENOTEMPTY
                   ? fail(ErrorKind::already_exists, "copy", target.name, "there is a directory of that name")
                   : fail_errno(error, "replace", target.name);
    }
    if (!done)
        ::unlinkat(made.directory, made.name.c_str(), 0);
    return done.map([](bool) {});
}

} // namespace isolab::launcher
