// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/rootfs/tree_view.h"

#include <cerrno>

#include <sys/xattr.h>
#include <unistd.h>

#include "engine/rootfs/privilege.h"

namespace isolab {
namespace {

/// True when overlayfs keeps what belongs to the file elsewhere: the former place of a renamed directory, the content
/// of a file of which only attributes were changed (overlayfs.rst, "redirect_dir", "metacopy").
bool is_reference(const FilePlace& place, const struct stat& status) {
    const std::string path = "/proc/self/fd/" + std::to_string(place.directory) + "/" + place.name;
    const char* const kind = S_ISDIR(status.st_mode) ? "redirect" : S_ISREG(status.st_mode) ? "metacopy" : nullptr;
    if (kind == nullptr)
        return false;
    for (const char* prefix : {"trusted.overlay.", "user.overlay."})
        if (::lgetxattr(path.c_str(), (std::string(prefix) + kind).c_str(), nullptr, 0) >= 0)
            return true;
    return false;
}

/// Permissions that a file with those of the image gets on disk without privilege, see readable_permissions().
mode_t permissions_on_disk(mode_t mode) noexcept { return (mode & 07777U) | (S_ISDIR(mode) ? 0700U : 0400U); }

} // namespace

std::uint32_t id_inside(const std::vector<IdMapping>& map, std::uint32_t host) noexcept {
    for (const IdMapping& line : map)
        if (host >= line.host && host - line.host < line.size)
            return line.container + (host - line.host);
    return host;
}

Result<TreeView> TreeView::of_image(const LayerStore& layers, const Image& image) {
    ISOLAB_ASSIGN(LayerHold hold, layers.hold(image));
    std::vector<std::filesystem::path> paths = layers.lowers(image);
    ISOLAB_ASSIGN(MergedDirectory root, MergedDirectory::open(paths));
    TreeView view(std::move(root), std::move(paths));
    view.hold_ = std::move(hold);
    view.privileged_ = is_privileged();
    ISOLAB_ASSIGN(view.recorded_, layers.owners(image));
    return view;
}

Result<TreeView> TreeView::of_snapshot(const LayerStore& layers, const Image& image, const Snapshot& snapshot,
                                       IdMaps ids) {
    ISOLAB_ASSIGN(LayerHold hold, layers.hold(image));
    std::vector<std::filesystem::path> paths = snapshot.lowers;
    paths.insert(paths.begin(), snapshot.lowers.empty() ? snapshot.root : snapshot.upper);
    Result<MergedDirectory> root = MergedDirectory::open(paths);
    if (!root)
        return fail(root.error().within("look at the container in", snapshot.directory.string()));
    TreeView view(std::move(*root), std::move(paths));
    view.hold_ = std::move(hold);
    view.has_container_ = true;
    view.privileged_ = is_privileged();
    ISOLAB_ASSIGN(view.recorded_, layers.owners(image));
    view.ids_ = std::move(ids);
    if (view.ids_.uids.empty() && !view.privileged_)
        view.ids_.uids = {{0, ::geteuid(), 1}};
    if (view.ids_.gids.empty() && !view.privileged_)
        view.ids_.gids = {{0, ::getegid(), 1}};
    return view;
}

FileOwner TreeView::container_owner(const struct stat& status) const {
    return {status.st_mode, id_inside(ids_.uids, status.st_uid), id_inside(ids_.gids, status.st_gid)};
}

FileOwner TreeView::owner(const std::string& path, const MergedDirectory::Entry& entry) const {
    const struct stat& status = entry.status;
    const bool of_container = has_container_ && entry.layer == 0;
    if (privileged_)
        return of_container ? container_owner(status) : FileOwner{status.st_mode, status.st_uid, status.st_gid};
    const auto recorded = recorded_.find(path);
    if (recorded == recorded_.end())
        return of_container ? container_owner(status) : FileOwner{status.st_mode, 0, 0};
    if (!of_container)
        return recorded->second;
    // A file that was only written to keeps the image's owner; the container saw its own root there.
    const bool untouched = status.st_uid == ::geteuid() && status.st_gid == ::getegid() &&
                           (status.st_mode & S_IFMT) == (recorded->second.mode & S_IFMT) &&
                           (status.st_mode & 07777U) == permissions_on_disk(recorded->second.mode);
    return untouched ? recorded->second : container_owner(status);
}

Result<FileFacts> TreeView::facts(const std::string& path, const MergedDirectory::Entry& entry) const {
    const FilePlace place{entry.directory, entry.name};
    if (has_container_ && entry.layer == 0 && is_reference(place, entry.status))
        return fail(ErrorKind::unsupported, "compare", "/" + path,
                    "overlayfs keeps only a reference to it here (redirect_dir or metacopy)",
                    "Set the parameters redirect_dir and metacopy of the module overlay to N");
    FileFacts facts{owner(path, entry), entry.status, {}, {}};
    if (S_ISLNK(entry.status.st_mode)) {
        ISOLAB_ASSIGN(facts.link, read_link(place));
    }
    ISOLAB_ASSIGN(facts.xattrs, read_xattrs(place));
    return facts;
}

Result<MergedDirectory::Entry> TreeView::root_entry() const {
    ISOLAB_ASSIGN(const struct stat status, root_.status());
    return MergedDirectory::Entry{".", root_.uppermost(), status, root_.uppermost_layer()};
}

} // namespace isolab
