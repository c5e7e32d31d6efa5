// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/setup/directory_copy.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>

#include "engine/base/directory_path.h"
#include "engine/rootfs/file_copy.h"

namespace isolab::launcher {
namespace {

constexpr std::size_t deepest = 200; // each level is a call of copy_entries()

/// The directory itself, also by a descriptor that is a mere path.
Result<DirectoryPath> walk_from(const UniqueFd& directory) {
    return DirectoryPath::open("/proc/self/fd/" + std::to_string(directory.get()) + "/.");
}

/// Two walks side by side, which are always in directories of the same name.
class DirectoryCopy {
  public:
    DirectoryCopy(DirectoryPath from, DirectoryPath to, dev_t device)
        : from_(std::move(from)), to_(std::move(to)), device_(device) {}

    Result<void> copy_entries() {
        if (from_.depth() > deepest)
            return fail(ErrorKind::unsupported, "copy directory", from_.shown(), "it is nested too deeply");
        ISOLAB_ASSIGN(const auto names, from_.names());
        for (const std::string& name : names)
            ISOLAB_TRY(copy_entry(name));
        return {};
    }

    /// Where the copy is being written now.
    int target() const noexcept { return to_.fd(); }

  private:
    Result<void> copy_entry(const std::string& name) {
        struct stat status {};
        if (::fstatat(from_.fd(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
            return fail_errno(errno, "read attributes of", from_.shown(name));
        if (S_ISDIR(status.st_mode)) {
            if (status.st_dev != device_)
                return {}; // another mount
            ISOLAB_TRY(copy_subdirectory(name));
        } else {
            ISOLAB_ASSIGN(const bool made, copy_file({from_.fd(), name}, status, {to_.fd(), name}));
            if (!made)
                return {};
        }
        return copy_attributes({from_.fd(), name}, status, {to_.fd(), name});
    }

    Result<void> copy_subdirectory(const std::string& name) {
        if (::mkdirat(to_.fd(), name.c_str(), 0700) != 0)
            return fail_errno(errno, "create directory", to_.shown(name));
        ISOLAB_TRY(from_.enter(name));
        ISOLAB_TRY(to_.enter(name));
        ISOLAB_TRY(copy_entries());
        ISOLAB_TRY(to_.leave());
        return from_.leave();
    }

    DirectoryPath from_;
    DirectoryPath to_;
    dev_t device_;
};

} // namespace

Result<void> copy_directory(const UniqueFd& from, const UniqueFd& to, const std::string& shown) {
    struct stat status {};
    if (::fstat(from.get(), &status) != 0)
        return fail_errno(errno, "read attributes of", shown);
    ISOLAB_ASSIGN(DirectoryPath source, walk_from(from));
    ISOLAB_ASSIGN(DirectoryPath target, walk_from(to));
    DirectoryCopy copy(std::move(source), std::move(target), status.st_dev);
    if (auto copied = copy.copy_entries(); !copied)
        return fail(copied.error().within("copy what the image has in", shown));
    if (::fchown(copy.target(), status.st_uid, status.st_gid) != 0 ||
        ::fchmod(copy.target(), status.st_mode & 07777U) != 0)
        return fail_errno(errno, "set owner and mode of", shown);
    return {};
}

} // namespace isolab::launcher
