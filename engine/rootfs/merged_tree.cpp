// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/rootfs/merged_tree.h"

#include <cerrno>
#include <cstring>
#include <map>
#include <memory>
#include <set>

#include <dirent.h>
#include <sys/xattr.h>

#include "engine/rootfs/privilege.h"

namespace isolab {
namespace {

struct CloseDirectory {
    void operator()(DIR* directory) const noexcept { ::closedir(directory); }
};

Result<std::vector<std::string>> names_in(int directory) {
    UniqueFd fd(::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd)
        return fail_errno(errno, "open directory", "of a layer");
    const std::unique_ptr<DIR, CloseDirectory> stream(::fdopendir(fd.get()));
    if (!stream)
        return fail_errno(errno, "list directory", "of a layer");
    [[maybe_unused]] const int owned_by_stream = fd.release();
    std::vector<std::string> names;
    while (const dirent* entry = ::readdir(stream.get()))
        if (std::strcmp(entry->d_name, ".") != 0 && std::strcmp(entry->d_name, "..") != 0)
            names.emplace_back(entry->d_name);
    return names;
}

Result<UniqueFd> open_below(int directory, const std::string& name) {
    UniqueFd fd(::openat(directory, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!fd)
        return fail_errno(errno, "open directory", name);
    return fd;
}

} // namespace

bool is_opaque(int directory) {
    for (const bool privileged : {true, false}) {
        char value = 0;
        if (::fgetxattr(directory, opaque_attribute(privileged), &value, 1) == 1 && value == 'y')
            return true;
    }
    return false;
}

Result<MergedDirectory> MergedDirectory::open(const std::vector<std::filesystem::path>& layers) {
    MergedDirectory root;
    for (std::size_t layer = 0; layer < layers.size(); ++layer) {
        ISOLAB_ASSIGN(UniqueFd fd, open_below(AT_FDCWD, layers[layer].string()));
        const bool last = is_opaque(fd.get());
        root.stack_.push_back({std::move(fd), layer});
        if (last)
            break;
    }
    if (root.stack_.empty())
        return fail(ErrorKind::invalid_argument, "merge layers", {}, "there is no layer");
    return root;
}

Result<std::vector<MergedDirectory::Entry>> MergedDirectory::list() const {
    std::map<std::string, Entry> visible;
    std::set<std::string> hidden;
    for (const Part& part : stack_) {
        ISOLAB_ASSIGN(const auto names, names_in(part.fd.get()));
        for (const std::string& name : names) {
            Entry entry{name, part.fd.get(), {}, part.layer};
            if (visible.contains(name) || hidden.contains(name))
                continue;
            if (::fstatat(part.fd.get(), name.c_str(), &entry.status, AT_SYMLINK_NOFOLLOW) != 0) {
                if (errno == ENOENT)
                    continue; // removed meanwhile in a running container's uppermost layer
                return fail_errno(errno, "read attributes of", name);
            }
            if (is_whiteout(entry.status))
                hidden.insert(name);
            else
                visible.emplace(name, std::move(entry));
        }
    }
    std::vector<Entry> entries;
    entries.reserve(visible.size());
    for (auto& [name, entry] : visible)
        entries.push_back(std::move(entry));
    return entries;
}

Result<MergedDirectory::Entry> MergedDirectory::find(const std::string& name) const {
    for (const Part& part : stack_) {
        Entry entry{name, part.fd.get(), {}, part.layer};
        if (::fstatat(part.fd.get(), name.c_str(), &entry.status, AT_SYMLINK_NOFOLLOW) == 0) {
            if (is_whiteout(entry.status))
                break;
            return entry;
        }
        if (errno != ENOENT)
            return fail_errno(errno, "read attributes of", name);
    }
    return fail(ErrorKind::not_found, "find", name, "the image has no such file");
}

Result<MergedDirectory> MergedDirectory::enter(const std::string& name) const {
    MergedDirectory below;
    for (const Part& part : stack_) {
        struct stat status {};
        if (::fstatat(part.fd.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
            if (errno == ENOENT)
                continue;
            return fail_errno(errno, "read attributes of", name);
        }
        if (!S_ISDIR(status.st_mode))
            break;
        ISOLAB_ASSIGN(UniqueFd fd, open_below(part.fd.get(), name));
        const bool last = is_opaque(fd.get());
        below.stack_.push_back({std::move(fd), part.layer});
        if (last)
            break;
    }
    if (below.stack_.empty())
        return fail(ErrorKind::not_found, "find directory", name, "the image has no such directory");
    return below;
}

Result<struct stat> MergedDirectory::status() const {
    struct stat status {};
    if (::fstat(uppermost(), &status) != 0)
        return fail_errno(errno, "read attributes of", "a layer");
    return status;
}

int MergedDirectory::in_layer(std::size_t layer) const noexcept {
    for (const Part& part : stack_)
        if (part.layer == layer)
            return part.fd.get();
    return -1;
}

std::vector<std::size_t> MergedDirectory::layers() const {
    std::vector<std::size_t> shown;
    for (const Part& part : stack_)
        shown.push_back(part.layer);
    return shown;
}

} // namespace isolab
