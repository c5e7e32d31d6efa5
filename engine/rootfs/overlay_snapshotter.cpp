// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/rootfs/overlay_snapshotter.h"

#include <cerrno>
#include <set>

#include "engine/rootfs/merged_tree.h"
#include "engine/rootfs/privilege.h"

namespace isolab {
namespace {

/// The upper directory is the container's "/", so it looks like the image's.
Result<void> make_upper(const std::filesystem::path& upper, const std::filesystem::path& uppermost_layer) {
    struct stat status {};
    if (::stat(uppermost_layer.c_str(), &status) != 0)
        return fail_errno(errno, "use layer", uppermost_layer.string());
    if (::mkdir(upper.c_str(), 0755) != 0 || ::chmod(upper.c_str(), status.st_mode & 07777U) != 0)
        return fail_errno(errno, "create", upper.string());
    if (::chown(upper.c_str(), status.st_uid, status.st_gid) != 0 && errno != EPERM)
        return fail_errno(errno, "set owner of", upper.string());
    return {};
}

Result<std::uint64_t> merged_size(const std::vector<std::filesystem::path>& layers) {
    ISOLAB_ASSIGN(const MergedDirectory root, MergedDirectory::open(layers));
    std::uint64_t bytes = 0;
    std::set<std::pair<dev_t, ino_t>> linked;
    const auto add = [&](const std::string&, const MergedDirectory::Entry& entry) -> Result<void> {
        const struct stat& status = entry.status;
        const bool counted = S_ISREG(status.st_mode) || S_ISLNK(status.st_mode);
        if (counted && (status.st_nlink == 1 || linked.emplace(status.st_dev, status.st_ino).second))
            bytes += static_cast<std::uint64_t>(status.st_size);
        return {};
    };
    ISOLAB_TRY(walk_merged(root, add, nullptr, StopToken()));
    return bytes;
}

} // namespace

Result<Snapshot> OverlaySnapshotter::describe(const Image& image, const std::filesystem::path& directory) const {
    Snapshot snapshot{directory,          layers_.lowers(image), directory / "upper",
                      directory / "work", directory / "root",    !is_privileged()};
    if (snapshot.lowers.empty())
        return fail(ErrorKind::invalid_argument, "prepare a snapshot of", image.name, "the image has no layers");
    ISOLAB_ASSIGN(snapshot.hold, layers_.hold(image));
    return snapshot;
}

Result<Snapshot> OverlaySnapshotter::open(const Image& image, const std::filesystem::path& directory) const {
    std::error_code failed;
    if (!std::filesystem::is_directory(directory / "upper", failed))
        return fail(ErrorKind::not_found, "open snapshot", directory.string(), "its writable layer is missing");
    return describe(image, directory);
}

Result<Snapshot> OverlaySnapshotter::prepare(const Image& image, const std::filesystem::path& directory,
                                             const StopToken& stop) {
    ISOLAB_TRY(stop.check("prepare a snapshot of " + image.name));
    ISOLAB_ASSIGN(Snapshot snapshot, describe(image, directory));
    if (::mkdir(directory.c_str(), 0700) != 0)
        return fail_errno(errno, "create", directory.string());
    TemporaryTree owned(directory);
    ISOLAB_TRY(make_upper(snapshot.upper, snapshot.lowers.front()));
    for (const auto& folder : {snapshot.work, snapshot.root})
        if (::mkdir(folder.c_str(), 0755) != 0)
            return fail_errno(errno, "create", folder.string());
    [[maybe_unused]] const auto kept = owned.keep();
    return snapshot;
}

Result<std::uint64_t> OverlaySnapshotter::layers_allocated(const std::vector<std::filesystem::path>& lowers) const {
    const std::lock_guard lock(mutex_);
    std::uint64_t sum = 0;
    for (const auto& layer : lowers) {
        if (!allocated_.contains(layer)) {
            ISOLAB_ASSIGN(const TreeSize size, measure_tree(layer));
            allocated_[layer] = size.allocated;
        }
        sum += allocated_.at(layer);
    }
    return sum;
}

Result<std::uint64_t> OverlaySnapshotter::visible_bytes(const Snapshot& snapshot, bool unchanged) const {
    const std::lock_guard lock(mutex_);
    std::vector<std::filesystem::path> layers = snapshot.lowers;
    if (!unchanged) {
        layers.insert(layers.begin(), snapshot.upper);
        return merged_size(layers);
    }
    if (!visible_.contains(layers)) {
        ISOLAB_ASSIGN(visible_[layers], merged_size(layers));
    }
    return visible_.at(layers);
}

Result<SnapshotDisk> OverlaySnapshotter::disk(const Snapshot& snapshot) const {
    ISOLAB_ASSIGN(const TreeSize upper, measure_tree(snapshot.upper));
    SnapshotDisk disk;
    ISOLAB_ASSIGN(disk.shared, layers_allocated(snapshot.lowers));
    ISOLAB_ASSIGN(disk.logical, visible_bytes(snapshot, upper.entries == 1));
    disk.unique = upper.allocated;
    disk.allocated = disk.shared + disk.unique;
    return disk;
}

Result<void> OverlaySnapshotter::remove(const Snapshot& snapshot) { return remove_tree(snapshot.directory); }

} // namespace isolab
