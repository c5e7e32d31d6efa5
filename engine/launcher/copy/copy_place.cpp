// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/copy/copy_place.h"

#include <array>
#include <cerrno>
#include <climits>

#include <fcntl.h>
#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/launcher/copy/copy_tree.h"

namespace isolab::launcher {
namespace {

constexpr int most_links = 40; // path_resolution(7)

/// "a/b/" is "b" in "a/"; a path of nothing but slashes has no name.
struct SplitPath {
    std::string parent; ///< ends with a slash, or is "."
    std::string name;
};
SplitPath split(std::string path) {
    while (path.size() > 1 && path.ends_with('/'))
        path.pop_back();
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos)
        return {".", path};
    return {path.substr(0, slash + 1), path.substr(slash + 1)};
}

bool is_name(const std::string& name) { return !name.empty() && name != "." && name != ".."; }

Result<bool> is_directory(const UniqueFd& fd, const std::string& shown) {
    struct stat status {};
    if (::fstat(fd.get(), &status) != 0)
        return fail_errno(errno, "read attributes of", shown);
    return S_ISDIR(status.st_mode);
}

Result<void> copy_to_new_name(const CopySource& source, const CopySide& side, const std::string& path,
                              const CopyRules& rules) {
    const SplitPath parts = split(path);
    const bool directory = S_ISDIR(source.status.st_mode);
    if (!is_name(parts.name) || (path.ends_with('/') && !directory))
        return fail(ErrorKind::not_found, "copy to", path, "there is no such directory", "Make it first");
    const auto parent = side.open(parts.parent, O_PATH | O_DIRECTORY);
    if (!parent && parent.error().kind == ErrorKind::not_found)
        return fail(ErrorKind::not_found, "copy to", path, "there is no directory " + parts.parent, "Make it first");
    if (!parent)
        return fail(parent.error().within("copy to", path));
    return copy_tree(source.fd, {parent->get(), parts.name}, rules);
}

} // namespace

Result<UniqueFd> CopySide::open(const std::string& path, int flags) const {
    if (confined_)
        return open_in_root(directory_, path, flags);
    UniqueFd fd(::openat(directory_, path.c_str(), flags | O_CLOEXEC));
    if (!fd)
        return fail_errno(errno, "open", path);
    return fd;
}

Result<std::string> CopySide::without_last_link(std::string path) const {
    for (int links = 0; links < most_links; ++links) {
        const SplitPath parts = split(path);
        const auto fd = open(parts.parent + (parts.parent == "." ? "/" : "") + parts.name, O_PATH | O_NOFOLLOW);
        struct stat status {};
        if (!fd || ::fstat(fd->get(), &status) != 0 || !S_ISLNK(status.st_mode))
            return path;
        std::array<char, PATH_MAX> text{};
        const ssize_t length = ::readlinkat(fd->get(), "", text.data(), text.size());
        if (length <= 0)
            return fail_errno(errno, "read symbolic link", path);
        const std::string target(text.data(), static_cast<std::size_t>(length));
        path = target.starts_with('/') ? target : parts.parent + (parts.parent == "." ? "/" : "") + target;
    }
    return fail(ErrorKind::invalid_argument, "open", path, "too many symbolic links");
}

Result<CopySource> open_source(const CopySide& side, const std::string& path, bool follow) {
    CopySource source;
    ISOLAB_ASSIGN(source.fd, side.open(path, O_PATH | (follow ? 0 : O_NOFOLLOW)));
    if (::fstat(source.fd.get(), &source.status) != 0)
        return fail_errno(errno, "read attributes of", path);
    source.name = split(path).name;
    source.content = S_ISDIR(source.status.st_mode) && !is_name(source.name);
    return source;
}

Result<void> copy_to(const CopySource& source, const CopySide& side, const std::string& path, const CopyRules& rules) {
    const auto existing = side.open(path, O_PATH);
    if (!existing && existing.error().kind != ErrorKind::not_found)
        return fail(existing.error().within("copy to", path));
    if (existing) {
        ISOLAB_ASSIGN(const bool directory, is_directory(*existing, path));
        if (directory && source.content)
            return copy_tree_content(source.fd, *existing, rules);
        if (directory)
            return copy_tree(source.fd, {existing->get(), source.name}, rules);
        if (S_ISDIR(source.status.st_mode))
            return fail(ErrorKind::already_exists, "copy a directory to", path, "there is a file of that name");
    }
    ISOLAB_ASSIGN(const std::string place, side.without_last_link(path));
    return copy_to_new_name(source, side, place, rules);
}

} // namespace isolab::launcher
