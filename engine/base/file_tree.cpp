// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/file_tree.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <set>

#include <dirent.h>
#include <linux/openat2.h>
#include <sys/syscall.h>

namespace isolab {
namespace {

struct CloseDirectory {
    void operator()(DIR* directory) const noexcept { ::closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

bool is_dot(const char* name) { return std::strcmp(name, ".") == 0 || std::strcmp(name, "..") == 0; }

Result<Directory> list_directory(int parent, const char* name, const std::string& shown) {
    UniqueFd fd(::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!fd)
        return fail_errno(errno, "open directory", shown);
    Directory directory(::fdopendir(fd.get()));
    if (!directory)
        return fail_errno(errno, "list directory", shown);
    [[maybe_unused]] const int owned_by_directory = fd.release();
    return directory;
}

Result<void> remove_entries(int parent, const char* name, dev_t device, const std::string& shown) {
    ISOLAB_ASSIGN(const Directory directory, list_directory(parent, name, shown));
    const int fd = ::dirfd(directory.get());
    while (const dirent* entry = ::readdir(directory.get())) {
        if (is_dot(entry->d_name))
            continue;
        const std::string path = shown + "/" + entry->d_name;
        struct stat status {};
        if (::fstatat(fd, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        if (status.st_dev != device)
            return fail(ErrorKind::system, "remove", path, "another file system is mounted there");
        if (S_ISDIR(status.st_mode)) {
            if ((status.st_mode & 0700U) != 0700U)
                (void)!::fchmodat(fd, entry->d_name, 0700, 0); // if it fails, opening it fails with the reason
            ISOLAB_TRY(remove_entries(fd, entry->d_name, device, path));
        }
        if (::unlinkat(fd, entry->d_name, S_ISDIR(status.st_mode) ? AT_REMOVEDIR : 0) != 0 && errno != ENOENT)
            return fail_errno(errno, "remove", path);
    }
    return {};
}

Result<void> measure_entries(int parent, const char* name, const std::string& shown, TreeSize& size,
                             std::set<std::pair<dev_t, ino_t>>& linked) {
    ISOLAB_ASSIGN(const Directory directory, list_directory(parent, name, shown));
    const int fd = ::dirfd(directory.get());
    while (const dirent* entry = ::readdir(directory.get())) {
        struct stat status {};
        if (is_dot(entry->d_name) || ::fstatat(fd, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        const bool directory_entry = S_ISDIR(status.st_mode);
        if (!directory_entry && status.st_nlink > 1 && !linked.emplace(status.st_dev, status.st_ino).second)
            continue;
        ++size.entries;
        size.allocated += static_cast<std::uint64_t>(status.st_blocks) * 512U;
        if (S_ISREG(status.st_mode) || S_ISLNK(status.st_mode))
            size.logical += static_cast<std::uint64_t>(status.st_size);
        if (directory_entry)
            ISOLAB_TRY(measure_entries(fd, entry->d_name, shown + "/" + entry->d_name, size, linked));
    }
    return {};
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
        ISOLAB_TRY(make_directories(path.parent_path(), 0755));
    if (path.empty() || ::mkdir(path.c_str(), mode) == 0)
        return {};
    struct stat status {};
    if (errno == EEXIST && ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode))
        return {};
    return fail_errno(errno == EEXIST ? ENOTDIR : errno, "create directory", path.string());
}

Result<std::string> read_file(const std::filesystem::path& path, std::uint64_t limit) {
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd)
        return fail_errno(errno, "open", path.string());
    std::string content;
    std::array<char, 65536> buffer{};
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

Result<void> write_file_atomically(const std::filesystem::path& path, std::string_view content, mode_t mode,
                                   bool durable) {
    std::string temporary = path.string() + ".XXXXXX";
    UniqueFd fd(::mkostemp(temporary.data(), O_CLOEXEC));
    if (!fd)
        return fail_errno(errno, "create file beside", path.string());
    Result<void> written = write_all(fd.get(), content, path.string());
    if (written && ::fchmod(fd.get(), mode) != 0)
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

Result<void> remove_tree(const std::filesystem::path& path) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0)
        return errno == ENOENT ? Result<void>{} : fail_errno(errno, "remove", path.string());
    if (!S_ISDIR(status.st_mode)) {
        if (::unlink(path.c_str()) != 0)
            return fail_errno(errno, "remove", path.string());
        return {};
    }
    if ((status.st_mode & 0700U) != 0700U)
        (void)!::chmod(path.c_str(), 0700);
    ISOLAB_TRY(remove_entries(AT_FDCWD, path.c_str(), status.st_dev, path.string()));
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
    std::set<std::pair<dev_t, ino_t>> linked;
    ISOLAB_TRY(measure_entries(AT_FDCWD, path.c_str(), path.string(), size, linked));
    return size;
}

TemporaryTree::~TemporaryTree() {
    if (!path_.empty()) [[maybe_unused]]
        const auto ignored = remove_tree(path_);
}

} // namespace isolab
