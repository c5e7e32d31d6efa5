// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/copy/copy_tree.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "engine/base/directory_path.h"
#include "engine/launcher/copy/leaf_copy.h"

namespace isolab::launcher {
namespace {

constexpr long mqueue_magic = 0x19800202; // ipc/mqueue.c

/// File systems whose files are no files: reading them has no end, or no content that was kept.
constexpr std::array kernel_file_systems{static_cast<long>(PROC_SUPER_MAGIC),   static_cast<long>(SYSFS_MAGIC),
                                         static_cast<long>(CGROUP_SUPER_MAGIC), static_cast<long>(CGROUP2_SUPER_MAGIC),
                                         static_cast<long>(DEVPTS_SUPER_MAGIC), static_cast<long>(SECURITYFS_MAGIC),
                                         static_cast<long>(DEBUGFS_MAGIC),      static_cast<long>(BPF_FS_MAGIC),
                                         static_cast<long>(TRACEFS_MAGIC),      mqueue_magic};

bool is_of_kernel(int fd) {
    struct statfs status {};
    return ::fstatfs(fd, &status) == 0 &&
           std::ranges::find(kernel_file_systems, static_cast<long>(status.f_type)) != kernel_file_systems.end();
}

Result<struct stat> status_of(int fd, const std::string& shown) {
    struct stat status {};
    if (::fstat(fd, &status) != 0)
        return fail_errno(errno, "read attributes of", shown);
    return status;
}

/// The directory itself, also by a descriptor that is a mere path.
Result<DirectoryPath> walk_from(const UniqueFd& directory) {
    return DirectoryPath::open(path_of_descriptor(directory.get()) + "/.");
}

/// True when it was made; false when there was a directory already.
Result<bool> make_directory(const FilePlace& place) {
    if (::mkdirat(place.directory, place.name.c_str(), 0700) == 0)
        return true;
    struct stat status {};
    if (errno == EEXIST && ::fstatat(place.directory, place.name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
        !S_ISDIR(status.st_mode))
        return fail(ErrorKind::already_exists, "copy directory", place.name, "there is a file of that name");
    if (errno != EEXIST)
        return fail_errno(errno, "create directory", place.name);
    return false;
}

/// Two walks side by side, which are always in directories that belong together.
class TreeCopy {
  public:
    TreeCopy(DirectoryPath from, DirectoryPath to, const struct stat& target, const CopyRules& rules)
        : from_(std::move(from)), to_(std::move(to)), target_(target), rules_(rules) {}

    Result<void> copy_levels() {
        ISOLAB_TRY(begin_level(false));
        while (!levels_.empty()) {
            if (levels_.back().names.empty()) {
                ISOLAB_TRY(end_level());
                continue;
            }
            const std::string name = std::move(levels_.back().names.back());
            levels_.back().names.pop_back();
            ISOLAB_TRY(copy_entry(name));
        }
        return {};
    }

  private:
    struct Level {
        std::vector<std::string> names; ///< still to be copied
        bool made = false;              ///< the target directory is new and gets attributes in the end
        struct stat status {};          ///< of the source
    };

    Result<void> begin_level(bool made) {
        Level level{{}, made, {}};
        ISOLAB_ASSIGN(level.status, status_of(from_.fd(), from_.shown()));
        const bool other_mount = !levels_.empty() && level.status.st_dev != levels_.back().status.st_dev;
        if (level.status.st_dev == target_.st_dev && level.status.st_ino == target_.st_ino)
            return fail(ErrorKind::invalid_argument, "copy directory", from_.shown(), "it would be copied into itself",
                        "Copy to a place that the container does not see");
        if (!other_mount || !is_of_kernel(from_.fd())) {
            ISOLAB_ASSIGN(level.names, from_.names());
        }
        levels_.push_back(std::move(level));
        return {};
    }

    Result<void> end_level() {
        const Level level = std::move(levels_.back());
        levels_.pop_back();
        if (level.made || rules_.keep_all) {
            const UniqueFd source(::openat(from_.fd(), ".", O_PATH | O_DIRECTORY | O_CLOEXEC));
            ISOLAB_TRY(give_attributes(source, level.status, to_.fd(), rules_, from_.shown()));
        }
        if (levels_.empty())
            return {};
        ISOLAB_TRY(from_.leave());
        return to_.leave();
    }

    Result<void> copy_entry(const std::string& name) {
        const UniqueFd fd(::openat(from_.fd(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
        if (!fd && errno == ENOENT)
            return {}; // removed meanwhile by the container
        if (!fd)
            return fail_errno(errno, "open", from_.shown(name));
        ISOLAB_ASSIGN(const struct stat status, status_of(fd.get(), from_.shown(name)));
        if (!S_ISDIR(status.st_mode)) {
            const Result<void> copied = copy_leaf(fd, status, {to_.fd(), name}, rules_);
            return copied ? copied : fail(copied.error().within("copy", from_.shown(name)));
        }
        ISOLAB_ASSIGN(const bool made, make_directory({to_.fd(), name}));
        ISOLAB_TRY(from_.enter(name));
        ISOLAB_TRY(to_.enter(name));
        return begin_level(made);
    }

    DirectoryPath from_;
    DirectoryPath to_;
    struct stat target_; ///< where the copy began
    const CopyRules& rules_;
    std::vector<Level> levels_;
};

Result<void> refuse_kernel_file(const UniqueFd& source) {
    if (is_of_kernel(source.get()))
        return fail(ErrorKind::unsupported, "copy", "it", "it belongs to a file system of the kernel",
                    "Read it with a program in the container");
    return {};
}

} // namespace

Result<void> copy_tree_content(const UniqueFd& source, const UniqueFd& target, const CopyRules& rules) {
    ISOLAB_TRY(refuse_kernel_file(source));
    ISOLAB_ASSIGN(DirectoryPath from, walk_from(source));
    ISOLAB_ASSIGN(DirectoryPath to, walk_from(target));
    ISOLAB_ASSIGN(const struct stat status, status_of(to.fd(), to.shown()));
    return TreeCopy(std::move(from), std::move(to), status, rules).copy_levels();
}

Result<void> copy_tree(const UniqueFd& source, const FilePlace& target, const CopyRules& rules) {
    ISOLAB_TRY(refuse_kernel_file(source));
    ISOLAB_ASSIGN(const struct stat status, status_of(source.get(), target.name));
    if (!S_ISDIR(status.st_mode))
        return copy_leaf(source, status, target, rules);
    ISOLAB_ASSIGN(const bool made, make_directory(target));
    const UniqueFd directory(
        ::openat(target.directory, target.name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!directory)
        return fail_errno(errno, "open directory", target.name);
    ISOLAB_TRY(copy_tree_content(source, directory, rules));
    return made ? give_attributes(source, status, directory.get(), rules, target.name) : Result<void>{};
}

} // namespace isolab::launcher
