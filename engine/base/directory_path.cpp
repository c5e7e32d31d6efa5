// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/directory_path.h"

#include <cerrno>
#include <cstring>
#include <memory>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

namespace isolab {
namespace {

constexpr std::size_t most_open = 32;
constexpr int directory_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

struct CloseDirectory {
    void operator()(DIR* directory) const noexcept { ::closedir(directory); }
};

bool is_dot(const char* name) { return std::strcmp(name, ".") == 0 || std::strcmp(name, "..") == 0; }

} // namespace

Result<DirectoryPath> DirectoryPath::open(const std::string& path) {
    UniqueFd fd(::open(path.c_str(), directory_flags));
    if (!fd)
        return fail_errno(errno, "open directory", path);
    DirectoryPath result;
    ISOLAB_TRY(result.push(std::move(fd), path));
    return result;
}

Result<void> DirectoryPath::push(UniqueFd fd, const std::string& name) {
    struct stat status {};
    if (::fstat(fd.get(), &status) != 0)
        return fail_errno(errno, "open directory", name);
    levels_.push_back({std::move(fd), status.st_dev, status.st_ino, name});
    if (levels_.size() > most_open) // the beginning stays open
        levels_[levels_.size() - most_open].fd.reset();
    return {};
}

Result<void> DirectoryPath::enter(const std::string& name) {
    UniqueFd below(::openat(fd(), name.c_str(), directory_flags));
    if (!below)
        return fail_errno(errno, "open directory", shown(name));
    return push(std::move(below), name);
}

Result<void> DirectoryPath::leave() {
    const UniqueFd left = std::move(levels_.back().fd);
    levels_.pop_back();
    Level& above = levels_.back();
    if (above.fd)
        return {};
    above.fd.reset(::openat(left.get(), "..", directory_flags));
    struct stat status {};
    if (!above.fd || ::fstat(above.fd.get(), &status) != 0)
        return fail_errno(errno, "return to directory", shown());
    if (status.st_dev != above.device || status.st_ino != above.inode)
        return fail(ErrorKind::corrupt, "return to directory", shown(), "it was moved meanwhile");
    return {};
}

Result<std::vector<std::string>> DirectoryPath::names() const {
    UniqueFd again(::openat(fd(), ".", directory_flags));
    if (!again)
        return fail_errno(errno, "open directory", shown());
    const std::unique_ptr<DIR, CloseDirectory> stream(::fdopendir(again.get()));
    if (!stream)
        return fail_errno(errno, "list directory", shown());
    [[maybe_unused]] const int owned_by_stream = again.release();
    std::vector<std::string> names;
    while (const dirent* entry = ::readdir(stream.get()))
        if (!is_dot(entry->d_name))
            names.emplace_back(entry->d_name);
    return names;
}

std::string DirectoryPath::shown(const std::string& name) const {
    std::string path;
    for (const Level& level : levels_)
        path += (path.empty() ? "" : "/") + level.name;
    return name.empty() ? path : path + "/" + name;
}

} // namespace isolab
