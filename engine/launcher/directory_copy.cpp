// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/directory_copy.h"

#include <cerrno>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "engine/rootfs/file_copy.h"

namespace isolab::launcher {
namespace {

constexpr int deepest = 200; // each level holds two descriptors
constexpr int directory_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

Result<std::vector<std::string>> names_in(int directory, const std::string& shown) {
    const int copy = ::openat(directory, ".", directory_flags);
    DIR* stream = copy < 0 ? nullptr : ::fdopendir(copy);
    if (stream == nullptr)
        return fail_errno(errno, "read directory", shown);
    std::vector<std::string> names;
    while (const dirent* entry = ::readdir(stream)) // NOLINT(concurrency-mt-unsafe): one thread
        if (const std::string name = entry->d_name; name != "." && name != "..")
            names.push_back(name);
    ::closedir(stream);
    return names;
}

class DirectoryCopy {
  public:
    explicit DirectoryCopy(dev_t device) : device_(device) {}

    Result<void> copy_entries(int from, int to, const std::string& shown, int depth) {
        if (depth > deepest)
            return fail(ErrorKind::unsupported, "copy directory", shown, "it is nested too deeply");
        ISOLAB_ASSIGN(const auto names, names_in(from, shown));
        for (const std::string& name : names)
            ISOLAB_TRY(copy_entry({from, name}, {to, name}, shown + "/" + name, depth));
        return {};
    }

  private:
    Result<void> copy_entry(const FilePlace& from, const FilePlace& to, const std::string& shown, int depth) {
        struct stat status {};
        if (::fstatat(from.directory, from.name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
            return fail_errno(errno, "read attributes of", shown);
        if (S_ISDIR(status.st_mode) && status.st_dev != device_)
            return {}; // another mount
        if (S_ISDIR(status.st_mode)) {
            ISOLAB_TRY(copy_subdirectory(from, to, shown, depth));
        } else {
            ISOLAB_ASSIGN(const bool made, copy_file(from, status, to));
            if (!made)
                return {};
        }
        return copy_attributes(from, status, to);
    }

    Result<void> copy_subdirectory(const FilePlace& from, const FilePlace& to, const std::string& shown, int depth) {
        if (::mkdirat(to.directory, to.name.c_str(), 0700) != 0)
            return fail_errno(errno, "create directory", shown);
        const UniqueFd source(::openat(from.directory, from.name.c_str(), directory_flags));
        const UniqueFd target(::openat(to.directory, to.name.c_str(), directory_flags));
        if (!source || !target)
            return fail_errno(errno, "open directory", shown);
        return copy_entries(source.get(), target.get(), shown, depth + 1);
    }

    dev_t device_;
};

} // namespace

Result<void> copy_directory(const UniqueFd& from, const UniqueFd& to, const std::string& shown) {
    struct stat status {};
    if (::fstat(from.get(), &status) != 0)
        return fail_errno(errno, "read attributes of", shown);
    ISOLAB_TRY(DirectoryCopy(status.st_dev).copy_entries(from.get(), to.get(), shown, 0));
    const UniqueFd top(::openat(to.get(), ".", directory_flags)); // `to` may be a mere path
    if (!top || ::fchown(top.get(), status.st_uid, status.st_gid) != 0 ||
        ::fchmod(top.get(), status.st_mode & 07777U) != 0)
        return fail_errno(errno, "set owner and mode of", shown);
    return {};
}

} // namespace isolab::launcher
