// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/rootfs/copy_snapshotter.h"

#include <cerrno>

#include "engine/rootfs/merged_tree.h"
#include "engine/rootfs/tree_copy.h"

namespace isolab {

Result<Snapshot> CopySnapshotter::prepare(const Image& image, const std::filesystem::path& directory,
                                          const StopToken& stop) {
    ISOLAB_ASSIGN(const LayerHold hold, layers_.hold(image));
    ISOLAB_ASSIGN(const MergedDirectory source, MergedDirectory::open(layers_.lowers(image)));
    if (::mkdir(directory.c_str(), 0700) != 0)
        return fail_errno(errno, "create", directory.string());
    TemporaryTree owned(directory);
    Snapshot snapshot;
    snapshot.directory = directory;
    snapshot.root = directory / "root";
    NoProgress silent;
    ISOLAB_TRY(copy_merged_tree(source, snapshot.root, CopyMode::copy, silent, stop));
    [[maybe_unused]] const auto kept = owned.keep();
    return snapshot;
}

Result<Snapshot> CopySnapshotter::open(const Image& /*image*/, const std::filesystem::path& directory) const {
    Snapshot snapshot;
    snapshot.directory = directory;
    snapshot.root = directory / "root";
    std::error_code failed;
    if (!std::filesystem::is_directory(snapshot.root, failed))
        return fail(ErrorKind::not_found, "open snapshot", directory.string(), "its root file system is missing");
    return snapshot;
}

Result<SnapshotDisk> CopySnapshotter::disk(const Snapshot& snapshot) const {
    ISOLAB_ASSIGN(const TreeSize size, measure_tree(snapshot.root));
    return SnapshotDisk{size.logical, size.allocated, 0, size.allocated};
}

Result<void> CopySnapshotter::remove(const Snapshot& snapshot) { return remove_tree(snapshot.directory); }

} // namespace isolab
