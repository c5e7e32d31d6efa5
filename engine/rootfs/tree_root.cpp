// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/rootfs/tree_root.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>

namespace isolab {
namespace {

Result<std::string> path_of(int fd) {
    std::array<char, PATH_MAX> text{};
    const std::string link = "/proc/self/fd/" + std::to_string(fd);
    const ssize_t length = ::readlink(link.c_str(), text.data(), text.size());
    if (length < 0)
        return fail_errno(errno, "read", link);
    return std::string(text.data(), static_cast<std::size_t>(length));
}

/// Makes the components of `path` that are missing, one after the other, each looked up in the root.
Result<UniqueFd> make_path(int root, const std::string& path, std::vector<std::string>& made) {
    std::size_t end = 0;
    do {
        end = path.find('/', end + 1);
        const std::string part = path.substr(0, end);
        Result<UniqueFd> present = open_in_root(root, part, O_PATH | O_DIRECTORY);
        if (!present && present.error().kind == ErrorKind::not_found) {
            const std::size_t slash = part.rfind('/');
            const std::string above = slash == std::string::npos ? "." : part.substr(0, slash);
            ISOLAB_ASSIGN(const UniqueFd directory, open_in_root(root, above, O_PATH | O_DIRECTORY));
            const std::string name = part.substr(slash == std::string::npos ? 0 : slash + 1);
            if (::mkdirat(directory.get(), name.c_str(), 0755) != 0) {
                if (errno != EEXIST)
                    return fail_errno(errno, "create directory", "\"" + part + "\"");
                return fail(ErrorKind::corrupt, "unpack below", "\"" + part + "\"",
                            "it is a symbolic link that leads nowhere inside the image");
            }
            if (::fchmodat(directory.get(), name.c_str(), 0755, 0) != 0) // whatever the umask
                return fail_errno(errno, "set mode of", "\"" + part + "\"");
            made.push_back(part);
        } else if (!present) {
            return fail(ErrorKind::corrupt, "unpack below", "\"" + part + "\"", "it is not a directory");
        }
    } while (end != std::string::npos);
    return open_in_root(root, path, O_RDONLY | O_DIRECTORY);
}

} // namespace

Result<TreeRoot> TreeRoot::open(const std::filesystem::path& path, std::size_t most_depth) {
    UniqueFd root(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!root)
        return fail_errno(errno, "open directory", path.string());
    ISOLAB_ASSIGN(std::string real, path_of(root.get()));
    return TreeRoot(std::move(root), std::move(real), most_depth);
}

Result<int> TreeRoot::parent(const std::string& parent) {
    if (parent.empty()) {
        cached_.reset();
        cached_path_.clear();
        return root_.get();
    }
    if (cached_ && cached_path_ == parent)
        return cached_.get();
    Result<UniqueFd> fd = open_in_root(root_.get(), parent, O_RDONLY | O_DIRECTORY);
    if (!fd)
        fd = make_path(root_.get(), parent, made_);
    if (!fd)
        return fail(std::move(fd).error());
    cached_ = std::move(*fd);
    cached_path_ = parent;
    ISOLAB_TRY(check_depth(parent));
    return cached_.get();
}

Result<void> TreeRoot::check_depth(const std::string& parent) const {
    ISOLAB_ASSIGN(const std::string real, real_parent());
    if (static_cast<std::size_t>(std::ranges::count(real, '/')) + 2 <= most_depth_)
        return {};
    return fail(ErrorKind::no_space, "unpack below", "\"" + parent.substr(0, 200) + "\"",
                "its folders are nested deeper than " + std::to_string(most_depth_));
}

Result<std::string> TreeRoot::real_parent() const {
    if (!cached_)
        return std::string{};
    ISOLAB_ASSIGN(const std::string path, path_of(cached_.get()));
    if (path == real_)
        return std::string{};
    if (!path.starts_with(real_ + "/"))
        return fail(ErrorKind::system, "locate", path, "the directory was moved while it was written");
    return path.substr(real_.size() + 1);
}

bool TreeRoot::is_covered(const std::string& path) const {
    for (std::size_t end = path.find('/');; end = path.find('/', end + 1)) {
        const Result<UniqueFd> fd = open_in_root(root_.get(), path.substr(0, end), O_PATH | O_NOFOLLOW);
        struct stat status {};
        if (path.empty() || !fd || ::fstat(fd->get(), &status) != 0)
            return false;
        if (!S_ISDIR(status.st_mode))
            return true;
        if (end == std::string::npos)
            return false;
    }
}

Result<void> TreeRoot::remove(int directory, const std::string& name) {
    if (::unlinkat(directory, name.c_str(), 0) == 0 || errno == ENOENT)
        return {};
    if (errno != EISDIR && errno != EPERM)
        return fail_errno(errno, "replace", name);
    // A borrowed parent may lie below the directory that goes now; its descriptor keeps it alive until it is replaced.
    ISOLAB_TRY(remove_tree("/proc/self/fd/" + std::to_string(directory) + "/" + name));
    cached_path_.clear();
    return {};
}

} // namespace isolab
