// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/file_tree.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <set>
#include <vector>

#include <linux/openat2.h>
#include <sys/syscall.h>

#include "engine/base/directory_path.h"

namespace isolab {
namespace {

/// What is still to do in one directory of a walk: its own name, and the directories below it.
struct OpenDirectory {
    std::string name;
    std::vector<std::string> below;
};

/// Makes a directory accessible for its owner; where that fails, opening it fails with the reason.
void unlock(int parent, const std::string& name, const struct stat& status) noexcept {
    if ((status.st_mode & 0700U) != 0700U)
        (void)!::fchmodat(parent, name.c_str(), 0700, 0);
}

/// Removes all files of the directory; tells the directories in it.
Result<std::vector<std::string>> remove_files(const DirectoryPath& here, dev_t device) {
    std::vector<std::string> below;
    ISOLAB_ASSIGN(const auto names, here.names());
    for (const std::string& name : names) {
        struct stat status {};
        if (::fstatat(here.fd(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        if (!S_ISDIR(status.st_mode)) { // its device proves nothing: overlayfs shows those of its layers
            if (::unlinkat(here.fd(), name.c_str(), 0) != 0 && errno != ENOENT)
                return fail_errno(errno, "remove", here.shown(name));
            continue;
        }
        if (status.st_dev != device)
            return fail(ErrorKind::system, "remove", here.shown(name), "another file system is mounted there");
        unlock(here.fd(), name, status);
        below.push_back(name);
    }
    return below;
}

Result<void> remove_content(DirectoryPath& here, dev_t device) {
    std::vector<OpenDirectory> open(1);
    ISOLAB_ASSIGN(open.back().below, remove_files(here, device));
    for (;;) {
        if (!open.back().below.empty()) {
            const std::string name = std::move(open.back().below.back());
            open.back().below.pop_back();
            ISOLAB_TRY(here.enter(name));
            open.push_back({name, {}});
            ISOLAB_ASSIGN(open.back().below, remove_files(here, device));
            continue;
        }
        const std::string name = std::move(open.back().name);
        open.pop_back();
        if (open.empty())
            return {};
        ISOLAB_TRY(here.leave());
        if (::unlinkat(here.fd(), name.c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT)
            return fail_errno(errno, "remove", here.shown(name));
    }
}

/// Adds everything in the directory; tells the directories in it.
Result<std::vector<std::string>> measure_files(const DirectoryPath& here, TreeSize& size,
                                               std::set<std::pair<dev_t, ino_t>>& linked) {
    std::vector<std::string> below;
    ISOLAB_ASSIGN(const auto names, here.names());
    for (const std::string& name : names) {
        struct stat status {};
        if (::fstatat(here.fd(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        const bool directory = S_ISDIR(status.st_mode);
        if (!directory && status.st_nlink > 1 && !linked.emplace(status.st_dev, status.st_ino).second)
            continue;
        ++size.entries;
        size.allocated += static_cast<std::uint64_t>(status.st_blocks) * 512U;
        if (S_ISREG(status.st_mode) || S_ISLNK(status.st_mode))
            size.logical += static_cast<std::uint64_t>(status.st_size);
        if (directory)
            below.push_back(name);
    }
    return below;
}

Result<void> measure_content(DirectoryPath& here, TreeSize& size) {
    std::set<std::pair<dev_t, ino_t>> linked;
    std::vector<std::vector<std::string>> below(1);
    ISOLAB_ASSIGN(below.back(), measure_files(here, size, linked));
    for (;;) {
        if (!below.back().empty()) {
            const std::string name = std::move(below.back().back());
            below.back().pop_back();
            ISOLAB_TRY(here.enter(name));
            below.emplace_back();
            ISOLAB_ASSIGN(below.back(), measure_files(here, size, linked));
            continue;
        }
        below.pop_back();
        if (below.empty())
            return {};
        ISOLAB_TRY(here.leave());
    }
}

Result<void> write_all(int fd, std::string_view content, const std::string& shown) {
    while (!content.empty()) {
        const ssize_t written = ::write(fd, content.data(), content.size());
        if (written < 0 && errno != EINTR)
            return fail_errno(errno, "write", shown);
        if (written > 0)
            content.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

} // namespace

Result<UniqueFd> open_in_root(int root_fd, const std::string& path, int flags, mode_t mode) {
    open_how how{};
    how.flags = static_cast<decltype(how.flags)>(flags | O_CLOEXEC);
    how.mode = (flags & (O_CREAT | __O_TMPFILE)) != 0 ? mode : 0;
    how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
    for (;;) {
        const auto fd = static_cast<int>(::syscall(SYS_openat2, root_fd, path.c_str(), &how, sizeof how));
        if (fd >= 0)
            return UniqueFd(fd);
        if (errno != EAGAIN && errno != EINTR)
            return fail_errno(errno, "open", path);
    }
}

Result<UniqueFd> open_directory(const std::filesystem::path& path) {
    UniqueFd fd(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!fd)
        return fail_errno(errno, "open directory", path.string());
    return fd;
}

Result<void> make_directories(const std::filesystem::path& path, mode_t mode) {
    if (path.has_parent_path() && path != path.root_path() && ::access(path.parent_path().c_str(), F_OK) != 0)
        ISOLAB_TRY(make_directories(path.parent_path(), mode));
    if (path.empty() || ::mkdir(path.c_str(), mode) == 0)
        return {};
    struct stat status {};
    if (errno == EEXIST && ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode))
        return {};
    return fail_errno(errno == EEXIST ? ENOTDIR : errno, "create directory", path.string());
}

Result<void> make_private_directory(const std::filesystem::path& path) {
    ISOLAB_TRY(make_directories(path, 0700));
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0)
        return fail_errno(errno, "open directory", path.string());
    if ((status.st_mode & 0077U) != 0 && ::chmod(path.c_str(), status.st_mode & 0700U) != 0)
        return fail_errno(errno, "keep other users out of", path.string());
    return {};
}

void keep_others_out(const std::filesystem::path& path) noexcept {
    const UniqueFd fd(::open(path.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    struct stat status {};
    if (!fd || ::fstat(fd.get(), &status) != 0 || (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) ||
        status.st_uid != ::geteuid() || (status.st_mode & 0077U) == 0)
        return;
    std::array<char, 32> link{}; // fchmod(2) takes no descriptor of O_PATH
    std::snprintf(link.data(), link.size(), "/proc/self/fd/%d", fd.get());
    (void)!::chmod(link.data(), status.st_mode & 07700U);
}

Result<UniqueFd> require_regular_file(UniqueFd fd, const std::string& shown) {
    struct stat status {};
    if (::fstat(fd.get(), &status) != 0)
        return fail_errno(errno, "open", shown);
    if (!S_ISREG(status.st_mode))
        return fail(ErrorKind::invalid_argument, "open", shown, "it is not a regular file");
    return fd;
}

Result<std::string> read_file(const std::filesystem::path& path, std::uint64_t limit) {
    UniqueFd opened(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    if (!opened)
        return fail_errno(errno, "open", path.string());
    ISOLAB_ASSIGN(const UniqueFd fd, require_regular_file(std::move(opened), path.string()));
    std::string content;
    std::array<char, 65536> buffer; // NOLINT: clearing it would cost more than most files do
    for (;;) {
        const ssize_t count = ::read(fd.get(), buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return fail_errno(errno, "read", path.string());
        if (count == 0)
            return content;
        content.append(buffer.data(), static_cast<std::size_t>(count));
        if (content.size() > limit)
            return fail(ErrorKind::corrupt, "read", path.string(),
                        "it is larger than " + std::to_string(limit) + " bytes");
    }
}

namespace {

/// `mode`: exactly this one; empty: 0666 less the umask.
Result<void> replace_file(const std::filesystem::path& path, std::string_view content, std::optional<mode_t> mode,
                          bool durable) {
    std::string temporary = path.string() + ".XXXXXX";
    UniqueFd fd(::mkostemp(temporary.data(), O_CLOEXEC));
    if (fd && !mode) { // once more under the name that is free, as mkostemp(3) knows no mode but 0600
        ::unlink(temporary.c_str());
        fd.reset(::open(temporary.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
    }
    if (!fd)
        return fail_errno(errno, "create file beside", path.string());
    Result<void> written = write_all(fd.get(), content, path.string());
    if (written && mode && ::fchmod(fd.get(), *mode) != 0)
        written = fail_errno(errno, "set mode of", path.string());
    if (written && durable && ::fsync(fd.get()) != 0)
        written = fail_errno(errno, "flush", path.string());
    if (written && ::close(fd.release()) != 0)
        written = fail_errno(errno, "write", path.string());
    if (written && ::rename(temporary.c_str(), path.c_str()) != 0)
        written = fail_errno(errno, "replace", path.string());
    if (!written)
        ::unlink(temporary.c_str());
    return written;
}

} // namespace

Result<void> write_file_atomically(const std::filesystem::path& path, std::string_view content, mode_t mode,
                                   bool durable) {
    return replace_file(path, content, mode, durable);
}

Result<void> write_user_file(const std::filesystem::path& path, std::string_view content) {
    return replace_file(path, content, std::nullopt, false);
}

Result<void> sync_file_system(const std::filesystem::path& folder) {
    const UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd || ::syncfs(fd.get()) != 0)
        return fail_errno(errno, "flush", folder.string());
    return {};
}

Result<void> sync_folder(const std::filesystem::path& folder) {
    const UniqueFd fd(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd || (::fsync(fd.get()) != 0 && errno != EINVAL)) // some file systems have no such thing
        return fail_errno(errno, "flush", folder.string());
    return {};
}

Result<void> publish_file(const UniqueFd& fd, const std::filesystem::path& from, const std::filesystem::path& place) {
    if (::fsync(fd.get()) != 0)
        return fail_errno(errno, "flush", place.string());
    if (::rename(from.c_str(), place.c_str()) != 0)
        return fail_errno(errno, "replace", place.string());
    return sync_folder(place.parent_path());
}

Result<void> remove_tree(const std::filesystem::path& path) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0)
        return errno == ENOENT ? Result<void>{} : fail_errno(errno, "remove", path.string());
    if (!S_ISDIR(status.st_mode)) {
        if (::unlink(path.c_str()) != 0)
            return fail_errno(errno, "remove", path.string());
        return {};
    }
    unlock(AT_FDCWD, path.string(), status);
    {
        ISOLAB_ASSIGN(DirectoryPath here, DirectoryPath::open(path.string()));
        ISOLAB_TRY(remove_content(here, status.st_dev));
    }
    if (::rmdir(path.c_str()) != 0 && errno != ENOENT)
        return fail_errno(errno, "remove", path.string());
    return {};
}

Result<std::filesystem::path> make_temporary_directory(const std::filesystem::path& parent, const std::string& prefix) {
    std::string name = (parent / (prefix + "XXXXXX")).string();
    if (::mkdtemp(name.data()) == nullptr)
        return fail_errno(errno, "create a temporary directory in", parent.string());
    return std::filesystem::path(name);
}

Result<TreeSize> measure_tree(const std::filesystem::path& path) {
    TreeSize size;
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0)
        return fail_errno(errno, "measure", path.string());
    size.allocated = static_cast<std::uint64_t>(status.st_blocks) * 512U;
    size.entries = 1;
    if (!S_ISDIR(status.st_mode)) {
        size.logical = static_cast<std::uint64_t>(status.st_size);
        return size;
    }
    ISOLAB_ASSIGN(DirectoryPath here, DirectoryPath::open(path.string()));
    ISOLAB_TRY(measure_content(here, size));
    return size;
}

TemporaryTree::~TemporaryTree() {
    if (!path_.empty()) [[maybe_unused]]
        const auto ignored = remove_tree(path_);
}

} // namespace isolab
